-- The desk lists transfers by place: those under way on either side, and those that ended, newest first.
create index membership_transfer_open_from on membership_transfer (from_path) where status in ('requested','released','escalated');
create index membership_transfer_open_to on membership_transfer (to_path) where status in ('requested','released','escalated');
create index membership_transfer_ended on membership_transfer (ended_on desc, id desc) where ended_on is not null;

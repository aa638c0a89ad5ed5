-- What a union says when it asks for a member's transfer: how the member agreed to it.
alter table membership_transfer add column grounds text;

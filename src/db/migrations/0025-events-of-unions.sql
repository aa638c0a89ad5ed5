-- A move finds the events of relations by their union, as a record written while its union moved may say the old place.
-- Nothing reads them by district and path any more.
drop index membership_event_path;
create index membership_event_unit on membership_event (unit_id) where change is not null;
create index membership_event_from_unit on membership_event (from_unit_id) where from_unit_id is not null;
create index hardship_file_unit on hardship_file (unit_id);

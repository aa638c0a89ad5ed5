-- Who looks after a household on file, and when: each has a liaison who visits at least every half year (aid.md §5).
-- A visit that is due is told to the liaison once.
alter table hardship_file add column next_visit_on date;
alter table hardship_file add column visit_told_on date;
create index hardship_file_visit on hardship_file (next_visit_on) where next_visit_on is not null and visit_told_on is null;

-- A case's page and the engine look for the cases linked to it; without these each look read the whole district.
create index case_previous on case_file (district, previous_id) where previous_id is not null;
create index case_parent on case_file (district, parent_id) where parent_id is not null;
create index case_follow on case_file (district, follow_of) where follow_of is not null;

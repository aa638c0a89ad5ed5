-- Kin are named by households of any district, so a person's are found by the person alone; within a district the same
-- index serves.
drop index household_member_person;
create index household_member_person on household_member (person_id) where person_id is not null;

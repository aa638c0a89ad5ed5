-- What a distributed database needs of the schema (docs/decisions/0020): policies that look at their own row only, for
-- a server of shards takes no subquery on another table in one, and `district` first in every key.

-- The program now writes the roots with their closing dot ({cn.34.,cn.35.}), so that no function builds an array for it.
create or replace function zhijia_all() returns boolean language sql stable parallel safe as
  $$ select coalesce(current_setting('zhijia.roots', true), '') = '{cn.}' $$;
create or replace function zhijia_roots() returns text[] language sql stable parallel safe as
  $$ select nullif(current_setting('zhijia.roots', true), '')::text[] $$;

-- What hangs on another row carries the place it hangs at, or is read by the program alone once the other row was seen.
alter table case_action add column path text collate "C";
update case_action a set path = c.path from case_file c where c.district = a.district and c.id = a.case_id;
alter table case_action alter column path set not null;
alter policy case_action_wall on case_action using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]));

alter table batch_action add column path text collate "C";
update batch_action a set path = b.path from batch b where b.district = a.district and b.id = a.batch_id;
alter table batch_action alter column path set not null;
alter policy batch_action_wall on batch_action using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]));

alter table household_member add column path text collate "C", add column head_id uuid;
update household_member m set path = h.path, head_id = h.head_id from household h where h.district = m.district and h.id = m.household_id;
alter table household_member alter column path set not null, alter column head_id set not null;
alter policy household_member_wall on household_member using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[])
  or head_id = (select zhijia_me()) or person_id = (select zhijia_me()));

alter table merge_log add column path text collate "C";
update merge_log g set path = p.path from person p where p.district = g.district and p.id = g.kept_id;
alter table merge_log alter column path set not null;
alter policy merge_log_wall on merge_log using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]));

alter policy notice_wall on notice using ((select zhijia_all()) or (scope = 'public' and state in ('up', 'blocked'))
  or (path || '.') ^@ any ((select zhijia_roots())::text[]));
alter policy paper_chunk_wall on paper_chunk using ((select zhijia_all()));
alter policy import_problem_wall on import_problem using ((select zhijia_all()));
alter policy import_chunk_wall on import_chunk using ((select zhijia_all()));

-- Keys that begin with the district.
alter table roster_import drop constraint roster_import_pkey, add primary key (district, id);
create index roster_import_id on roster_import (id);
alter table message_preference drop constraint message_preference_pkey, add primary key (district, person_id);

-- A person's telephones by the person, for merging and moving house; a household's members by who they are, for kinship.
create index phone_lookup_person on phone_lookup (person_id);
create index household_member_person on household_member (district, person_id) where person_id is not null;

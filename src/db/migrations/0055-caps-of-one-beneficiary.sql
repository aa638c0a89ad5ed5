-- A beneficiary whose caps are used under several ids: a person, or a household, that moved from one district to another.
-- Each place names all others, so that what is taken or given back in one is so in all.
create table cap_link (
  district text collate "C" not null, beneficiary text collate "C" not null,
  to_district text collate "C" not null, to_beneficiary text collate "C" not null,
  primary key (district, beneficiary, to_district, to_beneficiary)
);

-- What is given once, in the whole country: the same person, kind, year, period and cause (aid.md §8). Looked up whole by
-- the person, so that grants of two districts meet here. `in_force`: not cancelled and not recovered.
create table aid_once (
  beneficiary_id uuid not null, kind text collate "C" not null, year int not null, period text collate "C" not null,
  cause text collate "C" not null, grant_district text collate "C" not null, grant_id uuid not null,
  in_force boolean not null default true,
  primary key (beneficiary_id, kind, year, period, cause)
);
insert into aid_once (beneficiary_id, kind, year, period, cause, grant_district, grant_id)
  select beneficiary_id, kind, year, period, coalesce(cause, ''), district, id from aid_grant
  where state not in ('cancelled', 'recovered')
  on conflict do nothing;
drop index aid_grant_once;
grant select, insert, update on cap_link, aid_once to zhijia_app;

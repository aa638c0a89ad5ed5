-- The tree of unions, posts, policy and the installation itself. All are reference tables (replicated on a
-- distributed database), so they carry no district key; `unit.district` says where a unit's records live.
create extension if not exists btree_gist;
create extension if not exists pg_trgm;

-- The wall behind scope: what the running transaction may see. Set by src/db/pool.ts, read by every policy.
create function zhijia_all() returns boolean language sql stable parallel safe as
  $$ select coalesce(current_setting('zhijia.roots', true), '') = '{cn}' $$;
create function zhijia_roots() returns text[] language sql stable parallel safe as
  $$ select array(select r || '.' from unnest(coalesce(nullif(current_setting('zhijia.roots', true), ''), '{}')::text[]) r) $$;
create function zhijia_me() returns uuid language sql stable parallel safe as
  $$ select nullif(current_setting('zhijia.person', true), '')::uuid $$;
-- The ancestor of a path at a depth (cn is 1); null when the path is shorter. Fills the place columns that lead lists.
create function place_at(path text, depth int) returns text language sql immutable parallel safe as
  $$ select case when array_length(string_to_array(path, '.'), 1) >= depth
       then array_to_string((string_to_array(path, '.'))[1:depth], '.') end $$;

create table installation (
  id boolean primary key default true check (id),
  uuid uuid not null default gen_random_uuid(),
  fictitious boolean not null default false,
  trial_days int not null default 0 check (trial_days >= 0),
  day_ticked date,
  founded_at timestamptz not null default now()
);

create sequence unit_segment;

create table unit (
  id uuid primary key,
  path text collate "C" not null unique,
  parent_id uuid references unit,
  funds_parent_id uuid references unit,
  industrial_parent_id uuid references unit,
  district text collate "C" not null check (district ~ '^[0-9]{6}$'),
  code text collate "C" not null unique,            -- 工会编码, generated, human
  former_codes text[] not null default '{}',
  name text not null,
  short_name text,
  name_pinyin text collate "C" not null,
  name_initials text collate "C" not null,
  level text not null check (level in ('NATIONAL','NATIONAL_INDUSTRIAL','PROVINCIAL','PREFECTURE','COUNTY','TOWNSHIP','PARK','COMMUNITY','GRASSROOTS','BRANCH','GROUP')),
  org_type text,
  org_form text,
  region_code text collate "C" not null check (region_code ~ '^[0-9]{2,12}$'),
  uscc text collate "C" unique,
  legal_person_status text not null default 'NONE',
  status text not null default 'ACTIVE',
  founded_on date,
  term_years int, term_number int, term_start date, term_end date,
  employer jsonb,                                    -- covered employing unit: name, uscc, nature, industryCode, employeeCount…
  details jsonb not null default '{}',
  members int not null default 0 check (members >= 0), -- ACTIVE + TRANSFER_OUT held directly by this unit
  version int not null default 1,
  created_on date not null
);
create unique index unit_name_in_parent on unit (parent_id, name) where status not in ('DISSOLVED','MERGED');
create index unit_parent on unit (parent_id);
create index unit_funds_parent on unit (funds_parent_id);
create index unit_industrial on unit (industrial_parent_id);
create index unit_district on unit (district);
create index unit_pinyin on unit (name_pinyin);
create index unit_initials on unit (name_initials);
create index unit_name on unit (name);
-- Any part of a name, also in a country of three million unions. Not behind row-level security, so an expression may serve.
create index unit_name_part on unit using gin ((name || ' ' || coalesce(short_name, '')) gin_trgm_ops);

-- What happened to a unit: created, renamed, moved, dissolved. Append-only.
create table unit_event (
  id uuid primary key,
  unit_id uuid not null references unit,
  kind text not null,
  before jsonb, after jsonb, reason text,
  by_person uuid, at timestamptz not null, on_day date not null
);
create index unit_event_unit on unit_event (unit_id, at);

-- Person + unit + role + span. A reference table: scopeOf must find all posts of a person at once.
create table post (
  id uuid primary key,
  person_id uuid not null,
  person_district text collate "C" not null,
  person_name text not null,
  unit_id uuid not null references unit,
  role text collate "C" not null,
  from_day date not null,
  until_day date,                                    -- first day no longer held
  ended_reason text,
  check (until_day is null or until_day > from_day),
  exclude using gist (person_id with =, unit_id with =, role with =, daterange(from_day, until_day) with &&)
);
create index post_person on post (person_id);
create index post_unit on post (unit_id, role);

-- A rule's value at a place from a day on. Inherited down the tree; never edited, only superseded.
create table policy_value (
  id uuid primary key,
  key text collate "C" not null,
  place text collate "C" not null,                   -- unit path; 'cn' is the national default
  from_day date not null,
  until_day date,
  value jsonb not null,
  source jsonb not null,                             -- {document, article?, page?, url?, tag: "V"|"K"|"U"|"D"}
  set_by uuid, set_at timestamptz not null,
  superseded_by uuid,
  check (until_day is null or until_day > from_day)
);
create index policy_value_key on policy_value (key, place, from_day);
create index policy_value_place on policy_value (place);
-- Changes in the transaction that sets a value, so that every process knows whether what it remembers still holds.
create table policy_version (id boolean primary key default true check (id), version uuid not null default gen_random_uuid());
insert into policy_version default values;

-- After a unit has moved, everything that stands under its old path follows it: every place column of every table,
-- append-only ones too, for a record's place is where it is read, not what it says. Does nothing unless the tree
-- itself already shows the move, so the running role cannot use it to show a record to another union.
create function zhijia_follow_move(old_path text, new_path text) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  spot record;
begin
  if not exists (select 1 from unit where path = new_path)
     or exists (select 1 from unit where path >= old_path and path < old_path || '/') then
    raise exception 'the tree does not show a move from % to %', old_path, new_path;
  end if;
  for spot in
    select c.relname as tab, a.attname as col
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'unit'
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.atttypid = 'text'::regtype
      and (a.attname in ('path', 'place') or a.attname like '%\_path')
    order by 1, 2
  loop
    execute format('update %1$I set %2$I = $2 || substr(%2$I, length($1) + 1) where %2$I >= $1 and %2$I < $1 || ''/''',
      spot.tab, spot.col) using old_path, new_path;
  end loop;
end $$;

-- People, households, memberships, sign-in, and who looked at whose file.
create table person (
  district text collate "C" not null,
  id uuid not null,
  path text collate "C" not null,                    -- place: the unit that holds the person
  unit_id uuid references unit,
  name text not null,
  name_pinyin text collate "C" not null,
  name_initials text collate "C" not null,
  sex smallint,                                      -- 1 男, 2 女
  birth_date date,
  ethnicity text, education text, political_status text, skill_level text,
  employment_type text, employment_status text, employer_name text, job_title text,
  new_employment_group text,
  migrant boolean,
  id_kind text not null default 'resident',
  id_hash bytea,                                     -- keyed hash; the number itself is only in `sealed`
  sealed bytea,                                      -- {idNumber, phone, bankCard, bankBranch, address, health…} under the district key
  to_complete text[] not null default '{}',          -- fields statistics want and the roster lacked
  member_status text,                                -- mirror of the one relation that counts, for lists
  merged_into uuid,
  created_on date not null, version int not null default 1,
  primary key (district, id)
);
create index person_name on person (district, name collate "C", id);
create index person_pinyin on person (district, name_pinyin, id);
create index person_initials on person (district, name_initials, id);
create index person_unit on person (district, unit_id, name_pinyin, id);
create index person_path on person (district, path, name_pinyin, id);
create index person_birth on person (district, birth_date, name collate "C");
create index person_id on person (id);                -- a person found by id alone, as links have it
create index person_status on person (district, member_status, name_pinyin, id) where member_status <> 'ACTIVE';
create index person_group on person (district, new_employment_group, name_pinyin, id) where new_employment_group is not null;

-- Keyed hashes of what is unique in the country. Distributed by hash, not by district.
create table identity_lookup (hash bytea primary key, district text collate "C" not null, person_id uuid not null);
create table phone_lookup (hash bytea not null, person_id uuid not null, district text collate "C" not null, primary key (hash, person_id));

create table household (
  district text collate "C" not null, id uuid not null,
  head_id uuid not null, path text collate "C" not null, unit_id uuid not null references unit,
  created_on date not null, version int not null default 1,
  primary key (district, id)
);
create index household_head on household (district, head_id);
create table household_member (
  district text collate "C" not null, household_id uuid not null, id uuid not null,
  name text not null, relation text not null, birth_date date, id_hash bytea,
  work_status text, person_id uuid,
  sealed bytea not null,                             -- {idNumber, health, disabilityLevel, school…}
  left_on date,
  primary key (district, household_id, id),
  foreign key (district, household_id) references household (district, id)
);

create table membership (
  district text collate "C" not null, id uuid not null,
  person_id uuid not null, unit_id uuid not null references unit, path text collate "C" not null,
  member_no text collate "C",
  status text not null check (status in ('APPLIED','RETURNED','REJECTED','ACTIVE','TRANSFER_OUT','RETAINED','WITHDRAWN','AUTO_WITHDRAWN','EXPELLED','DECEASED','CANCELLED')),
  status_reason text, status_since date not null,
  joined_on date, kind text not null default 'member', -- member | service (a second platform: no vote)
  case_id uuid, import_id uuid,
  card_serial text collate "C", card_issued_on date,
  primary key (district, id),
  foreign key (district, person_id) references person (district, id)
);
-- Exactly one counting relation per person (membership.md §4, invariant 1).
create unique index membership_one on membership (district, person_id) where status in ('ACTIVE','TRANSFER_OUT','RETAINED') and kind = 'member';
create index membership_person on membership (district, person_id);
create index membership_unit on membership (district, unit_id, status);
create index membership_path on membership (district, path, status);
create index membership_card on membership (card_serial) where card_serial is not null;
create table membership_event (
  district text collate "C" not null, id uuid not null, membership_id uuid not null, person_id uuid not null,
  unit_id uuid not null, path text collate "C" not null,
  from_status text, to_status text not null, reason text, by_person uuid, on_day date not null, at timestamptz not null,
  case_id uuid, document jsonb,
  primary key (district, id)
);
create index membership_event_of on membership_event (district, membership_id, at);
create index membership_event_path on membership_event (district, path, on_day);
-- Member numbers are the district and a running number, unless a roster brings its own.
create sequence member_serial;

-- A relation on its way from one union to another: asked for, released by the old, accepted by the new.
-- Lives with the relation it moves.
create table membership_transfer (
  district text collate "C" not null, id uuid not null, person_id uuid not null, person_name text not null, membership_id uuid not null,
  from_unit_id uuid not null references unit, from_path text collate "C" not null,
  to_unit_id uuid not null references unit, to_path text collate "C" not null, to_district text collate "C" not null,
  status text not null check (status in ('requested','released','accepted','refused','cancelled','escalated')),
  initiated_by text not null check (initiated_by in ('member','from','to','upper')), by_person uuid, reason text,
  requested_on date not null, released_on date, ended_on date, due_on date, note text, import_id uuid,
  primary key (district, id),
  foreign key (district, membership_id) references membership (district, id)
);
create unique index membership_transfer_open on membership_transfer (district, person_id) where status in ('requested','released','escalated');
create index membership_transfer_from on membership_transfer (from_unit_id, status);
create index membership_transfer_to on membership_transfer (to_unit_id, status);

-- Sign-in. Accounts are reference data: one row per person who signs in.
create table account (
  id uuid primary key, person_id uuid not null unique, district text collate "C" not null,
  login text collate "C" unique, password_hash text, totp_sealed bytea, totp_last_step bigint,
  disabled boolean not null default false,
  lang text not null default 'zh', large_type boolean not null default false,
  oidc_subject text unique, created_at timestamptz not null
);
create table session (
  token_hash bytea primary key, account_id uuid not null references account, person_id uuid not null,
  csrf text not null, created_at timestamptz not null, seen_at timestamptz not null, expires_at timestamptz not null,
  kind text not null check (kind in ('password','sms','oidc')),
  strong boolean not null, -- a second factor was shown: only then do the person's posts give powers
  agent text
);
create index session_account on session (account_id);
create index session_person on session (person_id);
create table sign_in_code (
  phone_hash bytea primary key, code_hash bytea not null, sent_at timestamptz not null, tries int not null default 0,
  sends int not null default 1, sends_since timestamptz not null -- codes sent since then: at most so many a day
);
-- Failures by login name, known or not, so that a stranger cannot tell which names exist.
create table sign_in_failure (login_hash bytea primary key, failed int not null, last_at timestamptz not null, locked_until timestamptz);

-- Who looked at whose file, shown to the person in plain words. Append-only.
create table look (
  district text collate "C" not null, id uuid not null, person_id uuid not null,
  by_person uuid not null, by_name text not null, by_unit text, by_role text,
  what text not null, fields text[] not null default '{}', purpose text not null, case_id uuid,
  at timestamptz not null, on_day date not null,
  primary key (district, id)
);
create index look_person on look (district, person_id, at desc);

create table consent (
  district text collate "C" not null, id uuid not null, person_id uuid not null,
  purpose text not null, fields text[] not null, receivers text[] not null default '{}', version text not null,
  given_at timestamptz not null, withdrawn_at timestamptz,
  primary key (district, id)
);
create index consent_person on consent (district, person_id);

-- Roster imports: the file's progress, so that a crash resumes and no row loads twice.
create table roster_import (
  id uuid primary key, district text collate "C" not null, unit_id uuid not null references unit, path text collate "C" not null,
  kind text not null default 'roster', file_name text not null, file_hash bytea not null, bytes int not null default 0,
  mapping jsonb,
  state text not null check (state in ('read','running','done','failed','cancelled')),
  dry_run boolean not null default false,
  read int not null default 0, loaded int not null default 0, updated int not null default 0,
  unchanged int not null default 0, duplicates int not null default 0, rejected int not null default 0,
  position int not null default 0,                   -- rows of all sheets that are dealt with
  all_rows int, problems int not null default 0, seconds double precision not null default 0,
  by_person uuid, started_at timestamptz not null, finished_at timestamptz, error text
);
create index roster_import_place on roster_import (path, started_at desc);
create index roster_import_file on roster_import (file_hash, unit_id);
-- The uploaded file, sealed and in pieces, for as long as its import may be resumed or its report asked for.
create table import_chunk (
  district text collate "C" not null, import_id uuid not null, number int not null, sealed bytea not null,
  primary key (district, import_id, number)
);
-- Bad and doubtful cells. Holds no personal number: what a cell said is not repeated.
create table import_problem (
  district text collate "C" not null, import_id uuid not null, n int not null,
  sheet text not null, row int not null, field text, column_letters text,
  level text not null check (level in ('error','duplicate','warning')), code text not null, params jsonb not null default '{}', proposal jsonb,
  primary key (district, import_id, n)
);
create table merge_log (
  district text collate "C" not null, id uuid not null, kept_id uuid not null, merged_id uuid not null,
  before jsonb not null, by_person uuid, at timestamptz not null, undone_at timestamptz,
  primary key (district, id)
);

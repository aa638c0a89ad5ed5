-- Cases: a case is its list of actions; the row in case_file is their fold, kept for lists.
create table case_serial (district text collate "C", year int, service text collate "C", last int not null, primary key (district, year, service));

create table case_file (
  district text collate "C" not null, id uuid not null,
  number text collate "C" not null,
  service text collate "C" not null, service_version int not null,
  unit_id uuid not null references unit, path text collate "C" not null,   -- the applicant's union
  -- Its place at each depth, so that a subtree's list is one equality that leads an index. Columns, not index
  -- expressions: behind row-level security only leakproof comparisons of columns may drive an index.
  place2 text collate "C" generated always as (place_at(path, 2)) stored,
  place3 text collate "C" generated always as (place_at(path, 3)) stored,
  place4 text collate "C" generated always as (place_at(path, 4)) stored,
  place5 text collate "C" generated always as (place_at(path, 5)) stored,
  applicant_id uuid not null, applicant_district text collate "C" not null, applicant_name text not null,
  on_behalf_by uuid,
  subject_id uuid,                                   -- household, membership… by service
  step text collate "C" not null, state text collate "C" not null check (state in ('open','ended')),
  outcome text collate "C",
  -- Whose turn, until when.
  turn text not null check (turn in ('union','applicant','clock','nobody')),
  turn_unit_id uuid references unit, turn_path text collate "C", turn_power text collate "C",
  step_since date not null, due_on date, due_sort date generated always as (coalesce(due_on, '9999-12-31'::date)) stored,
  clock jsonb not null default '{}',                 -- {on, rule, startedOn, pauses:[{from,until}], unknownYear}
  escalated boolean not null default false,
  answers jsonb not null default '{}',               -- everyday answers; sensitive ones are sealed in the actions
  facts jsonb not null default '{}',                 -- what steps established (category, amountFen, visit…), non-personal
  pins jsonb not null default '{}',                  -- policy key -> {id, value, source} the case started under
  amount_fen bigint check (amount_fen >= 0),
  confidential text not null default 'normal',
  opened_on date not null, opened_at timestamptz not null, ended_on date,
  rating smallint check (rating between 1 and 5), rated_on date,
  parent_id uuid, previous_id uuid, follow_of uuid,
  seq int not null, head_hash bytea not null,        -- last action
  primary key (district, id),
  unique (district, number)
);
create index case_inbox on case_file (turn_unit_id, due_sort, id) where state = 'open' and turn = 'union';
create index case_applicant on case_file (district, applicant_id, opened_at desc);
create index case_subject on case_file (district, subject_id);
create index case_root on case_file (state, due_sort, id);
create index case_place2 on case_file (place2, state, due_sort, id);
create index case_place3 on case_file (place3, state, due_sort, id);
create index case_place4 on case_file (place4, state, due_sort, id);
create index case_place5 on case_file (place5, state, due_sort, id);
create index case_unit on case_file (unit_id, state, due_sort, id);
-- Lists by the day of opening, the latest first: read backwards, so that no place sorts its whole past.
create index case_opened on case_file (opened_on, id);
create index case_opened_place2 on case_file (place2, opened_on, id);
create index case_opened_place3 on case_file (place3, opened_on, id);
create index case_opened_place4 on case_file (place4, opened_on, id);
create index case_opened_place5 on case_file (place5, opened_on, id);
create index case_name on case_file (applicant_name collate "C", id);
create index case_due on case_file (due_on) where state = 'open' and due_on is not null;
create index case_awaits_calendar on case_file (id) where state = 'open' and clock ? 'unknownYear';

-- Where a case is, by its id alone (ids are global, the case lives in a district).
create table case_lookup (case_id uuid primary key, district text collate "C" not null);

-- Append-only; each hash covers the one before it.
create table case_action (
  district text collate "C" not null, case_id uuid not null, seq int not null,
  id uuid not null,                                  -- named by the client: the same again is harmless
  name text collate "C" not null, by_person uuid, by_name text, by_unit_id uuid, by_role text,
  at timestamptz not null, on_day date not null,
  from_step text, to_step text not null, due_on date,
  note text,                                         -- opinion shown on the timeline
  answers jsonb not null default '{}', sealed bytea,
  effects jsonb not null default '[]',
  after jsonb not null,                              -- what followed by rule, so that folding needs no rule
  content_hash bytea not null,                       -- of what the client sent (idempotency)
  hash bytea not null,
  primary key (district, case_id, seq),
  unique (district, id),
  foreign key (district, case_id) references case_file (district, id)
);
create index case_action_day on case_action (district, on_day, case_id, seq);

-- Each day each district's new hashes close under a signed root chained to yesterday's.
create table day_root (
  district text collate "C" not null, day date not null, actions int not null,
  root bytea not null, previous bytea, signature bytea not null, key_id text not null, closed_at timestamptz not null,
  primary key (district, day)
);

-- Append-only: how far a day's root reached into each case and payment batch. A root covers what was done after the
-- entry before it, so that an action committed when its day was closed already stands in the next root, with its own day.
create table root_entry (
  district text collate "C" not null, owner_id uuid not null, seq int not null,
  kind text collate "C" not null check (kind in ('batch','case')), day date not null,
  primary key (district, owner_id, seq),
  foreign key (district, day) references day_root (district, day) deferrable initially deferred
);
create index root_entry_day on root_entry (district, day);

create table notice (
  district text collate "C" not null, id uuid not null, case_id uuid, unit_id uuid not null references unit, path text collate "C" not null,
  kind text not null, scope text not null check (scope in ('unit','public')),
  title jsonb not null, shown jsonb not null, shown_public jsonb not null, -- fields by aid.md §6, full and masked
  starts_on date not null, ends_on date,             -- no end while its year's holidays are not published
  days int not null, day_type text not null,
  kind_title jsonb not null, code text collate "C",
  state text not null check (state in ('up','blocked','over','withdrawn')), taken_down_at timestamptz,
  primary key (district, id)
);
create index notice_case on notice (district, case_id);
create index notice_up on notice (state, scope, path, ends_on);
create table objection (
  district text collate "C" not null, id uuid not null, notice_id uuid not null, path text collate "C" not null,
  sealed bytea not null,                             -- {text, name?, phone?}: identity under its own key
  receipt_hash bytea not null,                       -- answers are read with the receipt code
  raised_at timestamptz not null, raised_on date not null,
  finding text check (finding in ('upheld','dismissed')), finding_note text, found_by uuid, found_on date,
  primary key (district, id),
  foreign key (district, notice_id) references notice (district, id)
);
create index objection_notice on objection (district, notice_id);
create index objection_receipt on objection (receipt_hash);
-- Where a notice is, by its id alone, for the public page.
create table notice_lookup (notice_id uuid primary key, district text collate "C" not null);

create table case_draft (person_id uuid not null, service text not null, district text collate "C" not null, sealed bytea not null, saved_at timestamptz not null, primary key (district, person_id, service));

-- The hardship file (困难职工档案) and who is in one: an identity may stand in one open file only.
create table hardship_file (
  district text collate "C" not null, id uuid not null, file_no text collate "C" not null,
  case_id uuid not null, household_id uuid not null, head_id uuid not null, head_name text not null,
  unit_id uuid not null references unit, path text collate "C" not null,
  category text not null check (category in ('deep','relative','accident')), tier text not null,
  main_cause text not null, member_count int not null,
  filed_on date not null, valid_to date not null, state text not null, liaison_id uuid, liaison_name text,
  previous_file_id uuid, exit_reason text, exited_on date,
  primary key (district, id), unique (district, file_no)
);
create index hardship_file_place on hardship_file (district, path, state);
create index hardship_file_head on hardship_file (district, head_id);
create table hardship_claim (id_hash bytea primary key, district text collate "C" not null, case_id uuid not null);
create table register_entry ( -- government low-income register, imported (aid.md §5 linkage)
  id_hash bytea not null, kind text not null, register text not null, as_of date not null, import_id uuid not null, facts jsonb not null default '{}',
  primary key (id_hash, register, kind)
);

-- Made by scripts/schema.ts from the migrated schema; not edited by hand.

create extension btree_gist;
create extension pg_trgm;

CREATE OR REPLACE FUNCTION public.place_at(path text, depth integer)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select case when array_length(string_to_array(path, '.'), 1) >= depth
       then array_to_string((string_to_array(path, '.'))[1:depth], '.') end $function$;

CREATE OR REPLACE FUNCTION public.zhijia_above(path text)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select array(select array_to_string((string_to_array(path, '.'))[1:d], '.') from generate_series(1, array_length(string_to_array(path, '.'), 1)) d) $function$;

CREATE OR REPLACE FUNCTION public.zhijia_all()
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select coalesce(current_setting('zhijia.roots', true), '') = '{cn.}' $function$;

CREATE OR REPLACE FUNCTION public.zhijia_below(units uuid[], of_tally text)
 RETURNS TABLE(unit_id uuid, key text, n bigint)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
begin
  if of_tally not in ('tree', 'member.sex') then return; end if;
  return query select s.unit_id, case of_tally when 'tree' then s.raw else '' end, sum(s.n)::bigint from (
    select r.unit_id, r.key as raw, r.n from rollup r
      join unit u on u.id = r.unit_id and u.district = r.district
      where u.id = any(units) and r.tally = of_tally
    union all
    select u.id, d.key, d.n from rollup_delta d
      join unit b on b.id = d.unit_id join unit u on b.path >= u.path and b.path < (u.path || '/') collate "C"
      where u.id = any(units) and d.tally = of_tally
  ) s group by 1, 2;
end $function$;

CREATE OR REPLACE FUNCTION public.zhijia_boards()
 RETURNS text[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select coalesce(nullif(current_setting('zhijia.boards', true), ''), '{}')::text[] $function$;

CREATE OR REPLACE FUNCTION public.zhijia_follow_move(old_path text, new_path text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.zhijia_me()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select nullif(current_setting('zhijia.person', true), '')::uuid $function$;

CREATE OR REPLACE FUNCTION public.zhijia_pairs(name text)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$
  select array(select substr(small, n, 2) from lower(name) small, generate_series(1, length(small) - 1) n)
$function$;

CREATE OR REPLACE FUNCTION public.zhijia_roots()
 RETURNS text[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select nullif(current_setting('zhijia.roots', true), '')::text[] $function$;

create sequence member_serial;

create sequence unit_segment;

create table account (
  id uuid not null,
  person_id uuid not null,
  district text collate "C" not null,
  login text collate "C",
  password_hash text,
  totp_sealed bytea,
  totp_last_step bigint,
  disabled boolean not null default false,
  lang text not null default 'zh'::text,
  large_type boolean not null default false,
  oidc_subject text,
  created_at timestamp with time zone not null,
  constraint account_pkey PRIMARY KEY (id),
  constraint account_login_key UNIQUE (login),
  constraint account_oidc_subject_key UNIQUE (oidc_subject),
  constraint account_person_id_key UNIQUE (person_id)
);
alter table account enable row level security;
create policy account_wall on account using (( SELECT zhijia_all() AS zhijia_all) OR (person_id = ( SELECT zhijia_me() AS zhijia_me)));
grant insert, select, update on account to zhijia_app;

create table account_book (
  district text collate "C" not null,
  id uuid not null,
  unit_id uuid not null,
  path text collate "C" not null,
  role text collate "C" not null,
  detail text collate "C" not null default ''::text,
  fund_id uuid,
  chart text not null,
  debit_fen bigint not null default 0,
  credit_fen bigint not null default 0,
  constraint account_book_pkey PRIMARY KEY (district, id),
  constraint account_book_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id),
  constraint account_book_credit_fen_check CHECK ((credit_fen >= 0)),
  constraint account_book_debit_fen_check CHECK ((debit_fen >= 0))
);
CREATE UNIQUE INDEX account_book_role ON public.account_book USING btree (district, unit_id, role, detail, COALESCE(fund_id, '00000000-0000-0000-0000-000000000000'::uuid));
alter table account_book enable row level security;
create policy account_book_wall on account_book using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])));
grant insert, select, update on account_book to zhijia_app;

create table aid_grant (
  district text collate "C" not null,
  id uuid not null,
  case_id uuid not null,
  household_id uuid,
  beneficiary_id uuid not null,
  beneficiary_district text collate "C" not null,
  beneficiary_name text not null,
  case_number text collate "C",
  unit_id uuid not null,
  path text collate "C" not null,
  kind text not null,
  cause text,
  fund_id uuid,
  fund_district text collate "C",
  amount_fen bigint not null,
  year integer not null,
  period text collate "C" not null default ''::text,
  state text not null,
  file_tier text,
  decided_on date not null,
  paid_on date,
  batch_id uuid,
  item_id uuid,
  fund_name text,
  batch_number text,
  cap_check jsonb not null,
  payee_sealed bytea not null,
  fund_source text,
  constraint aid_grant_pkey PRIMARY KEY (district, id),
  constraint aid_grant_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id),
  constraint aid_grant_amount_fen_check CHECK ((amount_fen > 0)),
  constraint aid_grant_file_tier_check CHECK ((file_tier = ANY (ARRAY['national'::text, 'province'::text, 'city'::text]))),
  constraint aid_grant_state_check CHECK ((state = ANY (ARRAY['decided'::text, 'batched'::text, 'paid'::text, 'failed'::text, 'cancelled'::text, 'recovered'::text])))
);
CREATE INDEX aid_grant_case ON public.aid_grant USING btree (district, case_id);
CREATE INDEX aid_grant_household ON public.aid_grant USING btree (district, household_id, year);
CREATE INDEX aid_grant_id ON public.aid_grant USING btree (id);
CREATE INDEX aid_grant_place ON public.aid_grant USING btree (district, path, state);
CREATE INDEX aid_grant_ready ON public.aid_grant USING btree (unit_id, state);
alter table aid_grant enable row level security;
create policy aid_grant_wall on aid_grant using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])) OR (beneficiary_id = ( SELECT zhijia_me() AS zhijia_me)));
grant insert, select, update on aid_grant to zhijia_app;

create table aid_once (
  beneficiary_id uuid not null,
  kind text collate "C" not null,
  year integer not null,
  period text collate "C" not null,
  cause text collate "C" not null,
  grant_district text collate "C" not null,
  grant_id uuid not null,
  in_force boolean not null default true,
  constraint aid_once_pkey PRIMARY KEY (beneficiary_id, kind, year, period, cause)
);
grant insert, select, update on aid_once to zhijia_app;

create table bank_result (
  district text collate "C" not null,
  batch_id uuid not null,
  content_hash bytea not null,
  path text collate "C" not null,
  file_no integer not null,
  lines integer not null,
  paid integer not null,
  failed integer not null,
  refunded integer not null,
  by_person uuid,
  at timestamp with time zone not null,
  constraint bank_result_pkey PRIMARY KEY (district, batch_id, content_hash),
  constraint bank_result_district_batch_id_fkey FOREIGN KEY (district, batch_id) REFERENCES batch(district, id)
);
alter table bank_result enable row level security;
create policy bank_result_wall on bank_result using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])));
grant insert, select on bank_result to zhijia_app;

create table batch (
  district text collate "C" not null,
  id uuid not null,
  number text collate "C" not null,
  unit_id uuid not null,
  path text collate "C" not null,
  fund_id uuid not null,
  purpose text not null,
  title text not null,
  state text collate "C" not null,
  total_fen bigint not null default 0,
  items integer not null default 0,
  paid_fen bigint not null default 0,
  failed integer not null default 0,
  due_on date,
  made_by uuid not null,
  made_on date not null,
  decision text,
  seq integer not null default 0,
  bank_file_no integer not null default 0,
  head_hash bytea,
  escalated_to uuid,
  escalated_on date,
  constraint batch_pkey PRIMARY KEY (district, id),
  constraint batch_district_number_key UNIQUE (district, number),
  constraint batch_district_fund_id_fkey FOREIGN KEY (district, fund_id) REFERENCES fund(district, id),
  constraint batch_escalated_to_fkey FOREIGN KEY (escalated_to) REFERENCES unit(id),
  constraint batch_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id),
  constraint batch_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'reviewed'::text, 'funded'::text, 'approved'::text, 'submitted_to_bank'::text, 'partly_failed'::text, 'settled'::text, 'closed'::text, 'cancelled'::text])))
);
CREATE INDEX batch_due ON public.batch USING btree (due_on) WHERE (due_on IS NOT NULL);
CREATE INDEX batch_escalated ON public.batch USING btree (escalated_to, state) WHERE (escalated_to IS NOT NULL);
CREATE INDEX batch_id ON public.batch USING btree (id);
CREATE INDEX batch_place ON public.batch USING btree (path, state, made_on);
CREATE INDEX batch_unit ON public.batch USING btree (unit_id, state, due_on);
alter table batch enable row level security;
create policy batch_wall on batch using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])));
grant insert, select, update on batch to zhijia_app;

create table batch_action (
  district text collate "C" not null,
  batch_id uuid not null,
  seq integer not null,
  id uuid not null,
  name text not null,
  by_person uuid,
  by_name text,
  by_role text,
  at timestamp with time zone not null,
  on_day date not null,
  from_state text,
  to_state text not null,
  answers jsonb not null default '{}'::jsonb,
  content_hash bytea not null,
  hash bytea not null,
  path text collate "C" not null,
  constraint batch_action_pkey PRIMARY KEY (district, batch_id, seq),
  constraint batch_action_district_id_key UNIQUE (district, id)
);
alter table batch_action enable row level security;
create policy batch_action_wall on batch_action using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])));
grant insert, select on batch_action to zhijia_app;

create table batch_item (
  district text collate "C" not null,
  batch_id uuid not null,
  id uuid not null,
  position integer not null,
  path text collate "C" not null,
  grant_id uuid not null,
  grant_district text collate "C" not null,
  case_id uuid not null,
  case_number text collate "C",
  payee_name text not null,
  beneficiary_id uuid not null,
  beneficiary_district text collate "C" not null,
  beneficiary_name text not null,
  household_id uuid,
  payee_sealed bytea not null,
  amount_fen bigint not null,
  state text collate "C" not null,
  reason text,
  bank_reference text,
  sent_in integer,
  paid_on date,
  voucher_id uuid,
  constraint batch_item_pkey PRIMARY KEY (district, batch_id, id),
  constraint batch_item_district_batch_id_position_key UNIQUE (district, batch_id, "position"),
  constraint batch_item_district_batch_id_fkey FOREIGN KEY (district, batch_id) REFERENCES batch(district, id),
  constraint batch_item_amount_fen_check CHECK ((amount_fen > 0)),
  constraint batch_item_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'paid'::text, 'failed'::text, 'corrected'::text, 'refunded'::text, 'recovered'::text, 'removed'::text])))
);
CREATE UNIQUE INDEX batch_item_grant ON public.batch_item USING btree (district, grant_id) WHERE (state = ANY (ARRAY['pending'::text, 'paid'::text, 'failed'::text, 'corrected'::text]));
alter table batch_item enable row level security;
create policy batch_item_wall on batch_item using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])));
grant insert, select, update on batch_item to zhijia_app;

create table batch_serial (
  district text collate "C" not null,
  year integer not null,
  last integer not null,
  constraint batch_serial_pkey PRIMARY KEY (district, year)
);
grant insert, select, update on batch_serial to zhijia_app;

create table book (
  district text collate "C" not null,
  unit_id uuid not null,
  path text collate "C" not null,
  closed_through text collate "C",
  closed_at timestamp with time zone,
  closed_by uuid,
  constraint book_pkey PRIMARY KEY (district, unit_id),
  constraint book_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id)
);
alter table book enable row level security;
create policy book_wall on book using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])));
grant insert, select, update on book to zhijia_app;

create table book_month (
  district text collate "C" not null,
  unit_id uuid not null,
  month text collate "C" not null,
  vouchers integer not null default 0,
  constraint book_month_pkey PRIMARY KEY (district, unit_id, month),
  constraint book_month_vouchers_check CHECK ((vouchers >= 0))
);
grant insert, select, update on book_month to zhijia_app;

create table cap_link (
  district text collate "C" not null,
  beneficiary text collate "C" not null,
  to_district text collate "C" not null,
  to_beneficiary text collate "C" not null,
  constraint cap_link_pkey PRIMARY KEY (district, beneficiary, to_district, to_beneficiary)
);
grant insert, select, update on cap_link to zhijia_app;

create table cap_use (
  district text collate "C" not null,
  rule text collate "C" not null,
  beneficiary text collate "C" not null,
  year integer not null,
  used_fen bigint not null,
  cap_fen bigint not null,
  carried_fen bigint not null default 0,
  constraint cap_use_pkey PRIMARY KEY (district, rule, beneficiary, year),
  constraint cap_use_carried CHECK (((carried_fen >= 0) AND (carried_fen <= used_fen))),
  constraint cap_use_check CHECK ((used_fen <= cap_fen)),
  constraint cap_use_used_fen_check CHECK ((used_fen >= 0))
);
grant insert, select, update on cap_use to zhijia_app;

create table case_action (
  district text collate "C" not null,
  case_id uuid not null,
  seq integer not null,
  id uuid not null,
  name text collate "C" not null,
  by_person uuid,
  by_name text,
  by_unit_id uuid,
  by_role text,
  at timestamp with time zone not null,
  on_day date not null,
  from_step text,
  to_step text not null,
  due_on date,
  note text,
  answers jsonb not null default '{}'::jsonb,
  sealed bytea,
  effects jsonb not null default '[]'::jsonb,
  after jsonb not null,
  content_hash bytea not null,
  hash bytea not null,
  path text collate "C" not null,
  constraint case_action_pkey PRIMARY KEY (district, case_id, seq),
  constraint case_action_district_id_key UNIQUE (district, id),
  constraint case_action_district_case_id_fkey FOREIGN KEY (district, case_id) REFERENCES case_file(district, id)
);
CREATE INDEX case_action_day ON public.case_action USING btree (district, on_day, case_id, seq);
alter table case_action enable row level security;
create policy case_action_wall on case_action using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])));
grant insert, select on case_action to zhijia_app;

create table case_draft (
  person_id uuid not null,
  service text not null,
  district text collate "C" not null,
  sealed bytea not null,
  saved_at timestamp with time zone not null,
  constraint case_draft_pkey PRIMARY KEY (district, person_id, service)
);
alter table case_draft enable row level security;
create policy case_draft_wall on case_draft using (( SELECT zhijia_all() AS zhijia_all) OR (person_id = ( SELECT zhijia_me() AS zhijia_me)));
grant delete, insert, select, update on case_draft to zhijia_app;

create table case_file (
  district text collate "C" not null,
  id uuid not null,
  number text collate "C" not null,
  service text collate "C" not null,
  service_version integer not null,
  unit_id uuid not null,
  path text collate "C" not null,
  place2 text collate "C" generated always as (place_at(path, 2)) stored,
  place3 text collate "C" generated always as (place_at(path, 3)) stored,
  place4 text collate "C" generated always as (place_at(path, 4)) stored,
  place5 text collate "C" generated always as (place_at(path, 5)) stored,
  applicant_id uuid not null,
  applicant_district text collate "C" not null,
  applicant_name text not null,
  on_behalf_by uuid,
  subject_id uuid,
  step text collate "C" not null,
  state text collate "C" not null,
  outcome text collate "C",
  turn text not null,
  turn_unit_id uuid,
  turn_path text collate "C",
  turn_power text collate "C",
  step_since date not null,
  due_on date,
  due_sort date generated always as (COALESCE(due_on, '9999-12-31'::date)) stored,
  clock jsonb not null default '{}'::jsonb,
  escalated boolean not null default false,
  answers jsonb not null default '{}'::jsonb,
  facts jsonb not null default '{}'::jsonb,
  pins jsonb not null default '{}'::jsonb,
  amount_fen bigint,
  confidential text not null default 'normal'::text,
  opened_on date not null,
  opened_at timestamp with time zone not null,
  ended_on date,
  rating smallint,
  rated_on date,
  parent_id uuid,
  previous_id uuid,
  follow_of uuid,
  seq integer not null,
  head_hash bytea not null,
  constraint case_file_pkey PRIMARY KEY (district, id),
  constraint case_file_district_number_key UNIQUE (district, number),
  constraint case_file_turn_unit_id_fkey FOREIGN KEY (turn_unit_id) REFERENCES unit(id),
  constraint case_file_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id),
  constraint case_file_amount_fen_check CHECK ((amount_fen >= 0)),
  constraint case_file_rating_check CHECK (((rating >= 1) AND (rating <= 5))),
  constraint case_file_state_check CHECK ((state = ANY (ARRAY['open'::text, 'ended'::text]))),
  constraint case_file_turn_check CHECK ((turn = ANY (ARRAY['union'::text, 'applicant'::text, 'clock'::text, 'nobody'::text])))
);
CREATE INDEX case_applicant ON public.case_file USING btree (district, applicant_id, opened_at DESC);
CREATE INDEX case_awaits_calendar ON public.case_file USING btree (id) WHERE ((state = 'open'::text) AND (clock ? 'unknownYear'::text));
CREATE INDEX case_due ON public.case_file USING btree (due_on) WHERE ((state = 'open'::text) AND (due_on IS NOT NULL));
CREATE INDEX case_follow ON public.case_file USING btree (district, follow_of) WHERE (follow_of IS NOT NULL);
CREATE INDEX case_inbox ON public.case_file USING btree (turn_unit_id, due_sort, id) WHERE ((state = 'open'::text) AND (turn = 'union'::text));
CREATE INDEX case_name ON public.case_file USING btree (applicant_name COLLATE "C", id);
CREATE INDEX case_opened ON public.case_file USING btree (opened_on, id);
CREATE INDEX case_opened_place2 ON public.case_file USING btree (place2, opened_on, id);
CREATE INDEX case_opened_place3 ON public.case_file USING btree (place3, opened_on, id);
CREATE INDEX case_opened_place4 ON public.case_file USING btree (place4, opened_on, id);
CREATE INDEX case_opened_place5 ON public.case_file USING btree (place5, opened_on, id);
CREATE INDEX case_parent ON public.case_file USING btree (district, parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX case_place2 ON public.case_file USING btree (place2, state, due_sort, id);
CREATE INDEX case_place3 ON public.case_file USING btree (place3, state, due_sort, id);
CREATE INDEX case_place4 ON public.case_file USING btree (place4, state, due_sort, id);
CREATE INDEX case_place5 ON public.case_file USING btree (place5, state, due_sort, id);
CREATE INDEX case_previous ON public.case_file USING btree (district, previous_id) WHERE (previous_id IS NOT NULL);
CREATE INDEX case_root ON public.case_file USING btree (state, due_sort, id);
CREATE INDEX case_subject ON public.case_file USING btree (district, subject_id);
CREATE INDEX case_unit ON public.case_file USING btree (unit_id, state, due_sort, id);
alter table case_file enable row level security;
create policy case_wall on case_file using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])) OR ((turn_path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])) OR (applicant_id = ( SELECT zhijia_me() AS zhijia_me)));
grant insert, select, update on case_file to zhijia_app;

create table case_lookup (
  case_id uuid not null,
  district text collate "C" not null,
  constraint case_lookup_pkey PRIMARY KEY (case_id)
);
grant insert, select, update on case_lookup to zhijia_app;

create table case_serial (
  district text collate "C" not null,
  year integer not null,
  service text collate "C" not null,
  last integer not null,
  constraint case_serial_pkey PRIMARY KEY (district, year, service)
);
grant insert, select, update on case_serial to zhijia_app;

create table consent (
  district text collate "C" not null,
  id uuid not null,
  person_id uuid not null,
  purpose text not null,
  fields text[] not null,
  receivers text[] not null default '{}'::text[],
  version text not null,
  given_at timestamp with time zone not null,
  withdrawn_at timestamp with time zone,
  constraint consent_pkey PRIMARY KEY (district, id)
);
CREATE INDEX consent_person ON public.consent USING btree (district, person_id);
alter table consent enable row level security;
create policy consent_wall on consent using (( SELECT zhijia_all() AS zhijia_all) OR (person_id = ( SELECT zhijia_me() AS zhijia_me)));
grant insert, select, update on consent to zhijia_app;

create table day_root (
  district text collate "C" not null,
  day date not null,
  actions integer not null,
  root bytea not null,
  previous bytea,
  signature bytea not null,
  key_id text not null,
  closed_at timestamp with time zone not null,
  constraint day_root_pkey PRIMARY KEY (district, day)
);
grant insert, select on day_root to zhijia_app;

create table delivery (
  district text collate "C" not null,
  id uuid not null,
  message_id uuid not null,
  person_id uuid not null,
  channel text not null,
  state text not null,
  tries integer not null default 0,
  error text,
  held_until timestamp with time zone,
  at timestamp with time zone not null,
  constraint delivery_pkey PRIMARY KEY (district, id),
  constraint delivery_channel_check CHECK ((channel = ANY (ARRAY['mail'::text, 'sms'::text]))),
  constraint delivery_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sent'::text, 'failed'::text, 'held'::text])))
);
CREATE INDEX delivery_message ON public.delivery USING btree (district, message_id);
CREATE INDEX delivery_trouble ON public.delivery USING btree (state, at) WHERE (state = 'failed'::text);
alter table delivery enable row level security;
create policy delivery_wall on delivery using (( SELECT zhijia_all() AS zhijia_all) OR (person_id = ( SELECT zhijia_me() AS zhijia_me))) with check true;
grant insert, select, update on delivery to zhijia_app;

create table fund (
  district text collate "C" not null,
  id uuid not null,
  unit_id uuid not null,
  path text collate "C" not null,
  source text not null,
  name text not null,
  year integer not null,
  purposes text[] not null,
  state text not null default 'open'::text,
  in_fen bigint not null default 0,
  committed_fen bigint not null default 0,
  spent_fen bigint not null default 0,
  constraint fund_pkey PRIMARY KEY (district, id),
  constraint fund_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id),
  constraint fund_check CHECK (((in_fen >= 0) AND (committed_fen >= 0) AND (spent_fen >= 0) AND (((in_fen - committed_fen) - spent_fen) >= 0))),
  constraint fund_source_check CHECK ((source = ANY (ARRAY['central_fiscal'::text, 'provincial_fiscal'::text, 'union_dues'::text, 'union_upper'::text, 'donation'::text, 'unit_admin'::text, 'foundation'::text])))
);
CREATE INDEX fund_id ON public.fund USING btree (id);
CREATE INDEX fund_unit ON public.fund USING btree (unit_id, year);
alter table fund enable row level security;
create policy fund_wall on fund using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])));
grant insert, select, update on fund to zhijia_app;

create table hardship_claim (
  id_hash bytea not null,
  district text collate "C" not null,
  case_id uuid not null,
  constraint hardship_claim_pkey PRIMARY KEY (id_hash)
);
grant delete, insert, select, update on hardship_claim to zhijia_app;

create table hardship_file (
  district text collate "C" not null,
  id uuid not null,
  file_no text collate "C" not null,
  case_id uuid not null,
  household_id uuid not null,
  head_id uuid not null,
  head_name text not null,
  unit_id uuid not null,
  path text collate "C" not null,
  category text not null,
  tier text not null,
  main_cause text not null,
  member_count integer not null,
  filed_on date not null,
  valid_to date not null,
  state text not null,
  liaison_id uuid,
  liaison_name text,
  previous_file_id uuid,
  exit_reason text,
  exited_on date,
  next_visit_on date,
  visit_told_on date,
  used_year integer not null default 0,
  used_fen bigint not null default 0,
  constraint hardship_file_pkey PRIMARY KEY (district, id),
  constraint hardship_file_district_file_no_key UNIQUE (district, file_no),
  constraint hardship_file_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id),
  constraint hardship_file_category_check CHECK ((category = ANY (ARRAY['deep'::text, 'relative'::text, 'accident'::text])))
);
CREATE INDEX hardship_file_facts ON public.hardship_file USING btree (path, id) INCLUDE (state, category, valid_to, used_year, used_fen, head_id);
CREATE INDEX hardship_file_head ON public.hardship_file USING btree (district, head_id);
CREATE INDEX hardship_file_household ON public.hardship_file USING btree (district, household_id);
CREATE INDEX hardship_file_place ON public.hardship_file USING btree (district, path, state);
CREATE INDEX hardship_file_unit ON public.hardship_file USING btree (unit_id);
CREATE INDEX hardship_file_visit ON public.hardship_file USING btree (next_visit_on) WHERE ((next_visit_on IS NOT NULL) AND (visit_told_on IS NULL));
alter table hardship_file enable row level security;
create policy hardship_file_wall on hardship_file using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])) OR (head_id = ( SELECT zhijia_me() AS zhijia_me)));
grant insert, select, update on hardship_file to zhijia_app;

create table household (
  district text collate "C" not null,
  id uuid not null,
  head_id uuid not null,
  path text collate "C" not null,
  unit_id uuid not null,
  created_on date not null,
  version integer not null default 1,
  constraint household_pkey PRIMARY KEY (district, id),
  constraint household_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id)
);
CREATE INDEX household_head ON public.household USING btree (district, head_id);
alter table household enable row level security;
create policy household_wall on household using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])) OR (head_id = ( SELECT zhijia_me() AS zhijia_me)));
grant insert, select, update on household to zhijia_app;

create table household_member (
  district text collate "C" not null,
  household_id uuid not null,
  id uuid not null,
  name text not null,
  relation text not null,
  birth_date date,
  id_hash bytea,
  work_status text,
  person_id uuid,
  sealed bytea not null,
  left_on date,
  path text collate "C" not null,
  head_id uuid not null,
  constraint household_member_pkey PRIMARY KEY (district, household_id, id),
  constraint household_member_district_household_id_fkey FOREIGN KEY (district, household_id) REFERENCES household(district, id)
);
CREATE INDEX household_member_person ON public.household_member USING btree (person_id) WHERE (person_id IS NOT NULL);
alter table household_member enable row level security;
create policy household_member_wall on household_member using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])) OR (head_id = ( SELECT zhijia_me() AS zhijia_me)) OR (person_id = ( SELECT zhijia_me() AS zhijia_me)));
grant insert, select, update on household_member to zhijia_app;

create table identity_lookup (
  hash bytea not null,
  district text collate "C" not null,
  person_id uuid not null,
  constraint identity_lookup_pkey PRIMARY KEY (hash)
);
grant insert, select, update on identity_lookup to zhijia_app;

create table import_chunk (
  district text collate "C" not null,
  import_id uuid not null,
  number integer not null,
  sealed bytea not null,
  constraint import_chunk_pkey PRIMARY KEY (district, import_id, number)
);
alter table import_chunk enable row level security;
create policy import_chunk_wall on import_chunk using ( SELECT zhijia_all() AS zhijia_all);
grant delete, insert, select, update on import_chunk to zhijia_app;

create table import_problem (
  district text collate "C" not null,
  import_id uuid not null,
  n integer not null,
  sheet text not null,
  row integer not null,
  field text,
  column_letters text,
  level text not null,
  code text not null,
  params jsonb not null default '{}'::jsonb,
  proposal jsonb,
  constraint import_problem_pkey PRIMARY KEY (district, import_id, n),
  constraint import_problem_level_check CHECK ((level = ANY (ARRAY['error'::text, 'duplicate'::text, 'warning'::text])))
);
alter table import_problem enable row level security;
create policy import_problem_wall on import_problem using ( SELECT zhijia_all() AS zhijia_all);
grant delete, insert, select, update on import_problem to zhijia_app;

create table installation (
  id boolean not null default true,
  uuid uuid not null default gen_random_uuid(),
  fictitious boolean not null default false,
  trial_days integer not null default 0,
  day_ticked date,
  founded_at timestamp with time zone not null default now(),
  constraint installation_pkey PRIMARY KEY (id),
  constraint installation_id_check CHECK (id),
  constraint installation_trial_days_check CHECK ((trial_days >= 0))
);
grant insert, select, update on installation to zhijia_app;

create table key_mark (
  id boolean not null default true,
  suite text not null,
  mark bytea not null,
  constraint key_mark_pkey PRIMARY KEY (id),
  constraint key_mark_id_check CHECK (id),
  constraint key_mark_suite_check CHECK ((suite = ANY (ARRAY['international'::text, 'national'::text])))
);
grant insert, select on key_mark to zhijia_app;

create table look (
  district text collate "C" not null,
  id uuid not null,
  person_id uuid not null,
  by_person uuid not null,
  by_name text not null,
  by_unit text,
  by_role text,
  what text not null,
  fields text[] not null default '{}'::text[],
  purpose text not null,
  case_id uuid,
  at timestamp with time zone not null,
  on_day date not null,
  constraint look_pkey PRIMARY KEY (district, id)
);
CREATE INDEX look_person ON public.look USING btree (district, person_id, at DESC);
alter table look enable row level security;
create policy look_wall on look using (( SELECT zhijia_all() AS zhijia_all) OR (person_id = ( SELECT zhijia_me() AS zhijia_me))) with check true;
grant insert, select on look to zhijia_app;

create table membership (
  district text collate "C" not null,
  id uuid not null,
  person_id uuid not null,
  unit_id uuid not null,
  path text collate "C" not null,
  member_no text collate "C",
  status text not null,
  status_reason text,
  status_since date not null,
  joined_on date,
  kind text not null default 'member'::text,
  case_id uuid,
  import_id uuid,
  card_serial text collate "C",
  card_issued_on date,
  reminded_on date,
  constraint membership_pkey PRIMARY KEY (district, id),
  constraint membership_district_person_id_fkey FOREIGN KEY (district, person_id) REFERENCES person(district, id),
  constraint membership_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id),
  constraint membership_status_check CHECK ((status = ANY (ARRAY['APPLIED'::text, 'APPLIED_BY_UNION'::text, 'RETURNED'::text, 'REJECTED'::text, 'ACTIVE'::text, 'TRANSFER_OUT'::text, 'RETAINED'::text, 'WITHDRAWN'::text, 'AUTO_WITHDRAWN'::text, 'EXPELLED'::text, 'DECEASED'::text, 'CANCELLED'::text])))
);
CREATE INDEX membership_card ON public.membership USING btree (card_serial) WHERE (card_serial IS NOT NULL);
CREATE INDEX membership_disowned ON public.membership USING btree (path, id) WHERE ((status = 'CANCELLED'::text) AND (status_reason = ANY (ARRAY['NOT_EMPLOYED_HERE'::text, 'LEFT_EMPLOYER'::text, 'UNWILLING'::text, 'DISOWNED'::text])));
CREATE UNIQUE INDEX membership_one ON public.membership USING btree (district, person_id) WHERE ((status = ANY (ARRAY['ACTIVE'::text, 'TRANSFER_OUT'::text, 'RETAINED'::text])) AND (kind = 'member'::text));
CREATE INDEX membership_path ON public.membership USING btree (district, path, status);
CREATE INDEX membership_person ON public.membership USING btree (district, person_id);
CREATE INDEX membership_unconfirmed ON public.membership USING btree (path, id) WHERE (status = 'APPLIED_BY_UNION'::text);
CREATE INDEX membership_unit ON public.membership USING btree (district, unit_id, status);
alter table membership enable row level security;
create policy membership_wall on membership using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])) OR (person_id = ( SELECT zhijia_me() AS zhijia_me)));
grant insert, select, update on membership to zhijia_app;

create table membership_event (
  district text collate "C" not null,
  id uuid not null,
  membership_id uuid not null,
  person_id uuid not null,
  unit_id uuid not null,
  path text collate "C" not null,
  from_status text,
  to_status text not null,
  reason text,
  by_person uuid,
  on_day date not null,
  at timestamp with time zone not null,
  case_id uuid,
  document jsonb,
  change text,
  from_unit_id uuid,
  from_path text collate "C",
  constraint membership_event_pkey PRIMARY KEY (district, id),
  constraint membership_event_change_check CHECK ((change = ANY (ARRAY['joined'::text, 'reactivated'::text, 'transferred'::text, 'retained'::text, 'withdrawn'::text, 'autoWithdrawn'::text, 'expelled'::text, 'deceased'::text, 'cancelled'::text])))
);
CREATE INDEX membership_event_change ON public.membership_event USING btree (change, path, on_day, id) WHERE (change IS NOT NULL);
CREATE INDEX membership_event_from ON public.membership_event USING btree (from_path, on_day, id) WHERE (from_path IS NOT NULL);
CREATE INDEX membership_event_from_unit ON public.membership_event USING btree (from_unit_id) WHERE (from_unit_id IS NOT NULL);
CREATE INDEX membership_event_of ON public.membership_event USING btree (district, membership_id, at);
CREATE INDEX membership_event_unit ON public.membership_event USING btree (unit_id) WHERE (change IS NOT NULL);
alter table membership_event enable row level security;
create policy membership_event_wall on membership_event using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])) OR ((from_path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])) OR (person_id = ( SELECT zhijia_me() AS zhijia_me)));
grant insert, select on membership_event to zhijia_app;

create table membership_transfer (
  district text collate "C" not null,
  id uuid not null,
  person_id uuid not null,
  person_name text not null,
  membership_id uuid not null,
  from_unit_id uuid not null,
  from_path text collate "C" not null,
  to_unit_id uuid not null,
  to_path text collate "C" not null,
  to_district text collate "C" not null,
  status text not null,
  initiated_by text not null,
  by_person uuid,
  reason text,
  requested_on date not null,
  released_on date,
  ended_on date,
  due_on date,
  note text,
  import_id uuid,
  grounds text,
  constraint membership_transfer_pkey PRIMARY KEY (district, id),
  constraint membership_transfer_district_membership_id_fkey FOREIGN KEY (district, membership_id) REFERENCES membership(district, id),
  constraint membership_transfer_from_unit_id_fkey FOREIGN KEY (from_unit_id) REFERENCES unit(id),
  constraint membership_transfer_to_unit_id_fkey FOREIGN KEY (to_unit_id) REFERENCES unit(id),
  constraint membership_transfer_initiated_by_check CHECK ((initiated_by = ANY (ARRAY['member'::text, 'from'::text, 'to'::text, 'upper'::text]))),
  constraint membership_transfer_status_check CHECK ((status = ANY (ARRAY['requested'::text, 'released'::text, 'accepted'::text, 'refused'::text, 'cancelled'::text, 'escalated'::text])))
);
CREATE INDEX membership_transfer_ended ON public.membership_transfer USING btree (ended_on DESC, id DESC) WHERE (ended_on IS NOT NULL);
CREATE INDEX membership_transfer_from ON public.membership_transfer USING btree (from_unit_id, status);
CREATE UNIQUE INDEX membership_transfer_open ON public.membership_transfer USING btree (district, person_id) WHERE (status = ANY (ARRAY['requested'::text, 'released'::text, 'escalated'::text]));
CREATE INDEX membership_transfer_open_from ON public.membership_transfer USING btree (from_path) WHERE (status = ANY (ARRAY['requested'::text, 'released'::text, 'escalated'::text]));
CREATE INDEX membership_transfer_open_to ON public.membership_transfer USING btree (to_path) WHERE (status = ANY (ARRAY['requested'::text, 'released'::text, 'escalated'::text]));
CREATE INDEX membership_transfer_to ON public.membership_transfer USING btree (to_unit_id, status);
alter table membership_transfer enable row level security;
create policy membership_transfer_wall on membership_transfer using (( SELECT zhijia_all() AS zhijia_all) OR ((from_path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])) OR ((to_path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])) OR (person_id = ( SELECT zhijia_me() AS zhijia_me)));
grant insert, select, update on membership_transfer to zhijia_app;

create table merge_log (
  district text collate "C" not null,
  id uuid not null,
  kept_id uuid not null,
  merged_id uuid not null,
  before jsonb not null,
  by_person uuid,
  at timestamp with time zone not null,
  undone_at timestamp with time zone,
  path text collate "C" not null,
  constraint merge_log_pkey PRIMARY KEY (district, id)
);
alter table merge_log enable row level security;
create policy merge_log_wall on merge_log using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])));
grant insert, select, update on merge_log to zhijia_app;

create table message (
  district text collate "C" not null,
  id uuid not null,
  person_id uuid not null,
  template text collate "C" not null,
  params jsonb not null default '{}'::jsonb,
  link text,
  case_id uuid,
  at timestamp with time zone not null,
  read_at timestamp with time zone,
  constraint message_pkey PRIMARY KEY (district, id)
);
CREATE INDEX message_person ON public.message USING btree (district, person_id, at DESC);
CREATE INDEX message_unread ON public.message USING btree (district, person_id) WHERE (read_at IS NULL);
alter table message enable row level security;
create policy message_wall on message using (( SELECT zhijia_all() AS zhijia_all) OR (person_id = ( SELECT zhijia_me() AS zhijia_me))) with check true;
grant insert, select, update on message to zhijia_app;

create table message_preference (
  person_id uuid not null,
  district text collate "C" not null,
  channels text[] not null default '{app,mail}'::text[],
  mail_sealed bytea,
  quiet_from time without time zone not null default '22:00:00'::time without time zone,
  quiet_until time without time zone not null default '07:00:00'::time without time zone,
  constraint message_preference_pkey PRIMARY KEY (district, person_id)
);
grant insert, select, update on message_preference to zhijia_app;

create table notice (
  district text collate "C" not null,
  id uuid not null,
  case_id uuid,
  unit_id uuid not null,
  path text collate "C" not null,
  kind text not null,
  scope text not null,
  title jsonb not null,
  shown jsonb not null,
  shown_public jsonb not null,
  starts_on date not null,
  ends_on date,
  days integer not null,
  day_type text not null,
  kind_title jsonb not null,
  code text collate "C",
  state text not null,
  taken_down_at timestamp with time zone,
  constraint notice_pkey PRIMARY KEY (district, id),
  constraint notice_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id),
  constraint notice_scope_check CHECK ((scope = ANY (ARRAY['unit'::text, 'public'::text]))),
  constraint notice_state_check CHECK ((state = ANY (ARRAY['up'::text, 'blocked'::text, 'over'::text, 'withdrawn'::text])))
);
CREATE INDEX notice_case ON public.notice USING btree (district, case_id);
CREATE INDEX notice_on_board ON public.notice USING btree (path, starts_on, id) WHERE (state = ANY (ARRAY['up'::text, 'blocked'::text]));
CREATE INDEX notice_up ON public.notice USING btree (state, scope, path, ends_on);
alter table notice enable row level security;
create policy notice_board on notice for select using ((state = ANY (ARRAY['up'::text, 'blocked'::text])) AND (path = ANY (( SELECT zhijia_boards() AS zhijia_boards)::text[])));
create policy notice_wall on notice using (( SELECT zhijia_all() AS zhijia_all) OR ((scope = 'public'::text) AND (state = ANY (ARRAY['up'::text, 'blocked'::text]))) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])));
grant insert, select, update on notice to zhijia_app;

create table notice_lookup (
  notice_id uuid not null,
  district text collate "C" not null,
  constraint notice_lookup_pkey PRIMARY KEY (notice_id)
);
grant insert, select, update on notice_lookup to zhijia_app;

create table objection (
  district text collate "C" not null,
  id uuid not null,
  notice_id uuid not null,
  path text collate "C" not null,
  sealed bytea not null,
  receipt_hash bytea not null,
  raised_at timestamp with time zone not null,
  raised_on date not null,
  finding text,
  finding_note text,
  found_by uuid,
  found_on date,
  constraint objection_pkey PRIMARY KEY (district, id),
  constraint objection_district_notice_id_fkey FOREIGN KEY (district, notice_id) REFERENCES notice(district, id),
  constraint objection_finding_check CHECK ((finding = ANY (ARRAY['upheld'::text, 'dismissed'::text])))
);
CREATE INDEX objection_notice ON public.objection USING btree (district, notice_id);
CREATE INDEX objection_receipt ON public.objection USING btree (receipt_hash);
alter table objection enable row level security;
create policy objection_wall on objection using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])));
grant insert, select, update on objection to zhijia_app;

create table paper (
  district text collate "C" not null,
  id uuid not null,
  path text collate "C" not null,
  owner_id uuid,
  case_id uuid,
  kind text not null,
  file_name_sealed bytea not null,
  media_type text not null,
  bytes integer not null,
  content_hash bytea not null,
  chunks integer not null,
  sensitivity text not null default 'normal'::text,
  by_person uuid,
  at timestamp with time zone not null,
  deleted_at timestamp with time zone,
  shelf text not null default 'database'::text,
  constraint paper_pkey PRIMARY KEY (district, id),
  constraint paper_bytes_check CHECK (((bytes >= 1) AND (bytes <= 20971520))),
  constraint paper_shelf_check CHECK ((shelf = ANY (ARRAY['database'::text, 's3'::text])))
);
CREATE INDEX paper_case ON public.paper USING btree (district, case_id);
CREATE INDEX paper_hash ON public.paper USING btree (district, content_hash);
CREATE INDEX paper_loose ON public.paper USING btree (at) WHERE ((case_id IS NULL) AND (deleted_at IS NULL));
alter table paper enable row level security;
create policy paper_wall on paper using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])) OR (owner_id = ( SELECT zhijia_me() AS zhijia_me)) OR (by_person = ( SELECT zhijia_me() AS zhijia_me)));
grant delete, insert, select, update on paper to zhijia_app;

create table paper_chunk (
  district text collate "C" not null,
  paper_id uuid not null,
  number integer not null,
  sealed bytea not null,
  constraint paper_chunk_pkey PRIMARY KEY (district, paper_id, number),
  constraint paper_chunk_district_paper_id_fkey FOREIGN KEY (district, paper_id) REFERENCES paper(district, id)
);
alter table paper_chunk enable row level security;
create policy paper_chunk_wall on paper_chunk using ( SELECT zhijia_all() AS zhijia_all);
grant delete, insert, select, update on paper_chunk to zhijia_app;

create table paper_lookup (
  paper_id uuid not null,
  district text collate "C" not null,
  constraint paper_lookup_pkey PRIMARY KEY (paper_id)
);
grant delete, insert, select, update on paper_lookup to zhijia_app;

create table person (
  district text collate "C" not null,
  id uuid not null,
  path text collate "C" not null,
  unit_id uuid,
  name text not null,
  name_pinyin text collate "C" not null,
  name_initials text collate "C" not null,
  sex smallint,
  birth_date date,
  ethnicity text,
  education text,
  political_status text,
  skill_level text,
  employment_type text,
  employment_status text,
  employer_name text,
  job_title text,
  new_employment_group text,
  migrant boolean,
  id_kind text not null default 'resident'::text,
  id_hash bytea,
  sealed bytea,
  to_complete text[] not null default '{}'::text[],
  member_status text,
  merged_into uuid,
  created_on date not null,
  version integer not null default 1,
  former_districts text[] not null default '{}'::text[],
  constraint person_pkey PRIMARY KEY (district, id),
  constraint person_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id)
);
CREATE INDEX person_birth ON public.person USING btree (district, birth_date, name COLLATE "C");
CREATE INDEX person_group ON public.person USING btree (district, new_employment_group, name_pinyin, id) WHERE (new_employment_group IS NOT NULL);
CREATE INDEX person_id ON public.person USING btree (id);
CREATE INDEX person_initials ON public.person USING btree (district, name_initials, id);
CREATE INDEX person_name ON public.person USING btree (district, name COLLATE "C", id);
CREATE INDEX person_path ON public.person USING btree (district, path, name_pinyin, id);
CREATE INDEX person_pinyin ON public.person USING btree (district, name_pinyin, id);
CREATE INDEX person_status ON public.person USING btree (district, member_status, name_pinyin, id) WHERE (member_status <> 'ACTIVE'::text);
CREATE INDEX person_unit ON public.person USING btree (district, unit_id, name_pinyin, id);
alter table person enable row level security;
create policy person_wall on person using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])) OR (id = ( SELECT zhijia_me() AS zhijia_me)));
grant insert, select, update on person to zhijia_app;

create table phone_lookup (
  hash bytea not null,
  person_id uuid not null,
  district text collate "C" not null,
  constraint phone_lookup_pkey PRIMARY KEY (hash, person_id)
);
CREATE INDEX phone_lookup_person ON public.phone_lookup USING btree (person_id);
grant delete, insert, select, update on phone_lookup to zhijia_app;

create table policy_value (
  id uuid not null,
  key text collate "C" not null,
  place text collate "C" not null,
  from_day date not null,
  until_day date,
  value jsonb not null,
  source jsonb not null,
  set_by uuid,
  set_at timestamp with time zone not null,
  superseded_by uuid,
  constraint policy_value_pkey PRIMARY KEY (id),
  constraint policy_value_check CHECK (((until_day IS NULL) OR (until_day > from_day)))
);
CREATE INDEX policy_value_key ON public.policy_value USING btree (key, place, from_day);
CREATE INDEX policy_value_place ON public.policy_value USING btree (place);
grant insert, select, update on policy_value to zhijia_app;

create table policy_version (
  id boolean not null default true,
  version uuid not null default gen_random_uuid(),
  constraint policy_version_pkey PRIMARY KEY (id),
  constraint policy_version_id_check CHECK (id)
);
grant insert, select, update on policy_version to zhijia_app;

create table post (
  id uuid not null,
  person_id uuid not null,
  person_district text collate "C" not null,
  person_name text not null,
  unit_id uuid not null,
  role text collate "C" not null,
  from_day date not null,
  until_day date,
  ended_reason text,
  constraint post_pkey PRIMARY KEY (id),
  constraint post_person_id_unit_id_role_daterange_excl EXCLUDE USING gist (person_id WITH =, unit_id WITH =, role WITH =, daterange(from_day, until_day) WITH &&),
  constraint post_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id),
  constraint post_check CHECK (((until_day IS NULL) OR (until_day > from_day)))
);
CREATE INDEX post_person ON public.post USING btree (person_id);
CREATE INDEX post_unit ON public.post USING btree (unit_id, role);
grant insert, select, update on post to zhijia_app;

create table register_entry (
  id_hash bytea not null,
  kind text not null,
  register text not null,
  as_of date not null,
  import_id uuid not null,
  facts jsonb not null default '{}'::jsonb,
  constraint register_entry_pkey PRIMARY KEY (id_hash, register, kind)
);
alter table register_entry enable row level security;
create policy register_entry_wall on register_entry using ( SELECT zhijia_all() AS zhijia_all);
grant insert, select, update on register_entry to zhijia_app;

create table rollup (
  district text collate "C" not null,
  unit_id uuid not null,
  tally text collate "C" not null,
  grain text collate "C" not null,
  day date not null default '-infinity'::date,
  key text collate "C" not null default ''::text,
  n bigint not null,
  constraint rollup_pkey PRIMARY KEY (district, unit_id, tally, grain, day, key),
  constraint rollup_grain_check CHECK ((grain = ANY (ARRAY['all'::text, 'month'::text, 'day'::text])))
);
alter table rollup enable row level security;
create policy rollup_wall on rollup using ( SELECT zhijia_all() AS zhijia_all);
grant delete, insert, select, update on rollup to zhijia_app;

create table rollup_delta (
  district text collate "C" not null,
  seq bigint not null generated always as identity,
  unit_id uuid not null,
  tally text collate "C" not null,
  grain text collate "C" not null,
  day date not null default '-infinity'::date,
  key text collate "C" not null default ''::text,
  n bigint not null,
  constraint rollup_delta_pkey PRIMARY KEY (district, seq)
);
CREATE INDEX rollup_delta_tally ON public.rollup_delta USING btree (tally, day);
alter table rollup_delta enable row level security;
create policy rollup_delta_wall on rollup_delta using ( SELECT zhijia_all() AS zhijia_all) with check true;
grant delete, insert, select, update on rollup_delta to zhijia_app;

create table rollup_state (
  id boolean not null default true,
  built boolean not null,
  constraint rollup_state_pkey PRIMARY KEY (id),
  constraint rollup_state_id_check CHECK (id)
);
grant insert, select, update on rollup_state to zhijia_app;

create table root_entry (
  district text collate "C" not null,
  owner_id uuid not null,
  seq integer not null,
  kind text collate "C" not null,
  day date not null,
  constraint root_entry_pkey PRIMARY KEY (district, owner_id, seq),
  constraint root_entry_district_day_fkey FOREIGN KEY (district, day) REFERENCES day_root(district, day) DEFERRABLE INITIALLY DEFERRED,
  constraint root_entry_kind_check CHECK ((kind = ANY (ARRAY['batch'::text, 'case'::text])))
);
CREATE INDEX root_entry_day ON public.root_entry USING btree (district, day);
alter table root_entry enable row level security;
create policy root_entry_wall on root_entry using ( SELECT zhijia_all() AS zhijia_all);
grant insert, select on root_entry to zhijia_app;

create table roster_import (
  id uuid not null,
  district text collate "C" not null,
  unit_id uuid not null,
  path text collate "C" not null,
  kind text not null default 'roster'::text,
  file_name text not null,
  file_hash bytea not null,
  bytes integer not null default 0,
  mapping jsonb,
  state text not null,
  dry_run boolean not null default false,
  read integer not null default 0,
  loaded integer not null default 0,
  updated integer not null default 0,
  unchanged integer not null default 0,
  duplicates integer not null default 0,
  rejected integer not null default 0,
  position integer not null default 0,
  all_rows integer,
  problems integer not null default 0,
  seconds double precision not null default 0,
  by_person uuid,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  error text,
  constraint roster_import_pkey PRIMARY KEY (district, id),
  constraint roster_import_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id),
  constraint roster_import_state_check CHECK ((state = ANY (ARRAY['read'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text])))
);
CREATE INDEX roster_import_file ON public.roster_import USING btree (file_hash, unit_id);
CREATE INDEX roster_import_id ON public.roster_import USING btree (id);
CREATE INDEX roster_import_place ON public.roster_import USING btree (path, started_at DESC);
alter table roster_import enable row level security;
create policy roster_import_wall on roster_import using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])));
grant insert, select, update on roster_import to zhijia_app;

create table round (
  id uuid not null,
  service text collate "C" not null,
  unit_id uuid not null,
  path text collate "C" not null,
  title text not null,
  opens_at timestamp with time zone not null,
  closes_at timestamp with time zone not null,
  late boolean not null default false,
  quota integer not null,
  each_fen bigint not null default 0,
  budget_fen bigint,
  groups text[] not null default '{}'::text[],
  districts integer not null,
  ended_at timestamp with time zone,
  made_by uuid not null,
  made_at timestamp with time zone not null,
  content_hash bytea not null,
  only_district text collate "C",
  constraint round_pkey PRIMARY KEY (id),
  constraint round_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id),
  constraint round_check CHECK ((closes_at > opens_at)),
  constraint round_check1 CHECK (((budget_fen IS NULL) OR ((quota * each_fen) <= budget_fen))),
  constraint round_districts_check CHECK ((districts > 0)),
  constraint round_each_fen_check CHECK ((each_fen >= 0)),
  constraint round_only_district_check CHECK (((districts = 1) = (only_district IS NOT NULL))),
  constraint round_quota_check CHECK (((quota >= 1) AND (quota <= 10000000)))
);
CREATE INDEX round_place ON public.round USING btree (path, closes_at);
grant insert, select, update on round to zhijia_app;

create table round_claim (
  district text collate "C" not null,
  id uuid not null,
  round_id uuid not null,
  number integer not null,
  person_id uuid not null,
  person_district text collate "C" not null,
  person_name text not null,
  unit_id uuid not null,
  path text collate "C" not null,
  state text collate "C" not null,
  counts text collate "C",
  claimed_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  pending boolean not null default true,
  case_district text collate "C",
  constraint round_claim_pkey PRIMARY KEY (district, id),
  constraint round_claim_district_round_id_number_key UNIQUE (district, round_id, number),
  constraint round_claim_district_round_id_fkey FOREIGN KEY (district, round_id) REFERENCES round_share(district, round_id),
  constraint round_claim_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id),
  constraint round_claim_check CHECK (((state <> 'held'::text) OR (counts = 'place'::text))),
  constraint round_claim_check1 CHECK (((state <> 'waiting'::text) OR (counts = 'waiting'::text))),
  constraint round_claim_counts_check CHECK ((counts = ANY (ARRAY['place'::text, 'waiting'::text]))),
  constraint round_claim_state_check CHECK ((state = ANY (ARRAY['held'::text, 'waiting'::text, 'returned'::text, 'lapsed'::text])))
);
CREATE UNIQUE INDEX round_claim_active ON public.round_claim USING btree (district, round_id, person_id) WHERE (state = ANY (ARRAY['held'::text, 'waiting'::text]));
CREATE INDEX round_claim_pending ON public.round_claim USING btree (district, round_id, number) WHERE pending;
CREATE INDEX round_claim_person ON public.round_claim USING btree (person_id, claimed_at DESC);
CREATE INDEX round_claim_queue ON public.round_claim USING btree (district, round_id, number) WHERE (state = 'waiting'::text);
alter table round_claim enable row level security;
create policy round_claim_wall on round_claim using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])) OR (person_id = ( SELECT zhijia_me() AS zhijia_me)));
grant insert, select, update on round_claim to zhijia_app;

create table round_share (
  district text collate "C" not null,
  round_id uuid not null,
  quota integer not null,
  waiting_quota integer not null default 0,
  held integer not null default 0,
  waiting integer not null default 0,
  last_number integer not null default 0,
  constraint round_share_pkey PRIMARY KEY (district, round_id),
  constraint round_share_check CHECK (((held >= 0) AND (held <= quota))),
  constraint round_share_check1 CHECK (((waiting >= 0) AND (waiting <= waiting_quota))),
  constraint round_share_quota_check CHECK ((quota >= 0)),
  constraint round_share_waiting_quota_check CHECK ((waiting_quota >= 0))
);
CREATE INDEX round_share_round ON public.round_share USING btree (round_id);
grant insert, select, update on round_share to zhijia_app;

create table session (
  token_hash bytea not null,
  account_id uuid not null,
  person_id uuid not null,
  csrf text not null,
  created_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  kind text not null,
  strong boolean not null,
  agent text,
  constraint session_pkey PRIMARY KEY (token_hash),
  constraint session_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id),
  constraint session_kind_check CHECK ((kind = ANY (ARRAY['password'::text, 'sms'::text, 'oidc'::text])))
);
CREATE INDEX session_account ON public.session USING btree (account_id);
CREATE INDEX session_person ON public.session USING btree (person_id);
alter table session enable row level security;
create policy session_wall on session using (( SELECT zhijia_all() AS zhijia_all) OR (person_id = ( SELECT zhijia_me() AS zhijia_me)));
grant delete, insert, select, update on session to zhijia_app;

create table sign_in_code (
  phone_hash bytea not null,
  code_hash bytea not null,
  sent_at timestamp with time zone not null,
  tries integer not null default 0,
  sends integer not null default 1,
  sends_since timestamp with time zone not null,
  constraint sign_in_code_pkey PRIMARY KEY (phone_hash)
);
grant delete, insert, select, update on sign_in_code to zhijia_app;

create table sign_in_failure (
  login_hash bytea not null,
  failed integer not null,
  last_at timestamp with time zone not null,
  locked_until timestamp with time zone,
  constraint sign_in_failure_pkey PRIMARY KEY (login_hash)
);
grant delete, insert, select, update on sign_in_failure to zhijia_app;

create table subsidy (
  district text collate "C" not null,
  id uuid not null,
  unit_id uuid not null,
  path text collate "C" not null,
  fund_id uuid not null,
  to_district text collate "C" not null,
  to_unit_id uuid not null,
  to_fund_id uuid not null,
  amount_fen bigint not null,
  memo text not null,
  state text not null,
  owed_on date not null,
  settled_on date,
  by_person uuid,
  constraint subsidy_pkey PRIMARY KEY (district, id),
  constraint subsidy_district_fund_id_fkey FOREIGN KEY (district, fund_id) REFERENCES fund(district, id),
  constraint subsidy_to_unit_id_fkey FOREIGN KEY (to_unit_id) REFERENCES unit(id),
  constraint subsidy_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id),
  constraint subsidy_amount_fen_check CHECK ((amount_fen > 0)),
  constraint subsidy_state_check CHECK ((state = ANY (ARRAY['owed'::text, 'settled'::text])))
);
CREATE INDEX subsidy_fund ON public.subsidy USING btree (district, fund_id);
alter table subsidy enable row level security;
create policy subsidy_wall on subsidy using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])));
grant insert, select, update on subsidy to zhijia_app;

create table transfer (
  district text collate "C" not null,
  id uuid not null,
  voucher_id uuid not null,
  unit_id uuid not null,
  path text collate "C" not null,
  debit_id uuid not null,
  credit_id uuid not null,
  amount_fen bigint not null,
  on_day date not null,
  case_id uuid,
  household_id uuid,
  at timestamp with time zone not null,
  constraint transfer_pkey PRIMARY KEY (district, id),
  constraint transfer_district_credit_id_fkey FOREIGN KEY (district, credit_id) REFERENCES account_book(district, id),
  constraint transfer_district_debit_id_fkey FOREIGN KEY (district, debit_id) REFERENCES account_book(district, id),
  constraint transfer_district_voucher_id_fkey FOREIGN KEY (district, voucher_id) REFERENCES voucher(district, id),
  constraint transfer_amount_fen_check CHECK ((amount_fen > 0)),
  constraint transfer_check CHECK ((debit_id <> credit_id))
);
CREATE INDEX transfer_credit ON public.transfer USING btree (district, credit_id, on_day);
CREATE INDEX transfer_debit ON public.transfer USING btree (district, debit_id, on_day);
CREATE INDEX transfer_household ON public.transfer USING btree (district, household_id) WHERE (household_id IS NOT NULL);
CREATE INDEX transfer_voucher ON public.transfer USING btree (district, voucher_id);
alter table transfer enable row level security;
create policy transfer_wall on transfer using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])));
grant insert, select on transfer to zhijia_app;

create table unit (
  id uuid not null,
  path text collate "C" not null,
  parent_id uuid,
  funds_parent_id uuid,
  industrial_parent_id uuid,
  district text collate "C" not null,
  code text collate "C" not null,
  former_codes text[] not null default '{}'::text[],
  name text not null,
  short_name text,
  name_pinyin text collate "C" not null,
  name_initials text collate "C" not null,
  level text not null,
  org_type text,
  org_form text,
  region_code text collate "C" not null,
  uscc text collate "C",
  legal_person_status text not null default 'NONE'::text,
  status text not null default 'ACTIVE'::text,
  founded_on date,
  term_years integer,
  term_number integer,
  term_start date,
  term_end date,
  employer jsonb,
  details jsonb not null default '{}'::jsonb,
  members integer not null default 0,
  version integer not null default 1,
  created_on date not null,
  figures_kept boolean not null default false,
  constraint unit_pkey PRIMARY KEY (id),
  constraint unit_code_key UNIQUE (code),
  constraint unit_path_key UNIQUE (path),
  constraint unit_uscc_key UNIQUE (uscc),
  constraint unit_funds_parent_id_fkey FOREIGN KEY (funds_parent_id) REFERENCES unit(id),
  constraint unit_industrial_parent_id_fkey FOREIGN KEY (industrial_parent_id) REFERENCES unit(id),
  constraint unit_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES unit(id),
  constraint unit_district_check CHECK ((district ~ '^[0-9]{6}$'::text)),
  constraint unit_level_check CHECK ((level = ANY (ARRAY['NATIONAL'::text, 'NATIONAL_INDUSTRIAL'::text, 'PROVINCIAL'::text, 'PREFECTURE'::text, 'COUNTY'::text, 'TOWNSHIP'::text, 'PARK'::text, 'COMMUNITY'::text, 'GRASSROOTS'::text, 'BRANCH'::text, 'GROUP'::text]))),
  constraint unit_members_check CHECK ((members >= 0)),
  constraint unit_region_code_check CHECK ((region_code ~ '^[0-9]{2,12}$'::text))
);
CREATE INDEX unit_district_path ON public.unit USING btree (district, path);
CREATE INDEX unit_funds_parent ON public.unit USING btree (funds_parent_id);
CREATE INDEX unit_industrial ON public.unit USING btree (industrial_parent_id);
CREATE INDEX unit_initials ON public.unit USING btree (name_initials);
CREATE INDEX unit_name ON public.unit USING btree (name);
CREATE UNIQUE INDEX unit_name_in_parent ON public.unit USING btree (parent_id, name) WHERE (status <> ALL (ARRAY['DISSOLVED'::text, 'MERGED'::text]));
CREATE INDEX unit_name_pairs ON public.unit USING gin (zhijia_pairs(((name || ' '::text) || COALESCE(short_name, ''::text))) COLLATE "C");
CREATE INDEX unit_name_part ON public.unit USING gin ((((name || ' '::text) || COALESCE(short_name, ''::text))) gin_trgm_ops);
CREATE INDEX unit_parent ON public.unit USING btree (parent_id);
CREATE INDEX unit_pinyin ON public.unit USING btree (name_pinyin);
grant insert, select, update on unit to zhijia_app;

create table unit_event (
  id uuid not null,
  unit_id uuid not null,
  kind text not null,
  before jsonb,
  after jsonb,
  reason text,
  by_person uuid,
  at timestamp with time zone not null,
  on_day date not null,
  constraint unit_event_pkey PRIMARY KEY (id),
  constraint unit_event_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id)
);
CREATE INDEX unit_event_unit ON public.unit_event USING btree (unit_id, at);
grant insert, select on unit_event to zhijia_app;

create table verify_code (
  code text collate "C" not null,
  kind text not null,
  district text collate "C" not null,
  subject_id uuid not null,
  issued_on date not null,
  valid_until date,
  revoked_on date,
  facts jsonb not null default '{}'::jsonb,
  constraint verify_code_pkey PRIMARY KEY (code)
);
CREATE INDEX verify_code_subject ON public.verify_code USING btree (subject_id);
grant insert, select, update on verify_code to zhijia_app;

create table voucher (
  district text collate "C" not null,
  id uuid not null,
  unit_id uuid not null,
  path text collate "C" not null,
  month text collate "C" not null,
  number integer not null,
  kind text not null,
  memo text not null,
  on_day date not null,
  made_by uuid,
  reviewed_by uuid,
  source jsonb not null default '{}'::jsonb,
  reverses uuid,
  at timestamp with time zone not null,
  constraint voucher_pkey PRIMARY KEY (district, id),
  constraint voucher_district_unit_id_month_number_key UNIQUE (district, unit_id, month, number),
  constraint voucher_unit_id_fkey FOREIGN KEY (unit_id) REFERENCES unit(id)
);
CREATE INDEX voucher_id ON public.voucher USING btree (id);
CREATE UNIQUE INDEX voucher_reverses ON public.voucher USING btree (district, reverses) WHERE (reverses IS NOT NULL);
alter table voucher enable row level security;
create policy voucher_wall on voucher using (( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])));
grant insert, select on voucher to zhijia_app;

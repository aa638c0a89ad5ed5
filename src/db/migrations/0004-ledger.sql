-- Books. Money moves only as transfers (debit, credit, amount > 0); a posted transfer is never updated.
create table fund (
  district text collate "C" not null, id uuid not null,
  unit_id uuid not null references unit, path text collate "C" not null,
  source text not null check (source in ('central_fiscal','provincial_fiscal','union_dues','union_upper','donation','unit_admin','foundation')),
  name text not null, year int not null, purposes text[] not null, state text not null default 'open',
  in_fen bigint not null default 0, committed_fen bigint not null default 0, spent_fen bigint not null default 0,
  check (in_fen >= 0 and committed_fen >= 0 and spent_fen >= 0 and in_fen - committed_fen - spent_fen >= 0),
  primary key (district, id)
);
create index fund_unit on fund (unit_id, year);
create table account_book ( -- an account of a union's books, known by role; the code comes from the chart version
  district text collate "C" not null, id uuid not null, unit_id uuid not null references unit, path text collate "C" not null,
  role text collate "C" not null, detail text collate "C" not null default '', fund_id uuid, chart text not null,
  debit_fen bigint not null default 0 check (debit_fen >= 0), credit_fen bigint not null default 0 check (credit_fen >= 0),
  primary key (district, id)
);
create unique index account_book_role on account_book (district, unit_id, role, detail, coalesce(fund_id, '00000000-0000-0000-0000-000000000000'::uuid));
create table voucher (
  district text collate "C" not null, id uuid not null, unit_id uuid not null references unit, path text collate "C" not null,
  month text collate "C" not null, number int not null, kind text not null, memo text not null,
  on_day date not null, made_by uuid, reviewed_by uuid, source jsonb not null default '{}', reverses uuid,
  at timestamptz not null,
  primary key (district, id), unique (district, unit_id, month, number)
);
create unique index voucher_reverses on voucher (district, reverses) where reverses is not null;
create table transfer (
  district text collate "C" not null, id uuid not null, voucher_id uuid not null, unit_id uuid not null, path text collate "C" not null,
  debit_id uuid not null, credit_id uuid not null, amount_fen bigint not null check (amount_fen > 0),
  on_day date not null, case_id uuid, household_id uuid, at timestamptz not null,
  check (debit_id <> credit_id),
  primary key (district, id),
  foreign key (district, voucher_id) references voucher (district, id),
  foreign key (district, debit_id) references account_book (district, id),
  foreign key (district, credit_id) references account_book (district, id)
);
create index transfer_voucher on transfer (district, voucher_id);
create index transfer_debit on transfer (district, debit_id, on_day);
create index transfer_credit on transfer (district, credit_id, on_day);
create index transfer_household on transfer (district, household_id) where household_id is not null;

-- How much of a cap is used: one row per rule and beneficiary and year, taken by single statements.
create table cap_use (
  district text collate "C" not null, rule text collate "C" not null, beneficiary text collate "C" not null, year int not null,
  used_fen bigint not null check (used_fen >= 0), cap_fen bigint not null, check (used_fen <= cap_fen),
  primary key (district, rule, beneficiary, year)
);

create table batch (
  district text collate "C" not null, id uuid not null, number text collate "C" not null,
  unit_id uuid not null references unit, path text collate "C" not null,
  fund_id uuid not null, purpose text not null, title text not null,
  state text collate "C" not null check (state in ('draft','reviewed','funded','approved','submitted_to_bank','partly_failed','settled','closed','cancelled')),
  total_fen bigint not null default 0, items int not null default 0, paid_fen bigint not null default 0, failed int not null default 0,
  due_on date, made_by uuid not null, made_on date not null, decision text, seq int not null default 0,
  bank_file_no int not null default 0, voucher_id uuid,
  primary key (district, id), unique (district, number),
  foreign key (district, fund_id) references fund (district, id)
);
create index batch_unit on batch (unit_id, state, due_on);
create table batch_item (
  district text collate "C" not null, batch_id uuid not null, id uuid not null, position int not null,
  grant_id uuid not null, grant_district text collate "C" not null, case_id uuid not null,
  payee_name text not null, beneficiary_name text not null, household_id uuid, payee_sealed bytea not null, amount_fen bigint not null check (amount_fen > 0),
  state text collate "C" not null check (state in ('pending','paid','failed','corrected','refunded','recovered','removed')),
  reason text, bank_reference text, sent_in int, paid_on date, voucher_id uuid,
  primary key (district, batch_id, id),
  unique (district, batch_id, position),
  foreign key (district, batch_id) references batch (district, id)
);
create unique index batch_item_grant on batch_item (district, grant_id) where state in ('pending','paid','failed','corrected');
-- Append-only: what was done to a batch and by whom; chained like cases.
create table batch_action (
  district text collate "C" not null, batch_id uuid not null, seq int not null, id uuid not null,
  name text not null, by_person uuid, by_name text, by_role text, at timestamptz not null, on_day date not null,
  from_state text, to_state text not null, answers jsonb not null default '{}', content_hash bytea not null, hash bytea not null,
  primary key (district, batch_id, seq), unique (district, id)
);

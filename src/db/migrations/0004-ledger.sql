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
create index fund_id on fund (id);
-- The months of a union's books: how many vouchers each holds, and through which month they are closed.
create table book (
  district text collate "C" not null, unit_id uuid not null references unit, path text collate "C" not null,
  closed_through text collate "C", closed_at timestamptz, closed_by uuid,
  primary key (district, unit_id)
);
create table book_month (
  district text collate "C" not null, unit_id uuid not null, month text collate "C" not null,
  vouchers int not null default 0 check (vouchers >= 0),
  primary key (district, unit_id, month)
);
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
create index voucher_id on voucher (id);
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

-- Money a union gives a union below it: first owed, then settled, booked on both sides in one operation.
create table subsidy (
  district text collate "C" not null, id uuid not null, unit_id uuid not null references unit, path text collate "C" not null,
  fund_id uuid not null, to_district text collate "C" not null, to_unit_id uuid not null references unit, to_fund_id uuid not null,
  amount_fen bigint not null check (amount_fen > 0), memo text not null,
  state text not null check (state in ('owed','settled')), owed_on date not null, settled_on date, by_person uuid,
  primary key (district, id),
  foreign key (district, fund_id) references fund (district, id)
);
create index subsidy_fund on subsidy (district, fund_id);

create table aid_grant (
  district text collate "C" not null, id uuid not null, case_id uuid not null, household_id uuid, beneficiary_id uuid not null,
  beneficiary_district text collate "C" not null, beneficiary_name text not null, case_number text collate "C", unit_id uuid not null references unit, path text collate "C" not null,
  kind text not null, cause text, fund_id uuid, fund_district text collate "C", amount_fen bigint not null check (amount_fen > 0),
  year int not null, period text collate "C" not null default '', state text not null check (state in ('decided','batched','paid','failed','cancelled','recovered')),
  file_tier text check (file_tier in ('national','province','city')), -- tier of the household's file; null without one
  decided_on date not null, paid_on date, batch_id uuid, item_id uuid,
  fund_name text, batch_number text,                 -- names of what pays it, for those who may not see the fund itself
  cap_check jsonb not null,                          -- every cap it takes: {rule, beneficiary, year, capFen, before, after}
  payee_sealed bytea not null,                       -- {holder, card, bankName, branch}
  primary key (district, id)
);
-- Duplicate guard over all levels: same person + kind + period + cause (aid.md §8).
create unique index aid_grant_once on aid_grant (district, beneficiary_id, kind, year, period, coalesce(cause, '')) where state not in ('cancelled','recovered');
create index aid_grant_id on aid_grant (id);
create index aid_grant_case on aid_grant (district, case_id);
create index aid_grant_household on aid_grant (district, household_id, year);
create index aid_grant_ready on aid_grant (unit_id, state);
create index aid_grant_place on aid_grant (district, path, state);

-- How much of a cap is used: one row per rule and beneficiary and year, taken by single statements.
create table cap_use (
  district text collate "C" not null, rule text collate "C" not null, beneficiary text collate "C" not null, year int not null,
  used_fen bigint not null check (used_fen >= 0), cap_fen bigint not null, check (used_fen <= cap_fen),
  primary key (district, rule, beneficiary, year)
);

create table batch_serial (district text collate "C" not null, year int not null, last int not null, primary key (district, year));
create table batch (
  district text collate "C" not null, id uuid not null, number text collate "C" not null,
  unit_id uuid not null references unit, path text collate "C" not null,
  fund_id uuid not null, purpose text not null, title text not null,
  state text collate "C" not null check (state in ('draft','reviewed','funded','approved','submitted_to_bank','partly_failed','settled','closed','cancelled')),
  total_fen bigint not null default 0, items int not null default 0, paid_fen bigint not null default 0, failed int not null default 0,
  due_on date, made_by uuid not null, made_on date not null, decision text, seq int not null default 0,
  bank_file_no int not null default 0, head_hash bytea,
  escalated_to uuid references unit, escalated_on date, -- while its step is overdue: the union above that was told
  primary key (district, id), unique (district, number),
  foreign key (district, fund_id) references fund (district, id)
);
create index batch_unit on batch (unit_id, state, due_on);
create index batch_place on batch (path, state, made_on);
create index batch_id on batch (id);
create index batch_escalated on batch (escalated_to, state) where escalated_to is not null;
create index batch_due on batch (due_on) where due_on is not null;
create table batch_item (
  district text collate "C" not null, batch_id uuid not null, id uuid not null, position int not null, path text collate "C" not null,
  grant_id uuid not null, grant_district text collate "C" not null, case_id uuid not null, case_number text collate "C",
  payee_name text not null, beneficiary_id uuid not null, beneficiary_district text collate "C" not null, beneficiary_name text not null, household_id uuid, payee_sealed bytea not null, amount_fen bigint not null check (amount_fen > 0),
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
-- Append-only: each result file a bank sent, by its bytes, so that the same again changes nothing.
create table bank_result (
  district text collate "C" not null, batch_id uuid not null, content_hash bytea not null, path text collate "C" not null,
  file_no int not null, lines int not null, paid int not null, failed int not null, refunded int not null,
  by_person uuid, at timestamptz not null,
  primary key (district, batch_id, content_hash),
  foreign key (district, batch_id) references batch (district, id)
);

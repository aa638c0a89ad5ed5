-- Rounds (场次): places of a service, few and claimed within a window; the first to arrive have them.
-- A replicated reference table, as units and policies are: few rows, written by officers, read by every claim.
create table round (
  id uuid primary key, service text collate "C" not null,
  unit_id uuid not null references unit, path text collate "C" not null,   -- for the members of this union and below
  title text not null,
  opens_at timestamptz not null, closes_at timestamptz not null check (closes_at > opens_at),
  late boolean not null default false,               -- places left at closing may still be claimed until the round is ended
  quota int not null check (quota between 1 and 10000000),
  each_fen bigint not null default 0 check (each_fen >= 0), -- what one place is worth
  budget_fen bigint, check (budget_fen is null or quota * each_fen <= budget_fen),
  groups text[] not null default '{}',               -- only these trades; empty: everybody
  districts int not null check (districts > 0),      -- how many shares it has
  ended_at timestamptz,
  made_by uuid not null, made_at timestamptz not null, content_hash bytea not null
);
create index round_place on round (path, closes_at);

-- A round's places in one district, so that a round of the whole country is no hot shard. Claims of a share take its row
-- one after the other, many in one short transaction.
create table round_share (
  district text collate "C" not null, round_id uuid not null,
  quota int not null check (quota >= 0), waiting_quota int not null default 0 check (waiting_quota >= 0),
  held int not null default 0 check (held between 0 and quota),
  waiting int not null default 0 check (waiting between 0 and waiting_quota),
  last_number int not null default 0,                -- arrivals so far: the number of the latest claim
  primary key (district, round_id)
);
create index round_share_round on round_share (round_id);

-- One claim; its case has the same id. `counts`: what of the share it takes up, until that is given back.
create table round_claim (
  district text collate "C" not null, id uuid not null, round_id uuid not null, number int not null,
  person_id uuid not null, person_district text collate "C" not null, person_name text not null,
  unit_id uuid not null references unit, path text collate "C" not null,
  state text collate "C" not null check (state in ('held','waiting','returned','lapsed')),
  counts text collate "C" check (counts in ('place','waiting')),
  claimed_at timestamptz not null, changed_at timestamptz not null,
  pending boolean not null default true,             -- its share or its case has not followed yet
  case_district text collate "C",                     -- where its case lies, once it is open
  check (state <> 'held' or counts = 'place'), check (state <> 'waiting' or counts = 'waiting'),
  primary key (district, id),
  unique (district, round_id, number),
  foreign key (district, round_id) references round_share (district, round_id)
);
create unique index round_claim_active on round_claim (district, round_id, person_id) where state in ('held','waiting');
create index round_claim_queue on round_claim (district, round_id, number) where state = 'waiting';
create index round_claim_pending on round_claim (district, round_id, number) where pending;
create index round_claim_person on round_claim (person_id, claimed_at desc);
-- Rounds and how full they are stand open to everybody, as policies do; who claimed is seen by whoever sees the person.
grant select, insert, update on round, round_share, round_claim to zhijia_app;
alter table round_claim enable row level security;
create policy round_claim_wall on round_claim using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]) or person_id = (select zhijia_me()));

-- Figures are folds over the work, and must cost the same at ten times the members. What a record adds to the figures
-- is written as a delta in the transaction that changes the record, and nothing is updated there, so that no row is hot.
-- A job folds deltas into the roll-ups of every large union above; a figure is its roll-up and the deltas not yet folded.
alter table unit add column figures_kept boolean not null default false;
update unit set figures_kept = true where level in ('NATIONAL', 'NATIONAL_INDUSTRIAL', 'PROVINCIAL', 'PREFECTURE', 'COUNTY');

-- A path with those of all unions above it, the top first.
create function zhijia_above(path text) returns text[] language sql immutable parallel safe as
$$ select array(select array_to_string((string_to_array(path, '.'))[1:d], '.') from generate_series(1, array_length(string_to_array(path, '.'), 1)) d) $$;

create table rollup (
  district text collate "C" not null, -- the union's
  unit_id uuid not null, -- with all below it
  tally text collate "C" not null,
  grain text collate "C" not null check (grain in ('all', 'month', 'day')),
  day date not null default '-infinity', -- the day, or the first of the month
  key text collate "C" not null default '',
  n bigint not null,
  primary key (district, unit_id, tally, grain, day, key)
);
create table rollup_delta (
  district text collate "C" not null, -- the record's
  seq bigint generated always as identity,
  unit_id uuid not null, -- the record's own union; those above follow from the tree
  tally text collate "C" not null,
  grain text collate "C" not null,
  day date not null default '-infinity',
  key text collate "C" not null default '',
  n bigint not null,
  primary key (district, seq)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000);
create index rollup_delta_tally on rollup_delta (tally, day);
-- Whether the roll-ups were built from the records; an installation that upgrades builds them once.
create table rollup_state (id boolean primary key default true check (id), built boolean not null);
insert into rollup_state (built) select not exists (select 1 from unit);

grant select, insert, update, delete on rollup, rollup_delta, rollup_state to zhijia_app;
alter table rollup enable row level security;
alter table rollup_delta enable row level security;
create policy rollup_wall on rollup using ((select zhijia_all())); -- read by the program, after it asked for the scope
create policy rollup_delta_wall on rollup_delta using ((select zhijia_all())) with check (true); -- anyone's work counts

-- What an event changed in the counted members (membership.md §11), decided when it is written. A transfer says where from.
alter table membership_event add column change text check (change in
  ('joined', 'reactivated', 'transferred', 'retained', 'withdrawn', 'autoWithdrawn', 'expelled', 'deceased', 'cancelled'));
alter table membership_event add column from_unit_id uuid;
alter table membership_event add column from_path text collate "C";
drop policy membership_event_wall on membership_event;
create policy membership_event_wall on membership_event using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[])
  or (from_path || '.') ^@ any ((select zhijia_roots())::text[]) or person_id = (select zhijia_me()));
with moments as ( -- what was written at one moment is one step
  select distinct on (e.district, e.membership_id, e.at) e.*
  from membership_event e join membership m on m.district = e.district and m.id = e.membership_id and m.kind = 'member'
  order by e.district, e.membership_id, e.at, e.id desc
), steps as (
  select *, to_status in ('ACTIVE', 'TRANSFER_OUT') as counted,
    coalesce(lag(to_status in ('ACTIVE', 'TRANSFER_OUT')) over w, false) as was_counted,
    lag(unit_id) over w as was_unit_id, lag(path) over w as was_path
  from moments window w as (partition by district, membership_id order by at, id)
), decided as (
  select s.district, s.id, coalesce(s.was_unit_id, o.unit_id) as from_unit_id, coalesce(s.was_path, o.path) as from_path,
    case when s.counted and s.was_counted then case when s.unit_id <> s.was_unit_id then 'transferred' end
      when s.counted and o.id is not null then 'transferred'
      when s.counted and s.from_status in ('RETAINED', 'WITHDRAWN', 'AUTO_WITHDRAWN', 'DECEASED') then 'reactivated'
      when s.counted then 'joined'
      when not s.was_counted or (s.to_status = 'CANCELLED' and s.reason = 'JOB_CHANGE') then null
      when s.to_status = 'RETAINED' then 'retained'
      when s.to_status = 'WITHDRAWN' then 'withdrawn'
      when s.to_status = 'AUTO_WITHDRAWN' then 'autoWithdrawn'
      when s.to_status = 'EXPELLED' then 'expelled'
      when s.to_status = 'DECEASED' then 'deceased'
      else 'cancelled' end as change
  from steps s left join steps o on s.counted and not s.was_counted and s.from_status is null and s.reason = 'JOB_CHANGE'
    and o.person_id = s.person_id and o.at = s.at and o.was_counted and o.to_status = 'CANCELLED' and o.reason = 'JOB_CHANGE'
)
update membership_event e set change = d.change,
  from_unit_id = case when d.change = 'transferred' then d.from_unit_id end,
  from_path = case when d.change = 'transferred' then d.from_path end
from decided d where d.district = e.district and d.id = e.id and d.change is not null;
create index membership_event_change on membership_event (change, path, on_day, id) where change is not null;
create index membership_event_from on membership_event (from_path, on_day, id) where from_path is not null;

-- Of which kind the money of a grant is, beside the fund's name: a figure's split that stays short.
alter table aid_grant add column fund_source text;
update aid_grant g set fund_source = f.source from fund f where f.district = g.fund_district and f.id = g.fund_id;

import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { insideScope, type Scope } from "../units/index.ts";
import { closingOf, type PeriodChange } from "./membership.ts";

/** A period of a union or of any roll-up of unions, with what it closed at. Counts of persons. */
interface Period {
  readonly change: PeriodChange;
  /** Members on the last day, counted from where every relation stood. */
  readonly closing: number;
}

/**
 * The change of members of a scope from one day to another, both included (membership.md §11): read from the events
 * of relations, so that nobody types it. Who moves between two unions of the scope, also from one district to another,
 * changes nothing. Throws when the equation does not hold: then events are missing, which `verify` finds.
 */
export async function memberPeriod(tx: Tx, scope: Scope, from: Day, to: Day): Promise<Period> {
  const { rows } = await sql<{ kind: keyof PeriodChange | "closing"; n: number }>`
    with e as ( -- what was written at one moment is one step: a retained record taken elsewhere is never active there
      select distinct on (district, membership_id, at) * from membership_event where on_day <= ${to}
      order by district, membership_id, at, id desc
    ), steps as (
      select e.district, e.person_id, e.membership_id, e.on_day, e.at, e.id, e.from_status, e.to_status, e.reason,
        e.to_status in ('ACTIVE','TRANSFER_OUT') and ${insideScope(scope, "e.path")} as after,
        lag(e.to_status in ('ACTIVE','TRANSFER_OUT') and ${insideScope(scope, "e.path")}, 1, false)
          over (partition by e.district, e.membership_id order by e.at, e.id) as before,
        lead(e.on_day) over (partition by e.district, e.membership_id order by e.at, e.id) as next_on
      from e join membership m on m.district = e.district and m.id = e.membership_id and m.kind = 'member'
    ), moves as (
      select *, case
        when after and reason = 'JOB_CHANGE' and (from_status is null or from_status in ('ACTIVE','TRANSFER_OUT')) then 'transferredIn'
        when after and from_status in ('ACTIVE','TRANSFER_OUT') then 'transferredIn'
        when after and from_status in ('RETAINED','WITHDRAWN','AUTO_WITHDRAWN','DECEASED') then 'reactivated'
        when after then 'joined'
        when to_status in ('ACTIVE','TRANSFER_OUT') or (to_status = 'CANCELLED' and reason = 'JOB_CHANGE') then 'transferredOut'
        when to_status = 'RETAINED' and reason = 'JOB_CHANGE' then 'transferredOut'
        when to_status = 'RETAINED' then 'retained'
        when to_status = 'WITHDRAWN' then 'withdrawn'
        when to_status = 'AUTO_WITHDRAWN' then 'autoWithdrawn'
        when to_status = 'EXPELLED' then 'expelled'
        when to_status = 'DECEASED' then 'deceased'
        else 'cancelled' end as kind
      from steps where after <> before and on_day >= ${from}
    ), crossings as ( -- a record taken to another district is two rows: out there, in here, at one moment
      select person_id, at from moves where kind in ('transferredIn','transferredOut')
      group by person_id, at having count(*) = 2 and count(distinct kind) = 2
    )
    select kind, count(*)::int as n from moves m
      where not exists (select 1 from crossings c where c.person_id = m.person_id and c.at = m.at) group by kind
    union all
    select 'opening', count(*)::int from steps where after and on_day < ${from} and (next_on is null or next_on >= ${from})
    union all
    select 'closing', count(*)::int from steps where after and next_on is null`.execute(tx);
  const of = (kind: keyof PeriodChange | "closing") => rows.find((row) => row.kind === kind)?.n ?? 0;
  const change: PeriodChange = {
    opening: of("opening"),
    joined: of("joined"),
    transferredIn: of("transferredIn"),
    reactivated: of("reactivated"),
    transferredOut: of("transferredOut"),
    retained: of("retained"),
    withdrawn: of("withdrawn"),
    autoWithdrawn: of("autoWithdrawn"),
    expelled: of("expelled"),
    deceased: of("deceased"),
    cancelled: of("cancelled"),
  };
  const closing = of("closing");
  if (closingOf(change) !== closing)
    throw new Error(`the members of ${from} to ${to} do not add up: ${closingOf(change)} is not ${closing}`);
  return { change, closing };
}

import { type RawBuilder, sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { addDays, addMonths, type Day, firstOfMonth } from "../kernel/day.ts";
import { type Place, within } from "./place.ts";
import { familyOf, followedBy, sharesOf } from "./tallies.ts";

/** Days from and to, both included; open where undefined. */
export interface Span {
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
}

/** One number of a tally: its key, the month it lies in (null outside of time), and how much. */
export interface Count {
  readonly key: string;
  readonly month: string | null;
  readonly n: number;
}

/**
 * A tally of some places, exact at this moment, by union id: from the roll-up of a large place and the deltas not yet
 * folded into it, from the records of a small one. Within a span whole months are read as months and the days at its
 * ends as days; without a span, what counts outside of time. Reads as the program; the caller has asked for the scope.
 */
export async function readTally(
  tx: Tx,
  places: readonly Place[],
  tally: string,
  span?: Span,
): Promise<ReadonlyMap<string, readonly Count[]>> {
  const found = new Map<string, Count[]>(places.map(({ unitId }) => [unitId, []]));
  const kept = places.filter((one) => one.kept);
  const parts: RawBuilder<unknown>[] = places
    .filter((one) => !one.kept)
    .map(
      (one) =>
        sql`select ${one.unitId}::uuid as id, s.key, s.day, s.n from (${liveShares(one, tally)}) s where ${inDays(span, "s.day")}`,
    );
  if (kept.length > 0) {
    const list = sql`unnest(${kept.map((one) => one.unitId)}::uuid[], ${kept.map((one) => one.district)}::text[],
      ${kept.map((one) => one.path)}::text[]) as c(id, district, path)`;
    parts.push(
      sql`select c.id, r.key, r.day, r.n from ${list} join rollup r on r.district = c.district and r.unit_id = c.id
        where r.tally = ${tally} and ${inMonths(span)}`,
      sql`select c.id, d.key, d.day, d.n from (${waiting(tally, span)}) d join unit u on u.id = d.unit_id
        join ${list} on u.path >= c.path collate "C" and u.path < (c.path || '/') collate "C"`,
    );
  }
  if (parts.length === 0) return found;
  const { rows } = await sql<{ id: string; key: string; month: string | null; n: bigint }>`
    select id, key, case when day <> '-infinity' then to_char(day, 'YYYY-MM') end as month, sum(n)::bigint as n
    from (${sql.join(parts, sql` union all `)}) f group by 1, 2, 3 having sum(n) <> 0`.execute(tx);
  for (const { id, key, month, n } of rows) found.get(id)?.push({ key, month, n: Number(n) });
  return found;
}

/** Deltas of a tally that no fold has taken yet, by union. */
function waiting(tally: string, span: Span | undefined): RawBuilder<unknown> {
  const followed = followedBy(tally);
  const deltas = sql`select d.unit_id, d.key, d.day, d.n from rollup_delta d where d.tally = ${followed?.of ?? tally} and ${inDays(span, "d.day")}`;
  if (!followed) return deltas;
  return sql`select g.id as unit_id, w.key, w.day, w.n from (${deltas}) w join unit u on u.id = w.unit_id
    join unit g on g.path = any(zhijia_above(u.path)) and ${followed.at}`;
}

/** A tally counted from the records of a place, whether roll-ups are kept for it or not. */
function liveShares(place: Place, tally: string): RawBuilder<unknown> {
  const followed = followedBy(tally);
  const family = familyOf(followed?.of ?? tally);
  const shares = sharesOf(family, family.rowsOf(place), [followed?.of ?? tally]);
  if (followed)
    return sql`select s.key, s.day, s.n from (${shares}) s join unit u on u.id = s.unit_id
      join unit g on g.path = any(zhijia_above(u.path)) and ${followed.at} where ${within(place, "u.path")} and ${within(place, "g.path")}`;
  return sql`select s.key, s.day, s.n from (${shares}) s join unit u on u.id = s.unit_id where ${within(place, "u.path")}`;
}

/** Deltas and records by their own day. */
function inDays(span: Span | undefined, column: string): RawBuilder<boolean> {
  const day = sql.ref(column);
  if (span === undefined) return sql<boolean>`${day} = '-infinity'`;
  const { from, to } = span;
  return sql<boolean>`(${day} > '-infinity' and ${from === undefined ? sql`true` : sql`${day} >= ${from}::date`}
    and ${to === undefined ? sql`true` : sql`${day} <= ${to}::date`})`;
}

/** Rows of `rollup r` that make up a span: months that lie in it whole, and the days before and after them. */
function inMonths(span: Span | undefined): RawBuilder<boolean> {
  if (span === undefined) return sql<boolean>`r.grain = 'all'`;
  const { from, to } = span;
  const first =
    from === undefined ? undefined : from === firstOfMonth(from) ? from : addMonths(firstOfMonth(from), 1);
  const end = to === undefined ? undefined : firstOfMonth(addDays(to, 1));
  const at = (sign: ">=" | "<" | "<=", day: Day | undefined) =>
    day === undefined ? sql`true` : sql`r.day ${sql.raw(sign)} ${day}::date`;
  if (from !== undefined && to !== undefined && first! >= end!)
    return sql<boolean>`(r.grain = 'day' and ${at(">=", from)} and ${at("<=", to)})`;
  const ends: RawBuilder<unknown>[] = [];
  if (from !== undefined && from !== first)
    ends.push(sql`(r.grain = 'day' and ${at(">=", from)} and ${at("<", first)})`);
  if (to !== undefined && end! <= to)
    ends.push(sql`(r.grain = 'day' and ${at(">=", end)} and ${at("<=", to)})`);
  return sql<boolean>`(${sql.join([sql`(r.grain = 'month' and ${at(">=", first)} and ${at("<", end)})`, ...ends], sql` or `)})`;
}

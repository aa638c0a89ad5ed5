import { type RawBuilder, sql } from "kysely";
import { onShards, type Tx, underOnePlan } from "../db/index.ts";
import { addDays, addMonths, type Day, day, earliest, firstOfMonth } from "../kernel/day.ts";
import { type Place, within } from "./place.ts";
import { type Family, familyOf, followedBy, sharesOf } from "./tallies.ts";

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

/** What some tallies of some places come to: by tally and union id. */
export type Counts = (tally: string, unitId: string) => readonly Count[];

/**
 * Tallies of some places, exact at this moment: from the roll-up of a large place and the deltas not yet folded into it,
 * from the records of a small one. Within a span whole months are read as months and the days at its ends as days;
 * without a span, what counts outside of time. One statement, however many are asked. Reads as the program; the caller
 * has asked for the scope.
 */
export async function readTallies(
  tx: Tx,
  places: readonly Place[],
  tallies: readonly string[],
  span?: Span,
): Promise<Counts> {
  const found = new Map<string, Count[]>();
  const kept = places.filter((one) => one.kept);
  const parts = places.filter((one) => !one.kept).flatMap((place) => liveParts(place, tallies, span));
  if (kept.length > 0) {
    const list = sql`unnest(${kept.map((one) => one.unitId)}::uuid[], ${kept.map((one) => one.district)}::text[],
      ${kept.map((one) => one.path)}::text[]) as c(id, district, path)`;
    parts.push(
      sql`select c.id, r.tally, r.key, r.day, r.n from ${list} join rollup r on r.district = c.district and r.unit_id = c.id
        where r.tally = any(${tallies}::text[]) and ${inMonths(span)} and ${onShards(tx) ? inDistricts(kept) : sql`true`}`,
      sql`select c.id, d.tally, d.key, d.day, d.n from (${waiting(tallies, span)}) d join unit u on u.id = d.unit_id
        join ${list} on u.path >= c.path collate "C" and u.path < (c.path || '/') collate "C"`,
    );
  }
  if (parts.length > 0) {
    const statement = sql<{ id: string; tally: string; key: string; month: string | null; n: bigint }>`
      select id, tally, key, case when day <> '-infinity' then to_char(day, 'YYYY-MM') end as month, sum(n)::bigint as n
      from (${sql.join(parts, sql` union all `)}) f group by 1, 2, 3, 4 having sum(n) <> 0`;
    // How many records lie below a small place that is not alone differs too much for one plan.
    const steady = places.every((place) => place.kept || place.alone);
    const { rows } = await (steady ? underOnePlan(tx, () => statement.execute(tx)) : statement.execute(tx));
    for (const { id, tally, key, month, n } of rows) {
      const at = `${tally} ${id}`;
      const counts = found.get(at) ?? [];
      counts.push({ key, month, n: Number(n) });
      found.set(at, counts);
    }
  }
  return (tally, unitId) => found.get(`${tally} ${unitId}`) ?? [];
}

/** Deltas of some tallies that no fold has taken yet, summed by union, before the tree is asked where each union stands. */
function waiting(tallies: readonly string[], span: Span | undefined): RawBuilder<unknown> {
  const deltas = (
    of: readonly string[],
  ) => sql`select d.unit_id, d.tally, d.key, d.day, sum(d.n) as n from rollup_delta d
    where d.tally = any(${of}::text[]) and ${inDays(span, "d.day")} group by 1, 2, 3, 4`;
  const own = tallies.filter((tally) => !followedBy(tally));
  const parts = own.length === 0 ? [] : [deltas(own)];
  for (const tally of tallies) {
    const followed = followedBy(tally);
    if (followed)
      parts.push(sql`select g.id as unit_id, ${tally}::text as tally, w.key, w.day, w.n from (${deltas([followed.of])}) w
        join unit u on u.id = w.unit_id join unit g on g.path = any(zhijia_above(u.path)) and ${followed.at}`);
  }
  return sql.join(parts, sql` union all `) as RawBuilder<unknown>;
}

/** Some tallies counted from the records of a place, whether roll-ups are kept for it or not: one part for each table. */
function liveParts(place: Place, tallies: readonly string[], span: Span | undefined): RawBuilder<unknown>[] {
  const byTable = new Map<Family, string[]>();
  const parts: RawBuilder<unknown>[] = [];
  const line = (rows: RawBuilder<unknown>) =>
    sql`select ${place.unitId}::uuid as id, s.tally, s.key, s.day, s.n from (${rows}) s where ${inDays(span, "s.day")}`;
  for (const tally of tallies) {
    const followed = followedBy(tally);
    const family = familyOf(followed?.of ?? tally);
    if (followed) {
      const shares = sharesOf(family, family.rowsOf(place), [followed.of]);
      parts.push(
        line(sql`select ${tally}::text as tally, s.key, s.day, s.n from (${shares}) s join unit u on u.id = s.unit_id
          join unit g on g.path = any(zhijia_above(u.path)) and ${followed.at} where ${within(place, "u.path")} and ${within(place, "g.path")}`),
      );
    } else byTable.set(family, [...(byTable.get(family) ?? []), tally]);
  }
  for (const [family, only] of byTable)
    parts.push(
      line(sql`select s.tally, s.key, s.day, s.n from (${sharesOf(family, family.rowsOf(place), only)}) s
        join unit u on u.id = s.unit_id where ${within(place, "u.path")}`),
    );
  return parts;
}

/** Rows of `rollup r` of some places: names the shards to ask, where nothing else does. */
function inDistricts(places: readonly Place[]): RawBuilder<boolean> {
  return sql<boolean>`r.district = any(${[...new Set(places.map((one) => one.district))]}::text[])`;
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
  const { from, to } = bounded(span);
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

/** The last month of the calendar: what lies in it has no month after it, and is nobody's. */
const lastMonth = day("9999-12-01");

/** A span that a month after each of its ends can be named for: one that reaches the calendar's last month is open. */
function bounded({ from, to }: Span): Span {
  return {
    from: from === undefined ? undefined : earliest(from, lastMonth),
    to: to !== undefined && to >= lastMonth ? undefined : to,
  };
}

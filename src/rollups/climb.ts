import { type RawBuilder, sql } from "kysely";
import { allFollowed, type Family, plainTallies, shareOf } from "./tallies.ts";

/**
 * What rows of (unit_id, tally, grain, day, key, n) add to the roll-ups of every large union above: each row counts at
 * each of them, a day in its month too, and what follows a tally at the unions that it asks for. Gives
 * (district, unit_id, tally, grain, day, key, n).
 */
export function climbed(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return carried(withFollowed(rows));
}

/** `climbed`, where what follows other tallies is among the rows. */
function carried(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`with own as materialized (${rows}), chain as materialized (
      select u.id as from_id, a.id, a.district from (select distinct unit_id from own) x join unit u on u.id = x.unit_id
      join unit a on a.path = any(zhijia_above(u.path)) and a.figures_kept)
    select c.district, c.id as unit_id, d.tally, d.grain, d.day, d.key, sum(d.n)::bigint as n
    from (${inGrains(sql`own`)}) d join chain c on c.from_id = d.unit_id group by 1, 2, 3, 4, 5, 6`;
}

/**
 * What all records of a table add to the roll-ups, as `climbed` gives it, by the shortest way: records are summed at the
 * lowest union with roll-ups above them before they climb, each tally by itself. Tallies that differ by their key alone
 * share one reading of the table.
 */
export function climbedFrom(family: Family): RawBuilder<unknown> {
  const plain = plainTallies(family);
  const keys = plain.map(([, key], at) => sql`${key} as ${sql.ref(`k${at}`)}`);
  const places = sql.join(plain.map((_, at) => sql.lit(at + 2)));
  const together = sql`select w.base, ${sql.join([...keys, sql`count(*) as n`])} from ${sql.table(family.table)} r
    join lowest w on w.unit_id = r.unit_id where ${family.when ?? sql`true`} group by 1, ${places}`;
  const sums = [
    ...plain.map(([tally], at) =>
      summed(
        tally,
        sql`select base, 'all' as grain, '-infinity'::date as day, ${sql.ref(`k${at}`)} as key, n from together`,
      ),
    ),
    ...Object.keys(family.tallies)
      .filter((tally) => !plain.some(([id]) => id === tally))
      .map((tally) => summed(tally, atLowest(shareOf(family, tally)))),
    ...allFollowed()
      .filter(({ of }) => of in family.tallies)
      .map(({ tally, of, at }) =>
        summed(
          tally,
          atLowest(sql`select g.id as unit_id, o.grain, o.day, o.key, o.n from (
            select unit_id, grain, day, key, sum(n)::bigint as n from (${shareOf(family, of)}) e group by 1, 2, 3, 4) o
            join unit u on u.id = o.unit_id join unit g on g.path = any(zhijia_above(u.path)) and ${at}`),
        ),
      ),
  ];
  return carried(sql`with lowest as materialized (${lowestKept})${plain.length > 0 ? sql`, together as materialized (${together})` : sql``}
    ${sql.join(sums, sql` union all `)}`);
}

const atLowest = (share: RawBuilder<unknown>) =>
  sql`select w.base, s.grain, s.day, s.key, s.n from (${share}) s join lowest w on w.unit_id = s.unit_id`;

const summed = (tally: string, rows: RawBuilder<unknown>) =>
  sql`select b.base as unit_id, ${sql.lit(tally)}::text as tally, b.grain, b.day, b.key, sum(b.n)::bigint as n
    from (${rows}) b group by b.base, b.grain, b.day, b.key`;

/** The superior's place of a unit `u`. */
const above = sql`left(u.path, length(u.path) - strpos(reverse(u.path), '.'))`;

/** The lowest union with roll-ups of each union, itself included, as (unit_id, base): looked for once for those beside one another. */
const lowestKept = sql`with places as materialized (
    select p.path, (select a.id from unit a where a.path = any(zhijia_above(p.path)) and a.figures_kept
      order by length(a.path) desc limit 1) as base
    from (select distinct ${above} as path from unit u where not u.figures_kept) p)
  select u.id as unit_id, u.id as base from unit u where u.figures_kept
  union all select u.id, p.base from unit u join places p on p.path = ${above} where not u.figures_kept and p.base is not null`;

/** Rows with those of the tallies that follow them. */
export function withFollowed(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  const more = allFollowed().map(
    ({ tally, of, at }) =>
      sql`select g.id, ${sql.lit(tally)}, o.grain, o.day, o.key, o.n from counted o join unit u on u.id = o.unit_id
      join unit g on g.path = any(zhijia_above(u.path)) and ${at} where o.tally = ${sql.lit(of)}`,
  );
  return sql`with counted as materialized (${rows})
    ${sql.join([sql`select unit_id, tally, grain, day, key, n from counted`, ...more], sql` union all `)}`;
}

/** Rows with each day counted in its month as well. */
export function inGrains(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select i.unit_id, i.tally, g.grain, g.day, i.key, i.n from ${rows} i cross join lateral (
    select i.grain, i.day union all select 'month', date_trunc('month', i.day)::date where i.grain = 'day') g`;
}

/** Writes roll-up rows of (district, unit_id, tally, grain, day, key, n) onto what stands there. */
export function addTo(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`insert into rollup as t (district, unit_id, tally, grain, day, key, n)
    select district, unit_id, tally, grain, day, key, sum(n)::bigint from (${rows}) s group by 1, 2, 3, 4, 5, 6 having sum(n) <> 0
    on conflict (district, unit_id, tally, grain, day, key) do update set n = t.n + excluded.n`;
}

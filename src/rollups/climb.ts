import { type RawBuilder, sql } from "kysely";
import { allFollowed } from "./tallies.ts";

/**
 * What rows of (unit_id, tally, grain, day, key, n) add to the roll-ups of every large union above: each row counts at
 * each of them, a day in its month too, and what follows a tally at the unions that it asks for. Gives
 * (district, unit_id, tally, grain, day, key, n).
 */
export function climbed(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`with own as materialized (${withFollowed(rows)}), chain as materialized (
      select u.id as from_id, a.id, a.district from (select distinct unit_id from own) x join unit u on u.id = x.unit_id
      join unit a on a.path = any(zhijia_above(u.path)) and a.figures_kept)
    select c.district, c.id as unit_id, d.tally, d.grain, d.day, d.key, sum(d.n)::bigint as n
    from (${inGrains(sql`own`)}) d join chain c on c.from_id = d.unit_id group by 1, 2, 3, 4, 5, 6`;
}

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

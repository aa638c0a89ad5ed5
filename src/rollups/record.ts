import { type RawBuilder, sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { addTo, climbed } from "./climb.ts";
import { holdRollups } from "./keep.ts";
import { type Family, type Row, sharesOf, summedShares } from "./tallies.ts";

/**
 * Writes what a change of records adds to the figures, in the transaction that makes the change: what each row counted
 * for before is taken away, what it counts for now is added, and what stays is not written. Rows that are the same
 * before and after cost nothing. The caller holds the rows locked, so that `before` is what stood there.
 */
export async function record<Column extends string>(
  tx: Tx,
  family: Family<Column>,
  before: readonly Row<Column>[],
  after: readonly Row<Column>[],
): Promise<void> {
  const names = Object.keys(family.columns) as Column[];
  // Row by row where they pair up: what stays as it was is not written.
  const stays = (row: Row<Column>, other: Row<Column>): boolean =>
    (["district", ...names] as const).every((name) => alike(row[name], other[name]));
  const paired = before.length === after.length;
  const kept = paired ? before.map((row, index) => stays(row, after[index]!)) : [];
  const changed = <Of>(list: readonly Of[]): readonly Of[] => list.filter((_, index) => kept[index] !== true);
  const [gone, come] = [changed(before), changed(after)];
  if (gone.length + come.length === 0) return;
  const row = (sign: number, of: Row<Column>) =>
    sql`(${sql.lit(sign)}::bigint, ${of.district}::text, ${sql.join(names.map((name) => sql`${of[name]}::${sql.raw(family.columns[name])}`))})`;
  const rows = [...gone.map((one) => row(-1, one)), ...come.map((one) => row(1, one))];
  const columns = sql.join([sql`sign`, sql`district`, ...names.map((name) => sql.ref(name))]);
  // A statement takes so many values at most.
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const some = sql`(select * from (values ${sql.join(rows.slice(from, from + rowsAtOnce))}) v(${columns}))`;
    await sql`insert into rollup_delta (district, unit_id, tally, grain, day, key, n)
      select min(district), unit_id, tally, grain, day, key, sum(n)::bigint from (${sharesOf(family, some, undefined, sql`r.sign`)}) s
      group by unit_id, tally, grain, day, key having sum(n) <> 0 ${throughWalls}`.execute(tx);
  }
}

const rowsAtOnce = 1000;

/** Nothing conflicts; it has a distributed database write the rows through its walls rather than by COPY. */
export const throughWalls = sql`on conflict do nothing`;

/**
 * Writes what the rows of a query add to the figures: for bulk work. The query (in brackets) gives `sign` (1 or -1),
 * `district` and the family's columns.
 */
export async function recordFrom(tx: Tx, family: Family, rows: RawBuilder<unknown>): Promise<void> {
  await sql`insert into rollup_delta (district, unit_id, tally, grain, day, key, n)
    ${summedShares(family, rows, sql`r.sign`)} ${throughWalls}`.execute(tx);
}

/**
 * Writes what very many rows add straight into the roll-ups, which are held until the transaction ends: as deltas they would
 * keep every figure slow until they are folded. Each row names the lowest union that it counts for.
 */
export async function recordAtOnce(tx: Tx, family: Family, rows: RawBuilder<unknown>): Promise<void> {
  await holdRollups(tx);
  await addTo(
    climbed(sql`select unit_id, tally, grain, day, key, sum(n)::bigint as n
      from (${sharesOf(family, rows, undefined, sql`r.sign`)}) s group by 1, 2, 3, 4, 5`),
  ).execute(tx);
}

/**
 * Does work that changes some records of a table, and records the difference: locks the rows that `which` selects, reads
 * them before and after. For single records; bulk work says what it changes with `recordFrom`.
 */
export async function recording<Column extends string, T>(
  tx: Tx,
  family: Family<Column>,
  which: RawBuilder<boolean>,
  work: () => Promise<T>,
): Promise<T> {
  const before = await rowsWhere(tx, family, which, true);
  const done = await work();
  await record(tx, family, before, await rowsWhere(tx, family, which, false));
  return done;
}

async function rowsWhere<Column extends string>(
  tx: Tx,
  family: Family<Column>,
  which: RawBuilder<boolean>,
  lock: boolean,
): Promise<readonly Row<Column>[]> {
  const columns = sql.join(
    ["district", "id", ...Object.keys(family.columns).filter((name) => name !== "id")].map((name) =>
      sql.ref(name),
    ),
  );
  const { rows } = await sql<Row<Column>>`select ${columns} from ${sql.table(family.table)}
    where ${which} order by district, id ${lock ? sql`for update` : sql``}`.execute(tx);
  return rows;
}

function alike(one: unknown, other: unknown): boolean {
  return one === other || ((one ?? null) === null && (other ?? null) === null);
}

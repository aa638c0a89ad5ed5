import { sql } from "kysely";
import { copyIn } from "./copy.ts";
import { sessionOf, type Tx } from "./session.ts";

/** Copies pieces into one of the tables being filled: `columns` as COPY takes them, `format` of the pieces. */
export type Copy = (
  table: string,
  columns: string,
  format: "text" | "binary",
  pieces: Iterable<Buffer | string> | AsyncIterable<Buffer | string>,
) => Promise<number>;

export interface LoadSteps {
  /** Told before each index and constraint is built: how many of how many, and its name. */
  readonly building?: (done: number, all: number, name: string) => void;
}

/**
 * Fills empty tables fast, in the caller's transaction: their indexes and keys are taken off, rows are copied in frozen,
 * and everything is built again after it, as the catalogue described it before. All or nothing: whoever is interrupted
 * has empty tables with all their indexes. Nobody else may use the tables meanwhile. On a distributed database, where
 * each copy runs in many places at once, indexes stay, and only foreign keys go and come back.
 */
export async function loadEmpty<Result>(
  tx: Tx,
  tables: readonly string[],
  load: (copy: Copy) => Promise<Result>,
  steps: LoadSteps = {},
): Promise<Result> {
  // A COPY and the building of an index are one statement each, whatever their size.
  await sql`set local statement_timeout = 0`.execute(tx);
  const distributed = await isSpread(tx, tables);
  await sql`set local maintenance_work_mem = '512MB'`.execute(tx);
  const parts = await partsOf(tx, tables);
  if (distributed) parts.own = parts.indexes = [];
  // Keys of others that point here go first, and come last.
  for (const { table, name } of parts.foreign)
    await sql`alter table ${sql.table(table)} drop constraint ${sql.ref(name)}`.execute(tx);
  for (const { table, name } of parts.own)
    await sql`alter table ${sql.table(table)} drop constraint ${sql.ref(name)}`.execute(tx);
  for (const { name } of parts.indexes) await sql`drop index ${sql.ref(name)}`.execute(tx);
  // A table emptied in this transaction takes frozen rows, which no later vacuum has to visit.
  await sql`truncate ${sql.join(tables.map((table) => sql.table(table)))}`.execute(tx);
  const result = await load(copyWith(tx, distributed ? "" : "freeze, "));
  const again = [
    ...parts.own.map(({ table, name, definition }) => ({
      name,
      statement: constraint(table, name, definition),
    })),
    ...parts.indexes.map(({ name, definition }) => ({ name, statement: sql.raw(definition) })),
    ...parts.foreign.map(({ table, name, definition }) => ({
      name,
      statement: constraint(table, name, definition),
    })),
  ];
  for (const [done, { name, statement }] of again.entries()) {
    steps.building?.(done, again.length, name);
    await statement.execute(tx);
  }
  // A distributed database looks at its shards by itself, once this transaction has ended.
  if (!distributed) await sql`analyze ${sql.join(tables.map((table) => sql.table(table)))}`.execute(tx);
  return result;
}

const constraint = (table: string, name: string, definition: string) =>
  sql`alter table ${sql.table(table)} add constraint ${sql.ref(name)} ${sql.raw(definition)}`;

const copyWith =
  (tx: Tx, more: string): Copy =>
  (table, columns, format, pieces) =>
    copyIn(tx, `copy ${table} (${columns}) from stdin with (${more}format ${format})`, pieces);

/** Whether one of the tables is spread over several servers: one may have Citus before `shard` has spread anything. */
async function isSpread(tx: Tx, tables: readonly string[]): Promise<boolean> {
  if (!sessionOf(tx).sharded) return false;
  const { rows } = await sql`
    select 1 from pg_dist_partition where logicalrelid = any(${tables}::regclass[]) limit 1`.execute(tx);
  return rows.length > 0;
}

interface Part {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

/** Foreign keys from and to the tables, their own keys and unique constraints, and the indexes of no constraint. */
async function partsOf(tx: Tx, tables: readonly string[]) {
  const { rows: constraints } = await sql<Part & { type: string }>`
    select c.conrelid::regclass::text as "table", c.conname as name, c.contype as type, pg_get_constraintdef(c.oid) as definition
    from pg_constraint c
    where c.contype in ('p', 'u', 'x', 'f') and (c.conrelid = any(${tables}::regclass[]) or c.confrelid = any(${tables}::regclass[]))
    order by c.conrelid::regclass::text, c.contype, c.conname`.execute(tx);
  const { rows: indexes } = await sql<Part>`
    select i.indrelid::regclass::text as "table", i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i
    where i.indrelid = any(${tables}::regclass[])
      and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))
    order by 1, 2`.execute(tx);
  return {
    foreign: constraints.filter(({ type }) => type === "f"),
    own: constraints.filter(({ type }) => type !== "f"),
    indexes,
  };
}

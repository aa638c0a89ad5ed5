import { type RawBuilder, sql } from "kysely";
import type { Tx } from "../db/index.ts";

/** Something in the tree that does not agree: which rule, where, what should stand there and what does. */
export interface TreeFinding {
  readonly check: string;
  readonly where: string;
  readonly expected: string;
  readonly found: string;
}

const findingsMax = 100;

/**
 * Recomputes what the tree keeps for speed: paths from superiors, counters from memberships, and the place of every
 * record from its unit. Empty when all agrees; at most 100 places a rule. Needs to see everything (`db.systemRead`).
 */
export async function verifyTree(tx: Tx): Promise<readonly TreeFinding[]> {
  const findings: TreeFinding[] = [];
  for (const [check, query] of [...checks, ...(await placeChecks(tx))]) {
    const { rows } = await sql<{ place: string; expected: unknown; found: unknown }>`
      select place, expected, found from (${query}) as asked (place, expected, found)
      where expected is distinct from found order by place limit ${findingsMax}`.execute(tx);
    for (const row of rows)
      findings.push({ check, where: row.place, expected: String(row.expected), found: String(row.found) });
  }
  return findings;
}

const checks: readonly (readonly [string, RawBuilder<unknown>])[] = [
  [
    "unit.path",
    // The nearest ancestor by path is the superior by id; a path may pass over levels that are not there.
    sql`select u.code, p.path, (select a.path from unit a where a.path = any(select place_at(u.path, d)
        from generate_series(1, 15) d) and a.id <> u.id order by length(a.path) desc limit 1)
      from unit u left join unit p on p.id = u.parent_id`,
  ],
  [
    "unit.members",
    sql`select u.code, coalesce(m.n, 0), u.members from unit u left join (select unit_id, count(*)::int as n from membership
        where status in ('ACTIVE','TRANSFER_OUT') and kind = 'member' group by unit_id) m on m.unit_id = u.id`,
  ],
];

/** Every table that says both its unit and its place: the place is the unit's. */
async function placeChecks(tx: Tx): Promise<readonly (readonly [string, RawBuilder<unknown>])[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
      and (select count(*) from pg_attribute a where a.attrelid = c.oid and not a.attisdropped
        and a.attname in ('unit_id', 'path')) = 2
    order by 1`.execute(tx);
  return rows.map(({ name }) => [
    `${name}.path`,
    sql`select distinct u.code, u.path, t.path from ${sql.table(name)} t join unit u on u.id = t.unit_id where t.path <> u.path`,
  ]);
}

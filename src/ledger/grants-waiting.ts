import { sql } from "kysely";
import { once, type Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { fenToJson } from "../kernel/money.ts";
import { type Actor, isHeld, satisfies } from "../units/index.ts";
import { type AidKind, aidKinds } from "./funds.ts";

interface Waiting {
  readonly unit_id: string;
  readonly unit_name: string;
  readonly kind: AidKind;
  readonly grants: number;
  readonly total_fen: bigint;
  readonly since: Day;
}

/**
 * Decided aid that waits to be put into a payment batch, for the inbox: one line for each union where the officer may
 * make batches and each kind of aid, with how many, their sum in fen and the day the first was decided. A union's line
 * is aid of its own district, at or below it, which an open fund of its own is meant for; never the officer's own.
 */
export async function grantsWaiting(tx: Tx, actor: Actor, today: Day) {
  const units = actor.posts
    .filter((post) => isHeld(post, today) && satisfies(post.role, "batch.make"))
    .map((post) => post.unitId);
  if (units.length === 0) return [];
  const rows = await readyAt(tx, [...new Set(units)], actor.person);
  return rows.map((row) => ({
    kind: "grants" as const,
    id: `${row.unit_id}.${row.kind}`,
    unitId: row.unit_id,
    unitName: row.unit_name,
    purpose: row.kind,
    purposeTitle: aidKinds[row.kind].title,
    grants: row.grants,
    totalFen: fenToJson(row.total_fen),
    since: row.since,
    dueOn: null,
  }));
}

const readyAt = once(
  (_tx, units: readonly string[], person: string) =>
    sql<Waiting>`select u.id as unit_id, u.name as unit_name, g.kind, count(*)::int as grants,
        sum(g.amount_fen)::bigint as total_fen, min(g.decided_on) as since
      from unit u join aid_grant g on g.district = u.district and g.path >= u.path and g.path < u.path || '/'
      where u.id = any(${units}) and g.state = 'decided' and g.beneficiary_id <> ${person}
        and exists (select from fund f where f.district = g.district and f.unit_id = u.id and f.state = 'open'
          and (f.purposes = '{}' or g.kind = any(f.purposes)))
      group by u.id, u.name, g.kind order by since, g.kind`,
);

import { type RawBuilder, sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import type { UnitPath } from "../kernel/path.ts";
import { isRefusal } from "../kernel/refusal.ts";
import {
  type Actor,
  insideRoots,
  insideScope,
  isHeld,
  type Scope,
  satisfies,
  scopeOf,
} from "../units/index.ts";
import type { MembershipStatus } from "./membership.ts";
import { claimReason, isClaim, type Transfer, transferColumns, transferTitles } from "./transfer.ts";
import { answeredAt, answering } from "./transfer-turn.ts";

/** Transfers as officers see them: those of their unions, and among them those that wait for these officers. */

/** A transfer in a list. */
export interface TransferLine extends Transfer {
  readonly fromUnitName: string;
  readonly toUnitName: string;
  /** Whether it is the turn of a union where the reader decides. */
  readonly waiting: boolean;
  /** How the relation stands that is to move; it may have ended meanwhile. Null where the reader's wall hides it. */
  readonly relationStatus: MembershipStatus | null;
  /** What the list is ordered by, before the id. */
  readonly key: string;
}

export interface TransferFilter {
  readonly state: "open" | "ended";
  /** Leaving the scope's unions, or coming to them. Both. */
  readonly direction?: "out" | "in" | undefined;
  readonly kind?: "transfer" | "claim" | undefined;
  readonly waiting?: boolean | undefined;
  readonly escalated?: boolean | undefined;
  /** Part of the person's name. */
  readonly name?: string | undefined;
}

/** The unions at which an actor answers transfers, and for those below that have nobody: where their posts decide on members. */
export function desksOf(actor: Actor, on: Day): Desks {
  const posts = actor.posts.filter((post) => isHeld(post, on) && satisfies(post.role, "member.decide"));
  return { paths: [...new Set(posts.map((post) => post.unitPath))], on };
}

export interface Desks {
  readonly paths: readonly UnitPath[];
  readonly on: Day;
}

const open = sql`t.status in ('requested','released','escalated')`;
/** Left out where the reader's wall hides the other union's relation, as in an inbox: the line is theirs all the same. */
const relation = sql`left join membership m on m.district = t.district and m.id = t.membership_id`;
const relationStatus = sql`m.status as "relationStatus"`;
const claim = sql`(t.initiated_by = 'to' and t.reason = ${sql.lit(claimReason)})`;

/**
 * Whose turn it is: the old union's to release, the new one's to accept, and of what went up the nearest union's above
 * both; always the nearest that has somebody to decide. A claim waits for nobody here until the worker was asked in vain.
 */
function waitsAt({ paths, on }: Desks): RawBuilder<boolean> {
  if (paths.length === 0) return sql`false`;
  const at = (column: string) => answeredAt(column, paths, on);
  const above = answering([sql`t.from_path`, sql`t.to_path`], on);
  return sql<boolean>`(case t.status when 'requested' then ${at("t.from_path")} and not ${claim}
    when 'released' then ${at("t.to_path")}
    when 'escalated' then (t.released_on is not null and ${at("t.to_path")})
      or (${insideRoots(paths, "t.from_path")} and ${insideRoots(paths, "t.to_path")} and ${above} = any(${[...paths]}::text[]))
    else false end)`;
}

function matching(scope: Scope, desks: Desks, filter: TransferFilter): RawBuilder<boolean> {
  const from = insideScope(scope, "t.from_path");
  const to = insideScope(scope, "t.to_path");
  const sides = { out: from, in: to };
  const parts: RawBuilder<unknown>[] = [
    filter.direction ? sides[filter.direction] : sql`(${from} or ${to})`,
    filter.state === "open" ? open : sql`t.ended_on is not null`,
  ];
  if (filter.kind) parts.push(filter.kind === "claim" ? claim : sql`not coalesce(${claim}, false)`);
  if (filter.waiting) parts.push(waitsAt(desks));
  if (filter.escalated) parts.push(sql`t.status = 'escalated'`);
  if (filter.name) parts.push(sql`position(${filter.name} in t.person_name) > 0`);
  return sql<boolean>`${sql.join(parts, sql` and `)}`;
}

/** Whether a text is the key of an open list: whose turn, then the day due. */
export function isTurnKey(text: unknown): text is string {
  return typeof text === "string" && /^[01]\d{4}-\d{2}-\d{2}$/.test(text);
}

/** Those under way by whose turn and clock, the reader's own first; those that ended, the last first. */
export async function listTransfers(
  tx: Tx,
  scope: Scope,
  desks: Desks,
  filter: TransferFilter,
  after: { readonly key: string; readonly id: string } | null,
  limit: number,
): Promise<readonly TransferLine[]> {
  const waiting = waitsAt(desks);
  const ended = filter.state === "ended";
  const key = ended
    ? sql`to_char(t.ended_on, 'YYYY-MM-DD')`
    : sql`(case when ${waiting} then '0' else '1' end || coalesce(to_char(t.due_on, 'YYYY-MM-DD'), '9999-12-31'))`;
  const order = ended
    ? sql`t.ended_on desc, t.id desc`
    : sql`(case when ${waiting} then 0 else 1 end), t.due_on nulls last, t.id`;
  const beyond = after
    ? ended
      ? sql`(t.ended_on, t.id) < (${after.key}::date, ${after.id}::uuid)`
      : sql`(${key} collate "C", t.id) > (${after.key}::text, ${after.id}::uuid)`
    : sql`true`;
  const { rows } = await sql<TransferLine>`
    select ${transferColumns}, f.name as "fromUnitName", o.name as "toUnitName", ${waiting} as waiting, ${key} as key, ${relationStatus}
    from membership_transfer t ${relation} join unit f on f.id = t.from_unit_id join unit o on o.id = t.to_unit_id
    where ${matching(scope, desks, filter)} and ${beyond} order by ${order} limit ${limit}`.execute(tx);
  return rows;
}

/** How many a list holds in all. */
export async function countTransfers(
  tx: Tx,
  scope: Scope,
  desks: Desks,
  filter: TransferFilter,
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from membership_transfer t where ${matching(scope, desks, filter)}`.execute(tx);
  return rows[0]!.n;
}

/** One transfer of a scope's unions. */
export async function findTransfer(
  tx: Tx,
  scope: Scope,
  desks: Desks,
  id: Id<"transfer-request">,
): Promise<TransferLine | undefined> {
  const { rows } = await sql<TransferLine>`
    select ${transferColumns}, f.name as "fromUnitName", o.name as "toUnitName", ${waitsAt(desks)} as waiting, '' as key, ${relationStatus}
    from membership_transfer t ${relation} join unit f on f.id = t.from_unit_id join unit o on o.id = t.to_unit_id
    where t.id = ${id} and (${insideScope(scope, "t.from_path")} or ${insideScope(scope, "t.to_path")})`.execute(
    tx,
  );
  return rows[0];
}

/** What waits for an officer at the unions where they decide on members, soonest due first. For the inbox. */
export async function transfersWaiting(tx: Tx, actor: Actor, today: Day, limit: number) {
  const scope = scopeOf(actor, "member.decide", today);
  if (isRefusal(scope)) return [];
  const desks = desksOf(actor, today);
  const rows = await listTransfers(tx, scope, desks, { state: "open", waiting: true }, null, limit);
  return rows.map((row) => ({
    kind: "transfer" as const,
    id: row.id as string,
    personName: row.personName,
    statusTitle: transferTitles[row.status],
    fromUnitName: row.fromUnitName,
    toUnitName: row.toUnitName,
    claim: isClaim(row),
    escalated: row.status === "escalated",
    dueOn: row.dueOn,
    overdue: row.dueOn !== null && row.dueOn < today,
  }));
}

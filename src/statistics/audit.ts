import { type RawBuilder, sql } from "kysely";
import type { Db, Tx } from "../db/index.ts";
import type { Moment } from "../kernel/cursor.ts";
import type { Day } from "../kernel/day.ts";
import type { Keyring } from "../kernel/seal.ts";
import { verifyLedger } from "../ledger/index.ts";
import { type Broken, verifyCase, verifyRoots } from "../procedures/verify.ts";
import { insideScope, type Scope } from "../units/scope.ts";

export interface AuditFilter {
  readonly from: Day;
  readonly to: Day;
  readonly actor?: string | undefined;
  readonly caseId?: string | undefined;
  readonly after: Moment | null;
  readonly limit: number;
}

export interface AuditedAction {
  readonly id: string;
  readonly at: Date;
  readonly onDay: Day;
  readonly name: string;
  readonly fromStep: string | null;
  readonly byName: string | null;
  readonly byUnitName: string | null;
  readonly byRole: string | null;
  readonly service: string | null;
  readonly caseId: string | null;
  readonly caseNumber: string | null;
  readonly batchId: string | null;
  readonly applicantName: string | null;
  readonly note: string | null;
  readonly hash: string;
}

/** What was done to cases and payment batches of a scope, the latest first. */
export async function actionsIn(
  tx: Tx,
  scope: Scope,
  filter: AuditFilter,
): Promise<readonly AuditedAction[]> {
  const latest = sql`order by a.at desc, a.id desc limit ${filter.limit}`;
  const { rows: cases } = await sql<AuditedAction>`${doneToCases(scope, filter)} ${latest}`.execute(tx);
  const { rows: batches } = await sql<AuditedAction>`${doneToBatches(scope, filter)} ${latest}`.execute(tx);
  const later = (one: AuditedAction, other: AuditedAction): number =>
    other.at.getTime() - one.at.getTime() || (one.id < other.id ? 1 : -1);
  return [...cases, ...batches].sort(later).slice(0, filter.limit);
}

/** How many actions a filter finds, all pages together. */
export async function countActionsIn(tx: Tx, scope: Scope, filter: AuditFilter): Promise<number> {
  const whole = { ...filter, after: null };
  let found = 0;
  for (const done of [doneToCases(scope, whole), doneToBatches(scope, whole)]) {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from (${done}) done`.execute(tx);
    found += rows[0]?.n ?? 0;
  }
  return found;
}

/** The program acts without a name: what it is called is said in the reader’s language. */
const nameOfDoer = sql`case when a.by_person is null then null else a.by_name end as "byName"`;

function doneToCases(scope: Scope, filter: AuditFilter): RawBuilder<unknown> {
  return sql`select a.id, a.at, a.on_day as "onDay", a.name, a.from_step as "fromStep", ${nameOfDoer}, u.name as "byUnitName",
      a.by_role as "byRole", f.service, f.id as "caseId", f.number as "caseNumber", null::uuid as "batchId",
      f.applicant_name as "applicantName", a.note, encode(a.hash, 'hex') as hash
    from case_action a join case_file f on f.district = a.district and f.id = a.case_id
    left join unit u on u.id = a.by_unit_id
    where ${insideScope(scope, "f.path")} and ${during("a", filter)}
      and ${filter.caseId === undefined ? sql`true` : sql`a.case_id = ${filter.caseId}`}`;
}

/**
 * The union of whoever acted on a batch: the nearest to it, on its line, where they held that post on the day; an
 * officer above may act for it.
 */
const actorsUnion = sql`(select u.name from post p join unit u on u.id = p.unit_id
  where p.person_id = a.by_person and p.role = a.by_role
    and p.from_day <= a.on_day and (p.until_day is null or p.until_day > a.on_day)
    and (u.path = b.path or b.path like u.path || '.%')
  order by length(u.path) desc limit 1)`;

function doneToBatches(scope: Scope, filter: AuditFilter): RawBuilder<unknown> {
  return sql`select a.id, a.at, a.on_day as "onDay", a.name, a.from_state as "fromStep", ${nameOfDoer},
      ${actorsUnion} as "byUnitName",
      a.by_role as "byRole", null as service, null::uuid as "caseId", b.number as "caseNumber", b.id as "batchId",
      null as "applicantName", a.answers ->> 'reason' as note, encode(a.hash, 'hex') as hash
    from batch_action a join batch b on b.district = a.district and b.id = a.batch_id
    where ${insideScope(scope, "b.path")} and ${during("a", filter)} and ${filter.caseId === undefined}`;
}

function during(alias: string, filter: AuditFilter): RawBuilder<unknown> {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  const parts = [sql`${column("on_day")} >= ${filter.from} and ${column("on_day")} <= ${filter.to}`];
  if (filter.actor !== undefined) parts.push(sql`${column("by_person")} = ${filter.actor}`);
  if (filter.after)
    parts.push(sql`(${column("at")}, ${column("id")}) < (${filter.after.at}, ${filter.after.id}::uuid)`);
  return sql.join(parts, sql` and `);
}

export interface AuditedLook {
  readonly id: string;
  readonly at: Date;
  readonly byName: string;
  readonly byUnit: string | null;
  readonly byRole: string | null;
  readonly personId: string;
  readonly personName: string;
  readonly what: string;
  readonly fields: readonly string[];
  readonly purpose: string;
  readonly caseNumber: string | null;
}

/**
 * Who looked at the people of a scope, the latest first. Run it as the program: the wall shows each person only the looks
 * at themselves, and auditing them is what `audit.read` is for.
 */
export async function looksIn(tx: Tx, scope: Scope, filter: AuditFilter): Promise<readonly AuditedLook[]> {
  const { rows } = await sql<AuditedLook>`
    select l.id, l.at, l.by_name as "byName", l.by_unit as "byUnit", l.by_role as "byRole", l.person_id as "personId",
      p.name as "personName", l.what, l.fields, l.purpose, c.number as "caseNumber"
    from look l join person p on p.district = l.district and p.id = l.person_id
    left join case_file c on c.district = l.district and c.id = l.case_id
    where ${insideScope(scope, "p.path")} and ${during("l", filter)}
      and ${filter.caseId === undefined ? sql`true` : sql`l.case_id = ${filter.caseId}`}
    order by l.at desc, l.id desc limit ${filter.limit}`.execute(tx);
  return rows;
}

const named = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d{6}-F-\d+/g;

/** Of what is wrong with the books, what names something inside the scope and nothing else. */
async function insideOf(tx: Tx, scope: Scope, findings: readonly Broken[]): Promise<readonly Broken[]> {
  if (scope.everything || findings.length === 0) return findings;
  const namesOf = (one: Broken) => `${one.where} ${one.expected} ${one.found}`.match(named) ?? [];
  const names = [...new Set(findings.flatMap(namesOf))];
  const tables = ["unit", "fund", "account_book", "voucher", "transfer", "batch", "aid_grant", "subsidy"];
  const asked = [
    ...tables.map((table) => ({ table, column: "id" })),
    { table: "aid_grant", column: "household_id" },
    { table: "aid_grant", column: "beneficiary_id" },
    { table: "batch", column: "number" },
  ];
  const inside = new Set<string>();
  for (const { table, column } of asked) {
    const { rows } = await sql<{
      name: string;
    }>`select ${sql.ref(`${table}.${column}`)}::text as name from ${sql.table(table)}
      where ${sql.ref(`${table}.${column}`)}::text = any(${names}) and ${insideScope(scope, `${table}.path`)}`.execute(
      tx,
    );
    for (const { name } of rows) inside.add(name);
  }
  return findings.filter((one) => {
    const all = namesOf(one);
    return all.length > 0 && all.every((name) => inside.has(name));
  });
}

/** Cases recomputed in one request; the command line recomputes all. */
const verifiedAtOnce = 2000;

/** Recomputes the latest cases of a scope, every day root and the books. */
export async function verifyScope(
  db: Db,
  ring: Keyring,
  scope: Scope,
): Promise<{ readonly checked: number; readonly findings: readonly Broken[] }> {
  const { rows } = await db.systemRead((tx) =>
    sql<{
      id: string;
    }>`select id from case_file where ${insideScope(scope, "case_file.path")} order by opened_on desc, id desc
      limit ${verifiedAtOnce}`.execute(tx),
  );
  const findings: Broken[] = [];
  let checked = 0;
  for (const { id } of rows) {
    const found = await verifyCase({ db, ring }, id);
    checked += found.actions;
    findings.push(...found.broken);
  }
  const roots = await verifyRoots(db, ring);
  const books = await db.systemRead(async (tx) => insideOf(tx, scope, await verifyLedger(tx)));
  return {
    checked: checked + roots.checked,
    findings: [...findings, ...roots.broken, ...books].slice(0, 200),
  };
}

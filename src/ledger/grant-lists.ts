import { sql } from "kysely";
import { once, type Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Text } from "../kernel/words.ts";
import { insideScope, type Scope } from "../units/scope.ts";
import { type AidKind, aidKinds } from "./funds.ts";
import type { GrantState } from "./grant-store.ts";

/** Grants as lists show them: a scope's, a household's, a case's. */

/** Aid a household of a district was given since a day, with the batch that pays it. */
export async function grantsOfHousehold(
  tx: Tx,
  household: { readonly district: string; readonly id: string },
  since: Day,
) {
  const rows = await tx
    .selectFrom("aid_grant")
    .where("district", "=", household.district)
    .where("household_id", "=", household.id)
    .where("decided_on", ">=", since)
    .where("state", "in", ["decided", "batched", "failed", "paid"])
    .orderBy("id")
    .select([
      "district",
      "id",
      "case_id",
      "case_number",
      "state",
      "amount_fen",
      "batch_id",
      "batch_number",
      "fund_district",
    ])
    .execute();
  return Promise.all(rows.map(async (row) => ({ ...row, batchUnitId: await payerOf(tx, row) })));
}

/** The union whose batch pays a grant; a batch lies in its fund's district. */
async function payerOf(
  tx: Tx,
  grant: { readonly batch_id: string | null; readonly fund_district: string | null },
): Promise<string | null> {
  if (grant.batch_id === null || grant.fund_district === null) return null;
  const batch = await tx
    .selectFrom("batch")
    .where("district", "=", grant.fund_district)
    .where("id", "=", grant.batch_id)
    .select("unit_id")
    .executeTakeFirst();
  return batch?.unit_id ?? null;
}

/** Which grants a list wants. Days are those of payment for paid ones, of decision otherwise. */
export interface GrantFilter {
  readonly state?: string | undefined;
  readonly kind?: string | undefined;
  readonly fund?: string | undefined;
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
}

function matching(scope: Scope, of: GrantFilter) {
  const on = sql.ref(of.state === "paid" ? "aid_grant.paid_on" : "aid_grant.decided_on");
  const parts = [insideScope(scope, "aid_grant.path")];
  if (of.state !== undefined) parts.push(sql<boolean>`aid_grant.state = ${of.state}`);
  if (of.kind !== undefined) parts.push(sql<boolean>`aid_grant.kind = ${of.kind}`);
  if (of.fund !== undefined) parts.push(sql<boolean>`aid_grant.fund_id = ${of.fund}`);
  if (of.from !== undefined) parts.push(sql<boolean>`${on} >= ${of.from}`);
  if (of.to !== undefined) parts.push(sql<boolean>`${on} <= ${of.to}`);
  return sql<boolean>`${sql.join(parts, sql` and `)}`;
}

/** Grants of a scope, oldest decision first: what is ready to be paid, what was paid. */
export async function listGrants(
  tx: Tx,
  scope: Scope,
  of: GrantFilter & {
    readonly after?: { readonly on: string; readonly id: string } | undefined;
    readonly limit: number;
  },
) {
  let query = tx
    .selectFrom("aid_grant")
    .innerJoin("unit", "unit.id", "aid_grant.unit_id")
    .select([
      "aid_grant.id",
      "aid_grant.case_id",
      "aid_grant.case_number",
      "aid_grant.household_id",
      "aid_grant.beneficiary_name",
      "aid_grant.unit_id",
      "unit.name as unit_name",
      "aid_grant.kind",
      "aid_grant.file_tier",
      "aid_grant.amount_fen",
      "aid_grant.state",
      "aid_grant.year",
      "aid_grant.decided_on",
      "aid_grant.paid_on",
      "aid_grant.batch_id",
      "aid_grant.batch_number",
      "aid_grant.fund_name",
    ])
    .where(matching(scope, of))
    .orderBy("aid_grant.decided_on")
    .orderBy("aid_grant.id")
    .limit(of.limit + 1);
  if (of.after !== undefined)
    query = query.where(
      sql<boolean>`(aid_grant.decided_on, aid_grant.id) > (${of.after.on}::date, ${of.after.id}::uuid)`,
    );
  return query.execute();
}

/** How many grants a list has, and what they come to. */
export async function countGrants(
  tx: Tx,
  scope: Scope,
  of: GrantFilter,
): Promise<{ readonly total: number; readonly totalFen: bigint }> {
  return tx
    .selectFrom("aid_grant")
    .select([
      sql<number>`count(*)::int`.as("total"),
      sql<bigint>`coalesce(sum(amount_fen), 0)::bigint`.as("totalFen"),
    ])
    .where(matching(scope, of))
    .executeTakeFirstOrThrow();
}

/** The money of a case, as its page shows it, to its worker too. */
export async function moneyOfCase(
  tx: Tx,
  district: string,
  caseId: string,
): Promise<
  readonly {
    readonly grantId: string;
    readonly kind: AidKind;
    readonly title: Text;
    readonly amountFen: bigint;
    readonly state: GrantState;
    readonly fundName: string | null;
    readonly batchNumber: string | null;
    readonly decidedOn: Day;
    readonly paidOn: Day | null;
  }[]
> {
  const rows = await grantsOfCase(tx, district, caseId);
  return rows.map((row) => ({
    grantId: row.id,
    kind: row.kind as AidKind,
    title: aidKinds[row.kind as AidKind].title,
    amountFen: row.amount_fen,
    state: row.state as GrantState,
    fundName: row.fund_name,
    batchNumber: row.batch_number,
    decidedOn: row.decided_on,
    paidOn: row.paid_on,
  }));
}

const grantsOfCase = once((tx, district: string, caseId: string) =>
  tx
    .selectFrom("aid_grant")
    .select(["id", "kind", "amount_fen", "state", "fund_name", "batch_number", "decided_on", "paid_on"])
    .where("district", "=", district)
    .where("case_id", "=", caseId)
    .orderBy("decided_on")
    .orderBy("id"),
);

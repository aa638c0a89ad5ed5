import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { type Hash, hex } from "../kernel/hash.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { record, recording } from "../rollups/index.ts";
import { insideScope, rolesWith, type Scope } from "../units/index.ts";
import { type BatchPower, type BatchState, sum } from "./batch.ts";
import type { AidKind } from "./funds.ts";
import type { ItemRow } from "./item-store.ts";
import { batchTallies } from "./tallies.ts";

/** Batches in SQL. Their items are in `item-store.ts`, their history in `batch-history.ts`. */

export interface BatchRow {
  readonly district: string;
  readonly id: string;
  readonly number: string;
  readonly unitId: string;
  readonly unitName: string;
  readonly path: string;
  readonly fundId: string;
  readonly purpose: AidKind;
  readonly title: string;
  readonly state: BatchState;
  readonly totalFen: bigint;
  readonly items: number;
  readonly paidFen: bigint;
  readonly failed: number;
  readonly dueOn: Day | null;
  /** The day the step, overdue, was brought before the union above. */
  readonly escalatedOn: Day | null;
  readonly madeBy: string;
  readonly madeOn: Day;
  readonly decision: string | null;
  readonly seq: number;
  readonly bankFileNo: number;
  readonly headHash: Hash | null;
}

/** The next number of a district's batches in a year: `2026-990101-F-0001`. */
export async function nextBatchNumber(tx: Tx, district: string, year: number): Promise<string> {
  const row = await tx
    .insertInto("batch_serial")
    .values({ district, year, last: 1 })
    .onConflict((oc) =>
      oc.columns(["district", "year"]).doUpdateSet({ last: sql<number>`batch_serial.last + 1` }),
    )
    .returning("last")
    .executeTakeFirstOrThrow();
  return `${year}-${district}-F-${String(row.last).padStart(4, "0")}`;
}

/** Write a new batch, in draft and still empty. */
export async function insertBatch(
  tx: Tx,
  batch: Pick<
    BatchRow,
    | "district"
    | "id"
    | "number"
    | "unitId"
    | "path"
    | "fundId"
    | "purpose"
    | "title"
    | "dueOn"
    | "madeBy"
    | "madeOn"
  >,
): Promise<void> {
  await tx
    .insertInto("batch")
    .values({
      district: batch.district,
      id: batch.id,
      number: batch.number,
      unit_id: batch.unitId,
      path: batch.path,
      fund_id: batch.fundId,
      purpose: batch.purpose,
      title: batch.title,
      state: "draft",
      due_on: batch.dueOn,
      made_by: batch.madeBy,
      made_on: batch.madeOn,
    })
    .execute();
  await record(
    tx,
    batchTallies,
    [],
    [{ district: batch.district, unit_id: batch.unitId, due_on: batch.dueOn }],
  );
}

const columns = [
  "batch.district",
  "batch.id",
  "batch.number",
  "batch.unit_id",
  "unit.name as unit_name",
  "batch.path",
  "batch.fund_id",
  "batch.purpose",
  "batch.title",
  "batch.state",
  "batch.total_fen",
  "batch.items",
  "batch.paid_fen",
  "batch.failed",
  "batch.due_on",
  "batch.escalated_on",
  "batch.made_by",
  "batch.made_on",
  "batch.decision",
  "batch.seq",
  "batch.bank_file_no",
  "batch.head_hash",
] as const;

type Selected = Awaited<ReturnType<typeof selectOne>>;
function selectOne(tx: Tx) {
  return tx
    .selectFrom("batch")
    .innerJoin("unit", "unit.id", "batch.unit_id")
    .select(columns)
    .executeTakeFirstOrThrow();
}

function batchOf(row: Selected): BatchRow {
  return {
    district: row.district,
    id: row.id,
    number: row.number,
    unitId: row.unit_id,
    unitName: row.unit_name,
    path: row.path,
    fundId: row.fund_id,
    purpose: row.purpose as AidKind,
    title: row.title,
    state: row.state as BatchState,
    totalFen: row.total_fen,
    items: row.items,
    paidFen: row.paid_fen,
    failed: row.failed,
    dueOn: row.due_on,
    escalatedOn: row.escalated_on,
    madeBy: row.made_by,
    madeOn: row.made_on,
    decision: row.decision,
    seq: row.seq,
    bankFileNo: row.bank_file_no,
    headHash: row.head_hash === null ? null : (hex(row.head_hash) as Hash),
  };
}

/** A batch in the scope, or `not-found`. */
export async function findBatch(tx: Tx, scope: Scope, id: string): Promise<Or<BatchRow>> {
  return batchIn(tx, scope, null, id);
}

async function batchIn(tx: Tx, scope: Scope, district: string | null, id: string): Promise<Or<BatchRow>> {
  const row = await tx
    .selectFrom("batch")
    .innerJoin("unit", "unit.id", "batch.unit_id")
    .select(columns)
    .where("batch.id", "=", id)
    .$if(district !== null, (query) => query.where("batch.district", "=", district as string))
    .where(insideScope(scope, "batch.path"))
    .executeTakeFirst();
  return row ? batchOf(row) : refuse("not-found");
}

/** The same, held for the rest of the transaction: actions on one batch come one after another. */
export async function holdBatch(tx: Tx, scope: Scope, id: string): Promise<Or<BatchRow>> {
  const found = await findBatch(tx, scope, id);
  if (isRefusal(found)) return found;
  await tx
    .selectFrom("batch")
    .select("id")
    .where("district", "=", found.district)
    .where("id", "=", id)
    .forUpdate()
    .execute();
  return batchIn(tx, scope, found.district, id);
}

/** Batches of a scope, the newest first. */
export async function listBatches(
  tx: Tx,
  scope: Scope,
  of: {
    readonly states?: readonly string[] | undefined;
    /** Those whose step was due before this day. */
    readonly overdueOn?: Day | undefined;
    readonly limit: number;
    readonly after?: { readonly on: string; readonly id: string } | undefined;
  },
): Promise<readonly BatchRow[]> {
  let query = tx
    .selectFrom("batch")
    .innerJoin("unit", "unit.id", "batch.unit_id")
    .select(columns)
    .where(insideScope(scope, "batch.path"))
    .orderBy("batch.made_on", "desc")
    .orderBy("batch.id", "desc")
    .limit(of.limit + 1);
  if (of.states !== undefined) query = query.where("batch.state", "in", [...of.states]);
  if (of.overdueOn !== undefined) query = query.where("batch.due_on", "<", of.overdueOn);
  if (of.after !== undefined)
    query = query.where(
      sql<boolean>`(batch.made_on, batch.id) < (${of.after.on}::date, ${of.after.id}::uuid)`,
    );
  return (await query.execute()).map(batchOf);
}

/** How many batches of a scope are past the day their step was due. */
export async function countOverdue(tx: Tx, scope: Scope, today: Day): Promise<number> {
  const row = await tx
    .selectFrom("batch")
    .select(sql<number>`count(*)::int`.as("count"))
    .where(insideScope(scope, "batch.path"))
    .where("batch.due_on", "<", today)
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Batches whose step was due before a day and of which no union above was told yet, with the union above. */
export async function lateBatches(tx: Tx, day: Day, limit: number) {
  return tx
    .selectFrom("batch")
    .innerJoin("unit", "unit.id", "batch.unit_id")
    .innerJoin("unit as above", (on) =>
      on.on((where) => where("above.id", "=", where.fn.coalesce("unit.funds_parent_id", "unit.parent_id"))),
    )
    .select([...columns, "above.id as above_id", "above.name as above_name"])
    .where("batch.due_on", "<", day)
    .where("batch.escalated_on", "is", null)
    .orderBy("batch.due_on")
    .orderBy("batch.id")
    .limit(limit)
    .execute()
    .then((rows) =>
      rows.map((row) => ({ ...batchOf(row), above: { id: row.above_id, name: row.above_name } })),
    );
}

/** Brings a late batch before the union above; false when it moved meanwhile or was brought there already. */
export async function escalate(
  tx: Tx,
  batch: Pick<BatchRow, "district" | "id" | "dueOn">,
  above: string,
  day: Day,
): Promise<boolean> {
  const done = await tx
    .updateTable("batch")
    .set({ escalated_to: above, escalated_on: day })
    .where("district", "=", batch.district)
    .where("id", "=", batch.id)
    .where("due_on", "=", batch.dueOn)
    .where("escalated_on", "is", null)
    .executeTakeFirst();
  return done.numUpdatedRows === 1n;
}

/** Batches of a scope, soonest due first. At most 200. */
function soonestDue(tx: Tx, scope: Scope) {
  return tx
    .selectFrom("batch")
    .innerJoin("unit", "unit.id", "batch.unit_id")
    .select(columns)
    .where(insideScope(scope, "batch.path"))
    .orderBy("batch.due_on")
    .orderBy("batch.id")
    .limit(200);
}

/** Batches brought before some unions because the step below is overdue. At most 200. */
export async function listEscalated(
  tx: Tx,
  scope: Scope,
  units: readonly string[],
): Promise<readonly BatchRow[]> {
  const rows = await soonestDue(tx, scope)
    .where("batch.escalated_to", "in", [...units])
    .execute();
  return rows.map(batchOf);
}

/** Batches of some unions in some states, soonest due first: what an officer's desk may hold. At most 200. */
export async function listWaiting(
  tx: Tx,
  scope: Scope,
  units: readonly string[],
  states: readonly string[],
): Promise<readonly BatchRow[]> {
  const rows = await soonestDue(tx, scope)
    .where("batch.unit_id", "in", [...units])
    .where("batch.state", "in", [...states])
    .execute();
  return rows.map(batchOf);
}

/** A state, the power its next step asks for, and the actions whose doers may not take it. */
export interface WaitingStep {
  readonly state: BatchState;
  readonly power: BatchPower;
  readonly apart: readonly string[];
}

/**
 * Batches of other unions than these in whose state nobody at their own union is left: everybody who holds the power
 * there has signed what must lie in other hands. Soonest due first, at most 200.
 */
export async function listUnattended(
  tx: Tx,
  scope: Scope,
  units: readonly string[],
  steps: readonly WaitingStep[],
  today: Day,
): Promise<readonly BatchRow[]> {
  if (steps.length === 0) return [];
  const unattended = steps.map(
    // Who may, and who is kept from it, side by side: shards take no rows of one of them within the other.
    ({ state, power, apart }) => sql<boolean>`(batch.state = ${state} and array(
      select p.person_id from post p where p.unit_id = batch.unit_id and p.role = any(${rolesWith(power)})
        and p.from_day <= ${today} and (p.until_day is null or p.until_day > ${today}))
      <@ array(select a.by_person from batch_action a
        where a.district = batch.district and a.batch_id = batch.id and a.name = any(${[...apart]})))`,
  );
  const rows = await soonestDue(tx, scope)
    .where("batch.unit_id", "not in", [...units])
    .where(sql<boolean>`(${sql.join(unattended, sql` or `)})`)
    .execute();
  return rows.map(batchOf);
}

/** The batch a beneficiary's own grant is being paid in, if it is in one. */
export async function batchOfGrant(
  tx: Tx,
  grantId: string,
  beneficiary: string,
): Promise<string | undefined> {
  const row = await tx
    .selectFrom("aid_grant")
    .select("batch_id")
    .where("id", "=", grantId)
    .where("beneficiary_id", "=", beneficiary)
    .executeTakeFirst();
  return row?.batch_id ?? undefined;
}

/** What a batch comes to: totals from its items, its state, its clock. */
export async function settleRow(
  tx: Tx,
  batch: Pick<BatchRow, "district" | "id">,
  items: readonly Pick<ItemRow, "state" | "amountFen">[],
  to: {
    readonly state: BatchState;
    readonly dueOn: Day | null;
    readonly bankFileNo: number;
    readonly decision: string | null;
  },
): Promise<void> {
  const counted = items.filter((item) => item.state !== "removed");
  const itself = sql<boolean>`(district = ${batch.district} and id = ${batch.id})`;
  await recording(tx, batchTallies, itself, () =>
    tx
      .updateTable("batch")
      .set({
        state: to.state,
        due_on: to.dueOn,
        // A step that was done is nobody's worry above any more.
        escalated_to: sql<string | null>`case when state = ${to.state} then escalated_to end`,
        escalated_on: sql<Day | null>`case when state = ${to.state} then escalated_on end`,
        bank_file_no: to.bankFileNo,
        decision: to.decision,
        total_fen: sum(counted),
        items: counted.length,
        paid_fen: sum(counted.filter((item) => item.state === "paid")),
        failed: counted.filter((item) => item.state === "failed").length,
      })
      .where("district", "=", batch.district)
      .where("id", "=", batch.id)
      .execute(),
  );
}

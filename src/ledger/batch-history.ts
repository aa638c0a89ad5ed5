import { json, type Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { type Hash, hex, link, unhex } from "../kernel/hash.ts";
import type { BatchRow } from "./batch-store.ts";

/** The history of batches: append-only, each line chained to the one before, read by separation of duties. */

export interface ActionRow {
  readonly seq: number;
  readonly id: string;
  readonly name: string;
  readonly byPerson: string | null;
  readonly byName: string | null;
  readonly byRole: string | null;
  readonly at: Date;
  readonly onDay: Day;
  readonly fromState: string | null;
  readonly toState: string;
  readonly answers: Readonly<Record<string, unknown>>;
}

/** What was done to a batch, in order. */
export async function historyOf(
  tx: Tx,
  batch: Pick<BatchRow, "district" | "id">,
): Promise<readonly ActionRow[]> {
  const rows = await tx
    .selectFrom("batch_action")
    .selectAll()
    .where("district", "=", batch.district)
    .where("batch_id", "=", batch.id)
    .orderBy("seq")
    .execute();
  return rows.map((row) => ({
    seq: row.seq,
    id: row.id,
    name: row.name,
    byPerson: row.by_person,
    byName: row.by_name,
    byRole: row.by_role,
    at: row.at,
    onDay: row.on_day,
    fromState: row.from_state,
    toState: row.to_state,
    answers: row.answers as Readonly<Record<string, unknown>>,
  }));
}

/** The content hash an action of a district was first made with, if its id is known. */
export async function knownAction(
  tx: Tx,
  district: string,
  id: string,
): Promise<{ readonly batchId: string; readonly content: Hash } | undefined> {
  const row = await tx
    .selectFrom("batch_action")
    .select(["batch_id", "content_hash"])
    .where("district", "=", district)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && { batchId: row.batch_id, content: hex(row.content_hash) as Hash };
}

/** What one line of the history is hashed over. */
export function actionContent(batchId: string, action: ActionRow): unknown {
  return { batchId, ...action };
}

/** Add a line to a batch's history, chained to the line before. */
export async function appendAction(
  tx: Tx,
  batch: Pick<BatchRow, "district" | "id" | "path" | "seq" | "headHash">,
  action: Omit<ActionRow, "seq">,
  content: Hash,
): Promise<void> {
  const line: ActionRow = { seq: batch.seq + 1, ...action };
  const head = link(batch.headHash, actionContent(batch.id, line));
  await tx
    .insertInto("batch_action")
    .values({
      district: batch.district,
      batch_id: batch.id,
      path: batch.path,
      seq: line.seq,
      id: line.id,
      name: line.name,
      by_person: line.byPerson,
      by_name: line.byName,
      by_role: line.byRole,
      at: line.at,
      on_day: line.onDay,
      from_state: line.fromState,
      to_state: line.toState,
      answers: json(line.answers),
      content_hash: Buffer.from(unhex(content)),
      hash: Buffer.from(unhex(head)),
    })
    .execute();
  await tx
    .updateTable("batch")
    .set({ seq: line.seq, head_hash: Buffer.from(unhex(head)) })
    .where("district", "=", batch.district)
    .where("id", "=", batch.id)
    .execute();
}

/** Who did what to some batches, in order. */
export async function signersOf(
  tx: Tx,
  batches: readonly { readonly district: string; readonly id: string }[],
): Promise<readonly { readonly batchId: string; readonly name: string; readonly person: string | null }[]> {
  if (batches.length === 0) return [];
  return tx
    .selectFrom("batch_action")
    .select(["batch_id as batchId", "name", "by_person as person"])
    .where("district", "in", [...new Set(batches.map((one) => one.district))])
    .where(
      "batch_id",
      "in",
      batches.map((one) => one.id),
    )
    .orderBy("batch_id")
    .orderBy("seq")
    .execute();
}

import type { Tx } from "../db/index.ts";
import { type Hash, unhex } from "../kernel/hash.ts";
import type { BatchRow } from "./batch-store.ts";

/** Which result files of the bank were loaded, in SQL. */

/** Remember a result file by its bytes. False when it was loaded before. */
export async function rememberResult(
  tx: Tx,
  batch: Pick<BatchRow, "district" | "id" | "path" | "bankFileNo">,
  of: {
    readonly content: Hash;
    readonly lines: number;
    readonly paid: number;
    readonly failed: number;
    readonly refunded: number;
    readonly by: string | null;
    readonly at: Date;
  },
): Promise<boolean> {
  const row = await tx
    .insertInto("bank_result")
    .values({
      district: batch.district,
      batch_id: batch.id,
      content_hash: Buffer.from(unhex(of.content)),
      path: batch.path,
      file_no: batch.bankFileNo,
      lines: of.lines,
      paid: of.paid,
      failed: of.failed,
      refunded: of.refunded,
      by_person: of.by,
      at: of.at,
    })
    .onConflict((oc) => oc.doNothing())
    .returning("batch_id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a result file was loaded before, by its bytes. */
export async function knownResult(
  tx: Tx,
  batch: Pick<BatchRow, "district" | "id">,
  content: Hash,
): Promise<boolean> {
  const row = await tx
    .selectFrom("bank_result")
    .select("batch_id")
    .where("district", "=", batch.district)
    .where("batch_id", "=", batch.id)
    .where("content_hash", "=", Buffer.from(unhex(content)))
    .executeTakeFirst();
  return row !== undefined;
}

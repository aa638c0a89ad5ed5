import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { ItemState } from "./batch.ts";
import type { BatchRow } from "./batch-store.ts";

/** The items of a batch, one payment each, in SQL. */

export interface ItemRow {
  readonly id: string;
  readonly position: number;
  readonly grantId: string;
  readonly grantDistrict: string;
  readonly caseId: string;
  readonly caseNumber: string | null;
  readonly payeeName: string;
  readonly beneficiaryId: string;
  readonly beneficiaryDistrict: string;
  readonly beneficiaryName: string;
  readonly householdId: string | null;
  readonly payeeSealed: Buffer;
  readonly amountFen: bigint;
  readonly state: ItemState;
  readonly reason: string | null;
  readonly bankReference: string | null;
  readonly sentIn: number | null;
  readonly paidOn: Day | null;
  readonly voucherId: string | null;
}

/** Write a batch's items. */
export async function insertItems(
  tx: Tx,
  batch: Pick<BatchRow, "district" | "id" | "path">,
  items: readonly Omit<ItemRow, "state" | "reason" | "bankReference" | "sentIn" | "paidOn" | "voucherId">[],
): Promise<void> {
  const rows = items.map((item) => ({
    district: batch.district,
    batch_id: batch.id,
    path: batch.path,
    id: item.id,
    position: item.position,
    grant_id: item.grantId,
    grant_district: item.grantDistrict,
    case_id: item.caseId,
    case_number: item.caseNumber,
    payee_name: item.payeeName,
    beneficiary_id: item.beneficiaryId,
    beneficiary_district: item.beneficiaryDistrict,
    beneficiary_name: item.beneficiaryName,
    household_id: item.householdId,
    payee_sealed: item.payeeSealed,
    amount_fen: item.amountFen,
    state: "pending",
  }));
  for (let from = 0; from < rows.length; from += 1000)
    await tx
      .insertInto("batch_item")
      .values(rows.slice(from, from + 1000))
      .execute();
}

/** A batch's items in their order. */
export async function itemsOf(tx: Tx, batch: Pick<BatchRow, "district" | "id">): Promise<readonly ItemRow[]> {
  const rows = await tx
    .selectFrom("batch_item")
    .selectAll()
    .where("district", "=", batch.district)
    .where("batch_id", "=", batch.id)
    .orderBy("position")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    position: row.position,
    grantId: row.grant_id,
    grantDistrict: row.grant_district,
    caseId: row.case_id,
    caseNumber: row.case_number,
    payeeName: row.payee_name,
    beneficiaryId: row.beneficiary_id,
    beneficiaryDistrict: row.beneficiary_district,
    beneficiaryName: row.beneficiary_name,
    householdId: row.household_id,
    payeeSealed: row.payee_sealed,
    amountFen: row.amount_fen,
    state: row.state as ItemState,
    reason: row.reason,
    bankReference: row.bank_reference,
    sentIn: row.sent_in,
    paidOn: row.paid_on,
    voucherId: row.voucher_id,
  }));
}

/** Marks every item that waits to be paid as sent in the bank file of a number. One statement. */
export async function sendPending(
  tx: Tx,
  batch: Pick<BatchRow, "district" | "id">,
  fileNo: number,
): Promise<void> {
  await tx
    .updateTable("batch_item")
    .set({ sent_in: fileNo })
    .where("district", "=", batch.district)
    .where("batch_id", "=", batch.id)
    .where("state", "=", "pending")
    .execute();
}

/** Change one item. */
export async function setItem(
  tx: Tx,
  batch: Pick<BatchRow, "district" | "id">,
  id: string,
  to: {
    readonly state?: ItemState;
    readonly reason?: string | null;
    readonly bankReference?: string | null;
    readonly sentIn?: number;
    readonly paidOn?: Day | null;
    readonly voucherId?: string;
    readonly payee?: { readonly name: string; readonly sealed: Buffer };
  },
): Promise<void> {
  await tx
    .updateTable("batch_item")
    .set({
      ...(to.state !== undefined && { state: to.state }),
      ...(to.reason !== undefined && { reason: to.reason }),
      ...(to.bankReference !== undefined && { bank_reference: to.bankReference }),
      ...(to.sentIn !== undefined && { sent_in: to.sentIn }),
      ...(to.paidOn !== undefined && { paid_on: to.paidOn }),
      ...(to.voucherId !== undefined && { voucher_id: to.voucherId }),
      ...(to.payee !== undefined && { payee_name: to.payee.name, payee_sealed: to.payee.sealed }),
    })
    .where("district", "=", batch.district)
    .where("batch_id", "=", batch.id)
    .where("id", "=", id)
    .execute();
}

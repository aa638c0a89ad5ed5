import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { derivedId } from "../kernel/ids.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import type { Account } from "./chart.ts";
import { subsidyGiven, subsidyTaken } from "./entries.ts";
import { addIn, getFund, incomeOf, type MoneyActor, placeOf, posting, reserve, spend } from "./fund-store.ts";
import { type Fund, type FundSource, fundSources } from "./funds.ts";
import { postVoucher } from "./store.ts";

/** Money that a union gives a union below it, on both their books. */

export interface SubsidyDraft {
  readonly id: string;
  readonly amountFen: bigint;
  readonly on: Day;
  readonly memo: string;
}

/**
 * A union gives a union below it money of a fund: owed and due are booked on both sides, and unless it is to stay
 * owed, paid and received in the same operation. The giver's fund commits, then spends it; the taker's fund has
 * it when it is in the bank. Refuses `subsidy-not-below`, `fund-short`, `fund-closed`, `month-closed` of either book.
 */
export async function subsidise(
  tx: Tx,
  from: Fund,
  to: Fund,
  draft: SubsidyDraft,
  by: MoneyActor,
  settleNow = true,
): Promise<Or<{ readonly id: string }>> {
  const known = await tx
    .selectFrom("subsidy")
    .select(["fund_id", "to_fund_id", "amount_fen", "owed_on", "memo"])
    .where("district", "=", from.district)
    .where("id", "=", draft.id)
    .executeTakeFirst();
  if (known) {
    const isSame =
      known.fund_id === from.id &&
      known.to_fund_id === to.id &&
      known.amount_fen === draft.amountFen &&
      known.owed_on === draft.on &&
      known.memo === draft.memo;
    return isSame ? { id: draft.id } : refuse("same-id-other-content");
  }
  if (!to.path.startsWith(`${from.path}.`)) return refuse("subsidy-not-below", {}, { at: "/from" });
  if (to.state !== "open") return refuse("fund-closed", { fund: to.name });
  if (draft.amountFen <= 0n) return refuse("amount-not-positive", {}, { at: "/amountFen" });
  const short = await reserve(tx, from, draft.amountFen);
  if (isRefusal(short)) return short;
  const booked = await postBoth(tx, from, to, draft, "owed", by);
  if (isRefusal(booked)) return booked;
  await tx
    .insertInto("subsidy")
    .values({
      district: from.district,
      id: draft.id,
      unit_id: from.unitId,
      path: from.path,
      fund_id: from.id,
      to_district: to.district,
      to_unit_id: to.unitId,
      to_fund_id: to.id,
      amount_fen: draft.amountFen,
      memo: draft.memo,
      state: "owed",
      owed_on: draft.on,
      by_person: by.person,
    })
    .execute();
  return settleNow ? settleSubsidy(tx, from.district, draft.id, draft.on, by) : { id: draft.id };
}

/** Whether a subsidy went out of this fund: another fund's is not settled through it. */
export async function givesSubsidy(
  tx: Tx,
  fund: { readonly district: string; readonly id: string },
  id: string,
): Promise<boolean> {
  const row = await tx
    .selectFrom("subsidy")
    .select("id")
    .where("district", "=", fund.district)
    .where("id", "=", id)
    .where("fund_id", "=", fund.id)
    .executeTakeFirst();
  return row !== undefined;
}

/** Pay a subsidy that is owed: both sides settle in one operation. A settled one stays as it is. */
export async function settleSubsidy(
  tx: Tx,
  district: string,
  id: string,
  on: Day,
  by: MoneyActor,
): Promise<Or<{ readonly id: string }>> {
  const row = await tx
    .updateTable("subsidy")
    .set({ state: "settled", settled_on: on })
    .where("district", "=", district)
    .where("id", "=", id)
    .where("state", "=", "owed")
    .returning(["fund_id", "to_district", "to_fund_id", "amount_fen", "memo"])
    .executeTakeFirst();
  if (!row) return { id };
  const from = await getFund(tx, district, row.fund_id);
  const to = await getFund(tx, row.to_district, row.to_fund_id);
  const draft = { id, amountFen: row.amount_fen, on, memo: row.memo };
  const booked = await postBoth(tx, from, to, draft, "settled", by);
  if (isRefusal(booked)) return booked;
  await spend(tx, from, row.amount_fen);
  await addIn(tx, to, row.amount_fen);
  return { id };
}

async function postBoth(
  tx: Tx,
  from: Fund,
  to: Fund,
  draft: SubsidyDraft,
  leg: "owed" | "settled",
  by: MoneyActor,
): Promise<Or<null>> {
  const income = incomeFromUnion(to.source);
  const given = subsidyGiven[leg](from.id, draft.amountFen);
  const taken =
    leg === "owed"
      ? subsidyTaken.owed(to.id, income, draft.amountFen)
      : subsidyTaken.settled(to.id, draft.amountFen);
  const sides = [
    { fund: from, side: "given", transfers: given },
    { fund: to, side: "taken", transfers: taken },
  ] as const;
  for (const { fund, side, transfers } of sides) {
    const kind = leg === "owed" ? "transfer" : side === "given" ? "payment" : "receipt";
    const id = derivedId<"voucher">("subsidy", draft.id, side, leg);
    const posted = await postVoucher(
      tx,
      placeOf(fund),
      { kind, on: draft.on, memo: draft.memo, transfers },
      { ...posting(by, id), source: { event: "subsidy", fundId: fund.id, subsidyId: draft.id } },
    );
    if (isRefusal(posted)) return posted;
  }
  return null;
}

/** Money that comes from a union above is its subsidy, whatever the source behind it. */
function incomeFromUnion(source: FundSource): Account {
  const { role } = fundSources[source].income;
  return role === "SUPERIOR_SUBSIDY"
    ? incomeOf(source)
    : { role: "SUPERIOR_SUBSIDY", detail: "other", fund: null };
}

import type { Tx } from "../db/index.ts";
import { parseCard } from "../kernel/bank-card.ts";
import { yearOf } from "../kernel/day.ts";
import { derivedId } from "../kernel/ids.ts";
import type { UnitPath } from "../kernel/path.ts";
import {
  isRefusal,
  type Or,
  placed,
  type Refusal,
  refuse,
  type Source,
  together,
} from "../kernel/refusal.ts";
import type { Keyring } from "../kernel/seal.ts";
import { householdNames } from "../people/household.ts";
import { resolvePolicy } from "../units/index.ts";
import { live } from "./batch.ts";
import type { BatchRow } from "./batch-store.ts";
import { giveBackCaps, type TakenCap, takeCaps } from "./cap-store.ts";
import { aidPaid } from "./entries.ts";
import { placeOf, unspend } from "./fund-store.ts";
import { aidKinds, checkPayment, type Fund, type FundRules, fundCaps } from "./funds.ts";
import {
  type Grant,
  type GrantPlace,
  lockGrants,
  moveGrant,
  type Payee,
  sealPayee,
  undoGrant,
  unsealPayee,
} from "./grant-store.ts";
import { type ItemRow, setItem } from "./item-store.ts";
import { type Loaded, type Paying, told } from "./paying.ts";
import { fundRules, readRules, sourceOf } from "./policies.ts";
import { postVoucher } from "./store.ts";

/** Review: every payment against its fund's rules and caps, every card against its holder; then amounts stand. */
export async function freeze(tx: Tx, paying: Paying, loaded: Loaded): Promise<Or<null>> {
  const { row, fund } = loaded;
  const { value, pin } = await resolvePolicy(tx, fundRules[fund.source], row.path as UnitPath, paying.today);
  const rules = readRules(value);
  const source = sourceOf(pin.source);
  const pending = loaded.items.filter((item) => item.state === "pending");
  const grants = new Map((await lockGrants(tx, pending.map(grantOf))).map((grant) => [grant.id, grant]));
  const wrong: Refusal[] = [];
  for (const item of pending) {
    const grant = grants.get(item.grantId) as Grant;
    const refused =
      checkCard(paying.ring, item) ?? (await checkAndTake(tx, paying, grant, { rules, source, fund }));
    if (refused) wrong.push(placed(refused, `/items/${item.position}`));
  }
  return together(wrong) ?? null;
}

async function checkAndTake(
  tx: Tx,
  paying: Paying,
  grant: Grant,
  by: { readonly rules: FundRules; readonly source: Source; readonly fund: Fund },
): Promise<Refusal | undefined> {
  const year = yearOf(paying.today);
  const checked = checkPayment({ ...grant, year }, by.fund, by.rules, by.source);
  if (isRefusal(checked)) return checked;
  const whom = { person: grant.beneficiaryId, household: grant.householdId, year: grant.year };
  const claims = fundCaps(by.fund, by.rules, whom, by.source);
  const taken = await takeCaps(tx, grant.district, claims, grant.amountFen);
  if (isRefusal(taken)) return taken;
  if (taken.length > 0)
    await moveGrant(tx, grant, ["batched"], { state: "batched", taken: [...grant.taken, ...taken] });
  return undefined;
}

function checkCard(ring: Keyring, item: ItemRow): Refusal | undefined {
  const payee = unsealPayee(ring, item.grantDistrict, item.grantId, item.payeeSealed);
  return checkPayee(payee, item);
}

/** Whether two names are the same, however a bank writes the dot within one. */
function isSameName(one: string, other: string): boolean {
  const name = (text: string) => text.replace(/[\s·•・.]/g, "");
  return name(one) === name(other);
}

/** Whether the holder is the beneficiary or belongs to the household the aid is for. */
async function isOfHousehold(tx: Tx, item: ItemRow, holder: string): Promise<boolean> {
  if (isSameName(holder, item.beneficiaryName)) return true;
  const [grant] = await lockGrants(tx, [grantOf(item)]);
  if (!grant?.householdId) return false;
  const names = await householdNames(tx, { district: grant.district, id: grant.householdId });
  return names.some((name) => isSameName(holder, name));
}

/** The holder must be the beneficiary, or consent in writing be on file; the card must be one. */
function checkPayee(payee: Payee, item: Pick<ItemRow, "position" | "beneficiaryName">): Refusal | undefined {
  if (isRefusal(parseCard(payee.card))) return refuse("payee-card", { position: item.position });
  if (!isSameName(payee.holder, item.beneficiaryName) && !payee.consent)
    return refuse("payee-not-beneficiary", { position: item.position });
  return undefined;
}

function isFundCap(cap: TakenCap): boolean {
  return cap.rule.startsWith("fund:");
}

/** Give the fund's own caps back, when its list is open again or a payment leaves it. */
async function giveBackFundCaps(tx: Tx, grant: Grant): Promise<readonly TakenCap[]> {
  await giveBackCaps(tx, grant.district, grant.taken.filter(isFundCap), grant.amountFen);
  return grant.taken.filter((cap) => !isFundCap(cap));
}

/** Where the grant of a payment is. */
function grantOf(item: Pick<ItemRow, "grantId" | "grantDistrict">): GrantPlace {
  return { district: item.grantDistrict, id: item.grantId };
}

/** The list is open again: what the review took of the fund's caps goes back. */
export async function unfreeze(tx: Tx, loaded: Loaded): Promise<null> {
  const pending = live(loaded.batch.items);
  const grants = loaded.items.filter((item) => pending.some((one) => one.id === item.id)).map(grantOf);
  for (const grant of await lockGrants(tx, grants)) {
    if (!grant.taken.some(isFundCap)) continue;
    await moveGrant(tx, grant, ["batched"], { state: "batched", taken: await giveBackFundCaps(tx, grant) });
  }
  return null;
}

/** A payment leaves its batch: its grant is ready for another. */
export async function letGo(
  tx: Tx,
  paying: Paying,
  row: BatchRow,
  item: ItemRow,
  by: string,
  reason?: string,
): Promise<void> {
  const [grant] = await lockGrants(tx, [grantOf(item)]);
  if (!grant) return;
  const taken = await giveBackFundCaps(tx, grant);
  await moveGrant(tx, grant, ["batched", "failed", "paid"], {
    state: "decided",
    batch: null,
    fund: null,
    paidOn: null,
    taken,
  });
  await told(tx, paying, row, grant, "decided", by, reason);
}

/**
 * A failed payment gets another card, sealed for item and grant alike. Who is not the beneficiary is a registered member of
 * the household, also where somebody shows a consent (real-name payments, aid.md §8): `payee-not-household`.
 */
export async function correct(
  tx: Tx,
  paying: Paying,
  loaded: Loaded,
  id: string,
  payee: Payee | undefined,
): Promise<Or<null>> {
  const item = loaded.items.find((one) => one.id === id) as ItemRow;
  if (!payee) return refuse("required", {}, { at: "/answers/card" });
  const wrong = checkPayee(payee, item);
  if (wrong) return placed(wrong, "/answers/card");
  if (!(await isOfHousehold(tx, item, payee.holder)))
    return refuse("payee-not-household", {}, { at: "/answers/holder" });
  const sealed = Buffer.from(sealPayee(paying.ring, item.grantDistrict, item.grantId, payee));
  await setItem(tx, loaded.row, item.id, { state: "corrected", payee: { name: payee.holder, sealed } });
  await moveGrant(tx, { id: item.grantId, district: item.grantDistrict }, ["failed"], {
    state: "failed",
    payeeSealed: sealed,
  });
  return null;
}

/**
 * Money of a paid item has come back: a counter-entry, the fund has it again. `recovered` ends the grant and frees
 * its caps; `refunded` (sent back by the bank) leaves it ready to be paid again.
 */
export async function payBack(
  tx: Tx,
  paying: Paying,
  loaded: Loaded,
  item: ItemRow,
  to: "recovered" | "refunded",
  reason: string,
  by: string,
): Promise<Or<null>> {
  const { row, fund } = loaded;
  const transfers = aidPaid(fund.id, aidKinds[row.purpose].account, [item]).map((one) => ({
    ...one,
    debit: one.credit,
    credit: one.debit,
  }));
  const what = to === "recovered" ? "追回" : "退汇";
  const posted = await postVoucher(
    tx,
    placeOf(fund),
    {
      kind: "receipt",
      on: paying.today,
      memo: `${what}：${row.title}（${row.number}）第${item.position}笔`,
      transfers,
    },
    {
      id: derivedId<"voucher">(to, row.id, item.id, String(item.sentIn ?? 0)),
      madeBy: by,
      at: paying.now,
      today: paying.today,
      source: { event: to === "recovered" ? "recovery" : "refund", batchId: row.id, fundId: fund.id },
    },
  );
  if (isRefusal(posted)) return posted;
  await unspend(tx, fund, item.amountFen);
  await setItem(tx, row, item.id, { state: to, reason });
  if (to === "refunded") await letGo(tx, paying, row, item, by, reason);
  else {
    const [grant] = await lockGrants(tx, [grantOf(item)]);
    if (!grant) return null;
    await undoGrant(tx, grant);
    await moveGrant(tx, grant, ["paid"], { state: "recovered" });
    await told(tx, paying, row, grant, "recovered", by, reason);
  }
  return null;
}

import iconv from "iconv-lite";
import type { Tx } from "../db/index.ts";
import { type Day, earliest } from "../kernel/day.ts";
import { type Hash, hash } from "../kernel/hash.ts";
import { derivedId, newId } from "../kernel/ids.ts";
import { plainYuan } from "../kernel/money.ts";
import type { UnitPath } from "../kernel/path.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { lookupKey } from "../kernel/seal.ts";
import { type Actor, resolvePolicy, type Scope } from "../units/index.ts";
import { type BankLayout, itemReference, writeBankFile } from "./bank-file.ts";
import { batchActions, mayAct, offered, restingState, sum } from "./batch.ts";
import { appendAction } from "./batch-history.ts";
import { findBatch, holdBatch, settleRow } from "./batch-store.ts";
import { aidPaid } from "./entries.ts";
import { placeOf, spend } from "./fund-store.ts";
import { aidKinds } from "./funds.ts";
import { moveGrant, unsealPayee } from "./grant-store.ts";
import { type ItemRow, itemsOf, setItem } from "./item-store.ts";
import {
  actorAt,
  contentOf,
  type Loaded,
  loadBatch,
  nextDue,
  type Paying,
  signature,
  told,
} from "./paying.ts";
import { bankLayout, resultLayout } from "./policies.ts";
import { decodeResult, type Matched, matchResult, readResult } from "./result-file.ts";
import { knownResult, rememberResult } from "./result-store.ts";
import { payBack } from "./review.ts";
import { postVoucher } from "./store.ts";
import { tellFailed, tellPaid, tellResult, tellTurn } from "./tell.ts";

/** What goes to the bank and what comes back. */

export interface BankFile {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  readonly mediaType: string;
  /** Whose full card numbers it holds, for the record of who looked. */
  readonly people: readonly { readonly person: string; readonly district: string; readonly caseId: string }[];
}

/**
 * The file of the batch's last sending, with full card numbers, in the layout of the union's bank. Every download is a
 * line of the batch's history. Refuses `not-found`, `not-yours`, and `not-offered` before the batch is sent.
 */
export async function bankFile(
  tx: Tx,
  paying: Paying,
  scope: Scope,
  batchId: string,
  actor: Actor,
): Promise<Or<BankFile>> {
  const row = await holdBatch(tx, scope, batchId);
  if (isRefusal(row)) return row;
  if (row.bankFileNo === 0)
    return refuse("not-offered", { offered: offered(row.state).map((name) => batchActions[name].title) });
  const { value: layout } = await resolvePolicy(tx, bankLayout, row.path as UnitPath, paying.today);
  const items = (await itemsOf(tx, row)).filter(
    (item) => item.sentIn === row.bankFileNo && item.state !== "removed",
  );
  const lines = items.map((item) => {
    const { holder, card, bankName, branch } = payeeOf(paying, item);
    return {
      position: item.position,
      reference: itemReference(row.number, item.position, row.bankFileNo),
      holder,
      card,
      bankName,
      branch,
      amountFen: item.amountFen,
      memo: aidKinds[row.purpose].title.zh,
    };
  });
  const bytes = encode(writeBankFile(layout, { number: row.number, on: paying.today }, lines), layout);
  await appendAction(
    tx,
    row,
    {
      ...signature(paying, actor, row.path, "batch.bank"),
      id: newId<"action">(),
      name: "bankFile",
      fromState: row.state,
      toState: row.state,
      answers: { file: row.bankFileNo, items: items.length },
    },
    hash(bytes),
  );
  return {
    bytes,
    fileName: `${row.number}-${row.bankFileNo}.csv`,
    mediaType: `text/csv; charset=${layout.encoding === "gb18030" ? "gb18030" : "utf-8"}`,
    people: items.map((item) => ({
      person: item.beneficiaryId,
      district: item.beneficiaryDistrict,
      caseId: item.caseId,
    })),
  };
}

function payeeOf(paying: Paying, item: ItemRow) {
  return unsealPayee(paying.ring, item.grantDistrict, item.grantId, item.payeeSealed);
}

function encode(text: string, layout: Pick<BankLayout, "encoding">): Uint8Array {
  if (layout.encoding === "gb18030") return iconv.encode(text, "gb18030");
  return Buffer.from(layout.encoding === "utf-8-bom" ? `\ufeff${text}` : text);
}

/** What loading a result came to. */
export interface ResultLoaded {
  /** Whether this very file was loaded before; nothing has changed then. */
  readonly repeated: boolean;
  readonly paid: number;
  readonly failed: number;
  readonly refunded: number;
  /** Lines that say what was known. */
  readonly already: number;
}

/**
 * Load a bank's result: all of it or nothing. Paid items are booked, their fund spent, their grants paid and their
 * workers told at once; failed ones wait to be corrected; what the bank sent back is counter-booked. The same file
 * again changes nothing. Refuses what `mayAct`, `decodeResult`, `readResult` and `matchResult` refuse.
 */
export async function loadResult(
  tx: Tx,
  paying: Paying,
  scope: Scope,
  batchId: string,
  bytes: Uint8Array,
  actor: Actor,
): Promise<Or<ResultLoaded>> {
  const row = await holdBatch(tx, scope, batchId);
  if (isRefusal(row)) return row;
  const content = lookupKey(paying.ring, "bank-result", hash(bytes)) as Hash;
  if (await knownResult(tx, row, content))
    return { repeated: true, paid: 0, failed: 0, refunded: 0, already: 0 };
  const loaded = await loadBatch(tx, row, paying.today);
  const barred = mayAct(loaded.batch, "result", actorAt(actor, row.path, paying.today));
  if (barred) return barred;
  const { value: layout } = await resolvePolicy(tx, resultLayout, row.path as UnitPath, paying.today);
  const text = decodeResult(bytes);
  if (isRefusal(text)) return text;
  const lines = readResult(text, layout);
  if (isRefusal(lines)) return lines;
  const matched = matchResult(lines, { number: row.number, items: loaded.items });
  if (isRefusal(matched)) return matched;
  const count = (to: string) => matched.changes.filter((one) => one.to === to).length;
  const counts = { paid: count("paid"), failed: count("failed"), refunded: count("refunded") };
  await rememberResult(tx, row, {
    content,
    lines: lines.length,
    ...counts,
    by: actor.person,
    at: paying.now,
  });
  const refused = await applyResult(tx, paying, loaded, matched, content, actor);
  if (isRefusal(refused)) return refused;
  const state = await rest(tx, paying, loaded, content, { ...counts, already: matched.already }, actor);
  return isRefusal(state) ? state : { repeated: false, ...counts, already: matched.already };
}

async function applyResult(
  tx: Tx,
  paying: Paying,
  loaded: Loaded,
  { changes }: Matched,
  content: Hash,
  actor: Actor,
): Promise<Or<null>> {
  const { row, items } = loaded;
  const byId = new Map(items.map((item) => [item.id, item]));
  const voucherId = derivedId<"voucher">("payment", row.id, content);
  const paid: ItemRow[] = [];
  for (const change of changes) {
    const item = byId.get(change.item) as ItemRow;
    const grant = { id: item.grantId, district: item.grantDistrict, caseId: item.caseId };
    const { reason, bankReference } = change;
    if (change.to === "refunded") {
      const refused = await payBack(tx, paying, loaded, item, "refunded", reason, actor.person);
      if (isRefusal(refused)) return refused;
      await tellFailed(tx, paying, item, reason);
    } else if (change.to === "failed") {
      await setItem(tx, row, item.id, { state: "failed", reason, bankReference });
      await moveGrant(tx, grant, ["batched"], { state: "failed" });
      await told(tx, paying, row, grant, "failed", actor.person, reason);
      await tellFailed(tx, paying, item, reason);
    } else {
      const paidOn: Day = change.paidOn === null ? paying.today : earliest(change.paidOn, paying.today);
      paid.push(item);
      await setItem(tx, row, item.id, { state: "paid", reason: null, bankReference, paidOn, voucherId });
      await moveGrant(tx, grant, ["batched"], { state: "paid", paidOn });
      await told(tx, paying, row, grant, "paid", actor.person);
      await tellPaid(tx, paying, item, paidOn, payeeOf(paying, item).card);
    }
  }
  return paid.length === 0 ? null : book(tx, paying, loaded, paid, voucherId, actor);
}

/** One voucher for what a result paid: each payment its own transfer out of the fund's bank account. */
async function book(
  tx: Tx,
  paying: Paying,
  { row, fund, batch }: Loaded,
  paid: readonly ItemRow[],
  voucherId: string,
  actor: Actor,
): Promise<Or<null>> {
  await spend(tx, fund, sum(paid));
  const posted = await postVoucher(
    tx,
    placeOf(fund),
    {
      kind: "payment",
      on: paying.today,
      memo: `${row.title}（${row.number}）发放${paid.length}笔`,
      transfers: aidPaid(fund.id, aidKinds[row.purpose].account, paid),
    },
    {
      id: voucherId,
      madeBy: actor.person,
      reviewedBy: batch.signed.approve?.at(-1) ?? null,
      at: paying.now,
      today: paying.today,
      source: { event: "payment", batchId: row.id, fundId: fund.id },
    },
  );
  return isRefusal(posted) ? posted : null;
}

async function rest(
  tx: Tx,
  paying: Paying,
  loaded: Loaded,
  content: Hash,
  counts: {
    readonly paid: number;
    readonly failed: number;
    readonly refunded: number;
    readonly already: number;
  },
  actor: Actor,
): Promise<Or<null>> {
  const { row } = loaded;
  const items = await itemsOf(tx, row);
  const resting = restingState(items);
  const state = row.state === "closed" && resting === "settled" ? "closed" : resting;
  const dueOn = await nextDue(tx, paying, row, state);
  await settleRow(tx, row, items, { state, dueOn, bankFileNo: row.bankFileNo, decision: row.decision });
  await appendAction(
    tx,
    row,
    {
      ...signature(paying, actor, row.path, "batch.bank"),
      id: derivedId<"action">("result", row.id, content),
      name: "result",
      fromState: row.state,
      toState: state,
      answers: { file: row.bankFileNo, ...counts },
    },
    contentOf(paying.ring, row.id, "result", content),
  );
  await tellResult(tx, paying, loaded, counts);
  if (state !== row.state) await tellTurn(tx, paying, { ...row, state, dueOn }, [actor.person]);
  return null;
}

/**
 * On the fictitious federation there is no bank: its answer to the last file, as a result file to load. Every payment
 * succeeds but those named. Refuses `not-found`, and `not-offered` before the batch is sent.
 */
export async function trialResult(
  tx: Tx,
  paying: Paying,
  scope: Scope,
  batchId: string,
  failing: readonly number[],
): Promise<Or<{ readonly bytes: Uint8Array; readonly fileName: string }>> {
  const row = await findBatch(tx, scope, batchId);
  if (isRefusal(row)) return row;
  if (row.bankFileNo === 0)
    return refuse("not-offered", { offered: offered(row.state).map((name) => batchActions[name].title) });
  const { value: layout } = await resolvePolicy(tx, resultLayout, row.path as UnitPath, paying.today);
  const { columns, outcomes } = layout;
  const heads = [columns.reference, columns.amount, columns.outcome, columns.reason, columns.paidOn];
  const lines = (await itemsOf(tx, row))
    .filter((item) => item.sentIn === row.bankFileNo && item.state !== "removed")
    .map((item) => {
      const isFailing = failing.includes(item.position);
      const amount = layout.amount === "yuan" ? plainYuan(item.amountFen) : String(item.amountFen);
      const reference = itemReference(row.number, item.position, row.bankFileNo);
      const said = (isFailing ? outcomes.failed : outcomes.paid)[0];
      return [reference, amount, said, isFailing ? "户名与账号不符" : "", paying.today].join(",");
    });
  const text = [heads.map((names) => names[0]).join(","), ...lines].map((line) => `${line}\r\n`).join("");
  return { bytes: iconv.encode(text, "gb18030"), fileName: `${row.number}-${row.bankFileNo}-回盘.csv` };
}

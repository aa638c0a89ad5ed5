import { formatYuan } from "../kernel/money.ts";
import { isRefusal, type Or, type Refusal, refuse, type Source } from "../kernel/refusal.ts";
import type { Text } from "../kernel/words.ts";

/**
 * Payment batches (实名制发放, aid.md §8, §18) as pure rules: what an action would do to a batch, or why it may not.
 * Four people stand between a list and the money: who makes it, who reviews it, who reserves the fund, who signs.
 */

export const batchStates = {
  draft: { zh: "拟稿", en: "Draft" },
  reviewed: { zh: "已复核", en: "Reviewed" },
  funded: { zh: "资金已安排", en: "Funded" },
  approved: { zh: "已批准", en: "Approved" },
  submitted_to_bank: { zh: "已送银行", en: "At the bank" },
  partly_failed: { zh: "部分失败", en: "Partly failed" },
  settled: { zh: "已结清", en: "Settled" },
  closed: { zh: "已办结", en: "Closed" },
  cancelled: { zh: "已撤销", en: "Cancelled" },
} as const satisfies Record<string, Text>;

export type BatchState = keyof typeof batchStates;

export const itemStates = {
  pending: { zh: "待发放", en: "Pending" },
  paid: { zh: "已发放", en: "Paid" },
  failed: { zh: "发放失败", en: "Failed" },
  corrected: { zh: "已更正", en: "Corrected" },
  refunded: { zh: "银行退回", en: "Sent back" },
  recovered: { zh: "已追回", en: "Recovered" },
  removed: { zh: "已移出", en: "Removed" },
} as const satisfies Record<string, Text>;

export type ItemState = keyof typeof itemStates;

/** The powers a batch's actions ask for, at the batch's own union. */
export type BatchPower = "batch.make" | "batch.review" | "batch.fund" | "batch.approve" | "batch.bank";

interface ActionRule {
  readonly title: Text;
  readonly power: BatchPower | Readonly<Partial<Record<BatchState, BatchPower>>>;
  /** States in which it is offered. */
  readonly from: readonly BatchState[];
  readonly kind: "primary" | "normal" | "danger";
  /** Acts that must have been another person's. */
  readonly apartFrom: readonly SignedAct[];
}

/** Acts of the current round that separation of duties asks about. */
export type SignedAct = "make" | "review" | "fund" | "approve" | "submit" | "result" | "correct";

export const signedActs: Readonly<Record<SignedAct, Text>> = {
  make: { zh: "编制", en: "made the list" },
  review: { zh: "复核", en: "reviewed it" },
  fund: { zh: "安排资金", en: "reserved the money" },
  approve: { zh: "批准", en: "signed it" },
  submit: { zh: "送银行", en: "sent it to the bank" },
  result: { zh: "载入回盘", en: "loaded the bank’s result" },
  correct: { zh: "更正账户", en: "corrected a card" },
};

/** Every action on a batch: who, from which states, and whose hands it must not share. */
export const batchActions = {
  review: {
    title: { zh: "复核通过", en: "Review" },
    power: "batch.review",
    from: ["draft"],
    kind: "primary",
    apartFrom: ["make"],
  },
  fund: {
    title: { zh: "安排资金", en: "Reserve money" },
    power: "batch.fund",
    from: ["reviewed"],
    kind: "primary",
    apartFrom: ["make", "review"],
  },
  approve: {
    title: { zh: "批准发放", en: "Approve" },
    power: "batch.approve",
    from: ["funded"],
    kind: "primary",
    apartFrom: ["make", "review", "fund"],
  },
  submit: {
    title: { zh: "送银行", en: "Send to the bank" },
    power: "batch.bank",
    from: ["approved"],
    kind: "primary",
    apartFrom: ["make", "approve"],
  },
  result: {
    title: { zh: "载入银行回盘", en: "Load the bank’s result" },
    power: "batch.bank",
    from: ["submitted_to_bank", "partly_failed", "settled", "closed"],
    kind: "primary",
    apartFrom: ["approve"],
  },
  correctItem: {
    title: { zh: "更正收款账户", en: "Correct a card" },
    power: "batch.make",
    from: ["partly_failed"],
    kind: "normal",
    // Who says that a payment failed does not say where it goes instead.
    apartFrom: ["result"],
  },
  resend: {
    title: { zh: "重发已更正的", en: "Send corrected ones again" },
    power: "batch.bank",
    from: ["partly_failed"],
    kind: "primary",
    apartFrom: ["approve", "correct"],
  },
  removeItem: {
    title: { zh: "移出一笔", en: "Remove a payment" },
    power: { draft: "batch.make", partly_failed: "batch.fund" },
    from: ["draft", "partly_failed"],
    kind: "normal",
    apartFrom: [],
  },
  reverseItem: {
    title: { zh: "追回一笔", en: "Record money recovered" },
    power: "batch.fund",
    from: ["partly_failed", "settled", "closed"],
    kind: "danger",
    apartFrom: [],
  },
  close: {
    title: { zh: "办结", en: "Close" },
    power: "batch.fund",
    from: ["settled"],
    kind: "primary",
    apartFrom: [],
  },
  return: {
    title: { zh: "退回修改", en: "Return" },
    power: { reviewed: "batch.fund", funded: "batch.approve", approved: "batch.bank" },
    from: ["reviewed", "funded", "approved"],
    kind: "danger",
    apartFrom: [],
  },
  cancel: {
    title: { zh: "撤销批次", en: "Cancel" },
    power: "batch.make",
    from: ["draft"],
    kind: "danger",
    apartFrom: [],
  },
} as const satisfies Record<string, ActionRule>;

export type BatchActionName = keyof typeof batchActions;

/** What an action is asked, parsed at the door. */
export interface BatchAnswers {
  readonly item?: string | undefined;
  readonly reason?: string | undefined;
  /** Minutes of the collective decision. */
  readonly minutesNumber?: string | undefined;
  readonly minutesOn?: string | undefined;
}

export interface BatchItem {
  readonly id: string;
  readonly position: number;
  readonly state: ItemState;
  readonly amountFen: bigint;
  /** Whose aid it is; they have no part in paying it. */
  readonly beneficiary: string;
  readonly hasVoucher: boolean;
}

/** A batch as its rules see it. */
export interface Batch {
  readonly state: BatchState;
  readonly items: readonly BatchItem[];
  /** Who did what since the list was last returned; people, not posts. */
  readonly signed: Readonly<Partial<Record<SignedAct, readonly string[]>>>;
  /** What is free in its fund, in fen. */
  readonly fundBalanceFen: bigint;
}

export interface BatchActor {
  readonly person: string;
  readonly powers: ReadonlySet<BatchPower>;
}

/** Figures in force at the batch's union. */
export interface BatchRules {
  /** Above this total one leader may not sign alone. */
  readonly collectiveAboveFen: bigint;
  readonly collectiveSource: Source;
}

/** What an action would do. Nothing happens here. */
export interface BatchMove {
  readonly to: BatchState;
  /** What the fund's reserve grows or shrinks by. */
  readonly reserveFen: bigint;
  readonly items: readonly { readonly id: string; readonly to: ItemState }[];
}

/** Items that still count: not removed, recovered or sent back. */
export function live(items: readonly BatchItem[]): readonly BatchItem[] {
  return items.filter((item) => !["removed", "recovered", "refunded"].includes(item.state));
}

/** What is still to be paid of a batch, in fen: the part of its fund that stays reserved once it is funded. */
export function unpaidFen(items: readonly BatchItem[]): bigint {
  return sum(items.filter((item) => ["pending", "failed", "corrected"].includes(item.state)));
}

/** The sum of items, in fen. */
export function sum(items: readonly Pick<BatchItem, "amountFen">[]): bigint {
  return items.reduce((total, item) => total + item.amountFen, 0n);
}

/** The power an action asks for in a state. */
export function powerFor(name: BatchActionName, state: BatchState): BatchPower {
  const { power }: ActionRule = batchActions[name];
  if (typeof power === "string") return power;
  const [any] = Object.values(power);
  return power[state] ?? (any as BatchPower);
}

/** Actions whose state it is. */
export function offered(state: BatchState): readonly BatchActionName[] {
  return (Object.keys(batchActions) as BatchActionName[]).filter((name) =>
    (batchActions[name] as ActionRule).from.includes(state),
  );
}

/** What moves a batch on from where it is. */
const next: Readonly<Record<BatchState, readonly BatchActionName[]>> = {
  draft: ["review"],
  reviewed: ["fund"],
  funded: ["approve"],
  approved: ["submit"],
  submitted_to_bank: ["result"],
  partly_failed: ["correctItem", "resend"],
  settled: ["close"],
  closed: [],
  cancelled: [],
};

/** States in which a batch waits for somebody. */
export const waitingStates = (Object.keys(next) as BatchState[]).filter((state) => next[state].length > 0);

/** The actions that move a batch on now: what failed is corrected before the corrected is sent again. */
export function nextActions(batch: Pick<Batch, "state" | "items">): readonly BatchActionName[] {
  if (batch.state !== "partly_failed") return next[batch.state];
  const has = (state: ItemState) => batch.items.some((item) => item.state === state);
  return next.partly_failed.filter((name) => has(name === "resend" ? "corrected" : "failed"));
}

/** The same where a batch's items are not at hand. */
export function nextIn(state: BatchState): readonly BatchActionName[] {
  return next[state];
}

/** Whose turn a batch is in a state: the power that the first of its next actions asks for. */
export function turnOf(state: BatchState): BatchPower | null {
  const [first] = next[state];
  return first === undefined ? null : powerFor(first, state);
}

/**
 * What an action would do to a batch, or the first thing against it: `not-offered`, `not-yours`, `own-payment`,
 * `separation-of-duties`, then what the action itself needs (`batch-empty`, `reason-missing`, `item-unknown`,
 * `item-state`, `fund-short`, `minutes-needed`, `nothing-corrected`, `vouchers-missing`).
 */
export function decideBatch(
  batch: Batch,
  name: BatchActionName,
  answers: BatchAnswers,
  actor: BatchActor,
  rules: BatchRules,
): Or<BatchMove> {
  const barred = mayAct(batch, name, actor);
  if (barred) return barred;
  return moves[name](batch, answers, rules);
}

/** Why an actor may not do an action at all, whatever they answer; `undefined` when they may. */
export function mayAct(batch: Batch, name: BatchActionName, actor: BatchActor): Refusal | undefined {
  const rule: ActionRule = batchActions[name];
  if (!rule.from.includes(batch.state))
    return refuse("not-offered", { offered: offered(batch.state).map((one) => batchActions[one].title) });
  if (!actor.powers.has(powerFor(name, batch.state))) return refuse("not-yours");
  if (live(batch.items).some((item) => item.beneficiary === actor.person)) return refuse("own-payment");
  const did = rule.apartFrom.find((act) => batch.signed[act]?.includes(actor.person));
  if (did)
    return refuse("separation-of-duties", { did: signedActs[did], now: rule.title }, { source: duties });
  if (name === "resend" && batch.items.every((item) => item.state !== "corrected"))
    return refuse("nothing-corrected");
  return undefined;
}

const duties: Source = {
  document: { zh: "帮扶资金实名制发放流程", en: "Procedure of real-name aid payments" },
};

type Move = (batch: Batch, answers: BatchAnswers, rules: BatchRules) => Or<BatchMove>;

const moves: Readonly<Record<BatchActionName, Move>> = {
  review: (batch) => (live(batch.items).length === 0 ? refuse("batch-empty") : to("reviewed")),
  fund: (batch) => {
    const total = sum(live(batch.items));
    if (total > batch.fundBalanceFen)
      return refuse("fund-short", { needed: formatYuan(total), left: formatYuan(batch.fundBalanceFen) });
    return to("funded", total);
  },
  approve: (batch, answers, rules) => {
    const total = sum(live(batch.items));
    if (total > rules.collectiveAboveFen && (blank(answers.minutesNumber) || blank(answers.minutesOn)))
      return refuse(
        "minutes-needed",
        { total: formatYuan(total), above: formatYuan(rules.collectiveAboveFen) },
        { at: "/answers/minutesNumber", source: rules.collectiveSource },
      );
    return to("approved");
  },
  submit: () => to("submitted_to_bank"),
  result: (batch) => to(batch.state),
  correctItem: (batch, answers) => {
    const item = itemIn(batch, answers.item, ["failed", "corrected"]);
    return isRefusal(item) ? item : to("partly_failed", 0n, [{ id: item.id, to: "corrected" }]);
  },
  resend: (batch) => {
    const corrected = batch.items.filter((item) => item.state === "corrected");
    return to(
      "submitted_to_bank",
      0n,
      corrected.map(({ id }) => ({ id, to: "pending" })),
    );
  },
  removeItem: (batch, answers) => {
    const isDraft = batch.state === "draft";
    const item = itemIn(batch, answers.item, isDraft ? ["pending"] : ["failed", "corrected"]);
    if (isRefusal(item)) return item;
    if (blank(answers.reason)) return reasonMissing;
    const change = [{ id: item.id, to: "removed" as const }];
    if (isDraft) return to("draft", 0n, change);
    const rest = batch.items.map((one) => (one.id === item.id ? { ...one, state: "removed" as const } : one));
    return to(restingState(rest), -item.amountFen, change);
  },
  reverseItem: (batch, answers) => {
    const item = itemIn(batch, answers.item, ["paid"]);
    if (isRefusal(item)) return item;
    if (blank(answers.reason)) return reasonMissing;
    return to(batch.state, 0n, [{ id: item.id, to: "recovered" }]);
  },
  close: (batch) =>
    batch.items.some((item) => item.state === "paid" && !item.hasVoucher)
      ? refuse("vouchers-missing")
      : to("closed"),
  return: (batch, answers) => {
    if (blank(answers.reason)) return reasonMissing;
    return to("draft", batch.state === "reviewed" ? 0n : -unpaidFen(batch.items));
  },
  cancel: (batch, answers) => {
    if (blank(answers.reason)) return reasonMissing;
    const pending = batch.items.filter((item) => item.state === "pending");
    return to(
      "cancelled",
      0n,
      pending.map(({ id }) => ({ id, to: "removed" })),
    );
  },
};

/** Where a batch that has been to the bank rests: until every item is answered, with what failed, or settled. */
export function restingState(
  items: readonly Pick<BatchItem, "state">[],
): "submitted_to_bank" | "partly_failed" | "settled" {
  if (items.some((item) => item.state === "pending")) return "submitted_to_bank";
  return items.some((item) => item.state === "failed" || item.state === "corrected")
    ? "partly_failed"
    : "settled";
}

function to(state: BatchState, reserveFen = 0n, items: BatchMove["items"] = []): BatchMove {
  return { to: state, reserveFen, items };
}

function itemIn(batch: Batch, id: string | undefined, states: readonly ItemState[]): Or<BatchItem> {
  const item = batch.items.find((one) => one.id === id);
  if (!item) return refuse("item-unknown", {}, { at: "/answers/item" });
  if (!states.includes(item.state))
    return refuse(
      "item-state",
      { position: item.position, state: itemStates[item.state] },
      { at: "/answers/item" },
    );
  return item;
}

const reasonMissing = refuse("reason-missing", {}, { at: "/answers/reason" });

function blank(text: string | undefined): boolean {
  return text === undefined || text.trim() === "";
}

/** One line of a batch's history, as separation of duties reads it. */
export interface DoneAct {
  readonly name: string;
  readonly person: string | null;
}

/** The act an action signs for. */
export const actOf: Readonly<Record<string, SignedAct>> = {
  make: "make",
  review: "review",
  fund: "fund",
  approve: "approve",
  submit: "submit",
  result: "result",
  correctItem: "correct",
};

/**
 * Who signed what, folded from a batch's history. A return undoes the signatures above the list; who loaded a
 * result or corrected a card counts until the corrected ones are sent.
 */
export function signedBy(history: readonly DoneAct[]): Batch["signed"] {
  const signed: Partial<Record<SignedAct, string[]>> = {};
  for (const { name, person } of history) {
    if (name === "return") for (const act of ["review", "fund", "approve"] as const) delete signed[act];
    if (name === "resend") for (const act of ["result", "correct"] as const) delete signed[act];
    const act = actOf[name];
    if (act && person !== null) signed[act] = [...(signed[act] ?? []), person];
  }
  return signed;
}

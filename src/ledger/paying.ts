import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { canonical, type Hash } from "../kernel/hash.ts";
import type { UnitPath } from "../kernel/path.ts";
import { isRefusal } from "../kernel/refusal.ts";
import { type Keyring, lookupKey } from "../kernel/seal.ts";
import { type Calendar, dueDay } from "../kernel/working-days.ts";
import { type Actor, may, resolvePolicy } from "../units/index.ts";
import {
  type Batch,
  type BatchActor,
  type BatchItem,
  type BatchPower,
  type BatchRules,
  type BatchState,
  signedBy,
} from "./batch.ts";
import { type ActionRow, historyOf } from "./batch-history.ts";
import type { BatchRow } from "./batch-store.ts";
import { getFund } from "./fund-store.ts";
import { balanceOf, type Fund } from "./funds.ts";
import type { GrantHook, GrantState } from "./grant-store.ts";
import { type ItemRow, itemsOf } from "./item-store.ts";
import { batchClocks, collectiveAbove, sourceOf } from "./policies.ts";

/** What paying needs beside the database: keys, the calendar, the moment, and who is told when a grant moves. */
export interface Paying {
  readonly ring: Keyring;
  readonly calendar: Calendar;
  readonly now: Date;
  readonly today: Day;
  readonly onGrantState?: GrantHook | undefined;
}

/** A batch with all its rules ask about. */
export interface Loaded {
  readonly row: BatchRow;
  readonly items: readonly ItemRow[];
  readonly history: readonly ActionRow[];
  readonly fund: Fund;
  readonly batch: Batch;
  readonly rules: BatchRules;
}

/** A batch's row with its items, history, fund and the figures in force at its union. */
export async function loadBatch(tx: Tx, row: BatchRow, today: Day): Promise<Loaded> {
  const items = await itemsOf(tx, row);
  const history = await historyOf(tx, row);
  const fund = await getFund(tx, row.district, row.fundId);
  const { value, pin } = await resolvePolicy(tx, collectiveAbove, row.path as UnitPath, today);
  const batch: Batch = {
    state: row.state,
    items: items.map(asItem),
    signed: signedBy(history.map(({ name, byPerson }) => ({ name, person: byPerson }))),
    fundBalanceFen: balanceOf(fund),
  };
  return {
    row,
    items,
    history,
    fund,
    batch,
    rules: { collectiveAboveFen: value, collectiveSource: sourceOf(pin.source) },
  };
}

function asItem(item: ItemRow): BatchItem {
  return {
    id: item.id,
    position: item.position,
    state: item.state,
    amountFen: item.amountFen,
    beneficiary: item.beneficiaryId,
    hasVoucher: item.voucherId !== null,
  };
}

/** Every power over batches. */
export const batchPowers: readonly BatchPower[] = [
  "batch.make",
  "batch.review",
  "batch.fund",
  "batch.approve",
  "batch.bank",
];

/** An officer as a batch's rules see them: the powers they hold at its union today. */
export function actorAt(actor: Actor, place: string, today: Day): BatchActor {
  const powers = batchPowers.filter((power) => may(actor, power, place as UnitPath, today));
  return { person: actor.person, powers: new Set(powers) };
}

/** Tell the case behind a grant, in this transaction. */
export async function told(
  tx: Tx,
  paying: Paying,
  row: Pick<BatchRow, "id" | "number">,
  grant: { readonly id: string; readonly district: string; readonly caseId: string },
  state: GrantState,
  by: string,
  reason?: string,
): Promise<void> {
  await paying.onGrantState?.(tx, {
    district: grant.district,
    grantId: grant.id,
    caseId: grant.caseId,
    state,
    onDay: paying.today,
    batchId: row.id,
    batchNumber: row.number,
    ...(reason !== undefined && { reason }),
    byPerson: by,
  });
}

/**
 * The last day of the clock a batch's state runs under; null where none runs, and while the holidays of its year are
 * not published: a day is never guessed, and money does not wait for the calendar.
 */
export async function clockOf(tx: Tx, state: BatchState, place: string, paying: Paying): Promise<Day | null> {
  const policy = batchClocks[state as keyof typeof batchClocks];
  if (!policy) return null;
  const { value } = await resolvePolicy(tx, policy, place as UnitPath, paying.today);
  const due = dueDay(paying.today, value, paying.calendar);
  return isRefusal(due) ? null : due;
}

/** A clock starts anew with each state, and runs on while the state stays. */
export async function nextDue(tx: Tx, paying: Paying, row: BatchRow, to: BatchState): Promise<Day | null> {
  return to === row.state ? row.dueOn : clockOf(tx, to, row.path, paying);
}

/** Who signs a line of the history: the person, and the post whose power they used. */
export function signature(paying: Paying, actor: Actor, place: string, power: BatchPower) {
  const post = actor.posts.find((held) =>
    may({ ...actor, posts: [held] }, power, place as UnitPath, paying.today),
  );
  return {
    byPerson: actor.person as string,
    byName: actor.name,
    byRole: post?.role ?? null,
    at: paying.now,
    onDay: paying.today,
  };
}

/** What a client sent, as a keyed hash: it may hold a card number, which a plain hash would give away. */
export function contentOf(ring: Keyring, batchId: string, name: string, answers: unknown): Hash {
  return lookupKey(ring, "batch-action", canonical({ batchId, name, answers })) as Hash;
}

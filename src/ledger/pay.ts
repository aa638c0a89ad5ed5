import type { Tx } from "../db/index.ts";
import { attachPapers } from "../documents/papers/index.ts";
import { yearOf } from "../kernel/day.ts";
import type { Hash } from "../kernel/hash.ts";
import { derivedId, type Id } from "../kernel/ids.ts";
import { maskCard } from "../kernel/mask.ts";
import type { UnitPath } from "../kernel/path.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import type { Keyring } from "../kernel/seal.ts";
import { type Actor, covers, type Scope, systemScope } from "../units/index.ts";
import {
  type BatchActionName,
  type BatchAnswers,
  type BatchMove,
  decideBatch,
  itemStates,
  powerFor,
  sum,
} from "./batch.ts";
import { appendAction, knownAction } from "./batch-history.ts";
import { batchOfGrant, holdBatch, insertBatch, nextBatchNumber, settleRow } from "./batch-store.ts";
import { release, reserve } from "./fund-store.ts";
import { type AidKind, aidKinds, type Fund } from "./funds.ts";
import { type Grant, lockGrants, moveGrant, type Payee, placesOfGrants, unsealPayee } from "./grant-store.ts";
import { type ItemRow, insertItems, itemsOf, sendPending, setItem } from "./item-store.ts";
import { isNamed } from "./named.ts";
import {
  actorAt,
  clockOf,
  contentOf,
  type Loaded,
  loadBatch,
  nextDue,
  type Paying,
  signature,
  told,
} from "./paying.ts";
import { correct, freeze, letGo, payBack, unfreeze } from "./review.ts";
import { tellReturned, tellTurn } from "./tell.ts";

export interface BatchDraft {
  readonly id: string;
  readonly fundId: string;
  readonly purpose: AidKind;
  readonly title: string;
  readonly grantIds: readonly string[];
}

/**
 * Make a batch of decided grants for one fund. `scope` is where the actor may make batches; fund and grants must lie in
 * it. The same id again is harmless. Refuses `not-found`, `batch-empty`, `grant-not-ready`, `grant-other-purpose`.
 */
export async function makeBatch(
  tx: Tx,
  paying: Paying,
  scope: Scope,
  fund: Fund,
  draft: BatchDraft,
  actor: Actor,
): Promise<Or<{ readonly id: string }>> {
  const content = contentOf(paying.ring, draft.id, "make", draft);
  const named = await isNamed(tx, "batch", draft.id);
  const known = await knownAction(tx, fund.district, draft.id);
  if (known?.content === content) return { id: draft.id };
  if (known || named) return refuse("same-id-other-content");
  if (!covers(scope, fund.path as UnitPath)) return refuse("not-found", {}, { at: "/fundId" });
  const ids = [...new Set(draft.grantIds)];
  if (ids.length === 0) return refuse("batch-empty", {}, { at: "/grantIds" });
  const found = await lockGrants(tx, await placesOfGrants(tx, ids));
  const byId = new Map(found.map((grant) => [grant.id, grant]));
  const grants: Grant[] = [];
  for (const [index, id] of ids.entries()) {
    const grant = byId.get(id);
    const at = { at: `/grantIds/${index}` };
    if (!grant || !covers(scope, grant.path as UnitPath)) return refuse("not-found", {}, at);
    if (grant.state !== "decided") return refuse("grant-not-ready", {}, at);
    if (grant.kind !== draft.purpose)
      return refuse("grant-other-purpose", { kind: aidKinds[grant.kind].title }, at);
    if (grant.beneficiaryId === actor.person) return refuse("own-payment", {}, at);
    grants.push(grant);
  }
  const number = await nextBatchNumber(tx, fund.district, yearOf(paying.today));
  const dueOn = await clockOf(tx, "draft", fund.path, paying);
  const row = {
    district: fund.district,
    id: draft.id,
    number,
    unitId: fund.unitId,
    path: fund.path,
    fundId: fund.id,
    purpose: draft.purpose,
    title: draft.title,
    dueOn,
    madeBy: actor.person,
    madeOn: paying.today,
  };
  await insertBatch(tx, row);
  const items = grants.map((grant, index) => newItem(paying.ring, draft.id, grant, index + 1));
  await insertItems(tx, row, items);
  for (const [index, grant] of grants.entries()) {
    const batch = { id: row.id, number, itemId: (items[index] as (typeof items)[number]).id };
    const to = {
      state: "batched",
      batch,
      fund: { id: fund.id, district: fund.district, name: fund.name, source: fund.source },
    } as const;
    await moveGrant(tx, grant, ["decided"], to);
    await told(tx, paying, row, grant, "batched", actor.person);
  }
  await settleRow(
    tx,
    row,
    items.map((item) => ({ ...item, state: "pending" as const })),
    { state: "draft", dueOn, bankFileNo: 0, decision: null },
  );
  await appendAction(
    tx,
    { ...row, seq: 0, headHash: null },
    {
      ...signature(paying, actor, fund.path, "batch.make"),
      id: draft.id,
      name: "make",
      fromState: null,
      toState: "draft",
      answers: { items: items.length },
    },
    content,
  );
  await tellTurn(tx, paying, { ...row, state: "draft", items: items.length, totalFen: sum(grants) }, [
    actor.person,
  ]);
  return { id: draft.id };
}

function newItem(ring: Keyring, batchId: string, grant: Grant, position: number) {
  const payee = unsealPayee(ring, grant.district, grant.id, grant.payeeSealed);
  return {
    id: derivedId<"item">("item", batchId, grant.id),
    position,
    grantId: grant.id,
    grantDistrict: grant.district,
    caseId: grant.caseId,
    caseNumber: grant.caseNumber,
    payeeName: payee.holder,
    beneficiaryId: grant.beneficiaryId,
    beneficiaryDistrict: grant.beneficiaryDistrict,
    beneficiaryName: grant.beneficiaryName,
    householdId: grant.householdId,
    payeeSealed: grant.payeeSealed,
    amountFen: grant.amountFen,
  };
}

/** What an action is asked for, parsed at the door. Card details leave it only sealed. */
export interface ActAnswers extends BatchAnswers {
  readonly payee?: Payee | undefined;
  /** Papers that show the corrected card. */
  readonly proof?: readonly string[] | undefined;
  /** The holder’s and the beneficiary’s written consent, where they are two. */
  readonly consent?: readonly string[] | undefined;
}

export interface BatchAct {
  /** Named by the client: the same again is harmless. */
  readonly id: string;
  readonly name: Exclude<BatchActionName, "result">;
  readonly answers: ActAnswers;
}

/** Do an action to a batch: decided purely, then money, grants, items, history and clock in this transaction. */
export async function actOnBatch(
  tx: Tx,
  paying: Paying,
  scope: Scope,
  batchId: string,
  act: BatchAct,
  actor: Actor,
): Promise<Or<{ readonly id: string; readonly repeated: boolean }>> {
  const row = await holdBatch(tx, scope, batchId);
  if (isRefusal(row)) return row;
  const content = contentOf(paying.ring, batchId, act.name, act.answers);
  const known = await knownAction(tx, row.district, act.id);
  if (known)
    return known.content === content && known.batchId === row.id
      ? { id: row.id, repeated: true }
      : refuse("same-id-other-content");
  const loaded = await loadBatch(tx, row, paying.today);
  const move = decideBatch(
    loaded.batch,
    act.name,
    act.answers,
    actorAt(actor, row.path, paying.today),
    loaded.rules,
  );
  if (isRefusal(move)) return move;
  if (move.reserveFen > 0n) {
    const reserved = await reserve(tx, loaded.fund, move.reserveFen);
    if (isRefusal(reserved)) return reserved;
  } else if (move.reserveFen < 0n) await release(tx, loaded.fund, -move.reserveFen);
  const refused = await effects[act.name](tx, paying, loaded, act.answers, actor, move);
  if (isRefusal(refused)) return refused;
  return finish(tx, paying, loaded, move, act, actor, content);
}

async function finish(
  tx: Tx,
  paying: Paying,
  loaded: Loaded,
  move: BatchMove,
  act: BatchAct,
  actor: Actor,
  content: Hash,
): Promise<Or<{ readonly id: string; readonly repeated: boolean }>> {
  const { row } = loaded;
  const dueOn = await nextDue(tx, paying, row, move.to);
  const { answers } = act;
  const isApproval = act.name === "approve" && answers.minutesNumber !== undefined;
  await settleRow(tx, row, await itemsOf(tx, row), {
    state: move.to,
    dueOn,
    bankFileNo: act.name === "submit" || act.name === "resend" ? row.bankFileNo + 1 : row.bankFileNo,
    decision: isApproval ? `${answers.minutesNumber} (${answers.minutesOn ?? ""})` : row.decision,
  });
  const { payee, ...plain } = answers;
  await appendAction(
    tx,
    row,
    {
      ...signature(paying, actor, row.path, powerFor(act.name, row.state)),
      id: act.id,
      name: act.name,
      fromState: row.state,
      toState: move.to,
      answers: { ...plain, ...(payee && { holder: payee.holder, card: maskCard(payee.card) }) },
    },
    content,
  );
  if (move.to !== row.state)
    await tellTurn(tx, paying, { ...row, state: move.to, dueOn }, [
      ...Object.values(loaded.batch.signed).flat(),
      actor.person,
    ]);
  if (act.name === "return") await tellReturned(tx, paying, loaded, answers.reason ?? "");
  return { id: row.id, repeated: false };
}

type Effect = (
  tx: Tx,
  paying: Paying,
  loaded: Loaded,
  answers: ActAnswers,
  actor: Actor,
  move: BatchMove,
) => Promise<Or<null>>;

const nothing: Effect = async () => null;

const effects: Readonly<Record<BatchAct["name"], Effect>> = {
  review: (tx, paying, loaded) => freeze(tx, paying, loaded),
  fund: nothing,
  approve: nothing,
  submit: async (tx, _paying, { row }) => {
    await sendPending(tx, row, row.bankFileNo + 1);
    return null;
  },
  resend: async (tx, paying, { row, items }, _answers, actor) => {
    for (const item of items) {
      if (item.state !== "corrected") continue;
      await setItem(tx, row, item.id, { state: "pending", sentIn: row.bankFileNo + 1 });
      const grant = grantOf(item);
      if (await moveGrant(tx, grant, ["failed"], { state: "batched" }))
        await told(tx, paying, row, grant, "batched", actor.person);
    }
    return null;
  },
  correctItem: async (tx, paying, loaded, answers, actor) => {
    const wrong = await correct(tx, paying, loaded, answers.item ?? "", answers.payee);
    return isRefusal(wrong) ? wrong : keepPapers(tx, paying, loaded, answers, actor);
  },
  removeItem: async (tx, paying, loaded, answers, actor, move) => {
    const item = itemOf(loaded, move);
    await setItem(tx, loaded.row, item.id, { state: "removed", reason: answers.reason ?? null });
    await letGo(tx, paying, loaded.row, item, actor.person, answers.reason);
    return null;
  },
  reverseItem: (tx, paying, loaded, answers, actor, move) =>
    payBack(tx, paying, loaded, itemOf(loaded, move), "recovered", answers.reason ?? "", actor.person),
  close: nothing,
  return: (tx, _paying, loaded) => unfreeze(tx, loaded),
  cancel: async (tx, paying, loaded, answers, actor) => {
    for (const item of loaded.items) {
      if (item.state !== "pending") continue;
      await setItem(tx, loaded.row, item.id, { state: "removed", reason: answers.reason ?? null });
      await letGo(tx, paying, loaded.row, item, actor.person, answers.reason);
    }
    return null;
  },
};

/** The kind of paper each question of a correction takes. */
export const correctionPapers = { proof: "bank", consent: "payee-consent" } as const;

/**
 * The papers of a correction lie on the case whose payment it is, among the officers’ own. A paper of another kind shows
 * neither a card nor a consent: `paper-kind`.
 */
async function keepPapers(
  tx: Tx,
  paying: Paying,
  loaded: Loaded,
  answers: ActAnswers,
  actor: Actor,
): Promise<Or<null>> {
  const item = loaded.items.find((one) => one.id === answers.item) as ItemRow;
  const [grant] = await lockGrants(tx, [{ district: item.grantDistrict, id: item.grantId }]);
  for (const key of ["proof", "consent"] as const) {
    const ids = answers[key] ?? [];
    if (!grant || ids.length === 0) continue;
    const hung = await attachPapers(tx, paying.ring, ids as readonly Id<"paper">[], {
      district: grant.district,
      caseId: grant.caseId as Id<"case">,
      path: grant.path,
      owner: grant.beneficiaryId as Id<"person">,
      byPerson: actor.person,
      sensitivity: "officers",
      at: `/answers/${key}`,
    });
    if (isRefusal(hung)) return hung;
    const other = hung.findIndex((one) => one.kind !== correctionPapers[key]);
    if (other !== -1) return refuse("paper-kind", {}, { at: `/answers/${key}/${other}` });
  }
  return null;
}

function itemOf(loaded: Loaded, move: BatchMove): ItemRow {
  return loaded.items.find((item) => item.id === move.items[0]?.id) as ItemRow;
}

function grantOf(item: ItemRow): { readonly id: string; readonly district: string; readonly caseId: string } {
  return { id: item.grantId, district: item.grantDistrict, caseId: item.caseId };
}

/**
 * A worker whose payment failed names another card of their own; only they may, and only while it waits. The officers
 * see it as corrected and send it again. Refuses `not-found`, `item-state`, `payee-card`, `payee-not-beneficiary`.
 */
export async function correctOwnPayment(
  tx: Tx,
  paying: Paying,
  grant: { readonly id: string },
  act: { readonly id: string; readonly payee: Payee },
  worker: { readonly person: string; readonly name: string },
): Promise<Or<{ readonly id: string }>> {
  const batchId = await batchOfGrant(tx, grant.id, worker.person);
  if (batchId === undefined) return refuse("not-found");
  const row = await holdBatch(tx, systemScope(), batchId);
  if (isRefusal(row)) return row;
  const content = contentOf(paying.ring, row.id, "correctItem", act.payee);
  const known = await knownAction(tx, row.district, act.id);
  if (known) return known.content === content ? { id: grant.id } : refuse("same-id-other-content");
  const loaded = await loadBatch(tx, row, paying.today);
  const item = loaded.items.find((one) => one.grantId === grant.id);
  if (!item || !["failed", "corrected"].includes(item.state))
    return refuse("item-state", {
      position: item?.position ?? 0,
      state: itemStates[item?.state ?? "removed"],
    });
  const wrong = await correct(tx, paying, loaded, item.id, act.payee);
  if (isRefusal(wrong)) return wrong;
  const { holder, card } = act.payee;
  await settleRow(tx, row, await itemsOf(tx, row), row);
  await appendAction(
    tx,
    row,
    {
      byPerson: worker.person,
      byName: worker.name,
      byRole: null,
      at: paying.now,
      onDay: paying.today,
      id: act.id,
      name: "correctItem",
      fromState: row.state,
      toState: row.state,
      answers: { item: item.id, holder, card: maskCard(card) },
    },
    content,
  );
  return { id: grant.id };
}

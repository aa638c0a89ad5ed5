import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import fc from "fast-check";
import { withDatabase } from "../db/testing.ts";
import { newId } from "../kernel/ids.ts";
import { isRefusal } from "../kernel/refusal.ts";
import type { Actor } from "../units/index.ts";
import { loadResult } from "./bank.ts";
import { itemReference } from "./bank-file.ts";
import { findBatch } from "./batch-store.ts";
import { getFund } from "./fund-store.ts";
import { balanceOf } from "./funds.ts";
import { itemsOf } from "./item-store.ts";
import { actOnBatch, type BatchAct, makeBatch } from "./pay.ts";
import { balancesOf } from "./store.ts";
import { card, county, decided, found, fundWith, ok, payingOn, people, scopeFor } from "./testing.ts";
import { verifyLedger } from "./verify.ts";
import { batchesWaiting } from "./waiting.ts";

const t = withDatabase({ today: "2026-03-02", max: 12 });
beforeEach(() => found(t));

const actors: readonly Actor[] = Object.values(people);
const names = [
  "review",
  "fund",
  "approve",
  "submit",
  "correctItem",
  "resend",
  "removeItem",
  "reverseItem",
  "close",
  "return",
] as const;

const outcome = fc.oneof(
  { weight: 6, arbitrary: fc.constant("成功") },
  { weight: 4, arbitrary: fc.constant("失败") },
  { weight: 1, arbitrary: fc.constantFrom("退汇", "") },
);
const step = fc.record({
  who: fc.nat(actors.length - 1),
  what: fc.oneof(fc.constantFrom<BatchAct["name"] | "result">(...names), fc.constant("result" as const)),
  batch: fc.nat(1),
  item: fc.nat(2),
  outcomes: fc.array(outcome, { minLength: 3, maxLength: 3 }),
});

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Half of all steps are the next right one by the right officer, or random walks would seldom leave the draft. */
const rightSteps: Readonly<Record<string, readonly [Actor, BatchAct["name"] | "result"]>> = {
  draft: [people.vice, "review"],
  reviewed: [people.finance, "fund"],
  funded: [people.chair, "approve"],
  approved: [people.cashier, "submit"],
  submitted_to_bank: [people.cashier, "result"],
  partly_failed: [people.aid, "correctItem"],
  settled: [people.finance, "close"],
};

async function founded() {
  return t.db.system(async (tx) => {
    const fund = await fundWith(tx, t, "7.00");
    const ids: string[] = [];
    for (const amounts of [
      ["1.00", "2.00", "0.37"],
      ["1.50", "4.00", "0.01"],
    ]) {
      const grants = [];
      for (const amount of amounts) grants.push((await decided(tx, amount)).id);
      const draft = {
        id: newId(),
        fundId: fund.id,
        purpose: "living" as const,
        title: "随机",
        grantIds: grants,
      };
      ok(await makeBatch(tx, payingOn(t), scopeFor(people.aid, t.clock.today()), fund, draft, people.aid));
      ids.push(draft.id);
    }
    return { fund, ids };
  });
}

async function take(id: string, actor: Actor, what: BatchAct["name"] | "result", one: Step) {
  const scope = scopeFor(actor, t.clock.today());
  const look = await t.db.systemRead(async (tx) => {
    const row = ok(await findBatch(tx, scope, id));
    return { row, items: await itemsOf(tx, row) };
  });
  const item = look.items[one.item];
  assert.ok(item);
  if (what === "result") {
    const lines = look.items
      .filter((_, index) => one.outcomes[index] !== "")
      .map((sent, index) => {
        const reference = itemReference(look.row.number, sent.position, sent.sentIn ?? 1);
        return `${reference},${Number(sent.amountFen) / 100},${one.outcomes[index] || "成功"},原因`;
      });
    const bytes = Buffer.from(`业务参考号,金额,结果,原因\n${lines.join("\n")}`);
    return t.db.system((tx) => loadResult(tx, payingOn(t), scope, id, bytes, actor));
  }
  const answers = {
    item: item.id,
    reason: "原因",
    minutesNumber: "1",
    minutesOn: "2026-03-02",
    payee: { holder: item.beneficiaryName, card: card(5), bankName: "", branch: "" },
  };
  const act = {
    id: newId(),
    name: what,
    answers: what === "correctItem" ? answers : { ...answers, payee: undefined },
  };
  return t.db.system((tx) => actOnBatch(tx, payingOn(t), scope, id, act, actor));
}

test("any walk by any officers over two batches of one fund keeps every invariant", async () => {
  const reached = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.boolean(), step), { minLength: 15, maxLength: 40 }),
      async (steps) => {
        const { fund, ids } = await founded();
        for (const [isRight, one] of steps) {
          const id = ids[one.batch] as string;
          const row = ok(
            await t.db.systemRead((tx) => findBatch(tx, scopeFor(people.chair, t.clock.today()), id)),
          );
          reached.add(row.state);
          const [actor, what] = (isRight && rightSteps[row.state]) || [actors[one.who] as Actor, one.what];
          await take(id, actor, what, one);
          const now = await t.db.systemRead((tx) => getFund(tx, fund.district, fund.id));
          assert.ok(balanceOf(now) >= 0n && now.committedFen >= 0n && now.spentFen >= 0n);
        }
        assert.deepEqual(await t.db.systemRead(verifyLedger), []);
        const now = await t.db.systemRead((tx) => getFund(tx, fund.district, fund.id));
        const place = { district: county.district, unitId: county.id, path: county.path };
        const bank = (await t.db.systemRead((tx) => balancesOf(tx, place, fund.id))).find(
          (one) => one.account.role === "BANK",
        );
        assert.equal((bank?.debitFen ?? 0n) - (bank?.creditFen ?? 0n), now.inFen - now.spentFen);
      },
    ),
    { numRuns: 15, seed: 20_260_302 },
  );
  for (const state of ["funded", "submitted_to_bank", "partly_failed", "settled"])
    assert.ok(reached.has(state), state);
});

test("two officers at one batch at one moment: one of them acts, the other is told", async () => {
  for (let round = 0; round < 4; round++) {
    const { ids } = await founded();
    const one = { who: 0, what: "review", batch: 0, item: 0, outcomes: [] } as const;
    const done = await Promise.all([
      take(ids[0] as string, people.vice, "review", one as never),
      take(ids[0] as string, people.chair, "review", one as never),
      take(ids[0] as string, people.finance, "review", one as never),
    ]);
    assert.equal(done.filter((result) => !isRefusal(result)).length, 1);
  }
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);
});

test("a batch stands in the inbox of those who may do its next step, and of nobody who signed before", async () => {
  const { ids } = await founded();
  const id = ids[0] as string;
  const waiting = async (actor: Actor) =>
    (await t.db.systemRead((tx) => batchesWaiting(tx, actor, t.clock.today()))).some((one) => one.id === id);
  const desks = async () => {
    const found: string[] = [];
    for (const [name, actor] of Object.entries(people)) if (await waiting(actor)) found.push(name);
    return found;
  };
  const one = { who: 0, what: "review", batch: 0, item: 0, outcomes: ["成功", "失败", ""] } as never;
  assert.deepEqual(await desks(), ["vice", "finance", "chair"]);
  ok(await take(id, people.vice, "review", one));
  assert.deepEqual(await desks(), ["finance"]);
  ok(await take(id, people.finance, "fund", one));
  assert.deepEqual(await desks(), ["chair"]);
  ok(await take(id, people.chair, "approve", one));
  assert.deepEqual(await desks(), ["finance", "cashier"]);
  ok(await take(id, people.cashier, "submit", one));
  assert.deepEqual(await desks(), ["finance", "cashier"]);
});

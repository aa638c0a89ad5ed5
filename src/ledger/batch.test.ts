import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isRefusal, sentence } from "../kernel/refusal.ts";
import {
  type Batch,
  type BatchActionName,
  type BatchActor,
  type BatchItem,
  type BatchPower,
  type BatchState,
  batchActions,
  batchStates,
  decideBatch,
  live,
  mayAct,
  offered,
  powerFor,
  restingState,
  signedBy,
  sum,
  unpaidFen,
} from "./batch.ts";

const powers: readonly BatchPower[] = [
  "batch.make",
  "batch.review",
  "batch.fund",
  "batch.approve",
  "batch.bank",
];
const all = new Set(powers);
const rules = { collectiveAboveFen: 500_000n, collectiveSource: { document: "《收支管理办法》" } };

function item(id: string, more: Partial<BatchItem> = {}): BatchItem {
  return {
    id,
    position: Number(id),
    state: "pending",
    amountFen: 100n,
    beneficiary: "worker",
    hasVoucher: false,
    ...more,
  };
}

function batch(state: BatchState, more: Partial<Batch> = {}): Batch {
  return { state, items: [item("1")], signed: { make: ["maker"] }, fundBalanceFen: 1_000_000n, ...more };
}

function verdict(
  theBatch: Batch,
  name: BatchActionName,
  actor: Partial<BatchActor> = {},
  answers = {},
): string {
  const move = decideBatch(theBatch, name, answers, { person: "other", powers: all, ...actor }, rules);
  if (!isRefusal(move)) return move.to;
  for (const lang of ["zh", "en"] as const)
    assert.ok(!sentence(move, lang).includes("{"), sentence(move, lang));
  return move.code;
}

test("a batch walks from draft to closed, and back to draft from any review with a reason", () => {
  const why = { reason: "名单有误" };
  const rows: readonly [BatchState, BatchActionName, object, string][] = [
    ["draft", "review", {}, "reviewed"],
    ["reviewed", "fund", {}, "funded"],
    ["funded", "approve", {}, "approved"],
    ["approved", "submit", {}, "submitted_to_bank"],
    ["settled", "close", {}, "closed"],
    ["reviewed", "return", why, "draft"],
    ["funded", "return", why, "draft"],
    ["approved", "return", why, "draft"],
    ["approved", "return", {}, "reason-missing"],
    ["draft", "cancel", why, "cancelled"],
    ["draft", "fund", {}, "not-offered"],
    ["draft", "return", why, "not-offered"],
    ["funded", "review", {}, "not-offered"],
    ["submitted_to_bank", "return", why, "not-offered"],
    ["closed", "close", {}, "not-offered"],
    ["cancelled", "review", {}, "not-offered"],
  ];
  for (const [state, name, answers, expected] of rows)
    assert.equal(verdict(batch(state), name, {}, answers), expected, `${state} ${name}`);
});

test("every action in every state either moves or refuses with a sentence", () => {
  for (const state of Object.keys(batchStates) as BatchState[])
    for (const name of Object.keys(batchActions) as BatchActionName[]) {
      const found = verdict(batch(state), name);
      if (!offered(state).includes(name)) assert.equal(found, "not-offered");
      else assert.notEqual(found, "not-offered");
    }
});

test("an action without its power is refused before anything else is looked at", () => {
  for (const state of Object.keys(batchStates) as BatchState[])
    for (const name of offered(state)) {
      const without = new Set(powers.filter((power) => power !== powerFor(name, state)));
      assert.equal(verdict(batch(state), name, { powers: without }), "not-yours", `${state} ${name}`);
    }
});

test("maker, reviewer, finance and approver are four people, and the bank is not the approver's", () => {
  const signed = {
    make: ["maker"],
    review: ["reviewer"],
    fund: ["finance"],
    approve: ["approver"],
    result: ["cashier"],
  };
  const rows: readonly [BatchState, BatchActionName, string, boolean][] = [
    ["draft", "review", "maker", false],
    ["draft", "review", "reviewer", true],
    ["reviewed", "fund", "maker", false],
    ["reviewed", "fund", "reviewer", false],
    ["reviewed", "fund", "finance", true],
    ["funded", "approve", "maker", false],
    ["funded", "approve", "reviewer", false],
    ["funded", "approve", "finance", false],
    ["funded", "approve", "approver", true],
    ["approved", "submit", "maker", false],
    ["approved", "submit", "approver", false],
    ["approved", "submit", "finance", true],
    ["submitted_to_bank", "result", "approver", false],
    ["submitted_to_bank", "result", "finance", true],
    ["partly_failed", "correctItem", "cashier", false],
    ["partly_failed", "correctItem", "maker", true],
  ];
  for (const [state, name, person, allowed] of rows) {
    const refusal = mayAct(batch(state, { signed }), name, { person, powers: all });
    assert.equal(
      refusal?.code ?? "ok",
      allowed ? "ok" : "separation-of-duties",
      `${state} ${name} ${person}`,
    );
  }
});

test("nobody has a part in paying themselves", () => {
  const mine = batch("draft", { items: [item("1", { beneficiary: "other" })] });
  assert.equal(verdict(mine, "review"), "own-payment");
  const removed = batch("draft", {
    items: [item("1", { beneficiary: "other", state: "removed" }), item("2")],
  });
  assert.equal(verdict(removed, "review"), "reviewed");
});

test("a return undoes the signatures above the list; a card's corrector may not send it again", () => {
  const history = [
    { name: "make", person: "a" },
    { name: "review", person: "b" },
    { name: "fund", person: "c" },
    { name: "return", person: "d" },
    { name: "review", person: "c" },
    { name: "submit", person: "e" },
    { name: "result", person: "e" },
    { name: "correctItem", person: "f" },
  ];
  const signed = signedBy(history);
  assert.deepEqual(signed, { make: ["a"], review: ["c"], submit: ["e"], result: ["e"], correct: ["f"] });
  const failed = batch("partly_failed", { items: [item("1", { state: "corrected" })], signed });
  assert.equal(verdict(failed, "resend", { person: "f" }), "separation-of-duties");
  assert.equal(verdict(failed, "resend", { person: "e" }), "submitted_to_bank");
  const again = signedBy([...history, { name: "resend", person: "e" }]);
  assert.deepEqual([again.result, again.correct], [undefined, undefined], "another round of the bank’s");
});

test("above the threshold a leader alone is not enough: minutes are needed", () => {
  const of = (amountFen: bigint) => batch("funded", { items: [item("1", { amountFen })] });
  assert.equal(verdict(of(500_000n), "approve"), "approved");
  assert.equal(verdict(of(500_001n), "approve"), "minutes-needed");
  assert.equal(verdict(of(500_001n), "approve", {}, { minutesNumber: "2026-3" }), "minutes-needed");
  const minutes = { minutesNumber: "2026-3", minutesOn: "2026-03-02" };
  assert.equal(verdict(of(500_001n), "approve", {}, minutes), "approved");
});

test("what a batch needs of its items is refused by name", () => {
  const paid = item("1", { state: "paid", hasVoucher: true });
  const failed = item("2", { state: "failed" });
  const partly = batch("partly_failed", { items: [paid, failed] });
  const why = { reason: "放弃" };
  const rows: readonly [Batch, BatchActionName, object, string][] = [
    [batch("draft", { items: [] }), "review", {}, "batch-empty"],
    [batch("draft", { items: [item("1", { state: "removed" })] }), "review", {}, "batch-empty"],
    [batch("reviewed", { fundBalanceFen: 99n }), "fund", {}, "fund-short"],
    [batch("reviewed", { fundBalanceFen: 100n }), "fund", {}, "funded"],
    [partly, "correctItem", { item: "9" }, "item-unknown"],
    [partly, "correctItem", { item: "1" }, "item-state"],
    [partly, "correctItem", { item: "2" }, "partly_failed"],
    [partly, "resend", {}, "nothing-corrected"],
    [partly, "removeItem", { item: "2" }, "reason-missing"],
    [partly, "removeItem", { item: "2", ...why }, "settled"],
    [partly, "removeItem", { item: "1", ...why }, "item-state"],
    [partly, "reverseItem", { item: "2", ...why }, "item-state"],
    [partly, "reverseItem", { item: "1", ...why }, "partly_failed"],
    [batch("settled", { items: [{ ...paid, hasVoucher: false }] }), "close", {}, "vouchers-missing"],
    [batch("settled", { items: [paid] }), "close", {}, "closed"],
  ];
  for (const [theBatch, name, answers, expected] of rows)
    assert.equal(verdict(theBatch, name, {}, answers), expected, name);
});

test("random walks keep the reserve equal to what is still to be paid", () => {
  const step = fc.record({
    name: fc.constantFrom(...(Object.keys(batchActions) as BatchActionName[])),
    item: fc.constantFrom("1", "2", "3"),
    outcomes: fc.array(fc.constantFrom("paid", "failed"), { minLength: 3, maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let now = batch("draft", {
        items: [item("1"), item("2", { amountFen: 7n }), item("3", { amountFen: 31n })],
      });
      let reserved = 0n;
      for (const { name, item: id, outcomes } of steps) {
        const answers = { item: id, reason: "r", minutesNumber: "1", minutesOn: "2026-03-02" };
        const move = decideBatch(now, name, answers, { person: "anybody", powers: all }, rules);
        if (isRefusal(move)) continue;
        const total = (items: readonly BatchItem[]) => sum(items);
        assert.equal(total(now.items), 138n);
        reserved += move.reserveFen;
        const changed = new Map(move.items.map((one) => [one.id, one.to]));
        let items = now.items.map((one) => ({ ...one, state: changed.get(one.id) ?? one.state }));
        let state = move.to;
        if (name === "result") {
          items = items.map((one, index) =>
            one.state === "pending"
              ? { ...one, state: outcomes[index] as "paid" | "failed", hasVoucher: true }
              : one,
          );
          for (const [index, one] of items.entries())
            if (one.state === "paid" && now.items[index]?.state === "pending") reserved -= one.amountFen;
          state = restingState(items);
        }
        now = { ...now, state, items };
        const held = [
          "funded",
          "approved",
          "submitted_to_bank",
          "partly_failed",
          "settled",
          "closed",
        ].includes(now.state);
        assert.equal(reserved, held ? unpaidFen(now.items) : 0n, `${name} ${now.state}`);
        assert.ok(live(now.items).length <= 3);
      }
    }),
  );
});

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { withDatabase } from "../db/testing.ts";
import { day } from "../kernel/day.ts";
import type { Actor } from "../units/index.ts";
import { grantsWaiting } from "./grants-waiting.ts";
import { city, decided, elsewhere, found, fundWith, grassroots, officer, people } from "./testing.ts";

/** Decided aid that waits for a batch stands in the inbox of whoever may make one from a fund of theirs. */

const t = withDatabase({ today: "2026-03-02" });
beforeEach(() => found(t));

const lines = async (actor: Actor) =>
  (await t.db.systemRead((tx) => grantsWaiting(tx, actor, t.clock.today()))).map((one) => [
    one.unitName,
    one.purpose,
    one.grants,
    one.totalFen,
    one.since,
  ]);

test("aid is one line for each kind, at the union whose fund may pay it, for those who make batches", async () => {
  const mine = await t.db.system(async (tx) => {
    await decided(tx, "100", { on: day("2026-02-27") });
    await decided(tx, "250.50");
    await decided(tx, "80", { kind: "warmth", on: day("2026-03-01") });
    return decided(tx, "70", { beneficiaryId: people.aid.person });
  });
  assert.deepEqual(await lines(people.finance), [], "no fund to pay it from");
  await t.db.system((tx) => fundWith(tx, t, "10000", { purposes: ["living"] }));
  assert.equal(mine.kind, "living");
  assert.deepEqual(await lines(people.finance), [["云溪县总工会", "living", 3, 42_050, "2026-02-27"]]);
  assert.deepEqual(
    await lines(people.aid),
    [["云溪县总工会", "living", 2, 35_050, "2026-02-27"]],
    "nobody pays themselves",
  );
  await t.db.system((tx) => fundWith(tx, t, "10"));
  assert.deepEqual(
    (await lines(people.finance)).map(([, kind, grants]) => [kind, grants]),
    [
      ["living", 3],
      ["warmth", 1],
    ],
    "a fund of no set purpose pays every kind",
  );
  await t.db.system((tx) => fundWith(tx, t, "10", { at: city }));
  for (const unit of [city, grassroots, elsewhere])
    assert.deepEqual(await lines(officer("别处财务", unit, "finance")), [], unit.name);
  for (const actor of [people.chair, people.vice, people.cashier]) assert.deepEqual(await lines(actor), []);
});

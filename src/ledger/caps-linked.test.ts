import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { withDatabase } from "../db/testing.ts";
import { newId } from "../kernel/ids.ts";
import { isRefusal } from "../kernel/refusal.ts";
import { capUsed, giveBackCaps, linkCaps, takeCap } from "./cap-store.ts";
import type { CapClaim } from "./funds.ts";
import { cancelGrant, decideGrant } from "./grant-store.ts";
import { county, found, grantDraft, ok, ring } from "./testing.ts";
import { verifyLedger } from "./verify.ts";

/** A beneficiary who moved between districts has one cap, whichever district gives, takes back, or gives again. */

const t = withDatabase({ today: "2026-03-02", max: 20 });
beforeEach(() => found(t));

const here = county.district;
const there = "990102";
const third = "990103";
const claim = (beneficiary: string, capFen = 1000n): CapClaim => ({
  rule: "living/household",
  beneficiary,
  year: 2026,
  capFen,
  title: { zh: "上限", en: "cap" },
});
const used = (district: string, beneficiary: string) =>
  t.db.systemRead((tx) => capUsed(tx, district, claim(beneficiary)));
const take = (district: string, beneficiary: string, fen: bigint, capFen?: bigint) =>
  t.db.system((tx) => takeCap(tx, district, claim(beneficiary, capFen), fen));
const move = (from: string, a: string, to: string, b: string) =>
  t.db.system((tx) =>
    linkCaps(tx, { district: from, beneficiary: a }, { district: to, beneficiary: b }).then(() => true),
  );

test("the same person, kind, period and cause is decided once in the country, and again when it came to nothing", async () => {
  const draft = grantDraft("300", { caps: [] });
  const decide = (district: string, id = newId<"grant">()) =>
    t.db.system((tx) => decideGrant(tx, ring, { ...draft, id, district, caseId: newId() }));
  const first = ok(await decide(here));
  const twice = await decide(there);
  assert.ok(isRefusal(twice) && twice.code === "grant-twice");
  const both = await Promise.all([decide(there), decide(third)]);
  assert.ok(both.every(isRefusal));
  ok(await t.db.system((tx) => cancelGrant(tx, { district: here, id: first.id })));
  const again = await Promise.all([decide(there), decide(third)]);
  assert.equal(again.filter((one) => !isRefusal(one)).length, 1, "two at once: one");
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);
});

test("there and back and there again, each amount counts once; given back in one district, it is free in all", async () => {
  const [a, b, c] = [newId(), newId(), newId()];
  ok(await take(here, a, 300n));
  await move(here, a, there, b);
  assert.equal(await used(there, b), 300n);
  ok(await take(there, b, 200n));
  await move(there, b, here, a);
  await move(here, a, there, b);
  assert.deepEqual([await used(here, a), await used(there, b)], [500n, 500n]);
  await move(there, b, third, c);
  ok(await take(third, c, 100n));
  assert.deepEqual([await used(here, a), await used(there, b), await used(third, c)], [600n, 600n, 600n]);
  const over = await take(third, c, 401n);
  assert.ok(isRefusal(over) && over.code === "cap-exceeded");
  assert.equal(await used(here, a), 600n, "a refusal takes nothing anywhere");
  await t.db.system((tx) => giveBackCaps(tx, here, [claim(a)], 300n).then(() => true));
  assert.deepEqual([await used(here, a), await used(there, b), await used(third, c)], [300n, 300n, 300n]);
  ok(await take(third, c, 700n));
});

test("what both had before they were one is added up, and a smaller cap is as good as used", async () => {
  const [a, b] = [newId(), newId()];
  ok(await take(here, a, 700n));
  ok(await take(there, b, 600n));
  await move(here, a, there, b);
  assert.deepEqual([await used(here, a), await used(there, b)], [1300n, 1300n]);
  const over = await take(there, b, 1n);
  assert.ok(isRefusal(over) && over.params.left === "¥0.00");
});

test("fifty takings at once, in both districts, never exceed the one cap", async () => {
  const [a, b] = [newId(), newId()];
  await move(here, a, there, b);
  const taken = await Promise.all(
    Array.from({ length: 50 }, (_, index) => (index % 2 ? take(here, a, 30n) : take(there, b, 30n))),
  );
  assert.equal(taken.filter((one) => !isRefusal(one)).length, 33);
  assert.deepEqual([await used(here, a), await used(there, b)], [990n, 990n]);
});

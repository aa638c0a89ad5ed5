import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tx } from "../db/index.ts";
import { withDatabase } from "../db/testing.ts";
import { type Day, day } from "../kernel/day.ts";
import { newId } from "../kernel/ids.ts";
import { expect } from "../kernel/refusal.ts";
import { loadActor } from "./actor.ts";
import { womenCommitteeFrom } from "./policies.ts";
import { pinned } from "./policy.ts";
import { historyOf, type PolicySetting, pinsFor, resolvePolicy, setPolicy } from "./policy-store.ts";
import { type Scope, scopeOf } from "./scope.ts";
import { byPerson, codeOf, makePost, makeTree } from "./testing.ts";
import type { Unit } from "./unit.ts";

const t = withDatabase();
let tree: Awaited<ReturnType<typeof makeTree>>;
let county: Scope;
let city: Scope;
const today = day("2026-03-02");
const [countyChair, cityChair] = [newId<"person">(), newId<"person">()];
const source = { document: "云工发〔2026〕1号", article: "第三条", tag: "V" } as const;

test("a city and a county with their chairs are founded", async () => {
  await t.db.system(async (tx) => {
    tree = await makeTree(tx);
    await makePost(tx, tree.county, "chair", { person: countyChair });
    await makePost(tx, tree.city, "chair", { person: cityChair });
    county = expect(scopeOf(await loadActor(tx, countyChair, today), "policy.write", today));
    city = expect(scopeOf(await loadActor(tx, cityChair, today), "policy.write", today));
  });
});

const setting = (unit: Unit, value: unknown, more: Partial<PolicySetting> = {}): PolicySetting => ({
  id: newId<"policy">(),
  key: womenCommitteeFrom.key,
  unitId: unit.id,
  value,
  from: today,
  source,
  ...more,
});

const valueAt = (tx: Tx, unit: Unit, on: Day) =>
  resolvePolicy(tx, womenCommitteeFrom, unit.path, on).then((one) => one.value);

test("a setting is refused for the first thing wrong with it", async () => {
  const rows: [PolicySetting, string][] = [
    [setting(tree.county, 15, { key: "no.such-key" }), "policy-unknown"],
    [setting(tree.other, 15), "not-found"],
    [setting(tree.province, 15), "not-found"],
    [setting(tree.township, 15), "policy-not-own"],
    [setting(tree.county, 15, { from: day("2026-03-01") }), "policy-past"],
    [setting(tree.county, 15, { source: { document: " ", tag: "V" } }), "policy-source"],
    [setting(tree.county, 0), "policy-value"],
    [setting(tree.county, "15"), "policy-value"],
  ];
  for (const [one, code] of rows)
    assert.equal(codeOf(await t.db.system((tx) => setPolicy(tx, county, one, byPerson(countyChair)))), code);
});

test("a value set at a place holds there and below, from its day on, until the next", async () => {
  await t.db.system(async (tx) => {
    expect(
      await setPolicy(tx, city, setting(tree.city, 25, { from: day("2026-04-01") }), byPerson(cityChair)),
    );
    expect(await setPolicy(tx, county, setting(tree.county, 12), byPerson(countyChair)));
    expect(
      await setPolicy(
        tx,
        county,
        setting(tree.county, null, { from: day("2026-05-01") }),
        byPerson(countyChair),
      ),
    );
    assert.equal(await valueAt(tx, tree.county, day("2026-03-01")), 10, "the national default before");
    assert.equal(await valueAt(tx, tree.branch, today), 12, "inherited by every unit below");
    assert.equal(await valueAt(tx, tree.other, today), 10, "not by its neighbours");
    assert.equal(await valueAt(tx, tree.other, day("2026-04-01")), 25);
    assert.equal(await valueAt(tx, tree.county, day("2026-04-01")), 12);
    assert.equal(await valueAt(tx, tree.county, day("2026-05-01")), 25, "handed back to the city");
  });
});

test("a case's pins stay what they were when the rule changes later", async () => {
  const pins = await t.db.systemRead((tx) => pinsFor(tx, [womenCommitteeFrom], tree.county.path, today));
  const pin = pins[womenCommitteeFrom.key]!;
  assert.equal(pin.place, tree.county.path);
  assert.deepEqual(pin.source, source);
  await t.db.system(async (tx) => {
    expect(await setPolicy(tx, county, setting(tree.county, 14), byPerson(countyChair)));
  });
  assert.equal(pinned(womenCommitteeFrom, pins), 12);
  const after = await t.db.systemRead((tx) => pinsFor(tx, [womenCommitteeFrom], tree.county.path, today));
  assert.equal(pinned(womenCommitteeFrom, after), 14, "a second word on the same day replaces the first");
  const history = await t.db.systemRead((tx) => historyOf(tx, [womenCommitteeFrom.key], tree.county.path));
  assert.equal(history.length, 4, "but nothing is forgotten");
  assert.equal(history.filter((row) => row.supersededBy !== null).length, 1);
});

test("what a transaction set and undid is not remembered", async () => {
  const gone = new Error("undo");
  const before = await t.db.systemRead((tx) => valueAt(tx, tree.county, today));
  await assert.rejects(
    t.db.system(async (tx) => {
      expect(await setPolicy(tx, county, setting(tree.county, 99), byPerson(countyChair)));
      assert.equal(await valueAt(tx, tree.county, today), 99);
      throw gone;
    }),
    gone,
  );
  assert.equal(await t.db.systemRead((tx) => valueAt(tx, tree.county, today)), before);
});

test("the same setting again changes nothing, and with another value is refused", async () => {
  const one = setting(tree.county, 30, { from: day("2026-06-01") });
  await t.db.system(async (tx) => {
    const first = expect(await setPolicy(tx, county, one, byPerson(countyChair)));
    assert.deepEqual(await setPolicy(tx, county, one, byPerson(countyChair)), first);
    assert.equal(
      codeOf(await setPolicy(tx, county, { ...one, value: 31 }, byPerson(countyChair))),
      "same-id-other-content",
    );
  });
});

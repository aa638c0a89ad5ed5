import assert from "node:assert/strict";
import { test } from "node:test";
import { addDays, dayInShanghai } from "../kernel/day.ts";
import { fixedClock, openClock } from "./clock.ts";
import { waitUntil } from "./orphan.ts";
import { withDatabase } from "./testing.ts";

const t = withDatabase();

test("a real installation's clock is the machine's and cannot be moved", async () => {
  await t.owner.system((tx) => tx.insertInto("installation").values({ fictitious: false }).execute());
  const clock = await openClock(t.db);
  assert.equal(clock.isTrial, false);
  assert.equal(clock.today(), dayInShanghai(new Date()));
  await assert.rejects(clock.advance(1), /fictitious/);
  await clock.close();
});

test("a trial clock moves for every process and only forward", async () => {
  await t.owner.system((tx) => tx.updateTable("installation").set({ fictitious: true }).execute());
  const [mine, theirs] = [await openClock(t.db), await openClock(t.db)];
  const expected = addDays(mine.today(), 5);
  assert.equal(await mine.advance(5), expected);
  assert.equal(await waitUntil(() => theirs.today() === expected, 5000), true);
  await assert.rejects(mine.advance(-1), /forward/);
  const later = await openClock(t.db);
  assert.equal(later.today(), expected);
  await Promise.all([mine, theirs, later].map((clock) => clock.close()));
});

test("a machine set back does not take the installation's day back, and is told of", async () => {
  await t.owner.system((tx) =>
    tx
      .updateTable("installation")
      .set({ fictitious: false, day_ticked: dayInShanghai(new Date()) })
      .execute(),
  );
  let shiftMs = 0;
  const told: number[] = [];
  const wall = () => Date.now() + shiftMs;
  const clock = await openClock(t.db, { wall, differs: (skewMs) => told.push(skewMs) });
  const today = clock.today();
  assert.equal(clock.skewMs, 0);
  shiftMs = -3 * 86_400_000;
  await clock.refresh();
  assert.equal(clock.today(), today);
  assert.ok(clock.now().getTime() < Date.now(), "an instant is what the machine says");
  shiftMs = 0;
  await clock.refresh();
  assert.deepEqual(
    told.map((ms) => Math.round(ms / 1000)),
    [-3 * 86_400, 0],
  );
  await clock.close();
});

test("the tests' clock stands at ten in the morning in Shanghai", async () => {
  const clock = fixedClock("2026-03-02");
  assert.equal(clock.now().toISOString(), "2026-03-02T02:00:00.000Z");
  assert.equal(await clock.advance(27), "2026-03-29");
});

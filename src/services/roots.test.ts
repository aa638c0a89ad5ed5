import assert from "node:assert/strict";
import { test } from "node:test";
import { withDatabase } from "../db/testing.ts";
import { addDays } from "../kernel/day.ts";
import { newId } from "../kernel/ids.ts";
import { act } from "../procedures/act.ts";
import { closeDay } from "../procedures/closing.ts";
import { verifyCases } from "../procedures/verify.ts";
import { mill, officers, stood, storyOn, type TestWorker } from "./testing.ts";

/** Daily roots: what they cover, also of an action whose transaction ended when its day was closed already. */

const t = withDatabase({ today: "2026-03-02" });
const story = storyOn(t);
const { ring } = story.engine;

async function joining(name: string, sequence: number): Promise<{ id: string; worker: TestWorker }> {
  const worker = await story.worker(name, mill, sequence, false);
  const asked = {
    situation: "unit_has_union",
    unit: mill.id,
    idNumber: worker.idNumber,
    phone: "13900000002",
    constitution: true,
    dataConsent: true,
    signature: name,
  };
  return { id: stood(await story.open("join", asked, worker)).id, worker };
}

const close = (day = addDays(t.clock.today(), -1)) =>
  t.db.system((tx) => closeDay(tx, ring, day, t.clock.now()));
const roots = () =>
  t.db.systemRead((tx) => tx.selectFrom("day_root").select(["day", "actions"]).orderBy("day").execute());
const broken = async () => (await verifyCases({ db: t.db, ring })).broken;

test("an action committed after its day was closed stands in the next root, under its own day", async () => {
  const first = await joining("准例时", 71);
  const late = await joining("迟例到", 72);
  const day = t.clock.today();
  // The second action of the late case was decided on the day, and ends only after the day is closed.
  const held = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<void>();
  const slow = {
    ...story.engine,
    get db() {
      return {
        ...t.db,
        system: (work: Parameters<typeof t.db.system>[0]) =>
          t.db.system(async (tx) => {
            const done = await work(tx);
            decided.resolve();
            await held.promise;
            return done;
          }),
      };
    },
  } as typeof story.engine;
  const acting = act(
    slow,
    { caseId: late.id, id: newId(), name: "opinion", answers: { note: "小组意见" } },
    officers.chair,
  );
  await decided.promise;
  await t.clock.advance(1);
  assert.equal(await close(), 1);
  held.resolve();
  stood(await acting);
  assert.deepEqual(await roots(), [{ day, actions: 2 }], "two openings, not the late opinion");
  assert.deepEqual(await broken(), [], "the late one breaks no root");
  assert.equal(await close(), 0, "closed is closed");

  await t.clock.advance(1);
  assert.equal(await close(), 1, "a day on which nothing else was done closes over the late one");
  assert.deepEqual(
    (await roots()).map((one) => one.actions),
    [2, 1],
  );
  stood(await story.act(first.id, "opinion", officers.chair, { note: "小组意见" }));
  await t.clock.advance(1);
  assert.equal(await close(), 1);
  await t.clock.advance(1);
  assert.equal(await close(), 0);
  assert.deepEqual(
    (await roots()).map((one) => one.actions),
    [2, 1, 1],
  );
  assert.deepEqual(await broken(), []);
});

test("an action taken out of its root, or left out of every root, is found", async () => {
  const entry = await t.owner.system((tx) =>
    tx.deleteFrom("root_entry").where("seq", "=", 2).returningAll().executeTakeFirstOrThrow(),
  );
  assert.ok((await broken()).some((one) => one.check === "day-root"));
  await t.clock.advance(60);
  await joining("再例来", 73);
  await t.clock.advance(1);
  await close();
  assert.ok((await broken()).some((one) => one.check === "day-covered"));
  await t.owner.system((tx) => tx.insertInto("root_entry").values(entry).execute());
});

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { everything } from "../db/index.ts";
import { withDatabase } from "../db/testing.ts";
import { day } from "../kernel/day.ts";
import type { Actor } from "../units/index.ts";
import { countOverdue, findBatch, listBatches } from "./batch-store.ts";
import { escalateBatches } from "./jobs.ts";
import { loadBatch } from "./paying.ts";
import { city, county, deskOf, found, officer, ok, people, scopeFor } from "./testing.ts";
import { turnOfBatch } from "./turn.ts";
import { batchesWaiting } from "./waiting.ts";

/** A payment batch whose step is overdue goes before the union above, as a case does. */

const t = withDatabase({ today: "2026-03-02" });
beforeEach(() => found(t));
const { prepared, act, sent, fileOf, load, answered, look, tied } = deskOf(t);

const cityChair = officer("市主席", city, "chair");
const cityAid = officer("市帮扶", city, "aid");

/** The posts in the table itself, which messages go by. */
async function seated(...actors: readonly Actor[]): Promise<void> {
  await t.owner.write(everything, async (tx) => {
    for (const actor of actors)
      for (const post of actor.posts)
        await tx
          .insertInto("post")
          .values({
            id: post.id,
            unit_id: post.unitId,
            person_id: actor.person,
            person_district: actor.district ?? "",
            person_name: actor.name,
            role: post.role,
            from_day: day("2020-01-01"),
          })
          .onConflict((one) => one.doNothing())
          .execute();
  });
}

const run = () => escalateBatches(t.db, t.clock.today(), t.clock.now());
const waits = async (actor: Actor, id: string) =>
  (await t.db.systemRead((tx) => batchesWaiting(tx, actor, t.clock.today()))).find((one) => one.id === id);
const messages = async (actor: Actor) =>
  (
    await t.db.systemRead((tx) =>
      tx.selectFrom("message").where("person_id", "=", actor.person).select("template").execute(),
    )
  ).map((one) => one.template);

test("an overdue batch is told to its desk and to the union above, once, and stands in the inbox there", async () => {
  await seated(people.vice, cityChair, cityAid);
  const batch = await prepared(["100"]);
  await t.clock.advance(3);
  assert.deepEqual(await run(), { escalated: 0 }, "due on the fifth, and it is the fifth");
  assert.equal(await waits(cityChair, batch.id), undefined);
  await t.clock.advance(1);
  assert.deepEqual(await run(), { escalated: 1 });
  assert.deepEqual(await run(), { escalated: 0 }, "once");
  assert.ok((await messages(people.vice)).includes("batch.overdue"));
  assert.deepEqual(await messages(cityChair), ["batch.escalated"]);
  assert.deepEqual(await messages(cityAid), [], "who could not review it is not told");
  const shown = await waits(cityChair, batch.id);
  assert.ok(shown?.overdue && shown.escalated);
  assert.equal(shown.unitName, county.name);
  assert.ok(await waits(people.vice, batch.id), "it is still the county's to do");

  const scope = scopeFor(cityChair, t.clock.today());
  const [count, list] = await t.db.systemRead(async (tx) => [
    await countOverdue(tx, scope, t.clock.today()),
    await listBatches(tx, scope, { overdueOn: t.clock.today(), limit: 50 }),
  ]);
  assert.equal(count, list.length);
  assert.equal(count, 1);

  ok(await act(batch, people.vice, "review"));
  assert.equal(await waits(cityChair, batch.id), undefined, "what was done is nobody's worry above");
  await t.clock.advance(10);
  assert.deepEqual(await run(), { escalated: 1 }, "the next step has a clock of its own");
  await tied();
});

test("a step that nobody at its union is left to take waits with the nearest above, who are told and named", async () => {
  const second = officer("财务乙", county, "finance");
  const cityFinance = officer("市财务", city, "finance");
  await seated(people.vice, people.finance, second, people.chair, cityFinance, cityChair);
  const batch = await prepared(["100"]);
  const turn = async (actor: Actor) =>
    t.db.systemRead(async (tx) => {
      const row = ok(await findBatch(tx, scopeFor(actor, t.clock.today()), batch.id));
      const loaded = await loadBatch(tx, row, t.clock.today());
      return (await turnOfBatch(tx, loaded, actor, t.clock.today(), "zh")).sentence;
    });
  assert.equal(await waits(cityFinance, batch.id), undefined, "the county has officers who review");

  ok(await act(batch, people.finance, "review"));
  assert.equal(await waits(cityFinance, batch.id), undefined, "the county has another finance officer");
  assert.match(await turn(people.vice), /轮到云溪县总工会 财务乙：安排资金/);
  await t.owner.write(everything, (tx) =>
    tx.deleteFrom("post").where("person_id", "=", second.person).execute(),
  );
  assert.ok(await waits(cityFinance, batch.id), "now nobody there is left");
  assert.equal(await waits(cityChair, batch.id), undefined, "who does not hold the power is not asked");
  assert.match(await turn(people.vice), /轮到云溪市总工会 市财务：安排资金/);
  assert.match(await turn(cityFinance), /轮到您：安排资金/);

  ok(await act(batch, cityFinance, "return", { reason: "重编" }));
  ok(await act(batch, people.finance, "review"));
  assert.ok((await messages(cityFinance)).includes("batch.turn"), "told as it comes to them");
  ok(await act(batch, cityFinance, "fund"));
  assert.equal(await waits(cityFinance, batch.id), undefined);
  assert.match(await turn(people.vice), /轮到您：批准发放/, "it is the county’s again");
  await tied();
});

test("a settled batch is late for nobody: all are paid, and its vouchers stand in finance's inbox without a clock", async () => {
  const batch = await prepared(["100"]);
  await sent(batch);
  const paid = answered(await fileOf(batch), () => "成功,");
  ok(await load(batch, paid));
  const { row } = await look(batch);
  assert.deepEqual([row.state, row.dueOn], ["settled", null]);
  await t.clock.advance(60);
  await run();
  assert.equal((await look(batch)).row.escalatedOn, null);
  const waiting = await waits(people.finance, batch.id);
  assert.deepEqual([waiting?.state, waiting?.overdue, waiting?.dueOn], ["settled", false, null]);
  const scope = scopeFor(people.finance, t.clock.today());
  const late = await t.db.systemRead((tx) =>
    listBatches(tx, scope, { overdueOn: t.clock.today(), limit: 50 }),
  );
  assert.ok(late.every((one) => one.id !== batch.id));
});

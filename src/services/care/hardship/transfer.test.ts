import assert from "node:assert/strict";
import { test } from "node:test";
import { withDatabase } from "../../../db/testing.ts";
import { newId } from "../../../kernel/ids.ts";
import { verifyCases } from "../../../procedures/verify.ts";
import { couriers, mill, officer, officers, port, refused, stood, storyOn } from "../../testing.ts";
import { filesOn } from "./testing.ts";

/** A worker on file finds work elsewhere: the file is handed over and taken, or stays (aid.md §2, §17). */

const t = withDatabase({ today: "2026-03-02" });
const story = storyOn(t);
const { chair, countyAid, countyChair, lakeAid } = officers;
const courierChair = officer("郑拟行", couriers, "chair");
const note = { note: "情况属实" };
const { fileOf, onFile, rowOf } = filesOn(story);

test("the old union hands the file over, the new one takes it with a liaison of its own; nothing is lost", async () => {
  const { id, papers } = await onFile("移例新");
  const before = await fileOf(id);
  assert.equal(refused(await story.act(id, "handOver", courierChair, {})), "not-found");
  const asked = { toUnit: couriers.id, note: "到快递站上班" };
  let c = stood(await story.act(id, "handOver", chair, asked));
  assert.equal(c.step, "moving");
  assert.equal(c.turn.unitName, couriers.name);
  assert.ok(c.due.on);
  assert.equal((await fileOf(id)).unit_id, mill.id, "it stays until the new union has taken it");
  assert.equal((await rowOf(id)).unit_id, mill.id);
  assert.equal(refused(await story.act(id, "take", chair, { liaison: [chair.person] })), "not-your-turn");
  assert.equal(refused(await story.act(id, "take", lakeAid, { liaison: [lakeAid.person] })), "not-found");

  const action = newId<"action">();
  const take = () => story.act(id, "take", courierChair, { liaison: [courierChair.person] }, action);
  c = stood(await take());
  assert.equal(c.step, "active");
  assert.equal(c.unit.id, couriers.id);
  const again = await take();
  assert.ok("repeated" in again && again.repeated);
  const now = await rowOf(id);
  assert.deepEqual([now.unit_id, now.path, now.unit_name], [couriers.id, couriers.path, couriers.name]);
  const file = await fileOf(id);
  assert.deepEqual(
    [file.unit_id, file.path, file.liaison_id],
    [couriers.id, couriers.path, courierChair.person],
  );
  assert.deepEqual(
    [file.file_no, file.valid_to, file.category, file.state],
    [before.file_no, before.valid_to, before.category, "active"],
    "the file is the same file",
  );
  const hanging = await t.db.systemRead((tx) =>
    tx.selectFrom("paper").where("case_id", "=", id).select(["id", "path"]).execute(),
  );
  assert.equal(hanging.length, papers.length);
  assert.ok(
    hanging.every((one) => one.path === couriers.path),
    "its papers went with it",
  );
  const home = await t.db.systemRead((tx) =>
    tx.selectFrom("household").where("id", "=", file.household_id).select("path").executeTakeFirstOrThrow(),
  );
  assert.equal(home.path, couriers.path);

  assert.equal(
    refused(await story.act(id, "recheck", chair, { note: "复核" })),
    "not-found",
    "not the old union's",
  );
  c = stood(await story.act(id, "recheck", courierChair, { note: "复核" }));
  assert.equal(c.turn.unitName, couriers.name);
  assert.ok(
    c.actions.some((one) => one.byUnitId === mill.id),
    "what the old union did is still told",
  );
  assert.deepEqual((await verifyCases({ db: t.db, ring: story.engine.ring })).broken, []);
});

test("where the new union is silent it goes up, and the county takes the file there or leaves it", async () => {
  const { id } = await onFile("滞例留");
  stood(await story.act(id, "handOver", chair, { toUnit: couriers.id, note: "到快递站上班" }));
  assert.equal(refused(await story.act(id, "keep", courierChair, note)), "not-your-turn");
  await story.days(12);
  const late = await rowOf(id);
  assert.ok(late.escalated);
  assert.equal(late.turn_unit_name, "云溪县总工会");
  const c = stood(await story.act(id, "keep", countyChair, { note: "快递工会尚无专人" }));
  assert.equal(c.step, "active");
  assert.equal(c.unit.id, mill.id);
  stood(await story.act(id, "handOver", chair, { toUnit: couriers.id, note: "现已有专人" }));
  const taken = stood(await story.act(id, "take", countyChair, { liaison: [countyAid.person] }));
  assert.equal(taken.unit.id, couriers.id);
});

test("a file goes to a union of its district that keeps files, and to no other", async () => {
  const { id } = await onFile("越例界");
  const to = (unit: string) => story.act(id, "handOver", chair, { toUnit: unit, note: "换单位" });
  assert.equal(refused(await to(port.id)), "file-other-district");
  assert.equal(refused(await to(mill.id)), "file-there-already");
  assert.equal(refused(await to(newId())), "not-found");
  assert.equal((await rowOf(id)).step, "active");
});

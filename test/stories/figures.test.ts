import assert from "node:assert/strict";
import { test } from "node:test";
import { withDatabase } from "../../src/db/testing.ts";
import { day } from "../../src/kernel/day.ts";
import { expect } from "../../src/kernel/refusal.ts";
import { countCases } from "../../src/procedures/lists.ts";
import { placeOf } from "../../src/rollups/index.ts";
import {
  county,
  illnessPapers,
  need,
  officers,
  refused,
  stood,
  storyOn,
  visitOn,
} from "../../src/services/testing.ts";
import { askedOf } from "../../src/statistics/asked.ts";
import { measureOf } from "../../src/statistics/measures.ts";
import { narrow, systemScope } from "../../src/units/scope.ts";

/* The figures of households on file (aid.md §16), through the states in which a file is in force and those in which it is not. */

const t = withDatabase({ today: "2024-03-04" });
const story = storyOn(t);
const { chair, organiser, countyAid, countyAid2, approver } = officers;
const note = { note: "情况属实" };
let sequence = 0;

async function filed(name: string): Promise<string> {
  sequence += 2;
  const worker = await story.worker(name, undefined, sequence);
  const papers = await story.papers(worker, ...illnessPapers);
  const { id } = stood(await story.open("hardship-file", need(worker, papers), worker));
  stood(await story.act(id, "accept", chair, note));
  stood(await story.act(id, "visit", chair, visitOn(t.clock.today(), chair, organiser)));
  stood(await story.act(id, "check", countyAid, { sources: ["civil"] }));
  stood(await story.act(id, "grade", chair, note));
  await story.days(9);
  stood(await story.act(id, "approve", countyAid2, note));
  stood(await story.act(id, "approve", approver, note));
  stood(await story.act(id, "file", countyAid, { liaison: [organiser.person] }));
  return id;
}

async function figure(id: string, by?: string) {
  const measure = measureOf(id);
  assert.ok(measure, id);
  const scope = expect(narrow(systemScope(), county.path));
  return t.db.systemRead(async (tx) => {
    const when = { from: day("2024-01-01"), to: t.clock.today(), today: t.clock.today() };
    const asked = askedOf(tx, [await placeOf(tx, county.id)], when)[0]!;
    const { value } = await measure.value(asked);
    const listed = new URLSearchParams(measure.list(asked).split("?")[1]);
    const { step, service } = Object.fromEntries(listed);
    const state = listed.get("state") === "open" ? ("open" as const) : undefined;
    const total = await countCases(tx, scope, { state, step, service });
    const split = by ? measure.by[by] : undefined;
    assert.equal(by === undefined, split === undefined, `${id} by ${by}`);
    return { value, total, parts: split ? await split(asked) : [] };
  });
}

test("a household counts as on file while its file is in force: checked again or proposed to leave, but not gone", async () => {
  const [, checked, leaving, gone, over] = [
    await filed("李例留"),
    await filed("李例核"),
    await filed("李例离"),
    await filed("李例走"),
    await filed("李例销"),
  ];
  stood(await story.act(checked, "recheck", chair, note));
  stood(await story.act(gone, "exit", chair, { exitReason: "self_request", note: "本人申请" }));
  await story.days(12);
  stood(await story.act(gone, "approve", countyAid2, note));
  stood(await story.act(leaving, "exit", chair, { exitReason: "dibao_covers", note: "已纳入低保" }));
  assert.equal(
    refused(await story.act(over, "cancel", chair, { exitReason: "moved", note: "x" })),
    "not-your-turn",
  );
  stood(await story.act(over, "cancel", countyAid2, { exitReason: "moved", note: "迁出" }));
  for (const by of ["category", "cause", "tier"]) {
    const onFile = await figure("files-active", by);
    assert.equal(onFile.value, 3, by);
    assert.equal(onFile.total, onFile.value, "the list behind it has as many");
    assert.equal(
      onFile.parts.reduce((sum, part) => sum + part.value, 0),
      onFile.value,
      by,
    );
  }
  assert.deepEqual((await figure("files-new", "category")).parts, [{ key: "deep", value: 5, records: 5 }]);
  const exited = await figure("files-exited", "reason");
  assert.equal(exited.value, 1);
  assert.deepEqual(exited.parts, [{ key: "self_request", value: 1, records: 1 }]);
});

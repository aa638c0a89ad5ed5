import assert from "node:assert/strict";
import { test } from "node:test";
import { withDatabase } from "../../../db/testing.ts";
import { newId } from "../../../kernel/ids.ts";
import type { CaseState } from "../../../procedures/words.ts";
import {
  illnessPapers,
  need,
  officers,
  refused,
  type Story,
  stood,
  storyOn,
  type TestWorker,
  visitOn,
} from "../../testing.ts";
import { factsOf } from "./hardship-file.ts";

const t = withDatabase({ today: "2026-03-02" });
const story: Story = storyOn(t);
const { chair, organiser, countyAid, countyAid2, approver } = officers;

async function apply(worker: TestWorker, change: Readonly<Record<string, unknown>> = {}): Promise<CaseState> {
  const papers = await story.papers(worker, ...illnessPapers);
  return stood(await story.open("hardship-file", need(worker, papers, change), worker));
}

const note = { note: "情况属实" };

test("a household is filed: returned once, visited, checked, graded, noticed, reviewed, approved", async () => {
  const worker = await story.worker("李例工");
  let c = await apply(worker);
  assert.equal(c.step, "submitted");
  assert.match(c.number, /^2026-990101-KN-\d{5}$/);
  assert.equal(factsOf(c).category, "deep");
  assert.equal(c.due.on, "2026-03-09", "five working days");

  assert.equal(refused(await story.act(c.id, "accept", worker)), "not-yours");
  assert.equal(refused(await story.act(c.id, "accept", countyAid)), "not-your-turn");
  assert.equal(refused(await story.act(c.id, "grade", chair)), "not-offered");
  c = stood(await story.act(c.id, "return", chair, { note: "请补充诊断证明原件照片" }));
  assert.equal(c.turn.who, "applicant");
  const again = await story.papers(worker, ...illnessPapers);
  c = stood(await story.act(c.id, "resubmit", worker, need(worker, again)));
  assert.equal(c.step, "submitted");
  c = stood(await story.act(c.id, "accept", chair, note));
  const today = t.clock.today();
  assert.equal(
    refused(await story.act(c.id, "visit", chair, { ...visitOn(today, chair), visitors: [chair.person] })),
    "too-few",
  );
  c = stood(await story.act(c.id, "visit", chair, visitOn(today, chair, organiser)));
  assert.equal(c.step, "checking");
  assert.equal(c.turn.unitName, "云溪县总工会");
  c = stood(await story.act(c.id, "check", countyAid, { sources: ["civil", "vehicle"] }));
  assert.equal(c.step, "gradeable");
  c = stood(await story.act(c.id, "grade", organiser, { note: "集体评议同意" }));
  assert.equal(c.step, "noticing");
  assert.equal(c.turn.who, "clock");
  await story.days(7);
  assert.equal(
    (
      await story.t.db.systemRead((tx) =>
        tx.selectFrom("notice").where("case_id", "=", c.id).select("state").executeTakeFirstOrThrow(),
      )
    ).state,
    "up",
  );
  await story.days(1);
  const row = await t.db.systemRead((tx) =>
    tx.selectFrom("case_file").where("id", "=", c.id).select("step").executeTakeFirstOrThrow(),
  );
  assert.equal(row.step, "county_review");
  assert.equal(refused(await story.act(c.id, "approve", chair, note)), "not-your-turn");
  c = stood(await story.act(c.id, "approve", countyAid2, note));
  assert.equal(c.step, "city_approval");
  c = stood(await story.act(c.id, "approve", approver, note));
  assert.equal(c.step, "filed");
  c = stood(await story.act(c.id, "file", countyAid, { liaison: [organiser.person] }));
  assert.equal(c.step, "active");
  assert.equal(factsOf(c).fileNo, "990101202600001");
  assert.equal(factsOf(c).validTo, "2027-03-10");
  assert.equal(c.due.on, "2027-02-08");
  const file = await t.db.systemRead((tx) =>
    tx.selectFrom("hardship_file").selectAll().executeTakeFirstOrThrow(),
  );
  assert.equal(file.category, "deep");
  assert.equal(file.member_count, 2);
  assert.equal(newId().length, 36);
});

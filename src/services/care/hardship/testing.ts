import assert from "node:assert/strict";
import { loadCase } from "../../../procedures/load.ts";
import { findCase } from "../../../procedures/store.ts";
import type { CaseState } from "../../../procedures/words.ts";
import { illnessPapers, need, officers, type Story, stood, type TestWorker, visitOn } from "../../testing.ts";

/** Hardship files in the stories: applied for, and brought as far as a story begins. */

const { chair, organiser, countyAid, countyAid2, approver } = officers;
const note = { note: "情况属实" };
const steps = ["accept", "visit", "check", "grade", "notice", "county", "city", "file"] as const;
type Until = (typeof steps)[number];
type Change = Readonly<Record<string, unknown>>;

/** The files of a story, those of the mill's workers. */
export function filesOn(story: Story) {
  const { t } = story;
  let sequence = 10;

  /** What a household states, with papers handed in just now. */
  async function formsOf(worker: TestWorker, change: Change = {}) {
    return need(worker, await story.papers(worker, ...illnessPapers), change);
  }

  async function open(worker: TestWorker, change: Change = {}): Promise<CaseState> {
    return stood(await story.open("hardship-file", await formsOf(worker, change), worker));
  }

  /** A worker of their own applies. */
  async function apply(name: string, change: Change = {}) {
    sequence += 2;
    const worker = await story.worker(name, undefined, sequence);
    const { id, answers } = await open(worker, change);
    return { worker, id, papers: answers.papers as readonly string[] };
  }

  /** Brings a case forward to and including a step. */
  async function bring(id: string, until: Until, from: Until = "accept"): Promise<CaseState> {
    const today = () => t.clock.today();
    const doing: Readonly<Record<Until, () => Promise<unknown>>> = {
      accept: async () => stood(await story.act(id, "accept", chair, note)),
      visit: async () => stood(await story.act(id, "visit", chair, visitOn(today(), chair, organiser))),
      check: async () => stood(await story.act(id, "check", countyAid, { sources: ["civil"] })),
      grade: async () => stood(await story.act(id, "grade", chair, note)),
      notice: async () => pass(id),
      county: async () => stood(await story.act(id, "approve", countyAid2, note)),
      city: async () => stood(await story.act(id, "approve", approver, note)),
      file: async () => stood(await story.act(id, "file", countyAid, { liaison: [organiser.person] })),
    };
    for (const step of steps.slice(steps.indexOf(from), steps.indexOf(until) + 1)) await doing[step]();
    return caseOf(id);
  }

  /** A worker whose household has a file in force. */
  async function onFile(name: string) {
    const applied = await apply(name);
    await bring(applied.id, "file");
    return applied;
  }

  /** Lets days go by until the clock has moved the case, whatever holidays lie between. */
  async function pass(id: string): Promise<void> {
    const { step } = await rowOf(id);
    for (let days = 0; days < 25 && (await rowOf(id)).step === step; days++) await story.days(1);
  }

  async function rowOf(id: string) {
    const row = await t.db.systemRead((tx) => findCase(tx, id));
    assert.ok(row);
    return row;
  }

  async function caseOf(id: string): Promise<CaseState> {
    const row = await rowOf(id);
    return t.db.systemRead(async (tx) => (await loadCase(story.engine, tx, row)).state);
  }

  async function fileOf(caseId: string) {
    return t.db.systemRead((tx) =>
      tx.selectFrom("hardship_file").where("case_id", "=", caseId).selectAll().executeTakeFirstOrThrow(),
    );
  }

  return { formsOf, open, apply, bring, onFile, pass, rowOf, caseOf, fileOf };
}

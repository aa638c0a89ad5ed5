import assert from "node:assert/strict";
import { test } from "node:test";
import { withDatabase } from "../../../db/testing.ts";
import { isRefusal } from "../../../kernel/refusal.ts";
import { verifyLedger } from "../../../ledger/index.ts";
import { officers, stood, storyOn, type TestWorker } from "../../testing.ts";
import { filesOn } from "./testing.ts";
import { verifyUsed } from "./used.ts";

/** A family has one cap a year, whoever of it heads the file: twelve times the line, 12,744 yuan here. */

const t = withDatabase({ today: "2026-03-02" });
const story = storyOn(t);
const { chair, countyAid, countyAid2, approver } = officers;
const files = filesOn(story);

const row = (worker: TestWorker, relation: string) => ({
  name: worker.name,
  relation,
  idNumber: worker.idNumber,
  workStatus: "on_post",
  health: "seriously_ill",
  hasProof: true,
});

/** A file of some people, the first its head. */
async function filed(head: TestWorker, ...others: readonly TestWorker[]): Promise<string> {
  const members = [row(head, "self"), ...others.map((one) => row(one, "other"))];
  const { id } = await files.open(head, { members });
  await files.bring(id, "file");
  return id;
}

const asking = (worker: TestWorker) => ({
  need: "药费",
  payee: "self",
  bankHolder: worker.name,
  bankName: "虚构银行",
  bankCard: "9999000000000000017",
  statement: true,
});

async function granted(worker: TestWorker, amountFen: number): Promise<void> {
  const { id } = stood(await story.open("living-aid", asking(worker), worker));
  stood(await story.act(id, "propose", chair, { amountFen }));
  stood(await story.act(id, "approve", countyAid, { amountFen }));
  stood(await story.act(id, "approve", approver));
}

/** What is left of the year, asked for with a yuan more than there can be. */
async function left(worker: TestWorker): Promise<unknown> {
  const { id } = stood(await story.open("living-aid", asking(worker), worker));
  const over = await story.act(id, "propose", chair, { amountFen: 1_274_500 });
  assert.ok(isRefusal(over));
  stood(await story.act(id, "withdraw", worker));
  return over.params.left;
}

const ended = async (id: string, exitReason: string) =>
  stood(await story.act(id, "cancel", countyAid2, { exitReason, note: "查实" }));

async function sound(): Promise<void> {
  assert.deepEqual(await verifyUsed(t.db), []);
  assert.deepEqual(await t.db.systemRead(verifyLedger), []);
}

test("a family that files again under another head goes on with the year it began, and back again too", async () => {
  const [one, other] = [
    await story.worker("同例夫", undefined, 61),
    await story.worker("同例妻", undefined, 62),
  ];
  const first = await filed(one, other);
  await granted(one, 900_000);
  await ended(first, "retired");
  const second = await filed(other, one);
  assert.equal(await left(other), "3,744.00");
  await granted(other, 300_000);
  await ended(second, "retired");
  await filed(one, other);
  assert.equal(await left(one), "744.00");
  await sound();
});

test("whoever heads the family of a head who has died goes on with it too; a child with a family of their own does not", async () => {
  const [father, mother, son, wife] = [
    await story.worker("故例父", undefined, 63),
    await story.worker("故例母", undefined, 64),
    await story.worker("故例子", undefined, 65),
    await story.worker("故例媳", undefined, 66),
  ];
  const id = await filed(father, mother, son);
  await granted(father, 900_000);
  await ended(id, "died");
  await t.db.system((tx) =>
    tx.updateTable("person").set({ member_status: "DECEASED" }).where("id", "=", father.person).execute(),
  );
  await filed(mother);
  assert.equal(await left(mother), "3,744.00");
  await filed(son, wife);
  assert.equal(await left(son), "12,744.00");
  await sound();
});

import assert from "node:assert/strict";
import test from "node:test";
import { newId } from "../../src/kernel/ids.ts";
import { unsealPerson } from "../../src/people/index.ts";
import { getPerson } from "../../src/people/store.ts";
import { type Answer, story, type Visitor } from "./story.ts";

/** A transfer reaches whoever must answer it: the union itself, the nearest above where it has nobody, or the one above both. */

const s = story();

function ok(answer: Answer, status = 200): Answer["body"] {
  assert.equal(answer.status, status, JSON.stringify(answer.body).slice(0, 600));
  return answer.body;
}

const ownUnit = async (who: Visitor): Promise<string> => ok(await who.get("/api/me")).posts[0].unit.id;
const personOf = async (who: Visitor): Promise<string> => ok(await who.get("/api/me")).person.id;
const heard = async (who: Visitor): Promise<string[]> =>
  ok(await who.get("/api/messages")).items.map((one: { title: string }) => one.title);
const waits = async (who: Visitor, id: string): Promise<boolean> =>
  ok(await who.get("/api/inbox")).items.some((one: { id: string }) => one.id === id);

const asked = "有会籍接转等您办";

test("a branch with no officer of its own is answered for by the union above it, which is told and accepts", async () => {
  const [machine, textile, worker] = [
    await s.as("chair.machine"),
    await s.as("chair.grassroots"),
    await s.as("dong"),
  ];
  const found = ok(await machine.get(`/api/public/units?q=${encodeURIComponent("织造车间工会分会")}`));
  const branch: string = found.items[0].id;
  const person = await personOf(worker);
  const page = ok(await machine.get(`/api/members/${person}`));
  const offer = page.may.find((one: { name: string }) => one.name === "transfer");
  assert.deepEqual(
    [offer.allowed, offer.fields.map((one: { key: string }) => one.key)],
    [true, ["unit", "reason", "note"]],
  );

  const id = newId();
  const body = { id, toUnitId: branch, reason: "JOB_CHANGE", note: "3 月 1 日当面同意" };
  ok(await machine.post(`/api/members/${person}/transfer`, body), 201);
  assert.ok((await heard(worker)).includes("工会为您申请了会籍接转"), "the member is told");
  assert.deepEqual(
    (await heard(machine)).filter((title) => title === asked),
    [],
    "not of one's own asking",
  );
  assert.ok(await waits(machine, id));
  const again = ok(await machine.get(`/api/members/${person}`)).may;
  assert.equal(again.find((one: { name: string }) => one.name === "transfer").refusal.code, "transfer-open");
  assert.equal(ok(await machine.get(`/api/transfers/${id}`)).grounds, "3 月 1 日当面同意");
  assert.equal(await waits(textile, id), false, "not yet its turn");

  ok(await machine.post(`/api/transfers/${id}/release`, {}));
  assert.deepEqual(
    (await heard(textile)).filter((title) => title === asked),
    [asked],
  );
  assert.ok(await waits(textile, id));
  const line = ok(await textile.get("/api/transfers?waiting=true")).items[0];
  assert.deepEqual([line.id, line.toUnitId, line.mine.includes("accept")], [id, branch, true]);
  assert.equal(
    await waits(await s.as("chair.county"), id),
    false,
    "the nearest answers, not everybody above",
  );
  assert.equal(ok(await textile.post(`/api/transfers/${id}/accept`, {})).status, "accepted");
  assert.equal(ok(await worker.get("/api/me")).person.unit.id, branch);
});

test("an application by a member of another union is told to the officers who have to let them go", async () => {
  const [worker, machine] = [await s.as("wu"), await s.as("chair.machine")];
  const from = await s.as("chair.grassroots");
  const before = (await heard(from)).filter((title) => title === asked).length;
  const me = ok(await worker.get("/api/me")).person;
  const { idNumber } = await s.database.db.systemRead(async (tx) =>
    unsealPerson(s.ring, await getPerson(tx, me.id)),
  );
  const answers = {
    situation: "unit_has_union",
    unit: await ownUnit(machine),
    idNumber,
    phone: "13900000006",
    constitution: true,
    dataConsent: true,
    signature: me.name,
  };
  const opened = ok(await worker.post("/api/cases", { id: newId(), service: "join", answers }), 201);
  assert.equal(opened.case.step, "as_transfer");
  assert.equal((await heard(from)).filter((title) => title === asked).length, before + 1);

  // Nobody answers: after its days it stands before the union above both, which is told.
  await s.pass(31);
  const county = await s.as("chair.county");
  assert.ok((await heard(county)).includes("有会籍接转逾期，报您决定"));
  const [line] = ok(await county.get("/api/transfers?waiting=true")).items;
  assert.deepEqual([line.personName, line.escalated], [me.name, true]);
  const city = await s.as("approver.city");
  assert.ok(
    !(await heard(city)).includes("有会籍接转逾期，报您决定"),
    "the nearest above both, nobody higher",
  );
});

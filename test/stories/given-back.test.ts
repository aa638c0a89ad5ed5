import assert from "node:assert/strict";
import test from "node:test";
import { day } from "../../src/kernel/day.ts";
import { fictitiousIdentity } from "../../src/kernel/identity-number.ts";
import { newId } from "../../src/kernel/ids.ts";
import { wrongCounters } from "../../src/people/membership-store.ts";
import { type Answer, story, type Visitor } from "./story.ts";

/** A union lists somebody whose record stands with another: it is theirs to keep only when the worker confirms it. */

const s = story();

function ok(answer: Answer, status = 200): Answer["body"] {
  assert.equal(answer.status, status, JSON.stringify(answer.body).slice(0, 600));
  return answer.body;
}

const unitOf = async (who: Visitor): Promise<string> => ok(await who.get("/api/me")).posts[0].unit.id;
const people = ["例甲", "例乙"].map((name, n) => ({
  name: `还${name}`,
  id: fictitiousIdentity("990101", day("1991-05-06"), 931 + n * 2),
  phone: `1390777020${n}`,
}));

async function load(chair: Visitor, whom = people): Promise<Answer["body"]> {
  const rows = whom.map((one) => `${one.name},${one.id},${one.phone}`);
  const file = {
    name: "名册.csv",
    content: ["姓名,身份证号,手机号", ...rows].join("\r\n"),
    type: "text/csv",
  };
  const fields = { unit: await unitOf(chair), kind: "roster" };
  const made = ok(await chair.upload("/api/imports", file, fields), 201);
  await s.pass(1); // the jobs have run when it answers
  return ok(await chair.get(`/api/imports/${made.id}`));
}

/** How a person stands before an officer: their status, or that there is nobody. */
async function seen(chair: Visitor, person: string): Promise<string> {
  const answer = await chair.get(`/api/members/${person}`);
  return answer.status === 404 ? "nobody" : ok(answer).person.status;
}

const answered = async (worker: Visitor, said: object) => {
  const [entry] = ok(await worker.get("/api/me/confirmations")).items;
  return ok(await worker.post(`/api/me/confirmations/${entry.id}`, said));
};

test("an entry that comes to nothing gives the record back to where it stood; a word of the worker's alone takes it away", async () => {
  const [here, there] = [await s.as("chair.grassroots"), await s.as("chair.machine")];
  assert.equal((await load(here)).toConfirm, 2);
  const [first, second] = [await s.as(people[0]!.phone), await s.as(people[1]!.phone)];
  const ids = await Promise.all([first, second].map(async (who) => ok(await who.get("/api/me")).person.id));
  const [one, other] = ids as [string, string];
  for (const [worker, id] of [
    [first, one],
    [second, other],
  ] as const) {
    await answered(worker, { confirm: true });
    ok(await here.post(`/api/members/${id}/status`, { id: newId(), name: "withdraw", note: "本人要求" }));
  }
  const standing = async (id: string) => [await seen(here, id), await seen(there, id)];
  assert.deepEqual(await standing(one), ["WITHDRAWN", "nobody"]);

  // Listed by mistake, and taken back.
  assert.equal((await load(there)).toConfirm, 2);
  assert.deepEqual(await standing(one), ["nobody", "APPLIED_BY_UNION"]);
  const takeBack = { id: newId(), name: "takeBack", note: "登记有误" };
  ok(await there.post(`/api/members/${one}/status`, takeBack));
  assert.deepEqual(await standing(one), ["WITHDRAWN", "nobody"]);

  // Said no to: the union is told by whom and why, and keeps nothing.
  await answered(second, { confirm: false, reason: "NOT_EMPLOYED_HERE" });
  assert.deepEqual(await standing(other), ["WITHDRAWN", "nobody"]);
  const [told] = ok(await there.get("/api/messages")).items;
  assert.match(told.body, new RegExp(people[1]!.name));
  assert.equal(told.link, "/o/members");
  const unit = await unitOf(there);
  const { disowned } = ok(await there.get(`/api/members/confirmations?unit=${unit}`));
  const listed = ok(await there.get(`/api/members?unit=${unit}&status=disowned`)).items;
  assert.deepEqual([disowned, listed.length], [0, 0]);

  // Listed again and confirmed by the one; the other is not asked again.
  const again = await load(there);
  assert.deepEqual([again.toConfirm, again.rejected], [1, 1]);
  await answered(first, { confirm: true });
  assert.deepEqual(await standing(one), ["nobody", "ACTIVE"]);
  assert.deepEqual(await s.database.db.systemRead(wrongCounters), []);
});

test("an import is taken back as a whole, but for those who have answered", async () => {
  const names = ["甲", "乙", "丙"].map((name, n) => ({
    name: `收例${name}`,
    id: fictitiousIdentity("990101", day("1992-07-08"), 951 + n * 2),
    phone: `1390777030${n}`,
  }));
  const [here, there] = [await s.as("chair.grassroots"), await s.as("chair.machine")];
  const loaded = await load(here, names);
  assert.equal(loaded.toConfirm, 3);
  const [first, second, third] = await Promise.all(names.map((one) => s.as(one.phone)));
  const ids = await Promise.all(
    [first!, second!, third!].map(async (who) => ok(await who.get("/api/me")).person.id),
  );
  await answered(first!, { confirm: true });
  const told = ok(await second!.get("/api/messages")).items.length;

  const url = `/api/imports/${loaded.id}/take-back`;
  const note = "名册拿错了";
  const code = async (answer: Promise<Answer>) => (await answer).body.code;
  assert.equal(await code(there.post(url, { note })), "not-found");
  assert.equal(await code(here.post(url, { note: " " })), "reason-needed");
  assert.equal(ok(await here.get(`/api/imports/${loaded.id}`)).toConfirm, 2, "nothing was taken back yet");
  assert.deepEqual(ok(await here.post(url, { note })), { takenBack: 2, left: 0 });
  assert.deepEqual(ok(await here.post(url, { note })), { takenBack: 0, left: 0 }, "once");

  assert.deepEqual(await Promise.all(ids.map((id) => seen(here, id))), ["ACTIVE", "CANCELLED", "CANCELLED"]);
  assert.deepEqual(ok(await second!.get("/api/me/confirmations")).items, []);
  assert.equal(
    ok(await second!.get("/api/messages")).items.length,
    told,
    "nobody is told of what they never answered",
  );
  const events = await s.database.db.systemRead((tx) =>
    tx
      .selectFrom("membership_event")
      .where("person_id", "=", ids[1])
      .where("to_status", "=", "CANCELLED")
      .selectAll()
      .execute(),
  );
  assert.deepEqual(
    events.map((one) => [one.reason, one.document]),
    [["DATA_ERROR", { note }]],
  );
  assert.equal(events[0]!.by_person, ok(await here.get("/api/me")).person.id);
  // The roster can be loaded again, and asks those again.
  assert.equal((await load(here, names)).toConfirm, 2);
  assert.deepEqual(await s.database.db.systemRead(wrongCounters), []);
});

import assert from "node:assert/strict";
import test from "node:test";
import { newId } from "../../src/kernel/ids.ts";
import { verifyLedger } from "../../src/ledger/index.ts";
import { verifyCases } from "../../src/procedures/verify.ts";
import { type Answer, story } from "./story.ts";

/** A worker on file finds work in another district: membership, file and household move there, the past stays readable. */

const s = story({ lives: true });

function ok(answer: Answer, status = 200): Answer["body"] {
  assert.equal(answer.status, status, JSON.stringify(answer.body).slice(0, 600));
  return answer.body;
}

interface Line {
  readonly id: string;
  readonly service: string;
  readonly step: string;
  readonly state: string;
  readonly number: string;
}

interface Paper {
  readonly id: string;
  readonly kind: string;
}

interface Told {
  readonly id: string;
  readonly read: boolean;
}

const linksOf = (page: Answer["body"]): readonly string[] =>
  page.links.map((one: { kind: string; id: string }) => `${one.kind} ${one.id}`);

test("a worker on file moves to another district, and the new union goes on with the file", async () => {
  const [worker, oldChair, newChair] = [
    await s.as("li"),
    await s.as("chair.grassroots"),
    await s.as("chair.software"),
  ];
  const before = ok(await worker.get("/api/me/household"));
  const me = ok(await worker.get("/api/me"));
  const old = ok(await worker.get(`/api/cases/${before.file.caseId}`));
  ok(await oldChair.get(`/api/cases/${before.file.caseId}`));
  const looks = ok(await worker.get("/api/me/looked-at")).items.length;
  assert.ok(looks > 0);
  const told: readonly Told[] = ok(await worker.get("/api/messages?limit=100")).items;
  assert.ok(told.length > 0);
  const papers: readonly Paper[] = old.case.files;
  assert.ok(papers.length > 0);
  const first = await worker.get(`/api/papers/${papers[0]!.id}`);
  assert.equal(first.status, 200);
  const unit = ok(await newChair.get("/api/me")).posts[0].unit.id;
  assert.equal((await newChair.get(`/api/cases/${before.file.caseId}`)).status, 404);

  const transfer = newId();
  const asked = { id: transfer, toUnitId: unit };
  ok(await oldChair.post(`/api/members/${me.person.id}/transfer`, asked), 201);
  ok(await oldChair.post(`/api/transfers/${transfer}/release`));
  ok(await newChair.post(`/api/transfers/${transfer}/accept`));

  const cases: readonly Line[] = ok(await worker.get("/api/me/cases")).items;
  const arriving = cases.find((one) => one.step === "arriving");
  assert.ok(arriving, JSON.stringify(cases));
  assert.match(arriving.number, /-990102-KN-/);
  const inbox: readonly Line[] = ok(await newChair.get("/api/inbox")).items;
  assert.ok(inbox.some((one) => one.id === arriving.id));
  assert.equal((await oldChair.get(`/api/cases/${arriving.id}`)).status, 404);
  const liaison = ok(await newChair.get("/api/me")).person.id;
  ok(await newChair.act(arriving.id, "take", { liaison: [liaison] }));

  const after = ok(await worker.get("/api/me/household"));
  assert.equal(after.file.caseId, arriving.id);
  assert.ok(after.file.number.startsWith("990102"));
  assert.deepEqual(
    [after.file.category, after.file.validUntil, after.household.members.length],
    [before.file.category, before.file.validUntil, before.household.members.length],
  );
  const past = ok(await worker.get(`/api/cases/${before.file.caseId}`));
  assert.equal(past.case.step, "moved");
  assert.equal(past.timeline.length, old.timeline.length + 1, "its past is still told");
  const still = ok(await worker.get("/api/me/looked-at")).items;
  assert.ok(still.length >= looks, "who looked before the move is still told");
  assert.deepEqual(linksOf(past), [`next ${arriving.id}`]);
  const fresh = ok(await worker.get(`/api/cases/${arriving.id}`));
  // Its papers are there anew, for the new union alone; the old ones stay where they were, and the worker reads both.
  const copies: readonly Paper[] = fresh.case.files;
  const kinds = (files: readonly Paper[]) => files.map((one) => one.kind).sort();
  const handedIn = new Set<string>(old.case.answers.papers);
  assert.deepEqual(kinds(copies), kinds(papers.filter((one) => handedIn.has(one.id))));
  assert.ok(copies.every((one) => !handedIn.has(one.id)));
  const copied = copies.find((one) => one.kind === papers[0]!.kind)!;
  const again = await worker.get(`/api/papers/${copied.id}`);
  assert.deepEqual([again.status, Buffer.compare(again.bytes, first.bytes)], [200, 0], "byte for byte");
  assert.equal((await newChair.get(`/api/papers/${copied.id}`)).status, 200);
  assert.equal((await oldChair.get(`/api/papers/${copied.id}`)).status, 404);
  assert.equal((await newChair.get(`/api/papers/${papers[0]!.id}`)).status, 404);
  assert.equal((await worker.get(`/api/papers/${papers[0]!.id}`)).status, 200);
  // What was told before the move is still among the worker's messages, and can be marked as read.
  const messages: readonly Told[] = ok(await worker.get("/api/messages?limit=100")).items;
  const ids = new Set(messages.map((one) => one.id));
  assert.ok(told.every((one) => ids.has(one.id)) && messages.length > told.length);
  const unread = async () => ok(await worker.get("/api/me")).unread;
  assert.equal(await unread(), messages.filter((one) => !one.read).length, "the badge counts them too");
  assert.equal((await worker.post(`/api/messages/${told[0]!.id}/read`)).status, 204);
  assert.equal((await worker.post("/api/messages/read-all")).status, 204);
  assert.deepEqual(ok(await worker.get("/api/messages?unread=true")).items, []);
  assert.equal(await unread(), 0);
  assert.deepEqual(linksOf(fresh), [`previous ${before.file.caseId}`]);

  const { db } = s.database;
  assert.deepEqual((await verifyCases({ db, ring: s.ring })).broken, []);
  assert.deepEqual(await db.systemRead(verifyLedger), []);
});

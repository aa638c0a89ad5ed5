import assert from "node:assert/strict";
import { before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { foundedWorkers } from "../../src/demo/federation.ts";
import { newId } from "../../src/kernel/ids.ts";
import { listen, type Process, several, signIn } from "./processes.ts";

/** Two web processes on one database: whatever is done at one holds at the other. */

const s = several({ lives: true });
let here: Process;
let there: Process;

before(async () => {
  [here, there] = await Promise.all([s.start(["--roles=web"]), s.start(["--roles=web"])]);
});

const today = async (): Promise<string> =>
  (await (await signIn(here.url, "admin.province")).get(`${here.url}/api/me`)).body.installation.today;

test("who is signed in at one process is signed in at the other, and out of both within a second", async () => {
  const officer = await signIn(here.url, "aid.county");
  assert.equal((await officer.get(`${there.url}/api/members`)).status, 200);
  await officer.send("DELETE", `${here.url}/api/session`);
  await pause(1000);
  assert.equal((await officer.get(`${there.url}/api/members`)).status, 401);
});

test("a dismissed officer, and one whose account is closed, are out everywhere within a second", async () => {
  const chair = await signIn(here.url, "chair.county");
  const dismissed = await signIn(here.url, "aid2.county");
  const closed = await signIn(there.url, "cashier.county");
  const open = listen(there.url, dismissed.cookie);
  await open.until(/event: open/);
  const me = (await dismissed.get(`${there.url}/api/me`)).body;
  assert.equal((await dismissed.get(`${there.url}/api/members`)).status, 200);
  assert.equal((await closed.get(`${there.url}/api/me`)).status, 200);
  const ended = await chair.send("POST", `${here.url}/api/posts/${me.posts[0].id}/end`, {
    on: await today(),
    reason: "调离",
  });
  assert.equal(ended.status, 200, JSON.stringify(ended.body));
  const { person } = (await closed.get(`${there.url}/api/me`)).body;
  await s.database.owner.system((tx) =>
    tx.updateTable("account").set({ disabled: true }).where("person_id", "=", person.id).execute(),
  );
  await pause(1000);
  assert.equal((await dismissed.get(`${there.url}/api/members`)).status, 403);
  assert.equal((await closed.get(`${there.url}/api/me`)).status, 401);
  // What concerns the union the post was in is not told to them any more; what concerns all still is.
  await s.database.db.system(async (tx) => {
    for (const event of [
      { event: "batch", to: { path: me.posts[0].unit.path }, data: { id: "b1" } },
      { event: "day", to: "all", data: { today: "2026-01-01" } },
    ])
      await sql`select pg_notify('zhijia_event', ${JSON.stringify(event)})`.execute(tx);
  });
  await open.until(/event: day/);
  assert.ok(!(await open.until(/[\s\S]*/)).includes("event: batch"));
});

test("a policy set at one process is the rule at the other, at once", async () => {
  const chair = await signIn(here.url, "chair.county");
  const unitId = (await chair.get(`${here.url}/api/me`)).body.posts[0].unit.id;
  const months = async (url: string): Promise<number> =>
    (await chair.get(`${url}/api/policies?place=${unitId}&group=aid`)).body.items.find(
      (one: { key: string }) => one.key === "aid.file-valid-months",
    ).value;
  const before = await months(there.url);
  const set = await chair.send("PUT", `${here.url}/api/policies`, {
    id: newId(),
    key: "aid.file-valid-months",
    unitId,
    value: before + 1,
    from: await today(),
    source: { document: "云溪县总工会文件" },
  });
  assert.equal(set.status, 200, JSON.stringify(set.body));
  assert.equal(await months(there.url), before + 1);
});

test("a worker hears at one process what an officer decides at another", async () => {
  const chair = await signIn(here.url, "chair.couriers");
  const { items } = (await chair.get(`${here.url}/api/cases?limit=100&state=open`)).body;
  const { id, applicantName } = items.find((one: { step: string }) => one.step === "submitted");
  const worker = foundedWorkers.find(({ name }) => name === applicantName);
  assert.ok(worker, `nobody is called ${applicantName}`);
  const mine = await signIn(there.url, worker.phone);
  const open = listen(there.url, mine.cookie);
  await open.until(/event: open/);
  const acted = await chair.send("POST", `${here.url}/api/cases/${id}/actions`, {
    id: newId(),
    name: "return",
    answers: { note: "票据看不清，请重新拍照。" },
  });
  assert.equal(acted.status, 200, JSON.stringify(acted.body));
  await open.until(/event: message\ndata: .*/);
});

test("a request that comes to both processes at once happens once", async () => {
  const vice = await signIn(here.url, "vice.county");
  const { items } = (await vice.get(`${here.url}/api/cases?limit=100&state=open`)).body;
  const { id } = items.find((one: { step: string }) => one.step === "county_review");
  const body = { id: newId(), name: "approve", answers: { note: "情况属实，同意。" } };
  const answers = await Promise.all(
    [here, there, here, there].map(({ url }) => vice.send("POST", `${url}/api/cases/${id}/actions`, body)),
  );
  for (const answer of answers) assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const { timeline } = (await vice.get(`${there.url}/api/cases/${id}`)).body;
  assert.equal(timeline.filter((one: { id: string }) => one.id === body.id).length, 1);
});

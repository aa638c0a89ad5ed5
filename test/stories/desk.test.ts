import assert from "node:assert/strict";
import test from "node:test";
import { newId } from "../../src/kernel/ids.ts";
import { type Answer, story } from "./story.ts";

/** What surrounds a case: drafts, what is filled in, joining, lists and pages, printing, what others may not see. */

const s = story();

function ok(answer: Answer, status = 200): Answer["body"] {
  assert.equal(answer.status, status, JSON.stringify(answer.body).slice(0, 600));
  return answer.body;
}

function refused(answer: Answer, status: number, code: string): Answer["body"] {
  assert.equal(
    `${answer.status} ${answer.body.code}`,
    `${status} ${code}`,
    JSON.stringify(answer.body).slice(0, 600),
  );
  return answer.body;
}

test("a draft is kept as it is typed, sealed, for its writer alone", async () => {
  const worker = await s.as("li");
  const answers = { mainCause: "self_illness", story: "草稿里的病情", anything: [1, 2] };
  assert.equal((await worker.put("/api/drafts/hardship-file", { answers })).status, 204);
  assert.deepEqual(ok(await worker.get("/api/drafts/hardship-file")).answers, answers);
  assert.equal(ok(await (await s.as("chair.grassroots")).get("/api/drafts/hardship-file")).answers, null);
  refused(await worker.put("/api/drafts/no-such-service", { answers }), 404, "service-unknown");
  refused(
    await worker.put("/api/drafts/join", { answers: { long: "长".repeat(210_000) } }),
    413,
    "draft-too-large",
  );
  const rows = await s.database.db.systemRead((tx) => tx.selectFrom("case_draft").selectAll().execute());
  assert.ok(!rows.some((row) => row.sealed.toString().includes("病情")));
  assert.equal((await worker.remove("/api/drafts/hardship-file")).status, 204);
  assert.equal(ok(await worker.get("/api/drafts/hardship-file")).answers, null);
});

test("what the system knows is filled in, and says from where", async () => {
  const { items } = ok(await (await s.as("li")).get("/api/me/known"));
  const keys = items.map((one: { key: string }) => one.key);
  for (const key of ["name", "idNumber", "phone", "bankCard", "members"]) assert.ok(keys.includes(key), key);
  assert.ok(items.every((one: { from: { zh: string; en: string } }) => one.from.zh && one.from.en));
});

let joinCase = "";

test("a newcomer who is no member sees why other services wait, and joins", async () => {
  const newcomer = await s.as("newcomer");
  const { items } = ok(await newcomer.get("/api/services"));
  const of = (id: string) => items.find((one: { id: string }) => one.id === id);
  assert.equal(of("join").mayStart.allowed, true);
  assert.equal(of("hardship-file").mayStart.allowed, false);
  assert.ok(of("hardship-file").mayStart.refusal.includes("会员"));
  const me = ok(await newcomer.get("/api/me"));
  const known = ok(await newcomer.get("/api/me/known")).items;
  const value = (key: string) => known.find((one: { key: string }) => one.key === key)?.value;
  const unit = await s.database.db.systemRead((tx) =>
    tx
      .selectFrom("unit")
      .where("name", "like", "%纺织%")
      .where("level", "=", "GRASSROOTS")
      .select("id")
      .executeTakeFirstOrThrow(),
  );
  joinCase = newId();
  const answers = {
    situation: "unit_has_union",
    unit: unit.id,
    idNumber: value("idNumber"),
    phone: value("phone"),
    constitution: true,
    dataConsent: true,
    signature: me.person.name,
  };
  const opened = ok(await newcomer.post("/api/cases", { id: joinCase, service: "join", answers }), 201);
  assert.equal(opened.case.step, "submitted");
  assert.equal(opened.turn.who, "union");
  assert.ok(opened.turn.sentence.includes("纺织"), opened.turn.sentence);
  assert.deepEqual(
    opened.may.map((one: { name: string }) => one.name),
    ["withdraw"],
  );
});

test("the case is in the right inbox, and its page tells an officer what may be done and why not", async () => {
  const chair = await s.as("chair.grassroots");
  const inbox = ok(await chair.get("/api/inbox"));
  assert.ok(inbox.items.some((one: { id: string }) => one.id === joinCase));
  const { overdue, today, week, later } = inbox.groups;
  assert.equal(overdue + today + week + later, inbox.total);
  const page = ok(await chair.get(`/api/cases/${joinCase}`));
  const may = Object.fromEntries(
    page.may.map((one: { name: string; allowed: boolean }) => [one.name, one.allowed]),
  );
  assert.deepEqual(may, { opinion: true, approve: true, return: true, reject: true });
  const together = page.may.filter((one: { together?: true }) => one.together);
  assert.deepEqual(
    together.map((one: { name: string }) => one.name),
    ["approve"],
  );
  const waiting = inbox.items.find((one: { id: string }) => one.id === joinCase);
  assert.equal(waiting.together.name, "approve", "it may be chosen with others like it");
  assert.match(page.case.answers.idNumber, /^99\d{4}\*{8}[\dX]{4}$/, "masked for an officer");
  const above = ok(await (await s.as("aid.county")).get(`/api/cases/${joinCase}`));
  assert.ok(
    above.may.every(
      (one: { allowed: boolean; refusal?: { detail: string } }) => !one.allowed && one.refusal?.detail,
    ),
  );
  for (const other of ["chair.machine", "aid.lake", "li"])
    refused(await (await s.as(other)).get(`/api/cases/${joinCase}`), 404, "not-found");
  refused(await (await s.as("aid.lake")).act(joinCase, "approve"), 404, "not-found");
  refused(await s.nobody.get(`/api/cases/${joinCase}`), 401, "not-signed-in");
});

test("approved, the newcomer is a member and may ask for more", async () => {
  const done = ok(await (await s.as("chair.grassroots")).act(joinCase, "approve", { note: "同意" }));
  assert.equal(done.case.outcome, "joined");
  const newcomer = await s.as("newcomer");
  assert.equal(ok(await newcomer.get("/api/me")).person.memberStatus, "ACTIVE");
  const { items } = ok(await newcomer.get("/api/services"));
  assert.equal(items.find((one: { id: string }) => one.id === "hardship-file").mayStart.allowed, true);
  const rated = ok(
    await newcomer.post(`/api/cases/${joinCase}/rating`, { id: newId(), stars: 4, text: "顺利" }),
  );
  assert.equal(rated.rating, 4);
  refused(await newcomer.post(`/api/cases/${joinCase}/rating`, { id: newId(), stars: 5 }), 409, "case-ended");
});

test("lists page through everything once, their totals are true, and a cursor that is none of ours is refused", async () => {
  const officer = await s.as("chair.county");
  const all = ok(await officer.get("/api/cases?limit=200"));
  assert.equal(all.total, all.items.length);
  const seen: string[] = [];
  for (const sort of ["due", "opened"]) {
    seen.length = 0;
    for (let cursor = ""; ; ) {
      const page = ok(await officer.get(`/api/cases?limit=1&sort=${sort}${cursor && `&cursor=${cursor}`}`));
      seen.push(...page.items.map((one: { id: string }) => one.id));
      if (page.next === null) break;
      cursor = page.next;
    }
    assert.equal(new Set(seen).size, all.total);
    assert.equal(seen.length, all.total);
  }
  refused(await officer.get("/api/cases?cursor=wrong"), 400, "bad-cursor");
  // A place somebody made up is refused, and reaches the database by no list.
  const made = (text: string) => Buffer.from(text).toString("base64url");
  for (const cursor of ["x", made(`cn\u0000/${newId()}`), made(JSON.stringify(["cn\u0000", newId()]))])
    refused(await officer.get(`/api/eligibility/living-aid/households?cursor=${cursor}`), 400, "bad-cursor");
  const number = all.items[0].number;
  assert.equal(ok(await officer.get(`/api/cases?q=${number}`)).total, 1);
  refused(await officer.get(`/api/cases?unit=${newId()}`), 404, "not-found");
  refused(await (await s.as("li")).get("/api/cases"), 403, "not-yours");
});

test("a case is printed for whoever may see it", async () => {
  const printed = await (await s.as("newcomer")).get(`/api/cases/${joinCase}/print`);
  assert.equal(printed.status, 200);
  assert.equal(printed.bytes.subarray(0, 5).toString(), "%PDF-");
  refused(await (await s.as("chair.machine")).get(`/api/cases/${joinCase}/print`), 404, "not-found");
});

test("whom living aid fits is counted over the population, and again with another line", async () => {
  const officer = await s.as("chair.county");
  const told = ok(await officer.get("/api/eligibility/living-aid?lineFen=120000"));
  assert.equal(told.capFen, told.lineFen * 12);
  assert.equal(told.whatIf.capFen, 1_440_000);
  assert.equal(told.whatIf.households, told.households);
  assert.ok(told.rule.length === 4 && told.rule[0].source.includes("总工发〔2015〕20号"));
  const below = ok(await officer.get("/api/eligibility/living-aid/below?lineFen=120000")).items;
  const sum = (of: "households" | "leftFen") =>
    below.reduce((all: number, one: Record<typeof of, number>) => all + one[of], 0);
  assert.deepEqual([sum("households"), sum("leftFen")], [told.whatIf.households, told.whatIf.leftFen]);
  refused(await officer.get(`/api/eligibility/living-aid/below?unit=${newId()}`), 404, "not-found");
  refused(await officer.get(`/api/eligibility/living-aid?unit=${newId()}`), 404, "not-found");
  refused(await (await s.as("li")).get("/api/eligibility/living-aid"), 403, "not-yours");
});

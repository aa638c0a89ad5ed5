import assert from "node:assert/strict";
import test from "node:test";
import { sql } from "kysely";
import { derivedId, newId } from "../../src/kernel/ids.ts";
import { story } from "./story.ts";

/** A notice on the union's own board: its members read the name in full, everybody else reads nothing. */

const s = story({ lives: true });
const objecting = { id: newId(), text: "他家去年买了房。", name: "某工友", phone: "13700000001" };
let notice = "";
let receipt = "";

test("on the public page the name is masked; on the union's board its members read it in full", async () => {
  const [open] = (await s.nobody.get("/api/public/notices")).body.items;
  assert.ok(open, "one county publishes its notices");
  notice = open.id;
  assert.ok(!JSON.stringify(open).includes("武例河"));
  const { body } = await (await s.as("li")).get("/api/me/notices");
  assert.deepEqual(
    body.items.map((one: { id: string }) => one.id),
    [notice],
  );
  const [mine] = body.items;
  assert.equal(mine.fields[0].value, "武例河");
  const cause = mine.fields.find((field: { label: { zh: string } }) => field.label.zh === "致困原因").value;
  assert.deepEqual(cause, { zh: "因病因残", en: "Illness or disability" });
  assert.deepEqual(open.fields.at(-1).value, cause, "in public too");
  for (const field of open.fields)
    assert.ok(
      typeof field.value === "string" || (field.value.zh && field.value.en),
      "a name, or both languages",
    );
  assert.ok(!/\d{17}|139\d{8}|36,?000/.test(JSON.stringify(mine)), "no number, telephone or income");
  assert.equal(mine.caseId, null);
  const own = (await (await s.as("wu")).get(`/api/me/notices/${notice}`)).body;
  assert.ok(own.caseId, "whom it is about is told that it is theirs");
});

test("a notice for the union alone is nowhere in public and on no other union's board", async () => {
  await s.database.owner.system((tx) =>
    tx.updateTable("notice").set({ scope: "unit" }).where("id", "=", notice).execute(),
  );
  assert.deepEqual((await s.nobody.get("/api/public/notices")).body.items, []);
  assert.equal((await s.nobody.get(`/api/public/notices/${notice}`)).status, 404);
  assert.equal((await s.nobody.get(`/api/me/notices/${notice}`)).status, 401);
  for (const who of ["dong", "long", "chair.county", "newcomer"]) {
    const other = await s.as(who);
    assert.deepEqual((await other.get("/api/me/notices")).body.items, [], who);
    assert.equal((await other.get(`/api/me/notices/${notice}`)).status, 404, who);
    assert.equal((await other.post(`/api/me/notices/${notice}/objections`, objecting)).status, 404, who);
    assert.equal((await other.post(`/api/public/notices/${notice}/objections`, objecting)).status, 404, who);
  }
  assert.equal((await (await s.as("li")).get(`/api/me/notices/${notice}`)).status, 200);
});

test("a member objects under seal, says it twice at no harm, and reads the finding with the code", async () => {
  const li = await s.as("li");
  const raised = await li.post(`/api/me/notices/${notice}/objections`, objecting);
  assert.equal(raised.status, 201, JSON.stringify(raised.body));
  receipt = raised.body.receipt;
  const again = await li.post(`/api/me/notices/${notice}/objections`, objecting);
  assert.equal(again.body.receipt, receipt);
  const { rows } = await s.database.owner.systemRead((tx) =>
    sql<{ row: string }>`select to_jsonb(o)::text row from objection o`.execute(tx),
  );
  assert.equal(rows.length, 1);
  const me = (await li.get("/api/me")).body.person.id;
  assert.ok(!rows[0]!.row.includes(me) && !rows[0]!.row.includes("13700000001"), "who wrote it is sealed");
  const answer = (await s.nobody.post("/api/public/objections/answer", { receipt })).body;
  assert.equal(answer.state, "open");
  const seen = (await (await s.as("chair.grassroots")).get("/api/notices")).body;
  const shown = seen.items.find((one: { id: string }) => one.id === notice);
  assert.equal(shown.scope, "unit");
  assert.equal(shown.objections.length, 1);
  const others = seen.items.filter((one: { id: string }) => one.id !== notice);
  assert.ok(others.length > 0);
  for (const one of others) assert.deepEqual(one.objections, [], "an objection stands under its own notice");
  assert.ok(!JSON.stringify(seen).includes("某工友"));
});

test("who guesses at the objector with what an officer reads of the objection is not told", async () => {
  const chair = await s.as("chair.grassroots");
  const seen = (await chair.get("/api/notices")).body.items.find((one: { id: string }) => one.id === notice);
  const [{ id, text }] = seen.objections;
  assert.notEqual(id, objecting.id);
  const li = await s.as("li");
  const { name, phone } = objecting;
  const answers = [];
  for (const guess of [{ name, phone }, { name: "某同事", phone }, {}]) {
    const answer = await li.post(`/api/me/notices/${notice}/objections`, { id, text, ...guess });
    assert.notEqual(answer.body.receipt, receipt);
    answers.push(answer.body.code ?? answer.status);
  }
  // The first to name an id has it; a right guess and a wrong one change nothing in that.
  assert.deepEqual(answers, [201, "same-id-other-content", "same-id-other-content"]);
  await s.database.owner.system((tx) =>
    tx.deleteFrom("objection").where("notice_id", "=", notice).where("id", "!=", id).execute(),
  );
});

test("unions above hang their notices on the same board, page by page", async () => {
  const county = derivedId<"unit">("demo", "county");
  await s.database.owner.system(async (tx) => {
    const unit = await tx.selectFrom("unit").where("id", "=", county).selectAll().executeTakeFirstOrThrow();
    const found = await tx
      .selectFrom("notice")
      .where("id", "=", notice)
      .selectAll()
      .executeTakeFirstOrThrow();
    const above = { ...found, id: newId(), unit_id: unit.id, path: unit.path, case_id: null };
    const json = (value: unknown) => sql<never>`${JSON.stringify(value)}::jsonb`;
    const facts = {
      title: json(found.title),
      kind_title: json(found.kind_title),
      // As rows were written when a known word stood in Chinese alone.
      shown: json([{ label: { zh: "致困原因", en: "Cause" }, value: "因病因残" }]),
      shown_public: json(found.shown_public),
    };
    await tx
      .insertInto("notice")
      .values({ ...above, ...facts })
      .execute();
  });
  const li = await s.as("li");
  const read: string[] = [];
  const causes: unknown[] = [];
  let next: string | null = "";
  while (next !== null) {
    const page: { items: { id: string; fields: { value: unknown }[] }[]; next: string | null } = (
      await li.get(`/api/me/notices?limit=1${next && `&cursor=${next}`}`)
    ).body;
    read.push(...page.items.map(({ id }) => id));
    causes.push(...page.items.map(({ fields }) => fields.at(-1)?.value));
    next = page.next;
  }
  assert.equal(read.length, 2);
  assert.equal(new Set(read).size, 2);
  assert.ok(causes.includes("因病因残"), "an older row is shown as it is");
  assert.equal(
    (await (await s.as("dong")).get("/api/me/notices")).body.items.length,
    1,
    "the county's alone",
  );
  assert.equal((await li.get("/api/me/notices?cursor=x")).body.code, "bad-cursor");
});

test("an officer finds a notice by name, union or number, and reads them by when they come down", async () => {
  const chair = await s.as("chair.county");
  const found = async (query: string): Promise<string[]> =>
    (await chair.get(`/api/notices?${query}`)).body.items.map(({ id }: { id: string }) => id);
  const all = await found("");
  assert.ok(all.length > 2);
  const [ours] = (await chair.get("/api/notices")).body.items.filter(
    (one: { id: string }) => one.id === notice,
  );
  const name = ours.shown[0].value as string;
  for (const q of [name, name.slice(1), ours.unitName.slice(2, 6), ours.caseNumber.slice(0, 11)])
    assert.ok((await found(`q=${encodeURIComponent(q)}`)).includes(notice), q);
  assert.ok((await found(`q=${encodeURIComponent(name)}`)).length < all.length);
  for (const q of ["%", "_", ours.caseNumber.slice(3), "查无此人"])
    assert.deepEqual(await found(`q=${encodeURIComponent(q)}`), [], q);
  await s.database.owner.system((tx) =>
    sql`update notice set ends_on = null where id <> ${notice}`.execute(tx),
  );
  const byEnd: string[] = [];
  for (let next: string | null = ""; next !== null; ) {
    const page = (await chair.get(`/api/notices?sort=ends&limit=1${next && `&cursor=${next}`}`)).body;
    byEnd.push(...page.items.map(({ id }: { id: string }) => id));
    next = page.next as string | null;
  }
  assert.equal(byEnd[0], notice, "without a last day comes last");
  assert.deepEqual([...byEnd].sort(), [...all].sort(), "each once");
  assert.equal((await chair.get("/api/notices?sort=name")).status, 400);
});

test("whose membership has ended reads nothing, and still learns what became of the objection", async () => {
  const li = await s.as("li");
  const me = (await li.get("/api/me")).body.person.id;
  await s.database.owner.system((tx) =>
    tx.updateTable("membership").set({ status: "WITHDRAWN" }).where("person_id", "=", me).execute(),
  );
  assert.deepEqual((await li.get("/api/me/notices")).body.items, []);
  assert.equal((await li.get(`/api/me/notices/${notice}`)).status, 404);
  const late = { ...objecting, id: newId() };
  assert.equal((await li.post(`/api/me/notices/${notice}/objections`, late)).status, 404);
  assert.equal((await s.nobody.post("/api/public/objections/answer", { receipt })).body.state, "open");
});

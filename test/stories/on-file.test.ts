import assert from "node:assert/strict";
import test from "node:test";
import { sql } from "kysely";
import { newId } from "../../src/kernel/ids.ts";
import { unsealPerson } from "../../src/people/sealed.ts";
import { loadCase } from "../../src/procedures/load.ts";
import { findCase } from "../../src/procedures/store.ts";
import { type Answer, story, type Visitor } from "./story.ts";

/** A card on file fills in forms by a mark; the number itself travels to no browser, and joins the case on the server. */

const s = story({ lives: true });
const shown = (card: string) => `**** ${card.slice(-4)}`;

async function holder(who: string) {
  const id: string = (await (await s.as(who)).get("/api/me")).body.person.id;
  const { rows } = await s.database.owner.systemRead((tx) =>
    sql<{ district: string; id: string; name: string; sealed: Buffer }>`
      select district, id, name, sealed from person where id = ${id}`.execute(tx),
  );
  const [row] = rows;
  assert.ok(row);
  const card = unsealPerson(s.ring, row).bankCard;
  assert.ok(card);
  return { id, name: row.name, card };
}

const asking = (name: string, bankCard: unknown, more: object = {}) => ({
  need: "后续康复的药费。",
  payee: "self",
  bankHolder: name,
  bankName: "虚构银行",
  bankCard,
  statement: true,
  ...more,
});

const open = (who: Visitor, answers: unknown, onBehalfOf?: string, id: string = newId()) =>
  who.post("/api/cases", { id, service: "living-aid", answers, ...(onBehalfOf && { onBehalfOf }) });

/** The refused answer's code and place. */
const why = (answer: Answer) =>
  `${answer.status} ${answer.body.code} ${answer.body.errors?.[0]?.pointer ?? ""}`.trim();

function without(secret: string, ...answers: readonly Answer[]): void {
  for (const { body } of answers)
    assert.ok(!JSON.stringify(body).includes(secret), "a card number travelled");
}

/** What the payee would be paid to: the case's card, unsealed where the ledger reads it. */
async function paidTo(caseId: string): Promise<string> {
  const { rows } = await s.database.owner.systemRead((tx) =>
    sql<{ row: string }>`select to_jsonb(a)::text row from case_action a where case_id = ${caseId}`.execute(
      tx,
    ),
  );
  assert.ok(rows.every(({ row }) => !row.includes("9999000")));
  return s.database.owner.systemRead(async (tx) => {
    const row = await findCase(tx, caseId);
    assert.ok(row);
    return String((await loadCase({ ring: s.ring } as never, tx, row)).state.answers.bankCard);
  });
}

test("a worker's form is filled in with a mark, which the server replaces when the case is opened", async () => {
  const li = await s.as("li");
  const { name, card } = await holder("li");
  const known = await li.get("/api/me/known");
  without(card, known);
  const mark = known.body.items.find((one: { key: string }) => one.key === "bankCard").value;
  assert.deepEqual(mark, { known: "bankCard", shown: shown(card) });
  const id = newId();
  const opened = await open(li, asking(name, mark), undefined, id);
  assert.equal(opened.status, 201, JSON.stringify(opened.body));
  assert.equal(await paidTo(id), card);
  const page = await li.get(`/api/cases/${id}`);
  without(card, opened, page, await li.get("/api/me/cases"));
  assert.equal(page.body.case.answers.bankCard, shown(card));
  assert.equal((await open(li, asking(name, mark), undefined, id)).status, 201, "the same again is harmless");
  assert.equal((await open(li, asking(name, card), undefined, id)).status, 409, "other content is not");

  // What came back for completion keeps its card by a mark, or takes another that is typed.
  const organiser = await s.as("organiser.grassroots");
  const back = () => organiser.act(id, "return", { note: "请写明用途。" });
  assert.equal((await back()).status, 200);
  const { statement: _, ...again } = asking(name, { known: "before", shown: shown(card) });
  const resubmitted = await li.act(id, "resubmit", again);
  assert.equal(resubmitted.status, 200, JSON.stringify(resubmitted.body));
  assert.equal(await paidTo(id), card);
  assert.equal((await back()).status, 200);
  const other = "9999000000000000025";
  assert.equal((await li.act(id, "resubmit", { ...again, bankCard: other })).status, 200);
  assert.equal(await paidTo(id), other);
  without(other, await li.get(`/api/cases/${id}`), await organiser.get(`/api/cases/${id}`));
});

test("a mark is refused where it stands for nothing, for another fact, or for what was changed meanwhile", async () => {
  const li = await s.as("li");
  const { name, card } = await holder("li");
  const sun = await holder("sun");
  const rows: readonly (readonly [string, unknown, string])[] = [
    ["the masked digits as a number", shown(card), "422 bad-card /answers/bankCard"],
    ["the dotted digits", `•••• ${card.slice(-4)}`, "422 bad-card /answers/bankCard"],
    ["another fact", { known: "idNumber" }, "422 bad-answer /answers/bankCard"],
    ["what no case held before", { known: "before" }, "422 not-on-file /answers/bankCard"],
    [
      "somebody else named beside it",
      { known: "bankCard", person: sun.id },
      "422 required /answers/bankCard",
    ],
    ["somebody else's card", { known: "bankCard", shown: "**** 0000" }, "422 not-on-file /answers/bankCard"],
  ];
  for (const [what, mark, refusal] of rows)
    assert.equal(why(await open(li, asking(name, mark))), refusal, what);
  const elsewhere = asking(name, { known: "bankCard" }, { need: { known: "bankCard" } });
  assert.equal(why(await open(li, elsewhere)), "422 bad-answer /answers/need", "no other question shows it");
  // Named as the applicant, somebody else is as good as nobody.
  assert.equal((await open(li, asking(sun.name, { known: "bankCard" }), sun.id)).status, 404);
  await li.put("/api/me/facts", { bankCard: "9999000000000000033" });
  const stale = await open(li, asking(name, { known: "bankCard", shown: shown(card) }));
  assert.equal(why(stale), "422 not-on-file /answers/bankCard", "changed while the form stood open");
  await li.put("/api/me/facts", { bankCard: card });
});

test("a card typed into a draft comes back as a mark, is kept under it, and joins the case on the server", async () => {
  const li = await s.as("li");
  const { name } = await holder("li");
  const typed = "9999000000000000041";
  const url = "/api/drafts/living-aid";
  const put = (bankCard: unknown, more: object = {}) =>
    li.put(url, { answers: { ...asking(name, bankCard), ...more } });
  assert.equal((await put(typed)).status, 204);
  const first = await li.get(url);
  without(typed, first);
  const mark = first.body.answers.bankCard;
  assert.deepEqual(mark, { known: "draft", shown: shown(typed) });
  assert.equal((await put(mark, { need: "另有药费。" })).status, 204);
  assert.deepEqual((await li.get(url)).body.answers.bankCard, mark, "saved again under its mark");
  const stale = { known: "draft", shown: "**** 0000" };
  assert.equal(why(await open(li, asking(name, stale))), "422 not-on-file /answers/bankCard");
  const id = newId();
  const opened = await open(li, asking(name, mark), undefined, id);
  assert.equal(opened.status, 201, JSON.stringify(opened.body));
  without(typed, opened);
  assert.equal(await paidTo(id), typed);
  assert.equal((await li.get(url)).body.answers, null, "the draft is done");
  assert.equal(why(await open(li, asking(name, mark))), "422 not-on-file /answers/bankCard");
});

test("one's own card fills in no form that pays another", async () => {
  const li = await s.as("li");
  const { card } = await holder("li");
  const own = { known: "bankCard", shown: shown(card) };
  const toAnother = asking("李例妻", own, { payee: "member", papers: [newId()] });
  assert.equal(why(await open(li, toAnother)), "422 not-on-file /answers/bankCard");
});

test("an officer files with the worker's card unseen, where the power to file reaches", async () => {
  const organiser = await s.as("organiser.grassroots");
  const { id: person, name, card } = await holder("li");
  const url = `/api/services/living-aid/known?person=${person}`;
  const known = await organiser.get(url);
  assert.equal(known.status, 200, JSON.stringify(known.body));
  without(card, known);
  assert.ok(!/\d{11}/.test(JSON.stringify(known.body)), "no number in full");
  const value = (key: string) => known.body.items.find((one: { key: string }) => one.key === key)?.value;
  assert.equal(value("name"), name);
  assert.deepEqual(value("bankCard"), { known: "bankCard", shown: shown(card) });
  const id = newId();
  const answers = asking(name, value("bankCard"), { bankName: value("bankName") });
  const opened = await open(organiser, answers, person, id);
  assert.equal(opened.status, 201, JSON.stringify(opened.body));
  assert.equal(await paidTo(id), card);
  without(card, opened, await organiser.get(`/api/cases/${id}`));
  assert.equal(opened.body.case.answers.bankCard, shown(card));
  // The worker reads who filed it and who looked.
  const li = await s.as("li");
  const seen = await li.get(`/api/cases/${id}`);
  assert.equal(seen.body.case.onBehalf, true);
  const looks = (await li.get("/api/me/looked-at")).body.items;
  const number: string = seen.body.case.number;
  assert.ok(looks.some((one: object) => JSON.stringify(one).includes(number)));

  // Another union's officer, one without the power, a worker.
  assert.equal((await (await s.as("organiser.machine")).get(url)).status, 404);
  assert.equal((await open(await s.as("organiser.machine"), answers, person)).status, 404);
  const cashier = await s.as("cashier.county");
  assert.equal((await cashier.get(url)).status, 403);
  assert.equal((await open(cashier, answers, person)).status, 403);
  assert.equal((await li.get(url)).status, 403);
  assert.equal((await s.nobody.get(url)).status, 401);
  assert.equal((await organiser.get(`/api/services/nothing/known?person=${person}`)).status, 404);
});

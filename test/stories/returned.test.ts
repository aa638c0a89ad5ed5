import assert from "node:assert/strict";
import test from "node:test";
import { sql } from "kysely";
import { newId } from "../../src/kernel/ids.ts";
import { maskId, maskPhone } from "../../src/kernel/mask.ts";
import { unsealPerson } from "../../src/people/sealed.ts";
import { loadCase } from "../../src/procedures/load.ts";
import { findCase } from "../../src/procedures/store.ts";
import { type Answer, story, type Visitor } from "./story.ts";

/** A case that came back is handed in again from what it already holds, by an officer who may not see all of it in clear. */

const s = story();
const kinds = ["identity", "income", "authorisation", "bank", "diagnosis", "medical-bills"];
const page = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF");
const phone = "13900000001";
const caseId = newId();
let own: { readonly name: string; readonly idNumber: string; readonly card: string };

function ok(answer: Answer, status = 200): Answer["body"] {
  assert.equal(answer.status, status, JSON.stringify(answer.body).slice(0, 600));
  return answer.body;
}

async function paper(who: Visitor, kind: string): Promise<string> {
  const file = { name: `${kind}.pdf`, content: page, type: "application/pdf" };
  return ok(await who.upload("/api/papers", file, { kind }), 201).id;
}

async function held(): Promise<Record<string, unknown> & { members: Record<string, unknown>[] }> {
  return s.database.owner.systemRead(async (tx) => {
    const row = await findCase(tx, caseId);
    assert.ok(row);
    return (await loadCase({ ring: s.ring } as never, tx, row)).state.answers as never;
  });
}

async function formOf(who: Visitor) {
  const { may } = ok(await who.get(`/api/cases/${caseId}`));
  return may.find(({ name }: { name: string }) => name === "resubmit").answers;
}

const back = async () =>
  ok(await (await s.as("chair.grassroots")).act(caseId, "return", { note: "票据看不清，请重拍。" }));

test("the worker's form opens with all of it but the card, which stands as a mark", async () => {
  const li = await s.as("li");
  const { id, name } = ok(await li.get("/api/me")).person;
  const { rows } = await s.database.db.systemRead((tx) =>
    sql<{ district: string; id: string; sealed: Buffer }>`
      select district, id, sealed from person where id = ${id}`.execute(tx),
  );
  const sealed = unsealPerson(s.ring, rows[0]!);
  own = { name, idNumber: sealed.idNumber!, card: sealed.bankCard! };
  const papers: string[] = [];
  for (const kind of kinds) papers.push(await paper(li, kind));
  const answers = {
    mainCause: "self_illness",
    story: "住院两次，开销很大。",
    phone,
    address: "虚构路 1 号",
    members: [{ name, relation: "self", idNumber: own.idNumber, workStatus: "on_post", health: "good" }],
    dwelling: "rented",
    homes: 0,
    hasVehicle: false,
    bankHolder: name,
    bankName: "虚构银行",
    bankCard: own.card,
    papers,
    checkConsent: true,
    sensitiveConsent: true,
    statement: true,
  };
  ok(await li.post("/api/cases", { id: caseId, service: "hardship-file", answers }), 201);
  await back();
  const card = { known: "before", shown: `**** ${own.card.slice(-4)}` };
  assert.deepEqual(await formOf(li), { ...answers, bankCard: card });
  ok(await li.act(caseId, "resubmit", await formOf(li)));
  assert.deepEqual(await held(), answers, "left untouched, it stands as it was");
});

test("an officer's form opens filled in, with marks for what is masked; left untouched nothing is lost", async () => {
  await back();
  const before = await held();
  const chair = await s.as("chair.grassroots");
  const seen = await chair.get(`/api/cases/${caseId}`);
  for (const secret of [own.card, own.idNumber, phone])
    assert.ok(!JSON.stringify(seen.body).includes(secret), "a sealed number travelled");
  const form = await formOf(chair);
  assert.equal(form.story, before.story);
  assert.deepEqual(form.phone, { known: "before", shown: maskPhone(phone) });
  assert.deepEqual(form.members[0].idNumber, { known: "before", shown: maskId(own.idNumber), row: 0 });
  const anew = await paper(chair, "medical-bills");
  ok(await chair.act(caseId, "resubmit", { ...form, papers: [...form.papers.slice(0, -1), anew] }));
  const { papers, ...rest } = await held();
  const { papers: _, ...same } = before;
  assert.deepEqual(rest, same);
  assert.equal((papers as string[]).at(-1), anew);
  const theirs = ok(await (await s.as("li")).get(`/api/cases/${caseId}`)).case.files.map(
    (one: { id: string }) => one.id,
  );
  assert.ok(theirs.includes(anew), "what is handed in for the worker is the worker's to see");
});

test("a row keeps its own number when another comes before it; a mark of no row, or of another number, is refused", async () => {
  await back();
  const chair = await s.as("chair.grassroots");
  const form = await formOf(chair);
  const [self] = form.members;
  const child = {
    name: "李小例",
    relation: "son",
    idNumber: "990101201501010015",
    workStatus: "studying",
    health: "good",
  };
  const why = async (members: unknown, more: object = {}) => {
    const { status, body } = await chair.act(caseId, "resubmit", { ...form, ...more, members });
    return `${status} ${body.code} ${body.errors?.[0]?.pointer ?? ""}`;
  };
  const rows: readonly (readonly [string, unknown, object, string])[] = [
    ["another row", { ...self.idNumber, row: 1 }, {}, "422 not-on-file /answers/members/0/idNumber"],
    ["no row", { known: "before" }, {}, "422 not-on-file /answers/members/0/idNumber"],
    ["another number", { ...self.idNumber, shown: "9" }, {}, "422 not-on-file /answers/members/0/idNumber"],
    ["masked digits", maskId(own.idNumber), {}, "422 id-characters /answers/members/0/idNumber"],
    ["masked phone", self.idNumber, { phone: maskPhone(phone) }, "422 bad-phone /answers/phone"],
  ];
  for (const [what, idNumber, more, refusal] of rows)
    assert.equal(await why([{ ...self, idNumber }], more), refusal, what);
  assert.equal((await held()).members[0]?.idNumber, own.idNumber);
  const answer = await chair.act(caseId, "resubmit", { ...form, members: [child, self] });
  ok(answer);
  const { members } = await held();
  assert.deepEqual(
    members.map(({ idNumber }) => idNumber),
    [child.idNumber, own.idNumber],
  );
});

test("a paper that a later hand-in replaced says on which day, to the worker and the officer; what was kept counts", async () => {
  const readers = [await s.as("li"), await s.as("chair.grassroots")];
  const [li] = readers as [Visitor, Visitor];
  const marks = async (): Promise<readonly [string, string | null][][]> =>
    Promise.all(
      readers.map(async (who) =>
        ok(await who.get(`/api/cases/${caseId}`)).case.files.map(
          (one: { id: string; replacedOn: string | null }) => [one.id, one.replacedOn],
        ),
      ),
    );
  const { papers } = (await held()) as unknown as { papers: string[] };
  const [, before = []] = await marks();
  const bills = before.findLast(([, on]) => on !== null);
  assert.ok(bills, "the officer's own paper took the place of one");
  assert.deepEqual(new Set(before.slice(0, -1).map(([id]) => id)), new Set(papers), "those that count first");

  await back();
  const today = await s.pass(1);
  const anew = await paper(li, "identity");
  const [blurred, ...kept] = papers;
  ok(await li.act(caseId, "resubmit", { ...(await formOf(li)), papers: [anew, ...kept] }));
  for (const files of await marks()) {
    const replaced = new Map(files.filter(([, on]) => on !== null));
    assert.deepEqual(replaced, new Map([bills, [blurred!, today]]));
    assert.deepEqual(
      files.slice(-2).map(([id]) => replaced.has(id)),
      [true, true],
    );
  }

  await back();
  ok(await li.act(caseId, "resubmit", { ...(await formOf(li)), papers }));
  for (const files of await marks())
    assert.deepEqual(
      new Set(files.filter(([, on]) => on !== null).map(([id]) => id)),
      new Set([bills[0], anew]),
      "what is named again counts again",
    );
});

import assert from "node:assert/strict";
import test from "node:test";
import { sql } from "kysely";
import { newId } from "../../src/kernel/ids.ts";
import { unsealPerson } from "../../src/people/sealed.ts";
import { type Answer, story, type Visitor } from "./story.ts";

/** No number, address or illness of a person in a log, an error, an address, a metric, a public page or a plain column. */

const heard: string[] = [];
const s = story({ lives: true, heard });
const told: string[] = [];

const address = "虚构路七十七号拟小区三栋";
const illness = "拟发性肾衰竭";
const spoken = "家里只剩我一个人挣钱了";
const objector = "某举报人甲";
const objectorPhone = "13711113333";
let secrets: string[] = [];
/** Names that a public page shows masked. */
const names: string[] = [];
const liang = { id: "", idNumber: "", phone: "13900000008", card: "" };

/** A request whose refusal is kept, to be looked through at the end. */
async function tell(answer: Promise<Answer>): Promise<Answer> {
  const said = await answer;
  if (said.status >= 400) told.push(JSON.stringify(said.body));
  told.push(JSON.stringify(said.headers));
  return said;
}

async function statement(worker: Visitor, more: object = {}) {
  const papers: string[] = [];
  for (const kind of ["identity", "income", "authorisation", "bank", "diagnosis", "medical-bills"]) {
    const content = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF";
    const file = { name: `${liang.idNumber}.pdf`, content, type: "application/pdf" };
    papers.push((await tell(worker.upload("/api/papers", file, { kind }))).body.id);
  }
  return {
    mainCause: "self_illness",
    story: `${illness},${spoken}。`,
    phone: liang.phone,
    address,
    members: [
      {
        name: "梁拟冬",
        relation: "self",
        idNumber: liang.idNumber,
        workStatus: "on_post",
        health: "seriously_ill",
        hasProof: true,
      },
    ],
    incomes: [{ who: "梁拟冬", kind: "wage", amountFen: 2_400_000 }],
    expenses: [{ kind: "illness", grossFen: 6_000_000, reimbursedFen: 4_500_000 }],
    dwelling: "rented",
    homes: 0,
    hasVehicle: false,
    bankHolder: "梁拟冬",
    bankName: "虚构银行",
    bankCard: liang.card,
    papers,
    checkConsent: true,
    sensitiveConsent: true,
    statement: true,
    ...more,
  };
}

test("a worker's numbers, home and illness pass through the doors", async () => {
  const worker = await s.as("liang");
  liang.id = (await worker.get("/api/me")).body.person.id;
  const { rows } = await s.database.owner.systemRead((tx) =>
    sql<{
      district: string;
      id: string;
      sealed: Buffer;
    }>`select district, id, sealed from person where id = ${liang.id}`.execute(tx),
  );
  const facts = unsealPerson(s.ring, rows[0]!);
  liang.idNumber = facts.idNumber as string;
  liang.card = facts.bankCard as string;
  secrets = [liang.idNumber, liang.phone, liang.card, address, illness, spoken, objector, objectorPhone];
  // Whoever is on public notice, with the household's numbers.
  const { rows: noticed } = await s.database.owner.systemRead((tx) =>
    sql<{
      district: string;
      id: string;
      sealed: Buffer;
      name: string;
    }>`select p.district, p.id, p.sealed, p.name
      from notice n join case_file c on c.district = n.district and c.id = n.case_id
        join person p on p.district = c.district and p.id = c.applicant_id where n.state = 'up'`.execute(tx),
  );
  assert.ok(noticed.length > 0);
  for (const one of noticed) {
    const sealed = unsealPerson(s.ring, one);
    names.push(one.name);
    secrets.push(...[sealed.idNumber, sealed.phone, sealed.bankCard].filter((fact) => fact !== undefined));
  }
  assert.ok(secrets.every((one) => one.length > 3));

  const answers = await statement(worker);
  assert.equal((await tell(worker.put("/api/drafts/hardship-file", { answers }))).status, 204);
  const wrong = `${liang.idNumber.slice(0, -1)}${liang.idNumber.endsWith("X") ? "1" : "X"}`;
  secrets.push(wrong);
  const [self] = answers.members;
  for (const more of [
    { members: [{ ...self, idNumber: wrong }] },
    { members: [{ ...self, idNumber: liang.idNumber, health: illness }] },
    { phone: `${liang.phone}1` },
    { bankCard: `${liang.card}9` },
    { address: { text: address } },
    { story: `${illness}\u0000` },
    { dwelling: address },
    { mainCause: illness },
  ]) {
    const refused = await tell(
      worker.post("/api/cases", { id: newId(), service: "hardship-file", answers: { ...answers, ...more } }),
    );
    assert.ok(refused.status >= 400 && refused.status < 500, JSON.stringify(refused.body));
  }
  const id = newId();
  const opened = await tell(worker.post("/api/cases", { id, service: "hardship-file", answers }));
  assert.equal(opened.status, 201, JSON.stringify(opened.body).slice(0, 600));
  await tell(worker.post("/api/cases", { id, service: "hardship-file", answers: { ...answers, homes: 1 } }));
});

test("officers search, look, reveal and refuse with them", async () => {
  const county = await s.as("chair.county");
  for (const q of [liang.idNumber, liang.phone]) {
    const inUrl = await tell(county.get(`/api/members?q=${q}`));
    assert.equal(inUrl.body.code, "number-in-url");
    const found = await tell(county.post("/api/members/search", { q }));
    assert.equal(found.body.items[0]?.id, liang.id);
  }
  await tell(county.get(`/api/members/${liang.id}`));
  const shown = await tell(
    county.post(`/api/members/${liang.id}/reveal`, {
      fields: ["idNumber", "phone", "bankCard"],
      purpose: "核对银行卡",
    }),
  );
  assert.equal(shown.body.values.idNumber, liang.idNumber);
  await tell(s.nobody.post("/api/session", { login: liang.phone, password: liang.idNumber }));
  await tell(s.nobody.post("/api/session", { login: liang.phone, code: "111111" }));
  await tell(s.nobody.post("/api/session", { login: liang.idNumber, password: "x".repeat(12) }));
  await tell(s.nobody.post("/api/session/code", { phone: `${liang.phone}0` }));
  const roster = `姓名,身份证号,手机号,住址\r\n梁拟冬,${liang.idNumber},${liang.phone},${address}\r\n某例,${liang.idNumber.slice(0, 17)},${liang.phone}0,${address}\r\n`;
  const unit = (await county.get("/api/me")).body.posts[0].unit.id;
  const loaded = await tell(
    county.upload(
      "/api/imports",
      { name: "名册.csv", content: roster, type: "text/csv" },
      { unit, kind: "roster", hold: "true" },
    ),
  );
  assert.equal(loaded.status, 201, JSON.stringify(loaded.body));
  await tell(county.post(`/api/imports/${loaded.body.id}/run`, { dryRun: true }));
  await s.pass(1);
  await tell(county.get(`/api/imports/${loaded.body.id}`));
});

test("an objector gives a name and a phone", async () => {
  const notices = (await s.nobody.get("/api/public/notices")).body.items;
  assert.ok(notices.length > 0);
  for (const notice of notices)
    await tell(
      s.nobody.post(`/api/public/notices/${notice.id}/objections`, {
        text: "听说情况不属实。",
        name: objector,
        phone: objectorPhone,
      }),
    );
  await tell(
    s.nobody.post(`/api/public/notices/${newId()}/objections`, {
      text: "听说情况不属实。",
      name: objector,
      phone: "13711",
    }),
  );
});

/**
 * What a page says. Of a metric only its name and labels: its value is a measured number, and a run of
 * nines and noughts in a sum of seconds may read like a telephone number.
 */
const written = (url: string, page: string): string =>
  url === "/metrics" ? page.replace(/ [-+.\de]+$/gm, "") : page;

test("none of it is in a log, an error, a header, a metric or on a public page", async () => {
  const pages: string[] = [];
  const units = (await s.nobody.get("/api/public/units?q=工会".replace("工会", encodeURIComponent("工会"))))
    .body.items;
  for (const url of [
    "/metrics",
    "/api/public/notices",
    "/api/public/roots",
    "/api/openapi.json",
    "/api/docs",
    ...units.map((one: { id: string }) => `/api/public/units/${one.id}`),
  ])
    pages.push(written(url, (await s.nobody.get(url)).bytes.toString("utf8")));
  assert.ok(heard.length > 10, "the log was heard");
  for (const notice of (await s.nobody.get("/api/public/notices")).body.items)
    pages.push((await s.nobody.get(`/api/public/notices/${notice.id}`)).bytes.toString("utf8"));
  for (const name of names)
    assert.ok(!pages.some((page) => page.includes(name)), `a public page names ${name}`);
  for (const secret of secrets) {
    for (const [where, lines] of Object.entries({ log: heard, answer: told, page: pages })) {
      const line = lines.find((one) => one.includes(secret) || one.includes(encodeURIComponent(secret)));
      assert.equal(line, undefined, `a ${where} holds ${secret}: ${line?.slice(0, 500)}`);
    }
  }
});

test("nor in any plain column of the database", async () => {
  const { rows: tables } = await s.database.owner.systemRead((tx) =>
    sql<{ name: string }>`select tablename name from pg_tables where schemaname = 'public'`.execute(tx),
  );
  const wrong: string[] = [];
  for (const { name } of tables)
    for (const secret of secrets) {
      const hex = Buffer.from(secret).toString("hex");
      const { rows } = await s.database.owner.systemRead((tx) =>
        sql<{ found: string }>`select left(t::text, 600) found from ${sql.table(name)} t
          where t::text like ${`%${secret}%`} or t::text like ${`%${hex}%`} limit 1`.execute(tx),
      );
      if (rows[0]) wrong.push(`${name} holds ${secret}: ${rows[0].found}`);
    }
  assert.deepEqual(wrong, []);
});

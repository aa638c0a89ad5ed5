import assert from "node:assert/strict";
import { before, test } from "node:test";
import { withRole } from "../db/pool.ts";
import { type Caller, withServer } from "../http/testing.ts";
import { createJobRunner } from "../jobs/index.ts";
import { addDays, day } from "../kernel/day.ts";
import { fictitiousIdentity, parseIdentity } from "../kernel/identity-number.ts";
import { newId } from "../kernel/ids.ts";
import { expect } from "../kernel/refusal.ts";
import { openSpreadsheet } from "../spreadsheet/index.ts";
import { rowXml, workbookOf } from "../spreadsheet/testing.ts";
import { handlers as figures } from "../statistics/routes.ts";
import type { Role, Unit } from "../units/index.ts";
import { makePost, makeTree } from "../units/testing.ts";
import { jobs } from "./jobs.ts";
import { openMembership } from "./membership-store.ts";
import type { Person } from "./person.ts";
import { handlers } from "./routes.ts";
import { createPerson } from "./store.ts";
import { escalateTransfers } from "./transfer.ts";

const app = withServer({ handlers: [...handlers, ...figures] });
const today = day("2026-03-02");
let tree: Awaited<ReturnType<typeof makeTree>>;
let chair: Caller;
let countyChair: Caller;
let stranger: Caller;
let worker: Caller;
let zhang: Person;
const zhangNumber = fictitiousIdentity("990101", day("1985-05-05"), 11);
const zhangPhone = "13900001111";

async function person(name: string, unit: Unit, sequence: number, phone?: string): Promise<Person> {
  const identity = expect(
    parseIdentity(fictitiousIdentity("990101", day("1985-05-05"), sequence), { today, fictitious: true }),
  );
  return app.db.system(async (tx) => {
    const made = expect(
      await createPerson(
        tx,
        app.ctx.ring,
        { unit, name, identity, ...(phone && { sealed: { phone } }) },
        today,
      ),
    );
    expect(
      await openMembership(
        tx,
        { person: made, unit, status: "ACTIVE" },
        { by: null, at: app.clock.now(), day: today },
      ),
    );
    return made;
  });
}

async function officer(name: string, unit: Unit, role: Role, sequence: number): Promise<Caller> {
  const made = await person(name, unit, sequence);
  await app.db.system((tx) => makePost(tx, unit, role, { person: made.id, name }));
  return app.as(made.id, unit.district);
}

before(async () => {
  await app.serving();
  tree = await app.db.system(makeTree);
  chair = await officer("主席甲", tree.company, "chair", 1);
  countyChair = await officer("主席乙", tree.county, "chair", 3);
  stranger = await officer("主席丙", tree.other, "chair", 5);
  zhang = await person("张虚构", tree.company, 11, zhangPhone);
  worker = await app.as(zhang.id, zhang.district, false);
});

const runner = () =>
  createJobRunner({
    handlers: [jobs],
    daily: [],
    context: () => app.ctx,
    connection: withRole({ connection: app.connection, role: "zhijia_app" }),
  });

test("a person is found by those whose scope holds them, and by nobody else", async () => {
  for (const caller of [chair, countyChair]) {
    const found = await caller.get(`/api/members?q=${encodeURIComponent("张虚")}`);
    assert.deepEqual([found.status, found.json.total, found.json.items[0].id], [200, 1, zhang.id]);
  }
  const none = await stranger.get(`/api/members?q=${encodeURIComponent("张虚")}`);
  assert.deepEqual([none.status, none.json.total, none.json.items], [200, 0, []]);
  assert.equal((await stranger.get(`/api/members/${zhang.id}`)).status, 404);
  assert.equal((await worker.get("/api/members?q=x")).status, 403);
  const inside = await countyChair.get(`/api/members?unit=${tree.company.id}`);
  assert.equal(inside.json.total, inside.json.items.length);
  assert.equal((await stranger.get(`/api/members?unit=${tree.company.id}`)).status, 404);
});

test("a number is searched in a body and refused in an address", async () => {
  const refused = await chair.get(`/api/members?q=${zhangNumber}`);
  assert.deepEqual([refused.status, refused.json.code], [400, "number-in-url"]);
  for (const q of [zhangNumber, zhangPhone, "ZHANGXUGOU", "zxg"]) {
    const found = await chair.post("/api/members/search", { q });
    assert.deepEqual(
      found.json.items.map((one: { id: string }) => one.id),
      [zhang.id],
      q,
    );
  }
  assert.equal((await stranger.post("/api/members/search", { q: zhangNumber })).json.items.length, 0);
  assert.ok(!app.logged.some((line) => line.includes(zhangPhone) || /1985\d{10}/.test(line)));
});

// Acceptance: an identity number read in clear is logged with its purpose, and the person reads it.
test("a page shows numbers masked; the clear ones ask for a purpose and the person reads it", async () => {
  const page = await chair.get(`/api/members/${zhang.id}`);
  assert.equal(page.status, 200);
  assert.match(page.json.person.idNumber, /^990101\*{8}\w{4}$/);
  assert.equal(page.json.person.phone, "139****1111");
  assert.ok(!page.text.includes(zhangNumber) && !page.text.includes(zhangPhone));
  assert.equal(page.json.events.length, 1);
  const noWhy = await chair.post(`/api/members/${zhang.id}/reveal`, { fields: ["phone"], purpose: "看" });
  assert.deepEqual([noWhy.status, noWhy.json.code], [422, "purpose-needed"]);
  const shown = await chair.post(`/api/members/${zhang.id}/reveal`, {
    fields: ["phone"],
    purpose: "通知本人领取材料",
  });
  assert.deepEqual(shown.json.values, { phone: zhangPhone });
  assert.equal(
    (
      await stranger.post(`/api/members/${zhang.id}/reveal`, {
        fields: ["phone"],
        purpose: "通知本人领取材料",
      })
    ).status,
    404,
  );
  const looks = await worker.get("/api/me/looked-at");
  assert.equal(looks.json.items.length, 1);
  assert.match(
    looks.json.items[0].sentence,
    /主席 主席甲 查看了您的资料（手机号码），用途：通知本人领取材料。/,
  );
});

test("a membership changes as the table says, once for one id, and the page offers what may be done", async () => {
  const wang = await person("王虚构", tree.company, 21);
  const page = await chair.get(`/api/members/${wang.id}`);
  const may = new Map<string, { allowed: boolean; refusal?: { code: string } }>(
    page.json.may.map((one: { name: string }) => [one.name, one]),
  );
  assert.equal(may.get("retain")!.allowed, true);
  assert.equal(may.get("cancel")!.refusal!.code, "membership-not-yours");
  const id = newId();
  const body = { id, name: "retain", reason: "RETIRED" };
  const done = await chair.post(`/api/members/${wang.id}/status`, body);
  assert.deepEqual([done.status, done.json.status], [200, "RETAINED"]);
  const again = await chair.post(`/api/members/${wang.id}/status`, body);
  assert.deepEqual([again.status, again.json.status], [200, "RETAINED"]);
  const zhao = await person("赵虚构", tree.company, 22);
  for (const [who, other] of [
    [wang, { name: "deceased" }],
    [wang, { reason: "UNEMPLOYED" }],
    [wang, { note: "另有说明" }],
    [zhao, {}],
  ] as const) {
    const taken = await chair.post(`/api/members/${who.id}/status`, { ...body, ...other });
    assert.deepEqual([taken.status, taken.json.code], [409, "same-id-other-content"]);
  }
  const expelled = await chair.post(`/api/members/${wang.id}/status`, {
    id: newId(),
    name: "expel",
    decision: "1 号",
  });
  assert.deepEqual([expelled.status, expelled.json.code], [422, "decision-needed"]);
  assert.equal(
    (await stranger.post(`/api/members/${wang.id}/status`, { id: newId(), name: "deceased" })).status,
    404,
  );
  assert.equal((await chair.get(`/api/members/${wang.id}`)).json.events.length, 2);
});

test("a worker sees their card and household, and completes their own facts", async () => {
  const card = await worker.get("/api/me/card");
  assert.equal(card.status, 200);
  assert.match(card.json.code, /^M1\./);
  const household = await worker.get("/api/me/household");
  assert.deepEqual(
    household.json.toComplete.map((one: { field: string }) => one.field),
    ["ethnicity", "education", "politicalStatus"],
  );
  const put = await worker.put("/api/me/facts", {
    ethnicity: "01",
    education: "20",
    bankCard: "6222 0212 3456 7890 128",
  });
  assert.equal(put.status, 200, put.text);
  assert.deepEqual(
    put.json.toComplete.map((one: { field: string }) => one.field),
    ["politicalStatus"],
  );
  const bad = await worker.put("/api/me/facts", { bankCard: "12" });
  assert.deepEqual([bad.status, bad.json.errors[0].pointer], [422, "/bankCard"]);
});

const heads = ["姓名", "身份证号", "手机", "学校"];
const roster = (...rows: (string | number | null)[][]): Buffer =>
  workbookOf([{ name: "名册", rows: [heads, ...rows].map((row, i) => rowXml(i + 1, row)).join("") }]);
const number = (n: number): string => fictitiousIdentity("990101", day("1991-01-01"), n);

test("a file is dropped in, its columns checked, tried, loaded, and comes back with reasons", async () => {
  const file = roster(["钱一", number(1), "13900002001", "甲"], ["钱二", "990101199101010000", null, "乙"]);
  const made = await chair.upload(
    "/api/imports",
    { unit: tree.company.id, kind: "roster", hold: "true" },
    { name: "名册.xlsx", content: file },
  );
  assert.deepEqual([made.status, made.json.state], [201, "read"]);
  assert.deepEqual(
    made.json.mapping.map((one: { column: string; field: string | null }) => [one.column, one.field]),
    [
      ["A", "name"],
      ["B", "idNumber"],
      ["C", "phone"],
      ["D", null],
    ],
  );
  assert.deepEqual(made.json.unmapped, ["学校"]);
  assert.ok(!made.text.includes(number(1)));
  const { id } = made.json;
  assert.equal((await stranger.get(`/api/imports/${id}`)).status, 404);
  assert.equal(
    (
      await chair.post(`/api/imports/${id}/run`, {
        dryRun: true,
        mapping: [
          { column: "C", field: "name" },
          { column: "A", field: "name" },
        ],
      })
    ).json.code,
    "import-mapping",
  );
  const tried = await chair.post(`/api/imports/${id}/run`, {
    dryRun: true,
    mapping: [{ sheet: "名册", column: "D", field: "department" }],
  });
  assert.deepEqual([tried.status, tried.json.state], [202, "running"]);
  assert.equal((await chair.post(`/api/imports/${id}/run`, { dryRun: false })).json.code, "import-running");
  await runner().drain();
  const dry = (await chair.get(`/api/imports/${id}`)).json;
  assert.deepEqual([dry.state, dry.dryRun, dry.read, dry.loaded, dry.rejected], ["done", true, 2, 1, 1]);
  assert.deepEqual([dry.rows[0].outcome, dry.confirms, dry.toConfirm], ["不能导入", true, 0]);
  assert.equal((await chair.get(`/api/members?q=${encodeURIComponent("钱一")}`)).json.total, 0);
  const both = await Promise.all([1, 2].map(() => chair.post(`/api/imports/${id}/run`, { dryRun: false })));
  assert.deepEqual(both.map((one) => one.json.code ?? one.json.state).sort(), ["import-running", "running"]);
  await runner().drain();
  const wet = (await chair.get(`/api/imports/${id}`)).json;
  assert.deepEqual([wet.state, wet.dryRun, wet.read, wet.loaded, wet.rejected], ["done", false, 2, 1, 1]);
  assert.deepEqual(
    wet.rows
      .filter((one: { level: string }) => one.level === "error")
      .map((one: { row: number; column: string; code: string }) => [one.row, one.column, one.code]),
    [[3, "B", "id-damaged"]],
  );
  assert.equal((await chair.get(`/api/members?q=${encodeURIComponent("钱一")}`)).json.total, 1);
  const report = await chair.get(wet.reportUrl);
  assert.equal(report.status, 200);
  const book = expect(await openSpreadsheet(report.bytes));
  const rows: (readonly unknown[])[] = [];
  for await (const batch of book.rows(0)) rows.push(...batch.map((one) => one.cells));
  assert.match(String(rows[2]!.at(-2)), /身份证号已被表格软件改坏/);
  assert.equal((await chair.get("/api/imports")).json.items[0].id, id);
});

test("a plain upload starts at once; what is no roster is refused at the door", async () => {
  const file = roster(["赵一", number(31), null, null]);
  const made = await chair.upload(
    "/api/imports",
    { unit: tree.company.code },
    { name: "r.xlsx", content: file },
  );
  assert.deepEqual([made.status, made.json.state], [201, "running"]);
  await runner().drain();
  assert.deepEqual([(await chair.get(`/api/imports/${made.json.id}`)).json.loaded], [1]);
  const legacy = await chair.upload(
    "/api/imports",
    { unit: tree.company.code },
    { name: "r.xls", content: Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(600)]) },
  );
  assert.deepEqual([legacy.status, legacy.json.code], [422, "workbook-legacy"]);
  const nothing = await chair.upload("/api/imports", { unit: tree.company.code });
  assert.equal(nothing.json.code, "import-no-file");
  const elsewhere = await chair.upload(
    "/api/imports",
    { unit: tree.other.code },
    { name: "r.xlsx", content: file },
  );
  assert.equal(elsewhere.status, 404);
  const empty = await chair.upload(
    "/api/imports",
    { unit: tree.company.code },
    { name: "r.xlsx", content: workbookOf([{ name: "a", rows: rowXml(1, ["甲"]) }]) },
  );
  assert.deepEqual([empty.status, empty.json.code], [422, "roster-no-heads"]);
  const bomb = await chair.upload(
    "/api/imports",
    { unit: tree.company.code },
    { name: "r.xlsx", content: workbookOf([{ name: "a", rows: `${" ".repeat(40_000_000)}<row/>` }]) },
  );
  assert.deepEqual([bomb.status, bomb.json.code], [422, "workbook-bomb"]);
});

// Acceptance: a list goes out masked unless a purpose is given.
test("a roster goes out masked, and in clear only for a purpose that every member reads", async () => {
  const masked = await chair.get(`/api/rosters/export?unit=${tree.company.id}`);
  assert.equal(masked.status, 200);
  const cells = async (bytes: Buffer): Promise<string> => {
    const book = expect(await openSpreadsheet(bytes));
    const rows: string[] = [];
    for await (const batch of book.rows(0)) rows.push(...batch.map((one) => one.cells.join("|")));
    return rows.join("\n");
  };
  const shown = await cells(masked.bytes);
  assert.match(shown, /张虚构\|男\|汉族\|990101\*{8}/);
  assert.ok(!shown.includes(zhangPhone));
  const before = (await worker.get("/api/me/looked-at")).json.items.length;
  const clear = await chair.get(
    `/api/rosters/export?unit=${tree.company.id}&purpose=${encodeURIComponent("核对缴费名单")}`,
  );
  assert.ok((await cells(clear.bytes)).includes(zhangPhone));
  assert.equal((await worker.get("/api/me/looked-at")).json.items.length, before + 1);
  assert.equal((await stranger.get(`/api/rosters/export?unit=${tree.company.id}`)).status, 404);
  const template = await chair.get("/api/rosters/template");
  assert.match(await cells(template.bytes), /姓名\*/);
});

test("a transfer is asked for, released and accepted over the wire", async () => {
  const li = await person("李虚构", tree.company, 41);
  const id = newId();
  const asked = await chair.post(`/api/members/${li.id}/transfer`, { id, toUnitId: tree.other.id });
  assert.deepEqual([asked.status, asked.json.status], [201, "requested"]);
  const elsewhere = await chair.post(`/api/members/${li.id}/transfer`, { id, toUnitId: tree.county.id });
  assert.equal(elsewhere.json.code, "same-id-other-content");
  assert.equal((await stranger.post(`/api/transfers/${id}/accept`, {})).json.code, "transfer-not-offered");
  assert.equal((await chair.post(`/api/transfers/${id}/release`, {})).json.status, "released");
  const list = await stranger.get("/api/transfers");
  assert.deepEqual(list.json.items.find((one: { id: string }) => one.id === id).mine, ["accept", "refuse"]);
  assert.equal((await stranger.post(`/api/transfers/${id}/accept`, {})).json.status, "accepted");
  assert.equal((await stranger.get(`/api/members/${li.id}`)).json.person.unitId, tree.other.id);
  assert.equal((await chair.get(`/api/members/${li.id}`)).status, 404);
});

test("what the old union never released is decided above both, and the year's change adds up for whoever asks", async () => {
  const wang = await person("王虚构", tree.company, 43);
  const id = newId();
  await chair.post(`/api/members/${wang.id}/transfer`, { id, toUnitId: tree.other.id });
  await app.db.system((tx) => escalateTransfers(tx, addDays(today, 31)));
  const alone = await stranger.post(`/api/transfers/${id}/accept`, {});
  assert.equal(alone.json.code, "transfer-common-superior");
  const zhao = await person("赵虚构", tree.company, 45);
  await app.clock.advance(1);
  const second = newId();
  await chair.post(`/api/members/${zhao.id}/transfer`, { id: second, toUnitId: tree.other.id });
  assert.equal((await chair.post(`/api/transfers/${second}/release`, {})).json.status, "released");
  assert.equal((await stranger.post(`/api/transfers/${second}/accept`, {})).json.status, "accepted");
  const told = await chair.get(`/api/figures/member-change?unit=${tree.company.id}`);
  assert.equal(told.status, 200);
  const { opening, joined, transferredIn, reactivated, closing, transferredOut, retained } = told.json;
  const { withdrawn, autoWithdrawn, expelled, deceased, cancelled } = told.json;
  assert.equal(transferredOut, 2, "those who left are counted though no longer seen from here");
  const left = await chair.get(
    `/api/figures/member-change/people?unit=${tree.company.id}&kind=transferredOut`,
  );
  assert.equal(left.json.total, transferredOut, "the list behind the number has as many");
  assert.deepEqual(left.json.items.map((one: { name: string; unitName: string }) => one.name).toSorted(), [
    "李虚构",
    "赵虚构",
  ]);
  assert.equal(
    opening + joined + transferredIn + reactivated - transferredOut - retained - withdrawn - autoWithdrawn,
    closing + expelled + deceased + cancelled,
  );
  assert.equal((await stranger.get(`/api/figures/member-change?unit=${tree.company.id}`)).status, 404);
});

test("a list of transfers says whose turn it is, first what waits for the reader, page by page and within scope", async () => {
  const superior = await officer("主席丁", tree.city, "chair", 51);
  const people = [
    await person("接转甲", tree.company, 53),
    await person("接转乙", tree.company, 55),
    await person("接转丙", tree.company, 57),
  ];
  const ids: readonly string[] = people.map(() => newId());
  for (const [i, one] of people.entries())
    await chair.post(`/api/members/${one.id}/transfer`, { id: ids[i], toUnitId: tree.other.id });
  assert.equal((await chair.post(`/api/transfers/${ids[1]}/release`, {})).status, 200);
  interface Row {
    readonly id: string;
    readonly waiting: boolean;
  }
  const list = async (caller: Caller, query = "") => {
    const said = await caller.get(`/api/transfers?q=${encodeURIComponent("接转")}${query}`);
    assert.equal(said.status, 200, said.text);
    return said.json as { items: Row[]; next: string | null; total: number; waiting: number };
  };
  const told = async (caller: Caller, query = "") =>
    (await list(caller, query)).items.map((one) => `${ids.indexOf(one.id)}${one.waiting ? "!" : ""}`);
  assert.deepEqual((await told(chair)).at(-1), "1", "what was released waits elsewhere and comes last");
  assert.deepEqual((await told(chair)).toSorted(), ["0!", "1", "2!"]);
  assert.deepEqual((await told(stranger))[0], "1!");
  assert.deepEqual(await told(stranger, "&waiting=true"), ["1!"]);
  assert.deepEqual(await told(superior, "&waiting=true"), [], "the unions below answer for themselves");
  assert.deepEqual(
    [await told(chair, "&direction=in"), (await told(chair, "&direction=out")).length],
    [[], 3],
  );
  assert.deepEqual(await told(chair, "&kind=claim"), []);
  assert.equal((await stranger.get(`/api/transfers?unit=${tree.company.id}`)).status, 404);
  const waiting = await list(chair, "&limit=1");
  assert.deepEqual([waiting.total, waiting.waiting >= 2], [3, true]);

  const seen: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page = await list(chair, `&limit=1${cursor && `&cursor=${cursor}`}`);
    seen.push(...page.items.map((one) => one.id));
    cursor = page.next;
  }
  assert.deepEqual(
    seen,
    (await list(chair)).items.map((one) => one.id),
  );
  assert.equal((await chair.get("/api/transfers?cursor=xx")).json.code, "bad-cursor");

  const page = (await stranger.get(`/api/transfers/${ids[0]}`)).json;
  assert.deepEqual(
    page.may.map(
      (one: { name: string; refusal?: { code: string } }) => `${one.name} ${one.refusal?.code ?? "ok"}`,
    ),
    ["release transfer-other-union", "accept transfer-not-offered", "refuse ok"],
  );
  assert.deepEqual([page.opens, (await chair.get(`/api/transfers/${ids[0]}`)).json.opens], [false, true]);

  assert.equal((await stranger.post(`/api/transfers/${ids[1]}/accept`, {})).status, 200);
  assert.equal((await chair.post(`/api/transfers/${ids[2]}/refuse`, { note: "手续不全" })).status, 200);
  assert.deepEqual((await told(chair, "&state=ended")).toSorted(), ["1", "2"]);
  const ended: Row[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const part = await list(chair, `&state=ended&limit=1${cursor && `&cursor=${cursor}`}`);
    ended.push(...part.items);
    cursor = part.next;
  }
  assert.equal(ended.length, 2);
  assert.equal((await stranger.get(`/api/transfers/${ids[2]}`)).json.note, "手续不全");
  await app.db.system((tx) => escalateTransfers(tx, addDays(today, 40)));
  assert.deepEqual(await told(chair, "&escalated=true"), ["0"]);
  assert.deepEqual(await told(superior, "&waiting=true"), ["0!"], "the union above both decides");
});

test("two records are merged and taken apart by an officer of their union only", async () => {
  const made = await app.db.system(async (tx) =>
    expect(
      await createPerson(
        tx,
        app.ctx.ring,
        { unit: tree.company, name: "张虚构", identity: null, birthDate: day("1985-05-05") },
        today,
      ),
    ),
  );
  const pairs = await chair.get("/api/members/duplicates");
  const [pair] = pairs.json.items;
  assert.deepEqual(
    pair.people
      .map((one: { unitName: string; status: string | null }) => [one.unitName, one.status])
      .toSorted(),
    [
      [tree.company.name, null],
      [tree.company.name, "ACTIVE"],
    ],
  );
  const id = newId();
  assert.equal(
    (await stranger.post("/api/members/merge", { id, keepId: zhang.id, mergeId: made.id })).status,
    404,
  );
  const merge = (keepId: string, mergeId: string) =>
    chair.post("/api/members/merge", { id, keepId, mergeId });
  for (const time of ["once", "the same again"])
    assert.deepEqual((await merge(zhang.id, made.id)).json, { id, keptId: zhang.id }, time);
  assert.equal((await merge(made.id, zhang.id)).json.code, "same-id-other-content");
  assert.equal((await chair.get("/api/members/duplicates")).json.total, 0);
  assert.equal((await chair.post(`/api/merges/${id}/undo`, {})).status, 200);
  assert.equal((await chair.get("/api/members/duplicates")).json.total, 1);
});

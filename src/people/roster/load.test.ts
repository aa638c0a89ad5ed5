import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { before, test } from "node:test";
import { sql } from "kysely";
import { withDatabase } from "../../db/testing.ts";
import { day } from "../../kernel/day.ts";
import { fictitiousIdentity } from "../../kernel/identity-number.ts";
import { newId } from "../../kernel/ids.ts";
import { expect, isRefusal } from "../../kernel/refusal.ts";
import { newKeyring, parseKeyring } from "../../kernel/seal.ts";
import { openSpreadsheet } from "../../spreadsheet/index.ts";
import { rowXml, workbookOf } from "../../spreadsheet/testing.ts";
import { getUnit, setPolicy, systemScope, type Unit } from "../../units/index.ts";
import { makeUnit } from "../../units/testing.ts";
import { requireConfirmation } from "../confirmation.ts";
import { wrongCounters } from "../membership-store.ts";
import { unsealPerson } from "../sealed.ts";
import { findByIdentity, findByPhone, getPerson } from "../store.ts";
import { claimsOn } from "../transfer.ts";
import { importOf, problemsOf } from "./import-store.ts";
import { loadRoster, type RosterJob, type RosterResult } from "./load.ts";
import { reportOf } from "./report.ts";

const t = withDatabase({ today: "2026-03-02" });
const ring = parseKeyring(newKeyring());
let county: Unit;
let other: Unit;
let factory: Unit;
let school: Unit;

before(async () => {
  await t.standing();
  await t.owner.system((tx) => sql`insert into installation (fictitious) values (true)`.execute(tx));
  const by = { person: null, at: t.clock.now(), day: t.clock.today() };
  const make = (name: string, level: Unit["level"], parentId: Unit["id"] | null, regionCode: string) =>
    t.db.system((tx) => makeUnit(tx, { name, level, parentId, regionCode }, by));
  const province = await make("虚构省总工会", "PROVINCIAL", null, "990000");
  // Rosters of members whose papers are complete; what holds elsewhere is in confirmation.test.ts.
  const papersComplete = {
    id: newId<"policy">(),
    key: requireConfirmation.key,
    unitId: province.id,
    value: false,
    from: t.clock.today(),
    source: { document: "虚构省会籍管理办法（虚构）", tag: "U" as const },
  };
  expect(await t.db.system((tx) => setPolicy(tx, systemScope(), papersComplete, by)));
  const city = await make("云溪市总工会", "PREFECTURE", province.id, "990100");
  county = await make("云溪县总工会", "COUNTY", city.id, "990101");
  other = await make("虚谷区总工会", "COUNTY", city.id, "990102");
  factory = await make("虚构机械厂工会委员会", "GRASSROOTS", county.id, "990101");
  school = await make("虚构中学工会", "GRASSROOTS", other.id, "990102");
});

const host = () => ({ db: t.db, ring, clock: t.clock, fictitious: true });
const load = async (source: Buffer, more: Partial<RosterJob> = {}): Promise<RosterResult> =>
  expect(await loadRoster(host(), { unit: factory, source, by: null, ...more }));

let serial = 0;
/** A person nobody else in this file is. */
const id = (born = "1990-05-06"): string => fictitiousIdentity("990101", day(born), serial++);
const heads = ["姓名", "性别", "身份证号码", "手机号码", "民族", "学历", "政治面貌"];
const sheet = (rows: readonly (readonly (string | number | null)[])[], name = "名册"): Buffer =>
  workbookOf([{ name, rows: [heads, ...rows].map((row, i) => rowXml(i + 1, row)).join("") }]);

async function counted(): Promise<{ people: number; relations: number; events: number }> {
  const { rows } = await t.owner.systemRead((tx) =>
    sql<{
      people: number;
      relations: number;
      events: number;
    }>`select (select count(*)::int from person) as people,
      (select count(*)::int from membership) as relations, (select count(*)::int from membership_event) as events`.execute(
      tx,
    ),
  );
  return rows[0]!;
}

const problemCodes = async (result: RosterResult): Promise<string[]> => {
  const { rows } = await t.owner.systemRead((tx) =>
    sql<{ district: string }>`select district from roster_import where id = ${result.id}`.execute(tx),
  );
  const found = await t.db.systemRead((tx) => problemsOf(tx, rows[0]!.district, result.id, { limit: 1000 }));
  return found.map((one) => `${one.row}${one.column ?? ""} ${one.level} ${one.code}`);
};

test("a roster becomes persons, relations, events, lookups and a counter; a second load changes nothing", async () => {
  const first = id();
  const file = sheet([
    ["张三", "女", first, "13900000001", "汉族", "本科", "党员"],
    ["李𠮷", null, id(), 13900000002, null, null, null],
  ]);
  const before = await counted();
  const one = await load(file);
  assert.deepEqual([one.read, one.loaded, one.rejected, one.duplicates], [2, 2, 0, 0]);
  const after = await counted();
  assert.deepEqual(
    [after.people - before.people, after.relations - before.relations, after.events - before.events],
    [2, 2, 2],
  );
  const found = await t.db.systemRead((tx) => findByIdentity(tx, ring, { number: first }));
  const person = await t.db.systemRead((tx) => getPerson(tx, found!.personId));
  assert.deepEqual(
    [
      person.name,
      person.namePinyin,
      person.nameInitials,
      person.education,
      person.politicalStatus,
      person.ethnicity,
      person.memberStatus,
      person.unitId,
    ],
    ["张三", "zhangsan", "zs", "20", "01", "01", "ACTIVE", factory.id],
  );
  assert.equal(unsealPerson(ring, person).idNumber, first);
  assert.deepEqual(person.toComplete, ["joinedOn"]);
  assert.equal((await t.db.systemRead((tx) => findByPhone(tx, ring, "13900000002"))).length, 1);
  assert.equal((await t.db.systemRead((tx) => getUnit(tx, factory.id))).members, 2);

  const two = await load(file);
  assert.deepEqual([two.loaded, two.updated, two.unchanged, two.duplicates, two.rejected], [0, 0, 2, 0, 0]);
  assert.deepEqual(await counted(), after);
});

test("a later roster completes what was missing and changes what is told otherwise", async () => {
  const number = id();
  await load(sheet([["王五", null, number, "13900000011", null, null, null]]));
  const result = await load(sheet([["王五", null, number, "13900000012", "回族", "大专", null]]));
  assert.deepEqual([result.updated, result.unchanged], [1, 0]);
  const found = await t.db.systemRead((tx) => findByIdentity(tx, ring, { number }));
  const person = await t.db.systemRead((tx) => getPerson(tx, found!.personId));
  assert.deepEqual([person.ethnicity, person.education], ["03", "30"]);
  assert.equal(unsealPerson(ring, person).phone, "13900000012");
  assert.equal((await t.db.systemRead((tx) => findByPhone(tx, ring, "13900000011"))).length, 0);
  assert.equal((await t.db.systemRead((tx) => findByPhone(tx, ring, "13900000012"))).length, 1);
});

test("one number twice in a file is loaded once, and the second row names the first", async () => {
  const number = id();
  const result = await load(
    sheet([
      ["赵六", null, number, null, null, null, null],
      ["赵六", null, number, null, null, null, null],
    ]),
  );
  assert.deepEqual([result.loaded, result.duplicates], [1, 1]);
  assert.deepEqual(
    (await problemCodes(result)).filter((one) => one.includes("duplicate")),
    ["3C duplicate roster-same-person"],
  );
});

// Acceptance: a conflict of two unions over a dispatched worker is a claim for the worker, by a roster too.
test("agency and user unit both name a dispatched worker: a claim for the worker to decide, never a second relation", async () => {
  const number = id();
  await load(sheet([["派例一", null, number, null, null, null, null]]), { unit: school });
  const before = await counted();
  const rows = [
    ["姓名", "身份证号码", "用工形式"],
    ["派例一", number, "劳务派遣"],
  ];
  const file = workbookOf([{ name: "名册", rows: rows.map((row, i) => rowXml(i + 1, row)).join("") }]);
  const result = await load(file);
  assert.deepEqual(await problemCodes(result), ["2 duplicate member-claimed"]);
  assert.deepEqual(await counted(), before);
  const claims = await t.db.systemRead(async (tx) => {
    const found = await findByIdentity(tx, ring, { number });
    return claimsOn(tx, { district: found!.district, id: found!.personId });
  });
  assert.deepEqual(
    claims.map((one) => [one.fromUnitName, one.toUnitName, one.initiatedBy]),
    [[school.name, factory.name, "to"]],
  );
  assert.deepEqual(await problemCodes(await load(file)), ["2 duplicate member-elsewhere-asked"]);
});

test("a relation elsewhere is never doubled: the row asks for its transfer, once", async () => {
  const number = id();
  await load(sheet([["孙七", null, number, null, null, null, null]]), { unit: school });
  const before = await counted();
  const result = await load(sheet([["孙七", null, number, null, null, null, null]]));
  assert.deepEqual([result.loaded, result.duplicates], [0, 1]);
  assert.deepEqual(await problemCodes(result), ["2 duplicate member-elsewhere"]);
  const again = await load(sheet([["孙七", null, number, "13900000099", null, null, null]]));
  assert.deepEqual(await problemCodes(again), ["2 duplicate member-elsewhere-asked"]);
  assert.deepEqual(await counted(), before);
  const { rows } = await t.owner.systemRead((tx) =>
    sql<{
      n: number;
    }>`select count(*)::int as n from membership_transfer where person_name = '孙七' and status = 'requested'`.execute(
      tx,
    ),
  );
  assert.equal(rows[0]!.n, 1);
});

test("a number registered under another name is refused without telling the name", async () => {
  const number = id();
  await load(sheet([["周全", null, number, null, null, null, null]]));
  const result = await load(sheet([["吴全", null, number, null, null, null, null]]));
  assert.equal(result.rejected, 1);
  assert.deepEqual(await problemCodes(result), ["2 error identity-other-name"]);
});

test("a row names its own union below the one chosen, or is refused with the nearest name", async () => {
  const rows = [
    ["姓名", "证件号码", "所属工会"],
    ["郑一", id(), "虚构机械厂工会"],
    ["郑二", id(), factory.code],
    ["郑三", id(), "虚构机械制造厂工会"],
    ["郑四", id(), "虚构中学工会"],
  ];
  const file = workbookOf([{ name: "a", rows: rows.map((row, i) => rowXml(i + 1, row)).join("") }]);
  const result = await load(file, { unit: county });
  assert.deepEqual([result.loaded, result.rejected], [2, 2]);
  assert.deepEqual(await problemCodes(result), [
    "4C error roster-unit-unknown",
    "5C error roster-unit-unknown",
  ]);
});

test("a dry run tells the same and stores nobody", async () => {
  const known = id();
  await load(sheet([["钱一", null, known, null, null, null, null]]));
  const before = await counted();
  const file = sheet([
    ["钱一", null, known, null, null, null, null],
    ["钱二", null, id(), null, null, null, null],
    ["钱三", null, "990101199005060000", null, null, null, null],
  ]);
  const dry = await load(file, { dryRun: true });
  assert.deepEqual([dry.read, dry.loaded, dry.unchanged, dry.rejected], [3, 1, 1, 1]);
  assert.deepEqual(await counted(), before);
  const wet = await load(file);
  assert.deepEqual([wet.loaded, wet.unchanged, wet.rejected], [1, 1, 1]);
});

test("an import stopped half way goes on where it was, and no row is loaded twice", async () => {
  const people = Array.from({ length: 50 }, (_, i) => [
    `续${"甲乙丙丁戊己庚辛壬癸"[i % 10]}`,
    null,
    id(),
    null,
    null,
    null,
    null,
  ]);
  people.push([...people[3]!]);
  const file = sheet(people);
  const before = await counted();
  const stop = new AbortController();
  await assert.rejects(
    loadRoster(host(), {
      unit: factory,
      source: file,
      by: null,
      chunkRows: 10,
      signal: stop.signal,
      onProgress: ({ loaded }) => {
        if (loaded >= 20) stop.abort();
      },
    }),
    { name: "AbortError" },
  );
  const half = (await counted()).people - before.people;
  assert.ok(half >= 20 && half < 50, `${half} loaded before the stop`);
  const result = await load(file, { chunkRows: 10 });
  assert.equal(result.resumed, true);
  assert.deepEqual([result.read, result.loaded, result.duplicates], [51, 50, 1]);
  assert.equal((await counted()).people - before.people, 50);
});

test("two imports of one file at the same moment load every row once", async () => {
  const people = Array.from({ length: 60 }, (_, i) => [
    `并${"甲乙丙丁戊己庚辛壬癸"[i % 10]}`,
    null,
    id(),
    null,
    null,
    null,
    null,
  ]);
  const file = sheet(people);
  const before = await counted();
  const both = await Promise.all([
    loadRoster(host(), { unit: factory, source: file, by: null, chunkRows: 7 }),
    loadRoster(host(), { unit: factory, source: Buffer.concat([file]), by: null, chunkRows: 9 }),
  ]);
  const loaded = both.map((one) => (isRefusal(one) ? 0 : one.loaded)).reduce((sum, one) => sum + one, 0);
  assert.equal((await counted()).people - before.people, 60);
  assert.equal(loaded, 60);
});

test("two sheets, titles, merged heads, totals and signatures are read as people keep them", async () => {
  const one = [
    ["2026年虚构机械厂工会会员花名册"],
    ["填报单位:虚构机械厂", null, null, "填报日期:2026年3月1日"],
    ["序号", "基本信息", null, null, "联系方式", null],
    [null, "姓 名", "身份证号码\n(必填)", "出生年月", "手机", "住址"],
    [1, "冯甲", ` ${id("1985-01-02")} `, "1985.1", "139 0000 0021", "云溪县虚构路1号"],
    [
      2,
      "冯乙",
      id("1986-02-03").replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
      31446,
      "+86-13900000022",
      null,
    ],
    [3, null, null, null, null, null],
    ["合计", "2人", null, null, null, null],
    ["填表人:张某", null, null, "审核人:李某", null, null],
  ];
  const two = [
    ["手机号", "会员姓名", "公民身份号码"],
    ["13900000023", "冯丙", id()],
    [13900000024, "阿依古丽·买买提", id()],
  ];
  const file = workbookOf([
    {
      name: "一车间",
      rows: one.map((row, i) => rowXml(i + 1, row)).join(""),
      after: '<mergeCells><mergeCell ref="A1:F1"/></mergeCells>',
    },
    { name: "二车间", rows: two.map((row, i) => rowXml(i + 1, row)).join("") },
    { name: "说明", rows: rowXml(1, ["请如实填写"]) },
  ]);
  const result = await load(file);
  assert.deepEqual([result.read, result.loaded, result.rejected, result.skippedSheets], [4, 4, 0, ["说明"]]);
  const notes = (await problemCodes(result)).filter((one) => one.includes("total"));
  assert.deepEqual(notes, ["8 warning total-left-out"], "a total is left out, and said so");
});

test("every bad cell comes back in the same sheet with its reason and what to do", async () => {
  const file = sheet([
    ["陈一", "男", 990101199005060000, "13900000031", null, null, null],
    ["陈二", null, id("2015-01-01"), null, null, null, null],
    ["陈三(组长)", null, id(), "1390000", null, "神学院", null],
    ["陈四", null, id(), "13900000034", null, null, null],
    [],
    ["陈五", null, "123456", null, null, "神学院", null],
  ]);
  const result = await load(file, { dryRun: true });
  assert.deepEqual([result.loaded, result.rejected], [1, 4]);
  assert.deepEqual(
    (await problemCodes(result)).filter((one) => !one.includes("warning")),
    [
      "2C error id-damaged",
      "3C error under-sixteen",
      "4A error bad-name",
      "4D error bad-phone",
      "7C error id-length",
    ],
  );
  const row = (await t.db.systemRead((tx) => importOf(tx, systemScope(), result.id)))!;
  const report = expect(await openSpreadsheet(await buffer(expect(await reportOf(t.db, row, file, "zh")))));
  const rows: (readonly unknown[])[] = [];
  for await (const batch of report.rows(0)) for (const one of batch) rows[one.row - 1] = one.cells;
  await report.close();
  assert.deepEqual(rows[0], [...heads, "导入结果", "原因", "建议"]);
  assert.match(String(rows[1]![8]), /C 列 证件号码：身份证号已被表格软件改坏/);
  assert.match(String(rows[1]![9]), /按姓名和手机号/);
  assert.match(String(rows[3]![9]), /改为「陈三」/);
  assert.equal(rows[4]![7] ?? null, null);
  assert.deepEqual(rows[6]!.slice(0, 1).concat(rows[6]![7]), ["陈五", "不能导入"], "rows keep their numbers");
});

test("the counters say what the relations do after all of this", async () => {
  assert.deepEqual(await t.db.systemRead(wrongCounters), []);
});

test("a file that is no roster is refused before anything is stored", async () => {
  const none = await loadRoster(host(), {
    unit: factory,
    source: workbookOf([{ name: "a", rows: rowXml(1, ["甲", "乙"]) }]),
    by: null,
  });
  assert.ok(isRefusal(none) && none.code === "roster-no-heads");
  const noId = await loadRoster(host(), {
    unit: factory,
    source: workbookOf([
      { name: "a", rows: rowXml(1, ["姓名", "性别", "民族"]) + rowXml(2, ["甲某", "男", "汉"]) },
    ]),
    by: null,
  });
  assert.ok(isRefusal(noId) && noId.code === "roster-no-identity");
});

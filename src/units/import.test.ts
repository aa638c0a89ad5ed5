import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { withDatabase } from "../db/testing.ts";
import { expect, isRefusal, sentence } from "../kernel/refusal.ts";
import { region } from "../kernel/region.ts";
import { type Cell, guessLevel, readHead, readUnitRow } from "./import.ts";
import type { UnitImportReport } from "./import-report.ts";
import type { RowSource } from "./import-stage.ts";
import { importUnits } from "./import-store.ts";
import { systemScope } from "./scope.ts";
import { holdTree, listUnits } from "./store.ts";
import { byProgram, codeOf, makeTree, undone } from "./testing.ts";

const t = withDatabase();
let tree: Awaited<ReturnType<typeof makeTree>>;

test("a county is founded", async () => {
  await t.db.system(async (tx) => {
    tree = await makeTree(tx);
  });
});

/** A file of sheets, rows numbered as a reader sees them. */
function fileOf(...sheets: readonly (readonly (readonly Cell[])[])[]): RowSource {
  return {
    sheets: sheets.map((_, i) => ({ name: `表${i + 1}`, hidden: false })),
    async *rows(sheet) {
      yield sheets[sheet]!.map((cells, i) => ({ row: i + 1, cells }));
    },
  };
}

/** Imports below the county and undoes it. `look` sees the tree before that. */
async function importing(
  source: RowSource,
  look?: (tx: Tx, report: UnitImportReport) => Promise<void>,
): Promise<UnitImportReport> {
  return undone(t, async (tx) => {
    const report = expect(await importUnits(tx, systemScope(), tree.county.id, source, byProgram));
    await look?.(tx, report);
    return report;
  });
}

const told = (report: UnitImportReport): string[] =>
  report.problems.map(
    (one) =>
      `${one.row}${one.column === null ? "" : String.fromCharCode(65 + one.column)} ${one.refusal.code}`,
  );

test("a head is found by any of its words, with remarks and in any order", () => {
  const columns = readHead(["序号", "上级工会(必填)", "*工会名称", "层 级", "统一社会信用代码"]);
  assert.deepEqual(
    [...columns!.entries()],
    [
      ["parent", 1],
      ["name", 2],
      ["level", 3],
      ["uscc", 4],
    ],
  );
  assert.equal(readHead(["云溪县工会组织一览表"]), undefined);
  assert.equal(readHead(["上级工会", "层级"]), undefined, "without names it is no list of unions");
});

test("a level no column names is read from the name", () => {
  for (const [name, code, level] of [
    ["云溪县总工会", "990101", "COUNTY"],
    ["云溪市总工会", "990100", "PREFECTURE"],
    ["松风镇总工会", "990101001", "TOWNSHIP"],
    ["松风街道工会联合会", null, "TOWNSHIP"],
    ["云溪经济开发区工会联合会", null, "PARK"],
    ["听泉社区工会联合会", null, "COMMUNITY"],
    ["云溪纺织厂工会委员会", null, "GRASSROOTS"],
    ["一车间工会分会", null, "BRANCH"],
    ["第三工会小组", null, "GROUP"],
  ] as const)
    assert.equal(guessLevel(name, code && region(code)), level, name);
});

test("every wrong cell of a row is named", () => {
  const columns = readHead([
    "工会名称",
    "层级",
    "行政区划",
    "统一社会信用代码",
    "成立日期",
    "每届年限",
    "职工人数",
    "单位名称",
  ])!;
  const read = readUnitRow(["纺织厂", "星级", "34", "123", "去年", 4, "许多", "厂"], columns, {
    fictitious: true,
  });
  assert.ok(Array.isArray(read));
  assert.deepEqual(
    (read as { field: string; refusal: { code: string } }[])
      .map((one) => `${one.field} ${one.refusal.code}`)
      .sort(),
    [
      "employeeCount import-unknown-word",
      "foundedOn bad-day",
      "level import-unknown-word",
      "name too-short",
      "termYears unit-term-years",
      "uscc credit-code-length",
    ],
  );
});

test("superiors are found by code and by name, in any order of rows, and good rows load beside bad ones", async () => {
  const report = await importing(
    fileOf([
      ["云溪县工会组织一览表"],
      ["工会名称", "上级工会", "层级", "工会编码", "行政区划"],
      ["印染分厂工会分会", "云溪印染厂工会委员会", "分会", null, null],
      ["云溪印染厂工会委员会", "JD-1", null, null, "９９０１０１００２"],
      ["云溪县溪口镇工会联合会", null, "乡镇(街道)", "JD-1", "990101002"],
      ["云溪机修厂工会委员会", "云溪县松风镇工会联合会", "基层工会", null, null],
      ["云溪搪瓷厂工会委员会", "没有这个工会", "基层", null, null],
      ["搪瓷分厂工会分会", "云溪搪瓷厂工会委员会", "分会", null, null],
      ["甲工会分会", "乙工会分会", "小组", null, null],
      ["乙工会分会", "甲工会分会", "小组", null, null],
      [null, null, null, null, null],
      ["云溪纸厂工会委员会", null, "乡镇级", "JD-1", null],
      ["云溪百货工会委员会", null, null, null, null],
      ["外县工会委员会", null, null, null, "990102"],
      ["", "云溪县总工会", null, null, null],
      ["云溪煤矿工会委员会", "云溪印染厂工会委员会", "县级", null, "990101"],
      ["合 计", null, null, 13, null],
      [null, "总计：13家", null, null, null],
    ]),
    async (tx) => {
      const rows = await listUnits(tx, systemScope(), { under: tree.county.path, limit: 99 });
      const parent = (name: string) =>
        rows.find((one) => one.id === rows.find((other) => other.name === name)!.parentId)!.name;
      assert.equal(parent("印染分厂工会分会"), "云溪印染厂工会委员会");
      assert.equal(parent("云溪印染厂工会委员会"), "云溪县溪口镇工会联合会");
      assert.equal(parent("云溪机修厂工会委员会"), "云溪县松风镇工会联合会");
      const mill = rows.find((one) => one.name === "云溪印染厂工会委员会")!;
      assert.equal(mill.regionCode, "990101002");
      assert.match(mill.code, /^990101-\d{5,}$/);
      assert.equal(
        rows.find((one) => one.name === "印染分厂工会分会")!.regionCode,
        "990101002",
        "the superior's region",
      );
      assert.equal(mill.path.split(".").length, 6);
    },
  );
  assert.deepEqual(told(report), [
    "7B unit-parent-unknown",
    "8B import-parent-refused",
    "9B unit-parent-cycle",
    "10B unit-parent-cycle",
    "12D import-code-twice",
    "14E unit-region-outside",
    "15A required",
    "16C unit-level",
    "17 total-left-out",
    "18 total-left-out",
  ]);
  assert.deepEqual([report.read, report.loaded, report.duplicates, report.rejected], [13, 4, 1, 8]);
  assert.equal(
    sentence(report.problems[4]!.refusal, "zh"),
    "工会编码 JD-1 在文件里出现了不止一次（第 5 行也有）。",
  );
});

test("the same file again loads nothing", async () => {
  const file = fileOf([
    ["名称", "编码"],
    ["云溪钟表厂工会委员会", "ZB-1"],
    ["云溪灯具厂工会委员会", null],
  ]);
  await t.db.system(async (tx) => {
    const first = expect(await importUnits(tx, systemScope(), tree.county.id, file, byProgram));
    assert.deepEqual([first.loaded, first.duplicates], [2, 0]);
  });
  const again = await importing(file);
  assert.deepEqual([again.read, again.loaded, again.duplicates, again.rejected], [2, 0, 2, 0]);
});

test("federations take their region's place, and their unions follow, in one file for a whole city", async () => {
  await undone(t, async (tx) => {
    const file = fileOf(
      [
        ["工会名称", "行政区划代码", "上级工会编码"],
        ["望云县总工会", 990103, null],
        ["望云茶厂工会委员会", 990103, "990103"],
      ],
      [
        ["上级工会", "工会名称"],
        ["望云县总工会", "望云县第一中学工会委员会"],
      ],
    );
    const report = expect(await importUnits(tx, systemScope(), tree.city.id, file, byProgram));
    assert.deepEqual(told(report), []);
    assert.equal(report.loaded, 3);
    const rows = await listUnits(tx, systemScope(), { q: "望云", limit: 9 });
    assert.deepEqual(
      rows.map((one) => [one.name, one.level, one.path.split(".").slice(0, 4).join(".")]),
      [
        ["望云县总工会", "COUNTY", "cn.99.9901.990103"],
        ["望云茶厂工会委员会", "GRASSROOTS", "cn.99.9901.990103"],
        ["望云县第一中学工会委员会", "GRASSROOTS", "cn.99.9901.990103"],
      ],
    );
    assert.equal(rows[0]!.code, "990103");
  });
});

test("an import may take longer than a statement of other work", async () => {
  const held = Promise.withResolvers<void>();
  const blocking = t.db.system(async (tx) => {
    await holdTree(tx, "alone");
    held.resolve();
    await sql`select pg_sleep(1.2)`.execute(tx);
  });
  await held.promise;
  const report = await t.db.system(async (tx) => {
    await sql`set local statement_timeout = '600ms'`.execute(tx);
    return expect(
      await importUnits(
        tx,
        systemScope(),
        tree.county.id,
        fileOf([["名称"], ["云溪伞厂工会委员会"]]),
        byProgram,
      ),
    );
  });
  await blocking;
  assert.equal(report.loaded, 1);
});

test("a sheet without names says so, and a parent outside the scope is not found", async () => {
  const report = await importing(
    fileOf([
      ["甲", "乙"],
      ["1", "2"],
    ]),
  );
  assert.deepEqual(told(report), ["1 import-no-name"]);
  const nowhere = await t.db.system((tx) =>
    importUnits(tx, systemScope(), "00000000-0000-7000-8000-000000000000" as never, fileOf(), byProgram),
  );
  assert.ok(isRefusal(nowhere));
  assert.equal(codeOf(nowhere), "not-found");
});

import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import test from "node:test";
import { expect, isRefusal } from "../kernel/refusal.ts";
import {
  type Cell,
  csvLine,
  harmless,
  openSpreadsheet,
  type SheetRow,
  type SpreadsheetLimits,
  SpreadsheetTrouble,
  writeXlsx,
} from "./index.ts";
import { columnLetters } from "./spreadsheet.ts";
import { rowXml, workbookOf, zipOf } from "./testing.ts";

async function rowsOf(
  source: Buffer | string,
  sheet = 0,
  limits: Partial<SpreadsheetLimits> = {},
): Promise<SheetRow[]> {
  const book = expect(await openSpreadsheet(source, limits));
  const rows: SheetRow[] = [];
  for await (const batch of book.rows(sheet)) rows.push(...batch);
  await book.close();
  return rows;
}

async function codeOf(source: Buffer | string, limits: Partial<SpreadsheetLimits> = {}): Promise<string> {
  const book = await openSpreadsheet(source, limits);
  if (isRefusal(book)) return book.code;
  try {
    for (let i = 0; i < book.sheets.length; i++) for await (const _ of book.rows(i));
    return "read";
  } catch (error) {
    assert.ok(error instanceof SpreadsheetTrouble, String(error));
    return error.refusal.code;
  } finally {
    await book.close();
  }
}

const cellsOf = (rows: readonly SheetRow[]): (readonly Cell[])[] => rows.map((row) => row.cells);

test("cells of every type are read: shared, inline, numbers, truth, errors, dates as their serial", async () => {
  const book = workbookOf(
    [
      {
        name: "名册",
        rows:
          '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c></row>' +
          '<row r="5" spans="1:4"><c r="A5"><v>33000</v></c><c r="B5" t="b"><v>1</v></c><c r="C5" t="e"><v>#N/A</v></c><c r="D5" t="inlineStr"><is><r><t>张</t></r><r><t>三</t></r></is></c></row>' +
          '<row r="6"><c r="A6" s="3"/></row>',
      },
    ],
    {
      texts: [
        "<t>姓名</t>",
        '<r><t>身份</t></r><rPh><t>shenfen</t></rPh><r><t xml:space="preserve">证 </t></r>',
      ],
    },
  );
  const rows = await rowsOf(book);
  assert.deepEqual(rows, [
    { row: 2, cells: ["姓名", null, "身份证 "] },
    { row: 5, cells: [33000, true, "#N/A", "张三"] },
  ]);
});

test("a formula gives the value it was saved with and is never worked out", async () => {
  const book = workbookOf([
    {
      name: "a",
      rows: '<row r="1"><c r="A1" t="str"><f>HYPERLINK("http://x","点我")</f><v>点我</v></c><c r="B1"><f>1+1</f><v>2</v></c><c r="C1"><f>1+1</f></c></row>',
    },
  ]);
  assert.deepEqual(cellsOf(await rowsOf(book)), [["点我", 2]]);
});

test("rare characters, entities and escapes come through as they were written", async () => {
  const book = workbookOf(
    [{ name: "a", rows: `${rowXml(1, ["𠮷田", "A&B<C>"])}<row r="2"><c r="A2" t="s"><v>0</v></c></row>` }],
    { texts: ["<t>&#134071;_x0041_ &amp;amp; &unknown;</t>"] },
  );
  assert.deepEqual(cellsOf(await rowsOf(book)), [["𠮷田", "A&B<C>"], ["𠮷A &amp; &unknown;"]]);
});

test("several sheets, hidden ones marked, and dates counted from 1904 noticed", async () => {
  const made = workbookOf(
    [
      { name: "一分厂", rows: rowXml(1, ["甲"]) },
      { name: "二分厂", rows: rowXml(1, ["乙"]) },
    ],
    { dates1904: true },
  );
  const book = expect(await openSpreadsheet(made));
  assert.deepEqual(
    book.sheets.map((one) => one.name),
    ["一分厂", "二分厂"],
  );
  assert.equal(book.dates1904, true);
  assert.deepEqual(cellsOf(await rowsOf(made, 1)), [["乙"]]);
});

test("elements under a prefix and rows without numbers are read", async () => {
  const book = zipOf([
    { name: "[Content_Types].xml", content: "<Types/>" },
    {
      name: "xl/workbook.xml",
      content:
        '<x:workbook xmlns:x="m" xmlns:r="r"><x:sheets><x:sheet name="a" sheetId="1" r:id="R1"/></x:sheets></x:workbook>',
    },
    {
      name: "xl/_rels/workbook.xml.rels",
      content: '<Relationships><Relationship Id="R1" Type="t/worksheet" Target="/xl/w.xml"/></Relationships>',
    },
    {
      name: "xl/w.xml",
      content:
        '<x:worksheet xmlns:x="m"><x:cols><x:col/></x:cols><x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c t="str"><x:v>乙</x:v></x:c></x:row><x:row/><x:row><x:c><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>',
    },
  ]);
  assert.deepEqual(await rowsOf(book), [
    { row: 1, cells: [1, "乙"] },
    { row: 3, cells: [2] },
  ]);
});

test("a workbook of a hundred thousand formatted but empty rows is read, not taken for an attack", async () => {
  let rows = rowXml(1, ["姓名"]);
  for (let i = 2; i <= 100_000; i++) rows += `<row r="${i}" ht="14.25" customHeight="1" spans="1:16"/>`;
  rows += rowXml(100_001, ["末行"]);
  assert.deepEqual(await rowsOf(workbookOf([{ name: "a", rows }])), [
    { row: 1, cells: ["姓名"] },
    { row: 100_001, cells: ["末行"] },
  ]);
});

test("what cannot be read is refused by its own code", async () => {
  const good = workbookOf([{ name: "a", rows: rowXml(1, ["甲"]) }]);
  const container = Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(2000)]);
  assert.equal(await codeOf(container), "workbook-legacy");
  assert.equal(
    await codeOf(Buffer.concat([container, Buffer.from("EncryptedPackage", "utf16le")])),
    "workbook-encrypted",
  );
  assert.equal(await codeOf(good.subarray(0, good.length - 30)), "workbook-damaged");
  assert.equal(await codeOf(good.subarray(0, 200)), "workbook-damaged");
  assert.equal(await codeOf(Buffer.alloc(0)), "workbook-empty");
  assert.equal(await codeOf(Buffer.from("<html><table><tr><td>姓名")), "workbook-web-page");
  assert.equal(await codeOf(Buffer.from("%PDF-1.7")), "workbook-other-kind");
  assert.equal(await codeOf(Buffer.from([1, 2, 0, 3, 4, 0, 0])), "workbook-other-kind");
  assert.equal(await codeOf(zipOf([{ name: "word/document.xml", content: "x" }])), "workbook-damaged");
  assert.equal(await codeOf(zipOf([{ name: "[Content_Types].xml", content: "x" }])), "workbook-other-kind");
  assert.equal(await codeOf(workbookOf([{ name: "a", rows: "" }], { more: [] }), { bytes: 10 }), "too-large");
  const locked = zipOf([
    { name: "[Content_Types].xml", content: "x", flags: 1 },
    { name: "xl/workbook.xml", content: "x", flags: 1 },
  ]);
  assert.equal(await codeOf(locked), "workbook-encrypted");
});

test("a damaged part inside a sound archive is refused while it is read", async () => {
  const book = workbookOf([{ name: "a", rows: rowXml(1, ["甲".repeat(100)]) }]);
  const place = book.indexOf("xl/worksheets/sheet1.xml") + "xl/worksheets/sheet1.xml".length + 20;
  book.fill(0xff, place, place + 30);
  assert.equal(await codeOf(book), "workbook-damaged");
});

test("zip bombs are refused: by ratio, by total, by a lie about the size, by one endless cell", async () => {
  const spaces = " ".repeat(40 * 2 ** 20);
  assert.equal(await codeOf(workbookOf([{ name: "a", rows: spaces }])), "workbook-bomb");
  const some = workbookOf([{ name: "a", rows: rowXml(1, ["甲".repeat(1000)]) }]);
  assert.equal(await codeOf(some, { unpackedBytes: 500 }), "workbook-bomb");
  const sheet = `<worksheet><sheetData>${rowXml(1, ["甲".repeat(9000)])}</sheetData></worksheet>`;
  const lying = workbookOf([], { more: [] });
  assert.equal(await codeOf(lying), "workbook-damaged");
  const liar = zipOf([
    { name: "[Content_Types].xml", content: "<Types/>" },
    { name: "xl/workbook.xml", content: '<workbook xmlns:r="r"><sheet name="a" r:id="R1"/></workbook>' },
    {
      name: "xl/_rels/workbook.xml.rels",
      content: '<Relationships><Relationship Id="R1" Type="t/worksheet" Target="w.xml"/></Relationships>',
    },
    { name: "xl/w.xml", content: sheet, declared: 100 },
  ]);
  assert.equal(await codeOf(liar), "workbook-damaged");
  const endless = workbookOf([
    { name: "a", rows: `<row r="1"><c r="A1" t="inlineStr"><is><t>${"甲乙丙丁".repeat(1_200_000)}` },
  ]);
  assert.equal(await codeOf(endless), "workbook-bomb");
  const texts = Array.from({ length: 3000 }, (_, i) => `<t>${"甲".repeat(100)}${i}</t>`);
  assert.equal(
    await codeOf(workbookOf([{ name: "a", rows: rowXml(1, ["甲"]) }], { texts }), { sharedBytes: 200_000 }),
    "workbook-bomb",
  );
});

test("a sheet with too many columns or rows is refused, a stray format far to the right is not", async () => {
  const wide = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>';
  assert.equal(await codeOf(workbookOf([{ name: "a", rows: wide }])), "sheet-too-wide");
  const styled = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="4"/></row>';
  assert.deepEqual(cellsOf(await rowsOf(workbookOf([{ name: "a", rows: styled }]))), [[1]]);
  const long = Array.from({ length: 12 }, (_, i) => rowXml(i + 1, [i])).join("");
  assert.equal(await codeOf(workbookOf([{ name: "a", rows: long }]), { rows: 10 }), "sheet-too-long");
  assert.equal(await codeOf(Buffer.from(`${"1,".repeat(300)}\n`)), "sheet-too-wide");
});

test("separated values are read in UTF-8, UTF-16 and GB18030, with every quirk people save", async () => {
  const text = '姓名,证件号,备注\r\n张三,="990101199001011234","他说""好""\n第二行"\n\n𠮷,x,\r李四,,y';
  const wanted = [
    ["姓名", "证件号", "备注"],
    ["张三", "990101199001011234", '他说"好"\n第二行'],
    ["𠮷", "x", null],
    ["李四", null, "y"],
  ];
  assert.deepEqual(cellsOf(await rowsOf(Buffer.from(text))), wanted);
  assert.deepEqual(cellsOf(await rowsOf(Buffer.from(`\uFEFF${text}`))), wanted);
  assert.deepEqual(cellsOf(await rowsOf(Buffer.from(`\uFEFF${text}`, "utf16le"))), wanted);
  const gb = Buffer.concat([
    Buffer.from("d0d5c3fb2cd3eb", "hex"),
    Buffer.from("\n"),
    Buffer.from("9534b2352c31", "hex"),
  ]);
  assert.deepEqual(cellsOf(await rowsOf(gb)), [
    ["姓名", "与"],
    ["𠮷", "1"],
  ]);
  assert.deepEqual(cellsOf(await rowsOf(Buffer.from("甲\t乙\n1\t2\n"))), [
    ["甲", "乙"],
    ["1", "2"],
  ]);
  assert.deepEqual(
    (await rowsOf(Buffer.from("a,b\n\n\nc,d\n"))).map((row) => row.row),
    [1, 4],
  );
  assert.equal(await codeOf(Buffer.from('a,b\nc,"d\n')), "csv-open-quote");
});

test("a file is told by what it holds, not by its name", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sheet-"));
  try {
    const file = join(folder, "名册.xls");
    writeFileSync(file, workbookOf([{ name: "a", rows: rowXml(1, ["甲"]) }]));
    assert.deepEqual(cellsOf(await rowsOf(file)), [["甲"]]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("what is written is read back, and nothing in it is a formula", async () => {
  const rows = [
    ["=1+1", "990101199001011234", 5],
    ["+86 1", "@x", null],
    ["-", "\tx", "好\u0001𠮷"],
  ];
  const made = await buffer(
    writeXlsx("名册", [{ head: "姓名" }, { head: "证件号", text: true, width: 22 }, { head: "数" }], rows),
  );
  assert.deepEqual(cellsOf(await rowsOf(made)), [
    ["姓名", "证件号", "数"],
    ["'=1+1", "990101199001011234", 5],
    ["'+86 1", "'@x"],
    ["'-", "'\tx", "好𠮷"],
  ]);
  assert.equal(csvLine(["=a", 'b"c', null, 1]), '\'=a,"b""c",,1\r\n');
  assert.equal(csvLine(["a;=b", "c\t=d"]), '"a;=b","c\t=d"\r\n');
  for (const start of ["＝", "＋", "－", "＠", "\n", "\u0001="])
    assert.match(String(harmless(`${start}1+1`)), /^'/);
  assert.equal(harmless("正常"), "正常");
});

test("columns are named by their letters", () => {
  assert.deepEqual([0, 25, 26, 51, 701, 702].map(columnLetters), ["A", "Z", "AA", "AZ", "ZZ", "AAA"]);
});

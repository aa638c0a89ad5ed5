import assert from "node:assert/strict";
import { test } from "node:test";
import iconv from "iconv-lite";
import { day } from "../kernel/day.ts";
import { expect, isRefusal, sentence } from "../kernel/refusal.ts";
import { type BankLine, itemReference, writeBankFile } from "./bank-file.ts";
import { bankLayout, resultLayout } from "./policies.ts";
import { decodeResult, matchResult, readResult, type SentItem } from "./result-file.ts";

const number = "2026-990101-F-0007";
const layout = bankLayout.defaults[0]?.value ?? assert.fail();
const result = resultLayout.defaults[0]?.value ?? assert.fail();

function line(position: number, more: Partial<BankLine> = {}): BankLine {
  return {
    position,
    reference: itemReference(number, position, 1),
    holder: "虚构人",
    card: "6222000000000000000",
    bankName: "虚构银行",
    branch: "云溪支行",
    amountFen: 374_400n,
    memo: "生活救助",
    ...more,
  };
}

const items: readonly SentItem[] = [
  { id: "a", position: 1, amountFen: 374_400n, state: "pending", sentIn: 1 },
  { id: "b", position: 2, amountFen: 5n, state: "pending", sentIn: 1 },
  { id: "c", position: 3, amountFen: 100n, state: "removed", sentIn: null },
  { id: "d", position: 4, amountFen: 100n, state: "paid", sentIn: 1 },
  { id: "e", position: 5, amountFen: 100n, state: "pending", sentIn: 2 },
];

test("the bank file follows its layout: columns, heads, amounts, totals, quotes", () => {
  const lines = [line(1), line(2, { amountFen: 5n, branch: '一, "二"\n三' })];
  const text = writeBankFile({ ...layout, totals: true }, { number, on: day("2026-03-02") }, lines);
  assert.deepEqual(text.split("\r\n"), [
    "序号,业务参考号,收款人户名,收款账号,收款银行,开户网点,金额,用途",
    "1,2026-990101-F-0007-00001,虚构人,6222000000000000000,虚构银行,云溪支行,3744.00,生活救助",
    '2,2026-990101-F-0007-00002,虚构人,6222000000000000000,虚构银行,"一, ""二"" 三",0.05,生活救助',
    "合计,,2笔,,,,3744.05,",
    "",
  ]);
  const other = writeBankFile(
    {
      ...layout,
      separator: "|",
      header: false,
      lineEnd: "lf",
      amount: "fen",
      columns: [
        { title: "", field: "fixed", text: "DF01" },
        { title: "", field: "card" },
        { title: "", field: "amount" },
        { title: "", field: "day" },
        { title: "", field: "batch" },
      ],
    },
    { number, on: day("2026-03-02") },
    lines.slice(0, 1),
  );
  assert.equal(other, `DF01|6222000000000000000|374400|2026-03-02|${number}\n`);
});

const good = `序号,业务参考号,金额,处理结果,失败原因\n1,${number}-00001,"3,744.00",成功,\n2,${number}-00002,0.05,失败,户名不符\n`;

function matched(text: string) {
  const lines = readResult(text, result);
  return isRefusal(lines) ? lines : matchResult(lines, { number, items });
}

test("a result is read with a mark or none, in three encodings, with any separator, title rows, more columns and totals", () => {
  const utf8 = Buffer.from(good);
  const titled = `云溪银行代发回盘,,,\n日期:2026-03-05,,,\n\n${good.replace("金额,", "金额(元),").replace("处理结果", " 处理 结果 ")}合计,,"3,744.05",,\n,,,,\n`;
  const wide = `网点\t状态\t摘要\t参考号\t流水号\t交易日期\t交易金额\r\n1\tSUCCESS\tx\t${number}-00001\tL1\t2026年3月5日\t¥3744\r\n1\t交易失败\tx\t${number}-00002\tL2\t20260305\t0.05元`;
  const files: readonly Uint8Array[] = [
    utf8,
    Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf8]),
    iconv.encode(good, "gb18030"),
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(good, "utf16le")]),
    iconv.encode(titled, "gb18030"),
    Buffer.from(good.replaceAll("\n", "\r\n")),
    Buffer.from(wide),
    Buffer.from(good.replace('"3,744.00"', "3744").replaceAll(",", "|")),
    Buffer.from(good.replace('"3,744.00"', "3744").replaceAll(",", ";")),
  ];
  for (const [index, file] of files.entries()) {
    const { changes } = expect(expect2(matched(expect(decodeResult(file)))));
    assert.deepEqual(
      changes.map((one) => [one.item, one.to]),
      [
        ["a", "paid"],
        ["b", "failed"],
      ],
      String(index),
    );
  }
  const { changes } = expect(matched(expect(decodeResult(files[6] as Uint8Array))));
  assert.deepEqual([changes[0]?.bankReference, changes[0]?.paidOn], ["L1", "2026-03-05"]);
});

function expect2<T>(value: T): T {
  if (isRefusal(value)) assert.fail(sentence(value, "en"));
  return value;
}

test("a result with a line that does not fit is refused whole, each line named", () => {
  const head = "业务参考号,金额,处理结果,失败原因\n";
  const rows: readonly [string, string, string][] = [
    [`${number}-00001,3744.00,成功,`, "ok", ""],
    [`${number}-00009,3744.00,成功,`, "result-unknown-item", "/lines/2"],
    ["2026-990101-F-0008-00001,3744.00,成功,", "result-other-batch", "/lines/2"],
    [`${number}-00001,3744.01,成功,`, "result-wrong-amount", "/lines/2"],
    [`${number}-00001,3744.00,成功,\n${number}-00001,3744.00,成功,`, "result-duplicate-line", "/lines/3"],
    [`${number}-00003,1.00,成功,`, "result-unknown-item", "/lines/2"],
    [`${number}-00004,1.00,失败,x`, "result-contradicts", "/lines/2"],
    [`${number}-00001,3744.00,退汇,x`, "result-contradicts", "/lines/2"],
    [`${number}-00005,1.00,成功,`, "result-contradicts", "/lines/2"],
    [`${number}-00005-3,1.00,成功,`, "result-unknown-item", "/lines/2"],
    [`${number}-00001,3744.00,处理中,`, "result-unknown-outcome", "/lines/2"],
    [`${number}-00001,许多钱,成功,`, "bad-amount", "/lines/2"],
    [`${number}-00001,-3744.00,成功,`, "amount-negative", "/lines/2"],
    [`${number}-00001,1e99,成功,`, "bad-amount", "/lines/2"],
    [",3744.00,成功,", "result-no-reference", "/lines/2"],
    ["合计,3744.00,,", "result-empty", ""],
    ["", "result-empty", ""],
  ];
  for (const [lines, verdict, at] of rows) {
    const found = matched(head + lines);
    assert.equal(isRefusal(found) ? found.code : "ok", verdict, lines);
    if (!isRefusal(found)) continue;
    assert.equal(found.at ?? "", at, lines);
    for (const lang of ["zh", "en"] as const) assert.ok(!sentence(found, lang).includes("{"));
  }
  const two = matched(`${head}${number}-00009,1,成功,\n${number}-00001,1,成功,`);
  assert.ok(isRefusal(two) && two.also?.length === 1);
});

test("what is known already changes nothing: the same outcome again, and a failure of a former sending", () => {
  const head = "业务参考号,金额,处理结果\n";
  const found = expect(matched(`${head}${number}-00004,1.00,成功\n${number}-00005,1.00,失败`));
  assert.deepEqual(found, { changes: [], already: 2 });
  const back = expect(matched(`${head}${number}-00004,1.00,退汇\n${number}-00005-2,1.00,成功`));
  assert.deepEqual(
    back.changes.map((one) => [one.item, one.to]),
    [
      ["d", "refunded"],
      ["e", "paid"],
    ],
  );
});

test("what is no result is refused: workbooks, archives, bytes, no heads", () => {
  const rows: readonly [Uint8Array, string][] = [
    [Buffer.from([]), "result-empty"],
    [Buffer.from(" \r\n "), "result-empty"],
    [Buffer.from("PK\u0003\u0004rest"), "result-not-text"],
    [Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1]), "result-not-text"],
    [Buffer.from("%PDF-1.7"), "result-not-text"],
    [Buffer.from([0x41, 0, 0, 1, 2]), "result-not-text"],
    [Buffer.from([0x81, 0xff, 0xff]), "result-not-text"],
  ];
  for (const [bytes, code] of rows) {
    const text = decodeResult(bytes);
    assert.ok(isRefusal(text) && text.code === code, code);
  }
  for (const text of ["a,b,c\n1,2,3", "=cmd|' /C calc'!A0,1,2", '"', `${"x,".repeat(50_000)}\n`]) {
    const lines = readResult(text, result);
    assert.ok(isRefusal(lines) && lines.code === "result-no-heads", text.slice(0, 20));
  }
});

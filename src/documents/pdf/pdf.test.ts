import assert from "node:assert/strict";
import test from "node:test";
import { renderForm, renderLetter, renderTable } from "./index.ts";
import { chineseStops } from "./pdf.ts";

/** The signs a reader can search and copy: the unicode side of each font's table. */
function signsIn(pdf: Uint8Array): string {
  const source = Buffer.from(pdf).toString("latin1");
  return [...source.matchAll(/<[0-9a-fA-F]{4}>\s*<([0-9a-fA-F]+)>/g)]
    .map(([, unicode]) =>
      Buffer.from(unicode ?? "", "hex")
        .swap16()
        .toString("utf16le"),
    )
    .join("");
}

test("a letter is a PDF/A whose words can be searched, and what was typed is never markup", async () => {
  const pdf = await renderLetter({
    lang: "zh",
    redHead: "云溪县总工会",
    number: "云工帮〔2026〕12号",
    title: "关于困难职工建档的通知书",
    to: "王虚构同志:",
    paragraphs: ['您的申请已通过。#panic("注入") $x$ *粗*', "请于2026年9月28日前领取。"],
    facts: [["帮扶金额", "叁仟柒佰肆拾肆元整"]],
    signer: "云溪县总工会",
    day: "2026年9月28日",
    code: { code: "ZJ-ABCD-EFGH-JKMN", url: "http://zhijia.test/p/verify/ZJ-ABCD-EFGH-JKMN" },
  });
  assert.equal(Buffer.from(pdf.subarray(0, 5)).toString(), "%PDF-");
  assert.match(Buffer.from(pdf).toString("latin1"), /pdfaid:part>2</);
  const text = signsIn(pdf);
  for (const sign of "云溪县总工会困难职工建档叁仟柒佰肆拾肆元整注入")
    assert.ok(text.includes(sign), `${sign} in ${text}`);
});

test("Chinese is printed with Chinese stops, and numbers keep theirs", () => {
  const printed = "经审核\uff0c已于2026年9月28日\uff08周一\uff09作出决定\uff1a批准。";
  assert.equal(chineseStops("经审核,已于2026年9月28日(周一)作出决定:批准。"), printed);
  assert.equal(chineseStops("¥3,744.00(叁仟元整) 12:30"), "¥3,744.00\uff08叁仟元整\uff09 12:30");
  assert.equal(chineseStops("期限(12个月)"), "期限\uff0812个月\uff09");
});

test("a long list repeats its head over its pages, and a form has places to sign", async () => {
  const rows = Array.from({ length: 120 }, (_, place) => [String(place + 1), "张虚构", "¥3,744.00"]);
  const list = await renderTable({
    lang: "zh",
    title: "困难职工帮扶资金发放名单",
    columns: [{ head: "序号" }, { head: "姓名", width: 1 }, { head: "金额", width: 1, align: "right" }],
    rows,
    landscape: true,
  });
  const pages =
    Buffer.from(list)
      .toString("latin1")
      .match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  assert.ok(pages >= 3, `${pages} pages`);
  const form = await renderForm({
    lang: "en",
    title: "Application",
    sections: [{ title: "Household", rows: [["Members", "3"]] }],
    signatures: ["Applicant", "Union"],
  });
  assert.ok(form.length > 1000);
});

test("a name with a sign no font can show is still printed", async () => {
  const pdf = await renderLetter({
    lang: "zh",
    title: "入会通知书",
    to: "𠮷虚构同志:",
    paragraphs: ["您已加入工会。"],
  });
  assert.equal(Buffer.from(pdf.subarray(0, 5)).toString(), "%PDF-");
});

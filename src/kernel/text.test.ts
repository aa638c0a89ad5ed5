import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isRefusal } from "./refusal.ts";
import { halfWidth, lengthOf, parseName, parseText, tidy } from "./text.ts";

const code = (value: unknown) => (isRefusal(value) ? value.code : value);

test("identifiers become half-width, without what nobody sees", () => {
  assert.equal(halfWidth("\uFEFF ＡＢｃ１２３（４）\u3000"), "ABc123(4)");
});

test("prose keeps its punctuation and every rare character", () => {
  assert.equal(tidy("  困难职工,１２ 人。\r\n\r\n\r\n\r\n见附件　 "), "困难职工,12 人。\n\n见附件");
  // A compatibility ideograph, an ideograph beyond the first plane, and one with a chosen shape.
  for (const rare of ["\uFA11", "𠮷", "\u{2F80A}", "葛\u{E0100}", "㐂", "龘"]) assert.equal(tidy(rare), rare);
  assert.equal(tidy("Rene\u0301"), "Ren\u00E9");
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => assert.equal(tidy(tidy(text)), tidy(text))));
});

test("lengths are counted as a reader counts", () => {
  assert.equal(lengthOf("𠮷野家"), 3);
  assert.equal(lengthOf("葛\u{E0100}"), 1);
  assert.equal(lengthOf("e\u0301"), 1);
});

test("texts are bounded, and control characters refused", () => {
  assert.equal(parseText(" 您好 "), "您好");
  assert.equal(parseText("两\n行", { lines: true }), "两\n行");
  assert.equal(parseText("两\n行"), "两 行");
  assert.equal(parseText("", { min: 0 }), "");
  assert.equal(code(parseText("")), "required");
  assert.equal(code(parseText(null)), "required");
  assert.equal(code(parseText("短", { min: 5 })), "too-short");
  assert.equal(code(parseText("长".repeat(11), { max: 10 })), "too-long");
  assert.equal(code(parseText("长".repeat(1e6), { max: 10 })), "too-long");
  for (const sign of ["\u0000", "\u0007", "\u001B", "\u0085"])
    assert.equal(code(parseText(`a${sign}b`)), "control-character");
});

test("names are those on identity cards", () => {
  const table: [string, string][] = [
    [" 张 三 ", "张三"],
    ["欧阳娜娜", "欧阳娜娜"],
    ["买买提·吐尔逊·阿卜杜热合曼", "买买提·吐尔逊·阿卜杜热合曼"],
    ["买买提•吐尔逊", "买买提·吐尔逊"],
    ["买买提 ・ 吐尔逊", "买买提·吐尔逊"],
    ["买买提.吐尔逊", "买买提·吐尔逊"],
    ["𠮷田", "𠮷田"],
    ["䶮䶮", "䶮䶮"],
    ["Jean-Luc O'Neill", "Jean-Luc O'Neill"],
    ["J. R. Smith", "J. R. Smith"],
    ["René", "René"],
  ];
  for (const [given, name] of table) assert.equal(code(parseName(given)), name, given);
  for (const [given, expected] of [
    ["", "required"],
    ["张", "too-short"],
    ["张3", "bad-name"],
    ["张三(小)", "bad-name"],
    ["·张三", "bad-name"],
    ["张三·", "bad-name"],
    ["<b>张三</b>", "bad-name"],
    ["张三\u0000", "control-character"],
    ["王".repeat(51), "too-long"],
  ])
    assert.equal(code(parseName(given)), expected, given);
});

test("a name once read is read the same again", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."张王𠮷·•. -'aé　 "), maxLength: 12 }), (given) => {
      const name = parseName(given);
      if (!isRefusal(name)) assert.equal(parseName(name), name);
    }),
  );
});

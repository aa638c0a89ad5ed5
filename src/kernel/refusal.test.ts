import assert from "node:assert/strict";
import { test } from "node:test";
import { expect, isRefusal, placed, refuse, sentence, sourceText, statusOf, together } from "./refusal.ts";
import { refusalRows, refusalTables } from "./refusals/index.ts";

test("no code is in two modules' tables", () => {
  const codes = Object.values(refusalTables).flatMap((table) => Object.keys(table));
  assert.deepEqual(
    codes.filter((code, index) => codes.indexOf(code) !== index),
    [],
  );
  assert.equal(Object.keys(refusalRows).length, codes.length);
});

test("every refusal speaks both languages, names the same params in both, and keeps the voice", () => {
  const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();
  for (const [code, row] of Object.entries(refusalRows)) {
    assert.match(code, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.deepEqual([...new Set(names(row.zh))], [...new Set(names(row.en))], code);
    assert.match(row.zh, /\p{Script=Han}.*[。?]$/su, code);
    assert.match(row.en, /^[A-Z“{].*[.?]$/s, code);
    assert.doesNotMatch(row.zh + row.en, /[!!]/, code);
  }
});

test("a sentence is filled from the params, in its language", () => {
  const refused = refuse("not-offered", {
    offered: [
      { zh: "同意", en: "agree" },
      { zh: "退回", en: "return" },
    ],
  });
  assert.equal(sentence(refused, "zh"), "现在不能办这一步。目前可以：同意、退回。");
  assert.equal(sentence(refused, "en"), "This step is not offered now. What is: agree, return.");
  const nothing = refuse("not-offered", { offered: [] });
  assert.equal(sentence(nothing, "zh"), "现在不能办这一步。目前可以：无。");
  assert.equal(sentence(nothing, "en"), "This step is not offered now. What is: nothing.");
  assert.equal(sentence(refuse("too-short", { min: 2n }), "zh"), "至少 2 个字。");
  assert.match(sentence(refuse("too-short"), "zh"), /\{min\}/);
  assert.equal(statusOf(refused), 409);
});

test("several refusals are one with the others beside it, flat", () => {
  const one = refuse("required", {}, { at: "/name" });
  const two = refuse("bad-phone", {}, { at: "/phone" });
  const three = refuse("bad-id", {}, { at: "/id" });
  assert.equal(together([]), undefined);
  assert.deepEqual(together([one]), one);
  assert.deepEqual(together([together([one, two])!, three]), { ...one, also: [two, three] });
  assert.deepEqual(placed(together([one, two])!, "/answers").also?.[0]?.at, "/answers/phone");
});

test("refusals are told from values, and a bug from both", () => {
  assert.ok(isRefusal(refuse("required")));
  for (const value of [null, undefined, "refused", { refused: false }, []]) assert.ok(!isRefusal(value));
  assert.equal(expect(5 as number | ReturnType<typeof refuse>), 5);
  assert.throws(() => expect(refuse("required")), /Please fill this in/);
  assert.equal(
    sourceText({ document: { zh: "《工会法》", en: "Trade Union Law" }, article: "第十一条" }, "zh"),
    "《工会法》第十一条",
  );
});

test("an article of a Chinese document is counted in English for who reads English", () => {
  const said = (article: string) => sourceText({ document: { zh: "法", en: "Law" }, article }, "en");
  assert.equal(said("第三条"), "Law, Article 3");
  assert.equal(said("第十条、第十二条"), "Law, Article 10, Article 12");
  assert.equal(said("第二十九条"), "Law, Article 29");
  assert.equal(said("第三十条"), "Law, Article 30");
  assert.equal(said("第四十五条"), "Law, Article 45");
  assert.equal(said("附件"), "Law, 附件");
});

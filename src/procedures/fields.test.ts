import assert from "node:assert/strict";
import test from "node:test";
import { day } from "../kernel/day.ts";
import { isRefusal, sentence } from "../kernel/refusal.ts";
import {
  consent,
  type Field,
  list,
  longText,
  manyOf,
  money,
  oneOf,
  papers,
  text,
  unit,
  yesNo,
} from "./fields.ts";
import { validate } from "./validate.ts";

const label = { zh: "问", en: "Asked" };
const options = [{ value: "a", label }];

/** What is said of a question left out, by its kind. */
const leftOut: readonly (readonly [Field, string, string])[] = [
  [text({ label }), "required", "请填写这一项。"],
  [longText({ label }), "required", "请填写这一项。"],
  [money({ label }), "required", "请填写这一项。"],
  [oneOf({ label, options }), "choose-one", "请选择一项。"],
  [yesNo({ label }), "choose-one", "请选择一项。"],
  [manyOf({ label, options }), "choose-some", "请至少选择一项。"],
  [unit({ label }), "look-up", "请查找并选择。"],
  [list({ label, fields: { name: text({ label }) } }), "add-one", "请至少添加一项。"],
  [papers({ label }), "hand-in", "请上传材料。"],
  [consent({ label }), "consent-needed", "需要您同意「问」才能继续。"],
];

test("what is left out is asked for in the word of its kind", () => {
  for (const [asked, code, said] of leftOut) {
    const context = { today: day("2026-09-28"), fictitious: true, marks: false };
    for (const given of [{}, { one: null }, { one: asked.kind === "list" ? [] : "" }]) {
      const found = validate({ one: asked }, given, context);
      assert.ok(isRefusal(found), asked.kind);
      assert.deepEqual(
        [found.code, found.at, sentence(found, "zh")],
        [code, "/answers/one", said],
        asked.kind,
      );
    }
    assert.deepEqual(validate({ one: { ...asked, required: false } }, {}, context), {}, "unless it may be");
  }
});

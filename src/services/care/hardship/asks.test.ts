import assert from "node:assert/strict";
import { test } from "node:test";
import { isPaperNeeded } from "../../../procedures/define.ts";
import { causeClasses, causes, paperRules } from "./asks.ts";

/** The documents by cause (aid.md §4), cause by cause. */

const always = ["identity", "income", "authorisation", "bank"];
const illness = ["diagnosis", "medical-bills"];

const byCause: Readonly<Record<(typeof causes)[number]["value"], readonly string[]>> = {
  low_income: [],
  self_illness: illness,
  family_illness: illness,
  self_disability: ["disability"],
  family_disability: ["disability"],
  schooling: ["schooling"],
  layoff: [],
  disaster: ["event"],
  accident: ["event"],
  single_parent: [],
  other: [],
};

const needed = (answers: Readonly<Record<string, unknown>>) =>
  paperRules.filter((rule) => isPaperNeeded(rule, answers)).map((rule) => rule.kind);

test("each cause, main or other, calls for its papers, and a household's circumstances for theirs", () => {
  for (const [cause, papers] of Object.entries(byCause)) {
    assert.deepEqual(needed({ mainCause: cause }), [...always, ...papers], cause);
    const other = needed({ mainCause: "low_income", otherCauses: [cause] });
    assert.deepEqual(other, [...always, ...papers], cause);
  }
  assert.deepEqual(needed({ mainCause: "layoff", onDibao: true }), [...always, "dibao"]);
  assert.deepEqual(needed({ mainCause: "layoff", singleHead: true }), [...always, "single"]);
  assert.deepEqual(needed({ mainCause: "layoff", migrant: true }), [...always, "labour-relation"]);
  assert.deepEqual(needed({ mainCause: "self_illness", otherCauses: ["schooling"], onDibao: true }), [
    ...always,
    "dibao",
    ...illness,
    "schooling",
  ]);
  for (const rule of paperRules) assert.ok(rule.source, `${rule.kind} says where it comes from`);
});

test("every cause has a class a notice may show, and none tells illness from disability", () => {
  assert.deepEqual(causes.map((one) => one.value).sort(), Object.keys(causeClasses).sort());
  const classes = new Set(
    ["self_illness", "family_illness", "self_disability", "family_disability"].map(
      (cause) => causeClasses[cause]?.zh,
    ),
  );
  assert.equal(classes.size, 1);
});

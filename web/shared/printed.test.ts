import assert from "node:assert/strict";
import test from "node:test";
import { printed } from "./printed.ts";

test("Chinese is printed with full-width stops and brackets, numbers and times stay as they are", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["轮到县总工会:县级复核,9月28日前", "轮到县总工会\uff1a县级复核\uff0c9月28日前"],
    ["2026年9月28日(周一),请补交", "2026年9月28日\uff08周一\uff09\uff0c请补交"],
    ["¥3,744.00,已发放", "¥3,744.00\uff0c已发放"],
    ["今天 10:05", "今天 10:05"],
    ["遇到了什么事?", "遇到了什么事\uff1f"],
    ["WTO, ILO", "WTO, ILO"],
  ];
  for (const [given, wanted] of cases) assert.equal(printed(given, "zh"), wanted);
});

test("English is left alone", () => {
  assert.equal(printed("With 县总工会, by Monday", "en"), "With 县总工会, by Monday");
});

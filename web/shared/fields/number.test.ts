import assert from "node:assert/strict";
import test from "node:test";
import { plainNumber, readNumber } from "./number.ts";

test("amounts are typed in yuan as people type them and held in fen", () => {
  const cases: readonly (readonly [string, number | string | undefined])[] = [
    ["3744", 374_400],
    ["3,744.5", 374_450],
    ["\uff13\uff17\uff14\uff14", 374_400],
    ["¥ 12.05", 1_205],
    ["0.1", 10],
    ["", undefined],
    ["1.234", "1.234"],
    ["三千", "三千"],
    ["-5", "-5"],
  ];
  for (const [typed, held] of cases) assert.equal(readNumber(typed, 100), held, typed);
});

test("whole numbers take no decimals", () => {
  assert.equal(readNumber("12", 1), 12);
  assert.equal(readNumber("1.5", 1), "1.5");
});

test("what is held is shown as it was typed", () => {
  assert.equal(plainNumber(374_400, 100), "3744");
  assert.equal(plainNumber(374_450, 100), "3744.50");
  assert.equal(plainNumber(12, 1), "12");
});

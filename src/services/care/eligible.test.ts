import assert from "node:assert/strict";
import test from "node:test";
import { judgeLiving } from "./eligible.ts";

const params = { today: "2026-03-02", capFen: 374_400 };
const filed = { state: "active", validTo: "2026-12-31", category: "deep", usedFen: 0 };

test("living aid fits one household by its file, its category and what is left of its year", () => {
  const rows: readonly [Parameters<typeof judgeLiving>[0], boolean | null, readonly string[]][] = [
    [filed, true, []],
    [{ ...filed, state: "reverifying", category: "relative" }, true, []],
    [{ ...filed, validTo: "2026-03-02" }, true, []],
    [{ ...filed, validTo: "2026-03-01" }, false, ["validTo"]],
    [{ ...filed, category: "accident" }, false, ["category"]],
    [{ ...filed, usedFen: 374_400 }, false, ["usedFen"]],
    [{ ...filed, state: "exited", usedFen: 374_400 }, false, ["state", "usedFen"]],
    [{ ...filed, usedFen: null }, null, []],
  ];
  for (const [known, passed, against] of rows) {
    const judged = judgeLiving(known, params);
    const failed = judged.reasons.filter((one) => one.passed === false).map((one) => one.fact);
    assert.deepEqual([judged.passed, failed], [passed, against], JSON.stringify(known));
  }
});

test("with another limit the same household may fit again", () => {
  const spent = { ...filed, usedFen: 374_400 };
  assert.equal(judgeLiving(spent, { ...params, capFen: 400_000 }).passed, true);
});

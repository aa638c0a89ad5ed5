import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { keepWithin } from "./memo.ts";

test("what is kept weighs no more than it may, the latest stays, and what is too heavy is not kept", () => {
  const step = fc.record({ key: fc.constantFrom(..."abcdefgh"), weight: fc.integer({ min: 0, max: 12 }) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const kept = keepWithin<number>({ most: 20, each: 10 });
      let latest: { key: string; value: number; weight: number }[] = []; // the oracle: the latest first
      for (const [value, { key, weight }] of steps.entries()) {
        kept.set(key, value, weight);
        latest = latest.filter((one) => one.key !== key);
        if (weight > 10) continue;
        latest.push({ key, value, weight });
        while (latest.reduce((sum, one) => sum + one.weight, 0) > 20) latest.shift();
      }
      for (const key of "abcdefgh")
        assert.equal(kept.get(key), latest.find((one) => one.key === key)?.value, key);
    }),
  );
});

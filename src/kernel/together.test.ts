import assert from "node:assert/strict";
import { test } from "node:test";
import { together } from "./together.ts";

function doubling(most: number) {
  const worked: (readonly number[])[] = [];
  const ask = together(
    async (keys: readonly number[]) => {
      worked.push(keys);
      if (keys.includes(0)) throw new RangeError("none");
      return keys.map((key) => 2 * key);
    },
    () => most,
  );
  return { worked, ask };
}

test("what is asked for in one turn is done at once, each gets its own answer, and the next turn begins anew", async () => {
  const { worked, ask } = doubling(10);
  assert.deepEqual(await Promise.all([3, 1, 2].map(ask)), [6, 2, 4]);
  assert.equal(await ask(5), 10);
  assert.deepEqual(worked, [[3, 1, 2], [5]]);
});

test("so many at a time, and what fails fails for those of its time alone", async () => {
  const { worked, ask } = doubling(2);
  const answers = await Promise.allSettled([1, 2, 0, 3, 4].map(ask));
  assert.deepEqual(
    answers.map((one) => (one.status === "fulfilled" ? one.value : (one.reason as Error).message)),
    [2, 4, "none", "none", 8],
  );
  assert.deepEqual(worked, [[1, 2], [0, 3], [4]]);
});

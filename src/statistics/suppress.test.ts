import assert from "node:assert/strict";
import test from "node:test";
import { hiddenCells, isSmall } from "./suppress.ts";

/** Cells in order; a star marks those that are hidden when fewer than `least` are not told. */
const table: readonly (readonly [least: number, cells: string])[] = [
  [5, "5 6 7"],
  [5, "0 5 0 9"],
  [5, "0 0 0"],
  [5, ""],
  // One small number is given away by the total and the others, so the next smallest goes with it.
  [5, "3* 9 7* 20"],
  [5, "4* 5* 5"],
  [5, "1* 0 0 12* 30"],
  // Two small ones that together are small still tell of few persons.
  [5, "1* 2* 6* 8"],
  [5, "2* 2* 5* 0"],
  [5, "2* 3* 6 8"],
  // All of a small total.
  [5, "1* 2* 0"],
  [5, "4*"],
  [10, "9* 11* 12"],
  [1, "1 2 3"],
];

test("small numbers are hidden, and those that would give them away, and no more", () => {
  for (const [least, row] of table) {
    const cells = row === "" ? [] : row.split(" ");
    const records = cells.map((cell) => ({ records: Number(cell.replace("*", "")) }));
    const hidden = hiddenCells(records, least);
    assert.deepEqual(
      records.map((cell, index) => `${cell.records}${hidden[index] ? "*" : ""}`),
      cells,
      `least ${least}: ${row}`,
    );
  }
});

test("whatever the cells, what is hidden is at least two cells of enough persons together, or the whole", () => {
  let seed = 3;
  const draw = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  for (let round = 0; round < 2000; round++) {
    const least = 2 + draw(8);
    const cells = Array.from({ length: 1 + draw(9) }, () => ({ records: draw(3) === 0 ? 0 : draw(16) }));
    const hidden = hiddenCells(cells, least);
    const told = cells.filter((_, index) => !hidden[index]);
    const kept = cells.filter((_, index) => hidden[index]);
    const sum = (of: typeof cells) => of.reduce((all, { records }) => all + records, 0);
    assert.ok(!told.some(({ records }) => isSmall(records, least)), JSON.stringify([least, cells]));
    assert.ok(
      kept.every(({ records }) => records > 0),
      "nothing is gained by hiding nobody",
    );
    if (kept.length > 0 && told.some(({ records }) => records > 0))
      assert.ok(kept.length >= 2 && sum(kept) >= least, JSON.stringify([least, cells, hidden]));
  }
});

/**
 * Small numbers of people are not told to outsiders (aid.md §16): who knows that a village has one household on file for
 * illness knows whose. Hiding that one number is not enough where the others and the total are shown, so more are hidden
 * until what is hidden cannot be told apart.
 */

/** A number that may have to stay in the house: how many records it was computed from. */
export interface Cell {
  readonly records: number;
}

/**
 * Which cells of a whole are hidden, when its total is shown. A cell of fewer than `least` records is, unless it is empty;
 * and then the smallest of the others, until at least two are hidden and together hold at least `least` records. All are
 * when the total itself is small.
 */
export function hiddenCells(cells: readonly Cell[], least: number): readonly boolean[] {
  const hidden = cells.map(({ records }) => isSmall(records, least));
  if (!hidden.includes(true)) return hidden;
  const smallestFirst = cells
    .map(({ records }, index) => ({ records, index }))
    .filter(({ records, index }) => records > 0 && !hidden[index])
    .sort((one, other) => one.records - other.records || one.index - other.index);
  for (const { index } of smallestFirst) {
    const together = cells.filter((_, at) => hidden[at]);
    if (together.length >= 2 && sum(together) >= least) break;
    hidden[index] = true;
  }
  return hidden;
}

/** Whether a number of records is too small to be told. None at all is told. */
export function isSmall(records: number, least: number): boolean {
  return records > 0 && records < least;
}

const sum = (cells: readonly Cell[]): number => cells.reduce((all, { records }) => all + records, 0);

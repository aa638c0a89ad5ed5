/** What records count for, folded up the tree: figures that are exact at every moment and cost the same at any size. */
export {
  carryMove,
  ensureRollups,
  foldAll,
  foldDeltas,
  following,
  isKeptLevel,
  keepLarge,
  keptLevels,
  rebuildRollups,
  unitsFounded,
  verifyRollups,
} from "./keep.ts";
export { keptAt, type Place, placeOf, within } from "./place.ts";
export { type Count, type Counts, readTallies, type Span } from "./read.ts";
export { record, recordAtOnce, recordFrom, recording } from "./record.ts";
export { allTallies, defineFamily, defineFollowed } from "./tallies.ts";

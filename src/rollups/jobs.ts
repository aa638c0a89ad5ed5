import type { DailyHandler, FrequentHandler } from "../jobs/index.ts";
import { foldAll, keepLarge } from "./keep.ts";

/** Deltas wait a few seconds at most; figures are exact meanwhile, and quicker the fewer wait. */
export const frequent: readonly FrequentHandler[] = [
  { name: "rollups.fold", everyMs: 3000, run: ({ db }) => foldAll(db) },
];

export const daily: readonly DailyHandler[] = [
  { name: "rollups.keep-large", order: 85, run: (_day, { db }) => keepLarge(db) },
];

import type { DailyHandler } from "../jobs/index.ts";
import { addDays } from "../kernel/day.ts";
import { followMove, movesSince } from "./change.ts";
import { expireTerms } from "./store.ts";

/** How many days back a move is followed once more. */
const followedDays = 2;

export const daily: readonly DailyHandler[] = [
  {
    // A record written in the moment in which its unit moved may have kept the old place.
    name: "units.followMoves",
    order: 5,
    run: async (day, { db }) => {
      await db.system(async (tx) => {
        for (const { from, to } of await movesSince(tx, addDays(day, -followedDays)))
          await followMove(tx, from, to);
      });
    },
  },
  {
    // Terms that ended yesterday or before (organisation.md §5.2).
    name: "units.expireTerms",
    order: 6,
    run: async (day, { db, clock }) => {
      await db.system((tx) => expireTerms(tx, { person: null, at: clock.now(), day }));
    },
  },
];

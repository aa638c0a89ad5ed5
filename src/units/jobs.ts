import type { DailyHandler } from "../jobs/index.ts";
import { addDays, addMonths } from "../kernel/day.ts";
import { followMove, movesSince } from "./change.ts";
import { extensionLimit } from "./policies.ts";
import { resolvePolicy } from "./policy-store.ts";
import { expireTerm, expireTerms, extendedTerms } from "./store.ts";

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
      await db.system(async (tx) => {
        const by = { person: null, at: clock.now(), day };
        await expireTerms(tx, by);
        for (const unit of await extendedTerms(tx, day)) {
          const { value } = await resolvePolicy(tx, extensionLimit, unit.path, day);
          const last =
            "months" in value ? addMonths(unit.termEnd, value.months) : addDays(unit.termEnd, value.days);
          if (last < day) await expireTerm(tx, unit.id, "TERM_EXTENDED", by);
        }
      });
    },
  },
];

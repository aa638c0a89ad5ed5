import type { DailyHandler } from "../jobs/index.ts";
import { addDays, addMonths } from "../kernel/day.ts";
import { followMove, movesSince } from "./change.ts";
import { extensionLimit } from "./policies.ts";
import { resolvePolicy } from "./policy-store.ts";
import { endedTerms, expireTerm, extendedTerms } from "./store.ts";

/** How many unions are marked in one transaction: others write to their rows, and wait for it. */
const atOnce = 100;
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
      const by = { person: null, at: clock.now(), day };
      for (let more = true; more; )
        more = await db.system(async (tx) => {
          const ids = await endedTerms(tx, day, atOnce);
          for (const id of ids) await expireTerm(tx, id, "ACTIVE", by);
          return ids.length === atOnce;
        });
      const extended = await db.systemRead((tx) => extendedTerms(tx, day));
      for (let from = 0; from < extended.length; from += atOnce)
        await db.system(async (tx) => {
          for (const unit of extended.slice(from, from + atOnce)) {
            const { value } = await resolvePolicy(tx, extensionLimit, unit.path, day);
            const last =
              "months" in value ? addMonths(unit.termEnd, value.months) : addDays(unit.termEnd, value.days);
            if (last < day) await expireTerm(tx, unit.id, "TERM_EXTENDED", by);
          }
        });
    },
  },
];

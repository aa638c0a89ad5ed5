import type { DailyHandler, FrequentHandler } from "../../jobs/index.ts";
import { addDays, startOf } from "../../kernel/day.ts";
import { movePieces } from "./pieces.ts";
import { ShelfAway } from "./shelf.ts";
import { deletePaper, listStale, listUnshelved } from "./store.ts";

/** Days an uploaded paper waits to be used. */
const looseDays = 7;

export const daily: readonly DailyHandler[] = [
  {
    name: "papers.expire",
    order: 80,
    run: async (day, { db }) => {
      const before = startOf(addDays(day, -looseDays));
      for (;;) {
        const gone = await db.system(async (tx) => {
          const stale = await listStale(tx, before, 20);
          for (const paper of stale) await deletePaper(tx, paper);
          return stale.length;
        });
        if (gone < 20) return;
      }
    },
  },
];

/** Papers moved to other storage between two looks at what waits. */
const movedAtOnce = 20;

/** Where ZHIJIA_PAPERS names other storage, papers that hang on a case are moved there soon after. */
export const frequent: readonly FrequentHandler[] = [
  {
    name: "papers.shelve",
    everyMs: 15_000,
    async run({ db, shelf, shelves, log }) {
      if (shelf === null || !shelves) return;
      try {
        for (;;) {
          const waiting = await db.systemRead((tx) => listUnshelved(tx, movedAtOnce));
          for (const paper of waiting) await movePieces(db, shelf, paper, "s3");
          if (waiting.length < movedAtOnce) return;
        }
      } catch (error) {
        if (!(error instanceof ShelfAway)) throw error;
        log.warn({ err: error }, "papers stay in the database until their storage answers again");
      }
    },
  },
];

import type { DailyHandler } from "../../jobs/index.ts";
import { addDays, startOf } from "../../kernel/day.ts";
import { deletePaper, listStale } from "./store.ts";

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

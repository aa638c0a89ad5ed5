import type { DailyHandler } from "../../jobs/index.ts";
import { deleteExpired } from "./store.ts";

export const daily: readonly DailyHandler[] = [
  {
    name: "sign-in.sweep",
    order: 90,
    // By the real instant: sessions and codes do not follow a trial clock.
    run: (_day, { db, wall }) => db.system((tx) => deleteExpired(tx, wall())),
  },
];

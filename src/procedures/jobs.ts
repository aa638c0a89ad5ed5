import type { DailyHandler } from "../jobs/index.ts";
import { addDays } from "../kernel/day.ts";
import { closeDay } from "./closing.ts";
import { runDeadlines } from "./deadlines.ts";

/** The engine's work of each day: clocks first, then the root of the day that is over. */
export const daily: readonly DailyHandler[] = [
  { name: "procedures.deadlines", order: 20, run: (day, { engine }) => runDeadlines(engine, day) },
  {
    name: "procedures.close-day",
    order: 80,
    run: (day, { db, ring, clock }) => db.system((tx) => closeDay(tx, ring, addDays(day, -1), clock.now())),
  },
];

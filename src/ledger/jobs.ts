import type { Db } from "../db/index.ts";
import type { DailyHandler } from "../jobs/index.ts";
import type { Day } from "../kernel/day.ts";
import { escalate, lateBatches } from "./batch-store.ts";
import { tellLate } from "./tell.ts";

const atOnce = 100;

/**
 * Brings every batch whose step is overdue before the union above (the funds parent where there is one), and tells both.
 * Each in a transaction of its own; a second run of the same day changes nothing.
 */
export async function escalateBatches(db: Db, day: Day, now: Date): Promise<{ readonly escalated: number }> {
  let escalated = 0;
  for (;;) {
    const late = await db.systemRead((tx) => lateBatches(tx, day, atOnce));
    for (const one of late)
      await db.system(async (tx) => {
        if (!(await escalate(tx, one, one.above.id, day))) return;
        await tellLate(tx, one, { day, now });
        escalated++;
      });
    if (late.length < atOnce) return { escalated };
  }
}

/** The ledger's work of each day. */
export const daily: readonly DailyHandler[] = [
  { name: "ledger.overdue", order: 30, run: (day, { db, clock }) => escalateBatches(db, day, clock.now()) },
];

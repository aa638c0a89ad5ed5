import { type Clock, SKEW_MOST_MS } from "../db/clock.ts";
import type { Db } from "../db/index.ts";
import { addDays, type Day, daysBetween } from "../kernel/day.ts";
import type { AppContext } from "../kernel/route.ts";
import { enqueue, type JobHandlers } from "./jobs.ts";
import { lastTickedDay, markDay } from "./store.ts";

/** Work of every installation day: deadlines, notices taken down, roots signed. Bears repetition for the same day. */
export type DailyHandler = {
  readonly name: string;
  /** Lower runs first; a day's handlers run one after another. */
  readonly order: number;
  /** `day` may lie before the clock's today when days were missed or an earlier try failed. */
  readonly run: (day: Day, context: AppContext) => Promise<unknown>;
};

/** Why no day is begun although the clock says that one has come. */
export type DayHold =
  | { readonly why: "clock-differs"; readonly skewMs: number }
  | { readonly why: "many-days"; readonly last: Day; readonly today: Day };

/**
 * After more missed days a person must say that the clock is right: a clock that jumps ahead by a year would otherwise let
 * every deadline of the year lapse, which nothing can undo.
 */
export const MISSED_MOST = 31;

const QUEUE = "day"; // one after another, over all processes

/** Whether a day waits to be begun. */
export async function dayWaits(db: Db, clock: Clock): Promise<boolean> {
  const last = await db.systemRead(lastTickedDay);
  return last !== undefined && (last === null || last < clock.today());
}

/**
 * What keeps the clock's day from being begun, or null. The clock is measured for it: one that has just jumped would be
 * believed until the next measurement, and a day once begun stays begun.
 */
export async function dayHold(db: Db, clock: Clock): Promise<DayHold | null> {
  await clock.refresh();
  if (Math.abs(clock.skewMs) > SKEW_MOST_MS) return { why: "clock-differs", skewMs: clock.skewMs };
  const last = await db.systemRead(lastTickedDay);
  const today = clock.today();
  if (last === undefined || last === null || clock.isTrial) return null;
  return daysBetween(last, today) > MISSED_MOST ? { why: "many-days", last, today } : null;
}

/**
 * Begins every day after the last one begun, oldest first, up to the clock's today. Beginning a day marks it and adds a
 * job for each piece of its work, in one transaction: no day is begun twice or left out, and what fails in one piece is
 * tried again and set aside alone, while the others and the days after go on. Returns the days begun.
 */
export async function beginDays(db: Db, clock: Clock, daily: readonly DailyHandler[]): Promise<number> {
  const ordered = daily.toSorted((a, b) => a.order - b.order || (a.name < b.name ? -1 : 1));
  for (let begun = 0; ; begun++) {
    const last = await db.systemRead(lastTickedDay);
    if (last === undefined) return begun; // not founded yet
    const today = clock.today();
    const day = last === null ? today : addDays(last, 1);
    if (day > today) return begun;
    await db.system(async (tx) => {
      if (!(await markDay(tx, day, last))) return; // another process was first
      for (const { name } of ordered)
        await enqueue(tx, "day.work", { day, work: name }, { queue: QUEUE, key: `${day} ${name}` });
    });
  }
}

/** The jobs behind the timetable. */
export function dayJobs(daily: readonly DailyHandler[]): JobHandlers {
  const byName = new Map(daily.map((one) => [one.name, one]));
  if (byName.size !== daily.length) throw new Error("two pieces of daily work have one name");
  return {
    "day.tick": async (_payload, { db, clock }) => {
      if ((await dayHold(db, clock)) === null) await beginDays(db, clock, daily);
    },
    "day.work": async ({ day, work }, context) => {
      const handler = byName.get(work);
      if (handler === undefined) throw new Error(`no daily work is called ${work}`);
      await handler.run(day, context);
    },
  };
}

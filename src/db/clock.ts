import { sql } from "kysely";
import { addDays, type Day, dayInShanghai, daysBetween, startOf } from "../kernel/day.ts";
import { unlessAway } from "./errors.ts";
import type { Db } from "./pool.ts";

/**
 * The installation's time. On a real installation it is the machine's; on the fictitious federation it may stand some
 * days ahead, so that deadlines can be seen to fall due. All processes on one database agree.
 */
export type Clock = {
  now(): Date;
  /** The day in Asia/Shanghai. Never before the last day the installation has begun, however far the machine's clock is set back. */
  today(): Day;
  /** Whether this is a fictitious federation, whose clock may be moved. */
  readonly isTrial: boolean;
  /** Milliseconds by which this machine is ahead of the database (behind: below 0), as last measured; 0 within a measurement's doubt. */
  readonly skewMs: number;
  /** Moves a trial clock forward by whole days, for every process. Throws on a real installation. */
  advance(days: number): Promise<Day>;
  /** Reads the shared offset again, as after founding, and measures anew. */
  refresh(): Promise<void>;
  close(): Promise<void>;
};

const CHANNEL = "zhijia_clock";
const DAY_MS = 86_400_000;
const MEASURE_EVERY_MS = 30_000;
/** A machine further from its database than this is told of: sign-in codes, deadlines and records go by the clock. */
export const SKEW_TOLD_MS = 5000;
/**
 * And one further than this is believed no more, for nobody knows which of the two is right: it begins no day and is sent no
 * requests.
 */
export const SKEW_MOST_MS = 60_000;

export type ClockOptions = {
  /** The machine's time in milliseconds. Date.now. */
  wall?: () => number;
  /** Told when the machine's time has come to differ from the database's by more than some seconds, or no longer does. */
  differs?: (skewMs: number) => void;
  /** Told why the time could not be read again, save for a database that is away. */
  failed?: (error: unknown) => void;
};

/** The clock of an installation, kept in `installation.trial_days` and told to all processes when it moves. */
export async function openClock(db: Db, options: ClockOptions = {}): Promise<Clock> {
  const wall = options.wall ?? Date.now;
  let offset = 0;
  let trial = false;
  let floor: Day | null = null;
  let skewMs = 0;
  const measure = (before: number, theirs: number, after: number): void => {
    const doubt = Math.max(0, after - before) / 2;
    const found = (before + after) / 2 - theirs;
    const told = Math.abs(skewMs) > SKEW_TOLD_MS;
    skewMs = Math.abs(found) <= doubt ? 0 : Math.round(found);
    if (Math.abs(skewMs) > SKEW_TOLD_MS !== told) options.differs?.(skewMs);
  };
  const refresh = async (): Promise<void> => {
    const before = wall();
    const { rows } = await db.systemRead((tx) =>
      sql<{ fictitious: boolean | null; trial_days: number; day_ticked: Day | null; now: Date }>`
        select i.fictitious, i.trial_days, i.day_ticked, clock_timestamp() as now
        from (select 1) as one left join installation i on true`.execute(tx),
    );
    const row = rows[0]!;
    measure(before, row.now.getTime(), wall());
    trial = row.fictitious === true;
    offset = trial ? row.trial_days : 0;
    floor = row.day_ticked;
  };
  await refresh();
  const again = (): void => {
    refresh().catch(unlessAway(options.failed)); // the next measurement, or the line once it stands again, reads it anew
  };
  const measuring = setInterval(again, MEASURE_EVERY_MS);
  measuring.unref();
  const stop = await db.listen(CHANNEL, again, again);
  const now = (): Date => new Date(wall() + offset * DAY_MS);
  const today = (): Day => {
    const day = dayInShanghai(now());
    return floor !== null && floor > day ? floor : day;
  };
  return {
    now,
    today,
    get skewMs() {
      return skewMs;
    },
    get isTrial() {
      return trial;
    },
    async advance(days) {
      refuseBackward(days);
      const moved = await db.system(async (tx) => {
        const row = await tx
          .updateTable("installation")
          .set({ trial_days: sql<number>`trial_days + ${days}` })
          .where("fictitious", "=", true)
          .returning("trial_days")
          .executeTakeFirst();
        await sql`select pg_notify(${CHANNEL}, '')`.execute(tx);
        return row;
      });
      if (moved === undefined) throw new Error("only a fictitious federation's clock can be moved");
      await refresh();
      return today();
    },
    refresh,
    async close() {
      clearInterval(measuring);
      await stop();
    },
  };
}

/** A clock that stands still at ten in the morning of a day, for tests. `advance` moves it. */
export function fixedClock(day: string): Clock {
  let today = day as Day;
  const now = (): Date => new Date(startOf(today).getTime() + 10 * 3_600_000);
  if (daysBetween(today, dayInShanghai(now())) !== 0) throw new RangeError(`not a day: ${day}`);
  return {
    now,
    today: () => today,
    isTrial: true,
    skewMs: 0,
    async advance(days) {
      refuseBackward(days);
      today = addDays(today, days);
      return today;
    },
    async refresh() {},
    async close() {},
  };
}

function refuseBackward(days: number): void {
  if (!Number.isInteger(days) || days < 0) throw new RangeError("a clock moves forward by whole days");
}

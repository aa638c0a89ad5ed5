import { sql } from "kysely";
import { addDays, type Day, dayInShanghai, daysBetween, startOf } from "../kernel/day.ts";
import type { Db } from "./pool.ts";

/**
 * The installation's time. On a real installation it is the machine's; on the fictitious federation it may stand some
 * days ahead, so that deadlines can be seen to fall due. All processes on one database agree.
 */
export type Clock = {
  now(): Date;
  /** The day in Asia/Shanghai. */
  today(): Day;
  /** Whether this is a fictitious federation, whose clock may be moved. */
  readonly isTrial: boolean;
  /** Moves a trial clock forward by whole days, for every process. Throws on a real installation. */
  advance(days: number): Promise<Day>;
  /** Reads the shared offset again, as after founding. */
  refresh(): Promise<void>;
  close(): Promise<void>;
};

const CHANNEL = "zhijia_clock";
const DAY_MS = 86_400_000;

/** The clock of an installation, kept in `installation.trial_days` and told to all processes when it moves. */
export async function openClock(db: Db): Promise<Clock> {
  let offset = 0;
  let trial = false;
  const refresh = async (): Promise<void> => {
    const row = await db.systemRead((tx) =>
      tx.selectFrom("installation").select(["fictitious", "trial_days"]).executeTakeFirst(),
    );
    trial = row?.fictitious === true;
    offset = trial ? (row?.trial_days ?? 0) : 0;
  };
  await refresh();
  const again = (): void => {
    refresh().catch(() => {}); // the database is away: when the line stands again it is read once more
  };
  const stop = await db.listen(CHANNEL, again, again);
  const now = (): Date => new Date(Date.now() + offset * DAY_MS);
  return {
    now,
    today: () => dayInShanghai(now()),
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
      return dayInShanghai(now());
    },
    refresh,
    close: stop,
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

import { type Runner, run } from "graphile-worker";
import pg from "pg";
import { addDays, type Day } from "../kernel/day.ts";
import type { AppContext } from "../kernel/route.ts";
import {
  type DailyHandler,
  enqueue,
  type FrequentHandler,
  type JobContext,
  type JobHandlers,
} from "./jobs.ts";
import { JOB_SCHEMA, silent } from "./migrate.ts";
import {
  deleteJob,
  freeTakenJobs,
  lastTickedDay,
  oneAtATime,
  putBackJob,
  setTickedDay,
  type TakenJob,
  takeDueJob,
} from "./store.ts";

/** The running side of the queue. */
export type JobRunner = {
  /** Takes jobs as they come, until `stop`. */
  start(): Promise<void>;
  /**
   * Runs the days not yet run and every job due by the installation's clock, one after another, and those they add.
   * Throws when one fails: it stays in the queue for its next try.
   */
  drain(): Promise<void>;
  /** Waits for the jobs under way. */
  stop(): Promise<void>;
};

export type JobRunnerOptions = {
  handlers: readonly JobHandlers[];
  daily: readonly DailyHandler[];
  /** Work done every few seconds, and at the end of each drain. None. */
  frequent?: readonly FrequentHandler[];
  /** Asked for at each job, as the context holds the runner itself. */
  context: () => AppContext;
  /** Login for the worker's own connections, past pgbouncer, as the app role. */
  connection: pg.ClientConfig;
  /** Whether no other process works on this database, so that every job still taken was a killed one's. */
  alone?: boolean;
  /** Jobs at once. 4. */
  concurrency?: number;
  /** Told of each failure: job name, number, try and the error. */
  failed?: (name: string, id: string, attempt: number, error: unknown) => void;
};

const TICK_EVERY_MS = 30_000;
const MOST_DAYS = 400; // of missed days run in one go; the rest follow at the next tick

/** Puts modules' handlers behind one queue. Two modules may not handle the same job. */
export function createJobRunner(options: JobRunnerOptions): JobRunner {
  const handlers = new Map<string, (payload: never, context: JobContext) => Promise<unknown>>();
  const add = (name: string, handler: (payload: never, context: JobContext) => Promise<unknown>): void => {
    if (handlers.has(name)) throw new Error(`two handlers for the job ${name}`);
    handlers.set(name, handler);
  };
  for (const set of options.handlers) {
    for (const [name, handler] of Object.entries(set)) add(name, handler as never);
  }
  const daily = options.daily.toSorted((a, b) => a.order - b.order || (a.name < b.name ? -1 : 1));
  add("day.tick", (_payload, context) =>
    context.db.systemRead((tx) => oneAtATime(tx, () => runMissedDays(context, daily, () => stopping))),
  );

  const execute = async (job: TakenJob): Promise<void> => {
    const handler = handlers.get(job.name);
    if (handler === undefined) throw new Error(`no handler for the job ${job.name}`);
    const about = { id: String(job.id), attempt: job.tries, last: job.tries >= job.most };
    try {
      await handler(job.payload as never, { ...options.context(), job: about });
    } catch (error) {
      options.failed?.(job.name, about.id, about.attempt, error);
      throw error;
    }
  };

  let runner: Runner | null = null;
  let pool: pg.Pool | null = null;
  let timer: NodeJS.Timeout | null = null;
  let ticking: Promise<unknown> | null = null;
  let stopping = false;

  const askForTick = async (): Promise<void> => {
    const { db, clock } = options.context();
    const last = await db.systemRead(lastTickedDay);
    if (last === undefined || (last !== null && last >= clock.today())) return;
    await db.system((tx) => enqueue(tx, "day.tick", {}, { key: "day.tick", queue: "day.tick" }));
  };

  const drain = async (): Promise<void> => {
    await askForTick();
    const { db, clock } = options.context();
    const names = [...handlers.keys()];
    while (!stopping) {
      const job = await db.system((tx) => takeDueJob(tx, clock.now(), names));
      if (job === undefined) break;
      try {
        await execute(job);
      } catch (error) {
        await db.system((tx) => putBackJob(tx, job.id, messageOf(error)));
        throw error;
      }
      await db.system((tx) => deleteJob(tx, job.id));
    }
    for (const { run } of options.frequent ?? []) await run(options.context());
  };

  const timers: NodeJS.Timeout[] = [];
  const running = new Set<Promise<unknown>>();

  /** Runs a frequent handler again and again, never beside itself. */
  const repeat = ({ name, everyMs, run }: FrequentHandler): void => {
    let busy = false;
    const timer = setInterval(() => {
      if (busy) return;
      busy = true;
      const work = run(options.context())
        .catch((error: unknown) => options.failed?.(name, "0", 1, error)) // the next round tries again
        .finally(() => {
          busy = false;
          running.delete(work);
        });
      running.add(work);
    }, everyMs);
    timer.unref();
    timers.push(timer);
  };

  return {
    drain,
    async start() {
      stopping = false;
      if (options.alone === true) await options.context().db.system(freeTakenJobs);
      pool = new pg.Pool({ ...options.connection, max: (options.concurrency ?? 4) + 2 });
      pool.on("error", () => {}); // the worker connects again by itself
      pool.on("connect", (client) => client.on("error", () => {}));
      const taskList = Object.fromEntries(
        [...handlers.keys()].map((name) => [
          name,
          (payload: unknown, helpers: { job: { id: string; attempts: number; max_attempts: number } }) => {
            const { id, attempts, max_attempts } = helpers.job;
            return execute({ id: BigInt(id), name, payload, tries: attempts, most: max_attempts });
          },
        ]),
      );
      runner = await run({
        pgPool: pool,
        schema: JOB_SCHEMA,
        taskList: taskList as never,
        concurrency: options.concurrency ?? 4,
        noHandleSignals: true,
        noPreparedStatements: true,
        pollInterval: 5000,
        logger: silent,
      });
      runner.promise.catch(() => {}); // stop() hears of it
      const tick = (): void => {
        // On a trial clock that is ahead, jobs wait for days the machine has not reached: only drain sees them.
        if (ticking !== null) return;
        const due = options.context().clock.isTrial ? drain() : askForTick();
        ticking = due
          .catch(() => {}) // told through `failed`, or the database is away and the next tick asks again
          .finally(() => {
            ticking = null;
          });
      };
      tick();
      for (const handler of options.frequent ?? []) repeat(handler);
      timer = setInterval(tick, TICK_EVERY_MS);
      timer.unref();
    },
    async stop() {
      stopping = true;
      if (timer !== null) clearInterval(timer);
      for (const one of timers.splice(0)) clearInterval(one);
      await Promise.all(running);
      await ticking;
      await runner?.stop().catch(() => {});
      await pool?.end();
      runner = null;
      pool = null;
    },
  };
}

/**
 * Runs the timetable of every day after the last one run, oldest first, up to the clock's today. A day is marked when
 * all its handlers are done; one that was interrupted runs again from its first handler.
 */
async function runMissedDays(
  context: AppContext,
  daily: readonly DailyHandler[],
  stopping: () => boolean,
): Promise<void> {
  const { db, clock } = context;
  for (let count = 0; count < MOST_DAYS; count++) {
    const today = clock.today();
    const last = await db.systemRead(lastTickedDay);
    if (last === undefined) return; // not founded yet
    const day: Day = last === null ? today : addDays(last, 1);
    if (day > today) return;
    for (const handler of daily) {
      if (stopping()) return; // the day is not marked and runs again at the next start
      await handler.run(day, context);
    }
    await db.system((tx) => setTickedDay(tx, day));
  }
}

/** What may be kept of an error: its words, never a database error's row. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}

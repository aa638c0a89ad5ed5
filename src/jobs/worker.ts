import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { type Runner, run } from "graphile-worker";
import pg from "pg";
import { unlessAway } from "../db/index.ts";
import type { AppContext } from "../kernel/route.ts";
import { type DailyHandler, type DayHold, dayHold, dayJobs, dayWaits } from "./days.ts";
import { enqueue, type FrequentHandler, type JobContext, type JobHandlers } from "./jobs.ts";
import { newLife } from "./life.ts";
import { JOB_SCHEMA, silent } from "./migrate.ts";
import {
  areTaken,
  type BereftJob,
  deleteJob,
  freeJobsOf,
  GONE,
  putBackJob,
  type TakenJob,
  takeDueJob,
  unshownWorkers,
} from "./store.ts";
import { newSweeper } from "./sweep.ts";

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
  /** A job not heard of for so long is given up. An hour. */
  silenceMs?: number;
  /** Runs each job's work, to follow it. Runs it as it is by default. */
  around?: (<T>(name: string, work: () => Promise<T>) => Promise<T>) | undefined;
  /** Told of each job that has run: its name, how long it took in seconds, and how it ended. */
  ran?: (name: string, seconds: number, outcome: "done" | "failed") => void;
  /** Told of each failure: job name, number, try and the error. */
  failed?: (name: string, id: string, attempt: number, error: unknown) => void;
  /** Told why no day is begun, each time it is looked. */
  held?: (hold: DayHold) => void;
};

/** One run of the queue: its name as a holder of jobs, and its end. */
type Queue = { readonly worker: string; readonly ended: Promise<void> };

type Handler = (payload: never, context: JobContext) => Promise<unknown>;

const TICK_EVERY_MS = 30_000;
const SWEEP_EVERY_MS = 10_000;
/** Between two looks at a worker that seems dead: one that lives shows itself again in less. */
const SURE_AFTER_MS = 5000;
const SILENCE_MS = 3_600_000;
/** How long `drain` waits for a day's work another worker has taken. */
const OTHERS_MS = 60_000;
/** Between the end of a queue that lost its database and its next start. */
const REVIVE_MS = 1000;

/** Puts modules' handlers behind one queue. Two modules may not handle the same job. */
export function createJobRunner(options: JobRunnerOptions): JobRunner {
  const handlers = joined([...options.handlers, dayJobs(options.daily)]);
  const names = [...handlers.keys()];
  const life = newLife(options.connection);

  const execute = async (job: TakenJob): Promise<void> => {
    const handler = handlers.get(job.name);
    if (handler === undefined) throw new Error(`no handler for the job ${job.name}`);
    const about = { id: String(job.id), attempt: job.tries, last: job.tries >= job.most };
    const began = performance.now();
    const ran = (outcome: "done" | "failed") =>
      options.ran?.(job.name, (performance.now() - began) / 1000, outcome);
    const { around = (_name, work) => work() } = options;
    try {
      await heard(options.silenceMs ?? SILENCE_MS, (alive) =>
        around(job.name, () =>
          handler(job.payload as never, { ...options.context(), job: { ...about, alive } }),
        ),
      );
      ran("done");
    } catch (error) {
      ran("failed");
      options.failed?.(job.name, about.id, about.attempt, error);
      throw error;
    }
  };

  let revived: Promise<void> | null = null;
  let runner: Runner | null = null;
  let pool: pg.Pool | null = null;
  let ticking: Promise<unknown> | null = null;
  let stopping = false;

  /** Tells why something failed that is done again by itself, save for a database that is away. */
  const told = (name: string) => unlessAway((error) => options.failed?.(name, "0", 1, error));

  /** Tells of each job whose worker is gone as of one that failed: it may be what killed it. */
  const bereft = (jobs: readonly BereftJob[]): void => {
    for (const { id, name, tries } of jobs) options.failed?.(name, String(id), tries, new Error(GONE));
  };

  const askForTick = async (): Promise<void> => {
    const { db, clock } = options.context();
    if (!(await dayWaits(db, clock))) return;
    const hold = await dayHold(db, clock);
    if (hold !== null) return options.held?.(hold);
    await db.system((tx) => enqueue(tx, "day.tick", {}, { key: "day.tick", queue: "day.tick" }));
  };

  /** Runs what is due, one job after another, as `me`. */
  const runDue = async (me: string): Promise<void> => {
    const { db, clock } = options.context();
    const until = performance.now() + OTHERS_MS;
    while (!stopping) {
      const job = await db.system((tx) => takeDueJob(tx, me, clock.now(), names));
      if (job === undefined) {
        const others = await db.systemRead((tx) => areTaken(tx, ["day.tick", "day.work"]));
        if (!others || performance.now() > until) break;
        await pause(25);
        continue;
      }
      try {
        await execute(job);
      } catch (error) {
        await db.system((tx) => putBackJob(tx, job.id, messageOf(error)));
        throw error;
      }
      await db.system((tx) => deleteJob(tx, job.id));
    }
  };

  const drain = async (): Promise<void> => {
    await askForTick();
    // A name for this drain alone, which ends with it: a job whose end could not be written is then a dead worker's.
    const me = `drain-${randomUUID()}`;
    await life.show(me);
    try {
      await runDue(me);
    } finally {
      await life.end(me);
    }
    for (const { run: work } of options.frequent ?? []) await work(options.context());
  };

  const timers: NodeJS.Timeout[] = [];
  const running = new Set<Promise<unknown>>();

  /** Runs a frequent handler again and again, never beside itself. */
  const repeat = ({ name, everyMs, run: once }: FrequentHandler): void => {
    let busy = false;
    const timer = setInterval(() => {
      if (busy) return;
      busy = true;
      const work = once(options.context())
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

  /** One run of the queue, for as long as its database lasts. */
  const runQueue = async (pgPool: pg.Pool): Promise<Queue> => {
    const events = new EventEmitter();
    let worker = "";
    events.on("pool:create", ({ workerPool }: { workerPool: { id: string } }) => {
      worker = workerPool.id;
    });
    const taskList = Object.fromEntries(
      names.map((name) => [
        name,
        (payload: unknown, helpers: { job: { id: string; attempts: number; max_attempts: number } }) => {
          const { id, attempts, max_attempts } = helpers.job;
          return execute({ id: BigInt(id), name, payload, tries: attempts, most: max_attempts });
        },
      ]),
    );
    const started = await run({
      pgPool,
      schema: JOB_SCHEMA,
      taskList: taskList as never,
      concurrency: options.concurrency ?? 4,
      noHandleSignals: true,
      noPreparedStatements: true,
      pollInterval: 5000,
      logger: silent,
      events,
      // Results go through a writer that bears a lost connection; without it the loss would end the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    });
    runner = started;
    const over = started.promise.catch(told("queue"));
    try {
      if (stopping)
        await started.stop(); // asked to while it was starting
      else await life.show(worker);
    } catch (error) {
      // Jobs of a worker that cannot show its life would be taken for a dead one's.
      await started.stop().catch(() => {});
      runner = null;
      throw error;
    }
    return { worker, ended: over.finally(() => life.end(worker)) };
  };

  /** Keeps the queue running over losses of the database. */
  const keepRunning = async (pgPool: pg.Pool, first: Queue): Promise<void> => {
    const { db } = options.context();
    for (let queue = first; !stopping; ) {
      await queue.ended;
      runner = null;
      if (stopping) return;
      await pause(REVIVE_MS);
      if (stopping) return;
      const before = queue;
      queue = await db
        .system((tx) => freeJobsOf(tx, [before.worker]))
        .then(() => runQueue(pgPool))
        .catch((error: unknown) => {
          told("queue")(error);
          return before; // not back yet
        });
    }
  };

  const tick = (): void => {
    if (ticking !== null) return;
    const look = async (): Promise<void> => {
      const { clock } = options.context();
      // On a trial clock that is ahead, jobs wait for days the machine has not reached: only drain sees them.
      await (clock.isTrial ? drain() : askForTick());
    };
    ticking = look()
      .catch(told("day.tick")) // the next tick asks again
      .finally(() => {
        ticking = null;
      });
  };

  const sweeper = newSweeper(bereft);
  let sweeping: Promise<void> | null = null;
  let nextSweep: NodeJS.Timeout | undefined;

  /** Looks for dead workers now, and again some time after this look has ended. */
  const sweep = async (): Promise<void> => {
    const seemDead = await sweeper.sweep(options.context().db).catch((error: unknown) => {
      told("sweep")(error); // the next sweep asks again
      return 0;
    });
    if (stopping) return;
    const afterMs = seemDead > 0 ? SURE_AFTER_MS : SWEEP_EVERY_MS;
    nextSweep = setTimeout(() => {
      sweeping = sweep();
    }, afterMs).unref();
  };

  return {
    drain,
    async start() {
      stopping = false;
      if (options.alone === true)
        bereft(await options.context().db.system(async (tx) => freeJobsOf(tx, await unshownWorkers(tx))));
      pool = new pg.Pool({ ...options.connection, max: (options.concurrency ?? 4) + 2 });
      pool.on("error", () => {}); // the worker connects again by itself
      pool.on("connect", (client) => client.on("error", () => {}));
      revived = keepRunning(pool, await runQueue(pool));
      tick();
      sweeping = sweep();
      for (const handler of options.frequent ?? []) repeat(handler);
      timers.push(setInterval(tick, TICK_EVERY_MS).unref());
    },
    async stop() {
      stopping = true;
      for (const one of timers.splice(0)) clearInterval(one);
      await Promise.all(running);
      await ticking;
      await sweeping;
      clearTimeout(nextSweep);
      await runner?.stop().catch(() => {});
      await revived;
      await pool?.end();
      await life.close();
      revived = null;
      pool = null;
    },
  };
}

function joined(sets: readonly JobHandlers[]): Map<string, Handler> {
  const handlers = new Map<string, Handler>();
  for (const set of sets) {
    for (const [name, handler] of Object.entries(set)) {
      if (handlers.has(name)) throw new Error(`two handlers for the job ${name}`);
      handlers.set(name, handler as Handler);
    }
  }
  return handlers;
}

/** Waits for work as long as it is heard of. Work that hangs cannot be ended, only no longer waited for. */
async function heard<T>(silenceMs: number, work: (alive: () => void) => Promise<T>): Promise<T> {
  const given = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => given.reject(new Error(`the job was not heard of for ${Math.round(silenceMs / 1000)} s`)),
    silenceMs,
  );
  timer.unref();
  try {
    return await Promise.race([work(() => timer.refresh()), given.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** What may be kept of an error: its words, never a database error's row. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}

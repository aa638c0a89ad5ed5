import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { AppContext } from "../kernel/route.ts";

/**
 * Every kind of job and what it carries. A module adds its own by declaration merging:
 * `declare module "../jobs/index.ts" { interface Jobs { "mail.send": { message: string } } }`.
 * A payload is plain JSON and holds ids, never personal data: it can be read in the queue.
 */
export interface Jobs {
  /** Begins each day not yet begun. */
  "day.tick": Record<string, never>;
  /** One piece of a day's work. */
  "day.work": { day: Day; work: string };
}

export type JobName = keyof Jobs & string;

/** What a handler is given beside its payload. */
export type JobContext = AppContext & {
  readonly job: {
    readonly id: string;
    /** 1 for the first try. */
    readonly attempt: number;
    /** Whether failing now is final. */
    readonly last: boolean;
    /** Says that a long job goes on: one that is not heard of for an hour is given up and tried again. */
    readonly alive: () => void;
  };
};

/** A module's handlers, by job name. A job may run more than once, so a handler must bear repetition. */
export type JobHandlers = {
  readonly [Name in JobName]?: (payload: Jobs[Name], context: JobContext) => Promise<unknown>;
};

/** Work done again and again while the worker runs, and whenever jobs are drained. Bears repetition and company. */
export type FrequentHandler = {
  readonly name: string;
  readonly everyMs: number;
  readonly run: (context: AppContext) => Promise<unknown>;
};

export type EnqueueOptions = {
  /** Not before this instant of the installation's clock. At once by default. */
  runAt?: Date;
  /** A job of this key that still waits is replaced instead of a second one added; one that runs stays a job of its own. */
  key?: string;
  /** With a key: adds nothing while a job of it is there at all, be it waiting, running or set aside. false. */
  unlessThere?: boolean;
  /** Jobs of one queue run one after another. */
  queue?: string;
};

/** Tries before a job has failed for good; the waits between them grow to about an hour and a half in all. */
const TRIES = 8;

/** Adds a job inside the caller's transaction: it exists exactly when the transaction commits. */
export async function enqueue<Name extends JobName>(
  tx: Tx,
  name: Name,
  payload: Jobs[Name],
  options: EnqueueOptions = {},
): Promise<void> {
  const { key, unlessThere = false } = options;
  // Of a job that runs, replacing would make this its last try: were it cut short, it would be counted as failed for good.
  if (key !== undefined && !unlessThere)
    await sql`update graphile_worker._private_jobs set key = null where key = ${key} and locked_at is not null`.execute(
      tx,
    );
  await sql`select graphile_worker.add_job(identifier := ${name}::text, payload := ${JSON.stringify(payload)}::json,
    queue_name := ${options.queue ?? null}::text, run_at := ${options.runAt ?? null}::timestamptz,
    job_key := ${key ?? null}::text,
    job_key_mode := ${unlessThere ? "unsafe_dedupe" : "replace"}::text, max_attempts := ${TRIES})`.execute(
    tx,
  );
}

/** A job that failed: set aside after its last try, or waiting for the next one. */
export type FailedJob = {
  id: bigint;
  name: string;
  error: string;
  tries: number;
  failedAt: Date;
  /** When it is tried again; null once it is set aside. */
  again: Date | null;
};

/** Jobs that failed, those set aside first. */
export async function listFailedJobs(tx: Tx): Promise<FailedJob[]> {
  const found = await sql<FailedJob>`
    select id, task_identifier as name, coalesce(last_error, '') as error, attempts::int as tries,
      updated_at as "failedAt", case when attempts < max_attempts then run_at end as again
    from graphile_worker.jobs where locked_at is null and (attempts >= max_attempts or last_error is not null)
    order by attempts < max_attempts, id limit 1000`.execute(tx);
  return found.rows;
}

/** Lets failed jobs try again, now. Returns how many. */
export async function retryFailedJobs(tx: Tx, ids: readonly bigint[]): Promise<number> {
  const found = await sql`
    select id from graphile_worker.reschedule_jobs(${ids.map(String)}::bigint[], run_at := now(), attempts := 0)`.execute(
    tx,
  );
  return found.rows.length;
}

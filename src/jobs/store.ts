import { sql } from "kysely";
import type pg from "pg";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";

/** A job taken out of the queue for this process to run. */
export type TakenJob = { id: bigint; name: string; payload: unknown; tries: number; most: number };

/**
 * Takes one job that is due by the installation's clock. A job added without a time is due whatever the clock says
 * (its time is then exactly when it was written), so that a clock standing in the past still runs it.
 */
export async function takeDueJob(
  tx: Tx,
  worker: string,
  now: Date,
  names: readonly string[],
): Promise<TakenJob | undefined> {
  const found = await sql<TakenJob>`
    with due as (
      select w.id, w.job_queue_id, n.identifier
      from graphile_worker._private_jobs w join graphile_worker._private_tasks n on n.id = w.task_id
      where w.is_available and (w.run_at <= ${now} or w.run_at in (w.created_at, w.updated_at))
        and n.identifier = any(${names as string[]}::text[])
        and (w.job_queue_id is null or w.job_queue_id in (
          select q.id from graphile_worker._private_job_queues q where q.is_available for update skip locked))
      order by w.priority, w.id limit 1 for update of w skip locked),
    queue as (
      update graphile_worker._private_job_queues q set locked_at = now(), locked_by = ${worker}
      from due where q.id = due.job_queue_id)
    update graphile_worker._private_jobs j
    set locked_at = now(), locked_by = ${worker}, attempts = j.attempts + 1
    from due where j.id = due.id
    returning j.id, due.identifier as name, j.payload, j.attempts::int as tries, j.max_attempts::int as most`.execute(
    tx,
  );
  return found.rows[0];
}

/** Whether some worker has taken jobs of these names and not given them back. */
export async function areTaken(tx: Tx, names: readonly string[]): Promise<boolean> {
  const found = await sql`
    select 1 from graphile_worker._private_jobs w join graphile_worker._private_tasks n on n.id = w.task_id
    where w.locked_at is not null and n.identifier = any(${names as string[]}::text[]) limit 1`.execute(tx);
  return found.rows.length > 0;
}

/** Takes a job that was done out for good, and frees the named queue it ran in for the next. */
export async function deleteJob(tx: Tx, id: bigint): Promise<void> {
  await freeQueueOf(tx, id);
  await sql`delete from graphile_worker._private_jobs where id = ${id}`.execute(tx);
}

/** Puts a failed job back for its next try; after the last it stays as failed. */
export async function putBackJob(tx: Tx, id: bigint, error: string): Promise<void> {
  await freeQueueOf(tx, id);
  await sql`update graphile_worker._private_jobs set last_error = ${error}, locked_at = null, locked_by = null,
    run_at = greatest(now(), run_at) + make_interval(secs => exp(least(attempts, 10))) where id = ${id}`.execute(
    tx,
  );
}

async function freeQueueOf(tx: Tx, id: bigint): Promise<void> {
  await sql`update graphile_worker._private_job_queues q set locked_at = null, locked_by = null
    from graphile_worker._private_jobs j where j.id = ${id} and q.id = j.job_queue_id`.execute(tx);
}

/** The last day that was begun; null before the first; undefined before the installation is founded. */
export async function lastTickedDay(tx: Tx): Promise<Day | null | undefined> {
  const row = await tx.selectFrom("installation").select("day_ticked").executeTakeFirst();
  return row?.day_ticked;
}

/** Marks a day as begun, unless another process has marked one since `last` was read. */
export async function markDay(tx: Tx, day: Day, last: Day | null): Promise<boolean> {
  const done = await tx
    .updateTable("installation")
    .set({ day_ticked: day })
    .where("day_ticked", last === null ? "is" : "=", last)
    .returning("id")
    .executeTakeFirst();
  return done !== undefined;
}

/** First half of the key of an advisory lock that a living worker holds; the other half is its name's hash. */
const LIVES = 7_203_118;

/** Shows, for as long as this connection lasts, that a worker lives. */
export async function showLife(client: pg.ClientBase, worker: string): Promise<void> {
  await client.query("select pg_advisory_lock_shared($1, hashtext($2))", [LIVES, worker]);
}

/** Ends what `showLife` shows, on the same connection. What the worker still holds is then a dead one's. */
export async function endLife(client: pg.ClientBase, worker: string): Promise<void> {
  await client.query("select pg_advisory_unlock_shared($1, hashtext($2))", [LIVES, worker]);
}

/** What is written of a job whose worker was gone before it ended. */
export const GONE = "the program ended while the job ran";

/** A job whose worker was gone before it ended, and which of its tries that was. */
export type BereftJob = { readonly id: bigint; readonly name: string; readonly tries: number };

/** Workers who have taken jobs, and whose life no connection shows. */
export async function unshownWorkers(tx: Tx): Promise<readonly string[]> {
  const { rows } = await sql<{ worker: string }>`
    select h.worker from (
      select locked_by as worker from graphile_worker._private_jobs where locked_by is not null
      union
      select locked_by from graphile_worker._private_job_queues where locked_by is not null) h
    where not exists (
      select 1 from pg_locks l where l.locktype = 'advisory' and l.granted
        and l.database = (select oid from pg_database where datname = current_database())
        and l.classid = ${LIVES}::int::oid and l.objid = hashtext(h.worker)::oid and l.objsubid = 2)`.execute(
    tx,
  );
  return rows.map((row) => row.worker);
}

/**
 * Frees what these workers had taken: they are gone. Returns those jobs. A job that was being run for the second time waits
 * as after a failure, so that one which kills its process does not do so without end; how much longer is drawn for each, lest
 * those that only ran beside it meet it again at every try.
 */
export async function freeJobsOf(tx: Tx, workers: readonly string[]): Promise<readonly BereftJob[]> {
  if (workers.length === 0) return [];
  const freed = await sql<BereftJob>`update graphile_worker._private_jobs j
    set locked_at = null, locked_by = null, last_error = ${GONE}, run_at = case when attempts < 2 then run_at
      else greatest(now(), run_at) + make_interval(secs => exp(least(attempts, 10)) * (1 + random())) end
    from graphile_worker._private_tasks n where n.id = j.task_id and j.locked_by = any(${workers as string[]}::text[])
    returning j.id, n.identifier as name, j.attempts::int as tries`.execute(tx);
  await sql`update graphile_worker._private_job_queues set locked_at = null, locked_by = null
    where locked_by = any(${workers as string[]}::text[])`.execute(tx);
  return freed.rows;
}

/** How the queue stands. */
export interface QueueState {
  /** Due by the machine's clock and not taken. */
  readonly waiting: number;
  readonly running: number;
  /** Failed for good. */
  readonly failed: number;
  /** How long the oldest of those waiting has been due; 0 when none is. */
  readonly oldestSeconds: number;
}

/** Counts the whole queue, jobs of every name, in one reading of its table. */
export async function queueState(tx: Tx): Promise<QueueState> {
  const { rows } = await sql<QueueState>`
    select count(*) filter (where locked_at is null and attempts < max_attempts and run_at <= now())::int as waiting,
      count(*) filter (where locked_at is not null)::int as running,
      count(*) filter (where attempts >= max_attempts and locked_at is null)::int as failed,
      coalesce(extract(epoch from now() - min(run_at)
        filter (where locked_at is null and attempts < max_attempts and run_at <= now())), 0)::float8 as "oldestSeconds"
    from graphile_worker._private_jobs`.execute(tx);
  return rows[0]!;
}

import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";

/** A job taken out of the queue for this process to run. */
export type TakenJob = { id: bigint; name: string; payload: unknown; tries: number; most: number };

/**
 * Takes one job that is due by the installation's clock. A job added without a time is due whatever the clock says
 * (its time is then exactly when it was written), so that a clock standing in the past still runs it.
 */
export async function takeDueJob(tx: Tx, now: Date, names: readonly string[]): Promise<TakenJob | undefined> {
  const found = await sql<TakenJob>`
    update graphile_worker._private_jobs j
    set locked_at = now(), locked_by = 'drain', attempts = j.attempts + 1
    from graphile_worker._private_tasks t
    where t.id = j.task_id and j.id = (
      select w.id from graphile_worker._private_jobs w join graphile_worker._private_tasks n on n.id = w.task_id
      where w.is_available and (w.run_at <= ${now} or w.run_at in (w.created_at, w.updated_at))
        and n.identifier = any(${names as string[]}::text[])
      order by w.priority, w.id limit 1 for update of w skip locked)
    returning j.id, t.identifier as name, j.payload, j.attempts::int as tries, j.max_attempts::int as most`.execute(
    tx,
  );
  return found.rows[0];
}

export async function deleteJob(tx: Tx, id: bigint): Promise<void> {
  await sql`delete from graphile_worker._private_jobs where id = ${id}`.execute(tx);
}

/** Puts a failed job back for its next try; after the last it stays as failed. */
export async function putBackJob(tx: Tx, id: bigint, error: string): Promise<void> {
  await sql`update graphile_worker._private_jobs set last_error = ${error}, locked_at = null, locked_by = null,
    run_at = greatest(now(), run_at) + make_interval(secs => exp(least(attempts, 10))) where id = ${id}`.execute(
    tx,
  );
}

/** The last day whose timetable has run; null before the first; undefined before the installation is founded. */
export async function lastTickedDay(tx: Tx): Promise<Day | null | undefined> {
  const row = await tx.selectFrom("installation").select("day_ticked").executeTakeFirst();
  return row?.day_ticked;
}

export async function setTickedDay(tx: Tx, day: Day): Promise<void> {
  await tx
    .updateTable("installation")
    .set({ day_ticked: day })
    .where((where) => where.or([where("day_ticked", "is", null), where("day_ticked", "<", day)]))
    .execute();
}

/** Frees jobs a killed process had taken. Only where this process is the database's only one. */
export async function freeTakenJobs(tx: Tx): Promise<void> {
  await sql`update graphile_worker._private_jobs set locked_at = null, locked_by = null where locked_at is not null`.execute(
    tx,
  );
  await sql`update graphile_worker._private_job_queues set locked_at = null, locked_by = null
    where locked_at is not null`.execute(tx);
}

/** Runs work that only one process at a time may do; the others wait for it. */
export async function oneAtATime<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await sql`select pg_advisory_lock(7203117)`.execute(tx);
  try {
    return await work();
  } finally {
    await sql`select pg_advisory_unlock(7203117)`.execute(tx);
  }
}

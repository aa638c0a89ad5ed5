import { Logger, runMigrations } from "graphile-worker";
import pg from "pg";

/** Schema of the job queue. */
export const JOB_SCHEMA = "graphile_worker";

/** A logger that says nothing: the queue's own messages would show payloads. */
export const silent = new Logger(() => () => {});

/**
 * Brings the queue's schema up to date as the owner and opens it to the app role, whose jobs these are. The queue's
 * tables come with row-level security on and no policy; the app role gets one on each.
 */
export async function migrateJobs(owner: pg.ClientConfig): Promise<void> {
  const pool = new pg.Pool({ ...owner, max: 2 });
  pool.on("error", () => {}); // the statement that needed the connection tells
  pool.on("connect", (client) => client.on("error", () => {})); // the queue would put in listeners of its own
  try {
    await runMigrations({ pgPool: pool, schema: JOB_SCHEMA, logger: silent });
    await pool.query(`do $$ declare t text; begin
      grant usage on schema ${JOB_SCHEMA} to zhijia_app;
      grant select, insert, update, delete on all tables in schema ${JOB_SCHEMA} to zhijia_app;
      grant usage, select on all sequences in schema ${JOB_SCHEMA} to zhijia_app;
      grant execute on all functions in schema ${JOB_SCHEMA} to zhijia_app;
      for t in select c.relname from pg_class c
        where c.relnamespace = '${JOB_SCHEMA}'::regnamespace and c.relrowsecurity
          and not exists (select 1 from pg_policy p where p.polrelid = c.oid)
      loop
        execute format('create policy app on ${JOB_SCHEMA}.%I for all to zhijia_app using (true) with check (true)', t);
      end loop;
    end $$`);
  } finally {
    await pool.end();
  }
}

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { withClient } from "./client.ts";
import { APP_ROLE } from "./pool.ts";
import { distribute, isDistributed, spreadAppRole } from "./shard.ts";
import { statementsFor } from "./shard-statements.ts";
import { Trouble } from "./trouble.ts";

export type Migration = { name: string; text: string; checksum: string };

export type MigrateOptions = {
  /** Login that owns the schema. */
  owner: pg.ClientConfig;
  /** Whether the owner's login also runs the program, and so must be able to take the app role. */
  ownerRuns: boolean;
  /** Further schemas (the job queue's), brought up to date under the same lock. */
  after?: (owner: pg.ClientConfig) => Promise<void>;
  /** Name of the last file to apply, to rebuild the schema an older backup was made from. */
  until?: string;
  /** Told before each file. */
  progress?: (name: string) => void;
};

const FOLDER = join(import.meta.dirname, "migrations");
const OLDEST_SERVER = 15;
const LOCK = 7_203_115; // any number, the same in every version of the program

/** The numbered files of this program, in order. */
export function migrations(): Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(join(FOLDER, name), "utf8");
      return { name, text, checksum: createHash("sha256").update(text).digest("hex") };
    });
}

/** One hash over every migration, for caches of migrated databases. */
export function migrationsHash(): string {
  const hash = createHash("sha256");
  for (const { name, checksum } of migrations()) hash.update(`${name} ${checksum}\n`);
  return hash.digest("hex");
}

/**
 * Brings a database to this program's schema: each file once, in order, in a transaction of its own, by one process at
 * a time. Returns the files applied now. Throws `Trouble` when the database is newer than the program, when a file
 * already applied has changed since, or when the server is too old.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  return withClient(options.owner, async (client) => {
    await client.query("select pg_advisory_lock($1)", [LOCK]); // until the connection ends
    await refuseOldServer(client);
    await prepareAppRole(client, options.ownerRuns);
    await spreadAppRole(client);
    await client.query(`create table if not exists schema_migration (
      name text primary key, checksum text not null, applied_at timestamptz not null default now())`);
    const { until } = options;
    const pending = (await pendingIn(client)).filter(({ name }) => until === undefined || name <= until);
    const distributed = await isDistributed(client);
    for (const migration of pending) {
      options.progress?.(migration.name);
      await apply(client, migration, distributed);
    }
    await options.after?.(options.owner);
    if (distributed) await distribute(client);
    await client.query(`grant select on schema_migration to ${APP_ROLE}`);
    return pending.map(({ name }) => name);
  });
}

/** What `migrate` would do, for `doctor`: the files not yet applied. Throws `Trouble` as `migrate` does. */
export async function pendingMigrations(client: pg.ClientBase): Promise<string[]> {
  await refuseOldServer(client);
  const exists = await client.query("select to_regclass('schema_migration') is not null as yes");
  if (exists.rows[0]?.yes !== true) return migrations().map(({ name }) => name);
  return (await pendingIn(client)).map(({ name }) => name);
}

async function pendingIn(client: pg.ClientBase): Promise<Migration[]> {
  const files = migrations();
  const known = new Map(files.map((file) => [file.name, file]));
  const applied = await client.query<{ name: string; checksum: string }>(
    "select name, checksum from schema_migration order by name",
  );
  for (const { name, checksum } of applied.rows) {
    const file = known.get(name);
    if (file === undefined) {
      throw new Trouble(
        "database_newer",
        `数据库比程序新：它已执行 ${name}，本程序没有这个文件。请换用较新的程序版本。`,
        `The database is newer than the program: it has had ${name}, which this program does not know. Use the newer version of the program.`,
      );
    }
    if (file.checksum !== checksum) {
      throw new Trouble(
        "migration_changed",
        `${name} 在执行之后被改动过。数据库结构与程序不再对应；请恢复原文件，或在空数据库上重新开始。`,
        `${name} was changed after it had been applied, so the database no longer matches the program. Restore the file, or begin with an empty database.`,
      );
    }
    known.delete(name);
  }
  return files.filter(({ name }) => known.has(name));
}

async function apply(
  client: pg.Client,
  { name, text, checksum }: Migration,
  distributed: boolean,
): Promise<void> {
  await client.query("begin");
  try {
    if (distributed) await applyToShards(client, text);
    else await client.query(text);
    await client.query("insert into schema_migration (name, checksum) values ($1, $2)", [name, checksum]);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    const line = error instanceof pg.DatabaseError ? lineAt(text, error.position) : "";
    throw new Error(`migration ${name}${line}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

async function applyToShards(client: pg.Client, text: string): Promise<void> {
  await client.query("set local citus.multi_shard_modify_mode to 'sequential'");
  for (const statement of statementsFor(text)) {
    await client.query(`set local citus.enable_ddl_propagation to ${statement.local ? "off" : "on"}`);
    await client.query(statement.text);
  }
}

function lineAt(text: string, position: string | undefined): string {
  if (position === undefined) return "";
  return `:${text.slice(0, Number(position)).split("\n").length}`;
}

async function refuseOldServer(client: pg.ClientBase): Promise<void> {
  const shown = await client.query<{ version: number }>(
    "select current_setting('server_version_num')::int / 10000 as version",
  );
  const version = shown.rows[0]?.version ?? 0;
  if (version >= OLDEST_SERVER) return;
  throw new Trouble(
    "server_too_old",
    `数据库是 PostgreSQL ${version}，职家需要 ${OLDEST_SERVER} 或更新的版本。`,
    `The database is PostgreSQL ${version}; Zhijia needs ${OLDEST_SERVER} or newer.`,
  );
}

/** Roles belong to the whole server, so another database may have made it, even at this very moment. */
async function prepareAppRole(client: pg.Client, ownerRuns: boolean): Promise<void> {
  const query = (text: string) => client.query(text);
  try {
    await query(`do $$ begin
      if not exists (select 1 from pg_roles where rolname = '${APP_ROLE}') then create role ${APP_ROLE} nologin; end if;
    exception when duplicate_object or unique_violation then null; end $$`);
    if (!ownerRuns) return;
    const may = await client.query<{ yes: boolean }>(
      `select pg_has_role(current_user, '${APP_ROLE}', 'member') as yes`,
    );
    if (may.rows[0]?.yes !== true) await query(`grant ${APP_ROLE} to current_user`);
  } catch (error) {
    throw new Trouble(
      "app_role_missing",
      `数据库登录名无权建立或使用角色 ${APP_ROLE}。请让数据库管理员执行：create role ${APP_ROLE}; grant ${APP_ROLE} to <登录名>;`,
      `The database login may not create or take the role ${APP_ROLE}. Ask the database administrator to run: create role ${APP_ROLE}; grant ${APP_ROLE} to <login>;`,
      error,
    );
  }
}

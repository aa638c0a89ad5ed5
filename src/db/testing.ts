import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import pg from "pg";
import { migrateJobs } from "../jobs/migrate.ts";
import { type Clock, fixedClock } from "./clock.ts";
import { startEmbedded } from "./embedded.ts";
import { folderHolder } from "./lock.ts";
import { migrate, migrationsHash } from "./migrate.ts";
import { serverPid, stopServer } from "./orphan.ts";
import { APP_ROLE, type Db, openDatabase } from "./pool.ts";
import { shard } from "./shard.ts";
import { placements } from "./shard-tables.ts";
import { holdToList, watchStatements } from "./testing-shards.ts";

/** A database of its own for one test file, migrated and empty. */
export type TestDatabase = {
  /** As the program runs: the app role, walls up. */
  readonly db: Db;
  /** As the owner: no walls; may change the schema and append-only rows. */
  readonly owner: Db;
  /** For a file's own hooks, which the runner starts beside this one's: resolves once the database is there. */
  standing(): Promise<void>;
  /** Stands still at ten in the morning of `today`; `advance` moves it. */
  readonly clock: Clock;
  /** Login settings of this database, for tests that open connections of their own. */
  readonly connection: pg.ClientConfig;
};

export type TestOptions = {
  /** The clock's first day. A Monday: 2026-03-02. */
  today?: string;
  max?: number;
  /** A server of the test's own instead of the runner's. */
  server?: () => Promise<pg.ClientConfig>;
};

/**
 * Registers hooks that clone the migrated template before this file's tests and drop the clone after them, once what the
 * program sent to it is held to the list of statements that reach several shards. The values may be used inside tests and
 * later hooks only.
 */
export function withDatabase(options: TestOptions = {}): TestDatabase {
  watchStatements();
  let made: MadeDatabase | null = null;
  const clock = fixedClock(options.today ?? "2026-03-02");
  const standing = Promise.withResolvers<void>();
  standing.promise.catch(() => {}); // the hook itself reports it
  before(async () => {
    try {
      made = await makeDatabase(options.max ?? 10, options.server);
      standing.resolve();
    } catch (error) {
      standing.reject(error);
      throw error;
    }
  });
  after(async () => {
    if (made === null) return;
    try {
      await holdToList(made.connection);
    } finally {
      await made.drop();
    }
  });
  const get = (): MadeDatabase => {
    if (made === null) throw new Error("the test database exists only while tests run");
    return made;
  };
  return {
    get db() {
      return get().db;
    },
    get owner() {
      return get().owner;
    },
    get connection() {
      return get().connection;
    },
    standing: () => standing.promise,
    clock,
  };
}

type MadeDatabase = { db: Db; owner: Db; connection: pg.ClientConfig; drop(): Promise<void> };

async function makeDatabase(max: number, own: TestOptions["server"]): Promise<MadeDatabase> {
  const server = own === undefined ? await testServer() : { connection: await own(), async stop() {} };
  const name = `zhijia_t_${process.pid}_${randomBytes(4).toString("hex")}`;
  const connection = { ...server.connection, database: name };
  const others = await otherServers(server.connection);
  if (others.length === 0) {
    const template = await templateOn(server.connection);
    await onServer(server.connection, (client) =>
      client.query(`create database ${name} template ${template}`),
    );
  } else {
    // Shards that lie elsewhere are not cloned with a database.
    await createDatabase(server.connection, others, name);
    await migrate({ owner: connection, ownerRuns: true, after: migrateJobs });
    await shard(connection);
  }
  const db = openDatabase({ connection, role: APP_ROLE, max });
  const owner = openDatabase({ connection, role: null, max: 3 });
  return {
    db,
    owner,
    connection,
    async drop() {
      await Promise.all([db.close(), owner.close()]);
      await dropDatabase([server.connection, ...others], name);
      await server.stop();
    },
  };
}

/** An empty, unmigrated database, for tests of migration, backup and the like. */
export async function emptyDatabase(): Promise<{ connection: pg.ClientConfig; drop(): Promise<void> }> {
  const server = await testServer();
  const name = `zhijia_e_${process.pid}_${randomBytes(4).toString("hex")}`;
  const others = await otherServers(server.connection);
  await createDatabase(server.connection, others, name);
  return {
    connection: { ...server.connection, database: name },
    async drop() {
      await dropDatabase([server.connection, ...others], name);
      await server.stop();
    },
  };
}

/** The other servers of a Citus cluster whose coordinator this is; none where there is one server. */
async function otherServers(coordinator: pg.ClientConfig): Promise<readonly pg.ClientConfig[]> {
  return onServer(coordinator, async (client) => {
    const { rows: there } = await client.query("select 1 from pg_extension where extname = 'citus'");
    if (there.length === 0) return [];
    const { rows } = await client.query<{ host: string; port: number }>(
      "select nodename as host, nodeport as port from pg_dist_node where groupid <> 0 and noderole = 'primary' order by groupid",
    );
    return rows.map((one) => ({ ...coordinator, ...one }));
  });
}

/** Makes an empty database, on each server of a cluster and known to all of them. */
export async function createDatabase(
  coordinator: pg.ClientConfig,
  others: readonly pg.ClientConfig[],
  name: string,
): Promise<void> {
  for (const server of [...others, coordinator]) {
    await onServer(server, (client) => client.query(`create database ${name}`));
    if (others.length > 0)
      await onServer({ ...server, database: name }, (client) => client.query("create extension citus"));
  }
  if (others.length === 0) return;
  await onServer({ ...coordinator, database: name }, async (client) => {
    await client.query("select citus_set_coordinator_host($1, $2)", [coordinator.host, coordinator.port]);
    for (const { host, port } of others) await client.query("select citus_add_node($1, $2)", [host, port]);
  });
}

async function dropDatabase(servers: readonly pg.ClientConfig[], name: string): Promise<void> {
  for (const server of servers)
    await onServer(server, (client) => client.query(`drop database if exists ${name} with (force)`));
}

export type TestServer = { connection: pg.ClientConfig; stop(): Promise<void> };

/** The server named by ZHIJIA_TEST_DATABASE_URL (the runner sets it), or a private one for this file alone. */
async function testServer(): Promise<TestServer> {
  const url = process.env.ZHIJIA_TEST_DATABASE_URL;
  if (url !== undefined && url !== "") return { connection: configOf(url), async stop() {} };
  return startTestServer();
}

/** Starts a throw-away server: nothing is synced to disk, and its folder goes with it. */
export async function startTestServer(): Promise<TestServer & { url: string }> {
  await sweepLeftovers();
  const folder = mkdtempSync(join(tmpdir(), "zhijia-test-"));
  const server = await startEmbedded({ folder, durable: false, maxConnections: 200, sharedBuffersMb: 256 });
  const connection = server.login("superuser", "postgres");
  const { user, password, host, port } = connection;
  const url =
    host?.startsWith("/") === true
      ? `postgresql://${user}:${password}@localhost:${port}/postgres?host=${encodeURIComponent(host)}`
      : `postgresql://${user}:${password}@${host}:${port}/postgres`;
  return {
    connection,
    url,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Stops and removes servers of test runs that were killed, once they are ten minutes old. */
async function sweepLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const folder = join(tmpdir(), name);
    if (!name.startsWith("zhijia-test-")) continue;
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age < 600_000 || (await folderHolder(folder).catch(() => -1)) !== null) continue;
    const pid = serverPid(join(folder, "pg"));
    if (pid !== null) await stopServer(pid);
    rmSync(folder, { recursive: true, force: true });
  }
}

function configOf(url: string): pg.ClientConfig {
  const { host, port, user, password, database } = new pg.Client({ connectionString: url });
  return {
    host,
    port,
    ...(user ? { user } : {}),
    ...(password ? { password } : {}),
    database: database ?? "postgres",
  };
}

/**
 * Migrated once for each state of the migrations; files that start at one moment wait for the first. Where the server
 * has Citus the template is sharded, over the one server: its shards lie in the database itself, so a clone has them too.
 */
async function templateOn(connection: pg.ClientConfig): Promise<string> {
  const sharded = await hasCitus(connection);
  const state = sharded ? `${migrationsHash()} ${JSON.stringify(placements)}` : migrationsHash();
  const name = `zhijia_template_${createHash("sha256").update(state).digest("hex").slice(0, 16)}`;
  await onServer(connection, async (client) => {
    await client.query("select pg_advisory_lock(7203116)");
    const known = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (known.rowCount === 1) return;
    await client.query(`drop database if exists ${name}_new with (force)`);
    await client.query(`create database ${name}_new`);
    await migrate({
      owner: { ...connection, database: `${name}_new` },
      ownerRuns: true,
      after: migrateJobs,
    });
    if (sharded) {
      await shard({ ...connection, database: `${name}_new` });
      // The server's own worker would stay connected, and a database in use cannot be cloned.
      await client.query(`alter database ${name}_new allow_connections false`);
      await client.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [
        `${name}_new`,
      ]);
    }
    await client.query(`alter database ${name}_new rename to ${name}`);
  });
  return name;
}

/** Whether tests run on a distributed database: the server named by ZHIJIA_TEST_DATABASE_URL has loaded Citus. */
export async function hasCitus(connection: pg.ClientConfig): Promise<boolean> {
  return onServer(connection, async (client) => {
    const { rows } = await client.query<{ yes: boolean }>(
      "select current_setting('shared_preload_libraries') ~ '\\mcitus\\M' as yes",
    );
    return rows[0]!.yes;
  });
}

async function onServer<T>(connection: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

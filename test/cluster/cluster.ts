import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { giveTo, namedRunner } from "../../src/db/unprivileged.ts";
import { freePort, until } from "../faults/program.ts";

/**
 * A Citus cluster of three servers on this machine, a coordinator and two that hold the rows, for tests that need one.
 * ZHIJIA_TEST_CITUS_BIN names the folder of the binaries of a PostgreSQL in which Citus is installed.
 */
const folderOfBinaries = process.env["ZHIJIA_TEST_CITUS_BIN"] ?? "";

/** Why tests of a cluster are left out here; false where they are not. */
export const noCluster: string | false =
  folderOfBinaries === "" && "no Citus at hand; name its PostgreSQL's bin folder in ZHIJIA_TEST_CITUS_BIN";

/** One server of the cluster. */
export interface Node {
  readonly connection: pg.ClientConfig;
  /** Ends the server and all its processes without a word. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
}

export interface Cluster {
  readonly coordinator: Node;
  readonly workers: readonly Node[];
  readonly stop: () => Promise<void>;
}

const settings = {
  shared_preload_libraries: "'citus'",
  listen_addresses: "'127.0.0.1'",
  unix_socket_directories: "''",
  max_connections: "150",
  max_prepared_transactions: "150",
  shared_buffers: "'64MB'",
  fsync: "off",
  wal_level: "logical",
  jit: "off",
  max_locks_per_transaction: "256",
  // Of four shards those of the districts 990101 and 990102 lie on different servers.
  "citus.shard_count": "4",
  "citus.enable_statistics_collection": "off",
  "citus.node_conninfo": "'sslmode=disable'",
  // What was left half committed by a server that died is brought to its end soon.
  "citus.recover_2pc_interval": "2000",
};

/** Starts the three servers, known to one another in the database `postgres`. */
export async function startCluster(): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), "zhijia-cluster-"));
  giveTo(namedRunner(), folder);
  const [coordinator, ...workers] = await Promise.all(
    ["coordinator", "one", "two"].map((name) => newNode(join(folder, name))),
  );
  assert.ok(coordinator);
  for (const { connection } of workers) await asked(connection, "create extension citus");
  await asked(coordinator.connection, "create extension citus");
  const { host, port } = coordinator.connection;
  await asked(coordinator.connection, `select citus_set_coordinator_host('${host}', ${port})`);
  for (const { connection } of workers)
    await asked(coordinator.connection, `select citus_add_node('${connection.host}', ${connection.port})`);
  return {
    coordinator,
    workers,
    async stop() {
      await Promise.all([coordinator, ...workers].map((one) => one.kill()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function newNode(folder: string): Promise<Node> {
  const runner = namedRunner();
  const as = { ...runner, env: { PATH: process.env["PATH"], LC_ALL: "C.UTF-8", TZ: "UTC" } };
  const made = spawnSync(
    join(folderOfBinaries, "initdb"),
    ["-D", folder, "-U", "postgres", "-E", "UTF8", "--auth=trust", "--no-sync"],
    { ...as, encoding: "utf8", cwd: tmpdir() },
  );
  assert.equal(made.status, 0, made.stderr);
  const port = await freePort();
  const lines = Object.entries({ ...settings, port: String(port) }).map(
    ([name, value]) => `${name} = ${value}`,
  );
  appendFileSync(join(folder, "postgresql.conf"), `${lines.join("\n")}\n`);
  const connection = { host: "127.0.0.1", port, user: "postgres", password: "", database: "postgres" };
  let server: ChildProcess | null = null;
  const node: Node = {
    connection,
    async start() {
      await until("a server of the cluster", async () => {
        // One that was killed may still have children for a moment, beside which no other starts.
        if (server === null || server.exitCode !== null)
          server = spawn(join(folderOfBinaries, "postgres"), ["-D", folder], {
            ...as,
            cwd: tmpdir(),
            stdio: "ignore",
          });
        return answers(connection);
      });
    },
    async kill() {
      const child = server;
      server = null;
      if (child === null || child.exitCode !== null) return;
      const ended = new Promise((done) => child.once("close", done));
      child.kill("SIGKILL");
      await ended;
    },
  };
  await node.start();
  return node;
}

async function answers(connection: pg.ClientConfig): Promise<boolean> {
  return asked(connection, "select 1").then(
    () => true,
    () => false,
  );
}

/** The rows one statement gives on a server. */
export async function asked<Row extends pg.QueryResultRow>(
  connection: pg.ClientConfig,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before } from "node:test";
import type pg from "pg";
import { createDatabase } from "../../src/db/testing.ts";
import { type Site, site } from "../faults/program.ts";
import { urlOf } from "../several/processes.ts";
import { asked, type Cluster, noCluster, startCluster } from "./cluster.ts";

/** A database of a cluster, and the program's commands on it. */
export interface Spread {
  readonly connection: pg.ClientConfig;
  /** A command that must succeed; what it said. */
  readonly done: (...args: string[]) => Promise<string>;
  /** Rows of a table by the server they lie on. */
  readonly rows: (table: string) => Promise<readonly number[]>;
}

/** A cluster for one test file, where there is one at hand, and empty databases on it. */
export async function commands(): Promise<{
  readonly site: Site;
  readonly empty: (name: string) => Promise<Spread>;
}> {
  let cluster: Cluster;
  before(async () => {
    if (noCluster === false) cluster = await startCluster();
  });
  const s = await site();
  after(() => cluster?.stop());
  return {
    site: s,
    async empty(name) {
      const [coordinator, ...others] = [cluster.coordinator, ...cluster.workers].map((one) => one.connection);
      assert.ok(coordinator);
      await createDatabase(coordinator, others, name);
      const connection = { ...coordinator, database: name };
      const env = { DATABASE_URL: urlOf(connection), ZHIJIA_DATA: join(s.folder, name) };
      return {
        connection,
        done: (...args) => s.done(args, env),
        async rows(table) {
          const rows = await asked<{ rows: string }>(
            connection,
            `select sum(result::int) as rows from run_command_on_shards($1, 'select count(*) from %s') r
             join pg_dist_shard_placement p using (shardid) group by p.nodeport order by p.nodeport`,
            [table],
          );
          return rows.map((one) => Number(one.rows));
        },
      };
    },
  };
}

/** Large enough for two counties, whose rows lie on different servers. */
export const federation: readonly string[] = [
  ...["generate", "federation", "--members", "800", "--units", "2000", "--cases", "30"],
];

import pg from "pg";
import { withClient } from "./client.ts";
import { APP_ROLE } from "./pool.ts";
import { withoutSubqueries } from "./shard-policies.ts";
import { type Placement, placements } from "./shard-tables.ts";
import { Trouble } from "./trouble.ts";

/** What a database's distribution is like now. */
export interface Distribution {
  /** Version of Citus on the server, or null where it has none. */
  readonly citus: string | null;
  /** Tables by how they lie: `district`, `key`, `reference`, or `local` for those not distributed. */
  readonly tables: ReadonlyMap<string, { readonly by: Placement["by"]; readonly column: string | null }>;
  readonly nodes: readonly { readonly name: string; readonly port: number; readonly holdsRows: boolean }[];
}

export interface Sharded {
  /** Tables distributed now, in order. Empty: everything was already. */
  readonly tables: readonly string[];
  /** Walls rewritten for a distributed database. */
  readonly policies: number;
  readonly foreignKeys: number;
}

/** Whether the database at the other end of a connection has distributed tables. */
export async function isDistributed(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    "select to_regclass('pg_catalog.pg_dist_partition') is not null as there",
  );
  if (rows[0]?.there !== true) return false;
  const { rows: some } = await client.query("select 1 from pg_dist_partition limit 1");
  return some.length > 0;
}

/** How the tables lie, for `doctor` and for a second run. */
export async function distributionOf(client: pg.ClientBase): Promise<Distribution> {
  const { rows: extension } = await client.query<{ version: string }>(
    "select extversion as version from pg_extension where extname = 'citus'",
  );
  const names = await tablesOf(client);
  const local = new Map(
    names.map((name) => [name, { by: "local" as Placement["by"], column: null as string | null }]),
  );
  if (extension.length === 0) return { citus: null, tables: local, nodes: [] };
  const { rows } = await client.query<{ name: string; column: string | null; method: string }>(
    `select c.relname as name, p.partmethod as method,
       case when p.partmethod = 'h' then column_to_column_name(p.logicalrelid, p.partkey) end as column
     from pg_dist_partition p join pg_class c on c.oid = p.logicalrelid
     where p.partmethod = 'h' or p.repmodel = 't'`,
  );
  for (const { name, column, method } of rows) {
    const by = method !== "h" ? "reference" : column === "district" ? "district" : "key";
    local.set(name, { by, column });
  }
  const { rows: nodes } = await client.query<Distribution["nodes"][number]>(
    `select nodename as name, nodeport as port, shouldhaveshards as "holdsRows" from pg_dist_node
     where isactive and noderole = 'primary' order by groupid`,
  );
  return { citus: extension[0]!.version, tables: local, nodes };
}

/** The program's own tables, without the job queue's. */
async function tablesOf(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
       and not c.relispartition and not exists (select 1 from pg_depend d
         where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     order by c.relname collate "C"`,
  );
  return rows.map((row) => row.name);
}

/**
 * Distributes every table that is not distributed yet, filled ones with their rows, in one transaction: all of it or
 * nothing. Nobody else may work on the database meanwhile. A second run finds nothing to do. Throws `Trouble` when the
 * server has no Citus, when no server may hold rows, or when a table is in no list.
 */
export async function shard(owner: pg.ClientConfig, progress?: (table: string) => void): Promise<Sharded> {
  return withClient(owner, async (client) => {
    await openCitus(client);
    return distribute(client, progress);
  });
}

async function openCitus(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ loaded: boolean; known: boolean }>(
    `select current_setting('shared_preload_libraries') ~ '\\mcitus\\M' as loaded,
       exists (select 1 from pg_available_extensions where name = 'citus') as known`,
  );
  const { loaded, known } = rows[0]!;
  if (!loaded || !known) throw noCitus(known);
  await client.query("create extension if not exists citus");
  const { rows: shown } = await client.query<{ major: number }>(
    "select split_part(extversion, '.', 1)::int as major from pg_extension where extname = 'citus'",
  );
  const major = shown[0]?.major ?? 0;
  if (major < OLDEST_CITUS) {
    throw new Trouble(
      "citus_too_old",
      `数据库的 Citus 是 ${major} 版，职家需要 ${OLDEST_CITUS} 或更新的版本。`,
      `The server's Citus is version ${major}; Zhijia needs ${OLDEST_CITUS} or newer.`,
    );
  }
}

/** Since 12 a foreign key from a distributed table to itself and to reference tables holds as ours do. */
const OLDEST_CITUS = 12;

function noCitus(installed: boolean): Trouble {
  return installed
    ? new Trouble(
        "citus_not_loaded",
        "数据库服务器装有 Citus 但没有加载。请在 postgresql.conf 中设 shared_preload_libraries = 'citus'，重启数据库后再执行。",
        "The database server has Citus but has not loaded it. Set shared_preload_libraries = 'citus' in postgresql.conf, restart the database, and run this again.",
      )
    : new Trouble(
        "citus_missing",
        "数据库服务器没有安装 Citus，不能分片。单机 PostgreSQL 照常可用；需要分片时请先在每台数据库服务器上安装 Citus 扩展。",
        "The database server has no Citus, so it cannot be sharded. A single PostgreSQL serves as it is; to shard, first install the Citus extension on every database server.",
      );
}

/** A coordinator that was named, with no server beside it; where none was named Citus takes the one server for all. */
function noServers(): Trouble {
  return new Trouble(
    "citus_no_servers",
    "没有可以存放数据的服务器：协调节点不存放分片，工作节点还没有加入。请用 citus_add_node 加入工作节点；若只用这一台，请执行 citus_set_node_property(…, 'shouldhaveshards', true)，见 docs/scale.md。",
    "No server holds rows: the coordinator takes no shards, and no worker was added. Add workers with citus_add_node; to use this one alone, citus_set_node_property(…, 'shouldhaveshards', true). See docs/scale.md.",
  );
}

/** What is not distributed yet is, as its place in the list says. For `shard`, and for `migrate` after its files. */
export async function distribute(
  client: pg.ClientBase,
  progress?: (table: string) => void,
): Promise<Sharded> {
  const now = await distributionOf(client);
  const wanted = [...now.tables].filter(([, { by }]) => by === "local").map(([name]) => name);
  const unknown = wanted.filter((name) => placements[name] === undefined);
  if (unknown.length > 0) {
    throw new Trouble(
      "table_not_placed",
      `不知道这些表应如何分布：${unknown.join("、")}。请在 src/db/shard-tables.ts 中写明。`,
      `It is not said where these tables are to lie: ${unknown.join(", ")}. Say it in src/db/shard-tables.ts.`,
    );
  }
  const tables = wanted.filter((name) => placements[name]!.by !== "local").sort(byPlacement);
  if (tables.length > 0 && now.nodes.length > 0 && !now.nodes.some(({ holdsRows }) => holdsRows))
    throw noServers();
  const done =
    tables.length === 0 ? { tables, policies: 0, foreignKeys: 0 } : await spread(client, tables, progress);
  await letGoOfCopies(client);
  return done;
}

async function spread(
  client: pg.ClientBase,
  tables: readonly string[],
  progress?: (table: string) => void,
): Promise<Sharded> {
  await spreadAppRole(client);
  await client.query("begin");
  try {
    // Copies of reference tables and rows of others are written in one transaction only one after another.
    await client.query("set local citus.multi_shard_modify_mode to 'sequential'");
    await client.query("set local lock_timeout to '30s'");
    const keys = await dropForeignKeys(client, tables);
    const policies = await rewritePolicies(client, tables);
    await distributeFunctions(client);
    for (const table of tables) {
      progress?.(table);
      await distributeTable(client, table, placements[table]!);
    }
    for (const one of keys) {
      await client.query(`alter table ${id(one.table)} add constraint ${id(one.name)} ${one.definition}`);
    }
    // The sequence of an identity column is asked by name there, and so wants its right.
    await client.query(`grant usage on all sequences in schema public to ${APP_ROLE}`);
    await client.query("commit");
    return { tables, policies, foreignKeys: keys.length };
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

const order: readonly Placement["by"][] = ["reference", "district", "key", "local"];

/** Reference tables first: foreign keys point to them. */
function byPlacement(one: string, other: string): number {
  const rank = (name: string) => order.indexOf(placements[name]!.by);
  return rank(one) - rank(other) || (one < other ? -1 : 1);
}

/** Every server must know the running role, which connects from one to another as itself. Nothing without Citus. */
export async function spreadAppRole(client: pg.ClientBase): Promise<void> {
  const { rows: has } = await client.query("select 1 from pg_extension where extname = 'citus'");
  if (has.length === 0) return;
  await client.query(`do $$ begin
    if not (select rolcanlogin from pg_roles where rolname = '${APP_ROLE}') then alter role ${APP_ROLE} login; end if;
  end $$`);
  const { rows } = await client.query<{ success: boolean; result: string }>(
    `select success, result from run_command_on_workers($cmd$ do $do$ begin
       perform set_config('citus.enable_create_role_propagation', 'off', true), set_config('citus.enable_alter_role_propagation', 'off', true);
       if not exists (select 1 from pg_roles where rolname = '${APP_ROLE}') then create role ${APP_ROLE} login;
       elsif not (select rolcanlogin from pg_roles where rolname = '${APP_ROLE}') then alter role ${APP_ROLE} login; end if;
     end $do$ $cmd$)`,
  );
  const failed = rows.find((row) => !row.success);
  if (failed !== undefined) throw new Error(`the role ${APP_ROLE} on another server: ${failed.result}`);
}

/** Something about the distribution that is not as the list says: which table, what should be and what is. */
export interface Misplaced {
  readonly table: string;
  readonly expected: string;
  readonly found: string;
}

/** Whether every table lies as it should and every shard stands behind its wall; nothing on a single server. */
export async function misplacedTables(client: pg.ClientBase): Promise<readonly Misplaced[]> {
  if (!(await isDistributed(client))) return [];
  const { tables } = await distributionOf(client);
  const wrong: Misplaced[] = [];
  for (const [table, { by, column }] of tables) {
    const wanted = placements[table];
    const told = (one: { by: string; column?: string | null } | undefined) =>
      one === undefined ? "in no list" : one.by === "key" ? `by ${one.column}` : one.by;
    const found = told({ by, column });
    if (told(wanted) !== found) wrong.push({ table, expected: told(wanted), found });
  }
  const { rows: bare } = await client.query<{ table: string; shards: number }>(
    `select s.logicalrelid::text as "table", sum(r.result::int)::int as shards
     from (select distinct logicalrelid from pg_dist_partition where partmethod in ('h', 'n')) s
     join pg_class c on c.oid = s.logicalrelid and c.relrowsecurity
     cross join lateral (select result from run_command_on_all_nodes(format(
       'select count(*)::text from pg_class where relkind = %L and not relrowsecurity and relname ~ %L', 'r', '^' || c.relname || '_[0-9]{6,}$'))) r
     group by 1 having sum(r.result::int) > 0`,
  );
  for (const { table, shards } of bare)
    wrong.push({ table, expected: "a wall around every shard", found: `${shards} shards without` });
  for (const { table, bytes } of await copiesLeft(client))
    wrong.push({
      table,
      expected: "rows on the shards alone",
      found: `${bytes} bytes left on the coordinator`,
    });
  return wrong;
}

interface ForeignKey {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

/** A foreign key from or to a table holds it back while only one of the two is distributed. They come back right after. */
async function dropForeignKeys(
  client: pg.ClientBase,
  tables: readonly string[],
): Promise<readonly ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(
    `select c.relname as "table", k.conname as name, pg_get_constraintdef(k.oid) as definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class r on r.oid = k.confrelid
     where k.contype = 'f' and k.conparentid = 0 and c.relnamespace = 'public'::regnamespace
       and c.relname = any($1) order by 1, 2`,
    [tables],
  );
  for (const one of rows) await client.query(`alter table ${id(one.table)} drop constraint ${id(one.name)}`);
  return rows;
}

/** Rewrites the walls of tables about to be distributed so that they hold no subquery. Returns how many. */
async function rewritePolicies(client: pg.ClientBase, tables: readonly string[]): Promise<number> {
  const { rows } = await client.query<{
    table: string;
    name: string;
    using: string | null;
    check: string | null;
  }>(
    `select tablename as "table", policyname as name, qual as using, with_check as check
     from pg_policies where schemaname = 'public' and tablename = any($1) order by 1, 2`,
    [tables],
  );
  let changed = 0;
  for (const { table, name, using, check } of rows) {
    const now = { using: using && withoutSubqueries(using), check: check && withoutSubqueries(check) };
    if (now.using === using && now.check === check) continue;
    await client.query(
      `alter policy ${id(name)} on ${id(table)}${now.using === null ? "" : ` using (${now.using})`}${now.check === null ? "" : ` with check (${now.check})`}`,
    );
    changed++;
  }
  return changed;
}

/** The functions that walls and generated columns call, on every server. */
async function distributeFunctions(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ signature: string }>(
    `select p.oid::regprocedure::text as signature from pg_proc p
     where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and p.provolatile <> 'v'
       and not exists (select 1 from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
       and not exists (select 1 from pg_catalog.pg_dist_object o where o.classid = 'pg_proc'::regclass and o.objid = p.oid)
     order by 1`,
  );
  for (const { signature } of rows)
    await client.query("select create_distributed_function($1::regprocedure)", [signature]);
}

async function distributeTable(client: pg.ClientBase, table: string, placement: Placement): Promise<void> {
  switch (placement.by) {
    case "reference":
      await client.query("select create_reference_table($1::regclass)", [id(table)]);
      break;
    case "district":
      await client.query("select create_distributed_table($1::regclass, 'district', colocate_with => $2)", [
        id(table),
        await firstOf(client, "district", table),
      ]);
      break;
    case "key":
      await client.query("select create_distributed_table($1::regclass, $2, colocate_with => 'none')", [
        id(table),
        placement.column,
      ]);
      break;
    case "local":
      break;
  }
}

/** A table already distributed by the district, which the next one lies beside. */
async function firstOf(client: pg.ClientBase, column: string, table: string): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `select p.logicalrelid::text as name from pg_dist_partition p
     where p.partmethod = 'h' and column_to_column_name(p.logicalrelid, p.partkey) = $1 and p.logicalrelid <> $2::regclass
     order by p.logicalrelid limit 1`,
    [column, id(table)],
  );
  return rows[0]?.name ?? "none";
}

/**
 * The rows have been copied to their shards; what lies under the table's own name on the coordinator goes. By itself, after
 * the commit: whoever was interrupted in between finds it at the next run.
 */
async function letGoOfCopies(client: pg.ClientBase): Promise<void> {
  for (const { table } of await copiesLeft(client))
    await client.query("select truncate_local_data_after_distributing_table($1::regclass)", [id(table)]);
}

/** Distributed tables under whose own name rows still lie on the coordinator. */
async function copiesLeft(client: pg.ClientBase): Promise<readonly { table: string; bytes: string }[]> {
  const { rows } = await client.query<{ table: string; bytes: string }>(
    `select c.relname as "table", pg_relation_size(c.oid) as bytes from pg_dist_partition p join pg_class c on c.oid = p.logicalrelid
     where (p.partmethod = 'h' or p.repmodel = 't') and pg_relation_size(c.oid) > 0 order by 1`,
  );
  return rows;
}

function id(name: string): string {
  return pg.escapeIdentifier(name);
}

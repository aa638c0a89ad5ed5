import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { migrate } from "./migrate.ts";
import { distributionOf, misplacedTables, shard } from "./shard.ts";
import { withoutSubqueries } from "./shard-policies.ts";
import { statementsFor } from "./shard-statements.ts";
import { placements } from "./shard-tables.ts";
import { emptyDatabase, hasCitus } from "./testing.ts";
import { Trouble } from "./trouble.ts";

/** What needs a server with Citus runs where ZHIJIA_TEST_DATABASE_URL names one, and says so where it does not. */

type Scratch = Awaited<ReturnType<typeof emptyDatabase>>;
let scratch: Scratch;
let citus = false;
before(async () => {
  scratch = await emptyDatabase();
  citus = await hasCitus(scratch.connection);
});
after(() => scratch.drop());

const noCitus = "the server has no Citus; name one in ZHIJIA_TEST_DATABASE_URL";

async function over<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(scratch.connection);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

test("a wall is written without subqueries, and nothing else of it changes", () => {
  assert.equal(
    withoutSubqueries(
      "(( SELECT zhijia_all() AS zhijia_all) OR ((path || '.'::text) ^@ ANY (( SELECT zhijia_roots() AS zhijia_roots)::text[])) OR (id = ( SELECT zhijia_me() AS zhijia_me)))",
    ),
    "(zhijia_all() OR ((path || '.'::text) ^@ ANY (zhijia_roots())) OR (id = zhijia_me()))",
  );
  assert.equal(
    withoutSubqueries(
      "using ((select zhijia_all()) or (path || '.') ^@ any ((select zhijia_roots())::text[]))",
    ),
    "using (zhijia_all() or (path || '.') ^@ any (zhijia_roots()))",
  );
  const other = "EXISTS ( SELECT 1 FROM unit u WHERE u.id = unit_id)";
  assert.equal(withoutSubqueries(other), other);
});

test("a migration is parted into its statements, and says which make a table", () => {
  const text = `-- why; because
    create table a (id int, note text default 'a;b''c'); /* ; */
    create function f() returns int language sql as $$ select 1; $$;
    do $x$ begin perform 1; end $x$;
    create policy w on a using ((select zhijia_all()))`;
  assert.deepEqual(
    statementsFor(text).map((one) => [one.text.split(" ").slice(0, 3).join(" "), one.local]),
    [
      ["create table a", true],
      ["create function f()", false],
      ["do $x$ begin", false],
      ["create policy w", false],
    ],
  );
  assert.match(statementsFor(text)[0]!.text, /'a;b''c'\)$/);
  assert.equal(statementsFor(text)[3]!.text, "create policy w on a using (zhijia_all())");
});

test("a server without Citus is told apart in both languages, and nothing is changed", async (t) => {
  if (citus) return t.skip("this server has Citus");
  await migrate({ owner: scratch.connection, ownerRuns: true });
  await assert.rejects(shard(scratch.connection), (error) => {
    assert.ok(error instanceof Trouble && error.code === "citus_missing");
    assert.match(error.zh, /没有安装 Citus/);
    assert.match(error.en, /no Citus/);
    return true;
  });
  assert.deepEqual(await over(misplacedTables), []);
});

test("a filled database is distributed with its rows, foreign keys and walls; a second run changes nothing", async (t) => {
  if (!citus) return t.skip(noCitus);
  await migrate({ owner: scratch.connection, ownerRuns: true, until: "0024-rollups.sql" });
  await over((client) =>
    client.query(`
      insert into unit (id, path, district, code, name, name_pinyin, name_initials, level, region_code, created_on)
        select gen_random_uuid(), 'cn.99.k' || i, '99010' || i % 10, 'u' || i, 'u' || i, 'u', 'u', 'COUNTY', '99', '2026-01-01'
        from generate_series(0, 19) i;
      insert into person (district, id, path, unit_id, name, name_pinyin, name_initials, created_on)
        select district, gen_random_uuid(), path, id, name, 'x', 'x', '2026-01-01' from unit`),
  );
  // A coordinator that was named, and nobody beside it.
  const { port = 5432 } = scratch.connection;
  await over(async (client) => {
    await client.query("create extension citus");
    await client.query("select citus_set_coordinator_host('127.0.0.1', $1)", [port]);
  });
  await assert.rejects(
    shard(scratch.connection),
    (error) => error instanceof Trouble && error.code === "citus_no_servers" && /工作节点/.test(error.zh),
  );
  assert.ok([...(await over(distributionOf)).tables.values()].every(({ by }) => by === "local"));
  await over((client) =>
    client.query("select citus_set_node_property('127.0.0.1', $1, 'shouldhaveshards', true)", [port]),
  );
  // A run that ended after its commit, before the coordinator let go of what it had copied.
  await over((client) => client.query("select create_reference_table('policy_version')"));
  const left = async () =>
    (await over(misplacedTables)).filter((one) => /left on the coordinator/.test(one.found));
  assert.deepEqual(
    (await left()).map((one) => one.table),
    ["policy_version"],
  );
  const done = await shard(scratch.connection);
  assert.deepEqual(await left(), []);
  assert.ok(done.tables.includes("person") && done.foreignKeys > 30 && done.policies > 30);
  assert.deepEqual(await shard(scratch.connection), { tables: [], policies: 0, foreignKeys: 0 });
  await over(async (client) => {
    const { tables } = await distributionOf(client);
    for (const [name, { by }] of tables) assert.equal(by, placements[name]?.by, name);
    const { rows } = await client.query(
      "select count(*)::int as n, count(distinct district)::int as districts from person",
    );
    assert.deepEqual(rows, [{ n: 20, districts: 10 }]);
    await assert.rejects(
      client.query(`insert into membership (district, id, person_id, unit_id, path, status, status_since)
        select '990100', gen_random_uuid(), gen_random_uuid(), id, path, 'ACTIVE', '2026-01-01' from unit limit 1`),
      /foreign key/,
    );
  });
});

test("on a distributed database later migrations are distributed too", async (t) => {
  if (!citus) return t.skip(noCitus);
  await migrate({ owner: scratch.connection, ownerRuns: true });
  assert.deepEqual(await over(misplacedTables), []);
});

test("the wall stands on the shards: without a viewer nothing, with one their place", async (t) => {
  if (!citus) return t.skip(noCitus);
  await over(async (client) => {
    await client.query("set role zhijia_app");
    const seen = async (roots: string | null) => {
      await client.query("begin");
      await client.query("set local citus.propagate_set_commands to 'local'");
      // Over connections to the shards, as from another server.
      await client.query("set local citus.enable_local_execution to off");
      if (roots !== null) await client.query(`set local zhijia.roots to '${roots}'`);
      const { rows } = await client.query<{ n: number }>("select count(*)::int as n from person");
      await client.query("rollback");
      return rows[0]!.n;
    };
    assert.equal(await seen(null), 0);
    assert.equal(await seen("{cn.99.k3.}"), 1);
    assert.equal(await seen("{cn.}"), 20);
  });
});

test("a shard without its wall, and a table that lies elsewhere, are found", async (t) => {
  if (!citus) return t.skip(noCitus);
  await over(async (client) => {
    const { rows } = await client.query<{ shard: string }>(
      "select shardid::text as shard from pg_dist_shard where logicalrelid = 'person'::regclass order by 1 limit 1",
    );
    await client.query("set citus.enable_manual_changes_to_shards to on");
    await client.query(`alter table person_${rows[0]!.shard} disable row level security`);
    await client.query("create table stray (id int primary key)");
    assert.deepEqual(await misplacedTables(client), [
      { table: "stray", expected: "in no list", found: "local" },
      { table: "person", expected: "a wall around every shard", found: "1 shards without" },
    ]);
  });
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import { migrateJobs } from "../jobs/migrate.ts";
import { schemaSql, schemaTypes } from "./introspect.ts";
import { migrate, migrations, pendingMigrations } from "./migrate.ts";
import { emptyDatabase } from "./testing.ts";
import { Trouble } from "./trouble.ts";

let scratch: Awaited<ReturnType<typeof emptyDatabase>>;
let client: pg.Client;
const run = () => migrate({ owner: scratch.connection, ownerRuns: true, after: migrateJobs });

before(async () => {
  scratch = await emptyDatabase();
  client = new pg.Client(scratch.connection);
  await client.connect();
});
after(async () => {
  await client.end();
  await scratch.drop();
});

test("processes that start together apply each migration once", async () => {
  const applied = await Promise.all([run(), run(), run()]);
  assert.deepEqual(
    applied.flat().toSorted(),
    migrations().map(({ name }) => name),
  );
  assert.deepEqual(await pendingMigrations(client), []);
  assert.deepEqual(await run(), []);
});

test("the written schema is the migrated one", {
  skip: process.env.ZHIJIA_TEST_CITUS !== undefined,
}, async () => {
  const stale = "run: node scripts/schema.ts";
  assert.equal(await schemaSql(client), readFileSync(join(import.meta.dirname, "schema.sql"), "utf8"), stale);
  const types = (await schemaTypes(client)).replace(/\s+/g, " ");
  assert.equal(
    types,
    readFileSync(join(import.meta.dirname, "schema.ts"), "utf8").replace(/\s+/g, " "),
    stale,
  );
});

test("a database newer than the program is refused", async () => {
  await client.query("insert into schema_migration (name, checksum) values ('9999-later.sql', 'x')");
  await assert.rejects(run(), (error) => error instanceof Trouble && error.code === "database_newer");
  await client.query("delete from schema_migration where name = '9999-later.sql'");
});

test("a migration changed after it was applied is refused", async () => {
  await client.query("update schema_migration set checksum = 'x' where name like '0001%'");
  await assert.rejects(run(), (error) => error instanceof Trouble && error.code === "migration_changed");
});

test("a database that cannot be reached is told in words", async () => {
  const owner = { host: "/nowhere", user: "x", database: "x" };
  await assert.rejects(
    migrate({ owner, ownerRuns: true }),
    (error) => error instanceof Trouble && error.code === "database_unreachable",
  );
});

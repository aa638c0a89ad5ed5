import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import pg from "pg";
import { enqueue } from "../jobs/index.ts";
import { migrateJobs } from "../jobs/migrate.ts";
import { backup, checkBackup, restore } from "./backup.ts";
import { migrate, migrations } from "./migrate.ts";
import { emptyDatabase, withDatabase } from "./testing.ts";
import { Trouble } from "./trouble.ts";

const t = withDatabase();
let folder: string;
let file: string;
const about = { keys: "k1:abc,lookup:def", program: "0.1.0", now: new Date("2026-03-02T02:00:00Z") };

before(() => {
  folder = mkdtempSync(join(tmpdir(), "zhijia-backup-"));
  file = join(folder, "one.zhijia");
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Every row of every table as text, and where the sequences stand: what a restore must bring back. */
async function contents(connection: pg.ClientConfig): Promise<string> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname in ('public', 'graphile_worker') and tablename not in ('schema_migration', 'migrations') order by 1`,
    );
    const out: string[] = [];
    for (const { name } of tables.rows) {
      const rows = await client.query<{ row: string }>(`select x::text as row from ${name} x order by 1`);
      out.push(name, ...rows.rows.map(({ row }) => row));
    }
    const places = await client.query(
      "select sequencename, last_value::text from pg_sequences where schemaname in ('public', 'graphile_worker') order by 1",
    );
    return [...out, JSON.stringify(places.rows)].join("\n");
  } finally {
    await client.end();
  }
}

const target = (connection: pg.ClientConfig) => ({ owner: connection, ownerRuns: true, after: migrateJobs });

test("a backup restored into another database is the same, jobs and sequences included", async () => {
  await t.owner.system(async (tx) => {
    await tx.insertInto("installation").values({ fictitious: true, trial_days: 3 }).execute();
    for (let i = 0; i < 3; i++) await sql`select nextval('unit_segment')`.execute(tx);
    await enqueue(tx, "day.tick", {});
    await sql`insert into key_mark (suite, mark) values ('international', '\\x00ff5c0a09')`.execute(tx);
  });
  const done = await backup(t.connection, file, about);
  assert.ok(done.rows >= 3);
  assert.equal(statSync(file).mode & 0o077, 0);

  const other = await emptyDatabase();
  try {
    let keys: string | null = null;
    await restore(target(other.connection), file, (found) => {
      keys = found;
    });
    assert.equal(keys, about.keys);
    assert.equal(await contents(other.connection), await contents(t.connection));
    await assert.rejects(
      restore(target(other.connection), file, () => {}),
      (error) => error instanceof Trouble && error.code === "database_not_empty",
    );
  } finally {
    await other.drop();
  }
});

test("a backup that was cut short, changed, or is another file is refused before anything is loaded", async () => {
  const whole = readFileSync(file);
  const broken = join(folder, "broken");
  const refused = async (bytes: Buffer, code: string): Promise<void> => {
    writeFileSync(broken, bytes);
    await assert.rejects(checkBackup(broken), (error) => error instanceof Trouble && error.code === code);
  };
  await refused(whole.subarray(0, whole.length - 40), "backup_damaged");
  await refused(whole.subarray(0, 20), "backup_damaged");
  const changed = Buffer.from(whole);
  changed[whole.length >> 1]! ^= 1;
  await refused(changed, "backup_damaged");
  await refused(Buffer.from("PK\u0003\u0004 something else entirely"), "not_a_backup");
  await refused(Buffer.alloc(0), "not_a_backup");
});

test("a restore that fails leaves the database empty", async () => {
  const other = await emptyDatabase();
  try {
    await assert.rejects(
      restore(target(other.connection), file, () => {
        throw new Error("no room for the keys");
      }),
      /no room/,
    );
    const client = new pg.Client(other.connection);
    await client.connect();
    assert.equal((await client.query("select 1 from installation")).rowCount, 0);
    await client.end();
    await restore(target(other.connection), file, () => {});
  } finally {
    await other.drop();
  }
});

test("a backup of a later program is refused", async () => {
  const later = join(folder, "later");
  const client = new pg.Client(t.connection);
  await client.connect();
  await client.query("insert into schema_migration (name, checksum) values ('9999-later.sql', 'x')");
  await backup(t.connection, later, about);
  await client.query("delete from schema_migration where name = '9999-later.sql'");
  await client.end();
  const other = await emptyDatabase();
  try {
    await assert.rejects(
      restore(target(other.connection), later, () => {}),
      (error) => error instanceof Trouble && error.code === "backup_newer",
    );
  } finally {
    await other.drop();
  }
});

test("an older schema can be rebuilt up to a named migration", async () => {
  const other = await emptyDatabase();
  try {
    const first = migrations()[0]!.name;
    assert.deepEqual(await migrate({ ...target(other.connection), until: first }), [first]);
  } finally {
    await other.drop();
  }
});

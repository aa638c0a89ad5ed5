import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import pg from "pg";
import { type Embedded, startEmbedded } from "../../src/db/embedded.ts";
import { chooseRunner, giveTo } from "../../src/db/unprivileged.ts";
import { type Guest, type Process, several, signIn, urlOf } from "./processes.ts";

/** A streaming replica, made of the primary's files: figures and audits are read there as long as it follows. */

const folder = mkdtempSync(join(tmpdir(), "zhijia-replica-"));
const settings = { wal_level: "replica", max_wal_senders: 4, max_connections: 60 };
const small = { durable: false, sharedBuffersMb: 32 };
let primary: Embedded;
let replica: Embedded | null = null;
let web: Process;
let officer: Guest;
let auditor: Guest;

const s = several({
  async server() {
    primary = await startEmbedded({ folder: made("primary"), ...small, settings });
    return primary.login("superuser", "postgres");
  },
});

before(async () => {
  await s.database.standing();
  await s.founded();
  replica = await follow();
  web = await s.start(["--roles=web"], {
    DATABASE_REPLICA_URL: urlOf({
      ...replica.login("superuser"),
      database: s.database.connection.database,
    }),
    ZHIJIA_REPLICA_LAG_SECONDS: "5",
  });
  officer = await signIn(web.url, "chair.county");
  auditor = await signIn(web.url, "audit.province");
});
after(async () => {
  await replica?.stop();
  await primary?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function made(name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

/** Copies the primary's files while it works, as a base backup does, and starts a server that follows it. */
async function follow(): Promise<Embedded> {
  const [from, to] = [join(folder, "primary"), made("replica")];
  const client = new pg.Client(primary.login("superuser", "postgres"));
  await client.connect();
  await client.query("select pg_backup_start('replica', true)");
  cpSync(from, to, {
    recursive: true,
    filter: (path) => !/postmaster\.(pid|opts)$|zhijia\.lock|postgres\.log|pg_replslot\/./.test(path),
  });
  const { rows } = await client.query<{ labelfile: string }>("select labelfile from pg_backup_stop(false)");
  await client.end();
  writeFileSync(join(to, "pg", "backup_label"), rows[0]?.labelfile ?? "");
  writeFileSync(join(to, "pg", "standby.signal"), "");
  giveTo(chooseRunner(join(from, "pg")), join(to, "pg"));
  return startEmbedded({ folder: to, ...small, settings: { ...settings, ...following() } });
}

function following(): Record<string, string> {
  const { host, port, user, password } = primary.login("superuser");
  return {
    primary_conninfo: `host=${host} port=${port} user=${user} password=${password}`,
    hot_standby: "on",
  };
}

const figures = async () => {
  const unit = (await officer.get(`${web.url}/api/me`)).body.posts[0].unit.id;
  const answer = await officer.get(`${web.url}/api/figures?unit=${unit}&measure=members`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body as { value: number; readAt: string | null };
};

async function until<T>(ask: () => Promise<T>, good: (found: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const found = await ask();
    if (good(found)) return found;
    await new Promise((done) => setTimeout(done, 100));
  }
  return assert.fail("it did not come to pass within twenty seconds");
}

test("figures and audits come from the replica and say of which instant they are", async () => {
  const { readAt, value } = await until(figures, (found) => found.readAt !== null);
  assert.ok(value > 0);
  const age = Date.now() - Date.parse(readAt ?? "");
  assert.ok(age >= 0 && age < 60_000, `as of ${readAt}`);
  const looks = await auditor.get(`${web.url}/api/audit/actions`);
  assert.equal(looks.status, 200, JSON.stringify(looks.body));
  assert.notEqual(looks.body.readAt, null);
  // They were read there: the replica has had statements of ours, and what was written has come to be read.
  const there = new pg.Client(replica?.login("superuser", s.database.connection.database));
  await there.connect();
  const { rows } = await there.query(
    "select pg_is_in_recovery() as follows, count(*)::int as ours from pg_stat_activity where application_name = 'zhijia'",
  );
  await there.end();
  assert.equal(rows[0].follows, true);
  assert.ok(rows[0].ours > 0);
  // Its waits, statements and connections are told beside the primary's.
  const told = await (await fetch(`${web.url}/metrics`)).text();
  for (const name of ["wait_seconds_count", "connections", "statements_total"])
    for (const pool of ["primary", "replica"])
      assert.match(told, new RegExp(`^zhijia_db_${name}\\{.*pool="${pool}".*\\} [1-9]`, "m"));
});

test("a replica that stands still is not asked once it is too far behind, and is again when it follows", async () => {
  const stand = async (what: "pause" | "resume") => {
    const there = new pg.Client(replica?.login("superuser", "postgres"));
    await there.connect();
    await there.query(`select pg_wal_replay_${what}()`);
    await there.end();
  };
  await stand("pause");
  await s.database.owner.system((tx) => sql`select pg_logical_emit_message(true, 'test', 'on')`.execute(tx));
  await until(figures, (found) => found.readAt === null);
  await stand("resume");
  await until(figures, (found) => found.readAt !== null);
});

test("without the replica figures are those of the moment, and nobody waits for it", async () => {
  await replica?.stop();
  replica = null;
  const { readAt, value } = await until(figures, (found) => found.readAt === null);
  assert.equal(readAt, null);
  assert.ok(value > 0);
});

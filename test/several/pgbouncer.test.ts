import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { sql } from "kysely";
import pg from "pg";
import type { Tx } from "../../src/db/index.ts";
import { waitUntil } from "../../src/db/orphan.ts";
import { APP_ROLE, openDatabase } from "../../src/db/pool.ts";
import { hasCitus } from "../../src/db/testing.ts";
import { newId } from "../../src/kernel/ids.ts";
import { freePort, type Guest, listen, type Process, several, signIn, urlOf } from "./processes.ts";
import { readAlong } from "./wire.ts";

/**
 * The program behind a pool of transactions (`ZHIJIA_PGBOUNCER=on`). What it says to its database is read along in every
 * run: nothing of it may rely on a session. Where a pgbouncer is in the PATH the same work is also done through two
 * connections of it.
 */

const s = several({ lives: true });
const program = "pgbouncer";
const nobody = 65_534;
const version = spawnSync(program, ["--version"], { encoding: "utf8" });
const folder = mkdtempSync(join(tmpdir(), "zhijia-pgbouncer-"));
let pooler: ChildProcess | null = null;

after(async () => {
  const ended = pooler && new Promise((done) => pooler?.on("close", done));
  pooler?.kill("SIGKILL");
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

const behind = (port: number, database: string): Record<string, string> => ({
  DATABASE_URL: urlOf({ ...s.database.connection, host: "127.0.0.1", port, database }),
  DATABASE_DIRECT_URL: urlOf(s.database.connection),
  ZHIJIA_PGBOUNCER: "on",
});

/** People of several scopes read at once and write between, and each sees what they see past the pool. */
async function work(pooled: Process, plain: Process): Promise<void> {
  const logins = ["chair.county", "chair.district", "aid.lake", "chair.couriers", "approver.city"];
  const guests = await Promise.all(logins.map((login) => signIn(plain.url, login)));
  const lists = ["/api/members?limit=50", "/api/cases?limit=50", "/api/inbox", "/api/me"];
  const seen = (at: Process, who: Guest) =>
    Promise.all(
      lists.map(async (list) => {
        const { status, body } = await who.get(at.url + list);
        assert.equal(status, 200, JSON.stringify(body));
        return JSON.stringify(body.items?.map((one: { id: string }) => one.id) ?? body.person);
      }),
    );
  const expected = await Promise.all(guests.map((who) => seen(plain, who)));
  for (let round = 0; round < 4; round++) {
    const found = await Promise.all(guests.map((who) => seen(pooled, who)));
    assert.deepEqual(found, expected);
  }
  const courier = guests[3]!;
  const open = listen(pooled.url, courier.cookie);
  await open.until(/event: open/);
  const { items } = (await courier.get(`${pooled.url}/api/cases?limit=100&state=open`)).body;
  const waiting = items.find((one: { step: string }) => one.step === "submitted");
  if (waiting) {
    const acted = await courier.send("POST", `${pooled.url}/api/cases/${waiting.id}/actions`, {
      id: newId(),
      name: "return",
      answers: { note: "票据看不清，请重新拍照。" },
    });
    assert.equal(acted.status, 200, JSON.stringify(acted.body));
  }
  const moved = await courier.send("POST", `${pooled.url}/api/trial/clock`, { advance: "P1D" });
  assert.equal(moved.status, 200, JSON.stringify(moved.body));
  await open.until(/event: day/); // heard past the pool, and the day's jobs have run
}

test("nothing said to the pool relies on a session", async () => {
  const wire = await readAlong(s.database.connection);
  const database = s.database.connection.database ?? "";
  const [pooled, plain] = await Promise.all([
    s.start(["--roles=web,worker"], behind(wire.port, database)),
    s.start(["--roles=web"]),
  ]);
  await work(pooled, plain);
  assert.equal(await pooled.stop(), 0, pooled.said());
  await plain.stop();
  wire.close();
  assert.ok(wire.statements() > 200, `only ${wire.statements()} statements were seen`);
  assert.deepEqual([...new Set(wire.faults)], []);
});

test("the watch on the wire finds what relies on a session", async () => {
  const wire = await readAlong(s.database.connection);
  const process = await s.start(["--roles=web"], {
    DATABASE_URL: urlOf({ ...s.database.connection, host: "127.0.0.1", port: wire.port }),
  });
  const officer = await signIn(process.url, "chair.county");
  for (let round = 0; round < 3; round++) await officer.get(`${process.url}/api/members`);
  await process.stop();
  wire.close();
  const found = wire.faults.join("\n");
  for (const kind of [/startup options/, /named: /, /listen/]) assert.match(found, kind);
  // On shards a read is a transaction, pool or not, and its viewer is set in it alone.
  if (!(await hasCitus(s.database.connection))) assert.match(found, /zhijia\.roots/);
});

test("the same through two connections of a real pgbouncer", {
  skip: version.status === 0 ? false : "no pgbouncer is in the PATH",
}, async () => {
  const { host, port, user, password, database } = s.database.connection;
  const listenOn = await freePort();
  const file = join(folder, "pgbouncer.ini");
  writeFileSync(
    file,
    `[databases]
${database} = host=${host} port=${port} dbname=${database} user=${user} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenOn}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
max_client_conn = 200
`,
  );
  // Root it refuses to be: who owns the server's socket it is, or nobody.
  const owner = host?.startsWith("/") ? statSync(host) : { uid: nobody, gid: nobody };
  const runner = process.getuid?.() === 0 ? { uid: owner.uid || nobody, gid: owner.gid || nobody } : null;
  if (runner !== null) for (const path of [folder, file]) chownSync(path, runner.uid, runner.gid);
  pooler = spawn(program, [file], { ...runner, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  pooler.stderr?.on("data", (chunk) => (said += chunk));
  assert.ok(await waitUntil(() => /process up/.test(said), 10_000), said);
  const [pooled, plain] = await Promise.all([
    s.start(["--roles=web,worker"], behind(listenOn, database ?? "")),
    s.start(["--roles=web"]),
  ]);
  await work(pooled, plain);
  assert.equal(await pooled.stop(), 0, pooled.said());
  await plain.stop();
  await bringsItsHabits({ host: "127.0.0.1", port: listenOn, user, password, database });
});

/** Transactions bring their role and habits through the pool, and leave nothing of them on its connections. */
async function bringsItsHabits(connection: pg.ClientConfig): Promise<void> {
  const asked = `select concat_ws(' ', current_user, current_setting('TimeZone'), current_setting('statement_timeout'),
    current_setting('idle_in_transaction_session_timeout'), current_setting('jit')) as found`;
  const db = openDatabase({ connection, role: APP_ROLE, pgbouncer: true, max: 4 });
  const found = async (tx: Tx) => (await sql.raw<{ found: string }>(asked).execute(tx)).rows[0]?.found;
  const each = await Promise.all([
    ...[1, 2, 3, 4].map(() => db.systemRead(found)),
    db.system(found, { isolation: "serializable" }),
  ]);
  assert.deepEqual([...new Set(each)], [`${APP_ROLE} UTC 2min 5min off`]);
  const { rows: outside } = await db.pool.query(asked);
  await db.close();
  const past = new pg.Client(s.database.connection);
  await past.connect();
  assert.deepEqual(outside, (await past.query(asked)).rows);
  await past.end();
}

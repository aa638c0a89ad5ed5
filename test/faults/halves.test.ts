import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import pg from "pg";
import { attachEmbedded } from "../../src/db/embedded.ts";
import { waitUntil } from "../../src/db/orphan.ts";
import { newId } from "../../src/kernel/ids.ts";
import { type Answer, type Process, site, until } from "./program.ts";

/** Work that was broken off in its midst: nothing half done looks whole, and doing it again completes it. */

const s = await site();
let program: Process;
before(async () => {
  program = await s.serve();
});

const killed = async (one: Process): Promise<void> => {
  one.child.kill("SIGKILL");
  await one.ended;
};
const file = (name: string) => join(s.folder, name);

function ok(answer: Answer): Answer["body"] {
  assert.ok(answer.status < 300, `${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Waits until a server runs a statement of this kind, and returns while it does. */
async function caughtAt(login: pg.ClientConfig, statement: string, one: Process): Promise<void> {
  const db = new pg.Client({ ...login, database: "postgres" });
  db.on("error", () => {});
  await db.connect();
  try {
    await until(statement, async () => {
      assert.equal(one.child.exitCode, null, `it ended before it could be killed: ${one.said()}`);
      for (let look = 0; look < 200; look++) {
        const found = await db.query(
          "select 1 from pg_stat_activity where query ~* $1 and pid <> pg_backend_pid() and state <> 'idle'",
          [statement],
        );
        if (found.rowCount !== 0) return true;
      }
      return false;
    });
  } finally {
    await db.end();
  }
}

test("a payment batch bears kill -9 while its result comes in, the same file again, and a torn one", async () => {
  const as = async (login: string) => {
    const cookie = await s.officer(login);
    return (method: string, url: string, body?: unknown) => s.answered(method, url, body, cookie);
  };
  const aid = await as("aid.county");
  const cashier = await as("cashier.county");
  const [grant] = ok(await aid("GET", "/api/grants?state=decided")).items;
  const id = newId();
  const [fund] = ok(await (await as("finance.county"))("GET", "/api/funds")).items;
  const made = { id, fundId: fund.id, purpose: "living", title: "断电演练批次", grantIds: [grant.id] };
  ok(await aid("POST", "/api/batches", made));
  for (const [who, name] of [
    ["finance2.county", "review"],
    ["finance.county", "fund"],
    ["chair.county", "approve"],
    ["cashier.county", "submit"],
  ] as const)
    ok(await (await as(who))("POST", `/api/batches/${id}/actions`, { id: newId(), name, answers: {} }));
  const bank = await fetch(`http://127.0.0.1:${s.port}/api/batches/${id}/trial-result`, {
    headers: { cookie: await s.officer("cashier.county") },
  });
  assert.equal(bank.status, 200);
  const result = Buffer.from(await bank.arrayBuffer());
  const load = (text: Buffer) => {
    const form = new FormData();
    form.set("file", new Blob([new Uint8Array(text)], { type: "text/csv" }), "result.csv");
    return cashier("POST", `/api/batches/${id}/result-file`, form);
  };
  const state = async () => ok(await cashier("GET", `/api/batches/${id}`)).state;
  const sent = await state();

  for (const bytes of [0, 10, Math.floor(result.length * 0.7)]) {
    const torn = await load(result.subarray(0, bytes));
    assert.ok(
      torn.status === 422 || torn.status === 400,
      `${bytes}: ${torn.status} ${JSON.stringify(torn.body)}`,
    );
    assert.equal(await state(), sent);
  }
  // It is killed in the midst: the result is remembered and its line paid, and the grant's row, which comes after, is held.
  await s.looking(async (db) => {
    await db.query("begin");
    await db.query("select 1 from aid_grant where id = $1 for update", [grant.id]);
    const answer = load(result);
    await s.looking((other) =>
      until("the result waits for the grant", async () => {
        const found = await other.query(
          "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query ~* 'aid_grant'",
        );
        return found.rowCount === 1;
      }),
    );
    await killed(program);
    assert.equal((await answer).status, 0); // the connection broke before an answer came
    await db.query("rollback");
  });
  program = await s.serve();
  assert.ok(ok(await load(result)).result);
  assert.equal(ok(await load(result)).result.repeated, true);
  await s.looking(async (db) => {
    const paid = await db.query(
      "select count(*)::int as n from batch_item where batch_id = $1 and state = 'paid'",
      [id],
    );
    assert.equal(paid.rows[0].n, 1);
  });
  assert.match(await s.done(["verify"]), /everything agrees/);
});

test("a backup that was killed leaves nothing that looks whole", async () => {
  const broken = s.run(["backup", file("broken.zhijia")]);
  await waitUntil(() => existsSync(file("broken.zhijia.part")) || broken.child.exitCode !== null, 60_000);
  await killed(broken);
  assert.ok(!existsSync(file("broken.zhijia")));
  const torn = await s.done(["restore", file("broken.zhijia.part")], { ZHIJIA_DATA: file("torn") }, 1);
  assert.match(torn, /不是职家的备份文件|不完整/);
  await s.done(["backup", file("broken.zhijia")]);
  assert.ok(!readdirSync(s.folder).some((name) => name.endsWith(".part")));
});

test("a restore that was killed leaves an empty database, and is simply run again", async () => {
  const data = file("restored");
  const env = { ZHIJIA_DATA: data };
  const broken = s.run(["restore", file("broken.zhijia")], { env });
  await waitUntil(() => attachEmbedded(data) !== null || broken.child.exitCode !== null, 60_000);
  const login = attachEmbedded(data)?.("superuser");
  assert.ok(login, broken.said());
  await caughtAt(login, "^(truncate|copy|alter table)", broken);
  await killed(broken);
  const db = new pg.Client(login);
  await db.connect();
  const [row] = (await db.query("select count(*)::int as n from person")).rows;
  await db.end();
  assert.equal(row.n, 0);
  await s.done(["restore", file("broken.zhijia")], env);
  assert.match(await s.done(["verify"], env), /everything agrees/);
  assert.match(await s.done(["restore", file("broken.zhijia")], env, 1), /不是空的/);
});

test("a migration that was killed is gone on with by the next", async () => {
  const login = s.login();
  const admin = new pg.Client(login);
  await admin.connect();
  await admin.query("create database half");
  await admin.end();
  const { host, port, user, password } = login;
  const env = {
    DATABASE_URL: `postgresql://${user}:${password}@localhost:${port}/half?host=${encodeURIComponent(String(host))}`,
    ZHIJIA_DATA: file("half"),
  };
  const broken = s.run(["migrate"], { env });
  await caughtAt(login, "create table|create index|create policy", broken);
  await killed(broken);
  await s.done(["migrate"], env);
  const db = new pg.Client({ ...login, database: "half" });
  await db.connect();
  const half = await db.query("select count(*)::int as n from schema_migration");
  await db.end();
  const whole = await s.looking((one) => one.query("select count(*)::int as n from schema_migration"));
  assert.deepEqual(half.rows, whole.rows);

  // What was being generated into it when the process was killed is not there either, and it can be filled.
  const generate = ["generate", "federation", "--units", "40", "--members", "3000"];
  const torn = s.run(generate, { env });
  await caughtAt(login, "^(copy|create|alter table)", torn);
  await killed(torn);
  assert.match(await s.done(generate, env), /3000/);
  assert.match(await s.done(["verify"], env), /everything agrees/);
  program.child.kill("SIGTERM");
  assert.equal(await program.ended, 0);
});

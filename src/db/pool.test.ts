import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { refuse } from "../kernel/refusal.ts";
import { copyIn, copyOut, copyRow } from "./copy.ts";
import { DatabaseUnavailable, violatedConstraint } from "./errors.ts";
import { json, onShards, openDatabase, savepoint, underOnePlan } from "./pool.ts";
import type { Tx } from "./session.ts";
import { withDatabase } from "./testing.ts";
import { everything, nobody, type Viewer } from "./viewer.ts";

const t = withDatabase({ max: 3 });

const settings = async (tx: Tx) => {
  const found = await sql<{ roots: string; person: string; role: string }>`
    select current_setting('zhijia.roots', true) as roots, current_setting('zhijia.person', true) as person,
      current_user::text as role`.execute(tx);
  return found.rows[0];
};

const chair: Viewer = { roots: ["cn.99.9901"], person: "01890000-0000-7000-8000-000000000001", key: "chair" };

test("a read and a write carry the viewer's place and run as the app role", async () => {
  const expected = { roots: "{cn.99.9901.}", person: chair.person, role: "zhijia_app" };
  assert.deepEqual(await t.db.read(chair, settings), expected);
  assert.deepEqual(await t.db.write(chair, settings), expected);
  assert.equal((await t.db.read(everything, settings))?.roots, "{cn.}");
  assert.deepEqual(await t.db.read(nobody, settings), { roots: "{}", person: "", role: "zhijia_app" });
});

test("connections passed between viewers never keep the last one's place", async () => {
  const viewers = Array.from(
    { length: 40 },
    (_, i): Viewer => ({ roots: [`cn.99.${i}`], person: null, key: `k${i}` }),
  );
  const seen = await Promise.all(
    viewers.map((viewer, i) => (i % 3 === 0 ? t.db.write(viewer, settings) : t.db.read(viewer, settings))),
  );
  assert.deepEqual(
    seen.map((row) => row?.roots),
    viewers.map((viewer) => `{${viewer.roots[0]}.}`),
  );
});

test("a root that is not a unit path is never put into SQL", async () => {
  await assert.rejects(
    t.db.read({ roots: ["cn'},{cn"], person: null, key: "x" }, settings),
    /not a unit path/,
  );
});

test("nothing is written when a transaction could not begin, and the connection serves the next", async () => {
  await t.owner.system((tx) => sql`create table begun (id int primary key)`.execute(tx));
  const add = (tx: Tx) => sql`insert into begun (id) values (1)`.execute(tx);
  const level = { isolation: "no such level" } as never;
  await assert.rejects(t.owner.write(everything, add, level), /syntax error/);
  const setting = { isolation: "serializable; select 1/0" } as never;
  await assert.rejects(t.owner.write(everything, add, setting), /division by zero/);
  const left = () => t.owner.systemRead((tx) => sql<{ id: number }>`select id from begun`.execute(tx));
  assert.deepEqual((await left()).rows, []);
  await t.owner.system(add);
  assert.equal((await left()).rows.length, 1);
});

test("a write is rolled back when it throws and when it refuses", async () => {
  await t.owner.system((tx) => sql`create table note (id int primary key, body jsonb)`.execute(tx));
  const add = (tx: Tx, id: number) => sql`insert into note (id) values (${id})`.execute(tx);
  await assert.rejects(
    t.owner.system(async (tx) => {
      await add(tx, 1);
      throw new Error("no");
    }),
  );
  await t.owner.system(async (tx) => {
    await add(tx, 1);
    return refuse("bad-id");
  });
  const found = await t.owner.systemRead((tx) =>
    sql<{ n: number }>`select count(*)::int as n from note`.execute(tx),
  );
  assert.equal(found.rows[0]?.n, 0);
});

test("a savepoint undoes its own work alone", async () => {
  const ids = await t.owner.system(async (tx) => {
    await sql`insert into note (id) values (10)`.execute(tx);
    const error = await savepoint(tx, async () => {
      await sql`insert into note (id) values (11), (10)`.execute(tx);
    }).catch((caught: unknown) => caught);
    assert.equal(violatedConstraint(error), "note_pkey");
    return (await sql<{ id: number }>`select id from note where id >= 10`.execute(tx)).rows;
  });
  assert.deepEqual(ids, [{ id: 10 }]);
});

test("two writes that lock crosswise are both done in the end", async () => {
  await t.owner.system((tx) => sql`insert into note (id) values (20), (21)`.execute(tx));
  const touch = (first: number, second: number) => {
    let met = false;
    return t.owner.system(async (tx) => {
      await sql`update note set body = '1' where id = ${first}`.execute(tx);
      if (!met) await sql`select pg_sleep(0.05)`.execute(tx);
      met = true;
      await sql`update note set body = '2' where id = ${second}`.execute(tx);
      return true;
    });
  };
  assert.deepEqual(await Promise.all([touch(20, 21), touch(21, 20)]), [true, true]);
});

test("one plan is asked for one piece of work alone, also when it fails", async () => {
  const one = openDatabase({ connection: t.connection, role: "zhijia_app", max: 1 });
  const mode = async (tx: Tx) =>
    (await sql<{ mode: string }>`select current_setting('plan_cache_mode') as mode`.execute(tx)).rows[0]
      ?.mode;
  const failing = (tx: Tx) => underOnePlan(tx, () => sql`select 1 / 0`.execute(tx));
  const sharded = await one.systemRead(async (tx) => onShards(tx));
  const inside = sharded ? "auto" : "force_generic_plan";
  assert.equal(await one.systemRead((tx) => underOnePlan(tx, () => mode(tx))), inside);
  assert.equal(await one.systemRead(mode), "auto");
  await assert.rejects(one.systemRead(failing), /division by zero/);
  assert.equal(await one.systemRead(mode), "auto");
  await assert.rejects(one.system(failing), /division by zero/);
  assert.equal(await one.systemRead(mode), "auto");
  const after = one.system(async (tx) => {
    await assert.rejects(
      savepoint(tx, () => failing(tx)),
      /division by zero/,
    );
    return mode(tx);
  });
  assert.equal(await after, "auto");
  assert.equal(await one.systemRead(mode), "auto");
  await one.close();
});

test("values come out as the house has them", async () => {
  const found = await t.db.systemRead((tx) =>
    sql`select 9007199254740993::int8 as fen, '2026-09-28'::date as day, '2026-09-28T01:00:00Z'::timestamptz as at,
      1.50::numeric as rate, '{1,2}'::int8[] as fens, '{2026-01-01}'::date[] as days,
      ${json([1n, { a: 2n }])} as body, '\\x00ff'::bytea as sealed`.execute(tx),
  );
  assert.deepEqual(found.rows[0], {
    fen: 9007199254740993n,
    day: "2026-09-28",
    at: new Date("2026-09-28T01:00:00Z"),
    rate: "1.50",
    fens: [1n, 2n],
    days: ["2026-01-01"],
    body: [1, { a: 2 }],
    sealed: Buffer.from([0, 255]),
  });
});

test("rows stream in and out by copy, with tabs, backslashes, nulls and bytes intact", async () => {
  await t.owner.system((tx) => sql`create table line (id int, words text, raw bytea)`.execute(tx));
  const words = ["a\tb\\c\nd\r", null, "𠮷"];
  const count = await t.owner.system((tx) =>
    copyIn(
      tx,
      "copy line from stdin",
      words.map((word, id) => copyRow([id, word, Buffer.from([id, 92, 10])])),
    ),
  );
  assert.equal(count, 3);
  const rows = await t.owner.systemRead((tx) =>
    sql<{ words: string; raw: Buffer }>`select * from line`.execute(tx),
  );
  assert.deepEqual(
    rows.rows.map((row) => row.words),
    words,
  );
  assert.deepEqual(rows.rows[2]?.raw, Buffer.from([2, 92, 10]));

  const size = await t.owner.systemRead(async (tx) => {
    let bytes = 0;
    for await (const chunk of copyOut(
      tx,
      "copy (select repeat('x', 99) from generate_series(1, 50000)) to stdout",
    )) {
      bytes += chunk.length;
    }
    return bytes;
  });
  assert.equal(size, 5_000_000);
});

test("a copy that fails leaves its connection usable", async () => {
  await assert.rejects(
    t.owner.system((tx) => copyIn(tx, "copy line from stdin", ["not a number\tx\t\\N\n"])),
    /integer/,
  );
  async function* broken() {
    yield copyRow([1, "x", null]);
    throw new Error("the file ended early");
  }
  await assert.rejects(
    t.owner.system((tx) => copyIn(tx, "copy line from stdin", broken())),
    /ended early/,
  );
  await t.owner.systemRead(async (tx) => {
    for await (const _ of copyOut(tx, "copy (select generate_series(1, 100000)) to stdout")) break;
    assert.equal((await sql<{ n: number }>`select 1 as n`.execute(tx)).rows[0]?.n, 1);
  });
});

test("a handle kept beyond its work does nothing", async () => {
  const kept = await t.db.read(chair, async (tx) => ({ tx }));
  await assert.rejects(settings(kept.tx), /after the work/);
});

test("what a work that threw left behind is done by nobody else's hands", async () => {
  const one = openDatabase({ connection: t.connection, role: "zhijia_app", max: 1 });
  let late: Promise<unknown> = Promise.resolve();
  const failing = one.read(everything, (tx) => {
    late = pause(60).then(() => settings(tx));
    return Promise.all([sql`select 1 / 0`.execute(tx), late]);
  });
  await assert.rejects(failing, /division by zero/);
  const next = one.read(nobody, async (tx) => {
    await pause(150); // the straggler comes while the one connection is in these hands
    return settings(tx);
  });
  await assert.rejects(late, /after the work it was given for had ended/);
  assert.deepEqual(await next, { roots: "{}", person: "", role: "zhijia_app" });
  await one.close();
});

test("a lost connection is told as the database being away, and the next read works", async () => {
  const lose = (tx: Tx) => sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx);
  await assert.rejects(t.owner.write(everything, lose), DatabaseUnavailable);
  assert.equal((await t.owner.systemRead(settings))?.roots, "{cn.}");
  const away = openDatabase({ connection: { host: "/nowhere", user: "x", database: "x" }, role: null });
  await assert.rejects(away.systemRead(settings), DatabaseUnavailable);
  await away.close();
});

/** How a connection works, as its transactions find it. */
const habits = async (tx: Tx) =>
  (
    await sql`select current_setting('TimeZone') as zone, current_setting('statement_timeout') as statement,
      current_setting('idle_in_transaction_session_timeout') as idle, current_setting('jit') as jit`.execute(
      tx,
    )
  ).rows[0];

test("a server that is killed as it says it is ready is told as the database being away", async () => {
  const fields = ["SFATAL", "C57P01", "Mterminating connection due to unexpected postmaster exit"];
  const died = Buffer.from(`${fields.join("\0")}\0\0`);
  const welcome = [message("R", Buffer.alloc(4)), message("Z", Buffer.from("I")), message("E", died)];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(Buffer.concat(welcome)));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const db = openDatabase({ connection: { host: "127.0.0.1", port, user: "u", database: "d" }, role: null });
  await assert.rejects(db.systemRead(settings), DatabaseUnavailable);
  await db.close();
  await new Promise((done) => server.close(done));
});

/** A message of PostgreSQL's protocol: its kind, its length and what it says. */
function message(kind: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(kind), length, body]);
}

test("behind pgbouncer everything is a transaction with its own settings", async () => {
  const db = openDatabase({ connection: t.connection, role: "zhijia_app", pgbouncer: true, max: 1 });
  assert.equal((await db.read(chair, settings))?.roots, "{cn.99.9901.}");
  assert.equal((await db.read(chair, settings))?.role, "zhijia_app");
  assert.deepEqual(await db.read(chair, habits), await t.db.read(chair, habits));
  await db.close();
});

test("a notification reaches a listener when its transaction commits", async () => {
  const heard = Promise.withResolvers<string>();
  const stop = await t.db.listen("greeting", heard.resolve);
  await t.db.system((tx) => sql`select pg_notify('greeting', 'hello')`.execute(tx));
  assert.equal(await heard.promise, "hello");
  await stop();
});

test("the app role can neither change the schema nor rewrite append-only rows", async () => {
  await assert.rejects(
    t.db.system((tx) => sql`create table mine (id int)`.execute(tx)),
    /permission denied/,
  );
  await assert.rejects(
    t.db.system((tx) => sql`update transfer set amount_fen = 1`.execute(tx)),
    /permission denied/,
  );
  await assert.rejects(
    t.db.system((tx) => sql`delete from case_action`.execute(tx)),
    /permission denied/,
  );
});

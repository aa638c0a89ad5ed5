import assert from "node:assert/strict";
import { get, type IncomingMessage } from "node:http";
import { before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { newId } from "../../src/kernel/ids.ts";
import { type Answer, freePort, type Process, type Site, site, until } from "./program.ts";
import { rosterForm } from "./roster.ts";
import { textsOf } from "./texts.ts";
import { type Wire, wireTo } from "./wire.ts";
import { cast, eachOnce, send, write } from "./writers.ts";

/** The database goes away, or stops answering, under a program that serves people and runs jobs. */

const s = await site();
const rows = 5000;
/** Within so long every request is answered while the database is away, as the guide says. */
const answerMs = 20_000;
const texts = await textsOf(s);
let wire: Wire;
let port = 0;
let program: Process;
let chair = "";
let unit = "";
let heard: string[] = [];

const ask = (method: string, url: string, body?: unknown, cookie = chair): Promise<Answer> =>
  s.answered(method, url, body, cookie, port, 60_000);
const readyz = async () => (await ask("GET", "/readyz")).status;

before(async () => {
  await s.serve(["--roles=web"]);
  wire = await wireTo(s);
  port = await freePort();
  program = await s.serve([], { ...s.beside(wire), ...texts.env, PORT: String(port) });
  chair = await s.officer("organiser.grassroots");
  const me = await ask("GET", "/api/me");
  assert.equal(me.status, 200, JSON.stringify(me.body) + program.said());
  unit = me.body.person.unit.id;
  listen();
});

/** A face that is open: it connects again as browsers do. */
function listen(): void {
  const again = () => void setTimeout(listen, 500).unref();
  const request = get(
    { port, path: "/api/events", headers: { cookie: chair } },
    (stream: IncomingMessage) => {
      stream.setEncoding("utf8");
      stream.on("data", (text: string) => heard.push(...(text.match(/(?<=event: )\w+/g) ?? [])));
      stream.on("close", again);
      stream.on("error", () => {});
    },
  );
  request.on("error", again);
  request.setNoDelay();
}

/** A draft somebody keeps: written, and read back. */
async function keeps(story: string): Promise<void> {
  const put = await ask("PUT", "/api/drafts/hardship-file", { answers: { story } });
  assert.ok(put.status < 300, JSON.stringify(put.body));
  assert.equal((await ask("GET", "/api/drafts/hardship-file")).body.answers.story, story);
}

function refusedForNow(answer: Answer): void {
  assert.equal(answer.status, 503, JSON.stringify(answer.body));
  assert.match(String(answer.headers.get("content-type")), /^application\/problem\+json/);
  assert.ok(Number(answer.headers.get("retry-after")) > 0);
  assert.equal(answer.body.code, "unavailable");
  assert.match(answer.body.detail, /没有丢失/);
}

test("a database that is gone is waited for: nothing is lost, and everything goes on by itself", async () => {
  await keeps("before");
  const made = await ask("POST", "/api/imports", rosterForm(unit, rows));
  assert.ok(made.status < 300, JSON.stringify(made.body));
  const page = async () => (await ask("GET", `/api/imports/${made.body.id}`)).body;
  await until("some rows", async () => (await page()).read > 0);

  await wire.cut();
  for (let round = 0; round < 4; round++) {
    const [put, me, health, ready] = await Promise.all([
      ask("PUT", "/api/drafts/hardship-file", { answers: { story: newId() } }),
      ask("GET", "/api/inbox"),
      ask("GET", "/healthz"),
      ask("GET", "/readyz"),
    ]);
    refusedForNow(put);
    refusedForNow(me);
    assert.deepEqual([health.status, ready.status], [200, 503]);
    await pause(700);
  }
  assert.equal(program.child.exitCode, null, program.said());
  heard = [];
  await wire.mend();

  await until("ready", async () => (await readyz()) === 200);
  await keeps("after"); // the session is the one from before
  await until("told to look again", async () => heard.includes("sync") || heard.includes("open"));
  await until("the import", async () => (await page()).state === "done");
  const { read, loaded, rejected } = await page();
  assert.deepEqual([read, loaded, rejected], [rows, rows, 0]);
  const kept = await s.looking((db) =>
    db.query("select count(*)::int as n from membership where import_id = $1", [made.body.id]),
  );
  assert.equal(kept.rows[0].n, rows);
});

test("a database that is away for a whole minute is waited for by writers who go on trying", async (t) => {
  // Whoever writes turns to the process that loses its database.
  let refused = 0;
  let slowest = 0;
  const through: Site = {
    ...s,
    async answered(method, url, body, cookie) {
      const began = performance.now();
      const answer = await s.answered(method, url, body, cookie, port, 2 * answerMs);
      slowest = Math.max(slowest, performance.now() - began);
      if (answer.status < 500) return answer;
      refusedForNow(answer);
      refused += 1;
      return answer;
    },
  };
  // Strangers may only ask so often, answered or not: the one who objects is left out.
  const writers = (await cast(through)).filter((one) => one.name !== "objections");
  await write(writers, 40);
  const made = await ask("POST", "/api/imports", rosterForm(unit, rows, 10_000));
  assert.ok(made.status < 300, JSON.stringify(made.body));
  const page = async () => (await ask("GET", `/api/imports/${made.body.id}`)).body;
  await until("some rows", async () => (await page()).read > 0);

  let away = true;
  const written = () => writers.reduce((sum, one) => sum + one.acknowledged.length, 0);
  const before = written();
  const driven = writers.map(async (one) => {
    while (away || one.waiting !== null) if (!(await send(one))) await pause(500);
  });
  await wire.cut();
  const lostAt = performance.now();
  let looks = 0;
  while (performance.now() - lostAt < 60_000) {
    const [inbox, health, ready] = await Promise.all([
      ask("GET", "/api/inbox"),
      ask("GET", "/healthz"),
      ask("GET", "/readyz"),
    ]);
    refusedForNow(inbox);
    assert.deepEqual([health.status, ready.status, ready.body.status], [200, 503, "unavailable"]);
    assert.ok(Number(ready.headers.get("retry-after")) > 0);
    // What is to be done later comes into the queue from elsewhere, and waits.
    if (looks++ % 5 === 0) await texts.tell("武例河", 1);
    await pause(1000);
  }
  const told = Math.ceil(looks / 5);
  assert.equal(texts.countOf("13900000006"), 0);
  assert.ok(refused > 100, `${refused} requests were refused in the minute`);
  assert.equal(program.child.exitCode, null, program.said());

  const duringOutage = written() - before;
  await wire.mend();
  const backAt = performance.now();
  await until("ready", async () => (await readyz()) === 200);
  const readyMs = performance.now() - backAt;
  away = false;
  await Promise.all(driven);
  assert.ok(slowest < answerMs, `a request took ${slowest} ms`);
  t.diagnostic(JSON.stringify({ refused, slowest, readyMs, duringOutage, written: written() }));
  await write(writers, 40);
  await eachOnce(through, writers, "after a minute without the database");
  await until("the jobs that waited", async () => texts.countOf("13900000006") >= told);
  await until("the import", async () => (await page()).state === "done");
  const { read, loaded, rejected } = await page();
  assert.deepEqual([read, loaded, rejected], [rows, rows, 0]);
  assert.equal(texts.countOf("13900000006"), told, "each job once");
});

test("a database that takes connections and answers nothing is noticed", async () => {
  wire.freeze();
  const [put, inbox, ready, health] = await Promise.all([
    ask("PUT", "/api/drafts/hardship-file", { answers: { story: "frozen" } }),
    ask("GET", "/api/inbox"),
    ask("GET", "/readyz"),
    ask("GET", "/healthz"),
  ]);
  refusedForNow(put);
  refusedForNow(inbox);
  assert.deepEqual([health.status, ready.status], [200, 503]);
  await wire.mend();
  await until("ready", async () => (await readyz()) === 200);
  await keeps("thawed");
  const next = await ask("POST", "/api/imports", rosterForm(unit, 50, rows));
  await until(
    "jobs run",
    async () => (await ask("GET", `/api/imports/${next.body.id}`)).body.state === "done",
  );
});

test("everything agrees afterwards", async () => {
  assert.match(await s.done(["verify"], s.beside()), /everything agrees/);
});

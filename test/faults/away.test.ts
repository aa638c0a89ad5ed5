import assert from "node:assert/strict";
import { get, type IncomingMessage } from "node:http";
import { before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { newId } from "../../src/kernel/ids.ts";
import { type Answer, freePort, type Process, site, until } from "./program.ts";
import { rosterForm } from "./roster.ts";
import { type Wire, wireTo } from "./wire.ts";

/** The database goes away, or stops answering, under a program that serves people and runs jobs. */

const s = await site();
const rows = 5000;
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
  program = await s.serve([], { ...s.beside(wire), PORT: String(port) });
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

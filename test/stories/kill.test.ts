import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import { attachEmbedded } from "../../src/db/embedded.ts";
import { serverPid, stopServer, waitUntil } from "../../src/db/orphan.ts";
import { foundedNewcomer, trialPassword } from "../../src/demo/federation.ts";
import { day } from "../../src/kernel/day.ts";
import { fictitiousIdentity } from "../../src/kernel/identity-number.ts";
import { newId } from "../../src/kernel/ids.ts";

/**
 * An acknowledged write survives kill -9 of the program and of the database at any moment, and a request that is repeated
 * because its answer never came has one effect. The program runs as somebody runs it, on a fictitious federation of its
 * own; writers speak to it over HTTP while it is killed. `ZHIJIA_TEST_SEED` repeats a run's choices.
 */

const program = join(import.meta.dirname, "../../bin/zhijia.js");
const seed = Number(process.env.ZHIJIA_TEST_SEED ?? Date.now() % 1_000_000);
const random = seeded(seed);
/** Every way of dying comes at least once; more rounds only while the time lasts. */
const roundsMax = 9;
const roundsMs = 25_000;

let folder: string;
let port: number;
let running: Program | null = null;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "zhijia-kill-"));
  port = await freePort();
});
after(async () => {
  running?.child.kill("SIGKILL");
  await running?.ended;
  const left = serverPid(join(folder, "data", "pg"));
  if (left !== null) await stopServer(left);
  rmSync(folder, { recursive: true, force: true });
});

interface Program {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

function run(...args: readonly string[]): Program {
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      ...{ PATH, HOME, TMPDIR },
      ...{ ZHIJIA_DATA: join(folder, "data"), ZHIJIA_FACES: "off", ZHIJIA_LOG: "warn", PORT: String(port) },
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (chunk) => (said += chunk));
  child.stderr.on("data", (chunk) => (said += chunk));
  return { child, said: () => said, ended: new Promise((done) => child.on("close", done)) };
}

async function start(): Promise<void> {
  const one = run("serve");
  running = one;
  await waitUntil(() => one.said().includes("Zhijia is ready") || one.child.exitCode !== null, 120_000);
  assert.ok(one.said().includes("Zhijia is ready") && one.child.exitCode === null, one.said());
}

/** Kills without warning. What is left of a killed database notices by itself; a killed program is started again. */
async function kill(what: Death): Promise<void> {
  const server = serverPid(join(folder, "data", "pg"));
  assert.ok(running && server !== null);
  if (what !== "database") running.child.kill("SIGKILL");
  if (what !== "program") process.kill(server, "SIGKILL");
  if (what !== "database") await running.ended;
}

async function recovered(what: Death): Promise<void> {
  if (what !== "database") await start();
  for (let tries = 0; (await answered("GET", "/readyz")).status !== 200; tries++) {
    assert.ok(tries < 600 && running?.child.exitCode === null, `it did not come back: ${running?.said()}`);
    await pause(50);
  }
}

type Death = "program" | "database" | "both";

interface Answer {
  /** 0: none came. */
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: read as outsiders read it.
  readonly body: any;
  readonly cookie: string;
}

async function answered(method: string, url: string, body?: unknown, cookie = ""): Promise<Answer> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${url}`, {
      method,
      headers: { "content-type": "application/json", ...(cookie && { cookie }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json = answer.headers.get("content-type")?.includes("json");
    return {
      status: answer.status,
      body: json && text ? JSON.parse(text) : text,
      cookie: answer.headers
        .getSetCookie()
        .map((one) => one.split(";")[0])
        .join("; "),
    };
  } catch {
    return { status: 0, body: null, cookie: "" };
  }
}

async function signIn(login: string, more: Readonly<Record<string, unknown>>): Promise<string> {
  if (more.password === undefined) await answered("POST", "/api/session/code", { phone: login });
  const answer = await answered("POST", "/api/session", { login, ...more });
  assert.ok(answer.status < 300, `${login}: ${JSON.stringify(answer.body)}`);
  return answer.cookie;
}

const officer = (login: string) => signIn(login, { password: trialPassword, code: "000000" });

/** One request that changes something, and how often its effect stands in the database (or that it does, for a draft). */
interface Write {
  readonly id: string;
  readonly send: () => Promise<Answer>;
  readonly effects: (db: pg.Client) => Promise<number>;
}

/** Writes one after the other. What was sent without an answer is asked again before anything new. */
interface Writer {
  readonly name: string;
  readonly next: () => Write | null;
  waiting: Write | null;
  readonly acknowledged: Write[];
}

function writer(name: string, next: () => Write | null): Writer {
  return { name, next, waiting: null, acknowledged: [] };
}

async function send(one: Writer): Promise<boolean> {
  one.waiting ??= one.next();
  if (one.waiting === null) return false;
  const answer = await one.waiting.send();
  if (answer.status === 0 || answer.status >= 500) return false;
  assert.ok(answer.status < 300, `${one.name}: ${answer.status} ${JSON.stringify(answer.body)}`);
  one.acknowledged.push(one.waiting);
  one.waiting = null;
  return true;
}

const counted = (text: string) => (id: string) => async (db: pg.Client) =>
  Number((await db.query(text, [id])).rows[0].count);
const actions = counted("select count(*) from case_action where id = $1");
const openings = counted(
  `select count(*) from case_file c join case_lookup l on l.case_id = c.id join case_action a on a.id = c.id
     join membership m on m.case_id = c.id where c.id = $1`,
);
const objections = counted("select count(*) from objection where id = $1");
const receipts = counted(
  "select count(*) from voucher v join transfer t on t.voucher_id = v.id where v.id = $1",
);

/** Somebody who asks to join and withdraws, again and again. */
function newcomer(name: string, cookie: string, unit: string, sequence: number): Writer {
  let open: string | null = null;
  return writer(name, () => {
    const id = newId();
    if (open !== null) {
      const url = `/api/cases/${open}/actions`;
      open = null;
      return {
        id,
        send: () => answered("POST", url, { id, name: "withdraw", answers: {} }, cookie),
        effects: actions(id),
      };
    }
    open = id;
    const body = { id, service: "join", answers: joining(name, unit, sequence) };
    return { id, send: () => answered("POST", "/api/cases", body, cookie), effects: openings(id) };
  });
}

function joining(name: string, unit: string, sequence: number) {
  return {
    situation: "unit_has_union",
    unit,
    idNumber: fictitiousIdentity("990101", day("1991-05-05"), sequence),
    phone: "13900000098",
    constitution: true,
    dataConsent: true,
    signature: name,
  };
}

/** Everybody who writes, signed in. */
async function cast(): Promise<readonly Writer[]> {
  const chair = await officer("chair.grassroots");
  const organiser = await officer("organiser.grassroots");
  const finance = await officer("finance.county");
  const worker = await signIn("13900000002", { code: "123456" });
  const own = (await answered("GET", "/api/me", undefined, await signIn("13900000001", { code: "123456" })))
    .body.person.unit.id;
  const people = [];
  for (const [index, name] of ["卞例杀", "柯样断", "傅拟停"].entries())
    people.push({
      name,
      cookie: await signIn(`1390000008${index}`, { code: "123456", name, unit: own }),
      sequence: 920 + index,
    });

  const standing = newId();
  const { phone, name } = foundedNewcomer;
  const asker = await signIn(phone, { code: "123456" });
  const opened = await answered(
    "POST",
    "/api/cases",
    { id: standing, service: "join", answers: joining(name, own, 930) },
    asker,
  );
  assert.equal(opened.status, 201, JSON.stringify(opened.body));

  const notices = await answered("GET", "/api/public/notices");
  const funds = await answered("GET", "/api/funds", undefined, finance);
  const fund = funds.body.items[0].id;
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date());
  const notice = notices.body.items[0].id;

  const opinions = (who: string, cookie: string) =>
    writer(`${who} on the one case`, () => {
      const id = newId();
      const body = { id, name: "opinion", answers: { note: `小组意见 ${id}` } };
      return {
        id,
        send: () => answered("POST", `/api/cases/${standing}/actions`, body, cookie),
        effects: actions(id),
      };
    });
  const drafts = writer("a draft", () => {
    const id = newId();
    const answers = { story: id };
    return {
      id,
      send: () => answered("PUT", "/api/drafts/hardship-file", { answers }, worker),
      effects: async () => {
        const kept = (await answered("GET", "/api/drafts/hardship-file", undefined, worker)).body.answers;
        const replaced = drafts.acknowledged.some(
          (one, index, all) => one.id === id && index < all.length - 1,
        );
        return replaced || kept?.story === id ? 1 : 0;
      },
    };
  });
  let raised = 0;
  const objecting = writer("objections", () => {
    if (++raised % 2 === 0) return null; // strangers may not object without end
    const id = newId();
    const body = { id, text: `与公示内容不符,请核实 ${id}` };
    return {
      id,
      send: () => answered("POST", `/api/public/notices/${notice}/objections`, body),
      effects: objections(id),
    };
  });
  const money = writer("money received", () => {
    const id = newId();
    const body = { id, amountFen: 100, on: today, memo: "断电演练收款" };
    return {
      id,
      send: () => answered("POST", `/api/funds/${fund}/receive`, body, finance),
      effects: receipts(id),
    };
  });
  return [
    opinions("the chair", chair),
    opinions("the chair again", chair),
    opinions("the organiser", organiser),
    ...people.map((one) => newcomer(one.name, one.cookie, own, one.sequence)),
    drafts,
    objecting,
    money,
  ];
}

test("what was acknowledged survives kill -9 of program and database; what is repeated has one effect", async (t) => {
  t.diagnostic(`seed ${seed}`);
  await start();
  const writers = await cast();
  const began = performance.now();
  const met = new Map<Death, number>();
  let unanswered = 0;
  let unheard = 0;
  const deaths: Death[] = [];
  for (let round = 0; round < roundsMax; round++) {
    if (deaths.length === 0) deaths.push(...shuffled<Death>(["program", "database", "both"]));
    const death = deaths.shift() as Death;
    if (met.size === 3 && performance.now() - began > roundsMs) break;

    const wanted = 10 + Math.floor(random() * 60);
    let done = 0;
    const enough = Promise.withResolvers<void>();
    const driven = writers.map(async (one) => {
      while (await send(one)) if (++done >= wanted) enough.resolve();
    });
    await Promise.race([enough.promise, Promise.all(driven)]);
    assert.ok(done >= wanted, `the writers stopped after ${done} writes: ${running?.said().slice(-2000)}`);
    await pause(random() * 20);
    await kill(death);
    await Promise.all(driven);
    unanswered += writers.filter((one) => one.waiting !== null).length;
    await recovered(death);
    met.set(death, (met.get(death) ?? 0) + 1);

    const again = writers.filter((one) => one.waiting !== null);
    await looking(async (db) => {
      for (const one of again) if ((await one.waiting?.effects(db)) === 1) unheard++;
    });
    for (const one of again) {
      const { send: repeat } = one.waiting as Write;
      assert.ok(await send(one), `${one.name}: asked again after ${death}, still no answer`);
      assert.ok((await repeat()).status < 300, `${one.name}: a third time it is still harmless`);
    }
    await eachOnce(writers, `round ${round}, after kill -9 of ${death}`);
  }
  assert.ok(unanswered > 0, "no request was under way when the program died");
  const written = writers.reduce((sum, one) => sum + one.acknowledged.length, 0);
  t.diagnostic(
    `${written} writes, ${unanswered} unanswered (${unheard} of them done), ${JSON.stringify(Object.fromEntries(met))}`,
  );

  const verified = run("verify");
  assert.equal(await verified.ended, 0, verified.said());
  assert.match(verified.said(), /everything agrees/);
  running?.child.kill("SIGTERM");
  assert.equal(await running?.ended, 0);
});

/** Finds every acknowledged write exactly once, and the last of each writer unmoved by a repetition. */
async function eachOnce(writers: readonly Writer[], when: string): Promise<void> {
  for (const one of writers) {
    const answer = await one.acknowledged.at(-1)?.send();
    if (answer)
      assert.ok(answer.status < 300, `${one.name}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  await looking(async (db) => {
    for (const one of writers)
      for (const write of one.acknowledged)
        assert.equal(await write.effects(db), 1, `${when}: ${one.name}, ${write.id}`);
  });
}

/** Looks straight into the database, past the program. */
async function looking(work: (db: pg.Client) => Promise<void>): Promise<void> {
  const login = attachEmbedded(join(folder, "data"));
  assert.ok(login);
  const db = new pg.Client(login("superuser"));
  await db.connect();
  try {
    await work(db);
  } finally {
    await db.end();
  }
}

function shuffled<T>(list: T[]): T[] {
  return list
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

/** The same numbers for the same seed (mulberry32). */
function seeded(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { dayInShanghai } from "../../src/kernel/day.ts";
import { freePort, type Process, type Site, site, until } from "./program.ts";
import { rosterForm } from "./roster.ts";
import { textsOf } from "./texts.ts";
import { cast, eachOnce, send, type Writer, write } from "./writers.ts";

/** The clock of a running process jumps, while it answers people and runs jobs. Its database's clock stays right. */

const s = await site();
const texts = await textsOf(s, 20);
const shiftFile = join(s.folder, "shift");
const told = { name: "武例河", phone: "13900000006" };
const [hour, aDay] = [3_600_000, 86_400_000];
let steady: Process;
let program: Process;
let port = 0;
/** The site, spoken to through the process whose clock jumps. */
let through: Site;
let writers: readonly Writer[] = [];
let organiser = "";
let sent = 0;

before(async () => {
  steady = await s.serve(["--roles=web"]);
  port = await freePort();
  writeFileSync(shiftFile, "0");
  program = await s.serve([], {
    ...s.beside(),
    ...texts.env,
    NODE_OPTIONS: `--import=${join(import.meta.dirname, "shifted.js")}`,
    ZHIJIA_TEST_SHIFT_FILE: shiftFile,
    PORT: String(port),
  });
  through = {
    ...s,
    answered: (method, url, body, cookie) => s.answered(method, url, body, cookie, port),
  };
  writers = await cast(through);
  organiser = await s.officer("organiser.grassroots");
});

/** Sets the running process's clock so far off. It does not know of it until it measures. */
async function jump(ms: number): Promise<void> {
  writeFileSync(shiftFile, String(ms));
  program.child.kill("SIGUSR2");
  await pause(50);
}

const ready = async () => (await through.answered("GET", "/readyz")).body;

/** Has it measured now what it would measure within half a minute. */
async function measured(ms: number): Promise<void> {
  await s.looking((db) => db.query("select pg_notify('zhijia_clock', '')"));
  await until("it has measured", async () => Math.abs((await ready()).skewSeconds - ms / 1000) < 30);
}

/** Has texts sent and a roster loaded, beside whatever happens meanwhile. Returns what waits for both. */
async function jobs(from: number): Promise<() => Promise<void>> {
  const { unit } = (await s.answered("GET", "/api/me", undefined, organiser)).body.person;
  const made = await s.answered("POST", "/api/imports", rosterForm(unit.id, 2000, from), organiser);
  assert.ok(made.status < 300, JSON.stringify(made.body));
  await texts.tell(told.name, 30);
  sent += 30;
  const page = async () =>
    (await s.answered("GET", `/api/imports/${made.body.id}`, undefined, organiser)).body;
  await until("some rows", async () => (await page()).read > 0);
  return async () => {
    await until("the import", async () => (await page()).state === "done");
    const { read, loaded } = await page();
    assert.deepEqual([read, loaded], [2000, 2000]);
    await until("the texts", async () => texts.countOf(told.phone) >= sent);
    assert.equal(texts.countOf(told.phone), sent, "each job once");
  };
}

/** Goes on writing through what `meanwhile` does to the clock. */
async function writing(who: readonly Writer[], meanwhile: () => Promise<unknown>): Promise<void> {
  let over = false;
  const driven = who.map(async (one) => {
    while (!over && (await send(one)));
  });
  await meanwhile();
  await pause(300);
  over = true;
  await Promise.all(driven);
  assert.deepEqual(
    who.filter((one) => one.waiting !== null).map((one) => one.name),
    [],
  );
}

const dayBegun = () =>
  s.looking(async (db) => (await db.query("select day_ticked::text as day from installation")).rows[0].day);
const status = async (cookie: string) => (await through.answered("GET", "/api/me", undefined, cookie)).status;
/** Who signed in by phone; strangers may only object so often. */
const isWorkers = ({ name }: Writer) => !/on the one case|money|objections/.test(name);

test("a clock that jumps a day ahead and back: nothing is lost or done twice, and no day is begun", async () => {
  const today = dayInShanghai(new Date());
  const worker = await s.signIn("13900000005", { code: "123456" });
  assert.deepEqual([await status(organiser), await status(worker)], [200, 200]);
  const done = await jobs(0);
  await writing(writers.filter(isWorkers), () => jump(aDay));

  // Before it knows: an officer's session has lain idle for too long by its clock, a worker's has not.
  assert.deepEqual([await status(organiser), await status(worker)], [401, 200]);
  const late = await s.signIn("13900000004", { code: "123456" });
  await writing(writers.filter(isWorkers), () => measured(aDay));
  assert.deepEqual(await ready(), { status: "clock-differs", skewSeconds: aDay / 1000 });
  assert.equal((await through.answered("GET", "/readyz")).status, 503);
  await done();
  assert.equal(await dayBegun(), today, "no day is begun by a clock that differs from the database's");

  // Back: to be right again is a jump of a day as well.
  const next = await jobs(2000);
  await writing(writers.filter(isWorkers), () => jump(0));
  assert.deepEqual([await status(organiser), await status(worker), await status(late)], [200, 200, 200]);
  await writing(writers.filter(isWorkers), () => measured(0));
  assert.equal((await ready()).status, "ready");
  await next();
  assert.equal(await dayBegun(), today);
  await eachOnce(through, writers, "after a day ahead");
});

test("a clock that jumps an hour back: sessions stay, and nobody waits for the hour to pass", async () => {
  const card = () => through.answered("GET", "/api/public/verify/none");
  assert.notEqual((await card()).status, 429);
  await write(writers, 30);
  const done = await jobs(4000);
  const everybody = writers.filter((one) => one.name !== "objections");
  await writing(everybody, () => jump(-hour));
  assert.equal(await status(organiser), 200);
  await writing(everybody, () => measured(-hour));
  assert.deepEqual(await ready(), { status: "clock-differs", skewSeconds: -3600 });
  // So many are more than a minute allows: the wait is told by a clock that does not jump.
  let refused = await card();
  for (let n = 0; n < 400 && refused.status !== 429; n++) refused = await card();
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get("retry-after")) <= 60, String(refused.headers.get("retry-after")));
  await done();
  await writing(everybody, () => jump(0));
  await writing(everybody, () => measured(0));
  assert.equal((await ready()).status, "ready");
  assert.equal(await status(organiser), 200);
  await eachOnce(through, writers, "after an hour back");
});

test("chains, receipts and counts are in order afterwards", async () => {
  await s.looking(async (db) => {
    const apart = await db.query(
      "select import_id from membership where import_id is not null group by 1 having count(*) <> 2000 or count(distinct person_id) <> 2000",
    );
    assert.deepEqual(apart.rows, []);
    const waiting = await db.query(
      "select 1 from graphile_worker._private_jobs where last_error is not null",
    );
    assert.equal(waiting.rowCount, 0, "no job has failed");
  });
  assert.match(await s.done(["verify"]), /everything agrees/);
  for (const one of [program, steady]) {
    one.child.kill("SIGTERM");
    assert.equal(await one.ended, 0, one.said());
  }
});

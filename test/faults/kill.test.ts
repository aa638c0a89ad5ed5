import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { freePort, type Process, site, until } from "./program.ts";
import { rosterForm } from "./roster.ts";
import { cast, eachOnce, send, type Write, type Writer } from "./writers.ts";

/**
 * An acknowledged write survives kill -9 of the program and of the database at any moment, and a request that is repeated
 * because its answer never came has one effect. The program runs as somebody runs it, on a fictitious federation of its
 * own; writers speak to it over HTTP while it is killed. `ZHIJIA_TEST_SEED` repeats a run's choices.
 */

const s = await site();
const seed = Number(process.env.ZHIJIA_TEST_SEED ?? Date.now() % 1_000_000);
const random = seeded(seed);
/** Every way of dying comes at least once; more rounds only while the time lasts. */
const roundsMax = 9;
const roundsMs = 15_000;

let running: Process;
let writers: readonly Writer[] = [];

type Death = "program" | "database" | "both";

/** Kills without warning. What is left of a killed database notices by itself; a killed program is started again. */
async function kill(what: Death): Promise<void> {
  const server = s.databasePid();
  assert.ok(server !== null);
  if (what !== "database") running.child.kill("SIGKILL");
  if (what !== "program") process.kill(server, "SIGKILL");
  if (what !== "database") await running.ended;
}

async function recovered(what: Death): Promise<void> {
  if (what !== "database") running = await s.serve();
  for (let tries = 0; (await s.answered("GET", "/readyz")).status !== 200; tries++) {
    assert.ok(tries < 600 && running.child.exitCode === null, `it did not come back: ${running.said()}`);
    await pause(50);
  }
}

/** Asks again whatever had no answer. Returns how much of it had been done nevertheless. */
async function askedAgain(after: string): Promise<number> {
  let unheard = 0;
  const again = writers.filter((one) => one.waiting !== null);
  await s.looking(async (db) => {
    for (const one of again) if ((await one.waiting?.effects(db)) === 1) unheard++;
  });
  for (const one of again) {
    const { send: repeat } = one.waiting as Write;
    assert.ok(await send(one), `${one.name}: asked again after ${after}, still no answer`);
    assert.ok((await repeat()).status < 300, `${one.name}: a third time it is still harmless`);
  }
  return unheard;
}

test("what was acknowledged survives kill -9 of program and database; what is repeated has one effect", async (t) => {
  t.diagnostic(`seed ${seed}`);
  running = await s.serve();
  writers = await cast(s);
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
    assert.ok(done >= wanted, `the writers stopped after ${done} writes: ${running.said().slice(-2000)}`);
    await pause(random() * 20);
    await kill(death);
    await Promise.all(driven);
    unanswered += writers.filter((one) => one.waiting !== null).length;
    await recovered(death);
    met.set(death, (met.get(death) ?? 0) + 1);

    unheard += await askedAgain(death);
    await eachOnce(s, writers, `round ${round}, after kill -9 of ${death}`);
  }
  assert.ok(unanswered > 0, "no request was under way when the program died");
  const written = writers.reduce((sum, one) => sum + one.acknowledged.length, 0);
  t.diagnostic(
    `${written} writes, ${unanswered} unanswered (${unheard} of them done), ${JSON.stringify(Object.fromEntries(met))}`,
  );

  assert.match(await s.done(["verify"]), /everything agrees/);
  running.child.kill("SIGTERM");
  assert.equal(await running.ended, 0);
});

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

test("web and worker die each alone under the writers: the other goes on, and nothing is lost or loaded twice", async (t) => {
  // The database is a third process's, so that it stays; people speak to the web that dies.
  const keeper = await s.serve(["--roles=web"], { PORT: String(await freePort()) });
  const web = () => s.serve(["--roles=web"], { ...s.beside(), PORT: String(s.port) });
  const worker = () => s.serve(["--roles=worker"], s.beside());
  const living = { web: await web(), worker: await worker() };
  const organiser = await s.officer("organiser.grassroots");
  const { unit } = (await s.answered("GET", "/api/me", undefined, organiser)).body.person;
  const rows = 8000;
  const made = await s.answered("POST", "/api/imports", rosterForm(unit.id, rows), organiser);
  assert.ok(made.status < 300, JSON.stringify(made.body));
  const page = async () =>
    (await s.answered("GET", `/api/imports/${made.body.id}`, undefined, organiser)).body;
  await until("some rows", async () => (await page()).read > 0);

  const met = { unanswered: 0, unheard: 0, beside: 0 };
  for (const [round, death] of (["worker", "web", "worker", "web"] as const).entries()) {
    const wanted = round === 0 ? 1 : 40; // the first time while the roster is still being loaded
    let done = 0;
    let over = false;
    const enough = Promise.withResolvers<void>();
    const driven = writers.map(async (one) => {
      while (!over && (await send(one))) if (++done >= wanted) enough.resolve();
    });
    await Promise.race([enough.promise, Promise.all(driven)]);
    assert.ok(done >= wanted, `the writers stopped after ${done} writes: ${living.web.said().slice(-2000)}`);
    await pause(random() * 20);
    living[death].child.kill("SIGKILL");
    await living[death].ended;
    if (death === "web") {
      await Promise.all(driven);
      met.unanswered += writers.filter((one) => one.waiting !== null).length;
      assert.equal(living.worker.child.exitCode, null, living.worker.said());
      living.web = await web();
      met.unheard += await askedAgain(death);
    } else {
      // Nobody who writes notices that the worker is gone.
      if (round === 0) assert.equal((await page()).state, "running");
      const before = done;
      await until("writes without a worker", async () => done >= before + 30);
      over = true;
      await Promise.all(driven);
      met.beside += done - before;
      assert.deepEqual(
        writers.filter((one) => one.waiting !== null).map((one) => one.name),
        [],
      );
      living.worker = await worker();
    }
    await eachOnce(s, writers, `after kill -9 of the ${death} alone`);
  }
  assert.ok(met.unanswered > 0, "no request was under way when the web died");
  t.diagnostic(JSON.stringify(met));

  await until("the import", async () => (await page()).state === "done");
  const { read, loaded } = await page();
  assert.deepEqual([read, loaded], [rows, rows]);
  await s.looking(async (db) => {
    const kept = await db.query(
      "select count(*)::int as n, count(distinct person_id)::int as people from membership where import_id = $1",
      [made.body.id],
    );
    assert.deepEqual(kept.rows[0], { n: rows, people: rows });
  });
  assert.match(await s.done(["verify"], s.beside()), /everything agrees/);
  for (const one of [living.web, living.worker, keeper]) {
    one.child.kill("SIGTERM");
    assert.equal(await one.ended, 0, one.said());
  }
});

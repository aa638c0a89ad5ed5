import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { openDatabase, withRole } from "../db/pool.ts";
import { withDatabase } from "../db/testing.ts";
import type { AppContext } from "../kernel/route.ts";
import {
  beginDays,
  createJobRunner,
  type DailyHandler,
  type DayHold,
  enqueue,
  type JobHandlers,
  listFailedJobs,
  retryFailedJobs,
} from "./index.ts";
import { newLife } from "./life.ts";
import { newSweeper } from "./sweep.ts";

declare module "./index.ts" {
  interface Jobs {
    "test.note": { word: string };
    "test.fail": { word: string };
  }
}

const t = withDatabase({ today: "2026-03-02" });
const context = (): AppContext => ({ db: t.db, clock: t.clock }) as AppContext;

let done: string[] = [];
let failing = true;
const handlers: JobHandlers = {
  "test.note": async ({ word }, ctx) => {
    done.push(word);
    if (word === "first") await ctx.db.system((tx) => enqueue(tx, "test.note", { word: "second" }));
  },
  "test.fail": async ({ word }) => {
    if (failing) throw new Error("the gateway is away");
    done.push(word);
  },
};
const daily: DailyHandler[] = [
  { name: "later", order: 20, run: async (day) => done.push(`later ${day}`) },
  { name: "sooner", order: 10, run: async (day) => done.push(`sooner ${day}`) },
];
const appLogin = () => withRole({ connection: t.connection, role: "zhijia_app" });
const runner = () => createJobRunner({ handlers: [handlers], daily, context, connection: appLogin() });

beforeEach(() => {
  done = [];
});

test("a job exists only when its transaction commits, and jobs it adds run as well", async () => {
  await assert.rejects(
    t.db.system(async (tx) => {
      await enqueue(tx, "test.note", { word: "undone" });
      throw new Error("no");
    }),
  );
  await t.db.system((tx) => enqueue(tx, "test.note", { word: "first" }));
  await runner().drain();
  assert.deepEqual(done, ["first", "second"]);
  await runner().drain();
  assert.equal(done.length, 2);
});

test("a job waits for its time on the installation's clock", async () => {
  const runAt = new Date(t.clock.now().getTime() + 3_600_000 * 20);
  await t.db.system((tx) => enqueue(tx, "test.note", { word: "tomorrow" }, { runAt }));
  await runner().drain();
  assert.deepEqual(done, []);
  await t.clock.advance(1);
  await runner().drain();
  assert.deepEqual(done, ["tomorrow"]);
});

test("a key replaces the job that still waits", async () => {
  await t.db.system(async (tx) => {
    await enqueue(tx, "test.note", { word: "old" }, { key: "k" });
    await enqueue(tx, "test.note", { word: "new" }, { key: "k" });
  });
  await runner().drain();
  assert.deepEqual(done, ["new"]);
});

test("a job that keeps failing ends where it can be seen and tried again", async () => {
  await t.db.system((tx) => enqueue(tx, "test.fail", { word: "poison" }));
  await assert.rejects(runner().drain(), /gateway is away/);
  await t.owner.system((tx) =>
    sql`update graphile_worker._private_jobs set attempts = 7, run_at = updated_at`.execute(tx),
  );
  await assert.rejects(runner().drain(), /gateway is away/);
  await runner().drain();
  const [failed, ...more] = await t.db.systemRead(listFailedJobs);
  assert.equal(more.length, 0);
  assert.deepEqual([failed?.name, failed?.error, failed?.tries], ["test.fail", "the gateway is away", 8]);
  failing = false;
  assert.equal(await t.db.system((tx) => retryFailedJobs(tx, [failed?.id ?? 0n])), 1);
  await runner().drain();
  assert.deepEqual(done, ["poison"]);
});

test("the worker takes jobs by itself, each once, beside a second worker", async () => {
  const all = Promise.withResolvers<void>();
  const words = Array.from({ length: 30 }, (_, i) => `w${i}`);
  const counting: JobHandlers = {
    "test.note": async ({ word }) => {
      if (done.push(word) === words.length) all.resolve();
    },
  };
  const make = () => {
    return createJobRunner({ handlers: [counting], daily: [], context, connection: appLogin() });
  };
  const workers = [make(), make()];
  await Promise.all(workers.map((worker) => worker.start()));
  await t.db.system(async (tx) => {
    for (const word of words) await enqueue(tx, "test.note", { word });
  });
  await all.promise;
  await Promise.all(workers.map((worker) => worker.stop()));
  assert.deepEqual(done.toSorted(), words.toSorted());
});

test("two modules may not handle one job", () => {
  const connection = {};
  assert.throws(
    () => createJobRunner({ handlers: [handlers, handlers], daily, context, connection }),
    /two handlers/,
  );
});

test("a job that hangs is given up after a silence, is tried again, and the others go on", async () => {
  const hanging: JobHandlers = {
    "test.note": async ({ word }, { job }) => {
      if (word === "hangs" && job.attempt === 1) await new Promise(() => {});
      for (let i = 0; word === "long" && i < 8; i++) {
        await pause(20);
        job.alive();
      }
      done.push(word);
    },
  };
  const made = { handlers: [hanging], daily: [], context, connection: appLogin(), silenceMs: 100 };
  await t.db.system(async (tx) => {
    for (const word of ["hangs", "long", "short"]) await enqueue(tx, "test.note", { word });
  });
  const runner = createJobRunner(made);
  await assert.rejects(runner.drain(), /not heard of/);
  await runner.drain();
  assert.deepEqual(done, ["long", "short"]);
  const [waiting] = await t.db.systemRead(listFailedJobs);
  assert.ok(waiting?.again instanceof Date && waiting.tries === 1);
  await t.owner.system((tx) => sql`update graphile_worker._private_jobs set run_at = updated_at`.execute(tx));
  await runner.drain();
  assert.deepEqual(done, ["long", "short", "hangs"]);
  await runner.stop();
});

test("what a killed worker had taken is run by another; what kills its worker again and again waits longer", async () => {
  await t.db.system(async (tx) => {
    await enqueue(tx, "test.note", { word: "orphan" }, { queue: "q" });
    for (const word of ["killer", "beside"]) await enqueue(tx, "test.note", { word });
  });
  await t.owner.system(async (tx) => {
    await sql`update graphile_worker._private_jobs set locked_at = now() - interval '1 minute', locked_by = 'the dead',
      attempts = case when payload->>'word' = 'orphan' then 1 else 3 end`.execute(tx);
    await sql`update graphile_worker._private_job_queues set locked_at = now() - interval '1 minute', locked_by = 'the dead'`.execute(
      tx,
    );
  });
  const failed: string[] = [];
  const other = createJobRunner({
    handlers: [handlers],
    daily,
    context,
    connection: appLogin(),
    failed: (name, _id, attempt, error) => failed.push(`${name} ${attempt} ${(error as Error).message}`),
  });
  await other.start();
  const { promise, resolve } = Promise.withResolvers<void>();
  const watch = setInterval(() => done.includes("orphan") && resolve(), 20);
  await promise;
  clearInterval(watch);
  await other.stop();
  assert.deepEqual(done, ["orphan"]);
  const [killer, beside] = await t.db.systemRead(listFailedJobs);
  assert.equal(killer?.error, "the program ended while the job ran");
  for (const one of [killer, beside])
    assert.ok((one?.again?.getTime() ?? 0) > (one?.failedAt.getTime() ?? 0) + 15_000);
  assert.notEqual(killer?.again?.getTime(), beside?.again?.getTime(), "they do not meet at the next try");
  const gone = "the program ended while the job ran";
  assert.deepEqual(
    failed.toSorted(),
    [1, 3, 3].map((tries) => `test.note ${tries} ${gone}`),
  );
  await t.owner.system((tx) => sql`delete from graphile_worker._private_jobs`.execute(tx));
});

/** Who holds jobs, and how often each was tried. */
const holders = () =>
  t.owner.systemRead(async (tx) => {
    const { rows } = await sql<{ by: string | null; tries: number }>`
      select locked_by as by, attempts::int as tries from graphile_worker._private_jobs order by id`.execute(
      tx,
    );
    return rows;
  });
const clear = () => t.owner.system((tx) => sql`delete from graphile_worker._private_jobs`.execute(tx));

test("a worker keeps its jobs when its life was not shown for a moment, and is dead when two looks find so", async () => {
  await t.db.system((tx) => enqueue(tx, "test.note", { word: "mine" }));
  await t.owner.system((tx) =>
    sql`update graphile_worker._private_jobs set locked_at = now() - interval '1 minute', locked_by = 'one'`.execute(
      tx,
    ),
  );
  const sweeper = newSweeper();
  const held = async () => (await holders())[0]?.by === "one";
  // The database was started again: nobody's life is shown, and one's own a moment later.
  assert.equal(await sweeper.sweep(t.db), 1);
  const life = newLife(appLogin());
  await life.show("one");
  assert.equal(await sweeper.sweep(t.db), 0);
  // The same again much later: it is not held against the worker that it was once suspected.
  await life.end("one");
  assert.equal(await sweeper.sweep(t.db), 1);
  const gone = openDatabase({ connection: { host: "/nowhere", user: "x", database: "x" }, role: null });
  await assert.rejects(sweeper.sweep(gone));
  await gone.close();
  assert.equal(await sweeper.sweep(t.db), 1, "a look that failed is none");
  assert.ok(await held());
  assert.equal(await sweeper.sweep(t.db), 0);
  assert.ok(!(await held()));
  await life.close();
  await clear();
});

test("a job that runs while another of its key is added stays its own, and is run again once its worker is dead", async () => {
  await t.db.system((tx) => enqueue(tx, "test.note", { word: "cut short" }, { key: "k" }));
  await t.owner.system((tx) =>
    sql`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'the dead', attempts = 1`.execute(
      tx,
    ),
  );
  await t.db.system((tx) => enqueue(tx, "test.note", { word: "added" }, { key: "k" }));
  await runner().drain();
  assert.deepEqual(done, ["added"]);
  const sweeper = newSweeper();
  await sweeper.sweep(t.db);
  await sweeper.sweep(t.db);
  assert.deepEqual(await holders(), [{ by: null, tries: 1 }]);
  await runner().drain();
  assert.deepEqual(done, ["added", "cut short"]);
});

test("a queue that cannot show its life takes no jobs", async () => {
  const lives = sql`function pg_advisory_lock_shared(int, int)`;
  await t.owner.system((tx) => sql`revoke execute on ${lives} from public`.execute(tx));
  const made = runner();
  try {
    await assert.rejects(made.start(), /permission denied/);
    await t.db.system((tx) => enqueue(tx, "test.note", { word: "unowned" }));
    await pause(500);
    assert.deepEqual(done, []);
  } finally {
    await t.owner.system((tx) => sql`grant execute on ${lives} to public`.execute(tx));
    await made.stop();
  }
  await runner().drain();
  assert.deepEqual(done, ["unowned"]);
});

test("a drained job whose end could not be written is freed as a dead worker's", async () => {
  const jobs = sql`graphile_worker._private_jobs from zhijia_app`;
  await t.db.system((tx) => enqueue(tx, "test.note", { word: "half" }));
  await t.owner.system((tx) => sql`revoke delete on ${jobs}`.execute(tx));
  const made = runner();
  try {
    await assert.rejects(made.drain(), /permission denied/);
  } finally {
    await t.owner.system((tx) =>
      sql`grant delete on graphile_worker._private_jobs to zhijia_app`.execute(tx),
    );
  }
  assert.match((await holders())[0]?.by ?? "", /^drain-/);
  const sweeper = newSweeper();
  await sweeper.sweep(t.db);
  await sweeper.sweep(t.db);
  assert.deepEqual(await holders(), [{ by: null, tries: 1 }]);
  await made.drain();
  assert.deepEqual(done, ["half", "half"]);
  await made.stop();
});

test("nothing is ticked before the installation is founded", async () => {
  await runner().drain();
  assert.deepEqual(done, []);
});

test("each day's timetable runs once, in order, and missed days are made up", async () => {
  await t.owner.system((tx) => tx.insertInto("installation").values({ fictitious: true }).execute());
  const today = t.clock.today();
  await runner().drain();
  assert.deepEqual(done, [`sooner ${today}`, `later ${today}`]);
  await runner().drain();
  assert.equal(done.length, 2);
  await t.clock.advance(3);
  await runner().drain();
  assert.equal(done.length, 8);
  assert.equal(done.at(-1), `later ${t.clock.today()}`);
});

test("a piece of daily work that fails stops neither the others nor the next day, and is set aside alone", async () => {
  const poisoned: DailyHandler[] = [
    { name: "poison", order: 5, run: async () => Promise.reject(new Error("bad day")) },
    ...daily,
  ];
  const made = createJobRunner({ handlers: [handlers], daily: poisoned, context, connection: appLogin() });
  const drainAll = async () => {
    for (let tries = 0; tries < 20; tries++)
      if (
        await made.drain().then(
          () => true,
          () => false,
        )
      )
        return;
  };
  for (let count = 0; count < 2; count++) {
    done = [];
    await t.clock.advance(1);
    await drainAll();
    assert.deepEqual(done, [`sooner ${t.clock.today()}`, `later ${t.clock.today()}`]);
  }
  const failed = await t.db.systemRead(listFailedJobs);
  assert.deepEqual(
    failed.map(({ name, error }) => [name, error]),
    [
      ["day.work", "bad day"],
      ["day.work", "bad day"],
    ],
  );
  await t.owner.system((tx) => sql`delete from graphile_worker._private_jobs`.execute(tx));
  await made.stop();
});

test("several processes begin each day once", async () => {
  done = [];
  await t.clock.advance(5);
  const many = Array.from({ length: 4 }, runner);
  await Promise.all(many.map((one) => one.drain()));
  await Promise.all(many.map((one) => one.stop()));
  assert.equal(done.length, 10);
  assert.equal(new Set(done).size, 10);
});

/** A runner on the test's clock as it would be with other properties, which tells what kept a day from being begun. */
function runnerBy(properties: Partial<Record<keyof typeof t.clock, () => unknown>>) {
  const holds: DayHold[] = [];
  const clock = new Proxy(t.clock, {
    get: (target, name) =>
      Object.hasOwn(properties, name)
        ? properties[name as keyof typeof properties]?.()
        : Reflect.get(target, name),
  });
  const made = createJobRunner({
    handlers: [handlers],
    daily,
    context: () => ({ db: t.db, clock }) as AppContext,
    connection: appLogin(),
    held: (hold) => holds.push(hold),
  });
  return { made, clock, holds };
}

test("a real installation's clock that jumps far ahead, or differs from the database's, begins no day", async () => {
  let skewMs = 0;
  const { made, clock, holds } = runnerBy({ isTrial: () => false, skewMs: () => skewMs });
  const last = t.clock.today();
  await t.clock.advance(1);
  skewMs = -90_000;
  await made.drain();
  skewMs = 0;
  await t.clock.advance(364);
  await made.drain();
  assert.deepEqual(done, []);
  assert.deepEqual(holds, [
    { why: "clock-differs", skewMs: -90_000 },
    { why: "many-days", last, today: t.clock.today() },
  ]);
  assert.equal(await beginDays(t.db, clock, daily), 365);
  await made.drain();
  assert.equal(done.length, 2 * 365);
  await made.stop();
});

test("a clock that has jumped since it was last measured is measured again before it begins a day", async () => {
  let skewMs = 0;
  const refresh = async (): Promise<void> => {
    skewMs = 86_400_000;
  };
  const { made, holds } = runnerBy({ skewMs: () => skewMs, refresh: () => refresh });
  await t.clock.advance(1);
  await made.drain();
  assert.deepEqual([done, holds], [[], [{ why: "clock-differs", skewMs: 86_400_000 }]]);
  await made.stop();
});

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { sql } from "kysely";
import { withRole } from "../db/pool.ts";
import { withDatabase } from "../db/testing.ts";
import type { AppContext } from "../kernel/route.ts";
import {
  createJobRunner,
  type DailyHandler,
  enqueue,
  type JobHandlers,
  listFailedJobs,
  retryFailedJobs,
} from "./index.ts";

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
const runner = () =>
  createJobRunner({
    handlers: [handlers],
    daily,
    context,
    connection: withRole({ connection: t.connection, role: "zhijia_app" }),
  });

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
    const connection = withRole({ connection: t.connection, role: "zhijia_app" });
    return createJobRunner({ handlers: [counting], daily: [], context, connection });
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

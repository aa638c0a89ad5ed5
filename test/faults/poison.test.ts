import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Process, site, until } from "./program.ts";
import { textsOf } from "./texts.ts";

/** A job that kills its own process with SIGKILL, each time it runs, under programs that a service manager starts again. */

const s = await site();
const deadly = { name: "董样岚", phone: "13900000007" };
const others = { name: "武例河", phone: "13900000006" };
const shim = {
  NODE_OPTIONS: `--import=${join(import.meta.dirname, "deadly.js")}`,
  ZHIJIA_TEST_DEADLY: deadly.phone,
};

/** A program that is started again whenever it dies. */
interface Kept {
  readonly deaths: () => number;
  /** All that its runs have said. */
  readonly said: () => string;
  /** Ends it for good: in order, unless it dies meanwhile. */
  readonly stop: () => Promise<void>;
}

function keep(args: readonly string[], env: NodeJS.ProcessEnv): Kept {
  const runs: Process[] = [];
  let stopping = false;
  let deaths = 0;
  const keeping = (async () => {
    while (!stopping) {
      const one = s.run(["serve", ...args], { env });
      runs.push(one);
      const code = await one.ended;
      if (one.child.signalCode === "SIGKILL") deaths++;
      else {
        assert.ok(stopping, one.said());
        assert.ok(code === 0 || one.child.signalCode === "SIGTERM", one.said()); // or it was only starting
      }
    }
  })();
  return {
    deaths: () => deaths,
    said: () => runs.map((one) => one.said()).join(""),
    async stop() {
      stopping = true;
      runs.at(-1)?.child.kill("SIGTERM");
      await keeping;
    },
  };
}

/** How the deadly job stands: its tries, whether it is set aside, what is written of it. */
const deadlyJob = async () =>
  s.looking(async (db) => {
    const { rows } = await db.query<{ id: string; tries: number; aside: boolean; error: string | null }>(
      `select j.id::text, j.attempts::int as tries, j.locked_at is null and j.attempts >= j.max_attempts as aside,
         j.last_error as error
       from graphile_worker._private_jobs j join delivery d on d.id::text = j.payload->>'delivery'
         join person p on p.id = d.person_id where p.name = $1`,
      [deadly.name],
    );
    return rows[0];
  });

/** Lets the deadly job wait so long and no longer; by itself it comes to half an hour. False when nobody can be told. */
const waits = (interval: "1 hour" | "0") =>
  s
    .looking((db) =>
      db.query(
        `with moved as (
         update graphile_worker._private_jobs j set run_at = now() + $2::interval from delivery d join person p on p.id = d.person_id
         where d.id::text = j.payload->>'delivery' and p.name = $1 and j.locked_at is null returning j.id)
       select pg_notify('jobs:insert', '{"count":1}') from moved`,
        [deadly.name, interval],
      ),
    )
    .then(
      () => true,
      () => false,
    );

test("a job that kills its process each time is set aside and named, and all others are done", async () => {
  const texts = await textsOf(s, 300);
  const env = { ...shim, ...texts.env };
  const said: string[] = [];

  // Two workers: what one that died had taken, the deadly job and what ran beside it, the other takes over.
  const web = await s.serve(["--roles=web"]);
  await texts.tell(others.name, 6);
  await texts.tell(deadly.name, 1);
  await texts.tell(others.name, 6);
  const workers = [0, 1].map(() => keep(["--roles=worker"], { ...s.beside(), ...env }));
  const deaths = () => workers.reduce((sum, one) => sum + one.deaths(), 0);
  await until("it has killed twice", async () => deaths() >= 2);
  await until("the others are done", async () => texts.countOf(others.phone) >= 12);
  await Promise.all(workers.map((one) => one.stop()));
  said.push(...workers.map((one) => one.said()));
  web.child.kill("SIGTERM");
  assert.equal(await web.ended, 0);

  // One program that is web and worker: it is started again each time, and serves in between.
  const program = keep([], env);
  const ready = async () => (await s.answered("GET", "/readyz")).status === 200;
  let told = 12;
  for (;;) {
    await until("it stands, and the job waits", async () => (await waits("1 hour")) && (await ready()));
    const before = program.deaths();
    if ((await deadlyJob())?.aside) break;
    await texts.tell(others.name, 1);
    told += 1;
    await until("another one is done", async () => texts.countOf(others.phone) >= told);
    await until("it kills again", async () => {
      if (program.deaths() === before) await waits("0");
      return program.deaths() > before;
    });
  }
  assert.equal(deaths() + program.deaths(), 8, "it is run eight times, as any job that fails");

  // It stays where it is, and whoever looks is told.
  const job = await deadlyJob();
  assert.deepEqual([job?.tries, job?.aside, job?.error], [8, true, "the program ended while the job ran"]);
  assert.ok(await waits("0"));
  await pause(6000);
  assert.equal(deaths() + program.deaths(), 8);
  const listed = await s.done(["jobs"]);
  const metrics = String((await s.answered("GET", "/metrics")).body);
  assert.equal(metrics.match(/^zhijia_jobs_failed .*$/m)?.[0], "zhijia_jobs_failed 1", listed);
  assert.match(await s.done(["doctor"]), /有 1 个后台任务失败/);
  assert.match(
    listed,
    new RegExp(`^${job?.id}  message.deliver  8×.*搁置.*the program ended while the job ran$`, "m"),
  );
  said.push(program.said());
  for (let attempt = 1; attempt <= 8; attempt++)
    assert.match(
      said.join(""),
      new RegExp(`"job":"message.deliver","id":"${job?.id}","attempt":${attempt},`),
    );
  await program.stop();

  // Once its cause is mended it is let to try again.
  const mended = await s.serve([], texts.env);
  assert.equal(texts.countOf(deadly.phone), 0);
  await s.done(["jobs", "--retry"]);
  await until("it is done", async () => texts.countOf(deadly.phone) === 1);
  await until("nothing is left", async () => (await deadlyJob()) === undefined);
  assert.match(await s.done(["verify"]), /everything agrees/);
  mended.child.kill("SIGTERM");
  assert.equal(await mended.ended, 0);
});

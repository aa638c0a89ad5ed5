import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { sql } from "kysely";
import pg from "pg";
import type { Tx } from "../../src/db/index.ts";
import { waitUntil } from "../../src/db/orphan.ts";
import { type Db, openDatabase } from "../../src/db/pool.ts";
import type { Id } from "../../src/kernel/ids.ts";
import { putPreference, tell } from "../../src/messages/index.ts";
import { several, urlOf } from "./processes.ts";

/** Two worker processes on one database do what one would have done, once. */

const s = several({ lives: true });
const sent: string[] = [];
let answerAfterMs = 0;
const gateway = createServer((request, answer) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    sent.push((JSON.parse(body) as { text: string }).text);
    setTimeout(() => answer.writeHead(200).end(), answerAfterMs);
  });
});
let sms: string;

before(async () => {
  await new Promise<void>((done) => gateway.listen(0, "127.0.0.1", done));
  sms = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/`;
});
after(() => void gateway.close());

/** Everything work leaves behind, as far as two runs of the same days must agree on it. */
async function traces(db: Db): Promise<unknown> {
  const { rows } = await db.systemRead((tx) =>
    sql`select
      (select array_agg(distinct name || ' ' || on_day || ' ' || n) from (
        select name, on_day::text, count(*)::text as n from case_action group by 1, 2) a) as actions,
      (select array_agg(template || ' ' || n order by template) from (
        select template, count(*)::text as n from message group by 1) m) as messages,
      (select count(*)::int from transfer) as transfers,
      (select count(*)::int from day_root) as roots,
      (select day_ticked::text from installation) as ticked`.execute(tx),
  );
  return rows[0];
}

/** Whether the last day has been begun and nothing of any day's work is left. */
const workedTo = (db: Db, days: number) => async (): Promise<boolean> => {
  const { rows } = await db.systemRead((tx) =>
    sql<{ done: boolean }>`select day_ticked >= (now() at time zone 'Asia/Shanghai')::date + ${days}::int
        and not exists (select 1 from graphile_worker.jobs where task_identifier like 'day.%') as done
      from installation`.execute(tx),
  );
  return rows[0]?.done === true;
};

/** Somebody is told by text message that they have joined some unions. */
async function joined(tx: Tx, unions: readonly string[]): Promise<void> {
  const person = await tx
    .selectFrom("person")
    .select(["id", "district"])
    .where("name", "=", "李例春")
    .executeTakeFirstOrThrow();
  const to = { person: person.id as Id<"person">, district: person.district };
  await putPreference(tx, to, { channels: ["sms"], quietFrom: "00:00", quietUntil: "00:00" });
  for (const unit of unions)
    await tell(tx, { to: [to], template: "member.joined", params: { unit, memberNo: "1" }, now: new Date() });
}

async function waitFor(found: () => Promise<boolean>): Promise<void> {
  let good = false;
  for (let tries = 0; tries < 600 && !good; tries++) {
    await waitUntil(() => false, 100);
    good = await found();
  }
  assert.ok(good, "the work was not done within a minute");
}

test("a month of days is worked through by two as by one", async () => {
  await s.database.owner.system((tx) => tx.updateTable("installation").set({ trial_days: 30 }).execute());
  // The same month in a copy, worked through by one process alone, says what two should come to.
  const { database } = s.database.connection;
  const copy = { ...s.database.connection, database: `${database}_one` };
  const admin = new pg.Client({ ...s.database.connection, database: "postgres" });
  await admin.connect();
  await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [database]);
  await admin.query(`create database ${copy.database} template ${database}`);
  const [two, one] = [s.database.connection, copy].map((connection) =>
    openDatabase({ connection, role: null, max: 2 }),
  ) as [Db, Db];
  try {
    const workers = await Promise.all(
      [undefined, undefined, urlOf(copy)].map((url) =>
        s.start(["--roles=worker"], { SMS_URL: sms, ...(url && { DATABASE_URL: url }) }),
      ),
    );
    await waitFor(workedTo(two, 30));
    await waitFor(workedTo(one, 30));
    for (const worker of workers) assert.equal(await worker.stop(), 0, worker.said());
    assert.deepEqual(await traces(two), await traces(one));

    // What is due now is sent by whichever of two takes it, once each.
    sent.length = 0;
    const names = Array.from({ length: 40 }, (_, i) => `试例${i}`);
    await two.system((tx) => joined(tx, names));
    const pair = await Promise.all([
      s.start(["--roles=worker"], { SMS_URL: sms }),
      s.start(["--roles=worker"], { SMS_URL: sms }),
    ]);
    await waitFor(async () => sent.length >= names.length);
    for (const worker of pair) assert.equal(await worker.stop(), 0, worker.said());
    assert.equal(sent.length, names.length);

    // A job that is being run when the worker is told to end is brought to its end.
    answerAfterMs = 1000;
    await two.system((tx) => joined(tx, ["最后"]));
    const last = await s.start(["--roles=worker"], { SMS_URL: sms });
    await waitFor(async () => sent.length > names.length);
    assert.equal(await last.stop(), 0, last.said());
    const states = await two.systemRead((tx) =>
      tx.selectFrom("delivery").select("state").distinct().where("channel", "=", "sms").execute(),
    );
    assert.deepEqual(states, [{ state: "sent" }]);
  } finally {
    await Promise.all([one.close(), two.close()]);
    await admin.query(`drop database ${copy.database} with (force)`);
    await admin.end();
  }
});

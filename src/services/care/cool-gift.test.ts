import assert from "node:assert/strict";
import test from "node:test";
import { sql } from "kysely";
import { APP_ROLE, openDatabase } from "../../db/pool.ts";
import { withDatabase } from "../../db/testing.ts";
import { newId } from "../../kernel/ids.ts";
import { isRefusal } from "../../kernel/refusal.ts";
import { claim } from "../../procedures/claims.ts";
import type { Engine } from "../../procedures/engine.ts";
import { followAll, giveBack } from "../../procedures/rounds-follow.ts";
import { endRound, insertRound } from "../../procedures/rounds-store.ts";
import { verifyCases, verifyCounters } from "../../procedures/verify.ts";
import { county, mill, officers, port, refused, stood, storyOn, type TestWorker } from "../testing.ts";

/** Places claimed in rounds, against the database: never oversold, first come first served, everything a case. */

const t = withDatabase({ max: 12 });
const story = storyOn(t);
const { engine } = story;

async function opened(quota: number, waiting = 0): Promise<string> {
  const id = newId();
  const at = t.clock.now();
  await t.db.system((tx) =>
    insertRound(
      tx,
      {
        id,
        service: "cool-gift",
        unitId: county.id,
        path: county.path,
        title: "第一场",
        opensAt: at,
        closesAt: new Date(at.getTime() + 3 * 86_400_000),
        late: false,
        quota,
        eachFen: 5000n,
        budgetFen: null,
        groups: [],
        endedAt: null,
      },
      [{ district: county.district, quota, waiting }],
      { person: officers.countyAid.person, at, content: Buffer.from("00", "hex") },
    ),
  );
  return id;
}

const idOf = ({ person, district }: TestWorker) => ({ id: person as string, district: district as string });
const claims = (round: string, by: TestWorker, id: string = newId(), of: Engine = engine) =>
  claim(of, { id, roundId: round }, idOf(by));
const faults = () => verifyCounters(t.db);
async function stateOf(round: string) {
  const { rows } = await t.db.systemRead((tx) =>
    sql<{ held: number; waiting: number; quota: number; last: number }>`
      select held, waiting, quota, last_number as last from round_share where round_id = ${round}`.execute(
      tx,
    ),
  );
  return rows[0]!;
}

let made = 0;
async function workers(count: number, prefix: string): Promise<TestWorker[]> {
  const people: TestWorker[] = [];
  for (let n = 0; n < count; n++) people.push(await story.worker(`${prefix}例${n}`, mill, 200 + made++));
  return people;
}

test("a claim becomes a case; who waits moves up when a place is given back, and lapses with the round", async () => {
  const [first, second, third] = (await workers(3, "甲")) as [TestWorker, TestWorker, TestWorker];
  const round = await opened(1, 2);
  const id = newId();
  assert.deepEqual(await claims(round, first, id), { id, number: 1, state: "held" });
  assert.deepEqual(await claims(round, first, id), { id, number: 1, state: "held" }, "asked again");
  assert.equal(refused(await claims(round, first)), "round-claimed");
  assert.equal(refused(await claims(round, second, id)), "same-id-other-content");
  const queued = newId();
  assert.deepEqual(await claims(round, second, queued), { id: queued, number: 2, state: "waiting" });
  const last = newId();
  assert.deepEqual(await claims(round, third, last), { id: last, number: 3, state: "waiting" });
  const outsider = await story.worker("港例", port, 77);
  assert.equal(refused(await claims(round, outsider)), "not-found");

  await followAll(engine);
  const step = async (caseId: string) => {
    const { rows } = await t.db.systemRead((tx) =>
      sql<{ step: string; path: string }>`select step from case_file where id = ${caseId}`.execute(tx),
    );
    return rows[0]?.step;
  };
  assert.deepEqual(
    [await step(id), await step(queued), await step(last)],
    ["to_collect", "queued", "queued"],
  );
  assert.deepEqual(await faults(), []);

  const back = { roundId: round, id: newId() };
  assert.equal(stood(await giveBack(engine, back, first)).outcome, "given_back");
  assert.equal(stood(await giveBack(engine, back, first)).outcome, "given_back", "asked again");
  assert.equal(refused(await giveBack(engine, { roundId: round, id: newId() }, first)), "case-ended");
  await followAll(engine);
  assert.equal(await step(queued), "to_collect");
  await t.db.system((tx) => endRound(tx, round, t.clock.now()));
  await followAll(engine);
  assert.equal(await step(last), "missed");
  assert.equal(refused(await claims(round, first)), "round-over");

  stood(await story.act(queued, "hand_over", officers.chair));
  assert.deepEqual(await stateOf(round), { held: 1, waiting: 0, quota: 1, last: 3 });
  assert.deepEqual(await faults(), []);
  assert.deepEqual((await verifyCases(engine)).broken, []);
});

test("a gift not collected in time goes to whoever comes next; nobody asks for one outside a round", async () => {
  const [late, next] = (await workers(2, "乙")) as [TestWorker, TestWorker];
  assert.equal(refused(await story.open("cool-gift", {}, late)), "round-needed");
  const round = await opened(1);
  await claims(round, late);
  await followAll(engine);
  assert.equal(refused(await claims(round, next)), "round-full");
  const later = new Date(t.clock.now().getTime() + 63 * 86_400_000);
  await t.owner.system((tx) => sql`update round set closes_at = ${later} where id = ${round}`.execute(tx));
  await story.days(16);
  await followAll(engine);
  const after = await claims(round, next);
  assert.ok(!isRefusal(after) && after.state === "held");
  await followAll(engine);
  assert.deepEqual(await faults(), []);
});

test("however claims, repetitions and give-backs of several processes mix, a place is never given twice", async () => {
  const people = await workers(16, "丙");
  const other = openDatabase({ connection: t.connection, role: APP_ROLE, max: 6 });
  const engines: readonly Engine[] = [engine, { ...engine, db: other }];
  const round = await opened(7, 4);
  let state = 20260302;
  const random = (most: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  let most = 0;
  const watching = { on: true };
  const watch = (async () => {
    while (watching.on) {
      const { rows } = await t.owner.systemRead((tx) =>
        sql<{
          n: number;
        }>`select count(*)::int as n from round_claim where round_id = ${round} and state = 'held'`.execute(
          tx,
        ),
      );
      most = Math.max(most, rows[0]!.n);
    }
  })();
  const got = new Map<string, string>();
  await Promise.all(
    people.map(async (who, index) => {
      for (let turn = 0; turn < 3; turn++) {
        const of = engines[(index + turn) % 2]!;
        const id = newId();
        const twice = await Promise.all([
          claims(round, who, id, of),
          claims(round, who, id, engines[random(2)]),
        ]);
        const given = twice.flatMap((one) => (isRefusal(one) ? [] : [one.number]));
        assert.ok(new Set(given).size < 2, "one id has one place");
        if (given.length > 0) got.set(who.person, id);
        if (random(3) === 0 && got.has(who.person)) {
          await giveBack(of, { roundId: round, id: newId() }, who);
          got.delete(who.person);
        }
        if (random(6) === 0) await followAll(engines[random(2)]!);
      }
    }),
  );
  watching.on = false;
  await watch;
  await Promise.all(engines.map(followAll));
  await followAll(engine);
  await other.close();
  assert.ok(most <= 7, `${most} places held at once of 7`);
  const { held, waiting } = await stateOf(round);
  assert.ok(held === 7 || waiting === 0, "nobody waits beside a free place");
  assert.deepEqual(await faults(), []);
  assert.deepEqual((await verifyCases(engine)).broken, []);
});

test("numbers follow arrival: whoever was answered before another asked stands before them", async () => {
  const people = await workers(30, "丁");
  const round = await opened(30);
  const asked: { readonly began: number; readonly ended: number; readonly number: number }[] = [];
  await Promise.all(
    people.map(async (who, index) => {
      await new Promise((done) => setTimeout(done, (index * 7) % 30));
      const began = performance.now();
      const done = await claims(round, who);
      if (isRefusal(done)) throw new Error(done.code);
      asked.push({ began, ended: performance.now(), number: done.number });
    }),
  );
  for (const one of asked)
    for (const later of asked)
      if (one.ended < later.began) assert.ok(one.number < later.number, JSON.stringify({ one, later }));
  assert.deepEqual(
    asked.map((one) => one.number).toSorted((a, b) => a - b),
    people.map((_, index) => index + 1),
  );
});

test("verify finds a place too many, a count that lies and a case that stands elsewhere", async () => {
  const [one] = (await workers(1, "戊")) as [TestWorker];
  const round = await opened(2);
  const id = newId();
  await claims(round, one, id);
  await followAll(engine);
  assert.deepEqual(await faults(), []);
  const spoilt = async (change: ReturnType<typeof sql>, back: ReturnType<typeof sql>) => {
    await t.owner.system((tx) => change.execute(tx));
    const found = (await faults()).map((fault) => fault.check);
    await t.owner.system((tx) => back.execute(tx));
    return found;
  };
  const share = sql`round_share`;
  assert.deepEqual(
    await spoilt(
      sql`update ${share} set held = 2 where round_id = ${round}`,
      sql`update ${share} set held = 1 where round_id = ${round}`,
    ),
    ["round-held"],
  );
  assert.deepEqual(
    await spoilt(
      sql`update ${share} set quota = 5 where round_id = ${round}`,
      sql`update ${share} set quota = 2 where round_id = ${round}`,
    ),
    ["round-shares"],
  );
  assert.deepEqual(
    await spoilt(
      sql`update round_claim set state = 'returned' where id = ${id}`,
      sql`update round_claim set state = 'held' where id = ${id}`,
    ),
    ["round-case"],
  );
  assert.deepEqual(await faults(), []);
});

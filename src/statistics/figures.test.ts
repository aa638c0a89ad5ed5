import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type RawBuilder, sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { withDatabase } from "../db/testing.ts";
import { addDays, type Day } from "../kernel/day.ts";
import { newId } from "../kernel/ids.ts";
import { expect } from "../kernel/refusal.ts";
import { type CaseFilter, countCases } from "../procedures/lists.ts";
import { countRows, totalOf } from "../procedures/totals.ts";
import { allTallies, foldDeltas, keepLarge, type Place, placeOf, readTallies } from "../rollups/index.ts";
import { moveUnit } from "../units/change.ts";
import { insideRoots, scopeOf, systemScope, type Unit, unitById } from "../units/index.ts";
import { askedOf } from "./asked.ts";
import { rebuildFigures, verifyFigures } from "./families.ts";
import { measures } from "./measures.ts";
import { memberPeriod } from "./member-change.ts";
import { happeningsIn, start, worldOn } from "./testing.ts";

/* Whatever happens, in whatever order, folded or not: every figure of every union is the count of the list it opens. */

const t = withDatabase({ today: "2026-03-02" });
const scope = systemScope();
const world = worldOn(t);
const { draw, pick, by, units, unions, found } = world;
const happenings = happeningsIn(world);

before(world.begin);

/** Each figure's count the slow way, from the lists alone. */
async function slowly(
  tx: Tx,
  path: Unit["path"],
  from: Day,
  to: Day,
  today: Day,
): Promise<Record<string, number | null>> {
  const at = (table: string) => insideRoots([path], `${table}.path`);
  const one = async (value: RawBuilder<unknown>, rest: RawBuilder<unknown>): Promise<number | null> => {
    const { rows } = await sql<{ n: string | number | null }>`select ${value} as n ${rest}`.execute(tx);
    return rows[0]?.n == null ? null : Number(rows[0].n);
  };
  const members = sql`from person where ${at("person")} and member_status in ('ACTIVE','TRANSFER_OUT') and merged_into is null`;
  const found = sql`from case_file where ${at("case_file")}`;
  const span = (column: string) => sql`${sql.ref(column)} >= ${from} and ${sql.ref(column)} <= ${to}`;
  const file = sql`from hardship_file where ${at("hardship_file")}`;
  const count = sql`count(*)`;
  const counted = sql`${insideRoots([path], "u.path")} and u.level = 'GRASSROOTS' and u.employer ->> 'employeeCount' is not null`;
  return {
    members: await one(count, members),
    coverage: await one(
      sql`(m.n * 10000 / nullif(e.n, 0))`,
      sql`from (select count(*)::numeric as n from person p join unit u on p.path >= u.path and p.path < u.path || '/'
          where ${counted} and p.member_status in ('ACTIVE','TRANSFER_OUT') and p.merged_into is null) m,
        (select sum((u.employer ->> 'employeeCount')::bigint) as n from unit u where ${counted}) e`,
    ).then((bp) => (bp === null ? null : Math.floor(bp))),
    unions: await one(count, sql`from unit where ${at("unit")} and status = 'ACTIVE'`),
    "cases-open": await one(count, sql`${found} and state = 'open'`),
    "cases-overdue": await one(count, sql`${found} and state = 'open' and due_on < ${today}`),
    "batches-overdue": await one(count, sql`from batch where ${at("batch")} and due_on < ${today}`),
    "cases-opened": await one(count, sql`${found} and ${span("opened_on")}`),
    "cases-ended": await one(count, sql`${found} and state = 'ended' and ${span("ended_on")}`),
    "days-median": await one(
      sql`percentile_cont(0.5) within group (order by ended_on - opened_on)`,
      sql`${found} and state = 'ended' and ${span("ended_on")}`,
    ),
    "files-active": await one(
      count,
      sql`${found} and state = 'open' and service = 'hardship-file' and step in ('active', 'reverifying')`,
    ),
    "files-new": await one(count, sql`${file} and ${span("filed_on")}`),
    "files-exited": await one(count, sql`${file} and ${span("exited_on")}`),
    "aid-paid": await one(
      sql`coalesce(sum(amount_fen), 0)`,
      sql`from aid_grant where ${at("aid_grant")} and state = 'paid' and ${span("paid_on")}`,
    ),
    rating: await one(
      sql`round(avg(rating) * 100)`,
      sql`${found} and state = 'ended' and rating is not null and ${span("ended_on")}`,
    ),
  };
}

async function checkAll(today: Day): Promise<void> {
  const from = addDays(start, draw(30));
  const to = addDays(from, draw(80));
  for (const id of units) {
    await t.db.systemRead(async (tx) => {
      const place: Place = await placeOf(tx, id);
      const [asked] = askedOf(tx, [place], { from, to, today });
      const slow = await slowly(tx, place.path, from, to, today);
      for (const measure of measures) {
        const { value } = await measure.value(asked!);
        assert.equal(value, slow[measure.id], `${measure.id} of ${place.path}, ${from} to ${to}`);
        for (const [by, split] of Object.entries(measure.by)) {
          const parts = await split(asked!);
          if (by === "stars") continue;
          const whole = measure.id === "files-active" ? undefined : value;
          if (whole !== undefined)
            assert.equal(
              parts.reduce((sum, part) => sum + part.value, 0),
              value,
              `${measure.id} by ${by}`,
            );
        }
      }
      expect(await memberPeriod(asked!));
      const { rows } = await sql<{ districts: string[] }>`
        select array_agg(distinct district) as districts from unit where ${insideRoots([place.path], "path")}`.execute(
        tx,
      );
      const small: Place = { ...place, kept: false, districts: rows[0]!.districts };
      const tallies = allTallies();
      for (const span of [undefined, {}, { from, to }]) {
        const read = await readTallies(tx, [place], tallies, span);
        const counted = await readTallies(tx, [small], tallies, span);
        for (const tally of tallies)
          assert.deepEqual(sorted(read(tally, id)), sorted(counted(tally, id)), `${tally} of ${place.path}`);
      }
    });
  }
  await checkTotals(today);
  assert.deepEqual(await verifyFigures(t.db), []);
}

/** Filters of every kind that a list of cases takes, some of which no figure answers. */
function filters(today: Day): readonly CaseFilter[] {
  const [from, to] = [addDays(today, -draw(50)), addDays(today, -draw(20))];
  const service = pick([undefined, "hardship-file", "living-aid"]);
  return [
    { service },
    { state: "open", service },
    { state: "open", step: pick(["active", "active,review", "nowhere"]), service },
    { state: "ended", service, outcome: pick([undefined, "granted", ""]) },
    { state: "ended", endedFrom: from, endedTo: pick([undefined, to]), service },
    { state: "open", overdueOn: today, service },
    { from, to, service },
    { from: pick([undefined, from]), state: pick(["open", undefined]), step: pick([undefined, "active"]) },
    { state: "open", escalated: false, service },
    { state: "ended", rated: true },
    { q: "某", state: "open" },
  ];
}

/** The total beside a list is its rows counted one by one, for an officer of any union, or of several. */
async function checkTotals(today: Day): Promise<void> {
  for (const id of units)
    await t.db.systemRead(async (tx) => {
      const one = (await unitById(tx, id))!;
      const other = (await unitById(tx, pick(units)))!;
      const posts = [one, other].map((unit) => ({
        id: newId<"post">(),
        unitId: unit.id,
        unitName: unit.name,
        unitPath: unit.path,
        unitLevel: unit.level,
        role: "chair" as const,
        from: start,
        until: null,
      }));
      const actor = { person: newId<"person">(), name: "某", district: null, posts: posts.slice(draw(2)) };
      const held = expect(scopeOf(actor, "case.read", today));
      for (const filter of filters(today)) {
        const total = await totalOf(t.db, await countRows(tx, held, filter));
        const what = `${JSON.stringify(filter)} of ${held.roots.join(" and ")}`;
        assert.equal(total, await countCases(tx, held, filter), what);
      }
    });
}

const sorted = (of: readonly unknown[]) => of.map((one) => JSON.stringify(one)).toSorted();

test("every figure of every union equals the count of its list, whatever happens, folded or not", async () => {
  const last = 360;
  for (let n = 0; n < last; n++) {
    const on = addDays(start, Math.floor((n / last) * 56));
    const happening = n < 40 ? happenings[0]! : pick(happenings);
    await t.db.system((tx) => happening(tx, on));
    if (n === 200) await found("孤山市总工会", "PREFECTURE", units[0]!, "990200");
    if (n === 230) assert.ok((await keepLarge(t.db, 8, 2)) > 2, "some unions have grown large");
    if (draw(9) === 0) await foldDeltas(t.db, 1 + draw(60));
    if (n % 120 === 119) await checkAll(on);
  }
  const kept = await t.db.systemRead((tx) =>
    sql<{ n: number }>`select count(*)::int as n from rollup`.execute(tx),
  );
  assert.ok(kept.rows[0]!.n > 0);
  await rebuildFigures(t.db);
  await checkAll(addDays(start, 60));
});

test("work, folding, moves and a rebuild at the same moment lose nothing", async () => {
  const on = addDays(start, 60);
  const join = happenings[0]!;
  const many = async (): Promise<void> => {
    for (let n = 0; n < 12; n++) await t.db.system((tx) => join(tx, on));
  };
  const move = async (): Promise<void> => {
    for (let n = 0; n < 6; n++)
      await t.db.system((tx) => moveUnit(tx, scope, pick(unions), pick(units), "调整隶属", by(on)));
  };
  const fold = async (): Promise<void> => {
    for (let n = 0; n < 20; n++) await foldDeltas(t.db, 1 + draw(80));
  };
  await Promise.all([many(), many(), many(), many(), move(), fold(), fold(), rebuildFigures(t.db)]);
  assert.deepEqual(await verifyFigures(t.db), []);
  while ((await foldDeltas(t.db)) > 0);
  assert.deepEqual(await verifyFigures(t.db), []);
});

test("a roll-up that is wrong is found and named", async () => {
  await t.owner.system((tx) =>
    sql`update rollup set n = n + 1 where (unit_id, tally, grain, day, key) in
      (select unit_id, tally, grain, day, key from rollup where tally = 'unions' order by unit_id limit 1)`.execute(
      tx,
    ),
  );
  const [wrong, ...more] = await verifyFigures(t.db);
  assert.equal(more.length, 0);
  assert.equal(wrong?.check, "figures");
  assert.match(wrong?.where ?? "", /unions/);
  await rebuildFigures(t.db);
  assert.deepEqual(await verifyFigures(t.db), []);
});

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type RawBuilder, sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { withDatabase } from "../db/testing.ts";
import { addDays, type Day, day } from "../kernel/day.ts";
import { type Id, newId } from "../kernel/ids.ts";
import { expect, isRefusal } from "../kernel/refusal.ts";
import { newKeyring, parseKeyring } from "../kernel/seal.ts";
import { insertBatch, settleRow } from "../ledger/batch-store.ts";
import { moveGrant } from "../ledger/grant-store.ts";
import { mergePersons, undoMerge } from "../people/duplicates.ts";
import type { MembershipStatus, StatusReason } from "../people/membership.ts";
import { countingMembership, openMembership, writeMembership } from "../people/membership-store.ts";
import { createPerson, editPerson, getPerson } from "../people/store.ts";
import { acceptTransfer, releaseTransfer, requestTransfer } from "../people/transfer.ts";
import { type CaseFilter, countCases } from "../procedures/lists.ts";
import { findCase, insertCase, updateCase } from "../procedures/store.ts";
import { countRows, totalOf } from "../procedures/totals.ts";
import { allTallies, foldDeltas, keepLarge, type Place, placeOf, readTallies } from "../rollups/index.ts";
import { insertFile, updateFile } from "../services/care/hardship/store.ts";
import { changeUnitStatus, editUnit, moveUnit } from "../units/change.ts";
import { createUnit, insideRoots, scopeOf, systemScope, type Unit, unitById } from "../units/index.ts";
import { askedOf } from "./asked.ts";
import { rebuildFigures, verifyFigures } from "./families.ts";
import { measures } from "./measures.ts";
import { memberPeriod } from "./member-change.ts";

/* Whatever happens, in whatever order, folded or not: every figure of every union is the count of the list it opens. */

const t = withDatabase({ today: "2026-03-02" });
const ring = parseKeyring(newKeyring());
const start = day("2026-01-05");
const scope = systemScope();
let moment = new Date("2026-01-05T09:00:00+08:00").getTime();
let seed = 11;

function draw(below: number): number {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return Math.floor((seed / 2_147_483_648) * below);
}
const pick = <T>(of: readonly T[]): T => of[draw(of.length)]!;

function by(on: Day) {
  moment += 60_000;
  return { by: null, person: null, at: new Date(moment), day: on };
}

const units: Unit["id"][] = [];
const unions: Unit["id"][] = [];

async function found(
  name: string,
  level: Unit["level"],
  parentId: Unit["id"] | null,
  regionCode: string,
  workers?: number,
): Promise<Unit["id"]> {
  return t.db.system(async (tx) => {
    const employer = workers === undefined ? null : { name, employeeCount: workers };
    const unit = expect(
      await createUnit(
        tx,
        scope,
        { id: newId<"unit">(), parentId, name, level, regionCode, employer } as never,
        by(start),
      ),
    );
    units.push(unit.id);
    if (level === "GRASSROOTS") unions.push(unit.id);
    return unit.id;
  });
}

before(async () => {
  await t.standing();
  await t.owner.system((tx) => sql`insert into installation (fictitious) values (true)`.execute(tx));
  const province = await found("虚构省总工会", "PROVINCIAL", null, "990000");
  const city = await found("云溪市总工会", "PREFECTURE", province, "990100");
  const near = await found("云溪县总工会", "COUNTY", city, "990101");
  const far = await found("虚谷区总工会", "COUNTY", city, "990102");
  // A county that stands under its province until its city is founded above it.
  const lone = await found("孤山县总工会", "COUNTY", province, "990201");
  const town = await found("云溪镇总工会", "TOWNSHIP", near, "990101001");
  await found("虚构机械厂工会", "GRASSROOTS", town, "990101001", 40);
  await found("虚构面粉厂工会", "GRASSROOTS", near, "990101");
  await found("虚构中学工会", "GRASSROOTS", far, "990102", 25);
  await found("虚构集团工会", "GRASSROOTS", lone, "990201", 90);
  await found("虚构集团一分厂工会", "GRASSROOTS", unions.at(-1)!, "990201");
});

const people: Id<"person">[] = [];
const cases: string[] = [];
const files: { district: string; caseId: string }[] = [];
const grants: { district: string; id: string }[] = [];
const batches: { district: string; id: string }[] = [];
const merges: Id<"merge">[] = [];

/** One thing that happens on a day; most of what is drawn may be refused, which changes nothing. */
const happenings: readonly ((tx: Tx, on: Day) => Promise<unknown>)[] = [
  async (tx, on) => {
    const unit = (await unitById(tx, pick(unions)))!;
    const person = expect(
      await createPerson(
        tx,
        ring,
        {
          unit,
          name: `某${people.length}`,
          identity: null,
          sex: pick([1, 2, null]),
          birthDate: draw(5) === 0 ? null : addDays(day("1960-01-01"), draw(17_000)),
          migrant: pick([true, false, null]),
          newEmploymentGroup: pick([null, null, "COURIER"]),
          employmentType: pick([null, "CONTRACT", "DISPATCHED"]),
        },
        on,
      ),
    );
    people.push(person.id);
    const status = draw(6) === 0 ? "APPLIED" : "ACTIVE";
    const kind = draw(9) === 0 ? "service" : "member";
    return openMembership(tx, { person, unit, status, kind }, by(on));
  },
  async (tx) =>
    editPerson(tx, ring, await getPerson(tx, pick(people)), {
      birthDate: addDays(day("1960-01-01"), draw(17_000)),
      sex: pick([1, 2]),
      education: pick(["20", "40", null]),
      migrant: pick([true, false]),
    }),
  async (tx, on) => {
    const person = await getPerson(tx, pick(people));
    const relation = await countingMembership(tx, person);
    if (!relation) return;
    const [to, reason] = pick<readonly [MembershipStatus, StatusReason]>([
      ["RETAINED", "RETIRED"],
      ["ACTIVE", "REEMPLOYED"],
      ["WITHDRAWN", "VOLUNTARY"],
      ["EXPELLED", "CRIMINAL"],
      ["DECEASED", "DEATH"],
      ["CANCELLED", "DUPLICATE"],
    ]);
    if (to !== relation.status) await writeMembership(tx, relation, { to, reason }, by(on));
  },
  async (tx, on) => {
    const person = await getPerson(tx, pick(people));
    const membership = await countingMembership(tx, person);
    const to = (await unitById(tx, pick(unions)))!;
    if (!membership || membership.unitId === to.id) return;
    const asked = await requestTransfer(tx, {
      person,
      membership,
      to,
      initiatedBy: "member",
      by: null,
      reason: "JOB_CHANGE",
      day: on,
      dueOn: on,
    });
    if (isRefusal(asked)) return;
    const released = expect(
      await releaseTransfer(tx, asked, membership, { ...by(on), unit: membership.unitId }),
    );
    const out = (await countingMembership(tx, person))!;
    expect(await acceptTransfer(tx, ring, released, out, to, { ...by(on), unit: to.id }));
  },
  async (tx, on) => {
    const id = newId<"merge">();
    const done = await mergePersons(
      tx,
      ring,
      scope,
      { id, keepId: pick(people), mergeId: pick(people) },
      by(on),
    );
    if (isRefusal(done)) return done;
    merges.push(id);
    const gone = await sql<{
      id: Id<"person">;
    }>`select id from person where merged_into is not null and merged_into <> id`.execute(tx);
    for (const row of gone.rows) if (people.includes(row.id)) people.splice(people.indexOf(row.id), 1);
    return done;
  },
  async (tx) => {
    const id = merges.pop();
    if (id === undefined || draw(2) === 0) return;
    const apart = await undoMerge(tx, scope, id, new Date(moment));
    if (!isRefusal(apart)) people.push(apart.mergedId);
    return apart;
  },
  async (tx, on) => {
    const unit = (await unitById(tx, pick(unions)))!;
    const id = newId<"case">();
    const fixed = {
      district: unit.district,
      id,
      number: `2026-${unit.district}-HS-${String(cases.length).padStart(5, "0")}`,
      service: pick(["hardship-file", "living-aid"]),
      service_version: 1,
      unit_id: unit.id,
      path: unit.path,
      applicant_id: pick(people),
      applicant_district: unit.district,
      applicant_name: "某",
      on_behalf_by: null,
      confidential: "normal",
      opened_on: addDays(on, -draw(40)),
      opened_at: new Date(moment),
      pins: {},
      parent_id: null,
      previous_id: null,
      follow_of: null,
    };
    cases.push(id);
    await insertCase(tx, fixed, movedCase(on, 1));
  },
  async (tx, on) => {
    if (cases.length === 0) return;
    const row = (await findCase(tx, pick(cases)))!;
    if (row.state === "open") await updateCase(tx, row, movedCase(on, row.seq + 1));
  },
  async (tx, on) => {
    const unit = (await unitById(tx, pick(unions)))!;
    const file = { district: unit.district, caseId: newId<"case">() };
    files.push(file);
    await insertFile(tx, {
      district: unit.district,
      id: newId(),
      file_no: `${unit.district}-${files.length}`,
      case_id: file.caseId,
      household_id: newId(),
      head_id: pick(people),
      head_name: "某",
      unit_id: unit.id,
      path: unit.path,
      category: pick(["deep", "relative"]),
      tier: "city",
      main_cause: pick(["illness", "accident"]),
      member_count: 2,
      filed_on: on,
      valid_to: addDays(on, 365),
      next_visit_on: null,
      liaison_id: null,
      liaison_name: null,
      previous_file_id: null,
    });
  },
  async (tx, on) => {
    if (files.length === 0) return;
    const change = pick([
      { state: "reverifying" },
      { state: "active", category: "accident" },
      { state: "exited", exit_reason: "reemployed", exited_on: on },
    ]);
    await updateFile(tx, pick(files), change);
  },
  async (tx, on) => {
    const unit = (await unitById(tx, pick(unions)))!;
    const grant = { district: unit.district, id: newId() };
    grants.push(grant);
    await sql`insert into aid_grant (district, id, case_id, beneficiary_id, beneficiary_district, beneficiary_name, unit_id, path, kind,
        amount_fen, year, state, decided_on, cap_check, payee_sealed)
      values (${grant.district}, ${grant.id}, ${newId()}, ${newId()}, ${grant.district}, '某', ${unit.id}, ${unit.path},
        ${pick(["living", "medical"])}, ${100 + draw(5000)}, 2026, 'decided', ${on}, '[]', '')`.execute(tx);
  },
  async (tx, on) => {
    if (grants.length === 0) return;
    const grant = pick(grants);
    const fund = {
      id: newId(),
      district: grant.district,
      name: "某",
      source: pick(["donation", "union_dues"]),
    };
    if (await moveGrant(tx, grant, ["decided"], { state: "paid", paidOn: on, fund })) return;
    await moveGrant(
      tx,
      grant,
      ["paid"],
      pick([{ state: "recovered" }, { state: "decided", paidOn: null, fund: null }]),
    );
  },
  async (tx, on) => {
    const unit = (await unitById(tx, pick(unions)))!;
    const fundId = newId();
    await sql`insert into fund (district, id, unit_id, path, source, name, year, purposes)
      values (${unit.district}, ${fundId}, ${unit.id}, ${unit.path}, 'donation', '某', 2026, '{living}')`.execute(
      tx,
    );
    const batch = { district: unit.district, id: newId() };
    batches.push(batch);
    const number = `2026-${unit.district}-F-${batches.length}`;
    await insertBatch(tx, {
      ...batch,
      number,
      unitId: unit.id,
      path: unit.path,
      fundId,
      purpose: "living",
      title: "某",
      dueOn: addDays(on, 5),
      madeBy: pick(people),
      madeOn: on,
    });
  },
  async (tx, on) => {
    if (batches.length === 0) return;
    const dueOn = pick([null, addDays(on, 3)]);
    await settleRow(tx, pick(batches), [], { state: "reviewed", dueOn, bankFileNo: 0, decision: null });
  },
  async (tx, on) => {
    const union = pick(unions);
    const parent = pick(units);
    return moveUnit(tx, scope, union, parent, "调整隶属", by(on));
  },
  async (tx, on) => {
    const unit = (await unitById(tx, pick(unions)))!;
    const employer = pick([null, { name: "某厂", employeeCount: 10 + draw(90) }]);
    return editUnit(tx, scope, unit.id, unit.version, { employer }, by(on));
  },
  async (tx, on) =>
    changeUnitStatus(tx, scope, pick(units), pick(["SUSPENDED", "ACTIVE"] as const), "整改", by(on)),
];

function movedCase(on: Day, seq: number) {
  const ended = draw(3) === 0;
  return {
    step: ended ? "ended" : pick(["active", "review", "reverifying"]),
    state: ended ? ("ended" as const) : ("open" as const),
    outcome: ended ? pick(["granted", "refused"]) : null,
    turn: "nobody" as const,
    turn_unit_id: null,
    turn_path: null,
    turn_power: null,
    step_since: on,
    due_on: ended ? null : pick([null, addDays(on, draw(20) - 10)]),
    clock: {},
    escalated: false,
    answers: {},
    facts: {},
    amount_fen: null,
    ended_on: ended ? on : null,
    rating: ended ? pick([null, 4, 5]) : null,
    rated_on: null,
    seq,
    head_hash: Buffer.alloc(32),
  };
}

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
    if (n === 230) assert.ok((await keepLarge(t.db, 8)) > 0, "some unions have grown large");
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

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { sql } from "kysely";
import { withDatabase } from "../db/testing.ts";
import { addDays, type Day, day } from "../kernel/day.ts";
import { expect, isRefusal } from "../kernel/refusal.ts";
import { newKeyring, parseKeyring } from "../kernel/seal.ts";
import type { MembershipStatus, StatusReason } from "../people/membership.ts";
import { countingMembership, openMembership, writeMembership } from "../people/membership-store.ts";
import { foldAll, placeOf } from "../rollups/index.ts";
import { getUnit, type Unit } from "../units/index.ts";
import { makeUnit } from "../units/testing.ts";
import { askedOf } from "./asked.ts";
import { memberPeriod } from "./member-change.ts";
import "./families.ts";
import type { Person } from "../people/person.ts";
import { createPerson, getPerson } from "../people/store.ts";
import { acceptTransfer, releaseTransfer, requestTransfer } from "../people/transfer.ts";

const t = withDatabase({ today: "2026-01-05" });
const ring = parseKeyring(newKeyring());
const start = day("2026-01-05");
let city: Unit;
let county: Unit;
let factory: Unit;
let mill: Unit;
let school: Unit;
let clock = new Date("2026-01-05T09:00:00+08:00").getTime();

function by(on: Day) {
  clock += 60_000;
  return { by: null, at: new Date(clock), day: on };
}

before(async () => {
  await t.standing();
  await t.owner.system((tx) => sql`insert into installation (fictitious) values (true)`.execute(tx));
  const make = (name: string, level: Unit["level"], parentId: Unit["id"] | null, regionCode: string) =>
    t.db.system((tx) =>
      makeUnit(tx, { name, level, parentId, regionCode }, { person: null, at: new Date(clock), day: start }),
    );
  const province = await make("虚构省总工会", "PROVINCIAL", null, "990000");
  city = await make("云溪市总工会", "PREFECTURE", province.id, "990100");
  county = await make("云溪县总工会", "COUNTY", city.id, "990101");
  const far = await make("虚谷区总工会", "COUNTY", city.id, "990102");
  factory = await make("虚构机械厂工会", "GRASSROOTS", county.id, "990101");
  mill = await make("虚构面粉厂工会", "GRASSROOTS", county.id, "990101");
  school = await make("虚构中学工会", "GRASSROOTS", far.id, "990102");
});

async function join(name: string, unit: Unit, on: Day): Promise<Person> {
  return t.db.system(async (tx) => {
    const person = expect(await createPerson(tx, ring, { unit, name, identity: null }, on));
    expect(await openMembership(tx, { person, unit, status: "ACTIVE" }, by(on)));
    return person;
  });
}

async function change(id: Person["id"], to: MembershipStatus, reason: StatusReason, on: Day): Promise<void> {
  await t.db.system(async (tx) => {
    const person = await getPerson(tx, id);
    const relation = await countingMembership(tx, person);
    if (relation) expect(await writeMembership(tx, relation, { to, reason }, by(on)));
  });
}

async function transfer(id: Person["id"], to: Unit, on: Day): Promise<boolean> {
  return t.db.system(async (tx) => {
    const person = await getPerson(tx, id);
    const relation = await countingMembership(tx, person);
    if (!relation || relation.unitId === to.id) return false;
    const asked = expect(
      await requestTransfer(tx, {
        person,
        membership: relation,
        to,
        initiatedBy: "member",
        by: null,
        reason: "JOB_CHANGE",
        day: on,
        dueOn: addDays(on, 30),
      }),
    );
    const released = expect(await releaseTransfer(tx, asked, relation, { ...by(on), unit: relation.unitId }));
    const out = (await countingMembership(tx, person))!;
    return !isRefusal(await acceptTransfer(tx, ring, released, out, to, { ...by(on), unit: to.id }));
  });
}

/** The period, half of the time with deltas still waiting; refused when it does not add up. */
const period = (unit: Unit, from: Day, to: Day) =>
  t.db.systemRead(async (tx) => {
    const [asked] = askedOf(tx, [await placeOf(tx, unit.id)], { from, to, today: to });
    return expect(await memberPeriod(asked!));
  });

test("a period's change is read from the events, and a transfer inside the sub-tree is no change of it (§11, check 9)", async () => {
  const first = await join("甲一", factory, start);
  const second = await join("甲二", factory, start);
  const third = await join("甲三", factory, start);
  const next = addDays(start, 30);
  await transfer(first.id, mill, next);
  await transfer(second.id, school, next);
  await change(third.id, "RETAINED", "RETIRED", next);
  await join("甲四", mill, next);
  const end = addDays(start, 60);
  const none = {
    joined: 0,
    transferredIn: 0,
    reactivated: 0,
    transferredOut: 0,
    retained: 0,
    withdrawn: 0,
    autoWithdrawn: 0,
    expelled: 0,
    deceased: 0,
    cancelled: 0,
  };
  assert.deepEqual(await period(factory, next, end), {
    change: { ...none, opening: 3, transferredOut: 2, retained: 1 },
    closing: 0,
  });
  assert.deepEqual(await period(mill, next, end), {
    change: { ...none, opening: 0, joined: 1, transferredIn: 1 },
    closing: 2,
  });
  assert.deepEqual(await period(school, next, end), {
    change: { ...none, opening: 0, transferredIn: 1 },
    closing: 1,
  });
  assert.deepEqual(await period(county, next, end), {
    change: { ...none, opening: 3, joined: 1, transferredOut: 1, retained: 1 },
    closing: 2,
  });
  assert.deepEqual(await period(city, next, end), {
    change: { ...none, opening: 3, joined: 1, retained: 1 },
    closing: 3,
  });
  await change(third.id, "ACTIVE", "RESTORED", addDays(start, 40));
  assert.equal((await period(factory, next, end)).change.reactivated, 1, "a counter-event, both are seen");
});

// Acceptance: the period equation holds for every union and every roll-up above it; transfers inside cancel out.
test("the equation holds for every union and roll-up over every span, whatever happened", async () => {
  let seed = 7;
  const draw = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  const units = [factory, mill, school];
  const people: Person["id"][] = [];
  const last = addDays(start, 200);
  for (let n = 0; n < 160; n++) {
    const on = addDays(start, 61 + Math.floor((n / 160) * 130));
    const who = people[draw(people.length)];
    const what = draw(9);
    if (n % 50 === 49) await foldAll(t.db);
    if (what < 3 || !who) people.push((await join(`乙${n}`, units[draw(3)]!, on)).id);
    else if (what < 6) await transfer(who, units[draw(3)]!, on);
    else {
      const ends = [
        ["RETAINED", "UNEMPLOYED"],
        ["WITHDRAWN", "VOLUNTARY"],
        ["DECEASED", "DEATH"],
        ["EXPELLED", "CRIMINAL"],
        ["ACTIVE", "REEMPLOYED"],
      ] as const;
      const [to, reason] = ends[draw(ends.length)]!;
      const person = await t.db.systemRead((tx) => getPerson(tx, who));
      if (to === "ACTIVE" && person.memberStatus !== "RETAINED") continue;
      if (to !== "ACTIVE" && person.memberStatus !== "ACTIVE") continue;
      await change(who, to, reason, on);
    }
  }
  for (const unit of [factory, mill, school, county, city])
    for (const [from, to] of [
      [0, 200],
      [70, 90],
      [91, 130],
      [100, 100],
      [131, 200],
    ] as const)
      await period(unit, addDays(start, from), addDays(start, to));
  for (const unit of units) {
    const held = (await t.db.systemRead((tx) => getUnit(tx, unit.id))).members;
    assert.equal((await period(unit, start, last)).closing, held, unit.name);
  }
  const parts = await Promise.all(units.map((unit) => period(unit, start, last)));
  const whole = await period(city, start, last);
  assert.equal(
    whole.closing,
    parts.reduce((sum, one) => sum + one.closing, 0),
  );
  assert.deepEqual([whole.change.transferredIn, whole.change.transferredOut], [0, 0]);
});

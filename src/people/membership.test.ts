import assert from "node:assert/strict";
import { before, test } from "node:test";
import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { withDatabase } from "../db/testing.ts";
import { addDays, type Day, day } from "../kernel/day.ts";
import { fictitiousIdentity, parseIdentity } from "../kernel/identity-number.ts";
import { newId } from "../kernel/ids.ts";
import { expect, isRefusal, type Or } from "../kernel/refusal.ts";
import { newKeyring, parseKeyring } from "../kernel/seal.ts";
import { createUnit, getUnit, systemScope, type Unit } from "../units/index.ts";
import { cardCode, cardOf, verifyCard, verifyCardNow } from "./card.ts";
import { duplicatePairs, mergePersons, undoMerge } from "./duplicates.ts";
import { createHousehold, findHouseholdOf, replaceMembers } from "./household.ts";
import { logLook, lookSentence, looksAt, reveal } from "./looks.ts";
import { closingOf } from "./member-change.ts";
import {
  decideMembership,
  has,
  type MembershipAction,
  type MembershipActor,
  type MembershipStatus,
  membershipStatuses,
  type RelationFacts,
} from "./membership.ts";
import {
  countingMembership,
  type Membership,
  membershipEvents,
  openMembership,
  writeMembership,
  wrongCounters,
} from "./membership-store.ts";
import type { Person } from "./person.ts";
import { unsealPerson } from "./sealed.ts";
import { countMembers, readQuery, searchMembers } from "./search.ts";
import { createPerson, editSealed, findByIdentity, findByPhone, getPerson } from "./store.ts";
import {
  acceptTransfer,
  chooseUnion,
  claimReason,
  claimsOn,
  refuseTransfer,
  releaseTransfer,
  requestTransfer,
  transferOf,
} from "./transfer.ts";

const t = withDatabase({ today: "2026-03-02" });
const ring = parseKeyring(newKeyring());
const today = day("2026-03-02");
const at = new Date("2026-03-02T10:00:00+08:00");
const by = { by: null, at, day: today };
let county: Unit;
let farCounty: Unit;
let factory: Unit;
let mill: Unit;
let school: Unit;

before(async () => {
  await t.standing();
  await t.owner.system((tx) => sql`insert into installation (fictitious) values (true)`.execute(tx));
  const make = (
    name: string,
    level: Unit["level"],
    parentId: Unit["id"] | null,
    regionCode: string,
  ): Promise<Unit> =>
    t.db.system(async (tx) =>
      expect(
        await createUnit(
          tx,
          systemScope(),
          { id: newId<"unit">(), parentId, name, level, regionCode } as never,
          { person: null, at, day: today },
        ),
      ),
    );
  const province = await make("虚构省总工会", "PROVINCIAL", null, "990000");
  const city = await make("云溪市总工会", "PREFECTURE", province.id, "990100");
  county = await make("云溪县总工会", "COUNTY", city.id, "990101");
  farCounty = await make("虚谷区总工会", "COUNTY", city.id, "990102");
  factory = await make("虚构机械厂工会", "GRASSROOTS", county.id, "990101");
  mill = await make("虚构面粉厂工会", "GRASSROOTS", county.id, "990101");
  school = await make("虚构中学工会", "GRASSROOTS", farCounty.id, "990102");
});

let serial = 100;
const identity = (born = "1988-08-08") =>
  expect(parseIdentity(fictitiousIdentity("990101", day(born), serial++), { today, fictitious: true }));

async function member(
  tx: Tx,
  name: string,
  unit: Unit = factory,
  more: Partial<Parameters<typeof createPerson>[2]> = {},
): Promise<{ person: Person; membership: Membership }> {
  const person = expect(
    await createPerson(
      tx,
      ring,
      {
        unit,
        name,
        identity: identity(),
        sealed: { phone: `139${String(serial).padStart(8, "0")}` },
        ...more,
      },
      today,
    ),
  );
  const membership = expect(await openMembership(tx, { person, unit, status: "ACTIVE" }, by));
  return { person, membership };
}
const members = async (unit: Unit): Promise<number> =>
  (await t.db.systemRead((tx) => getUnit(tx, unit.id))).members;
const codeOf = (value: Or<unknown>): string => (isRefusal(value) ? value.code : "done");

const facts = (status: MembershipStatus, more: Partial<RelationFacts> = {}): RelationFacts => ({
  status,
  reason: null,
  age: 40,
  ...more,
});
const table: readonly (readonly [string, RelationFacts, MembershipAction, MembershipActor, string])[] = [
  ["a committee approves an application", facts("APPLIED"), { name: "approve" }, "grassroots", "ACTIVE"],
  [
    "an application of somebody under sixteen is not approved (12)",
    facts("APPLIED", { age: 15 }),
    { name: "approve" },
    "grassroots",
    "under-sixteen",
  ],
  [
    "the worker does not approve their own application",
    facts("APPLIED"),
    { name: "approve" },
    "member",
    "membership-not-yours",
  ],
  [
    "an application goes back with a reason",
    facts("APPLIED"),
    { name: "return", note: "缺少身份证" },
    "grassroots",
    "RETURNED",
  ],
  [
    "an application does not go back without one",
    facts("APPLIED"),
    { name: "return" },
    "grassroots",
    "reason-needed",
  ],
  ["an application that went back comes again", facts("RETURNED"), { name: "resubmit" }, "member", "APPLIED"],
  [
    "a retirement is retained",
    facts("ACTIVE"),
    { name: "retain", reason: "RETIRED" },
    "grassroots",
    "RETAINED",
  ],
  [
    "internal retirement changes nothing",
    facts("ACTIVE"),
    { name: "retain", reason: "INTERNAL_RETIREMENT" },
    "grassroots",
    "reason-needed",
  ],
  [
    "the unemployed come back with work",
    facts("RETAINED", { reason: "UNEMPLOYED" }),
    { name: "reactivate", reason: "REEMPLOYED" },
    "grassroots",
    "ACTIVE",
  ],
  [
    "a retiree hired again stays retained (2)",
    facts("RETAINED", { reason: "RETIRED" }),
    { name: "reactivate", reason: "REEMPLOYED" },
    "grassroots",
    "rehired-retiree",
  ],
  [
    "a wrongly retained member is restored (11)",
    facts("RETAINED", { reason: "RETIRED" }),
    { name: "restore", note: "登记有误" },
    "grassroots",
    "ACTIVE",
  ],
  [
    "a member leaves by their own will",
    facts("ACTIVE"),
    { name: "withdraw", note: "本人申请" },
    "member",
    "WITHDRAWN",
  ],
  [
    "nobody is deemed withdrawn without the committee's decision (3)",
    facts("ACTIVE"),
    { name: "autoWithdraw" },
    "grassroots",
    "decision-needed",
  ],
  [
    "the committee may decide it",
    facts("ACTIVE"),
    { name: "autoWithdraw", decision: "2026-3 号" },
    "grassroots",
    "AUTO_WITHDRAWN",
  ],
  [
    "an expulsion needs the group's opinion (3)",
    facts("ACTIVE"),
    { name: "expel", decision: "2026-4 号", filing: "备 1" },
    "grassroots",
    "decision-needed",
  ],
  [
    "an expulsion needs the filing number (3)",
    facts("ACTIVE"),
    { name: "expel", decision: "2026-4 号", opinion: "同意" },
    "grassroots",
    "decision-needed",
  ],
  [
    "an expulsion with all three stands",
    facts("ACTIVE"),
    { name: "expel", decision: "2026-4 号", opinion: "同意", filing: "备 1" },
    "grassroots",
    "EXPELLED",
  ],
  [
    "a county does not expel",
    facts("ACTIVE"),
    { name: "expel", decision: "1", opinion: "1", filing: "1" },
    "upper",
    "membership-not-yours",
  ],
  [
    "a county cancels a duplicate",
    facts("ACTIVE"),
    { name: "cancel", reason: "DUPLICATE", note: "与另一条重复" },
    "upper",
    "CANCELLED",
  ],
  [
    "a grassroots union only proposes it",
    facts("ACTIVE"),
    { name: "cancel", note: "重复" },
    "grassroots",
    "membership-not-yours",
  ],
  [
    "who proposed a cancellation does not decide it",
    facts("ACTIVE"),
    { name: "cancel", note: "重复", proposedBy: "me" },
    "upper",
    "four-eyes",
  ],
  [
    "the dead are not retained",
    facts("DECEASED"),
    { name: "retain" },
    "grassroots",
    "membership-not-offered",
  ],
];
for (const [what, relation, action, as, wanted] of table) {
  test(what, () => {
    const decided = decideMembership(relation, action, { as, person: "me" });
    assert.equal(isRefusal(decided) ? decided.code : decided.to, wanted);
  });
}

// Acceptance: a retained member is refused as voter, candidate, petitioner and payer of dues.
test("only members in good standing vote, stand and pay dues; a service relation never does (2, 7)", () => {
  for (const status of membershipStatuses) {
    const may = status === "ACTIVE" || status === "TRANSFER_OUT";
    assert.deepEqual(
      [has("vote", status), has("stand", status), has("petition", status), has("dues", status)],
      [may, may, may, may],
      status,
    );
    assert.equal(has("vote", status, "service"), false);
    assert.equal(has("ownData", status), true);
  }
});

// Acceptance: what a period opens with, what came and what went make what it closes with.
test("the year's equation closes: 1 000 becomes 1 105 (9)", () => {
  const change = {
    opening: 1000,
    joined: 120,
    transferredIn: 30,
    reactivated: 5,
    transferredOut: 25,
    retained: 18,
    withdrawn: 4,
    autoWithdrawn: 2,
    expelled: 0,
    deceased: 1,
    cancelled: 0,
  };
  assert.equal(closingOf(change), 1105);
});

// Acceptance: no second relation, and a second platform makes a service relation beside the one.
test("a second joining is refused, and a second platform is a service relation beside the first (1, 7)", async () => {
  await t.db.system(async (tx) => {
    const { person } = await member(tx, "甲一");
    assert.equal(
      codeOf(await openMembership(tx, { person, unit: mill, status: "ACTIVE" }, by)),
      "already-member",
    );
    assert.equal(
      codeOf(await openMembership(tx, { person, unit: mill, status: "APPLIED" }, by)),
      "already-member",
    );
    const service = expect(
      await openMembership(tx, { person, unit: mill, status: "ACTIVE", kind: "service" }, by),
    );
    assert.equal(service.kind, "service");
    assert.equal((await countingMembership(tx, person))!.unitId, factory.id);
  });
  assert.deepEqual(await t.db.systemRead(wrongCounters), []);
});

// Acceptance: a wrongly retained member is restored by a counter-event, and what was done stays to be seen.
test("every change is an event and moves the counter; a reversal leaves what was done to be seen (11)", async () => {
  const start = await members(factory);
  const { person, membership } = await t.db.system((tx) => member(tx, "甲二"));
  assert.equal(await members(factory), start + 1);
  const retained = expect(
    await t.db.system((tx) => writeMembership(tx, membership, { to: "RETAINED", reason: "RETIRED" }, by)),
  );
  assert.equal(await members(factory), start);
  assert.equal(
    codeOf(
      await t.db.system((tx) =>
        writeMembership(tx, membership, { to: "WITHDRAWN", reason: "VOLUNTARY" }, by),
      ),
    ),
    "changed-meanwhile",
  );
  await t.db.system((tx) => writeMembership(tx, retained, { to: "ACTIVE", reason: "RESTORED" }, by));
  assert.equal(await members(factory), start + 1);
  const events = await t.db.systemRead((tx) => membershipEvents(tx, person));
  assert.deepEqual(
    events.map((one) => [one.fromStatus, one.toStatus]),
    [
      [null, "ACTIVE"],
      ["ACTIVE", "RETAINED"],
      ["RETAINED", "ACTIVE"],
    ],
  );
  await assert.rejects(
    t.db.system((tx) => sql`update membership_event set reason = 'x'`.execute(tx)),
    /permission denied/,
  );
});

/** The unions of a person's events, each event beginning where the one before it ended. */
async function chainOf(person: Person): Promise<string[]> {
  const events = await t.db.systemRead((tx) => membershipEvents(tx, person));
  for (const [i, event] of events.entries()) {
    if (i === 0) continue;
    const before = events[i - 1]!;
    const anew =
      event.fromStatus === null && before.toStatus === "CANCELLED" && before.reason === "JOB_CHANGE";
    assert.ok(anew || event.fromStatus === before.toStatus, `${before.toStatus} then ${event.fromStatus}`);
    assert.ok(event.onDay >= before.onDay && event.at >= before.at, "no step before the one before it");
  }
  return events.map((one) => `${one.unitName} ${one.toStatus}`);
}

// Acceptance: a transfer accepted twice, or by a union that was not named, is refused; the history is one unbroken chain of
// unions, without gaps or overlaps in time.
test("a transfer is released by the old union, accepted once by the named one, and leaves one chain (4)", async () => {
  const { person, membership } = await t.db.system((tx) => member(tx, "甲三"));
  const [old, fresh] = [await members(factory), await members(mill)];
  const ask = {
    person,
    membership,
    to: mill,
    initiatedBy: "member" as const,
    by: null,
    reason: "JOB_CHANGE",
    day: today,
    dueOn: addDays(today, 30),
  };
  const asked = expect(await t.db.system((tx) => requestTransfer(tx, ask)));
  assert.equal(codeOf(await t.db.system((tx) => requestTransfer(tx, ask))), "transfer-open");
  const at1 = { ...by, unit: mill.id };
  assert.equal(
    codeOf(await t.db.system((tx) => acceptTransfer(tx, ring, asked, membership, mill, at1))),
    "transfer-not-offered",
  );
  assert.equal(
    codeOf(await t.db.system((tx) => releaseTransfer(tx, asked, membership, at1))),
    "transfer-other-union",
  );
  const released = expect(
    await t.db.system((tx) => releaseTransfer(tx, asked, membership, { ...by, unit: factory.id })),
  );
  assert.deepEqual(
    [await members(factory), await members(mill)],
    [old, fresh],
    "counted by the old union until accepted",
  );
  const out = (await t.db.systemRead((tx) => countingMembership(tx, person)))!;
  assert.equal(out.status, "TRANSFER_OUT");
  assert.equal(
    codeOf(
      await t.db.system((tx) => acceptTransfer(tx, ring, released, out, mill, { ...by, unit: school.id })),
    ),
    "transfer-other-union",
  );
  const accepted = expect(await t.db.system((tx) => acceptTransfer(tx, ring, released, out, mill, at1)));
  assert.equal(
    codeOf(await t.db.system((tx) => acceptTransfer(tx, ring, accepted, out, mill, at1))),
    "transfer-not-offered",
  );
  assert.deepEqual([await members(factory), await members(mill)], [old - 1, fresh + 1]);
  const now = (await t.db.systemRead((tx) => countingMembership(tx, person)))!;
  assert.deepEqual([now.unitId, now.status, now.memberNo], [mill.id, "ACTIVE", membership.memberNo]);
  assert.equal((await t.db.systemRead((tx) => getPerson(tx, person.id))).unitId, mill.id);
  const [here, there] = [factory.name, mill.name];
  assert.deepEqual(await chainOf(person), [`${here} ACTIVE`, `${here} TRANSFER_OUT`, `${there} ACTIVE`]);
});

test("a transfer into another district takes the record along, sealed anew", async () => {
  const number = identity();
  const { person, membership } = await t.db.system((tx) => member(tx, "甲四", factory, { identity: number }));
  const asked = expect(
    await t.db.system((tx) =>
      requestTransfer(tx, {
        person,
        membership,
        to: school,
        initiatedBy: "to",
        by: null,
        reason: "JOB_CHANGE",
        day: today,
        dueOn: addDays(today, 30),
      }),
    ),
  );
  const released = expect(
    await t.db.system((tx) => releaseTransfer(tx, asked, membership, { ...by, unit: factory.id })),
  );
  const out = (await t.db.systemRead((tx) => countingMembership(tx, person)))!;
  expect(
    await t.db.system((tx) => acceptTransfer(tx, ring, released, out, school, { ...by, unit: school.id })),
  );
  const moved = await t.db.systemRead((tx) => getPerson(tx, person.id));
  assert.deepEqual((await chainOf(moved)).slice(2), [`${factory.name} CANCELLED`, `${school.name} ACTIVE`]);
  assert.deepEqual([moved.district, moved.unitId, moved.memberStatus], ["990102", school.id, "ACTIVE"]);
  assert.equal(unsealPerson(ring, moved).idNumber, number.number);
  const now = (await t.db.systemRead((tx) => countingMembership(tx, moved)))!;
  assert.deepEqual([now.memberNo, now.joinedOn], [membership.memberNo, membership.joinedOn]);
  assert.equal(await t.db.systemRead((tx) => countingMembership(tx, person)), null);
  assert.equal((await t.db.systemRead((tx) => findByIdentity(tx, ring, number)))!.district, "990102");
  assert.deepEqual(await t.db.systemRead(wrongCounters), []);
});

// Acceptance: agency and user unit both claim a dispatched worker: a conflict the worker decides, never two relations.
test("a dispatched worker chooses between two unions; neither decides for them (6)", async () => {
  const claimOn = async (name: string) => {
    const { person, membership } = await t.db.system((tx) => member(tx, name));
    const claim = expect(
      await t.db.system((tx) =>
        requestTransfer(tx, {
          person,
          membership,
          to: mill,
          initiatedBy: "to",
          by: null,
          reason: claimReason,
          day: today,
          dueOn: addDays(today, 30),
        }),
      ),
    );
    return { person, membership, claim };
  };
  const one = await claimOn("派一");
  const { person, membership, claim } = one;
  const fromHere = { ...by, unit: factory.id };
  const there = { ...by, unit: mill.id };
  for (const step of [
    () => t.db.system((tx) => releaseTransfer(tx, claim, membership, fromHere)),
    () => t.db.system((tx) => refuseTransfer(tx, claim, membership, fromHere)),
  ])
    assert.equal(codeOf(await step()), "worker-chooses-union");
  assert.equal(
    codeOf(await t.db.system((tx) => acceptTransfer(tx, ring, claim, membership, mill, there))),
    "transfer-not-offered",
  );
  assert.equal((await t.db.systemRead((tx) => claimsOn(tx, person))).length, 1);
  const choice = { at: by.at, day: today };
  const chosen = expect(
    await t.db.system((tx) => chooseUnion(tx, ring, claim, membership, mill, { ...choice, move: true })),
  );
  assert.equal(chosen.status, "accepted");
  const now = (await t.db.systemRead((tx) => countingMembership(tx, person)))!;
  assert.deepEqual([now.unitId, now.status, now.memberNo], [mill.id, "ACTIVE", membership.memberNo]);
  assert.deepEqual(await t.db.systemRead((tx) => claimsOn(tx, person)), []);

  const two = await claimOn("派二");
  const stays = { ...choice, move: false, note: "仍在派遣公司工会" };
  const kept = expect(
    await t.db.system((tx) => chooseUnion(tx, ring, two.claim, two.membership, mill, stays)),
  );
  assert.equal(kept.status, "refused");
  const still = (await t.db.systemRead((tx) => countingMembership(tx, two.person)))!;
  assert.deepEqual([still.unitId, still.status], [factory.id, "ACTIVE"]);
  assert.equal(
    codeOf(
      await t.db.system((tx) => chooseUnion(tx, ring, kept, two.membership, mill, { ...choice, move: true })),
    ),
    "transfer-not-offered",
  );

  const three = await claimOn("派三");
  expect(await t.db.system((tx) => refuseTransfer(tx, three.claim, three.membership, there)));
  assert.deepEqual(await t.db.systemRead(wrongCounters), []);
});

// Acceptance: nobody under sixteen reaches active membership, by whatever way it is written.
test("somebody under sixteen is nobody's member, however it is tried", async () => {
  const young = identity("2011-03-02");
  await t.db.system(async (tx) => {
    const person = expect(
      await createPerson(tx, ring, { unit: factory, name: "甲幼", identity: young, sealed: {} }, today),
    );
    assert.equal(
      codeOf(await openMembership(tx, { person, unit: factory, status: "ACTIVE" }, by)),
      "under-sixteen",
    );
    const applied = expect(await openMembership(tx, { person, unit: factory, status: "APPLIED" }, by));
    const joins = { to: "ACTIVE", reason: "JOINED" } as const;
    assert.equal(codeOf(await writeMembership(tx, applied, joins, by)), "under-sixteen");
    assert.equal(await countingMembership(tx, person), null);
    const later = { ...by, day: day("2027-03-02") };
    assert.equal(
      expect(await writeMembership(tx, applied, joins, later)).status,
      "ACTIVE",
      "on the birthday",
    );
  });
});

test("a refused transfer leaves the member where they were", async () => {
  const { person, membership } = await t.db.system((tx) => member(tx, "甲五"));
  const asked = expect(
    await t.db.system((tx) =>
      requestTransfer(tx, {
        person,
        membership,
        to: mill,
        initiatedBy: "from",
        by: null,
        reason: "JOB_CHANGE",
        day: today,
        dueOn: addDays(today, 30),
      }),
    ),
  );
  const released = expect(
    await t.db.system((tx) => releaseTransfer(tx, asked, membership, { ...by, unit: factory.id })),
  );
  const out = (await t.db.systemRead((tx) => countingMembership(tx, person)))!;
  expect(
    await t.db.system((tx) => refuseTransfer(tx, released, out, { ...by, unit: mill.id, note: "查无此人" })),
  );
  assert.equal((await t.db.systemRead((tx) => countingMembership(tx, person)))!.status, "ACTIVE");
  assert.equal((await t.db.systemRead((tx) => transferOf(tx, asked.id)))!.status, "refused");
});

// Acceptance: an identity number read in clear leaves an entry with its purpose.
test("seeing a number in clear writes who saw it and what for; the person reads it in plain words (10)", async () => {
  const { person } = await t.db.system((tx) => member(tx, "甲六"));
  const looker = { person: newId<"person">(), name: "干事某", unit: "云溪县总工会", role: "aid" };
  const values = await t.db.system((tx) =>
    reveal(tx, ring, person, ["idNumber", "bankCard"], "核对帮扶申请", looker, at, today),
  );
  assert.deepEqual(Object.keys(values), ["idNumber", "bankCard"]);
  await t.db.system((tx) =>
    logLook(tx, {
      district: person.district,
      person: person.id,
      by: looker,
      what: "paper",
      fields: [],
      purpose: "走访",
      at,
      onDay: today,
    }),
  );
  const looks = await t.db.systemRead((tx) => looksAt(tx, [person.district], person.id, null, 10));
  assert.equal(looks.length, 2);
  const seen = looks.find((one) => one.what === "person")!;
  assert.equal(
    lookSentence(seen).zh,
    "云溪县总工会 帮扶干事 干事某 查看了您的资料（证件号码、银行卡号），用途：核对帮扶申请。",
  );
});

test("a household keeps who left, and is found by any of its members", async () => {
  const { person } = await t.db.system((tx) => member(tx, "甲七"));
  const child = identity("2012-03-04");
  const made = expect(
    await t.db.system((tx) =>
      createHousehold(tx, ring, {
        head: person,
        day: today,
        members: [
          { name: "甲七", relation: "self" },
          {
            name: "甲七儿",
            relation: "child",
            identity: child,
            facts: { health: "chronic", school: "虚构小学" },
          },
          { name: "甲七妻", relation: "spouse", workStatus: "none" },
        ],
      }),
    ),
  );
  assert.equal(
    codeOf(await t.db.system((tx) => createHousehold(tx, ring, { head: person, day: today, members: [] }))),
    "household-head",
  );
  assert.equal(made.members.find((one) => one.relation === "child")!.facts.school, "虚构小学");
  const { rows } = await t.owner.systemRead((tx) =>
    sql<{
      text: string;
    }>`select row_to_json(m)::text as text from household_member m where household_id = ${made.id}`.execute(
      tx,
    ),
  );
  assert.ok(!rows.some((row) => row.text.includes(child.number) || row.text.includes("虚构小学")));
  const later = expect(
    await t.db.system((tx) =>
      replaceMembers(
        tx,
        ring,
        made,
        [
          { name: "甲七", relation: "self" },
          { name: "甲七儿", relation: "child", identity: child, facts: { health: "healthy" } },
        ].map((one) => one) as never,
        addDays(today, 10),
      ),
    ),
  );
  assert.deepEqual(
    later.members.filter((one) => one.relation === "child").map((one) => one.id),
    made.members.filter((one) => one.relation === "child").map((one) => one.id),
  );
  assert.equal(
    later.members.some((one) => one.relation === "spouse"),
    false,
  );
  assert.equal((await t.db.systemRead((tx) => findHouseholdOf(tx, ring, person)))!.id, made.id);
});

test("two records of one person become one and can be taken apart again", async () => {
  const { keep, merge } = await t.db.system(async (tx) => {
    const one = (
      await member(tx, "甲八", factory, { employerName: "虚构机械厂", birthDate: day("1988-08-08") as Day })
    ).person;
    const other = expect(
      await createPerson(
        tx,
        ring,
        {
          unit: factory,
          name: "甲八",
          identity: null,
          birthDate: day("1988-08-08"),
          employerName: "虚构机械厂",
          education: "30",
          sealed: { phone: "13955550000", address: "云溪县虚构路8号" },
        },
        today,
      ),
    );
    return { keep: one, merge: other };
  });
  const pairs = await t.db.systemRead((tx) => duplicatePairs(tx, systemScope(), 10));
  assert.ok(
    pairs.some(
      (pair) => [pair.oneId, pair.otherId].includes(keep.id) && [pair.oneId, pair.otherId].includes(merge.id),
    ),
  );
  const id = newId<"merge">();
  const merged = expect(
    await t.db.system((tx) =>
      mergePersons(
        tx,
        ring,
        systemScope(),
        { id, keepId: keep.id, mergeId: merge.id },
        { person: null, at, day: today },
      ),
    ),
  );
  assert.equal(merged.education, "30");
  assert.equal(unsealPerson(ring, merged).address, "云溪县虚构路8号");
  assert.deepEqual(
    (await t.db.systemRead((tx) => findByPhone(tx, ring, "13955550000"))).map((one) => one.personId),
    [keep.id],
  );
  expect(await t.db.system((tx) => undoMerge(tx, systemScope(), id, at)));
  const [one, other] = await t.db.systemRead(
    async (tx) => [await getPerson(tx, keep.id), await getPerson(tx, merge.id)] as const,
  );
  assert.deepEqual([one.education, other.education, other.mergedInto], [null, "30", null]);
  assert.equal(unsealPerson(ring, one).address, undefined);
  assert.equal((await t.db.systemRead((tx) => countingMembership(tx, keep)))!.unitId, factory.id);
});

test("people are found by name, pinyin, initials and exact numbers, a page at a time, with true totals", async () => {
  await t.db.system(async (tx) => {
    for (const name of ["褚良一", "褚良二", "褚良三", "褚单"]) await member(tx, name, mill);
    await member(tx, "褚远", school);
  });
  const find = (q: string, more = {}) =>
    t.db.systemRead(async (tx) => {
      const filter = { query: expect(readQuery(q, "allowed", today)), limit: 50, ...more };
      const page = expect(await searchMembers(tx, ring, systemScope(), filter));
      assert.equal(
        page.next === null ? page.items.length : -1,
        page.next === null ? await countMembers(tx, ring, systemScope(), filter) : -1,
      );
      return page.items.map((one) => one.name);
    });
  assert.deepEqual((await find("褚")).sort(), ["褚单", "褚良一", "褚良三", "褚良二", "褚远"].sort());
  assert.deepEqual((await find("褚", { under: county.path })).length, 4);
  assert.deepEqual((await find("褚", { under: mill.path })).length, 4);
  assert.deepEqual(await find("chuyuan"), ["褚远"]);
  assert.deepEqual((await find("CL")).length, 3);
  const someone = await t.db.systemRead(
    async (tx) =>
      expect(await searchMembers(tx, ring, systemScope(), { query: { by: "name", text: "褚远" }, limit: 1 }))
        .items[0]!,
  );
  const person = await t.db.systemRead((tx) => getPerson(tx, someone.id));
  const { idNumber, phone } = unsealPerson(ring, person);
  assert.deepEqual(await find(idNumber!), ["褚远"]);
  assert.deepEqual(await find(phone!), ["褚远"]);
  const refused = readQuery(idNumber, "refused", today);
  assert.equal(isRefusal(refused) && refused.code, "number-in-url");
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = expect(
      await t.db.systemRead((tx) =>
        searchMembers(tx, ring, systemScope(), { query: { by: "name", text: "褚" }, limit: 2, cursor }),
      ),
    );
    seen.push(...page.items.map((one) => one.id));
    cursor = page.next ?? undefined;
  } while (cursor);
  assert.deepEqual([seen.length, new Set(seen).size], [5, 5]);
  const bad = await t.db.systemRead((tx) =>
    searchMembers(tx, ring, systemScope(), { query: { by: "all" }, limit: 2, cursor: "xx" }),
  );
  assert.equal(codeOf(bad), "bad-cursor");
  const all = await t.db.systemRead(async (tx) => [
    await countMembers(tx, ring, systemScope(), { query: { by: "all" }, limit: 1 }),
    expect(await searchMembers(tx, ring, systemScope(), { query: { by: "all" }, limit: 200 })).items.length,
  ]);
  assert.equal(all[0], all[1]);
});

test("a card's code is checked without asking anyone, expires, and cannot be changed", async () => {
  const { person } = await t.db.system((tx) => member(tx, "甲九"));
  const card = expect(await t.db.system((tx) => cardOf(tx, ring, person, "https://union.example.cn", at)));
  assert.match(card.qr, /^<svg/);
  assert.equal(expect(await verifyCard(ring, card.code, at)).name, "甲九");
  const later = new Date(at.getTime() + 6 * 60_000);
  assert.equal(codeOf(await verifyCard(ring, card.code, later)), "card-expired");
  const [prefix, key, content, signature] = card.code.split(".") as [string, string, string, string];
  const other = JSON.parse(Buffer.from(content, "base64url").toString("utf8")) as unknown[];
  other[1] = "别人";
  const forged = [prefix, key, Buffer.from(JSON.stringify(other)).toString("base64url"), signature].join(".");
  assert.equal(codeOf(await verifyCard(ring, forged, at)), "card-invalid");
  assert.equal(
    codeOf(await verifyCard(parseKeyring(newKeyring()), cardCode(ring, card), at)),
    "card-invalid",
  );
  assert.equal(expect(await t.db.systemRead((tx) => verifyCardNow(tx, ring, card.code, at))).valid, true);
  const membership = (await t.db.systemRead((tx) => countingMembership(tx, person)))!;
  await t.db.system((tx) => writeMembership(tx, membership, { to: "WITHDRAWN", reason: "VOLUNTARY" }, by));
  assert.equal(expect(await t.db.systemRead((tx) => verifyCardNow(tx, ring, card.code, at))).valid, false);
  assert.equal(codeOf(await t.db.system((tx) => cardOf(tx, ring, person, "", at))), "no-card");
});

test("a changed telephone is found, the old one is not; nothing sealed stands in a plain column", async () => {
  const { person } = await t.db.system((tx) =>
    member(tx, "甲十", factory, { sealed: { phone: "13977770001", address: "云溪县虚构路10号" } }),
  );
  await t.db.system((tx) => editSealed(tx, ring, person, { phone: "13977770002" }));
  assert.equal((await t.db.systemRead((tx) => findByPhone(tx, ring, "13977770001"))).length, 0);
  assert.equal((await t.db.systemRead((tx) => findByPhone(tx, ring, "13977770002"))).length, 1);
  const { rows } = await t.owner.systemRead((tx) =>
    sql<{ text: string }>`select row_to_json(p)::text as text from person p where id = ${person.id}`.execute(
      tx,
    ),
  );
  assert.ok(!/13977770|虚构路/.test(rows[0]!.text));
});

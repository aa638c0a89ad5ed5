import assert from "node:assert/strict";
import { test } from "node:test";
import { withDatabase } from "../../db/testing.ts";
import { day } from "../../kernel/day.ts";
import { fictitiousIdentity } from "../../kernel/identity-number.ts";
import { newId } from "../../kernel/ids.ts";
import { expect, isRefusal } from "../../kernel/refusal.ts";
import {
  countingMembership,
  createPerson,
  findByIdentity,
  getPerson,
  membershipsOf,
  unsealPerson,
  writeMembership,
} from "../../people/index.ts";
import { has } from "../../people/membership.ts";
import { readQuery, searchMembers } from "../../people/search.ts";
import { awaitsDecision } from "../../procedures/index.ts";
import { getUnit, systemScope } from "../../units/index.ts";
import {
  county,
  couriers,
  mill,
  officer,
  officers,
  refused,
  stood,
  storyOn,
  type TestWorker,
  township,
} from "../testing.ts";

const t = withDatabase({ today: "2026-03-02" });
const story = storyOn(t);
const { chair, lakeAid } = officers;
const courierChair = officer("郑拟行", couriers, "chair");

const asking = (worker: TestWorker, change: Readonly<Record<string, unknown>> = {}) => ({
  situation: "unit_has_union",
  unit: mill.id,
  idNumber: worker.idNumber,
  phone: "13900000002",
  constitution: true,
  dataConsent: true,
  signature: worker.name,
  ...change,
});

async function relation(worker: TestWorker) {
  return t.db.systemRead((tx) =>
    countingMembership(tx, { district: worker.district ?? "", id: worker.person }),
  );
}

test("a worker joins: returned once, then approved by the committee, with a member number and a message", async () => {
  const worker = await story.worker("新例人", mill, 41, false);
  let c = stood(await story.open("join", asking(worker), worker));
  assert.equal(c.step, "submitted");
  assert.equal(c.due.on, "2026-03-23", "fifteen working days");
  assert.equal(await relation(worker), null);
  assert.equal(refused(await story.act(c.id, "approve", lakeAid)), "not-found");
  assert.equal(refused(await story.act(c.id, "approve", courierChair)), "not-found");
  c = stood(await story.act(c.id, "return", chair, { note: "手机号请核对" }));
  c = stood(await story.act(c.id, "resubmit", worker, { idNumber: worker.idNumber, phone: "13900000003" }));
  stood(await story.act(c.id, "opinion", chair, { note: "小组同意" }));
  c = stood(await story.act(c.id, "approve", chair, { note: "同意" }));
  assert.equal(c.outcome, "joined");
  assert.equal((await relation(worker))?.status, "ACTIVE");
  assert.ok(c.facts.memberNo);
  const messages = await t.db.systemRead((tx) =>
    tx.selectFrom("message").where("person_id", "=", worker.person).select("template").execute(),
  );
  assert.ok(messages.some((one) => one.template === "member.joined"));
  const unit = await t.db.systemRead((tx) =>
    tx.selectFrom("unit").where("id", "=", mill.id).select("members").executeTakeFirstOrThrow(),
  );
  assert.equal(unit.members, 1);
});

test("an application before a union that came to its end makes nobody its member", async () => {
  const worker = await story.worker("末例人", mill, 42, false);
  const open = stood(await story.open("join", asking(worker), worker));
  const waits = () =>
    t.db.systemRead(async (tx) => (await awaitsDecision(tx, await getUnit(tx, mill.id)))?.code);
  assert.equal(await waits(), "unit-has-cases", "it is not closed while somebody waits for it");
  const stands = (status: "ACTIVE" | "DISSOLVED") =>
    t.owner.system((tx) => tx.updateTable("unit").set({ status }).where("id", "=", mill.id).execute());
  await stands("DISSOLVED");
  assert.equal(refused(await story.act(open.id, "approve", chair, { note: "同意" })), "unit-closed");
  assert.equal(await relation(worker), null);
  await stands("ACTIVE");
  assert.equal(stood(await story.act(open.id, "approve", chair, { note: "同意" })).outcome, "joined");
  assert.equal(await waits(), undefined);
});

// Acceptance: a second application by a person with an active relation never makes a second relation, but a transfer request.
test("a second application by a member is a transfer request, never a second relation", async () => {
  const worker = await story.worker("转例会", mill, 43);
  assert.equal(refused(await story.open("join", asking(worker), worker)), "already-member-here");
  const c = stood(
    await story.open(
      "join",
      asking(worker, { situation: "platform", group: "COURIER", unit: couriers.id }),
      worker,
    ),
  );
  assert.equal(c.outcome, "as_transfer");
  const all = await t.db.systemRead((tx) =>
    membershipsOf(tx, { district: worker.district ?? "", id: worker.person }),
  );
  assert.deepEqual(
    all.map((one) => one.status),
    ["ACTIVE"],
  );
  const transfers = await t.db.systemRead((tx) =>
    tx.selectFrom("membership_transfer").where("person_id", "=", worker.person).selectAll().execute(),
  );
  assert.equal(transfers.length, 1);
});

// Acceptance: a courier of two platforms has one relation and as many service relations; only the relation votes and pays dues.
test("a courier of two platforms is a member of one union and served by the other: one relation votes and pays (7)", async () => {
  const worker = await story.worker("双例骑", couriers, 46);
  const second = asking(worker, { situation: "platform", group: "COURIER", serviceOnly: true });
  const c = stood(await story.open("join", { ...second, unit: township.id }, worker));
  assert.equal(c.step, "submitted");
  const townChair = officer("朱例镇", township, "chair");
  assert.equal(stood(await story.act(c.id, "approve", townChair, { note: "同意服务" })).outcome, "joined");
  const person = { district: worker.district ?? "", id: worker.person };
  const all = await t.db.systemRead((tx) => membershipsOf(tx, person));
  assert.deepEqual(
    all
      .map((one) => `${one.kind} ${one.status} ${one.unitId === couriers.id ? "couriers" : "township"}`)
      .sort(),
    ["member ACTIVE couriers", "service ACTIVE township"],
  );
  for (const right of ["vote", "stand", "dues"] as const)
    assert.deepEqual(
      all.map((one) => [one.kind, has(right, one.status, one.kind)]).sort(),
      [
        ["member", true],
        ["service", false],
      ],
      right,
    );
  const record = await t.db.systemRead((tx) => getPerson(tx, worker.person));
  assert.equal(record.unitId, couriers.id, "the record stays where the membership is");
  const counted = await t.db.systemRead((tx) =>
    tx.selectFrom("unit").where("id", "=", township.id).select("members").executeTakeFirstOrThrow(),
  );
  assert.equal(counted.members, 0);
});

// Acceptance: nobody under sixteen reaches active membership, by an application either.
test("who may not join is told why: too young, unsigned, a federation that takes no members", async () => {
  const worker = await story.worker("小例工", mill, 45, false);
  const child = worker.idNumber.slice(0, 6);
  const young = (await import("../../kernel/identity-number.ts")).fictitiousIdentity(
    child,
    "2012-01-01" as never,
    7,
  );
  const rows: [Readonly<Record<string, unknown>>, string][] = [
    [{ idNumber: young }, "too-young-to-join"],
    [{ signature: "别人" }, "signature-not-name"],
    [{ unit: county.id }, "unit-takes-no-members"],
    [{ unit: "0198c5a0-0000-7000-8000-00000000dead" }, "not-found"],
    [{ unit: undefined }, "required"],
    [{ constitution: false }, "consent-needed"],
    [
      { idNumber: `${worker.idNumber.slice(0, 17)}${worker.idNumber[17] === "1" ? "2" : "1"}` },
      "id-check-digit",
    ],
  ];
  for (const [change, code] of rows)
    assert.equal(refused(await story.open("join", asking(worker, change), worker)), code);
  const rejected = stood(await story.open("join", asking(worker), worker));
  const c = stood(await story.act(rejected.id, "reject", chair, { note: "不在本单位工作" }));
  assert.equal(c.outcome, "rejected");
  assert.equal(await relation(worker), null);
  const again = stood(await story.open("join", asking(worker), worker));
  assert.equal(again.step, "submitted");
});

/** Somebody who signed in by phone and joins for the first time: a name and a phone, nothing more. */
async function newcomer(name: string, phone: string): Promise<TestWorker> {
  const stub = await story.worker(`底稿${name}`, mill, 60 + Number(phone.slice(-1)), false);
  const person = newId<"person">();
  await t.db.system((tx) =>
    createPerson(
      tx,
      story.engine.ring,
      { id: person, unit: mill, name, identity: null, sealed: { phone } },
      t.clock.today(),
    ),
  );
  return { ...stub, person, name };
}

test("who has a passport or a travel permit joins by it, with the day of birth it says, and is found by its number", async () => {
  const worker = await newcomer("外例人", "13900000078");
  const { ring } = story.engine;
  const passport = { idKind: "passport", idNumber: "e 1234567", birthDate: "1990-07-08", sex: "female" };
  const rows: [Readonly<Record<string, unknown>>, string, string][] = [
    [{ ...passport, idKind: undefined }, "id-characters", "/answers/idNumber"],
    [{ ...passport, idKind: "taiwan-pass" }, "id-kind", "/answers/idNumber"],
    [{ ...passport, idKind: "resident" }, "id-characters", "/answers/idNumber"],
    [{ ...passport, idKind: "driving-licence" }, "not-an-option", "/answers/idKind"],
    [{ ...passport, birthDate: undefined }, "required", "/answers/birthDate"],
    [{ ...passport, sex: undefined }, "choose-one", "/answers/sex"],
    [{ ...passport, birthDate: "2011-03-02" }, "too-young-to-join", "/answers/birthDate"],
  ];
  for (const [change, code, at] of rows) {
    const answer = await story.open("join", asking(worker, change), worker);
    assert.ok(isRefusal(answer), code);
    const all = [answer, ...(answer.also ?? [])].map((one) => `${one.code} ${one.at}`);
    assert.ok(all.includes(`${code} ${at}`), all.join());
  }
  const c = stood(await story.open("join", asking(worker, passport), worker));
  assert.equal(c.answers.idNumber, "E1234567");
  assert.equal(stood(await story.act(c.id, "approve", chair)).outcome, "joined");
  const person = await t.db.systemRead((tx) => getPerson(tx, worker.person));
  assert.deepEqual([person.idKind, person.birthDate, person.sex], ["passport", "1990-07-08", 2]);
  assert.deepEqual(
    person.toComplete.filter((field) => ["sex", "birthDate"].includes(field)),
    [],
  );
  const found = await t.db.systemRead(async (tx) => {
    const query = expect(readQuery("E1234567", "allowed", t.clock.today()));
    return expect(await searchMembers(tx, ring, systemScope(), { query, limit: 5 })).items;
  });
  assert.deepEqual(
    found.map((one) => one.id),
    [worker.person],
  );

  const permit = await newcomer("港例人", "13900000077");
  const taken = stood(
    await story.open(
      "join",
      asking(permit, { ...passport, idKind: "hk-macao-pass", idNumber: "H12345678" }),
      permit,
    ),
  );
  assert.equal(stood(await story.act(taken.id, "approve", chair)).outcome, "joined");
});

test("a newcomer who joins is given the identity they stated, findable by its number", async () => {
  const worker = await newcomer("全新例", "13900000071");
  const number = fictitiousIdentity("990101", day("1990-07-08"), 905);
  const answers = asking(worker, {
    situation: "platform",
    group: "COURIER",
    unit: couriers.id,
    employerName: "云溪例快送",
    idNumber: number,
    phone: "13900000079",
    migrant: true,
  });
  const c = stood(await story.open("join", answers, worker));
  const before = await t.db.systemRead((tx) => getPerson(tx, worker.person));
  assert.equal(before.idHash, null, "nothing is recorded before the committee has decided");
  stood(await story.act(c.id, "approve", courierChair));
  const { ring } = story.engine;
  await t.db.systemRead(async (tx) => {
    const person = await getPerson(tx, worker.person);
    assert.equal((await findByIdentity(tx, ring, { number }))?.personId, worker.person);
    const sealed = unsealPerson(ring, person);
    assert.equal(sealed.idNumber, number);
    assert.equal(sealed.phone, "13900000071", "the phone proved by signing in stays");
    assert.equal(person.birthDate, "1990-07-08");
    assert.equal(person.sex, 1);
    assert.equal(person.migrant, true);
    assert.equal(person.newEmploymentGroup, "COURIER");
    assert.equal(person.employmentType, "NEW_FORM");
    assert.equal(person.employerName, "云溪例快送");
    assert.ok(!person.toComplete.includes("sex") && !person.toComplete.includes("birthDate"));
  });
});

test("a number on another record is refused to the committee, and joining goes on once it is corrected", async () => {
  const holder = await story.worker("在册例", mill, 47, false);
  const worker = await newcomer("撞号例", "13900000072");
  const c = stood(await story.open("join", asking(worker, { idNumber: holder.idNumber }), worker));
  assert.equal(refused(await story.act(c.id, "approve", chair)), "identity-taken");
  assert.equal(await relation(worker), null);
  stood(await story.act(c.id, "return", chair, { note: "证件号请核对" }));
  const own = fictitiousIdentity("990101", day("1991-01-02"), 906);
  stood(await story.act(c.id, "resubmit", worker, { idNumber: own, phone: "13900000072" }));
  assert.equal(stood(await story.act(c.id, "approve", chair)).outcome, "joined");
});

test("a number other than the one on the person's own record is refused", async () => {
  const worker = await story.worker("异号例", mill, 48, false);
  const other = fictitiousIdentity("990101", day("1992-03-04"), 907);
  const c = stood(await story.open("join", asking(worker, { idNumber: other }), worker));
  assert.equal(refused(await story.act(c.id, "approve", chair)), "identity-differs");
});

// Acceptance: a retiree hired again stays retained, also by applying to join.
test("a retained member wakes at their own union, is let go to another, and a retiree hired again stays retained", async () => {
  const retained = async (name: string, serial: number, reason: "UNEMPLOYED" | "RETIRED") => {
    const worker = await story.worker(name, mill, serial);
    const held = (await relation(worker))!;
    const by = { by: null, at: t.clock.now(), day: t.clock.today() };
    expect(await t.db.system((tx) => writeMembership(tx, held, { to: "RETAINED", reason }, by)));
    return worker;
  };
  const laidOff = await retained("失例业", 49, "UNEMPLOYED");
  const c = stood(await story.open("join", asking(laidOff), laidOff));
  assert.equal(c.facts.route, "reactivate");
  stood(await story.act(c.id, "approve", chair));
  assert.equal((await relation(laidOff))?.status, "ACTIVE");

  const platform = { situation: "platform", group: "COURIER", unit: couriers.id };
  const moved = await retained("再例业", 50, "UNEMPLOYED");
  assert.equal(stood(await story.open("join", asking(moved, platform), moved)).outcome, "as_transfer");
  assert.deepEqual(
    [(await relation(moved))?.status, (await relation(moved))?.unitId],
    ["RETAINED", mill.id],
    "the old union lets go first",
  );

  const retiree = await retained("返例聘", 51, "RETIRED");
  assert.equal(refused(await story.open("join", asking(retiree), retiree)), "rehired-retiree");
  assert.equal((await relation(retiree))?.status, "RETAINED");
});

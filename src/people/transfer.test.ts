import assert from "node:assert/strict";
import { test } from "node:test";
import { addDays } from "../kernel/day.ts";
import { expect } from "../kernel/refusal.ts";
import { codeOf } from "../units/testing.ts";
import { countingMembership, membershipEvents, wrongCounters } from "./membership-store.ts";
import type { Person } from "./person.ts";
import { unsealPerson } from "./sealed.ts";
import { findByIdentity, getPerson } from "./store.ts";
import { by, ring, today, withPeople } from "./testing.ts";
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

const { t, units, identity, member, members } = withPeople();

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
  const [old, fresh] = [await members(units.factory), await members(units.mill)];
  const ask = {
    person,
    membership,
    to: units.mill,
    initiatedBy: "member" as const,
    by: null,
    reason: "JOB_CHANGE",
    day: today,
    dueOn: addDays(today, 30),
  };
  const asked = expect(await t.db.system((tx) => requestTransfer(tx, ask)));
  assert.equal(codeOf(await t.db.system((tx) => requestTransfer(tx, ask))), "transfer-open");
  const at1 = { ...by, unit: units.mill.id };
  assert.equal(
    codeOf(await t.db.system((tx) => acceptTransfer(tx, ring, asked, membership, units.mill, at1))),
    "transfer-not-offered",
  );
  assert.equal(
    codeOf(await t.db.system((tx) => releaseTransfer(tx, asked, membership, at1))),
    "transfer-other-union",
  );
  const released = expect(
    await t.db.system((tx) => releaseTransfer(tx, asked, membership, { ...by, unit: units.factory.id })),
  );
  assert.deepEqual(
    [await members(units.factory), await members(units.mill)],
    [old, fresh],
    "counted by the old union until accepted",
  );
  const out = (await t.db.systemRead((tx) => countingMembership(tx, person)))!;
  assert.equal(out.status, "TRANSFER_OUT");
  assert.equal(
    codeOf(
      await t.db.system((tx) =>
        acceptTransfer(tx, ring, released, out, units.mill, { ...by, unit: units.school.id }),
      ),
    ),
    "transfer-other-union",
  );
  const accepted = expect(
    await t.db.system((tx) => acceptTransfer(tx, ring, released, out, units.mill, at1)),
  );
  assert.equal(
    codeOf(await t.db.system((tx) => acceptTransfer(tx, ring, accepted, out, units.mill, at1))),
    "transfer-not-offered",
  );
  assert.deepEqual([await members(units.factory), await members(units.mill)], [old - 1, fresh + 1]);
  const now = (await t.db.systemRead((tx) => countingMembership(tx, person)))!;
  assert.deepEqual([now.unitId, now.status, now.memberNo], [units.mill.id, "ACTIVE", membership.memberNo]);
  assert.equal((await t.db.systemRead((tx) => getPerson(tx, person.id))).unitId, units.mill.id);
  const [here, there] = [units.factory.name, units.mill.name];
  assert.deepEqual(await chainOf(person), [`${here} ACTIVE`, `${here} TRANSFER_OUT`, `${there} ACTIVE`]);
});

test("a transfer into another district takes the record along, sealed anew", async () => {
  const number = identity();
  const { person, membership } = await t.db.system((tx) =>
    member(tx, "甲四", units.factory, { identity: number }),
  );
  const asked = expect(
    await t.db.system((tx) =>
      requestTransfer(tx, {
        person,
        membership,
        to: units.school,
        initiatedBy: "to",
        by: null,
        reason: "JOB_CHANGE",
        day: today,
        dueOn: addDays(today, 30),
      }),
    ),
  );
  const released = expect(
    await t.db.system((tx) => releaseTransfer(tx, asked, membership, { ...by, unit: units.factory.id })),
  );
  const out = (await t.db.systemRead((tx) => countingMembership(tx, person)))!;
  expect(
    await t.db.system((tx) =>
      acceptTransfer(tx, ring, released, out, units.school, { ...by, unit: units.school.id }),
    ),
  );
  const moved = await t.db.systemRead((tx) => getPerson(tx, person.id));
  assert.deepEqual((await chainOf(moved)).slice(2), [
    `${units.factory.name} CANCELLED`,
    `${units.school.name} ACTIVE`,
  ]);
  assert.deepEqual([moved.district, moved.unitId, moved.memberStatus], ["990102", units.school.id, "ACTIVE"]);
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
          to: units.mill,
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
  const fromHere = { ...by, unit: units.factory.id };
  const there = { ...by, unit: units.mill.id };
  for (const step of [
    () => t.db.system((tx) => releaseTransfer(tx, claim, membership, fromHere)),
    () => t.db.system((tx) => refuseTransfer(tx, claim, membership, fromHere)),
  ])
    assert.equal(codeOf(await step()), "worker-chooses-union");
  assert.equal(
    codeOf(await t.db.system((tx) => acceptTransfer(tx, ring, claim, membership, units.mill, there))),
    "transfer-not-offered",
  );
  assert.equal((await t.db.systemRead((tx) => claimsOn(tx, person))).length, 1);
  const choice = { at: by.at, day: today };
  const chosen = expect(
    await t.db.system((tx) =>
      chooseUnion(tx, ring, claim, membership, units.mill, { ...choice, move: true }),
    ),
  );
  assert.equal(chosen.status, "accepted");
  const now = (await t.db.systemRead((tx) => countingMembership(tx, person)))!;
  assert.deepEqual([now.unitId, now.status, now.memberNo], [units.mill.id, "ACTIVE", membership.memberNo]);
  assert.deepEqual(await t.db.systemRead((tx) => claimsOn(tx, person)), []);

  const two = await claimOn("派二");
  const stays = { ...choice, move: false, note: "仍在派遣公司工会" };
  const kept = expect(
    await t.db.system((tx) => chooseUnion(tx, ring, two.claim, two.membership, units.mill, stays)),
  );
  assert.equal(kept.status, "refused");
  const still = (await t.db.systemRead((tx) => countingMembership(tx, two.person)))!;
  assert.deepEqual([still.unitId, still.status], [units.factory.id, "ACTIVE"]);
  assert.equal(
    codeOf(
      await t.db.system((tx) =>
        chooseUnion(tx, ring, kept, two.membership, units.mill, { ...choice, move: true }),
      ),
    ),
    "transfer-not-offered",
  );

  const three = await claimOn("派三");
  expect(await t.db.system((tx) => refuseTransfer(tx, three.claim, three.membership, there)));
  assert.deepEqual(await t.db.systemRead(wrongCounters), []);
});

test("a refused transfer leaves the member where they were", async () => {
  const { person, membership } = await t.db.system((tx) => member(tx, "甲五"));
  const asked = expect(
    await t.db.system((tx) =>
      requestTransfer(tx, {
        person,
        membership,
        to: units.mill,
        initiatedBy: "from",
        by: null,
        reason: "JOB_CHANGE",
        day: today,
        dueOn: addDays(today, 30),
      }),
    ),
  );
  const released = expect(
    await t.db.system((tx) => releaseTransfer(tx, asked, membership, { ...by, unit: units.factory.id })),
  );
  const out = (await t.db.systemRead((tx) => countingMembership(tx, person)))!;
  expect(
    await t.db.system((tx) =>
      refuseTransfer(tx, released, out, { ...by, unit: units.mill.id, note: "查无此人" }),
    ),
  );
  assert.equal((await t.db.systemRead((tx) => countingMembership(tx, person)))!.status, "ACTIVE");
  assert.equal((await t.db.systemRead((tx) => transferOf(tx, asked.id)))!.status, "refused");
});

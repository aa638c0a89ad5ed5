import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { day } from "../kernel/day.ts";
import { expect, isRefusal } from "../kernel/refusal.ts";
import { codeOf } from "../units/testing.ts";
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
  membershipEvents,
  openMembership,
  writeMembership,
  wrongCounters,
} from "./membership-store.ts";
import { createPerson } from "./store.ts";
import { by, ring, today, withPeople } from "./testing.ts";

const { t, units, identity, member, members } = withPeople();

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
      codeOf(await openMembership(tx, { person, unit: units.mill, status: "ACTIVE" }, by)),
      "already-member",
    );
    assert.equal(
      codeOf(await openMembership(tx, { person, unit: units.mill, status: "APPLIED" }, by)),
      "already-member",
    );
    const service = expect(
      await openMembership(tx, { person, unit: units.mill, status: "ACTIVE", kind: "service" }, by),
    );
    assert.equal(service.kind, "service");
    assert.equal((await countingMembership(tx, person))!.unitId, units.factory.id);
  });
  assert.deepEqual(await t.db.systemRead(wrongCounters), []);
});

// Acceptance: a wrongly retained member is restored by a counter-event, and what was done stays to be seen.
test("every change is an event and moves the counter; a reversal leaves what was done to be seen (11)", async () => {
  const start = await members(units.factory);
  const { person, membership } = await t.db.system((tx) => member(tx, "甲二"));
  assert.equal(await members(units.factory), start + 1);
  const retained = expect(
    await t.db.system((tx) => writeMembership(tx, membership, { to: "RETAINED", reason: "RETIRED" }, by)),
  );
  assert.equal(await members(units.factory), start);
  assert.equal(
    codeOf(
      await t.db.system((tx) =>
        writeMembership(tx, membership, { to: "WITHDRAWN", reason: "VOLUNTARY" }, by),
      ),
    ),
    "changed-meanwhile",
  );
  await t.db.system((tx) => writeMembership(tx, retained, { to: "ACTIVE", reason: "RESTORED" }, by));
  assert.equal(await members(units.factory), start + 1);
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

// Acceptance: nobody under sixteen reaches active membership, by whatever way it is written.
test("somebody under sixteen is nobody's member, however it is tried", async () => {
  const young = identity("2011-03-02");
  await t.db.system(async (tx) => {
    const person = expect(
      await createPerson(tx, ring, { unit: units.factory, name: "甲幼", identity: young, sealed: {} }, today),
    );
    assert.equal(
      codeOf(await openMembership(tx, { person, unit: units.factory, status: "ACTIVE" }, by)),
      "under-sixteen",
    );
    const applied = expect(await openMembership(tx, { person, unit: units.factory, status: "APPLIED" }, by));
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

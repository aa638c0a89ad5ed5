import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { isRefusal } from "../kernel/refusal.ts";
import {
  allot,
  type Claimant,
  type ClaimState,
  phaseOf,
  planFault,
  type Round,
  type Share,
  splitPlaces,
} from "./rounds.ts";

const opensAt = new Date("2026-07-01T09:00:00+08:00");
const closesAt = new Date("2026-07-03T18:00:00+08:00");
const during = new Date("2026-07-02T10:00:00+08:00");
const round: Round = {
  id: "r",
  service: "gift",
  unitId: "u",
  path: "cn.99.9901.990101",
  title: "夏送清凉",
  opensAt,
  closesAt,
  late: false,
  quota: 2,
  eachFen: 5000n,
  budgetFen: null,
  groups: [],
  endedAt: null,
};
const share: Share = {
  district: "990101",
  quota: 2,
  waitingQuota: 1,
  held: 0,
  waiting: 0,
  lastNumber: 0,
};
const member = {
  name: "某例",
  unitId: "k1",
  path: "cn.99.9901.990101.k1",
  memberStatus: "ACTIVE",
  group: null,
};
const asking = (personId: string, change: Partial<Claimant> = {}): Claimant => ({
  id: `claim of ${personId}`,
  personId,
  personDistrict: "990101",
  at: during,
  person: member,
  mine: null,
  same: null,
  ...change,
});

const told = (round: Round, share: Share, ...claimants: readonly Claimant[]) =>
  allot(round, share, claimants).answers.map((one) =>
    isRefusal(one) ? one.code : `${one.number} ${one.state}`,
  );

test("a round takes claims from its opening to its closing, and those left after it only where it says so", () => {
  const rows: readonly [string, Partial<Round>, ReturnType<typeof phaseOf>][] = [
    ["2026-07-01T08:59:59.999+08:00", {}, "before"],
    ["2026-07-01T09:00:00+08:00", {}, "open"],
    ["2026-07-03T17:59:59.999+08:00", {}, "open"],
    ["2026-07-03T18:00:00+08:00", {}, "over"],
    ["2026-07-03T18:00:00+08:00", { late: true }, "late"],
    ["2026-08-01T00:00:00+08:00", { late: true }, "late"],
    ["2026-07-02T10:00:00+08:00", { endedAt: during }, "over"],
    ["2026-08-01T00:00:00+08:00", { late: true, endedAt: during }, "over"],
    ["2026-06-01T00:00:00+08:00", { endedAt: during }, "over"],
  ];
  for (const [at, change, phase] of rows)
    assert.equal(
      phaseOf({ ...round, ...change }, new Date(at)),
      phase,
      `${at} ${JSON.stringify(Object.keys(change))}`,
    );
});

test("whoever asks is told one clear thing", () => {
  const before = new Date("2026-06-30T09:00:00+08:00");
  const full = { ...share, held: 2, waiting: 1, lastNumber: 3 };
  const claim = (id: string, number: number, state: ClaimState) => ({ id, number, state });
  const rows: readonly [string, string, Partial<Round>, Share, Partial<Claimant>][] = [
    ["a place", "1 held", {}, share, {}],
    ["a place on the waiting list", "3 waiting", {}, { ...share, held: 2, lastNumber: 2 }, {}],
    [
      "who waits goes before who comes",
      "4 waiting",
      {},
      { ...share, held: 1, waiting: 1, waitingQuota: 2, lastNumber: 3 },
      {},
    ],
    ["nothing left", "round-full", {}, full, {}],
    ["too early", "round-not-open", {}, share, { at: before }],
    ["too late", "round-over", {}, share, { at: closesAt }],
    ["late, where it is allowed", "1 held", { late: true }, share, { at: closesAt }],
    ["another county’s round is none of theirs", "not-found", { path: "cn.99.9901.990102" }, share, {}],
    ["a path is no prefix of letters", "not-found", { path: "cn.99.9901.99010" }, share, {}],
    ["nobody by this id", "not-found", {}, share, { person: null }],
    ["not a member yet", "round-members-only", {}, share, { person: { ...member, memberStatus: "APPLIED" } }],
    ["another trade", "round-not-for-you", { groups: ["COURIER"] }, share, {}],
    [
      "the right trade",
      "1 held",
      { groups: ["COURIER"] },
      share,
      { person: { ...member, group: "COURIER" } },
    ],
    ["claimed before", "round-claimed", {}, full, { mine: claim("other", 2, "held") }],
    [
      "the same again, however full it is by now",
      "2 held",
      {},
      full,
      { same: { ...claim("claim of a", 2, "held"), personId: "a", roundId: "r" } },
    ],
    [
      "the same again after it was given back",
      "2 returned",
      {},
      full,
      { same: { ...claim("claim of a", 2, "returned"), personId: "a", roundId: "r" } },
    ],
    [
      "somebody else’s id",
      "same-id-other-content",
      {},
      share,
      { same: { ...claim("claim of a", 2, "held"), personId: "b", roundId: "r" } },
    ],
    [
      "an id of another round",
      "same-id-other-content",
      {},
      share,
      { same: { ...claim("claim of a", 2, "held"), personId: "a", roundId: "s" } },
    ],
  ];
  for (const [what, expected, of, standing, change] of rows)
    assert.deepEqual(told({ ...round, ...of }, standing, asking("a", change)), [expected], what);
});

test("those who arrive together are served in the order in which they stand", () => {
  const four = ["a", "b", "a", "c", "d"].map((name, index) => asking(name, { id: `claim ${index}` }));
  assert.deepEqual(told(round, share, ...four, asking("a", { id: "claim 0" })), [
    "1 held",
    "2 held",
    "round-claimed",
    "3 waiting",
    "round-full",
    "1 held",
  ]);
});

test("however many arrive together, no more is given out than there is, and numbers follow arrival", () => {
  const shares = fc
    .record({ quota: fc.nat(6), waitingQuota: fc.nat(3), held: fc.nat(6), waiting: fc.nat(3) })
    .map((one): Share => {
      const held = Math.min(one.held, one.quota);
      const waiting = Math.min(one.waiting, one.waitingQuota);
      return { ...one, held, waiting, district: "990101", lastNumber: held + waiting };
    });
  fc.assert(
    fc.property(shares, fc.array(fc.constantFrom(..."abcdefgh"), { maxLength: 14 }), (before, names) => {
      const claimants = names.map((name, index) => asking(name, { id: `${name}${index}` }));
      const { answers, taken, share: after } = allot(round, before, claimants);
      assert.equal(answers.length, names.length);
      assert.ok(after.held <= after.quota && after.waiting <= after.waitingQuota);
      assert.equal(
        after.held + after.waiting - before.held - before.waiting,
        taken.length,
        "what the share counts",
      );
      assert.deepEqual(
        taken.map((one) => one.number),
        taken.map((_, index) => before.lastNumber + 1 + index),
      );
      assert.equal(new Set(taken.map((one) => one.personId)).size, taken.length);
      const late = taken.findIndex((one) => one.state === "waiting");
      assert.ok(late < 0 || taken.slice(late).every((one) => one.state === "waiting"), "nobody is passed");
    }),
  );
});

test("places split over districts sum to the whole and follow the members", () => {
  const parts = (places: number, ...members: readonly number[]) => [
    ...splitPlaces(
      places,
      members.map((count, index) => ({ district: String(index), members: count })),
    ).values(),
  ];
  assert.deepEqual(parts(10, 50, 30, 20), [5, 3, 2]);
  assert.deepEqual(parts(10, 1, 1, 1), [4, 3, 3]);
  assert.deepEqual(parts(2, 100, 1, 1), [2, 0, 0]);
  assert.deepEqual(parts(3, 0, 0), [2, 1]);
  fc.assert(
    fc.property(
      fc.nat(10_000),
      fc.array(fc.nat(5000), { minLength: 1, maxLength: 20 }),
      (places, members) => {
        const split = parts(places, ...members);
        assert.equal(
          split.reduce((sum, part) => sum + part, 0),
          places,
        );
        const total = members.reduce((sum, count) => sum + count, 0);
        for (const [index, part] of split.entries())
          assert.ok(total === 0 || Math.abs(part - (places * members[index]!) / total) < 1);
      },
    ),
  );
});

test("a plan ends after it begins, ahead of today, and within its budget", () => {
  const plan = { opensAt, closesAt, quota: 100, waiting: 0, eachFen: 5000n, budgetFen: 500_000n };
  const now = new Date("2026-06-01T00:00:00+08:00");
  const rows: readonly [Partial<typeof plan>, Date, string | undefined][] = [
    [{}, now, undefined],
    [{ budgetFen: 499_999n }, now, "round-budget"],
    [{ closesAt: opensAt }, now, "round-times"],
    [{}, closesAt, "round-times"],
    [{}, during, undefined],
  ];
  for (const [change, at, code] of rows) assert.equal(planFault({ ...plan, ...change }, at)?.code, code);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { day } from "../kernel/day.ts";
import { committeeForms, committeePolicies, committeesDue, seatsFor } from "./committees.ts";
import { sizeClass } from "./employer.ts";
import { defaultPins } from "./policy.ts";
import { type SixHavesFacts, sixHaves, sixHavesPolicies } from "./six-haves.ts";

const today = day("2026-03-02");
const pins = defaultPins([...committeePolicies, ...sixHavesPolicies], today);

test("a committee has the seats of its members' row (election rules, Article 8)", () => {
  for (const [members, min, max] of [
    [1, 3, 5],
    [24, 3, 5],
    [25, 3, 7],
    [200, 3, 7],
    [201, 7, 15],
    [1000, 7, 15],
    [1001, 15, 21],
    [5000, 15, 21],
    [5001, 21, 29],
    [10_000, 21, 29],
    [10_001, 29, 37],
    [50_000, 29, 37],
    [50_001, 37, 45],
  ] as const)
    assert.deepEqual(seatsFor(members, pins), { min, max }, String(members));
});

test("from 25 members a committee is due; below, a unit may join others or elect an organiser", () => {
  assert.deepEqual(committeeForms(25, pins), ["committee"]);
  assert.deepEqual(committeeForms(24, pins), ["committee", "joint", "organiser"]);
});

test("what committees are due follows from the numbers", () => {
  const none = { committees: [], womenDelegate: false, fullTimeChair: false };
  const due = (members: number, womenMembers: number, workers: number | null) =>
    committeesDue({ members, womenMembers, workers }, none, pins).map(
      (one) => `${one.key}${one.must ? "!" : ""}`,
    );
  assert.deepEqual(due(24, 0, null), ["FUND_AUDIT"]);
  assert.deepEqual(due(25, 9, null), ["UNION_COMMITTEE!", "FUND_AUDIT!", "WOMEN_DELEGATE!"]);
  assert.deepEqual(due(25, 10, 199), ["UNION_COMMITTEE!", "FUND_AUDIT!", "WOMEN_WORKERS!"]);
  assert.deepEqual(due(180, 40, 200), [
    "UNION_COMMITTEE!",
    "FUND_AUDIT!",
    "WOMEN_WORKERS!",
    "FULL_TIME_CHAIR",
  ]);
  const has = {
    committees: ["UNION_COMMITTEE", "FUND_AUDIT"] as const,
    womenDelegate: true,
    fullTimeChair: false,
  };
  assert.ok(committeesDue({ members: 30, womenMembers: 3, workers: null }, has, pins).every((one) => one.ok));
});

const good: SixHavesFacts = {
  today,
  chairSince: day("2024-05-01"),
  chairTrainedOn: day("2025-04-30"),
  termEnd: day("2029-05-01"),
  committees: ["UNION_COMMITTEE", "FUND_AUDIT", "WOMEN_WORKERS"],
  womenMembers: 12,
  lastActivityOn: day("2025-03-02"),
  rules: ["CONGRESS", "CHAIR_ELECTION", "OPEN_AFFAIRS", "MEMBER_EVALUATION", "FINANCE"],
  hasBankAccount: true,
  hasApprovedBudget: true,
  satisfiedBp: 8000,
};

test("each of the six haves says what is missing", () => {
  assert.ok(sixHaves(good, pins).every((one) => one.ok));
  const misses = (facts: Partial<SixHavesFacts>) =>
    sixHaves({ ...good, ...facts }, pins)
      .filter((one) => !one.ok)
      .map((one) => one.key);
  assert.deepEqual(misses({ chairSince: null }), ["HAS_ELECTED_CHAIR"]);
  assert.deepEqual(misses({ chairTrainedOn: null }), ["HAS_ELECTED_CHAIR"]);
  assert.deepEqual(misses({ chairTrainedOn: day("2025-05-02") }), ["HAS_ELECTED_CHAIR"]);
  assert.deepEqual(
    misses({ chairSince: day("2025-12-01"), chairTrainedOn: null }),
    [],
    "a year is left for it",
  );
  assert.deepEqual(misses({ termEnd: day("2026-03-01") }), ["HAS_ELECTED_CHAIR", "HAS_INDEPENDENT_ORGANS"]);
  assert.deepEqual(misses({ committees: ["UNION_COMMITTEE", "FUND_AUDIT"] }), ["HAS_INDEPENDENT_ORGANS"]);
  assert.deepEqual(misses({ committees: ["UNION_COMMITTEE", "FUND_AUDIT"], womenMembers: 0 }), []);
  assert.deepEqual(misses({ lastActivityOn: day("2025-03-01") }), ["HAS_SERVICE_CARRIERS"]);
  assert.deepEqual(misses({ rules: ["CONGRESS"] }), ["HAS_SOUND_RULES"]);
  assert.deepEqual(misses({ hasApprovedBudget: false }), ["HAS_OWN_FUNDS"]);
  assert.deepEqual(misses({ satisfiedBp: 7999 }), ["HAS_MEMBER_SATISFACTION"]);
  const [rules] = sixHaves({ ...good, rules: ["CONGRESS", "FINANCE", "OPEN_AFFAIRS"] }, pins).filter(
    (one) => !one.ok,
  );
  assert.equal(rules!.why.zh, "缺：主席选举办法、会员评家制度。");
});

test("an enterprise's size follows its industry's limits", () => {
  const rows = [
    ["software", 45, 900, 0, "SMALL"],
    ["software", 9, 900, 0, "MICRO"],
    ["software", 100, 1000, 0, "MEDIUM"],
    ["industry", 1000, 40_000, 0, "LARGE"],
    ["industry", 1000, 39_999, 0, "MEDIUM"],
    ["industry", 20, 299, 0, "MICRO"],
    ["construction", 5, 6000, 5000, "MEDIUM"],
    ["agriculture", 1, 20_000, 0, "LARGE"],
    ["leasing", 300, 0, 8000, "MEDIUM"],
    ["other", 299, 0, 0, "MEDIUM"],
  ] as const;
  for (const [industry, x, y, z, size] of rows)
    assert.equal(sizeClass(industry, { x, y, z }), size, industry);
});

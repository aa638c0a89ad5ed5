import assert from "node:assert/strict";
import test from "node:test";
import { day } from "../kernel/day.ts";
import { type ClockRule, chinaCalendar } from "../kernel/working-days.ts";
import { awaitedOf, awaitedPolicies, chairLeftOn, type LifeFacts } from "./awaited.ts";
import { approvalDays } from "./policies.ts";
import { defaultPins } from "./policy.ts";

const today = day("2026-06-01");
const pins = defaultPins(awaitedPolicies, today);
const quiet: LifeFacts = {
  status: "ACTIVE",
  statusSince: day("2026-01-01"),
  owesChair: true,
  chairLeftOn: null,
  today,
};

test("what a union’s life waits for, until when, and whether it is late", () => {
  const rows: [Partial<LifeFacts>, readonly string[]][] = [
    [{}, []],
    [{ status: "PREPARING", statusSince: day("2026-05-20") }, ["FOUNDING_APPROVAL 2026-06-04"]],
    [{ status: "PREPARING", statusSince: day("2026-05-01") }, ["FOUNDING_APPROVAL 2026-05-16 late"]],
    [{ status: "FOUNDING_APPROVED", statusSince: day("2026-01-15") }, ["ELECTION 2026-07-15"]],
    [{ status: "ELECTED", statusSince: day("2026-05-30") }, ["ELECTION_APPROVAL 2026-06-14"]],
    [{ status: "PREPARING", statusSince: null }, []],
    [{ chairLeftOn: day("2026-04-10") }, ["CHAIR_BY_ELECTION 2026-07-10"]],
    [{ chairLeftOn: day("2026-02-10") }, ["CHAIR_BY_ELECTION 2026-05-10 late"]],
    [{ chairLeftOn: day("2026-02-10"), owesChair: false }, []],
  ];
  for (const [change, expected] of rows)
    assert.deepEqual(
      awaitedOf({ ...quiet, ...change }, pins, chinaCalendar).map(
        ({ key, dueOn, overdue }) => `${key} ${dueOn}${overdue ? " late" : ""}`,
      ),
      expected,
    );
});

test("a place that counts working days is obeyed, and a year without holidays is not guessed", () => {
  const working: ClockRule = { days: 15, unit: "working" };
  const here = { ...pins, [approvalDays.key]: { ...pins[approvalDays.key]!, value: working } };
  const due = (since: string) =>
    awaitedOf({ ...quiet, status: "ELECTED", statusSince: day(since) }, here, chinaCalendar)[0]?.dueOn;
  assert.equal(due("2026-05-11"), "2026-06-01");
  assert.equal(due("2039-05-11"), null);
});

test("a chair is missing from the end of the last one’s span", () => {
  const post = (from: string, until: string | null, role = "chair") => ({
    role,
    from: day(from),
    until: until === null ? null : day(until),
  });
  assert.equal(chairLeftOn([], today), null);
  assert.equal(chairLeftOn([post("2020-01-01", null)], today), null);
  assert.equal(chairLeftOn([post("2020-01-01", "2026-09-01")], today), null);
  assert.equal(
    chairLeftOn(
      [post("2020-01-01", "2023-01-01"), post("2023-01-01", "2026-04-10"), post("2020-01-01", null, "aid")],
      today,
    ),
    "2026-04-10",
  );
  assert.equal(
    chairLeftOn([post("2020-01-01", "2026-04-10"), post("2026-07-01", null)], today),
    "2026-04-10",
  );
});

import assert from "node:assert/strict";
import test from "node:test";
import { withDatabase } from "../../../db/testing.ts";
import { addDays, addYears, type Day, daysBetween } from "../../../kernel/day.ts";
import { newKeyring, parseKeyring } from "../../../kernel/seal.ts";
import { memberAt } from "../members.ts";
import { unitsOf } from "../request.ts";
import type { CaseTask } from "./case-worker.ts";
import { type Lessons, learnPatterns } from "./learn.ts";
import { planCases } from "./plan.ts";

const t = withDatabase();
const request = { members: 40_000, units: 400, cases: 12_000, seed: 5 } as const;

interface Planned {
  readonly season: string;
  readonly open: boolean;
  readonly openedOn: Day;
  readonly joinedOn: Day;
}

const tasksOf = (lessons: Lessons): readonly CaseTask[] => [
  ...planCases(lessons, request.seed, request, unitsOf(request), () => {}),
];

function* plannedOf(lessons: Lessons): Generator<Planned> {
  for (const { courses, places } of tasksOf(lessons))
    for (const { pattern, shift, member, place } of courses) {
      const { season, open, rows } = lessons.patterns[pattern]!;
      const openedOn = addDays(rows.case_file[0]!.opened_on as Day, -shift);
      const { joinedOn } = memberAt(request.seed, places[place]!.unit, member);
      yield { season, open, openedOn, joinedOn };
    }
}

test("cases come all year, more of them in winter and summer, and none before its member joined", async () => {
  const lessons = await learnPatterns(t.owner, parseKeyring(newKeyring()), new Date());
  const planned = [...plannedOf(lessons)];
  const ended = planned.filter(({ open }) => !open);
  assert.ok(ended.length > 3000, `${ended.length} ended`);
  for (const { openedOn, joinedOn } of ended) {
    assert.ok(openedOn >= joinedOn, `${openedOn} is before ${joinedOn}`);
    assert.ok(daysBetween(addYears(lessons.today, -3), openedOn) >= 0, openedOn);
  }
  const inMonths = (months: readonly string[], season?: string) =>
    ended.filter(
      (one) => months.includes(one.openedOn.slice(5, 7)) && (season === undefined || one.season === season),
    ).length / months.length;
  const ordinary = inMonths(["03", "04", "05", "06", "09", "10", "11"]);
  for (const [months, season] of [
    [["12", "01", "02"], "winter"],
    [["07", "08"], "summer"],
  ] as const) {
    assert.ok(
      inMonths(months) > 1.3 * ordinary,
      `${inMonths(months)} in ${season}, ${ordinary} in an ordinary month`,
    );
    assert.ok(
      inMonths(months, "any") > 0.5 * ordinary,
      `${inMonths(months, "any")} ordinary ones in ${season}`,
    );
    for (const { openedOn } of ended.filter((one) => one.season === season))
      assert.ok((months as readonly string[]).includes(openedOn.slice(5, 7)), `${season} in ${openedOn}`);
  }
  assert.deepEqual(tasksOf(lessons), tasksOf(lessons));
});

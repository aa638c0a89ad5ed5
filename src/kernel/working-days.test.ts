import assert from "node:assert/strict";
import { test } from "node:test";
import chineseDays from "chinese-days";
import fc from "fast-check";
import { addDays, type Day, day, dayNumber, dayOfNumber, daysBetween, weekday } from "./day.ts";
import { fictitiousYear, type HolidayYear, holidayYears, parseHolidayYear } from "./holidays.ts";
import { expect, isRefusal, sentence } from "./refusal.ts";
import {
  type Calendar,
  chinaCalendar,
  clockText,
  dueAfterPauses,
  dueDay,
  isStatutoryHoliday,
  isWorkingDay,
  type Pause,
  pausedDays,
  remaining,
  remainingText,
  safeDay,
  withYear,
  workingDaysBetween,
} from "./working-days.ts";

const works = (one: Day) => expect(isWorkingDay(one, chinaCalendar));
const first = dayNumber(day("2019-01-01"));
const last = dayNumber(day("2026-12-31"));
/** Any day with data. */
const knownDay = fc.integer({ min: first, max: last }).map(dayOfNumber);
/** A day from which a short period stays within the data. */
const earlyDay = fc.integer({ min: first, max: dayNumber(day("2026-06-30")) }).map(dayOfNumber);

test("every day of every year with data is worked or off as chinese-days has it", () => {
  const different: Day[] = [];
  for (let number = first; number <= last; number++) {
    const one = dayOfNumber(number);
    if (works(one) !== chineseDays.isWorkday(one)) different.push(one);
  }
  assert.deepEqual(different, []);
});

test("the years hold together as a notice must, and count the working days the law counts", () => {
  for (const year of holidayYears) assert.deepEqual(parseHolidayYear(year), year);
  const inYear = (year: number) =>
    expect(workingDaysBetween(day(`${year - 1}-12-31`), day(`${year}-12-31`), chinaCalendar));
  assert.deepEqual([2025, 2026].map(inYear), [248, 248]);
  assert.deepEqual(
    holidayYears.map((one) => one.statutory.length),
    [11, 11, 11, 11, 11, 11, 13, 13],
  );
});

test("statutory holidays are told from the rest of a break", () => {
  assert.equal(isStatutoryHoliday(day("2026-10-03"), chinaCalendar), true);
  assert.equal(isStatutoryHoliday(day("2026-10-04"), chinaCalendar), false);
  assert.ok(isRefusal(isStatutoryHoliday(day("2027-01-01"), chinaCalendar)));
});

test("the festivals of the moon and the sun are among the statutory days", () => {
  const names = ["春节", "端午节", "中秋节"];
  for (const { year, statutory } of holidayYears) {
    const found = chineseDays
      .getLunarFestivals(`${year}-01-01`, `${year}-12-31`)
      .filter(({ name }) => name.some((one) => names.includes(one)))
      .map(({ date }) => date as Day);
    assert.equal(found.length, names.length);
    for (const date of [...found, chineseDays.getSolarTermDate(year, 4, "pure_brightness") as Day])
      assert.ok(statutory.includes(date), date);
  }
});

test("the fictitious federation's clock runs on past the last notice", () => {
  const longer = withYear(chinaCalendar, expect(parseHolidayYear(fictitiousYear(2027))));
  assert.equal(dueDay(day("2026-12-31"), { days: 1, unit: "working" }, longer), "2027-01-04");
  assert.match(fictitiousYear(2027).notice, /虚构/);
});

test("a year without data is refused by name, never guessed", () => {
  for (const answer of [
    isWorkingDay(day("2027-01-04"), chinaCalendar),
    isWorkingDay(day("2018-12-31"), chinaCalendar),
    dueDay(day("2026-12-28"), { days: 10, unit: "working" }, chinaCalendar),
    dueDay(day("2026-12-28"), { days: 10, unit: "calendar", rollForward: true }, chinaCalendar),
    workingDaysBetween(day("2026-12-28"), day("2027-02-01"), chinaCalendar),
  ]) {
    assert.ok(isRefusal(answer));
    assert.equal(answer.code, "calendar-unknown");
    assert.match(sentence(answer, "zh"), /2027|2018/);
  }
  assert.equal(dueDay(day("2026-12-28"), { days: 10, unit: "calendar" }, chinaCalendar), "2027-01-07");
  assert.equal(dueDay(day("2026-12-28"), { days: 3, unit: "working" }, chinaCalendar), "2026-12-31");
});

test("an installation adds a year, or corrects one, without touching the others", () => {
  const year = {
    year: 2027,
    notice: "试用",
    off: [day("2027-01-01")],
    work: [],
    statutory: [day("2027-01-01")],
  };
  const longer = withYear(chinaCalendar, expect(parseHolidayYear(year)));
  assert.equal(dueDay(day("2026-12-31"), { days: 1, unit: "working" }, longer), "2027-01-04");
  assert.ok(isRefusal(isWorkingDay(day("2027-01-04"), chinaCalendar)));
});

test("a year that contradicts itself is refused", () => {
  const good = holidayYears.at(-1) as HolidayYear;
  const wrong: unknown[] = [
    null,
    { ...good, year: undefined },
    { ...good, notice: " " },
    { ...good, off: [] },
    { ...good, off: [...good.off, "2027-01-01"] },
    { ...good, off: [...good.off, good.off[0]] },
    { ...good, work: [...good.work, good.off[0]] },
    { ...good, work: [...good.work, "2026-09-28"] },
    { ...good, statutory: [...good.statutory, "2026-03-09"] },
    { ...good, off: ["2026-02-30"] },
  ];
  for (const value of wrong) {
    const refused = parseHolidayYear(value, "/value");
    assert.ok(isRefusal(refused), JSON.stringify(value));
    assert.deepEqual([refused.code, refused.at], ["bad-holiday-year", "/value"]);
  }
});

test("the worked examples of the domain reference come out", () => {
  const table: [string, number, "working" | "calendar", string][] = [
    ["2026-09-28", 5, "working", "2026-10-10"],
    ["2026-02-10", 15, "working", "2026-03-09"],
    ["2026-04-30", 3, "working", "2026-05-08"],
    ["2026-09-20", 15, "calendar", "2026-10-08"],
    ["2026-05-06", 5, "working", "2026-05-12"],
  ];
  for (const [start, days, unit, due] of table)
    assert.equal(dueDay(day(start), { days, unit, rollForward: true }, chinaCalendar), due);
  assert.equal(dueDay(day("2026-08-31"), { months: 1, unit: "month" }, chinaCalendar), "2026-09-30");
  assert.equal(
    dueDay(day("2026-09-01"), { months: 1, unit: "month", rollForward: true }, chinaCalendar),
    "2026-10-08",
  );
  assert.equal(safeDay(day("2026-10-05"), chinaCalendar), "2026-09-30");
});

/** The slow clock: one day at a time, asking another calendar. */
function slowDue(start: Day, days: number, unit: "working" | "calendar", roll: boolean): Day {
  let today = start;
  for (let left = days; left > 0; ) {
    today = addDays(today, 1);
    if (unit === "calendar" || chineseDays.isWorkday(today)) left--;
  }
  while (roll && !chineseDays.isWorkday(today)) today = addDays(today, 1);
  return today;
}

test("due days equal those of a clock that walks day by day", () => {
  const unit = fc.constantFrom("working" as const, "calendar" as const);
  fc.assert(
    fc.property(
      earlyDay,
      fc.integer({ min: 0, max: 100 }),
      unit,
      fc.boolean(),
      (start, days, unit, rollForward) => {
        // Zero working days without a roll end where they began, rest day or not.
        assert.equal(
          dueDay(start, { days, unit, rollForward }, chinaCalendar),
          slowDue(start, days, unit, rollForward),
        );
      },
    ),
    { numRuns: 500 },
  );
});

test("what remains is counted as the due day was, and backwards when past", () => {
  fc.assert(
    fc.property(knownDay, knownDay, (one, other) => {
      const left = expect(remaining(one, other, "working", chinaCalendar));
      let slow = 0;
      const [from, to] = one < other ? [one, other] : [other, one];
      for (let today = addDays(from, 1); today <= to; today = addDays(today, 1)) if (works(today)) slow++;
      assert.equal(left, one < other ? slow : -slow || 0);
      assert.equal(remaining(one, other, "calendar", chinaCalendar), daysBetween(one, other));
    }),
    { numRuns: 60 },
  );
  assert.equal(remainingText(3, "working").zh, "还剩 3 个工作日");
  assert.equal(remainingText(1, "calendar").en, "1 day left");
  assert.equal(remainingText(0, "working").zh, "今天到期");
  assert.equal(remainingText(-2, "working").zh, "已逾期 2 个工作日");
  assert.equal(clockText({ days: 5, unit: "working" }).en, "5 working days");
  assert.equal(clockText({ months: 1, unit: "month" }).zh, "1 个月");
});

test("a paused clock stands still after the day it stops on, up to the day it goes on", () => {
  const pause: Pause = { from: day("2026-03-10"), until: day("2026-03-13") };
  const due = (pauses: readonly Pause[]) =>
    dueAfterPauses(day("2026-03-09"), { days: 5, unit: "working" }, pauses, chinaCalendar);
  assert.equal(due([]), "2026-03-16");
  assert.equal(due([pause]), "2026-03-19");
  assert.equal(due([pause, { from: day("2026-03-11"), until: day("2026-03-13") }]), "2026-03-19");
  assert.equal(due([{ ...pause, until: null }]), null);
  assert.equal(due([{ from: day("2026-03-16"), until: null }]), "2026-03-16");
  assert.equal(pausedDays([pause], "working", day("2026-03-31"), chinaCalendar), 3);
  assert.equal(pausedDays([{ ...pause, until: null }], "calendar", day("2026-03-12"), chinaCalendar), 2);
});

/** The slow paused clock: a day counts when it is of the unit and no pause holds it. */
function slowPaused(start: Day, days: number, unit: "working" | "calendar", pauses: readonly Pause[]): Day {
  let today = start;
  for (let left = days; left > 0; ) {
    today = addDays(today, 1);
    const still = pauses.some(({ from, until }) => from < today && until !== null && today <= until);
    if (!still && (unit === "calendar" || works(today))) left--;
  }
  return today;
}

test("paused due days equal those of a clock that walks day by day", () => {
  const start = day("2026-01-05");
  const pause = fc
    .tuple(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 0, max: 20 }))
    .map(([from, length]) => ({ from: addDays(start, from), until: addDays(start, from + length) }));
  const unit = fc.constantFrom("working" as const, "calendar" as const);
  fc.assert(
    fc.property(
      fc.array(pause, { maxLength: 4 }),
      fc.integer({ min: 1, max: 40 }),
      unit,
      (pauses, days, unit) => {
        assert.equal(
          dueAfterPauses(start, { days, unit }, pauses, chinaCalendar),
          slowPaused(start, days, unit, pauses),
        );
      },
    ),
    { numRuns: 500 },
  );
});

test("an empty calendar knows nothing", () => {
  const none: Calendar = { years: new Map() };
  assert.ok(isRefusal(isWorkingDay(day("2026-01-05"), none)));
  assert.ok(isRefusal(safeDay(day("2026-01-05"), none)));
  assert.equal(weekday(day("2026-01-05")), 1);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  addDays,
  addDuration,
  addMonths,
  addYears,
  compareDays,
  type Day,
  day,
  dayInShanghai,
  dayNumber,
  dayOf,
  dayOfNumber,
  daysBetween,
  earliest,
  firstDayOf,
  firstOfMonth,
  formatDay,
  formatNear,
  instantText,
  isDay,
  isMonth,
  lastOfMonth,
  latest,
  monthOfDay,
  monthsBetween,
  parseDay,
  parseDuration,
  readDay,
  startOf,
  weekday,
  yearsBetween,
} from "./day.ts";
import { isRefusal } from "./refusal.ts";

/** Any day from 1900 to 2199, by the machine's own calendar. */
const anyDay = fc
  .integer({ min: Date.UTC(1900, 0, 1) / 86_400_000, max: Date.UTC(2199, 11, 31) / 86_400_000 })
  .map((number) => new Date(number * 86_400_000).toISOString().slice(0, 10) as Day);

test("day numbers agree with the machine's calendar both ways", () => {
  fc.assert(
    fc.property(anyDay, (one) => {
      assert.equal(dayNumber(one), Date.parse(one) / 86_400_000);
      assert.equal(dayOfNumber(dayNumber(one)), one);
      assert.equal(weekday(one), ((new Date(one).getUTCDay() + 6) % 7) + 1);
    }),
  );
});

test("days that are not in the calendar are refused", () => {
  for (const wrong of [
    "2026-02-29",
    "2026-13-01",
    "2026-00-10",
    "2026-1-1",
    "0000-01-01",
    "",
    "today",
    20260101,
    null,
  ]) {
    assert.ok(!isDay(wrong));
    const refused = parseDay(wrong, "/born");
    assert.ok(isRefusal(refused));
    assert.deepEqual([refused.code, refused.at], ["bad-day", "/born"]);
  }
  assert.equal(parseDay(" 2024-02-29 "), "2024-02-29");
  assert.throws(() => day("2026-02-30"), RangeError);
  assert.equal(dayOf(2100, 2, 29), undefined);
});

test("days are read in the forms spreadsheets have them", () => {
  const forms = ["2026-9-8", "2026/9/8", "2026.09.08", "2026年9月8日", "20260908", "2026-09-08 00:00:00"];
  for (const form of [...forms, "2026/9/8", 46_273, "46273", 46_273.5, 20_260_908, "2026-09-08T08:00:00Z"])
    assert.equal(readDay(form), "2026-09-08", String(form));
  for (const wrong of [
    "9/8/2026",
    "26-9-8",
    "2026年9月",
    "2026-9/8",
    12,
    "2026-02-30",
    undefined,
    Number.NaN,
  ])
    assert.ok(isRefusal(readDay(wrong)), String(wrong));
  fc.assert(fc.property(anyDay, (one) => assert.equal(readDay(one.replaceAll("-", "")), one)));
});

test("the day in Shanghai begins eight hours before London's", () => {
  assert.equal(dayInShanghai(new Date("2026-09-27T15:59:59.999Z")), "2026-09-27");
  assert.equal(dayInShanghai(new Date("2026-09-27T16:00:00Z")), "2026-09-28");
  assert.equal(instantText(new Date("2026-09-28T01:30:00Z")), "2026-09-28T09:30:00.000+08:00");
  fc.assert(
    fc.property(anyDay, (one) => {
      assert.equal(dayInShanghai(startOf(one)), one);
      assert.equal(dayInShanghai(new Date(startOf(one).getTime() - 1)), addDays(one, -1));
    }),
  );
});

test("a month later is the same numbered day, or the month's last", () => {
  const table: [string, number, string][] = [
    ["2026-01-31", 1, "2026-02-28"],
    ["2024-01-31", 1, "2024-02-29"],
    ["2026-08-31", 1, "2026-09-30"],
    ["2026-03-15", -3, "2025-12-15"],
    ["2026-11-30", 3, "2027-02-28"],
  ];
  for (const [from, months, to] of table) assert.equal(addMonths(day(from), months), to);
  assert.equal(addYears(day("2024-02-29"), 1), "2025-02-28");
});

test("spans between days agree with addition", () => {
  assert.equal(monthsBetween(day("2026-01-31"), day("2026-02-28")), 1);
  assert.equal(monthsBetween(day("2026-01-31"), day("2026-02-27")), 0);
  assert.equal(yearsBetween(day("2010-09-29"), day("2026-09-28")), 15);
  assert.equal(yearsBetween(day("2010-09-28"), day("2026-09-28")), 16);
  fc.assert(
    fc.property(anyDay, anyDay, (one, other) => {
      assert.equal(addDays(one, daysBetween(one, other)), other);
      assert.equal(monthsBetween(one, other), -monthsBetween(other, one) || 0);
      const [from, to] = [earliest(one, other), latest(one, other)];
      const months = monthsBetween(from, to);
      assert.ok(addMonths(from, months) <= to && addMonths(from, months + 1) > to);
      assert.equal(compareDays(one, other), Math.sign(daysBetween(other, one)));
    }),
  );
});

test("days are written for people, tables and English readers", () => {
  const one = day("2026-09-28");
  assert.equal(formatDay(one, "zh"), "2026年9月28日（周一）");
  assert.equal(formatDay(one, "en"), "Monday 28 September 2026");
  assert.equal(formatNear(one, day("2026-01-01"), "zh"), "9月28日");
  assert.equal(formatNear(one, day("2025-12-31"), "zh"), "2026年9月28日");
  assert.equal(formatNear(one, day("2025-12-31"), "en"), "28 September 2026");
  assert.equal(formatDay(one, "zh", "short"), "9月28日");
  assert.equal(formatDay(one, "en", "short"), "28 September");
  assert.equal(formatDay(one, "en", "table"), "2026-09-28");
});

test("durations are whole years, months, weeks and days", () => {
  const after = (text: string) => {
    const duration = parseDuration(text);
    return isRefusal(duration) ? duration.code : addDuration(day("2026-01-31"), duration);
  };
  assert.equal(after("P5D"), "2026-02-05");
  assert.equal(after("P1M"), "2026-02-28");
  assert.equal(after("P1Y2M3D"), "2027-04-03");
  assert.equal(after("P2W"), "2026-02-14");
  assert.equal(after("-P31D"), "2025-12-31");
  for (const wrong of ["P", "5D", "PT5H", "P1.5D", "P-5D", ""]) assert.equal(after(wrong), "bad-duration");
});

test("months have a first and a last day and a name", () => {
  assert.equal(firstOfMonth(day("2024-02-11")), "2024-02-01");
  assert.equal(lastOfMonth(day("2024-02-11")), "2024-02-29");
  assert.equal(firstDayOf(monthOfDay(day("2026-09-28"))), "2026-09-01");
  assert.ok(isMonth("2026-12") && !isMonth("2026-13") && !isMonth("2026-1"));
});

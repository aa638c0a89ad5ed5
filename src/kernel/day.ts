import type { Made } from "./ids.ts";
import { type Or, refuse } from "./refusal.ts";
import { shown } from "./text.ts";
import type { Lang } from "./words.ts";

/** A calendar day, written `YYYY-MM-DD`. Days compare as their text does: `a < b` is earlier. */
export type Day = string & Made<"day">;

/** Asia/Shanghai, eight hours before UTC all year (no summer time since 1991). */
const zoneMs = 8 * 3_600_000;
const dayMs = 86_400_000;

const weekdayWords = {
  zh: ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
  en: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
} as const;

const monthWords = [
  ..."January,February,March,April,May,June,July,August,September,October,November,December".split(","),
] as const;

/** A day from outside, exactly `YYYY-MM-DD` and in the calendar. Refuses `bad-day`. */
export function parseDay(value: unknown, at?: string): Or<Day> {
  const text = typeof value === "string" ? value.trim() : "";
  return isDay(text) ? text : refuse("bad-day", { value: shown(value) }, { at });
}

/** Whether a value is a day of the calendar, written as this program writes days. */
export function isDay(value: unknown): value is Day {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  return valid(Number(value.slice(0, 4)), Number(value.slice(5, 7)), Number(value.slice(8, 10)));
}

/** A day written in code, `day("2026-09-28")`. A wrong one is a bug and throws. */
export function day(text: string): Day {
  if (!isDay(text)) throw new RangeError(`not a day: ${text}`);
  return text;
}

/** The day of a year, month (1–12) and day of month, or `undefined` when the calendar has none. */
export function dayOf(year: number, month: number, dayOfMonth: number): Day | undefined {
  return valid(year, month, dayOfMonth) ? written(year, month, dayOfMonth) : undefined;
}

/**
 * A day as people and spreadsheets write it: `2026-9-8`, `2026/9/8`, `2026.9.8`, `2026年9月8日`,
 * `20260908`, with full-width digits or a time behind it, or a spreadsheet's serial number
 * (days since 1899-12-30). Refuses `bad-day`; never guesses a year of two digits or a missing day.
 */
export function readDay(value: unknown, at?: string): Or<Day> {
  if (typeof value === "number" || (typeof value === "string" && /^\d{5}$/.test(value.trim()))) {
    const serial = Math.floor(Number(value));
    if (serial > 59 && serial < 73_051) return dayOfNumber(serial - 25_569);
    if (serial >= 19_000_101 && serial <= 21_991_231) return readDay(String(serial), at);
    return refuse("bad-day", { value: shown(value) }, { at });
  }
  const text = (typeof value === "string" ? value : "")
    .replace(/[\uFF01-\uFF5E]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0))
    .trim();
  const found =
    /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T\s].*)?$/.exec(text) ??
    /^(\d{4})\s*(年)\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?(?:\s.*)?$/.exec(text) ??
    /^(\d{4})()(\d{2})(\d{2})$/.exec(text);
  const read = found && dayOf(Number(found[1]), Number(found[3]), Number(found[4]));
  return read || refuse("bad-day", { value: shown(value) }, { at });
}

/** The day it is in Asia/Shanghai at an instant. */
export function dayInShanghai(instant: Date): Day {
  return dayOfNumber(Math.floor((instant.getTime() + zoneMs) / dayMs));
}

/** The instant at which a day begins in Asia/Shanghai. */
export function startOf(theDay: Day): Date {
  return new Date(dayNumber(theDay) * dayMs - zoneMs);
}

/** An instant as RFC 3339 with Shanghai's offset: `2026-09-28T09:30:00.000+08:00`. */
export function instantText(instant: Date): string {
  return `${new Date(instant.getTime() + zoneMs).toISOString().slice(0, -1)}+08:00`;
}

/** Days since 1970-01-01 (which is 0), the proleptic Gregorian calendar. */
export function dayNumber(theDay: Day): number {
  const month = monthOf(theDay);
  const year = yearOf(theDay) - (month <= 2 ? 1 : 0);
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + dayOfMonth(theDay) - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The day that is so many days after 1970-01-01. */
export function dayOfNumber(number: number): Day {
  const shifted = number + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const inMonth = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  return written(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, inMonth);
}

/** The year of a day. */
export function yearOf(theDay: Day): number {
  return Number(theDay.slice(0, 4));
}

/** The month of a day, 1–12. */
export function monthOf(theDay: Day): number {
  return Number(theDay.slice(5, 7));
}

/** The day of the month, 1–31. */
export function dayOfMonth(theDay: Day): number {
  return Number(theDay.slice(8, 10));
}

/** The day of the week: 1 is Monday, 7 is Sunday. */
export function weekday(theDay: Day): number {
  return ((((dayNumber(theDay) + 3) % 7) + 7) % 7) + 1;
}

/** So many days later; earlier when negative. */
export function addDays(theDay: Day, days: number): Day {
  return dayOfNumber(dayNumber(theDay) + days);
}

/**
 * The same numbered day so many months later; the month's last day where it has no such day
 * (Civil Code Art. 202: a period by months ends on the corresponding day, or the last of the month).
 */
export function addMonths(theDay: Day, months: number): Day {
  const index = yearOf(theDay) * 12 + monthOf(theDay) - 1 + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  return written(year, month, Math.min(dayOfMonth(theDay), monthLength(year, month)));
}

/** The same day so many years later; 28 February for a 29th that is not there. */
export function addYears(theDay: Day, years: number): Day {
  return addMonths(theDay, years * 12);
}

/** How many days `to` is after `from`; negative when it is before. */
export function daysBetween(from: Day, to: Day): number {
  return dayNumber(to) - dayNumber(from);
}

/** Full months from one day to another; negative when `to` is before `from`. */
export function monthsBetween(from: Day, to: Day): number {
  if (to < from) return -monthsBetween(to, from) || 0;
  const months = (yearOf(to) - yearOf(from)) * 12 + monthOf(to) - monthOf(from);
  return addMonths(from, months) > to ? months - 1 : months;
}

/** Full years from one day to another: an age on a day. */
export function yearsBetween(from: Day, to: Day): number {
  return Math.trunc(monthsBetween(from, to) / 12);
}

/** -1, 0 or 1 as the first day is before, the same as, or after the second. For `sort`. */
export function compareDays(one: Day, other: Day): -1 | 0 | 1 {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The earliest of the days. */
export function earliest(first: Day, ...rest: readonly Day[]): Day {
  return rest.reduce((best, one) => (compareDays(one, best) < 0 ? one : best), first);
}

/** The latest of the days. */
export function latest(first: Day, ...rest: readonly Day[]): Day {
  return rest.reduce((best, one) => (compareDays(one, best) > 0 ? one : best), first);
}

/** The first day of the day's month. */
export function firstOfMonth(theDay: Day): Day {
  return `${theDay.slice(0, 8)}01` as Day;
}

/** The last day of the day's month. */
export function lastOfMonth(theDay: Day): Day {
  return written(yearOf(theDay), monthOf(theDay), monthLength(yearOf(theDay), monthOf(theDay)));
}

/**
 * A day for people. `prose`: 2026年9月28日(周一), “Monday 28 September 2026”. `short`: 9月28日,
 * “28 September”. `table`: 2026-09-28 in both languages.
 */
export function formatDay(theDay: Day, lang: Lang, style: "prose" | "short" | "table" = "prose"): string {
  if (style === "table") return theDay;
  const date = dayOfMonth(theDay);
  const month = monthOf(theDay);
  const week = weekday(theDay) - 1;
  if (lang === "zh") {
    const short = `${month}月${date}日`;
    return style === "short" ? short : `${yearOf(theDay)}年${short}（${weekdayWords.zh[week]}）`;
  }
  const short = `${date} ${monthWords[month - 1]}`;
  return style === "short" ? short : `${weekdayWords.en[week]} ${short} ${yearOf(theDay)}`;
}

/** A day in short for who reads it `on` a day: another year's says its year, 2027年10月12日, “12 October 2027”. */
export function formatNear(theDay: Day, on: Day, lang: Lang): string {
  const short = formatDay(theDay, lang, "short");
  if (yearOf(theDay) === yearOf(on)) return short;
  return lang === "zh" ? `${yearOf(theDay)}年${short}` : `${short} ${yearOf(theDay)}`;
}

/** A length of calendar time: months are added first, then days. */
export interface Duration {
  readonly months: number;
  readonly days: number;
}

/** An ISO 8601 duration of whole years, months, weeks and days: `P5D`, `P1M`, `P1Y6M`, `-P3D`. */
export function parseDuration(value: unknown, at?: string): Or<Duration> {
  const found =
    typeof value === "string"
      ? /^(-?)P(?=\d)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?$/.exec(value.trim())
      : null;
  if (!found) return refuse("bad-duration", { value: shown(value) }, { at });
  const [, minus, years = "0", months = "0", weeks = "0", days = "0"] = found;
  const sign = minus ? -1 : 1;
  return {
    months: sign * (Number(years) * 12 + Number(months)) || 0,
    days: sign * (Number(weeks) * 7 + Number(days)) || 0,
  };
}

/** The day a duration after a day. */
export function addDuration(theDay: Day, duration: Duration): Day {
  return addDays(addMonths(theDay, duration.months), duration.days);
}

/** A month, written `YYYY-MM`, as periods of account and figures are. */
export type Month = string & Made<"month">;

/** The month a day lies in. */
export function monthOfDay(theDay: Day): Month {
  return theDay.slice(0, 7) as Month;
}

/** Whether a value is a month, written `YYYY-MM`. */
export function isMonth(value: unknown): value is Month {
  return typeof value === "string" && isDay(`${value}-01`);
}

/** The first day of a month. */
export function firstDayOf(month: Month): Day {
  return `${month}-01` as Day;
}

function monthLength(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function valid(year: number, month: number, inMonth: number): boolean {
  return (
    Number.isInteger(year) &&
    year >= 1 &&
    year <= 9999 &&
    month >= 1 &&
    month <= 12 &&
    inMonth >= 1 &&
    inMonth <= monthLength(year, month)
  );
}

function written(year: number, month: number, inMonth: number): Day {
  const pad = (number: number, width: number) => String(number).padStart(width, "0");
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(inMonth, 2)}` as Day;
}

import {
  addDays,
  addMonths,
  type Day,
  dayNumber,
  dayOf,
  dayOfNumber,
  daysBetween,
  latest,
  weekday,
  yearOf,
} from "./day.ts";
import { type HolidayYear, holidayYears } from "./holidays.ts";
import { isRefusal, type Or, refuse } from "./refusal.ts";
import type { Text } from "./words.ts";

/** The years whose holidays are known. A value: an installation adds a year by policy (`withYear`). */
export interface Calendar {
  readonly years: ReadonlyMap<number, HolidayYear>;
}

/** The calendar this program is delivered with. */
export const chinaCalendar: Calendar = calendarOf(holidayYears);

/** A calendar of these years; of two for one year the later in the list holds. */
export function calendarOf(years: readonly HolidayYear[]): Calendar {
  return { years: new Map(years.map((one) => [one.year, one])) };
}

/** The calendar with one more year, or with a year replaced. */
export function withYear(calendar: Calendar, year: HolidayYear): Calendar {
  return { years: new Map([...calendar.years, [year.year, year]]) };
}

/** Working days of one year: which day numbers they are, and how many precede each day. */
interface YearIndex {
  readonly first: number;
  /** `before[i]` working days precede day `first + i`; one more entry than the year has days. */
  readonly before: Uint16Array;
  /** Day numbers of the working days, in order. */
  readonly working: readonly number[];
}

const indexes = new WeakMap<HolidayYear, YearIndex>();

function indexOf(year: number, calendar: Calendar): Or<YearIndex> {
  const holidays = calendar.years.get(year);
  if (!holidays) return refuse("calendar-unknown", { year: String(year) });
  const known = indexes.get(holidays);
  if (known) return known;
  const first = dayNumber(dayOf(year, 1, 1) as Day);
  const length = dayNumber(dayOf(year + 1, 1, 1) as Day) - first;
  const off = new Set(holidays.off.map(dayNumber));
  const work = new Set(holidays.work.map(dayNumber));
  const before = new Uint16Array(length + 1);
  const working: number[] = [];
  for (let i = 0; i < length; i++) {
    const number = first + i;
    before[i] = working.length;
    const weekend = weekday(dayOfNumber(number)) > 5;
    if (work.has(number) || (!weekend && !off.has(number))) working.push(number);
  }
  before[length] = working.length;
  const made = { first, before, working };
  indexes.set(holidays, made);
  return made;
}

/** Whether people work on a day. Refuses `calendar-unknown` for a year without data; never guesses. */
export function isWorkingDay(day: Day, calendar: Calendar): Or<boolean> {
  const index = indexOf(yearOf(day), calendar);
  if (isRefusal(index)) return index;
  const i = dayNumber(day) - index.first;
  return index.before[i + 1] !== index.before[i];
}

/** Whether a day is a statutory holiday with 300 % pay. Refuses `calendar-unknown`. */
export function isStatutoryHoliday(day: Day, calendar: Calendar): Or<boolean> {
  const year = calendar.years.get(yearOf(day));
  return year ? year.statutory.includes(day) : refuse("calendar-unknown", { year: String(yearOf(day)) });
}

/** The unit in which a clock counts. */
export type ClockUnit = "working" | "calendar" | "month";

/**
 * A statutory period. The day it starts from is never counted (Civil Procedure Law Art. 85).
 * `rollForward` moves a last day that is a rest day to the next working day; false unless said:
 * only the law that sets the period can say so. A period of months ends on the corresponding day.
 */
export type ClockRule =
  | { readonly days: number; readonly unit: "working" | "calendar"; readonly rollForward?: boolean }
  | { readonly months: number; readonly unit: "month"; readonly rollForward?: boolean };

/** The last day of a period that starts from `start`. Zero days end on the start day itself. */
export function dueDay(start: Day, rule: ClockRule, calendar: Calendar): Or<Day> {
  if (rule.unit === "working")
    return rule.days === 0 ? rolled(start, rule, calendar) : workingDayAfter(start, rule.days, calendar);
  const last = rule.unit === "month" ? addMonths(start, rule.months) : addDays(start, rule.days);
  return rolled(last, rule, calendar);
}

/** The `count`th working day after a day (`count` ≥ 1). */
export function workingDayAfter(start: Day, count: number, calendar: Calendar): Or<Day> {
  let year = yearOf(start);
  let left = count;
  for (let index = indexOf(year, calendar); ; index = indexOf(++year, calendar)) {
    if (isRefusal(index)) return index;
    const skipped = year === yearOf(start) ? (index.before[dayNumber(start) - index.first + 1] as number) : 0;
    const found = index.working[skipped + left - 1];
    if (found !== undefined) return dayOfNumber(found);
    left -= index.working.length - skipped;
  }
}

/** The day itself when people work on it, else the next on which they do. */
function workingDayFrom(day: Day, calendar: Calendar): Or<Day> {
  const works = isWorkingDay(day, calendar);
  if (isRefusal(works)) return works;
  return works ? day : workingDayAfter(day, 1, calendar);
}

/** The safe day to tell people: the last working day on or before the legal last day. */
export function safeDay(due: Day, calendar: Calendar): Or<Day> {
  for (let day = due; ; day = addDays(day, -1)) {
    const works = isWorkingDay(day, calendar);
    if (isRefusal(works)) return works;
    if (works) return day;
  }
}

/** How many working days lie after `from` up to and including `to`; negative when `to` is before. */
export function workingDaysBetween(from: Day, to: Day, calendar: Calendar): Or<number> {
  if (to < from) {
    const back = workingDaysBetween(to, from, calendar);
    return isRefusal(back) ? back : -back || 0;
  }
  let total = 0;
  for (let year = yearOf(from); year <= yearOf(to); year++) {
    const index = indexOf(year, calendar);
    if (isRefusal(index)) return index;
    const upTo = year === yearOf(to) ? dayNumber(to) - index.first + 1 : index.before.length - 1;
    const after = year === yearOf(from) ? dayNumber(from) - index.first + 1 : 0;
    total += (index.before[upTo] as number) - (index.before[after] as number);
  }
  return total;
}

/**
 * What is left of a clock: the days after `today` up to and including `due`, in working days, or in
 * calendar days for the other units. 0 on the last day itself; negative when it is past.
 */
export function remaining(today: Day, due: Day, unit: ClockUnit, calendar: Calendar): Or<number> {
  return unit === "working" ? workingDaysBetween(today, due, calendar) : daysBetween(today, due);
}

/**
 * A time in which a clock stands still. Like the clock itself it does not count the day it begins
 * on and counts the day it ends on; `until` is null while it lasts.
 */
export interface Pause {
  readonly from: Day;
  readonly until: Day | null;
}

/** How many days the pauses took from a clock, up to `today`; pauses that overlap count once. */
export function pausedDays(
  pauses: readonly Pause[],
  unit: ClockUnit,
  today: Day,
  calendar: Calendar,
): Or<number> {
  let total = 0;
  for (const { from, until } of apart(pauses)) {
    const end = until === null || until > today ? today : until;
    if (end <= from) continue;
    const part = remaining(from, end, unit, calendar);
    if (isRefusal(part)) return part;
    total += part;
  }
  return total;
}

/**
 * The last day of a period that stood still during the pauses; null while one of them lasts. A pause
 * that begins after the period had already ended changes nothing.
 */
export function dueAfterPauses(
  start: Day,
  rule: ClockRule,
  pauses: readonly Pause[],
  calendar: Calendar,
): Or<Day | null> {
  // Pauses are laid on in order, each moving the unrolled end; the roll forward comes last.
  const plain = { ...rule, rollForward: false };
  let end = dueDay(start, plain, calendar);
  for (const pause of apart(pauses)) {
    if (isRefusal(end)) return end;
    const from = latest(pause.from, start);
    if (from >= end) break;
    if (pause.until === null) return null;
    if (pause.until <= from) continue;
    const lost = remaining(from, pause.until, rule.unit, calendar);
    if (isRefusal(lost)) return lost;
    if (lost > 0) end = rule.unit === "working" ? workingDayAfter(end, lost, calendar) : addDays(end, lost);
  }
  return isRefusal(end) ? end : rolled(end, rule, calendar);
}

/** A rule in words: 5 个工作日, “5 working days”. */
export function clockText(rule: ClockRule): Text {
  return rule.unit === "month" ? counted(rule.months, "month") : counted(rule.days, rule.unit);
}

/** What is left, in words: 还剩 3 个工作日, 今天到期, 已逾期 2 个工作日. */
export function remainingText(left: number, unit: ClockUnit): Text {
  if (left === 0) return { zh: "今天到期", en: "due today" };
  const amount = counted(Math.abs(left), unit === "month" ? "calendar" : unit);
  return left > 0
    ? { zh: `还剩 ${amount.zh}`, en: `${amount.en} left` }
    : { zh: `已逾期 ${amount.zh}`, en: `${amount.en} overdue` };
}

function counted(count: number, unit: ClockUnit): Text {
  const plural = count === 1 ? "" : "s";
  if (unit === "working") return { zh: `${count} 个工作日`, en: `${count} working day${plural}` };
  if (unit === "month") return { zh: `${count} 个月`, en: `${count} month${plural}` };
  return { zh: `${count} 天`, en: `${count} day${plural}` };
}

function rolled(last: Day, rule: ClockRule, calendar: Calendar): Or<Day> {
  return rule.rollForward ? workingDayFrom(last, calendar) : last;
}

/** The pauses in order, with those that touch or overlap joined. */
function apart(pauses: readonly Pause[]): readonly Pause[] {
  const joined: Pause[] = [];
  for (const pause of [...pauses].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = joined.at(-1);
    if (last && (last.until === null || pause.from <= last.until)) {
      const until = last.until === null || pause.until === null ? null : latest(last.until, pause.until);
      joined[joined.length - 1] = { from: last.from, until };
    } else joined.push(pause);
  }
  return joined;
}

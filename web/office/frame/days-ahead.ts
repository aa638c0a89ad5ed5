import { type Day, daysBetween, yearOf } from "../../../src/kernel/day.ts";
import { fictitiousYear } from "../../../src/kernel/holidays.ts";
import { isRefusal } from "../../../src/kernel/refusal.ts";
import { chinaCalendar, withYear, workingDayAfter } from "../../../src/kernel/working-days.ts";

/** Calendar days from a day to the working day that many after it, by the fictitious federation's calendar. */
export function daysAhead(today: string, workingDays: number): number {
  const from = today as Day;
  let calendar = chinaCalendar;
  for (let year = Math.max(2027, yearOf(from)); year <= yearOf(from) + 1; year += 1) {
    calendar = withYear(calendar, fictitiousYear(year));
  }
  const then = workingDayAfter(from, workingDays, calendar);
  return isRefusal(then) ? workingDays : daysBetween(from, then);
}

import { type Day, yearOf } from "../kernel/day.ts";
import { fictitiousYear } from "../kernel/holidays.ts";
import { type Calendar, chinaCalendar, withYear } from "../kernel/working-days.ts";

/** How many years past today the trial clock may run. */
const yearsAhead = 5;

/**
 * The calendar of the fictitious federation: the published years, and made-up ones where nothing is published yet, so that
 * its trial clock can run on. A real installation waits for the notice instead.
 */
export function fictitiousCalendar(today: Day): Calendar {
  let calendar = chinaCalendar;
  for (let year = yearOf(today) - 1; year <= yearOf(today) + yearsAhead; year++)
    if (!calendar.years.has(year)) calendar = withYear(calendar, fictitiousYear(year));
  return calendar;
}

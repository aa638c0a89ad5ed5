import { z } from "zod";
import { type Db, unlessAway } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { yearOf } from "../kernel/day.ts";
import { fictitiousYear, parseHolidayYear } from "../kernel/holidays.ts";
import type { UnitPath } from "../kernel/path.ts";
import { isRefusal } from "../kernel/refusal.ts";
import { type Calendar, chinaCalendar, withYear } from "../kernel/working-days.ts";
import { definePolicy, policyType } from "../units/policy.ts";
import { policyChannel, resolvePolicy } from "../units/policy-store.ts";

/** Holiday years this program was not delivered with, as the State Council's notices set them. */
const holidayPolicy = definePolicy({
  key: "calendar.holidays",
  title: { zh: "放假安排（补充年份）", en: "Holidays of further years" },
  help: {
    zh: "国务院办公厅公布次年放假安排后录入：year、notice、off（放假日）、work（调休上班日）、statutory（法定节假日）。等待期限的办件随即确定日期。",
    en: "Entered when the State Council publishes the next year: year, notice, off (days off), work (weekend days worked), statutory. Cases that waited get their day.",
  },
  type: policyType.json(z.array(z.unknown())),
  defaults: [
    {
      value: [],
      source: {
        document: { zh: "国务院办公厅放假安排通知", en: "State Council notices on holidays" },
        tag: "V",
      },
    },
  ],
});

/** How many years ahead a fictitious federation may be taken: its years to come are made up. */
const madeUpYears = 6;

/** The calendar in force. */
export interface OpenCalendar {
  readonly current: () => Calendar;
  readonly refresh: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** How often it is read again besides, for the day that has come and for a change nobody was told of. */
const againMs = 10_000;

/**
 * Opens the calendar in force: it follows the policies as any process sets them. A fictitious federation, whose clock runs
 * ahead, has made-up holidays for years nobody has published; a real one has none and says so. `failed` is told why it
 * could not be read again, save for a database that is away.
 */
export async function openCalendar(
  db: Pick<Db, "systemRead" | "listen">,
  clock: { readonly today: () => Day; readonly isTrial: boolean },
  failed?: (error: unknown) => void,
): Promise<OpenCalendar> {
  let calendar: Calendar = chinaCalendar;
  const refresh = async () => {
    const today = clock.today();
    const extra = await db.systemRead((tx) => resolvePolicy(tx, holidayPolicy, "cn" as UnitPath, today));
    let fresh: Calendar = chinaCalendar;
    if (clock.isTrial) {
      const last = Math.max(...fresh.years.keys());
      for (let year = last + 1; year <= yearOf(today) + madeUpYears; year++)
        fresh = withYear(fresh, fictitiousYear(year));
    }
    for (const one of extra.value as readonly unknown[]) {
      const year = parseHolidayYear(one);
      if (!isRefusal(year)) fresh = withYear(fresh, year);
    }
    calendar = fresh;
  };
  const again = (): void => {
    refresh().catch(unlessAway(failed)); // the next round reads it
  };
  await refresh();
  const stop = await db.listen(policyChannel, again, again);
  const timer = setInterval(again, againMs).unref();
  return {
    current: () => calendar,
    refresh,
    async close() {
      clearInterval(timer);
      await stop();
    },
  };
}

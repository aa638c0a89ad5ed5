import { addDays, type Day, day, isDay, weekday } from "./day.ts";
import { type Or, refuse } from "./refusal.ts";
import { shown } from "./text.ts";

/**
 * One year of public holidays as the State Council's notice sets them. `off` are all days of its
 * breaks, `work` the weekend days worked instead, `statutory` those of `off` that are holidays by
 * law and carry 300 % pay (Labour Law Art. 44; 《全国年节及纪念日放假办法》 Art. 2). Days a notice sets
 * in the December before (2018-12-29 was worked for 2019) belong to that year's entry.
 */
export interface HolidayYear {
  readonly year: number;
  /** The notice's number: 国办发明电〔2025〕7号. */
  readonly notice: string;
  readonly off: readonly Day[];
  readonly work: readonly Day[];
  readonly statutory: readonly Day[];
}

/** One year in the notice's own short form: days as `MM-DD`, breaks as `MM-DD..MM-DD`. */
function year(year: number, notice: string, off: string, work: string, statutory: string): HolidayYear {
  return { year, notice, off: days(year, off), work: days(year, work), statutory: days(year, statutory) };
}

function days(year: number, spans: string): readonly Day[] {
  return spans.split(" ").flatMap((span) => {
    const [first, last = first] = span.split("..").map((part) => day(`${year}-${part}`)) as [Day, Day?];
    const all: Day[] = [];
    for (let one = first; one <= last; one = addDays(one, 1)) all.push(one);
    return all;
  });
}

/**
 * The notices of 2019 to 2026. A test checks the days against `chinese-days`; the numbers were
 * compared across several public copies of the notices.
 */
export const holidayYears: readonly HolidayYear[] = [
  year(
    2019,
    "国办发明电〔2018〕15号、〔2019〕3号", // the second moved Labour Day
    "01-01 02-04..02-10 04-05..04-07 05-01..05-04 06-07..06-09 09-13..09-15 10-01..10-07",
    "02-02 02-03 04-28 05-05 09-29 10-12",
    "01-01 02-05..02-07 04-05 05-01 06-07 09-13 10-01..10-03",
  ),
  year(
    2020,
    "国办发明电〔2019〕16号、〔2020〕1号", // the second lengthened the Spring Festival to 2 February
    "01-01 01-24..02-02 04-04..04-06 05-01..05-05 06-25..06-27 10-01..10-08",
    "01-19 04-26 05-09 06-28 09-27 10-10",
    "01-01 01-25..01-27 04-04 05-01 06-25 10-01..10-04",
  ),
  year(
    2021,
    "国办发明电〔2020〕27号",
    "01-01..01-03 02-11..02-17 04-03..04-05 05-01..05-05 06-12..06-14 09-19..09-21 10-01..10-07",
    "02-07 02-20 04-25 05-08 09-18 09-26 10-09",
    "01-01 02-12..02-14 04-04 05-01 06-14 09-21 10-01..10-03",
  ),
  year(
    2022,
    "国办发明电〔2021〕11号",
    "01-01..01-03 01-31..02-06 04-03..04-05 04-30..05-04 06-03..06-05 09-10..09-12 10-01..10-07",
    "01-29 01-30 04-02 04-24 05-07 10-08 10-09",
    "01-01 02-01..02-03 04-05 05-01 06-03 09-10 10-01..10-03",
  ),
  year(
    2023,
    "国办发明电〔2022〕16号",
    "01-01..01-02 01-21..01-27 04-05 04-29..05-03 06-22..06-24 09-29..10-06",
    "01-28 01-29 04-23 05-06 06-25 10-07 10-08",
    "01-01 01-22..01-24 04-05 05-01 06-22 09-29 10-01..10-03",
  ),
  year(
    2024,
    "国办发明电〔2023〕7号",
    "01-01 02-10..02-17 04-04..04-06 05-01..05-05 06-10 09-15..09-17 10-01..10-07",
    "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    "01-01 02-10..02-12 04-04 05-01 06-10 09-17 10-01..10-03",
  ),
  year(
    2025,
    "国办发明电〔2024〕12号",
    "01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08",
    "01-26 02-08 04-27 09-28 10-11",
    "01-01 01-28..01-31 04-04 05-01..05-02 05-31 10-01..10-03 10-06",
  ),
  year(
    2026,
    "国办发明电〔2025〕7号",
    "01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27 10-01..10-07",
    "01-04 02-14 02-28 05-09 09-20 10-10",
    "01-01 02-16..02-19 04-05 05-01..05-02 06-19 09-25 10-01..10-03",
  ),
];

/**
 * A year of holidays from outside, as a policy value holds it. Refuses `bad-holiday-year` when the
 * lists contradict each other: a day of another year, off and worked at once, a worked day that is no
 * weekend, a statutory day that is not off.
 */
export function parseHolidayYear(value: unknown, at?: string): Or<HolidayYear> {
  const given = (typeof value === "object" && value !== null ? value : {}) as Partial<HolidayYear>;
  const wrong = (zh: string, en: string) =>
    refuse("bad-holiday-year", { year: shown(given.year) || "?", why: { zh, en } }, { at });
  if (!Number.isInteger(given.year)) return wrong("没有年份", "no year");
  if (typeof given.notice !== "string" || given.notice.trim() === "")
    return wrong("没有通知文号", "the notice has no number");
  const lists = [given.off, given.work, given.statutory ?? []];
  for (const list of lists) {
    if (!Array.isArray(list) || !list.every(isDay)) return wrong("日期列表有误", "a list is not of days");
    if (!list.every((one) => one.startsWith(`${given.year}-`)))
      return wrong("含有其他年份的日期", "a day lies in another year");
  }
  const [off, work, statutory] = lists as [Day[], Day[], Day[]];
  const offSet = new Set(off);
  if (offSet.size !== off.length || new Set(work).size !== work.length)
    return wrong("日期重复", "a day is listed twice");
  if (off.length === 0) return wrong("没有放假日", "no day is off");
  if (work.some((one) => offSet.has(one))) return wrong("同一天既放假又上班", "a day is both off and worked");
  if (work.some((one) => weekday(one) < 6)) return wrong("调休上班日不是周末", "a make-up day is no weekend");
  if (!statutory.every((one) => offSet.has(one)))
    return wrong("法定节日不在放假日内", "a statutory holiday is not among the days off");
  return { year: given.year as number, notice: given.notice.trim(), off, work, statutory };
}

/**
 * A made-up year for the fictitious federation alone, so that its trial clock can run past the last
 * notice: the holidays of fixed date, no make-up days. A real installation waits for the notice.
 */
export function fictitiousYear(ofYear: number): HolidayYear {
  const fixed = "01-01 05-01..05-02 10-01..10-03";
  return {
    year: ofYear,
    notice: "虚构放假安排（仅供试用）",
    off: days(ofYear, fixed),
    work: [],
    statutory: days(ofYear, fixed),
  };
}

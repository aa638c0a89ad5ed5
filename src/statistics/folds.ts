import { addMonths, type Day, day, firstOfMonth, monthOf, yearOf } from "../kernel/day.ts";
import type { Count } from "../rollups/index.ts";
import { type Asked, sums, total } from "./asked.ts";

/** A number and how many records it was computed from, which decides whether it may leave the house. */
export interface Amount {
  /** In the measure's unit. Null when there is nothing to measure, such as the median of no case. */
  readonly value: number | null;
  readonly records: number;
}

/** One part of a figure under its key. */
export interface Part extends Amount {
  readonly key: string;
  readonly value: number;
}

/** A count counts itself. */
export const counted = (value: number): Amount => ({ value, records: value });

/** The parts of a count, in the order of their keys. */
export function parts(counts: readonly Count[], of: (count: Count) => string | undefined): readonly Part[] {
  return [...sums(counts, of)]
    .filter(([, value]) => value !== 0)
    .map(([key, value]) => ({ key, value, records: value }))
    .sort((one, other) => (one.key < other.key ? -1 : 1));
}

/** The same, the largest first. */
export const bySize = (of: readonly Part[]): readonly Part[] =>
  of.toSorted((one, other) => other.value - one.value || (one.key < other.key ? -1 : 1));

/** Parts by the key each was counted under. */
export const byKey = (counts: readonly Count[]) => parts(counts, ({ key }) => key);
/** Parts by month (`2026-03`), the earliest first; what lies outside of time is left out. */
export const byMonth = (counts: readonly Count[]) => parts(counts, ({ month }) => month ?? undefined);

/** What stands before the stroke of a key made of two. */
export const before = (key: string): string => key.slice(0, key.indexOf("/"));

const bands = ["0-19", "20-29", "30-39", "40-49", "50+"] as const;

/** The band of an age in completed years, counted by months: who is born in a month is a year older on its first day. */
function bandOf(month: string, today: Day): string {
  const born = day(`${month}-01`);
  const months = (yearOf(today) - yearOf(born)) * 12 + monthOf(today) - monthOf(born);
  return bands[Math.max(0, Math.min(4, Math.floor(months / 120) - 1))]!;
}

/** Members by age; those whose birth date is not known under `unknown`. */
export async function byAge(asked: Asked): Promise<readonly Part[]> {
  const [known, unknown] = await Promise.all([asked.read("member.born", {}), asked.read("member.born")]);
  return parts([...known, ...unknown], ({ month }) =>
    month === null ? "unknown" : bandOf(month, asked.today),
  );
}

/** The median of numbers that stand as keys, each as often as it counts; the mean of the middle two. */
export function medianOf(counts: readonly Count[]): Amount {
  const often = [...sums(counts, ({ key }) => key)].map(([key, n]) => [Number(key), n] as const);
  often.sort(([one], [other]) => one - other);
  const records = total(counts);
  if (records === 0) return { value: null, records };
  const at = (position: number): number => {
    let seen = 0;
    for (const [value, n] of often) {
      seen += n;
      if (position < seen) return value;
    }
    throw new Error("a position beyond the last");
  };
  return { value: (at(Math.floor((records - 1) / 2)) + at(Math.floor(records / 2))) / 2, records };
}

/** The mean of stars that stand as keys, in hundredths. */
export function meanOf(counts: readonly Count[]): Amount {
  const records = total(counts);
  const sum = counts.reduce((stars, { key, n }) => stars + Number(key) * n, 0);
  return { value: records === 0 ? null : Math.round((sum / records) * 100), records };
}

/** A point of a trend: a month and the amount in it, or at its end. */
export interface Point extends Amount {
  readonly month: string;
}

/** Each month of the span, with what `of` makes of the counts that lie in it. */
export function monthly(
  asked: Asked,
  counts: readonly Count[],
  of: (counts: readonly Count[]) => Amount,
): readonly Point[] {
  return monthsOf(asked).map((month) => ({
    month,
    ...of(counts.filter((count) => count.month === month)),
  }));
}

/** A stock at the end of each month of the span: what it is now without what has come and gone since. */
export function standing(asked: Asked, now: number, since: readonly Count[]): readonly Point[] {
  return monthsOf(asked).map((month) => ({
    month,
    ...counted(now - total(since.filter((count) => (count.month ?? "") > month))),
  }));
}

function monthsOf({ from, to }: Asked): readonly string[] {
  const months: string[] = [];
  for (let month = firstOfMonth(from); month <= to; month = addMonths(month, 1))
    months.push(month.slice(0, 7));
  return months;
}

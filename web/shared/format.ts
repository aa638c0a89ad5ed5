import { type Day, dayInShanghai, formatDay, formatNear, isDay } from "../../src/kernel/day.ts";
import { capitals, formatYuan } from "../../src/kernel/money.ts";
import type { Lang } from "../../src/kernel/words.ts";
import { remainingText } from "../../src/kernel/working-days.ts";
import { printed } from "./lang.tsx";

/** Values as people read them, by the kernel's own rules. All take what JSON brings. */

/** ¥3,744.00 of an amount in fen; a dash where there is none. */
export function money(fen: number | null | undefined): string {
  return fen === null || fen === undefined ? "—" : formatYuan(BigInt(fen));
}

/** 叁仟柒佰肆拾肆元整 of an amount in fen. */
export function moneyInCapitals(fen: number): string {
  return capitals(BigInt(fen));
}

/** A day: prose 2026年9月28日(周一), short 9月28日, table 2026-09-28. Anything else comes back as it is. */
export function day(
  value: string | null | undefined,
  lang: Lang,
  style: "prose" | "short" | "table" = "prose",
): string {
  if (!value) return "—";
  if (!isDay(value)) return value;
  // Without its year a day is read as this year's; another year's says so.
  if (style === "short") return formatNear(value, deviceDay(), lang);
  return printed(formatDay(value, lang, style), lang);
}

/** The day it is in Shanghai by this device's clock, where the server's day is not at hand. */
function deviceDay(): Day {
  return dayInShanghai(new Date());
}

/** An instant as day and time in Shanghai: 9月28日 14:05. */
export function moment(instant: string, lang: Lang, style: "prose" | "short" | "table" = "short"): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  const time = new Date(date.getTime() + 8 * 3_600_000).toISOString().slice(11, 16);
  return `${formatDay(dayInShanghai(date), lang, style)} ${time}`;
}

/** 还剩 3 个工作日, of the days the server counted. */
export function remaining(left: { readonly days: number; readonly unit: string }, lang: Lang): string {
  return remainingText(left.days, left.unit === "working" ? "working" : "calendar")[lang];
}

/** A file's size: 812 KB, 3.4 MB. */
export function size(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1000))} KB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A whole number with thousands apart: 12,480. */
export function count(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

import { type Day, formatDay, isDay } from "../kernel/day.ts";
import { formatYuan } from "../kernel/money.ts";
import { isText, type Lang } from "../kernel/words.ts";
import { type TemplateName, templates } from "./templates/index.ts";

/** A message in words. */
export interface Words {
  readonly title: string;
  readonly body: string;
}

/**
 * A stored message in the reader's language. A template that is gone (an older version wrote it) leaves
 * an empty body rather than an error.
 */
export function wordsOf(template: string, params: Readonly<Record<string, unknown>>, lang: Lang): Words {
  const found = templates[template as TemplateName];
  if (!found) return { title: template, body: "" };
  return {
    title: filled(found.title[lang], params, lang),
    body: filled(found.body[lang], params, lang).trim(),
  };
}

function filled(sentence: string, params: Readonly<Record<string, unknown>>, lang: Lang): string {
  const said = sentence.replace(/\{(\w+)\}/g, (_whole, name: string) => valueIn(name, params[name], lang));
  // What somebody wrote may end in a stop of its own where the sentence sets one.
  return lang === "zh" ? said.replace(/([。！？])。/g, "$1") : said.replace(/([.!?。！？])\.(?!\.)/g, "$1");
}

function valueIn(name: string, value: unknown, lang: Lang): string {
  if (value === undefined || value === null) return "—";
  if (name.endsWith("Fen") && (typeof value === "number" || typeof value === "bigint"))
    return formatYuan(BigInt(value));
  if (/(^on|On|Day)$/.test(name) && isDay(value)) return formatDay(value as Day, lang, "prose");
  return isText(value) ? value[lang] : String(value);
}

/** When a person is not to be disturbed, `HH:MM` in Asia/Shanghai; `from` may lie after `until` (over midnight). */
export interface QuietHours {
  readonly from: string;
  readonly until: string;
}

const minuteMs = 60_000;
const dayMinutes = 1440;

/** Milliseconds until a person may be disturbed: 0 outside their quiet hours. */
export function quietFor(at: Date, quiet: QuietHours): number {
  const from = minutesOf(quiet.from);
  const until = minutesOf(quiet.until);
  if (from === until) return 0;
  // China has one time zone and no summer time: eight hours ahead, always.
  const nowMs = (at.getTime() + 8 * 3_600_000) % (dayMinutes * minuteMs);
  const now = nowMs / minuteMs;
  const inside = from < until ? now >= from && now < until : now >= from || now < until;
  if (!inside) return 0;
  const ahead = until > now ? until - now : until + dayMinutes - now;
  return Math.round(ahead * minuteMs);
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(":").map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

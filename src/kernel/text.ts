import { type Or, refuse } from "./refusal.ts";

/** Signs that are seen nowhere and change what a text equals: BOM, zero-width space, soft hyphen, bidi marks. */
const invisible = /[\uFEFF\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\u00AD]/g;

/** Control characters, with tab and line breaks apart. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/;

const segmenter = new Intl.Segmenter("zh", { granularity: "grapheme" });

/**
 * An identifier as typed or pasted, made plain: full-width ASCII becomes half-width, spaces of any
 * kind at the ends and invisible signs go. For numbers, codes and amounts, not for prose.
 */
export function halfWidth(text: string): string {
  return text
    .replace(invisible, "")
    .replace(/[\uFF01-\uFF5E]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0))
    .replace(/[\u3000\u00A0]/g, " ")
    .trim();
}

/**
 * Prose made plain: ends trimmed, runs of spaces joined, full-width letters and digits half-width,
 * accents composed, invisible signs gone, lines ended by \n. Chinese punctuation stays, and so does every
 * rare character: compatibility ideographs, which Unicode's own normal forms would replace by
 * another shape, and the selectors that choose a shape, are left as they were written.
 */
export function tidy(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(invisible, "")
    .replace(/[０-９Ａ-Ｚａ-ｚ]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0))
    .replace(/[\u0020-\u2E7F\uAC00-\uD7A3]+/gu, (run) => run.normalize("NFC"))
    .replace(/[ \t\u3000\u00A0]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** Signs that are one character each and join with nothing: most of what is ever counted. */
const plainSigns = /^[\u0020-\u007E\u3001-\u3029\u4E00-\u9FFF\uFF01-\uFF5E·]*$/;

/** How many characters a reader sees: 𠮷 is one, and so is a letter with its accent. */
export function lengthOf(text: string): number {
  if (plainSigns.test(text)) return text.length;
  let length = 0;
  for (const _ of segmenter.segment(text)) length++;
  return length;
}

/**
 * A wrong value as a refusal may repeat it: short, and with no run of digits long enough to be a
 * person's number. What is no text or number is not repeated.
 */
export function shown(value: unknown): string {
  const plain = typeof value === "string" || typeof value === "number" || typeof value === "bigint";
  return plain
    ? String(value)
        .slice(0, 40)
        .replace(/\d{9,}/g, "***")
    : "";
}

/** What a text must be. Bounds are in characters as a reader sees them. */
export interface TextRule {
  /** 1. Zero admits an empty text. */
  readonly min?: number;
  /** 2000. */
  readonly max?: number;
  /** Whether it may have several lines. false: line breaks become spaces. */
  readonly lines?: boolean;
  readonly at?: string;
}

/** A text from outside, made tidy. Refuses `required`, `control-character`, `too-short`, `too-long`. */
export function parseText(value: unknown, rule: TextRule = {}): Or<string> {
  const place = { at: rule.at };
  const { min = 1, max = 2000 } = rule;
  const given = typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
  if (control.test(given)) return refuse("control-character", {}, place);
  const text = rule.lines ? tidy(given) : tidy(given).replace(/\n+/g, " ");
  if (text === "" && min > 0) return refuse("required", {}, place);
  // Counting graphemes is slow: a text too long in any count is refused before.
  const length = text.length > max * 16 ? text.length : lengthOf(text);
  if (length < min) return refuse("too-short", { min }, place);
  if (length > max) return refuse("too-long", { max }, place);
  return text;
}

/**
 * A person's name as on the card: 2–50 characters, Chinese characters and letters of any script,
 * with the dot · between the parts of a name, a space, a hyphen or an apostrophe between letters. The
 * dot's many look-alikes become ·, spaces between Chinese characters go. Refuses as `parseText` and
 * `bad-name`.
 */
export function parseName(value: unknown, at?: string): Or<string> {
  const text = parseText(value, { max: 200, ...(at !== undefined && { at }) });
  if (typeof text !== "string") return text;
  const name = text
    .replace(/\s*[•‧∙⋅・･]\s*/gu, "·")
    .replace(/(?<=\p{Script=Han})\s*[.．。]\s*(?=\p{Script=Han})/gu, "·")
    .replace(/(?<=\p{Script=Han})\s+(?=\p{Script=Han})/gu, "")
    .replace(/\s*·\s*/g, "·");
  const length = lengthOf(name);
  if (length < 2) return refuse("too-short", { min: 2 }, { at });
  if (length > 50) return refuse("too-long", { max: 50 }, { at });
  if (!/^[\p{L}\p{M}\p{Script=Han}]+(?:[·\-'’ .]{1,2}[\p{L}\p{M}\p{Script=Han}]+)*\.?$/u.test(name))
    return refuse("bad-name", {}, { at });
  return name;
}

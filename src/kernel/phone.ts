import { type Or, refuse } from "./refusal.ts";
import { halfWidth } from "./text.ts";

/** A telephone number in plain form: 13800000000, or 0551-6000000 with an optional extension -801. */
export interface Phone {
  readonly number: string;
  readonly kind: "mobile" | "landline";
}

/** A telephone number from outside, spaces, dashes and +86 taken off. Refuses `required`, `bad-phone`. */
export function parsePhone(value: unknown, at?: string): Or<Phone> {
  const text = plain(value);
  if (text === "") return refuse("required", {}, { at });
  const mobile = mobileOf(text);
  if (mobile) return { number: mobile, kind: "mobile" };
  const found =
    /^\(?(0(?:10|2\d|[3-9]\d{2}))\)?[-\s]?(\d{4})[-\s]?(\d{3,4})(?:(?:-|转|EXT\.?|X)(\d{1,6}))?$/i.exec(
      text.replace(/\s*(转|-)\s*/g, "$1"),
    );
  if (!found) return refuse("bad-phone", {}, { at });
  const [, area, first, last, extension] = found;
  return { number: `${area}-${first}${last}${extension ? `-${extension}` : ""}`, kind: "landline" };
}

/** A mobile number from outside, 11 digits. Refuses `required`, `bad-mobile`. */
export function parseMobile(value: unknown, at?: string): Or<string> {
  const text = plain(value);
  if (text === "") return refuse("required", {}, { at });
  return mobileOf(text) ?? refuse("bad-mobile", {}, { at });
}

function plain(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? halfWidth(String(value)) : "";
}

function mobileOf(text: string): string | undefined {
  return /^(?:(?:\+|00)?86)?(1[3-9]\d{9})$/.exec(text.replace(/[\s-]/g, ""))?.[1];
}

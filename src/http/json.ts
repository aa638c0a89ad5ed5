import { isRefusal, type Or, type Refusal, refuse } from "../kernel/refusal.ts";

/** How deep a request's JSON may nest. */
const depthMax = 64;

/**
 * A request body's text as a value. Refuses `too-deep` before anything is built, and `malformed` for
 * what is no JSON, for a NUL character (which the database cannot hold) and for keys that reach into
 * prototypes.
 */
export function parseJson(text: string): Or<unknown> {
  const seen = scan(text);
  if (isRefusal(seen)) return seen;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("malformed", { why: { zh: "不是有效的 JSON", en: "it is not valid JSON" } });
  }
  if (seen.prototypeKey && reachesPrototype(value)) {
    return refuse("malformed", { why: { zh: "含有不允许的键名", en: "it has a key that is not allowed" } });
  }
  return value;
}

const quote = 34;
const backslash = 92;

/** One pass over the text: depth and NULs, without building anything. */
function scan(text: string): { readonly prototypeKey: boolean } | Refusal {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === backslash) {
        if (text.startsWith("u0000", at + 1)) return nul();
        at++;
      } else if (char === quote) inString = false;
      continue;
    }
    if (char === quote) inString = true;
    else if (char === 91 || char === 123) {
      if (++depth > depthMax) return refuse("too-deep", { max: depthMax });
    } else if (char === 93 || char === 125) depth--;
  }
  // A key may also be written with escapes; both spellings are looked at again in the built value.
  return { prototypeKey: text.includes("__proto__") || text.includes("\\u00") };
}

function nul(): Refusal {
  return refuse("malformed", { why: { zh: "含有空字符", en: "it has a NUL character" } });
}

function reachesPrototype(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(reachesPrototype);
  return Object.entries(value).some(([key, part]) => key === "__proto__" || reachesPrototype(part));
}

/**
 * An answer's value as JSON text. Amounts and instants should already be presented; a bigint or a Date
 * that was not is still written right (integer fen, RFC 3339).
 */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, (_key, part: unknown) =>
      typeof part === "bigint" ? safeNumber(part) : part,
    );
  }
}

function safeNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError("an amount is too large for JSON");
  return number;
}

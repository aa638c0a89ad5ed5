import { type Refusal, refuse } from "./refusal.ts";
import { sha256 } from "./sha256.ts";

declare const made: unique symbol;

/** The mark of a value that only its own parser may make. Exists in types alone. */
export interface Made<Of extends string> {
  readonly [made]: Of;
}

/** A UUID of one kind of thing, so that a person's id cannot be handed where a unit's is wanted. */
export type Id<Of extends string> = string & Made<Of>;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const byteTexts = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The millisecond and the 12-bit count of the last id made, so that ids of one process are in order. */
let lastMs = 0;
let count = 0;

/**
 * A new UUID v7 (RFC 9562): ids made later sort later, also within one millisecond.
 *
 * With `atMs` (milliseconds since 1970) the id is dated there, for data that is founded rather than
 * lived through; such ids take no part in the order of this process.
 */
export function newId<Of extends string>(atMs?: number): Id<Of> {
  const bytes = randomness();
  let ms = atMs;
  let tail = ((bytes[6] as number) << 8) | (bytes[7] as number);
  if (ms === undefined) {
    const now = Date.now();
    if (now > lastMs) {
      lastMs = now;
      count = tail & 0x7ff;
    } else if (++count > 0xfff) {
      lastMs += 1;
      count = tail & 0x7ff;
    }
    ms = lastMs;
    tail = count;
  }
  for (let place = 5; place >= 0; place--) {
    bytes[place] = ms % 256;
    ms = Math.floor(ms / 256);
  }
  bytes[6] = 0x70 | ((tail >> 8) & 0x0f);
  bytes[7] = tail & 0xff;
  return written(bytes);
}

/**
 * The same UUID (version 8) for the same parts, always: the id of an effect that must happen once,
 * or of a founded record that must be the same on every machine.
 */
export function derivedId<Of extends string>(...parts: readonly string[]): Id<Of> {
  const bytes = sha256(JSON.stringify(parts)).slice(0, 16);
  bytes[6] = 0x80 | ((bytes[6] as number) & 0x0f);
  return written(bytes);
}

/** An id from outside: any UUID, letters of either case. Refuses `bad-id`. */
export function parseId<Of extends string>(value: unknown, at?: string): Id<Of> | Refusal {
  const text = typeof value === "string" ? value.trim().toLowerCase() : "";
  return uuid.test(text) ? (text as Id<Of>) : refuse("bad-id", {}, at === undefined ? {} : { at });
}

/** Whether a value is an id as this program writes them. */
export function isId<Of extends string>(value: unknown): value is Id<Of> {
  return typeof value === "string" && uuid.test(value);
}

/** Random bytes are drawn for many ids at once: a call for each costs more than the rest of the id. */
const drawn = new Uint8Array(4096);
let drawnTo = drawn.length;

function randomness(): Uint8Array {
  if (drawnTo === drawn.length) {
    globalThis.crypto.getRandomValues(drawn);
    drawnTo = 0;
  }
  drawnTo += 16;
  return drawn.slice(drawnTo - 16, drawnTo);
}

function written<Of extends string>(bytes: Uint8Array): Id<Of> {
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  let text = "";
  for (let place = 0; place < 16; place++) {
    if (place === 4 || place === 6 || place === 8 || place === 10) text += "-";
    text += byteTexts[bytes[place] as number];
  }
  return text as Id<Of>;
}

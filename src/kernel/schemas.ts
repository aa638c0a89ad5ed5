import { z } from "zod";
import { type Day, isDay, isMonth, type Month } from "./day.ts";
import { type Id, isId } from "./ids.ts";

/*
 * Zod schemas of the kernel's values, for the routes' declarations. Each is a codec: outside stands
 * what travels in JSON, inside what the code holds. Requests are decoded, responses encoded.
 */

/** An id of one kind. */
export function zId<Of extends string>(): z.ZodType<Id<Of>, string> {
  return z.uuid().toLowerCase().refine(isId, "not an id") as unknown as z.ZodType<Id<Of>, string>;
}

/** A day, `YYYY-MM-DD`. */
export const zDay = z.iso.date().refine(isDay, "not a day") as unknown as z.ZodType<Day, string>;

/** A month, `YYYY-MM`. */
export const zMonth = z
  .string()
  .regex(/^\d{4}-\d{2}$/)
  .refine(isMonth, "not a month") as unknown as z.ZodType<Month, string>;

/** An amount: an integer of fen in JSON, for fields whose name ends in `Fen`; a bigint inside. */
export const zFen = z.codec(z.int(), z.bigint(), {
  decode: (fen) => BigInt(fen),
  encode: (fen) => Number(fen),
});

/** An instant: RFC 3339 with an offset in JSON, a Date inside. */
export const zInstant = z.codec(z.iso.datetime({ offset: true }), z.date(), {
  decode: (text) => new Date(text),
  encode: (instant) => instant.toISOString(),
});

/** A phrase in both languages. */
export const zText = z.object({ zh: z.string(), en: z.string() });

/** Where to go on in a list: opaque, null at its end. */
export const zCursor = z.string().max(400);

/** What every list takes: how many (1–200, 50 unless said), from where, and what to search. */
export const zPage = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: zCursor.optional(),
});

/** What every list gives: its items and the cursor of the next page, null at the end. */
export function zList<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: zCursor.nullable() });
}

import { cursorOf, readCursor } from "../kernel/cursor.ts";
import { isDay } from "../kernel/day.ts";
import { isId } from "../kernel/ids.ts";
import { isRefusal, type Or } from "../kernel/refusal.ts";

/** Where a list goes on: the last row's day and id. */
export interface Place {
  readonly on: string;
  readonly id: string;
}

/** The place of a cursor, none at the start. Refuses `bad-cursor`. */
export function placeAfter(cursor: string | undefined): Or<Place | undefined> {
  const read = readCursor(cursor, isDay, isId);
  return isRefusal(read) ? read : read ? { on: read[0], id: read[1] } : undefined;
}

/** The first `limit` of rows read one too many, and the cursor after them. */
export function page<Row>(
  rows: readonly Row[],
  limit: number,
  place: (row: Row) => Place,
): { readonly rows: readonly Row[]; readonly next: string | null } {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  if (rows.length <= limit || !last) return { rows: kept, next: null };
  const { on, id } = place(last);
  return { rows: kept, next: cursorOf(on, id) };
}

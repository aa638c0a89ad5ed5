import { cursorOf, readCursor } from "../kernel/cursor.ts";
import { isDay } from "../kernel/day.ts";
import { isId } from "../kernel/ids.ts";
import { isRefusal, type Or } from "../kernel/refusal.ts";

/** Where a list goes on: the last row's sort key (a day, or empty) and id. */
export interface Place {
  readonly key: string;
  readonly id: string;
}

/** A place as the cursor a client sends back. */
export function cursorAt(place: Place): string {
  return cursorOf(place.key, place.id);
}

/** The place of a cursor; null from the start. Refuses `bad-cursor`. */
export function placeOf(cursor: string | undefined): Or<Place | null> {
  const read = readCursor(cursor, (key) => key === "" || isDay(key), isId);
  return isRefusal(read) ? read : read && { key: read[0], id: read[1] };
}

import { isDay } from "../kernel/day.ts";
import { isId } from "../kernel/ids.ts";
import { type Or, refuse } from "../kernel/refusal.ts";

/** Where a list goes on: the last row's sort key and id, opaque to clients. */
export interface Place {
  readonly key: string;
  readonly id: string;
}

/** A place as the cursor a client sends back. */
export function cursorOf(place: Place): string {
  return Buffer.from(JSON.stringify([place.key, place.id])).toString("base64url");
}

/** The place of a cursor; null from the start. Refuses `bad-cursor`. */
export function placeOf(cursor: string | undefined): Or<Place | null> {
  if (cursor === undefined || cursor === "") return null;
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    const [key, id] = Array.isArray(read) && read.length === 2 ? (read as unknown[]) : [];
    if ((key === "" || isDay(key)) && isId(id)) return { key, id };
  } catch {
    // Not one of ours.
  }
  return refuse("bad-cursor");
}

import { isDay } from "../kernel/day.ts";
import { isId } from "../kernel/ids.ts";
import { type Or, refuse } from "../kernel/refusal.ts";

/** Where a list goes on: the last row's day and id. */
export interface Place {
  readonly on: string;
  readonly id: string;
}

/** The place of a cursor, none at the start. Refuses `bad-cursor`. */
export function readCursor(cursor: string | undefined): Or<Place | undefined> {
  if (cursor === undefined || cursor === "") return undefined;
  const found = /^(\d{4}-\d{2}-\d{2}) ([0-9a-f-]{36})$/.exec(
    Buffer.from(cursor, "base64url").toString("latin1"),
  );
  const [, on = "", id = ""] = found ?? [];
  return isDay(on) && isId(id) ? { on, id } : refuse("bad-cursor");
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
  return { rows: kept, next: Buffer.from(`${on} ${id}`).toString("base64url") };
}

import { type RawBuilder, sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { cursorOf, isPlain, readCursor } from "../kernel/cursor.ts";
import { type Day, isDay } from "../kernel/day.ts";
import { type Id, isId } from "../kernel/ids.ts";
import { rangeOf, type UnitPath } from "../kernel/path.ts";
import { isRefusal, type Or } from "../kernel/refusal.ts";
import { insideScope, type Scope } from "../units/index.ts";
import type { MemberChange } from "./member-change.ts";
import type { StatusReason } from "./membership.ts";

/** One person by whom the members of a union became more or fewer. */
export interface ChangeLine {
  readonly id: Id<"membership-event">;
  readonly personId: Id<"person">;
  readonly name: string;
  readonly onDay: Day;
  readonly reason: StatusReason | null;
  readonly unitName: string;
  /** Of a transfer: where the member came from. */
  readonly fromUnitName: string | null;
}

export interface ChangeFilter {
  readonly under: UnitPath;
  /** A change, or one side of the transfers that cross the place's edge. */
  readonly kind: Exclude<MemberChange, "transferred"> | "transferredIn" | "transferredOut";
  readonly from: Day;
  readonly to: Day;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * The people behind one number of the period equation, by union and day: one walk of an index that leads with the change
 * and the place. Who has left the place since is named too, as the member they were then; so it is read as the program,
 * and the scope bounds it. Refuses `bad-cursor`.
 */
export async function changesIn(
  tx: Tx,
  scope: Scope,
  filter: ChangeFilter,
): Promise<Or<{ readonly items: readonly ChangeLine[]; readonly next: string | null }>> {
  const after = readCursor(filter.cursor, isPlain, isDay, isId);
  if (isRefusal(after)) return after;
  const { kind } = filter;
  const side = kind === "transferredOut" ? "e.from_path" : "e.path";
  const other = kind === "transferredOut" ? "e.path" : "e.from_path";
  const crossing = kind === "transferredIn" || kind === "transferredOut";
  const { rows } = await sql<ChangeLine & { place: string }>`
    select e.id, e.person_id as "personId", p.name, e.on_day as "onDay", e.reason, u.name as "unitName", f.name as "fromUnitName",
      ${sql.ref(side)} as place
    from membership_event e left join person p on p.district = e.district and p.id = e.person_id
    join unit u on u.id = e.unit_id left join unit f on f.id = e.from_unit_id
    where e.change = ${crossing ? "transferred" : kind} and ${inside(filter.under, side)} and ${insideScope(scope, side)}
      and ${crossing ? sql`not ${inside(filter.under, other)}` : sql`true`}
      and e.on_day >= ${filter.from} and e.on_day <= ${filter.to}
      and ${after === null ? sql`true` : sql`(${sql.ref(side)}, e.on_day, e.id) > (${after[0]}, ${after[1]}::date, ${after[2]}::uuid)`}
    order by ${sql.ref(side)}, e.on_day, e.id limit ${filter.limit + 1}`.execute(tx);
  const items = rows.slice(0, filter.limit);
  const last = rows.length > filter.limit ? items.at(-1) : undefined;
  return {
    items: items.map(({ place: _, ...line }) => line),
    next: last ? cursorOf(last.place, last.onDay, last.id) : null,
  };
}

function inside(root: UnitPath, column: string): RawBuilder<boolean> {
  const { low, high } = rangeOf(root);
  return sql<boolean>`(${sql.ref(column)} >= ${low} and ${sql.ref(column)} < ${high})`;
}

import { type RawBuilder, sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import { isInside, type UnitPath } from "../kernel/path.ts";
import type { District } from "../kernel/region.ts";
import type { Text } from "../kernel/words.ts";
import { getUnit, holdersOf, insideRoots } from "../units/index.ts";
import { rolesWith } from "../units/powers.ts";
import { isClaim, type Transfer } from "./transfer.ts";

/**
 * Whose turn a transfer is. A branch, or a small union between two chairs, may have nobody who decides on members: then the
 * nearest union above it that has somebody answers in its place (membership.md §9.2, §9.4).
 */

/** What is told of transfers, in the transaction of what happened; the composition's. */
export interface TransferTelling {
  /** To the officers whose turn it is. `names`: whom it is about, one or several at once. */
  turn(
    tx: Tx,
    told: ToldTransfer & { readonly to: readonly Whose[]; readonly name: string | Text },
  ): Promise<void>;
  /** To the officers who decide what nobody answered. */
  escalated(
    tx: Tx,
    told: ToldTransfer & { readonly to: readonly Whose[]; readonly name: string },
  ): Promise<void>;
  /** To the member for whom a union asked. */
  begun(tx: Tx, told: ToldTransfer & { readonly to: readonly Whose[] }): Promise<void>;
}

interface Whose {
  readonly person: Id<"person">;
  readonly district: District;
}

interface ToldTransfer {
  readonly id: Id<"transfer-request">;
  readonly from: string;
  readonly toUnit: string;
  readonly dueOn: Day | null;
  readonly at: Date;
}

/** When, and by whom, so that nobody is told of what they did themselves. */
interface Done {
  readonly at: Date;
  readonly day: Day;
  readonly by: Id<"person"> | null;
}

/** The nearest union at or above some places, above all of them, where somebody decides on members on a day. SQL. */
export function answering(places: readonly RawBuilder<unknown>[], on: Day): RawBuilder<UnitPath | null> {
  const above = places.map((place) => sql`u.path = any(zhijia_above(${place}))`);
  return sql`(select u.path from post p join unit u on u.id = p.unit_id where ${sql.join(above, sql` and `)}
    and p.role = any(${[...rolesWith("member.decide")]}::text[]) and p.from_day <= ${on}::date
    and (p.until_day is null or p.until_day > ${on}::date) order by length(u.path) desc limit 1)`;
}

/** Whether a place is answered for at one of these unions. SQL; cheap for the unions' own places. */
export function answeredAt(column: string, desks: readonly UnitPath[], on: Day): RawBuilder<boolean> {
  const at = sql.ref(column);
  return sql<boolean>`(${at} = any(${[...desks]}::text[])
    or (${insideRoots(desks, column)} and ${answering([at], on)} = any(${[...desks]}::text[])))`;
}

/** The officers whose turn a transfer is; nobody while a dispatched worker is to choose, or when it is over. */
async function officersOf(tx: Tx, transfer: Transfer, on: Day): Promise<readonly Whose[]> {
  const { status, fromUnitId, toUnitId, toPath } = transfer;
  if (isClaim(transfer) && status !== "escalated") return [];
  if (status !== "requested" && status !== "released" && status !== "escalated") return [];
  const of = status === "released" ? toUnitId : fromUnitId;
  const line = await holdersOf(tx, of, "member.decide", on, "line");
  const able = status === "escalated" ? line.filter((one) => isInside(toPath, one.unitPath)) : line;
  return able
    .filter((one) => one.unitId === able[0]?.unitId)
    .map((one) => ({ person: one.personId, district: one.personDistrict }));
}

async function toldOf(
  tx: Tx,
  { id, fromUnitId, toUnitId, dueOn }: Transfer,
  at: Date,
): Promise<ToldTransfer> {
  const [from, to] = [await getUnit(tx, fromUnitId), await getUnit(tx, toUnitId)];
  return { id, from: from.name, toUnit: to.name, dueOn, at };
}

/** Tells the officers whose turn transfers between the same two unions are: several at once in one message. */
export async function tellTurn(
  tx: Tx,
  telling: TransferTelling | undefined,
  transfers: readonly Transfer[],
  { at, day, by }: Done,
): Promise<void> {
  const [first] = transfers;
  if (telling === undefined || first === undefined) return;
  const to = (await officersOf(tx, first, day)).filter((one) => one.person !== by);
  if (to.length === 0) return;
  const told = await toldOf(tx, first, at);
  if (first.status === "escalated") return telling.escalated(tx, { ...told, to, name: first.personName });
  const others = transfers.length - 1;
  const name =
    others === 0
      ? first.personName
      : { zh: `${first.personName}等 ${others + 1} 人`, en: `${first.personName} and ${others} others` };
  await telling.turn(tx, { ...told, to, name });
}

/** Tells a member that a union asked for their transfer. */
export async function tellBegun(
  tx: Tx,
  telling: TransferTelling | undefined,
  transfer: Transfer,
  at: Date,
): Promise<void> {
  const to = [{ person: transfer.personId, district: transfer.district }];
  await telling?.begun(tx, { ...(await toldOf(tx, transfer, at)), to });
}

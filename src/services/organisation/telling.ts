import type { Tx } from "../../db/index.ts";
import type { Day } from "../../kernel/day.ts";
import type { Id } from "../../kernel/ids.ts";
import type { District } from "../../kernel/region.ts";
import { tell } from "../../messages/index.ts";
import { type MemberTelling, reasonTitles, type TransferTelling } from "../../people/index.ts";
import { getUnit, holdersOf } from "../../units/index.ts";

/** A dispatched worker whom a second union names a member. */
interface Claimed {
  readonly person: Id<"person">;
  readonly district: District;
  /** The claiming union's name. */
  readonly unitName: string;
  readonly at: Date;
}

/** Asks the worker to choose, in the transaction that made the claim: by an application or by a roster. */
export async function tellClaimed(tx: Tx, { person, district, unitName, at }: Claimed): Promise<void> {
  await tell(tx, {
    to: [{ person, district }],
    template: "member.claimed",
    params: { unit: unitName },
    now: at,
    link: "/w/",
  });
}

/** Those who decide on members at a union: its own officers, or the nearest above where it has none. */
async function decidersAt(tx: Tx, unit: Id<"unit">, on: Day) {
  const line = await holdersOf(tx, unit, "member.decide", on, "line");
  return line
    .filter((one) => one.unitId === line[0]?.unitId)
    .map((one) => ({ person: one.personId, district: one.personDistrict }));
}

/** Tells somebody that they are a member now, and where their card is. */
export async function tellJoined(
  tx: Tx,
  { person, district, unitId, at, memberNo }: Parameters<MemberTelling["joined"]>[1],
  caseId?: Id<"case">,
): Promise<void> {
  await tell(tx, {
    to: [{ person, district }],
    template: "member.joined",
    params: { unit: (await getUnit(tx, unitId)).name, memberNo },
    now: at,
    case: caseId,
    link: "/w/mine/card",
  });
}

/** Who is told what as memberships change. */
export const memberTelling: MemberTelling = {
  joined: tellJoined,
  disowned: async (tx, { person, unitId, at, day, name, reason, stays }) =>
    tell(tx, {
      to: await decidersAt(tx, unitId, day),
      template: "member.disowned",
      params: { name, unit: (await getUnit(tx, unitId)).name, why: reasonTitles[reason] },
      now: at,
      link: stays ? `/o/members/${person}` : "/o/members",
    }),
  reminded: async (tx, { people, unitId, at }) =>
    tell(tx, {
      to: people,
      template: "member.unconfirmed",
      params: { unit: (await getUnit(tx, unitId)).name },
      now: at,
      link: "/w/",
    }),
  renumbered: async (tx, { people, unitId, at }) =>
    tell(tx, {
      to: people,
      template: "member.renumbered",
      params: { unit: (await getUnit(tx, unitId)).name },
      now: at,
      link: "/w/mine",
    }),
};

/** Who is told what of transfers. */
export const transferTelling: TransferTelling = {
  turn: async (tx, { to, name, from, toUnit, dueOn, at, id }) =>
    tell(tx, {
      to,
      template: "transfer.asked",
      params: { name, from, to: toUnit, dueOn: dueOn ?? "" },
      now: at,
      link: `/o/transfers/${id}`,
    }),
  escalated: async (tx, { to, name, from, toUnit, at, id }) =>
    tell(tx, {
      to,
      template: "transfer.escalated",
      params: { name, from, to: toUnit },
      now: at,
      link: `/o/transfers/${id}`,
    }),
  begun: async (tx, { to, from, toUnit, at }) =>
    tell(tx, { to, template: "transfer.begun", params: { from, to: toUnit }, now: at, link: "/w/mine" }),
};

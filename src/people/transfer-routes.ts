import { z } from "zod";
import type { Tx } from "../db/index.ts";
import { cursorOf, isPlain, readCursor } from "../kernel/cursor.ts";
import { addDays, type Day, isDay } from "../kernel/day.ts";
import { type Id, isId } from "../kernel/ids.ts";
import { reasonOf, zReason } from "../kernel/reason.ts";
import { isRefusal, type Or, type Refusal, refuse } from "../kernel/refusal.ts";
import type { District } from "../kernel/region.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zDay, zId, zList, zPage, zText } from "../kernel/schemas.ts";
import { type Actor, covers, getUnit, may, narrow, type Scope, scopeOf, unitById } from "../units/index.ts";
import { levels, type UnionLevel } from "../units/levels.ts";
import { countingMembership, getMembership } from "./membership-store.ts";
import { findPerson, getPerson } from "./store.ts";
import {
  acceptTransfer,
  chooseUnion,
  claimsOn,
  isClaim,
  mayStep,
  membershipOver,
  refuseTransfer,
  releaseTransfer,
  requestTransfer,
  type Transfer,
  type TransferStepName,
  transferOf,
  transferTitles,
} from "./transfer.ts";
import {
  countTransfers,
  desksOf,
  findTransfer,
  isTurnKey,
  listTransfers,
  type TransferLine,
} from "./transfer-lists.ts";
import { type TransferTelling, tellBegun, tellTurn } from "./transfer-turn.ts";

/** A person's record now lives in another district; what hangs on it goes along. */
export interface Rehomed {
  readonly person: Id<"person">;
  readonly from: District;
}

declare module "../kernel/route.ts" {
  interface AppContext {
    /** Told in the transaction that took a person's record to another district. Put in by the composition. */
    readonly onRehomed?: (tx: Tx, moved: Rehomed) => Promise<void>;
    /** Who is told of transfers. Put in by the composition. */
    readonly transferTelling?: TransferTelling;
  }
}

const zTransfer = z.object({
  id: z.string(),
  personId: z.string(),
  personName: z.string(),
  fromUnitId: z.string(),
  toUnitId: z.string(),
  status: z.string(),
  statusTitle: zText,
  requestedOn: zDay,
  dueOn: zDay.nullable(),
  /** Both unions name this dispatched worker a member, and the worker chooses. */
  claim: z.boolean(),
});

const stepNames = ["release", "accept", "refuse"] as const;

const zLine = zTransfer.extend({
  fromUnitName: z.string(),
  toUnitName: z.string(),
  /** Who asked: the member, the old union, the new one or one above. */
  initiatedBy: z.enum(["member", "from", "to", "upper"]),
  releasedOn: zDay.nullable(),
  endedOn: zDay.nullable(),
  escalated: z.boolean(),
  overdue: z.boolean(),
  /** It is the turn of a union where the reader decides. */
  waiting: z.boolean(),
  /** The person's page opens for the reader. */
  opens: z.boolean(),
  mine: z.array(z.enum(stepNames)),
});

/** A step of a transfer, with the reason when it may not be taken. */
const TransferOffer = z.object({
  name: z.enum(stepNames),
  allowed: z.boolean(),
  refusal: zReason.optional(),
});

/** A filter that is on or absent. */
const zOnly = z.enum(["true"]).optional();

const transferRoutes = {
  listTransfers: defineRoute({
    method: "GET",
    url: "/transfers",
    tag: "people",
    power: "roster.read",
    summary: {
      zh: "会籍接转和派遣工的认领",
      en: "Transfers of membership, and claims on dispatched workers",
    },
    query: zPage.extend({
      state: z.enum(["open", "ended"]).default("open"),
      direction: z.enum(["out", "in"]).optional(),
      kind: z.enum(["transfer", "claim"]).optional(),
      waiting: zOnly,
      escalated: zOnly,
      unit: zId<"unit">().optional(),
      q: z.string().max(100).refine(isPlain).optional(),
    }),
    response: zList(zLine).extend({ total: z.int(), waiting: z.int() }),
  }),
  getTransfer: defineRoute({
    method: "GET",
    url: "/transfers/:id",
    tag: "people",
    power: "roster.read",
    summary: { zh: "一份会籍接转", en: "One transfer" },
    params: z.object({ id: zId<"transfer-request">() }),
    response: zLine.extend({
      grounds: z.string().nullable(),
      note: z.string().nullable(),
      may: z.array(TransferOffer),
    }),
  }),
  requestTransfer: defineRoute({
    method: "POST",
    url: "/members/:id/transfer",
    tag: "people",
    power: "member.decide",
    status: 201,
    summary: { zh: "申请接转会员关系", en: "Ask for a transfer" },
    params: z.object({ id: zId<"person">() }),
    body: z.object({
      id: zId<"transfer-request">(),
      toUnitId: zId<"unit">(),
      reason: z.string().max(200).default("JOB_CHANGE"),
      /** How the member agreed. */
      note: z.string().max(500).optional(),
    }),
    response: zTransfer,
  }),
  myClaims: defineRoute({
    method: "GET",
    url: "/me/claims",
    tag: "me",
    summary: { zh: "两家工会都登记了我，等我选择", en: "Two unions name me a member: mine to choose" },
    response: z.object({
      items: z.array(
        z.object({
          id: z.string(),
          holding: z.object({ id: z.string(), name: z.string() }),
          claiming: z.object({ id: z.string(), name: z.string() }),
          requestedOn: zDay,
          dueOn: zDay.nullable(),
        }),
      ),
      next: z.null(),
    }),
  }),
  chooseUnion: defineRoute({
    method: "POST",
    url: "/me/claims/:id",
    tag: "me",
    summary: { zh: "选择参加哪一家工会", en: "Choose between two unions" },
    params: z.object({ id: zId<"transfer-request">() }),
    body: z.object({ unitId: zId<"unit">(), note: z.string().max(500).optional() }),
    response: zTransfer,
  }),
  stepTransfer: defineRoute({
    method: "POST",
    url: "/transfers/:id/:step",
    tag: "people",
    power: "member.decide",
    summary: { zh: "转出、接收或不接收", en: "Release, accept or refuse a transfer" },
    params: z.object({ id: zId<"transfer-request">(), step: z.enum(["release", "accept", "refuse"]) }),
    body: z.object({ note: z.string().max(500).optional() }),
    response: zTransfer,
  }),
};

/** Whether a union of a level holds members itself: those above a county do not. */
function holdsMembers(level: UnionLevel): boolean {
  return levels[level].rank >= levels.COUNTY.rank;
}

/** Days in which a transfer should be answered (membership.md §4). */
const answerDays = 30;

export const transferHandlers: readonly Handled[] = [
  handle(transferRoutes.listTransfers, async ({ ctx, session, query, today }) => {
    const scope = scopeOf(session.actor, "roster.read", today);
    if (isRefusal(scope)) return scope;
    const place = readCursor(query.cursor, query.state === "ended" ? isDay : isTurnKey, isId);
    if (isRefusal(place)) return place;
    const after = place && { key: place[0], id: place[1] };
    const { state, direction, kind, q, limit } = query;
    const filter = {
      state,
      direction,
      kind,
      waiting: query.waiting === "true",
      escalated: query.escalated === "true",
      name: q,
    };
    const desks = desksOf(session.actor, today);
    return ctx.db.systemRead(async (tx) => {
      const inside = query.unit ? await insideUnit(tx, scope, query.unit) : scope;
      if (isRefusal(inside)) return inside;
      const rows = await listTransfers(tx, inside, desks, filter, after, limit + 1);
      const total = await countTransfers(tx, inside, desks, filter);
      const waiting = await countTransfers(tx, scope, desks, { state: "open", waiting: true });
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      return {
        items: items.map((row) => lineOf(row, session.actor, today)),
        next: rows.length > limit && last ? cursorOf(last.key, last.id) : null,
        total,
        waiting,
      };
    });
  }),

  handle(transferRoutes.getTransfer, async ({ ctx, session, params, today, lang }) => {
    const scope = scopeOf(session.actor, "roster.read", today);
    if (isRefusal(scope)) return scope;
    const desks = desksOf(session.actor, today);
    const row = await ctx.db.systemRead((tx) => findTransfer(tx, scope, desks, params.id));
    if (!row) return refuse("not-found");
    const may = stepNames.map((name) => {
      const step = stepBy(row, name, session.actor, today);
      const decided = isRefusal(step) ? step : (overNow(name, row) ?? step);
      if (!isRefusal(decided)) return { name, allowed: true };
      return { name, allowed: false, refusal: reasonOf(decided, lang) };
    });
    return { ...lineOf(row, session.actor, today), grounds: row.grounds, note: row.note, may };
  }),

  handle(transferRoutes.requestTransfer, async ({ ctx, session, params, body, now, today }) => {
    const scope = scopeOf(session.actor, "member.decide", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.system(async (tx) => {
      const person = await findPerson(tx, scope, params.id);
      if (isRefusal(person)) return person;
      const done = await transferOf(tx, body.id);
      // An id is no key to another person's transfer.
      if (done) {
        const same = done.personId === person.id && done.toUnitId === body.toUnitId;
        return same ? answer(done) : refuse("same-id-other-content");
      }
      const unit = await unitById(tx, body.toUnitId);
      if (!unit || unit.status === "DISSOLVED" || unit.status === "MERGED")
        return refuse("not-found", {}, { at: "/toUnitId" });
      if (!holdsMembers(unit.level))
        return refuse("unit-takes-no-members", { unit: unit.name }, { at: "/toUnitId" });
      const membership = await countingMembership(tx, person);
      if (!membership || membership.unitId === unit.id)
        return refuse("transfer-not-offered", { status: transferTitles.cancelled, offered: [] });
      const asked = await requestTransfer(tx, {
        id: body.id,
        person,
        membership,
        to: unit,
        initiatedBy: "from",
        by: session.person,
        reason: body.reason,
        grounds: body.note,
        day: today,
        dueOn: addDays(today, answerDays),
      });
      if (isRefusal(asked)) return asked;
      await tellTurn(tx, ctx.transferTelling, [asked], { at: now, day: today, by: session.person });
      await tellBegun(tx, ctx.transferTelling, asked, now);
      return answer(asked);
    });
  }),

  handle(transferRoutes.myClaims, async ({ ctx, session }) => {
    const rows = await ctx.db.systemRead(async (tx) =>
      claimsOn(tx, await getPerson(tx, session.person, session.district)),
    );
    const items = rows.map((one) => ({
      id: one.id as string,
      holding: { id: one.fromUnitId as string, name: one.fromUnitName },
      claiming: { id: one.toUnitId as string, name: one.toUnitName },
      requestedOn: one.requestedOn,
      dueOn: one.dueOn,
    }));
    return { items, next: null };
  }),

  handle(transferRoutes.chooseUnion, async ({ ctx, session, params, body, now, today }) =>
    ctx.db.system(async (tx) => {
      const transfer = await transferOf(tx, params.id);
      if (!transfer || transfer.personId !== session.person || !isClaim(transfer)) return refuse("not-found");
      if (body.unitId !== transfer.fromUnitId && body.unitId !== transfer.toUnitId)
        return refuse("not-found", {}, { at: "/unitId" });
      const membership = await getMembership(tx, transfer.district, transfer.membershipId);
      const to = await getUnit(tx, transfer.toUnitId);
      const { note } = body;
      const choice = {
        move: body.unitId === to.id,
        at: now,
        day: today,
        ...(note !== undefined && { note }),
      };
      const chosen = await chooseUnion(tx, ctx.ring, transfer, membership, to, choice);
      if (isRefusal(chosen)) return chosen;
      if (chosen.status === "accepted" && chosen.toDistrict !== chosen.district)
        await ctx.onRehomed?.(tx, { person: chosen.personId, from: chosen.district });
      return answer(chosen);
    }),
  ),

  handle(transferRoutes.stepTransfer, async ({ ctx, session, params, body, now, today }) => {
    const scope = scopeOf(session.actor, "member.decide", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.system(async (tx) => {
      const transfer = await transferOf(tx, params.id);
      if (!transfer) return refuse("not-found");
      const from = covers(scope, transfer.fromPath);
      const to = covers(scope, transfer.toPath);
      if (!from && !to) return refuse("not-found");
      const side = mayStep(transfer, params.step, { from, to });
      if (isRefusal(side)) return side;
      const membership = await getMembership(tx, transfer.district, transfer.membershipId);
      const step = {
        unit: side,
        by: session.person,
        at: now,
        day: today,
        ...(body.note !== undefined && { note: body.note }),
      };
      const moved =
        params.step === "release"
          ? await releaseTransfer(tx, transfer, membership, step)
          : params.step === "accept"
            ? await acceptTransfer(
                tx,
                ctx.ring,
                transfer,
                membership,
                await getUnit(tx, transfer.toUnitId),
                step,
              )
            : await refuseTransfer(tx, transfer, membership, step);
      if (isRefusal(moved)) return moved;
      if (moved.status === "accepted" && moved.toDistrict !== moved.district)
        await ctx.onRehomed?.(tx, { person: moved.personId, from: moved.district });
      if (moved.status === "released")
        await tellTurn(tx, ctx.transferTelling, [moved], { at: now, day: today, by: session.person });
      return answer(moved);
    });
  }),
];

/** The union for which an actor takes a step, or why they may not. */
function stepBy(row: Transfer, step: TransferStepName, actor: Actor, today: Day): Or<Id<"unit">> {
  const decides = scopeOf(actor, "member.decide", today);
  if (isRefusal(decides)) return decides;
  const over = { from: covers(decides, row.fromPath), to: covers(decides, row.toPath) };
  return over.from || over.to ? mayStep(row, step, over) : refuse("not-yours");
}

/** Why a step is over with the relation it would move, as far as that is known. */
function overNow(name: TransferStepName, { relationStatus }: TransferLine): Refusal | undefined {
  return relationStatus === null ? undefined : membershipOver(name, { status: relationStatus });
}

function lineOf(row: TransferLine, actor: Actor, today: Day): z.input<typeof zLine> {
  const { fromUnitName, toUnitName, initiatedBy, releasedOn, endedOn, waiting } = row;
  const open = endedOn === null;
  return {
    ...answer(row),
    fromUnitName,
    toUnitName,
    initiatedBy,
    releasedOn,
    endedOn,
    escalated: row.status === "escalated",
    overdue: open && row.dueOn !== null && row.dueOn < today,
    waiting,
    // The record stands with the old union until the new one has accepted.
    opens: may(actor, "roster.read", row.status === "accepted" ? row.toPath : row.fromPath, today),
    mine: stepNames.filter((name) => !isRefusal(stepBy(row, name, actor, today)) && !overNow(name, row)),
  };
}

/** One outside the scope is told as one that does not exist. */
async function insideUnit(tx: Tx, scope: Scope, id: Id<"unit">): Promise<Or<Scope>> {
  const unit = await unitById(tx, id);
  const inside = unit ? narrow(scope, unit.path) : refuse("not-found");
  return isRefusal(inside) ? refuse("not-found", {}, { at: "/unit" }) : inside;
}

function answer(transfer: Transfer): z.input<typeof zTransfer> {
  const { id, personId, personName, fromUnitId, toUnitId, status, requestedOn, dueOn } = transfer;
  return {
    id,
    personId,
    personName,
    fromUnitId,
    toUnitId,
    status,
    statusTitle: transferTitles[status],
    requestedOn,
    dueOn,
    claim: isClaim(transfer),
  };
}

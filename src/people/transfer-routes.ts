import { z } from "zod";
import type { Tx } from "../db/index.ts";
import { addDays } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import { isRefusal, refuse } from "../kernel/refusal.ts";
import type { District } from "../kernel/region.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zDay, zId, zText } from "../kernel/schemas.ts";
import { covers, getUnit, scopeOf, unitById } from "../units/index.ts";
import { countingMembership, getMembership } from "./membership-store.ts";
import { findPerson, getPerson } from "./store.ts";
import {
  acceptTransfer,
  chooseUnion,
  claimsOn,
  isClaim,
  listTransfers,
  refuseTransfer,
  releaseTransfer,
  requestTransfer,
  type Transfer,
  transferOf,
  transferTitles,
} from "./transfer.ts";

/** A person's record now lives in another district; what hangs on it goes along. */
export interface Rehomed {
  readonly person: Id<"person">;
  readonly from: District;
}

declare module "../kernel/route.ts" {
  interface AppContext {
    /** Told in the transaction that took a person's record to another district. Put in by the composition. */
    readonly onRehomed?: (tx: Tx, moved: Rehomed) => Promise<void>;
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

const transferRoutes = {
  listTransfers: defineRoute({
    method: "GET",
    url: "/transfers",
    tag: "people",
    power: "roster.read",
    summary: { zh: "会员关系接转", en: "Transfers of membership" },
    query: z.object({ open: z.enum(["true", "false"]).default("true") }),
    response: z.object({
      items: z.array(
        zTransfer.extend({
          fromUnitName: z.string(),
          toUnitName: z.string(),
          mine: z.array(z.enum(["release", "accept", "refuse"])),
        }),
      ),
      next: z.null(),
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

/** Days in which a transfer should be answered (membership.md §4). */
const answerDays = 30;

export const transferHandlers: readonly Handled[] = [
  handle(transferRoutes.listTransfers, async ({ ctx, session, query, today }) => {
    const scope = scopeOf(session.actor, "roster.read", today);
    if (isRefusal(scope)) return scope;
    const decides = scopeOf(session.actor, "member.decide", today);
    const rows = await ctx.db.systemRead((tx) => listTransfers(tx, scope, query.open === "true", 200));
    const items = rows.map((row) => {
      const from = !isRefusal(decides) && covers(decides, row.fromPath);
      const to = !isRefusal(decides) && covers(decides, row.toPath);
      const open = row.status === "requested" || row.status === "released" || row.status === "escalated";
      // Until the worker was asked in vain, the claiming union may let its claim go, and nothing more.
      const theirs = isClaim(row) && row.status !== "escalated";
      const mine = theirs
        ? to
          ? ["refuse" as const]
          : []
        : [
            ...(from && row.status === "requested" ? ["release" as const] : []),
            ...(to && (row.status === "released" || row.status === "escalated") ? ["accept" as const] : []),
            ...(open && (from || to) ? ["refuse" as const] : []),
          ];
      return { ...answer(row), fromUnitName: row.fromUnitName, toUnitName: row.toUnitName, mine };
    });
    return { items, next: null };
  }),

  handle(transferRoutes.requestTransfer, async ({ ctx, session, params, body, today }) => {
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
        day: today,
        dueOn: addDays(today, answerDays),
      });
      return isRefusal(asked) ? asked : answer(asked);
    });
  }),

  handle(transferRoutes.myClaims, async ({ ctx, session }) => {
    const rows = await ctx.db.systemRead(async (tx) => claimsOn(tx, await getPerson(tx, session.person)));
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
      // What the old union never released is decided by a union above both, not by the new one alone.
      const overdue = transfer.status === "escalated" && transfer.releasedOn === null;
      if (params.step === "accept" && overdue && !(from && to)) return refuse("transfer-common-superior");
      const membership = await getMembership(tx, transfer.district, transfer.membershipId);
      // Who stands over both acts for the side whose turn it is.
      const side: Id<"unit"> =
        params.step === "release"
          ? from
            ? transfer.fromUnitId
            : transfer.toUnitId
          : to
            ? transfer.toUnitId
            : transfer.fromUnitId;
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
      return answer(moved);
    });
  }),
];

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

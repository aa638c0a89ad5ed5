import { z } from "zod";
import { cursorOf, readCursor } from "../kernel/cursor.ts";
import { addDays } from "../kernel/day.ts";
import { canonical, hash } from "../kernel/hash.ts";
import { ancestorsOf, type UnitPath } from "../kernel/path.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zCursor, zFen, zId, zInstant, zPage, zText } from "../kernel/schemas.ts";
import { isPower, type Power } from "../units/powers.ts";
import { type Actor, covers, type Scope, scopeOf } from "../units/scope.ts";
import { claim } from "./claims.ts";
import { claimPlaces, claimsIn, claimsOf } from "./claims-store.ts";
import type { Engine } from "./engine.ts";
import { phaseOf, planFault, type Round, splitPlaces } from "./rounds.ts";
import { giveBack } from "./rounds-follow.ts";
import {
  contentOfRound,
  endRound,
  insertRound,
  membersByDistrict,
  type RoundLine,
  roundIn,
  roundsAt,
  roundsIn,
  sharesFor,
  sharesOf,
  unitOf,
} from "./rounds-store.ts";
import { findApplicant } from "./store.ts";

const zPhase = z.enum(["before", "open", "late", "over"]);
const zState = z.enum(["held", "waiting", "returned", "lapsed"]);

/** A round as the desk sees it. */
const RoundOfDesk = z.object({
  id: z.string(),
  service: z.string(),
  serviceTitle: zText,
  unitId: z.string(),
  unitName: z.string(),
  title: z.string(),
  opensAt: zInstant,
  closesAt: zInstant,
  phase: zPhase,
  late: z.boolean(),
  quota: z.int(),
  eachFen: zFen,
  budgetFen: zFen.nullable(),
  groups: z.array(z.string()).readonly(),
  endedAt: zInstant.nullable(),
  shares: z.int(),
  held: z.int(),
  waiting: z.int(),
  waitingQuota: z.int(),
  /** Everybody who ever claimed. */
  claims: z.int(),
});

/** A round as somebody who may claim sees it. */
const RoundOfMine = z.object({
  id: z.string(),
  service: z.string(),
  serviceTitle: zText,
  unitName: z.string(),
  title: z.string(),
  opensAt: zInstant,
  closesAt: zInstant,
  phase: zPhase,
  quota: z.int(),
  left: z.int(),
  /** Places on the waiting list; 0 of them: there is none. */
  waitingQuota: z.int(),
  waitingLeft: z.int(),
  eachFen: zFen,
  mine: z
    .object({ number: z.int(), state: zState, caseId: z.string().nullable(), claimId: z.string() })
    .nullable(),
});

const params = z.object({ id: zId<"round">() });
const zGroups = z.array(z.string().max(40)).max(20);

const routes = {
  listRounds: defineRoute({
    method: "GET",
    url: "/rounds",
    tag: "rounds",
    summary: { zh: "场次", en: "Rounds in scope" },
    power: "case.read",
    response: z.object({ items: z.array(RoundOfDesk).readonly(), next: zCursor.nullable() }),
  }),
  openRound: defineRoute({
    method: "POST",
    url: "/rounds",
    tag: "rounds",
    summary: { zh: "开放一个场次", en: "Open a round" },
    body: z.strictObject({
      id: zId<"round">(),
      service: z.string().max(60),
      unitId: zId<"unit">(),
      title: z.string().trim().min(2).max(60),
      opensAt: zInstant,
      closesAt: zInstant,
      late: z.boolean().default(false),
      quota: z.int().min(1).max(10_000_000),
      waiting: z.int().min(0).max(10_000_000).default(0),
      eachFen: zFen.refine((fen) => fen >= 0n).default(0n),
      budgetFen: zFen
        .refine((fen) => fen >= 0n)
        .nullable()
        .default(null),
      groups: zGroups.default([]),
      /** Places by district; split by members where absent. */
      shares: z
        .array(z.strictObject({ district: z.string().regex(/^\d{6}$/), quota: z.int().min(0) }))
        .min(1)
        .max(4000)
        .optional(),
    }),
    response: RoundOfDesk,
    status: 201,
  }),
  getRound: defineRoute({
    method: "GET",
    url: "/rounds/:id",
    tag: "rounds",
    summary: { zh: "一个场次和各区县名额", en: "A round and its districts" },
    params,
    power: "case.read",
    response: RoundOfDesk.extend({
      districts: z
        .array(z.object({ district: z.string(), quota: z.int(), held: z.int(), waiting: z.int() }))
        .readonly(),
    }),
  }),
  endRound: defineRoute({
    method: "POST",
    url: "/rounds/:id/end",
    tag: "rounds",
    summary: { zh: "结束场次", en: "End a round" },
    params,
    response: RoundOfDesk,
  }),
  listClaims: defineRoute({
    method: "GET",
    url: "/rounds/:id/claims",
    tag: "rounds",
    summary: { zh: "谁领了，按到达先后", en: "Who claimed, in order of arrival" },
    params,
    query: zPage,
    power: "case.read",
    response: z.object({
      items: z
        .array(
          z.object({
            id: z.string(),
            district: z.string(),
            number: z.int(),
            state: zState,
            name: z.string(),
            unitName: z.string(),
            claimedAt: zInstant,
            caseId: z.string().nullable(),
          }),
        )
        .readonly(),
      next: zCursor.nullable(),
    }),
  }),
  myRounds: defineRoute({
    method: "GET",
    url: "/me/rounds",
    tag: "rounds",
    summary: { zh: "我能领的场次", en: "Rounds I may claim in" },
    response: z.object({ now: zInstant, items: z.array(RoundOfMine).readonly() }),
  }),
  claim: defineRoute({
    method: "POST",
    url: "/rounds/:id/claims",
    tag: "rounds",
    summary: { zh: "领取一个名额", en: "Claim a place" },
    params,
    body: z.strictObject({ id: zId<"case">() }),
    response: z.object({ id: z.string(), number: z.int(), state: zState }),
    status: 201,
  }),
  giveBack: defineRoute({
    method: "POST",
    url: "/rounds/:id/give-back",
    tag: "rounds",
    summary: { zh: "退回名额", en: "Give the place back" },
    params,
    body: z.strictObject({ id: zId<"action">() }),
    response: z.object({ caseId: z.string(), outcome: z.string().nullable() }),
  }),
};

/** Rounds of a county in a year are dozens. */
const roundsMost = 200;
/** A round stays on the phone so long after it closed. */
const shownDays = 7;

export const handlers: readonly Handled[] = [
  handle(routes.listRounds, async ({ ctx, session, today, now }) => {
    const scope = scopeOf(session.actor, "case.read", today);
    if (isRefusal(scope)) return scope;
    const rows = await ctx.db.read(session.viewer, (tx) => roundsIn(tx, scope, roundsMost));
    return { items: rows.map((row) => shown(ctx.engine, row, now)), next: null };
  }),

  handle(routes.openRound, async ({ ctx, session, body, today, now }) => {
    const { id, waiting, shares: asked, ...plan } = body;
    const service = ctx.engine.catalogue.services.get(plan.service);
    if (!service) return refuse("service-unknown", {}, { at: "/service" });
    if (!service.round) return refuse("round-service", {}, { at: "/service" });
    const scope = scopeOf(session.actor, service.round.power, today);
    if (isRefusal(scope)) return scope;
    const content = Buffer.from(
      hash(canonical(JSON.parse(JSON.stringify({ ...body, by: session.person }, plainBig)))),
      "hex",
    );
    const done = await ctx.db.system(async (tx): Promise<Or<true>> => {
      const unit = await unitOf(tx, plan.unitId);
      if (!unit || !covers(scope, unit.path as UnitPath)) return refuse("not-found", {}, { at: "/unitId" });
      const before = await contentOfRound(tx, id);
      if (before) return before.equals(content) ? true : refuse("same-id-other-content");
      const fault = planFault({ ...plan, waiting }, now);
      if (fault) return fault;
      const members = await membersByDistrict(tx, unit.path as UnitPath);
      const parts = asked
        ? new Map(asked.map((one) => [one.district, one.quota]))
        : splitPlaces(plan.quota, members);
      const inside = new Set(members.map((one) => one.district));
      const sum = [...parts.values()].reduce((total, part) => total + part, 0);
      if (sum !== plan.quota || [...parts.keys()].some((district) => !inside.has(district)))
        return refuse("round-shares", {}, { at: "/shares" });
      const queue = splitPlaces(
        waiting,
        [...parts].map(([district, part]) => ({ district, members: part })),
      );
      const round: Round = { id, ...plan, path: unit.path, endedAt: null };
      const shares = [...parts].map(([district, part]) => ({
        district,
        quota: part,
        waiting: queue.get(district) ?? 0,
      }));
      const made = await insertRound(tx, round, shares, { person: session.person, at: now, content });
      return made || refuse("same-id-other-content");
    });
    if (isRefusal(done)) return done;
    return found(ctx.engine, scope, id, now);
  }),

  handle(routes.getRound, async ({ ctx, session, params, today, now }) => {
    const scope = scopeOf(session.actor, "case.read", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.read(session.viewer, async (tx) => {
      const row = await roundIn(tx, scope, params.id);
      if (!row) return refuse("not-found");
      const districts = (await sharesOf(tx, row.id)).map(({ district, quota, held, waiting }) => ({
        district,
        quota,
        held,
        waiting,
      }));
      return { ...shown(ctx.engine, row, now), districts };
    });
  }),

  handle(routes.endRound, async ({ ctx, session, params, today, now }) => {
    const any = scopeOf(session.actor, "case.read", today);
    if (isRefusal(any)) return any;
    const row = await ctx.db.read(session.viewer, (tx) => roundIn(tx, any, params.id));
    const power = row && ctx.engine.catalogue.services.get(row.service)?.round?.power;
    if (!row || !power) return refuse("not-found");
    const scope = mayKeep(session.actor, power, row, today);
    if (isRefusal(scope)) return scope;
    const done = await ctx.db.system((tx) => endRound(tx, row.id, now));
    return done ? found(ctx.engine, any, row.id, now) : refuse("round-ended");
  }),

  handle(routes.listClaims, async ({ ctx, session, params, query, today }) => {
    const scope = scopeOf(session.actor, "case.read", today);
    if (isRefusal(scope)) return scope;
    const place = readCursor(query.cursor, isNumber, isNumber);
    if (isRefusal(place)) return place;
    const after = place && { district: place[0], number: Number(place[1]) };
    return ctx.db.read(session.viewer, async (tx) => {
      const row = await roundIn(tx, scope, params.id);
      if (!row) return refuse("not-found");
      const items = await claimsIn(tx, scope, params.id, { after, limit: query.limit });
      const last = items.at(-1);
      const next = last && items.length === query.limit ? cursorOf(last.district, String(last.number)) : null;
      return {
        items: items.map((one) => ({ ...one, state: one.state as z.infer<typeof zState> })),
        next,
      };
    });
  }),

  // What follows is the caller's own: rounds of the unions above them, and their own claims.
  handle(routes.myRounds, async ({ ctx, session, now, today }) => {
    const { rounds, shares, claims } = await ctx.db.systemRead(async (tx) => {
      const me = await findApplicant(tx, session.person, session.district);
      const path = me?.path as UnitPath | undefined;
      const since = new Date(`${addDays(today, -shownDays)}T00:00:00+08:00`);
      const rounds = await roundsAt(tx, path ? [...ancestorsOf(path), path] : [], since);
      const shares = await sharesFor(tx, rounds, me?.district ?? session.district);
      const ids = rounds.map((one) => one.id);
      const claims = me ? await claimsOf(tx, me.id, ids, claimPlaces(rounds, me)) : none;
      return { rounds, shares, claims };
    });
    const items = rounds.map((row) => {
      const { quota, held, waiting, waitingQuota } = shares.get(row.id) ?? nothing;
      return {
        id: row.id,
        service: row.service,
        serviceTitle: titleOf(ctx.engine, row.service),
        unitName: row.unitName,
        title: row.title,
        opensAt: row.opensAt,
        closesAt: row.closesAt,
        phase: phaseOf(row, now),
        quota,
        // A free place that somebody waits for is theirs.
        left: Math.max(0, quota - held - waiting),
        waitingQuota,
        waitingLeft: waitingQuota - waiting,
        eachFen: row.eachFen,
        mine: claims.get(row.id) ?? null,
      };
    });
    return { now, items };
  }),

  handle(routes.claim, async ({ ctx, session, params, body }) =>
    claim(
      ctx.engine,
      { id: body.id, roundId: params.id },
      { id: session.person, district: session.district },
    ),
  ),

  handle(routes.giveBack, async ({ ctx, session, params, body }) => {
    const done = await giveBack(ctx.engine, { roundId: params.id, id: body.id }, session.actor);
    return isRefusal(done) ? done : { caseId: done.case.id, outcome: done.case.outcome };
  }),
];

const none: Awaited<ReturnType<typeof claimsOf>> = new Map();
const nothing = { quota: 0, held: 0, waiting: 0, waitingQuota: 0 };

function plainBig(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}

function titleOf(engine: Engine, service: string) {
  return engine.catalogue.services.get(service)?.title ?? { zh: service, en: service };
}

function shown(engine: Engine, row: RoundLine, now: Date) {
  const { path: _, ...rest } = row;
  return { ...rest, serviceTitle: titleOf(engine, row.service), phase: phaseOf(row, now) };
}

async function found(engine: Engine, scope: Scope, id: string, now: Date) {
  const row = await engine.db.systemRead((tx) => roundIn(tx, scope, id));
  return row ? shown(engine, row, now) : refuse("not-found");
}

/** Whoever may open rounds here may end them. */
function mayKeep(actor: Actor, power: Power, row: RoundLine, today: Parameters<typeof scopeOf>[2]) {
  const scope = isPower(power) ? scopeOf(actor, power, today) : refuse("not-yours");
  if (isRefusal(scope)) return scope;
  return covers(scope, row.path as UnitPath) ? scope : refuse("not-yours");
}

/** A district, or the number of a claim, as a cursor holds them. */
function isNumber(text: unknown): boolean {
  return typeof text === "string" && /^\d{1,9}$/.test(text);
}

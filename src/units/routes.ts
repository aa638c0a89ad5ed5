import { z } from "zod";
import { nobody, type Tx } from "../db/index.ts";
import { isPath } from "../kernel/path.ts";
import { isRefusal, refuse } from "../kernel/refusal.ts";
import type { Region } from "../kernel/region.ts";
import { defineRoute, type Handled, handle, type RequestContext, type Session } from "../kernel/route.ts";
import { zDay, zId, zList, zPage, zText } from "../kernel/schemas.ts";
import { changeUnitStatus, editUnit, moveUnit } from "./change.ts";
import { zUnitDetails } from "./details.ts";
import { zEmployer } from "./employer.ts";
import { createUnit } from "./found.ts";
import { importHandlers, importRoutes } from "./import-routes.ts";
import {
  type LegalPersonStatus,
  legalPersonStatuses,
  levels,
  levelTitle,
  type OrgForm,
  type OrgType,
  orgForms,
  orgTypes,
  type UnionLevel,
  type UnitStatus,
  unitStatuses,
} from "./levels.ts";
import { policyHandlers, policyRoutes } from "./policy-routes.ts";
import { postHandlers, postRoutes } from "./post-routes.ts";
import { presentLine, presentRegion, RegionLine, UnitLine, UnitPage } from "./present.ts";
import { regionsUnder } from "./regions.ts";
import { type Scope, scopeOf } from "./scope.ts";
import { isClosed } from "./status.ts";
import { countUnits, findUnit, listUnits, publicUnits, type UnitFilter, unitById } from "./store.ts";
import type { By, Unit } from "./unit.ts";
import { publicPage, unitPage } from "./unit-page.ts";

const oneOf = <Key extends string>(table: Readonly<Record<Key, unknown>>) =>
  z.enum(Object.keys(table) as [Key, ...Key[]]);

const zProfile = z.object({
  shortName: z.string().max(200).nullable().optional(),
  orgType: oneOf<OrgType>(orgTypes).nullable().optional(),
  orgForm: oneOf<OrgForm>(orgForms).nullable().optional(),
  uscc: z.string().max(40).nullable().optional(),
  legalPersonStatus: oneOf<LegalPersonStatus>(legalPersonStatuses).optional(),
  fundsParentId: zId<"unit">().nullable().optional(),
  industrialParentId: zId<"unit">().nullable().optional(),
  foundedOn: zDay.nullable().optional(),
  termYears: z.int().min(1).max(10).nullable().optional(),
  termNumber: z.int().min(1).max(200).nullable().optional(),
  termStart: zDay.nullable().optional(),
  termEnd: zDay.nullable().optional(),
  employer: zEmployer.nullable().optional(),
  details: zUnitDetails.optional(),
});

const params = z.object({ id: zId<"unit">() });
const PublicLine = z.object({
  id: zId<"unit">(),
  name: z.string(),
  levelTitle: zText,
  parentName: z.string().nullable(),
});

const unitRoutes = {
  listUnits: defineRoute({
    method: "GET",
    url: "/units",
    tag: "units",
    summary: {
      zh: "组织列表：按上级、名称、拼音、编码查找",
      en: "Unions: by superior, name, pinyin or code",
    },
    power: "unit.read",
    query: zPage.extend({
      /** A unit's id for those directly below it, or `top`. */
      parent: z.union([z.literal("top"), zId<"unit">()]).optional(),
      q: z.string().max(100).optional(),
      under: zId<"unit">().optional(),
      level: oneOf<UnionLevel>(levels).optional(),
      status: oneOf<UnitStatus>(unitStatuses).optional(),
    }),
    response: zList(UnitLine).extend({ total: z.int() }),
  }),
  getUnit: defineRoute({
    method: "GET",
    url: "/units/:id",
    tag: "units",
    summary: { zh: "一个组织的全部情况", en: "Everything about a union" },
    power: "unit.read",
    params,
    response: UnitPage,
  }),
  listChildren: defineRoute({
    method: "GET",
    url: "/units/:id/children",
    tag: "units",
    summary: { zh: "直接下级", en: "Unions directly below" },
    power: "unit.read",
    params,
    query: zPage,
    response: zList(UnitLine).extend({ total: z.int() }),
  }),
  createUnit: defineRoute({
    method: "POST",
    url: "/units",
    tag: "units",
    summary: { zh: "新建下级工会", en: "Found a union below one's own" },
    power: "unit.write",
    status: 201,
    body: zProfile.extend({
      id: zId<"unit">(),
      parentId: zId<"unit">(),
      name: z.string().max(400),
      level: oneOf<UnionLevel>(levels),
      regionCode: z.string().max(12),
      code: z.string().max(40).nullable().optional(),
      status: oneOf<UnitStatus>(unitStatuses).optional(),
    }),
    response: UnitPage,
  }),
  editUnit: defineRoute({
    method: "PUT",
    url: "/units/:id",
    tag: "units",
    summary: { zh: "修改组织资料", en: "Edit a union" },
    power: "unit.write",
    params,
    body: zProfile.extend({
      version: z.int(),
      name: z.string().max(400).optional(),
      regionCode: z.string().max(12).optional(),
      reason: z.string().max(500).optional(),
    }),
    response: UnitPage,
  }),
  moveUnit: defineRoute({
    method: "POST",
    url: "/units/:id/move",
    tag: "units",
    summary: { zh: "调整隶属关系，连同全部下级和记录", en: "Move a union with all below it" },
    power: "unit.move",
    params,
    body: z.object({ newParentId: zId<"unit">(), reason: z.string().max(2000) }),
    response: UnitPage,
  }),
  changeUnitStatus: defineRoute({
    method: "POST",
    url: "/units/:id/status",
    tag: "units",
    summary: { zh: "变更组织状态：批准、届满、撤销、合并", en: "Change a union's state" },
    power: "unit.write",
    params,
    body: z.object({ to: oneOf<UnitStatus>(unitStatuses), reason: z.string().max(2000) }),
    response: UnitPage,
  }),
  listRegions: defineRoute({
    method: "GET",
    url: "/regions",
    tag: "units",
    summary: { zh: "行政区划", en: "Regions" },
    public: true,
    query: z.object({
      parent: z
        .string()
        .regex(/^\d{6}$/)
        .optional(),
    }),
    response: z.object({ items: z.array(RegionLine) }),
  }),
  listPublicUnits: defineRoute({
    method: "GET",
    url: "/public/units",
    tag: "public",
    summary: { zh: "查找工会（不必登录）", en: "Find a union (no sign-in)" },
    public: true,
    perMinute: 120,
    query: z.object({
      q: z.string().max(100).default(""),
      limit: z.coerce.number().int().min(1).max(50).default(20),
    }),
    response: zList(PublicLine),
  }),
  getPublicUnit: defineRoute({
    method: "GET",
    url: "/public/units/:id",
    tag: "public",
    summary: { zh: "工会的公开情况", en: "A union in public" },
    public: true,
    params,
    response: PublicLine.extend({
      level: z.string(),
      status: z.string(),
      members: z.int(),
      termFrom: zDay.nullable(),
      termUntil: zDay.nullable(),
      phone: z.string().nullable(),
      address: z.string().nullable(),
      ancestors: z.array(z.object({ id: zId<"unit">(), name: z.string() })),
      posts: z.array(z.object({ personName: z.string(), roleTitle: zText })),
      facts: z.array(z.object({ label: zText, value: z.string() })),
    }),
  }),
};

/** The routes of units, posts, policies and regions, without handlers: what a client may import as types. */
export const routes = { ...unitRoutes, ...importRoutes, ...postRoutes, ...policyRoutes };

type Asked = Pick<RequestContext<Session>, "session" | "now" | "today" | "lang">;

/** Who does it and when, for the stores. */
function byOf({ session, now, today }: Asked): By {
  return { person: session.person, at: now, day: today };
}

const unitHandlers: readonly Handled[] = [
  handle(unitRoutes.listUnits, async ({ ctx, session, query, today }) => {
    const scope = scopeOf(session.actor, "unit.read", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.read(session.viewer, (tx) => page(tx, scope, query));
  }),
  handle(unitRoutes.listChildren, async ({ ctx, session, params: { id }, query, today }) => {
    const scope = scopeOf(session.actor, "unit.read", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.read(session.viewer, async (tx) => {
      const unit = await findUnit(tx, scope, id);
      return isRefusal(unit) ? unit : page(tx, scope, { ...query, parent: id });
    });
  }),
  handle(unitRoutes.getUnit, async ({ ctx, session, params: { id }, today, lang }) => {
    const scope = scopeOf(session.actor, "unit.read", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.read(session.viewer, (tx) => unitPage(tx, scope, session.actor, id, today, lang));
  }),
  handle(unitRoutes.createUnit, async ({ ctx, session, body, now, today, lang }) => {
    const scope = scopeOf(session.actor, "unit.write", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.write(session.viewer, async (tx) => {
      const unit = await createUnit(tx, scope, body, byOf({ session, now, today, lang }));
      return isRefusal(unit) ? unit : unitPage(tx, scope, session.actor, unit.id, today, lang);
    });
  }),
  handle(unitRoutes.editUnit, async ({ ctx, session, params: { id }, body, now, today, lang }) => {
    const scope = scopeOf(session.actor, "unit.write", today);
    if (isRefusal(scope)) return scope;
    const { version, reason, ...changes } = body;
    return ctx.db.write(session.viewer, async (tx) => {
      const by = byOf({ session, now, today, lang });
      const unit = await editUnit(tx, scope, id, version, changes, by, reason ?? null);
      return isRefusal(unit) ? unit : unitPage(tx, scope, session.actor, id, today, lang);
    });
  }),
  handle(unitRoutes.moveUnit, async ({ ctx, session, params: { id }, body, now, today, lang }) => {
    const scope = scopeOf(session.actor, "unit.move", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.write(session.viewer, async (tx) => {
      const by = byOf({ session, now, today, lang });
      const unit = await moveUnit(tx, scope, id, body.newParentId, body.reason, by);
      return isRefusal(unit) ? unit : unitPage(tx, scope, session.actor, id, today, lang);
    });
  }),
  handle(unitRoutes.changeUnitStatus, async ({ ctx, session, params: { id }, body, now, today, lang }) => {
    const scope = scopeOf(session.actor, "unit.write", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.write(session.viewer, async (tx) => {
      const by = byOf({ session, now, today, lang });
      const unit = await changeUnitStatus(tx, scope, id, body.to, body.reason, by);
      return isRefusal(unit) ? unit : unitPage(tx, scope, session.actor, id, today, lang);
    });
  }),
  handle(unitRoutes.listRegions, async ({ ctx, query }) => {
    const { fictitious } = ctx.config;
    const list = regionsUnder((query.parent as Region | undefined) ?? null, { fictitious });
    return {
      items: list.map((one) => presentRegion(one, regionsUnder(one.code, { fictitious }).length > 0)),
    };
  }),
  handle(unitRoutes.listPublicUnits, async ({ ctx, query }) => {
    const rows = await ctx.db.read(nobody, (tx) => publicUnits(tx, query.q, query.limit));
    return { items: rows.map((one) => ({ ...one, levelTitle: levelTitle(one.level) })), next: null };
  }),
  handle(unitRoutes.getPublicUnit, async ({ ctx, params: { id }, today }) =>
    ctx.db.read(nobody, async (tx) => {
      const unit = await unitById(tx, id);
      if (!unit || isClosed(unit.status)) return refuse("not-found");
      return publicPage(tx, unit, today);
    }),
  ),
];

export const handlers: readonly Handled[] = [
  ...unitHandlers,
  ...importHandlers,
  ...postHandlers,
  ...policyHandlers,
];

interface Query {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly parent?: UnitFilter["parent"];
  readonly q?: string | undefined;
  readonly under?: Unit["id"] | undefined;
  readonly level?: UnionLevel | undefined;
  readonly status?: UnitStatus | undefined;
}

/** A page of a list; its cursor is the last path, for the tree's order is the list's. */
async function page(tx: Tx, scope: Scope, query: Query) {
  if (query.cursor !== undefined && !isPath(query.cursor)) return refuse("bad-cursor");
  const root = query.under === undefined ? undefined : await findUnit(tx, scope, query.under);
  if (isRefusal(root)) return root;
  const filter: UnitFilter = {
    parent: query.parent,
    q: query.q,
    level: query.level,
    status: query.status,
    under: root?.path,
    after: query.cursor,
    limit: query.limit + 1,
  };
  const rows = await listUnits(tx, scope, filter);
  const items = rows.slice(0, query.limit);
  const next = rows.length > query.limit ? items[items.length - 1]!.path : null;
  const total =
    query.cursor === undefined && next === null ? items.length : await countUnits(tx, scope, filter);
  return { items: items.map(presentLine), next, total };
}

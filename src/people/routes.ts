import { z } from "zod";
import { violatedConstraint } from "../db/index.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle, type RequestContext, type Session } from "../kernel/route.ts";
import { zId, zText } from "../kernel/schemas.ts";
import { findUnit, narrow, type Scope, scopeOf } from "../units/index.ts";
import { confirmationHandlers } from "./confirmation-routes.ts";
import { duplicatePairs, mergePersons, undoMerge } from "./duplicates.ts";
import { importHandlers } from "./import-routes.ts";
import { parsePurpose, reveal, revealable } from "./looks.ts";
import { meHandlers } from "./me-routes.ts";
import { memberLine, memberPage } from "./member-page.ts";
import { changeStatus } from "./member-status.ts";
import { statusTitles } from "./membership.ts";
import { countingMemberships } from "./membership-store.ts";
import { zFilters, zMemberLine, zMemberList, zMemberPage, zStatus } from "./route-schemas.ts";
import { lookerOf, pageActions } from "./route-words.ts";
import { countMembers, readQuery, searchMembers } from "./search.ts";
import { findPeople, findPerson, unitNamesOf } from "./store.ts";
import { transferHandlers } from "./transfer-routes.ts";

const memberRoutes = {
  listMembers: defineRoute({
    method: "GET",
    url: "/members",
    tag: "people",
    power: "roster.read",
    summary: { zh: "会员名册：按姓名、拼音、首字母查找", en: "The roster: by name, pinyin, initials" },
    query: zFilters,
    response: zMemberList,
  }),
  searchMembers: defineRoute({
    method: "POST",
    url: "/members/search",
    tag: "people",
    power: "roster.read",
    summary: { zh: "按证件号或手机号查找", en: "Find by an identity or telephone number" },
    body: zFilters,
    response: zMemberList,
  }),
  duplicates: defineRoute({
    method: "GET",
    url: "/members/duplicates",
    tag: "people",
    power: "roster.read",
    summary: { zh: "可能重复的人员", en: "Records that may be one person" },
    response: z.object({
      items: z.array(z.object({ id: z.string(), why: zText, people: z.array(zMemberLine) })),
      next: z.null(),
      total: z.int(),
    }),
  }),
  merge: defineRoute({
    method: "POST",
    url: "/members/merge",
    tag: "people",
    power: "roster.write",
    summary: { zh: "合并两条记录", en: "Make one record of two" },
    body: z.object({ id: zId<"merge">(), keepId: zId<"person">(), mergeId: zId<"person">() }),
    response: z.object({ id: z.string(), keptId: z.string() }),
  }),
  undoMerge: defineRoute({
    method: "POST",
    url: "/merges/:id/undo",
    tag: "people",
    power: "roster.write",
    summary: { zh: "撤销合并", en: "Undo a merge" },
    params: z.object({ id: zId<"merge">() }),
    body: z.object({}).optional(),
    response: z.object({ keptId: z.string(), mergedId: z.string() }),
  }),
  member: defineRoute({
    method: "GET",
    url: "/members/:id",
    tag: "people",
    power: "roster.read",
    summary: { zh: "一个人的页面，号码打码", en: "One person, numbers masked" },
    params: z.object({ id: zId<"person">() }),
    response: zMemberPage,
  }),
  reveal: defineRoute({
    method: "POST",
    url: "/members/:id/reveal",
    tag: "people",
    power: "roster.reveal",
    perMinute: 60,
    summary: {
      zh: "写明用途，查看完整信息（本人可见记录）",
      en: "See values in clear, for a stated purpose the person can read",
    },
    params: z.object({ id: zId<"person">() }),
    body: z.object({
      fields: z
        .array(z.enum(Object.keys(revealable) as [keyof typeof revealable, ...(keyof typeof revealable)[]]))
        .min(1)
        .max(10),
      purpose: z.string().max(400),
    }),
    response: z.object({ values: z.record(z.string(), z.string().nullable()) }),
  }),
  changeStatus: defineRoute({
    method: "POST",
    url: "/members/:id/status",
    tag: "people",
    power: "member.decide",
    summary: {
      zh: "变更会籍：保留、恢复、退会、去世等",
      en: "Change a membership: retain, reactivate, withdraw, death…",
    },
    params: z.object({ id: zId<"person">() }),
    body: z.object({
      id: zId<"membership-event">(),
      name: z.enum(pageActions).optional(),
      to: zStatus.optional(),
      reason: z.string().max(40).optional(),
      note: z.string().max(500).optional(),
      decision: z.string().max(200).optional(),
      opinion: z.string().max(500).optional(),
      filing: z.string().max(200).optional(),
      rehired: z.boolean().optional(),
      document: z.string().max(200).optional(),
    }),
    response: z.object({ status: zStatus, statusTitle: zText, memberNo: z.string().nullable() }),
  }),
};

type Filters = z.output<typeof zFilters>;
type Asked = RequestContext<Session>;

async function listing(request: Asked, filters: Filters, numbers: "allowed" | "refused") {
  const { ctx, session, today } = request;
  const scope = scopeOf(session.actor, "roster.read", today);
  if (isRefusal(scope)) return scope;
  const query = readQuery(filters.q, numbers, today);
  if (isRefusal(query)) return query;
  return ctx.db.read(session.viewer, async (tx) => {
    let narrowed: Or<Scope> = scope;
    if (filters.unit) {
      const unit = await findUnit(tx, scope, filters.unit);
      if (isRefusal(unit)) return unit;
      narrowed = narrow(scope, unit.path);
      if (isRefusal(narrowed)) return narrowed;
    }
    const filter = {
      query,
      status: filters.status || undefined,
      group: filters.group || undefined,
      migrant: filters.migrant ? filters.migrant === "true" : undefined,
      limit: filters.limit,
      cursor: filters.cursor,
    };
    const [page, total] = await Promise.all([
      searchMembers(tx, ctx.ring, narrowed, filter),
      filters.cursor === undefined ? countMembers(tx, ctx.ring, narrowed, filter) : undefined,
    ]);
    if (isRefusal(page)) return page;
    const items = page.items.map((one) => ({ ...one, toComplete: [...one.toComplete] }));
    return { items, next: page.next, ...(total !== undefined && { total }) };
  });
}

const whys = {
  phone: { zh: "姓名和手机号相同", en: "the same name and telephone" },
  "birth-and-employer": { zh: "姓名、出生日期和工作单位相同", en: "the same name, birth date and employer" },
  birth: { zh: "姓名和出生日期相同", en: "the same name and birth date" },
} as const;

const memberHandlers: readonly Handled[] = [
  handle(memberRoutes.listMembers, (request) => listing(request, request.query, "refused")),
  handle(memberRoutes.searchMembers, (request) => listing(request, request.body, "allowed")),

  handle(memberRoutes.duplicates, async ({ ctx, session, today }) => {
    const scope = scopeOf(session.actor, "roster.read", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.read(session.viewer, async (tx) => {
      const pairs = await duplicatePairs(tx, scope, 100);
      const people = await findPeople(
        tx,
        scope,
        pairs.flatMap(({ oneId, otherId }) => [oneId, otherId]),
      );
      const relations = await countingMemberships(tx, people);
      const units = people.map(({ unitId }) => unitId);
      const names = await unitNamesOf(tx, units);
      const lines = new Map(
        people.map((one) => [
          one.id,
          memberLine(one, relations.get(one.id) ?? null, names.get(one.unitId ?? "") ?? null),
        ]),
      );
      const items = pairs.map(({ oneId, otherId, why }) => ({
        id: `${oneId}-${otherId}`,
        why: whys[why],
        people: [oneId, otherId].flatMap((id) => lines.get(id) ?? []),
      }));
      return { items, next: null, total: items.length };
    });
  }),

  handle(memberRoutes.merge, async ({ ctx, session, body, now, today }) => {
    const scope = scopeOf(session.actor, "roster.write", today);
    if (isRefusal(scope)) return scope;
    const by = { person: session.person, at: now, day: today };
    const kept = await ctx.db
      .write(session.viewer, (tx) => mergePersons(tx, ctx.ring, scope, body, by))
      .catch((error: unknown) => {
        // The id of a merge of somebody else's.
        if (violatedConstraint(error) === "merge_log_pkey") return refuse("same-id-other-content");
        throw error;
      });
    return isRefusal(kept) ? kept : { id: body.id as string, keptId: kept.id as string };
  }),

  handle(memberRoutes.undoMerge, async ({ ctx, session, params, now, today }) => {
    const scope = scopeOf(session.actor, "roster.write", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.write(session.viewer, (tx) => undoMerge(tx, scope, params.id, now));
  }),

  handle(memberRoutes.member, ({ ctx, session, params, today, lang }) => {
    const scope = scopeOf(session.actor, "roster.read", today);
    return isRefusal(scope) ? scope : memberPage(ctx, session, scope, params.id, today, lang);
  }),

  handle(memberRoutes.reveal, async ({ ctx, session, params, body, now, today }) => {
    const scope = scopeOf(session.actor, "roster.reveal", today);
    if (isRefusal(scope)) return scope;
    const purpose = parsePurpose(body.purpose);
    if (isRefusal(purpose)) return purpose;
    return ctx.db.write(session.viewer, async (tx) => {
      const person = await findPerson(tx, scope, params.id);
      if (isRefusal(person)) return person;
      const by = lookerOf(session, person.path, today);
      const values = await reveal(tx, ctx.ring, person, body.fields, purpose, by, now, today);
      return { values: values as Record<string, string | null> };
    });
  }),

  handle(memberRoutes.changeStatus, async ({ ctx, session, params, body, now, today }) => {
    const scope = scopeOf(session.actor, "member.decide", today);
    if (isRefusal(scope)) return scope;
    const changed = await changeStatus(ctx, session, scope, params.id, body, now, today);
    if (isRefusal(changed)) return changed;
    const { status, memberNo } = changed;
    return { status, statusTitle: statusTitles[status], memberNo };
  }),
];

export const handlers: readonly Handled[] = [
  ...meHandlers,
  ...confirmationHandlers,
  ...memberHandlers,
  ...transferHandlers,
  ...importHandlers,
];

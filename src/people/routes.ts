import { z } from "zod";
import { type Tx, violatedConstraint } from "../db/index.ts";
import { type Day, instantText, yearOf, yearsBetween } from "../kernel/day.ts";
import { canonical } from "../kernel/hash.ts";
import type { Id } from "../kernel/ids.ts";
import { maskAddress, maskCard, maskId, maskPhone } from "../kernel/mask.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle, type RequestContext, type Session } from "../kernel/route.ts";
import { zId, zText } from "../kernel/schemas.ts";
import { findUnit, narrow, type Scope, scopeOf } from "../units/index.ts";
import { wordsOf } from "./codes.ts";
import { duplicatePairs, mergePersons, undoMerge } from "./duplicates.ts";
import { findHouseholdOf } from "./household.ts";
import { importHandlers } from "./import-routes.ts";
import { looksAt, parsePurpose, reveal, revealable } from "./looks.ts";
import { meHandlers } from "./me-routes.ts";
import { reasonTitles, type StatusReason, statusTitles, transitions } from "./membership.ts";
import {
  countingMembership,
  getMembership,
  type Membership,
  membershipEvents,
  membershipsOf,
  writeMembership,
} from "./membership-store.ts";
import type { Person } from "./person.ts";
import {
  householdAnswer,
  zFilters,
  zMemberLine,
  zMemberList,
  zMemberPage,
  zStatus,
} from "./route-schemas.ts";
import {
  decideAsAny,
  decidersOf,
  lookAnswer,
  lookerOf,
  maySeeLooks,
  offersOf,
  pageActions,
  wantedTitles,
  withoutCase,
} from "./route-words.ts";
import { unsealPerson } from "./sealed.ts";
import { countMembers, readQuery, searchMembers } from "./search.ts";
import { districtsOf, findPerson, unitNameOf } from "./store.ts";
import { transferHandlers } from "./transfer-routes.ts";

declare module "../kernel/route.ts" {
  interface AppContext {
    /** A person's cases as an officer may see them: the engine's answer, put in by the composition. */
    readonly casesOfPerson?: (
      session: Session,
      person: Id<"person">,
      today: Day,
    ) => Promise<readonly Record<string, unknown>[]>;
  }
}

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
      const line = async (id: Id<"person">) => {
        const person = await findPerson(tx, scope, id);
        if (isRefusal(person)) return null;
        const relation = await countingMembership(tx, person);
        return lineOf(person, relation, await unitNameOf(tx, person.unitId));
      };
      const items = [];
      for (const pair of pairs) {
        const people = [await line(pair.oneId), await line(pair.otherId)].filter((one) => one !== null);
        items.push({ id: `${pair.oneId}-${pair.otherId}`, why: whys[pair.why], people });
      }
      return { items, next: null, total: items.length };
    });
  }),

  handle(memberRoutes.merge, async ({ ctx, session, body, now, today }) => {
    const scope = scopeOf(session.actor, "roster.write", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.write(session.viewer, async (tx) => {
      const kept = await mergePersons(tx, ctx.ring, scope, body, {
        person: session.person,
        at: now,
        day: today,
      });
      return isRefusal(kept) ? kept : { id: body.id as string, keptId: kept.id as string };
    });
  }),

  handle(memberRoutes.undoMerge, async ({ ctx, session, params, now, today }) => {
    const scope = scopeOf(session.actor, "roster.write", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.write(session.viewer, (tx) => undoMerge(tx, scope, params.id, now));
  }),

  handle(memberRoutes.member, async ({ ctx, session, params, today, lang }) => {
    const scope = scopeOf(session.actor, "roster.read", today);
    if (isRefusal(scope)) return scope;
    const cases = (await ctx.casesOfPerson?.(session, params.id, today)) ?? [];
    // Whoever may open what is sealed sees who did; the log itself lies behind the person's own wall.
    const found = await ctx.db.read(session.viewer, (tx) => findPerson(tx, scope, params.id));
    if (isRefusal(found)) return found;
    const looks = maySeeLooks(session, found.path, today)
      ? await ctx.db.systemRead(async (tx) =>
          looksAt(tx, await districtsOf(tx, found.id), found.id, null, 50),
        )
      : null;
    return ctx.db.read(session.viewer, async (tx) => {
      const person = await findPerson(tx, scope, params.id);
      if (isRefusal(person)) return person;
      if (person.mergedInto !== null) return refuse("not-found");
      const relations = await membershipsOf(tx, person);
      const now =
        relations.find(
          (one) => one.kind === "member" && ["ACTIVE", "TRANSFER_OUT", "RETAINED"].includes(one.status),
        ) ??
        relations[0] ??
        null;
      const household = await findHouseholdOf(tx, ctx.ring, person);
      const sealed = unsealPerson(ctx.ring, person);
      const events = await membershipEvents(tx, person);
      const names = new Map<string, string | null>();
      for (const relation of relations) names.set(relation.unitId, await unitNameOf(tx, relation.unitId));
      return {
        person: {
          ...lineOf(person, now, await unitNameOf(tx, person.unitId)),
          district: person.district as string,
          idKind: person.idKind as string,
          idNumber: sealed.idNumber ? maskId(sealed.idNumber) : null,
          phone: sealed.phone ? maskPhone(sealed.phone) : null,
          bankCard: sealed.bankCard ? maskCard(sealed.bankCard) : null,
          address: sealed.address ? maskAddress(sealed.address) : null,
          employerName: person.employerName,
          jobTitle: person.jobTitle,
          employmentTypeTitle: wordsOf("employmentType", person.employmentType) ?? null,
          migrant: person.migrant,
          ethnicityTitle: wordsOf("ethnicity", person.ethnicity) ?? null,
          educationTitle: wordsOf("education", person.education) ?? null,
          politicalStatusTitle: wordsOf("politicalStatus", person.politicalStatus) ?? null,
          toComplete: wantedTitles(person.toComplete),
          version: person.version,
        },
        memberships: relations.map((one) => ({
          id: one.id as string,
          unitId: one.unitId as string,
          unitName: names.get(one.unitId) ?? null,
          status: one.status,
          statusTitle: statusTitles[one.status],
          memberNo: one.memberNo,
          joinedOn: one.joinedOn,
          since: one.statusSince,
          kind: one.kind,
        })),
        events: events.toReversed().map((one) => ({
          id: one.id as string,
          from: one.fromStatus,
          to: one.toStatus,
          fromTitle: one.fromStatus ? statusTitles[one.fromStatus] : null,
          toTitle: statusTitles[one.toStatus],
          reason: one.reason,
          reasonTitle: one.reason ? reasonTitles[one.reason] : null,
          on: one.onDay,
          at: instantText(one.at),
          unitName: one.unitName,
          byName: one.byName,
          ...documentOf(one.document),
        })),
        household: householdAnswer(household),
        cases: cases as { id: string }[],
        lookedAt: looks?.map((look) => lookAnswer(withoutCase(look, cases), lang)) ?? null,
        may:
          now === null
            ? []
            : offersOf(
                relationFacts(person, now, today),
                decidersOf(session, now, today),
                session.person,
                lang,
              ),
      };
    });
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
    const named = body.name ?? pageActions.find((one) => transitions[one].to === body.to);
    if (named === undefined) return refuse("required", {}, { at: "/name" });
    const { note, opinion, filing, decision = body.document } = body;
    const reason = body.reason as StatusReason | undefined;
    const work = async (tx: Tx) => {
      const person = await findPerson(tx, scope, params.id);
      if (isRefusal(person)) return person;
      const relations = await membershipsOf(tx, person);
      const document = Object.fromEntries(
        Object.entries({ note, opinion, filing, decision }).filter(([, value]) => value),
      );
      const done = (await membershipEvents(tx, person)).find((one) => one.id === body.id);
      if (done) {
        const same =
          done.toStatus === transitions[named].to &&
          (reason === undefined || reason === done.reason) &&
          canonical(done.document) === canonical(document);
        if (!same) return refuse("same-id-other-content");
        return statusAnswer(await getMembership(tx, person.district, done.membershipId));
      }
      const relation = relations.find((one) => one.kind === "member");
      if (!relation) return refuse("not-found");
      const facts = { ...relationFacts(person, relation, today), rehiredRetiree: body.rehired === true };
      const action = { name: named, reason, note, decision, opinion, filing };
      const change = decideAsAny(facts, action, decidersOf(session, relation, today), session.person);
      if (isRefusal(change)) return change;
      const changed = await writeMembership(tx, relation, change, {
        by: session.person,
        at: now,
        day: today,
        eventId: body.id,
        document,
      });
      return isRefusal(changed) ? changed : statusAnswer(changed);
    };
    return ctx.db.write(session.viewer, work).catch((error: unknown) => {
      // The id of an event of somebody else's.
      if (violatedConstraint(error) === "membership_event_pkey") return refuse("same-id-other-content");
      throw error;
    });
  }),
];

export const handlers: readonly Handled[] = [
  ...meHandlers,
  ...memberHandlers,
  ...transferHandlers,
  ...importHandlers,
];

function statusAnswer({ status, memberNo }: Membership) {
  return { status, statusTitle: statusTitles[status], memberNo };
}

function relationFacts(person: Person, relation: Membership, today: Day) {
  return {
    status: relation.status,
    reason: relation.reason,
    age: person.birthDate === null ? null : yearsBetween(person.birthDate, today),
  };
}

function lineOf(person: Person, relation: Membership | null, unitName: string | null) {
  return {
    id: person.id,
    name: person.name,
    sex: person.sex,
    birthYear: person.birthDate === null ? null : yearOf(person.birthDate),
    unitId: person.unitId as string | null,
    unitName,
    status: relation?.status ?? person.memberStatus,
    memberNo: relation?.memberNo ?? null,
    joinedOn: relation?.joinedOn ?? null,
    employmentGroup: person.newEmploymentGroup,
    toComplete: [...person.toComplete],
    hardship: false,
  };
}

/** What a decision rested on, as a line and a note. */
function documentOf(document: unknown): { readonly document: string | null; readonly note: string | null } {
  const told = (document ?? {}) as Partial<Record<"note" | "decision" | "opinion" | "filing", string>>;
  const line = [told.decision, told.opinion, told.filing].filter(Boolean).join(" · ");
  return { document: line === "" ? null : line, note: told.note ?? null };
}

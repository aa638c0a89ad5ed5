import { z } from "zod";
import { addDays } from "../kernel/day.ts";
import { zReason } from "../kernel/reason.ts";
import { isRefusal, refuse } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zDay, zId, zPage, zText } from "../kernel/schemas.ts";
import { scopeOf } from "../units/scope.ts";
import { act, openCase } from "./act.ts";
import { isPaperNeeded } from "./define.ts";
import { keepDraft, openDraft } from "./drafts.ts";
import { casesOfPerson } from "./lists.ts";
import { keptDraft, markedDraft, marksDraft } from "./marks.ts";
import { casePage, catalogueFor, inboxOf, listOf } from "./pages.ts";
import { presentLine } from "./present.ts";
import { deleteDraft } from "./store.ts";
import { validate } from "./validate.ts";

/** A list in an answer; handlers hand out readonly ones. */
function many<Item extends z.ZodType>(item: Item) {
  return z.array(item).readonly();
}

const zAnswers = z.record(z.string(), z.unknown());

/** A case in a list. */
const CaseLine = z.object({
  kind: z.literal("case"),
  id: z.string(),
  number: z.string(),
  service: z.string(),
  serviceTitle: zText,
  applicantName: z.string(),
  unitName: z.string(),
  step: z.string(),
  stepTitle: zText,
  state: z.string(),
  turn: z.string(),
  turnUnitName: z.string().nullable(),
  dueOn: z.string().nullable(),
  remaining: z.object({ days: z.int(), unit: z.enum(["working", "calendar"]) }).nullable(),
  overdue: z.boolean(),
  openedOn: z.string(),
  amountFen: z.int().nullable(),
  escalated: z.boolean(),
  rating: z.int().nullable(),
});

const Field = z.looseObject({ key: z.string(), kind: z.string(), label: zText, required: z.boolean() });

/** An action a page offers, with the reason when it may not be done. */
const Offered = z.object({
  name: z.string(),
  title: zText,
  kind: z.enum(["primary", "normal", "danger"]),
  confirm: zText.optional(),
  /** It may be taken for several cases of the inbox, each by itself. */
  together: z.literal(true).optional(),
  fields: many(Field),
  /** What was answered before, where the action amends it; a mark stands for what the reader may not see. */
  answers: zAnswers.optional(),
  allowed: z.boolean(),
  refusal: zReason.optional(),
});

/** The case page. */
const CasePage = z.object({
  case: CaseLine.extend({
    district: z.string(),
    unitId: z.string(),
    applicantId: z.string(),
    onBehalf: z.boolean(),
    outcome: z.string().nullable(),
    endedOn: z.string().nullable(),
    seq: z.int(),
    answers: zAnswers,
    fields: many(Field),
    pages: many(z.unknown()),
    facts: zAnswers,
    calculation: z.unknown(),
    pins: many(
      z.object({ key: z.string(), title: zText, kind: z.string(), value: z.unknown(), source: z.string() }),
    ),
    /** Those that count first; one that a later hand-in replaced says on which day. */
    files: many(z.looseObject({ id: zId<"paper">(), replacedOn: zDay.nullable() })),
  }),
  timeline: many(z.looseObject({ seq: z.int(), name: z.string(), title: zText, onDay: z.string() })),
  turn: z.looseObject({ who: z.string(), dueOn: z.string().nullable(), sentence: z.string() }),
  may: many(Offered),
  notice: z.looseObject({ id: z.string(), state: z.string() }).nullable(),
  progress: many(z.object({ step: z.string(), title: zText, state: z.string(), on: z.string().nullable() })),
  links: many(z.object({ kind: z.string(), id: z.string(), number: z.string() })),
  money: many(z.unknown()),
  rating: z.int().nullable(),
});

const params = z.object({ id: zId<"case">() });
const zBool = z.enum(["true", "false"]).transform((value) => value === "true");

const routes = {
  listServices: defineRoute({
    method: "GET",
    url: "/services",
    tag: "services",
    summary: { zh: "能办什么", en: "What can be asked for" },
    response: z.object({
      items: many(z.looseObject({ id: z.string(), title: zText })),
      lifeEvents: many(z.object({ code: z.string(), title: zText })),
    }),
  }),
  neededPapers: defineRoute({
    method: "POST",
    url: "/services/:service/papers",
    tag: "services",
    summary: { zh: "按已填的内容要哪些材料", en: "Which papers the answers so far call for" },
    params: z.object({ service: z.string().max(60) }),
    body: z.object({ answers: zAnswers }),
    response: z.object({ items: many(z.object({ kind: z.string(), needed: z.boolean() })) }),
  }),
  getDraft: defineRoute({
    method: "GET",
    url: "/drafts/:service",
    tag: "services",
    summary: { zh: "取回草稿", en: "Get a draft" },
    params: z.object({ service: z.string().max(60) }),
    response: z.object({ answers: zAnswers.nullable(), savedAt: z.string().nullable() }),
  }),
  putDraft: defineRoute({
    method: "PUT",
    url: "/drafts/:service",
    tag: "services",
    summary: { zh: "保存草稿", en: "Save a draft" },
    params: z.object({ service: z.string().max(60) }),
    body: z.object({ answers: zAnswers }),
    response: z.null().optional(),
    status: 204,
  }),
  deleteDraft: defineRoute({
    method: "DELETE",
    url: "/drafts/:service",
    tag: "services",
    summary: { zh: "删除草稿", en: "Throw a draft away" },
    params: z.object({ service: z.string().max(60) }),
    response: z.null().optional(),
    status: 204,
  }),
  openCase: defineRoute({
    method: "POST",
    url: "/cases",
    tag: "cases",
    summary: { zh: "提出申请", en: "Open a case" },
    body: z.strictObject({
      id: zId<"case">(),
      service: z.string().max(60),
      answers: zAnswers,
      onBehalfOf: zId<"person">().optional(),
    }),
    response: CasePage,
    status: 201,
  }),
  listCases: defineRoute({
    method: "GET",
    url: "/cases",
    tag: "cases",
    summary: { zh: "办件列表", en: "Cases in scope" },
    query: zPage.extend({
      state: z.enum(["open", "ended"]).optional(),
      step: z.string().max(600).optional(),
      service: z.string().max(60).optional(),
      outcome: z.string().max(60).optional(),
      unit: zId<"unit">().optional(),
      person: zId<"person">().optional(),
      overdue: zBool.optional(),
      escalated: zBool.optional(),
      rated: zBool.optional(),
      q: z.string().max(60).optional(),
      from: zDay.optional(),
      to: zDay.optional(),
      endedFrom: zDay.optional(),
      endedTo: zDay.optional(),
      sort: z.enum(["due", "opened"]).default("due"),
    }),
    power: "case.read",
    response: z.object({ items: many(CaseLine), next: z.string().nullable(), total: z.int() }),
  }),
  getCase: defineRoute({
    method: "GET",
    url: "/cases/:id",
    tag: "cases",
    summary: { zh: "办件", en: "A case" },
    params,
    response: CasePage,
  }),
  actOnCase: defineRoute({
    method: "POST",
    url: "/cases/:id/actions",
    tag: "cases",
    summary: { zh: "办理一步", en: "Do something to a case" },
    params,
    body: z.strictObject({ id: zId<"action">(), name: z.string().max(60), answers: zAnswers.default({}) }),
    response: CasePage,
  }),
  rateCase: defineRoute({
    method: "POST",
    url: "/cases/:id/rating",
    tag: "cases",
    summary: { zh: "评价", en: "Rate a case" },
    params,
    body: z.strictObject({
      id: zId<"action">(),
      stars: z.int().min(1).max(5),
      text: z.string().max(500).optional(),
    }),
    response: CasePage,
  }),
  inbox: defineRoute({
    method: "GET",
    url: "/inbox",
    tag: "cases",
    summary: { zh: "待办", en: "What waits for you" },
    query: zPage,
    response: z.object({
      items: many(z.looseObject({ kind: z.string(), id: z.string() })),
      next: z.string().nullable(),
      total: z.int(),
      groups: z.object({ overdue: z.int(), today: z.int(), week: z.int(), later: z.int() }),
    }),
  }),
  myCases: defineRoute({
    method: "GET",
    url: "/me/cases",
    tag: "cases",
    summary: { zh: "我的申请", en: "My cases" },
    response: z.object({ items: many(CaseLine), next: z.string().nullable() }),
  }),
};

const draftMax = 200_000;

export const handlers: readonly Handled[] = [
  handle(routes.listServices, ({ ctx, session, today, lang }) =>
    catalogueFor(ctx.engine, session, today, lang),
  ),

  handle(routes.neededPapers, ({ ctx, params, body, today }) => {
    const service = ctx.engine.catalogue.services.get(params.service);
    if (!service) return refuse("service-unknown");
    // Some of the answers, as far as the form has come: what is not there yet is no fault.
    const asked = Object.entries(service.asks).filter(([key]) => Object.hasOwn(body.answers, key));
    const context = { today, fictitious: ctx.engine.fictitious };
    const answers = validate(Object.fromEntries(asked), body.answers, context);
    if (isRefusal(answers)) return answers;
    return {
      items: (service.papers ?? []).map((rule) => ({
        kind: rule.kind,
        needed: isPaperNeeded(rule, answers),
      })),
    };
  }),

  handle(routes.getDraft, async ({ ctx, session, params }) => {
    const { district, person } = session;
    const asks = ctx.engine.catalogue.services.get(params.service)?.asks ?? {};
    const draft = await ctx.db.read(session.viewer, (tx) =>
      openDraft(tx, ctx.ring, { district, person, service: params.service }),
    );
    if (!draft) return { answers: null, savedAt: null };
    return { answers: markedDraft(asks, draft.answers), savedAt: draft.savedAt.toISOString() };
  }),

  handle(routes.putDraft, async ({ ctx, session, params, body, now }) => {
    const asks = ctx.engine.catalogue.services.get(params.service)?.asks;
    if (!asks) return refuse("service-unknown");
    const { district, person } = session;
    if (JSON.stringify(body.answers).length > draftMax)
      return refuse("draft-too-large", {}, { at: "/answers" });
    const at = { district, person, service: params.service };
    await ctx.db.write(session.viewer, async (tx) => {
      const former = marksDraft(body.answers) ? await openDraft(tx, ctx.ring, at) : null;
      await keepDraft(tx, ctx.ring, at, keptDraft(asks, body.answers, former?.answers ?? {}), now);
    });
    return undefined;
  }),

  handle(routes.deleteDraft, async ({ ctx, session, params }) => {
    await ctx.db.write(session.viewer, (tx) =>
      deleteDraft(tx, session.district, session.person, params.service),
    );
    return undefined;
  }),

  handle(routes.openCase, async ({ ctx, session, body, today, lang }) => {
    const done = await openCase(ctx.engine, body, session.actor);
    return isRefusal(done) ? done : casePage(ctx.engine, body.id, session, today, lang);
  }),

  handle(routes.listCases, async ({ ctx, session, query, today }) => {
    const scope = scopeOf(session.actor, "case.read", today);
    return isRefusal(scope) ? scope : listOf(ctx.engine, scope, session.viewer, query, today);
  }),

  handle(routes.getCase, ({ ctx, session, params, today, lang }) =>
    casePage(ctx.engine, params.id, session, today, lang),
  ),

  handle(routes.actOnCase, async ({ ctx, session, params, body, today, lang }) => {
    const done = await act(ctx.engine, { caseId: params.id, ...body }, session.actor);
    return isRefusal(done) ? done : casePage(ctx.engine, params.id, session, today, lang);
  }),

  handle(routes.rateCase, async ({ ctx, session, params, body, today, lang }) => {
    const answers = { stars: String(body.stars), ...(body.text !== undefined && { text: body.text }) };
    const request = { caseId: params.id, id: body.id, name: "rate", answers };
    const done = await act(ctx.engine, request, session.actor);
    return isRefusal(done) ? done : casePage(ctx.engine, params.id, session, today, lang);
  }),

  handle(routes.inbox, ({ ctx, session, query, today }) =>
    inboxOf(ctx.engine, session, query, today, addDays(today, 7)),
  ),

  handle(routes.myCases, async ({ ctx, session, today }) => {
    const rows = await ctx.db.read(session.viewer, (tx) => casesOfPerson(tx, session.person, 100));
    return {
      items: rows.map((row) => presentLine(ctx.engine.catalogue, row, today, ctx.engine.calendar())),
      next: null,
    };
  }),
];

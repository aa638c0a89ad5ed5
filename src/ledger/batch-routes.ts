import { z } from "zod";
import type { Tx } from "../db/index.ts";
import { parseCard, parseHolder } from "../kernel/bank-card.ts";
import type { Day } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import { isRefusal, type Or, placed, refuse } from "../kernel/refusal.ts";
import { type AppContext, defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zDay, zId, zPage } from "../kernel/schemas.ts";
import { firstUpload } from "../kernel/upload.ts";
import type { Lang } from "../kernel/words.ts";
import { type Calendar, chinaCalendar } from "../kernel/working-days.ts";
import { logLook } from "../people/looks.ts";
import { type Actor, type Scope, scopeOf, scopeOfAny } from "../units/index.ts";
import { bankFile, loadResult, trialResult } from "./bank.ts";
import { type BatchState, batchActions, batchStates } from "./batch.ts";
import { countOverdue, findBatch, listBatches } from "./batch-store.ts";
import { page, placeAfter } from "./cursor.ts";
import { under } from "./fund-routes.ts";
import { findFund } from "./fund-store.ts";
import type { GrantHook } from "./grant-store.ts";
import { type ActAnswers, actOnBatch, correctOwnPayment, makeBatch } from "./pay.ts";
import { loadBatch, type Paying } from "./paying.ts";
import { presentBatch, presentLine } from "./present.ts";
import { BatchLine, BatchPage, many, zKind } from "./schemas.ts";
import { batchSheet, sheetAnswer } from "./sheets.ts";
import { turnOfBatch } from "./turn.ts";

declare module "../kernel/route.ts" {
  interface AppContext {
    /** Told, inside the paying transaction, when a grant's state changes: the case behind it moves with the money. */
    readonly onGrantState?: GrantHook;
    /** The working days known today, years added by the installation included. */
    readonly calendar?: () => Calendar;
  }
}

const tag = "money";
const params = z.object({ id: zId<"batch">() });
type ActionName = Exclude<keyof typeof batchActions, "result">;
const actionNames = (Object.keys(batchActions) as (keyof typeof batchActions)[]).filter(
  (name): name is ActionName => name !== "result",
) as [ActionName, ...ActionName[]];
const states = Object.keys(batchStates) as BatchState[];

const zAnswers = z.strictObject({
  item: zId<"item">().optional(),
  reason: z.string().trim().max(500).optional(),
  minutesNumber: z.string().trim().max(80).optional(),
  minutesOn: zDay.optional(),
  holder: z.string().trim().max(60).optional(),
  card: z.string().max(40).optional(),
  bankName: z.string().trim().max(60).optional(),
  branch: z.string().trim().max(80).optional(),
  proof: z.array(zId<"paper">()).max(5).optional(),
  consent: z.array(zId<"paper">()).max(3).optional(),
});

const routes = {
  listBatches: defineRoute({
    method: "GET",
    url: "/batches",
    tag,
    summary: { zh: "发放批次", en: "Payment batches" },
    query: zPage.extend({
      state: z.string().max(200).optional(),
      unit: zId<"unit">().optional(),
      overdue: z.enum(["true"]).optional(),
    }),
    response: z.object({ items: many(BatchLine), next: z.string().nullable(), total: z.int().optional() }),
    power: "batch.read",
  }),
  makeBatch: defineRoute({
    method: "POST",
    url: "/batches",
    tag,
    summary: { zh: "编制批次", en: "Make a batch of decided aid" },
    body: z.strictObject({
      id: zId<"batch">(),
      fundId: zId<"fund">(),
      purpose: zKind,
      title: z.string().trim().min(1).max(80),
      grantIds: z.array(zId<"grant">()).min(1).max(5000),
    }),
    response: BatchPage,
    status: 201,
    power: "batch.make",
  }),
  getBatch: defineRoute({
    method: "GET",
    url: "/batches/:id",
    tag,
    summary: { zh: "一个批次；format=pdf 是发放清单", en: "A batch; format=pdf is its list for signing" },
    params,
    query: z.object({ format: z.enum(["json", "xlsx", "pdf"]).default("json") }),
    response: BatchPage,
    power: "batch.read",
  }),
  actOnBatch: defineRoute({
    method: "POST",
    url: "/batches/:id/actions",
    tag,
    summary: { zh: "办理批次", en: "Act on a batch" },
    params,
    body: z.strictObject({ id: zId<"action">(), name: z.enum(actionNames), answers: zAnswers.default({}) }),
    response: BatchPage,
    power: "batch.read",
  }),
  getBankFile: defineRoute({
    method: "GET",
    url: "/batches/:id/bank-file",
    tag,
    summary: {
      zh: "送银行的文件，含完整卡号；每次下载都有记录，本人可见",
      en: "The bank's file with full card numbers; each download is on record and shown to its people",
    },
    params,
    response: z.string(),
    power: "batch.bank",
  }),
  loadResult: defineRoute({
    method: "POST",
    url: "/batches/:id/result-file",
    tag,
    summary: {
      zh: "载入银行回盘；同一文件再次载入无影响",
      en: "Load the bank's result; the same file again is harmless",
    },
    params,
    multipart: true,
    response: BatchPage.extend({
      result: z.object({
        repeated: z.boolean(),
        paid: z.int(),
        failed: z.int(),
        refunded: z.int(),
        already: z.int(),
      }),
    }),
    power: "batch.bank",
  }),
  trialResult: defineRoute({
    method: "GET",
    url: "/batches/:id/trial-result",
    tag,
    summary: {
      zh: "仅演示工会：虚构银行的回盘；fail=2,5 让第 2、5 笔失败",
      en: "Fictitious federation only: what a bank would answer; fail=2,5 lets payments 2 and 5 fail",
    },
    params,
    query: z.object({
      fail: z
        .string()
        .regex(/^\d{1,6}(,\d{1,6})*$/)
        .optional(),
    }),
    response: z.string(),
    power: "batch.bank",
  }),
  correctOwnPayment: defineRoute({
    method: "POST",
    url: "/grants/:id/payee",
    tag,
    summary: {
      zh: "本人更正没有付成的收款卡",
      en: "Name another card for a payment of one's own that failed",
    },
    params: z.object({ id: zId<"grant">() }),
    body: z.strictObject({
      id: zId<"action">(),
      holder: z.string().trim().min(1).max(60),
      card: z.string().max(40),
      bankName: z.string().trim().max(60).default(""),
      branch: z.string().trim().max(80).default(""),
    }),
    response: z.null().optional(),
    status: 204,
  }),
};

/** What paying needs, from the server's context. */
function payingOf(ctx: AppContext, now: Date, today: Day): Paying {
  return {
    ring: ctx.ring,
    calendar: ctx.calendar?.() ?? chinaCalendar,
    now,
    today,
    onGrantState: ctx.onGrantState,
  };
}

async function shown(
  tx: Tx,
  ctx: AppContext,
  scope: Scope,
  id: string,
  actor: Actor,
  today: Day,
  lang: Lang,
) {
  const row = await findBatch(tx, scope, id);
  if (isRefusal(row)) return row;
  const loaded = await loadBatch(tx, row, today);
  const turn = await turnOfBatch(tx, loaded, actor, today, lang);
  return presentBatch(loaded, turn, ctx.ring, actor, today, lang);
}

/** Acting on a batch asks for its reading first: what may not be seen is not found. */
function readable(actor: Actor, today: Day): Or<Scope> {
  return scopeOfAny(actor, ["batch.read"], today);
}

/** What was answered, a card number read. An officer shows the card that is to take another’s place. */
function answersOf(body: z.output<typeof zAnswers>): Or<ActAnswers> {
  const { holder, card, bankName, branch, ...plain } = body;
  if (card === undefined) return plain;
  const number = parseCard(card);
  if (isRefusal(number)) return placed(number, "/answers/card");
  const name = parseHolder(holder, { max: 60, at: "/answers/holder" });
  if (isRefusal(name)) return name;
  if (!plain.proof?.length) return refuse("required", {}, { at: "/answers/proof" });
  const payee = { holder: name, card: number.number, bankName: bankName ?? "", branch: branch ?? "" };
  const [consent] = plain.consent ?? [];
  return { ...plain, payee: consent ? { ...payee, consent } : payee };
}

export const handlers: readonly Handled[] = [
  handle(routes.listBatches, async ({ ctx, session, query, today }) => {
    const scope = scopeOf(session.actor, "batch.read", today);
    if (isRefusal(scope)) return scope;
    const after = placeAfter(query.cursor);
    if (isRefusal(after)) return after;
    const wanted = query.state?.split(",").filter((one) => states.includes(one as BatchState));
    return ctx.db.read(session.viewer, async (tx) => {
      const here = await under(tx, scope, query.unit);
      if (isRefusal(here)) return here;
      // States that there are not, no batch is in.
      if (wanted?.length === 0) return { items: [], next: null };
      const late = query.overdue === undefined ? {} : { overdueOn: today };
      const found = await listBatches(tx, here, { states: wanted, limit: query.limit, after, ...late });
      const { rows, next } = page(found, query.limit, (row) => ({ on: row.madeOn, id: row.id }));
      const total =
        query.overdue !== undefined && !wanted ? { total: await countOverdue(tx, here, today) } : {};
      return { items: rows.map((row) => presentLine(row, today)), next, ...total };
    });
  }),
  handle(routes.makeBatch, async ({ ctx, session, body, now, today, lang }) => {
    const scope = scopeOf(session.actor, "batch.make", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.write(session.viewer, async (tx) => {
      const fund = await findFund(tx, scope, body.fundId);
      if (isRefusal(fund)) return { ...fund, at: "/fundId" };
      const made = await makeBatch(tx, payingOf(ctx, now, today), scope, fund, body, session.actor);
      return isRefusal(made) ? made : shown(tx, ctx, scope, made.id, session.actor, today, lang);
    });
  }),
  handle(routes.getBatch, async ({ ctx, session, params, query, today, lang }) => {
    const scope = readable(session.actor, today);
    if (isRefusal(scope)) return scope;
    const page = await ctx.db.read(session.viewer, (tx) =>
      shown(tx, ctx, scope, params.id, session.actor, today, lang),
    );
    return isRefusal(page) ? page : sheetAnswer(query.format, page, () => batchSheet(page, lang), lang);
  }),
  handle(routes.actOnBatch, async ({ ctx, session, params, body, now, today, lang }) => {
    const scope = readable(session.actor, today);
    if (isRefusal(scope)) return scope;
    const answers = answersOf(body.answers);
    if (isRefusal(answers)) return answers;
    return ctx.db.write(session.viewer, async (tx) => {
      const act = { id: body.id, name: body.name, answers };
      const done = await actOnBatch(tx, payingOf(ctx, now, today), scope, params.id, act, session.actor);
      return isRefusal(done) ? done : shown(tx, ctx, scope, params.id, session.actor, today, lang);
    });
  }),
  handle(routes.getBankFile, async ({ ctx, session, params, now, today }) => {
    const scope = scopeOf(session.actor, "batch.bank", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.write(session.viewer, async (tx) => {
      const made = await bankFile(tx, payingOf(ctx, now, today), scope, params.id, session.actor);
      if (isRefusal(made)) return made;
      const post = session.actor.posts.find((held) => held.role === "cashier" || held.role === "finance");
      for (const one of made.people)
        await logLook(tx, {
          district: one.district,
          person: one.person as Id<"person">,
          by: {
            person: session.person,
            name: session.actor.name,
            unit: post?.unitName ?? null,
            role: post?.role ?? null,
          },
          what: "bank-file",
          fields: ["bankCard"],
          purpose: made.fileName,
          caseId: one.caseId as Id<"case">,
          at: now,
          onDay: today,
        });
      return { file: made.bytes, mediaType: made.mediaType, fileName: made.fileName };
    });
  }),
  handle(routes.loadResult, async ({ ctx, session, params, uploads, now, today, lang }) => {
    const scope = scopeOf(session.actor, "batch.bank", today);
    if (isRefusal(scope)) return scope;
    const upload = await firstUpload(uploads);
    if (upload === undefined) return refuse("required", {}, { at: "/file" });
    return ctx.db.write(session.viewer, async (tx) => {
      const result = await loadResult(
        tx,
        payingOf(ctx, now, today),
        scope,
        params.id,
        upload.content,
        session.actor,
      );
      if (isRefusal(result)) return result;
      const page = await shown(tx, ctx, scope, params.id, session.actor, today, lang);
      return isRefusal(page) ? page : { ...page, result };
    });
  }),
  handle(routes.trialResult, async ({ ctx, session, params, query, now, today }) => {
    if (!ctx.config.fictitious) return refuse("not-found");
    const scope = scopeOf(session.actor, "batch.bank", today);
    if (isRefusal(scope)) return scope;
    const failing = (query.fail ?? "").split(",").map(Number);
    const made = await ctx.db.read(session.viewer, (tx) =>
      trialResult(tx, payingOf(ctx, now, today), scope, params.id, failing),
    );
    if (isRefusal(made)) return made;
    return { file: made.bytes, mediaType: "text/csv; charset=gb18030", fileName: made.fileName };
  }),
  handle(routes.correctOwnPayment, async ({ ctx, session, params, body, now, today }) => {
    const number = parseCard(body.card, { at: "/card" });
    if (isRefusal(number)) return number;
    const { id, bankName, branch } = body;
    const holder = parseHolder(body.holder, { max: 60, at: "/holder" });
    if (isRefusal(holder)) return holder;
    const payee = { holder, card: number.number, bankName, branch };
    // The batch is not the worker's to see; that the grant is theirs is checked before it is touched.
    const done = await ctx.db.system((tx) =>
      correctOwnPayment(tx, payingOf(ctx, now, today), params, { id, payee }, session),
    );
    return isRefusal(done) ? done : undefined;
  }),
];

import { z } from "zod";
import type { Tx } from "../db/index.ts";
import type { Id } from "../kernel/ids.ts";
import { fenToJson } from "../kernel/money.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zDay, zFen, zId, zPage } from "../kernel/schemas.ts";
import { findUnit, narrow, type Scope, scopeOf } from "../units/index.ts";
import { page, placeAfter } from "./cursor.ts";
import { findFund, getFund, listFunds, openFund, receive } from "./fund-store.ts";
import { type AidKind, aidKinds, type Fund } from "./funds.ts";
import { countGrants, listGrants } from "./grant-lists.ts";
import { presentFund } from "./present.ts";
import { FundLine, GrantLine, many, zKind, zSource } from "./schemas.ts";
import { placeOfUnit } from "./store.ts";
import { givesSubsidy, settleSubsidy, subsidise } from "./subsidy-store.ts";

const tag = "money";
const zName = z.string().trim().min(1).max(80);
const zMemo = z.string().trim().min(1).max(200);
const zAmount = zFen.refine((fen) => fen > 0n, "above zero");

const routes = {
  listFunds: defineRoute({
    method: "GET",
    url: "/funds",
    tag,
    summary: { zh: "资金", en: "Funds" },
    query: z.object({ unit: zId<"unit">().optional() }),
    response: z.object({ items: many(FundLine), next: z.null() }),
    power: "fund.read",
  }),
  getFund: defineRoute({
    method: "GET",
    url: "/funds/:id",
    tag,
    summary: { zh: "一项资金", en: "A fund" },
    params: z.object({ id: zId<"fund">() }),
    response: FundLine,
    power: "fund.read",
  }),
  openFund: defineRoute({
    method: "POST",
    url: "/funds",
    tag,
    summary: { zh: "设立资金", en: "Open a fund" },
    body: z.strictObject({
      id: zId<"fund">(),
      unitId: zId<"unit">(),
      source: zSource,
      name: zName,
      year: z.int().min(2000).max(2100),
      purposes: z.array(zKind).max(20).default([]),
    }),
    response: FundLine,
    status: 201,
    power: "fund.write",
  }),
  receiveMoney: defineRoute({
    method: "POST",
    url: "/funds/:id/receive",
    tag,
    summary: {
      zh: "收到资金；from 是上级的资金时，两级账簿同时记账",
      en: "Money arrives; with `from`, a fund of a union above, both books are kept in one operation",
    },
    params: z.object({ id: zId<"fund">() }),
    body: z.strictObject({
      id: zId<"voucher">(),
      amountFen: zAmount,
      on: zDay,
      memo: zMemo,
      from: zId<"fund">().optional(),
      /** With `from`: false books it as owed, to be settled later. */
      settle: z.boolean().default(true),
    }),
    response: FundLine,
    power: "fund.write",
  }),
  settleSubsidy: defineRoute({
    method: "POST",
    url: "/funds/:id/subsidies/:subsidy/settle",
    tag,
    summary: { zh: "结清一笔应拨的补助", en: "Settle a subsidy that is owed" },
    params: z.object({ id: zId<"fund">(), subsidy: zId<"subsidy">() }),
    body: z.strictObject({ on: zDay }),
    response: FundLine,
    power: "fund.write",
  }),
  listGrants: defineRoute({
    method: "GET",
    url: "/grants",
    tag,
    summary: {
      zh: "已决定的救助；state=decided 是待发放的",
      en: "Aid that was decided; state=decided is ready to be paid",
    },
    query: zPage.extend({
      state: z.enum(["decided", "batched", "paid", "failed", "cancelled", "recovered"]).optional(),
      unit: zId<"unit">().optional(),
      kind: zKind.optional(),
      fund: zId<"fund">().optional(),
      from: zDay.optional(),
      to: zDay.optional(),
    }),
    response: z.object({
      items: many(GrantLine),
      next: z.string().nullable(),
      total: z.int(),
      totalFen: z.int(),
    }),
    power: "fund.read",
  }),
};

/** The part of a scope at and below a unit, where one is named. */
export async function under(tx: Tx, scope: Scope, unit: Id<"unit"> | undefined): Promise<Or<Scope>> {
  if (unit === undefined) return scope;
  const found = await findUnit(tx, scope, unit);
  return isRefusal(found) ? found : narrow(scope, found.path);
}

/** A fund as it now stands, for an answer. */
async function shown(tx: Tx, fund: Fund, unitName = "") {
  return presentFund({ ...(await getFund(tx, fund.district, fund.id)), unitName });
}

export const handlers: readonly Handled[] = [
  handle(routes.listFunds, async ({ ctx, session, query, today }) => {
    const scope = scopeOf(session.actor, "fund.read", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.read(session.viewer, async (tx) => {
      const here = await under(tx, scope, query.unit);
      if (isRefusal(here)) return here;
      return { items: (await listFunds(tx, here)).map(presentFund), next: null };
    });
  }),
  handle(routes.getFund, async ({ ctx, session, params, today }) => {
    const scope = scopeOf(session.actor, "fund.read", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.read(session.viewer, async (tx) => {
      const fund = await findFund(tx, scope, params.id);
      return isRefusal(fund) ? fund : presentFund(fund);
    });
  }),
  handle(routes.openFund, async ({ ctx, session, body, today }) => {
    const scope = scopeOf(session.actor, "fund.write", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.write(session.viewer, async (tx) => {
      const unit = await findUnit(tx, scope, body.unitId);
      if (isRefusal(unit)) return unit;
      const place = placeOfUnit(unit);
      const fund = await openFund(tx, place, body);
      return isRefusal(fund) ? fund : shown(tx, fund, unit.name);
    });
  }),
  handle(routes.receiveMoney, async ({ ctx, session, params, body, now, today }) => {
    const scope = scopeOf(session.actor, "fund.write", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.write(session.viewer, async (tx) => {
      const fund = await findFund(tx, scope, params.id);
      if (isRefusal(fund)) return fund;
      const by = { person: session.person, at: now, today };
      const { from: above, settle, ...receipt } = body;
      if (above === undefined) {
        const done = await receive(tx, fund, receipt, by);
        return isRefusal(done) ? done : shown(tx, fund);
      }
      const from = await findFund(tx, scope, above);
      if (isRefusal(from)) return { ...from, at: "/from" };
      const done = await subsidise(tx, from, fund, receipt, by, settle);
      return isRefusal(done) ? done : shown(tx, fund);
    });
  }),
  handle(routes.settleSubsidy, async ({ ctx, session, params, body, now, today }) => {
    const scope = scopeOf(session.actor, "fund.write", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.write(session.viewer, async (tx) => {
      const fund = await findFund(tx, scope, params.id);
      if (isRefusal(fund)) return fund;
      if (!(await givesSubsidy(tx, fund, params.subsidy))) return refuse("not-found");
      const by = { person: session.person, at: now, today };
      const done = await settleSubsidy(tx, fund.district, params.subsidy, body.on, by);
      return isRefusal(done) ? done : shown(tx, fund);
    });
  }),
  handle(routes.listGrants, async ({ ctx, session, query, today }) => {
    const scope = scopeOf(session.actor, "fund.read", today);
    if (isRefusal(scope)) return scope;
    const after = placeAfter(query.cursor);
    if (isRefusal(after)) return after;
    return ctx.db.read(session.viewer, async (tx) => {
      const here = await under(tx, scope, query.unit);
      if (isRefusal(here)) return here;
      const found = await listGrants(tx, here, { ...query, after });
      const { rows, next } = page(found, query.limit, (row) => ({ on: row.decided_on, id: row.id }));
      const { total, totalFen } = await countGrants(tx, here, query);
      return {
        items: rows.map((row) => ({
          id: row.id,
          caseId: row.case_id,
          caseNumber: row.case_number,
          householdId: row.household_id,
          beneficiaryName: row.beneficiary_name,
          unitId: row.unit_id,
          unitName: row.unit_name,
          kind: row.kind as AidKind,
          kindTitle: aidKinds[row.kind as AidKind].title,
          fileTier: row.file_tier,
          amountFen: fenToJson(row.amount_fen),
          state: row.state,
          year: row.year,
          decidedOn: row.decided_on,
          paidOn: row.paid_on,
          batchId: row.batch_id,
          batchNumber: row.batch_number,
          fundName: row.fund_name,
        })),
        next,
        total,
        totalFen: fenToJson(totalFen),
      };
    });
  }),
];

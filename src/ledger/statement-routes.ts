import { z } from "zod";
import { type Day, day } from "../kernel/day.ts";
import { fenToJson } from "../kernel/money.ts";
import { isRefusal, refuse } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zDay, zId } from "../kernel/schemas.ts";
import { headOfHousehold } from "../people/household.ts";
import { findUnit, scopeOf } from "../units/index.ts";
import { type Account, accountRef, accountRoles, usualSide } from "./chart.ts";
import { findFund } from "./fund-store.ts";
import { type AidKind, aidKinds } from "./funds.ts";
import type { Balance } from "./ledger.ts";
import { presentFund } from "./present.ts";
import { FundStatement, HouseholdStatement, UnitStatement } from "./schemas.ts";
import { fundSheet, householdSheet, sheetAnswer, unitSheet } from "./sheets.ts";
import { fundStatement, householdCaps, householdGrants, unitMovements } from "./statement-store.ts";
import { balancesOf, closedThroughOf, placeOfUnit } from "./store.ts";

const tag = "money";
const zFormat = z.enum(["json", "xlsx", "pdf"]).default("json");
const zSpan = z.object({ from: zDay.optional(), to: zDay.optional(), format: zFormat });

const routes = {
  fundStatement: defineRoute({
    method: "GET",
    url: "/statements/fund/:id",
    tag,
    summary: { zh: "资金收支明细", en: "Statement of a fund" },
    params: z.object({ id: zId<"fund">() }),
    query: zSpan,
    response: FundStatement,
    power: "fund.read",
  }),
  householdStatement: defineRoute({
    method: "GET",
    url: "/statements/household/:id",
    tag,
    summary: { zh: "家庭受助明细", en: "Statement of a household's aid" },
    params: z.object({ id: zId<"household">() }),
    query: z.object({ format: zFormat }),
    response: HouseholdStatement,
    power: "fund.read",
  }),
  unitStatement: defineRoute({
    method: "GET",
    url: "/statements/unit/:id",
    tag,
    summary: {
      zh: "科目余额表；有起止日期时是期间发生额",
      en: "Balances by account; with days, what moved between them",
    },
    params: z.object({ id: zId<"unit">() }),
    query: zSpan,
    response: UnitStatement,
    power: "ledger.read",
  }),
};

function lineOf(balance: Balance, on: Day) {
  const { role } = balance.account;
  const net = balance.debitFen - balance.creditFen;
  return {
    ...accountRef(balance.account, on),
    class: accountRoles[role],
    debitFen: fenToJson(balance.debitFen),
    creditFen: fenToJson(balance.creditFen),
    balanceFen: fenToJson(usualSide(role) === "debit" ? net : -net),
  };
}

/** Accounts of all funds together, one line for each role and detail, in the order of codes. */
function merged(balances: readonly Balance[]): readonly Balance[] {
  const sums = new Map<string, { account: Account; debitFen: bigint; creditFen: bigint }>();
  for (const { account: of, debitFen, creditFen } of balances) {
    const key = `${of.role}/${of.detail}`;
    const sum = sums.get(key) ?? { account: { ...of, fund: null }, debitFen: 0n, creditFen: 0n };
    sums.set(key, { ...sum, debitFen: sum.debitFen + debitFen, creditFen: sum.creditFen + creditFen });
  }
  return [...sums.values()];
}

export const handlers: readonly Handled[] = [
  handle(routes.fundStatement, async ({ ctx, session, params, query, today, lang }) => {
    const scope = scopeOf(session.actor, "fund.read", today);
    if (isRefusal(scope)) return scope;
    const found = await ctx.db.read(session.viewer, async (tx) => {
      const fund = await findFund(tx, scope, params.id);
      if (isRefusal(fund)) return fund;
      const from = query.from ?? day(`${fund.year}-01-01`);
      const to = query.to ?? today;
      const { openingFen, lines } = await fundStatement(tx, fund, from, to);
      let balance = openingFen;
      const shown = lines.map((one) => {
        balance += one.inFen - one.outFen;
        const fen = {
          inFen: fenToJson(one.inFen),
          outFen: fenToJson(one.outFen),
          balanceFen: fenToJson(balance),
        };
        return { ...one, ...fen };
      });
      return {
        fund: presentFund(fund),
        from,
        to,
        openingFen: fenToJson(openingFen),
        closingFen: fenToJson(balance),
        lines: shown,
      };
    });
    return isRefusal(found) ? found : sheetAnswer(query.format, found, () => fundSheet(found, lang), lang);
  }),
  handle(routes.householdStatement, async ({ ctx, session, params, query, today, lang }) => {
    const scope = scopeOf(session.actor, "fund.read", today);
    if (isRefusal(scope)) return scope;
    const found = await ctx.db.read(session.viewer, async (tx) => {
      const grants = await householdGrants(tx, scope, params.id);
      const [first] = grants;
      if (!first) return refuse("not-found");
      const head = await headOfHousehold(tx, scope, { district: first.district, id: params.id });
      const caps = await householdCaps(tx, first.district, params.id);
      const paid = grants.filter((one) => one.state === "paid");
      return {
        householdId: params.id as string,
        headName: head?.name ?? null,
        fileNumber: head?.fileNumber ?? null,
        paidFen: fenToJson(paid.reduce((sum, one) => sum + one.amount_fen, 0n)),
        lines: grants.map((one) => ({
          id: one.id,
          caseId: one.case_id,
          caseNumber: one.case_number,
          kind: one.kind as AidKind,
          kindTitle: aidKinds[one.kind as AidKind].title,
          beneficiaryName: one.beneficiary_name,
          amountFen: fenToJson(one.amount_fen),
          state: one.state,
          stateTitle: grantStates[one.state as keyof typeof grantStates],
          year: one.year,
          decidedOn: one.decided_on,
          paidOn: one.paid_on,
          fundName: one.fund_name,
          batchNumber: one.batch_number,
        })),
        caps: caps.map((one) => ({
          rule: one.rule,
          year: one.year,
          usedFen: fenToJson(one.used_fen),
          capFen: fenToJson(one.cap_fen),
          leftFen: fenToJson(one.cap_fen - one.used_fen),
        })),
      };
    });
    return isRefusal(found)
      ? found
      : sheetAnswer(query.format, found, () => householdSheet(found, lang), lang);
  }),
  handle(routes.unitStatement, async ({ ctx, session, params, query, today, lang }) => {
    const scope = scopeOf(session.actor, "ledger.read", today);
    if (isRefusal(scope)) return scope;
    const found = await ctx.db.read(session.viewer, async (tx) => {
      const unit = await findUnit(tx, scope, params.id);
      if (isRefusal(unit)) return unit;
      const place = placeOfUnit(unit);
      const isSpan = query.from !== undefined || query.to !== undefined;
      const from = query.from ?? day("2010-01-01");
      const to = query.to ?? today;
      const balances = isSpan
        ? await unitMovements(tx, place, from, to)
        : merged(await balancesOf(tx, place));
      const lines = balances.map((one) => lineOf(one, to)).sort((a, b) => (a.code < b.code ? -1 : 1));
      return {
        unit: { id: unit.id as string, name: unit.name },
        from: isSpan ? from : null,
        to: isSpan ? to : null,
        closedThrough: await closedThroughOf(tx, place),
        lines,
        totals: {
          debitFen: lines.reduce((sum, one) => sum + one.debitFen, 0),
          creditFen: lines.reduce((sum, one) => sum + one.creditFen, 0),
        },
      };
    });
    return isRefusal(found) ? found : sheetAnswer(query.format, found, () => unitSheet(found, lang), lang);
  }),
];

const grantStates = {
  decided: { zh: "待发放", en: "Decided" },
  batched: { zh: "发放中", en: "Being paid" },
  paid: { zh: "已发放", en: "Paid" },
  failed: { zh: "发放失败", en: "Failed" },
  cancelled: { zh: "已撤销", en: "Cancelled" },
  recovered: { zh: "已追回", en: "Recovered" },
} as const;

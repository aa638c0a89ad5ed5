import { z } from "zod";
import { everything, type Tx } from "../db/index.ts";
import { momentCursor, readMoment } from "../kernel/cursor.ts";
import { addDays, type Day } from "../kernel/day.ts";
import { type Id, isId } from "../kernel/ids.ts";
import { isRefusal, type Or } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zDay, zId, zPage, zText } from "../kernel/schemas.ts";
import { lookPurpose, lookSeen } from "../people/index.ts";
import { actionTitle } from "../procedures/titles.ts";
import { isRole, roleTitles } from "../units/powers.ts";
import { type Actor, narrow, type Scope, scopeOf } from "../units/scope.ts";
import { findUnit } from "../units/store.ts";
import { actionsIn, countActionsIn, looksIn, verifyScope } from "./audit.ts";
import { dated, zReadAt } from "./dated.ts";

const zFilter = zPage.extend({
  unit: zId<"unit">().optional(),
  case: zId<"case">().optional(),
  actor: zId<"person">().optional(),
  from: zDay.optional(),
  to: zDay.optional(),
});

const zInstantText = z.string();

const routes = {
  auditActions: defineRoute({
    method: "GET",
    url: "/audit/actions",
    tag: "audit",
    summary: { zh: "办理记录：谁在何时对什么做了什么", en: "What was done, by whom, when, to what" },
    query: zFilter,
    response: z.object({
      items: z.array(
        z.object({
          id: z.string(),
          at: zInstantText,
          onDay: z.string(),
          name: z.string(),
          title: zText,
          byName: z.string().nullable(),
          byUnitName: z.string().nullable(),
          byRoleTitle: zText.nullable(),
          caseId: z.string().nullable(),
          caseNumber: z.string().nullable(),
          batchId: z.string().nullable(),
          applicantName: z.string().nullable(),
          note: z.string().nullable(),
          hash: z.string(),
        }),
      ),
      next: z.string().nullable(),
      total: z.int(),
      ...zReadAt,
    }),
    power: "audit.read",
  }),
  auditLooks: defineRoute({
    method: "GET",
    url: "/audit/looks",
    tag: "audit",
    summary: { zh: "查阅记录：谁看了谁的资料、为什么", en: "Who looked at whose record, and what for" },
    query: zFilter,
    response: z.object({
      items: z.array(
        z.object({
          id: z.string(),
          at: zInstantText,
          byName: z.string(),
          byUnit: z.string().nullable(),
          personId: z.string(),
          personName: z.string(),
          what: z.string(),
          fields: z.array(z.string()).readonly(),
          /** What was done and which facts stood in clear. */
          seen: zText,
          purpose: zText,
          caseNumber: z.string().nullable(),
          byRoleTitle: zText.nullable(),
        }),
      ),
      next: z.string().nullable(),
      ...zReadAt,
    }),
    power: "audit.read",
  }),
  auditVerify: defineRoute({
    method: "GET",
    url: "/audit/verify",
    tag: "audit",
    summary: { zh: "重新核算链条、日根和账目", en: "Recompute the chains, the day roots and the books" },
    query: z.object({ unit: zId<"unit">().optional() }),
    perMinute: 6,
    response: z.object({
      ok: z.boolean(),
      checked: z.int(),
      findings: z.array(
        z.object({ check: z.string(), where: z.string(), expected: z.string(), found: z.string() }),
      ),
    }),
    power: "audit.read",
  }),
};

/** Where the auditor may look, or the part of it under one unit. */
async function auditedScope(
  tx: Tx,
  actor: Actor,
  unit: Id<"unit"> | undefined,
  today: Day,
): Promise<Or<Scope>> {
  const held = scopeOf(actor, "audit.read", today);
  if (isRefusal(held) || unit === undefined) return held;
  const found = await findUnit(tx, held, unit);
  return isRefusal(found) ? found : narrow(held, found.path);
}

function filterOf(query: z.output<typeof zFilter>, today: Day) {
  const after = readMoment(query.cursor, isId);
  if (isRefusal(after)) return after;
  const to = query.to ?? today;
  return {
    from: query.from ?? addDays(to, -365),
    to,
    actor: query.actor,
    caseId: query.case,
    after,
    limit: query.limit + 1,
  };
}

const roleTitle = (role: string | null) => (isRole(role) ? roleTitles[role] : null);

export const handlers: readonly Handled[] = [
  handle(routes.auditActions, async ({ ctx, session, query, today }) => {
    const filter = filterOf(query, today);
    if (isRefusal(filter)) return filter;
    return dated(ctx, session.viewer, async (tx) => {
      const scope = await auditedScope(tx, session.actor, query.unit, today);
      if (isRefusal(scope)) return scope;
      const rows = await actionsIn(tx, scope, filter);
      const page = rows.slice(0, query.limit);
      return {
        items: page.map(({ at, byRole, fromStep, service, ...row }) => {
          const declared = service === null ? undefined : ctx.engine.catalogue.services.get(service);
          return {
            ...row,
            at: at.toISOString(),
            title: declared
              ? actionTitle(declared, row.name, fromStep)
              : (batchTitles[row.name] ?? { zh: row.name, en: row.name }),
            byRoleTitle: roleTitle(byRole),
          };
        }),
        next: rows.length > query.limit ? momentCursor(page.at(-1)!) : null,
        total: await countActionsIn(tx, scope, filter),
      };
    });
  }),
  handle(routes.auditLooks, async ({ ctx, session, query, today }) => {
    const filter = filterOf(query, today);
    if (isRefusal(filter)) return filter;
    return dated(ctx, everything, async (tx) => {
      const scope = await auditedScope(tx, session.actor, query.unit, today);
      if (isRefusal(scope)) return scope;
      const rows = await looksIn(tx, scope, filter);
      const page = rows.slice(0, query.limit);
      return {
        items: page.map(({ byRole, ...row }) => ({
          ...row,
          at: row.at.toISOString(),
          seen: lookSeen(row),
          purpose: lookPurpose(row),
          byRoleTitle: roleTitle(byRole),
        })),
        next: rows.length > query.limit ? momentCursor(page.at(-1)!) : null,
      };
    });
  }),
  handle(routes.auditVerify, async ({ ctx, session, query, today }) => {
    const scope = await ctx.db.read(session.viewer, (tx) =>
      auditedScope(tx, session.actor, query.unit, today),
    );
    if (isRefusal(scope)) return scope;
    const { checked, findings } = await verifyScope(ctx.db, ctx.ring, scope);
    return { ok: findings.length === 0, checked, findings: [...findings] };
  }),
];

const batchTitles: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  make: { zh: "编制批次", en: "Made the batch" },
  review: { zh: "复核", en: "Reviewed" },
  return: { zh: "退回", en: "Returned" },
  fund: { zh: "安排资金", en: "Funded" },
  approve: { zh: "批准发放", en: "Approved" },
  submit: { zh: "送银行", en: "Sent to the bank" },
  bankFile: { zh: "取得银行文件（含完整卡号）", en: "Took the bank file, with whole card numbers" },
  result: { zh: "载入回盘", en: "Loaded the result" },
  correctItem: { zh: "更正收款卡", en: "Corrected a card" },
  removeItem: { zh: "移出批次", en: "Took an item out" },
  resend: { zh: "重新送银行", en: "Sent again" },
  reverseItem: { zh: "追回", en: "Recovered" },
  close: { zh: "结批", en: "Closed" },
  cancel: { zh: "撤销批次", en: "Cancelled" },
};

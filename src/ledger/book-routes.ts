import { z } from "zod";
import type { Tx } from "../db/index.ts";
import type { Month } from "../kernel/day.ts";
import { isId } from "../kernel/ids.ts";
import { capitals, fenToJson } from "../kernel/money.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zDay, zFen, zId, zMonth, zPage } from "../kernel/schemas.ts";
import { covers, findUnit, type Scope, scopeOf, type Unit } from "../units/index.ts";
import { type AccountRole, accountRef, accountRoles } from "./chart.ts";
import { account } from "./entries.ts";
import { getFund, unreceive } from "./fund-store.ts";
import { isNamed } from "./named.ts";
import { many, VoucherLine, VoucherPage } from "./schemas.ts";
import {
  closedThroughOf,
  closeMonth,
  findVoucher,
  listVouchers,
  placeOfUnit,
  postVoucher,
  reverseVoucher,
  type Voucher,
  type VoucherSource,
} from "./store.ts";

const tag = "money";
const zRole = z.enum(Object.keys(accountRoles) as [AccountRole, ...AccountRole[]]);
const zSide = z.strictObject({ role: zRole, detail: z.string().max(40).default("") });

const routes = {
  listVouchers: defineRoute({
    method: "GET",
    url: "/vouchers",
    tag,
    summary: { zh: "凭证", en: "Vouchers" },
    query: zPage.extend({ unit: zId<"unit">().optional(), month: zMonth.optional() }),
    response: z.object({ items: many(VoucherLine), next: z.string().nullable() }),
    power: "ledger.read",
  }),
  getVoucher: defineRoute({
    method: "GET",
    url: "/vouchers/:id",
    tag,
    summary: { zh: "一张凭证", en: "A voucher" },
    params: z.object({ id: zId<"voucher">() }),
    response: VoucherPage,
    power: "ledger.read",
  }),
  postVoucher: defineRoute({
    method: "POST",
    url: "/vouchers",
    tag,
    summary: { zh: "记一张凭证", en: "Post a voucher" },
    body: z.strictObject({
      id: zId<"voucher">(),
      unitId: zId<"unit">(),
      on: zDay,
      memo: z.string().max(200),
      transfers: z.array(z.strictObject({ debit: zSide, credit: zSide, amountFen: zFen })).max(200),
    }),
    response: VoucherPage,
    status: 201,
    power: "ledger.write",
  }),
  reverseVoucher: defineRoute({
    method: "POST",
    url: "/vouchers/:id/reverse",
    tag,
    summary: { zh: "红字冲销", en: "Reverse a voucher" },
    params: z.object({ id: zId<"voucher">() }),
    body: z.strictObject({ id: zId<"voucher">(), reason: z.string().trim().min(1).max(200) }),
    response: VoucherPage,
    power: "ledger.write",
  }),
  closeMonth: defineRoute({
    method: "POST",
    url: "/books/:unit/close",
    tag,
    summary: { zh: "结账：此后不能再记入该月及以前", en: "Close the books through a month" },
    params: z.object({ unit: zId<"unit">() }),
    body: z.strictObject({ month: zMonth }),
    response: z.object({ closedThrough: z.string() }),
    power: "ledger.write",
  }),
};

async function voucherPage(tx: Tx, scope: Scope, id: string) {
  const voucher = await findVoucher(tx, scope, id);
  if (isRefusal(voucher)) return voucher;
  const unit = await findUnit(tx, scope, voucher.unitId as Unit["id"]);
  const sum = voucher.transfers.reduce((total, one) => total + one.amountFen, 0n);
  const closed = await closedThroughOf(tx, voucher);
  return {
    voucher: {
      id: voucher.id,
      unitId: voucher.unitId,
      unitName: isRefusal(unit) ? "" : unit.name,
      month: voucher.month,
      number: voucher.number,
      kind: voucher.kind,
      memo: voucher.memo,
      on: voucher.on,
      amountFen: fenToJson(sum),
      amountCapitals: capitals(sum),
      closed: closed !== null && voucher.month <= closed,
      reverses: voucher.reverses,
      event: voucher.source.event,
      batchId: voucher.source.batchId ?? null,
    },
    transfers: voucher.transfers.map((one) => ({
      debit: accountRef(one.debit, voucher.on),
      credit: accountRef(one.credit, voucher.on),
      amountFen: fenToJson(one.amountFen),
      caseId: one.caseId ?? null,
      householdId: one.householdId ?? null,
    })),
  };
}

/** What else a voucher moved is put back with it; a procedure's voucher is corrected by the procedure. */
async function undo(tx: Tx, voucher: Voucher): Promise<Or<null>> {
  const { event, fundId } = voucher.source;
  if (event === "entry") return null;
  if (event === "receipt" && fundId !== undefined) {
    const sum = voucher.transfers.reduce((total, one) => total + one.amountFen, 0n);
    return unreceive(tx, await getFund(tx, voucher.district, fundId), sum);
  }
  const where = event === "subsidy" ? { zh: "资金", en: "funds" } : { zh: "发放批次", en: "payment batches" };
  return refuse("voucher-not-reversible", { where });
}

export const handlers: readonly Handled[] = [
  handle(routes.listVouchers, async ({ ctx, session, query, today }) => {
    const scope = scopeOf(session.actor, "ledger.read", today);
    if (isRefusal(scope)) return scope;
    if (query.cursor !== undefined && !isId(query.cursor)) return refuse("bad-cursor");
    const of = { unitId: query.unit, month: query.month, limit: query.limit, after: query.cursor };
    const found = await ctx.db.read(session.viewer, (tx) => listVouchers(tx, scope, of));
    const rows = found.slice(0, query.limit);
    return {
      items: rows.map((row) => {
        const source = row.source as VoucherSource;
        return {
          id: row.id,
          unitId: row.unit_id,
          unitName: row.unit_name,
          month: row.month,
          number: row.number,
          kind: row.kind,
          memo: row.memo,
          on: row.on_day,
          amountFen: fenToJson(row.amount_fen),
          reverses: row.reverses,
          event: source.event,
          batchId: source.batchId ?? null,
        };
      }),
      next: found.length > query.limit ? (rows.at(-1)?.id ?? null) : null,
    };
  }),
  handle(routes.getVoucher, async ({ ctx, session, params, today }) => {
    const scope = scopeOf(session.actor, "ledger.read", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.read(session.viewer, (tx) => voucherPage(tx, scope, params.id));
  }),
  handle(routes.postVoucher, async ({ ctx, session, body, now, today }) => {
    const scope = scopeOf(session.actor, "ledger.write", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.write(session.viewer, async (tx) => {
      const unit = await findUnit(tx, scope, body.unitId);
      if (isRefusal(unit)) return unit;
      const draft = {
        kind: "transfer" as const,
        on: body.on,
        memo: body.memo,
        transfers: body.transfers.map((one) => ({
          debit: account(one.debit.role, one.debit.detail),
          credit: account(one.credit.role, one.credit.detail),
          amountFen: one.amountFen,
        })),
      };
      if (await isNamed(tx, "voucher", body.id)) {
        const known = await findVoucher(tx, scope, body.id);
        const isSame = !isRefusal(known) && known.unitId === unit.id && spoken(known) === spoken(draft);
        return isSame ? voucherPage(tx, scope, body.id) : refuse("same-id-other-content");
      }
      const posted = await postVoucher(tx, placeOfUnit(unit), draft, {
        id: body.id,
        madeBy: session.person,
        at: now,
        today,
        source: { event: "entry" },
      });
      return isRefusal(posted) ? posted : voucherPage(tx, scope, posted.id);
    });
  }),
  handle(routes.reverseVoucher, async ({ ctx, session, params, body, now, today }) => {
    const scope = scopeOf(session.actor, "ledger.write", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.write(session.viewer, async (tx) => {
      const voucher = await findVoucher(tx, scope, params.id);
      if (isRefusal(voucher)) return voucher;
      if (await isNamed(tx, "voucher", body.id)) {
        const again = await findVoucher(tx, scope, body.id);
        const isSame = !isRefusal(again) && again.reverses === voucher.id;
        return isSame ? voucherPage(tx, scope, body.id) : refuse("same-id-other-content");
      }
      const unit = await findUnit(tx, scope, voucher.unitId as Unit["id"]);
      if (isRefusal(unit) || !covers(scope, unit.path)) return refuse("not-found");
      const memo = `冲销${voucher.month}第${voucher.number}号：${body.reason}`;
      const by = { id: body.id, madeBy: session.person, at: now, today, source: reversalOf(voucher) };
      const done = await reverseVoucher(tx, placeOfUnit(unit), voucher, today, memo, by);
      if (isRefusal(done)) return done;
      const undone = await undo(tx, voucher);
      return isRefusal(undone) ? undone : voucherPage(tx, scope, done.id);
    });
  }),
  handle(routes.closeMonth, async ({ ctx, session, params, body, now, today }) => {
    const scope = scopeOf(session.actor, "ledger.write", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.write(session.viewer, async (tx) => {
      const unit = await findUnit(tx, scope, params.unit);
      if (isRefusal(unit)) return unit;
      const by = { person: session.person, at: now, today };
      return closeMonth(tx, placeOfUnit(unit), body.month as Month, by);
    });
  }),
];

/** What an entry says, the same in whichever order its transfers stand. */
function spoken({ on, memo, transfers }: Pick<Voucher, "on" | "memo" | "transfers">): string {
  const lines = transfers.map(({ debit, credit, amountFen }) =>
    [debit.role, debit.detail, credit.role, credit.detail, amountFen].join(),
  );
  return JSON.stringify([on, memo, lines.sort()]);
}

function reversalOf(voucher: Voucher): VoucherSource {
  const { fundId } = voucher.source;
  return { event: "reversal", ...(fundId !== undefined && { fundId }) };
}

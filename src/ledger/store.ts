import { sql } from "kysely";
import { json, type Tx } from "../db/index.ts";
import { type Day, type Month, monthOfDay } from "../kernel/day.ts";
import { derivedId } from "../kernel/ids.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import type { Unit } from "../units/index.ts";
import { insideScope, type Scope } from "../units/scope.ts";
import { type Account, type AccountRole, type ChartVersion, chartOn, chartVersions } from "./chart.ts";
import { type Balance, check, type Draft, reverse, type Transfer, type VoucherKind } from "./ledger.ts";

/** Books in SQL: vouchers and transfers are only ever added, accounts only ever grow on their two sides. */

/** A union whose books these are. */
export interface BookPlace {
  readonly district: string;
  readonly unitId: string;
  readonly path: string;
}

/** The books of a union. */
export function placeOfUnit(unit: Unit): BookPlace {
  return { district: unit.district, unitId: unit.id, path: unit.path };
}

/** What made a voucher, for the way back from the books to the work. */
export interface VoucherSource {
  readonly event: "receipt" | "subsidy" | "payment" | "refund" | "recovery" | "entry" | "reversal";
  readonly fundId?: string;
  readonly batchId?: string;
  readonly subsidyId?: string;
}

/** Who posts, when, and the voucher's own id, by which the same posting is known again. */
export interface PostedBy {
  readonly id: string;
  readonly madeBy: string | null;
  readonly reviewedBy?: string | null;
  readonly at: Date;
  readonly today: Day;
  readonly source: VoucherSource;
}

export interface Voucher extends Draft {
  readonly id: string;
  readonly district: string;
  readonly unitId: string;
  readonly month: Month;
  readonly number: number;
  readonly madeBy: string | null;
  readonly reviewedBy: string | null;
  readonly source: VoucherSource;
  readonly reverses: string | null;
  readonly at: Date;
}

/**
 * Post a voucher in a union's books: numbered in its month without gaps, accounts and transfers with it. Refuses what
 * `check` refuses. A month being closed meanwhile is waited for.
 */
export async function postVoucher(
  tx: Tx,
  place: BookPlace,
  draft: Draft,
  by: PostedBy,
  reverses: string | null = null,
): Promise<Or<{ readonly id: string; readonly number: number }>> {
  const closedThrough = await openBook(tx, place);
  const entry = check(draft, { today: by.today, closedThrough });
  if (isRefusal(entry)) return entry;
  const month = monthOfDay(entry.on);
  const number = await nextVoucher(tx, place, month);
  await tx
    .insertInto("voucher")
    .values({
      district: place.district,
      id: by.id,
      unit_id: place.unitId,
      path: place.path,
      month,
      number,
      kind: entry.kind,
      memo: entry.memo,
      on_day: entry.on,
      made_by: by.madeBy,
      reviewed_by: by.reviewedBy ?? null,
      source: json(by.source),
      reverses,
      at: by.at,
    })
    .execute();
  await addToAccounts(tx, place, entry.transfers, chartOn(entry.on) ?? (chartVersions[0] as ChartVersion));
  await insertTransfers(tx, place, by, entry.on, entry.transfers);
  return { id: by.id, number };
}

/** The month through which a union's books are closed; opens its books at the first use and holds them open. */
async function openBook(tx: Tx, place: BookPlace): Promise<Month | null> {
  const held = () =>
    tx
      .selectFrom("book")
      .select("closed_through")
      .where("district", "=", place.district)
      .where("unit_id", "=", place.unitId)
      .forShare()
      .executeTakeFirst();
  let row = await held();
  if (!row) {
    await tx
      .insertInto("book")
      .values({ district: place.district, unit_id: place.unitId, path: place.path })
      .onConflict((oc) => oc.doNothing())
      .execute();
    row = await held();
  }
  return (row?.closed_through ?? null) as Month | null;
}

/** The next number of a month, by one statement whose row stays locked until the voucher is committed: no gaps. */
async function nextVoucher(tx: Tx, place: BookPlace, month: Month): Promise<number> {
  const row = await tx
    .insertInto("book_month")
    .values({ district: place.district, unit_id: place.unitId, month, vouchers: 1 })
    .onConflict((oc) =>
      oc
        .columns(["district", "unit_id", "month"])
        .doUpdateSet({ vouchers: sql<number>`book_month.vouchers + 1` }),
    )
    .returning("vouchers")
    .executeTakeFirstOrThrow();
  return row.vouchers;
}

/** An account's id: the same for the same account of the same union, always. */
function accountId(unitId: string, account: Account): string {
  return derivedId<"account">("account", unitId, account.role, account.detail, account.fund ?? "");
}

async function addToAccounts(
  tx: Tx,
  place: BookPlace,
  transfers: readonly Transfer[],
  chart: ChartVersion,
): Promise<void> {
  const sums = new Map<string, { account: Account; debit: bigint; credit: bigint }>();
  for (const one of transfers)
    for (const side of ["debit", "credit"] as const) {
      const id = accountId(place.unitId, one[side]);
      const sum = sums.get(id) ?? { account: one[side], debit: 0n, credit: 0n };
      sum[side] += one.amountFen;
      sums.set(id, sum);
    }
  // Always in the order of ids, so that two vouchers never wait for each other crosswise.
  const rows = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
  await tx
    .insertInto("account_book")
    .values(
      rows.map(([id, { account, debit, credit }]) => ({
        district: place.district,
        id,
        unit_id: place.unitId,
        path: place.path,
        role: account.role,
        detail: account.detail,
        fund_id: account.fund,
        chart: chart.id,
        debit_fen: debit,
        credit_fen: credit,
      })),
    )
    .onConflict((oc) =>
      oc.columns(["district", "id"]).doUpdateSet({
        debit_fen: sql<bigint>`account_book.debit_fen + excluded.debit_fen`,
        credit_fen: sql<bigint>`account_book.credit_fen + excluded.credit_fen`,
      }),
    )
    .execute();
}

async function insertTransfers(
  tx: Tx,
  place: BookPlace,
  by: PostedBy,
  on: Day,
  transfers: readonly Transfer[],
): Promise<void> {
  const rows = transfers.map((one, index) => ({
    district: place.district,
    id: derivedId<"transfer">("transfer", by.id, String(index)),
    voucher_id: by.id,
    unit_id: place.unitId,
    path: place.path,
    debit_id: accountId(place.unitId, one.debit),
    credit_id: accountId(place.unitId, one.credit),
    amount_fen: one.amountFen,
    on_day: on,
    case_id: one.caseId ?? null,
    household_id: one.householdId ?? null,
    at: by.at,
  }));
  for (let from = 0; from < rows.length; from += 1000)
    await tx
      .insertInto("transfer")
      .values(rows.slice(from, from + 1000))
      .execute();
}

/** A voucher by its id, with its transfers, if it lies in the scope. */
export async function findVoucher(tx: Tx, scope: Scope, id: string): Promise<Or<Voucher>> {
  const row = await tx
    .selectFrom("voucher")
    .selectAll()
    .where("id", "=", id)
    .where(insideScope(scope, "voucher.path"))
    .executeTakeFirst();
  if (!row) return refuse("not-found");
  const transfers = await transfersOf(tx, row.district, [row.id]);
  return {
    id: row.id,
    district: row.district,
    unitId: row.unit_id,
    kind: row.kind as VoucherKind,
    memo: row.memo,
    on: row.on_day,
    month: row.month as Month,
    number: row.number,
    madeBy: row.made_by,
    reviewedBy: row.reviewed_by,
    source: row.source as VoucherSource,
    reverses: row.reverses,
    at: row.at,
    transfers: transfers.map((one) => one.transfer),
  };
}

/** The transfers of vouchers, in the order they were written, each with its voucher. */
async function transfersOf(
  tx: Tx,
  district: string,
  vouchers: readonly string[],
): Promise<readonly { readonly voucherId: string; readonly transfer: Transfer }[]> {
  if (vouchers.length === 0) return [];
  const rows = await tx
    .selectFrom("transfer")
    .innerJoin("account_book as debit", (join) =>
      join.onRef("debit.district", "=", "transfer.district").onRef("debit.id", "=", "transfer.debit_id"),
    )
    .innerJoin("account_book as credit", (join) =>
      join.onRef("credit.district", "=", "transfer.district").onRef("credit.id", "=", "transfer.credit_id"),
    )
    .select([
      "transfer.voucher_id",
      "transfer.amount_fen",
      "transfer.case_id",
      "transfer.household_id",
      "debit.role as debit_role",
      "debit.detail as debit_detail",
      "debit.fund_id as debit_fund",
      "credit.role as credit_role",
      "credit.detail as credit_detail",
      "credit.fund_id as credit_fund",
    ])
    .where("transfer.district", "=", district)
    .where("transfer.voucher_id", "in", [...vouchers])
    .orderBy("transfer.voucher_id")
    .orderBy("transfer.id")
    .execute();
  return rows.map((row) => ({
    voucherId: row.voucher_id,
    transfer: {
      debit: { role: row.debit_role as AccountRole, detail: row.debit_detail, fund: row.debit_fund },
      credit: { role: row.credit_role as AccountRole, detail: row.credit_detail, fund: row.credit_fund },
      amountFen: row.amount_fen,
      caseId: row.case_id ?? undefined,
      householdId: row.household_id ?? undefined,
    },
  }));
}

/**
 * Undo a voucher by its counter-voucher, once. Refuses `voucher-reversed` and what `check` refuses; the caller
 * has seen to whatever else the voucher had moved.
 */
export async function reverseVoucher(
  tx: Tx,
  place: BookPlace,
  voucher: Voucher,
  on: Day,
  memo: string,
  by: PostedBy,
): Promise<Or<{ readonly id: string; readonly number: number }>> {
  const known = await tx
    .selectFrom("voucher")
    .select("id")
    .where("district", "=", place.district)
    .where("reverses", "=", voucher.id)
    .executeTakeFirst();
  if (known || voucher.reverses !== null) return refuse("voucher-reversed");
  const entry = reverse(voucher, on, memo, { today: by.today, closedThrough: null });
  return isRefusal(entry) ? entry : postVoucher(tx, place, entry, by, voucher.id);
}

/** Vouchers of a union's month, or of all its months, newest first. */
export async function listVouchers(
  tx: Tx,
  scope: Scope,
  of: {
    readonly unitId?: string | undefined;
    readonly month?: string | undefined;
    readonly limit: number;
    readonly after?: string | undefined;
  },
) {
  let query = tx
    .selectFrom("voucher")
    .innerJoin("unit", "unit.id", "voucher.unit_id")
    .select([
      "voucher.id",
      "voucher.district",
      "voucher.unit_id",
      "unit.name as unit_name",
      "voucher.month",
      "voucher.number",
      "voucher.kind",
      "voucher.memo",
      "voucher.on_day",
      "voucher.reverses",
      "voucher.source",
      sql<bigint>`(select coalesce(sum(amount_fen), 0)::bigint from transfer
        where transfer.district = voucher.district and transfer.voucher_id = voucher.id)`.as("amount_fen"),
    ])
    .where(insideScope(scope, "voucher.path"))
    .orderBy("voucher.id", "desc")
    .limit(of.limit + 1);
  if (of.unitId !== undefined) query = query.where("voucher.unit_id", "=", of.unitId);
  if (of.month !== undefined) query = query.where("voucher.month", "=", of.month);
  if (of.after !== undefined) query = query.where("voucher.id", "<", of.after);
  return query.execute();
}

/** The balances of a union's accounts, of one fund where given. */
export async function balancesOf(tx: Tx, place: BookPlace, fundId?: string): Promise<readonly Balance[]> {
  let query = tx
    .selectFrom("account_book")
    .select(["role", "detail", "fund_id", "debit_fen", "credit_fen"])
    .where("district", "=", place.district)
    .where("unit_id", "=", place.unitId)
    .orderBy("role")
    .orderBy("detail");
  if (fundId !== undefined) query = query.where("fund_id", "=", fundId);
  const rows = await query.execute();
  return rows.map((row) => ({
    account: { role: row.role as AccountRole, detail: row.detail, fund: row.fund_id },
    debitFen: row.debit_fen,
    creditFen: row.credit_fen,
  }));
}

/** The month through which a union's books are closed; null when none is. */
export async function closedThroughOf(
  tx: Tx,
  place: Pick<BookPlace, "district" | "unitId">,
): Promise<Month | null> {
  const row = await tx
    .selectFrom("book")
    .select("closed_through")
    .where("district", "=", place.district)
    .where("unit_id", "=", place.unitId)
    .executeTakeFirst();
  return (row?.closed_through ?? null) as Month | null;
}

/**
 * Close a union's books through a month: from then on nothing is posted into it or before. Waits for postings under
 * way. Refuses `month-not-over`, and `month-closed` when it already is.
 */
export async function closeMonth(
  tx: Tx,
  place: BookPlace,
  month: Month,
  by: { readonly person: string; readonly at: Date; readonly today: Day },
): Promise<Or<{ readonly closedThrough: Month }>> {
  if (month >= monthOfDay(by.today)) return refuse("month-not-over", { month }, { at: "/month" });
  const closed = { closed_through: month, closed_at: by.at, closed_by: by.person };
  const row = await tx
    .insertInto("book")
    .values({ district: place.district, unit_id: place.unitId, path: place.path, ...closed })
    .onConflict((oc) =>
      oc
        .columns(["district", "unit_id"])
        .doUpdateSet(closed)
        .where(sql<boolean>`book.closed_through is null or book.closed_through < excluded.closed_through`),
    )
    .returning("closed_through")
    .executeTakeFirst();
  return row ? { closedThrough: month } : refuse("month-closed", { month }, { at: "/month" });
}

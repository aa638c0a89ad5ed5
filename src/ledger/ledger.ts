import { type Day, type Month, monthOfDay } from "../kernel/day.ts";
import type { Made } from "../kernel/ids.ts";
import { formatYuan } from "../kernel/money.ts";
import { type Or, refuse } from "../kernel/refusal.ts";
import { type Account, type AccountRole, accountRoles, chartOn, inChart } from "./chart.ts";

/**
 * Books: money moves only as transfers from one account to another, so every voucher balances by
 * construction. A voucher is checked once, whole; what is posted is never edited, only reversed.
 */

/** An amount > 0 in fen leaves the credited account and arrives on the debited one. */
export interface Transfer {
  readonly debit: Account;
  readonly credit: Account;
  readonly amountFen: bigint;
  readonly caseId?: string | undefined;
  readonly householdId?: string | undefined;
}

export type VoucherKind = "receipt" | "payment" | "transfer" | "reversal";

/** A voucher nobody has checked yet. */
export interface Draft {
  readonly kind: VoucherKind;
  readonly on: Day;
  /** What it is for, in the words that will be printed on it. */
  readonly memo: string;
  readonly transfers: readonly Transfer[];
}

/** A draft that passed `check`; `postVoucher` takes nothing else. */
export type Entry = Draft & Made<"entry">;

/** What `check` must know of a union's books. */
export interface Book {
  readonly today: Day;
  /** The last month that is closed, with all before it; null when none is. */
  readonly closedThrough: Month | null;
}

/**
 * The voucher, or the first thing wrong with it. The order is part of the promise: `voucher-without-memo`,
 * `voucher-empty`, `amount-not-positive`, `same-account`, `voucher-day-ahead`, `month-closed`,
 * `no-such-account`.
 */
export function check(draft: Draft, book: Book): Or<Entry> {
  if (draft.memo.trim() === "") return refuse("voucher-without-memo", {}, { at: "/memo" });
  if (draft.transfers.length === 0) return refuse("voucher-empty", {}, { at: "/transfers" });
  const at = (index: number, rest: string) => ({ at: `/transfers/${index}${rest}` });
  for (const [index, one] of draft.transfers.entries())
    if (one.amountFen <= 0n) return refuse("amount-not-positive", {}, at(index, "/amountFen"));
  for (const [index, one] of draft.transfers.entries())
    if (sameAccount(one.debit, one.credit)) return refuse("same-account", {}, at(index, "/credit"));
  if (draft.on > book.today) return refuse("voucher-day-ahead", { day: draft.on }, { at: "/on" });
  if (book.closedThrough !== null && monthOfDay(draft.on) <= book.closedThrough)
    return refuse("month-closed", { month: monthOfDay(draft.on) }, { at: "/on" });
  const chart = chartOn(draft.on);
  for (const [index, one] of draft.transfers.entries())
    for (const side of ["debit", "credit"] as const)
      if (!chart || !inChart(one[side], chart))
        return refuse("no-such-account", { account: accountKey(one[side]) }, at(index, `/${side}`));
  return draft as Entry;
}

/** The voucher that undoes another: every transfer the other way. Refuses what `check` refuses. */
export function reverse(posted: Draft, on: Day, memo: string, book: Book): Or<Entry> {
  const transfers = posted.transfers.map((one) => ({ ...one, debit: one.credit, credit: one.debit }));
  return check({ kind: "reversal", on, memo, transfers }, book);
}

/** Whether two accounts are one. */
function sameAccount(one: Account, other: Account): boolean {
  return one.role === other.role && one.detail === other.detail && one.fund === other.fund;
}

/** An account as one word: `RIGHTS/hardship`. */
function accountKey(account: Pick<Account, "role" | "detail">): string {
  return account.detail === "" ? account.role : `${account.role}/${account.detail}`;
}

/** Debits and credits of an account, kept apart so that no sign can be misread. */
export interface Balance {
  readonly account: Account;
  readonly debitFen: bigint;
  readonly creditFen: bigint;
}

/** The books after more transfers: the running sums by account, in the order first touched. */
export function fold(transfers: readonly Transfer[], before: readonly Balance[] = []): readonly Balance[] {
  const sums = new Map<string, { account: Account; debitFen: bigint; creditFen: bigint }>();
  const key = (account: Account) => `${account.role} ${account.detail} ${account.fund ?? ""}`;
  const sumOf = (account: Account) => {
    const known = sums.get(key(account));
    if (known) return known;
    const made = { account, debitFen: 0n, creditFen: 0n };
    sums.set(key(account), made);
    return made;
  };
  for (const one of before) Object.assign(sumOf(one.account), one);
  for (const one of transfers) {
    sumOf(one.debit).debitFen += one.amountFen;
    sumOf(one.credit).creditFen += one.amountFen;
  }
  return [...sums.values()];
}

/**
 * Where a set of books does not hold together, in words for an auditor; empty when it does.
 * Total debits equal total credits; and the asset fund equals the net of all assets that are not money
 * (finance: 资产基金 = 库存物品 + 投资 + 在建工程 + 固定资产净值 + 无形资产净值 + 长期待摊费用).
 */
export function untied(balances: readonly Balance[]): readonly string[] {
  const found: string[] = [];
  const debits = balances.reduce((sum, one) => sum + one.debitFen, 0n);
  const credits = balances.reduce((sum, one) => sum + one.creditFen, 0n);
  if (debits !== credits) found.push(`debits ${formatYuan(debits)} ≠ credits ${formatYuan(credits)}`);
  const net = (role: AccountRole) =>
    balances.reduce((sum, one) => (one.account.role === role ? sum + one.debitFen - one.creditFen : sum), 0n);
  const assets = (
    [
      "INVENTORY",
      "INVESTMENT",
      "CONSTRUCTION",
      "FIXED_ASSET",
      "ACC_DEPRECIATION",
      "INTANGIBLE",
      "ACC_AMORTISATION",
      "DEFERRED",
    ] as const
  ).reduce((sum, role) => sum + net(role), 0n);
  const fund = -net("ASSET_FUND");
  if (assets !== fund) found.push(`ASSET_FUND ${formatYuan(fund)} ≠ assets ${formatYuan(assets)}`);
  return found;
}

/** The net of one class of accounts read on its usual side, of one fund where given. */
export function totalOf(
  balances: readonly Balance[],
  of: (typeof accountRoles)[AccountRole],
  fund?: string,
): bigint {
  const sign = of === "asset" || of === "expenditure" ? 1n : -1n;
  return balances
    .filter(
      (one) => accountRoles[one.account.role] === of && (fund === undefined || one.account.fund === fund),
    )
    .reduce((sum, one) => sum + sign * (one.debitFen - one.creditFen), 0n);
}

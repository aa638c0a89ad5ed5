import { allocate } from "../kernel/money.ts";
import type { Account, AccountRole } from "./chart.ts";
import type { Transfer } from "./ledger.ts";

/**
 * Standard entries (finance.md §6.3): one function per event, from the event to its transfers. Each
 * reads as the accountant would say it; none of them knows a code.
 */

/** An account of these books; `fund` where the money belongs to one. */
export function account(role: AccountRole, detail = "", fund: string | null = null): Account {
  return { role, detail, fund };
}

function move(debit: Account, credit: Account, amountFen: bigint): Transfer {
  return { debit, credit, amountFen };
}

/** Members' dues arrive in the bank. Kept entirely by the grassroots union. */
export function duesReceived(amountFen: bigint): readonly Transfer[] {
  return [move(account("BANK"), account("DUES_INCOME"), amountFen)];
}

/** How one contribution divides: own share, what belongs above, what belongs below. Sums to what came. */
export interface ContributionShares {
  readonly ownFen: bigint;
  readonly aboveFen: bigint;
  readonly belowFen: bigint;
}

/** A contribution arrives, of which part belongs to others. Shares of nothing make no transfer. */
export function contributionReceived(shares: ContributionShares): readonly Transfer[] {
  return [
    move(account("BANK"), account("CONTRIBUTION_INCOME"), shares.ownFen),
    move(account("BANK"), account("DUE_TO_SUPERIOR"), shares.aboveFen),
    move(account("BANK"), account("DUE_TO_LOWER"), shares.belowFen),
  ].filter((one) => one.amountFen > 0n);
}

/**
 * A contribution divided by basis points of the levels above, the remainder to the grassroots: every
 * upper share is floored, and the parts sum to the amount exactly (finance.md §3).
 */
export function splitContribution(
  amountFen: bigint,
  upper: readonly { readonly level: string; readonly bp: number }[],
): {
  readonly upper: readonly { readonly level: string; readonly fen: bigint }[];
  readonly grassrootsFen: bigint;
} {
  const parts = upper.map(({ level, bp }) => ({ level, fen: (amountFen * BigInt(bp)) / 10_000n }));
  return { upper: parts, grassrootsFen: amountFen - parts.reduce((sum, one) => sum + one.fen, 0n) };
}

/** What was owed above is paid. */
export function remitted(amountFen: bigint): readonly Transfer[] {
  return [move(account("DUE_TO_SUPERIOR"), account("BANK"), amountFen)];
}

/** The superior returns this union's share of what the tax office collected; `accrued` at year's end. */
export function shareReturned(amountFen: bigint, accrued: boolean): readonly Transfer[] {
  return [move(account("BANK"), account(accrued ? "DUE_FROM_SUPERIOR" : "CONTRIBUTION_INCOME"), amountFen)];
}

/** The employer subsidises the union's work. */
export function employerSubsidyReceived(amountFen: bigint): readonly Transfer[] {
  return [move(account("BANK"), account("EMPLOYER_SUBSIDY"), amountFen)];
}

/** Goods or an activity for members are paid. */
export function activityPaid(amountFen: bigint): readonly Transfer[] {
  return [move(account("WORKER_ACTIVITY"), account("BANK"), amountFen)];
}

/** A fixed asset is bought: one leg spends the money, the other takes the thing into the books. */
export function assetBought(amountFen: bigint): readonly Transfer[] {
  return [
    move(account("CAPITAL"), account("BANK"), amountFen),
    move(account("FIXED_ASSET"), account("ASSET_FUND"), amountFen),
  ];
}

/** A month's depreciation. It is no expenditure: the asset fund shrinks with the asset. */
export function assetDepreciated(amountFen: bigint): readonly Transfer[] {
  return [move(account("ASSET_FUND"), account("ACC_DEPRECIATION"), amountFen)];
}

/** What each month of an asset's life is depreciated by; the months sum to its value exactly. */
export function depreciation(valueFen: bigint, months: number): readonly bigint[] {
  return allocate(
    valueFen,
    Array.from({ length: months }, () => 1n),
  );
}

/** An asset leaves the books: its net value off the asset fund, its depreciation turned back. */
export function assetDisposed(valueFen: bigint, depreciatedFen: bigint): readonly Transfer[] {
  return [
    move(account("ASSET_FUND"), account("FIXED_ASSET"), valueFen - depreciatedFen),
    move(account("ACC_DEPRECIATION"), account("FIXED_ASSET"), depreciatedFen),
  ].filter((one) => one.amountFen > 0n);
}

/** Money of a fund arrives in the bank, on the income account of its source. */
export function fundReceived(fund: string, income: Account, amountFen: bigint): readonly Transfer[] {
  return [move(account("BANK", "", fund), { ...income, fund }, amountFen)];
}

/** Aid is paid out of a fund to a household. */
export function aidPaid(
  fund: string,
  detail: "hardship" | "warmth" | "legal",
  items: readonly { amountFen: bigint; caseId: string; householdId: string | null }[],
): readonly Transfer[] {
  return items.map((one) => ({
    ...move(account("RIGHTS", detail, fund), account("BANK", "", fund), one.amountFen),
    caseId: one.caseId,
    householdId: one.householdId ?? undefined,
  }));
}

/** The superior's side of a subsidy to a lower union: first owed, then paid from the bank. */
export const subsidyGiven = {
  owed: (fund: string, amountFen: bigint): readonly Transfer[] => [
    move(account("SUBSIDY_TO_LOWER", "", fund), account("DUE_TO_LOWER", "", fund), amountFen),
  ],
  settled: (fund: string, amountFen: bigint): readonly Transfer[] => [
    move(account("DUE_TO_LOWER", "", fund), account("BANK", "", fund), amountFen),
  ],
};

/** The lower union's side of the same subsidy: first due, then in the bank. */
export const subsidyTaken = {
  owed: (fund: string, income: Account, amountFen: bigint): readonly Transfer[] => [
    move(account("DUE_FROM_SUPERIOR", "", fund), { ...income, fund }, amountFen),
  ],
  settled: (fund: string, amountFen: bigint): readonly Transfer[] => [
    move(account("BANK", "", fund), account("DUE_FROM_SUPERIOR", "", fund), amountFen),
  ],
};

import { formatYuan } from "../kernel/money.ts";
import { type Or, refuse, type Source } from "../kernel/refusal.ts";
import type { Text } from "../kernel/words.ts";
import type { AccountRole } from "./chart.ts";

/**
 * Funds: where aid money comes from, what it may be spent on, and how much of it one payment, person or
 * household may have. Figures are policy rows (policies.ts); here are the words and the rules over them.
 */

/** Where a fund's money comes from (aid.md §7), and the income account its receipts are booked on. */
export const fundSources = {
  central_fiscal: source("中央财政专项帮扶资金", "Central special aid fund", "SUPERIOR_SUBSIDY", "hardship"),
  provincial_fiscal: source("省级（地方）财政帮扶资金", "Provincial aid fund", "GOVERNMENT_SUBSIDY"),
  union_dues: source("工会经费", "Union funds", "CONTRIBUTION_INCOME"),
  union_upper: source("上级工会补助", "Superior union’s subsidy", "SUPERIOR_SUBSIDY", "special"),
  donation: source("社会捐助", "Donations", "OTHER_INCOME"),
  unit_admin: source("行政拨付", "Employer’s allocation", "EMPLOYER_SUBSIDY"),
  foundation: source("送温暖基金会", "Sending-warmth foundation", "OTHER_INCOME"),
} as const;

function source(zh: string, en: string, role: AccountRole, detail = "") {
  return { title: { zh, en } satisfies Text, income: { role, detail } } as const;
}

export type FundSource = keyof typeof fundSources;

/** What aid is for, and the account it is spent on: `RIGHTS/<account>`. */
export const aidKinds = {
  living: kind("生活救助", "Living aid", "hardship"),
  medical: kind("医疗救助", "Medical aid", "hardship"),
  schooling: kind("子女助学", "Schooling aid", "hardship"),
  legal: kind("法律援助", "Legal aid", "legal"),
  training: kind("职业培训", "Vocational training", "hardship"),
  placement: kind("职业介绍", "Job placement", "hardship"),
  emergency: kind("临时（应急）救助", "Emergency aid", "hardship"),
  warmth: kind("送温暖慰问", "Sending warmth", "warmth"),
} as const;

function kind(zh: string, en: string, account: "hardship" | "legal" | "warmth") {
  return { title: { zh, en } satisfies Text, account } as const;
}

export type AidKind = keyof typeof aidKinds;

/** The tier of a household's hardship file. */
export type FileTier = "national" | "province" | "city";

const tierTitles: Readonly<Record<FileTier, Text>> = {
  national: { zh: "全国级", en: "national" },
  province: { zh: "省级", en: "provincial" },
  city: { zh: "市级", en: "city" },
};

/** What a source's money may pay. Amounts in fen; null is no limit. */
export interface FundRules {
  readonly kinds: readonly AidKind[];
  /** File first, then aid, real-name (先建档、后帮扶、实名制). */
  readonly requiresFile: boolean;
  /** File tiers that may be paid; null where the tier does not matter. */
  readonly tiers: readonly FileTier[] | null;
  readonly capPaymentFen: bigint | null;
  readonly capPersonYearFen: bigint | null;
  readonly capHouseholdYearFen: bigint | null;
  /** Whether a fund of an earlier year may still pay. */
  readonly carryOver: boolean;
}

/** A fund as a payment sees it. `balance = in − committed − spent`, never below zero. */
export interface Fund {
  readonly id: string;
  readonly district: string;
  readonly unitId: string;
  readonly path: string;
  readonly source: FundSource;
  readonly name: string;
  readonly year: number;
  /** Kinds its giver named; empty for all its rules allow. */
  readonly purposes: readonly AidKind[];
  readonly state: "open" | "closed";
  readonly inFen: bigint;
  readonly committedFen: bigint;
  readonly spentFen: bigint;
}

/** What is free to be reserved, in fen. */
export function balanceOf(fund: Pick<Fund, "inFen" | "committedFen" | "spentFen">): bigint {
  return fund.inFen - fund.committedFen - fund.spentFen;
}

/** One payment, as the rules of a fund ask about it. */
export interface Payment {
  readonly kind: AidKind;
  readonly amountFen: bigint;
  /** Tier of the household's file in force; null without a file. */
  readonly fileTier: FileTier | null;
  /** Year in which it is paid. */
  readonly year: number;
}

/**
 * Nothing, or the first rule of the fund that a payment breaks, with that rule's source:
 * `fund-closed`, `fund-year`, `fund-purpose`, `fund-kind`, `fund-needs-file`, `fund-tier`, `cap-payment`.
 * Caps of a year are taken by `takeCap`, over all batches.
 */
export function checkPayment(
  payment: Payment,
  fund: Pick<Fund, "source" | "name" | "year" | "purposes" | "state">,
  rules: FundRules,
  ruleSource: Source,
): Or<null> {
  const place = { source: ruleSource };
  const params = { fund: fund.name, kind: aidKinds[payment.kind].title };
  if (fund.state !== "open") return refuse("fund-closed", params);
  if (fund.year > payment.year || (fund.year < payment.year && !rules.carryOver))
    return refuse("fund-year", { fund: fund.name, year: String(fund.year) }, place);
  if (fund.purposes.length > 0 && !fund.purposes.includes(payment.kind))
    return refuse("fund-purpose", {
      ...params,
      purposes: fund.purposes.map((one) => aidKinds[one].title),
    });
  if (!rules.kinds.includes(payment.kind)) return refuse("fund-kind", params, place);
  if (rules.requiresFile && payment.fileTier === null) return refuse("fund-needs-file", params, place);
  if (rules.tiers !== null && payment.fileTier !== null && !rules.tiers.includes(payment.fileTier))
    return refuse("fund-tier", { ...params, tier: tierTitles[payment.fileTier] }, place);
  if (rules.capPaymentFen !== null && payment.amountFen > rules.capPaymentFen)
    return refuse("cap-payment", { fund: fund.name, cap: formatYuan(rules.capPaymentFen) }, place);
  return null;
}

/** One cap on what a beneficiary may have in a year under a rule, over all batches and all unions of a district. */
export interface CapClaim {
  /** Stable name of the rule: `living/household`, `fund:central_fiscal/person`. */
  readonly rule: string;
  /** The household's or the person's id. */
  readonly beneficiary: string;
  readonly year: number;
  readonly capFen: bigint;
  /** What it is called in a refusal: 生活救助每户每年上限. */
  readonly title: Text;
  readonly source?: Source | undefined;
}

/** The caps a fund itself sets on a payment's person and household. */
export function fundCaps(
  fund: Pick<Fund, "source" | "name">,
  rules: FundRules,
  whom: { readonly person: string; readonly household: string | null; readonly year: number },
  ruleSource: Source,
): readonly CapClaim[] {
  const claims: CapClaim[] = [];
  const title = fundSources[fund.source].title;
  if (rules.capPersonYearFen !== null)
    claims.push({
      rule: `fund:${fund.source}/person`,
      beneficiary: whom.person,
      year: whom.year,
      capFen: rules.capPersonYearFen,
      title: { zh: `${title.zh}每人每年上限`, en: `${title.en}: most for one person in a year` },
      source: ruleSource,
    });
  if (rules.capHouseholdYearFen !== null && whom.household !== null)
    claims.push({
      rule: `fund:${fund.source}/household`,
      beneficiary: whom.household,
      year: whom.year,
      capFen: rules.capHouseholdYearFen,
      title: { zh: `${title.zh}每户每年上限`, en: `${title.en}: most for one household in a year` },
      source: ruleSource,
    });
  return claims;
}

/**
 * Living aid: twelve times the minimum-living line `L` for a household and year (总工发〔2015〕20号, the strict
 * reading); times its members where a province reads the rule per person.
 */
export function livingCap(of: {
  readonly household: string;
  readonly year: number;
  /** `L`, fen per person and month. */
  readonly lineFen: bigint;
  readonly members: number;
  /** Months of `L`; 12 in the central measures. */
  readonly months: number;
  readonly perPerson: boolean;
  readonly source?: Source;
}): CapClaim {
  const times = BigInt(of.months) * (of.perPerson ? BigInt(of.members) : 1n);
  return {
    rule: "living/household",
    beneficiary: of.household,
    year: of.year,
    capFen: of.lineFen * times,
    title: { zh: "生活救助每户每年上限", en: "most living aid for one household in a year" },
    source: of.source,
  };
}

/** A course of treatment and who else paid for it, in fen. */
export interface MedicalCost {
  readonly billFen: bigint;
  /** What basic and serious-illness insurance, mutual aid, civil affairs and others paid. */
  readonly coveredFen: readonly bigint[];
}

/**
 * Medical aid: the local share of what the family itself paid, after everybody else, and never more than that part
 * (总工发〔2015〕20号). Fen; parts of a fen are left out.
 */
export function medicalMost(
  cost: MedicalCost,
  shareBp: number,
): { readonly selfPaidFen: bigint; readonly mostFen: bigint } {
  const covered = cost.coveredFen.reduce((sum, one) => sum + one, 0n);
  const selfPaidFen = cost.billFen > covered ? cost.billFen - covered : 0n;
  const share = (selfPaidFen * BigInt(shareBp)) / 10_000n;
  return { selfPaidFen, mostFen: share < selfPaidFen ? share : selfPaidFen };
}

/** Sending warmth: so much for one person at a time, and so much in a year (aid.md §9). */
export function warmthCap(of: {
  readonly person: string;
  readonly year: number;
  readonly capYearFen: bigint;
  readonly source?: Source;
}): CapClaim {
  return {
    rule: "warmth/person",
    beneficiary: of.person,
    year: of.year,
    capFen: of.capYearFen,
    title: { zh: "送温暖每人每年上限", en: "most sending-warmth money for one person in a year" },
    source: of.source,
  };
}

/** The most a next payment may be: the smaller of the payment's own cap and what the year has left. */
export function mostNext(capPaymentFen: bigint | null, capYearFen: bigint, usedFen: bigint): bigint {
  const left = capYearFen > usedFen ? capYearFen - usedFen : 0n;
  return capPaymentFen !== null && capPaymentFen < left ? capPaymentFen : left;
}

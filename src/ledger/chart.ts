import type { Day } from "../kernel/day.ts";
import type { Text } from "../kernel/words.ts";

/**
 * The chart of accounts as versioned data. Rules name accounts by their role; the code a union prints
 * beside it comes from the chart of the voucher's day (《工会会计制度》 财会〔2021〕7号, before it 2009).
 */

/** The five elements of a union's books: what stands behind an account's usual side. */
export type AccountClass = "asset" | "liability" | "netAsset" | "income" | "expenditure";

/** What an account is for, whatever its code is in a year. */
export const accountRoles = {
  CASH: "asset",
  BANK: "asset",
  ZERO_BALANCE_QUOTA: "asset",
  FISCAL_QUOTA_DUE: "asset",
  DUE_FROM_SUPERIOR: "asset",
  DUE_FROM_LOWER: "asset",
  OTHER_RECEIVABLE: "asset",
  INVENTORY: "asset",
  INVESTMENT: "asset",
  CONSTRUCTION: "asset",
  FIXED_ASSET: "asset",
  ACC_DEPRECIATION: "asset",
  INTANGIBLE: "asset",
  ACC_AMORTISATION: "asset",
  DEFERRED: "asset",
  ASSET_LOSS_PENDING: "asset",
  PAYROLL_PAYABLE: "liability",
  DUE_TO_SUPERIOR: "liability",
  DUE_TO_LOWER: "liability",
  OTHER_PAYABLE: "liability",
  AGENCY_FUNDS: "liability",
  ASSET_FUND: "netAsset",
  SPECIAL_FUND: "netAsset",
  UNION_CARRYOVER: "netAsset",
  UNION_SURPLUS: "netAsset",
  FISCAL_CARRYOVER: "netAsset",
  FISCAL_SURPLUS: "netAsset",
  BUDGET_STABILISATION: "netAsset",
  DUES_INCOME: "income",
  CONTRIBUTION_INCOME: "income",
  SUPERIOR_SUBSIDY: "income",
  GOVERNMENT_SUBSIDY: "income",
  EMPLOYER_SUBSIDY: "income",
  AFFILIATE_INCOME: "income",
  INVESTMENT_INCOME: "income",
  OTHER_INCOME: "income",
  WORKER_ACTIVITY: "expenditure",
  ACTIVITY_ORGANISING: "expenditure",
  WORKER_SERVICE: "expenditure",
  RIGHTS: "expenditure",
  BUSINESS: "expenditure",
  ADMINISTRATION: "expenditure",
  CAPITAL: "expenditure",
  SUBSIDY_TO_LOWER: "expenditure",
  AFFILIATE_EXPENSE: "expenditure",
  OTHER: "expenditure",
} as const satisfies Record<string, AccountClass>;

export type AccountRole = keyof typeof accountRoles;

/** One line of a chart: its printed code and name. `confirm`: the code is not verified for this version. */
export interface ChartLine {
  readonly code: string;
  readonly title: Text;
  readonly confirm?: true;
  /** Detail accounts below it, by their stable key. Provinces may add; nobody may merge level one. */
  readonly details?: Readonly<Record<string, { readonly code: string; readonly title: Text }>>;
}

export interface ChartVersion {
  readonly id: "2009" | "2021";
  /** First day on which books are kept by it. */
  readonly from: Day;
  readonly source: { readonly document: Text };
  readonly lines: Readonly<Partial<Record<AccountRole, ChartLine>>>;
}

const line = (
  code: string,
  zh: string,
  en: string,
  more: Omit<ChartLine, "code" | "title"> = {},
): ChartLine => ({
  code,
  title: { zh, en },
  ...more,
});
const detail = (code: string, zh: string, en: string) => ({ code, title: { zh, en } });
const confirm = { confirm: true } as const;

const subsidyDetails = {
  returned: detail("40301", "回拨补助", "Returned contributions"),
  special: detail("40302", "专项补助", "Special subsidy"),
  excess: detail("40303", "超收补助", "Excess-income subsidy"),
  hardship: detail("40304", "帮扶补助", "Hardship relief subsidy"),
  warmth: detail("40305", "送温暖补助", "Sending-warmth subsidy"),
  disaster: detail("40306", "救灾补助", "Disaster relief subsidy"),
  other: detail("40307", "其他补助", "Other subsidy"),
};

const rightsDetails = (code: string) => ({
  relations: detail(`${code}01`, "劳动关系协调费", "Labour relations"),
  protection: detail(`${code}02`, "劳动保护费", "Labour protection"),
  legal: detail(`${code}03`, "法律援助费", "Legal aid"),
  hardship: detail(`${code}04`, "困难职工帮扶费", "Hardship relief"),
  warmth: detail(`${code}05`, "送温暖费", "Sending warmth"),
  other: detail(`${code}06`, "其他维权支出", "Other rights expenditure"),
});

/** What both versions share: classes 1xx to 4xx kept their codes. */
const common = {
  CASH: line("101", "库存现金", "Cash"),
  BANK: line("102", "银行存款", "Bank"),
  ZERO_BALANCE_QUOTA: line("111", "零余额账户用款额度", "Zero-balance account quota"),
  FISCAL_QUOTA_DUE: line("112", "财政应返还额度", "Fiscal quota due"),
  DUE_FROM_SUPERIOR: line("131", "应收上级经费", "Due from superior union"),
  DUE_FROM_LOWER: line("132", "应收下级经费", "Due from lower unions"),
  OTHER_RECEIVABLE: line("135", "其他应收款", "Other receivables"),
  INVENTORY: line("141", "库存物品", "Inventory"),
  INVESTMENT: line("151", "投资", "Investment"),
  CONSTRUCTION: line("161", "在建工程", "Construction in progress"),
  FIXED_ASSET: line("162", "固定资产", "Fixed assets"),
  DUE_TO_SUPERIOR: line("221", "应付上级经费", "Due to superior union"),
  DUE_TO_LOWER: line("222", "应付下级经费", "Due to lower unions"),
  OTHER_PAYABLE: line("225", "其他应付款", "Other payables"),
  AGENCY_FUNDS: line("231", "代管经费", "Funds held for others"),
  DUES_INCOME: line("401", "会费收入", "Dues"),
  CONTRIBUTION_INCOME: line("402", "拨缴经费收入", "Contributions"),
  SUPERIOR_SUBSIDY: line("403", "上级补助收入", "Subsidy from superior union", { details: subsidyDetails }),
  GOVERNMENT_SUBSIDY: line("404", "政府补助收入", "Government subsidy"),
  EMPLOYER_SUBSIDY: line("405", "行政补助收入", "Employer subsidy"),
  INVESTMENT_INCOME: line("407", "投资收益", "Investment income"),
  OTHER_INCOME: line("408", "其他收入", "Other income"),
} satisfies ChartVersion["lines"];

/** Newest first. A role a version has no line for cannot be posted to on its days. */
export const chartVersions: readonly ChartVersion[] = [
  {
    id: "2021",
    from: "2022-01-01" as Day,
    source: { document: { zh: "《工会会计制度》（财会〔2021〕7号）", en: "Union Accounting System (2021)" } },
    lines: {
      ...common,
      ACC_DEPRECIATION: line("163", "累计折旧", "Accumulated depreciation", confirm),
      INTANGIBLE: line("164", "无形资产", "Intangible assets", confirm),
      ACC_AMORTISATION: line("165", "累计摊销", "Accumulated amortisation", confirm),
      DEFERRED: line("166", "长期待摊费用", "Long-term deferred expense", confirm),
      ASSET_LOSS_PENDING: line("167", "待处理财产损溢", "Asset losses pending", confirm),
      PAYROLL_PAYABLE: line("201", "应付职工薪酬", "Payroll payable"),
      ASSET_FUND: line("301", "资产基金", "Asset fund"),
      SPECIAL_FUND: line("321", "专用基金", "Special funds"),
      UNION_CARRYOVER: line("331", "工会资金结转", "Union funds carried over", confirm),
      UNION_SURPLUS: line("332", "工会资金结余", "Union funds surplus", confirm),
      FISCAL_CARRYOVER: line("341", "财政拨款结转", "Fiscal funds carried over", confirm),
      FISCAL_SURPLUS: line("342", "财政拨款结余", "Fiscal funds surplus", confirm),
      BUDGET_STABILISATION: line("351", "预算稳定调节基金", "Budget stabilisation fund", confirm),
      AFFILIATE_INCOME: line("406", "附属单位上缴收入", "Paid in by affiliates"),
      WORKER_ACTIVITY: line("501", "职工活动支出", "Worker activities"),
      ACTIVITY_ORGANISING: line("502", "职工活动组织支出", "Organising of activities", confirm),
      WORKER_SERVICE: line("503", "职工服务支出", "Worker services", confirm),
      RIGHTS: line("504", "维权支出", "Rights protection", { ...confirm, details: rightsDetails("504") }),
      BUSINESS: line("505", "业务支出", "Union business", confirm),
      ADMINISTRATION: line("506", "行政支出", "Administration", confirm),
      CAPITAL: line("507", "资本性支出", "Capital expenditure", confirm),
      SUBSIDY_TO_LOWER: line("508", "补助下级支出", "Subsidy to lower unions", confirm),
      AFFILIATE_EXPENSE: line("509", "对附属单位的支出", "Paid to affiliates", confirm),
      OTHER: line("510", "其他支出", "Other expenditure", confirm),
    },
  },
  {
    id: "2009",
    from: "2010-01-01" as Day,
    source: { document: { zh: "《工会会计制度》（财会〔2009〕7号）", en: "Union Accounting System (2009)" } },
    lines: {
      ...common,
      PAYROLL_PAYABLE: line("201", "应付工资（离退休费）", "Wages payable"),
      ASSET_FUND: line("301", "固定基金", "Fixed-asset fund"),
      SPECIAL_FUND: line("321", "专用基金", "Special funds"),
      AFFILIATE_INCOME: line("406", "事业收入", "Affiliates' income"),
      WORKER_ACTIVITY: line("501", "职工活动支出", "Worker activities"),
      RIGHTS: line("502", "维权支出", "Rights protection", { details: rightsDetails("502") }),
      BUSINESS: line("503", "业务支出", "Union business"),
      ADMINISTRATION: line("504", "行政支出", "Administration"),
      CAPITAL: line("505", "资本性支出", "Capital expenditure"),
      SUBSIDY_TO_LOWER: line("506", "补助下级支出", "Subsidy to lower unions"),
      AFFILIATE_EXPENSE: line("507", "事业支出", "Affiliates' expenditure"),
      OTHER: line("508", "其他支出", "Other expenditure"),
    },
  },
];

/** The chart in force on a day, or none before the first. */
export function chartOn(day: Day): ChartVersion | undefined {
  return chartVersions.find((version) => version.from <= day);
}

/** An account of one union's books: its role, a detail of the chart, and the fund it is kept for. */
export interface Account {
  readonly role: AccountRole;
  /** Key of a detail account in the chart; empty for the level-one account. */
  readonly detail: string;
  /** Money of a fund is kept apart on every account it touches. */
  readonly fund: string | null;
}

/** An account's printed code and name in a chart; the role itself when the chart has no such line. */
export function accountTitle(
  account: Pick<Account, "role" | "detail">,
  chart: ChartVersion,
): { readonly code: string; readonly title: Text } {
  const line = chart.lines[account.role];
  if (!line) return { code: "", title: { zh: account.role, en: account.role } };
  const below = account.detail === "" ? undefined : line.details?.[account.detail];
  if (!below) return { code: line.code, title: line.title };
  return {
    code: below.code,
    title: { zh: `${line.title.zh}—${below.title.zh}`, en: `${line.title.en}: ${below.title.en}` },
  };
}

/** An account as answers name it: its code and name in the chart of a day, before the first chart in the first one's. */
export function accountRef(of: Pick<Account, "role" | "detail">, on: Day) {
  const chart = chartOn(on) ?? (chartVersions.at(-1) as ChartVersion);
  return { role: of.role, detail: of.detail, ...accountTitle(of, chart) };
}

/** Whether a chart has an account. */
export function inChart(account: Pick<Account, "role" | "detail">, chart: ChartVersion): boolean {
  const line = chart.lines[account.role];
  return line !== undefined && (account.detail === "" || line.details?.[account.detail] !== undefined);
}

/** The side on which an account's balance is usually read: debits of assets and expenditure add to it. */
export function usualSide(role: AccountRole): "debit" | "credit" {
  const contra = role === "ACC_DEPRECIATION" || role === "ACC_AMORTISATION";
  const isDebit = accountRoles[role] === "asset" || accountRoles[role] === "expenditure";
  return isDebit && !contra ? "debit" : "credit";
}

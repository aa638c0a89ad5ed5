import { z } from "zod";
import type { Source } from "../kernel/refusal.ts";
import { definePolicy, type PolicySource, policyType } from "../units/policy.ts";
import { bankFields } from "./bank-file.ts";
import type { BatchState } from "./batch.ts";
import { type AidKind, aidKinds, type FundRules, type FundSource, fundSources } from "./funds.ts";

const centralMeasures: PolicySource = {
  document: {
    zh: "《中央财政专项帮扶资金使用管理办法》（总工发〔2015〕20号）",
    en: "Measures on the Central Special Aid Fund (2015)",
  },
  tag: "V",
};
const confirm = (zh: string, en: string): PolicySource => ({ document: { zh, en }, tag: "U" });
const provincial = confirm("本省帮扶资金管理办法，待确认", "Provincial measures on aid funds, to confirm");
const spending: PolicySource = {
  document: {
    zh: "《基层工会经费收支管理办法》（总工办发〔2017〕32号）",
    en: "Measures on Grassroots Union Income and Spending (2017)",
  },
  tag: "K",
};
const warmthMeasures: PolicySource = {
  document: {
    zh: "《工会送温暖资金使用管理办法（试行）》及省级实施办法（2019）",
    en: "Measures on Sending-Warmth Funds, with provincial rules of 2019",
  },
  tag: "U",
};
const design = (zh: string, en: string): PolicySource => ({ document: { zh, en }, tag: "D" });
const procedure = design(
  "帮扶资金实名制发放流程（系统默认）",
  "Procedure of real-name aid payments (system default)",
);

const kinds = Object.keys(aidKinds) as [AidKind, ...AidKind[]];
const zCap = z.int().positive().nullable();
const zFundRules = z.strictObject({
  kinds: z.array(z.enum(kinds)).min(1),
  requiresFile: z.boolean(),
  tiers: z
    .array(z.enum(["national", "province", "city"]))
    .min(1)
    .nullable(),
  capPaymentFen: zCap,
  capPersonYearFen: zCap,
  capHouseholdYearFen: zCap,
  carryOver: z.boolean(),
});

function rulesOf(source: FundSource, value: z.output<typeof zFundRules>, from: PolicySource) {
  const { title } = fundSources[source];
  return definePolicy({
    key: `fund.rules.${source}`,
    title: { zh: `${title.zh}使用规则`, en: `${title.en}: what it may pay` },
    help: {
      zh: "允许的救助种类、是否要求在档、档案层级、单笔上限、每人每年和每户每年上限（分），往年结余能否继续使用。",
      en: "Kinds of aid allowed, whether a file is required and of which tier, caps in fen for a payment, a person’s and a household’s year, and whether an earlier year’s money may still pay.",
    },
    type: policyType.json(zFundRules),
    defaults: [{ value, source: from }],
  });
}

const open = {
  capPaymentFen: null,
  capPersonYearFen: null,
  capHouseholdYearFen: null,
  carryOver: true,
} as const;

/** What each source's money may pay (aid.md §7). */
export const fundRules = {
  central_fiscal: rulesOf(
    "central_fiscal",
    {
      ...open,
      kinds: ["living", "medical", "schooling", "legal", "training", "placement", "emergency"],
      requiresFile: true,
      tiers: ["national"],
    },
    centralMeasures,
  ),
  provincial_fiscal: rulesOf(
    "provincial_fiscal",
    {
      ...open,
      kinds: ["living", "medical", "schooling", "legal", "training", "placement", "emergency"],
      requiresFile: true,
      tiers: ["national", "province"],
    },
    provincial,
  ),
  union_dues: rulesOf(
    "union_dues",
    {
      ...open,
      kinds: ["living", "medical", "schooling", "legal", "emergency", "warmth"],
      requiresFile: false,
      tiers: null,
    },
    spending,
  ),
  union_upper: rulesOf(
    "union_upper",
    { ...open, kinds: [...kinds], requiresFile: false, tiers: null },
    confirm("上级补助文件，待确认", "The superior’s letter, to confirm"),
  ),
  donation: rulesOf(
    "donation",
    { ...open, kinds: [...kinds], requiresFile: false, tiers: null },
    warmthMeasures,
  ),
  unit_admin: rulesOf(
    "unit_admin",
    { ...open, kinds: [...kinds], requiresFile: false, tiers: null },
    warmthMeasures,
  ),
  foundation: rulesOf(
    "foundation",
    { ...open, kinds: [...kinds], requiresFile: false, tiers: null },
    warmthMeasures,
  ),
} as const satisfies Record<FundSource, unknown>;

/** The value of a `fund.rules.*` row as the rules read it. */
export function readRules(value: z.output<typeof zFundRules>): FundRules {
  const fen = (amount: number | null) => (amount === null ? null : BigInt(amount));
  return {
    ...value,
    capPaymentFen: fen(value.capPaymentFen),
    capPersonYearFen: fen(value.capPersonYearFen),
    capHouseholdYearFen: fen(value.capHouseholdYearFen),
  };
}

/** Living aid of one household in a year: so many months of the minimum-living line. */
export const livingMonths = definePolicy({
  key: "fund.living-months",
  title: {
    zh: "生活救助每户每年上限（低保标准的月数）",
    en: "Most living aid a year, in months of the living line",
  },
  help: {
    zh: "一户一年的生活救助总额不超过当地城市低保标准的这么多个月。",
    en: "A household’s living aid in a year is at most so many months of the local minimum-living line.",
  },
  type: policyType.integer({ min: 1, max: 60, unit: { zh: "个月", en: "months" } }),
  defaults: [{ value: 12, source: centralMeasures }],
});

/** Whether the cap on living aid counts once for a household, or once for each of its members. */
export const livingPerPerson = definePolicy({
  key: "fund.living-per-person",
  title: { zh: "生活救助上限按人口计算", en: "Living-aid cap counts each member" },
  help: {
    zh: "「是」：上限乘以家庭人口；「否」：按户计算（从严）。",
    en: "Yes: the cap is multiplied by the household’s members. No: one cap a household, the strict reading.",
  },
  type: policyType.yesNo(),
  defaults: [{ value: false, source: { ...centralMeasures, tag: "U" } }],
});

/** Medical aid: the share of what the family itself paid. */
export const medicalShare = definePolicy({
  key: "fund.medical-share",
  title: { zh: "医疗救助占自付费用的比例", en: "Medical aid: share of what the family paid" },
  help: {
    zh: "医疗救助按家庭自付部分（扣除医保、大病保险、互助和民政救助后）的这一比例核定，且不超过自付部分。",
    en: "Medical aid is this share of what the family paid itself, after insurance, mutual aid and civil affairs, and never more.",
  },
  type: policyType.percent({ min: 1, max: 10_000 }),
  defaults: [
    {
      value: 7_000,
      source: confirm("本地医疗救助比例，待确认", "The local share of medical aid, to confirm"),
    },
  ],
});

/** Sending warmth: most for one person at a time. */
export const warmthPayment = definePolicy({
  key: "fund.warmth-payment",
  title: { zh: "送温暖每人每次上限", en: "Sending warmth: most at a time" },
  help: { zh: "一次慰问金额的上限。", en: "The most one visit may bring." },
  type: policyType.money({ min: 1 }),
  defaults: [{ value: 300_000n, source: warmthMeasures }],
});

/** Sending warmth: most for one person in a year. */
export const warmthYear = definePolicy({
  key: "fund.warmth-year",
  title: { zh: "送温暖每人每年上限", en: "Sending warmth: most in a year" },
  help: { zh: "同一人一年内慰问金额合计的上限。", en: "The most one person may have in a year." },
  type: policyType.money({ min: 1 }),
  defaults: [{ value: 600_000n, source: warmthMeasures }],
});

/** Above this total a batch needs a collective decision and its minutes. */
export const collectiveAbove = definePolicy({
  key: "batch.collective-above",
  title: { zh: "须集体研究的发放总额", en: "Batch total that needs a collective decision" },
  help: {
    zh: "批次总额超过这个数，不能由一位领导签批，须集体研究并填写会议纪要。",
    en: "Above this total one leader may not sign alone; the minutes of a collective decision are needed.",
  },
  type: policyType.money({ min: 0 }),
  defaults: [{ value: 500_000n, source: { ...spending, article: "第十七条", tag: "U" } }],
});

function clock(state: BatchState, days: number, zh: string, en: string) {
  return definePolicy({
    key: `batch.days.${state}`,
    title: { zh, en },
    help: {
      zh: "从批次进入这一状态的次日起算；逾期进入统计。",
      en: "Counted from the day after the batch reached this state; an overdue one shows in the figures.",
    },
    type: policyType.days(),
    defaults: [{ value: { days, unit: "working" } as const, source: procedure }],
  });
}

/**
 * Clocks by the state a batch waits in (aid.md §18); sending to the bank is given what the bank is given. A settled batch
 * has none: everybody it owed is paid, and the vouchers still to be filed keep nobody waiting.
 */
export const batchClocks = {
  draft: clock("draft", 3, "复核的期限", "Time to review"),
  reviewed: clock("reviewed", 3, "安排资金的期限", "Time to reserve the money"),
  funded: clock("funded", 5, "签批的期限", "Time to sign"),
  approved: clock("approved", 5, "送银行的期限", "Time to send to the bank"),
  submitted_to_bank: clock("submitted_to_bank", 5, "取得银行回盘的期限", "Time for the bank’s result"),
  partly_failed: clock("partly_failed", 10, "更正和重发的期限", "Time to correct and send again"),
} as const satisfies Partial<Record<BatchState, unknown>>;

const bankColumns = [
  { title: "序号", field: "position" },
  { title: "业务参考号", field: "reference" },
  { title: "收款人户名", field: "holder" },
  { title: "收款账号", field: "card" },
  { title: "收款银行", field: "bankName" },
  { title: "开户网点", field: "branch" },
  { title: "金额", field: "amount" },
  { title: "用途", field: "memo" },
] as const;

/** The file the union's bank takes. */
export const bankLayout = definePolicy({
  key: "bank.file-layout",
  title: { zh: "银行代发文件格式", en: "Layout of the bank file" },
  help: {
    zh: "编码、分隔符、表头、金额单位和各列的名称与顺序，按开户银行的要求填写。",
    en: "Encoding, separator, heads, unit of amounts, and the columns in order, as the union’s bank asks.",
  },
  type: policyType.json(
    z.strictObject({
      encoding: z.enum(["gb18030", "utf-8", "utf-8-bom"]),
      separator: z.enum([",", "\t", "|", ";"]),
      header: z.boolean(),
      lineEnd: z.enum(["crlf", "lf"]),
      amount: z.enum(["yuan", "fen"]),
      columns: z
        .array(
          z.strictObject({
            title: z.string().min(1).max(40),
            field: z.enum(bankFields),
            text: z.string().max(80).optional(),
          }),
        )
        .min(3)
        .max(40)
        .refine(
          (columns) =>
            (["reference", "holder", "card", "amount"] as const).every((need) =>
              columns.some((one) => one.field === need),
            ),
          "reference, holder, card and amount must be there",
        ),
      totals: z.boolean(),
    }),
  ),
  defaults: [
    {
      value: {
        encoding: "gb18030",
        separator: ",",
        header: true,
        lineEnd: "crlf",
        amount: "yuan",
        columns: [...bankColumns],
        totals: false,
      },
      source: design(
        "开户银行的代发业务说明，待确认",
        "The bank’s description of its batch payments, to confirm",
      ),
    },
  ],
});

const zWords = z.array(z.string().min(1).max(40)).min(1).max(20);

/** The result the union's bank sends back. */
export const resultLayout = definePolicy({
  key: "bank.result-layout",
  title: { zh: "银行回盘文件格式", en: "Layout of the bank’s result" },
  help: {
    zh: "各列表头可能的写法、结果的写法和合计行的写法。多出的列会忽略。",
    en: "The words each head, outcome and totals line may have. Further columns are passed over.",
  },
  type: policyType.json(
    z.strictObject({
      amount: z.enum(["yuan", "fen"]),
      columns: z.strictObject({
        reference: zWords,
        amount: zWords,
        outcome: zWords,
        reason: zWords,
        bankReference: zWords,
        paidOn: zWords,
      }),
      outcomes: z.strictObject({ paid: zWords, failed: zWords, refunded: zWords }),
      totals: zWords,
    }),
  ),
  defaults: [
    {
      value: {
        amount: "yuan" as "yuan" | "fen",
        columns: {
          reference: ["业务参考号", "参考号", "客户参考号", "明细编号", "reference"],
          amount: ["金额", "发放金额", "交易金额", "金额（元）", "amount"],
          outcome: ["处理结果", "结果", "处理状态", "交易状态", "状态", "outcome", "result", "status"],
          reason: ["失败原因", "原因", "备注", "返回信息", "reason"],
          bankReference: ["银行流水号", "流水号", "交易流水", "bank reference"],
          paidOn: ["交易日期", "入账日期", "处理日期", "date"],
        },
        outcomes: {
          paid: ["成功", "已入账", "交易成功", "处理成功", "paid", "success", "ok"],
          failed: ["失败", "不成功", "交易失败", "处理失败", "failed", "fail"],
          refunded: ["退汇", "已退回", "退回", "refunded", "returned"],
        },
        totals: ["合计", "总计", "小计", "total"],
      },
      source: design(
        "开户银行的代发业务说明，待确认",
        "The bank’s description of its batch payments, to confirm",
      ),
    },
  ],
});

/** A policy's source as a refusal shows it. */
export function sourceOf(source: PolicySource): Source {
  return {
    document: source.document,
    ...(source.article !== undefined && { article: source.article }),
    ...(source.page !== undefined && { page: source.page }),
  };
}

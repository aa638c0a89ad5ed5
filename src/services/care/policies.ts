import { z } from "zod";
import type { ClockRule } from "../../kernel/working-days.ts";
import { definePolicy, type PolicySource, policyType } from "../../units/policy.ts";

/*
 * What differs by place and year in aid (aid.md §16). Values tagged U were found in one place's rules and must be
 * confirmed where they are used; an officer entitled to sets them for their own place from a day on.
 */

const weihai: PolicySource = {
  document: {
    zh: "威海市 2024—2025 年度城市低保标准（乳山摸底通知）",
    en: "Urban minimum-living line of Weihai, 2024–25",
  },
  tag: "U",
};
const chongqing: PolicySource = {
  document: {
    zh: "《重庆市困难职工家庭认定和档案管理办法》（2023）",
    en: "Chongqing measures on hardship files (2023)",
  },
  tag: "U",
};
const jiangmen: PolicySource = {
  document: {
    zh: "如何核算职工家庭收支（江门日报，2025）",
    en: "How a worker household’s income is reckoned (Jiangmen Daily, 2025)",
  },
  tag: "U",
};
const xingtai: PolicySource = {
  document: {
    zh: "困难职工认定标准的通知（邢台，2021）",
    en: "Notice on hardship standards (Xingtai, 2021)",
  },
  tag: "U",
};
const qingdao: PolicySource = {
  document: { zh: "困难职工自测标准（青岛市总工会）", en: "Self-test of hardship (Qingdao federation)" },
  tag: "U",
};
const chengdu: PolicySource = {
  document: { zh: "成工办〔2019〕43号", en: "Chengdu union office 2019 No. 43" },
  tag: "V",
};
const labourLaw: PolicySource = {
  document: { zh: "《中华人民共和国劳动法》", en: "Labour Law" },
  article: "第十五条",
  tag: "K",
};
const retirement: PolicySource = {
  document: {
    zh: "《国务院关于工人退休、退职的暂行办法》（国发〔1978〕104号）",
    en: "Interim measures of the State Council on workers’ retirement (1978 No. 104)",
  },
  article: "第一条",
  tag: "U",
};
const ours: PolicySource = {
  document: { zh: "系统默认，待本级工会确认", en: "System default, for the union to confirm" },
  tag: "U",
};
const design: PolicySource = { document: { zh: "系统设计", en: "Design of this system" }, tag: "D" };

/** L: yuan per person and month, in fen. */
export const livingLine = definePolicy({
  key: "aid.living-line",
  title: { zh: "当地城市低保标准（每人每月）", en: "Urban minimum-living line, per person and month" },
  help: {
    zh: "收入测算的基准线 L，也是生活救助上限的依据。",
    en: "The line L of the income test and of the cap on living aid.",
  },
  type: policyType.money({ min: 1 }),
  defaults: [{ value: 106_200n, source: weihai }],
});

export const relativeK = definePolicy({
  key: "aid.relative-k",
  title: { zh: "相对困难倍数", en: "Multiple of the line for relative hardship" },
  help: {
    zh: "人均净收入低于低保标准的几倍算相对困难；200% 即 2 倍。",
    en: "Below how many times the line a household counts as in relative hardship; 200 % is twice.",
  },
  type: policyType.percent({ min: 10_000, max: 50_000 }),
  defaults: [{ value: 20_000, source: chongqing }],
});

const operators = [
  { value: "lt", title: { zh: "低于（<）", en: "below (<)" } },
  { value: "le", title: { zh: "不高于（≤）", en: "at most (≤)" } },
] as const;

export const deepOperator = definePolicy<"lt" | "le">({
  key: "aid.deep-operator",
  title: { zh: "深度困难的比较方式", en: "How deep hardship compares" },
  help: {
    zh: "人均净收入正好等于低保标准时算不算深度困难。",
    en: "Whether a household exactly on the line is in deep hardship.",
  },
  type: policyType.oneOf(operators),
  defaults: [{ value: "lt", source: chongqing }],
});

export const relativeOperator = definePolicy<"lt" | "le">({
  key: "aid.relative-operator",
  title: { zh: "相对困难的比较方式", en: "How relative hardship compares" },
  help: {
    zh: "正好等于上限时算不算相对困难。",
    en: "Whether a household exactly on the upper line is in relative hardship.",
  },
  type: policyType.oneOf(operators),
  defaults: [{ value: "lt", source: chongqing }],
});

const zShareRule = z.strictObject({
  kind: z.literal("share"),
  /** Of the household's yearly income, in basis points. */
  thresholdBp: z.int().min(1).max(100_000),
  operator: z.enum(["ge", "gt"]),
});
const zBandRule = z.strictObject({
  kind: z.literal("band"),
  /** Net income per head after the event, in basis points of L. */
  fromBp: z.int().min(0),
  toBp: z.int().min(1),
  notCauses: z.array(z.string()),
});

/** When sudden misfortune counts: a share of the year's income, or a band of net income after the event. */
export const accidentRule = definePolicy({
  key: "aid.accident-rule",
  title: { zh: "意外致困的认定", en: "When sudden misfortune counts" },
  help: {
    zh: "share：事件自付费用占家庭年收入的比例（80% 写 8000）；band：事件后人均净收入落在低保标准的几倍之间，且主因不属所列。",
    en: "share: what the family itself paid for the event against its yearly income (80 % is 8000); band: net income after the event between multiples of the line, and the main cause none of those listed.",
  },
  type: policyType.json(z.discriminatedUnion("kind", [zShareRule, zBandRule])),
  defaults: [{ value: { kind: "share", thresholdBp: 8_000, operator: "ge" }, source: qingdao }],
});
export type AccidentRule = z.output<typeof zShareRule> | z.output<typeof zBandRule>;

export const rigidKindCodes = [
  "illness",
  "disability",
  "schooling",
  "housing",
  "eldercare",
  "employment",
  "other",
] as const;
export type RigidKind = (typeof rigidKindCodes)[number];

/** Which outlays count as rigid, and up to how much a year (fen); a kind not listed does not count. */
export const rigidKinds = definePolicy({
  key: "aid.rigid-kinds",
  title: { zh: "计入的刚性支出", en: "Outlays that count as rigid" },
  help: {
    zh: "每类是否计入、每年最多计入多少（分，null 为不限）。",
    en: "Which kinds count and up to how much a year (fen, null for no limit).",
  },
  type: policyType.json(
    z.array(z.strictObject({ kind: z.enum(rigidKindCodes), capFen: z.int().positive().nullable() })),
  ),
  defaults: [
    {
      value: [
        { kind: "illness", capFen: null },
        { kind: "disability", capFen: null },
        { kind: "schooling", capFen: null },
        { kind: "housing", capFen: null },
        { kind: "eldercare", capFen: null },
        { kind: "employment", capFen: null },
      ],
      source: xingtai,
    },
  ],
});

export const imputedWage = definePolicy({
  key: "aid.imputed-wage",
  title: { zh: "无收入证明时按最低工资计（每月）", en: "Wage reckoned without proof, per month" },
  help: {
    zh: "有劳动能力、在劳动年龄、不在读又拿不出收入证明的成员，按当地最低工资计入。",
    en: "Counted for able members of working age who are not studying and show no proof of income: the local minimum wage.",
  },
  type: policyType.money({ min: 0 }),
  defaults: [{ value: 201_000n, source: jiangmen }],
});

const ageUnit = { zh: "周岁", en: "years" };

/** The first year of working age: whoever may not work yet earns nothing. */
export const workingAgeFrom = definePolicy({
  key: "aid.working-age-from",
  title: { zh: "劳动年龄起", en: "Working age from" },
  help: {
    zh: "满多少周岁起算在劳动年龄；无收入证明时，在劳动年龄的成员按最低工资计入。",
    en: "From how many years of age; members of working age without proof are reckoned at the minimum wage.",
  },
  type: policyType.integer({ min: 16, max: 30, unit: ageUnit }),
  defaults: [{ value: 16, source: labourLaw }],
  before: 16,
});

/** The first year past working age. */
export const workingAgeUntil = definePolicy({
  key: "aid.working-age-until",
  title: { zh: "劳动年龄止", en: "Working age until" },
  help: {
    zh: "满多少周岁起不再算在劳动年龄；男女不同或逐步延迟退休的地方，按本地规定设定。",
    en: "From how many years of age a member is past it. Where it differs or rises by the year, the local rule is set here.",
  },
  type: policyType.integer({ min: 45, max: 70, unit: ageUnit }),
  defaults: [{ value: 60, source: retirement }],
  before: 60,
});

/** Kinds of income that are not counted. */
export const uncountedIncome = definePolicy({
  key: "aid.uncounted-income",
  title: { zh: "不计入的收入", en: "Income that is not counted" },
  help: {
    zh: "如城乡居民基本养老金、节日小额慰问品。",
    en: "Such as the residents’ basic pension and small holiday gifts.",
  },
  type: policyType.json(z.array(z.string())),
  defaults: [{ value: ["resident_pension", "holiday_gift"], source: jiangmen }],
});

/** Facts that bar a household, each with what exempts it. */
export const exclusions = definePolicy({
  key: "aid.exclusions",
  title: { zh: "不予认定的情形", en: "What bars a household" },
  help: {
    zh: "入户走访或信息核对查实任一情形的，不予建档；括号内为例外。",
    en: "Any one of these, found at the visit or the check, bars the file; exemptions in brackets.",
  },
  type: policyType.json(z.array(z.strictObject({ code: z.string(), zh: z.string(), en: z.string() }))),
  defaults: [
    {
      value: [
        {
          code: "costly_school",
          zh: "子女就读高收费私立学校或自费留学",
          en: "A child in a costly private school or studying abroad at own cost",
        },
        { code: "shareholder", zh: "企业控股股东", en: "A controlling shareholder" },
        {
          code: "second_home",
          zh: "有两套以上住房且超过当地人均面积",
          en: "Two homes or more, above the average floor area",
        },
        {
          code: "vehicle",
          zh: "拥有或经常使用机动车（残疾、患病代步除外）",
          en: "Owns or regularly uses a motor vehicle (mobility aid of the disabled or ill exempt)",
        },
        { code: "business", zh: "开办企业、商铺或雇用他人", en: "Runs a business or employs others" },
        {
          code: "refused_check",
          zh: "拒绝核对或提供虚假材料",
          en: "Refused verification or gave false papers",
        },
        {
          code: "refused_work",
          zh: "有劳动能力无正当理由拒绝就业",
          en: "Able to work and refuses without reason",
        },
      ],
      source: qingdao,
    },
  ],
});

function clock(key: string, zh: string, en: string, value: ClockRule, source: PolicySource = ours) {
  return definePolicy({
    key,
    title: { zh, en },
    help: { zh: "从进入这一步的次日起算。", en: "Counted from the day after the step began." },
    type: policyType.days(),
    defaults: [{ value, source }],
  });
}

const working = (days: number): ClockRule => ({ days, unit: "working" });

export const acceptWithin = clock("aid.clock.accept", "受理时限", "Time to accept", working(5));
export const correctWithin = clock("aid.clock.correct", "补正时限", "Time to complete papers", working(10));
export const visitWithin = clock("aid.clock.visit", "入户走访时限", "Time for the home visit", working(10));
export const checkWithin = clock(
  "aid.clock.check",
  "经济状况核对时限",
  "Time for the means check",
  working(20),
);
export const gradeWithin = clock("aid.clock.grade", "评定时限", "Time to grade", working(5));
export const reviewWithin = clock(
  "aid.clock.review",
  "县级复核时限",
  "Time for the county’s review",
  working(10),
);
export const approveWithin = clock(
  "aid.clock.approve",
  "市级审批时限",
  "Time for the city’s approval",
  working(10),
);
export const fileWithin = clock("aid.clock.file", "建档时限", "Time to file", working(5));
export const recheckWithin = clock(
  "aid.clock.recheck",
  "年度复核时限",
  "Time for the yearly check",
  working(20),
);
export const followMonths = clock(
  "aid.clock.follow-up",
  "脱困后跟踪期",
  "Follow-up after a family leaves hardship",
  { months: 6, unit: "month" },
  chengdu,
);

export const causeFreeMonths = definePolicy({
  key: "aid.exit-cause-free-months",
  title: { zh: "退出前无致困原因的月数", en: "Months without an open cause before a family leaves" },
  help: {
    zh: "家庭收入达到标准，且致困原因消除满这么多个月，才可以评议脱困。",
    en: "A family is out of hardship when its income has reached the standard and the causes have been gone for so many months.",
  },
  type: policyType.integer({ min: 0, max: 24, unit: { zh: "个月", en: "months" } }),
  defaults: [{ value: 6, source: design }],
});

export const noticeDays = definePolicy({
  key: "aid.notice-days",
  title: { zh: "公示时间", en: "Length of the notice" },
  help: {
    zh: "建档和退出公示不少于 5 个工作日。",
    en: "Filing and exit are on notice for at least five working days.",
  },
  type: policyType.days({ working: 5, calendar: 7 }),
  defaults: [{ value: working(5), source: chengdu }],
});

export const noticeScope = definePolicy<"unit" | "public">({
  key: "aid.notice-scope",
  title: { zh: "公示范围", en: "Where the notice is shown" },
  help: {
    zh: "只在单位内公示（本工会和下级工会的会员登录后可看），或同时在公开页面以遮盖姓名的方式公示。",
    en: "Inside the union alone, where its members read it signed in, or also on the public page with names masked.",
  },
  type: policyType.oneOf([
    { value: "unit", title: { zh: "单位内（会员可见）", en: "inside the union, for its members" } },
    { value: "public", title: { zh: "公开页面（姓名遮盖）", en: "public page, names masked" } },
  ] as const),
  defaults: [{ value: "unit", source: design }],
});

export const fileValidMonths = definePolicy({
  key: "aid.file-valid-months",
  title: { zh: "档案有效期（月）", en: "Months a file is valid" },
  help: { zh: "期满前须年度复核。", en: "It is checked again before they are over." },
  type: policyType.integer({ min: 1, max: 36, unit: { zh: "个月", en: "months" } }),
  defaults: [
    {
      value: 12,
      source: { document: { zh: "邹城市“三个精准”做法（2023）", en: "Zoucheng practice (2023)" }, tag: "V" },
    },
  ],
});

export const recheckLeadDays = definePolicy({
  key: "aid.recheck-lead-days",
  title: { zh: "年度复核提前天数", en: "Days before a file ends that its check begins" },
  help: {
    zh: "有效期满前多少天自动发起复核；要够复核和县级复核两个时限用，档案才不会中断。",
    en: "The yearly check opens by itself so many days before the file ends: enough for the check and the county’s review, so that the file does not lapse meanwhile.",
  },
  type: policyType.integer({ min: 0, max: 180, unit: { zh: "天", en: "days" } }),
  defaults: [{ value: 60, source: design }],
});

export const fileTier = definePolicy<"national" | "province" | "city">({
  key: "aid.file-tier",
  title: { zh: "档案层级", en: "Tier of the file" },
  help: { zh: "本地建立的档案属于哪一级。", en: "Which tier the files kept here belong to." },
  type: policyType.oneOf([
    { value: "national", title: { zh: "全国级", en: "national" } },
    { value: "province", title: { zh: "省级", en: "provincial" } },
    { value: "city", title: { zh: "市级", en: "city" } },
  ] as const),
  defaults: [{ value: "national", source: ours }],
});

export const visitEveryMonths = definePolicy({
  key: "aid.visit-every-months",
  title: { zh: "在档家庭走访间隔（月）", en: "Months between visits to a household on file" },
  help: {
    zh: "联系干部至少每隔这么多个月走访一次；到期提醒联系干部。",
    en: "The liaison visits at least once in so many months and is reminded when a visit is due.",
  },
  type: policyType.integer({ min: 1, max: 24, unit: { zh: "个月", en: "months" } }),
  defaults: [{ value: 6, source: chengdu }],
});

export const decideWithin = clock("aid.clock.decide", "救助审批时限", "Time to decide on aid", working(10));
export const payWithin = clock("aid.clock.pay", "发放时限", "Time to pay", working(20));

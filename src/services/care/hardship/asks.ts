import type { Text } from "../../../kernel/words.ts";
import type { PaperRule } from "../../../procedures/define.ts";
import {
  accountHolder,
  bankCard,
  consent,
  date,
  idNumber,
  integer,
  list,
  longText,
  manyOf,
  money,
  oneOf,
  papers,
  phone,
  text,
  yesNo,
} from "../../../procedures/fields.ts";

/** Why a household is in need (aid.md §5, cause enum). */
export const causes = [
  { value: "low_income", label: { zh: "收入低", en: "Low income" } },
  { value: "self_illness", label: { zh: "本人大病", en: "Own serious illness" } },
  { value: "family_illness", label: { zh: "家属大病", en: "Serious illness in the family" } },
  { value: "self_disability", label: { zh: "本人残疾", en: "Own disability" } },
  { value: "family_disability", label: { zh: "家属残疾", en: "Disability in the family" } },
  { value: "schooling", label: { zh: "子女上学", en: "Children’s schooling" } },
  { value: "layoff", label: { zh: "下岗失业", en: "Lay-off or unemployment" } },
  { value: "disaster", label: { zh: "自然灾害", en: "Natural disaster" } },
  { value: "accident", label: { zh: "意外事故", en: "Accident" } },
  { value: "single_parent", label: { zh: "单亲家庭", en: "Single parent" } },
  { value: "other", label: { zh: "其他", en: "Other" } },
] as const;

/**
 * The class of a cause that a notice may show: one class for illness and disability, so that it neither tells which
 * nor says what is not so (aid.md §6).
 */
export const causeClasses: Readonly<Record<string, Text>> = {
  low_income: { zh: "收入低", en: "Low income" },
  self_illness: { zh: "因病因残", en: "Illness or disability" },
  family_illness: { zh: "因病因残", en: "Illness or disability" },
  self_disability: { zh: "因病因残", en: "Illness or disability" },
  family_disability: { zh: "因病因残", en: "Illness or disability" },
  schooling: { zh: "因学", en: "Schooling" },
  layoff: { zh: "失业", en: "Lay-off" },
  disaster: { zh: "因灾", en: "Disaster" },
  accident: { zh: "意外", en: "Accident" },
  single_parent: { zh: "单亲", en: "Single parent" },
  other: { zh: "其他", en: "Other" },
};

export const relations = [
  { value: "self", label: { zh: "本人", en: "The applicant" } },
  { value: "spouse", label: { zh: "配偶", en: "Spouse" } },
  { value: "son", label: { zh: "子", en: "Son" } },
  { value: "daughter", label: { zh: "女", en: "Daughter" } },
  { value: "father", label: { zh: "父", en: "Father" } },
  { value: "mother", label: { zh: "母", en: "Mother" } },
  { value: "other", label: { zh: "其他", en: "Other" } },
] as const;

const workStatuses = [
  { value: "on_post", label: { zh: "在岗", en: "Employed" } },
  { value: "waiting", label: { zh: "待岗", en: "Waiting for a post" } },
  { value: "unemployed", label: { zh: "失业", en: "Unemployed" } },
  { value: "retired", label: { zh: "退休", en: "Retired" } },
  { value: "sick_leave", label: { zh: "病休", en: "On sick leave" } },
  { value: "internal_retired", label: { zh: "内退", en: "Internally retired" } },
  { value: "flexible", label: { zh: "灵活就业", en: "Flexible work" } },
  { value: "studying", label: { zh: "在读", en: "Studying" } },
  { value: "preschool", label: { zh: "学龄前", en: "Below school age" } },
  { value: "unable", label: { zh: "无劳动能力", en: "Unable to work" } },
] as const;

const healths = [
  { value: "good", label: { zh: "良好", en: "Good" } },
  { value: "fair", label: { zh: "一般", en: "Fair" } },
  { value: "seriously_ill", label: { zh: "重病", en: "Seriously ill" } },
  { value: "disabled", label: { zh: "残疾", en: "Disabled" } },
] as const;

export const incomeKinds = [
  { value: "wage", label: { zh: "工资", en: "Wages" } },
  { value: "business", label: { zh: "经营收入", en: "Business" } },
  {
    value: "property",
    label: { zh: "财产收入（租金、利息、分红）", en: "Property (rent, interest, dividends)" },
  },
  { value: "pension", label: { zh: "职工养老金", en: "Employee pension" } },
  { value: "resident_pension", label: { zh: "城乡居民养老金", en: "Residents’ basic pension" } },
  {
    value: "transfer",
    label: { zh: "失业金、赡养费、赔偿等", en: "Unemployment benefit, alimony, compensation" },
  },
  { value: "union_aid", label: { zh: "工会帮扶金", en: "Union aid" } },
  { value: "holiday_gift", label: { zh: "节日慰问品", en: "Holiday gifts" } },
  { value: "other", label: { zh: "其他", en: "Other" } },
] as const;

export const expenseKinds = [
  { value: "illness", label: { zh: "看病", en: "Illness" } },
  { value: "disability", label: { zh: "残疾康复", en: "Disability" } },
  { value: "schooling", label: { zh: "上学（非义务教育）", en: "Schooling (not compulsory)" } },
  { value: "housing", label: { zh: "无房户租房", en: "Rent of a family without a home" } },
  { value: "eldercare", label: { zh: "赡养老人", en: "Care of parents" } },
  { value: "employment", label: { zh: "必要就业成本", en: "Necessary cost of work" } },
  { value: "other", label: { zh: "其他", en: "Other" } },
] as const;

/** Causes that are events by themselves. */
export const eventCauses = ["accident", "disaster"] as const;
/** Causes that may be one: a serious illness may strike suddenly (aid.md §3, events). */
const eventful = [...eventCauses, "self_illness", "family_illness"] as const;

const known: Text = { zh: "会员档案", en: "the membership record" };

/** What the household states. The same questions are answered again when papers are returned and every year. */
export const asks = {
  mainCause: oneOf({ label: { zh: "主要困难是什么", en: "What is the main difficulty" }, options: causes }),
  otherCauses: manyOf({
    label: { zh: "还有其他原因吗", en: "Anything else" },
    options: causes,
    required: false,
  }),
  story: longText({
    label: { zh: "说说家里的情况", en: "About the family" },
    help: { zh: "几句话就好，走访时会再当面了解。", en: "A few sentences will do; we will come and listen." },
    required: false,
    sensitive: true,
    maxLength: 1_000,
  }),
  phone: phone({ label: { zh: "联系电话", en: "Telephone" }, known: "phone", knownFrom: known }),
  address: text({
    label: { zh: "现住址", en: "Address" },
    sensitive: true,
    maxLength: 200,
    known: "address",
    knownFrom: known,
  }),
  members: list({
    label: { zh: "家里有哪些人", en: "Who is in the household" },
    help: {
      zh: "包括您本人和一起生活、由您家供养的人。",
      en: "The applicant and all who live with them and depend on the household.",
    },
    min: 1,
    max: 15,
    sensitive: true,
    known: "members",
    knownFrom: { zh: "上次登记的家庭成员", en: "the household registered before" },
    fields: {
      name: text({ label: { zh: "姓名", en: "Name" }, maxLength: 50 }),
      relation: oneOf({ label: { zh: "与本人关系", en: "Relation" }, options: relations }),
      idNumber: idNumber({ label: { zh: "身份证号", en: "Identity number" } }),
      workStatus: oneOf({ label: { zh: "现在的状况", en: "Work" }, options: workStatuses }),
      health: oneOf({ label: { zh: "健康状况", en: "Health" }, options: healths, sensitive: true }),
      disabilityLevel: integer({
        label: { zh: "残疾等级", en: "Degree of disability" },
        min: 1,
        max: 4,
        required: false,
        sensitive: true,
        showWhen: { key: "health", in: ["disabled"] },
      }),
      hasProof: yesNo({
        label: { zh: "能提供收入或无业证明吗", en: "Is there proof of income or of having none" },
        required: false,
      }),
      school: text({
        label: { zh: "学校和年级", en: "School and year" },
        required: false,
        sensitive: true,
        showWhen: { key: "workStatus", in: ["studying"] },
      }),
    },
  }),
  incomes: list({
    label: { zh: "过去 12 个月家里的收入", en: "Income of the last twelve months" },
    required: false,
    max: 40,
    sensitive: true,
    fields: {
      who: text({
        label: { zh: "谁的收入", en: "Whose" },
        maxLength: 50,
        among: { list: "members", column: "name" },
      }),
      kind: oneOf({ label: { zh: "哪种收入", en: "What kind" }, options: incomeKinds }),
      amountFen: money({ label: { zh: "12 个月合计", en: "Sum of twelve months" } }),
    },
  }),
  expenses: list({
    label: {
      zh: "过去 12 个月必须的大额支出",
      en: "Large outlays of the last twelve months that could not be avoided",
    },
    help: {
      zh: "看病、上学、租房等；填总额和已报销的部分。",
      en: "Illness, school, rent…: the whole cost and what was reimbursed.",
    },
    required: false,
    max: 40,
    sensitive: true,
    fields: {
      kind: oneOf({ label: { zh: "哪类支出", en: "What kind" }, options: expenseKinds }),
      grossFen: money({ label: { zh: "总共花了", en: "Cost in all" } }),
      reimbursedFen: money({
        label: { zh: "其中已报销或减免", en: "Of that reimbursed or waived" },
        required: false,
      }),
    },
  }),
  eventOn: date({
    label: { zh: "意外或突发大病发生在哪天", en: "When did the accident or sudden illness happen" },
    help: { zh: "不是突然发生的可以不填。", en: "Leave it empty when it did not come suddenly." },
    required: false,
    showWhen: { key: "mainCause", in: eventful },
  }),
  eventCostFen: money({
    label: { zh: "这件事造成的损失或花费", en: "What it cost" },
    help: {
      zh: "填在这里的，支出一栏不要再填。",
      en: "What stands here must not stand among the outlays too.",
    },
    required: false,
    showWhen: { key: "eventOn" },
  }),
  eventCompensatedFen: money({
    label: { zh: "已获赔偿、保险或救助", en: "Compensation, insurance or relief received" },
    required: false,
    showWhen: { key: "eventOn" },
  }),
  singleHead: yesNo({ label: { zh: "是否离异或丧偶", en: "Divorced or widowed" }, required: false }),
  onDibao: yesNo({
    label: { zh: "家里正在领低保吗", en: "Is the household on the minimum-living scheme" },
    required: false,
  }),
  migrant: yesNo({
    label: { zh: "是否农民工", en: "Migrant worker" },
    required: false,
    known: "migrant",
    knownFrom: known,
  }),
  dwelling: oneOf({
    label: { zh: "住房", en: "Home" },
    options: [
      { value: "self_built", label: { zh: "自建房", en: "Self-built" } },
      { value: "bought", label: { zh: "商品房", en: "Bought" } },
      { value: "affordable", label: { zh: "经济适用房", en: "Affordable housing" } },
      { value: "public", label: { zh: "公房", en: "Public housing" } },
      { value: "low_rent", label: { zh: "廉租房", en: "Low-rent housing" } },
      { value: "rented", label: { zh: "租房", en: "Rented" } },
      { value: "none", label: { zh: "无房", en: "None" } },
    ],
  }),
  homes: integer({
    label: { zh: "名下共有几套住房", en: "How many homes does the household own" },
    min: 0,
    max: 20,
  }),
  hasVehicle: yesNo({ label: { zh: "家里有机动车吗", en: "Is there a motor vehicle" } }),
  vehicleExempt: yesNo({
    label: { zh: "是否残疾或患病代步用车", en: "Is it a mobility aid for illness or disability" },
    required: false,
    showWhen: { key: "hasVehicle", in: [true] },
  }),
  bankHolder: accountHolder({
    label: { zh: "银行卡户名", en: "Card holder" },
    known: "name",
    knownFrom: known,
  }),
  bankName: text({
    label: { zh: "开户银行", en: "Bank" },
    maxLength: 60,
    sensitive: true,
    known: "bankName",
    knownFrom: known,
  }),
  bankBranch: text({
    label: { zh: "开户支行", en: "Branch" },
    maxLength: 80,
    required: false,
    sensitive: true,
    known: "bankBranch",
    knownFrom: known,
  }),
  bankCard: bankCard({ label: { zh: "银行卡号", en: "Card number" }, known: "bankCard", knownFrom: known }),
  // Which papers are needed follows from the answers: `paperRules`, below.
  papers: papers({ label: { zh: "材料", en: "Papers" }, required: false, max: 30 }),
  checkConsent: consent({
    label: {
      zh: "我和家庭成员同意工会向民政、住建、公安、市场监管等部门核对家庭经济状况",
      en: "My household consents to the union checking our means with civil affairs, housing, vehicle and business registers",
    },
  }),
  sensitiveConsent: consent({
    label: {
      zh: "我同意工会为办理困难帮扶处理家庭成员的健康、收入、银行账户等敏感个人信息",
      en: "I consent to the union handling sensitive data (health, income, bank account) to deal with this application",
    },
  }),
  statement: consent({
    label: { zh: "以上情况属实，如有不实愿承担责任", en: "What I state is true" },
  }),
};

export const pages = [
  {
    id: "why",
    title: { zh: "遇到了什么困难", en: "What happened" },
    fields: ["mainCause", "otherCauses", "story", "eventOn", "eventCostFen", "eventCompensatedFen"],
  },
  { id: "reach", title: { zh: "怎么联系您", en: "How to be reached" }, fields: ["phone", "address"] },
  {
    id: "household",
    title: { zh: "家里有谁", en: "The household" },
    fields: ["members", "singleHead", "onDibao", "migrant"],
  },
  { id: "income", title: { zh: "收入", en: "Income" }, fields: ["incomes"] },
  { id: "expense", title: { zh: "支出", en: "Outlays" }, fields: ["expenses"] },
  {
    id: "home",
    title: { zh: "住房和车辆", en: "Home and vehicle" },
    fields: ["dwelling", "homes", "hasVehicle", "vehicleExempt"],
  },
  {
    id: "bank",
    title: { zh: "收款银行卡", en: "Bank card" },
    fields: ["bankHolder", "bankName", "bankBranch", "bankCard"],
  },
  { id: "papers", title: { zh: "材料", en: "Papers" }, fields: ["papers"] },
  {
    id: "sign",
    title: { zh: "确认", en: "Sign" },
    fields: ["checkConsent", "sensitiveConsent", "statement"],
  },
];

const yueyang = {
  document: { zh: "困难职工建档流程（岳阳，2018）", en: "Filing procedure (Yueyang, 2018)" },
};

function holds(answers: Readonly<Record<string, unknown>>, ...wanted: readonly string[]): boolean {
  const all = [answers.mainCause, ...((answers.otherCauses as readonly string[] | undefined) ?? [])];
  return wanted.some((one) => all.includes(one));
}

/** The papers by cause (aid.md §4). */
export const paperRules: readonly PaperRule[] = [
  {
    kind: "identity",
    label: { zh: "全家身份证和户口簿", en: "Identity cards and household register of all members" },
    source: yueyang,
  },
  {
    kind: "income",
    label: { zh: "近 12 个月收入或无业证明", en: "Proof of twelve months’ income, or of having none" },
    source: yueyang,
  },
  {
    kind: "authorisation",
    label: {
      zh: "经济状况核对授权书（成年成员签字）",
      en: "Authorisation of the means check, signed by every adult",
    },
    source: yueyang,
  },
  { kind: "bank", label: { zh: "银行卡复印件", en: "Copy of the bank card" }, source: yueyang },
  {
    kind: "dibao",
    label: { zh: "民政部门低保证明", en: "Certificate of the civil-affairs office" },
    when: (answers) => answers.onDibao === true,
    whenText: { zh: "享受低保的", en: "households on the minimum-living scheme" },
    source: yueyang,
  },
  {
    kind: "diagnosis",
    label: { zh: "二级以上医院诊断证明", en: "Diagnosis of a hospital of level 2 or above" },
    when: (answers) => holds(answers, "self_illness", "family_illness"),
    whenText: { zh: "因病的", en: "for illness" },
    source: yueyang,
  },
  {
    kind: "medical-bills",
    label: { zh: "近一年自付医疗费票据", en: "Bills of a year’s self-paid medical cost" },
    when: (answers) => holds(answers, "self_illness", "family_illness"),
    whenText: { zh: "因病的", en: "for illness" },
    source: yueyang,
  },
  {
    kind: "disability",
    label: { zh: "残疾证", en: "Disability certificate" },
    when: (answers) => holds(answers, "self_disability", "family_disability"),
    whenText: { zh: "因残的", en: "for disability" },
    source: yueyang,
  },
  {
    kind: "schooling",
    label: { zh: "录取通知书或在读证明、缴费收据", en: "Proof of enrolment and fee receipt" },
    when: (answers) => holds(answers, "schooling"),
    whenText: { zh: "因学的", en: "for schooling" },
    source: yueyang,
  },
  {
    kind: "event",
    label: {
      zh: "公安、民政或消防出具的证明和费用票据",
      en: "Certificate of police, civil affairs or fire service, and bills",
    },
    when: (answers) => holds(answers, "disaster", "accident"),
    whenText: { zh: "因灾或意外的", en: "for a disaster or accident" },
    source: yueyang,
  },
  {
    kind: "single",
    label: { zh: "离婚证或死亡证明", en: "Certificate of divorce or death" },
    when: (answers) => answers.singleHead === true,
    whenText: { zh: "离异或丧偶的", en: "for the divorced or widowed" },
    source: yueyang,
  },
  {
    kind: "labour-relation",
    label: {
      zh: "一年以上劳动合同或工会盖章的劳动关系证明",
      en: "Labour contract of a year, or proof stamped by the union",
    },
    when: (answers) => answers.migrant === true,
    whenText: { zh: "农民工", en: "migrant workers" },
    source: yueyang,
  },
];

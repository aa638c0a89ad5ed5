import { aidKinds } from "../../../ledger/funds.ts";
import {
  date,
  list,
  longText,
  manyOf,
  money,
  month,
  officers,
  oneOf,
  papers,
  text,
  yesNo,
} from "../../../procedures/fields.ts";
import { exitReasons, recovered } from "./facts.ts";

/*
 * What the steps ask of those who act in them. What the household itself is asked stands in asks.ts.
 */

export const opinion = longText({ label: { zh: "意见", en: "Opinion" }, required: false, maxLength: 500 });
export const reason = longText({ label: { zh: "理由", en: "Reason" }, maxLength: 500 });
export const missing = longText({ label: { zh: "需要补正什么", en: "What is missing" }, maxLength: 500 });

/** A home visit: who went, whom they met, what they found (aid.md §5). */
export const visitAsks = {
  visitedOn: date({ label: { zh: "走访日期", en: "Day of the visit" } }),
  visitors: officers({ label: { zh: "走访人（至少两人）", en: "Visitors (two at least)" }, min: 2 }),
  met: text({ label: { zh: "见到了谁", en: "Whom they met" }, maxLength: 200 }),
  housing: text({ label: { zh: "住房情况", en: "The home" }, maxLength: 300 }),
  findings: longText({ label: { zh: "了解到的情况", en: "What they found" }, sensitive: true }),
  needs: longText({
    label: { zh: "家庭的需求", en: "What the family needs" },
    required: false,
    maxLength: 500,
  }),
  consentSigned: yesNo({
    label: { zh: "核对授权书是否当面签字", en: "Was the authorisation signed in their presence" },
  }),
  photos: papers({
    label: { zh: "照片和签字表", en: "Photographs and signed form" },
    required: false,
    accept: ["visit"],
  }),
};

export const checkAsks = {
  sources: manyOf({
    label: { zh: "核对了哪些部门", en: "Registers checked" },
    options: [
      { value: "civil", label: { zh: "民政", en: "Civil affairs" } },
      { value: "housing", label: { zh: "住建", en: "Housing" } },
      { value: "vehicle", label: { zh: "公安交管", en: "Vehicles" } },
      { value: "business", label: { zh: "市场监管", en: "Business" } },
      { value: "insurance", label: { zh: "人社", en: "Social insurance" } },
    ],
  }),
  note: opinion,
};

export const explainAsks = {
  note: longText({
    label: {
      zh: "请说明登记信息与申请不一致的原因",
      en: "Why the registers differ from what you stated",
    },
    maxLength: 1_000,
  }),
  papers: papers({ label: { zh: "证明材料", en: "Papers" }, required: false }),
};

export const gradeAsks = {
  exclusions: manyOf({
    label: {
      zh: "查实有以下情形（任一情形不予认定）",
      en: "Found to hold (any one bars the file)",
    },
    required: false,
    options: [
      {
        value: "costly_school",
        label: {
          zh: "高收费私立学校或自费留学",
          en: "Costly private school or self-paid study abroad",
        },
      },
      { value: "shareholder", label: { zh: "企业控股股东", en: "Controlling shareholder" } },
      {
        value: "second_home",
        label: {
          zh: "两套以上住房且超过当地人均面积",
          en: "Two homes or more, above average area",
        },
      },
      {
        value: "vehicle",
        label: { zh: "有机动车（代步除外）", en: "Motor vehicle (mobility aid exempt)" },
      },
      {
        value: "business",
        label: { zh: "开办企业、商铺或雇用他人", en: "Runs a business or employs others" },
      },
      {
        value: "refused_check",
        label: { zh: "拒绝核对或材料不实", en: "Refused verification or false papers" },
      },
      {
        value: "refused_work",
        label: { zh: "无正当理由拒绝就业", en: "Refuses work without reason" },
      },
    ],
  }),
  note: longText({ label: { zh: "集体评议意见", en: "Opinion of the committee" }, maxLength: 500 }),
};

export const fileAsks = {
  liaison: officers({ label: { zh: "联系干部", en: "Liaison officer" }, min: 1 }),
  note: opinion,
};

const measureKinds = [
  ...Object.entries(aidKinds).map(([value, { title }]) => ({ value, label: title })),
  { value: "other", label: { zh: "其他", en: "Other" } },
];

/** One household, one plan (一户一策, aid.md §5). */
export const planAsks = {
  goals: text({ label: { zh: "目标", en: "Goals" }, maxLength: 300 }),
  measures: list({
    label: { zh: "措施", en: "Measures" },
    min: 1,
    max: 20,
    fields: {
      kind: oneOf({ label: { zh: "帮扶种类", en: "Kind of aid" }, options: measureKinds }),
      what: text({ label: { zh: "做什么", en: "What is done" }, maxLength: 200 }),
      month: month({ label: { zh: "计划月份", en: "Planned month" } }),
      amountFen: money({ label: { zh: "金额", en: "Amount" }, required: false }),
      who: text({ label: { zh: "责任人", en: "Who is responsible" }, maxLength: 50 }),
    },
  }),
  note: opinion,
};

/** A visit to a household on file. */
export const careAsks = {
  visitedOn: date({ label: { zh: "走访日期", en: "Day of the visit" } }),
  result: longText({
    label: { zh: "走访情况", en: "What was found" },
    sensitive: true,
    maxLength: 1_000,
  }),
  needs: longText({
    label: { zh: "家庭的需求", en: "What the family needs" },
    required: false,
    maxLength: 500,
  }),
};

const exitReason = oneOf({ label: { zh: "退出原因", en: "Why" }, options: exitReasons });

/** What the family says that wants to leave. */
export const askExitAsks = { exitReason, note: reason };

/** A family leaves by collective decision (aid.md §5). */
export const exitAsks = {
  exitReason,
  causesGoneOn: date({
    label: { zh: "致困原因从哪天起全部消除", en: "Since when is there no cause of hardship any more" },
    help: {
      zh: "按走访和材料认定；须消除满规定的月数，且最近一次复核的收入已达到标准。",
      en: "As visits and papers show. It must be so many months ago, and the last check must show enough income.",
    },
    showWhen: { key: "exitReason", in: recovered },
  }),
  note: longText({ label: { zh: "集体评议意见", en: "Opinion of the committee" }, maxLength: 500 }),
};

/** A household stays on file, in need or because the exit test does not hold yet. */
export const keepAsks = {
  causeOpen: yesNo({
    label: {
      zh: "收入已达到标准，但致困原因仍在，或消除不满规定的月数",
      en: "Income has reached the standard, but a cause is still there, or has not been gone long enough",
    },
    required: false,
  }),
  note: opinion,
};

/** A visit to a household that has left its file. */
export const followAsks = {
  visitedOn: date({ label: { zh: "走访日期", en: "Day of the visit" } }),
  note: longText({ label: { zh: "家庭现状", en: "How the family fares" }, maxLength: 500 }),
};

import { yearOf } from "../../kernel/day.ts";
import { formatYuan } from "../../kernel/money.ts";
import { type Refusal, refuse } from "../../kernel/refusal.ts";
import { livingCap } from "../../ledger/funds.ts";
import { livingMonths, livingPerPerson } from "../../ledger/policies.ts";
import { action, defineService, type View } from "../../procedures/define.ts";
import { consent, longText, money } from "../../procedures/fields.ts";
import { consentRule, payeeAsks, payeeOfHousehold } from "./payee.ts";
import { payingSteps } from "./paying-steps.ts";
import { approveWithin, correctWithin, decideWithin, livingLine, reviewWithin } from "./policies.ts";

/** What living aid establishes. Amounts in fen. */
export interface LivingAidFacts {
  readonly amountFen?: number;
  readonly fileNo?: string;
  readonly householdId?: string;
  readonly tier?: string;
  readonly cause?: string;
  readonly grantId?: string;
  readonly year?: number;
  readonly capFen?: number;
}

/** A case's facts, typed. */
export function factsOf(view: Pick<View, "facts">): LivingAidFacts {
  return view.facts as LivingAidFacts;
}

/** The cap of the household's year as this case pinned it; null without a file. */
export function capOf(view: Pick<View, "known" | "policy" | "today">) {
  const file = view.known.activeFile;
  if (!file) return null;
  return livingCap({
    household: file.householdId,
    year: yearOf(view.today),
    lineFen: view.policy(livingLine),
    members: file.memberCount,
    months: view.policy(livingMonths),
    perPerson: view.policy(livingPerPerson) === true,
    source: capSource,
  });
}

const capSource = {
  document: {
    zh: "《中央财政专项帮扶资金使用管理办法》（总工发〔2015〕20号）",
    en: "Measures on the Central Special Aid Fund (2015)",
  },
};

/** File first, then aid (先建档、后帮扶): refused without a file in force. */
function needsFile(view: Pick<View, "known">): Refusal | undefined {
  return view.known.activeFile ? undefined : refuse("file-needed", {}, { source: capSource });
}

/** Whether an amount fits what is left of the household's year over all cases and batches. */
function fitsCap(view: Pick<View, "known" | "policy" | "today" | "asked">): Refusal | undefined {
  const cap = capOf(view as View);
  if (!cap) return needsFile(view);
  const amountFen = BigInt((view.asked as { readonly amountFen?: number }).amountFen ?? 0);
  const used = BigInt(view.known.livingUsedFen ?? 0);
  const left = cap.capFen > used ? cap.capFen - used : 0n;
  if (amountFen <= left) return undefined;
  const shown = (fen: bigint) => formatYuan(fen).slice(1);
  return refuse(
    "aid-cap",
    { cap: shown(cap.capFen), used: shown(used), left: shown(left) },
    {
      at: "/answers/amountFen",
      source: capSource,
    },
  );
}

const opinion = longText({ label: { zh: "意见", en: "Opinion" }, required: false, maxLength: 500 });
const reason = longText({ label: { zh: "理由", en: "Reason" }, maxLength: 500 });
const amount = money({
  label: { zh: "核定金额", en: "Amount" },
  help: {
    zh: "本户本年累计不超过上限；超出会提示还剩多少。",
    en: "Within what is left of the household’s year; the system says how much.",
  },
  min: 100,
});

const refusal = action({
  title: { zh: "不予救助", en: "Refuse" },
  to: "rejected",
  kind: "danger",
  asks: { note: reason },
  confirm: {
    zh: "不予救助后案件办结，申请人会收到理由。",
    en: "This ends the case; the applicant is told the reason.",
  },
});

const need = longText({
  label: { zh: "现在最需要解决什么", en: "What is needed most now" },
  maxLength: 500,
  sensitive: true,
});

/** By the program, once the applicant's record lives in another district: aid not yet decided is asked for anew there. */
const moveAway = action({
  title: { zh: "随人迁出", en: "Moved away" },
  to: "moved",
  by: "clock",
  hidden: true,
});

/** 生活救助: living aid to a household with a file in force (aid.md §7). */
export const livingAid = defineService({
  id: "living-aid",
  version: 1,
  numberCode: "SH",
  group: "care",
  title: { zh: "生活救助", en: "Living aid" },
  summary: {
    zh: "已建立困难职工档案的家庭，申请生活救助金。",
    en: "Money for daily life, for families with a hardship file.",
  },
  forWhom: { zh: "档案有效的困难职工家庭。", en: "Households whose hardship file is in force." },
  youGet: {
    zh: "救助金打到您的银行卡；每户每年不超过当地 12 个月低保标准。",
    en: "Money to your bank card, each household and year up to twelve months of the local line.",
  },
  howLong: { zh: "一般 3 至 5 周到账。", en: "Three to five weeks until it is in your account." },
  whoSees: {
    zh: "本单位工会、县（区）总工会和市总工会的经办人员；银行卡全号只有付款岗位能看到。",
    en: "The officers in charge at your union, the county and the city; only the paying desk sees the whole card number.",
  },
  basis: [
    capSource,
    {
      document: {
        zh: "《工会送温暖资金使用管理办法（试行）》（2018）",
        en: "Measures on Sending-Warmth Funds (2018)",
      },
    },
  ],
  lifeEvents: ["poverty", "illness", "layoff"],
  mayStart: { who: "member", onBehalf: "aid.check" },
  pins: [livingLine, livingMonths, livingPerPerson],
  knows: ["activeFile", "livingUsedFen"],
  asks: {
    need,
    amountFen: money({
      label: { zh: "希望得到多少", en: "How much would help" },
      help: { zh: "可以不填，由工会核定。", en: "It may be left to the union." },
      required: false,
      min: 100,
    }),
    ...payeeAsks,
    statement: consent({ label: { zh: "以上情况属实", en: "What I state is true" } }),
  },
  pages: [
    { id: "need", title: { zh: "您的需要", en: "The need" }, fields: ["need", "amountFen"] },
    {
      id: "bank",
      title: { zh: "收款银行卡", en: "Bank card" },
      fields: ["payee", "bankHolder", "bankName", "bankBranch", "bankCard"],
    },
    { id: "consent", title: { zh: "书面同意", en: "Written consent" }, fields: ["papers"] },
    { id: "sign", title: { zh: "确认", en: "Sign" }, fields: ["statement"] },
  ],
  papers: [consentRule],
  qualifies: (view) => needsFile(view) ?? payeeOfHousehold(view as View),
  sets: (view) => {
    const file = view.known.activeFile;
    const cap = capOf(view as View);
    return {
      fileNo: file?.fileNo ?? null,
      householdId: file?.householdId ?? null,
      tier: file?.tier ?? null,
      cause: file?.mainCause ?? null,
      year: yearOf(view.today),
      capFen: cap ? Number(cap.capFen) : null,
    };
  },
  start: "submitted",
  steps: {
    submitted: {
      title: { zh: "核实", en: "Checking" },
      by: { power: "aid.check", level: ["own", "township"] },
      within: decideWithin,
      whenLate: "escalate",
      may: {
        moveAway,
        propose: action({
          title: { zh: "提出救助金额", en: "Propose an amount" },
          to: "county_review",
          kind: "primary",
          asks: { amountFen: amount, note: opinion },
          needs: needsFile,
          check: fitsCap,
          sets: (view) => ({ amountFen: view.asked.amountFen ?? 0 }),
        }),
        return: action({
          title: { zh: "退回补正", en: "Return for completion" },
          to: "returned",
          asks: { note: reason },
        }),
        refuse: refusal,
        withdraw: action({
          title: { zh: "撤回申请", en: "Withdraw" },
          to: "withdrawn",
          by: "applicant",
          kind: "danger",
        }),
      },
    },
    returned: {
      title: { zh: "补正", en: "Completing" },
      by: "applicant",
      within: correctWithin,
      whenLate: { lapse: "withdrawn" },
      aside: true,
      may: {
        moveAway,
        resubmit: action({
          title: { zh: "补正后重新提交", en: "Submit again" },
          to: "submitted",
          kind: "primary",
          amends: true,
          check: (view) => payeeOfHousehold(view as View),
          asks: { need, ...payeeAsks },
        }),
        withdraw: action({ title: { zh: "撤回申请", en: "Withdraw" }, to: "withdrawn", kind: "danger" }),
      },
    },
    county_review: {
      title: { zh: "县级复核", en: "County review" },
      by: { power: "aid.review", level: "county" },
      within: reviewWithin,
      whenLate: "escalate",
      passTo: "city_approval",
      may: {
        moveAway,
        approve: action({
          title: { zh: "同意，报批", en: "Approve" },
          to: "city_approval",
          kind: "primary",
          asks: { amountFen: amount, note: opinion },
          needs: needsFile,
          check: fitsCap,
          sets: (view) => ({ amountFen: view.asked.amountFen ?? 0 }),
        }),
        return: action({ title: { zh: "退回核实", en: "Return" }, to: "submitted", asks: { note: reason } }),
        refuse: refusal,
      },
    },
    city_approval: {
      title: { zh: "审批", en: "Approval" },
      by: { power: "aid.approve", level: ["city", "county", "own"] },
      within: approveWithin,
      whenLate: "escalate",
      may: {
        moveAway,
        approve: action({
          title: { zh: "批准发放", en: "Approve" },
          to: "decided",
          kind: "primary",
          asks: { note: opinion },
          needs: (view) => (factsOf(view).amountFen ? needsFile(view) : refuse("amount-not-yet")),
          confirm: {
            zh: "批准后占用本户年度额度，转入待发放。",
            en: "This takes from the household’s yearly limit and makes it ready to pay.",
          },
        }),
        return: action({
          title: { zh: "退回县级", en: "Return to the county" },
          to: "county_review",
          asks: { note: reason },
        }),
        refuse: refusal,
      },
    },
    ...payingSteps,
  },
  ends: {
    moved: {
      title: { zh: "已随人迁出，请在新工会重新申请", en: "Moved away; please ask the new union" },
      good: false,
      rated: false,
    },
    paid: { title: { zh: "已发放", en: "Paid" }, good: true },
    rejected: { title: { zh: "不予救助", en: "Refused" }, good: false },
    withdrawn: { title: { zh: "已撤回", en: "Withdrawn" }, good: false, rated: false },
    cancelled: { title: { zh: "已撤销", en: "Cancelled" }, good: false, rated: false },
  },
  onReach: {
    decided: (view) =>
      factsOf(view).grantId
        ? []
        : [
            { do: "grant.decide" },
            {
              do: "issue",
              title: { zh: "生活救助批准通知", en: "Approval of living aid" },
              facts: [
                {
                  label: { zh: "金额", en: "Amount" },
                  value: formatYuan(BigInt(factsOf(view).amountFen ?? 0)),
                },
              ],
            },
          ],
  },
  amount: ({ facts }) => {
    const { amountFen } = facts as LivingAidFacts;
    return amountFen === undefined ? null : BigInt(amountFen);
  },
  rated: true,
  measures: ["aid-by-kind", "aid-by-fund", "cap-use"],
});

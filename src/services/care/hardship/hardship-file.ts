import { addDays, addMonths, type Day } from "../../../kernel/day.ts";
import { maskName } from "../../../kernel/mask.ts";
import { refuse } from "../../../kernel/refusal.ts";
import type { Text } from "../../../kernel/words.ts";
import {
  action,
  defineService,
  type Effect,
  type NoticeField,
  type View,
} from "../../../procedures/define.ts";
import { date, longText, manyOf, officers, oneOf, papers, text, yesNo } from "../../../procedures/fields.ts";
import * as policy from "../policies.ts";
import { asks, causeClasses, pages, paperRules } from "./asks.ts";
import { linkageOf, type Mismatch, mismatchesOf } from "./means-check.ts";
import { checkStatement, type Statement, testStatement } from "./statement.ts";
import { handOver, movingStep } from "./transfer.ts";

/** What its steps establish about a hardship case. */
export interface HardshipFacts {
  readonly category?: "deep" | "relative" | "accident" | "none";
  readonly calculation?: ReturnType<typeof testStatement>;
  readonly causeClass?: Text;
  readonly mismatches?: readonly Mismatch[];
  readonly explained?: boolean;
  readonly linkage?: ReturnType<typeof linkageOf>;
  readonly exclusions?: readonly string[];
  readonly fileNo?: string;
  readonly validTo?: Day;
  readonly exitReason?: string;
  readonly exitedOn?: Day;
  readonly tier?: string;
}

/** A case's facts, typed. */
export function factsOf(view: Pick<View, "facts">): HardshipFacts {
  return view.facts as HardshipFacts;
}

export const categoryTitles: Readonly<Record<string, Text>> = {
  deep: { zh: "深度困难", en: "Deep hardship" },
  relative: { zh: "相对困难", en: "Relative hardship" },
  accident: { zh: "意外致困", en: "Sudden misfortune" },
  none: { zh: "未达标准", en: "Not within the standard" },
};

export const exitReasons = [
  { value: "income_up", label: { zh: "收入提高", en: "Income rose" } },
  { value: "reemployed", label: { zh: "重新就业", en: "Employed again" } },
  { value: "illness_cured", label: { zh: "病情好转", en: "Recovered" } },
  { value: "graduated", label: { zh: "子女毕业", en: "Children graduated" } },
  { value: "dibao_covers", label: { zh: "纳入政府兜底", en: "Covered by government relief" } },
  { value: "retired", label: { zh: "退休", en: "Retired" } },
  { value: "moved", label: { zh: "迁出", en: "Moved away" } },
  { value: "died", label: { zh: "去世", en: "Died" } },
  { value: "ineligible_found", label: { zh: "查实不符合条件", en: "Found not to qualify" } },
  { value: "self_request", label: { zh: "本人申请", en: "Own request" } },
] as const;

/** A file is cancelled for these alone; every other way out has its notice and its approval (aid.md §5). */
const cancelReasons = exitReasons.filter((one) =>
  ["died", "moved", "retired", "ineligible_found"].includes(one.value),
);

const opinion = longText({ label: { zh: "意见", en: "Opinion" }, required: false, maxLength: 500 });
const reason = longText({ label: { zh: "理由", en: "Reason" }, maxLength: 500 });

const refuseAction = action({
  title: { zh: "不予认定", en: "Refuse" },
  to: "rejected",
  kind: "danger",
  asks: { note: reason },
  confirm: {
    zh: "不予认定后案件办结，申请人会收到理由。",
    en: "This ends the case; the applicant is told the reason.",
  },
});

const cancelAction = action({
  title: { zh: "注销档案", en: "Cancel the file" },
  to: "cancelled",
  by: { power: "aid.review", level: "county" },
  decides: false,
  kind: "danger",
  asks: {
    exitReason: oneOf({ label: { zh: "注销原因", en: "Why" }, options: cancelReasons }),
    note: reason,
  },
  confirm: {
    zh: "注销不可撤销。虚假材料的，另行追回资金。",
    en: "This cannot be undone. Where papers were false, money is recovered.",
  },
  sets: (view) => ({ exitReason: view.asked.exitReason }),
});

const relapseAction = action({
  title: { zh: "返困，重新建档", en: "Back in hardship: file again" },
  to: "relapsed",
  by: { power: "aid.review", level: ["county", "own"] },
  asks: { note: reason },
  effects: (view) => [
    { do: "hardship.release" },
    // What the family states and shows must be of today: the new file waits for its forms and papers.
    { do: "follow", service: "hardship-file", answers: { ...view.answers, papers: [] }, link: "previous" },
  ],
});

/** A home visit: who went, whom they met, what they found (aid.md §5). */
const visitAsks = {
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

function visitedInTime(view: View<{ readonly visitedOn?: Day }>) {
  const { visitedOn } = view.asked;
  return visitedOn !== undefined && visitedOn > view.today
    ? refuse("day-in-future", {}, { at: "/answers/visitedOn" })
    : undefined;
}

function checkVisit(
  view: View<{
    readonly visitedOn?: Day;
    readonly visitors?: readonly string[];
    readonly consentSigned?: boolean;
  }>,
) {
  const late = visitedInTime(view);
  if (late) return late;
  if (view.asked.visitors?.includes(view.applicant.id))
    return refuse("own-case", {}, { at: "/answers/visitors" });
  // Nothing is checked behind a family's back: without the signature the case is returned or refused instead.
  return view.asked.consentSigned === false
    ? refuse("check-unauthorised", {}, { at: "/answers/consentSigned" })
    : undefined;
}

/** The income test anew: as of the day the case opened, or of a yearly check. */
function retest(view: View, on: Day = view.openedOn) {
  const calculation = testStatement(view, on);
  return { calculation, category: calculation.category };
}

/** A yearly check rests on fresh forms and papers (aid.md §5): none since the check began, no reckoning. */
function refreshedSince(view: View) {
  const began = view.actions.findLastIndex(
    (one) => one.fromStep === "active" && one.toStep === "reverifying",
  );
  return view.actions.slice(began + 1).some((one) => one.name === "refresh")
    ? undefined
    : refuse("recheck-needs-forms");
}

/** Income that rose is shown by the test, not by a word: k times the line or more at the last check (aid.md §5). */
function exitHolds(view: View<{ readonly exitReason?: string }>) {
  return view.asked.exitReason === "income_up" && factsOf(view).category !== "none"
    ? refuse("exit-unproven", {}, { at: "/answers/exitReason" })
    : undefined;
}

/** Only what the place lists bars a household. */
function checkExclusions(view: View<{ readonly exclusions?: readonly string[] }>) {
  const barring = view.policy(policy.exclusions).map((one) => one.code);
  const index = (view.asked.exclusions ?? []).findIndex((one) => !barring.includes(one));
  return index < 0 ? undefined : refuse("exclusion-elsewhere", {}, { at: `/answers/exclusions/${index}` });
}

function shown(view: View): readonly NoticeField[] {
  const facts = factsOf(view);
  const category = categoryTitles[facts.category ?? "none"] as Text;
  return [
    {
      label: { zh: "申请人", en: "Applicant" },
      value: view.applicant.name,
      inPublic: maskName(view.applicant.name),
    },
    { label: { zh: "所在工会", en: "Union" }, value: view.unit.name, inPublic: view.unit.name },
    { label: { zh: "拟认定类别", en: "Category" }, value: category.zh, inPublic: category.zh },
    {
      label: { zh: "致困原因", en: "Cause" },
      value: facts.causeClass?.zh ?? "",
      inPublic: facts.causeClass?.zh ?? "",
    },
  ];
}

function fileState(state: string): (view: View) => readonly Effect[] {
  return () => [{ do: "hardship.state", state }];
}

const release = (): readonly Effect[] => [{ do: "hardship.release" }];

/** 困难职工建档: the hardship file of a household (aid.md §2–6). One household, one file; file first, then aid. */
export const hardshipFile = defineService({
  id: "hardship-file",
  version: 1,
  numberCode: "KN",
  group: "care",
  title: { zh: "困难职工建档", en: "Hardship file" },
  summary: {
    zh: "家里遇到困难，申请建立困难职工档案，之后才能领取帮扶。",
    en: "When a family is in difficulty: the file on which all regular aid rests.",
  },
  forWhom: {
    zh: "因病、因残、因学、失业、灾害或意外而生活困难的职工家庭，含农民工和新就业形态劳动者。",
    en: "Households of workers in need through illness, disability, schooling, lay-off, disaster or accident; migrant and platform workers too.",
  },
  youGet: {
    zh: "建档后按困难类别享受生活救助、医疗救助、子女助学等帮扶，并有专人联系。",
    en: "With a file: living, medical and schooling aid by category, and one officer who stays in touch.",
  },
  howLong: {
    zh: "一般 6 至 8 周，其中公示 5 个工作日。",
    en: "Six to eight weeks, with a notice of five working days.",
  },
  whoSees: {
    zh: "本单位工会、县（区）总工会和市总工会的经办人员。每一次查看都有记录，您可以看到。公示只显示姓氏、单位、类别和原因大类。",
    en: "The officers in charge at your union, the county and the city. Each look is recorded and you can read the record. The notice shows your surname, union, category and class of cause only.",
  },
  basis: [
    {
      document: {
        zh: "《困难职工档案管理办法》（总工办发〔2016〕36号）",
        en: "Measures on Hardship Files (2016)",
      },
    },
    {
      document: { zh: "《中华人民共和国个人信息保护法》", en: "Personal Information Protection Law" },
      article: "第二十九条",
    },
  ],
  lifeEvents: ["illness", "disability", "schooling", "layoff", "disaster", "accident", "poverty"],
  mayStart: { who: "member", onBehalf: "aid.check" },
  pins: [
    policy.livingLine,
    policy.relativeK,
    policy.deepOperator,
    policy.relativeOperator,
    policy.accidentRule,
    policy.rigidKinds,
    policy.imputedWage,
    policy.uncountedIncome,
    policy.exclusions,
    policy.fileValidMonths,
    policy.recheckLeadDays,
    policy.fileTier,
  ],
  knows: ["registerMatches", "destination"],
  asks,
  pages,
  papers: paperRules,
  qualifies: checkStatement,
  sets: (view) => ({
    ...retest(view as View),
    causeClass: causeClasses[view.asked.mainCause ?? "other"] ?? causeClasses.other,
  }),
  start: {
    among: ["submitted", "returned"],
    choose: (view) => (view.links.previous ? "returned" : "submitted"),
  },
  steps: {
    submitted: {
      title: { zh: "受理", en: "Acceptance" },
      by: { power: "aid.check", level: "own" },
      within: policy.acceptWithin,
      whenLate: "escalate",
      may: {
        accept: action({
          title: { zh: "受理", en: "Accept" },
          to: "verifying",
          kind: "primary",
          asks: { note: opinion },
        }),
        return: action({
          title: { zh: "退回补正", en: "Return for completion" },
          to: "returned",
          asks: { note: longText({ label: { zh: "需要补正什么", en: "What is missing" }, maxLength: 500 }) },
        }),
        refuse: refuseAction,
        withdraw: action({
          title: { zh: "撤回申请", en: "Withdraw" },
          to: "withdrawn",
          by: "applicant",
          kind: "danger",
          confirm: { zh: "撤回后可以重新申请。", en: "You may apply again later." },
        }),
      },
    },
    returned: {
      title: { zh: "补正材料", en: "Completing papers" },
      by: "applicant",
      within: policy.correctWithin,
      whenLate: { lapse: "withdrawn" },
      ifNothing: {
        zh: "逾期未补正，申请作撤回处理，可以重新提出",
        en: "if nothing comes, the application counts as withdrawn and may be made again",
      },
      aside: true,
      may: {
        resubmit: action({
          title: { zh: "补正后重新提交", en: "Submit again" },
          to: "submitted",
          kind: "primary",
          by: ["applicant", { power: "aid.check", level: "own" }],
          decides: false,
          asks,
          amends: true,
          check: checkStatement,
          sets: (view) => ({
            ...retest(view as View),
            causeClass: causeClasses[view.asked.mainCause ?? "other"] ?? causeClasses.other,
          }),
          effects: () => [{ do: "hardship.household" }],
        }),
        withdraw: action({ title: { zh: "撤回申请", en: "Withdraw" }, to: "withdrawn", kind: "danger" }),
      },
    },
    verifying: {
      title: { zh: "入户走访", en: "Home visit" },
      by: { power: "aid.check", level: ["own", "township"] },
      within: policy.visitWithin,
      whenLate: "escalate",
      may: {
        visit: action({
          title: { zh: "登记入户走访", en: "Record the home visit" },
          to: "checking",
          kind: "primary",
          asks: visitAsks,
          check: checkVisit,
          noteKey: "met",
          // A new visit opens a new check: what was explained before does not answer it.
          sets: (view) => ({
            visitedOn: view.asked.visitedOn,
            visitors: view.asked.visitors?.length ?? 0,
            explained: false,
          }),
        }),
        return: action({
          title: { zh: "退回补正", en: "Return for completion" },
          to: "returned",
          asks: { note: longText({ label: { zh: "需要补正什么", en: "What is missing" }, maxLength: 500 }) },
        }),
        refuse: refuseAction,
      },
    },
    checking: {
      title: { zh: "经济状况核对", en: "Means check" },
      by: { power: "aid.verify", level: "county" },
      within: policy.checkWithin,
      whenLate: "escalate",
      passTo: "gradeable",
      may: {
        check: action({
          title: { zh: "核对登记信息", en: "Check the registers" },
          to: {
            among: ["gradeable", "clarifying"],
            choose: (view) => ((factsOf(view).mismatches ?? []).length > 0 ? "clarifying" : "gradeable"),
          },
          kind: "primary",
          asks: {
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
          },
          needs: (view) => (view.facts.explained === true ? refuse("check-explained") : undefined),
          sets: (view) => {
            const matches = view.known.registerMatches ?? [];
            return {
              mismatches: mismatchesOf(view.answers as Statement, matches),
              linkage: linkageOf(matches),
              checkedOn: view.today,
            };
          },
        }),
        settle: action({
          title: { zh: "认可说明，核对通过", en: "Accept the explanation" },
          to: "gradeable",
          asks: { note: reason },
          needs: (view) => (view.facts.explained === true ? undefined : refuse("nothing-explained")),
        }),
        refuse: refuseAction,
      },
    },
    clarifying: {
      title: { zh: "说明不一致", en: "Explaining a mismatch" },
      by: "applicant",
      within: policy.correctWithin,
      whenLate: { lapse: "rejected" },
      aside: true,
      may: {
        explain: action({
          title: { zh: "提交说明", en: "Explain" },
          to: "checking",
          kind: "primary",
          asks: {
            note: longText({
              label: {
                zh: "请说明登记信息与申请不一致的原因",
                en: "Why the registers differ from what you stated",
              },
              maxLength: 1_000,
            }),
            papers: papers({ label: { zh: "证明材料", en: "Papers" }, required: false }),
          },
          sets: () => ({ explained: true }),
        }),
        withdraw: action({ title: { zh: "撤回申请", en: "Withdraw" }, to: "withdrawn", kind: "danger" }),
      },
    },
    gradeable: {
      title: { zh: "评定", en: "Grading" },
      by: { power: "aid.check", level: "own" },
      within: policy.gradeWithin,
      whenLate: "escalate",
      may: {
        grade: action({
          title: { zh: "评定并公示", en: "Grade and put on notice" },
          to: {
            among: ["noticing", "rejected"],
            choose: (view) => {
              const facts = factsOf(view);
              return facts.category === "none" || (facts.exclusions ?? []).length > 0
                ? "rejected"
                : "noticing";
            },
          },
          kind: "primary",
          asks: {
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
          },
          confirm: {
            zh: "达到标准的进入公示；未达标准的不予认定。",
            en: "Within the standard, it goes on notice; otherwise it is refused.",
          },
          check: checkExclusions,
          sets: (view) => ({ ...retest(view as View), exclusions: view.asked.exclusions ?? [] }),
        }),
        return: action({
          title: { zh: "退回重新走访", en: "Back to the visit" },
          to: "verifying",
          asks: { note: reason },
        }),
        refuse: refuseAction,
      },
    },
    noticing: {
      title: { zh: "公示", en: "Notice" },
      by: "clock",
      whenLate: { to: "county_review", name: "notice-over" },
      ifNothing: {
        zh: "期满无异议自动转县级复核",
        en: "with no objection it goes on to the county by itself",
      },
      notice: {
        kind: "hardship-filing",
        kindTitle: { zh: "困难职工建档公示", en: "Notice of a hardship file" },
        title: () => ({ zh: "困难职工建档公示", en: "Notice of a hardship file" }),
        days: policy.noticeDays,
        scope: policy.noticeScope,
        shown,
        upheld: "verifying",
      },
      may: {},
    },
    county_review: {
      title: { zh: "县级复核", en: "County review" },
      by: { power: "aid.review", level: "county" },
      within: policy.reviewWithin,
      whenLate: "escalate",
      passTo: "city_approval",
      may: {
        approve: action({
          title: { zh: "同意，报市级审批", en: "Approve" },
          to: "city_approval",
          kind: "primary",
          asks: { note: opinion },
        }),
        return: action({
          title: { zh: "退回重新核实", en: "Return" },
          to: "verifying",
          asks: { note: reason },
        }),
        refuse: refuseAction,
      },
    },
    city_approval: {
      title: { zh: "市级审批", en: "City approval" },
      by: { power: "aid.approve", level: "city" },
      within: policy.approveWithin,
      whenLate: "escalate",
      passTo: "filed",
      may: {
        approve: action({
          title: { zh: "批准建档", en: "Approve" },
          to: "filed",
          kind: "primary",
          asks: { note: opinion },
        }),
        return: action({
          title: { zh: "退回县级", en: "Return to the county" },
          to: "county_review",
          asks: { note: reason },
        }),
        refuse: refuseAction,
      },
    },
    filed: {
      title: { zh: "建档", en: "Filing" },
      by: { power: "aid.file", level: ["county", "city", "province", "own"] },
      within: policy.fileWithin,
      whenLate: "escalate",
      may: {
        file: action({
          title: { zh: "编号建档", en: "Give the file its number" },
          to: "active",
          kind: "primary",
          decides: false,
          asks: {
            liaison: officers({ label: { zh: "联系干部", en: "Liaison officer" }, min: 1 }),
            note: opinion,
          },
          sets: (view) => ({
            validTo: addMonths(view.today, view.policy(policy.fileValidMonths)),
            filedOn: view.today,
            tier: view.policy(policy.fileTier),
          }),
          effects: (view) => [
            { do: "hardship.file", liaison: view.asked.liaison?.[0] ?? null },
            {
              do: "issue",
              title: { zh: "困难职工建档通知", en: "Notice of filing" },
              facts: [
                {
                  label: { zh: "类别", en: "Category" },
                  value: categoryTitles[factsOf(view).category ?? "none"]?.zh ?? "",
                },
                { label: { zh: "有效期至", en: "Valid to" }, value: factsOf(view).validTo ?? "" },
              ],
            },
          ],
        }),
      },
    },
    active: {
      title: { zh: "在档", en: "On file" },
      by: "clock",
      within: (view) => {
        const { validTo } = factsOf(view);
        return validTo ? addDays(validTo, -view.policy(policy.recheckLeadDays)) : null;
      },
      whenLate: { to: "reverifying", name: "recheck-due" },
      ifNothing: { zh: "到期前自动发起年度复核", en: "the yearly check opens by itself" },
      may: {
        plan: action({
          title: { zh: "登记帮扶计划", en: "Record the aid plan" },
          to: "stay",
          by: { power: "aid.check", level: ["own", "township", "county"] },
          decides: false,
          asks: {
            goals: text({ label: { zh: "目标", en: "Goals" }, maxLength: 300 }),
            measures: longText({
              label: { zh: "措施、时间和责任人", en: "Measures, months and who is responsible" },
              maxLength: 1_000,
            }),
            note: opinion,
          },
        }),
        visit: action({
          title: { zh: "登记走访", en: "Record a visit" },
          to: "stay",
          by: { power: "aid.check", level: ["own", "township", "county"] },
          decides: false,
          asks: {
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
          },
          check: visitedInTime,
          sets: (view) => ({ visitedOn: view.asked.visitedOn }),
        }),
        handOver,
        recheck: action({
          title: { zh: "提前复核", en: "Check again now" },
          to: "reverifying",
          by: { power: "aid.check", level: ["own", "township"] },
          decides: false,
          asks: { note: reason },
        }),
        exit: action({
          title: { zh: "提议退出", en: "Propose that the family leaves the file" },
          to: "exiting",
          by: [{ power: "aid.check", level: ["own", "township"] }, "applicant"],
          decides: false,
          asks: {
            exitReason: oneOf({ label: { zh: "退出原因", en: "Why" }, options: exitReasons }),
            note: reason,
          },
          check: exitHolds,
          sets: (view) => ({ exitReason: view.asked.exitReason }),
        }),
        cancel: cancelAction,
      },
    },
    moving: movingStep,
    reverifying: {
      title: { zh: "年度复核", en: "Yearly check" },
      by: { power: "aid.check", level: ["own", "township"] },
      within: policy.recheckWithin,
      whenLate: "escalate",
      aside: true,
      may: {
        refresh: action({
          title: { zh: "更新家庭情况", en: "Update the household" },
          to: "stay",
          by: ["applicant", { power: "aid.check", level: ["own", "township"] }],
          asks,
          amends: true,
          decides: false,
          check: checkStatement,
          effects: () => [{ do: "hardship.household" }],
        }),
        confirm: action({
          title: { zh: "复核测算，报县级", en: "Reckon again and send up" },
          to: "recheck_review",
          kind: "primary",
          repins: true,
          asks: { note: reason },
          needs: refreshedSince,
          sets: (view) => ({ ...retest(view, view.today), testedOn: view.today }),
        }),
        cancel: cancelAction,
      },
    },
    recheck_review: {
      title: { zh: "县级复核", en: "County review of the check" },
      by: { power: "aid.review", level: "county" },
      within: policy.reviewWithin,
      whenLate: "escalate",
      passTo: "active",
      aside: true,
      may: {
        keep: action({
          title: { zh: "继续在档", en: "Stay on file" },
          to: "active",
          kind: "primary",
          asks: { note: opinion },
          needs: (view) => (factsOf(view).category === "none" ? refuse("no-longer-in-need") : undefined),
          sets: (view) => ({ validTo: addMonths(view.today, view.policy(policy.fileValidMonths)) }),
          effects: (view) => [
            {
              do: "hardship.state",
              state: "active",
              category: factsOf(view).category ?? null,
              validTo: factsOf(view).validTo ?? null,
            },
          ],
        }),
        exit: action({
          title: { zh: "拟退出", en: "Leave the file" },
          to: "exiting",
          asks: {
            exitReason: oneOf({ label: { zh: "退出原因", en: "Why" }, options: exitReasons }),
            note: reason,
          },
          check: exitHolds,
          sets: (view) => ({ exitReason: view.asked.exitReason }),
        }),
        return: action({
          title: { zh: "退回重新复核", en: "Return" },
          to: "reverifying",
          asks: { note: reason },
        }),
        cancel: cancelAction,
      },
    },
    exiting: {
      title: { zh: "退出公示", en: "Notice of exit" },
      by: "clock",
      whenLate: { to: "exit_review", name: "notice-over" },
      aside: true,
      notice: {
        kind: "hardship-exit",
        kindTitle: { zh: "困难职工退出公示", en: "Notice of leaving the hardship file" },
        title: () => ({ zh: "困难职工退出公示", en: "Notice of leaving the hardship file" }),
        days: policy.noticeDays,
        scope: policy.noticeScope,
        shown: (view) => shown(view).slice(0, 2),
        upheld: "active",
      },
      may: { cancel: cancelAction },
    },
    exit_review: {
      title: { zh: "县级审批退出", en: "County approves the exit" },
      by: { power: "aid.review", level: "county" },
      within: policy.reviewWithin,
      whenLate: "escalate",
      passTo: "exited",
      aside: true,
      may: {
        approve: action({
          title: { zh: "同意退出", en: "Approve" },
          to: "exited",
          kind: "primary",
          asks: { note: opinion },
          sets: (view) => ({ exitedOn: view.today }),
          effects: (view) => [
            {
              do: "issue",
              title: { zh: "困难职工退出告知书", en: "Notice to the family of leaving the file" },
              facts: [
                { label: { zh: "档案编号", en: "File" }, value: factsOf(view).fileNo ?? "" },
                {
                  label: { zh: "退出原因", en: "Why" },
                  value: exitReasons.find((one) => one.value === factsOf(view).exitReason)?.label.zh ?? "",
                },
              ],
            },
          ],
        }),
        keep: action({
          title: { zh: "不同意，继续在档", en: "Keep on file" },
          to: "active",
          asks: { note: reason },
        }),
        cancel: cancelAction,
      },
    },
    exited: {
      title: { zh: "已脱困，跟踪中", en: "Out of hardship, followed" },
      by: "clock",
      within: policy.followMonths,
      whenLate: { to: "monitoring", name: "follow-up-over" },
      aside: true,
      may: {
        visit: action({
          title: { zh: "登记走访", en: "Record a visit" },
          to: "stay",
          by: { power: "aid.check", level: ["own", "township", "county"] },
          decides: false,
          asks: {
            visitedOn: date({ label: { zh: "走访日期", en: "Day of the visit" } }),
            note: longText({ label: { zh: "家庭现状", en: "How the family fares" }, maxLength: 500 }),
          },
          check: visitedInTime,
        }),
        relapse: relapseAction,
      },
    },
    monitoring: {
      title: { zh: "跟踪结束评估", en: "End of follow-up" },
      by: { power: "aid.review", level: ["county", "own"] },
      within: policy.reviewWithin,
      whenLate: "escalate",
      aside: true,
      may: {
        close: action({
          title: { zh: "稳定脱困，结案", en: "Close" },
          to: "closed",
          kind: "primary",
          asks: { note: opinion },
        }),
        relapse: relapseAction,
      },
    },
  },
  ends: {
    rejected: { title: { zh: "不予认定", en: "Refused" }, good: false },
    withdrawn: { title: { zh: "已撤回", en: "Withdrawn" }, good: false, rated: false },
    cancelled: { title: { zh: "已注销", en: "Cancelled" }, good: false, rated: false },
    closed: { title: { zh: "稳定脱困，已结案", en: "Closed: out of hardship" }, good: true },
    relapsed: {
      title: { zh: "返困，已另行建档", en: "Back in hardship; filed again" },
      good: true,
      rated: false,
    },
  },
  onReach: {
    moving: () => [{ do: "tell", to: "officers", template: "case.handed-over" }],
    submitted: (view) => (view.actions.length === 0 ? [{ do: "hardship.household" }] : []),
    rejected: release,
    withdrawn: release,
    reverifying: fileState("reverifying"),
    exiting: fileState("exiting"),
    exited: fileState("exited"),
    active: (view) => (factsOf(view).fileNo ? [{ do: "hardship.state", state: "active" }] : []),
    cancelled: () => [{ do: "hardship.state", state: "cancelled" }, { do: "hardship.release" }],
    closed: () => [{ do: "hardship.state", state: "closed" }, { do: "hardship.release" }],
    relapsed: fileState("closed"),
  },
  rated: true,
  measures: ["files-by-category", "files-by-cause", "return-rate"],
});

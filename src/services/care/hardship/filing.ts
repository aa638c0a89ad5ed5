import { action } from "../../../procedures/define.ts";
import * as policy from "../policies.ts";
import { asks } from "./asks.ts";
import { filed } from "./consequences.ts";
import { filingNotice } from "./notices.ts";
import { checkAsks, explainAsks, fileAsks, gradeAsks, opinion, reason, visitAsks } from "./questions.ts";
import { moveAwayAction } from "./rehome.ts";
import {
  checkExclusions,
  checkVisit,
  compared,
  contradicted,
  explained,
  found,
  notExplainedYet,
  onFile,
  stated,
  visited,
  withinStandard,
} from "./rules.ts";
import { refuseAction, returnAction, withdrawAction } from "./shared-actions.ts";
import { checkStatement } from "./statement.ts";

/** From the application to the file: accepted, visited, checked, graded, on notice, reviewed, approved, numbered (aid.md §5). */
export const filingSteps = {
  submitted: {
    title: { zh: "受理", en: "Acceptance" },
    by: { power: "aid.check", level: "own" },
    within: policy.acceptWithin,
    whenLate: "escalate",
    may: {
      moveAway: moveAwayAction,
      accept: action({
        title: { zh: "受理", en: "Accept" },
        to: "verifying",
        kind: "primary",
        asks: { note: opinion },
      }),
      return: returnAction,
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
      moveAway: moveAwayAction,
      resubmit: action({
        title: { zh: "补正后重新提交", en: "Submit again" },
        to: "submitted",
        kind: "primary",
        by: ["applicant", { power: "aid.check", level: "own" }],
        decides: false,
        asks,
        amends: true,
        check: checkStatement,
        sets: stated,
        effects: () => [{ do: "hardship.household" }],
      }),
      withdraw: withdrawAction,
    },
  },
  verifying: {
    title: { zh: "入户走访", en: "Home visit" },
    by: { power: "aid.check", level: ["own", "township"] },
    within: policy.visitWithin,
    whenLate: "escalate",
    may: {
      moveAway: moveAwayAction,
      visit: action({
        title: { zh: "登记入户走访", en: "Record the home visit" },
        to: "checking",
        kind: "primary",
        asks: visitAsks,
        check: checkVisit,
        noteKey: "met",
        sets: visited,
      }),
      return: returnAction,
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
      moveAway: moveAwayAction,
      check: action({
        title: { zh: "核对登记信息", en: "Check the registers" },
        to: {
          among: ["gradeable", "clarifying"],
          choose: (view) => (contradicted(view) ? "clarifying" : "gradeable"),
        },
        kind: "primary",
        asks: checkAsks,
        needs: notExplainedYet,
        sets: compared,
      }),
      settle: action({
        title: { zh: "认可说明，核对通过", en: "Accept the explanation" },
        to: "gradeable",
        asks: { note: reason },
        needs: explained,
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
      moveAway: moveAwayAction,
      explain: action({
        title: { zh: "提交说明", en: "Explain" },
        to: "checking",
        kind: "primary",
        asks: explainAsks,
        sets: () => ({ explained: true }),
      }),
      withdraw: withdrawAction,
    },
  },
  gradeable: {
    title: { zh: "评定", en: "Grading" },
    by: { power: "aid.check", level: "own" },
    within: policy.gradeWithin,
    whenLate: "escalate",
    may: {
      moveAway: moveAwayAction,
      grade: action({
        title: { zh: "评定并公示", en: "Grade and put on notice" },
        to: {
          among: ["noticing", "rejected"],
          choose: (view) => (withinStandard(view) ? "noticing" : "rejected"),
        },
        kind: "primary",
        asks: gradeAsks,
        confirm: {
          zh: "达到标准的进入公示；未达标准的不予认定。",
          en: "Within the standard, it goes on notice; otherwise it is refused.",
        },
        check: checkExclusions,
        sets: found,
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
    notice: { ...filingNotice, upheld: "verifying" },
    may: { moveAway: moveAwayAction },
  },
  county_review: {
    title: { zh: "县级复核", en: "County review" },
    by: { power: "aid.review", level: "county" },
    within: policy.reviewWithin,
    whenLate: "escalate",
    passTo: "city_approval",
    may: {
      moveAway: moveAwayAction,
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
      moveAway: moveAwayAction,
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
      moveAway: moveAwayAction,
      file: action({
        title: { zh: "编号建档", en: "Give the file its number" },
        to: "active",
        kind: "primary",
        decides: false,
        asks: fileAsks,
        sets: onFile,
        effects: filed,
      }),
    },
  },
} as const;

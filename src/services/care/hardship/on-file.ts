import { action, type View } from "../../../procedures/define.ts";
import * as policy from "../policies.ts";
import { asks } from "./asks.ts";
import { kept, visitedOnFile } from "./consequences.ts";
import { askExitAsks, careAsks, keepAsks, planAsks, reason } from "./questions.ts";
import { arrivingStep, moveAwayAction } from "./rehome.ts";
import {
  caredFor,
  recheckDay,
  recheckedToday,
  refreshedSince,
  stillInNeed,
  validFromToday,
  visitedInTime,
} from "./rules.ts";
import { cancelAction, exit } from "./shared-actions.ts";
import { checkStatement } from "./statement.ts";
import { handOver, movingStep } from "./transfer.ts";

/** While a file is in force: its plan and visits, its way to another union, its yearly check (aid.md §5). */
export const onFileSteps = {
  active: {
    title: { zh: "档案有效", en: "File in force" },
    by: "clock",
    within: recheckDay,
    whenLate: { to: "reverifying", name: "recheck-due" },
    ifNothing: { zh: "到期前自动发起年度复核", en: "the yearly check opens by itself" },
    may: {
      moveAway: moveAwayAction,
      plan: action({
        title: { zh: "登记帮扶计划", en: "Record the aid plan" },
        to: "stay",
        by: { power: "aid.check", level: ["own", "township", "county"] },
        decides: false,
        asks: planAsks,
      }),
      visit: action({
        title: { zh: "登记走访", en: "Record a visit" },
        to: "stay",
        by: { power: "aid.check", level: ["own", "township", "county"] },
        decides: false,
        asks: careAsks,
        check: visitedInTime,
        sets: caredFor,
        effects: (view) => visitedOnFile(view as View),
      }),
      handOver,
      recheck: action({
        title: { zh: "提前复核", en: "Check again now" },
        to: "reverifying",
        by: { power: "aid.check", level: ["own", "township"] },
        decides: false,
        asks: { note: reason },
      }),
      askExit: action({
        title: { zh: "申请退出", en: "Ask to leave the file" },
        to: "exit_proposed",
        by: "applicant",
        asks: askExitAsks,
        sets: (view) => ({ exitReason: view.asked.exitReason }),
      }),
      exit: action({
        ...exit,
        title: { zh: "评议退出并公示", en: "Decide that the family leaves, and put on notice" },
        by: { power: "aid.check", level: ["own", "township"] },
        decides: false,
      }),
      cancel: cancelAction,
    },
  },
  arriving: arrivingStep,
  moving: movingStep,
  reverifying: {
    title: { zh: "年度复核", en: "Yearly check" },
    by: { power: "aid.check", level: ["own", "township"] },
    within: policy.recheckWithin,
    whenLate: "escalate",
    aside: true,
    may: {
      moveAway: moveAwayAction,
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
        sets: recheckedToday,
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
      moveAway: moveAwayAction,
      keep: action({
        title: { zh: "继续在档", en: "Stay on file" },
        to: "active",
        kind: "primary",
        asks: keepAsks,
        check: stillInNeed,
        sets: (view) => ({ validTo: validFromToday(view) }),
        effects: kept,
      }),
      exit: action({
        ...exit,
        title: { zh: "拟退出", en: "Leave the file" },
      }),
      return: action({
        title: { zh: "退回重新复核", en: "Return" },
        to: "reverifying",
        asks: { note: reason },
      }),
      cancel: cancelAction,
    },
  },
} as const;

import { action } from "../../../procedures/define.ts";
import * as policy from "../policies.ts";
import { farewell } from "./consequences.ts";
import { exitNotice } from "./notices.ts";
import { opinion, reason } from "./questions.ts";
import { moveAwayAction } from "./rehome.ts";
import { seenSinceExit } from "./rules.ts";
import { cancelAction, exit, followAction, relapseAction } from "./shared-actions.ts";

/** A family leaves its file: by decision, notice and approval, and is followed until it stands by itself (aid.md §5). */
export const leavingSteps = {
  exit_proposed: {
    title: { zh: "退出评议", en: "Deciding on leaving" },
    by: { power: "aid.check", level: ["own", "township"] },
    within: policy.gradeWithin,
    whenLate: "escalate",
    aside: true,
    may: {
      moveAway: moveAwayAction,
      exit: action({
        ...exit,
        title: { zh: "同意，进入公示", en: "Agree, and put on notice" },
        kind: "primary",
        decides: false,
      }),
      recheck: action({
        title: { zh: "先复核", en: "Check again first" },
        to: "reverifying",
        decides: false,
        asks: { note: reason },
      }),
      keep: action({
        title: { zh: "不同意，继续在档", en: "Keep on file" },
        to: "active",
        decides: false,
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
    notice: { ...exitNotice, upheld: "active" },
    may: { cancel: cancelAction, moveAway: moveAwayAction },
  },
  exit_review: {
    title: { zh: "县级审批退出", en: "County approves the exit" },
    by: { power: "aid.review", level: "county" },
    within: policy.reviewWithin,
    whenLate: "escalate",
    passTo: "exited",
    aside: true,
    may: {
      moveAway: moveAwayAction,
      approve: action({
        title: { zh: "同意退出", en: "Approve" },
        to: "exited",
        kind: "primary",
        asks: { note: opinion },
        sets: (view) => ({ exitedOn: view.today }),
        effects: farewell,
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
      moveAway: moveAwayAction,
      visit: followAction,
      relapse: relapseAction,
      cancel: cancelAction,
    },
  },
  monitoring: {
    title: { zh: "跟踪结束评估", en: "End of follow-up" },
    by: { power: "aid.review", level: ["county", "own"] },
    within: policy.reviewWithin,
    whenLate: "escalate",
    aside: true,
    may: {
      moveAway: moveAwayAction,
      close: action({
        title: { zh: "稳定脱困，结案", en: "Close" },
        to: "closed",
        kind: "primary",
        asks: { note: opinion },
        needs: seenSinceExit,
      }),
      visit: followAction,
      relapse: relapseAction,
      cancel: cancelAction,
    },
  },
} as const;

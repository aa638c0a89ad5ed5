import { action, type View } from "../../../procedures/define.ts";
import { oneOf, yesNo } from "../../../procedures/fields.ts";
import { cancelReasons } from "./facts.ts";
import { exitAsks, followAsks, missing, reason } from "./questions.ts";
import { exitHolds, visitedInTime } from "./rules.ts";

/*
 * Actions that several steps of a hardship file offer alike.
 */

export const returnAction = action({
  title: { zh: "退回补正", en: "Return for completion" },
  to: "returned",
  asks: { note: missing },
});

/** By the applicant, whose turn it is. */
export const withdrawAction = action({
  title: { zh: "撤回申请", en: "Withdraw" },
  to: "withdrawn",
  kind: "danger",
});

export const refuseAction = action({
  title: { zh: "不予认定", en: "Refuse" },
  to: "rejected",
  kind: "danger",
  asks: { note: reason },
  confirm: {
    zh: "不予认定后案件办结，申请人会收到理由。",
    en: "This ends the case; the applicant is told the reason.",
  },
});

export const cancelAction = action({
  title: { zh: "注销档案", en: "Cancel the file" },
  to: "cancelled",
  by: { power: "aid.review", level: "county" },
  decides: false,
  kind: "danger",
  asks: {
    exitReason: oneOf({ label: { zh: "注销原因", en: "Why" }, options: cancelReasons }),
    falsehood: yesNo({
      label: { zh: "是否因隐瞒收入或材料虚假", en: "Was income hidden, or were papers false" },
      required: false,
      showWhen: { key: "exitReason", in: ["ineligible_found"] },
    }),
    note: reason,
  },
  confirm: {
    zh: "注销不可撤销。材料虚假的，未发放的停止发放，已发放的通知财务追回。",
    en: "This cannot be undone. Where papers were false, aid not yet paid is stopped and what was paid is to be recovered.",
  },
  sets: (view) => ({ exitReason: view.asked.exitReason, falsehood: view.asked.falsehood === true }),
  effects: (view) => (view.asked.falsehood === true ? [{ do: "grant.stop" }] : []),
});

/** What is asked and settled wherever it is decided that a family leaves its file; who decides differs by step. */
export const exit = {
  to: "exiting",
  asks: exitAsks,
  check: exitHolds,
  sets: (view: View<{ readonly exitReason?: string }>) => ({ exitReason: view.asked.exitReason }),
} as const;

/** A visit to a family that has left its file, while it is followed. */
export const followAction = action({
  title: { zh: "登记走访", en: "Record a visit" },
  to: "stay",
  by: { power: "aid.check", level: ["own", "township", "county"] },
  decides: false,
  asks: followAsks,
  check: visitedInTime,
});

export const relapseAction = action({
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

import { maskName } from "../../../kernel/mask.ts";
import type { Text } from "../../../kernel/words.ts";
import type { NoticeField, View } from "../../../procedures/define.ts";
import * as policy from "../policies.ts";
import { categoryTitles, factsOf } from "./facts.ts";

/*
 * The two public notices of a file: what they show and what they never do (aid.md §6).
 */

function shown(view: View): readonly NoticeField[] {
  const facts = factsOf(view);
  const category = categoryTitles[facts.category ?? "none"] as Text;
  const cause = facts.causeClass ?? "";
  return [
    {
      label: { zh: "申请人", en: "Applicant" },
      value: view.applicant.name,
      inPublic: maskName(view.applicant.name),
    },
    { label: { zh: "所在工会", en: "Union" }, value: view.unit.name, inPublic: view.unit.name },
    { label: { zh: "拟认定类别", en: "Category" }, value: category, inPublic: category },
    { label: { zh: "致困原因", en: "Cause" }, value: cause, inPublic: cause },
  ];
}

export const filingNotice = {
  kind: "hardship-filing",
  kindTitle: { zh: "困难职工建档公示", en: "Notice of a hardship file" },
  title: () => ({ zh: "困难职工建档公示", en: "Notice of a hardship file" }),
  days: policy.noticeDays,
  scope: policy.noticeScope,
  shown,
};

export const exitNotice = {
  kind: "hardship-exit",
  kindTitle: { zh: "困难职工退出公示", en: "Notice of leaving the hardship file" },
  title: () => ({ zh: "困难职工退出公示", en: "Notice of leaving the hardship file" }),
  days: policy.noticeDays,
  scope: policy.noticeScope,
  shown: (view: View) => shown(view).slice(0, 2),
};

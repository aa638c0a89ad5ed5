import type { Effect, View } from "../../../procedures/define.ts";
import { categoryTitles, exitReasons, factsOf } from "./facts.ts";

/*
 * What the steps bring about, as data; effects.ts carries it out.
 */

/** Puts the file in one of its states, and the figures with it; nothing happens to a case without a file. */
export function fileState(state: string): (view: View) => readonly Effect[] {
  return () => [{ do: "hardship.state", state }];
}

/** Lets the household's identities go, so that another case may name them. */
export const release = (): readonly Effect[] => [{ do: "hardship.release" }];

/** The file gets its number and its liaison, the family a letter. */
export function filed(view: View<{ readonly liaison?: readonly string[] }>): readonly Effect[] {
  return [
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
  ];
}

/** The file keeps by when its liaison visits next. */
export function visitedOnFile(view: View): readonly Effect[] {
  const { nextVisitOn } = factsOf(view);
  return nextVisitOn ? [{ do: "hardship.visited", nextVisitOn }] : [];
}

/** The file stands for another year, with what the yearly check found; a family that must wait keeps its category. */
export function kept(view: View): readonly Effect[] {
  const { category, validTo } = factsOf(view);
  return [
    {
      do: "hardship.state",
      state: "active",
      category: category === "none" ? null : (category ?? null),
      validTo: validTo ?? null,
      refreshed: true,
    },
  ];
}

/** The written notice to the family (aid.md §5). */
export function farewell(view: View): readonly Effect[] {
  return [
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
  ];
}

import { defineService } from "../../../procedures/define.ts";
import * as policy from "../policies.ts";
import { asks, pages, paperRules } from "./asks.ts";
import { fileState, release } from "./consequences.ts";
import { factsOf } from "./facts.ts";
import { filingSteps } from "./filing.ts";
import { guide } from "./guide.ts";
import { leavingSteps } from "./leaving.ts";
import { onFileSteps } from "./on-file.ts";
import { firstStep, stated } from "./rules.ts";
import { checkStatement } from "./statement.ts";

/** 困难职工建档: the hardship file of a household (aid.md §2–6). One household, one file; file first, then aid. */
export const hardshipFile = defineService({
  id: "hardship-file",
  version: 1,
  numberCode: "KN",
  group: "care",
  ...guide,
  mayStart: { who: "member", onBehalf: "aid.check" },
  pins: [
    policy.livingLine,
    policy.relativeK,
    policy.deepOperator,
    policy.relativeOperator,
    policy.accidentRule,
    policy.rigidKinds,
    policy.imputedWage,
    policy.workingAgeFrom,
    policy.workingAgeUntil,
    policy.uncountedIncome,
    policy.exclusions,
    policy.fileValidMonths,
    policy.recheckLeadDays,
    policy.fileTier,
    policy.visitEveryMonths,
    policy.causeFreeMonths,
  ],
  knows: ["registerMatches", "destination"],
  asks,
  pages,
  papers: paperRules,
  qualifies: checkStatement,
  sets: stated,
  start: {
    among: ["submitted", "returned", "arriving"],
    choose: firstStep,
  },
  steps: { ...filingSteps, ...onFileSteps, ...leavingSteps },
  ends: {
    rejected: { title: { zh: "不予认定", en: "Refused" }, good: false },
    withdrawn: { title: { zh: "已撤回", en: "Withdrawn" }, good: false, rated: false },
    cancelled: { title: { zh: "已注销", en: "Cancelled" }, good: false, rated: false },
    closed: { title: { zh: "稳定脱困，已结案", en: "Closed: out of hardship" }, good: true },
    moved: {
      title: { zh: "已随人迁往外地", en: "Moved to another district with the family" },
      good: true,
      rated: false,
    },
    relapsed: {
      title: { zh: "返困，已另行建档", en: "Back in hardship; filed again" },
      good: true,
      rated: false,
    },
  },
  onReach: {
    moving: () => [{ do: "tell", to: "officers", template: "case.handed-over" }],
    submitted: (view) => (view.actions.length === 0 ? [{ do: "hardship.household" }] : []),
    arriving: () => [
      { do: "hardship.household" },
      { do: "tell", to: "officers", template: "case.handed-over" },
    ],
    moved: fileState("moved"),
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

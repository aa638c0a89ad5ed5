import type { Day } from "../../../kernel/day.ts";
import type { Text } from "../../../kernel/words.ts";
import type { View } from "../../../procedures/define.ts";
import type { linkageOf, Mismatch } from "./means-check.ts";
import type { testStatement } from "./statement.ts";

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
  /** The day of the last yearly check’s reckoning; none since the file was opened. */
  readonly testedOn?: Day;
  readonly exitedOn?: Day;
  readonly tier?: string;
  /** What a file brought from another district; its own case there reproduces the decision. */
  readonly carried?: Carried;
  readonly moved?: boolean;
  /** By when the liaison visits next. */
  readonly nextVisitOn?: Day;
  /** What must come back because papers were false, and what was stopped in time. Fen. */
  readonly recoverFen?: number;
  readonly stoppedFen?: number;
}

/** A file as it stood when its family moved away. */
export interface Carried {
  readonly fileNo: string;
  readonly fileId: string;
  readonly category: NonNullable<HardshipFacts["category"]>;
  readonly calculation: HardshipFacts["calculation"];
  readonly validTo: Day;
  readonly tier: string;
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

/** Reasons by which a family is out of hardship; they hold by the exit test alone (aid.md §5). */
export const recovered: readonly string[] = ["income_up", "reemployed", "illness_cured", "graduated"];

/** A file is cancelled for these alone; every other way out has its notice and its approval (aid.md §5). */
export const cancelReasons = exitReasons.filter((one) =>
  ["died", "moved", "retired", "ineligible_found"].includes(one.value),
);

import { addDays, addMonths, type Day } from "../../../kernel/day.ts";
import { refuse } from "../../../kernel/refusal.ts";
import type { View } from "../../../procedures/define.ts";
import * as policy from "../policies.ts";
import { causeClasses } from "./asks.ts";
import { factsOf, recovered } from "./facts.ts";
import { linkageOf, mismatchesOf } from "./means-check.ts";
import { type Statement, testStatement } from "./statement.ts";

/*
 * The rules of the route: what stands in the way of an action, what it establishes, which way it leads. All pure.
 */

/** A visit lies on a day that has come. Refuses `day-in-future`. */
export function visitedInTime(view: View<{ readonly visitedOn?: Day }>) {
  const { visitedOn } = view.asked;
  return visitedOn !== undefined && visitedOn > view.today
    ? refuse("day-in-future", {}, { at: "/answers/visitedOn" })
    : undefined;
}

/**
 * A visit on which a filing rests: on a day that has come, not by the applicant, and the consent to the check
 * signed. Refuses `day-in-future`, `own-case`, `check-unauthorised`.
 */
export function checkVisit(
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
export function refreshedSince(view: View) {
  const began = view.actions.findLastIndex(
    (one) => one.toStep === "reverifying" && (one.fromStep === "active" || one.fromStep === "exit_proposed"),
  );
  return view.actions.slice(began + 1).some((one) => one.name === "refresh")
    ? undefined
    : refuse("recheck-needs-forms");
}

/**
 * The exit test (aid.md §5): N ≥ k·L at a re-check, and no open cause for so many months. It is asked where a family is
 * said to be out of hardship, whatever made it so; where government relief covers it, or it wants to go, nothing is tested.
 * Refuses `exit-unproven`, `day-in-future`, `exit-too-soon`.
 */
export function exitHolds(view: View<{ readonly exitReason?: string; readonly causesGoneOn?: Day }>) {
  const { exitReason, causesGoneOn } = view.asked;
  if (!recovered.includes(exitReason ?? "")) return undefined;
  if (!aboveStandard(view)) return refuse("exit-unproven", {}, { at: "/answers/exitReason" });
  const at = "/answers/causesGoneOn";
  if (causesGoneOn === undefined) return refuse("required", {}, { at });
  if (causesGoneOn > view.today) return refuse("day-in-future", {}, { at });
  const months = view.policy(policy.causeFreeMonths);
  const from = addMonths(causesGoneOn, months);
  return from > view.today ? refuse("exit-too-soon", { months, on: from }, { at }) : undefined;
}

/** Whether the last yearly check found an income that is neither deep nor relative hardship. */
function aboveStandard(view: Pick<View<unknown>, "facts">): boolean {
  const { testedOn, calculation } = factsOf(view);
  if (testedOn === undefined || !calculation) return false;
  return calculation.results.every((one) => one.test === "accident" || !one.passed);
}

/** Only what the place lists bars a household. */
export function checkExclusions(view: View<{ readonly exclusions?: readonly string[] }>) {
  const barring = view.policy(policy.exclusions).map((one) => one.code);
  const index = (view.asked.exclusions ?? []).findIndex((one) => !barring.includes(one));
  return index < 0 ? undefined : refuse("exclusion-elsewhere", {}, { at: `/answers/exclusions/${index}` });
}

/** What a statement establishes: the income test of the day the case opened, and the class of cause a notice may show. */
export function stated(view: View<{ readonly mainCause?: keyof typeof causeClasses }>) {
  const { carried } = factsOf(view);
  return {
    // A file that comes from another district was decided there, by the rules of that place.
    ...(carried && view.actions.length === 0
      ? { category: carried.category, calculation: carried.calculation }
      : retest(view as View)),
    causeClass: causeClasses[view.asked.mainCause ?? "other"] ?? causeClasses.other,
  };
}

/** What the registers say beside what the household stated. */
export function compared(view: View<unknown>) {
  const matches = view.known.registerMatches ?? [];
  return {
    mismatches: mismatchesOf(view.answers as Statement, matches),
    linkage: linkageOf(matches),
    checkedOn: view.today,
  };
}

/** A new visit opens a new check: what was explained before does not answer it. */
export function visited(view: View<{ readonly visitedOn?: Day; readonly visitors?: readonly string[] }>) {
  return { visitedOn: view.asked.visitedOn, visitors: view.asked.visitors?.length ?? 0, explained: false };
}

/** What the committee grades on: the test, and what was found to bar the household. */
export function found(view: View<{ readonly exclusions?: readonly string[] }>) {
  return { ...retest(view as View), exclusions: view.asked.exclusions ?? [] };
}

/** Where a case begins: a file brought along waits to be taken, a family that fell back hands in the forms of today. */
export function firstStep(view: Pick<View, "facts" | "links">): "arriving" | "returned" | "submitted" {
  const { carried, moved } = factsOf(view);
  if (carried) return "arriving";
  return view.links.previous && !moved ? "returned" : "submitted";
}

/** Whether the latest check found the registers at odds with what the household stated. */
export function contradicted(view: Pick<View, "facts">): boolean {
  return (factsOf(view).mismatches ?? []).length > 0;
}

/** One explanation answers one check: after it the officer accepts or refuses. */
export function notExplainedYet(view: View) {
  return factsOf(view).explained === true ? refuse("check-explained") : undefined;
}

/** Only an explanation given since the latest visit can be accepted. Refuses `nothing-explained`. */
export function explained(view: View) {
  return factsOf(view).explained === true ? undefined : refuse("nothing-explained");
}

/** Whether the grading put the household in a category and found nothing that bars it. */
export function withinStandard(view: Pick<View, "facts">): boolean {
  const facts = factsOf(view);
  return facts.category !== "none" && (facts.exclusions ?? []).length === 0;
}

/** Who is no longer in need leaves, unless a cause is still open: the exit test asks for both (aid.md §5). */
export function stillInNeed(view: View<{ readonly causeOpen?: boolean }>) {
  return factsOf(view).category === "none" && view.asked.causeOpen !== true
    ? refuse("no-longer-in-need", {}, { at: "/answers/causeOpen" })
    : undefined;
}

/** The day the yearly check opens by itself. */
export function recheckDay(view: View): Day | null {
  const { validTo } = factsOf(view);
  return validTo ? addDays(validTo, -view.policy(policy.recheckLeadDays)) : null;
}

/** By when the liaison visits next, after a visit on a day. */
export function nextVisit(view: Pick<View, "policy">, on: Day): Day {
  return addMonths(on, view.policy(policy.visitEveryMonths));
}

/** A visit to a household on file, and the next. */
export function caredFor(view: View<{ readonly visitedOn?: Day }>) {
  const visitedOn = view.asked.visitedOn ?? view.today;
  return { visitedOn, nextVisitOn: nextVisit(view, visitedOn) };
}

/** What filing establishes. */
export function onFile(view: Pick<View, "today" | "policy">) {
  return {
    validTo: validFromToday(view),
    filedOn: view.today,
    tier: view.policy(policy.fileTier),
    nextVisitOn: nextVisit(view, view.today),
  };
}

/** The test of the yearly check, and what government registers say of the household by now. */
export function recheckedToday(view: View) {
  return {
    ...retest(view, view.today),
    testedOn: view.today,
    linkage: linkageOf(view.known.registerMatches ?? []),
  };
}

/** Nobody is out of hardship unseen: the family was visited since it left (aid.md §5). */
export function seenSinceExit(view: View) {
  const left = view.actions.findLastIndex((one) => one.toStep === "exited" && one.fromStep !== "exited");
  return view.actions.slice(left + 1).some((one) => one.name === "visit")
    ? undefined
    : refuse("follow-up-unvisited");
}

/** The end of the year a file is valid for, from today. */
export function validFromToday(view: Pick<View, "today" | "policy">): Day {
  return addMonths(view.today, view.policy(policy.fileValidMonths));
}

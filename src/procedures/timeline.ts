import { instantText } from "../kernel/day.ts";
import { roleTitles } from "../units/powers.ts";
import type { Service } from "./define.ts";
import type { Answers, Fields } from "./fields.ts";
import { type FieldShown, showFields } from "./fields-shown.ts";
import { asksOf } from "./load.ts";
import { maskAnswers, type Reader } from "./masking.ts";
import { actionTitle, stepTitle } from "./titles.ts";
import type { CaseState } from "./words.ts";

/** What was done in a case, the first thing first, as this reader may see it. */
export function presentTimeline(
  service: Service,
  state: CaseState,
  reader: Reader,
  unitNames: ReadonlyMap<string, string>,
) {
  return state.actions.map((one) => {
    const asks: Fields = one.fromStep === null ? {} : asksOf(service, one.name, one.fromStep);
    const answers =
      one.fromStep === null || one.after.amends.length > 0 ? {} : maskAnswers(asks, one.answers, reader);
    return {
      seq: one.seq,
      id: one.id,
      name: one.name,
      title: actionTitle(service, one.name, one.fromStep),
      byName: one.byPerson === null ? null : one.byName,
      byUnitName: one.byUnitId ? (unitNames.get(one.byUnitId) ?? null) : null,
      byRole: one.byRole,
      byRoleTitle:
        one.byRole && one.byRole in roleTitles ? roleTitles[one.byRole as keyof typeof roleTitles] : null,
      at: instantText(one.at),
      onDay: one.onDay,
      fromStep: one.fromStep,
      toStep: one.toStep,
      toStepTitle: stepTitle(service, one.toStep),
      note: one.note,
      answers,
      fields: showAnswered(asks, answers),
      papers: Object.entries(asks)
        .filter(([, asked]) => asked.kind === "papers")
        .flatMap(([key]) => (one.answers[key] as readonly string[] | undefined) ?? []),
      passed: one.after.passed.map((name) => stepTitle(service, name)),
    };
  });
}

/** The questions behind some answers. All that a service asks stands in the catalogue, once. */
export function showAnswered(asks: Fields, answers: Answers): readonly FieldShown[] {
  return showFields(asks).filter(({ key }) => Object.hasOwn(answers, key));
}

import type { Answers } from "./fields.ts";
import type { ActionRecord, CaseState } from "./words.ts";

/** What was fixed about a case when it opened. */
export type CaseHead = Pick<
  CaseState,
  | "id"
  | "district"
  | "number"
  | "service"
  | "version"
  | "unit"
  | "applicant"
  | "onBehalfBy"
  | "subjectId"
  | "openedOn"
  | "pins"
  | "links"
>;

/** A case is its list of actions: the state after all of them. Validates nothing, throws on an empty list. */
export function fold(head: CaseHead, actions: readonly ActionRecord[]): CaseState {
  const first = actions[0];
  if (!first) throw new Error(`case ${head.id} has no actions`);
  return actions.slice(1).reduce(follow, opened(head, first));
}

function opened(head: CaseHead, action: ActionRecord): CaseState {
  const { after } = action;
  return {
    ...head,
    step: action.toStep,
    state: after.state,
    outcome: after.outcome,
    turn: after.turn,
    due: after.due,
    stepSince: after.stepSince,
    escalated: after.escalated,
    answers: action.answers,
    facts: after.facts,
    amountFen: after.amountFen,
    rating: null,
    ratedOn: null,
    endedOn: after.state === "ended" ? action.onDay : null,
    seq: action.seq,
    actions: [action],
  };
}

/** The case after one more action. */
export function follow(before: CaseState, action: ActionRecord): CaseState {
  const { after } = action;
  const answers = amended(before.answers, action.answers, after.amends);
  return {
    ...before,
    step: action.toStep,
    state: after.state,
    outcome: after.outcome,
    turn: after.turn,
    due: after.due,
    stepSince: after.stepSince,
    escalated: after.escalated,
    answers,
    facts: { ...before.facts, ...after.facts },
    pins: after.pins ?? before.pins,
    amountFen: after.amountFen,
    rating: after.rating?.stars ?? before.rating,
    ratedOn: after.rating ? action.onDay : before.ratedOn,
    endedOn: before.endedOn ?? (after.state === "ended" ? action.onDay : null),
    seq: action.seq,
    actions: [...before.actions, action],
  };
}

/** Answers with those to some questions replaced; a question now left unanswered has no answer any more. */
export function amended(before: Answers, given: Answers, keys: readonly string[]): Answers {
  if (keys.length === 0) return before;
  const kept = Object.entries(before).filter(([key]) => !keys.includes(key));
  const fresh = Object.entries(given).filter(([key]) => keys.includes(key));
  return Object.fromEntries([...kept, ...fresh]);
}

import { type Day, isDay } from "../../../kernel/day.ts";
import { isRefusal, type Refusal, refuse, together } from "../../../kernel/refusal.ts";
import type { Text } from "../../../kernel/words.ts";
import { given, type View } from "../../../procedures/define.ts";
import type { AnswersOf } from "../../../procedures/fields.ts";
import * as policy from "../policies.ts";
import { asks, eventCauses, expenseKinds, incomeKinds, relations } from "./asks.ts";
import { type IncomeRules, incomeTest, type Receipt } from "./income-test.ts";

/** What a household stated, typed. */
export type Statement = AnswersOf<typeof asks>;

/** The rules of the test as the case pinned them. */
function rulesOf(view: Pick<View, "policy">): IncomeRules {
  return {
    lineFen: view.policy(policy.livingLine),
    kBp: view.policy(policy.relativeK),
    deepOperator: view.policy(policy.deepOperator),
    relativeOperator: view.policy(policy.relativeOperator),
    accident: view.policy(policy.accidentRule),
    rigid: view.policy(policy.rigidKinds),
    imputedWageFen: view.policy(policy.imputedWage),
    workingAge: { from: view.policy(policy.workingAgeFrom), until: view.policy(policy.workingAgeUntil) },
    uncounted: view.policy(policy.uncountedIncome),
  };
}

/** The income test of what the household stated, as of a day: that on which the case opened, or that of a yearly check. */
export function testStatement(
  view: Pick<View, "answers" | "policy" | "openedOn">,
  on: Day = view.openedOn,
): Receipt {
  const said = given(asks, view.answers) as Statement;
  const members = said.members ?? [];
  const label = (name: string | undefined): Text => {
    const member = members.find((one) => one.name === name);
    return textOf(relations, member?.relation ?? "other");
  };
  return incomeTest(
    {
      day: on,
      ownsHome: (said.homes ?? 0) > 0,
      members: members.map((one) => ({
        key: one.name ?? "",
        label: textOf(relations, one.relation ?? "other"),
        born: bornOf(one.idNumber ?? ""),
        workStatus: one.workStatus ?? "",
        hasProof: one.hasProof === true,
        isAble:
          ["on_post", "flexible"].includes(one.workStatus ?? "") ||
          !["seriously_ill", "disabled"].includes(one.health ?? ""),
      })),
      incomes: (said.incomes ?? []).map((one) => ({
        member: one.who ?? "",
        kind: one.kind ?? "other",
        label: joined(label(one.who), textOf(incomeKinds, one.kind ?? "other")),
        amountFen: BigInt(one.amountFen ?? 0),
      })),
      expenses: (said.expenses ?? []).map((one) => ({
        kind: one.kind ?? "other",
        label: textOf(expenseKinds, one.kind ?? "other"),
        grossFen: BigInt(one.grossFen ?? 0),
        reimbursedFen: BigInt(one.reimbursedFen ?? 0),
      })),
      event:
        said.eventCostFen === undefined
          ? null
          : { costFen: BigInt(said.eventCostFen), compensatedFen: BigInt(said.eventCompensatedFen ?? 0) },
      mainCause: said.mainCause ?? "",
    },
    rulesOf(view),
  );
}

/** The birth date in an identity number of 18 characters. */
export function bornOf(number: string): Day | null {
  const written = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  return number.length === 18 && isDay(written) ? written : null;
}

/**
 * What types and single questions cannot see: the applicant is in the household once, nobody twice, incomes belong to
 * members, no reimbursement is above its cost, an event is not in the future.
 */
export function checkStatement(view: Pick<View, "answers" | "today" | "applicant">): Refusal | undefined {
  const said = given(asks, view.answers) as Statement;
  const members = said.members ?? [];
  const faults: Refusal[] = [];
  const selves = members.filter((one) => one.relation === "self");
  if (selves.length !== 1) faults.push(refuse("household-self", {}, { at: "/answers/members" }));
  for (const [index, one] of members.entries()) {
    if (members.findIndex((other) => other.idNumber === one.idNumber) !== index)
      faults.push(refuse("household-twice", {}, { at: `/answers/members/${index}/idNumber` }));
    if (one.relation === "self" && one.name !== view.applicant.name)
      faults.push(refuse("household-self-name", {}, { at: `/answers/members/${index}/name` }));
  }
  for (const [index, one] of (said.incomes ?? []).entries())
    if (!members.some((member) => member.name === one.who))
      faults.push(refuse("income-of-nobody", {}, { at: `/answers/incomes/${index}/who` }));
  for (const [index, one] of (said.expenses ?? []).entries())
    if ((one.reimbursedFen ?? 0) > (one.grossFen ?? 0))
      faults.push(refuse("reimbursed-too-much", {}, { at: `/answers/expenses/${index}/reimbursedFen` }));
  if ((eventCauses as readonly (string | undefined)[]).includes(said.mainCause)) {
    if (said.eventOn === undefined) faults.push(refuse("required", {}, { at: "/answers/eventOn" }));
  }
  // An event is known by its day and its cost together.
  if (said.eventOn !== undefined && said.eventCostFen === undefined)
    faults.push(refuse("required", {}, { at: "/answers/eventCostFen" }));
  if (said.eventOn !== undefined && said.eventOn > view.today)
    faults.push(refuse("day-in-future", {}, { at: "/answers/eventOn" }));
  if ((said.eventCompensatedFen ?? 0) > (said.eventCostFen ?? 0))
    faults.push(refuse("reimbursed-too-much", {}, { at: "/answers/eventCompensatedFen" }));
  const first = together(faults);
  return isRefusal(first) ? first : undefined;
}

function textOf(options: readonly { readonly value: string; readonly label: Text }[], value: string): Text {
  return options.find((one) => one.value === value)?.label ?? { zh: value, en: value };
}

function joined(one: Text, other: Text): Text {
  return { zh: `${one.zh} ${other.zh}`, en: `${one.en}: ${other.en}` };
}

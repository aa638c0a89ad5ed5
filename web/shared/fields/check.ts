import type { Day } from "../../../src/kernel/day.ts";
import { parseYuan } from "../../../src/kernel/money.ts";
import { isRefusal, sentence } from "../../../src/kernel/refusal.ts";
import type { Lang } from "../../../src/kernel/words.ts";
import { type Fields, isAsked } from "../../../src/procedures/fields.ts";
import { validate } from "../../../src/procedures/validate.ts";
import type { Answers, Field } from "../types.ts";

/** The server's own rules for answers, asked on this device before anything travels. */

interface Knowing {
  readonly today: string;
  readonly fictitious: boolean;
}

/** A question as the rules want it: its columns by key. */
function ruleOf(field: Field): Fields[string] {
  const { key: _, fields, ...rest } = field;
  return {
    ...rest,
    sensitive: field.sensitive ?? false,
    ...(fields && { fields: Object.fromEntries(fields.map((one) => [one.key, ruleOf(one)])) }),
  } as Fields[string];
}

/** Whether a question is asked, given the other answers. */
function asked(field: Field, answers: Answers): boolean {
  return isAsked(ruleOf(field), answers);
}

/** The questions that are asked, given the answers. */
export function askedAmong(fields: readonly Field[], answers: Answers): readonly Field[] {
  const held: Record<string, unknown> = { ...answers };
  return fields.filter((field) => {
    const isIt = asked(field, held);
    // What is not asked has no answer on which another question could hang.
    if (!isIt) delete held[field.key];
    return isIt;
  });
}

/** What is wrong with one answer, in words; `undefined` when nothing is. */
export function faultOf(field: Field, answers: Answers, knowing: Knowing, lang: Lang): string | undefined {
  const value = answers[field.key];
  // An amount that could not be read stays as it was typed, and its own refusal says why.
  if (field.kind === "money" && typeof value === "string" && value !== "") {
    const read = parseYuan(value);
    if (isRefusal(read)) return sentence(read, lang);
  }
  const found = validate(
    { [field.key]: { ...ruleOf(field), showWhen: undefined } as unknown as Fields[string] },
    value === undefined ? {} : { [field.key]: value },
    { today: knowing.today as Day, fictitious: knowing.fictitious, marks: true, beside: answers },
  );
  return isRefusal(found) ? sentence(found, lang) : undefined;
}

/** Every fault among the questions asked, by key. */
export function faultsOf(
  fields: readonly Field[],
  answers: Answers,
  knowing: Knowing,
  lang: Lang,
): Readonly<Record<string, string>> {
  const faults: Record<string, string> = {};
  for (const field of askedAmong(fields, answers)) {
    const fault = faultOf(field, answers, knowing, lang);
    if (fault) faults[field.key] = fault;
  }
  return faults;
}

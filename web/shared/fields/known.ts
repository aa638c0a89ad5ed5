import { type Condition, holds } from "../../../src/procedures/fields.ts";
import type { Answers, Field, Known } from "../types.ts";

/** The facts that fill in questions under what was answered so far, by the question's key. */
export function knownAmong(
  fields: readonly Field[],
  items: readonly Known[],
  answers: Answers,
): ReadonlyMap<string, Known> {
  const facts = new Map(items.map((item) => [item.key, item]));
  const found = new Map<string, Known>();
  for (const field of fields) {
    if (!holds(field.knownWhen as Condition | undefined, answers)) continue;
    const item = facts.get(field.known ?? (field.knownFrom ? field.key : ""));
    if (item && item.value !== null && item.value !== undefined) found.set(field.key, item);
  }
  return found;
}

/** Whether two answers say the same, lists and groups within them too; the order of a group's keys counts. */
export function sameAnswer(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

import type { Field, Known } from "../types.ts";

/** The facts that fill in questions, by the question's key. */
export function knownAmong(fields: readonly Field[], items: readonly Known[]): ReadonlyMap<string, Known> {
  const facts = new Map(items.map((item) => [item.key, item]));
  const found = new Map<string, Known>();
  for (const field of fields) {
    const item = facts.get(field.known ?? (field.knownFrom ? field.key : ""));
    if (item && item.value !== null && item.value !== undefined) found.set(field.key, item);
  }
  return found;
}

export function sameAnswer(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

import { maskCard, maskId, maskPhone } from "../kernel/mask.ts";
import type { Answers, Field, Fields } from "./fields.ts";

/**
 * Stands in an answer for a value that does not travel: a form is filled in with it, and the server puts the sealed value
 * in its place. It names no person: whose value it is follows from the case alone.
 */
export interface Mark {
  /** The fact of the applicant's file, by the question's own `known`; or `before`: what this case already holds. */
  readonly known: string;
  /** The value masked, as the form showed it. The server compares: a value changed meanwhile is not taken unseen. */
  readonly shown?: string;
}

/** The mark for what a case already holds. */
const before = "before";

/** Whether an answer is a mark: exactly its form and nothing beside it. */
export function isMark(value: unknown): value is Mark {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { known, shown, ...more } = value as Answers;
  return (
    typeof known === "string" &&
    (shown === undefined || typeof shown === "string") &&
    Object.keys(more).length === 0
  );
}

/** Whether a mark may stand for the answer to a question: a sensitive one, and by its own fact. */
export function standsFor(mark: Mark, asked: Pick<Field, "sensitive" | "known">): boolean {
  return asked.sensitive && (mark.known === before || mark.known === asked.known);
}

/** A sealed value as a form shows it. */
export function maskOf(kind: Field["kind"], value: string): string {
  switch (kind) {
    case "idNumber":
      return maskId(value);
    case "phone":
      return maskPhone(value);
    case "bankCard":
      return maskCard(value);
    default:
      return "******";
  }
}

/**
 * Answers with each mark replaced by the value it stands for. One that stands for nothing, or for something other than it
 * showed, stays a mark, and `validate` refuses it.
 */
export function withoutMarks(
  asks: Fields,
  answers: Answers,
  held: { readonly file: Answers; readonly before: Answers },
): Answers {
  return Object.fromEntries(
    Object.entries(answers).map(([key, value]) => {
      const asked = Object.hasOwn(asks, key) ? asks[key] : undefined;
      if (!asked || !isMark(value) || !standsFor(value, asked)) return [key, value];
      const found = value.known === before ? held.before[key] : held.file[value.known];
      if (typeof found !== "string") return [key, value];
      const asShown = value.shown === undefined || value.shown === maskOf(asked.kind, found);
      return [key, asShown ? found : value];
    }),
  );
}

/** Whether any answer is a mark. */
export function hasMarks(answers: Answers): boolean {
  return Object.values(answers).some(isMark);
}

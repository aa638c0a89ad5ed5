import type { Answers, Field, Fields } from "./fields.ts";
import { maskOf } from "./marks.ts";

/** Who reads a case: the applicant (everything is theirs, the card by its last digits), an officer who handles it, or another in scope. */
export type Reader = "applicant" | "handler" | "reader";

/**
 * Answers as this reader may see them. Numbers that identify a person or an account are masked for every officer
 * (they are revealed one at a time, with a purpose); other sensitive answers are for those who handle the case. A card
 * number travels to nobody.
 */
export function maskAnswers(asks: Fields, answers: Answers, reader: Reader): Answers {
  return Object.fromEntries(
    Object.entries(answers).map(([key, value]) => [
      key,
      asks[key] ? masked(asks[key], value, reader) : value,
    ]),
  );
}

function masked(asked: Field, value: unknown, reader: Reader): unknown {
  switch (asked.kind) {
    case "bankCard":
      return maskOf(asked.kind, String(value));
    case "idNumber":
    case "phone":
      return reader === "applicant" ? value : maskOf(asked.kind, String(value));
    case "list":
      return Array.isArray(value)
        ? value.map((row: Answers) => maskAnswers(asked.fields ?? {}, row, reader))
        : value;
    default:
      return asked.sensitive && reader === "reader" ? "***" : value;
  }
}

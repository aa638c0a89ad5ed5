import type { Answers, Field, Fields } from "./fields.ts";
import { heldMark, maskOf } from "./marks.ts";

/** Who reads a case: the applicant (everything is theirs, the card by its last digits), an officer who handles it, or another in scope. */
export type Reader = "applicant" | "handler" | "reader";

/**
 * Answers as this reader may see them. Numbers that identify a person or an account are masked for every officer
 * (they are revealed one at a time, with a purpose); other sensitive answers are for those who handle the case. A card
 * number travels to nobody.
 */
export function maskAnswers(asks: Fields, answers: Answers, reader: Reader): Answers {
  return shownTo(asks, answers, reader, ({ kind }, value) => maskOf(kind, value));
}

/**
 * Answers as they fill the form in which this reader amends them: what `maskAnswers` masks stands as a mark, so that what is
 * left untouched is kept as it was and no masked digits are ever sent as an answer.
 */
export function fillAnswers(asks: Fields, answers: Answers, reader: Reader): Answers {
  return shownTo(asks, answers, reader, ({ kind }, value, row) => heldMark(kind, value, row));
}

type Cover = (asked: Field, value: string, row?: number) => unknown;

function shownTo(asks: Fields, answers: Answers, reader: Reader, cover: Cover, row?: number): Answers {
  return Object.fromEntries(
    Object.entries(answers).map(([key, value]) => [
      key,
      asks[key] ? covered(asks[key], value, reader, cover, row) : value,
    ]),
  );
}

function covered(asked: Field, value: unknown, reader: Reader, cover: Cover, row?: number): unknown {
  switch (asked.kind) {
    case "bankCard":
      return cover(asked, String(value), row);
    case "idNumber":
    case "phone":
      return reader === "applicant" ? value : cover(asked, String(value), row);
    case "list":
      return Array.isArray(value)
        ? value.map((one: Answers, at) => shownTo(asked.fields ?? {}, one, reader, cover, at))
        : value;
    default:
      return asked.sensitive && reader === "reader" ? "***" : value;
  }
}

import { maskCard, maskId, maskPhone } from "../kernel/mask.ts";
import type { Answers, Field, Fields } from "./fields.ts";

/** Who reads a case: the applicant (everything is theirs), an officer who handles it, or another in scope. */
export type Reader = "applicant" | "handler" | "reader";

/**
 * Answers as this reader may see them. Numbers that identify a person or an account are masked for every officer
 * (they are revealed one at a time, with a purpose); other sensitive answers are for those who handle the case.
 */
export function maskAnswers(asks: Fields, answers: Answers, reader: Reader): Answers {
  if (reader === "applicant") return answers;
  return Object.fromEntries(
    Object.entries(answers).map(([key, value]) => [
      key,
      asks[key] ? masked(asks[key], value, reader) : value,
    ]),
  );
}

function masked(asked: Field, value: unknown, reader: Reader): unknown {
  switch (asked.kind) {
    case "idNumber":
      return maskId(String(value));
    case "phone":
      return maskPhone(String(value));
    case "bankCard":
      return maskCard(String(value));
    case "list":
      return Array.isArray(value)
        ? value.map((row: Answers) => maskAnswers(asked.fields ?? {}, row, reader))
        : value;
    default:
      return asked.sensitive && reader === "reader" ? "***" : value;
  }
}

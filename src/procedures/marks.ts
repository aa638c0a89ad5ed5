import { maskCard, maskId, maskPhone } from "../kernel/mask.ts";
import { type Answers, type Field, type Fields, holds } from "./fields.ts";

/**
 * Stands in an answer for a value that does not travel: a form is filled in with it, and the server puts the sealed value
 * in its place. It names no person: whose value it is follows from the case alone.
 */
export interface Mark {
  /** The fact of the applicant's file, by the question's own `known`; `before`: what this case already holds; `draft`: what the saved draft holds. */
  readonly known: string;
  /** The value masked, as the form showed it. The server compares: a value changed meanwhile is not taken unseen. */
  readonly shown?: string;
  /** In a row of a list, with `before`: which row of the case it is taken from, counted from 0; rows may have moved since. */
  readonly row?: number;
}

/** The mark for what a case already holds. */
const before = "before";
/** The mark for what was typed before and lies in the saved draft. */
const draft = "draft";

/** Whether an answer is a mark: exactly its form and nothing beside it. */
export function isMark(value: unknown): value is Mark {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { known, shown, row, ...more } = value as Answers;
  return (
    typeof known === "string" &&
    (shown === undefined || typeof shown === "string") &&
    (row === undefined || (Number.isInteger(row) && Number(row) >= 0)) &&
    Object.keys(more).length === 0
  );
}

/** Whether a mark may stand for the answer to a question: a sensitive one, and by its own fact. */
export function standsFor(mark: Mark, asked: Pick<Field, "sensitive" | "known">): boolean {
  return asked.sensitive && [before, draft, asked.known].includes(mark.known);
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
export function withoutMarks(asks: Fields, answers: Answers, held: Held): Answers {
  return Object.fromEntries(
    Object.entries(answers).map(([key, value]) => {
      const asked = Object.hasOwn(asks, key) ? asks[key] : undefined;
      if (asked?.kind === "list" && Array.isArray(value)) {
        const inRow: Held = { file: {}, before: {}, draft: {}, rows: rowsOf(held.before[key]) };
        return [key, value.map((row) => (isRow(row) ? withoutMarks(asked.fields ?? {}, row, inRow) : row))];
      }
      if (!asked || !isMark(value) || !standsFor(value, asked)) return [key, value];
      const found = valueBehind(key, value, asked, answers, held);
      if (typeof found !== "string") return [key, value];
      const asShown = value.shown === undefined || value.shown === maskOf(asked.kind, found);
      return [key, asShown ? found : value];
    }),
  );
}

/** Where the values behind marks lie. */
interface Held {
  readonly file: Answers;
  readonly before: Answers;
  readonly draft: Answers;
  /** In a row of a list: the rows that the case held. */
  readonly rows?: readonly Answers[];
}

function isRow(value: unknown): value is Answers {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function rowsOf(value: unknown): readonly Answers[] {
  return Array.isArray(value) ? value.filter(isRow) : [];
}

function valueBehind(key: string, mark: Mark, asked: Field, answers: Answers, held: Held): unknown {
  if (mark.known === before) return (mark.row === undefined ? held.before : held.rows?.[mark.row])?.[key];
  if (mark.known === draft) return held.draft[key];
  // What is filled in under one answer alone stands for nothing under another.
  return holds(asked.knownWhen, answers) ? held.file[mark.known] : undefined;
}

/** Whether any answer is a mark, or holds one in a row. */
export function hasMarks(answers: Answers): boolean {
  return Object.values(answers).some(
    (one) => isMark(one) || (Array.isArray(one) && one.some((row) => isRow(row) && hasMarks(row))),
  );
}

/** What stands in a form for a value that the case holds and its reader may not see in clear. */
export function heldMark(kind: Field["kind"], value: string, row?: number): Mark {
  return { known: before, shown: maskOf(kind, value), ...(row !== undefined && { row }) };
}

/** Whether any answer stands for what the saved draft holds. */
export function marksDraft(answers: Answers): boolean {
  return Object.values(answers).some((one) => isMark(one) && one.known === draft);
}

/** A draft as it goes back to whoever typed it: a card number in it travels no more, a mark stands in its place. */
export function markedDraft(asks: Fields, answers: Answers): Answers {
  return Object.fromEntries(
    Object.entries(answers).map(([key, value]) => {
      const kind = Object.hasOwn(asks, key) ? asks[key]?.kind : undefined;
      const typed = kind === "bankCard" && typeof value === "string";
      return [key, typed ? { known: draft, shown: maskOf(kind, value) } : value];
    }),
  );
}

/** A draft as it is kept: where it holds a mark for what the former one held, that is put in its place. */
export function keptDraft(asks: Fields, answers: Answers, former: Answers): Answers {
  const held = { file: {}, before: {}, draft: former };
  return marksDraft(answers) ? withoutMarks(asks, answers, held) : answers;
}

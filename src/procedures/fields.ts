import type { Day } from "../kernel/day.ts";
import type { Text } from "../kernel/words.ts";

/** Every kind of question a service may ask. The web draws one control for each. */
export type FieldKind =
  | "text"
  | "longText"
  | "integer"
  | "money"
  | "day"
  | "month"
  | "oneOf"
  | "manyOf"
  | "yesNo"
  | "papers"
  | "list"
  | "idNumber"
  | "phone"
  | "bankCard"
  | "person"
  | "officers"
  | "unit"
  | "consent"
  | "percent";

/** One choice of a `oneOf` or `manyOf`. */
export interface Option {
  readonly value: string;
  readonly label: Text;
}

/**
 * What an answer must be for something to follow: one of `in` (or, of a `manyOf`, holding one of them); without `in`, any
 * answer at all. A question that is not asked itself has no answer.
 */
export interface Condition {
  readonly key: string;
  readonly in?: readonly (string | boolean)[];
}

/** A question, as data: the server validates by it, both web apps draw it, the API publishes it. */
export interface Field<Value = unknown> {
  readonly kind: FieldKind;
  readonly label: Text;
  readonly help?: Text;
  /** true unless told. */
  readonly required: boolean;
  /** Asked only under what an earlier question was answered with. */
  readonly showWhen?: Condition;
  readonly options?: readonly Option[];
  /** The columns of a `list`. */
  readonly fields?: Fields;
  /** Smallest and largest number, amount in fen, share in basis points, or count of a list. */
  readonly min?: number;
  readonly max?: number;
  /** Characters (graphemes) at most. */
  readonly maxLength?: number;
  /** Of a text: false where no digit belongs in it, the name an account is held under. true unless told. */
  readonly digits?: false;
  /**
   * Of a text: it names one row of an earlier list of the same form, by this column. The web offers those rows to choose
   * from; that it names one is for the service to check.
   */
  readonly among?: { readonly list: string; readonly column: string };
  /** Kept sealed, masked by default, never in a plain column. false unless told. */
  readonly sensitive: boolean;
  /** Where the system already knows it from; the web fills it in and says so. */
  readonly knownFrom?: Text;
  /** The fact of `GET /api/me/known` that fills it. */
  readonly known?: string;
  /** It is filled in only under such an answer: one’s own card is nobody else’s. */
  readonly knownWhen?: Condition;
  /** Of an identity number: the question that says which document it is on. A card that its digits tell unless answered. */
  readonly documentKind?: string;
  /** The kinds of paper a `papers` field takes. */
  readonly accept?: readonly string[];
  /** Exists in types alone: what a valid answer is. */
  readonly holds?: Value;
}

/** Questions by key. */
export type Fields = Readonly<Record<string, Field>>;

/** The valid answers to such questions. */
export type AnswersOf<Asks> = {
  readonly [Key in keyof Asks]?: Asks[Key] extends Field<infer Value> ? Value : never;
};

/** Answers whose questions are not known to the type checker. */
export type Answers = Readonly<Record<string, unknown>>;

interface Common {
  readonly label: Text;
  readonly help?: Text;
  readonly required?: boolean;
  readonly showWhen?: Field["showWhen"];
  readonly sensitive?: boolean;
  readonly knownFrom?: Text;
  readonly known?: string;
  readonly knownWhen?: Condition;
}

type Extra = Pick<
  Field,
  "options" | "fields" | "min" | "max" | "maxLength" | "accept" | "digits" | "among" | "documentKind"
>;

function field<Value>(kind: FieldKind, common: Common, extra: Extra = {}): Field<Value> {
  return {
    kind,
    ...extra,
    label: common.label,
    ...(common.help && { help: common.help }),
    required: common.required ?? true,
    ...(common.showWhen && { showWhen: common.showWhen }),
    sensitive: common.sensitive ?? false,
    ...(common.knownFrom && { knownFrom: common.knownFrom }),
    ...(common.known && { known: common.known }),
    ...(common.knownWhen && { knownWhen: common.knownWhen }),
  };
}

/** One line of text, 100 characters at most unless told. */
export function text(
  of: Common & { readonly maxLength?: number; readonly among?: Field["among"] },
): Field<string> {
  return field("text", of, { maxLength: of.maxLength ?? 100, ...(of.among && { among: of.among }) });
}

/** The name a bank account is held under: 50 characters at most, no digits. Sensitive. */
export function accountHolder(of: Common): Field<string> {
  return field("text", { ...of, sensitive: true }, { maxLength: 50, digits: false });
}

/** Several lines, 2,000 characters at most unless told. */
export function longText(of: Common & { readonly maxLength?: number }): Field<string> {
  return field("longText", of, { maxLength: of.maxLength ?? 2_000 });
}

/** A whole number. */
export function integer(of: Common & { readonly min?: number; readonly max?: number }): Field<number> {
  return field("integer", of, { min: of.min ?? 0, max: of.max ?? 1_000_000_000 });
}

/** An amount in fen. Its key ends in `Fen`. At most 100,000,000 yuan. */
export function money(of: Common & { readonly min?: number; readonly max?: number }): Field<number> {
  return field("money", of, { min: of.min ?? 0, max: of.max ?? 10_000_000_000 });
}

/** A share in basis points: 10,000 is the whole. @public */
export function percent(of: Common): Field<number> {
  return field("percent", of, { min: 0, max: 10_000 });
}

/** A day, `YYYY-MM-DD`. */
export function date(of: Common): Field<Day> {
  return field("day", of);
}

/** A month, `YYYY-MM`. @public */
export function month(of: Common): Field<string> {
  return field("month", of);
}

/** One of the options. */
export function oneOf<const Options extends readonly Option[]>(
  of: Common & { readonly options: Options },
): Field<Options[number]["value"]> {
  return field("oneOf", of, { options: of.options });
}

/** Some of the options. */
export function manyOf<const Options extends readonly Option[]>(
  of: Common & { readonly options: Options },
): Field<readonly Options[number]["value"][]> {
  return field("manyOf", of, { options: of.options });
}

/** Yes or no. */
export function yesNo(of: Common): Field<boolean> {
  return field("yesNo", of);
}

/** Papers handed in beforehand, by their ids; 30 at most. */
export function papers(
  of: Common & { readonly accept?: readonly string[]; readonly max?: number },
): Field<readonly string[]> {
  return field("papers", of, { max: of.max ?? 30, ...(of.accept && { accept: of.accept }) });
}

/** Rows of the same questions. */
export function list<const Columns extends Fields>(
  of: Common & { readonly fields: Columns; readonly min?: number; readonly max?: number },
): Field<readonly AnswersOf<Columns>[]> {
  return field("list", of, { fields: of.fields, min: of.min ?? 0, max: of.max ?? 50 });
}

/** An identity number, of the mainland unless `documentKind` names a question about the document; always sealed. */
export function idNumber(of: Common & { readonly documentKind?: string }): Field<string> {
  const { documentKind, ...common } = of;
  return field(
    "idNumber",
    { ...common, sensitive: true },
    documentKind === undefined ? {} : { documentKind },
  );
}

/** A telephone number; always sealed. */
export function phone(of: Common): Field<string> {
  return field("phone", { ...of, sensitive: true });
}

/** A bank card number; always sealed. */
export function bankCard(of: Common): Field<string> {
  return field("bankCard", { ...of, sensitive: true });
}

/** A person within the officer's scope, by id. @public */
export function person(of: Common): Field<string> {
  return field("person", of);
}

/** Officers by their ids, at least `min` (2 unless told). */
export function officers(of: Common & { readonly min?: number }): Field<readonly string[]> {
  return field("officers", of, { min: of.min ?? 2, max: 10 });
}

/** A union, by id. */
export function unit(of: Common): Field<string> {
  return field("unit", of);
}

/** A consent: only `true` goes on. */
export function consent(of: Common): Field<true> {
  return field("consent", of);
}

/** Whether a question is asked, given the answers beside it. */
export function isAsked(asked: Field, answers: Answers): boolean {
  return holds(asked.showWhen, answers);
}

/** Whether a condition holds of some answers; without one, it does. */
export function holds(condition: Condition | undefined, answers: Answers): boolean {
  if (!condition) return true;
  const answer = answers[condition.key];
  if (!condition.in) return !isEmpty(answer);
  const held = Array.isArray(answer) ? answer : [answer];
  return held.some((one) => condition.in?.includes(one as string | boolean));
}

/** Whether a question was left unanswered. */
export function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (typeof value === "string" && value.trim() === "") ||
    (Array.isArray(value) && value.length === 0)
  );
}

/** The answers apart: everyday ones, and those whose question is sensitive. */
export function partSensitive(
  asks: Fields,
  answers: Answers,
): { readonly plain: Answers; readonly sealed: Answers } {
  const plain: Record<string, unknown> = {};
  const sealed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(answers))
    (asks[key] && isSensitive(asks[key]) ? sealed : plain)[key] = value;
  return { plain, sealed };
}

/** A question is sensitive when it says so, or when one of its columns does. */
export function isSensitive(asked: Field): boolean {
  return asked.sensitive || Object.values(asked.fields ?? {}).some(isSensitive);
}

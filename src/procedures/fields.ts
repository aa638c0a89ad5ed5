import { parseCard, parseHolder } from "../kernel/bank-card.ts";
import { type Day, isDay, isMonth } from "../kernel/day.ts";
import { isIdKind, parseIdentity } from "../kernel/identity-number.ts";
import { isId } from "../kernel/ids.ts";
import { onceFor } from "../kernel/memo.ts";
import { parsePhone } from "../kernel/phone.ts";
import { isRefusal, type Or, type Refusal, refuse, together } from "../kernel/refusal.ts";
import { parseText } from "../kernel/text.ts";
import type { Text } from "../kernel/words.ts";
import { isMark, type Mark, standsFor } from "./marks.ts";

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

/** What validation must know beside the declaration. */
export interface FieldContext {
  readonly today: Day;
  /** Whether region 99 is taken. */
  readonly fictitious: boolean;
  /** A form may hold marks; where answers are judged to be written down, every one has been replaced. false unless told. */
  readonly marks?: boolean;
  /** Answers beside those that are judged, where one question is judged alone. */
  readonly beside?: Answers;
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

/**
 * The answers as the declaration wants them: trimmed, checked, nothing more than was asked. Answers to
 * questions that are not asked in this case are left out. All faults are told at once, each by its JSON
 * pointer below `at`. Refuses `unknown-field`, what was left out (`missing`), and what each kind refuses.
 */
export function validate(asks: Fields, given: unknown, context: FieldContext, at = "/answers"): Or<Answers> {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return refuse("bad-answer", { label: { zh: "回答", en: "the answers" } }, { at });
  const source = given as Answers;
  const faults: Refusal[] = [];
  const clean: Record<string, unknown> = {};
  const held: Record<string, unknown> = { ...source };
  for (const key of Object.keys(source))
    if (!Object.hasOwn(asks, key))
      faults.push(refuse("unknown-field", { key: key.slice(0, 60) }, { at: `${at}/${pointer(key)}` }));
  for (const [key, asked] of Object.entries(asks)) {
    const place = `${at}/${pointer(key)}`;
    if (!isAsked(asked, held)) {
      delete held[key];
      continue;
    }
    const value = source[key];
    if (isEmpty(value)) {
      if (asked.required) faults.push(missing(asked, place));
      continue;
    }
    const read = isMark(value)
      ? readMark(asked, value, context, place)
      : readValue(asked, value, context, place, (other) => held[other] ?? context.beside?.[other]);
    if (isRefusal(read)) faults.push(read);
    else clean[key] = read;
  }
  return together(faults) ?? clean;
}

/** What is to be done about a question that nobody answered, in the word of its kind. */
function missing(asked: Field, at: string): Refusal {
  switch (asked.kind) {
    case "oneOf":
    case "yesNo":
      return refuse("choose-one", {}, { at });
    case "manyOf":
      return refuse("choose-some", {}, { at });
    case "unit":
    case "person":
    case "officers":
      return refuse("look-up", {}, { at });
    case "list":
      return refuse("add-one", {}, { at });
    case "papers":
      return refuse("hand-in", {}, { at });
    case "consent":
      return refuse("consent-needed", { label: asked.label }, { at });
    default:
      return refuse("required", {}, { at });
  }
}

function readMark(asked: Field, mark: Mark, context: FieldContext, at: string): Or<Mark> {
  if (!standsFor(mark, asked)) return refuse("bad-answer", { label: asked.label }, { at });
  return context.marks ? mark : refuse("not-on-file", { label: asked.label }, { at });
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (typeof value === "string" && value.trim() === "") ||
    (Array.isArray(value) && value.length === 0)
  );
}

function readValue(
  asked: Field,
  value: unknown,
  context: FieldContext,
  at: string,
  beside: (key: string) => unknown,
): Or<unknown> {
  const wrong = () => refuse("bad-answer", { label: asked.label }, { at });
  switch (asked.kind) {
    case "text":
    case "longText":
      if (typeof value !== "string") return wrong();
      if (asked.digits === false) return parseHolder(value, { max: asked.maxLength ?? 50, at });
      return parseText(value, { max: asked.maxLength ?? 100, lines: asked.kind === "longText", at });
    case "integer":
    case "money":
    case "percent":
      if (typeof value !== "number" || !Number.isSafeInteger(value)) return wrong();
      if (asked.min !== undefined && value < asked.min)
        return refuse(asked.kind === "money" ? "amount-below" : "number-below", limit(asked, asked.min), {
          at,
        });
      if (asked.max !== undefined && value > asked.max)
        return refuse(asked.kind === "money" ? "amount-above" : "number-above", limit(asked, asked.max), {
          at,
        });
      return value;
    case "day":
      return isDay(value) ? value : refuse("bad-day", { value: String(value).slice(0, 30) }, { at });
    case "month":
      return typeof value === "string" && isMonth(value) ? value : wrong();
    case "oneOf":
      return asked.options?.some((one) => one.value === value)
        ? value
        : refuse("not-an-option", { label: asked.label }, { at });
    case "manyOf":
      if (!Array.isArray(value)) return wrong();
      return value.every((one) => asked.options?.some((option) => option.value === one))
        ? [...new Set(value)]
        : refuse("not-an-option", { label: asked.label }, { at });
    case "yesNo":
      return typeof value === "boolean" ? value : wrong();
    case "consent":
      return value === true ? value : refuse("consent-needed", { label: asked.label }, { at });
    case "papers":
    case "officers":
      return readIds(asked, value, at);
    case "person":
    case "unit":
      return isId(value) ? value : refuse("bad-id", {}, { at });
    case "idNumber": {
      const kind = asked.documentKind === undefined ? undefined : beside(asked.documentKind);
      const read = parseIdentity(value, {
        ...(isIdKind(kind) && { kind }),
        fictitious: context.fictitious,
        today: context.today,
        from: "typed",
        at,
      });
      return isRefusal(read) ? read : read.number;
    }
    case "phone": {
      const read = parsePhone(value, at);
      return isRefusal(read) ? read : read.number;
    }
    case "bankCard": {
      const read = parseCard(value);
      return isRefusal(read) ? { ...read, at } : read.number;
    }
    case "list":
      return readList(asked, value, context, at);
  }
}

function readIds(asked: Field, value: unknown, at: string): Or<unknown> {
  if (!Array.isArray(value)) return refuse("bad-answer", { label: asked.label }, { at });
  const wrong = value.findIndex((one) => !isId(one));
  if (wrong >= 0) return refuse("bad-id", {}, { at: `${at}/${wrong}` });
  const ids = [...new Set(value as string[])];
  if (ids.length < (asked.min ?? 0)) return refuse("too-few", { min: asked.min ?? 0 }, { at });
  if (ids.length > (asked.max ?? 30)) return refuse("too-many-items", { max: asked.max ?? 30 }, { at });
  return ids;
}

function readList(asked: Field, value: unknown, context: FieldContext, at: string): Or<unknown> {
  if (!Array.isArray(value)) return refuse("bad-answer", { label: asked.label }, { at });
  if (value.length < (asked.min ?? 0)) return refuse("too-few", { min: asked.min ?? 0 }, { at });
  if (value.length > (asked.max ?? 50)) return refuse("too-many-items", { max: asked.max ?? 50 }, { at });
  const rows = value.map((row, index) => validate(asked.fields ?? {}, row, context, `${at}/${index}`));
  return together(rows.filter(isRefusal)) ?? rows;
}

function limit(asked: Field, value: number): { readonly limit: string } {
  return { limit: asked.kind === "money" ? (value / 100).toFixed(2) : String(value) };
}

function pointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
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
function isSensitive(asked: Field): boolean {
  return asked.sensitive || Object.values(asked.fields ?? {}).some(isSensitive);
}

/** JSON Schema (2020-12) of the answers to these questions, for the API's catalogue. */
export function jsonSchema(asks: Fields): Readonly<Record<string, unknown>> {
  const properties = Object.fromEntries(Object.entries(asks).map(([key, asked]) => [key, schemaOf(asked)]));
  const required = Object.entries(asks)
    .filter(([, asked]) => asked.required && !asked.showWhen)
    .map(([key]) => key);
  return { type: "object", properties, required, additionalProperties: false };
}

function schemaOf(asked: Field): Readonly<Record<string, unknown>> {
  const described = { title: asked.label.zh, ...(asked.help && { description: asked.help.zh }) };
  const uuid = { type: "string", format: "uuid" };
  const values = asked.options?.map((one) => one.value);
  const bounds = {
    ...(asked.min !== undefined && { minimum: asked.min }),
    ...(asked.max !== undefined && { maximum: asked.max }),
  };
  const counts = {
    ...(asked.min !== undefined && { minItems: asked.min }),
    ...(asked.max !== undefined && { maxItems: asked.max }),
  };
  switch (asked.kind) {
    case "text":
    case "longText":
      return { ...described, type: "string", maxLength: asked.maxLength };
    case "idNumber":
    case "phone":
    case "bankCard":
      return { ...described, type: "string" };
    case "integer":
    case "money":
    case "percent":
      return { ...described, type: "integer", ...bounds };
    case "day":
      return { ...described, type: "string", format: "date" };
    case "month":
      return { ...described, type: "string", pattern: "^\\d{4}-\\d{2}$" };
    case "oneOf":
      return { ...described, type: "string", enum: values };
    case "manyOf":
      return { ...described, type: "array", items: { type: "string", enum: values }, uniqueItems: true };
    case "yesNo":
      return { ...described, type: "boolean" };
    case "consent":
      return { ...described, type: "boolean", const: true };
    case "papers":
    case "officers":
      return { ...described, type: "array", items: uuid, ...counts };
    case "person":
    case "unit":
      return { ...described, ...uuid };
    case "list":
      return { ...described, type: "array", items: jsonSchema(asked.fields ?? {}), ...counts };
  }
}

/** A question as the API sends it (API.md, `Field`). */
export type FieldShown = Omit<Field, "holds" | "fields" | "sensitive"> & {
  readonly key: string;
  /** Told of itself and of its columns. */
  readonly sensitive?: boolean;
  /** The columns of a `list`. */
  readonly fields?: readonly FieldShown[];
};

/** Questions in order, as the API sends them. */
export const showFields: (asks: Fields) => readonly FieldShown[] = onceFor((asks: Fields) =>
  Object.entries(asks).map(([key, { holds: _, fields: inner, ...rest }]) => ({
    key,
    ...rest,
    sensitive: isSensitive({ ...rest, ...(inner && { fields: inner }) }),
    ...(inner && { fields: showFields(inner) }),
  })),
);

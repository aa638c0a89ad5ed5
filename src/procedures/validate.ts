import { parseCard, parseHolder } from "../kernel/bank-card.ts";
import { type Day, isDay, isMonth } from "../kernel/day.ts";
import { isIdKind, parseIdentity } from "../kernel/identity-number.ts";
import { isId } from "../kernel/ids.ts";
import { parsePhone } from "../kernel/phone.ts";
import { isRefusal, type Or, type Refusal, refuse, together } from "../kernel/refusal.ts";
import { parseText } from "../kernel/text.ts";
import { type Answers, type Field, type Fields, isAsked, isEmpty } from "./fields.ts";
import { isMark, type Mark, standsFor } from "./marks.ts";

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

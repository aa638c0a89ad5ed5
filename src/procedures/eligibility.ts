import type { Source } from "../kernel/refusal.ts";
import type { Text } from "../kernel/words.ts";

/** A fact a rule may ask about: a number (amounts in fen, days as `YYYY-MM-DD` text), a word, or yes and no. */
export interface FactDef {
  readonly title: Text;
  readonly kind: "number" | "text" | "day" | "flag";
  /** The kind of paper that proves it, when it must be proven. */
  readonly proof?: { readonly kind: string; readonly label: Text };
}

/** A value a rule compares with: written in the rule, or a parameter that a policy or a “what if” fills. */
export type Bound = number | string | boolean | { readonly param: string };

/** One condition, with the sentence that says why it is asked. */
export interface Condition<Name extends string> {
  readonly fact: Name;
  readonly is: "lt" | "le" | "eq" | "ge" | "gt";
  readonly than: Bound;
  readonly why: Text;
  readonly source?: Source;
}

/** One of several words. */
export interface OneOf<Name extends string> {
  readonly fact: Name;
  readonly in: readonly string[];
  readonly why: Text;
  readonly source?: Source;
}

/**
 * A rule of eligibility as data, written once and read three ways: for one household with its reasons
 * (`judge`), over a population as SQL (`eligibility-sql.ts`), and as “what if” by handing either other parameters.
 */
export type Rule<Name extends string = string> =
  | { readonly all: readonly Rule<Name>[] }
  | { readonly any: readonly Rule<Name>[] }
  | { readonly not: Rule<Name>; readonly why: Text }
  | Condition<Name>
  | OneOf<Name>;

/** The parameters of a rule: policy values, or those of a “what if”. */
export type Params = Readonly<Record<string, number | string | boolean>>;

/** A household's facts. One that is not known is absent or null. */
export type Known<Name extends string = string> = Readonly<
  Partial<Record<Name, number | string | boolean | null>>
>;

/** What was found on one condition: `null` when the fact is not known. */
export interface Reason {
  readonly fact: string;
  readonly passed: boolean | null;
  readonly why: Text;
  readonly source?: Source;
}

/** A rule's answer for one household. `passed` null: it hangs on a fact nobody knows yet. */
export interface Judgement {
  readonly passed: boolean | null;
  readonly reasons: readonly Reason[];
  /** Papers that would tell what is not known. */
  readonly missing: readonly { readonly kind: string; readonly label: Text }[];
}

/** The rule for one household: every condition with its answer, and the papers still wanted. Pure. */
export function judge<Name extends string>(
  rule: Rule<Name>,
  defs: Readonly<Record<Name, FactDef>>,
  known: Known<Name>,
  params: Params,
): Judgement {
  const reasons: Reason[] = [];
  const passed = answer(rule, known, params, reasons);
  const unknown = new Set(reasons.filter((one) => one.passed === null).map((one) => one.fact));
  const missing = [...unknown].flatMap((fact) => defs[fact as Name].proof ?? []);
  return { passed, reasons, missing };
}

function answer<Name extends string>(
  rule: Rule<Name>,
  known: Known<Name>,
  params: Params,
  reasons: Reason[],
): boolean | null {
  if ("all" in rule) return every(rule.all.map((one) => answer(one, known, params, reasons)));
  if ("any" in rule) {
    const inverse = every(rule.any.map((one) => negated(answer(one, known, params, reasons))));
    return negated(inverse);
  }
  if ("not" in rule) return negated(answer(rule.not, known, params, []));
  const value = known[rule.fact];
  const passed = holds(rule, value, params);
  reasons.push({ fact: rule.fact, passed, why: rule.why, ...(rule.source && { source: rule.source }) });
  return passed;
}

function holds(
  rule: Condition<string> | OneOf<string>,
  value: number | string | boolean | null | undefined,
  params: Params,
): boolean | null {
  // Nothing is one of none, known or not; SQL says the same.
  if ("in" in rule && rule.in.length === 0) return false;
  if (value === undefined || value === null) return null;
  return "in" in rule ? rule.in.includes(String(value)) : compare(value, rule.is, boundOf(rule.than, params));
}

/** Three-valued “and”, as SQL has it: one no is no, else one unknown is unknown. */
function every(answers: readonly (boolean | null)[]): boolean | null {
  if (answers.includes(false)) return false;
  return answers.includes(null) ? null : true;
}

function negated(value: boolean | null): boolean | null {
  return value === null ? null : !value;
}

/** A bound's value; a parameter that was not handed is a bug and throws. */
export function boundOf(bound: Bound, params: Params): number | string | boolean {
  if (typeof bound !== "object") return bound;
  const value = params[bound.param];
  if (value === undefined) throw new Error(`a rule's parameter was not given: ${bound.param}`);
  return value;
}

function compare(
  value: number | string | boolean,
  is: Condition<string>["is"],
  than: number | string | boolean,
) {
  if (typeof value !== typeof than) throw new TypeError(`cannot compare ${typeof value} with ${typeof than}`);
  switch (is) {
    case "lt":
      return value < than;
    case "le":
      return value <= than;
    case "eq":
      return value === than;
    case "ge":
      return value >= than;
    case "gt":
      return value > than;
  }
}

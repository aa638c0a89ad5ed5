import { z } from "zod";
import type { Day } from "../kernel/day.ts";
import { derivedId, type Id } from "../kernel/ids.ts";
import type { Fen } from "../kernel/money.ts";
import { ancestorsOf, type UnitPath } from "../kernel/path.ts";
import { type Or, refuse } from "../kernel/refusal.ts";
import type { Text } from "../kernel/words.ts";
import type { ClockRule } from "../kernel/working-days.ts";

/** Where a value is written, and how sure we are: verified, known, locally different, our own choice. */
export interface PolicySource {
  readonly document: Text | string;
  readonly article?: string;
  readonly page?: string;
  readonly url?: string;
  readonly tag: "V" | "K" | "U" | "D";
}

/** How a key's value is written (JSON in rows and pins), read (typed in code) and edited. Made by `policyType`. */
export interface PolicyType<Value> {
  readonly kind: "integer" | "percent" | "money" | "days" | "oneOf" | "yesNo" | "text" | "json";
  /** What its JSON must be. */
  readonly schema: z.ZodType;
  /** From the JSON of a row to the value. The JSON has passed `schema`. */
  readonly read: (json: unknown) => Value;
  readonly write: (value: Value) => unknown;
  readonly min?: number;
  readonly max?: number;
  readonly unit?: Text;
  readonly options?: readonly { readonly value: string; readonly title: Text }[];
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
  readonly unit?: Text;
}

const same = <Value>(): { read: (json: unknown) => Value; write: (value: Value) => unknown } => ({
  read: (json) => json as Value,
  write: (value) => value,
});

function bounded({ min = 0, max = Number.MAX_SAFE_INTEGER }: Bounds): z.ZodType<number> {
  return z.int().min(min).max(max);
}

const zClockRule = z.union([
  z.strictObject({
    days: z.int().min(0).max(3660),
    unit: z.enum(["working", "calendar"]),
    rollForward: z.boolean().optional(),
  }),
  z.strictObject({
    months: z.int().min(0).max(120),
    unit: z.literal("month"),
    rollForward: z.boolean().optional(),
  }),
]);

function atLeast(rule: z.output<typeof zClockRule>, least: { working: number; calendar: number }): boolean {
  return rule.unit === "month" ? rule.months >= 1 : rule.days >= least[rule.unit];
}

function tooShort({ working, calendar }: { working: number; calendar: number }): string {
  return `≥ ${working} 个工作日 working days / ${calendar} 个自然日 calendar days`;
}

/** The types a key may have. */
export const policyType = {
  /** A whole number. */
  integer: (bounds: Bounds = {}): PolicyType<number> => ({
    kind: "integer",
    schema: bounded(bounds),
    ...same<number>(),
    ...bounds,
  }),
  /** A share in basis points: 6000 is 60 %. 0–10000 unless bounded otherwise. */
  percent: (bounds: Bounds = {}): PolicyType<number> => {
    const given = { min: 0, max: 10_000, ...bounds };
    return { kind: "percent", schema: bounded(given), ...same<number>(), ...given };
  },
  /** An amount in fen. */
  money: (bounds: Bounds = {}): PolicyType<Fen> => ({
    kind: "money",
    schema: bounded(bounds),
    read: (json) => BigInt(json as number),
    write: (value) => Number(value),
    ...bounds,
  }),
  /** A clock: so many working or calendar days, or months; no shorter than `least`, where the rule has a floor. */
  days: (least?: { readonly working: number; readonly calendar: number }): PolicyType<ClockRule> => ({
    kind: "days",
    schema: least ? zClockRule.refine((rule) => atLeast(rule, least), tooShort(least)) : zClockRule,
    ...same<ClockRule>(),
  }),
  /** One of a few words. */
  oneOf: <const Options extends readonly { readonly value: string; readonly title: Text }[]>(
    options: Options,
  ): PolicyType<Options[number]["value"]> => ({
    kind: "oneOf",
    schema: z.enum(options.map((one) => one.value) as [string, ...string[]]),
    ...same<Options[number]["value"]>(),
    options,
  }),
  yesNo: (): PolicyType<boolean> => ({ kind: "yesNo", schema: z.boolean(), ...same<boolean>() }),
  text: (max = 200): PolicyType<string> => ({
    kind: "text",
    schema: z.string().min(1).max(max),
    ...same<string>(),
    max,
  }),
  /** Anything a zod schema describes: tables, layouts, lists of documents. */
  json: <Schema extends z.ZodType>(schema: Schema): PolicyType<z.output<Schema>> => ({
    kind: "json",
    schema,
    read: (json) => schema.parse(json) as z.output<Schema>,
    write: (value) => value,
  }),
};

/** A value that holds in the whole country from a day (always, when absent) until another. */
export interface PolicyDefault<Value> {
  readonly value: Value;
  readonly from?: Day;
  readonly until?: Day;
  readonly source: PolicySource;
}

/** A key: what it governs, how it is written, and what holds where nobody has set it. */
export interface Policy<Value> {
  readonly key: string;
  readonly title: Text;
  readonly help: Text;
  readonly type: PolicyType<Value>;
  /** At least one; of those whose span holds the day, the latest counts. */
  readonly defaults: readonly PolicyDefault<Value>[];
  /** Levels of units that may set it; every level when absent. */
  readonly setAt?: readonly string[];
  /** Of a key that was a constant first: what it was, by which the cases go that started before. Absent of all others. */
  readonly before?: Value;
}

// biome-ignore lint/suspicious/noExplicitAny: a registry of values of every type.
export type AnyPolicy = Policy<any>;

const registry = new Map<string, AnyPolicy>();

/** Declare a key. A key declared twice, or a default its own type refuses, is a bug and throws. */
export function definePolicy<Value>(declared: Policy<Value>): Policy<Value> {
  if (registry.has(declared.key)) throw new Error(`policy declared twice: ${declared.key}`);
  if (declared.defaults.length === 0) throw new Error(`policy without a default: ${declared.key}`);
  for (const one of declared.defaults) declared.type.schema.parse(declared.type.write(one.value));
  registry.set(declared.key, declared);
  return declared;
}

/** Every declared key, in the order of keys. */
export function policies(): readonly AnyPolicy[] {
  return [...registry.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** A key by its name; refuses `policy-unknown`. */
export function policyOf(key: string, at?: string): Or<AnyPolicy> {
  return registry.get(key) ?? refuse("policy-unknown", { key }, { at });
}

/** A value as a row holds it: set at a place from a day on. `value` null hands the place back to the one above. */
export interface PolicyRow {
  readonly id: Id<"policy">;
  readonly key: string;
  readonly place: UnitPath;
  readonly from: Day;
  readonly until: Day | null;
  readonly value: unknown;
  readonly source: PolicySource;
  readonly setBy: Id<"person"> | null;
  readonly setAt: Date;
  readonly supersededBy: Id<"policy"> | null;
}

/** What a case keeps of a key: the value it started under, where it came from. JSON throughout. */
export interface Pin {
  readonly id: Id<"policy">;
  readonly key: string;
  readonly value: unknown;
  readonly place: UnitPath;
  readonly from: Day | null;
  readonly source: PolicySource;
}

export type Pins = Readonly<Record<string, Pin>>;

const nation = "cn" as UnitPath;

/**
 * The value that holds at a place on a day: the row of the nearest place upwards whose span holds the day, the
 * latest of them when several do, and the national default when no place has set one. `rows` are those of this key.
 */
export function resolve(policy: AnyPolicy, rows: readonly PolicyRow[], place: UnitPath, on: Day): Pin {
  for (const at of [place, ...[...ancestorsOf(place)].reverse()]) {
    const row = holding(rows, at, on);
    if (row && row.value !== null)
      return { id: row.id, key: policy.key, value: row.value, place: at, from: row.from, source: row.source };
  }
  return defaultPin(policy, on);
}

/** The row of one place that holds on a day, if it has one. */
function holding(rows: readonly PolicyRow[], place: UnitPath, on: Day): PolicyRow | undefined {
  let found: PolicyRow | undefined;
  for (const row of rows) {
    if (row.place !== place || row.supersededBy !== null || row.from > on) continue;
    if (row.until !== null && on >= row.until) continue;
    if (!found || row.from > found.from || (row.from === found.from && row.setAt > found.setAt)) found = row;
  }
  return found;
}

function defaultPin(policy: AnyPolicy, on: Day): Pin {
  const holds = policy.defaults.filter(
    (one) => (one.from === undefined || one.from <= on) && (one.until === undefined || on < one.until),
  );
  const chosen = (holds.length > 0 ? holds : policy.defaults.slice(0, 1)).reduce((latest, one) =>
    (one.from ?? "") >= (latest.from ?? "") ? one : latest,
  );
  const value = policy.type.write(chosen.value);
  return {
    id: derivedId<"policy">("policy", policy.key, chosen.from ?? "", JSON.stringify(value)),
    key: policy.key,
    value,
    place: nation,
    from: chosen.from ?? null,
    source: chosen.source,
  };
}

/** A key's value among pins. One that was not pinned is a bug and throws, unless the pins are older than the key. */
export function pinned<Value>(policy: Policy<Value>, pins: Pins): Value {
  const pin = pins[policy.key];
  if (!pin) {
    if (policy.before !== undefined) return policy.before;
    throw new Error(`policy not pinned: ${policy.key}`);
  }
  return policy.type.read(pin.value);
}

/** The pins of every key as it holds nationally, without a database: for rules tested alone and pages shown before sign-in. */
export function defaultPins(keys: readonly AnyPolicy[], on: Day): Pins {
  return Object.fromEntries(keys.map((one) => [one.key, defaultPin(one, on)]));
}

/** A value from outside for a key, as its row will hold it. Refuses `policy-value` and names what is wrong with it. */
export function checkPolicyValue(
  policy: AnyPolicy,
  value: unknown,
  at?: string,
): Or<{ readonly json: unknown }> {
  const read = policy.type.schema.safeParse(value);
  if (read.success) return { json: read.data };
  const [issue] = read.error.issues;
  return refuse("policy-value", { title: policy.title, why: issue?.message ?? "" }, { at });
}

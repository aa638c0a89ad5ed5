import { type Day, daysBetween } from "../../../kernel/day.ts";
import { canonical } from "../../../kernel/hash.ts";
import { maskName } from "../../../kernel/mask.ts";
import type { Keyring } from "../../../kernel/seal.ts";
import { identityHash } from "../../../people/sealed.ts";
import { coveredOf } from "../../../procedures/record.ts";
import { pinsOf } from "./drafts.ts";
import {
  type CaseTable,
  caseTables,
  type Learned,
  type LearnedBatch,
  type Lessons,
  Opened,
  type PlayedLevel,
  type Row,
} from "./learn.ts";

/** What differs from case to case, wherever it stands in a pattern's rows. */
export type Slot =
  | { readonly of: "district" }
  /** An id of the case's own records. */
  | { readonly of: "id"; readonly n: number }
  | { readonly of: "applicant"; readonly what: "id" | "name" | "masked" | "identity" | "phone" | "idHash" }
  /** Another of the household. */
  | { readonly of: "relative"; readonly n: number; readonly born: Day; readonly what: "identity" | "idHash" }
  | {
      readonly of: "unit";
      readonly level: PlayedLevel;
      readonly what: "id" | "name" | "path";
    }
  | { readonly of: "officer"; readonly login: string; readonly what: "id" | "name" }
  /** So many days from the day on which the patterns were played. */
  | { readonly of: "day" | "month" | "year"; readonly days: number }
  | { readonly of: "number"; readonly n: number }
  | { readonly of: "fileNo" }
  | { readonly of: "code"; readonly n: number }
  | { readonly of: "batch"; readonly what: BatchFact }
  | { readonly of: "sealed"; readonly n: number }
  | { readonly of: "hash"; readonly n: number };

export type BatchFact =
  | "id"
  | "number"
  | "fundId"
  | "fundName"
  | "voucherId"
  | "position"
  | "debitId"
  | "creditId";

/** A text with slots between its fixed parts: one more part than slots. */
export interface Template {
  readonly parts: readonly string[];
  readonly slots: readonly number[];
}

export interface PatternTemplate {
  readonly slots: readonly Slot[];
  readonly lines: Readonly<Record<CaseTable, readonly Template[]>>;
  readonly sealed: readonly { readonly slot: number; readonly content: Template; readonly about: Template }[];
  /** The actions of each case in order: what their hash covers, and where it goes; the last also to the case. */
  readonly chains: readonly (readonly { readonly slot: number; readonly content: Template }[])[];
}

const opens = "\uE000";
const opensNumber = "\uE002";
const closes = "\uE001";
const marks = new RegExp(
  `"${opensNumber}(\\d+)${closes}"|${opensNumber}(\\d+)${closes}|${opens}(\\d+)${closes}`,
  "g",
);

function templateOf(text: string): Template {
  const parts: string[] = [];
  const slots: number[] = [];
  let from = 0;
  for (const match of text.matchAll(marks)) {
    parts.push(text.slice(from, match.index));
    slots.push(Number(match[1] ?? match[2] ?? match[3]));
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return { parts, slots };
}

/** The text with each slot's value between its parts: `values` has one at the number of every slot used. */
export function filled(template: Template, values: readonly string[]): string {
  const { parts, slots } = template;
  let text = parts[0]!;
  for (let i = 0; i < slots.length; i++) text += values[slots[i]!]! + parts[i + 1]!;
  return text;
}

/** Days within reach of the day of playing move with a case; older ones, such as births, stay. */
const reach = 1200;

/** The rows of a pattern as templates. */
export function compilePattern(ring: Keyring, lessons: Lessons, pattern: Learned): PatternTemplate {
  const { rows } = pattern;
  const slots: Slot[] = [];
  const known = new Map<string, number>();
  const slotOf = (slot: Slot): number => {
    const key = JSON.stringify(slot);
    const at = known.get(key) ?? slots.push(slot) - 1;
    known.set(key, at);
    return at;
  };
  const mark = (slot: Slot): string => `${opens}${slotOf(slot)}${closes}`;
  const markNumber = (slot: Slot): string => `${opensNumber}${slotOf(slot)}${closes}`;

  const words = wordsOf(lessons, pattern);
  const alternatives = [...words.keys()]
    .sort((one, other) => other.length - one.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const variable = new RegExp(`${alternatives.join("|")}|(?<![\\d-])\\d{4}-\\d{2}-\\d{2}(?![\\d-])`, "g");
  const decided = rows.aid_grant[0]?.decided_on as Day | undefined;
  const decidedDays = decided === undefined ? 0 : daysBetween(lessons.today, decided);

  const said = (text: string): string => {
    if (text === lessons.district) return mark({ of: "district" });
    if (decided !== undefined && text === rows.aid_grant[0]!.period)
      return mark({ of: "month", days: decidedDays });
    return text.replace(variable, (word) => {
      const slot = words.get(word);
      if (slot) return mark(slot);
      const days = daysBetween(lessons.today, word as Day);
      return Math.abs(days) > reach ? word : mark({ of: "day", days });
    });
  };
  const value = (one: unknown, key = ""): unknown => {
    if (typeof one === "string") return said(one);
    if (typeof one === "number" && key === "year" && one === rows.aid_grant[0]?.year)
      return markNumber({ of: "year", days: decidedDays });
    if (one instanceof Date) return said(one.toISOString());
    if (one === null || typeof one !== "object" || one instanceof Uint8Array) return one;
    if (Array.isArray(one)) return one.map((each) => value(each));
    return Object.fromEntries(
      Object.entries(one).map(([name, each]) => [name, name === "pins" ? each : value(each, name)]),
    );
  };

  const hashes = identityHashes(ring, pattern);
  const sealed: { slot: number; content: Template; about: Template }[] = [];
  const chains: { slot: number; content: Template }[][] = [];
  let actions = 0;
  const rowOf = (table: CaseTable, row: Row): Row => {
    const made: Record<string, unknown> = {};
    for (const [column, one] of Object.entries(row)) {
      if (column === "pins") made[column] = one;
      else if (one instanceof Opened) {
        const slot = slotOf({ of: "sealed", n: sealed.length });
        sealed.push({
          slot,
          content: templateOf(JSON.stringify(value(one.content))),
          about: templateOf(said(one.about)),
        });
        made[column] = new Hex(mark(slots[slot]!));
      } else if (column === "id_hash" && one !== null)
        made[column] = new Hex(mark(hashes.get(Buffer.from(one as Uint8Array).toString("hex"))!));
      else if (table === "batch_item" && column === "position")
        made[column] = markNumber({ of: "batch", what: "position" });
      else made[column] = value(one, column);
    }
    return made;
  };

  const lines: Partial<Record<CaseTable, Template[]>> = {};
  const pins = pinsOf(lessons);
  const lineOf = (table: CaseTable, row: Row): Template => {
    const columns = lessons.columns[table]!.filter(({ name }) => name !== "pins");
    const cells = columns.map(({ name, type }) => cell(row[name], type));
    if (table === "case_file") cells.push(String(pins.indexOf(JSON.stringify(row.pins))));
    return templateOf(`${cells.join("\t")}\n`);
  };
  // The actions first: their hashes are what a case's row ends with.
  const heads = new Map<unknown, string>();
  lines.case_action = rows.case_action.map((row) => {
    const { hash: _, ...content } = row;
    const made = rowOf("case_action", content);
    if (row.seq === 1) chains.push([]);
    const slot: Slot = { of: "hash", n: actions++ };
    chains.at(-1)!.push({ slot: slotOf(slot), content: templateOf(canonical(coveredOf(hashed(made)))) });
    heads.set(row.case_id, mark(slot));
    return lineOf("case_action", { ...made, hash: new Hex(mark(slot)) });
  });
  for (const table of caseTables)
    lines[table] ??= rows[table].map((row) => {
      const made = rowOf(table, row);
      return lineOf(
        table,
        table === "case_file" ? { ...made, head_hash: new Hex(heads.get(row.id)!) } : made,
      );
    });
  return { slots, lines: lines as PatternTemplate["lines"], sealed, chains };
}

/** Bytes whose hexadecimal digits are a slot. */
class Hex {
  readonly digits: string;
  constructor(digits: string) {
    this.digits = digits;
  }
}

/** An action as its hash covers it: bytes by their digits. */
const hashed = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).map(([name, one]) => [name, one instanceof Hex ? one.digits : one]));

/** A value as a cell of COPY's text form. */
export function cell(value: unknown, type: string): string {
  if (value === null || value === undefined) return "\\N";
  if (value instanceof Hex) return `\\\\x${value.digits}`;
  if (value instanceof Uint8Array) return `\\\\x${Buffer.from(value).toString("hex")}`;
  if (value instanceof Date) return value.toISOString();
  const text =
    type === "jsonb"
      ? JSON.stringify(value)
      : Array.isArray(value)
        ? `{${value.map((one) => JSON.stringify(one)).join(",")}}`
        : String(value);
  return text.replace(
    /[\\\t\n\r]/g,
    (sign) => ({ "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" })[sign]!,
  );
}

const ownIds: Readonly<Partial<Record<CaseTable, string>>> = {
  case_file: "id",
  case_action: "id",
  notice: "id",
  household: "id",
  household_member: "id",
  hardship_file: "id",
  aid_grant: "id",
  batch_item: "id",
  transfer: "id",
};

/** The texts of a pattern that stand for something else in each case. */
function wordsOf(lessons: Lessons, pattern: Learned): ReadonlyMap<string, Slot> {
  const { rows, applicant } = pattern;
  const words = new Map<string, Slot>();
  const say = (word: unknown, slot: Slot): void => {
    if (typeof word === "string" && word !== "") words.set(word, slot);
  };
  for (const [level, unit] of Object.entries(lessons.units) as [PlayedLevel, Lessons["units"]["own"]][])
    for (const what of ["id", "name", "path"] as const) say(unit[what], { of: "unit", level, what });
  for (const [login, officer] of Object.entries(lessons.officers))
    for (const what of ["id", "name"] as const) say(officer[what], { of: "officer", login, what });
  let ids = 0;
  for (const [table, column] of Object.entries(ownIds) as [CaseTable, string][])
    for (const row of rows[table])
      if (!words.has(row[column] as string)) say(row[column], { of: "id", n: ids++ });
  for (const [n, row] of rows.case_file.entries()) say(row.number, { of: "number", n });
  say(rows.hardship_file[0]?.file_no, { of: "fileNo" });
  for (const [n, row] of rows.verify_code.entries()) say(row.code, { of: "code", n });
  say(applicant.id, { of: "applicant", what: "id" });
  say(applicant.name, { of: "applicant", what: "name" });
  say(maskName(applicant.name), { of: "applicant", what: "masked" });
  for (const [number, slot] of relativesOf(pattern)) say(number, { ...slot, what: "identity" });
  say(applicant.identity, { of: "applicant", what: "identity" });
  say(applicant.phone, { of: "applicant", what: "phone" });
  const batch = lessons.batches.find(({ id }) => id === pattern.batch);
  if (batch) {
    const facts = batchFacts(batch);
    for (const what of ["id", "number", "fundId", "fundName", "voucherId", "debitId", "creditId"] as const)
      say(facts[what], { of: "batch", what });
  }
  return words;
}

/** What the rows of a pattern say of their batch. */
export function batchFacts({ rows }: LearnedBatch): Readonly<Record<Exclude<BatchFact, "position">, string>> {
  const [batch, fund] = [rows.batch[0]!, rows.fund[0]!];
  const account = (role: string) => rows.account_book.find((row) => row.role === role)!.id as string;
  return {
    id: batch.id as string,
    number: batch.number as string,
    fundId: fund.id as string,
    fundName: fund.name as string,
    voucherId: rows.voucher.find((row) => row.kind === "payment")!.id as string,
    debitId: account("RIGHTS"),
    creditId: account("BANK"),
  };
}

type Relative = Extract<Slot, { of: "relative" }>;

/** The identity numbers of a household's other members, in the order of its rows. */
function relativesOf(pattern: Learned): ReadonlyMap<string, Relative> {
  const found = new Map<string, Relative>();
  for (const row of pattern.rows.household_member) {
    const { idNumber } = (row.sealed as Opened).content as { idNumber?: string };
    if (idNumber === undefined || idNumber === pattern.applicant.identity) continue;
    const born = `${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}` as Day;
    found.set(idNumber, { of: "relative", n: found.size, born, what: "identity" });
  }
  return found;
}

/** The keyed hashes of a household's identity numbers, and whose they are. */
function identityHashes(ring: Keyring, pattern: Learned): ReadonlyMap<string, Slot> {
  const hashOf = (number: string) => identityHash(ring, { number }).toString("hex");
  const hashes = new Map<string, Slot>([
    [hashOf(pattern.applicant.identity), { of: "applicant", what: "idHash" }],
  ]);
  for (const [number, slot] of relativesOf(pattern)) hashes.set(hashOf(number), { ...slot, what: "idHash" });
  return hashes;
}

/** A thread that writes cases after their patterns: told who, where and when, it answers lines for COPY. */
import { hash as hashNow } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { addDays, type Day } from "../../../kernel/day.ts";
import { chainStart } from "../../../kernel/hash.ts";
import { identityCheck } from "../../../kernel/identity-number.ts";
import { maskName } from "../../../kernel/mask.ts";
import { type Keyring, seal } from "../../../kernel/seal.ts";
import { identityHash } from "../../../people/sealed.ts";
import { drawFrom } from "../draw.ts";
import { type DrawnMember, memberAt } from "../members.ts";
import type { DrawnUnit } from "../units.ts";
import { Lines, type ReadyTemplate, readyOf, SlotValues } from "./fill.ts";
import { type CaseTable, caseTables, type PlayedLevel } from "./learn.ts";
import { type BatchFact, filled, type PatternTemplate, type Slot } from "./template.ts";

/** Somebody by id and name. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** Where an applicant belongs, and who acts there. */
export interface CasePlace {
  readonly unit: DrawnUnit;
  readonly units: Readonly<Record<PlayedLevel, Named & { readonly path: string }>>;
  /** By the logins of the patterns' officers. */
  readonly officers: Readonly<Record<string, Named>>;
}

/** One applicant and what they go through. */
export interface Course {
  readonly pattern: number;
  readonly place: number;
  /** Their serial among the members. */
  readonly member: number;
  /** Days before the pattern's. */
  readonly shift: number;
  /** Unique in the run, and in the district. */
  readonly index: number;
  readonly indexInDistrict: number;
  readonly numbers: readonly string[];
  readonly fileNo: string;
  readonly batch: Readonly<Record<BatchFact, string>> | null;
}

export interface CaseTask {
  readonly places: readonly CasePlace[];
  readonly courses: readonly Course[];
}

export type CasePieces = Readonly<Record<CaseTable, Uint8Array>>;

interface CaseWork {
  readonly ring: Keyring;
  readonly seed: number;
  readonly today: Day;
  readonly patterns: readonly PatternTemplate[];
}

const { ring, seed, today, patterns } = workerData as CaseWork;
const digest = ring.suite === "international" ? "sha256" : "sm3";
const draw = drawFrom(0);

/** A pattern with its templates ready to be filled in. */
const ready = patterns.map(({ slots, lines, sealed, chains }) => ({
  slots,
  sealed: sealed.map(({ slot, content, about }) => ({ slot, about, content: readyOf(content) })),
  chains: chains.map((actions) => actions.map(({ slot, content }) => ({ slot, content: readyOf(content) }))),
  lines: caseTables.map((table): readonly ReadyTemplate[] => lines[table].map(readyOf)),
}));
const written = caseTables.map(() => new Lines());
const values = new SlotValues();
const scratch = new Lines();

parentPort!.on("message", (task: CaseTask) => {
  for (const course of task.courses) write(course, task.places[course.place]!);
  const pieces = Object.fromEntries(
    caseTables.map((table, at) => {
      const piece = written[at]!.taken();
      written[at]!.clear();
      return [table, piece];
    }),
  );
  parentPort!.postMessage(
    pieces,
    Object.values(pieces).map((piece) => piece.buffer),
  );
});

function write(course: Course, place: CasePlace): void {
  const pattern = ready[course.pattern]!;
  const { district } = place.unit;
  const applicant = memberAt(seed, place.unit, course.member);
  draw.startAt(seed ^ 0x5bd1e995, course.index + 1);
  const openedMs = Date.parse(`${dayAt(-course.shift)}T00:00:00Z`);
  const texts = pattern.slots.map((slot) => slotValue(slot, course, place, applicant, openedMs));
  values.clear();
  for (let slot = 0; slot < texts.length; slot++) values.set(slot, texts[slot]!);
  for (const { slot, content, about } of pattern.sealed) {
    const target = { compartment: district, about: filled(about, texts) };
    scratch.clear();
    scratch.fill(content, values);
    values.set(slot, Buffer.from(seal(ring, target, scratch.written())).toString("hex"));
  }
  for (const actions of pattern.chains) {
    let previous: string = chainStart;
    for (const { slot, content } of actions) {
      scratch.clear();
      scratch.ascii(previous);
      scratch.ascii("\n");
      scratch.fill(content, values);
      previous = hashNow(digest, scratch.written(), "hex");
      values.set(slot, previous);
    }
  }
  for (let table = 0; table < written.length; table++)
    for (const template of pattern.lines[table]!) written[table]!.fill(template, values);
}

function slotValue(
  slot: Slot,
  course: Course,
  place: CasePlace,
  applicant: DrawnMember,
  openedMs: number,
): string {
  switch (slot.of) {
    case "district":
      return place.unit.district;
    case "id":
      return draw.id(openedMs);
    case "applicant":
      if (slot.what === "masked") return maskName(applicant.name);
      if (slot.what === "idHash") return hashOf(applicant.identity);
      return applicant[slot.what];
    case "relative": {
      const number = relativeNumber(place.unit.district, slot.born, slot.n, course.indexInDistrict);
      return slot.what === "idHash" ? hashOf(number) : number;
    }
    case "unit":
      return place.units[slot.level][slot.what];
    case "officer":
      return (place.officers[slot.login] ?? place.officers["chair.county"]!)[slot.what];
    case "day":
      return dayAt(slot.days - course.shift);
    case "month":
      return dayAt(slot.days - course.shift).slice(0, 7);
    case "year":
      return dayAt(slot.days - course.shift).slice(0, 4);
    case "number":
      return course.numbers[slot.n]!;
    case "fileNo":
      return course.fileNo;
    case "code":
      return codeOf();
    case "batch":
      return course.batch![slot.what];
    default:
      return ""; // sealed and hashed when the rest is known
  }
}

const days = new Map<number, Day>();

/** The day so many days from the patterns' day. */
function dayAt(offset: number): Day {
  const known = days.get(offset);
  if (known !== undefined) return known;
  const day = addDays(today, offset);
  days.set(offset, day);
  return day;
}

const hashOf = (number: string): string => identityHash(ring, { number }).toString("hex");

/**
 * The identity number of a relative: born in the pattern's year or close to it, with a sequence below those of members,
 * and no two of a district alike.
 */
function relativeNumber(district: string, born: Day, n: number, index: number): string {
  const serial = index * 4 + n;
  const dayOfYear = serial % 365;
  const year = Number(born.slice(0, 4)) - (Math.floor(serial / 36_500) % 20);
  const birth = addDays(`${year}-01-01` as Day, dayOfYear);
  const body = `${district}${birth.replaceAll("-", "")}${String(Math.floor(serial / 365) % 100).padStart(3, "0")}`;
  return body + identityCheck(body);
}

const letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

function codeOf(): string {
  let code = "ZJ";
  for (let i = 0; i < 12; i++) code += (i % 4 === 0 ? "-" : "") + letters[draw.word() % letters.length];
  return code;
}

import { BinaryRows, binaryDay } from "../../db/copy-binary.ts";
import { addDays, type Day, day, daysBetween } from "../../kernel/day.ts";
import { identityCheck } from "../../kernel/identity-number.ts";
import type { Keyring } from "../../kernel/seal.ts";
import { type LookupMany, lookupMany, type SealMany, sealMany } from "../../kernel/seal-many.ts";
import { changeOf } from "../../people/member-change.ts";
import type { PersonSealed } from "../../people/sealed.ts";
import { type Draw, drawFrom } from "./draw.ts";
import { type DrawnName, drawNameParts, type NamePart, nameOf } from "./names.ts";
import { type DrawnUnit, unitsEntered } from "./units.ts";

/** A member as drawn from the seed and their serial alone, anywhere in the federation. */
export interface DrawnMember extends DrawnName {
  readonly id: string;
  readonly male: boolean;
  readonly born: Day;
  readonly joinedOn: Day;
  readonly retained: boolean;
  readonly identity: string;
  readonly phone: string;
}

/** The tables a member stands in, each with its columns in the order its rows are written. */
export const memberTables = {
  person: `district, path, unit_id, employer_name, new_employment_group, employment_type, employment_status, to_complete,
    id, name, name_pinyin, name_initials, sex, birth_date, ethnicity, education, political_status, migrant, id_hash, sealed,
    member_status, created_on`,
  identity_lookup: "hash, district, person_id",
  phone_lookup: "hash, person_id, district",
  membership: `district, unit_id, path, id, person_id, member_no, status, status_reason, status_since, joined_on`,
  membership_event: `district, unit_id, path, id, membership_id, person_id, to_status, on_day, at, change`,
} as const;
export type MemberTable = keyof typeof memberTables;

const oldest = day("1964-01-01");
const youngest = day("2005-12-31");
/** Birth days times the sequences of a day: how many identity numbers a district has before one comes again. */
const sequences = 400;
const numbers = (daysBetween(oldest, youngest) + 1) * sequences;
/** Coprime to `numbers`: spreads the ages of a union's members, and meets every number once. */
const stride = 179_426_549;
const joinedWithin = 900;

const days = Array.from({ length: joinedWithin + 1 }, (_, after) => {
  const on = addDays(unitsEntered, after);
  // A member's number, up to the serial that ends it.
  const number = Buffer.from(`99${on.slice(0, 4)}${"0".repeat(9)}`);
  return { text: on, binary: binaryDay(on), ms: Date.parse(`${on}T08:00:00+08:00`), number };
});
const births = Array.from({ length: numbers / sequences }, (_, after) => {
  const on = addDays(oldest, after);
  return { text: on, digits: on.replaceAll("-", ""), binary: binaryDay(on) };
});
const educations = ["20", "30", "40", "60", "70"].map((code) => Buffer.from(code));
const phonePrefixes = ["13", "15", "17", "18", "19"];

/** What the draw decides, in its order; ids lie in bytes. */
interface Facts {
  joined: number;
  readonly id: Uint8Array;
  /** The parts of the name. */
  readonly name: NamePart[];
  male: boolean;
  retained: boolean;
  han: boolean;
  education: number;
  party: boolean;
  migrant: boolean;
  readonly membershipId: Uint8Array;
  readonly eventId: Uint8Array;
}

/** Draws the facts of one member. */
function factsOf(draw: Draw, seed: number, serial: number, facts: Facts): void {
  draw.startAt(seed, serial + 1);
  facts.joined = draw.whole(0, joinedWithin);
  const { ms } = days[facts.joined]!;
  draw.idInto(facts.id, 0, ms);
  drawNameParts(draw, facts.name);
  facts.male = draw.chance(0.58);
  facts.retained = draw.chance(0.03);
  facts.han = draw.chance(0.91);
  facts.education = draw.whole(0, 4);
  facts.party = draw.chance(0.1);
  facts.migrant = draw.chance(0.38);
  draw.idInto(facts.membershipId, 0, ms);
  draw.idInto(facts.eventId, 0, ms);
}

/** Where in the row of all identity numbers a serial stands; two serials less than `numbers` apart never meet. */
const slotOf = (serial: number): number => (serial * stride) % numbers;

function identityOf(district: string, serial: number, male: boolean): string {
  const slot = slotOf(serial);
  const { digits } = births[Math.floor(slot / sequences)]!;
  const body = `${district}${digits}${100 + (slot % sequences) * 2 + (male ? 1 : 0)}`;
  return body + identityCheck(body);
}

const phoneOf = (serial: number): string =>
  phonePrefixes[serial % 5]! + String(100_000_000 + Math.floor(serial / 5)).slice(-9);

/** What is sealed of a member; its length is the same for all. */
const sealedOf = (identity: string, phone: string): PersonSealed => ({ idNumber: identity, phone });

/** One member, for whoever needs to speak of them. */
export function memberAt(seed: number, unit: DrawnUnit, serial: number): DrawnMember {
  const draw = drawFrom(0);
  const facts = emptyFacts();
  factsOf(draw, seed, serial, facts);
  return {
    ...nameOf(facts.name),
    id: uuidText(facts.id),
    male: facts.male,
    born: births[Math.floor(slotOf(serial) / sequences)]!.text,
    joinedOn: days[facts.joined]!.text,
    retained: facts.retained,
    identity: identityOf(unit.district, serial, facts.male),
    phone: phoneOf(serial),
  };
}

const emptyFacts = (): Facts => ({
  joined: 0,
  id: new Uint8Array(16),
  name: [],
  male: false,
  retained: false,
  han: false,
  education: 0,
  party: false,
  migrant: false,
  membershipId: new Uint8Array(16),
  eventId: new Uint8Array(16),
});

/** Writes an id as its 36 characters. */
function uuidInto(id: Uint8Array, bytes: Uint8Array, at: number): void {
  for (let i = 0, to = at; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) bytes[to++] = 0x2d;
    bytes[to++] = hexDigits[id[i]! >> 4]!;
    bytes[to++] = hexDigits[id[i]! & 15]!;
  }
}
const hexDigits = Buffer.from("0123456789abcdef");

function uuidText(id: Uint8Array): string {
  const text = Buffer.alloc(36);
  uuidInto(id, text, 0);
  return text.toString("latin1");
}

const uuidBytes = (id: string): Uint8Array => Buffer.from(id.replaceAll("-", ""), "hex");

/** A part of a unit's members: some of a large union's, all of a small one's. */
export interface MemberRun {
  readonly unit: DrawnUnit;
  readonly from: number;
  readonly count: number;
}

/** How many members are drawn and sealed in one go. */
const atOnce = 512;
const aboutBytes = "person/".length + 36;
const blankContent = JSON.stringify(sealedOf("0".repeat(18), phoneOf(0)));
const contentBytes = blankContent.length;
const identityAt = blankContent.indexOf("0".repeat(18));
const phoneAt = blankContent.indexOf(phoneOf(0));

/** A text for each of those sealed in one go; what differs is written over it. */
const repeated = (text: string): Uint8Array => Buffer.from(text.repeat(atOnce));

/** Writes the rows of members. One for a thread; buffers are used again. */
export class MemberRows {
  readonly tables: Readonly<Record<MemberTable, BinaryRows>> = {
    person: new BinaryRows(),
    identity_lookup: new BinaryRows(),
    phone_lookup: new BinaryRows(),
    membership: new BinaryRows(),
    membership_event: new BinaryRows(),
  };
  readonly #ring: Keyring;
  readonly #seed: number;
  readonly #draw = drawFrom(0);
  readonly #facts: readonly Facts[] = Array.from({ length: atOnce }, emptyFacts);
  readonly #identityHash: LookupMany;
  readonly #phoneHash: LookupMany;
  readonly #abouts = repeated(`person/${"0".repeat(36)}`);
  readonly #contents = repeated(blankContent);
  #sealer: { readonly district: string; readonly many: SealMany } | null = null;

  constructor(ring: Keyring, seed: number) {
    this.#ring = ring;
    this.#seed = seed;
    this.#identityHash = lookupMany(ring, "id-number");
    this.#phoneHash = lookupMany(ring, "phone");
  }

  /** Adds a run; gives how many of them count as members. */
  add(run: MemberRun): number {
    let held = 0;
    for (let done = 0; done < run.count; done += atOnce)
      held += this.#some(run.unit, run.from + done, Math.min(atOnce, run.count - done));
    return held;
  }

  #some(unit: DrawnUnit, from: number, count: number): number {
    for (let i = 0; i < count; i++) factsOf(this.#draw, this.#seed, from + i, this.#facts[i]!);
    const blobs = this.#seal(unit, from, count);
    const { blobBytes } = this.#sealer!.many;
    const { person, identity_lookup, phone_lookup, membership, membership_event } = this.tables;
    const place = placeOf(unit);
    const contents = this.#contents;
    const [idHash, phoneHash] = [new Uint8Array(32), new Uint8Array(32)];
    person.room(count * (place.person.length + blobBytes + 460));
    identity_lookup.room(count * 90);
    phone_lookup.room(count * 90);
    membership.room(count * (place.record.length + 160));
    membership_event.room(count * (place.record.length + 180));
    let held = 0;
    for (let i = 0; i < count; i++) {
      const serial = from + i;
      const facts = this.#facts[i]!;
      const { id, name, retained, membershipId } = facts;
      const joined = days[facts.joined]!;
      const at = i * contentBytes;
      this.#identityHash(contents, at + identityAt, at + identityAt + 18, idHash, 0);
      this.#phoneHash(contents, at + phoneAt, at + phoneAt + 11, phoneHash, 0);
      const birth = births[Math.floor(slotOf(serial) / sequences)]!;
      const status = retained ? retainedText : activeText;
      if (!retained) held++;

      person.row(22);
      person.raw(place.person);
      person.field(id);
      for (const form of ["name", "pinyin", "initials"] as const) {
        const opened = person.open();
        for (const part of name) person.raw(part.utf8[form]);
        person.close(opened);
      }
      person.int2(facts.male ? 1 : 2);
      person.day(birth.binary);
      person.field(facts.han ? han : zhuang);
      person.field(educations[facts.education]!);
      person.field(facts.party ? party : masses);
      person.bool(facts.migrant);
      person.field(idHash);
      person.slice(blobs, i * blobBytes, (i + 1) * blobBytes);
      person.field(status);
      person.day(joined.binary);

      identity_lookup.row(3);
      identity_lookup.field(idHash);
      identity_lookup.field(place.district);
      identity_lookup.field(id);

      phone_lookup.row(3);
      phone_lookup.field(phoneHash);
      phone_lookup.field(id);
      phone_lookup.field(place.district);

      membership.row(10);
      membership.raw(place.record);
      membership.field(membershipId);
      membership.field(id);
      membership.field(joined.number);
      digitsInto(serial, membership.bytes, membership.length);
      membership.field(status);
      if (retained) membership.field(retiredText);
      else membership.nothing();
      membership.day(joined.binary);
      membership.day(joined.binary);

      membership_event.row(10);
      membership_event.raw(place.record);
      membership_event.field(facts.eventId);
      membership_event.field(membershipId);
      membership_event.field(id);
      membership_event.field(status);
      membership_event.day(joined.binary);
      membership_event.instant(joined.ms);
      const change = retained ? changes.RETAINED : changes.ACTIVE;
      if (change) membership_event.field(change);
      else membership_event.nothing();
    }
    return held;
  }

  /** Writes the numbers of some members into `#contents` and seals them. */
  #seal(unit: DrawnUnit, from: number, count: number): Uint8Array {
    if (this.#sealer?.district !== unit.district)
      this.#sealer = {
        district: unit.district,
        many: sealMany(this.#ring, unit.district, aboutBytes, contentBytes),
      };
    const [abouts, contents] = [this.#abouts, this.#contents];
    for (let i = 0; i < count; i++) {
      const serial = from + i;
      const facts = this.#facts[i]!;
      uuidInto(facts.id, abouts, (i + 1) * aboutBytes - 36);
      ascii(identityOf(unit.district, serial, facts.male), contents, i * contentBytes + identityAt);
      ascii(phoneOf(serial), contents, i * contentBytes + phoneAt);
    }
    return this.#sealer.many.seal(count, abouts, contents);
  }
}

/** Writes a number, right-aligned, over the zeros before `end`. */
function digitsInto(value: number, bytes: Uint8Array, end: number): void {
  for (let at = end - 1, rest = value; rest > 0; at--, rest = Math.floor(rest / 10))
    bytes[at] = 0x30 + (rest % 10);
}

function ascii(text: string, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}

const textOf = (text: string): Uint8Array => Buffer.from(text);
const [activeText, retainedText, retiredText] = ["ACTIVE", "RETAINED", "RETIRED"].map(textOf) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
/** What beginning in a state changes in the counted members. */
const changes = {
  ACTIVE: changeText("ACTIVE"),
  RETAINED: changeText("RETAINED"),
};

function changeText(status: "ACTIVE" | "RETAINED"): Uint8Array | null {
  const change = changeOf(null, status, { moved: false, reason: "IMPORTED" });
  return change === null ? null : textOf(change);
}

const [han, zhuang, party, masses] = ["01", "03", "01", "13"].map(textOf) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

/** The fields that all rows of a unit's members begin with. */
function placeOf(unit: DrawnUnit) {
  const known = places.get(unit);
  if (known) return known;
  const record = new BinaryRows(256);
  const [id, path] = [uuidBytes(unit.id), textOf(unit.path)];
  const district = textOf(unit.district);
  record.room(path.length + 40);
  record.field(district);
  record.field(id);
  record.field(path);
  const person = new BinaryRows(512);
  person.room(path.length + 40);
  person.field(district);
  person.field(path);
  person.field(id);
  for (const text of [unit.employer, unit.newEmployment, "CONTRACT", "ON_POST"])
    if (text === null) person.nothing();
    else person.text(text);
  person.emptyTexts();
  const made = { record: record.taken(), person: person.taken(), district };
  places.set(unit, made);
  return made;
}

const places = new WeakMap<
  DrawnUnit,
  { readonly record: Uint8Array; readonly person: Uint8Array; readonly district: Uint8Array }
>();

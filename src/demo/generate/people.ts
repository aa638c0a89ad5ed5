import { addDays, type Day, day, daysBetween, yearOf } from "../../kernel/day.ts";
import { identityCheck } from "../../kernel/identity-number.ts";
import type { Keyring } from "../../kernel/seal.ts";
import { changeOf } from "../../people/membership.ts";
import { identityHash, phoneHash, sealPerson } from "../../people/sealed.ts";
import type { Draw } from "./draw.ts";
import { drawName } from "./names.ts";
import type { DrawnUnit } from "./units.ts";

/** A member to be copied in: a line for each table they stand in. */
export interface DrawnMember {
  readonly id: string;
  readonly name: string;
  readonly district: string;
  readonly path: string;
  readonly unitId: string;
  readonly born: Day;
  readonly identity: string;
  readonly phone: string;
  readonly person: string;
  readonly identityLookup: string;
  readonly phoneLookup: string;
  readonly membership: string;
  readonly membershipEvent: string;
}

export const personCopy = `copy person (district, id, path, unit_id, name, name_pinyin, name_initials, sex, birth_date, ethnicity,
  education, political_status, employment_type, employment_status, employer_name, new_employment_group, migrant, id_hash,
  sealed, to_complete, member_status, created_on) from stdin`;
export const identityCopy = "copy identity_lookup (hash, district, person_id) from stdin";
export const phoneCopy = "copy phone_lookup (hash, person_id, district) from stdin";
export const membershipCopy = `copy membership (district, id, person_id, unit_id, path, member_no, status, status_reason,
  status_since, joined_on) from stdin`;
export const membershipEventCopy = `copy membership_event (district, id, membership_id, person_id, unit_id, path, from_status,
  to_status, reason, on_day, at, change) from stdin`;

const youngest = day("2005-12-31");
const oldest = day("1964-01-01");
const span = daysBetween(oldest, youngest);
const educations = ["20", "30", "40", "60", "70"] as const;
const nothing = "\\N";

/** One member of a union. `serial` is unique in the run: it makes the telephone number and the identity sequence. */
export function drawMember(
  draw: Draw,
  ring: Keyring,
  unit: DrawnUnit,
  serial: number,
  joinedOn: Day,
): DrawnMember {
  const atMs = Date.parse(`${joinedOn}T08:00:00+08:00`);
  const id = draw.id(atMs);
  const { name, pinyin, initials } = drawName(draw);
  const male = draw.chance(0.58);
  // A serial steps through birth days and sequences, so that no number is drawn twice in one district.
  const born = addDays(oldest, Math.floor(serial / 400) % span);
  const sequence = (serial % 400) * 2 + (male ? 1 : 0);
  const body = `${unit.district}${born.replaceAll("-", "")}${String(sequence + 100).padStart(3, "0")}`;
  const identity = body + identityCheck(body);
  const phone = `1${["3", "5", "7", "8", "9"][serial % 5]}${String(100_000_000 + serial).slice(-9)}`;
  const idHash = identityHash(ring, { number: identity }).toString("hex");
  const sealed = sealPerson(ring, unit.district, id, { idNumber: identity, phone }).toString("hex");
  const status = draw.chance(0.03) ? "RETAINED" : "ACTIVE";
  const membership = draw.id(atMs);
  return {
    id,
    name,
    district: unit.district,
    path: unit.path,
    unitId: unit.id,
    born,
    identity,
    phone,
    person: line(
      unit.district,
      id,
      unit.path,
      unit.id,
      name,
      pinyin,
      initials,
      male ? "1" : "2",
      born,
      draw.chance(0.91) ? "01" : "03",
      draw.pick(educations),
      draw.chance(0.1) ? "01" : "13",
      "CONTRACT",
      "ON_POST",
      unit.newEmployment ? nothing : unit.name.replace("工会委员会", ""),
      unit.newEmployment ?? nothing,
      draw.chance(0.38) ? "t" : "f",
      bytes(idHash),
      bytes(sealed),
      "{}",
      status,
      joinedOn,
    ),
    identityLookup: line(bytes(idHash), unit.district, id),
    phoneLookup: line(bytes(phoneHash(ring, phone).toString("hex")), id, unit.district),
    membership: line(
      unit.district,
      membership,
      id,
      unit.id,
      unit.path,
      `99${yearOf(joinedOn)}${String(serial).padStart(9, "0")}`,
      status,
      status === "RETAINED" ? "RETIRED" : nothing,
      joinedOn,
      joinedOn,
    ),
    membershipEvent: line(
      unit.district,
      draw.id(atMs),
      membership,
      id,
      unit.id,
      unit.path,
      nothing,
      status,
      nothing,
      joinedOn,
      `${joinedOn} 08:00:00+08`,
      changeOf(null, status, { moved: false, reason: "IMPORTED" }) ?? nothing,
    ),
  };
}

const bytes = (hex: string): string => `\\\\x${hex}`;
const line = (...cells: readonly string[]): string => `${cells.join("\t")}\n`;

import type { Role } from "../../units/powers.ts";
import { drawFrom } from "./draw.ts";
import { type DrawnMember, memberAt } from "./members.ts";
import { type DrawnUnit, unitsEntered } from "./units.ts";

/** A workplace's union, the town or park above it, and its members with those of its branches. */
export interface CountyUnion {
  readonly unit: DrawnUnit;
  readonly town: DrawnUnit | null;
  readonly members: number;
}

/** A county with all its unions, and the federations above it. */
export interface County {
  readonly nation: DrawnUnit | null;
  readonly province: DrawnUnit | null;
  readonly city: DrawnUnit | null;
  readonly county: DrawnUnit;
  /** In the order of the tree. */
  readonly unions: readonly CountyUnion[];
  /** Whether it is the first of its city, and of everything. */
  readonly leadsCity: boolean;
  readonly first: boolean;
}

/** The unions of a tree, a county at a time. */
export function* countiesOf(units: Iterable<DrawnUnit>): Generator<County> {
  let nation: DrawnUnit | null = null;
  let province: DrawnUnit | null = null;
  let city: DrawnUnit | null = null;
  let county: DrawnUnit | null = null;
  let town: DrawnUnit | null = null;
  let unions: (CountyUnion & { members: number })[] = [];
  let [leadsCity, first] = [true, true];
  const whole = (): County => {
    const made = { nation, province, city, county: county!, unions, leadsCity, first };
    [unions, leadsCity, first] = [[], false, false];
    return made;
  };
  for (const unit of units) {
    if (county && (unit.level === "COUNTY" || unit.level === "PREFECTURE")) {
      yield whole();
      county = null;
    }
    if (unit.level === "NATIONAL") nation = unit;
    else if (unit.level === "PROVINCIAL") province = unit;
    else if (unit.level === "PREFECTURE") [city, leadsCity] = [unit, true];
    else if (unit.level === "COUNTY") [county, town] = [unit, null];
    else if (unit.level === "TOWNSHIP" || unit.level === "PARK") town = unit;
    else if (unit.level === "GRASSROOTS" && county) unions.push({ unit, town, members: unit.members });
    else if (unit.level === "BRANCH" && unions.length > 0) unions.at(-1)!.members += unit.members;
  }
  if (county) yield whole();
}

export interface DrawnOfficer {
  readonly login: string;
  readonly role: Role;
  readonly unit: DrawnUnit;
  readonly person: DrawnMember;
  /** Where the person's record lives. */
  readonly district: string;
}

const inCounty: readonly (readonly [string, Role])[] = [
  ["chair.county", "chair"],
  ["vice.county", "vice_chair"],
  ["aid.county", "aid"],
  ["aid2.county", "aid"],
  ["finance.county", "finance"],
  ["finance2.county", "finance"],
  ["cashier.county", "cashier"],
];
const inCity: readonly (readonly [string, Role])[] = [
  ["chair.city", "chair"],
  ["approver.city", "vice_chair"],
  ["aid.city", "aid"],
  ["finance.city", "finance"],
];
const inProvince: readonly (readonly [string, Role])[] = [
  ["chair.province", "chair"],
  ["audit.province", "audit"],
  ["admin.province", "admin"],
];
const inNation: readonly (readonly [string, Role])[] = [["chair.national", "chair"]];
const inUnion: readonly (readonly [string, Role])[] = [
  ["chair.grassroots", "chair"],
  ["organiser.grassroots", "organiser"],
];

/** The names under which officers of a generated federation sign in, where it has the levels. */
export const signInNames = [inUnion, inCounty, inCity, inProvince, inNation].flatMap((posts) =>
  posts.map(([login]) => login),
);

/** How many members the union needs that a county's officers come from: nobody holds two posts. */
const castFrom = inUnion.length + inCounty.length + inCity.length + inProvince.length + inNation.length;

/** Who holds office in a county and, where it is the first of them, in its city, the province and the nation. */
export function officersOf(seed: number, county: County): readonly DrawnOfficer[] {
  const home = county.unions.find(({ unit }) => unit.members >= castFrom)?.unit;
  if (!home) return [];
  let next = home.firstMember + inUnion.length;
  const at = (unit: DrawnUnit | null, posts: typeof inCounty): readonly DrawnOfficer[] =>
    unit === null
      ? []
      : posts.map(([login, role]) => ({
          login,
          role,
          unit,
          person: memberAt(seed, home, next++),
          district: home.district,
        }));
  return [
    ...at(county.county, inCounty),
    ...(county.leadsCity ? at(county.city, inCity) : []),
    ...(county.first ? [...at(county.province, inProvince), ...at(county.nation, inNation)] : []),
  ];
}

/** Chair and organiser of a workplace's union: its first members. */
export function officersOfUnion(seed: number, unit: DrawnUnit): readonly DrawnOfficer[] {
  return inUnion.slice(0, unit.members).map(([login, role], index) => ({
    login,
    role,
    unit,
    person: memberAt(seed, unit, unit.firstMember + index),
    district: unit.district,
  }));
}

export const postColumns = "id, person_id, person_district, person_name, unit_id, role, from_day";

/** The posts of all unions as lines for COPY. */
export function* postLines(seed: number, units: Iterable<DrawnUnit>): Generator<string> {
  const draw = drawFrom(seed ^ 0x2545f491);
  const at = Date.parse(`${unitsEntered}T00:00:00+08:00`);
  for (const county of countiesOf(units)) {
    let lines = "";
    for (const { unit } of county.unions) for (const one of officersOfUnion(seed, unit)) lines += line(one);
    for (const one of officersOf(seed, county)) lines += line(one);
    yield lines;
  }

  function line({ role, unit, person, district }: DrawnOfficer): string {
    return `${draw.id(at)}\t${person.id}\t${district}\t${person.name}\t${unit.id}\t${role}\t${unitsEntered}\n`;
  }
}

/** Those of the first county, city, province and nation, and of one of its unions: they get a sign-in. */
export function signInsOf(seed: number, units: Iterable<DrawnUnit>): readonly DrawnOfficer[] {
  for (const county of countiesOf(units)) {
    const officers = officersOf(seed, county);
    const home = county.unions.find(({ unit }) => unit.members >= castFrom)?.unit;
    if (home) return [...officersOfUnion(seed, home), ...officers];
  }
  return [];
}

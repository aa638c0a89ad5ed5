import {
  addDays,
  addYears,
  type Day,
  daysBetween,
  firstOfMonth,
  lastOfMonth,
  latest,
} from "../../../kernel/day.ts";
import { type Draw, drawFrom } from "../draw.ts";
import { memberAt } from "../members.ts";
import { type County, countiesOf, type DrawnOfficer, officersOf, officersOfUnion } from "../officers.ts";
import type { DrawnUnit } from "../units.ts";
import type { CasePlace, CaseTask, Course, Named } from "./case-worker.ts";
import type { Learned, Lessons } from "./learn.ts";
import { type CountyMoney, moneyFor } from "./money.ts";

/** Cases in one piece of work for a thread. */
const taskCases = 400;
/** How many years back cases lie. */
const years = 3;
/** Cases opened in a month, in those of an ordinary one; what is more than one is relief in winter, schooling in summer. */
const seasons: Readonly<Record<string, { readonly weight: number; readonly season: Learned["season"] }>> = {
  "12": { weight: 2, season: "winter" },
  "01": { weight: 2.4, season: "winter" },
  "02": { weight: 1.4, season: "winter" },
  "07": { weight: 1.6, season: "summer" },
  "08": { weight: 2.2, season: "summer" },
};
const weightMost = 2.4;

/** What is known of a pattern before any case is made after it. */
interface Kind {
  readonly index: number;
  readonly learned: Learned;
  readonly cases: number;
  readonly openedOn: Day;
  /** How far it may be moved back before a clock of it runs out; unlimited when it has ended. */
  readonly slack: number;
  /** Whether somebody may go through it twice: nothing of it is unique to a person. */
  readonly again: boolean;
}

/**
 * Plans so many cases over a tree: whose, after which pattern, when, with which numbers. Gives pieces of work, county by
 * county; `money` takes the books of each county when all its cases are planned.
 */
export function* planCases(
  lessons: Lessons,
  seed: number,
  request: { readonly cases: number; readonly members: number },
  units: Iterable<DrawnUnit>,
  money: (county: CountyMoney) => void,
): Generator<CaseTask> {
  const draw = drawFrom(seed ^ 0x9e3779b9);
  const kinds = lessons.patterns.map((learned, index) => kindOf(lessons, learned, index));
  let [made, members, index] = [0, 0, 0];
  let ofCity: readonly DrawnOfficer[] = [];
  for (const county of countiesOf(units)) {
    const ours = officersOf(seed, county);
    if (county.leadsCity) ofCity = ours.filter(({ unit }) => unit === county.city);
    const officers = [...ofCity, ...ours];
    const books = moneyFor(lessons, seed, county, officers);
    const places: CasePlace[] = [];
    let courses: Course[] = [];
    let indexInDistrict = 0;
    for (const [at, { unit, town, members: here }] of county.unions.entries()) {
      members += here;
      const last = at === county.unions.length - 1;
      if (unit.members < 3 && !last) continue;
      const due = Math.round((request.cases * members) / request.members);
      if (due <= made) continue;
      const place = places.push(placeOf(seed, county, unit, town, officers)) - 1;
      for (let taken = 0; made < due; taken++) {
        const again = taken >= unit.members - 2;
        const member =
          unit.firstMember +
          (unit.members < 3 ? taken % Math.max(1, unit.members) : 2 + (taken % (unit.members - 2)));
        const { joinedOn } = memberAt(seed, unit, member);
        const { kind, shift } = drawCourse(draw, kinds, {
          joinedOn,
          today: lessons.today,
          room: due - made,
          again,
        });
        const numbers = books.numbers(kind.learned, shift);
        courses.push({
          pattern: kind.index,
          place,
          member,
          shift,
          index: index++,
          indexInDistrict: indexInDistrict++,
          ...numbers,
        });
        made += kind.cases;
        if (courses.length * 1.5 < taskCases) continue;
        yield { places: [...places], courses };
        courses = [];
      }
    }
    if (courses.length > 0) yield { places, courses };
    money(books);
  }
}

function kindOf(lessons: Lessons, learned: Learned, index: number): Kind {
  const { rows } = learned;
  const dues = rows.case_file
    .filter(({ state }) => state === "open")
    .map(({ due_on }) => due_on as Day | null);
  const slack = Math.min(
    ...dues.filter((due) => due !== null).map((due) => daysBetween(lessons.today, due)),
    9999,
  );
  return {
    index,
    learned,
    cases: learned.cases.length,
    openedOn: rows.case_file[0]!.opened_on as Day,
    slack: learned.open ? slack : Number.POSITIVE_INFINITY,
    again: !learned.open && rows.hardship_claim.length === 0 && rows.aid_grant.length === 0,
  };
}

/** One case in so many is still under way. */
const openShare = 0.22;
/** Open cases that let a clock of theirs run out. */
const lateShare = 0.1;

/** Whose case it is and how many more there may be. `again`: they have had one before. */
interface Asker {
  readonly joinedOn: Day;
  readonly today: Day;
  readonly room: number;
  readonly again: boolean;
}

/** What somebody comes for and how many days before its pattern. */
function drawCourse(draw: Draw, kinds: readonly Kind[], asker: Asker): { kind: Kind; shift: number } {
  const offered = kinds.filter((kind) => kind.cases <= asker.room && (!asker.again || kind.again));
  if (!asker.again && draw.chance(openShare)) {
    const kind = drawKind(
      draw,
      offered.filter(({ learned }) => learned.open && learned.season === "any"),
    );
    if (kind !== null) return { kind, shift: openShift(draw, kind) };
  }
  const from = latest(addYears(asker.today, -years), asker.joinedOn);
  // A few tries, since a pattern may lie after the day drawn or none of that season be left; then whatever fits, as it lies.
  for (let tries = 0; tries < 12; tries++) {
    const { on, season } = drawDay(draw, from, asker.today);
    const kind = drawKind(
      draw,
      offered.filter(({ learned }) => !learned.open && learned.season === season),
    );
    const shift = kind && shiftInto(kind, on, from);
    if (kind && shift !== null) return { kind, shift };
  }
  const kind =
    drawKind(draw, offered) ??
    drawKind(
      draw,
      kinds.filter(({ cases }) => cases <= asker.room),
    );
  if (kind === null) throw new Error("no pattern of one case");
  return { kind, shift: 0 };
}

/** A pattern by its weight; null where none is offered. */
function drawKind(draw: Draw, offered: readonly Kind[]): Kind | null {
  let left = draw.unit() * offered.reduce((sum, { learned }) => sum + learned.weight, 0);
  for (const kind of offered) {
    left -= kind.learned.weight;
    if (left < 0) return kind;
  }
  return offered[0] ?? null;
}

/** A day somebody comes on, by how much comes in its month, and whether for what that season brings. */
function drawDay(draw: Draw, from: Day, to: Day): { on: Day; season: Learned["season"] } {
  for (;;) {
    const on = addDays(to, -draw.whole(0, daysBetween(from, to)));
    const { weight, season } = seasons[on.slice(5, 7)] ?? { weight: 1, season: "any" };
    if (draw.unit() * weightMost < weight) return { on, season: draw.unit() * weight < 1 ? "any" : season };
  }
}

/** Weeks, so that what was done on a working day stays on one; four of them where a batch pays many at once. */
const stepOf = ({ learned }: Kind): number => (learned.batch === null ? 7 : 28);

function openShift(draw: Draw, kind: Kind): number {
  const step = stepOf(kind);
  const late = draw.chance(lateShare) && step === 7 ? 1 : 0;
  return step * draw.whole(0, Math.floor(Math.max(0, kind.slack - 1) / step) + late);
}

/** The shift that opens an ended case nearest to a day, in its month and not before `from`; null when there is none. */
function shiftInto(kind: Kind, on: Day, from: Day): number | null {
  const step = stepOf(kind);
  const least = Math.max(0, Math.ceil(daysBetween(lastOfMonth(on), kind.openedOn) / step));
  const most = Math.floor(daysBetween(latest(firstOfMonth(on), from), kind.openedOn) / step);
  if (least > most) return null;
  const nearest = Math.round(daysBetween(on, kind.openedOn) / step);
  return step * Math.min(most, Math.max(least, nearest));
}

function placeOf(
  seed: number,
  county: County,
  unit: DrawnUnit,
  town: DrawnUnit | null,
  officers: readonly DrawnOfficer[],
): CasePlace {
  const named: Record<string, Named> = {};
  for (const { login, person } of [...officers, ...officersOfUnion(seed, unit)])
    named[login] = { id: person.id, name: person.name };
  const at = (one: DrawnUnit | null) => {
    const { id, name, path } = one ?? county.county;
    return { id, name, path };
  };
  return {
    unit,
    units: {
      own: at(unit),
      township: at(town),
      county: at(county.county),
      city: at(county.city),
      province: at(county.province),
    },
    officers: named,
  };
}

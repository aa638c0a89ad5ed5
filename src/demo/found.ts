import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { fictitiousCreditCode } from "../kernel/credit-code.ts";
import { type Day, day, dayInShanghai, startOf } from "../kernel/day.ts";
import { fictitiousIdentity, parseIdentity } from "../kernel/identity-number.ts";
import { derivedId } from "../kernel/ids.ts";
import { expect } from "../kernel/refusal.ts";
import type { Keyring } from "../kernel/seal.ts";
import { createPerson, openMembership, type Person } from "../people/index.ts";
import { createAccount, createOfficer, hashPassword } from "../people/sign-in/index.ts";
import { noticeScope } from "../services/care/policies.ts";
import { createUnit, foundPost, setPolicy, systemScope, type Unit } from "../units/index.ts";
import { fictitiousCalendar } from "./calendar.ts";
import {
  type Founded,
  type FoundedUnit,
  foundedNewcomer,
  foundedOfficers,
  foundedUnits,
  foundedWorkers,
  trialPassword,
} from "./federation.ts";
import { playLives } from "./lives.ts";
import { foundRosters } from "./rosters.ts";

/** The day the fictitious unions were entered; everything later has its own day. */
const foundedOn = day("2024-03-01");

/** Founds unions, officers, members and half a year of their work in an empty database, all or nothing. */
export async function foundFederation(tx: Tx, ring: Keyring, now: Date): Promise<void> {
  const founded = await foundPeople(tx, ring, now);
  const today = dayInShanghai(now);
  await playLives(tx, { ring, calendar: fictitiousCalendar(today), today }, founded);
}

/** The unions with their officers and members, before anything happened. */
export async function foundPeople(tx: Tx, ring: Keyring, now: Date): Promise<Founded> {
  await sql`insert into installation (fictitious, founded_at) values (true, ${now}) on conflict (id) do nothing`.execute(
    tx,
  );
  const units = await foundUnits(tx);
  await publishInOneCounty(tx, units);
  const passwordHash = await hashPassword(trialPassword);
  const officers = new Map<string, Person>();
  for (const officer of foundedOfficers) {
    const unit = units.get(officer.unit)!;
    const person = await foundPerson(tx, ring, {
      ...officer,
      key: officer.login,
      unit,
      serial: 700 + officers.size,
      born: "1980-06-15",
      sex: "female",
    });
    await join(tx, person, unit, foundedOn);
    expect(
      await foundPost(tx, {
        id: derivedId<"post">("demo", officer.login),
        unitId: unit.id,
        personId: person.id,
        personName: person.name,
        personDistrict: person.district,
        role: officer.role,
        from: foundedOn,
      }),
    );
    expect(
      await createOfficer(tx, ring, {
        person: person.id,
        district: person.district,
        login: officer.login,
        password: trialPassword,
        passwordHash,
        now,
      }),
    );
    officers.set(officer.login, person);
  }
  const workers = new Map<string, Person>();
  for (const worker of foundedWorkers) {
    const unit = units.get(worker.unit)!;
    const person = await foundPerson(tx, ring, { ...worker, unit, serial: 100 + workers.size });
    await join(tx, person, unit, foundedOn);
    await createAccount(tx, { person: person.id, district: person.district, now });
    workers.set(worker.key, person);
  }
  const newcomerUnit = units.get(foundedNewcomer.unit)!;
  const newcomer = await foundPerson(tx, ring, {
    ...foundedNewcomer,
    key: "newcomer",
    unit: newcomerUnit,
    serial: 99,
  });
  await createAccount(tx, { person: newcomer.id, district: newcomer.district, now });
  workers.set("newcomer", newcomer);
  await foundRosters(tx, ring, units, foundedOn);
  return { units, officers, workers };
}

async function foundUnits(tx: Tx): Promise<Map<string, Unit>> {
  const units = new Map<string, Unit>();
  const by = { person: null, at: startOf(foundedOn), day: foundedOn };
  for (const [index, one] of foundedUnits.entries()) {
    const parent = one.parent === null ? null : units.get(one.parent)!;
    const unit = await createUnit(
      tx,
      systemScope(),
      {
        id: derivedId<"unit">("demo", one.key),
        parentId: parent?.id ?? null,
        name: one.name,
        level: one.level,
        regionCode: one.region,
        uscc: usccOf(one, index),
        foundedOn: day("2021-05-20"),
        termYears: 5,
        termNumber: 2,
        termStart: day("2024-03-01"),
        termEnd: day("2029-02-28"),
        ...(one.employer && {
          employer: {
            name: one.employer.name,
            industryCode: one.employer.industry,
            employeeCount: one.employer.employees,
          },
        }),
      },
      by,
    );
    units.set(one.key, expect(unit));
  }
  return units;
}

/** One county puts its notices on the public page too; elsewhere they hang on the union's own board. */
async function publishInOneCounty(tx: Tx, units: ReadonlyMap<string, Unit>): Promise<void> {
  const setting = {
    id: derivedId<"policy">("demo", noticeScope.key),
    key: noticeScope.key,
    unitId: units.get("county")!.id,
    value: "public",
    from: foundedOn,
    source: {
      document: { zh: "云溪县公示办法（虚构）", en: "Yunxi notice rules (fictitious)" },
      tag: "U" as const,
    },
  };
  expect(
    await setPolicy(tx, systemScope(), setting, { person: null, at: startOf(foundedOn), day: foundedOn }),
  );
}

/** Branches have no credit code; grassroots unions begin with 81, other bodies with 89. */
function usccOf(unit: FoundedUnit, index: number): string | null {
  if (unit.level === "BRANCH") return null;
  const prefix = unit.level === "GRASSROOTS" ? "81" : "89";
  return fictitiousCreditCode(prefix, unit.region.slice(0, 6), `MC${String(index + 1).padStart(6, "0")}`);
}

interface PersonToFound {
  readonly key: string;
  readonly name: string;
  readonly unit: Unit;
  readonly born: string;
  readonly sex: "male" | "female";
  readonly serial: number;
  readonly phone?: string;
  readonly group?: string | undefined;
  readonly migrant?: boolean;
}

async function foundPerson(tx: Tx, ring: Keyring, one: PersonToFound): Promise<Person> {
  // The sequence's last digit tells the sex: odd for men.
  const sequence = (one.serial * 2 + (one.sex === "male" ? 1 : 0)) % 1000;
  const number = fictitiousIdentity(one.unit.district, day(one.born), sequence);
  const identity = expect(parseIdentity(number, { today: foundedOn, fictitious: true }));
  const person = await createPerson(
    tx,
    ring,
    {
      id: derivedId<"person">("demo", one.key),
      unit: one.unit,
      name: one.name,
      identity,
      sealed: {
        ...(one.phone && { phone: one.phone }),
        bankCard: cardOf(one.serial),
        bankName: "虚构银行",
        bankBranch: "云溪支行",
      },
      ethnicity: "01",
      education: "30",
      politicalStatus: "13",
      employerName: one.unit.employer?.name ?? null,
      newEmploymentGroup: one.group ?? null,
      migrant: one.migrant ?? false,
    },
    foundedOn,
  );
  return expect(person);
}

/** A card number that passes Luhn and belongs to no bank. */
function cardOf(serial: number): string {
  const body = `999900${String(serial).padStart(12, "0")}`;
  let sum = 0;
  for (const [index, digit] of [...body].reverse().entries()) {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return `${body}${(10 - (sum % 10)) % 10}`;
}

async function join(tx: Tx, person: Person, unit: Unit, on: Day): Promise<void> {
  const by = { by: null, at: startOf(on), day: on };
  expect(await openMembership(tx, { person, unit, status: "ACTIVE", joinedOn: on }, by));
}

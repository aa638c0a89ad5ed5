import { before } from "node:test";
import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { type TestDatabase, withDatabase } from "../db/testing.ts";
import { day } from "../kernel/day.ts";
import { fictitiousIdentity, type Identity, parseIdentity } from "../kernel/identity-number.ts";
import { expect } from "../kernel/refusal.ts";
import { newKeyring, parseKeyring } from "../kernel/seal.ts";
import { getUnit, type Unit } from "../units/index.ts";
import { makeUnit } from "../units/testing.ts";
import { type Membership, openMembership } from "./membership-store.ts";
import type { Person } from "./person.ts";
import { createPerson } from "./store.ts";

/** Unions with people in them, for the tests of this folder. */

export const ring = parseKeyring(newKeyring());
export const today = day("2026-03-02");
export const at = new Date("2026-03-02T10:00:00+08:00");
/** The program itself, today. */
export const by = { by: null, at, day: today };

/** Two unions of a county, and one of another county of the same city. */
interface Unions {
  readonly county: Unit;
  readonly factory: Unit;
  readonly mill: Unit;
  readonly school: Unit;
}

/** For a test file: a database with some unions, which stand once its tests run, and ways to put people into them. */
export function withPeople() {
  const t = withDatabase({ today });
  const units = {} as Unions;
  before(async () => {
    await t.standing();
    await t.owner.system((tx) => sql`insert into installation (fictitious) values (true)`.execute(tx));
    Object.assign(units, await makeUnions(t));
  });
  let serial = 100;
  const identity = (born = "1988-08-08"): Identity =>
    expect(parseIdentity(fictitiousIdentity("990101", day(born), serial++), { today, fictitious: true }));
  /** A member of a union, of the factory's unless said. */
  const member = async (
    tx: Tx,
    name: string,
    unit: Unit = units.factory,
    more: Partial<Parameters<typeof createPerson>[2]> = {},
  ): Promise<{ person: Person; membership: Membership }> => {
    const draft = {
      unit,
      name,
      identity: identity(),
      sealed: { phone: `139${String(serial).padStart(8, "0")}` },
      ...more,
    };
    const person = expect(await createPerson(tx, ring, draft, today));
    const membership = expect(await openMembership(tx, { person, unit, status: "ACTIVE" }, by));
    return { person, membership };
  };
  /** How many members a union counts. */
  const members = async (unit: Unit): Promise<number> =>
    (await t.db.systemRead((tx) => getUnit(tx, unit.id))).members;
  return { t, units, identity, member, members };
}

async function makeUnions(t: TestDatabase): Promise<Unions> {
  const make = (name: string, level: Unit["level"], parentId: Unit["id"] | null, regionCode: string) =>
    t.db.system((tx) => makeUnit(tx, { name, level, parentId, regionCode }));
  const province = await make("虚构省总工会", "PROVINCIAL", null, "990000");
  const city = await make("云溪市总工会", "PREFECTURE", province.id, "990100");
  const county = await make("云溪县总工会", "COUNTY", city.id, "990101");
  const farCounty = await make("虚谷区总工会", "COUNTY", city.id, "990102");
  return {
    county,
    factory: await make("虚构机械厂工会", "GRASSROOTS", county.id, "990101"),
    mill: await make("虚构面粉厂工会", "GRASSROOTS", county.id, "990101"),
    school: await make("虚构中学工会", "GRASSROOTS", farCounty.id, "990102"),
  };
}

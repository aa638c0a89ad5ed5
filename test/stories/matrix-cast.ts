import { sql } from "kysely";
import type { Db } from "../../src/db/index.ts";
import { startOf } from "../../src/kernel/day.ts";
import { type Id, newId } from "../../src/kernel/ids.ts";
import { expect } from "../../src/kernel/refusal.ts";
import { createPerson } from "../../src/people/index.ts";
import { createAccount } from "../../src/people/sign-in/index.ts";
import { openSession } from "../../src/people/sign-in/session.ts";
import { unitById } from "../../src/units/index.ts";
import { powersOf, type Role, roleTitles } from "../../src/units/powers.ts";
import type { Story } from "./story.ts";

/** Somebody of the matrix: where they stand, as what, and what they send with each request. */
export interface Actor {
  readonly name: string;
  readonly person: string;
  readonly roots: readonly string[];
  /** Where the person is on the roster. */
  readonly home: string;
  /** Whether they are a member there. */
  readonly member: boolean;
  readonly powers: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

/** The places posts are given at: every level, and a second line beside the first to be outside of. */
const places = ["textile", "xikou", "county", "lake", "port", "city", "province"] as const;

/** One role for each set of powers there is, so that a role with powers of its own is an actor of its own. */
function distinctRoles(): readonly Role[] {
  const seen = new Map<string, Role>();
  for (const role of Object.keys(roleTitles) as Role[]) {
    const key = [...powersOf[role]].sort().join();
    if (!seen.has(key)) seen.set(key, role);
  }
  return [...seen.values()];
}

/** One officer of each role at each place, each with that post alone; two workers, and nobody. */
export async function castOf(s: Story, unitIds: ReadonlyMap<string, string>): Promise<readonly Actor[]> {
  const cast: Actor[] = [];
  const { db } = s.database;
  for (const place of places) {
    for (const role of distinctRoles())
      cast.push(await officer(s, place, role, unitIds.get(place) as string));
  }
  for (const key of ["li", "long"] as const) {
    const worker = await s.as(key);
    const me = (await worker.get("/api/me")).body;
    cast.push({
      name: `worker ${key}`,
      person: me.person.id,
      roots: [],
      home: me.person.unit.path,
      member: true,
      powers: [],
      headers: await signedIn(db, me.person.id),
    });
  }
  cast.push({ name: "nobody", person: "", roots: [], home: "", member: false, powers: [], headers: {} });
  return cast;
}

async function officer(s: Story, place: string, role: Role, unitId: string): Promise<Actor> {
  const today = s.clock.today();
  const { person, path } = await s.database.db.system(async (tx) => {
    const unit = (await unitById(tx, unitId as Id<"unit">))!;
    const made = expect(
      await createPerson(
        tx,
        s.ring,
        { unit, name: `${roleTitles[role].zh}拟${place.length}`, identity: null },
        today,
      ),
    );
    await sql`insert into post (id, person_id, person_district, person_name, unit_id, role, from_day)
      values (${newId()}, ${made.id}, ${unit.district}, ${made.name}, ${unit.id}, ${role}, ${today}::date - 10)`.execute(
      tx,
    );
    await createAccount(tx, { person: made.id, district: unit.district, now: startOf(today) });
    return { person: made.id, path: unit.path };
  });
  const headers = await signedIn(s.database.db, person);
  return {
    name: `${role} of ${place}`,
    person,
    roots: [path],
    home: path,
    member: false,
    powers: powersOf[role],
    headers,
  };
}

async function signedIn(db: Db, person: string): Promise<Record<string, string>> {
  const opened = await db.system(async (tx) => {
    const account = await tx
      .selectFrom("account")
      .select("id")
      .where("person_id", "=", person)
      .executeTakeFirstOrThrow();
    return openSession(tx, {
      account: account.id as Id<"account">,
      person: person as Id<"person">,
      kind: "password",
      strong: true,
      agent: undefined,
      at: new Date(),
    });
  });
  return { cookie: `zhijia=${opened.token}`, "x-csrf": opened.csrf };
}

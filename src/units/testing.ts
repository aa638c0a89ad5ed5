import { sql } from "kysely";
import { everything, type Tx } from "../db/index.ts";
import type { TestDatabase } from "../db/testing.ts";
import { type Day, day } from "../kernel/day.ts";
import { derivedId, type Id, newId } from "../kernel/ids.ts";
import type { UnitPath } from "../kernel/path.ts";
import { type Or, expect as valueIn } from "../kernel/refusal.ts";
import type { District } from "../kernel/region.ts";
import { createUnit, type UnitDraft } from "./found.ts";
import type { UnionLevel } from "./levels.ts";
import { foundPost, type Post } from "./posts.ts";
import type { Role } from "./powers.ts";
import type { Actor } from "./scope.ts";
import { systemScope } from "./scope.ts";
import type { By, Unit } from "./unit.ts";

/** The program itself, acting on the first day of the tests. */
export const byProgram: By = { person: null, at: new Date("2026-03-02T02:00:00Z"), day: day("2026-03-02") };

/** Somebody acting on a day. */
export function byPerson(person: Id<"person">, on: Day = byProgram.day): By {
  return { person, at: new Date(`${on}T02:00:00Z`), day: on };
}

/** Makes an installation, fictitious unless said otherwise. */
export async function makeInstallation(tx: Tx, fictitious = true): Promise<void> {
  await sql`insert into installation (fictitious) values (${fictitious})
    on conflict (id) do update set fictitious = excluded.fictitious`.execute(tx);
}

/** A unit of the fictitious province, founded by the program, on the first day of the tests unless told. */
export async function makeUnit(
  tx: Tx,
  draft: Partial<UnitDraft> & Pick<UnitDraft, "name" | "level">,
  by: By = byProgram,
): Promise<Unit> {
  const full = { id: newId<"unit">(), parentId: null, regionCode: "990101", ...draft };
  return valueIn(await createUnit(tx, systemScope(), full, by));
}

/** A post of a made-up person, from the first day of the tests or another. */
export async function makePost(
  tx: Tx,
  unit: Unit,
  role: Role,
  options: {
    readonly person?: Id<"person">;
    readonly name?: string;
    readonly from?: Day;
    readonly until?: Day;
  } = {},
): Promise<Post> {
  return valueIn(
    await foundPost(tx, {
      id: newId<"post">(),
      unitId: unit.id,
      personId: options.person ?? newId<"person">(),
      personName: options.name ?? "虚构人",
      personDistrict: unit.district as District,
      role,
      from: options.from ?? day("2026-01-01"),
      until: options.until ?? null,
    }),
  );
}

/** The four levels of the fictitious province most tests need. */
export async function makeTree(
  tx: Tx,
): Promise<
  Readonly<
    Record<"province" | "city" | "county" | "other" | "township" | "company" | "shop" | "branch", Unit>
  >
> {
  await makeInstallation(tx);
  const province = await makeUnit(tx, { name: "虚构省总工会", level: "PROVINCIAL", regionCode: "990000" });
  const city = await makeUnit(tx, {
    name: "云溪市总工会",
    level: "PREFECTURE",
    regionCode: "990100",
    parentId: province.id,
  });
  const county = await makeUnit(tx, { name: "云溪县总工会", level: "COUNTY", parentId: city.id });
  const other = await makeUnit(tx, {
    name: "虚谷区总工会",
    level: "COUNTY",
    regionCode: "990102",
    parentId: city.id,
  });
  const township = await makeUnit(tx, {
    name: "云溪县松风镇工会联合会",
    level: "TOWNSHIP",
    regionCode: "990101001",
    parentId: county.id,
  });
  const company = await makeUnit(tx, {
    name: "云溪纺织厂工会委员会",
    level: "GRASSROOTS",
    regionCode: "990101001",
    parentId: township.id,
  });
  const shop = await makeUnit(tx, { name: "云溪百货工会委员会", level: "GRASSROOTS", parentId: county.id });
  const branch = await makeUnit(tx, {
    name: "一车间工会分会",
    level: "BRANCH",
    regionCode: "990101001",
    parentId: company.id,
  });
  return { province, city, county, other, township, company, shop, branch };
}

/** The code of a refusal; a value is a failure. */
export function codeOf(answer: Or<unknown>): string {
  const refusal = answer as { readonly refused?: true; readonly code?: string };
  if (refusal?.refused !== true) throw new Error("not a refusal");
  return refusal.code as string;
}

/** Runs in a transaction that leaves nothing behind. */
export async function undone<T>(t: TestDatabase, work: (tx: Tx) => Promise<T>): Promise<T> {
  const gone = new Error("undo");
  let result: T | undefined;
  await t.db
    .system(async (tx) => {
      result = await work(tx);
      throw gone;
    })
    .catch((error: unknown) => {
      if (error !== gone) throw error;
    });
  return result as T;
}

/** A union whose place is written out, for tests that want no more of the tree than that. */
export interface TestUnit {
  readonly id: Id<"unit">;
  readonly path: UnitPath;
  readonly district: District;
  readonly name: string;
  readonly level: UnionLevel;
}

/**
 * Such a union, its id derived from its path and so the same in every test. Nothing is written: `foundAt`
 * does that.
 */
export function unitAt(name: string, level: UnionLevel, path: string, district: string): TestUnit {
  return {
    id: derivedId<"unit">("test", path),
    path: path as UnitPath,
    district: district as District,
    name,
    level,
  };
}

/** Writes such unions, those above before those below. */
export async function foundAt(t: TestDatabase, units: readonly TestUnit[]): Promise<void> {
  await t.owner.write(everything, async (tx) => {
    const ids = new Map<string, string>();
    for (const one of units) {
      const parent = one.path.slice(0, one.path.lastIndexOf("."));
      ids.set(one.path, one.id);
      await tx
        .insertInto("unit")
        .values({
          id: one.id,
          path: one.path,
          parent_id: ids.get(parent) ?? null,
          district: one.district,
          code: one.path,
          name: one.name,
          name_pinyin: "x",
          name_initials: "x",
          level: one.level,
          region_code: one.district,
          created_on: day("2020-01-01"),
        })
        .execute();
    }
  });
}

const made: Actor[] = [];

/** An officer of a unit, by roles; the same name is the same person. `seat` writes their posts. */
export function officer(name: string, at: TestUnit, ...roles: readonly Role[]): Actor {
  const one: Actor = {
    person: derivedId<"person">("test", name),
    name,
    district: at.district,
    posts: roles.map((role) => ({
      id: derivedId<"post">("test", name, role),
      unitId: at.id,
      unitName: at.name,
      unitPath: at.path,
      unitLevel: at.level,
      role,
      from: day("2020-01-01"),
      until: null,
    })),
  };
  made.push(one);
  return one;
}

/** Writes the posts of every officer made so far, in the unions that were founded. */
export async function seat(t: TestDatabase): Promise<void> {
  await t.owner.write(everything, async (tx) => {
    for (const { person, name, district, posts } of made.splice(0))
      for (const { id, unitId, role, from } of posts)
        await sql`insert into post (id, person_id, person_district, person_name, unit_id, role, from_day)
          select ${id}, ${person}, ${district}, ${name}, id, ${role}, ${from} from unit where id = ${unitId}
          on conflict do nothing`.execute(tx);
  });
}

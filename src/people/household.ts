import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Identity } from "../kernel/identity-number.ts";
import { type Id, newId } from "../kernel/ids.ts";
import type { UnitPath } from "../kernel/path.ts";
import { type Or, refuse } from "../kernel/refusal.ts";
import type { District } from "../kernel/region.ts";
import type { Keyring } from "../kernel/seal.ts";
import type { Text } from "../kernel/words.ts";
import { insideScope, type Scope } from "../units/scope.ts";
import type { Person } from "./person.ts";
import { identityHash, type MemberSealed, sealMember, unsealMember } from "./sealed.ts";
import { districtsOf } from "./store.ts";

/** 与户主关系 (after GB/T 4761-2008). */
export const relationTitles = {
  self: { zh: "本人", en: "Self" },
  spouse: { zh: "配偶", en: "Spouse" },
  son: { zh: "儿子", en: "Son" },
  daughter: { zh: "女儿", en: "Daughter" },
  child: { zh: "子女", en: "Child" },
  grandchild: { zh: "孙子女", en: "Grandchild" },
  parent: { zh: "父母", en: "Parent" },
  grandparent: { zh: "祖父母", en: "Grandparent" },
  sibling: { zh: "兄弟姐妹", en: "Sibling" },
  other: { zh: "其他", en: "Other" },
} as const satisfies Record<string, Text>;

/** One who lives and eats with the head. */
export interface HouseholdMember {
  readonly id: Id<"household-member">;
  readonly name: string;
  readonly relation: string;
  readonly birthDate: Day | null;
  readonly idHash: Buffer | null;
  readonly workStatus: string | null;
  readonly personId: Id<"person"> | null;
  readonly leftOn: Day | null;
  /** Open to the program; whoever shows it logs the look. */
  readonly facts: MemberSealed;
}

export interface Household {
  readonly district: District;
  readonly id: Id<"household">;
  readonly headId: Id<"person">;
  readonly path: UnitPath;
  readonly unitId: Id<"unit">;
  readonly createdOn: Day;
  readonly version: number;
  /** Those who have not left, in the order in which they were given. */
  readonly members: readonly HouseholdMember[];
}

/** A member as told. Everything beside the named fields is sealed with the identity number. */
export interface MemberDraft {
  readonly id?: Id<"household-member">;
  readonly name: string;
  readonly relation: string;
  readonly identity?: Identity | null;
  readonly birthDate?: Day | null;
  readonly workStatus?: string | null;
  readonly personId?: Id<"person"> | null;
  readonly facts?: MemberSealed;
}

/** Records a household under its head's union. Refuses `household-head` when no member is the head (relation `self`). */
export async function createHousehold(
  tx: Tx,
  ring: Keyring,
  made: {
    readonly id?: Id<"household">;
    readonly head: Pick<Person, "district" | "id" | "path" | "unitId">;
    readonly members: readonly MemberDraft[];
    readonly day: Day;
  },
): Promise<Or<Household>> {
  if (!made.members.some((one) => one.relation === "self")) return refuse("household-head");
  const id = made.id ?? newId<"household">();
  const { head } = made;
  await sql`insert into household (district, id, head_id, path, unit_id, created_on)
    values (${head.district}, ${id}, ${head.id}, ${head.path}, ${head.unitId}, ${made.day})`.execute(tx);
  await addMembers(tx, ring, { district: head.district, id, headId: head.id, path: head.path }, made.members);
  return getHousehold(tx, ring, head.district, id);
}

/** The households one heads in other districts, where one lived before. */
export async function householdsElsewhere(
  tx: Tx,
  home: { readonly district: string; readonly headId: string },
): Promise<readonly { readonly district: string; readonly id: string }[]> {
  const found: { district: string; id: string }[] = [];
  for (const district of await districtsOf(tx, home.headId as Id<"person">)) {
    if (district === home.district) continue;
    const { rows } = await sql<{ district: string; id: string }>`
      select district, id from household where district = ${district} and head_id = ${home.headId} order by id`.execute(
      tx,
    );
    found.push(...rows);
  }
  return found;
}

/**
 * The same family’s households under another head: those that one of its members headed, wherever they lived, with the
 * present head in it. Members are known by the hashes of their identity numbers.
 */
export async function householdsUnderOthers(
  tx: Tx,
  home: { readonly headId: string; readonly headHash: Buffer },
  members: readonly Buffer[],
): Promise<readonly { readonly district: string; readonly id: string }[]> {
  const { rows: heads } = await sql<{ id: Id<"person"> }>`select person_id as id from identity_lookup
    where hash = any(${[...members]}::bytea[]) and person_id <> ${home.headId} order by person_id`.execute(
    tx,
  );
  const found: { district: string; id: string }[] = [];
  for (const head of heads)
    for (const district of await districtsOf(tx, head.id)) {
      const { rows } = await sql<{ district: string; id: string }>`
        select h.district, h.id from household h where h.district = ${district} and h.head_id = ${head.id}
          and exists (select 1 from household_member m where m.district = h.district and m.household_id = h.id
            and m.id_hash = ${home.headHash}) order by h.id`.execute(tx);
      found.push(...rows);
    }
  return found;
}

/** The names of those who belong to a household now. */
export async function householdNames(
  tx: Tx,
  household: { readonly district: string; readonly id: string },
): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`select name from household_member
    where district = ${household.district} and household_id = ${household.id} and left_on is null`.execute(
    tx,
  );
  return rows.map((one) => one.name);
}

/** A household is looked after by another union of its district. */
export async function moveHousehold(
  tx: Tx,
  household: { readonly district: string; readonly id: string },
  to: { readonly id: string; readonly path: string },
): Promise<void> {
  await sql`update household set unit_id = ${to.id}, path = ${to.path}
    where district = ${household.district} and id = ${household.id}`.execute(tx);
  await sql`update household_member set path = ${to.path}
    where district = ${household.district} and household_id = ${household.id}`.execute(tx);
}

/** The hardship file in force that somebody heads, as they read it themselves; null when there is none. */
export async function fileHeadedBy(
  tx: Tx,
  head: { readonly district: string; readonly id: string },
): Promise<{
  readonly number: string;
  readonly state: string;
  readonly category: string;
  readonly validUntil: Day;
  readonly caseId: string;
} | null> {
  const row = await tx
    .selectFrom("hardship_file")
    .select(["file_no as number", "state", "category", "valid_to as validUntil", "case_id as caseId"])
    .where("district", "=", head.district)
    .where("head_id", "=", head.id)
    .where("exited_on", "is", null)
    .orderBy("filed_on", "desc")
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Who heads a household, and the number of its hardship file: the one in force, else the latest; null without any. Nobody
 * outside the scope learns either.
 */
export async function headOfHousehold(
  tx: Tx,
  scope: Scope,
  household: { readonly district: string; readonly id: string },
): Promise<{ readonly name: string; readonly fileNumber: string | null } | null> {
  const row = await tx
    .selectFrom("household")
    .leftJoin("person", (join) =>
      join.onRef("person.district", "=", "household.district").onRef("person.id", "=", "household.head_id"),
    )
    .leftJoin("hardship_file", (join) =>
      join
        .onRef("hardship_file.district", "=", "household.district")
        .onRef("hardship_file.household_id", "=", "household.id"),
    )
    .select(["person.name", "hardship_file.head_name as nameOnFile", "hardship_file.file_no as fileNumber"])
    .where("household.district", "=", household.district)
    .where("household.id", "=", household.id)
    .where(insideScope(scope, "household.path"))
    // One that nobody has left stands first: no day sorts above every day.
    .orderBy("hardship_file.exited_on", "desc")
    .orderBy("hardship_file.filed_on", "desc")
    .limit(1)
    .executeTakeFirst();
  const name = row?.name ?? row?.nameOnFile;
  return row && name ? { name, fileNumber: row.fileNumber } : null;
}

/**
 * Says who belongs to a household now. A member known by id or identity number keeps their row; one who is no
 * longer named has left on the day; nobody is deleted.
 */
export async function replaceMembers(
  tx: Tx,
  ring: Keyring,
  household: { readonly district: District; readonly id: Id<"household"> },
  members: readonly MemberDraft[],
  on: Day,
): Promise<Or<Household>> {
  if (!members.some((one) => one.relation === "self")) return refuse("household-head");
  const now = await getHousehold(tx, ring, household.district, household.id);
  const named = members.map((draft) => {
    const hash = draft.identity ? identityHash(ring, draft.identity) : null;
    const known = now.members.find(
      (one) => one.id === draft.id || (hash !== null && one.idHash !== null && hash.equals(one.idHash)),
    );
    return known ? { ...draft, id: known.id } : draft;
  });
  const kept = new Set(named.map((one) => one.id));
  const gone = now.members.filter((one) => !kept.has(one.id)).map((one) => one.id);
  await sql`update household_member set left_on = ${on}
    where district = ${household.district} and household_id = ${household.id} and id = any(${gone}::uuid[])`.execute(
    tx,
  );
  await addMembers(tx, ring, now, named);
  await sql`update household set version = version + 1 where district = ${household.district} and id = ${household.id}`.execute(
    tx,
  );
  return getHousehold(tx, ring, household.district, household.id);
}

async function addMembers(
  tx: Tx,
  ring: Keyring,
  household: Pick<Household, "district" | "id" | "headId" | "path">,
  members: readonly MemberDraft[],
): Promise<void> {
  const { district, headId } = household;
  for (const draft of members) {
    const id = draft.id ?? newId<"household-member">();
    const facts: MemberSealed = {
      ...draft.facts,
      ...(draft.identity && { idNumber: draft.identity.number, idKind: draft.identity.kind }),
    };
    const hash = draft.identity ? identityHash(ring, draft.identity) : null;
    const person = draft.relation === "self" ? headId : (draft.personId ?? null);
    await sql`insert into household_member (district, household_id, id, path, head_id, name, relation, birth_date, id_hash, work_status, person_id, sealed)
      values (${district}, ${household.id}, ${id}, ${household.path}, ${headId}, ${draft.name}, ${draft.relation}, ${draft.identity?.born ?? draft.birthDate ?? null},
        ${hash}, ${draft.workStatus ?? null}, ${person}, ${sealMember(ring, district, id, facts)})
      on conflict (district, household_id, id) do update set name = excluded.name, relation = excluded.relation,
        birth_date = excluded.birth_date, id_hash = coalesce(excluded.id_hash, household_member.id_hash),
        work_status = excluded.work_status, person_id = excluded.person_id, sealed = excluded.sealed, left_on = null`.execute(
      tx,
    );
  }
}

/** The household of an id this program wrote, with its members' facts open. One that is missing throws. */
async function getHousehold(
  tx: Tx,
  ring: Keyring,
  district: string,
  id: Id<"household">,
): Promise<Household> {
  const { rows } = await sql<Omit<Household, "members">>`
    select district, id, head_id as "headId", path, unit_id as "unitId", created_on as "createdOn", version
    from household where district = ${district} and id = ${id}`.execute(tx);
  const household = rows[0];
  if (!household) throw new Error("household does not exist");
  const { rows: members } = await sql<Omit<HouseholdMember, "facts"> & { district: string; sealed: Buffer }>`
    select district, id, name, relation, birth_date as "birthDate", id_hash as "idHash", work_status as "workStatus",
      person_id as "personId", left_on as "leftOn", sealed
    from household_member where district = ${district} and household_id = ${id} and left_on is null
    order by relation <> 'self', birth_date, id`.execute(tx);
  return {
    ...household,
    members: members.map(({ sealed, district: _, ...one }) => ({
      ...one,
      facts: unsealMember(ring, { district, id: one.id, sealed }),
    })),
  };
}

/** The household a person heads or belongs to; the one made last when there are several. */
export async function findHouseholdOf(
  tx: Tx,
  ring: Keyring,
  person: { readonly district: string; readonly id: Id<"person">; readonly idHash: Buffer | null },
): Promise<Household | null> {
  const { rows } = await sql<{ id: Id<"household"> }>`
    select h.id from household h where h.district = ${person.district} and (h.head_id = ${person.id}
      or exists (select 1 from household_member m where m.district = ${person.district} and m.household_id = h.id and m.left_on is null
        and (m.person_id = ${person.id} or m.id_hash = ${person.idHash})))
    order by h.head_id = ${person.id} desc, h.created_on desc, h.id desc limit 1`.execute(tx);
  return rows[0] ? getHousehold(tx, ring, person.district, rows[0].id) : null;
}

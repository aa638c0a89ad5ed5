import { type RawBuilder, sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Identity, IdKind } from "../kernel/identity-number.ts";
import { type Id, newId } from "../kernel/ids.ts";
import { type Or, refuse } from "../kernel/refusal.ts";
import type { District } from "../kernel/region.ts";
import type { Keyring } from "../kernel/seal.ts";
import { insideScope, type Scope } from "../units/index.ts";
import { type Person, type PersonDraft, type PersonFacts, stillWanted } from "./person.ts";
import { pinyinOf } from "./pinyin.ts";
import { identityHash, type PersonSealed, phoneHash, sealPerson, unsealPerson } from "./sealed.ts";
import { recordingPeople } from "./tallies.ts";

/** The columns of a person under the names of `Person`, for a table or alias `p`. */
export const personColumns: RawBuilder<unknown> = sql`p.district, p.id, p.path, p.unit_id as "unitId", p.name,
  p.name_pinyin as "namePinyin", p.name_initials as "nameInitials", p.sex, p.birth_date as "birthDate", p.ethnicity,
  p.education, p.political_status as "politicalStatus", p.skill_level as "skillLevel",
  p.employment_type as "employmentType", p.employment_status as "employmentStatus", p.employer_name as "employerName",
  p.job_title as "jobTitle", p.new_employment_group as "newEmploymentGroup", p.migrant, p.id_kind as "idKind",
  p.id_hash as "idHash", p.sealed, p.to_complete as "toComplete", p.member_status as "memberStatus",
  p.merged_into as "mergedInto", p.created_on as "createdOn", p.version`;

/**
 * A person by id, wherever they are kept; null when there is none. `district` is where they were last known to live: there
 * a distributed database asks one shard, and all of them only when they have moved.
 */
export async function personOf(
  tx: Tx,
  id: Id<"person">,
  district: string | null = null,
): Promise<Person | null> {
  const place = district === null ? sql`true` : sql`p.district = ${district}`;
  const { rows } = await sql<Person>`select ${personColumns} from person p
    where ${place} and p.id = ${id} and p.merged_into is null`.execute(tx);
  return rows[0] ?? (district === null ? null : personOf(tx, id));
}

/** Every district a person's record lies or lay in, as far as the transaction may see: all of them are asked. */
export async function districtsOf(tx: Tx, id: Id<"person">): Promise<readonly District[]> {
  const { rows } = await sql<{ district: District }>`select district from person where id = ${id}`.execute(
    tx,
  );
  return rows.map((one) => one.district);
}

/** The same for one who lives in a known district: there, and where they lived before. */
export async function districtsLived(
  tx: Tx,
  { person, district }: { readonly person: Id<"person">; readonly district: string },
): Promise<readonly string[]> {
  const { rows } = await sql<{ former: readonly string[] }>`
    select former_districts as former from person where district = ${district} and id = ${person}`.execute(
    tx,
  );
  return [district, ...(rows[0]?.former ?? [])];
}

/** The person of an id this program wrote. One that is missing is a bug and throws. */
export async function getPerson(tx: Tx, id: Id<"person">, district: string | null = null): Promise<Person> {
  const person = await personOf(tx, id, district);
  if (!person) throw new Error("person does not exist");
  return person;
}

/** A person by id, if their record lies in the scope; else `not-found`. */
export async function findPerson(tx: Tx, scope: Scope, id: Id<"person">): Promise<Or<Person>> {
  const { rows } = await sql<Person>`
    select ${personColumns} from person p where p.id = ${id} and ${insideScope(scope, "p.path")}`.execute(tx);
  return rows[0] ?? refuse("not-found");
}

/** Those of some people whose records lie in the scope, in no order. */
export async function findPeople(
  tx: Tx,
  scope: Scope,
  ids: readonly Id<"person">[],
): Promise<readonly Person[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<Person>`select ${personColumns} from person p
    where p.id = any(${[...ids]}::uuid[]) and ${insideScope(scope, "p.path")}`.execute(tx);
  return rows;
}

/** Where the person of an identity number is kept; null when the number is not registered. */
export async function findByIdentity(
  tx: Tx,
  ring: Keyring,
  identity: { readonly kind?: IdKind; readonly number: string },
): Promise<{ readonly district: District; readonly personId: Id<"person"> } | null> {
  const { rows } = await sql<{ district: District; personId: Id<"person"> }>`
    select district, person_id as "personId" from identity_lookup where hash = ${identityHash(ring, identity)}`.execute(
    tx,
  );
  return rows[0] ?? null;
}

/** Everybody under a telephone number: one as a rule, two where a couple shares it. */
export async function findByPhone(
  tx: Tx,
  ring: Keyring,
  phone: string,
): Promise<readonly { readonly district: District; readonly personId: Id<"person"> }[]> {
  const { rows } = await sql<{ district: District; personId: Id<"person"> }>`
    select district, person_id as "personId" from phone_lookup where hash = ${phoneHash(ring, phone)}`.execute(
    tx,
  );
  return rows;
}

/** Records a person. Refuses `identity-taken` when the number belongs to somebody already. */
export async function createPerson(tx: Tx, ring: Keyring, draft: PersonDraft, on: Day): Promise<Or<Person>> {
  const id = draft.id ?? newId<"person">();
  const { unit, identity } = draft;
  const sealed: PersonSealed = { ...draft.sealed, ...(identity && { idNumber: identity.number }) };
  const hash = identity ? identityHash(ring, identity) : null;
  if (hash) {
    const { rows } =
      await sql`insert into identity_lookup (hash, district, person_id) values (${hash}, ${unit.district}, ${id})
      on conflict do nothing returning person_id`.execute(tx);
    if (rows.length === 0) return refuse("identity-taken");
  }
  const facts = {
    ...draft,
    sex: draft.sex ?? (identity?.sex === undefined ? null : identity.sex === "male" ? 1 : 2),
    birthDate: identity?.born ?? draft.birthDate ?? null,
  } as const;
  const sounds = pinyinOf(draft.name);
  const { rows } = await sql<Person>`
    insert into person as p (district, id, path, unit_id, name, name_pinyin, name_initials, sex, birth_date, ethnicity,
      education, political_status, skill_level, employment_type, employment_status, employer_name, job_title,
      new_employment_group, migrant, id_kind, id_hash, sealed, to_complete, created_on)
    values (${unit.district}, ${id}, ${unit.path}, ${unit.id}, ${draft.name}, ${sounds.full}, ${sounds.initials},
      ${facts.sex}, ${facts.birthDate}, ${draft.ethnicity ?? null}, ${draft.education ?? null},
      ${draft.politicalStatus ?? null}, ${draft.skillLevel ?? null}, ${draft.employmentType ?? null},
      ${draft.employmentStatus ?? null}, ${draft.employerName ?? null}, ${draft.jobTitle ?? null},
      ${draft.newEmploymentGroup ?? null}, ${draft.migrant ?? null}, ${identity?.kind ?? "resident"}, ${hash},
      ${sealPerson(ring, unit.district, id, sealed)}, ${stillWanted(facts, sealed)}, ${on})
    returning ${personColumns}`.execute(tx);
  if (sealed.phone) await keepPhone(tx, ring, { id, district: unit.district }, sealed.phone);
  return rows[0]!;
}

/** Changes what is plain of a person, and with it what is still wanted. */
export async function editPerson(
  tx: Tx,
  ring: Keyring,
  person: Person,
  changes: Partial<PersonFacts>,
): Promise<Person> {
  const now = { ...person, ...changes };
  const sounds = pinyinOf(now.name);
  const wanted = stillWanted(now, unsealPerson(ring, person));
  if (person.toComplete.includes("joinedOn")) wanted.push("joinedOn");
  const { rows } = await recordingPeople(tx, [person], () =>
    sql<Person>`
    update person p set name = ${now.name}, name_pinyin = ${sounds.full}, name_initials = ${sounds.initials},
      sex = ${now.sex}, birth_date = ${now.birthDate}, ethnicity = ${now.ethnicity}, education = ${now.education},
      political_status = ${now.politicalStatus}, skill_level = ${now.skillLevel},
      employment_type = ${now.employmentType}, employment_status = ${now.employmentStatus},
      employer_name = ${now.employerName}, job_title = ${now.jobTitle},
      new_employment_group = ${now.newEmploymentGroup}, migrant = ${now.migrant},
      to_complete = ${wanted}, version = p.version + 1
    where p.district = ${person.district} and p.id = ${person.id}
    returning ${personColumns}`.execute(tx),
  );
  return rows[0]!;
}

/** Changes what is sealed of a person; an empty text removes a field. Keeps the telephone's lookup true. */
export async function editSealed(
  tx: Tx,
  ring: Keyring,
  person: Person,
  changes: Omit<PersonSealed, "idNumber">,
): Promise<Person> {
  const before = unsealPerson(ring, person);
  const after = Object.fromEntries(
    Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined && value !== ""),
  ) as PersonSealed;
  if (before.phone !== after.phone) {
    if (before.phone) {
      await sql`delete from phone_lookup where hash = ${phoneHash(ring, before.phone)} and person_id = ${person.id}`.execute(
        tx,
      );
    }
    if (after.phone) await keepPhone(tx, ring, person, after.phone);
  }
  const wanted = person.toComplete.filter((field) => field !== "phone");
  if (!after.phone) wanted.unshift("phone");
  const { rows } = await sql<Person>`
    update person p set sealed = ${sealPerson(ring, person.district, person.id, after)}, to_complete = ${wanted},
      version = p.version + 1
    where p.district = ${person.district} and p.id = ${person.id}
    returning ${personColumns}`.execute(tx);
  return rows[0]!;
}

/**
 * Records the identity number of somebody who had none, with the sex and birth date it tells. The same number again is
 * harmless. Refuses `identity-taken` when it belongs to somebody else, `identity-differs` when the record holds another.
 */
export async function giveIdentity(
  tx: Tx,
  ring: Keyring,
  person: Person,
  identity: Identity,
  at?: string,
): Promise<Or<Person>> {
  const hash = identityHash(ring, identity);
  if (person.idHash)
    return person.idHash.equals(hash)
      ? person
      : refuse("identity-differs", {}, at === undefined ? {} : { at });
  await sql`insert into identity_lookup (hash, district, person_id) values (${hash}, ${person.district}, ${person.id})
    on conflict do nothing`.execute(tx);
  const holder = await findByIdentity(tx, ring, identity);
  if (holder?.personId !== person.id) return refuse("identity-taken", {}, at === undefined ? {} : { at });
  const sealed = { ...unsealPerson(ring, person), idNumber: identity.number };
  const sex = identity.sex === undefined ? person.sex : identity.sex === "male" ? 1 : 2;
  const birthDate = identity.born ?? person.birthDate;
  const wanted = person.toComplete.filter(
    (field) => !(field === "sex" && sex !== null) && !(field === "birthDate" && birthDate !== null),
  );
  const { rows } = await recordingPeople(tx, [person], () =>
    sql<Person>`
    update person p set id_hash = ${hash}, id_kind = ${identity.kind}, sex = ${sex}, birth_date = ${birthDate},
      sealed = ${sealPerson(ring, person.district, person.id, sealed)}, to_complete = ${wanted},
      version = p.version + 1
    where p.district = ${person.district} and p.id = ${person.id}
    returning ${personColumns}`.execute(tx),
  );
  return rows[0]!;
}

async function keepPhone(
  tx: Tx,
  ring: Keyring,
  person: { readonly id: Id<"person">; readonly district: District },
  phone: string,
): Promise<void> {
  await sql`insert into phone_lookup (hash, person_id, district) values (${phoneHash(ring, phone)}, ${person.id}, ${person.district})
    on conflict do nothing`.execute(tx);
}

/** The names of some units, by id. */
export async function unitNamesOf(
  tx: Tx,
  ids: readonly (Id<"unit"> | null)[],
): Promise<ReadonlyMap<string, string>> {
  const some = [...new Set(ids.filter((id) => id !== null))];
  if (some.length === 0) return new Map();
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from unit where id = any(${some}::uuid[])`.execute(tx);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** The name of a unit, for sentences; null when there is none. */
export async function unitNameOf(tx: Tx, id: Id<"unit"> | null): Promise<string | null> {
  return id === null ? null : ((await unitNamesOf(tx, [id])).get(id) ?? null);
}

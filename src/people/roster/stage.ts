import { sql } from "kysely";
import { copyIn, type Tx } from "../../db/index.ts";
import type { Id } from "../../kernel/ids.ts";
import { expect } from "../../kernel/refusal.ts";
import { recordFrom } from "../../rollups/index.ts";
import { addMembers } from "../../units/index.ts";
import type { Person } from "../person.ts";
import { personColumns } from "../store.ts";
import { changeTallies, memberTallies, recordingPeople } from "../tallies.ts";
import type { KnownRelation, SignsIn } from "./existing.ts";

/**
 * Opens the staging table of this transaction. It is the connection's own and goes with the transaction, so no
 * other import sees it and nothing is left behind.
 */
export async function openStage(tx: Tx): Promise<void> {
  await sql`create temp table roster_stage (
    n int not null, district text collate "C" not null, id uuid not null, membership_id uuid not null, event_id uuid not null,
    unit_id uuid not null, path text collate "C" not null, name text not null, name_pinyin text not null, name_initials text not null,
    sex smallint, birth_date date, ethnicity text, education text, political_status text, skill_level text,
    employment_type text, employment_status text, employer_name text, job_title text, new_employment_group text,
    migrant boolean, id_kind text not null, id_hash bytea not null, phone_hash bytea, sealed bytea not null,
    to_complete text[] not null, member_no text, joined_on date, status text not null,
    from_unit_id uuid, from_path text
  ) on commit drop`.execute(tx);
  // The planner knows nothing of a table made a moment ago; every join here is by a key of the large table.
  await sql`select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true)`.execute(tx);
}

/** Fills the stage with lines of `stage-lines.ts`. */
export async function stage(tx: Tx, lines: Iterable<Buffer | string>): Promise<void> {
  await copyIn(tx, "copy roster_stage from stdin", lines);
}

/**
 * Takes the identity numbers of the staged rows. Those taken before, by an earlier import or by one that runs at
 * the same moment, leave the stage and are returned with the person they belong to.
 */
export async function claimIdentities(
  tx: Tx,
  staged: number,
): Promise<readonly { readonly n: number; readonly personId: Id<"person"> }[]> {
  const { rows: claimed } = await sql<{
    id: Id<"person">;
  }>`insert into identity_lookup (hash, district, person_id)
    select id_hash, district, id from roster_stage order by id_hash on conflict do nothing
    returning person_id as id`.execute(tx);
  if (claimed.length === staged) return [];
  const { rows: left } = await sql<{ n: number; hash: Buffer }>`
    delete from roster_stage where id <> all(${claimed.map((one) => one.id)}::uuid[])
    returning n, id_hash as hash`.execute(tx);
  const known = await knownIdentities(
    tx,
    left.map((one) => one.hash),
  );
  return known.map(({ n, personId }) => ({ n: left[n]!.n, personId }));
}

/** Which of some identity numbers are taken, without taking any: for a dry run. */
export async function knownIdentities(
  tx: Tx,
  hashes: readonly Buffer[],
): Promise<readonly { readonly n: number; readonly personId: Id<"person"> }[]> {
  const { rows: found } = await sql<{ n: number; personId: Id<"person"> }>`
    select (h.n - 1)::int as n, l.person_id as "personId"
    from unnest(${[...hashes]}::bytea[]) with ordinality h(hash, n)
    join identity_lookup l on l.hash = h.hash`.execute(tx);
  return found;
}

/**
 * Makes members of the staged people, who are all new, or entries that wait for their word, and counts the members. `on conflict` never finds one: a row's id was made
 * for it. It has a distributed database write rows through its walls rather than by COPY, which no wall lets pass.
 */
export async function insertNewPeople(
  tx: Tx,
  importId: string | null,
  by: string | null,
  at: Date,
  day: string,
): Promise<void> {
  await sql`insert into person (district, id, path, unit_id, name, name_pinyin, name_initials, sex, birth_date, ethnicity,
      education, political_status, skill_level, employment_type, employment_status, employer_name, job_title,
      new_employment_group, migrant, id_kind, id_hash, sealed, to_complete, member_status, created_on)
    select district, id, path, unit_id, name, name_pinyin, name_initials, sex, birth_date, ethnicity,
      education, political_status, skill_level, employment_type, employment_status, employer_name, job_title,
      new_employment_group, migrant, id_kind, id_hash, sealed, to_complete, status, ${day}::date
    from roster_stage on conflict do nothing`.execute(tx);
  await sql`insert into phone_lookup (hash, person_id, district)
    select phone_hash, id, district from roster_stage where phone_hash is not null on conflict do nothing`.execute(
    tx,
  );
  await recordFrom(
    tx,
    memberTallies,
    sql`(select 1 as sign, s.*, s.status as member_status, null::uuid as merged_into from roster_stage s)`,
  );
  await insertMemberships(tx, importId, by, at, day);
}

/**
 * Makes members of the staged people, or entries that wait for their word, with where the record of each stood. A number is
 * given when somebody is a member.
 */
export async function insertMemberships(
  tx: Tx,
  importId: string | null,
  by: string | null,
  at: Date,
  day: string,
): Promise<void> {
  await sql`update roster_stage set member_no = district || lpad(nextval('member_serial')::text, 8, '0')
    where member_no is null and status = 'ACTIVE'`.execute(tx);
  await sql`insert into membership (district, id, person_id, unit_id, path, member_no, status, status_reason, status_since, joined_on, import_id)
    select district, membership_id, id, unit_id, path, member_no,
      status, 'IMPORTED', ${day}::date, joined_on, ${importId}::uuid from roster_stage on conflict (district, id) do nothing`.execute(
    tx,
  );
  await sql`insert into membership_event (district, id, membership_id, person_id, unit_id, path, to_status, reason, by_person, on_day, at, change,
      from_unit_id, from_path)
    select district, event_id, membership_id, id, unit_id, path, status, 'IMPORTED', ${by}::uuid, ${day}::date, ${at}::timestamptz,
      case when status = 'ACTIVE' then 'joined' end, from_unit_id, from_path
    from roster_stage on conflict do nothing`.execute(tx);
  await recordFrom(
    tx,
    changeTallies,
    sql`(select 1 as sign, district, unit_id, null::uuid as from_unit_id, ${day}::date as on_day, 'joined' as change from roster_stage
      where status = 'ACTIVE')`,
  );
  const { rows: joined } = await sql<{ unitId: Id<"unit">; n: number }>`
    select unit_id as "unitId", count(*)::int as n from roster_stage where status = 'ACTIVE' group by unit_id order by unit_id`.execute(
    tx,
  );
  for (const { unitId, n } of joined) expect(await addMembers(tx, unitId, n)); // closed meanwhile: the run begins anew and reads it so
}

/** Writes the staged, merged facts over those of the known people they name. */
export async function updatePeople(tx: Tx, rejoined: boolean): Promise<void> {
  const { rows: staged } = await sql<{ district: string; ids: string[] }>`
    select district, array_agg(id order by id) as ids from roster_stage group by district order by district`.execute(
    tx,
  );
  for (const { district, ids } of staged) {
    const people = ids.map((id) => ({ district, id }));
    await recordingPeople(tx, people, () =>
      sql`update person p set sex = s.sex, birth_date = s.birth_date, ethnicity = s.ethnicity, education = s.education,
          political_status = s.political_status, skill_level = s.skill_level, employment_type = s.employment_type,
          employment_status = s.employment_status, employer_name = s.employer_name, job_title = s.job_title,
          new_employment_group = s.new_employment_group, migrant = s.migrant, sealed = s.sealed, to_complete = s.to_complete,
          path = s.path, unit_id = s.unit_id, member_status = ${rejoined ? sql`s.status` : sql`p.member_status`},
          version = p.version + 1
        from roster_stage s where p.district = ${district} and s.district = ${district} and p.id = s.id`.execute(
        tx,
      ),
    );
    if (rejoined) continue;
    await sql`update membership m set joined_on = coalesce(s.joined_on, m.joined_on), member_no = coalesce(s.member_no, m.member_no)
      from roster_stage s where m.district = ${district} and s.district = ${district} and m.person_id = s.id
        and m.status in ('ACTIVE','TRANSFER_OUT','RETAINED','APPLIED_BY_UNION') and m.kind = 'member'`.execute(
      tx,
    );
  }
  await sql`insert into phone_lookup (hash, person_id, district)
    select phone_hash, id, district from roster_stage where phone_hash is not null on conflict do nothing`.execute(
    tx,
  );
}

/** Empties the stage for the transaction's next list, without reading what it held. */
export async function emptyStage(tx: Tx): Promise<void> {
  await sql`truncate roster_stage`.execute(tx);
}

/** The people of some ids with their relations: the one that counts, then the latest first. */
export async function knownPeople(
  tx: Tx,
  ids: readonly Id<"person">[],
): Promise<
  readonly (Person & {
    readonly relations: readonly KnownRelation[];
    readonly transferOpen: boolean;
    readonly signsIn: SignsIn | null;
    readonly hasCases: boolean;
  })[]
> {
  const { rows } = await sql<
    Person & { relations: KnownRelation[]; transferOpen: boolean; signsIn: SignsIn | null; hasCases: boolean }
  >`
    select ${personColumns}, coalesce(m.relations, '[]') as relations,
      (select case when a.login is null then 'phone' else 'login' end from account a where a.person_id = p.id) as "signsIn",
      exists (select 1 from membership_transfer t where t.district = p.district and t.person_id = p.id
        and t.status in ('requested','released','escalated')) as "transferOpen",
      exists (select 1 from case_file c where c.district = p.district and c.applicant_id = p.id and c.service <> 'join') as "hasCases"
    from person p left join lateral (
      select jsonb_agg(jsonb_build_object('id', id, 'unitId', unit_id, 'path', path, 'status', status, 'reason', status_reason,
          'memberNo', member_no, 'joinedOn', joined_on, 'since', status_since, 'ownWord', exists (
            select 1 from membership_event e where e.district = membership.district and e.membership_id = membership.id
              and e.by_person = membership.person_id))
        order by status in ('ACTIVE','TRANSFER_OUT','RETAINED') desc, status_since desc, id desc) as relations
      from membership where district = p.district and person_id = p.id and kind = 'member'
    ) m on true
    where p.id = any(${[...ids]}::uuid[]) and p.merged_into is null`.execute(tx);
  return rows;
}

/** Forgets telephone numbers that people no longer have. */
export async function forgetPhones(
  tx: Tx,
  gone: readonly { readonly hash: Buffer; readonly person: string }[],
): Promise<void> {
  if (gone.length === 0) return;
  await sql`delete from phone_lookup l using unnest(${gone.map((one) => one.hash)}::bytea[], ${gone.map((one) => one.person)}::uuid[]) as g(hash, person_id)
    where l.hash = g.hash and l.person_id = g.person_id`.execute(tx);
}

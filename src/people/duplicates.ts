import { sql } from "kysely";
import { json, type Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import type { Keyring } from "../kernel/seal.ts";
import { insideScope, type Scope } from "../units/index.ts";
import { countingMembership } from "./membership-store.ts";
import type { Person } from "./person.ts";
import { type PersonSealed, phoneHash, sealPerson, unsealPerson } from "./sealed.ts";
import { findPerson, getPerson } from "./store.ts";
import { recordingPeople } from "./tallies.ts";

/** Two records that may be one person, and what they have in common. */
export interface DuplicatePair {
  readonly oneId: Id<"person">;
  readonly otherId: Id<"person">;
  readonly name: string;
  readonly why: "phone" | "birth-and-employer" | "birth";
}

/**
 * Records of a scope that may be one person, at most `limit` pairs: those of one name and birth date, by what else they
 * share. Identity numbers cannot be twice.
 */
export async function duplicatePairs(tx: Tx, scope: Scope, limit: number): Promise<readonly DuplicatePair[]> {
  const { rows } = await sql<DuplicatePair>`
    select a.id as "oneId", b.id as "otherId", a.name,
      case when a.employer_name is not null and a.employer_name = b.employer_name then 'birth-and-employer' else 'birth' end as why
    from person a join person b on b.district = a.district and b.birth_date = a.birth_date and b.name = a.name and b.id > a.id
    where ${insideScope(scope, "a.path")} and ${insideScope(scope, "b.path")} and a.merged_into is null and b.merged_into is null
      and (a.id_hash is null or b.id_hash is null or a.id_kind <> b.id_kind or a.employer_name = b.employer_name)
    limit ${limit}`.execute(tx);
  const shared = await sharedPhones(tx, rows);
  return rows
    .map((pair) => (shared.has(pair.oneId + pair.otherId) ? { ...pair, why: "phone" as const } : pair))
    .sort((one, other) =>
      one.why === other.why ? (one.name < other.name ? -1 : 1) : one.why > other.why ? -1 : 1,
    );
}

/** The pairs that have a telephone number in common, each as its two ids in one. */
async function sharedPhones(
  tx: Tx,
  pairs: readonly Pick<DuplicatePair, "oneId" | "otherId">[],
): Promise<ReadonlySet<string>> {
  const ids = [...new Set(pairs.flatMap((one) => [one.oneId, one.otherId]))];
  const { rows } = await sql<{ one: string; other: string }>`
    select x.person_id as one, y.person_id as other from phone_lookup x join phone_lookup y on y.hash = x.hash
    where x.person_id = any(${ids}::uuid[]) and y.person_id = any(${ids}::uuid[]) and y.person_id <> x.person_id`.execute(
    tx,
  );
  return new Set(rows.map(({ one, other }) => one + other));
}

/** What a merge changed, so that it can be undone. */
interface MergeBefore {
  readonly kept: {
    readonly sealed: string | null;
    readonly plain: Record<string, unknown>;
    readonly toComplete: readonly string[];
    /** Where the kept record stood. */
    readonly unitId?: string | null;
  };
  readonly movedPhones: readonly string[];
  readonly movedIdentity: string | null;
}

const plainFields = [
  "sex",
  "birth_date",
  "ethnicity",
  "education",
  "political_status",
  "skill_level",
  "employment_type",
  "employment_status",
  "employer_name",
  "job_title",
  "new_employment_group",
  "migrant",
  "id_kind",
] as const;

/**
 * Makes one record of two: what the kept one lacks it takes from the other; the other stays as it was, pointing to
 * the kept one, so that the merge can be undone. The same again is harmless. Refuses `not-found`, `merge-same`,
 * `merge-other-district`, `merge-two-members`, `changed-meanwhile` (one of them is merged already) and
 * `same-id-other-content`.
 */
export async function mergePersons(
  tx: Tx,
  ring: Keyring,
  scope: Scope,
  asked: { readonly id: Id<"merge">; readonly keepId: Id<"person">; readonly mergeId: Id<"person"> },
  by: { readonly person: Id<"person"> | null; readonly at: Date; readonly day: Day },
): Promise<Or<Person>> {
  if (asked.keepId === asked.mergeId) return refuse("merge-same");
  const keep = await findPerson(tx, scope, asked.keepId);
  const merge = await findPerson(tx, scope, asked.mergeId);
  if (isRefusal(keep)) return keep;
  if (isRefusal(merge)) return merge;
  const known = await mergeOf(tx, keep.district, asked.id);
  if (known)
    return known.keptId === keep.id && known.mergedId === merge.id ? keep : refuse("same-id-other-content");
  if (merge.mergedInto !== null || keep.mergedInto !== null) return refuse("changed-meanwhile");
  if (keep.district !== merge.district) return refuse("merge-other-district");
  if ((await countingMembership(tx, keep)) && (await countingMembership(tx, merge)))
    return refuse("merge-two-members");
  const facts = unsealPerson(ring, keep);
  const others = unsealPerson(ring, merge);
  const joined: PersonSealed = { ...others, ...facts };
  const { rows } = await sql<
    Record<string, unknown>
  >`select ${sql.join(plainFields.map((field) => sql.ref(field)))} from person
    where district = ${keep.district} and id = ${keep.id} for update`.execute(tx);
  const before: MergeBefore = {
    kept: {
      sealed: keep.sealed?.toString("base64") ?? null,
      plain: rows[0]!,
      toComplete: keep.toComplete,
      unitId: keep.unitId,
    },
    movedPhones: others.phone ? [phoneHash(ring, others.phone).toString("hex")] : [],
    movedIdentity: keep.idHash === null && merge.idHash !== null ? merge.idHash.toString("hex") : null,
  };
  await sql`insert into merge_log (district, id, path, kept_id, merged_id, before, by_person, at)
    values (${keep.district}, ${asked.id}, ${keep.path}, ${keep.id}, ${merge.id}, ${json(before)}, ${by.person}, ${by.at})`.execute(
    tx,
  );
  await recordingPeople(tx, [keep, merge], () => joinRecords(tx, ring, keep, merge, joined));
  return getPerson(tx, asked.keepId);
}

/** Whom a merge of an id made one, if it has been made. */
async function mergeOf(
  tx: Tx,
  district: string,
  id: Id<"merge">,
): Promise<{ readonly keptId: Id<"person">; readonly mergedId: Id<"person"> } | undefined> {
  const { rows } = await sql<{ keptId: Id<"person">; mergedId: Id<"person"> }>`
    select kept_id as "keptId", merged_id as "mergedId" from merge_log
    where district = ${district} and id = ${id}`.execute(tx);
  return rows[0];
}

/** Writes the kept record, points the other to it, and hangs relations and numbers on the kept one. */
async function joinRecords(
  tx: Tx,
  ring: Keyring,
  keep: Person,
  merge: Person,
  joined: PersonSealed,
): Promise<void> {
  const set = plainFields
    .filter((field) => field !== "id_kind")
    .map((field) => sql`${sql.ref(field)} = coalesce(k.${sql.ref(field)}, m.${sql.ref(field)})`);
  await sql`update person k set ${sql.join(set)}, id_hash = coalesce(k.id_hash, m.id_hash),
      id_kind = case when k.id_hash is null then m.id_kind else k.id_kind end,
      sealed = ${sealPerson(ring, keep.district, keep.id, joined)},
      to_complete = array(select unnest(k.to_complete) intersect select unnest(m.to_complete)), version = k.version + 1
    from person m where k.district = ${keep.district} and k.id = ${keep.id} and m.district = ${merge.district} and m.id = ${merge.id}`.execute(
    tx,
  );
  await sql`update person set merged_into = ${keep.id}, version = version + 1 where district = ${merge.district} and id = ${merge.id}`.execute(
    tx,
  );
  await sql`update identity_lookup set person_id = ${keep.id} where person_id = ${merge.id} and hash = ${merge.idHash}`.execute(
    tx,
  );
  await sql`insert into phone_lookup (hash, person_id, district) select hash, ${keep.id}, district from phone_lookup where person_id = ${merge.id} on conflict do nothing`.execute(
    tx,
  );
  await sql`delete from phone_lookup where person_id = ${merge.id}`.execute(tx);
  await sql`update membership set person_id = ${keep.id} where district = ${merge.district} and person_id = ${merge.id}`.execute(
    tx,
  );
  await showRelation(tx, keep.district, [keep.id]);
}

/** Records show the status of the relation that matters, and stand where one that counts does. */
async function showRelation(tx: Tx, district: string, ids: readonly Id<"person">[]): Promise<void> {
  await sql`update person p set member_status = m.status,
      unit_id = case when m.counts then m.unit_id else p.unit_id end, path = case when m.counts then m.path else p.path end
    from person o left join lateral (
      select status, unit_id, path, status in ('ACTIVE','TRANSFER_OUT','RETAINED') as counts from membership
      where district = o.district and person_id = o.id and kind = 'member'
      order by status in ('ACTIVE','TRANSFER_OUT','RETAINED') desc, status_since desc, id desc limit 1) m on true
    where o.district = p.district and o.id = p.id and p.district = ${district} and p.id = any(${[...ids]}::uuid[])`.execute(
    tx,
  );
}

/**
 * Takes a merge apart again: both records as they were, each with its own relations and numbers. Refuses `not-found`, also
 * when it has been taken apart already.
 */
export async function undoMerge(
  tx: Tx,
  scope: Scope,
  id: Id<"merge">,
  at: Date,
): Promise<Or<{ readonly keptId: Id<"person">; readonly mergedId: Id<"person"> }>> {
  // Whoever merges names the id: two districts may hold the same, and one merge is taken apart.
  const { rows: found } = await sql<{ district: string }>`
    select g.district from merge_log g join person p on p.district = g.district and p.id = g.kept_id
    where g.id = ${id} and g.undone_at is null and ${insideScope(scope, "p.path")} order by g.at desc limit 1`.execute(
    tx,
  );
  if (!found[0]) return refuse("not-found");
  const { rows } = await sql<{
    district: string;
    keptId: Id<"person">;
    mergedId: Id<"person">;
    before: MergeBefore;
  }>`
    update merge_log g set undone_at = ${at}
    where g.district = ${found[0].district} and g.id = ${id} and g.undone_at is null
    returning g.district, g.kept_id as "keptId", g.merged_id as "mergedId", g.before`.execute(tx);
  const merge = rows[0];
  if (!merge) return refuse("not-found");
  const { district, keptId, mergedId } = merge;
  await recordingPeople(
    tx,
    [
      { district, id: keptId },
      { district, id: mergedId },
    ],
    () => partRecords(tx, merge),
  );
  return { keptId, mergedId };
}

async function partRecords(
  tx: Tx,
  merge: {
    readonly district: string;
    readonly keptId: Id<"person">;
    readonly mergedId: Id<"person">;
    readonly before: MergeBefore;
  },
): Promise<void> {
  const { district, keptId, mergedId, before } = merge;
  const plain = plainFields.map((field) => sql`${sql.ref(field)} = r.${sql.ref(field)}`);
  await sql`update person p set ${sql.join(plain)}, sealed = ${before.kept.sealed === null ? null : Buffer.from(before.kept.sealed, "base64")},
      to_complete = ${[...before.kept.toComplete]}, id_hash = ${before.movedIdentity === null ? sql`p.id_hash` : null}, version = p.version + 1
    from jsonb_populate_record(null::person, ${json(before.kept.plain)}) r where p.district = ${district} and p.id = ${keptId}`.execute(
    tx,
  );
  const { rows: parted } = await sql<{ hash: Buffer | null }>`
    update person set merged_into = null, version = version + 1 where district = ${district} and id = ${mergedId}
    returning id_hash as hash`.execute(tx);
  const hash = parted[0]?.hash;
  if (hash) await sql`update identity_lookup set person_id = ${mergedId} where hash = ${hash}`.execute(tx);
  for (const hash of before.movedPhones) {
    await sql`insert into phone_lookup (hash, person_id, district) values (decode(${hash}, 'hex'), ${mergedId}, ${district}) on conflict do nothing`.execute(
      tx,
    );
  }
  // Relations are told apart by their events, which a merge never rewrites.
  await sql`update membership m set person_id = ${mergedId} where m.district = ${district} and m.person_id = ${keptId}
    and exists (select 1 from membership_event e where e.district = m.district and e.membership_id = m.id and e.person_id = ${mergedId})`.execute(
    tx,
  );
  if (before.kept.unitId)
    await sql`update person p set unit_id = u.id, path = u.path from unit u
      where u.id = ${before.kept.unitId} and p.district = ${district} and p.id = ${keptId}`.execute(tx);
  await showRelation(tx, district, [keptId, mergedId]);
}

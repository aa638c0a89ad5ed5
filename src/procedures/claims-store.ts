import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { insideScope, type Scope } from "../units/scope.ts";
import type { Claimant, Claimed, ClaimState, NewClaim, Share } from "./rounds.ts";
import { type RoundRow, saveShare } from "./rounds-store.ts";

/** Those who claimed, in order of arrival, as far as the scope goes. */
export async function claimsIn(
  tx: Tx,
  scope: Scope,
  roundId: string,
  page: {
    readonly after: { readonly district: string; readonly number: number } | null;
    readonly limit: number;
  },
) {
  return tx
    .selectFrom("round_claim")
    .innerJoin("unit", "unit.id", "round_claim.unit_id")
    .where("round_claim.round_id", "=", roundId)
    .where(insideScope(scope, "round_claim.path"))
    .$if(page.after !== null, (query) =>
      query.where(
        sql<boolean>`(round_claim.district, round_claim.number) > (${page.after?.district ?? ""}, ${page.after?.number ?? 0})`,
      ),
    )
    .orderBy("round_claim.district")
    .orderBy("round_claim.number")
    .limit(page.limit)
    .select([
      "round_claim.id",
      "round_claim.district",
      "round_claim.number",
      "round_claim.state",
      "round_claim.person_name as name",
      "round_claim.claimed_at as claimedAt",
      "unit.name as unitName",
      sql<string | null>`case when round_claim.case_district is not null then round_claim.id end`.as(
        "caseId",
      ),
    ])
    .execute();
}

/** The districts in which a person's claims in these rounds may lie: the one with all places, or where they live and lived. */
export function claimPlaces(
  rounds: readonly Pick<RoundRow, "onlyDistrict">[],
  person: { readonly district: string; readonly former_districts: readonly string[] },
): readonly string[] {
  return rounds.flatMap((one) => one.onlyDistrict ?? [person.district, ...person.former_districts]);
}

/** The latest claim of a person in each of these rounds, among those of the districts given. */
export async function claimsOf(
  tx: Tx,
  personId: string,
  roundIds: readonly string[],
  districts: Iterable<string>,
) {
  const asked = await Promise.all(
    [...new Set(districts)].map((district) =>
      sql<PersonsClaim>`select round_id as "roundId", id as "claimId", number, state, claimed_at as "claimedAt",
          case when case_district is not null then id end as "caseId"
        from round_claim where district = ${district} and person_id = ${personId} and round_id = any(${[...roundIds]}::uuid[])`.execute(
        tx,
      ),
    ),
  );
  const all = asked.flatMap(({ rows }) => rows).sort(inOrder);
  return new Map(all.map(({ claimedAt: _, ...claim }) => [claim.roundId, claim]));
}

interface PersonsClaim {
  readonly roundId: string;
  readonly claimId: string;
  readonly number: number;
  readonly state: ClaimState;
  readonly claimedAt: Date;
  readonly caseId: string | null;
}

/** The earlier claim first, and last the one that stands: by a clock that was set back it may look the older. */
function inOrder<Claim extends Pick<PersonsClaim, "state" | "claimedAt" | "number">>(
  one: Claim,
  other: Claim,
): number {
  const stands = ({ state }: Claim): number => (state === "held" || state === "waiting" ? 1 : 0);
  return (
    stands(one) - stands(other) ||
    one.claimedAt.getTime() - other.claimedAt.getTime() ||
    one.number - other.number
  );
}

interface Asking {
  readonly id: string;
  readonly personId: string;
  readonly personDistrict: string;
  readonly at: Date;
}

/** What stands in the books about those who ask, in the order in which they ask. */
export async function claimantsOf(
  tx: Tx,
  district: string,
  roundId: string,
  asking: readonly Asking[],
): Promise<readonly Claimant[]> {
  const homes = Map.groupBy(asking, (one) => one.personDistrict);
  const [people, same, here] = await Promise.all([
    Promise.all([...homes].map(([home, some]) => peopleAsking(tx, home, some))),
    claimsById(tx, district, asking),
    activeClaims(tx, district, roundId, asking),
  ]);
  const known = new Map(people.flat().map((one) => [one.id, one]));
  const mine = new Map([...(await claimsElsewhere(tx, district, roundId, known)), ...here]);
  return asking.map(({ id, personId, personDistrict, at }) => {
    const found = known.get(personId);
    return {
      id,
      personId,
      personDistrict,
      at,
      person: found === undefined ? null : found.person,
      mine: mine.get(personId) ?? null,
      same: same.get(id) ?? null,
    };
  });
}

/** Those of one district who ask, and where they lived before. */
async function peopleAsking(tx: Tx, district: string, asking: readonly Asking[]) {
  const { rows } = await sql<{
    id: string;
    formerDistricts: readonly string[];
    name: string;
    unitId: string | null;
    path: string;
    memberStatus: string | null;
    group: string | null;
  }>`select id, former_districts as "formerDistricts", name, unit_id as "unitId", path, member_status as "memberStatus",
      new_employment_group as "group"
    from person where district = ${district} and id = any(${asking.map((one) => one.personId)}::uuid[])
      and merged_into is null`.execute(tx);
  return rows.map(({ id, formerDistricts, ...person }) => ({ id, formerDistricts, person }));
}

/** The claims that already have the ids now asked with. */
async function claimsById(tx: Tx, district: string, asking: readonly Asking[]) {
  const rows = await tx
    .selectFrom("round_claim")
    .where("district", "=", district)
    .where("id", "in", [...new Set(asking.map((one) => one.id))])
    .select(["id", "number", "person_id as personId", "round_id as roundId"])
    .select(sql<ClaimState>`state`.as("state"))
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** The claims in a district's share of a round that these people have and have not given back. */
async function activeClaims(
  tx: Tx,
  district: string,
  roundId: string,
  people: readonly { readonly personId: string }[],
): Promise<ReadonlyMap<string, Claimed>> {
  const { rows } = await sql<Claimed & { personId: string }>`
    select person_id as "personId", id, number, state from round_claim
    where district = ${district} and round_id = ${roundId} and person_id = any(${people.map((one) => one.personId)}::uuid[])
      and state in ('held', 'waiting')`.execute(tx);
  return new Map(rows.map(({ personId, ...claim }) => [personId, claim]));
}

/** What those who moved have of the same round where they lived before. */
async function claimsElsewhere(
  tx: Tx,
  district: string,
  roundId: string,
  people: ReadonlyMap<string, { readonly id: string; readonly formerDistricts: readonly string[] }>,
): Promise<ReadonlyMap<string, Claimed>> {
  const moved = [...people.values()].flatMap(({ id, formerDistricts }) =>
    formerDistricts.filter((former) => former !== district).map((former) => ({ personId: id, former })),
  );
  const found = await Promise.all(
    [...Map.groupBy(moved, (one) => one.former)].map(([former, some]) =>
      activeClaims(tx, former, roundId, some),
    ),
  );
  return new Map(found.flatMap((claims) => [...claims]));
}

/**
 * Writes claims and the share as it stands after them. What it returns nobody reads: a distributed database then writes
 * rows through its walls, and not by COPY, which no wall lets pass.
 */
export async function writeClaims(
  tx: Tx,
  roundId: string,
  share: Share,
  taken: readonly NewClaim[],
): Promise<void> {
  const of = <Value>(pick: (one: NewClaim) => Value): Value[] => taken.map(pick);
  const wrote =
    sql`insert into round_claim (district, id, round_id, number, person_id, person_district, person_name, unit_id, path, state, counts, claimed_at, changed_at)
    select ${share.district}, c.id, ${roundId}, c.number, c.person_id, c.person_district, c.name, c.unit_id, c.path, c.state,
      case c.state when 'held' then 'place' else 'waiting' end, c.at, c.at
    from unnest(${of((one) => one.id)}::uuid[], ${of((one) => one.number)}::int[], ${of((one) => one.personId)}::uuid[],
      ${of((one) => one.personDistrict)}::text[], ${of((one) => one.name)}::text[], ${of((one) => one.unitId)}::uuid[],
      ${of((one) => one.path)}::text[], ${of((one) => one.state)}::text[], ${of((one) => one.at)}::timestamptz[])
      as c(id, number, person_id, person_district, name, unit_id, path, state, at)
    returning id`.execute(tx);
  await Promise.all([wrote, saveShare(tx, roundId, share)]);
}

/** The claims of a person in a round, the latest first, among those of the districts given. */
export async function claimsInRound(tx: Tx, roundId: string, personId: string, districts: Iterable<string>) {
  const asked = await Promise.all(
    [...new Set(districts)].map((district) =>
      tx
        .selectFrom("round_claim")
        .where("district", "=", district)
        .where("round_id", "=", roundId)
        .where("person_id", "=", personId)
        .select(["id", "district", "number", "counts", "person_id as personId", "person_name as name"])
        .select(["case_district as caseDistrict", "claimed_at as claimedAt"])
        .select(sql<ClaimState>`state`.as("state"))
        .execute(),
    ),
  );
  return asked.flat().sort((one, other) => inOrder(other, one));
}

/** The case of a district that an action was done to. */
export async function caseOfAction(tx: Tx, district: string, actionId: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom("case_action")
    .where("district", "=", district)
    .where("id", "=", actionId)
    .select("case_id")
    .executeTakeFirst();
  return row?.case_id;
}

/** Gives a claim back; the share follows in a transaction of its own, so that nobody holds it while a case is written. */
export async function returnClaim(
  tx: Tx,
  districts: readonly string[],
  claimId: string,
  at: Date,
): Promise<void> {
  await tx
    .updateTable("round_claim")
    .set({ state: "returned", changed_at: at, pending: true })
    .where("district", "in", [...districts])
    .where("id", "=", claimId)
    .where("state", "in", ["held", "waiting"])
    .execute();
}

/** Shares with claims that something has still to follow. */
export async function pendingShares(tx: Tx, limit: number) {
  const { rows } = await sql<{ district: string; roundId: string }>`
    select distinct district, round_id as "roundId" from round_claim where pending limit ${limit}`.execute(
    tx,
  );
  return rows;
}

/** Shares of rounds that are over where somebody still waits. */
export async function overdueShares(tx: Tx, now: Date, limit: number) {
  const { rows } = await sql<{ district: string; roundId: string }>`
    select s.district, s.round_id as "roundId" from round_share s join round r on r.id = s.round_id
    where s.waiting > 0 and (r.ended_at is not null or (r.closes_at <= ${now} and not r.late)) limit ${limit}`.execute(
    tx,
  );
  return rows;
}

/** Takes what was given back off the share: how many places and how many that waited. */
export async function settleReturned(tx: Tx, district: string, roundId: string) {
  const { rows } = await sql<{ places: number; waiting: number }>`
    with given as (select id, counts from round_claim
        where district = ${district} and round_id = ${roundId} and pending and state = 'returned' and counts is not null for update),
      done as (update round_claim c set counts = null from given g where c.district = ${district} and c.id = g.id)
    select count(*) filter (where counts = 'place')::int as places, count(*) filter (where counts = 'waiting')::int as waiting from given`.execute(
    tx,
  );
  return rows[0] ?? { places: 0, waiting: 0 };
}

/** Gives places to those who wait longest. How many got one. */
export async function promoteWaiting(
  tx: Tx,
  share: Share,
  roundId: string,
  places: number,
  at: Date,
): Promise<number> {
  const { rows } = await sql`
    with next as materialized (select id from round_claim
        where district = ${share.district} and round_id = ${roundId} and state = 'waiting' order by number limit ${places} for update)
    update round_claim c set state = 'held', counts = 'place', changed_at = ${at}, pending = true
    from next n where c.district = ${share.district} and c.id = n.id
    returning c.id`.execute(tx);
  return rows.length;
}

/** Ends the waiting of everybody who still waits. How many. */
export async function lapseWaiting(tx: Tx, share: Share, roundId: string, at: Date): Promise<number> {
  const { rows } = await sql`
    update round_claim set state = 'lapsed', counts = null, changed_at = ${at}, pending = true
    where district = ${share.district} and round_id = ${roundId} and state = 'waiting' returning id`.execute(
    tx,
  );
  return rows.length;
}

/** Claims whose case has still to follow, in order of arrival. */
export async function pendingClaims(tx: Tx, district: string, roundId: string, limit: number) {
  return tx
    .selectFrom("round_claim")
    .where("district", "=", district)
    .where("round_id", "=", roundId)
    .where("pending", "=", true)
    .orderBy("number")
    .limit(limit)
    .select(["id", "number", "person_id as personId", "person_name as name", "counts"])
    .select(sql<ClaimState>`state`.as("state"))
    .execute();
}

/** A claim's case has followed, if the claim stands as it was seen; where it lies, if there is one. */
export async function caughtUp(
  tx: Tx,
  district: string,
  id: string,
  state: ClaimState,
  caseDistrict: string | null,
): Promise<void> {
  await tx
    .updateTable("round_claim")
    .set({ pending: false, ...(caseDistrict !== null && { case_district: caseDistrict }) })
    .where("district", "=", district)
    .where("id", "=", id)
    .where("state", "=", state)
    .where((or) => or.or([or("state", "<>", "returned"), or("counts", "is", null)]))
    .execute();
}

import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { Id } from "../kernel/ids.ts";
import type { UnitPath } from "../kernel/path.ts";
import { insideScope, type Scope } from "../units/scope.ts";
import type { Claimant, ClaimState, NewClaim, Round, Share } from "./rounds.ts";

/** A round with how full it is, all its shares together. */
export interface RoundLine extends Round {
  readonly unitName: string;
  readonly shares: number;
  readonly held: number;
  readonly waiting: number;
  readonly waitingQuota: number;
  readonly claims: number;
}

const roundColumns = [
  "round.id",
  "round.service",
  "round.unit_id as unitId",
  "round.path",
  "round.title",
  "round.opens_at as opensAt",
  "round.closes_at as closesAt",
  "round.late",
  "round.quota",
  "round.each_fen as eachFen",
  "round.budget_fen as budgetFen",
  "round.groups",
  "round.ended_at as endedAt",
] as const;

export async function findRound(tx: Tx, id: string): Promise<Round | undefined> {
  return tx.selectFrom("round").where("id", "=", id).select(roundColumns).executeTakeFirst();
}

/** Whether this very round was opened before, and with which content. */
export async function contentOfRound(tx: Tx, id: string): Promise<Buffer | undefined> {
  const row = await tx.selectFrom("round").where("id", "=", id).select("content_hash").executeTakeFirst();
  return row?.content_hash;
}

/** Writes a round and its shares. False when the id is taken. */
export async function insertRound(
  tx: Tx,
  round: Round,
  shares: readonly { readonly district: string; readonly quota: number; readonly waiting: number }[],
  by: { readonly person: string; readonly at: Date; readonly content: Buffer },
): Promise<boolean> {
  const made = await tx
    .insertInto("round")
    .values({
      id: round.id,
      service: round.service,
      unit_id: round.unitId,
      path: round.path,
      title: round.title,
      opens_at: round.opensAt,
      closes_at: round.closesAt,
      late: round.late,
      quota: round.quota,
      each_fen: round.eachFen,
      budget_fen: round.budgetFen,
      groups: [...round.groups],
      districts: shares.length,
      made_by: by.person,
      made_at: by.at,
      content_hash: by.content,
    })
    .onConflict((on) => on.doNothing())
    .returning("id")
    .executeTakeFirst();
  if (!made) return false;
  await sql`insert into round_share (district, round_id, quota, waiting_quota)
    select d.district, ${round.id}, d.quota, d.waiting from unnest(${shares.map((one) => one.district)}::text[],
      ${shares.map((one) => one.quota)}::int[], ${shares.map((one) => one.waiting)}::int[]) as d(district, quota, waiting)`.execute(
    tx,
  );
  return true;
}

/** Ends a round from now on. False when it had ended. */
export async function endRound(tx: Tx, id: string, at: Date): Promise<boolean> {
  const done = await tx
    .updateTable("round")
    .set({ ended_at: at })
    .where("id", "=", id)
    .where("ended_at", "is", null)
    .executeTakeFirst();
  return done.numUpdatedRows === 1n;
}

/** Members by district, of a union and all below it: what a round's places are split by. */
export async function membersByDistrict(tx: Tx, path: UnitPath) {
  const { rows } = await sql<{ district: string; members: number }>`
    select district, sum(members)::int as members from unit where path = ${path} or path like ${`${path}.%`}
    group by district order by district`.execute(tx);
  return rows;
}

/** Rounds of the unions in scope, the latest to open first. */
export async function roundsIn(tx: Tx, scope: Scope, limit: number): Promise<readonly RoundLine[]> {
  const rounds = await named(tx)
    .where(insideScope(scope, "round.path"))
    .orderBy("round.opens_at", "desc")
    .orderBy("round.id")
    .limit(limit)
    .execute();
  return filled(tx, rounds);
}

/** One round in scope. */
export async function roundIn(tx: Tx, scope: Scope, id: string): Promise<RoundLine | undefined> {
  const rounds = await named(tx).where(insideScope(scope, "round.path")).where("round.id", "=", id).execute();
  const [one] = await filled(tx, rounds);
  return one;
}

function named(tx: Tx) {
  return tx
    .selectFrom("round")
    .innerJoin("unit", "unit.id", "round.unit_id")
    .select([...roundColumns, "unit.name as unitName", "round.districts as shares"]);
}

/** With what is taken of each, summed over its shares. Asked apart: the rounds lie everywhere, the shares in districts. */
async function filled<Line extends { readonly id: string }>(tx: Tx, rounds: readonly Line[]) {
  if (rounds.length === 0) return [];
  const sums = await tx
    .selectFrom("round_share")
    .where(
      "round_id",
      "in",
      rounds.map((one) => one.id),
    )
    .groupBy("round_id")
    .select([
      "round_id",
      sql<number>`sum(held)::int`.as("held"),
      sql<number>`sum(waiting)::int`.as("waiting"),
      sql<number>`sum(waiting_quota)::int`.as("waitingQuota"),
      sql<number>`sum(last_number)::int`.as("claims"),
    ])
    .execute();
  const byRound = new Map(sums.map(({ round_id, ...sum }) => [round_id, sum]));
  const none = { held: 0, waiting: 0, waitingQuota: 0, claims: 0 };
  return rounds.map((round) => ({ ...round, ...(byRound.get(round.id) ?? none) }));
}

/** The shares of a round, by district. */
export async function sharesOf(tx: Tx, roundId: string): Promise<readonly Share[]> {
  return tx
    .selectFrom("round_share")
    .where("round_id", "=", roundId)
    .orderBy("district")
    .select(shareColumns)
    .execute();
}

const shareColumns = [
  "district",
  "quota",
  "waiting_quota as waitingQuota",
  "held",
  "waiting",
  "last_number as lastNumber",
] as const;

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

/** Rounds of the unions at these places that are ahead, open, or have closed since. */
export async function roundsAt(tx: Tx, places: readonly string[], since: Date) {
  if (places.length === 0) return [];
  return named(tx)
    .where("round.path", "in", [...places])
    .where("round.closes_at", ">", since)
    .orderBy("round.opens_at")
    .limit(50)
    .execute();
}

/** The share each of these rounds has for somebody of a district: the district's, or the only one. */
export async function sharesFor(
  tx: Tx,
  rounds: readonly { readonly id: string; readonly shares: number }[],
  district: string,
): Promise<ReadonlyMap<string, Share>> {
  const only = rounds.filter((one) => one.shares === 1).map((one) => one.id);
  const others = rounds.filter((one) => one.shares > 1).map((one) => one.id);
  const { rows } = await sql<Share & { roundId: string }>`
    select round_id as "roundId", district, quota, waiting_quota as "waitingQuota", held, waiting, last_number as "lastNumber"
    from round_share where round_id = any(${only}::uuid[]) or (round_id = any(${others}::uuid[]) and district = ${district})`.execute(
    tx,
  );
  return new Map(rows.map(({ roundId, ...share }) => [roundId, share]));
}

/** The latest claim of a person in each of these rounds. */
export async function claimsOf(tx: Tx, personId: string, roundIds: readonly string[]) {
  const { rows } = await sql<{
    roundId: string;
    claimId: string;
    number: number;
    state: ClaimState;
    caseId: string | null;
  }>`select distinct on (round_id) round_id as "roundId", id as "claimId", number, state,
      case when case_district is not null then id end as "caseId"
    from round_claim where person_id = ${personId} and round_id = any(${[...roundIds]}::uuid[])
    order by round_id, claimed_at desc, number desc`.execute(tx);
  return new Map(rows.map((row) => [row.roundId, row]));
}

/** A round and its share, the share held until the transaction ends: claims of one share go one after the other. */
export async function lockShare(tx: Tx, district: string, roundId: string): Promise<Share | undefined> {
  return tx
    .selectFrom("round_share")
    .where("district", "=", district)
    .where("round_id", "=", roundId)
    .forUpdate()
    .select(shareColumns)
    .executeTakeFirst();
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
  const { rows } = await sql<{
    name: string | null;
    unitId: string | null;
    path: string | null;
    memberStatus: string | null;
    group: string | null;
    mineId: string | null;
    mineNumber: number;
    mineState: ClaimState;
    sameNumber: number | null;
    sameState: ClaimState;
    samePerson: string;
    sameRound: string;
  }>`select p.name, p.unit_id as "unitId", p.path, p.member_status as "memberStatus", p.new_employment_group as "group",
      mine.id as "mineId", mine.number as "mineNumber", mine.state as "mineState",
      same.number as "sameNumber", same.state as "sameState", same.person_id as "samePerson", same.round_id as "sameRound"
    from unnest(${asking.map((one) => one.id)}::uuid[], ${asking.map((one) => one.personId)}::uuid[],
      ${asking.map((one) => one.personDistrict)}::text[]) with ordinality as a(id, person_id, person_district, place)
    left join person p on p.district = a.person_district and p.id = a.person_id and p.merged_into is null
    left join round_claim mine on mine.district = ${district} and mine.round_id = ${roundId} and mine.person_id = a.person_id
      and mine.state in ('held','waiting')
    left join round_claim same on same.district = ${district} and same.id = a.id
    order by a.place`.execute(tx);
  return rows.map((row, index) => {
    const { id, personId, personDistrict, at } = asking[index]!;
    const { name, unitId, memberStatus, group } = row;
    return {
      id,
      personId,
      personDistrict,
      at,
      person: name === null ? null : { name, unitId, path: row.path ?? "", memberStatus, group },
      mine: row.mineId === null ? null : { id: row.mineId, number: row.mineNumber, state: row.mineState },
      same:
        row.sameNumber === null
          ? null
          : {
              id,
              number: row.sameNumber,
              state: row.sameState,
              personId: row.samePerson,
              roundId: row.sameRound,
            },
    };
  });
}

/** Writes claims and the share as it stands after them. */
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
      as c(id, number, person_id, person_district, name, unit_id, path, state, at)`.execute(tx);
  await Promise.all([wrote, saveShare(tx, roundId, share)]);
}

/** The share as it stands. Its checks are the last word: no more held than there are places. */
export async function saveShare(tx: Tx, roundId: string, share: Share): Promise<void> {
  await sql`update round_share set held = ${share.held}, waiting = ${share.waiting}, last_number = ${share.lastNumber}
    where district = ${share.district} and round_id = ${roundId}`.execute(tx);
}

/** The claims of a person in a round, the latest first. */
export async function claimsInRound(tx: Tx, roundId: string, personId: string) {
  return tx
    .selectFrom("round_claim")
    .where("round_id", "=", roundId)
    .where("person_id", "=", personId)
    .orderBy("claimed_at", "desc")
    .orderBy("number", "desc")
    .select(["id", "district", "number", "counts", "person_id as personId", "person_name as name"])
    .select(["case_district as caseDistrict", sql<ClaimState>`state`.as("state")])
    .execute();
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
export async function returnClaim(tx: Tx, claimId: string, at: Date): Promise<void> {
  await tx
    .updateTable("round_claim")
    .set({ state: "returned", changed_at: at, pending: true })
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
    with given as (select district, id, counts from round_claim
        where district = ${district} and round_id = ${roundId} and pending and state = 'returned' and counts is not null for update),
      done as (update round_claim c set counts = null from given g where c.district = g.district and c.id = g.id)
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
    with next as materialized (select district, id from round_claim
        where district = ${share.district} and round_id = ${roundId} and state = 'waiting' order by number limit ${places} for update)
    update round_claim c set state = 'held', counts = 'place', changed_at = ${at}, pending = true
    from next n where c.district = n.district and c.id = n.id
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

/** The union of a round to be opened. */
export async function unitOf(tx: Tx, id: Id<"unit">) {
  return tx
    .selectFrom("unit")
    .where("id", "=", id)
    .where("status", "=", "ACTIVE")
    .select(["id", "path", "district", "name"])
    .executeTakeFirst();
}

/** Counters, quotas and cases of rounds that do not agree. */
export async function roundFaults(tx: Tx, most: number): Promise<readonly RoundFault[]> {
  const { rows } = await sql<RoundFault>`
    with counted as (select s.district, s.round_id, s.quota, s.held, s.waiting, s.last_number,
        count(c.id) filter (where c.counts = 'place') as places, count(c.id) filter (where c.counts = 'waiting') as queue,
        count(c.id) as claims, coalesce(max(c.number), 0) as last
      from round_share s left join round_claim c on c.district = s.district and c.round_id = s.round_id
      group by s.district, s.round_id)
    select 'round-quota' as check, round_id || ' ' || district as where, 'at most ' || quota as expected, places::text as found
      from counted where places > quota
    union all select 'round-held', round_id || ' ' || district, places::text, held::text from counted where places <> held
    union all select 'round-waiting', round_id || ' ' || district, queue::text, waiting::text from counted where queue <> waiting
    union all select 'round-arrivals', round_id || ' ' || district, last_number::text, claims || ' up to ' || last
      from counted where claims <> last_number or last <> last_number
    limit ${most}`.execute(tx);
  return [...rows, ...(await splitFaults(tx)), ...(await claimFaults(tx))].slice(0, most);
}

/** Rounds whose shares are not the whole. */
async function splitFaults(tx: Tx): Promise<readonly RoundFault[]> {
  const rounds = await tx.selectFrom("round").select(["id", "quota"]).execute();
  const { rows } = await sql<{ id: string; quota: number }>`
    select round_id as id, sum(quota)::int as quota from round_share group by round_id`.execute(tx);
  const shared = new Map(rows.map((row) => [row.id, row.quota]));
  return rounds
    .filter(({ id, quota }) => shared.get(id) !== quota)
    .map(({ id, quota }) => ({
      check: "round-shares",
      where: id,
      expected: String(quota),
      found: String(shared.get(id) ?? 0),
    }));
}

/** Claims whose case is missing or stands elsewhere than they do, share by share. */
async function claimFaults(tx: Tx): Promise<readonly RoundFault[]> {
  const broken: RoundFault[] = [];
  const shares = await tx.selectFrom("round_share").select(["district", "round_id"]).execute();
  for (const share of shares) {
    const claims = await tx
      .selectFrom("round_claim")
      .where("district", "=", share.district)
      .where("round_id", "=", share.round_id)
      .where("pending", "=", false)
      .select(["id", "state", "case_district"])
      .execute();
    for (const [district, here] of Map.groupBy(claims, (one) => one.case_district)) {
      const found = await casesAt(
        tx,
        district,
        here.map((one) => one.id),
      );
      for (const { id, state } of here) {
        const standing = found.get(id) ?? "none";
        const right = {
          held: standing !== "none",
          waiting: standing === "open",
          returned: standing !== "open",
          lapsed: standing !== "open",
        };
        if (!right[state as ClaimState])
          broken.push({ check: "round-case", where: id, expected: state, found: standing });
      }
    }
  }
  return broken;
}

async function casesAt(tx: Tx, district: string | null, ids: readonly string[]) {
  if (district === null) return new Map<string, string>();
  const { rows } = await sql<{ id: string; state: string }>`
    select id, state from case_file where district = ${district} and id = any(${[...ids]}::uuid[])`.execute(
    tx,
  );
  return new Map(rows.map((row) => [row.id, row.state]));
}

interface RoundFault {
  readonly check: string;
  readonly where: string;
  readonly expected: string;
  readonly found: string;
}

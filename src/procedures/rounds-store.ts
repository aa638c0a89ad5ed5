import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { Id } from "../kernel/ids.ts";
import type { UnitPath } from "../kernel/path.ts";
import { insideScope, type Scope } from "../units/scope.ts";
import type { Round, Share } from "./rounds.ts";

/** A round as its row has it. */
export interface RoundRow extends Round {
  /** The district of a round with one share; null when it has several. */
  readonly onlyDistrict: string | null;
}

/** A round with how full it is, all its shares together. */
export interface RoundLine extends RoundRow {
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
  "round.only_district as onlyDistrict",
] as const;

/** A round by its id, open or ended; undefined when there is none. Nothing is locked. */
export async function findRound(tx: Tx, id: string): Promise<RoundRow | undefined> {
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
      only_district: shares.length === 1 ? shares[0]!.district : null,
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
  rounds: readonly Pick<RoundRow, "id" | "onlyDistrict">[],
  district: string,
): Promise<ReadonlyMap<string, Share>> {
  const asked = await Promise.all(
    [...Map.groupBy(rounds, (one) => one.onlyDistrict ?? district)].map(([there, some]) =>
      tx
        .selectFrom("round_share")
        .where("district", "=", there)
        .where(
          "round_id",
          "in",
          some.map((one) => one.id),
        )
        .select(["round_id", ...shareColumns])
        .execute(),
    ),
  );
  return new Map(asked.flat().map(({ round_id, ...share }) => [round_id, share]));
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

/** The share as it stands. Its checks are the last word: no more held than there are places. */
export async function saveShare(tx: Tx, roundId: string, share: Share): Promise<void> {
  await sql`update round_share set held = ${share.held}, waiting = ${share.waiting}, last_number = ${share.lastNumber}
    where district = ${share.district} and round_id = ${roundId}`.execute(tx);
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

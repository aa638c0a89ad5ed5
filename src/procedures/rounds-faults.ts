import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { ClaimState } from "./rounds.ts";

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

import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { formatYuan } from "../kernel/money.ts";
import { isRefusal, type Or, refuse, type Source } from "../kernel/refusal.ts";
import type { CapClaim } from "./funds.ts";

/** Caps: what a beneficiary may be given at a time or in a year, over all batches and funds. */

/** A cap as a grant holds it, so that exactly what was taken can be given back. */
export interface TakenCap {
  readonly rule: string;
  readonly beneficiary: string;
  readonly year: number;
  readonly capFen: number;
  readonly beforeFen: number;
  readonly afterFen: number;
  readonly source?: Source | undefined;
}

/** Take an amount of several caps, or of none: the first that is exceeded refuses. */
export async function takeCaps(
  tx: Tx,
  district: string,
  claims: readonly CapClaim[],
  fen: bigint,
): Promise<Or<readonly TakenCap[]>> {
  const taken: TakenCap[] = [];
  // In the order of rule and beneficiary, so that two grants never wait for each other crosswise.
  const key = (one: CapClaim) => `${one.rule} ${one.beneficiary} ${one.year}`;
  for (const claim of [...claims].sort((a, b) => (key(a) < key(b) ? -1 : 1))) {
    const after = await takeCap(tx, district, claim, fen);
    if (isRefusal(after)) return after;
    taken.push({
      rule: claim.rule,
      beneficiary: claim.beneficiary,
      year: claim.year,
      capFen: Number(claim.capFen),
      beforeFen: Number(after - fen),
      afterFen: Number(after),
      ...(claim.source && { source: claim.source }),
    });
  }
  return taken;
}

/**
 * Take an amount of a cap by one statement, so that no concurrency can exceed it. Gives what is used after.
 * Refuses `cap-exceeded` with what is left and the rule's source.
 */
export async function takeCap(tx: Tx, district: string, claim: CapClaim, fen: bigint): Promise<Or<bigint>> {
  const { rows } = await sql<{ used_fen: bigint }>`
    insert into cap_use (district, rule, beneficiary, year, used_fen, cap_fen)
    select ${district}, ${claim.rule}, ${claim.beneficiary}, ${claim.year}::int, ${fen}::bigint, ${claim.capFen}::bigint
    where ${fen}::bigint <= ${claim.capFen}::bigint
    on conflict (district, rule, beneficiary, year) do update
      set used_fen = cap_use.used_fen + excluded.used_fen, cap_fen = excluded.cap_fen
      where cap_use.used_fen + excluded.used_fen <= excluded.cap_fen
    returning used_fen`.execute(tx);
  if (rows[0]) return rows[0].used_fen;
  const used = await capUsed(tx, district, claim);
  const left = leftOf(claim, used);
  return refuse(
    "cap-exceeded",
    { cap: claim.title, limit: formatYuan(claim.capFen), used: formatYuan(used), left: formatYuan(left) },
    { source: claim.source },
  );
}

/** Give back what a grant took of its caps. */
export async function giveBackCaps(
  tx: Tx,
  district: string,
  taken: readonly Pick<TakenCap, "rule" | "beneficiary" | "year">[],
  fen: bigint,
): Promise<void> {
  const key = (one: (typeof taken)[number]) => `${one.rule} ${one.beneficiary} ${one.year}`;
  for (const one of [...taken].sort((a, b) => (key(a) < key(b) ? -1 : 1)))
    await tx
      .updateTable("cap_use")
      .set({ used_fen: sql<bigint>`used_fen - ${fen}` })
      .where("district", "=", district)
      .where("rule", "=", one.rule)
      .where("beneficiary", "=", one.beneficiary)
      .where("year", "=", one.year)
      .execute();
}

/** What a beneficiary has used of a cap in its year. */
export async function capUsed(
  tx: Tx,
  district: string,
  of: Pick<CapClaim, "rule" | "beneficiary" | "year">,
): Promise<bigint> {
  const row = await tx
    .selectFrom("cap_use")
    .select("used_fen")
    .where("district", "=", district)
    .where("rule", "=", of.rule)
    .where("beneficiary", "=", of.beneficiary)
    .where("year", "=", of.year)
    .executeTakeFirst();
  return row?.used_fen ?? 0n;
}

/**
 * Carries what a beneficiary used of their caps to another district, where they live now. What was itself carried from
 * there is not carried back. A cap that is smaller there is as good as used up.
 */
export async function carryCaps(
  tx: Tx,
  from: { readonly district: string; readonly beneficiary: string },
  to: { readonly district: string; readonly beneficiary: string },
): Promise<void> {
  const used = await tx
    .selectFrom("cap_use")
    .where("district", "=", from.district)
    .where("beneficiary", "=", from.beneficiary)
    .select(["rule", "year", "used_fen", "carried_fen", "cap_fen"])
    .orderBy("rule")
    .orderBy("year")
    .execute();
  for (const { rule, year, used_fen, carried_fen, cap_fen } of used) {
    const own = used_fen - carried_fen;
    await sql`insert into cap_use as c (district, rule, beneficiary, year, used_fen, cap_fen, carried_fen)
      values (${to.district}, ${rule}, ${to.beneficiary}, ${year}, ${used_fen}, ${cap_fen}, ${used_fen})
      on conflict (district, rule, beneficiary, year) do update set used_fen = c.used_fen + ${own}::bigint,
        carried_fen = c.carried_fen + ${own}::bigint, cap_fen = greatest(c.cap_fen, c.used_fen + ${own}::bigint)`.execute(
      tx,
    );
  }
}

/** What is left of a cap: the most a next payment may be. */
export async function capLeft(
  tx: Tx,
  district: string,
  claim: Omit<CapClaim, "title" | "source">,
): Promise<bigint> {
  return leftOf(claim, await capUsed(tx, district, claim));
}

/** A cap that was lowered meanwhile leaves nothing. */
function leftOf(claim: Pick<CapClaim, "capFen">, usedFen: bigint): bigint {
  return claim.capFen > usedFen ? claim.capFen - usedFen : 0n;
}

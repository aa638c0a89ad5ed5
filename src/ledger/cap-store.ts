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

/** A cap of one beneficiary and year, as it stands in a district. */
interface CapOf {
  readonly district: string;
  readonly rule: string;
  readonly beneficiary: string;
  readonly year: number;
}

type CapFollower = (tx: Tx, cap: CapOf & { readonly usedFen: bigint }) => Promise<unknown>;
const followers = new Map<string, CapFollower>();

/**
 * Declares who keeps beside their own records what is used of a rule's caps, so that it can be read over a population: told
 * in the transaction that changes it.
 */
export function followCap(rule: string, follower: CapFollower): void {
  followers.set(rule, follower);
}

/** Tells whoever follows a rule what stands in some caps now. */
async function tellFollower(tx: Tx, { district, rule, beneficiary, year }: CapOf): Promise<void> {
  const follower = followers.get(rule);
  if (!follower) return;
  const cap = { district, rule, beneficiary, year };
  await follower(tx, { ...cap, usedFen: await capUsed(tx, district, cap) });
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

/** A beneficiary by the id a district knows them under. */
interface CapPlace {
  readonly district: string;
  readonly beneficiary: string;
}

/**
 * Take an amount of a cap by one statement, so that no concurrency can exceed it; of a beneficiary known under other ids in
 * other districts, there as well. Gives what is used after. Refuses `cap-exceeded` with what is left and the rule's source.
 */
export async function takeCap(tx: Tx, district: string, claim: CapClaim, fen: bigint): Promise<Or<bigint>> {
  const own = { district, beneficiary: claim.beneficiary };
  let used: bigint | undefined;
  for (const place of await placesOf(tx, own)) {
    if (place.district !== own.district || place.beneficiary !== own.beneficiary) {
      await mirror(tx, place, claim, fen);
      continue;
    }
    const { rows } = await sql<{ used_fen: bigint }>`
      insert into cap_use (district, rule, beneficiary, year, used_fen, cap_fen)
      select ${district}, ${claim.rule}, ${claim.beneficiary}, ${claim.year}::int, ${fen}::bigint, ${claim.capFen}::bigint
      where ${fen}::bigint <= ${claim.capFen}::bigint
      on conflict (district, rule, beneficiary, year) do update
        set used_fen = cap_use.used_fen + excluded.used_fen, cap_fen = excluded.cap_fen
        where cap_use.used_fen + excluded.used_fen <= excluded.cap_fen
      returning used_fen`.execute(tx);
    used = rows[0]?.used_fen;
    // The refusal undoes what was taken elsewhere.
    if (used === undefined) break;
    await tellFollower(tx, { district, ...claim });
  }
  if (used !== undefined) return used;
  const before = await capUsed(tx, district, claim);
  return refuse(
    "cap-exceeded",
    {
      cap: claim.title,
      limit: formatYuan(claim.capFen),
      used: formatYuan(before),
      left: formatYuan(leftOf(claim, before)),
    },
    { source: claim.source },
  );
}

/** Give back what a grant took of its caps, wherever its beneficiary is known. */
export async function giveBackCaps(
  tx: Tx,
  district: string,
  taken: readonly Pick<TakenCap, "rule" | "beneficiary" | "year">[],
  fen: bigint,
): Promise<void> {
  const key = (one: (typeof taken)[number]) => `${one.rule} ${one.beneficiary} ${one.year}`;
  for (const one of [...taken].sort((a, b) => (key(a) < key(b) ? -1 : 1)))
    for (const place of await placesOf(tx, { district, beneficiary: one.beneficiary })) {
      if (place.district !== district || place.beneficiary !== one.beneficiary) {
        await mirror(tx, place, one, -fen);
        continue;
      }
      await tx
        .updateTable("cap_use")
        .set({ used_fen: sql<bigint>`used_fen - ${fen}` })
        .where("district", "=", district)
        .where("rule", "=", one.rule)
        .where("beneficiary", "=", one.beneficiary)
        .where("year", "=", one.year)
        .execute();
      await tellFollower(tx, { district, ...one });
    }
}

/** A beneficiary's place and all others it is linked with, in one order for everybody, so that none waits crosswise. */
async function placesOf(tx: Tx, own: CapPlace): Promise<readonly CapPlace[]> {
  const rows = await tx
    .selectFrom("cap_link")
    .select(["to_district as district", "to_beneficiary as beneficiary"])
    .where("district", "=", own.district)
    .where("beneficiary", "=", own.beneficiary)
    .execute();
  const key = (one: CapPlace) => `${one.district} ${one.beneficiary}`;
  return [own, ...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** What was taken or given back elsewhere counts here too. A cap that is smaller here is as good as used up. */
async function mirror(
  tx: Tx,
  at: CapPlace,
  cap: { readonly rule: string; readonly year: number },
  fen: bigint,
): Promise<void> {
  if (fen < 0n) {
    await tx
      .updateTable("cap_use")
      .set({ used_fen: sql<bigint>`used_fen + ${fen}`, carried_fen: sql<bigint>`carried_fen + ${fen}` })
      .where("district", "=", at.district)
      .where("rule", "=", cap.rule)
      .where("beneficiary", "=", at.beneficiary)
      .where("year", "=", cap.year)
      .execute();
    return tellFollower(tx, { ...at, rule: cap.rule, year: cap.year });
  }
  await sql`insert into cap_use as c (district, rule, beneficiary, year, used_fen, cap_fen, carried_fen)
    values (${at.district}, ${cap.rule}, ${at.beneficiary}, ${cap.year}, ${fen}::bigint, ${fen}::bigint, ${fen}::bigint)
    on conflict (district, rule, beneficiary, year) do update set used_fen = c.used_fen + ${fen}::bigint,
      carried_fen = c.carried_fen + ${fen}::bigint, cap_fen = greatest(c.cap_fen, c.used_fen + ${fen}::bigint)`.execute(
    tx,
  );
  await tellFollower(tx, { ...at, rule: cap.rule, year: cap.year });
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

/** What a beneficiary used of a rule in the latest year that they used any; nobody changes it before this transaction ends. */
export async function latestUse(
  tx: Tx,
  of: Omit<CapOf, "year">,
): Promise<{ readonly year: number; readonly usedFen: bigint } | undefined> {
  return tx
    .selectFrom("cap_use")
    .where("district", "=", of.district)
    .where("rule", "=", of.rule)
    .where("beneficiary", "=", of.beneficiary)
    .orderBy("year", "desc")
    .limit(1)
    .forShare()
    .select(["year", "used_fen as usedFen"])
    .executeTakeFirst();
}

/**
 * One beneficiary under two ids, as of a person or household that moved to another district: from now on what is used of
 * their caps is the same in both, whichever of the two, or of those linked before, took it. The same again is harmless.
 */
export async function linkCaps(tx: Tx, from: CapPlace, to: CapPlace): Promise<void> {
  const [here, there] = [await placesOf(tx, from), await placesOf(tx, to)];
  if (here.some((one) => one.district === to.district && one.beneficiary === to.beneficiary)) return;
  const [usedHere, usedThere] = [await allUsed(tx, from), await allUsed(tx, to)];
  for (const place of there) for (const one of usedHere) await mirror(tx, place, one, one.used_fen);
  for (const place of here) for (const one of usedThere) await mirror(tx, place, one, one.used_fen);
  const pairs = here.flatMap((a) => there.flatMap((b) => [[a, b] as const, [b, a] as const]));
  await tx
    .insertInto("cap_link")
    .values(
      pairs.map(([a, b]) => ({
        district: a.district,
        beneficiary: a.beneficiary,
        to_district: b.district,
        to_beneficiary: b.beneficiary,
      })),
    )
    .execute();
}

async function allUsed(tx: Tx, at: CapPlace) {
  return tx
    .selectFrom("cap_use")
    .where("district", "=", at.district)
    .where("beneficiary", "=", at.beneficiary)
    .where("used_fen", ">", 0n)
    .select(["rule", "year", "used_fen"])
    .orderBy("rule")
    .orderBy("year")
    .forUpdate()
    .execute();
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

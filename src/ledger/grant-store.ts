import { sql } from "kysely";
import { json, savepoint, type Tx, violatedConstraint } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { formatYuan } from "../kernel/money.ts";
import type { UnitPath } from "../kernel/path.ts";
import { isRefusal, type Or, refuse, type Source } from "../kernel/refusal.ts";
import { type Keyring, sealJson, unsealJson } from "../kernel/seal.ts";
import type { Text } from "../kernel/words.ts";
import { recording } from "../rollups/index.ts";
import { resolvePolicy } from "../units/index.ts";
import { insideScope, type Scope } from "../units/scope.ts";
import { type AidKind, aidKinds, type CapClaim, type FileTier, warmthCap } from "./funds.ts";
import { sourceOf, warmthPayment, warmthYear } from "./policies.ts";
import { grantTallies } from "./tallies.ts";

/** Grants: aid that was decided, the caps it takes, and its way to paid. Only the ledger writes `aid_grant`. */

export type GrantState = "decided" | "batched" | "paid" | "failed" | "cancelled" | "recovered";

/** Where the money goes. Sealed at rest; the full card leaves only in a bank file. */
export interface Payee {
  readonly holder: string;
  readonly card: string;
  readonly bankName: string;
  readonly branch: string;
  /** Paper with the written consent, when the holder is another member of the household. */
  readonly consent?: string | undefined;
}

/**
 * Told in the transaction that changes a grant's state, so that the case behind it moves with the money.
 * `decided` means ready to be paid again: taken out of a batch, or sent back by the bank.
 */
export type GrantHook = (
  tx: Tx,
  change: {
    readonly district: string;
    readonly grantId: string;
    readonly caseId: string;
    readonly state: GrantState;
    readonly onDay: Day;
    readonly batchId?: string;
    readonly batchNumber?: string;
    readonly reason?: string;
    readonly byPerson?: string;
  },
) => Promise<void>;

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

export interface GrantDraft {
  /** Derived from the case and its step, so that the same decision makes one grant. */
  readonly id: string;
  /** The case's district. */
  readonly district: string;
  readonly caseId: string;
  readonly caseNumber: string | null;
  readonly householdId: string | null;
  readonly beneficiaryId: string;
  /** Where the beneficiary's record lives; the case's district unless they live elsewhere. */
  readonly beneficiaryDistrict: string;
  readonly beneficiaryName: string;
  readonly unitId: string;
  readonly path: string;
  readonly kind: AidKind;
  readonly cause: string | null;
  /** Tier of the household's file in force; null without one. */
  readonly fileTier: FileTier | null;
  readonly amountFen: bigint;
  readonly year: number;
  /** What is paid once: "" for the year, `2026-03` for a month. */
  readonly period: string;
  readonly on: Day;
  readonly caps: readonly CapClaim[];
  readonly payee: Payee;
}

/**
 * Record aid that was decided: its caps taken over all batches of the year, its duplicate refused, its payee sealed.
 * The same id again is harmless. Refuses `cap-payment` and `cap-exceeded` with the cap's source, and `grant-twice`.
 */
export async function decideGrant(
  tx: Tx,
  ring: Keyring,
  draft: GrantDraft,
): Promise<Or<{ readonly id: string }>> {
  const known = await tx
    .selectFrom("aid_grant")
    .select("id")
    .where("district", "=", draft.district)
    .where("id", "=", draft.id)
    .executeTakeFirst();
  if (known) return { id: draft.id };
  if (draft.amountFen <= 0n) return refuse("amount-not-positive", {}, { at: "/amountFen" });
  const own = await capsOfKind(tx, draft);
  if (isRefusal(own)) return own;
  const taken = await takeCaps(tx, draft.district, [...draft.caps, ...own], draft.amountFen);
  if (isRefusal(taken)) return taken;
  const inserted = await insertOnce(tx, ring, draft, taken);
  return inserted ? { id: draft.id } : refuse("grant-twice", { kind: aidKinds[draft.kind].title });
}

/** Caps that come with a kind of aid, whoever decides it: sending warmth has a most at a time and a year (aid.md §9). */
async function capsOfKind(tx: Tx, draft: GrantDraft): Promise<Or<readonly CapClaim[]>> {
  if (draft.kind !== "warmth") return [];
  const path = draft.path as UnitPath;
  const payment = await resolvePolicy(tx, warmthPayment, path, draft.on);
  if (draft.amountFen > payment.value)
    return refuse(
      "cap-payment",
      { fund: aidKinds.warmth.title, cap: formatYuan(payment.value) },
      { at: "/amountFen", source: sourceOf(payment.pin.source) },
    );
  const year = await resolvePolicy(tx, warmthYear, path, draft.on);
  return [
    warmthCap({
      person: draft.beneficiaryId,
      year: draft.year,
      capYearFen: year.value,
      source: sourceOf(year.pin.source),
    }),
  ];
}

async function insertOnce(
  tx: Tx,
  ring: Keyring,
  draft: GrantDraft,
  taken: readonly TakenCap[],
): Promise<boolean> {
  try {
    await savepoint(tx, () =>
      tx
        .insertInto("aid_grant")
        .values({
          district: draft.district,
          id: draft.id,
          case_id: draft.caseId,
          case_number: draft.caseNumber,
          household_id: draft.householdId,
          beneficiary_id: draft.beneficiaryId,
          beneficiary_district: draft.beneficiaryDistrict,
          beneficiary_name: draft.beneficiaryName,
          unit_id: draft.unitId,
          path: draft.path,
          kind: draft.kind,
          cause: draft.cause,
          file_tier: draft.fileTier,
          amount_fen: draft.amountFen,
          year: draft.year,
          period: draft.period,
          state: "decided",
          decided_on: draft.on,
          cap_check: json(taken),
          payee_sealed: Buffer.from(sealPayee(ring, draft.district, draft.id, draft.payee)),
        })
        .execute(),
    );
    return true;
  } catch (error) {
    if (violatedConstraint(error) === "aid_grant_once") return false;
    throw error;
  }
}

/** The sealed form of a payee: under the grant's district, about the grant. */
export function sealPayee(ring: Keyring, district: string, grantId: string, payee: Payee): Uint8Array {
  return sealJson(ring, { compartment: district, about: `grant:${grantId}` }, payee);
}

/** The payee of a sealed form; throws when it was moved or changed. */
export function unsealPayee(ring: Keyring, district: string, grantId: string, sealed: Uint8Array): Payee {
  return unsealJson<Payee>(ring, { compartment: district, about: `grant:${grantId}` }, sealed);
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
  const left = claim.capFen > used ? claim.capFen - used : 0n;
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
  const used = await capUsed(tx, district, claim);
  return claim.capFen > used ? claim.capFen - used : 0n;
}

/** A grant as batches see it. */
export interface Grant {
  readonly id: string;
  readonly district: string;
  readonly caseId: string;
  readonly caseNumber: string | null;
  readonly householdId: string | null;
  readonly beneficiaryId: string;
  readonly beneficiaryDistrict: string;
  readonly beneficiaryName: string;
  readonly path: string;
  readonly kind: AidKind;
  readonly fileTier: FileTier | null;
  readonly amountFen: bigint;
  readonly year: number;
  readonly state: GrantState;
  readonly taken: readonly TakenCap[];
  readonly payeeSealed: Buffer;
}

const columns = [
  "aid_grant.id",
  "aid_grant.district",
  "case_id",
  "case_number",
  "household_id",
  "beneficiary_id",
  "beneficiary_district",
  "beneficiary_name",
  "aid_grant.path",
  "kind",
  "file_tier",
  "amount_fen",
  "year",
  "aid_grant.state",
  "cap_check",
  "payee_sealed",
] as const;

/** A grant's id and the district it lives in. */
export type GrantPlace = Pick<Grant, "district" | "id">;

/** Where grants live whose ids alone are known. Those that do not exist are left out. */
export async function placesOfGrants(tx: Tx, ids: readonly string[]): Promise<readonly GrantPlace[]> {
  if (ids.length === 0) return [];
  return tx
    .selectFrom("aid_grant")
    .select(["district", "id"])
    .where("id", "in", [...ids])
    .execute();
}

/** Grants, locked for the rest of the transaction: district by district, each in the order of ids. */
export async function lockGrants(tx: Tx, places: readonly GrantPlace[]): Promise<readonly Grant[]> {
  const byDistrict = Map.groupBy(places, (one) => one.district);
  const grants: Grant[] = [];
  for (const district of [...byDistrict.keys()].sort()) {
    const ids = byDistrict.get(district)!.map((one) => one.id);
    grants.push(...(await lockIn(tx, district, ids)));
  }
  return grants;
}

async function lockIn(tx: Tx, district: string, ids: readonly string[]): Promise<readonly Grant[]> {
  const rows = await tx
    .selectFrom("aid_grant")
    .select(columns)
    .where("district", "=", district)
    .where("id", "in", [...ids])
    .orderBy("id")
    .forUpdate()
    .execute();
  return rows.map((row) => ({
    id: row.id,
    district: row.district,
    caseId: row.case_id,
    caseNumber: row.case_number,
    householdId: row.household_id,
    beneficiaryId: row.beneficiary_id,
    beneficiaryDistrict: row.beneficiary_district,
    beneficiaryName: row.beneficiary_name,
    path: row.path,
    kind: row.kind as AidKind,
    fileTier: row.file_tier as FileTier | null,
    amountFen: row.amount_fen,
    year: row.year,
    state: row.state as GrantState,
    taken: row.cap_check as TakenCap[],
    payeeSealed: row.payee_sealed,
  }));
}

/** Move a grant from one of some states to another. False when it is in none of them. */
export async function moveGrant(
  tx: Tx,
  grant: { readonly district: string; readonly id: string },
  from: readonly GrantState[],
  to: {
    readonly state: GrantState;
    readonly paidOn?: Day | null;
    readonly batch?: { readonly id: string; readonly number: string; readonly itemId: string } | null;
    readonly fund?: {
      readonly id: string;
      readonly district: string;
      readonly name: string;
      readonly source: string;
    } | null;
    readonly taken?: readonly TakenCap[];
    readonly payeeSealed?: Buffer;
  },
): Promise<boolean> {
  const move = () =>
    tx
      .updateTable("aid_grant")
      .set({
        state: to.state,
        ...(to.paidOn !== undefined && { paid_on: to.paidOn }),
        ...(to.batch !== undefined && {
          batch_id: to.batch?.id ?? null,
          item_id: to.batch?.itemId ?? null,
          batch_number: to.batch?.number ?? null,
        }),
        ...(to.fund !== undefined && {
          fund_id: to.fund?.id ?? null,
          fund_district: to.fund?.district ?? null,
          fund_name: to.fund?.name ?? null,
          fund_source: to.fund?.source ?? null,
        }),
        ...(to.taken !== undefined && { cap_check: json(to.taken) }),
        ...(to.payeeSealed !== undefined && { payee_sealed: to.payeeSealed }),
      })
      .where("district", "=", grant.district)
      .where("id", "=", grant.id)
      .where("state", "in", [...from])
      .returning("id")
      .executeTakeFirst();
  const itself = sql<boolean>`(district = ${grant.district} and id = ${grant.id})`;
  const counts = to.state === "paid" || from.includes("paid");
  const row = counts ? await recording(tx, grantTallies, itself, move) : await move();
  return row !== undefined;
}

/** Take back aid that was decided and is in no batch. Refuses `grant-not-ready`. */
export async function cancelGrant(
  tx: Tx,
  grant: { readonly district: string; readonly id: string },
): Promise<Or<null>> {
  const [found] = await lockGrants(tx, [grant]);
  if (!found || !(await moveGrant(tx, grant, ["decided"], { state: "cancelled" })))
    return refuse("grant-not-ready");
  await giveBackCaps(tx, found.district, found.taken, found.amountFen);
  return null;
}

/** Aid a household of a district was given since a day, with the batch that pays it. */
export async function grantsOfHousehold(
  tx: Tx,
  household: { readonly district: string; readonly id: string },
  since: Day,
) {
  const rows = await tx
    .selectFrom("aid_grant")
    .where("district", "=", household.district)
    .where("household_id", "=", household.id)
    .where("decided_on", ">=", since)
    .where("state", "in", ["decided", "batched", "failed", "paid"])
    .orderBy("id")
    .select([
      "district",
      "id",
      "case_id",
      "case_number",
      "state",
      "amount_fen",
      "batch_id",
      "batch_number",
      "fund_district",
    ])
    .execute();
  return Promise.all(rows.map(async (row) => ({ ...row, batchUnitId: await payerOf(tx, row) })));
}

/** The union whose batch pays a grant; a batch lies in its fund's district. */
async function payerOf(
  tx: Tx,
  grant: { readonly batch_id: string | null; readonly fund_district: string | null },
): Promise<string | null> {
  if (grant.batch_id === null || grant.fund_district === null) return null;
  const batch = await tx
    .selectFrom("batch")
    .where("district", "=", grant.fund_district)
    .where("id", "=", grant.batch_id)
    .select("unit_id")
    .executeTakeFirst();
  return batch?.unit_id ?? null;
}

/** Which grants a list wants. Days are those of payment for paid ones, of decision otherwise. */
export interface GrantFilter {
  readonly state?: string | undefined;
  readonly kind?: string | undefined;
  readonly fund?: string | undefined;
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
}

function matching(scope: Scope, of: GrantFilter) {
  const on = sql.ref(of.state === "paid" ? "aid_grant.paid_on" : "aid_grant.decided_on");
  const parts = [insideScope(scope, "aid_grant.path")];
  if (of.state !== undefined) parts.push(sql<boolean>`aid_grant.state = ${of.state}`);
  if (of.kind !== undefined) parts.push(sql<boolean>`aid_grant.kind = ${of.kind}`);
  if (of.fund !== undefined) parts.push(sql<boolean>`aid_grant.fund_id = ${of.fund}`);
  if (of.from !== undefined) parts.push(sql<boolean>`${on} >= ${of.from}`);
  if (of.to !== undefined) parts.push(sql<boolean>`${on} <= ${of.to}`);
  return sql<boolean>`${sql.join(parts, sql` and `)}`;
}

/** Grants of a scope, oldest decision first: what is ready to be paid, what was paid. */
export async function listGrants(
  tx: Tx,
  scope: Scope,
  of: GrantFilter & {
    readonly after?: { readonly on: string; readonly id: string } | undefined;
    readonly limit: number;
  },
) {
  let query = tx
    .selectFrom("aid_grant")
    .innerJoin("unit", "unit.id", "aid_grant.unit_id")
    .select([
      "aid_grant.id",
      "aid_grant.case_id",
      "aid_grant.case_number",
      "aid_grant.household_id",
      "aid_grant.beneficiary_name",
      "aid_grant.unit_id",
      "unit.name as unit_name",
      "aid_grant.kind",
      "aid_grant.file_tier",
      "aid_grant.amount_fen",
      "aid_grant.state",
      "aid_grant.year",
      "aid_grant.decided_on",
      "aid_grant.paid_on",
      "aid_grant.batch_id",
      "aid_grant.batch_number",
      "aid_grant.fund_name",
    ])
    .where(matching(scope, of))
    .orderBy("aid_grant.decided_on")
    .orderBy("aid_grant.id")
    .limit(of.limit + 1);
  if (of.after !== undefined)
    query = query.where(
      sql<boolean>`(aid_grant.decided_on, aid_grant.id) > (${of.after.on}::date, ${of.after.id}::uuid)`,
    );
  return query.execute();
}

/** How many grants a list has, and what they come to. */
export async function countGrants(
  tx: Tx,
  scope: Scope,
  of: GrantFilter,
): Promise<{ readonly total: number; readonly totalFen: bigint }> {
  return tx
    .selectFrom("aid_grant")
    .select([
      sql<number>`count(*)::int`.as("total"),
      sql<bigint>`coalesce(sum(amount_fen), 0)::bigint`.as("totalFen"),
    ])
    .where(matching(scope, of))
    .executeTakeFirstOrThrow();
}

/** The money of a case, as its page shows it, to its worker too. */
export async function moneyOfCase(
  tx: Tx,
  district: string,
  caseId: string,
): Promise<
  readonly {
    readonly grantId: string;
    readonly kind: AidKind;
    readonly title: Text;
    readonly amountFen: bigint;
    readonly state: GrantState;
    readonly fundName: string | null;
    readonly batchNumber: string | null;
    readonly decidedOn: Day;
    readonly paidOn: Day | null;
  }[]
> {
  const rows = await tx
    .selectFrom("aid_grant")
    .select(["id", "kind", "amount_fen", "state", "fund_name", "batch_number", "decided_on", "paid_on"])
    .where("district", "=", district)
    .where("case_id", "=", caseId)
    .orderBy("decided_on")
    .orderBy("id")
    .execute();
  return rows.map((row) => ({
    grantId: row.id,
    kind: row.kind as AidKind,
    title: aidKinds[row.kind as AidKind].title,
    amountFen: row.amount_fen,
    state: row.state as GrantState,
    fundName: row.fund_name,
    batchNumber: row.batch_number,
    decidedOn: row.decided_on,
    paidOn: row.paid_on,
  }));
}

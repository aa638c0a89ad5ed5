import { sql } from "kysely";
import { json, type Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { formatYuan } from "../kernel/money.ts";
import type { UnitPath } from "../kernel/path.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { type Keyring, sealJson, unsealJson } from "../kernel/seal.ts";
import { recording } from "../rollups/index.ts";
import { resolvePolicy } from "../units/index.ts";
import { giveBackCaps, type TakenCap, takeCaps } from "./cap-store.ts";
import {
  type AidKind,
  aidKinds,
  type CapClaim,
  type FileTier,
  type MedicalCost,
  medicalMost,
  warmthCap,
} from "./funds.ts";
import { medicalShare, sourceOf, warmthPayment, warmthYear } from "./policies.ts";
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
  /** What was treated and who paid; medical aid is decided on it. */
  readonly cost?: MedicalCost | undefined;
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
  const first = await takeOnce(tx, draft);
  if (!first) return refuse("grant-twice", { kind: aidKinds[draft.kind].title });
  await insertGrant(tx, ring, draft, taken);
  return { id: draft.id };
}

/**
 * Caps that come with a kind of aid, whoever decides it: medical aid is bounded by what the family itself paid (aid.md §7),
 * sending warmth has a most at a time and a year (§9).
 */
async function capsOfKind(tx: Tx, draft: GrantDraft): Promise<Or<readonly CapClaim[]>> {
  if (draft.kind === "medical") return withinCost(tx, draft);
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

async function withinCost(tx: Tx, draft: GrantDraft): Promise<Or<readonly CapClaim[]>> {
  if (!draft.cost) return refuse("required", {}, { at: "/cost" });
  const { value, pin } = await resolvePolicy(tx, medicalShare, draft.path as UnitPath, draft.on);
  const { mostFen } = medicalMost(draft.cost, value);
  if (draft.amountFen <= mostFen) return [];
  return refuse(
    "cap-payment",
    { fund: aidKinds.medical.title, cap: formatYuan(mostFen) },
    { at: "/amountFen", source: sourceOf(pin.source) },
  );
}

/** The same person, kind, period and cause is given once, whichever union of the country decides (aid.md §8). */
async function takeOnce(tx: Tx, draft: GrantDraft): Promise<boolean> {
  const held = { grant_district: draft.district, grant_id: draft.id, in_force: true };
  const row = await tx
    .insertInto("aid_once")
    .values({
      ...held,
      beneficiary_id: draft.beneficiaryId,
      kind: draft.kind,
      year: draft.year,
      period: draft.period,
      cause: draft.cause ?? "",
    })
    .onConflict((on) =>
      on
        .columns(["beneficiary_id", "kind", "year", "period", "cause"])
        .doUpdateSet(held)
        .where("aid_once.in_force", "=", false),
    )
    .returning("grant_id")
    .executeTakeFirst();
  return row !== undefined;
}

/** A grant that was cancelled or recovered leaves its place to another. */
async function freeOnce(tx: Tx, grant: GrantPlace & { readonly beneficiaryId: string }): Promise<void> {
  await tx
    .updateTable("aid_once")
    .set({ in_force: false })
    .where("beneficiary_id", "=", grant.beneficiaryId)
    .where("grant_district", "=", grant.district)
    .where("grant_id", "=", grant.id)
    .execute();
}

/** A grant that comes to nothing: its caps are given back, its place among what is given once is free. */
export async function undoGrant(
  tx: Tx,
  grant: GrantPlace & Pick<Grant, "beneficiaryId" | "taken" | "amountFen">,
): Promise<void> {
  await giveBackCaps(tx, grant.district, grant.taken, grant.amountFen);
  await freeOnce(tx, grant);
}

async function insertGrant(
  tx: Tx,
  ring: Keyring,
  draft: GrantDraft,
  taken: readonly TakenCap[],
): Promise<void> {
  await tx
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
    .execute();
}

/** The sealed form of a payee: under the grant's district, about the grant. */
export function sealPayee(ring: Keyring, district: string, grantId: string, payee: Payee): Uint8Array {
  return sealJson(ring, { compartment: district, about: `grant:${grantId}` }, payee);
}

/** The payee of a sealed form; throws when it was moved or changed. */
export function unsealPayee(ring: Keyring, district: string, grantId: string, sealed: Uint8Array): Payee {
  return unsealJson<Payee>(ring, { compartment: district, about: `grant:${grantId}` }, sealed);
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
  await undoGrant(tx, found);
  return null;
}

import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { formatYuan } from "../kernel/money.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { insideScope, type Scope } from "../units/scope.ts";
import type { Account } from "./chart.ts";
import { fundReceived } from "./entries.ts";
import { type AidKind, balanceOf, type Fund, type FundSource, fundSources } from "./funds.ts";
import { isNamed } from "./named.ts";
import { type BookPlace, type PostedBy, postVoucher } from "./store.ts";

/** Funds in SQL. Every change of `in`, `committed` or `spent` is one statement that keeps the balance above zero. */

export interface FundDraft {
  readonly id: string;
  readonly source: FundSource;
  readonly name: string;
  readonly year: number;
  readonly purposes: readonly AidKind[];
}

/** Open a fund of a union. The same again is harmless; the same id with other content is refused. */
export async function openFund(tx: Tx, place: BookPlace, draft: FundDraft): Promise<Or<Fund>> {
  const known = (await isNamed(tx, "fund", draft.id)) ? await fundIn(tx, place.district, draft.id) : null;
  if (known === undefined) return refuse("same-id-other-content");
  await tx
    .insertInto("fund")
    .values({
      district: place.district,
      id: draft.id,
      unit_id: place.unitId,
      path: place.path,
      source: draft.source,
      name: draft.name,
      year: draft.year,
      purposes: [...draft.purposes],
    })
    .onConflict((oc) => oc.doNothing())
    .execute();
  const fund = await getFund(tx, place.district, draft.id);
  const isSame =
    fund.unitId === place.unitId &&
    fund.source === draft.source &&
    fund.name === draft.name &&
    fund.year === draft.year &&
    fund.purposes.join() === draft.purposes.join();
  return isSame ? fund : refuse("same-id-other-content");
}

const columns = [
  "fund.district",
  "fund.id",
  "fund.unit_id",
  "fund.path",
  "fund.source",
  "fund.name",
  "fund.year",
  "fund.purposes",
  "fund.state",
  "fund.in_fen",
  "fund.committed_fen",
  "fund.spent_fen",
] as const;

interface FundRow {
  district: string;
  id: string;
  unit_id: string;
  path: string;
  source: string;
  name: string;
  year: number;
  purposes: string[];
  state: string;
  in_fen: bigint;
  committed_fen: bigint;
  spent_fen: bigint;
}

function fundOf(row: FundRow): Fund {
  return {
    district: row.district,
    id: row.id,
    unitId: row.unit_id,
    path: row.path,
    source: row.source as FundSource,
    name: row.name,
    year: row.year,
    purposes: row.purposes as AidKind[],
    state: row.state as Fund["state"],
    inFen: row.in_fen,
    committedFen: row.committed_fen,
    spentFen: row.spent_fen,
  };
}

/** A fund that must be there. */
export async function getFund(tx: Tx, district: string, id: string): Promise<Fund> {
  const fund = await fundIn(tx, district, id);
  if (!fund) throw new Error("fund does not exist");
  return fund;
}

async function fundIn(tx: Tx, district: string, id: string): Promise<Fund | undefined> {
  const row = await tx
    .selectFrom("fund")
    .select(columns)
    .where("district", "=", district)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && fundOf(row);
}

/** A fund in the scope with its union's name, or `not-found`. */
export async function findFund(
  tx: Tx,
  scope: Scope,
  id: string,
): Promise<Or<Fund & { readonly unitName: string }>> {
  const row = await tx
    .selectFrom("fund")
    .innerJoin("unit", "unit.id", "fund.unit_id")
    .select([...columns, "unit.name as unit_name"])
    .where("fund.id", "=", id)
    .where(insideScope(scope, "fund.path"))
    .executeTakeFirst();
  return row ? { ...fundOf(row), unitName: row.unit_name } : refuse("not-found");
}

/** The funds of the scope, newest year first. */
export async function listFunds(
  tx: Tx,
  scope: Scope,
): Promise<readonly (Fund & { readonly unitName: string })[]> {
  const rows = await tx
    .selectFrom("fund")
    .innerJoin("unit", "unit.id", "fund.unit_id")
    .select([...columns, "unit.name as unit_name"])
    .where(insideScope(scope, "fund.path"))
    .orderBy("fund.year", "desc")
    .orderBy("fund.path")
    .orderBy("fund.name")
    .limit(1000)
    .execute();
  return rows.map((row) => ({ ...fundOf(row), unitName: row.unit_name }));
}

/** Lay money of a fund aside for a batch. Refuses `fund-short` and `fund-closed`. One statement. */
export async function reserve(tx: Tx, fund: Pick<Fund, "district" | "id">, fen: bigint): Promise<Or<null>> {
  const row = await tx
    .updateTable("fund")
    .set({ committed_fen: sql<bigint>`committed_fen + ${fen}` })
    .where("district", "=", fund.district)
    .where("id", "=", fund.id)
    .where("state", "=", "open")
    .where(sql<boolean>`in_fen - committed_fen - spent_fen >= ${fen}`)
    .returning("id")
    .executeTakeFirst();
  if (row) return null;
  const now = await getFund(tx, fund.district, fund.id);
  if (now.state !== "open") return refuse("fund-closed", { fund: now.name });
  return refuse("fund-short", { needed: formatYuan(fen), left: formatYuan(balanceOf(now)) });
}

/** Give a reserve back to the fund. */
export async function release(tx: Tx, fund: Pick<Fund, "district" | "id">, fen: bigint): Promise<void> {
  await move(tx, fund, { committed: -fen, spent: 0n });
}

/** What was reserved has been paid. */
export async function spend(tx: Tx, fund: Pick<Fund, "district" | "id">, fen: bigint): Promise<void> {
  await move(tx, fund, { committed: -fen, spent: fen });
}

/** What was paid has come back. */
export async function unspend(tx: Tx, fund: Pick<Fund, "district" | "id">, fen: bigint): Promise<void> {
  await move(tx, fund, { committed: 0n, spent: -fen });
}

async function move(
  tx: Tx,
  fund: Pick<Fund, "district" | "id">,
  by: { readonly committed: bigint; readonly spent: bigint },
): Promise<void> {
  await tx
    .updateTable("fund")
    .set({
      committed_fen: sql<bigint>`committed_fen + ${by.committed}`,
      spent_fen: sql<bigint>`spent_fen + ${by.spent}`,
    })
    .where("district", "=", fund.district)
    .where("id", "=", fund.id)
    .execute();
}

export interface Receipt {
  /** Names the receipt and its voucher; the same again is harmless. */
  readonly id: string;
  readonly amountFen: bigint;
  readonly on: Day;
  readonly memo: string;
}

export interface MoneyActor {
  readonly person: string | null;
  readonly at: Date;
  readonly today: Day;
}

/** Money of a fund's source has arrived in the bank. Refuses `fund-closed` and what a voucher may be refused for. */
export async function receive(
  tx: Tx,
  fund: Fund,
  receipt: Receipt,
  by: MoneyActor,
): Promise<Or<{ readonly voucherId: string }>> {
  const named = await isNamed(tx, "voucher", receipt.id);
  const known = named && (await knownVoucher(tx, fund.district, receipt.id));
  if (known && sameReceipt(known, fund, receipt)) return { voucherId: receipt.id };
  if (named) return refuse("same-id-other-content");
  if (fund.state !== "open") return refuse("fund-closed", { fund: fund.name });
  const posted = await postVoucher(
    tx,
    placeOf(fund),
    {
      kind: "receipt",
      on: receipt.on,
      memo: receipt.memo,
      transfers: fundReceived(fund.id, incomeOf(fund.source), receipt.amountFen),
    },
    { ...posting(by, receipt.id), source: { event: "receipt", fundId: fund.id } },
  );
  if (isRefusal(posted)) return posted;
  await addIn(tx, fund, receipt.amountFen);
  return { voucherId: posted.id };
}

/** Take back what a receipt added, when its voucher is reversed. Refuses `fund-short` when it is no longer free. */
export async function unreceive(tx: Tx, fund: Pick<Fund, "district" | "id">, fen: bigint): Promise<Or<null>> {
  const row = await tx
    .updateTable("fund")
    .set({ in_fen: sql<bigint>`in_fen - ${fen}` })
    .where("district", "=", fund.district)
    .where("id", "=", fund.id)
    .where(sql<boolean>`in_fen - committed_fen - spent_fen >= ${fen}`)
    .returning("id")
    .executeTakeFirst();
  if (row) return null;
  const now = await getFund(tx, fund.district, fund.id);
  return refuse("fund-short", { needed: formatYuan(fen), left: formatYuan(balanceOf(now)) });
}

/** Money that has come into a fund. */
export async function addIn(tx: Tx, fund: Pick<Fund, "district" | "id">, fen: bigint): Promise<void> {
  await tx
    .updateTable("fund")
    .set({ in_fen: sql<bigint>`in_fen + ${fen}` })
    .where("district", "=", fund.district)
    .where("id", "=", fund.id)
    .execute();
}

/** The account a source's money is income on. */
export function incomeOf(source: FundSource): Account {
  const { role, detail } = fundSources[source].income;
  return { role, detail, fund: null };
}

/** The books a fund is kept in. */
export function placeOf(fund: Pick<Fund, "district" | "unitId" | "path">): BookPlace {
  return { district: fund.district, unitId: fund.unitId, path: fund.path };
}

/** Who posts what a fund moves, and under which id. */
export function posting(by: MoneyActor, id: string): Omit<PostedBy, "source"> {
  return { id, madeBy: by.person, at: by.at, today: by.today };
}

async function knownVoucher(tx: Tx, district: string, id: string) {
  return tx
    .selectFrom("voucher")
    .select(["unit_id", "memo", "on_day", "source"])
    .select(
      sql<bigint>`(select coalesce(sum(amount_fen), 0)::bigint from transfer
        where transfer.district = voucher.district and transfer.voucher_id = voucher.id)`.as("amount_fen"),
    )
    .where("district", "=", district)
    .where("id", "=", id)
    .executeTakeFirst();
}

function sameReceipt(
  known: { memo: string; on_day: Day; source: unknown; amount_fen: bigint },
  fund: Fund,
  receipt: Receipt,
): boolean {
  const { fundId } = known.source as { fundId?: string };
  return (
    fundId === fund.id &&
    known.memo === receipt.memo &&
    known.on_day === receipt.on &&
    known.amount_fen === receipt.amountFen
  );
}

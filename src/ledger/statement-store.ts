import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { insideScope, type Scope } from "../units/index.ts";
import type { AccountRole } from "./chart.ts";
import type { Fund } from "./funds.ts";
import type { Balance } from "./ledger.ts";
import type { BookPlace } from "./store.ts";

/** Statements, read off the transfers. */

export interface FundLine {
  readonly on: Day;
  readonly voucherId: string;
  readonly month: string;
  readonly number: number;
  readonly memo: string;
  readonly inFen: bigint;
  readonly outFen: bigint;
}

/** What moved in a fund's bank account between two days, voucher by voucher, and what stood there before. */
export async function fundStatement(
  tx: Tx,
  fund: Pick<Fund, "district" | "id">,
  from: Day,
  to: Day,
): Promise<{ readonly openingFen: bigint; readonly lines: readonly FundLine[] }> {
  const bank = sql`select id from account_book where district = ${fund.district} and fund_id = ${fund.id} and role = 'BANK'`;
  const { rows: opening } = await sql<{ fen: bigint }>`
    select coalesce(sum(case when debit_id in (${bank}) then amount_fen else -amount_fen end), 0)::bigint as fen
    from transfer where district = ${fund.district} and on_day < ${from}
      and (debit_id in (${bank}) or credit_id in (${bank}))`.execute(tx);
  const { rows: lines } = await sql<FundLine>`
    select v.on_day as "on", v.id as "voucherId", v.month, v.number, v.memo,
      coalesce(sum(t.amount_fen) filter (where t.debit_id in (${bank})), 0)::bigint as "inFen",
      coalesce(sum(t.amount_fen) filter (where t.credit_id in (${bank})), 0)::bigint as "outFen"
    from transfer t join voucher v on v.district = t.district and v.id = t.voucher_id
    where t.district = ${fund.district} and t.on_day between ${from} and ${to}
      and (t.debit_id in (${bank}) or t.credit_id in (${bank}))
    group by 1, 2, 3, 4, 5 order by v.on_day, v.month, v.number`.execute(tx);
  return { openingFen: opening[0]?.fen ?? 0n, lines };
}

/** The aid a household was given, in the scope, newest first. */
export async function householdGrants(tx: Tx, scope: Scope, householdId: string) {
  return tx
    .selectFrom("aid_grant")
    .select([
      "district",
      "id",
      "case_id",
      "case_number",
      "kind",
      "beneficiary_name",
      "amount_fen",
      "state",
      "year",
      "decided_on",
      "paid_on",
      "fund_name",
      "batch_number",
    ])
    .where("household_id", "=", householdId)
    .where(insideScope(scope, "aid_grant.path"))
    .orderBy("decided_on", "desc")
    .orderBy("id", "desc")
    .execute();
}

/** The caps a household has used. */
export async function householdCaps(tx: Tx, district: string, householdId: string) {
  return tx
    .selectFrom("cap_use")
    .select(["rule", "year", "used_fen", "cap_fen"])
    .where("district", "=", district)
    .where("beneficiary", "=", householdId)
    .orderBy("year", "desc")
    .orderBy("rule")
    .execute();
}

/** What a union's accounts moved between two days, one row an account, all its funds together. */
export async function unitMovements(
  tx: Tx,
  place: BookPlace,
  from: Day,
  to: Day,
): Promise<readonly Balance[]> {
  const { rows } = await sql<{ role: string; detail: string; debit: bigint; credit: bigint }>`
    with side as (
      select debit_id as id, amount_fen as debit, 0::bigint as credit from transfer
      where district = ${place.district} and unit_id = ${place.unitId} and on_day between ${from} and ${to}
      union all
      select credit_id, 0, amount_fen from transfer
      where district = ${place.district} and unit_id = ${place.unitId} and on_day between ${from} and ${to})
    select a.role, a.detail, sum(side.debit)::bigint as debit, sum(side.credit)::bigint as credit
    from side join account_book a on a.district = ${place.district} and a.id = side.id
    group by 1, 2 order by 1, 2`.execute(tx);
  return rows.map((row) => ({
    account: { role: row.role as AccountRole, detail: row.detail, fund: null },
    debitFen: row.debit,
    creditFen: row.credit,
  }));
}

import { sql } from "kysely";
import type { Db, Tx } from "../../../db/index.ts";
import { followCap, latestUse } from "../../../ledger/index.ts";

/** The rule by which the ledger keeps what a household has used of its year's living aid. */
export const householdCap = "living/household";

// A household's files hold what it used of its latest year, so that a rule can be read over all of them at once.
followCap(householdCap, (tx, { district, beneficiary, year, usedFen }) =>
  tx
    .updateTable("hardship_file")
    .set({ used_year: year, used_fen: usedFen })
    .where("district", "=", district)
    .where("household_id", "=", beneficiary)
    .where("used_year", "<=", year)
    .execute(),
);

/** What a new file of a household begins with. */
export async function usedSoFar(tx: Tx, of: { readonly district: string; readonly household_id: string }) {
  const { district, household_id: beneficiary } = of;
  const used = await latestUse(tx, { district, rule: householdCap, beneficiary });
  return { used_year: used?.year ?? 0, used_fen: used?.usedFen ?? 0n };
}

/** The latest use of each household, as (district, beneficiary, year, used_fen). */
const latest = sql`(select distinct on (district, beneficiary) district, beneficiary, year, used_fen from cap_use
  where rule = ${sql.lit(householdCap)} order by district, beneficiary, year desc)`;

/** Files that do not say what the ledger does: by file number. */
export async function verifyUsed(db: Db) {
  const { rows } = await db.systemRead((tx) =>
    sql<{ where: string; expected: string; found: string }>`
      select h.file_no as where, coalesce(c.year, 0) || ' ' || coalesce(c.used_fen, 0) as expected, h.used_year || ' ' || h.used_fen as found
      from hardship_file h left join ${latest} c on c.district = h.district and c.beneficiary = h.household_id::text
      where (h.used_year, h.used_fen) <> (coalesce(c.year, 0), coalesce(c.used_fen, 0)) order by 1 limit 100`.execute(
      tx,
    ),
  );
  return rows.map((row) => ({ check: "used of the year", ...row }));
}

/** Writes beside every file what the ledger says is used: after bulk work that wrote records past it. */
export async function rebuildUsed(db: Db): Promise<void> {
  await db.system(async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx);
    await sql`update hardship_file h set used_year = coalesce(c.year, 0), used_fen = coalesce(c.used_fen, 0)
      from hardship_file f left join ${latest} c on c.district = f.district and c.beneficiary = f.household_id::text
      where f.district = h.district and f.id = h.id
        and (h.used_year, h.used_fen) <> (coalesce(c.year, 0), coalesce(c.used_fen, 0))`.execute(tx);
  });
}

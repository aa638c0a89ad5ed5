import { sql } from "kysely";
import { behindWall, type Tx } from "../db/index.ts";

/**
 * Whether something has the id already that a client names for something new: here, in another district, or where the
 * caller may not look. Whoever stands above finds funds, batches and vouchers by id alone; with two of one id they could
 * read the one and sign the other. Asked before the caller looks for what they themselves named so: two who name one id
 * at once come one after the other.
 */
export async function isNamed(tx: Tx, table: "fund" | "batch" | "voucher", id: string): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${table}/${id}`}, 0))`.execute(tx);
  const found = await behindWall(tx, () =>
    tx.selectFrom(table).select("id").where("id", "=", id).executeTakeFirst(),
  );
  return found !== undefined;
}

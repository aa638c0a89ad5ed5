import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { type Refusal, refuse } from "../kernel/refusal.ts";
import type { Unit } from "../units/index.ts";

/**
 * A union is not dissolved or merged while somebody waits for its decision: afterwards nobody could take it. Registered as
 * a guard of `changeUnitStatus`. Refuses `unit-has-cases`.
 */
export async function awaitsDecision(tx: Tx, unit: Unit): Promise<Refusal | undefined> {
  const { open } = await tx
    .selectFrom("case_file")
    .where("district", "=", unit.district)
    .where("turn_unit_id", "=", unit.id)
    .where("state", "=", "open")
    .where("turn", "=", "union")
    .select(sql<number>`count(*)::int`.as("open"))
    .executeTakeFirstOrThrow();
  return open > 0 ? refuse("unit-has-cases", { count: open }) : undefined;
}

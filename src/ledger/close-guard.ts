import type { Tx } from "../db/index.ts";
import { formatYuan } from "../kernel/money.ts";
import { type Refusal, refuse } from "../kernel/refusal.ts";
import type { Unit } from "../units/index.ts";

/**
 * A union is not dissolved or merged while it holds money or owes it: a fund with something in it, a batch on its way.
 * Registered as a guard of `changeUnitStatus`. Refuses `unit-has-money`.
 */
export async function holdsMoney(tx: Tx, unit: Unit): Promise<Refusal | undefined> {
  const funds = await tx
    .selectFrom("fund")
    .select(["in_fen", "spent_fen"])
    .where("district", "=", unit.district)
    .where("unit_id", "=", unit.id)
    .execute();
  const left = funds.reduce((sum, one) => sum + one.in_fen - one.spent_fen, 0n);
  const open = await tx
    .selectFrom("batch")
    .select("id")
    .where("district", "=", unit.district)
    .where("unit_id", "=", unit.id)
    .where("state", "not in", ["closed", "cancelled"])
    .limit(1)
    .executeTakeFirst();
  return left > 0n || open ? refuse("unit-has-money", { left: formatYuan(left) }) : undefined;
}

import type { Tx } from "../db/index.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { findUnitByCode, systemScope, type Unit } from "../units/index.ts";

/** The union that was named by its code on the command line. Refuses `unit-code-unknown`. */
export async function unitOf(tx: Tx, code: string): Promise<Or<Unit>> {
  const found = await findUnitByCode(tx, systemScope(), code.trim());
  return isRefusal(found) ? refuse("unit-code-unknown", { code: code.slice(0, 60) }) : found;
}

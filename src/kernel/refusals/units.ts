import type { RefusalTable } from "./table.ts";

/** What src/units may refuse. */
export const unitsRefusals = {} satisfies RefusalTable;

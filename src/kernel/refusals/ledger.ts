import type { RefusalTable } from "./table.ts";

/** What src/ledger may refuse. */
export const ledgerRefusals = {} satisfies RefusalTable;

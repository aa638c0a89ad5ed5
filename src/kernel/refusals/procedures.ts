import type { RefusalTable } from "./table.ts";

/** What src/procedures may refuse. */
export const proceduresRefusals = {} satisfies RefusalTable;

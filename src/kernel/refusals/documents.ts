import type { RefusalTable } from "./table.ts";

/** What src/documents may refuse. */
export const documentsRefusals = {} satisfies RefusalTable;

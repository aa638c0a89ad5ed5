import type { RefusalTable } from "./table.ts";

/** What src/services may refuse. */
export const servicesRefusals = {} satisfies RefusalTable;

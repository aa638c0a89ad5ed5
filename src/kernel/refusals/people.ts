import type { RefusalTable } from "./table.ts";

/** What src/people may refuse. */
export const peopleRefusals = {} satisfies RefusalTable;

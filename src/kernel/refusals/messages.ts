import type { RefusalTable } from "./table.ts";

/** What src/messages may refuse. */
export const messagesRefusals = {} satisfies RefusalTable;

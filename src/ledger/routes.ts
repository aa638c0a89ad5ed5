import type { Handled } from "../kernel/route.ts";
import { handlers as batchHandlers } from "./routes-batches.ts";
import { handlers as bookHandlers } from "./routes-books.ts";
import { handlers as fundHandlers } from "./routes-funds.ts";
import { handlers as statementHandlers } from "./routes-statements.ts";

export const handlers: readonly Handled[] = [
  ...fundHandlers,
  ...batchHandlers,
  ...statementHandlers,
  ...bookHandlers,
];

import type { Handled } from "../kernel/route.ts";
import { handlers as batchHandlers } from "./batch-routes.ts";
import { handlers as bookHandlers } from "./book-routes.ts";
import { handlers as fundHandlers } from "./fund-routes.ts";
import { handlers as statementHandlers } from "./statement-routes.ts";

export const handlers: readonly Handled[] = [
  ...fundHandlers,
  ...batchHandlers,
  ...statementHandlers,
  ...bookHandlers,
];

import type { Handled } from "../kernel/route.ts";
import { handlers as batchHandlers, routes as batchRoutes } from "./routes-batches.ts";
import { handlers as bookHandlers, routes as bookRoutes } from "./routes-books.ts";
import { handlers as fundHandlers, routes as fundRoutes } from "./routes-funds.ts";

/** Money over HTTP: funds and grants, batches and bank files, books and statements. */
export const routes = { ...fundRoutes, ...batchRoutes, ...bookRoutes };

export const handlers: readonly Handled[] = [...fundHandlers, ...batchHandlers, ...bookHandlers];

import type { z } from "zod";
import type { importRoutes } from "../../../src/people/import-routes.ts";

/** An import's page as the server gives it: columns, progress, what came of it. */
export type ImportAnswer = z.input<(typeof importRoutes)["importPage"]["response"]>;
/** An import as the list has it. */
export type ImportLine = z.input<(typeof importRoutes)["listImports"]["response"]>["items"][number];
/** A column of the sheet and what it was taken for. */
export type MappedColumn = ImportAnswer["mapping"][number];

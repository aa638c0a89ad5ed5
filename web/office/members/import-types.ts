import type { z } from "zod";
import type { zImport, zImportPage } from "../../../src/people/import-schemas.ts";

/** An import's page as the server gives it: columns, progress, what came of it. */
export type ImportAnswer = z.input<typeof zImportPage>;
/** An import as the list has it. */
export type ImportLine = z.input<typeof zImport>;
/** A column of the sheet and what it was taken for. */
export type MappedColumn = ImportAnswer["mapping"][number];

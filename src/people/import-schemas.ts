import { z } from "zod";
import { zId, zText } from "../kernel/schemas.ts";

/** A column of the sheet and what it was taken for. */
const zMapped = z.object({
  sheet: z.string(),
  column: z.string(),
  header: z.string(),
  field: z.string().nullable(),
  confidence: z.number(),
  samples: z.array(z.string()),
});

/** An import as the list has it. */
export const zImport = z.object({
  id: zId<"import">(),
  kind: z.string(),
  fileName: z.string(),
  unitId: z.string(),
  unitName: z.string().nullable(),
  state: z.enum(["read", "running", "done", "failed", "cancelled"]),
  dryRun: z.boolean(),
  read: z.int(),
  loaded: z.int(),
  /** People already here, whether or not anything about them changed. */
  updated: z.int(),
  duplicates: z.int(),
  rejected: z.int(),
  seconds: z.number(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  error: z.string().nullable(),
});

/** An import's page: columns, progress, what came of it. */
export const zImportPage = zImport.extend({
  sheets: z.array(z.object({ name: z.string(), headerRow: z.int() })),
  mapping: z.array(zMapped),
  unmapped: z.array(z.string()),
  fields: z.array(z.object({ field: z.string(), title: zText, required: z.boolean() })),
  progress: z.object({ done: z.number(), all: z.number() }).nullable(),
  rows: z.array(
    z.object({
      sheet: z.string(),
      row: z.int(),
      column: z.string().nullable(),
      field: z.string().nullable(),
      level: z.enum(["error", "duplicate", "warning"]),
      /** What became of the row, or would become of it where it was only tried, in words. */
      outcome: z.string(),
      code: z.string(),
      message: z.string(),
      proposal: z.string().nullable(),
    }),
  ),
  total: z.int(),
  /** Of those loaded, how many have yet to confirm it themselves. */
  toConfirm: z.int(),
  /** Whether the rule of its union has those a roster adds confirm it themselves. */
  confirms: z.boolean(),
  reportUrl: z.string().nullable(),
});

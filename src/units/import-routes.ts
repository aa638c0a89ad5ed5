import { z } from "zod";
import { parseId } from "../kernel/ids.ts";
import { isRefusal, type Or, refuse, sentence } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { firstUpload } from "../kernel/upload.ts";
import type { Lang } from "../kernel/words.ts";
import { columnLetters, openSpreadsheet, SpreadsheetTrouble } from "../spreadsheet/index.ts";
import type { UnitImportReport } from "./import-report.ts";
import { runUnitImport } from "./import-store.ts";
import { scopeOf } from "./scope.ts";
import { findUnitByCode } from "./store.ts";
import type { Unit } from "./unit.ts";

/** What an import did, as it travels: each problem with its sheet, row, column letter and sentence. */
const UnitImportAnswer = z.object({
  read: z.int(),
  loaded: z.int(),
  updated: z.int(),
  duplicates: z.int(),
  rejected: z.int(),
  dryRun: z.boolean(),
  rows: z.array(
    z.object({
      sheet: z.string(),
      row: z.int(),
      column: z.string().nullable(),
      code: z.string(),
      message: z.string(),
    }),
  ),
});

export const importRoutes = {
  importUnits: defineRoute({
    method: "POST",
    url: "/units/import",
    tag: "units",
    summary: { zh: "从表格导入下级工会", en: "Load unions below one's own from a spreadsheet" },
    power: "unit.write",
    multipart: true,
    body: z.object({
      /** The union under which rows without a superior stand: its id or its code. */
      parent: z.string().max(60),
      dryRun: z.enum(["true", "false"]).default("false"),
    }),
    response: UnitImportAnswer,
  }),
};

export const importHandlers: readonly Handled[] = [
  handle(importRoutes.importUnits, async ({ ctx, session, body, uploads, now, today, lang }) => {
    const scope = scopeOf(session.actor, "unit.write", today);
    if (isRefusal(scope)) return scope;
    const id = parseId<"unit">(body.parent);
    const parent: Or<{ readonly id: Unit["id"] }> = isRefusal(id)
      ? await ctx.db.read(session.viewer, (tx) => findUnitByCode(tx, scope, body.parent.trim().toUpperCase()))
      : { id };
    if (isRefusal(parent)) return refuse("not-found", {}, { at: "/parent" });
    const upload = await firstUpload(uploads);
    if (upload === undefined) return refuse("required", {}, { at: "/file" });
    const sheet = await openSpreadsheet(upload.content);
    if (isRefusal(sheet)) return sheet;
    try {
      const by = { person: session.person, at: now, day: today };
      const dryRun = body.dryRun === "true";
      const report = await runUnitImport(ctx.db, session.viewer, scope, parent.id, sheet, by, { dryRun });
      return isRefusal(report) ? report : presentReport(report, dryRun, lang);
    } catch (error) {
      if (error instanceof SpreadsheetTrouble) return error.refusal;
      throw error;
    } finally {
      await sheet.close();
    }
  }),
];

function presentReport(
  report: UnitImportReport,
  dryRun: boolean,
  lang: Lang,
): z.input<typeof UnitImportAnswer> {
  return {
    read: report.read,
    loaded: report.loaded,
    updated: 0,
    duplicates: report.duplicates,
    rejected: report.rejected,
    dryRun,
    rows: report.problems.map((one) => ({
      sheet: one.sheet,
      row: one.row,
      column: one.column === null ? null : columnLetters(one.column),
      code: one.refusal.code,
      message: sentence(one.refusal, lang),
    })),
  };
}

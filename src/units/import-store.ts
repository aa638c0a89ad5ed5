import { sql } from "kysely";
import type { Db, Tx, Viewer } from "../db/index.ts";
import type { Id } from "../kernel/ids.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { placeStaged } from "./import-place.ts";
import { reportStaged, type UnitImportReport } from "./import-report.ts";
import { type ImportOptions, makeStage, type RowSource, stageRows } from "./import-stage.ts";
import type { Scope } from "./scope.ts";
import { isClosed } from "./status.ts";
import { addUnitEvent, findUnit, holdTree, isFictitiousInstallation } from "./store.ts";
import type { By } from "./unit.ts";

/** Thrown to undo a rehearsal, with what it would have done. */
class Rehearsed extends Error {
  readonly report: UnitImportReport;
  constructor(report: UnitImportReport) {
    super("rehearsed");
    this.report = report;
  }
}

/** `importUnits` in a transaction of its own; a dry run does everything and keeps nothing. */
export async function runUnitImport(
  db: Db,
  viewer: Viewer,
  scope: Scope,
  parentId: Id<"unit">,
  source: RowSource,
  by: By,
  options: ImportOptions & { readonly dryRun?: boolean | undefined } = {},
): Promise<Or<UnitImportReport>> {
  try {
    return await db.write(viewer, async (tx) => {
      const report = await importUnits(tx, scope, parentId, source, by, options);
      if (options.dryRun && !isRefusal(report)) throw new Rehearsed(report);
      return report;
    });
  } catch (error) {
    if (error instanceof Rehearsed) return error.report;
    throw error;
  }
}

/**
 * Loads unions below a parent of the scope from a file: sheets with a head somewhere near the top, columns in any
 * order, superiors by code or name, in this file or already here, in any order of rows. Good rows load, bad ones are
 * named by cell. A union that is here already (by code, or by name under the same superior) is a duplicate, so the same
 * file again loads nothing. Rows stream through a table of the transaction; memory does not grow with the file.
 * Refuses `not-found`, `unit-closed`.
 */
export async function importUnits(
  tx: Tx,
  scope: Scope,
  parentId: Id<"unit">,
  source: RowSource,
  by: By,
  options: ImportOptions = {},
): Promise<Or<UnitImportReport>> {
  // A wave of a large file is one statement, and takes as long as it is long.
  await sql`set local statement_timeout = 0`.execute(tx);
  const parent = await findUnit(tx, scope, parentId);
  if (isRefusal(parent)) return parent;
  if (isClosed(parent.status)) return refuse("unit-closed");
  await holdTree(tx, "shared");
  const fictitious = await isFictitiousInstallation(tx);
  const report: UnitImportReport = { read: 0, loaded: 0, duplicates: 0, rejected: 0, problems: [] };
  await makeStage(tx);
  const sheets = await stageRows(tx, source, fictitious, report, options);
  await sql`analyze import_unit`.execute(tx);
  await placeStaged(tx, scope, parent, by);
  await reportStaged(tx, report, sheets);
  if (report.loaded > 0)
    await addUnitEvent(tx, parent.id, { kind: "imported", after: { loaded: report.loaded } }, by);
  await sql`drop table import_unit`.execute(tx);
  return report;
}

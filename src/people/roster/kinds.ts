import { everything } from "../../db/index.ts";
import { isRefusal, type Or, type Refusal } from "../../kernel/refusal.ts";
import type { AppContext } from "../../kernel/route.ts";
import { columnLetters, openSpreadsheet, SpreadsheetTrouble } from "../../spreadsheet/index.ts";
import { runUnitImport } from "../../units/import-store.ts";
import { getUnit, type Power, systemScope } from "../../units/index.ts";
import { addProblems, endImport, type ImportCounts, type ImportRow, startRun } from "./import-store.ts";
import { loadRoster, type RosterHost } from "./load.ts";
import type { RosterProblem } from "./prepare.ts";

/** A kind of file that the import page takes. */
export interface ImportKind {
  /** Who may load it, at the union it is for. */
  readonly power: Power;
  /** Whether its columns are shown and may be put right before it runs. */
  readonly mapped: boolean;
  /** Loads the file and ends the import's row. A refusal means the file as a whole. */
  run(
    ctx: AppContext,
    row: ImportRow,
    source: Buffer,
    onProgress: (done: number, all: number) => void,
  ): Promise<Or<ImportCounts>>;
}

declare module "../../kernel/route.ts" {
  interface AppContext {
    /** Further kinds of file, put in by the composition: a register of low incomes. */
    readonly importKinds?: Readonly<Record<string, ImportKind>>;
    /** Told of every claim a roster makes. Put in by the composition. */
    readonly onClaimed?: RosterHost["onClaimed"];
  }
}

const roster: ImportKind = {
  power: "roster.write",
  mapped: true,
  async run(ctx, row, source, onProgress) {
    const unit = await ctx.db.systemRead((tx) => getUnit(tx, row.unitId));
    return loadRoster(
      {
        db: ctx.db,
        ring: ctx.ring,
        clock: ctx.clock,
        fictitious: ctx.clock.isTrial,
        onClaimed: ctx.onClaimed,
        transferTelling: ctx.transferTelling,
        memberTelling: ctx.memberTelling,
      },
      {
        unit,
        source,
        by: row.byPerson,
        importId: row.id,
        dryRun: row.dryRun,
        mapping: row.mapping ?? undefined,
        onProgress: ({ done, all }) => onProgress(done, all),
      },
    );
  },
};

const units: ImportKind = {
  power: "unit.write",
  mapped: false,
  async run(ctx, row, source) {
    const { db, clock } = ctx;
    await db.system((tx) => startRun(tx, row, { dryRun: row.dryRun, mapping: null, fresh: true }));
    const book = await openSpreadsheet(source);
    if (isRefusal(book)) return book;
    try {
      const by = { person: row.byPerson, at: clock.now(), day: clock.today() };
      const report = await runUnitImport(db, everything, systemScope(), row.unitId, book, by, {
        dryRun: row.dryRun,
      });
      if (isRefusal(report)) return report;
      const problems = report.problems.map(
        (one): RosterProblem => ({
          sheet: one.sheet,
          row: one.row,
          field: null,
          column: one.column === null ? null : columnLetters(one.column),
          level: one.level ?? "error",
          refusal: one.refusal,
        }),
      );
      const counts = {
        read: report.read,
        loaded: report.loaded,
        updated: 0,
        unchanged: 0,
        duplicates: report.duplicates,
        rejected: report.rejected,
      };
      await finishImport(ctx, row, counts, problems);
      return counts;
    } catch (error) {
      if (error instanceof SpreadsheetTrouble) return error.refusal;
      throw error;
    } finally {
      await book.close();
    }
  },
};

/** Writes what came of an import that was loaded in one piece. */
export async function finishImport(
  ctx: AppContext,
  row: ImportRow,
  counts: ImportCounts,
  problems: readonly RosterProblem[],
): Promise<void> {
  await ctx.db.system(async (tx) => {
    await addProblems(tx, { district: row.district, id: row.id, problems: 0 }, problems);
    await tx
      .updateTable("roster_import")
      .set({
        read: counts.read,
        loaded: counts.loaded,
        updated: counts.updated,
        unchanged: counts.unchanged,
        duplicates: counts.duplicates,
        rejected: counts.rejected,
      })
      .where("district", "=", row.district)
      .where("id", "=", row.id)
      .execute();
    await endImport(tx, row, "done", null, ctx.clock.now());
  });
}

/** A kind by its name, those of other modules included. */
export function kindOf(ctx: AppContext, name: string): ImportKind | undefined {
  if (name === "roster") return roster;
  if (name === "units") return units;
  return ctx.importKinds?.[name];
}

const working = new Map<string, { done: number; all: number }>();

/** How far an import that runs in this process is; nothing when it runs elsewhere. */
export function progressOf(id: string): { readonly done: number; readonly all: number } | null {
  return working.get(id) ?? null;
}

/** Runs an import from its kept file, and writes down a refusal of the whole file. `alive` is called as it goes on. */
export async function runImport(
  ctx: AppContext,
  row: ImportRow,
  source: Buffer,
  alive: () => void = () => {},
): Promise<void> {
  const kind = kindOf(ctx, row.kind);
  let outcome: Or<ImportCounts> | Refusal;
  try {
    outcome = kind
      ? await kind.run(ctx, row, source, (done, all) => {
          alive();
          working.set(row.id, { done, all });
        })
      : { read: 0, loaded: 0, updated: 0, unchanged: 0, duplicates: 0, rejected: 0 };
  } finally {
    working.delete(row.id);
  }
  if (isRefusal(outcome) && outcome.code !== "import-running") {
    const { code } = outcome;
    await ctx.db.system((tx) => endImport(tx, row, "failed", code, ctx.clock.now()));
  }
}

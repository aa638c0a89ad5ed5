import { isRefusal, refuse } from "../../../kernel/refusal.ts";
import { identityHash } from "../../../people/index.ts";
import { startRun } from "../../../people/roster/import-store.ts";
import { finishImport, type ImportKind } from "../../../people/roster/kinds.ts";
import { columnLetters, openSpreadsheet, SpreadsheetTrouble } from "../../../spreadsheet/index.ts";
import { type RegisterColumns, readRegisterLine, registerColumns, registerKind } from "./register.ts";
import { putRegisterEntry } from "./store.ts";

/** Rows at most before a sheet's heads. */
const headRows = 10;

/**
 * A government register of low incomes, vehicles, homes or businesses, from the spreadsheet it comes in. Kept as keyed
 * hashes of identity numbers with source and date; it answers means checks and never overwrites a union's own finding.
 */
export const registerImport: ImportKind = {
  power: "aid.verify",
  mapped: false,
  async run(ctx, row, source, onProgress) {
    const { db, clock, ring } = ctx;
    await db.system((tx) => startRun(tx, row, { dryRun: row.dryRun, mapping: null, fresh: true }));
    const book = await openSpreadsheet(source);
    if (isRefusal(book)) return book;
    const counts = { read: 0, loaded: 0, updated: 0, unchanged: 0, duplicates: 0, rejected: 0 };
    const problems: Parameters<typeof finishImport>[3][number][] = [];
    const register = row.fileName.replace(/\.[^.]*$/, "").slice(0, 60);
    const seen = new Set<string>();
    try {
      for (const [index, sheet] of book.sheets.entries()) {
        let columns: RegisterColumns | undefined;
        let before = 0;
        const kind = registerKind(sheet.name) ?? registerKind(register);
        for await (const rows of book.rows(index)) {
          await db.system(async (tx) => {
            for (const one of rows) {
              if (!columns) {
                columns = registerColumns(one.cells);
                if (!columns && ++before > headRows) break;
                continue;
              }
              if (one.cells.every((cell) => cell === null || cell === "")) continue;
              counts.read++;
              const context = { today: clock.today(), fictitious: clock.isTrial, kind };
              const line = readRegisterLine(one.cells, columns, context);
              if (isRefusal(line)) {
                counts.rejected++;
                const column = columns.idNumber === undefined ? null : columnLetters(columns.idNumber);
                problems.push({
                  sheet: sheet.name,
                  row: one.row,
                  field: null,
                  column,
                  level: "error",
                  refusal: line,
                });
                continue;
              }
              const hash = identityHash(ring, { number: line.idNumber });
              const key = `${hash.toString("hex")} ${line.kind}`;
              if (seen.has(key)) {
                counts.duplicates++;
                continue;
              }
              seen.add(key);
              counts.loaded++;
              if (!row.dryRun)
                await putRegisterEntry(tx, {
                  id_hash: hash,
                  kind: line.kind,
                  register,
                  as_of: line.asOf,
                  import_id: row.id,
                  facts: line.facts,
                });
            }
          });
          const { done, all } = book.progress();
          onProgress(done, all);
        }
      }
      if (counts.read === 0) return refuse("register-no-heads");
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

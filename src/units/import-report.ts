import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { type Refusal, refuse } from "../kernel/refusal.ts";
import type { UnitField } from "./import.ts";
import { levelTitle, type UnionLevel } from "./levels.ts";

/** What an import says of its rows. */

/** What is wrong where. `column` counts from 0; null speaks of the whole row or sheet. */
export interface ImportProblem {
  readonly sheet: string;
  readonly row: number;
  readonly column: number | null;
  readonly refusal: Refusal;
  /** A note, of a row that was left out and is no union. */
  readonly level?: "warning";
}

/** How an import went. `problems` holds the first ten thousand; `rejected` counts them all, by row. */
export interface UnitImportReport {
  read: number;
  loaded: number;
  duplicates: number;
  rejected: number;
  readonly problems: ImportProblem[];
}

/** A sheet of the file: its name, and in which column each field stands. */
export interface SheetHead {
  readonly name: string;
  readonly columns: ReadonlyMap<UnitField, number>;
}

const problemsMax = 10_000;

/** Adds a problem, as long as there is room for it. */
export function note(report: UnitImportReport, problem: ImportProblem): void {
  if (report.problems.length < problemsMax) report.problems.push(problem);
}

interface WrongRow {
  readonly sheet: number;
  readonly row: number;
  readonly error: string;
  readonly field: UnitField | null;
  readonly otherRow: number | null;
  readonly name: string;
  readonly code: string | null;
  readonly uscc: string | null;
  readonly parent: string | null;
  readonly level: UnionLevel;
  readonly parentLevel: UnionLevel | null;
}

/** Counts what became of the staged rows, and names what is wrong with each that was not placed. */
export async function reportStaged(
  tx: Tx,
  report: UnitImportReport,
  sheets: readonly SheetHead[],
): Promise<void> {
  const { rows: states } = await sql<{ state: string; n: number }>`
    select state, count(*)::int as n from import_unit group by state`.execute(tx);
  const of = (state: string): number => states.find((one) => one.state === state)?.n ?? 0;
  report.loaded = of("placed");
  report.duplicates = of("duplicate");
  report.rejected += of("error");
  const { rows } = await sql<WrongRow>`
    select s.sheet, s.row_no as row, s.error, s.wrong_field as field, s.other_row as "otherRow", s.name, s.code, s.uscc,
      coalesce(s.parent_code, s.parent_name) as parent, s.level, u.level as "parentLevel"
    from import_unit s left join unit u on u.id = s.parent_id where s.state = 'error' order by s.n limit ${problemsMax}`.execute(
    tx,
  );
  for (const row of rows) {
    const { name, columns } = sheets[row.sheet]!;
    const column = (row.field && columns.get(row.field)) ?? columns.get("parentCode") ?? null;
    note(report, { sheet: name, row: row.row, column: row.field ? column : null, refusal: refusalOf(row) });
  }
  report.problems.sort((a, b) => (a.sheet === b.sheet ? a.row - b.row : 0));
}

function refusalOf(row: WrongRow): Refusal {
  const parent = row.parent ?? "";
  switch (row.error) {
    case "import-code-twice":
      return refuse("import-code-twice", { code: row.code ?? "", row: row.otherRow ?? 0 });
    case "unit-uscc-taken":
      return refuse("unit-uscc-taken", { code: row.uscc ?? "" });
    case "unit-code-taken":
      return refuse("unit-code-taken", { code: row.code ?? "" });
    case "unit-name-taken":
      return refuse("unit-name-taken", { name: row.name });
    case "unit-parent-unknown":
      return refuse("unit-parent-unknown", { parent });
    case "unit-parent-ambiguous":
      return refuse("unit-parent-ambiguous", { parent });
    case "import-parent-refused":
      return refuse("import-parent-refused", { parent });
    case "unit-level":
      return refuse("unit-level", {
        child: levelTitle(row.level),
        parent: levelTitle(row.parentLevel ?? "GRASSROOTS"),
      });
    case "unit-region-outside":
      return refuse("unit-region-outside");
    case "unit-closed":
      return refuse("unit-closed");
    default:
      return refuse("unit-parent-cycle");
  }
}

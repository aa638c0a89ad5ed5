import type { Readable } from "node:stream";
import type { Db } from "../../db/index.ts";
import { isRefusal, type Or, sentence } from "../../kernel/refusal.ts";
import type { Lang } from "../../kernel/words.ts";
import { type Cell, openSpreadsheet, type Spreadsheet, writeSheets } from "../../spreadsheet/index.ts";
import { isRosterField, rosterFields } from "./columns.ts";
import { type ImportRow, mostProblems, problemsOf, type StoredProblem } from "./import-store.ts";
import { planSheets, type SheetPlan } from "./prepare.ts";
import { dayIn } from "./row.ts";

const words = {
  zh: {
    outcome: "导入结果",
    why: "原因",
    fix: "建议",
    error: "未导入",
    duplicate: "重复",
    warning: "已导入，请核对",
    errorTried: "不能导入",
    warningTried: "可以导入，请核对",
    total: "合计行，未作为会员",
    skipped: "整张表没有读",
    column: (letters: string) => `${letters} 列`,
  },
  en: {
    outcome: "Outcome",
    why: "Reason",
    fix: "Proposed fix",
    error: "Not loaded",
    duplicate: "Duplicate",
    warning: "Loaded, please check",
    errorTried: "Cannot be loaded",
    warningTried: "Can be loaded, please check",
    total: "A total, no member",
    skipped: "The sheet was not read",
    column: (letters: string) => `Column ${letters}`,
  },
} as const;

/** A problem in words, naming its cell: E 列 身份证号码:校验不通过。 */
export function problemText(problem: StoredProblem, lang: Lang): string {
  const said = sentence({ refused: true, code: problem.code, params: problem.params }, lang);
  const field =
    problem.field !== null && isRosterField(problem.field) ? rosterFields[problem.field].title[lang] : null;
  const cell = [problem.column === null ? null : words[lang].column(problem.column), field]
    .filter((one) => one !== null)
    .join(" ");
  return cell === "" ? said : `${cell}${lang === "zh" ? "：" : ": "}${said}`;
}

/** What became of a row by the worst that is told of it, or what would become of it where it was only tried. */
export function outcomeText(
  problem: Pick<StoredProblem, "level" | "code">,
  tried: boolean,
  lang: Lang,
): string {
  const { level, code } = problem;
  if (code === "total-left-out") return words[lang].total;
  if (code === "sheet-skipped") return words[lang].skipped;
  if (level === "duplicate" || !tried) return words[lang][level];
  return words[lang][`${level}Tried`];
}

/** How many empty rows in a row are written out, so that rows keep their numbers. */
const mostBlank = 1000;

/**
 * The sheets as they were given, with three columns behind: what became of the row, why, and what to do. Corrected
 * in place, the file can be loaded again as it is: rows that are in stay as they are.
 */
export async function reportOf(
  db: Db,
  row: ImportRow,
  source: string | Buffer,
  lang: Lang,
): Promise<Or<Readable>> {
  const book = await openSpreadsheet(source);
  if (isRefusal(book)) return book;
  const planned = await planSheets(book, row.mapping ?? []);
  if (isRefusal(planned)) {
    await book.close();
    return planned;
  }
  const found = await db.systemRead((tx) => problemsOf(tx, row.district, row.id, { limit: mostProblems }));
  const bySheet = new Map<string, Map<number, StoredProblem[]>>();
  for (const problem of found) {
    const rows = bySheet.get(problem.sheet) ?? new Map<number, StoredProblem[]>();
    bySheet.set(problem.sheet, rows);
    rows.set(problem.row, [...(rows.get(problem.row) ?? []), problem]);
  }
  const written = await writeSheets(
    planned.plans.map((plan) => ({
      name: plan.sheet,
      rows: sheetRows(book, plan, bySheet.get(plan.sheet) ?? new Map(), row.dryRun, lang),
    })),
  );
  written.once("close", () => void book.close());
  return written;
}

async function* sheetRows(
  book: Spreadsheet,
  plan: SheetPlan,
  problems: ReadonlyMap<number, readonly StoredProblem[]>,
  tried: boolean,
  lang: Lang,
): AsyncGenerator<Cell[], void, void> {
  const { outcome, why, fix } = words[lang];
  const width = plan.columns.length;
  const days = new Set(
    plan.columns
      .filter((one) => one.field === "birthDate" || one.field === "joinedOn")
      .map((one) => one.column),
  );
  const context = { today: "9999-12-31" as never, fictitious: true, dates1904: book.dates1904 };
  const wide = (cells: readonly Cell[]): Cell[] =>
    Array.from({ length: width }, (_, column) => cells[column] ?? null);
  let written = 0;
  for await (const batch of book.rows(plan.index)) {
    for (const { row, cells } of batch) {
      if (row - written <= mostBlank) while (++written < row) yield [];
      written = row;
      if (row < plan.headRow) yield wide(cells);
      else if (row === plan.headRow) yield [...wide(cells), outcome, why, fix];
      else {
        const readable = wide(cells).map((cell, column) => {
          if (typeof cell !== "number" || !days.has(column)) return cell;
          const read = dayIn(cell, context);
          return isRefusal(read) ? cell : read;
        });
        const list = problems.get(row) ?? [];
        const worst = (["error", "duplicate", "warning"] as const)
          .map((level) => list.find((one) => one.level === level))
          .find((one) => one !== undefined);
        const reasons = list.map((one) => problemText(one, lang)).join("\n");
        const fixes = list.flatMap((one) => (one.proposal ? [one.proposal[lang]] : [])).join("\n");
        yield [...readable, worst ? outcomeText(worst, tried, lang) : null, reasons || null, fixes || null];
      }
    }
  }
}

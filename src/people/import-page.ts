import type { z } from "zod";
import { instantText } from "../kernel/day.ts";
import { maskSample } from "../kernel/mask.ts";
import { isRefusal, type Or, refuse, sentence } from "../kernel/refusal.ts";
import type { AppContext } from "../kernel/route.ts";
import { type Lang, say } from "../kernel/words.ts";
import { columnLetters, openSpreadsheet, type Spreadsheet } from "../spreadsheet/index.ts";
import { resolvePolicy } from "../units/index.ts";
import { requireConfirmation } from "./confirmation.ts";
import { unconfirmedOf } from "./confirmation-store.ts";
import type { zImport, zImportPage } from "./import-schemas.ts";
import { rosterFields } from "./roster/columns.ts";
import { fileOf, type ImportRow, problemsOf, type StoredProblem } from "./roster/import-store.ts";
import { kindOf, progressOf } from "./roster/kinds.ts";
import { type MappingChange, planSheets, unreadOf } from "./roster/prepare.ts";
import { outcomeText } from "./roster/report.ts";
import { unitNameOf } from "./store.ts";

/** How many of a file’s rows a page tells of, the worst first. */
const mostRows = 200;

/** A file that cannot be read at all is refused at the door; a roster must have its heads. */
export async function checked(content: Buffer, mapped: boolean): Promise<Or<"ok">> {
  const planned = await (mapped ? planOf(content) : withBook(content, async () => "ok"));
  // Without a column of identity numbers the page still opens, for the column to be pointed out.
  return isRefusal(planned) && planned.code !== "roster-no-identity" ? planned : "ok";
}

/** An import in a list, with the name of the union it is for. */
export function lineOf(row: ImportRow, unitName: string | null, lang: Lang): z.input<typeof zImport> {
  return {
    id: row.id,
    kind: row.kind,
    fileName: row.fileName,
    unitId: row.unitId,
    unitName,
    state: row.state,
    dryRun: row.dryRun,
    read: row.read,
    loaded: row.loaded,
    updated: row.updated + row.unchanged,
    duplicates: row.duplicates,
    rejected: row.rejected,
    seconds: row.seconds,
    startedAt: instantText(row.startedAt),
    finishedAt: row.finishedAt && instantText(row.finishedAt),
    error: row.error === null ? null : sentence(refuse(row.error as Parameters<typeof refuse>[0]), lang),
  };
}

/** An import’s page: its columns as they are read, its progress, and the worst of its rows. `known` is the file, where it is at hand. */
export async function pageOf(
  ctx: AppContext,
  row: ImportRow,
  lang: Lang,
  known?: Buffer,
): Promise<z.input<typeof zImportPage>> {
  const mapped = kindOf(ctx, row.kind)?.mapped === true;
  const source =
    mapped && row.state !== "running"
      ? (known ?? (await ctx.db.systemRead((tx) => fileOf(tx, ctx.ring, row))))
      : null;
  const plans = source !== null && source.length > 0 ? await plansOf(source, row.mapping ?? []) : [];
  const { problems, unitName, confirms } = await ctx.db.systemRead(async (tx) => ({
    problems: await problemsOf(tx, row.district, row.id, { limit: mostRows, worstFirst: true }),
    unitName: await unitNameOf(tx, row.unitId),
    confirms:
      row.kind === "roster" &&
      (await resolvePolicy(tx, requireConfirmation, row.path, ctx.clock.today())).value,
  }));
  return {
    ...lineOf(row, unitName, lang),
    sheets: plans.map((plan) => ({ name: plan.sheet, headerRow: plan.headRow })),
    mapping: plans.flatMap((plan) =>
      plan.columns.map((one) => ({
        sheet: plan.sheet,
        column: columnLetters(one.column),
        header: one.header,
        field: one.field,
        confidence: one.confidence,
        samples: one.samples.map(maskSample),
      })),
    ),
    unmapped: [...unreadOf(plans)],
    fields: mapped
      ? Object.entries(rosterFields).map(([field, { title }]) => ({
          field,
          title,
          required: field === "name" || field === "idNumber",
        }))
      : [],
    progress: row.state === "running" ? progressOf(row.id) : null,
    rows: problems.map((one) => ({
      sheet: one.sheet,
      row: one.row,
      column: one.column,
      field: one.field,
      level: one.level,
      // The worst of a row stands first.
      outcome: outcomeText(problems.find(sameRow(one))!, row.dryRun, lang),
      code: one.code,
      message: sentence({ refused: true, code: one.code, params: one.params }, lang),
      proposal: one.proposal && say(one.proposal, lang),
    })),
    total: row.problems,
    toConfirm:
      row.kind === "roster" && row.state === "done" && !row.dryRun
        ? await ctx.db.systemRead((tx) => unconfirmedOf(tx, row))
        : 0,
    confirms,
    reportUrl: mapped && row.problems > 0 ? `/api/imports/${row.id}/report` : null,
  };
}

const sameRow =
  (one: StoredProblem) =>
  (other: StoredProblem): boolean =>
    other.sheet === one.sheet && other.row === one.row;

async function plansOf(source: Buffer, mapping: readonly MappingChange[]) {
  const planned = await planOf(source, mapping, true);
  return isRefusal(planned) ? [] : planned.plans;
}

/** How a workbook's columns are read, as `planSheets` says. */
export async function planOf(
  source: Buffer,
  mapping?: readonly MappingChange[],
  unfinished?: boolean,
): ReturnType<typeof planSheets> {
  return withBook(source, (book) => planSheets(book, mapping, unfinished));
}

/** A workbook, open for as long as the work with it takes; or why it cannot be opened. */
async function withBook<T>(source: Buffer, work: (book: Spreadsheet) => Promise<Or<T>>): Promise<Or<T>> {
  const book = await openSpreadsheet(source);
  if (isRefusal(book)) return book;
  try {
    return await work(book);
  } finally {
    await book.close();
  }
}

import { Readable } from "node:stream";
import { writeXlsx as writeWhole, writeXlsxStream } from "hucre/xlsx";
import type { Cell } from "./spreadsheet.ts";

/** A column to write: its head, how wide (in characters), and whether its digits must stay text. */
export interface ColumnToWrite {
  readonly head: string;
  readonly width?: number;
  readonly text?: boolean;
}

/**
 * Writes one sheet as .xlsx while its rows are pulled, in constant memory. Texts that a spreadsheet would take
 * for a formula are neutralised.
 */
export function writeXlsx(
  sheet: string,
  columns: readonly ColumnToWrite[],
  rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>,
): Readable {
  const stream = writeXlsxStream(safely(rows), {
    name: nameOf(sheet),
    columns: columns.map(({ head, width, text }) => ({
      header: String(harmless(head)),
      ...(width !== undefined && { width }),
      ...(text && { numFmt: "@" }),
    })),
    freezePane: { rows: 1 },
  });
  return Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0]);
}

/** A sheet to write as it stands, its heads among its rows. */
export interface SheetToWrite {
  readonly name: string;
  readonly rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>;
}

/** Writes several sheets as .xlsx. One sheet streams in constant memory; more are made in memory and should be small. */
export async function writeSheets(sheets: readonly SheetToWrite[]): Promise<Readable> {
  const named = sheets.map(({ name, rows }) => ({ name: nameOf(name), rows: safely(rows) }));
  const [first] = named;
  if (first && named.length === 1) {
    const stream = writeXlsxStream(first.rows, { name: first.name });
    return Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0]);
  }
  const whole = [];
  for (const { name, rows } of named) {
    const list: Cell[][] = [];
    for await (const row of rows) list.push(row);
    whole.push({ name, rows: list });
  }
  return Readable.from([Buffer.from(await writeWhole({ sheets: whole }))]);
}

async function* safely(
  rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>,
): AsyncGenerator<Cell[], void, void> {
  for await (const row of rows) yield row.map(harmless);
}

function nameOf(sheet: string): string {
  return sheet.replace(/[\\/?*[\]:]/g, " ").slice(0, 31) || "Sheet1";
}

/** Writes lines of separated values (RFC 4180), neutralised likewise. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells
    .map((cell) => {
      const text = cell === null ? "" : String(harmless(cell));
      return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    })
    .join(",")}\r\n`;
}

/**
 * A cell that no program will run: text that begins as a formula does gets an apostrophe before it, also in the wide
 * signs that some take for the narrow ones. Control characters, which no XML may hold, go.
 */
export function harmless(cell: Cell): Cell {
  if (typeof cell !== "string") return cell;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
  const text = cell.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "");
  return /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
}

import { Readable } from "node:stream";
import { writeXlsxStream } from "hucre/xlsx";
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
  const safe = async function* (): AsyncGenerator<Cell[]> {
    for await (const row of rows) yield row.map(harmless);
  };
  const stream = writeXlsxStream(safe(), {
    name: sheet.replace(/[\\/?*[\]:]/g, " ").slice(0, 31) || "Sheet1",
    columns: columns.map(({ head, width, text }) => ({
      header: String(harmless(head)),
      ...(width !== undefined && { width }),
      ...(text && { numFmt: "@" }),
    })),
    freezePane: { rows: 1 },
  });
  return Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0]);
}

/** Writes lines of separated values (RFC 4180), neutralised likewise. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells
    .map((cell) => {
      const text = cell === null ? "" : String(harmless(cell));
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    })
    .join(",")}\r\n`;
}

/**
 * A cell that no program will run: text that begins as a formula does gets an apostrophe before it. Control
 * characters, which no XML may hold, go.
 */
export function harmless(cell: Cell): Cell {
  if (typeof cell !== "string") return cell;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
  const text = cell.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "");
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

import type { Refusal } from "../kernel/refusal.ts";

/** What a cell holds. A formula gives the value it had when the file was saved; dates are serial numbers. */
export type Cell = string | number | boolean | null;

/** One row as it stands: its number as the reader sees it (1-based) and its cells from column A on. */
export interface SheetRow {
  readonly row: number;
  readonly cells: readonly Cell[];
}

/** What is known of a sheet before it is read. */
export interface SheetInfo {
  readonly name: string;
  readonly hidden: boolean;
}

/** A file opened for reading. Rows stream in batches, in constant memory, however long the sheet. */
export interface Spreadsheet {
  readonly format: "xlsx" | "csv";
  readonly sheets: readonly SheetInfo[];
  /** Serial dates count from 1904-01-01: add 1462 to read them as the others. */
  readonly dates1904: boolean;
  /** The rows of one sheet that hold something. Throws `SpreadsheetTrouble` on a file that is broken inside. */
  rows(sheet: number): AsyncGenerator<readonly SheetRow[], void, void>;
  /** Bytes of the file consumed so far and in all, for a progress bar. */
  progress(): { readonly done: number; readonly all: number };
  close(): Promise<void>;
}

/** How large a file may be in any direction before it is refused. */
export interface SpreadsheetLimits {
  /** Of the file as stored. 512 MiB. */
  readonly bytes: number;
  /** Of all parts read, unpacked. 4 GiB. */
  readonly unpackedBytes: number;
  /** How many times a large part may grow when unpacked. 250. */
  readonly ratio: number;
  /** 256. */
  readonly columns: number;
  /** 2,000,000. */
  readonly rows: number;
  /** Of the table of shared texts, unpacked. 160 MiB. */
  readonly sharedBytes: number;
}

export const defaultLimits: SpreadsheetLimits = {
  bytes: 512 * 2 ** 20,
  unpackedBytes: 4 * 2 ** 30,
  ratio: 250,
  columns: 256,
  rows: 2_000_000,
  sharedBytes: 160 * 2 ** 20,
};

/** A file that turned out unreadable after it was opened; carries what to tell its owner. */
export class SpreadsheetTrouble extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.code);
    this.name = "SpreadsheetTrouble";
    this.refusal = refusal;
  }
}

/** The letters of a column counted from 0: A, B, … Z, AA. */
export function columnLetters(index: number): string {
  let letters = "";
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}

import type { Day } from "../kernel/day.ts";
import { plainYuan } from "../kernel/money.ts";

/**
 * The file of payments a bank takes, and its result, by a policy row's layout: columns in the bank's order
 * and words, amounts in yuan or fen, in GB18030 or UTF-8. Text only; encoding happens at the door.
 */

/** What a column of the bank's file holds. */
export const bankFields = [
  "position",
  "reference",
  "batch",
  "holder",
  "card",
  "bankName",
  "branch",
  "amount",
  "memo",
  "day",
  "fixed",
] as const;
export type BankField = (typeof bankFields)[number];

export interface BankLayout {
  readonly encoding: "gb18030" | "utf-8" | "utf-8-bom";
  readonly separator: "," | "\t" | "|" | ";";
  readonly header: boolean;
  readonly lineEnd: "crlf" | "lf";
  readonly amount: "yuan" | "fen";
  readonly columns: readonly {
    readonly title: string;
    readonly field: BankField;
    /** What every line says in a `fixed` column. */
    readonly text?: string | undefined;
  }[];
  /** A last line with the number of payments and their sum. */
  readonly totals: boolean;
}

/** One payment as the bank must know it. Held only while the file is written; the card is never logged. */
export interface BankLine {
  readonly position: number;
  readonly reference: string;
  readonly holder: string;
  readonly card: string;
  readonly bankName: string;
  readonly branch: string;
  readonly amountFen: bigint;
  readonly memo: string;
}

/**
 * The reference a bank's line carries and its result gives back: the batch's number, the item's place, and from the
 * second sending on the number of the file, so that an old result is never taken for the answer to a new one.
 */
export function itemReference(batchNumber: string, position: number, sentIn: number): string {
  const reference = `${batchNumber}-${String(position).padStart(5, "0")}`;
  return sentIn > 1 ? `${reference}-${sentIn}` : reference;
}

/** The payments as the text of a bank's file. */
export function writeBankFile(
  layout: BankLayout,
  batch: { readonly number: string; readonly on: Day },
  lines: readonly BankLine[],
): string {
  const amount = (fen: bigint) => (layout.amount === "yuan" ? plainYuan(fen) : String(fen));
  const cell = (line: BankLine, column: BankLayout["columns"][number]): string => {
    switch (column.field) {
      case "position":
        return String(line.position);
      case "amount":
        return amount(line.amountFen);
      case "batch":
        return batch.number;
      case "day":
        return batch.on;
      case "fixed":
        return column.text ?? "";
      default:
        return line[column.field];
    }
  };
  const rows = lines.map((line) => layout.columns.map((column) => cell(line, column)));
  if (layout.header) rows.unshift(layout.columns.map((column) => column.title));
  if (layout.totals) {
    const sum = lines.reduce((total, line) => total + line.amountFen, 0n);
    rows.push(
      layout.columns.map((column, index) =>
        column.field === "amount"
          ? amount(sum)
          : index === 0
            ? "合计"
            : column.field === "holder"
              ? `${lines.length}笔`
              : "",
      ),
    );
  }
  const end = layout.lineEnd === "crlf" ? "\r\n" : "\n";
  return rows
    .map((row) => row.map((text) => quoted(text, layout.separator)).join(layout.separator) + end)
    .join("");
}

function quoted(text: string, separator: string): string {
  const clean = text.replace(/[\r\n\t]+/g, " ");
  return clean.includes(separator) || clean.includes('"') ? `"${clean.replaceAll('"', '""')}"` : clean;
}

import { personRow, randomOf, rosterHeads } from "../../bench/make-roster.ts";
import { csvLine } from "../../src/spreadsheet/index.ts";

/** A roster of fictitious people as a file, the same for the same numbers. */
function rosterOf(rows: number, from = 0): string {
  const random = randomOf(from + 1);
  const lines = Array.from({ length: rows }, (_, n) => csvLine(personRow(from + n, random, 5)));
  return [csvLine([...rosterHeads]), ...lines].join("");
}

/** The same, as the upload page sends it. */
export function rosterForm(unit: string, rows: number, from = 0): FormData {
  const form = new FormData();
  form.set("unit", unit);
  form.set("file", new Blob([rosterOf(rows, from)], { type: "text/csv" }), "roster.csv");
  return form;
}

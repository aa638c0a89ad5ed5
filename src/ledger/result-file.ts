import { type Day, isDay, readDay } from "../kernel/day.ts";
import { parseYuan } from "../kernel/money.ts";
import { isRefusal, type Or, type Refusal, refuse, together } from "../kernel/refusal.ts";
import { halfWidth } from "../kernel/text.ts";
import { itemReference } from "./bank-file.ts";
import type { ItemState } from "./batch.ts";

/**
 * The result a bank sends back: read tolerantly (mark or none, three encodings, title rows above the heads,
 * columns in any order and more of them, a totals line), judged strictly (every line must be of this batch,
 * with its amount, once). One line that is wrong refuses the whole file, so that nothing is half done.
 */

export type Outcome = "paid" | "failed" | "refunded";

export interface ResultLayout {
  readonly amount: "yuan" | "fen";
  /** Words a column's head may have, for each thing a line says. */
  readonly columns: {
    readonly reference: readonly string[];
    readonly amount: readonly string[];
    readonly outcome: readonly string[];
    readonly reason: readonly string[];
    readonly bankReference: readonly string[];
    readonly paidOn: readonly string[];
  };
  /** Words an outcome may have. */
  readonly outcomes: Readonly<Record<Outcome, readonly string[]>>;
  /** Words that open a line of totals. */
  readonly totals: readonly string[];
}

/** One line of a result, with its number in the file (from 1) for refusals. */
export interface ResultLine {
  readonly line: number;
  readonly reference: string;
  readonly amountFen: bigint;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly bankReference: string;
  readonly paidOn: Day | null;
}

const linesMax = 200_000;
/** Heads are looked for in so many columns. */
const columnsMax = 100;

/**
 * The text of a result file, by its mark, else UTF-8 when it is that, else GB18030. Refuses
 * `result-not-text` (a workbook, an archive, bytes of no text) and `result-empty`.
 */
export function decodeResult(bytes: Uint8Array): Or<string> {
  const starts = (...marks: number[]) => marks.every((byte, index) => bytes[index] === byte);
  if (bytes.length === 0) return refuse("result-empty");
  if (
    starts(0x50, 0x4b) ||
    starts(0xd0, 0xcf, 0x11, 0xe0) ||
    starts(0x25, 0x50, 0x44, 0x46) ||
    starts(0x1f, 0x8b)
  )
    return refuse("result-not-text");
  const text = starts(0xff, 0xfe)
    ? new TextDecoder("utf-16le").decode(bytes)
    : (decoded(bytes, "utf-8") ?? decoded(bytes, "gb18030"));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  if (text === undefined || /[\u0000-\u0008\u000e-\u001f]/.test(text)) return refuse("result-not-text");
  return text.trim() === "" ? refuse("result-empty") : text;
}

function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * The lines of a result. Refuses `result-no-heads` when no row names the columns it needs, and for each bad line
 * `result-no-reference`, `result-unknown-outcome` or the amount's own refusal, all at once, at `/lines/N`.
 */
export function readResult(text: string, layout: ResultLayout): Or<readonly ResultLine[]> {
  const rows = cells(text);
  if (rows.length > linesMax) return refuse("too-large", { max: `${linesMax}` });
  const heads = findHeads(rows, layout);
  if (!heads) {
    const first = (names: readonly string[]) => names[0] ?? "";
    const { reference, amount, outcome } = layout.columns;
    return refuse("result-no-heads", { heads: [first(reference), first(amount), first(outcome)] });
  }
  const lines: ResultLine[] = [];
  const wrong: Refusal[] = [];
  for (const { line, row } of rows.slice(heads.row + 1)) {
    if (row.every((cell) => cell === "")) continue;
    const of = (column: number | undefined) => (column === undefined ? "" : (row[column] ?? ""));
    const reference = of(heads.reference);
    if (reference === "" || isWord(reference, layout.totals)) {
      if (
        row
          .slice(0, columnsMax)
          .some((cell) => layout.totals.some((word) => plain(cell).startsWith(plain(word))))
      )
        continue;
      wrong.push(refuse("result-no-reference", { line }, { at: `/lines/${line}` }));
      continue;
    }
    const read = readLine(line, of, heads, layout);
    if (isRefusal(read)) wrong.push(read);
    else lines.push(read);
  }
  if (wrong.length === 0 && lines.length === 0) return refuse("result-empty");
  return together(wrong.slice(0, 200)) ?? lines;
}

type Heads = { row: number } & { -readonly [Name in keyof ResultLayout["columns"]]?: number | undefined };

function readLine(
  line: number,
  of: (column: number | undefined) => string,
  heads: Heads,
  layout: ResultLayout,
): Or<ResultLine> {
  const at = `/lines/${line}`;
  const said = of(heads.outcome);
  const outcome = (Object.keys(layout.outcomes) as Outcome[]).find((one) =>
    isWord(said, layout.outcomes[one]),
  );
  if (!outcome) return refuse("result-unknown-outcome", { line, outcome: said.slice(0, 40) }, { at });
  const amountFen =
    layout.amount === "yuan"
      ? parseYuan(of(heads.amount), { at })
      : /^\d{1,16}$/.test(of(heads.amount))
        ? BigInt(of(heads.amount))
        : refuse("bad-amount", { value: of(heads.amount).slice(0, 40) }, { at });
  if (isRefusal(amountFen)) return amountFen;
  const day = of(heads.paidOn) === "" ? null : readDay(of(heads.paidOn), at);
  if (isRefusal(day)) return day;
  return {
    line,
    reference: halfWidth(of(heads.reference)).replace(/\s/g, ""),
    amountFen,
    outcome,
    reason: of(heads.reason).slice(0, 200),
    bankReference: of(heads.bankReference).slice(0, 80),
    paidOn: day !== null && isDay(day) ? day : null,
  };
}

/** The first of the opening rows that names reference, amount and outcome. */
function findHeads(rows: readonly Row[], layout: ResultLayout): Heads | undefined {
  for (const [index, { row }] of rows.slice(0, 20).entries()) {
    const column = (names: readonly string[]) => {
      const found = row.slice(0, columnsMax).findIndex((cell) => isWord(cell, names));
      return found < 0 ? undefined : found;
    };
    const heads: Heads = { row: index };
    for (const name of Object.keys(layout.columns) as (keyof ResultLayout["columns"])[])
      heads[name] = column(layout.columns[name]);
    if (heads.reference !== undefined && heads.amount !== undefined && heads.outcome !== undefined)
      return heads;
  }
  return undefined;
}

function plain(text: string): string {
  return halfWidth(text)
    .replace(/[\s()::]/g, "")
    .toLowerCase();
}

function isWord(text: string, words: readonly string[]): boolean {
  const said = plain(text);
  return said !== "" && words.some((word) => plain(word) === said);
}

interface Row {
  readonly line: number;
  readonly row: readonly string[];
}

/** CSV of any of four separators, the one its opening lines use most; quotes as in RFC 4180. */
function cells(text: string): readonly Row[] {
  const body = text.startsWith("\ufeff") ? text.slice(1) : text;
  const opening = body.split("\n", 20).join("\n");
  const count = (separator: string) => opening.split(separator).length;
  const separator = [",", "\t", "|", ";"].reduce((best, one) => (count(one) > count(best) ? one : best));
  const rows: Row[] = [];
  let row: string[] = [];
  let cell = "";
  let inQuotes = false;
  let line = 1;
  let rowLine = 1;
  const endCell = () => {
    row.push(cell.trim());
    cell = "";
  };
  for (let index = 0; index < body.length; index++) {
    const char = body[index] as string;
    if (inQuotes) {
      if (char === "\n") line++;
      if (char !== '"') cell += char;
      else if (body[index + 1] === '"') {
        cell += '"';
        index++;
      } else inQuotes = false;
    } else if (char === '"' && cell.trim() === "") {
      inQuotes = true;
      cell = "";
    } else if (char === separator) endCell();
    else if (char === "\n") {
      endCell();
      rows.push({ line: rowLine, row });
      row = [];
      line++;
      rowLine = line;
    } else if (char !== "\r") cell += char;
  }
  if (cell !== "" || row.length > 0) {
    endCell();
    rows.push({ line: rowLine, row });
  }
  return rows;
}

/** An item of the batch, as a result is matched to it. */
export interface SentItem {
  readonly id: string;
  readonly position: number;
  readonly amountFen: bigint;
  readonly state: ItemState;
  /** Number of the bank file it last went out in; null before the first. */
  readonly sentIn: number | null;
}

/** What a result changes; `already` counts lines that say what is known. */
export interface Matched {
  readonly changes: readonly {
    readonly item: string;
    readonly to: Outcome;
    readonly reason: string;
    readonly bankReference: string;
    readonly paidOn: Day | null;
  }[];
  readonly already: number;
}

/**
 * What a result says of a batch's items. Every line is judged, and all that are wrong are refused together:
 * `result-other-batch`, `result-unknown-item`, `result-duplicate-line`, `result-wrong-amount`,
 * `result-not-sent`, `result-contradicts`, in this order for one line.
 */
export function matchResult(
  lines: readonly ResultLine[],
  batch: { readonly number: string; readonly items: readonly SentItem[] },
): Or<Matched> {
  const items = new Map<string, { readonly item: SentItem; readonly isOld: boolean }>();
  for (const item of batch.items)
    for (let sent = 1; sent <= (item.sentIn ?? 0); sent++)
      items.set(itemReference(batch.number, item.position, sent), { item, isOld: sent !== item.sentIn });
  const seen = new Set<string>();
  const changes: Matched["changes"][number][] = [];
  const wrong: Refusal[] = [];
  let already = 0;
  for (const one of lines) {
    const place = { at: `/lines/${one.line}` };
    const params = { line: one.line, reference: one.reference.slice(0, 60) };
    const { item, isOld = false } = items.get(one.reference) ?? {};
    if (!one.reference.startsWith(`${batch.number}-`))
      wrong.push(refuse("result-other-batch", params, place));
    else if (!item) wrong.push(refuse("result-unknown-item", params, place));
    else if (seen.has(one.reference)) wrong.push(refuse("result-duplicate-line", params, place));
    else if (item.amountFen !== one.amountFen) wrong.push(refuse("result-wrong-amount", params, place));
    else {
      const verdict = isOld ? changeOfOld(one.outcome) : change(item.state, one.outcome);
      if (verdict === "not-sent") wrong.push(refuse("result-not-sent", params, place));
      else if (verdict === "contradicts") wrong.push(refuse("result-contradicts", params, place));
      else if (verdict === "already") already++;
      else {
        const { outcome: to, reason, bankReference, paidOn } = one;
        changes.push({ item: item.id, to, reason, bankReference, paidOn });
      }
    }
    seen.add(one.reference);
  }
  return together(wrong.slice(0, 200)) ?? { changes, already };
}

/** A line of a former sending is known when it failed then, as it must have, or it would not have been sent again. */
function changeOfOld(outcome: Outcome): "already" | "contradicts" {
  return outcome === "failed" ? "already" : "contradicts";
}

/** What a line's outcome does to an item in a state. A paid item may come back (退汇); a failed one was never paid. */
function change(state: ItemState, outcome: Outcome): "change" | "already" | "contradicts" | "not-sent" {
  if (state === "removed" || state === "recovered") return "not-sent";
  if (state === outcome) return "already";
  if (state === "pending") return outcome === "refunded" ? "contradicts" : "change";
  if (state === "paid") return outcome === "refunded" ? "change" : "contradicts";
  if (state === "corrected" && outcome === "failed") return "already";
  return "contradicts";
}

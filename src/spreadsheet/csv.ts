import { createReadStream } from "node:fs";
import { type Or, refuse } from "../kernel/refusal.ts";
import {
  type SheetRow,
  type Spreadsheet,
  type SpreadsheetLimits,
  SpreadsheetTrouble,
} from "./spreadsheet.ts";

const BATCH = 500;
const FIELD_CHARACTERS = 32_767;
const CHUNK_BYTES = 1 << 18;

type Encoding = "utf-8" | "utf-16le" | "gb18030";

/**
 * Opens a file of separated values: comma, tab or semicolon, whichever its first lines use. UTF-8 when all of
 * it is UTF-8, else GB18030 (which GBK and GB2312 are part of); UTF-16 by its mark.
 */
export async function openCsv(
  source: string | Buffer,
  size: number,
  limits: SpreadsheetLimits,
): Promise<Or<Spreadsheet>> {
  const found = await encodingOf(source);
  if (found === undefined) return refuse("workbook-other-kind");
  let done = 0;
  return {
    format: "csv",
    sheets: [{ name: "CSV", hidden: false }],
    dates1904: false,
    async *rows() {
      done = 0;
      yield* readRows(source, found, limits, (bytes) => {
        done += bytes;
      });
    },
    progress: () => ({ done, all: size }),
    async close() {},
  };
}

async function* chunksOf(source: string | Buffer): AsyncGenerator<Buffer, void, void> {
  if (typeof source === "string") {
    for await (const chunk of createReadStream(source, { highWaterMark: CHUNK_BYTES })) yield chunk as Buffer;
  } else {
    for (let at = 0; at < source.length; at += CHUNK_BYTES) yield source.subarray(at, at + CHUNK_BYTES);
  }
}

async function encodingOf(source: string | Buffer): Promise<Encoding | undefined> {
  const strict = new TextDecoder("utf-8", { fatal: true });
  let first = true;
  let utf8 = true;
  for await (const chunk of chunksOf(source)) {
    if (first && chunk[0] === 0xff && chunk[1] === 0xfe) return "utf-16le";
    first = false;
    if (chunk.includes(0)) return undefined;
    if (utf8) {
      try {
        strict.decode(chunk, { stream: true });
      } catch {
        utf8 = false;
      }
    }
  }
  if (utf8) {
    try {
      strict.decode();
    } catch {
      utf8 = false;
    }
  }
  return utf8 ? "utf-8" : "gb18030";
}

async function* readRows(
  source: string | Buffer,
  encoding: Encoding,
  limits: SpreadsheetLimits,
  advance: (bytes: number) => void,
): AsyncGenerator<readonly SheetRow[], void, void> {
  const decoder = new TextDecoder(encoding);
  let split: Splitter | undefined;
  let head = "";
  let batch: SheetRow[] = [];
  let count = 0;
  const take = function* (rows: Iterable<SheetRow>): Generator<readonly SheetRow[], void, void> {
    for (const row of rows) {
      if (row.cells.length > limits.columns) {
        throw new SpreadsheetTrouble(refuse("sheet-too-wide", { max: limits.columns }));
      }
      if (row.cells.every((cell) => cell === null)) continue;
      if (++count > limits.rows) throw new SpreadsheetTrouble(refuse("sheet-too-long", { max: limits.rows }));
      batch.push(row);
      if (batch.length >= BATCH) {
        yield batch;
        batch = [];
      }
    }
  };
  for await (const chunk of chunksOf(source)) {
    advance(chunk.length);
    const text = decoder.decode(chunk, { stream: true });
    if (split === undefined) {
      head += text;
      if (head.length < 4096 && !head.includes("\n")) continue;
      split = new Splitter(separatorOf(head));
      yield* take(split.push(head));
    } else {
      yield* take(split.push(text));
    }
  }
  split ??= new Splitter(separatorOf(head));
  if (count === 0 && batch.length === 0 && head !== "" && split.untouched) yield* take(split.push(head));
  yield* take(split.push(decoder.decode()));
  yield* take(split.end());
  if (batch.length > 0) yield batch;
}

function separatorOf(head: string): string {
  const lines = head
    .split("\n", 20)
    .join("\n")
    .replace(/"[^"]*"/g, "");
  const counted = [",", "\t", ";"].map((sign) => ({ sign, count: lines.split(sign).length }));
  return counted.reduce((best, one) => (one.count > best.count ? one : best)).sign;
}

/** RFC 4180 with the liberties people take: a quote inside an unquoted field is a character, `="007"` is 007. */
class Splitter {
  readonly #separator: string;
  #row: (string | null)[] = [];
  #field = "";
  #state: "start" | "plain" | "quoted" | "closed" = "start";
  #line = 1;
  #rowLine = 1;
  #pendingReturn = false;
  untouched = true;

  constructor(separator: string) {
    this.#separator = separator;
  }

  *push(text: string): Generator<SheetRow, void, void> {
    if (text !== "") this.untouched = false;
    for (let i = 0; i < text.length; i++) {
      const sign = text[i]!;
      if (this.#pendingReturn) {
        this.#pendingReturn = false;
        if (sign === "\n") continue;
      }
      if (this.#state === "quoted") {
        if (sign === '"') this.#state = "closed";
        else {
          if (sign === "\n") this.#line++;
          this.#grow(sign);
        }
        continue;
      }
      if (sign === '"') {
        if (this.#state === "closed") {
          this.#grow('"');
          this.#state = "quoted";
        } else if (this.#state === "start" || this.#field === "=") {
          this.#field = "";
          this.#state = "quoted";
        } else this.#grow(sign);
        continue;
      }
      if (sign === this.#separator) {
        this.#endField();
        continue;
      }
      if (sign === "\n" || sign === "\r") {
        this.#pendingReturn = sign === "\r";
        this.#endField();
        yield this.#endRow();
        continue;
      }
      // Runs of ordinary characters at once.
      let end = i + 1;
      while (end < text.length) {
        const code = text.charCodeAt(end);
        if (code === 34 || code === 10 || code === 13 || text[end] === this.#separator) break;
        end++;
      }
      this.#grow(text.slice(i, end));
      if (this.#state === "start") this.#state = "plain";
      i = end - 1;
    }
  }

  *end(): Generator<SheetRow, void, void> {
    if (this.#state === "quoted")
      throw new SpreadsheetTrouble(refuse("csv-open-quote", { row: this.#rowLine }));
    if (this.#field !== "" || this.#row.length > 0) {
      this.#endField();
      yield this.#endRow();
    }
  }

  #grow(text: string): void {
    this.#field += text;
    if (this.#field.length > FIELD_CHARACTERS) {
      throw new SpreadsheetTrouble(refuse("csv-open-quote", { row: this.#rowLine }));
    }
  }

  #endField(): void {
    this.#row.push(this.#field === "" ? null : this.#field);
    this.#field = "";
    this.#state = "start";
  }

  #endRow(): SheetRow {
    const row = { row: this.#rowLine, cells: this.#row };
    this.#row = [];
    this.#line++;
    this.#rowLine = this.#line;
    return row;
  }
}

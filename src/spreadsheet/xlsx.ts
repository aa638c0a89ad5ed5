import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { asTrouble, openPackage, type Package } from "./package.ts";
import {
  type Cell,
  type SheetInfo,
  type SheetRow,
  type Spreadsheet,
  type SpreadsheetLimits,
  SpreadsheetTrouble,
} from "./spreadsheet.ts";
import { Texts } from "./texts.ts";
import { attribute, joinedTexts, plainText, prefixOf } from "./xml.ts";

const BATCH = 500;
/** No honest row is longer than this; beyond it the sheet is broken or meant to fill memory. */
const ROW_CHARACTERS = 4 * 2 ** 20;
/** So much text without the end of a row is first taken for empty rows. */
const CLOSED_CHARACTERS = 2 ** 18;
const LONGEST_TAG = 200;
const CELL_CHARACTERS = 32_767;

/** Opens an .xlsx workbook: its directory, its sheets' names, nothing else yet. */
export async function openXlsx(source: string | Buffer, limits: SpreadsheetLimits): Promise<Or<Spreadsheet>> {
  const parts = await openPackage(source, limits);
  if (isRefusal(parts)) return parts;
  try {
    const book = await workbookOf(parts);
    let texts: Texts | undefined;
    let done = 0;
    const all = book.parts.reduce((sum, part) => sum + parts.unpackedSize(part), 0);
    return {
      format: "xlsx",
      sheets: book.sheets,
      dates1904: book.dates1904,
      async *rows(sheet) {
        const part = book.parts[sheet];
        if (part === undefined) throw new RangeError(`no sheet ${sheet}`);
        texts ??= await readTexts(parts, book.texts, limits);
        yield* readRows(parts, part, texts, limits, (bytes) => {
          done += bytes;
        });
      },
      progress: () => ({ done, all }),
      async close() {
        parts.close();
      },
    };
  } catch (error) {
    parts.close();
    return asTrouble(error).refusal;
  }
}

interface Book {
  readonly sheets: readonly SheetInfo[];
  readonly parts: readonly string[];
  readonly texts: string | undefined;
  readonly dates1904: boolean;
}

async function workbookOf(parts: Package): Promise<Book> {
  const broken = (): never => {
    throw new SpreadsheetTrouble(refuse("workbook-damaged"));
  };
  if (!parts.has("[Content_Types].xml")) {
    throw new SpreadsheetTrouble(refuse(parts.has("mimetype") ? "workbook-other-kind" : "workbook-damaged"));
  }
  let main = "xl/workbook.xml";
  if (parts.has("_rels/.rels")) {
    for (const one of relations(await parts.text("_rels/.rels"))) {
      if (one.type.endsWith("/officeDocument")) main = inFolder("", one.target);
    }
  }
  if (!parts.has(main)) throw new SpreadsheetTrouble(refuse("workbook-other-kind"));
  const xml = await parts.text(main);
  const prefix = prefixOf(xml, "workbook") ?? broken();
  const folder = main.slice(0, main.lastIndexOf("/") + 1);
  const named = main.slice(folder.length);
  const targets = new Map<string, string>();
  let texts: string | undefined;
  if (parts.has(`${folder}_rels/${named}.rels`)) {
    for (const one of relations(await parts.text(`${folder}_rels/${named}.rels`))) {
      const target = inFolder(folder, one.target);
      if (one.type.endsWith("/worksheet")) targets.set(one.id, target);
      if (one.type.endsWith("/sharedStrings") && parts.has(target)) texts = target;
    }
  }
  const sheets: SheetInfo[] = [];
  const places: string[] = [];
  for (const [tag] of xml.matchAll(new RegExp(`<${prefix}sheet\\s[^>]*>`, "g"))) {
    const target = targets.get(attribute(tag, "[\\w.-]+:id") ?? "");
    if (target === undefined || !parts.has(target)) continue; // a chart sheet, or a lost part
    const state = attribute(tag, "state");
    sheets.push({ name: attribute(tag, "name") ?? "", hidden: state === "hidden" || state === "veryHidden" });
    places.push(target);
  }
  if (sheets.length === 0) broken();
  const settings = new RegExp(`<${prefix}workbookPr[^>]*>`).exec(xml)?.[0] ?? "";
  return {
    sheets,
    parts: places,
    texts,
    dates1904: /^(1|true)$/.test(attribute(settings, "date1904") ?? ""),
  };
}

function relations(xml: string): { id: string; type: string; target: string }[] {
  return [...xml.matchAll(/<(?:[\w.-]+:)?Relationship\s[^>]*>/g)].map(([tag]) => ({
    id: attribute(tag, "Id") ?? "",
    type: attribute(tag, "Type") ?? "",
    target: attribute(tag, "Target") ?? "",
  }));
}

function inFolder(folder: string, target: string): string {
  if (target.startsWith("/")) return target.slice(1);
  const steps: string[] = [];
  for (const step of (folder + target).split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "." && step !== "") steps.push(step);
  }
  return steps.join("/");
}

/** A part's text in pieces cut at the end of an element, so that none is seen in half. */
async function* elements(
  parts: Package,
  part: string,
  root: string,
  element: string,
  advance?: (bytes: number) => void,
): AsyncGenerator<{ prefix: string; xml: string }, void, void> {
  const stream = await parts.stream(part);
  const decoder = new TextDecoder("utf-8");
  let held = "";
  let prefix: string | undefined;
  let close = "";
  let patience = CLOSED_CHARACTERS;
  try {
    for await (const chunk of stream) {
      advance?.((chunk as Buffer).length);
      const searched = Math.max(0, held.length - LONGEST_TAG);
      held += decoder.decode(chunk as Buffer, { stream: true });
      if (prefix === undefined) {
        prefix = prefixOf(held, root);
        if (prefix === undefined) {
          if (held.length > 65_536) throw new SpreadsheetTrouble(refuse("workbook-damaged"));
          continue;
        }
        close = `</${prefix}${element}>`;
      }
      // Only the new end of the text can hold a closing tag.
      const end = held.indexOf(close, searched) < 0 ? -1 : held.lastIndexOf(close);
      if (end < 0) {
        if (held.indexOf(`</${prefix}sheetData>`, searched) >= 0) return;
        if (held.length < patience) continue;
        // Nothing closed in so much text: all before the last opening is empty elements, <row r="9"/>.
        const open = held.lastIndexOf(`<${prefix}${element}`);
        if (open <= 0 && held.length > ROW_CHARACTERS) throw new SpreadsheetTrouble(refuse("workbook-bomb"));
        patience = open <= 0 ? held.length * 2 : CLOSED_CHARACTERS;
        if (open <= 0) continue;
        yield { prefix, xml: held.slice(0, open) };
        held = held.slice(open);
        continue;
      }
      const cut = end + close.length;
      yield { prefix, xml: held.slice(0, cut) };
      held = held.slice(cut);
    }
    if (prefix === undefined) throw new SpreadsheetTrouble(refuse("workbook-damaged"));
  } catch (error) {
    throw asTrouble(error);
  } finally {
    stream.destroy();
  }
}

async function readTexts(
  parts: Package,
  part: string | undefined,
  limits: SpreadsheetLimits,
): Promise<Texts> {
  const texts = new Texts();
  if (part === undefined) return texts;
  for await (const { prefix, xml } of elements(parts, part, "sst", "si")) {
    const open = `<${prefix}si`;
    const close = `</${prefix}si>`;
    let at = 0;
    for (;;) {
      const start = xml.indexOf(open, at);
      if (start < 0) break;
      const tagEnd = xml.indexOf(">", start);
      if (tagEnd < 0) break;
      if (xml.charCodeAt(tagEnd - 1) === 47) {
        texts.add("");
        at = tagEnd + 1;
        continue;
      }
      const stop = xml.indexOf(close, tagEnd);
      if (stop < 0) break;
      texts.add(joinedTexts(xml.slice(tagEnd + 1, stop), prefix).slice(0, CELL_CHARACTERS));
      at = stop + close.length;
    }
    if (texts.bytes > limits.sharedBytes) throw new SpreadsheetTrouble(refuse("workbook-bomb"));
  }
  return texts;
}

async function* readRows(
  parts: Package,
  part: string,
  texts: Texts,
  limits: SpreadsheetLimits,
  advance: (bytes: number) => void,
): AsyncGenerator<readonly SheetRow[], void, void> {
  let batch: SheetRow[] = [];
  let last = 0;
  let count = 0;
  for await (const { prefix, xml } of elements(parts, part, "worksheet", "row", advance)) {
    const open = `<${prefix}row`;
    const close = `</${prefix}row>`;
    let at = 0;
    for (;;) {
      const start = xml.indexOf(open, at);
      if (start < 0) break;
      const tagEnd = xml.indexOf(">", start);
      if (tagEnd < 0) break;
      const next = xml.charCodeAt(start + open.length);
      if (next !== 32 && next !== 62 && next !== 47 && next !== 10 && next !== 13 && next !== 9) {
        at = tagEnd + 1; // <rowBreaks
        continue;
      }
      const tag = xml.slice(start + open.length, tagEnd);
      const row = numberIn(tag, ' r="') || last + 1;
      if (row > 1_048_576 * 2) throw new SpreadsheetTrouble(refuse("workbook-damaged"));
      last = row;
      if (tag.endsWith("/")) {
        at = tagEnd + 1;
        continue;
      }
      const stop = xml.indexOf(close, tagEnd);
      if (stop < 0) break;
      at = stop + close.length;
      const cells = cellsOf(xml, tagEnd + 1, stop, prefix, texts, limits);
      if (cells.length === 0) continue;
      if (++count > limits.rows) {
        throw new SpreadsheetTrouble(refuse("sheet-too-long", { max: limits.rows }));
      }
      batch.push({ row, cells });
      if (batch.length >= BATCH) {
        yield batch;
        batch = [];
      }
    }
  }
  if (batch.length > 0) yield batch;
}

function numberIn(tag: string, name: string): number {
  const at = tag.indexOf(name);
  return at < 0 ? 0 : Number.parseInt(tag.slice(at + name.length, at + name.length + 8), 10) || 0;
}

function cellsOf(
  xml: string,
  from: number,
  to: number,
  prefix: string,
  texts: Texts,
  limits: SpreadsheetLimits,
): Cell[] {
  const open = `<${prefix}c`;
  const close = `</${prefix}c>`;
  const cells: Cell[] = [];
  let at = from;
  let next = 0;
  for (;;) {
    const start = xml.indexOf(open, at);
    if (start < 0 || start >= to) return cells;
    const tagEnd = xml.indexOf(">", start);
    if (tagEnd < 0 || tagEnd > to) return cells;
    const after = xml.charCodeAt(start + open.length);
    if (after !== 32 && after !== 62 && after !== 47 && after !== 10 && after !== 13 && after !== 9) {
      at = tagEnd + 1;
      continue;
    }
    const tag = xml.slice(start + open.length, tagEnd);
    const place = tag.indexOf(' r="');
    const column = place < 0 ? next : columnIn(tag, place + 4);
    next = column + 1;
    if (xml.charCodeAt(tagEnd - 1) === 47) {
      at = tagEnd + 1;
      continue;
    }
    let stop = xml.indexOf(close, tagEnd);
    if (stop < 0 || stop > to) stop = to;
    at = stop + close.length;
    const kind = kindIn(tag);
    const value = valueIn(xml, tagEnd + 1, stop, prefix, kind, texts);
    if (value === null) continue;
    if (column >= limits.columns) {
      throw new SpreadsheetTrouble(refuse("sheet-too-wide", { max: limits.columns }));
    }
    while (cells.length < column) cells.push(null);
    cells[column] = value;
  }
}

function columnIn(tag: string, at: number): number {
  let column = 0;
  for (let i = at; i < at + 4; i++) {
    const code = tag.charCodeAt(i);
    if (code < 65 || code > 90) break;
    column = column * 26 + code - 64;
  }
  return Math.max(0, column - 1);
}

function kindIn(tag: string): string {
  const at = tag.indexOf(' t="');
  if (at < 0) return "n";
  return tag.slice(at + 4, tag.indexOf('"', at + 4));
}

function valueIn(xml: string, from: number, to: number, prefix: string, kind: string, texts: Texts): Cell {
  if (kind === "inlineStr") return some(joinedTexts(xml.slice(from, to), prefix));
  const open = `<${prefix}v`;
  let start = xml.indexOf(open, from);
  if (start < 0 || start >= to) return null;
  start = xml.indexOf(">", start) + 1;
  const stop = xml.indexOf(`</${prefix}v>`, start);
  if (start === 0 || stop < 0 || stop > to) return null;
  const raw = xml.slice(start, stop);
  if (kind === "s") return some(texts.at(Number(raw)) ?? "");
  if (kind === "n" || kind === "") {
    const number = Number(raw);
    return raw.trim() === "" ? null : Number.isFinite(number) ? number : some(plainText(raw));
  }
  if (kind === "b") return raw.trim() === "1" || raw.trim() === "true";
  return some(plainText(raw)); // str: a formula's text; e: an error such as #N/A; d: an ISO date
}

function some(text: string): string | null {
  return text === "" ? null : text.length > CELL_CHARACTERS ? text.slice(0, CELL_CHARACTERS) : text;
}

import { open, stat } from "node:fs/promises";
import { type Or, refuse } from "../kernel/refusal.ts";
import { openCsv } from "./csv.ts";
import { defaultLimits, type Spreadsheet, type SpreadsheetLimits } from "./spreadsheet.ts";
import { openXlsx } from "./xlsx.ts";

const HEAD_BYTES = 4096;

/**
 * Opens a spreadsheet by what it holds, whatever it is called: .xlsx, or separated values in UTF-8, UTF-16 or
 * GB18030. Takes a path or the whole file in memory.
 *
 * Refuses a legacy .xls and a web page named .xls (saying how to save as .xlsx), a workbook under a password,
 * one that is cut off, and one that unpacks to far more than it should.
 */
export async function openSpreadsheet(
  source: string | Buffer,
  limits: Partial<SpreadsheetLimits> = {},
): Promise<Or<Spreadsheet>> {
  const within = { ...defaultLimits, ...limits };
  const size = typeof source === "string" ? (await stat(source)).size : source.length;
  if (size === 0) return refuse("workbook-empty");
  if (size > within.bytes) return refuse("too-large", { max: `${Math.floor(within.bytes / 2 ** 20)} MB` });
  const head = await headOf(source);
  if (head.readUInt32BE(0) === 0x504b0304) return openXlsx(source, within);
  if (head.readUInt32BE(0) === 0xd0cf11e0) {
    return refuse((await holds(source, locked)) ? "workbook-encrypted" : "workbook-legacy");
  }
  const text = head.toString("latin1").trimStart().toLowerCase();
  if (/^(\xef\xbb\xbf)?\s*<(\?xml|!doctype|html|table|meta|head|style)/.test(text))
    return refuse("workbook-web-page");
  if (text.startsWith("%pdf") || text.startsWith("{\\rtf")) return refuse("workbook-other-kind");
  if (head.readUInt16BE(0) === 0x0908 || head.readUInt16BE(0) === 0x0904) return refuse("workbook-legacy");
  return openCsv(source, size, within);
}

/** The name of the stream in which an encrypted workbook is kept, as its container writes it. */
const locked = Buffer.from("EncryptedPackage", "utf16le");

async function headOf(source: string | Buffer): Promise<Buffer> {
  const head = Buffer.alloc(HEAD_BYTES);
  if (typeof source !== "string") {
    source.copy(head, 0, 0, HEAD_BYTES);
    return head;
  }
  const file = await open(source);
  try {
    await file.read(head, 0, HEAD_BYTES, 0);
    return head;
  } finally {
    await file.close();
  }
}

async function holds(source: string | Buffer, needle: Buffer): Promise<boolean> {
  if (typeof source !== "string") return source.includes(needle);
  const file = await open(source);
  try {
    const window = Buffer.alloc(1 << 20);
    let at = 0;
    for (;;) {
      const { bytesRead } = await file.read(window, 0, window.length, at);
      if (window.subarray(0, bytesRead).includes(needle)) return true;
      if (bytesRead < window.length) return false;
      at += bytesRead - needle.length;
    }
  } finally {
    await file.close();
  }
}

import type { Readable } from "node:stream";
import yauzl from "yauzl";
import { type Or, type Refusal, refuse } from "../kernel/refusal.ts";
import { type SpreadsheetLimits, SpreadsheetTrouble } from "./spreadsheet.ts";

/** The parts of a zipped workbook, opened by name through the archive's directory. */
export interface Package {
  has(name: string): boolean;
  /** A part as a stream. Fails as `SpreadsheetTrouble` when the archive is broken or unpacks beyond its limits. */
  stream(name: string): Promise<Readable>;
  /** A small part, whole. */
  text(name: string): Promise<string>;
  /** Of a part, as declared, in bytes. */
  unpackedSize(name: string): number;
  close(): void;
}

const MOST_PARTS = 4096;
/** Settings, names of sheets and the like: no honest one is larger. */
const SMALL_PART_BYTES = 8 * 2 ** 20;
/** Below this a part may unpack at any ratio. */
const SMALL_ENOUGH = 32 * 2 ** 20;

/** Opens a zip archive from a path or from memory. Refuses what is truncated, encrypted or swollen. */
export async function openPackage(source: string | Buffer, limits: SpreadsheetLimits): Promise<Or<Package>> {
  let zip: yauzl.ZipFile;
  const options = { lazyEntries: true, autoClose: false, strictFileNames: false } as const;
  try {
    zip = await new Promise((resolve, reject) => {
      const opened = (error: Error | null, file: yauzl.ZipFile): void =>
        error ? reject(error) : resolve(file);
      if (typeof source === "string") yauzl.open(source, options, opened);
      else yauzl.fromBuffer(source, options, opened);
    });
  } catch {
    return refuse("workbook-damaged");
  }
  const parts = new Map<string, yauzl.Entry>();
  try {
    if (zip.entryCount > MOST_PARTS) return closing(zip, refuse("workbook-bomb"));
    for await (const entry of zip.eachEntry()) parts.set(entry.fileName.replace(/^\//, ""), entry);
  } catch {
    return closing(zip, refuse("workbook-damaged"));
  }
  let unpacked = 0;
  const checked = (name: string): yauzl.Entry => {
    const entry = parts.get(name);
    if (!entry) throw new SpreadsheetTrouble(refuse("workbook-damaged"));
    if (entry.isEncrypted()) throw new SpreadsheetTrouble(refuse("workbook-encrypted"));
    if (!entry.canDecodeFileData()) throw new SpreadsheetTrouble(refuse("workbook-damaged"));
    // Sizes are as declared; the reader below fails when a part unpacks to more than it declares.
    unpacked += entry.uncompressedSize;
    const swollen =
      entry.uncompressedSize > SMALL_ENOUGH && entry.uncompressedSize > entry.compressedSize * limits.ratio;
    if (swollen || unpacked > limits.unpackedBytes) throw new SpreadsheetTrouble(refuse("workbook-bomb"));
    return entry;
  };
  const stream = async (name: string): Promise<Readable> => {
    const entry = checked(name);
    try {
      return await zip.openReadStreamPromise(entry);
    } catch {
      throw new SpreadsheetTrouble(refuse("workbook-damaged"));
    }
  };
  return {
    has: (name) => parts.has(name),
    stream,
    async text(name) {
      if ((parts.get(name)?.uncompressedSize ?? 0) > SMALL_PART_BYTES) {
        throw new SpreadsheetTrouble(refuse("workbook-bomb"));
      }
      const chunks: Buffer[] = [];
      try {
        for await (const chunk of await stream(name)) chunks.push(chunk as Buffer);
      } catch (error) {
        throw asTrouble(error);
      }
      return Buffer.concat(chunks)
        .toString("utf8")
        .replace(/^\uFEFF/, "");
    },
    unpackedSize: (name) => parts.get(name)?.uncompressedSize ?? 0,
    close: () => zip.close(),
  };
}

/** Whatever the archive or the inflater throws means one thing to the file's owner. */
export function asTrouble(error: unknown): SpreadsheetTrouble {
  return error instanceof SpreadsheetTrouble ? error : new SpreadsheetTrouble(refuse("workbook-damaged"));
}

function closing(zip: yauzl.ZipFile, refusal: Refusal): Refusal {
  zip.close();
  return refusal;
}

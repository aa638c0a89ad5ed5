import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress, createZstdDecompress } from "node:zlib";
import { Trouble } from "./trouble.ts";
import { writeWhole } from "./whole-file.ts";

/**
 * The file of a backup: a line that says what it is, then a zstd stream of frames. A frame is a letter, a length of four
 * bytes and that many bytes; the last one holds the SHA-256 of all before it, so that a file cut short or changed is
 * known before anything is loaded.
 */

const MAGIC = Buffer.from("zhijia backup 1\n");
const HEAD_BYTES = 5;
const MOST_BYTES = 1 << 30;

export type Frame = {
  /** `h` header, `t` a table begins, `d` its rows, `e` it ends, `s` sequences, `k` keys, `z` the end. */
  kind: "h" | "t" | "d" | "e" | "s" | "k" | "z";
  body: Buffer;
};

/** A frame that holds JSON. */
export function jsonFrame(kind: Frame["kind"], value: unknown): Frame {
  return { kind, body: Buffer.from(JSON.stringify(value)) };
}

/** Writes the frames to a file only we can read; it has its name only when it is whole and on the disk. */
export async function writeBackupFile(
  path: string,
  frames: AsyncIterable<Frame>,
): Promise<{ bytes: number }> {
  return writeWhole(path, async (out) => {
    out.write(MAGIC);
    const compressor = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3 } });
    await pipeline(Readable.from(encoded(frames), { objectMode: true }), compressor, out);
    return { bytes: out.bytesWritten };
  });
}

async function* encoded(frames: AsyncIterable<Frame>): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  for await (const frame of frames) {
    const head = headOf(frame);
    hash.update(head).update(frame.body);
    yield head;
    if (frame.body.length > 0) yield frame.body;
  }
  const end: Frame = { kind: "z", body: hash.digest() };
  yield headOf(end);
  yield end.body;
}

function headOf({ kind, body }: Frame): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(kind, 0, "latin1");
  head.writeUInt32BE(body.length, 1);
  return head;
}

/**
 * Reads the frames of a file. Throws `Trouble` (`not_a_backup`, `backup_damaged`) when it is something else, cut short
 * or changed; the last is known only once everything has been read.
 */
export async function* readBackupFile(path: string, read?: (bytes: number) => void): AsyncGenerator<Frame> {
  if (!(await firstBytes(path)).equals(MAGIC)) throw notABackup(path);
  const body = createReadStream(path, { start: MAGIC.length });
  if (read !== undefined) body.on("data", (chunk) => read(chunk.length));
  const unpacked = createZstdDecompress();
  body.on("error", (error) => unpacked.destroy(error));
  const hash = createHash("sha256");
  let held: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of body.pipe(unpacked)) {
      held = held.length === 0 ? (chunk as Buffer) : Buffer.concat([held, chunk as Buffer]);
      let at = 0;
      while (held.length - at >= HEAD_BYTES) {
        const size = held.readUInt32BE(at + 1);
        if (size > MOST_BYTES) throw damaged(path);
        if (held.length - at < HEAD_BYTES + size) break;
        const bytes = held.subarray(at, at + HEAD_BYTES + size);
        const frame: Frame = {
          kind: bytes.toString("latin1", 0, 1) as Frame["kind"],
          body: bytes.subarray(HEAD_BYTES),
        };
        if (frame.kind === "z") {
          if (!hash.digest().equals(frame.body)) throw damaged(path);
          return;
        }
        hash.update(bytes);
        yield frame;
        at += bytes.length;
      }
      held = held.subarray(at);
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && /^Z(STD)?_/.test(String(error.code)))
      throw damaged(path, error);
    throw error;
  } finally {
    body.destroy();
    unpacked.destroy();
  }
  throw damaged(path);
}

async function firstBytes(path: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of createReadStream(path, { end: MAGIC.length - 1 })) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function notABackup(path: string): Trouble {
  return new Trouble("not_a_backup", `${path} 不是职家的备份文件。`, `${path} is not a Zhijia backup.`);
}

function damaged(path: string, cause?: unknown): Trouble {
  return new Trouble(
    "backup_damaged",
    `备份文件 ${path} 不完整或已损坏，没有恢复任何内容。`,
    `The backup ${path} is cut short or damaged; nothing was restored.`,
    cause,
  );
}

import { createWriteStream, openSync, renameSync, rmSync, type WriteStream } from "node:fs";
import { systemCode, Trouble } from "./trouble.ts";

/**
 * Writes a file only we can read, which has its name only once it is whole and on the disk: whoever finds it under that
 * name, after a crash or a full disk, may believe it. Throws `Trouble` (`disk_full`) when there is no room; nothing is
 * left then.
 */
export async function writeWhole<T>(path: string, write: (out: WriteStream) => Promise<T>): Promise<T> {
  const draft = `${path}.part`;
  const out = createWriteStream(draft, { fd: openSync(draft, "w", 0o600), flush: true });
  out.on("error", () => {}); // told to `write`, which waits for it
  try {
    const result = await write(out);
    renameSync(draft, path);
    return result;
  } catch (error) {
    rmSync(draft, { force: true });
    throw ["ENOSPC", "EDQUOT"].includes(systemCode(error)) ? noRoom(path, error) : error;
  }
}

function noRoom(path: string, cause: unknown): Trouble {
  return new Trouble(
    "disk_full",
    `磁盘已满，${path} 没有写成，也没有留下半个文件。请腾出空间，或写到另一块磁盘。`,
    `The disk is full: ${path} was not written, and no half of it is left. Make room, or write to another disk.`,
    cause,
  );
}

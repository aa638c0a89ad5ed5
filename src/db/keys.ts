import { createHmac } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Keyring, newKeyring, parseKeyring, type Suite } from "../kernel/seal.ts";
import type { Db } from "./pool.ts";
import { Trouble } from "./trouble.ts";

/** The keyring's file in a data folder. */
export function keyFile(data: string): string {
  return join(data, "keys");
}

/** The written keyring of an installation: from the environment, else from its file; null when there is none yet. */
export function readKeys(data: string, fromEnvironment: string | null): string | null {
  if (fromEnvironment !== null) return fromEnvironment;
  const path = keyFile(data);
  return existsSync(path) ? readFileSync(path, "utf8").trim() : null;
}

/** Writes a keyring's file, readable by us alone, whole or not at all. */
export function writeKeys(data: string, text: string): void {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const path = keyFile(data);
  writeFileSync(`${path}.new`, `${text}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}

/**
 * The keyring this process works with. Made on an empty database when there is none. Throws `Trouble` when the database
 * already holds records and the keyring is absent (`key_missing`), another one, or of the other suite (`key_wrong`).
 */
export async function openKeyring(
  db: Db,
  data: string,
  fromEnvironment: string | null,
  suite: Suite,
): Promise<Keyring> {
  const marked = await db.systemRead((tx) =>
    tx.selectFrom("key_mark").select(["suite", "mark"]).executeTakeFirst(),
  );
  let text = readKeys(data, fromEnvironment);
  if (text === null) {
    if (marked !== undefined) throw keyMissing(data);
    text = newKeyring();
    writeKeys(data, text);
  }
  const ring = parseKeyring(text, suite);
  const mark = markOf(ring);
  const kept =
    marked ??
    (await db.system(async (tx) => {
      // Looked for once more: of two that begin together the later finds the mark of the first. Between servers a bare
      // insert takes the right to insert alone.
      const first = await tx.selectFrom("key_mark").select(["suite", "mark"]).executeTakeFirst();
      if (first !== undefined) return first;
      await tx.insertInto("key_mark").values({ suite, mark }).execute();
      return { suite, mark };
    }));
  if (kept.suite !== suite || !kept.mark.equals(mark)) throw keyWrong(kept.suite, suite);
  return ring;
}

function markOf(ring: Keyring): Buffer {
  return createHmac("sha256", ring.lookup).update("the keyring of this installation").digest();
}

function keyMissing(data: string): Trouble {
  return new Trouble(
    "key_missing",
    `数据库里已有加密的记录，但找不到密钥。请把原来的密钥文件放回 ${keyFile(data)}，或设置 ZHIJIA_KEY。`,
    `The database holds sealed records, but the keyring is missing. Put the original file back at ${keyFile(data)}, or set ZHIJIA_KEY.`,
  );
}

function keyWrong(kept: string, given: Suite): Trouble {
  if (kept !== given) {
    const setting = kept === "national" ? "sm" : "aes";
    return new Trouble(
      "key_wrong",
      `数据库的记录是用 ZHIJIA_CRYPTO=${setting} 加密的，不能换算法。请改回 ${setting}。`,
      `The database's records were sealed with ZHIJIA_CRYPTO=${setting}, which cannot be changed. Set it back to ${setting}.`,
    );
  }
  return new Trouble(
    "key_wrong",
    "密钥与数据库不符：记录是用另一套密钥加密的。请使用原来的密钥（keys 文件或 ZHIJIA_KEY）。",
    "The keyring does not belong to this database: its records were sealed under another. Use the original (the file `keys`, or ZHIJIA_KEY).",
  );
}

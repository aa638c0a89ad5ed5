/**
 * Something outside the program stands in its way: a folder that cannot be written, a second instance, a missing
 * package, a database that does not answer. It is shown to whoever started the program, in both languages, with
 * what to do about it; it is never a bug.
 */
export class Trouble extends Error {
  readonly code: string;
  readonly zh: string;
  readonly en: string;

  constructor(code: string, zh: string, en: string, cause?: unknown) {
    super(`${zh}\n${en}`, cause === undefined ? undefined : { cause });
    this.name = "Trouble";
    this.code = code;
    this.zh = zh;
    this.en = en;
  }
}

/** The disk a file or folder is on has no room. */
export function diskFull(path: string): Trouble {
  return new Trouble(
    "disk_full",
    `磁盘已满，无法写入 ${path}。`,
    `The disk is full: ${path} cannot be written.`,
  );
}

/** The operating system's code of an error (`ENOENT`, `EACCES`…), or an empty string. */
export function systemCode(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return String(error.code);
}

/** What an operator is told of a database that does not answer. */
export function unreachable(cause: unknown): Trouble {
  return new Trouble(
    "database_unreachable",
    "连接不上数据库，或连接中途断开。请检查 DATABASE_URL、网络和数据库服务，然后重试。",
    "The database cannot be reached, or the connection broke off. Check DATABASE_URL, the network and the database service, and try again.",
    cause,
  );
}

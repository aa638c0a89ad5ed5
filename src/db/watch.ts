/** Told where the database's time goes. Kept by whoever counts; the database itself counts nothing. */
export interface DbWatch {
  /** How long somebody waited for a connection, in seconds. */
  readonly waited: (seconds: number) => void;
  /** One statement, by its verb and its first table, and how long its answer took, in seconds. */
  readonly ran: (statement: string, seconds: number) => void;
}

const textsMost = 4000;
const short = new Map<string, string>();

/** A statement's verb and its first table: few enough to count by, and nothing of what it asks for. */
export function shortName(text: string): string {
  const known = short.get(text);
  if (known !== undefined) return known;
  const verb = /^\W*(select|insert|update|delete|merge|with|savepoint|release|rollback)\b/i.exec(text)?.[1];
  const table = /\b(?:from|into|update|join)\s+(?:only\s+)?"?([a-z_]{1,40})"?/i.exec(text)?.[1];
  const name = verb === undefined ? "other" : [verb, table].filter(Boolean).join(" ").toLowerCase();
  if (short.size >= textsMost) short.clear();
  short.set(text, name);
  return name;
}

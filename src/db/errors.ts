/** The database does not answer, or went away in the middle. Worth asking again: the HTTP side says 503. */
export class DatabaseUnavailable extends Error {
  constructor(cause: unknown) {
    super("the database is not available", { cause });
    this.name = "DatabaseUnavailable";
  }
}

/** The database has no room to write in. Reading goes on; the HTTP side says 507. */
export class DatabaseFull extends Error {
  constructor(cause: unknown) {
    super("the database's disk is full", { cause });
    this.name = "DatabaseFull";
  }
}

/** Whether an error says that the database's disk is full. */
export function isFull(error: unknown): boolean {
  return codeOf(error) === "53100";
}

const GONE = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);
const GONE_STATE = /^(08...|57P0[123]|53300|25006)$/;
const GONE_WORDS =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/;

/** Whether an error says the connection is lost or cannot be made. */
export function isGone(error: unknown): boolean {
  const code = codeOf(error);
  if (GONE.has(code) || GONE_STATE.test(code)) return true;
  return error instanceof Error && code === "" && GONE_WORDS.test(error.message);
}

/**
 * For work that nobody waits for and that is done again by itself: a database that is away is borne in silence, for others
 * say so; anything else is told.
 */
export function unlessAway(tell: ((error: unknown) => void) | undefined): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof DatabaseUnavailable) && !isGone(error)) tell?.(error);
  };
}

/** Whether the same work may succeed when simply done again: serialization failure, deadlock, a plan gone stale. */
export function isPassing(error: unknown): boolean {
  const code = codeOf(error);
  return code === "40001" || code === "40P01" || isStalePlan(error);
}

/** Whether a row was there already: the same request sent twice at once, of which the other came first. */
export function isTwice(error: unknown): boolean {
  return codeOf(error) === "23505";
}

/** A named statement whose table changed under it; the connection that prepared it must be given up. */
function isStalePlan(error: unknown): boolean {
  return codeOf(error) === "0A000" && error instanceof Error && error.message.includes("cached plan");
}

/** The name of the constraint an error broke (unique, check, foreign key, exclusion), or null. */
export function violatedConstraint(error: unknown): string | null {
  if (!codeOf(error).startsWith("23")) return null;
  const { constraint, message = "" } = error as { constraint?: string; message?: string };
  const name = constraint ?? / constraint "([^"]+)"/.exec(message)?.[1] ?? "";
  // A shard calls its constraints by its own number, and what another server says comes as words alone.
  return name.replace(/_\d{6,}$/, "");
}

/** SQLSTATE or system error code, or an empty string. */
function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

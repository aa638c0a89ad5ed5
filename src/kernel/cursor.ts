import { type Or, refuse } from "./refusal.ts";

/** Where a list goes on: some texts of its last row, opaque to whoever sends them back. */
export function cursorOf(...texts: readonly string[]): string {
  return Buffer.from(JSON.stringify(texts)).toString("base64url");
}

type Guard = (text: unknown) => boolean;
type Guarded<One> = One extends (text: unknown) => text is infer Text ? Text : string;

/** The texts of a cursor, each as its guard wants it; null at the start of a list. Refuses `bad-cursor`. */
export function readCursor<const Guards extends readonly Guard[]>(
  cursor: string | undefined,
  ...guards: Guards
): Or<{ readonly [At in keyof Guards]: Guarded<Guards[At]> } | null> {
  if (cursor === undefined || cursor === "") return null;
  const texts = textsOf(cursor);
  const fits = texts.length === guards.length && guards.every((fit, at) => fit(texts[at]));
  if (!fits) return refuse("bad-cursor", {}, { at: "/cursor" });
  return texts as unknown as { readonly [At in keyof Guards]: Guarded<Guards[At]> };
}

function textsOf(cursor: string): readonly string[] {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    return Array.isArray(read) && read.every(isPlain) ? read : [];
  } catch {
    return []; // not one of ours
  }
}

/** A text that the database can hold: it may have been made up. */
export function isPlain(text: unknown): text is string {
  return typeof text === "string" && !text.includes("\u0000") && text.isWellFormed();
}

/** Where a list by time goes on: the last row's instant and id. */
export interface Moment<Row extends string = string> {
  readonly at: Date;
  readonly id: Row;
}

/** The cursor after a list's last row; `readMoment` reads it back. */
export function momentCursor(moment: Moment): string {
  return cursorOf(moment.at.toISOString(), moment.id);
}

/** The moment of a cursor; null at the start of a list. Refuses `bad-cursor`. */
export function readMoment<Row extends string>(
  cursor: string | undefined,
  isRow: (text: unknown) => text is Row,
): Or<Moment<Row> | null> {
  const read = readCursor(cursor, isInstant, isRow);
  return Array.isArray(read) ? { at: new Date(read[0]), id: read[1] } : (read as Or<null>);
}

function isInstant(text: unknown): boolean {
  return typeof text === "string" && !Number.isNaN(Date.parse(text));
}

import { sql } from "kysely";
import type { Tx } from "../../../db/index.ts";
import type { Lessons } from "./learn.ts";

/*
 * The policies a case pins are most of its row, and the same for all cases of a pattern: a server that parses and compresses
 * them for each case does little else. So cases are copied without them into a draft, which names them by number, and go
 * from there into their table with the pins as they lie compressed.
 */

/** Where cases are copied to first. */
export const draftTable = "case_draft";

/** The pins that cases of any pattern have, each once: a draft names them by their place here. */
export function pinsOf({ patterns }: Pick<Lessons, "patterns">): readonly string[] {
  return [...new Set(patterns.flatMap(({ rows }) => rows.case_file.map(({ pins }) => JSON.stringify(pins))))];
}

/** The columns of a draft, in the order its rows are written. */
export const draftColumns = (lessons: Pick<Lessons, "columns">): readonly string[] => [
  ...caseColumns(lessons),
  "pins_no",
];

const caseColumns = ({ columns }: Pick<Lessons, "columns">): readonly string[] =>
  columns.case_file!.map(({ name }) => name).filter((name) => name !== "pins");

/** Makes the empty draft, with the pins beside it. Both go with the transaction. */
export async function beginDrafts(tx: Tx, lessons: Lessons): Promise<void> {
  const columns = sql.raw(caseColumns(lessons).join(", "));
  await sql`create temp table ${sql.table(draftTable)} on commit drop as
    select ${columns}, 0 as pins_no from case_file with no data`.execute(tx);
  await sql`create temp table case_pins (no integer, pins jsonb) on commit drop`.execute(tx);
  await sql`alter table case_pins alter column pins set storage main`.execute(tx);
  for (const [no, pins] of pinsOf(lessons).entries())
    await sql`insert into case_pins values (${no}, ${pins}::jsonb)`.execute(tx);
}

/** Brings all drafts into the table of cases. */
export async function endDrafts(tx: Tx, lessons: Lessons): Promise<void> {
  const columns = caseColumns(lessons);
  await sql`insert into case_file (${sql.raw(columns.join(", "))}, pins)
    select ${sql.raw(columns.map((name) => `d.${name}`).join(", "))}, p.pins
    from ${sql.table(draftTable)} d join case_pins p on p.no = d.pins_no`.execute(tx);
}

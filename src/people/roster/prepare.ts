import { setImmediate as breathe } from "node:timers/promises";
import { type Id, newId } from "../../kernel/ids.ts";
import { isRefusal, type Or, type Refusal, refuse } from "../../kernel/refusal.ts";
import type { Keyring } from "../../kernel/seal.ts";
import type { Text } from "../../kernel/words.ts";
import type { Cell, Spreadsheet } from "../../spreadsheet/index.ts";
import { columnLetters, SpreadsheetTrouble } from "../../spreadsheet/index.ts";
import type { Home } from "../person.ts";
import { identityHash, type PersonSealed, phoneHash, sealPerson } from "../sealed.ts";
import {
  isNoPerson,
  isRosterField,
  isTotal,
  layoutOf,
  layoutRows,
  type MappedColumn,
  type RosterField,
  type SheetLayout,
} from "./columns.ts";
import { type RosterDraft, type RowContext, readRow } from "./row.ts";
import { Seen } from "./seen.ts";
import type { RosterUnits, RowUnit } from "./units.ts";

/** How a sheet's columns were taken, for the page that shows the mapping. */
export interface SheetPlan {
  readonly index: number;
  readonly sheet: string;
  readonly headRow: number;
  readonly columns: readonly MappedColumn[];
}

/** The heads of columns that no field was found for. */
export function unreadOf(plans: readonly SheetPlan[]): readonly string[] {
  return plans.flatMap(({ columns }) =>
    columns.filter((one) => one.field === null && one.header !== "").map((one) => one.header),
  );
}

/** A column a person put under another field, or under none. */
export interface MappingChange {
  /** The sheet's name; every sheet when absent. */
  readonly sheet?: string | undefined;
  readonly column: number;
  readonly field: string | null;
}

/** A bad or doubtful cell, or a row that was a duplicate. Row and column as the reader of the sheet sees them. */
export interface RosterProblem {
  readonly sheet: string;
  readonly row: number;
  readonly field: RosterField | null;
  readonly column: string | null;
  readonly level: "error" | "duplicate" | "warning";
  readonly refusal: Refusal;
  readonly proposal?: Text;
}

/** A person ready to be stored: checked, hashed, sealed, with the ids they will have if they are new. */
export interface PreparedRow {
  readonly sheet: string;
  readonly row: number;
  readonly draft: RosterDraft;
  readonly home: Home;
  /** Whether the row itself named its union. */
  readonly unitNamed: boolean;
  /** Whether a new person of this row must confirm it themselves. */
  readonly confirms: boolean;
  readonly id: Id<"person">;
  readonly membershipId: Id<"membership">;
  readonly eventId: Id<"membership-event">;
  readonly idHash: Buffer;
  readonly phoneHash: Buffer | null;
  readonly facts: PersonSealed;
  readonly sealed: Buffer;
}

/** Some rows of the file, dealt with together in one transaction. */
export interface Chunk {
  readonly rows: readonly PreparedRow[];
  readonly problems: readonly RosterProblem[];
  /** People the chunk's part of the file names. */
  readonly read: number;
  readonly rejected: number;
  readonly duplicates: number;
  /** Rows of all sheets consumed when this chunk is done. */
  readonly position: number;
}

export interface Preparing {
  readonly ring: Keyring;
  readonly context: Omit<RowContext, "dates1904">;
  readonly units: RosterUnits;
  readonly plans: readonly SheetPlan[];
  /** Rows a run before this one has dealt with: read again to know their numbers, not stored again. */
  readonly skip: number;
  readonly chunkRows: number;
}

/** Looks at the first rows of every visible sheet. Refuses `roster-no-heads`, `roster-no-identity`, `import-mapping`. */
export async function planSheets(
  book: Spreadsheet,
  mapping: readonly MappingChange[] = [],
  /** Also sheets whose column of identity numbers somebody has yet to point out. */
  unfinished = false,
): Promise<Or<{ readonly plans: readonly SheetPlan[]; readonly skipped: readonly string[] }>> {
  const plans: SheetPlan[] = [];
  const skipped: string[] = [];
  let named = false;
  for (const [index, sheet] of book.sheets.entries()) {
    if (sheet.hidden) continue;
    const layout = await firstLayout(book, index);
    if (isRefusal(layout)) return layout;
    if (layout === null) {
      skipped.push(sheet.name);
      continue;
    }
    const columns = changed(
      layout.columns,
      mapping.filter((one) => (one.sheet ?? sheet.name) === sheet.name),
    );
    if (isRefusal(columns)) return columns;
    named = true;
    const told = (field: RosterField): boolean => columns.some((one) => one.field === field);
    if (!unfinished && !(told("idNumber") && told("name"))) {
      skipped.push(sheet.name);
      continue;
    }
    plans.push({ index, sheet: sheet.name, headRow: layout.headRow, columns });
  }
  if (plans.length === 0) return refuse(named ? "roster-no-identity" : "roster-no-heads");
  return { plans, skipped };
}

/** Null where a sheet has no heads; what it is refused for where it is broken, or unpacks beyond all bounds. */
async function firstLayout(book: Spreadsheet, index: number): Promise<Or<SheetLayout | null>> {
  try {
    for await (const batch of book.rows(index)) return layoutOf(batch.slice(0, layoutRows));
  } catch (error) {
    if (error instanceof SpreadsheetTrouble) return error.refusal;
    throw error;
  }
  return null;
}

function changed(columns: readonly MappedColumn[], changes: readonly MappingChange[]): Or<MappedColumn[]> {
  const fields = new Map(columns.map((one) => [one.column, one.field]));
  for (const { column, field } of changes) {
    if (!fields.has(column) || (field !== null && !isRosterField(field))) {
      return refuse(
        "import-mapping",
        { why: `${columnLetters(column)} = ${field ?? ""}` },
        { at: "/mapping" },
      );
    }
    fields.set(column, field as RosterField | null);
  }
  const told = new Map(changes.map((one) => [one.column, one.field]));
  // A field given by hand to one column is taken from the column that was guessed.
  for (const [column, field] of fields) {
    if (field !== null && !told.has(column) && [...told.values()].includes(field)) fields.set(column, null);
  }
  const used = [...fields.values()].filter((field) => field !== null);
  if (new Set(used).size !== used.length) {
    return refuse(
      "import-mapping",
      { why: { zh: "两列对应同一项", en: "two columns for one field" } },
      { at: "/mapping" },
    );
  }
  return columns.map((one) => ({
    ...one,
    field: fields.get(one.column)!,
    confidence: told.has(one.column) ? (fields.get(one.column) === null ? 0 : 1) : one.confidence,
  }));
}

/** Reads the people of every planned sheet, a chunk at a time. */
export async function* prepareChunks(book: Spreadsheet, job: Preparing): AsyncGenerator<Chunk, void, void> {
  const seen = new Seen();
  /** Sheets laid end to end: the place of a row is what its sheet starts after, and its number. */
  const starts: { after: number; sheet: string }[] = [];
  let [after, place] = [0, 0];
  let position = 0;
  let rows: PreparedRow[] = [];
  let problems: RosterProblem[] = [];
  let [read, rejected, duplicates, sinceBreath] = [0, 0, 0, 0];
  const take = (): Chunk => {
    const chunk = { rows, problems, read, rejected, duplicates, position };
    rows = [];
    problems = [];
    [read, rejected, duplicates] = [0, 0, 0];
    return chunk;
  };
  for (const plan of job.plans) {
    const places = plan.columns.flatMap((one) =>
      one.field === null ? [] : [{ column: one.column, field: one.field }],
    );
    const columnOf = new Map(places.map((one) => [one.field, columnLetters(one.column)]));
    const context: RowContext = { ...job.context, dates1904: book.dates1904 };
    after = place;
    starts.push({ after, sheet: plan.sheet });
    for await (const batch of book.rows(plan.index)) {
      for (const { row, cells } of batch) {
        position++;
        if (row <= plan.headRow) continue;
        const values: Partial<Record<RosterField, Cell>> = {};
        for (const { column, field } of places) values[field] = cells[column] ?? null;
        if (isNoPerson(values.name ?? null, values.idNumber ?? null, cells)) continue;
        place = after + row;
        const skipping = position <= job.skip;
        const problem = (
          field: RosterField | null,
          level: RosterProblem["level"],
          refusal: Refusal,
          proposal?: Text,
        ): void => {
          if (skipping) return;
          problems.push({
            sheet: plan.sheet,
            row,
            field,
            column: field === null ? null : (columnOf.get(field) ?? null),
            level,
            refusal,
            ...(proposal && { proposal }),
          });
        };
        if (isTotal(values.idNumber ?? null, cells)) {
          problem(null, "warning", refuse("total-left-out"));
          continue;
        }
        if (!skipping) read++;
        const reading = readRow(values, context);
        for (const one of reading.problems) problem(one.field, one.level, one.refusal, one.proposal);
        const { draft } = reading;
        if (draft === null) {
          if (!skipping) rejected++;
          continue;
        }
        const found = job.units.find(draft.unit, draft.employer);
        if (isRefusal(found)) {
          problem("unit", "error", found, job.units.near(draft.unit ?? ""));
          if (!skipping) rejected++;
          continue;
        }
        const idHash = identityHash(job.ring, draft.identity);
        const before = seen.add(idHash, place);
        if (before !== undefined) {
          const first = starts.findLast((one) => one.after < before)!;
          problem(
            "idNumber",
            "duplicate",
            refuse("roster-same-person", { sheet: first.sheet, row: before - first.after }),
          );
          if (!skipping) duplicates++;
          continue;
        }
        if (skipping) continue;
        rows.push(prepared(job.ring, plan.sheet, row, draft, found, idHash));
        if (++sinceBreath >= 200) {
          sinceBreath = 0;
          await breathe();
        }
        if (rows.length >= job.chunkRows) yield take();
      }
      if (problems.length >= job.chunkRows) yield take();
    }
  }
  yield take();
}

function prepared(
  ring: Keyring,
  sheet: string,
  row: number,
  draft: RosterDraft,
  { home, named: unitNamed, confirms }: RowUnit,
  idHash: Buffer,
): PreparedRow {
  const id = newId<"person">();
  const facts = sealedOf(draft);
  return {
    sheet,
    row,
    draft,
    home,
    unitNamed,
    confirms,
    id,
    membershipId: newId<"membership">(),
    eventId: newId<"membership-event">(),
    idHash,
    phoneHash: draft.phone === null ? null : phoneHash(ring, draft.phone),
    facts,
    sealed: sealPerson(ring, home.district, id, facts),
  };
}

function sealedOf(draft: RosterDraft): PersonSealed {
  return {
    idNumber: draft.identity.number,
    ...(draft.phone !== null && { phone: draft.phone }),
    ...(draft.address !== null && { address: draft.address }),
    ...(draft.bankCard !== null && { bankCard: draft.bankCard }),
    ...(draft.bankHolder !== null && { bankHolder: draft.bankHolder }),
    ...(draft.bankName !== null && { bankName: draft.bankName }),
    ...(draft.department !== null && { department: draft.department }),
    ...(draft.householdType !== null && { householdType: draft.householdType }),
  };
}

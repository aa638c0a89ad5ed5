import { sql } from "kysely";
import { json, type Tx } from "../db/index.ts";
import { newId } from "../kernel/ids.ts";
import { refuse } from "../kernel/refusal.ts";
import {
  type Cell,
  isBlank,
  isTotalRow,
  readHead,
  readUnitRow,
  type UnitField,
  type UnitRow,
} from "./import.ts";
import { note, type SheetHead, type UnitImportReport } from "./import-report.ts";
import { spell } from "./names.ts";
import { segmentOf, territorialPath } from "./tree.ts";

/** A file of unions is read into a table of the transaction, so that memory does not grow with the file. */

/** A file of rows, as the spreadsheet reader gives it. `rows` streams in batches and may be asked again. */
export interface RowSource {
  readonly sheets: readonly { readonly name: string; readonly hidden: boolean }[];
  rows(sheet: number): AsyncIterable<readonly { readonly row: number; readonly cells: readonly Cell[] }[]>;
}

export interface ImportOptions {
  readonly onProgress?: ((read: number) => void) | undefined;
}

const batchRows = 2000;
/** Rows at the top of a sheet among which its head is looked for: titles and remarks stand above it. */
const headWithin = 20;

/** Where the rows wait until the whole file is known. `state`: new, placed, duplicate, error. */
export async function makeStage(tx: Tx): Promise<void> {
  await sql`create temporary table import_unit (
    n int primary key, sheet int not null, row_no int not null, state text collate "C" not null default 'new',
    error text collate "C", wrong_field text collate "C", other_row int,
    id uuid not null, serial bigint not null, segment text collate "C" not null, code text collate "C", name text not null,
    pinyin text collate "C" not null, initials text collate "C" not null, level text collate "C" not null,
    region text collate "C", uscc text collate "C", short_name text, org_type text collate "C", org_form text, legal text not null,
    founded_on date, term_start date, term_end date, term_years int, term_number int, employer jsonb, details jsonb not null,
    own_path text collate "C", parent_code text collate "C", parent_name text, parent_n int, parent_id uuid, parent_new boolean not null default false,
    parent_path text collate "C", parent_level text collate "C", parent_region text collate "C", parent_status text collate "C"
  ) on commit drop`.execute(tx);
}

/** Reads every sheet into the stage. Gives the columns of each sheet, to name cells later. */
export async function stageRows(
  tx: Tx,
  source: RowSource,
  fictitious: boolean,
  report: UnitImportReport,
  options: ImportOptions,
): Promise<readonly SheetHead[]> {
  const sheets: SheetHead[] = [];
  let waiting: StagedRow[] = [];
  let n = 0;
  for (const [index, { name, hidden }] of source.sheets.entries()) {
    sheets.push({ name, columns: new Map() });
    if (hidden) continue;
    let columns: ReadonlyMap<UnitField, number> | undefined;
    let seen = 0;
    for await (const batch of source.rows(index))
      for (const { row, cells } of batch) {
        if (isBlank(cells)) continue;
        seen++;
        if (columns === undefined) {
          columns = seen <= headWithin ? readHead(cells) : undefined;
          if (columns) sheets[index] = { name, columns };
          continue;
        }
        if (isTotalRow(cells, columns)) {
          note(report, {
            sheet: name,
            row,
            column: null,
            refusal: refuse("total-left-out"),
            level: "warning",
          });
          continue;
        }
        report.read++;
        const read = readUnitRow(cells, columns, { fictitious });
        if (Array.isArray(read)) {
          report.rejected++;
          for (const one of read)
            note(report, { sheet: name, row, column: columns.get(one.field) ?? null, refusal: one.refusal });
          continue;
        }
        waiting.push({ n: n++, sheet: index, row, unit: read as UnitRow });
        if (waiting.length >= batchRows) {
          await insertStaged(tx, waiting);
          waiting = [];
          options.onProgress?.(report.read);
        }
      }
    if (columns === undefined && seen > 0)
      note(report, { sheet: name, row: 1, column: null, refusal: refuse("import-no-name") });
  }
  await insertStaged(tx, waiting);
  return sheets;
}

interface StagedRow {
  readonly n: number;
  readonly sheet: number;
  readonly row: number;
  readonly unit: UnitRow;
}

async function insertStaged(tx: Tx, rows: readonly StagedRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { rows: serials } = await sql<{ serial: bigint }>`
    select nextval('unit_segment') as serial from generate_series(1, ${rows.length})`.execute(tx);
  const values = rows.map(({ n, sheet, row, unit }, i) => {
    const { serial } = serials[i]!;
    const { pinyin, initials } = spell(unit.name);
    return {
      n,
      sheet,
      row_no: row,
      id: newId<"unit">(),
      serial: Number(serial),
      segment: segmentOf(serial),
      code: unit.code,
      name: unit.name,
      pinyin,
      initials,
      level: unit.level,
      region: unit.region,
      uscc: unit.uscc,
      short_name: unit.shortName,
      org_type: unit.orgType,
      org_form: unit.orgForm,
      legal: unit.legalPersonStatus,
      founded_on: unit.foundedOn,
      term_start: unit.termStart,
      term_end: unit.termEnd,
      term_years: unit.termYears,
      term_number: unit.termNumber,
      employer: unit.employer,
      details: unit.details,
      own_path: unit.region === null ? null : territorialPath(unit.level, unit.region),
      parent_code: unit.parent.code,
      parent_name: unit.parent.name,
    };
  });
  await sql`insert into import_unit (n, sheet, row_no, id, serial, segment, code, name, pinyin, initials, level, region, uscc,
      short_name, org_type, org_form, legal, founded_on, term_start, term_end, term_years, term_number, employer, details,
      own_path, parent_code, parent_name)
    select r.n, r.sheet, r.row_no, r.id, r.serial, r.segment, r.code, r.name, r.pinyin, r.initials, r.level, r.region, r.uscc,
      r.short_name, r.org_type, r.org_form, r.legal, r.founded_on, r.term_start, r.term_end, r.term_years, r.term_number,
      r.employer, r.details, r.own_path, r.parent_code, r.parent_name
    from jsonb_populate_recordset(null::import_unit, ${json(values)}) r`.execute(tx);
}

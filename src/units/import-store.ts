import { sql } from "kysely";
import { type Db, json, type Tx, type Viewer } from "../db/index.ts";
import { type Id, newId } from "../kernel/ids.ts";
import { isRefusal, type Or, type Refusal, refuse } from "../kernel/refusal.ts";
import { keptLevels, recordAtOnce, recordFrom, unitsFounded } from "../rollups/index.ts";
import { type Cell, isBlank, readHead, readUnitRow, type UnitField, type UnitRow } from "./import.ts";
import { levelTitle, type OrgType, orgTypes, type UnionLevel, unionLevels } from "./levels.ts";
import { spell } from "./names.ts";
import { insideScope, type Scope } from "./scope.ts";
import { isClosed } from "./status.ts";
import { addUnitEvent, findUnit, holdTree, isFictitiousInstallation } from "./store.ts";
import { unitTallies } from "./tallies.ts";
import { checkLevels, segmentOf, territorialPath } from "./tree.ts";
import type { By, Unit } from "./unit.ts";

/** A file of rows, as the spreadsheet reader gives it. `rows` streams in batches and may be asked again. */
export interface RowSource {
  readonly sheets: readonly { readonly name: string; readonly hidden: boolean }[];
  rows(sheet: number): AsyncIterable<readonly { readonly row: number; readonly cells: readonly Cell[] }[]>;
}

/** What is wrong where. `column` counts from 0; null speaks of the whole row or sheet. */
export interface ImportProblem {
  readonly sheet: string;
  readonly row: number;
  readonly column: number | null;
  readonly refusal: Refusal;
}

/** How an import went. `problems` holds the first ten thousand; `rejected` counts them all, by row. */
export interface UnitImportReport {
  read: number;
  loaded: number;
  duplicates: number;
  rejected: number;
  readonly problems: ImportProblem[];
}

export interface ImportOptions {
  readonly onProgress?: ((read: number) => void) | undefined;
}

/** Thrown to undo a rehearsal, with what it would have done. */
class Rehearsed extends Error {
  readonly report: UnitImportReport;
  constructor(report: UnitImportReport) {
    super("rehearsed");
    this.report = report;
  }
}

/** `importUnits` in a transaction of its own; a dry run does everything and keeps nothing. */
export async function runUnitImport(
  db: Db,
  viewer: Viewer,
  scope: Scope,
  parentId: Id<"unit">,
  source: RowSource,
  by: By,
  options: ImportOptions & { readonly dryRun?: boolean | undefined } = {},
): Promise<Or<UnitImportReport>> {
  try {
    return await db.write(viewer, async (tx) => {
      const report = await importUnits(tx, scope, parentId, source, by, options);
      if (options.dryRun && !isRefusal(report)) throw new Rehearsed(report);
      return report;
    });
  } catch (error) {
    if (error instanceof Rehearsed) return error.report;
    throw error;
  }
}

const problemsMax = 10_000;
const batchRows = 2000;

/**
 * Loads unions below a parent of the scope from a file: sheets with a head somewhere near the top, columns in any
 * order, superiors by code or name, in this file or already here, in any order of rows. Good rows load, bad ones are
 * named by cell. A union that is here already (by code, or by name under the same superior) is a duplicate, so the same
 * file again loads nothing. Rows stream through a table of the transaction; memory does not grow with the file.
 * Refuses `not-found`, `unit-closed`.
 */
export async function importUnits(
  tx: Tx,
  scope: Scope,
  parentId: Id<"unit">,
  source: RowSource,
  by: By,
  options: ImportOptions = {},
): Promise<Or<UnitImportReport>> {
  // A wave of a large file is one statement, and takes as long as it is long.
  await sql`set local statement_timeout = 0`.execute(tx);
  const parent = await findUnit(tx, scope, parentId);
  if (isRefusal(parent)) return parent;
  if (isClosed(parent.status)) return refuse("unit-closed");
  await holdTree(tx, "shared");
  const fictitious = await isFictitiousInstallation(tx);
  const report: UnitImportReport = { read: 0, loaded: 0, duplicates: 0, rejected: 0, problems: [] };
  await makeStage(tx);
  const columns = await stage(tx, source, fictitious, report, options);
  await sql`analyze import_unit`.execute(tx);
  await refuseTwins(tx);
  await meetExisting(tx, scope);
  await findParents(tx, scope, parent);
  await placeInWaves(tx, by);
  await explainTheRest(tx);
  await count(tx, report, columns);
  if (report.loaded > 0)
    await addUnitEvent(tx, parent.id, { kind: "imported", after: { loaded: report.loaded } }, by);
  await sql`drop table import_unit`.execute(tx);
  return report;
}

/** Where the rows wait until the whole file is known. `state`: new, placed, duplicate, error. */
async function makeStage(tx: Tx): Promise<void> {
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
async function stage(
  tx: Tx,
  source: RowSource,
  fictitious: boolean,
  report: UnitImportReport,
  options: ImportOptions,
): Promise<readonly { readonly name: string; readonly columns: ReadonlyMap<UnitField, number> }[]> {
  const sheets: { name: string; columns: ReadonlyMap<UnitField, number> }[] = [];
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

/** Rows at the top of a sheet among which its head is looked for: titles and remarks stand above it. */
const headWithin = 20;

function note(report: UnitImportReport, problem: ImportProblem): void {
  if (report.problems.length < problemsMax) report.problems.push(problem);
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

/** A code or credit code that stands in the file twice: the first row keeps it. */
async function refuseTwins(tx: Tx): Promise<void> {
  await sql`update import_unit s set state = 'error', error = 'import-code-twice', wrong_field = 'code', other_row = d.first_row
    from (select n, row_number() over w as nth, first_value(row_no) over w as first_row from import_unit where code is not null
      window w as (partition by code order by n)) d
    where d.n = s.n and d.nth > 1`.execute(tx);
  await sql`update import_unit s set state = 'error', error = 'unit-uscc-taken', wrong_field = 'uscc'
    from (select n, row_number() over (partition by uscc order by n) as nth from import_unit where uscc is not null and state = 'new') d
    where d.n = s.n and d.nth > 1`.execute(tx);
}

/** Rows whose code or credit code is here already: a duplicate within the scope, taken outside it. */
async function meetExisting(tx: Tx, scope: Scope): Promise<void> {
  await sql`update import_unit s set id = u.id,
      state = case when ${insideScope(scope, "u.path")} then 'duplicate' else 'error' end,
      error = case when ${insideScope(scope, "u.path")} then null else 'unit-code-taken' end, wrong_field = 'code'
    from unit u where s.state = 'new' and u.code = s.code`.execute(tx);
  await sql`update import_unit s set id = u.id,
      state = case when ${insideScope(scope, "u.path")} and u.name = s.name then 'duplicate' else 'error' end,
      error = case when ${insideScope(scope, "u.path")} and u.name = s.name then null else 'unit-uscc-taken' end, wrong_field = 'uscc'
    from unit u where s.state = 'new' and u.uscc = s.uscc`.execute(tx);
}

/**
 * Whom each row names as its superior: by code in the file, by code here, by name in the file, by name here; nobody named
 * is the parent of the import.
 */
async function findParents(tx: Tx, scope: Scope, root: Unit): Promise<void> {
  const open = sql`s.state = 'new' and s.parent_id is null and s.parent_n is null`;
  await sql`update import_unit s set parent_id = ${root.id}
    where ${open} and s.parent_code is null and (s.parent_name is null or s.parent_name in (${root.name}, ${root.code}))`.execute(
    tx,
  );
  // One who writes a code in the column for names means the code.
  const code = sql`coalesce(s.parent_code, upper(s.parent_name))`;
  await sql`update import_unit s set parent_n = p.n from import_unit p
    where ${open} and p.code = ${code} and p.error is distinct from 'import-code-twice'`.execute(tx);
  // A federation without a code of its own is known by its region's.
  await sql`update import_unit s set parent_n = p.n from import_unit p
    where ${open} and p.code is null and p.own_path is not null and p.state = 'new' and left(p.region, 6) = ${code}
      and p.n <> s.n`.execute(tx);
  await sql`update import_unit s set parent_id = u.id from unit u
    where ${open} and u.code = ${code} and ${insideScope(scope, "u.path")}`.execute(tx);
  const named = sql`s.parent_code is null`;
  await sql`update import_unit s set parent_n = p.n from (select name, min(n) as n, count(*) as times from import_unit group by name) p
    where ${open} and ${named} and p.name = s.parent_name and p.times = 1`.execute(tx);
  await sql`update import_unit s set state = 'error', error = 'unit-parent-ambiguous', wrong_field = 'parent'
    from (select name from import_unit group by name having count(*) > 1) p
    where ${open} and ${named} and p.name = s.parent_name`.execute(tx);
  const here = sql`select s2.parent_name as name, min(u.id::text)::uuid as id, count(*) as times
    from (select distinct s.parent_name from import_unit s where ${open} and ${named}) s2
    join unit u on u.name = s2.parent_name and u.path >= ${root.path} and u.path < ${`${root.path}/`}
    group by s2.parent_name`;
  await sql`with h as materialized (${here})
    update import_unit s set parent_id = case when h.times = 1 then h.id end,
      state = case when h.times = 1 then s.state else 'error' end,
      error = case when h.times = 1 then null else 'unit-parent-ambiguous' end, wrong_field = 'parent'
    from h where ${open} and ${named} and h.name = s.parent_name`.execute(tx);
  await sql`update import_unit s set state = 'error', error = 'unit-parent-unknown',
      wrong_field = case when s.parent_code is null then 'parent' else 'parentCode' end where ${open}`.execute(
    tx,
  );
}

/** Founds the rows whose superior stands, then those below them, until none is left that could. */
async function placeInWaves(tx: Tx, by: By): Promise<void> {
  // The server knows nothing yet of a tree that is just being loaded and takes it for small: it must not read all of it
  // for each row.
  await sql`set local enable_seqscan = off`.execute(tx);
  for (;;) {
    await sql`update import_unit s set parent_id = p.id, parent_new = p.state = 'placed' from import_unit p
      where s.state = 'new' and s.parent_id is null and p.n = s.parent_n and p.state in ('placed','duplicate')`.execute(
      tx,
    );
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from import_unit where state = 'new' and parent_id is not null`.execute(tx);
    if (rows[0]!.n === 0) break;
    await checkWave(tx);
    await placeWave(tx, by);
  }
  await countPlaced(tx);
  await sql`set local enable_seqscan = on`.execute(tx);
}

/**
 * What was founded joins the figures of the unions above. Where the program itself imports, straight into the roll-ups, each
 * union from its superior on where it has none of its own; an officer may not write those and leaves deltas, and so does
 * a new federation above unions that stood alone, whose figures it takes over.
 */
async function countPlaced(tx: Tx): Promise<void> {
  const placed = sql`unit u join import_unit s on s.id = u.id and s.state = 'placed'`;
  const { rows: above } = await sql<{
    id: string;
  }>`select distinct u.id from ${placed} join unit b on b.parent_id is null
    and b.path > u.path and b.path < (u.path || '/') collate "C" where u.figures_kept`.execute(tx);
  const facts = sql`u.level, u.status, u.employer from ${placed}`;
  const { rows: viewer } = await sql<{ all: boolean }>`select zhijia_all() as "all"`.execute(tx);
  if (above.length === 0 && viewer[0]!.all) {
    const lowest = sql`case when u.figures_kept then u.id else u.parent_id end as id`;
    await recordAtOnce(tx, unitTallies, sql`(select 1 as sign, u.district, ${lowest}, ${facts})`);
    return;
  }
  await recordFrom(tx, unitTallies, sql`(select 1 as sign, u.district, u.id, ${facts})`);
  if (above.length === 0) return;
  await unitsFounded(
    tx,
    above.map(({ id }) => id),
  );
}

/** The rules of the tree, for all rows of a wave at once; `checkLevels` itself says which levels go together. */
async function checkWave(tx: Tx): Promise<void> {
  await sql`update import_unit s set region = coalesce(s.region, u.region_code), parent_path = u.path, parent_level = u.level,
      parent_region = u.region_code, parent_status = u.status
    from unit u where s.state = 'new' and s.parent_id is not null and u.id = s.parent_id`.execute(tx);
  const pair = sql`s.parent_level || ' ' || s.level`;
  const wrongLevel = sql`not (${pair} = any(${allowed.pairs}) or coalesce(${pair} || ' ' || s.org_type, '') = any(${allowed.withType}))`;
  const outside = sql`(s.parent_level in ('PROVINCIAL','PREFECTURE','COUNTY','TOWNSHIP')
    and not starts_with(s.region, case when length(s.parent_region) > 6 then regexp_replace(s.parent_region, '(000)$', '')
      else regexp_replace(s.parent_region, '(00){1,2}$', '') end))`;
  const closed = sql`s.parent_status in ('DISSOLVED','MERGED')`;
  await sql`update import_unit s set state = 'error',
      error = case when ${wrongLevel} then 'unit-level' when ${outside} then 'unit-region-outside' else 'unit-closed' end,
      wrong_field = case when ${wrongLevel} then 'level' when ${outside} then 'region' else 'parent' end
    where s.state = 'new' and s.parent_id is not null and (${wrongLevel} or ${outside} or ${closed})`.execute(
    tx,
  );
  // Under a superior of this very file nobody stood before.
  await sql`update import_unit s set state = 'duplicate', id = e.id from unit e
    where s.state = 'new' and s.parent_id is not null and not s.parent_new and e.parent_id = s.parent_id and e.name = s.name
      and e.status not in ('DISSOLVED','MERGED')`.execute(tx);
  await sql`update import_unit s set state = 'error', error = 'unit-name-taken', wrong_field = 'name'
    from (select n, row_number() over (partition by parent_id, name order by n) as nth from import_unit
      where state = 'new' and parent_id is not null) d
    where d.n = s.n and d.nth > 1`.execute(tx);
}

/** Which levels go together, as `checkLevels` says: pairs that always do, and those that do for one type of union. */
const allowed = allowedLevels();

function allowedLevels(): { readonly pairs: readonly string[]; readonly withType: readonly string[] } {
  const pairs: string[] = [];
  const withType: string[] = [];
  for (const parent of unionLevels)
    for (const child of unionLevels)
      if (!checkLevels(parent, child)) pairs.push(`${parent} ${child}`);
      else
        for (const type of Object.keys(orgTypes) as OrgType[])
          if (!checkLevels(parent, child, type)) withType.push(`${parent} ${child} ${type}`);
  return { pairs, withType };
}

async function placeWave(tx: Tx, by: By): Promise<void> {
  // The region's own federation takes the region's path where it lies under its parent and is free.
  await sql`insert into unit (id, path, parent_id, district, code, name, short_name, name_pinyin, name_initials, level, org_type,
      org_form, region_code, uscc, legal_person_status, founded_on, term_years, term_number, term_start, term_end, employer,
      details, created_on, figures_kept)
    select w.id, case when w.own then w.own_path else w.parent_path || '.' || w.segment end, w.parent_id, left(w.region, 6),
      coalesce(w.code, case when w.own and not exists (select 1 from unit c where c.code = left(w.region, 6))
          and not exists (select 1 from import_unit c where c.code = left(w.region, 6))
        then left(w.region, 6) else left(w.region, 6) || '-' || lpad(w.serial::text, greatest(5, length(w.serial::text)), '0') end),
      w.name, w.short_name, w.pinyin, w.initials, w.level, w.org_type, w.org_form, w.region, w.uscc, w.legal, w.founded_on,
      w.term_years, w.term_number, w.term_start, w.term_end, w.employer, w.details, ${by.day}, w.level = any(${[...keptLevels]})
    from (select s.*, s.own_path is not null and starts_with(s.own_path, s.parent_path || '.')
          and not exists (select 1 from unit t where t.path = s.own_path)
          and row_number() over (partition by s.own_path order by s.n) = 1 as own
      from import_unit s where s.state = 'new' and s.parent_id is not null) w`.execute(tx);
  await sql`update import_unit set state = 'placed' where state = 'new' and parent_id is not null`.execute(
    tx,
  );
}

/** What could not be placed: its superior's row did not pass, or the superiors lead in a circle. */
async function explainTheRest(tx: Tx): Promise<void> {
  for (;;) {
    const done =
      await sql`update import_unit s set state = 'error', error = 'import-parent-refused', wrong_field = 'parent'
      from import_unit p where s.state = 'new' and p.n = s.parent_n and p.state = 'error'`.execute(tx);
    if ((done.numAffectedRows ?? 0n) === 0n) break;
  }
  await sql`update import_unit set state = 'error', error = 'unit-parent-cycle', wrong_field = 'parent' where state = 'new'`.execute(
    tx,
  );
}

interface WrongRow {
  readonly sheet: number;
  readonly row: number;
  readonly error: string;
  readonly field: UnitField | null;
  readonly otherRow: number | null;
  readonly name: string;
  readonly code: string | null;
  readonly uscc: string | null;
  readonly parent: string | null;
  readonly level: UnionLevel;
  readonly parentLevel: UnionLevel | null;
}

async function count(
  tx: Tx,
  report: UnitImportReport,
  sheets: readonly { readonly name: string; readonly columns: ReadonlyMap<UnitField, number> }[],
): Promise<void> {
  const { rows: states } = await sql<{ state: string; n: number }>`
    select state, count(*)::int as n from import_unit group by state`.execute(tx);
  const of = (state: string): number => states.find((one) => one.state === state)?.n ?? 0;
  report.loaded = of("placed");
  report.duplicates = of("duplicate");
  report.rejected += of("error");
  const { rows } = await sql<WrongRow>`
    select s.sheet, s.row_no as row, s.error, s.wrong_field as field, s.other_row as "otherRow", s.name, s.code, s.uscc,
      coalesce(s.parent_code, s.parent_name) as parent, s.level, u.level as "parentLevel"
    from import_unit s left join unit u on u.id = s.parent_id where s.state = 'error' order by s.n limit ${problemsMax}`.execute(
    tx,
  );
  for (const row of rows) {
    const { name, columns } = sheets[row.sheet]!;
    const column = (row.field && columns.get(row.field)) ?? columns.get("parentCode") ?? null;
    note(report, { sheet: name, row: row.row, column: row.field ? column : null, refusal: refusalOf(row) });
  }
  report.problems.sort((a, b) => (a.sheet === b.sheet ? a.row - b.row : 0));
}

function refusalOf(row: WrongRow): Refusal {
  const parent = row.parent ?? "";
  switch (row.error) {
    case "import-code-twice":
      return refuse("import-code-twice", { code: row.code ?? "", row: row.otherRow ?? 0 });
    case "unit-uscc-taken":
      return refuse("unit-uscc-taken", { code: row.uscc ?? "" });
    case "unit-code-taken":
      return refuse("unit-code-taken", { code: row.code ?? "" });
    case "unit-name-taken":
      return refuse("unit-name-taken", { name: row.name });
    case "unit-parent-unknown":
      return refuse("unit-parent-unknown", { parent });
    case "unit-parent-ambiguous":
      return refuse("unit-parent-ambiguous", { parent });
    case "import-parent-refused":
      return refuse("import-parent-refused", { parent });
    case "unit-level":
      return refuse("unit-level", {
        child: levelTitle(row.level),
        parent: levelTitle(row.parentLevel ?? "GRASSROOTS"),
      });
    case "unit-region-outside":
      return refuse("unit-region-outside");
    case "unit-closed":
      return refuse("unit-closed");
    default:
      return refuse("unit-parent-cycle");
  }
}

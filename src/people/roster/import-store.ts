import { sql } from "kysely";
import { json, type Tx } from "../../db/index.ts";
import type { Id } from "../../kernel/ids.ts";
import { newId } from "../../kernel/ids.ts";
import type { UnitPath } from "../../kernel/path.ts";
import type { RefusalCode } from "../../kernel/refusal.ts";
import { type Keyring, seal, unseal } from "../../kernel/seal.ts";
import type { Text } from "../../kernel/words.ts";
import { insideScope, type Scope } from "../../units/index.ts";
import type { Home } from "../person.ts";
import type { MappingChange, RosterProblem } from "./prepare.ts";

export type ImportState = "read" | "running" | "done" | "failed" | "cancelled";

/** How far an import is, in people: `read` is the sum of the five counters after it. */
export interface ImportCounts {
  readonly read: number;
  readonly loaded: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly duplicates: number;
  readonly rejected: number;
}

export interface ImportRow extends ImportCounts {
  readonly id: Id<"import">;
  readonly district: string;
  readonly unitId: Id<"unit">;
  readonly path: UnitPath;
  readonly kind: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly mapping: readonly MappingChange[] | null;
  readonly state: ImportState;
  readonly dryRun: boolean;
  /** Rows of all sheets dealt with. */
  readonly position: number;
  readonly problems: number;
  readonly seconds: number;
  readonly byPerson: Id<"person"> | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly error: string | null;
}

const columns = sql`i.id, i.district, i.unit_id as "unitId", i.path, i.kind, i.file_name as "fileName", i.bytes, i.mapping, i.state,
  i.dry_run as "dryRun", i.position, i.problems, i.seconds, i.read, i.loaded, i.updated, i.unchanged, i.duplicates, i.rejected,
  i.by_person as "byPerson", i.started_at as "startedAt", i.finished_at as "finishedAt", i.error`;

/**
 * Writes an import with nothing counted yet; the file itself is kept by `keepFile`. Its name is cut at 200
 * characters.
 */
export async function createImport(
  tx: Tx,
  made: {
    readonly id?: Id<"import">;
    readonly unit: Home;
    readonly kind?: string;
    readonly fileName: string;
    readonly fileHash: Buffer;
    readonly bytes: number;
    readonly state: ImportState;
    readonly dryRun: boolean;
    readonly mapping?: readonly MappingChange[] | undefined;
    readonly by: Id<"person"> | null;
    readonly at: Date;
  },
): Promise<ImportRow> {
  const { rows } = await sql<ImportRow>`
    insert into roster_import as i (id, district, unit_id, path, kind, file_name, file_hash, bytes, state, dry_run, mapping, by_person, started_at)
    values (${made.id ?? newId<"import">()}, ${made.unit.district}, ${made.unit.id}, ${made.unit.path}, ${made.kind ?? "roster"},
      ${made.fileName.slice(0, 200)}, ${made.fileHash}, ${made.bytes}, ${made.state}, ${made.dryRun},
      ${made.mapping ? json(made.mapping) : null}, ${made.by}, ${made.at})
    returning ${columns}`.execute(tx);
  return rows[0]!;
}

/** An import that stopped half way: the same file for the same union, not a dry run. */
export async function unfinishedImport(
  tx: Tx,
  fileHash: Buffer,
  unit: Pick<Home, "district" | "id">,
): Promise<ImportRow | undefined> {
  const { rows } = await sql<ImportRow>`select ${columns} from roster_import i
    where i.district = ${unit.district} and i.file_hash = ${fileHash} and i.unit_id = ${unit.id} and i.state in ('running','failed') and not i.dry_run and i.position > 0
    order by i.started_at desc limit 1`.execute(tx);
  return rows[0];
}

/** An import for a union inside the scope; undefined when there is none there. */
export async function importOf(tx: Tx, scope: Scope, id: Id<"import">): Promise<ImportRow | undefined> {
  const { rows } = await sql<ImportRow>`select ${columns} from roster_import i
    where i.id = ${id} and ${insideScope(scope, "i.path")}`.execute(tx);
  return rows[0];
}

/** The imports of every kind for unions inside the scope, the latest first. */
export async function listImports(tx: Tx, scope: Scope, limit: number): Promise<readonly ImportRow[]> {
  const { rows } = await sql<ImportRow>`select ${columns} from roster_import i
    where ${insideScope(scope, "i.path")} order by i.started_at desc limit ${limit}`.execute(tx);
  return rows;
}

/** Where an import lies. */
export interface ImportPlace {
  readonly district: string;
  readonly id: Id<"import">;
}

/** Takes an import for a run of its own. False when it is running: of two who ask at once one is told so. */
export async function takeRun(tx: Tx, place: ImportPlace): Promise<boolean> {
  const taken = await sql`update roster_import set state = 'running'
    where district = ${place.district} and id = ${place.id} and state <> 'running'`.execute(tx);
  return taken.numAffectedRows === 1n;
}

/** Sets a new run off, from the start or from where the last one stopped. */
export async function startRun(
  tx: Tx,
  place: ImportPlace,
  run: {
    readonly dryRun: boolean;
    readonly mapping: readonly MappingChange[] | null;
    readonly fresh: boolean;
  },
): Promise<ImportRow> {
  const { district, id } = place;
  if (run.fresh) {
    await sql`delete from import_problem where district = ${district} and import_id = ${id}`.execute(tx);
    await sql`update roster_import set position = 0, read = 0, loaded = 0, updated = 0, unchanged = 0, duplicates = 0, rejected = 0,
      problems = 0, seconds = 0 where district = ${district} and id = ${id}`.execute(tx);
  }
  const { rows } =
    await sql<ImportRow>`update roster_import i set state = 'running', dry_run = ${run.dryRun}, error = null,
      finished_at = null, mapping = coalesce(${run.mapping ? json(run.mapping) : null}::jsonb, i.mapping)
    where i.district = ${district} and i.id = ${id} returning ${columns}`.execute(tx);
  return rows[0]!;
}

/**
 * Moves an import forward over one chunk, inside the chunk's own transaction. False when somebody else has moved
 * it: then this run must stop, and its chunk is rolled back.
 */
export async function advanceImport(
  tx: Tx,
  place: ImportPlace,
  from: number,
  to: number,
  add: ImportCounts,
  seconds: number,
): Promise<boolean> {
  const done =
    await sql`update roster_import set position = ${to}, read = read + ${add.read}, loaded = loaded + ${add.loaded},
      updated = updated + ${add.updated}, unchanged = unchanged + ${add.unchanged}, duplicates = duplicates + ${add.duplicates},
      rejected = rejected + ${add.rejected}, seconds = seconds + ${seconds}
    where district = ${place.district} and id = ${place.id} and position = ${from} and state = 'running'`.execute(
      tx,
    );
  return done.numAffectedRows === 1n;
}

/**
 * Ends a run; `error` is the code of what stopped it. Its position stays, so that a failed import may go on
 * from there.
 */
export async function endImport(
  tx: Tx,
  place: ImportPlace,
  state: "done" | "failed",
  error: string | null,
  at: Date,
): Promise<ImportRow> {
  const { rows } =
    await sql<ImportRow>`update roster_import i set state = ${state}, error = ${error}, finished_at = ${at}
    where i.district = ${place.district} and i.id = ${place.id} returning ${columns}`.execute(tx);
  return rows[0]!;
}

/** Problems kept of one import; beyond it a file is not being corrected but replaced. */
export const mostProblems = 50_000;

/**
 * Keeps problems with an import, numbered on from those it has; beyond `mostProblems` they are dropped. Gives
 * how many it kept.
 */
export async function addProblems(
  tx: Tx,
  place: ImportPlace & { readonly problems: number },
  problems: readonly RosterProblem[],
): Promise<number> {
  const kept = problems.slice(0, Math.max(0, mostProblems - place.problems));
  if (kept.length === 0) return 0;
  const list = kept.map(({ refusal, ...one }) => ({
    sheet: one.sheet,
    row: one.row,
    field: one.field,
    column_letters: one.column,
    level: one.level,
    code: refusal.code,
    params: refusal.params,
    proposal: one.proposal ?? null,
  }));
  await sql`insert into import_problem (district, import_id, n, sheet, row, field, column_letters, level, code, params, proposal)
    select ${place.district}, ${place.id}, ${place.problems} + o::int, r.sheet, r.row, r.field, r.column_letters, r.level, r.code, r.params, r.proposal
    from rows from (jsonb_to_recordset(${json(list)}) as (sheet text, row int, field text, column_letters text, level text, code text, params jsonb, proposal jsonb))
      with ordinality r(sheet, row, field, column_letters, level, code, params, proposal, o) returning n`.execute(
    tx,
  );
  await sql`update roster_import set problems = problems + ${kept.length}
    where district = ${place.district} and id = ${place.id}`.execute(tx);
  return kept.length;
}

export interface StoredProblem {
  readonly sheet: string;
  readonly row: number;
  readonly field: string | null;
  readonly column: string | null;
  readonly level: "error" | "duplicate" | "warning";
  readonly code: RefusalCode;
  readonly params: Record<string, never>;
  readonly proposal: Text | null;
}

/**
 * The problems of an import in the order of the file, with `worstFirst` the errors before the rest, so that a page that
 * shows some of many shows those. Warnings are left out where they are not asked for.
 */
export async function problemsOf(
  tx: Tx,
  district: string,
  id: Id<"import">,
  options: {
    readonly after?: number;
    readonly limit: number;
    readonly warnings?: boolean;
    readonly worstFirst?: boolean;
  },
): Promise<readonly (StoredProblem & { readonly n: number })[]> {
  const { rows } = await sql<StoredProblem & { n: number }>`
    select n, sheet, row, field, column_letters as "column", level, code, params, proposal from import_problem
    where district = ${district} and import_id = ${id} and n > ${options.after ?? 0}
      ${options.warnings === false ? sql`and level <> 'warning'` : sql``}
    order by ${options.worstFirst ? sql`array_position(array['error', 'duplicate'], level),` : sql``} n limit ${options.limit}`.execute(
    tx,
  );
  return rows;
}

const CHUNK_BYTES = 1 << 20;

/** Keeps the uploaded file, sealed in pieces. */
export async function keepFile(
  tx: Tx,
  ring: Keyring,
  place: { readonly district: string; readonly id: Id<"import"> },
  file: Buffer,
): Promise<void> {
  for (let number = 0; number * CHUNK_BYTES < file.length; number++) {
    const piece = file.subarray(number * CHUNK_BYTES, (number + 1) * CHUNK_BYTES);
    const sealed = Buffer.from(
      seal(ring, { compartment: place.district, about: `import/${place.id}/${number}` }, piece),
    );
    await sql`insert into import_chunk (district, import_id, number, sealed) values (${place.district}, ${place.id}, ${number}, ${sealed})`.execute(
      tx,
    );
  }
}

/** The uploaded file, whole. */
export async function fileOf(
  tx: Tx,
  ring: Keyring,
  place: { readonly district: string; readonly id: Id<"import"> },
): Promise<Buffer> {
  const { rows } = await sql<{ number: number; sealed: Buffer }>`
    select number, sealed from import_chunk where district = ${place.district} and import_id = ${place.id} order by number`.execute(
    tx,
  );
  return Buffer.concat(
    rows.map(({ number, sealed }) =>
      unseal(ring, { compartment: place.district, about: `import/${place.id}/${number}` }, sealed),
    ),
  );
}

/** Lets go of files of imports finished before an instant; their counts and problems stay. */
export async function forgetFiles(tx: Tx, before: Date): Promise<void> {
  await sql`delete from import_chunk c using roster_import i
    where i.id = c.import_id and i.district = c.district and coalesce(i.finished_at, i.started_at) < ${before}`.execute(
    tx,
  );
}

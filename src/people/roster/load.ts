import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { sql } from "kysely";
import type { Clock, Db, Tx } from "../../db/index.ts";
import { openSpreadsheet, SpreadsheetTrouble } from "../../documents/spreadsheet/index.ts";
import { addDays } from "../../kernel/day.ts";
import type { Id } from "../../kernel/ids.ts";
import { isRefusal, type Or, refuse } from "../../kernel/refusal.ts";
import type { Keyring } from "../../kernel/seal.ts";
import type { Unit } from "../../units/index.ts";
import { stillWanted } from "../person.ts";
import { type PersonSealed, phoneHash, sealPerson, unsealPerson } from "../sealed.ts";
import { requestTransfer } from "../transfer.ts";
import { decideKnown, type Known, plainOf } from "./existing.ts";
import {
  addProblems,
  advanceImport,
  createImport,
  endImport,
  type ImportCounts,
  type ImportRow,
  startRun,
  unfinishedImport,
} from "./import-store.ts";
import {
  type Chunk,
  type MappingChange,
  type PreparedRow,
  planSheets,
  prepareChunks,
  type RosterProblem,
} from "./prepare.ts";
import {
  claimIdentities,
  emptyStage,
  forgetPhones,
  insertMemberships,
  insertNewPeople,
  knownIdentities,
  knownPeople,
  openStage,
  type StagedRow,
  stage,
  stagedNew,
  updatePeople,
} from "./stage.ts";
import { rosterUnits } from "./units.ts";

/** What loading needs of the running program. */
export interface RosterHost {
  readonly db: Db;
  readonly ring: Keyring;
  readonly clock: Clock;
  /** Whether region 99 is taken. */
  readonly fictitious: boolean;
}

export interface RosterJob {
  /** The union the roster is for. The caller has made sure that it lies in the scope of who asks. */
  readonly unit: Unit;
  /** A path, or the whole file. */
  readonly source: string | Buffer;
  readonly fileName?: string;
  readonly by: Id<"person"> | null;
  /** An import made before, whose file this is. Without it one is made, or the one that stopped half way goes on. */
  readonly importId?: Id<"import">;
  readonly dryRun?: boolean;
  readonly mapping?: readonly MappingChange[] | undefined;
  /** Rows a transaction. 4,000. */
  readonly chunkRows?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RosterProgress) => void;
}

export interface RosterProgress extends ImportCounts {
  readonly done: number;
  readonly all: number;
}

export interface RosterResult extends ImportCounts {
  readonly id: Id<"import">;
  readonly seconds: number;
  /** Whether an earlier run of the same file was gone on with. */
  readonly resumed: boolean;
  readonly skippedSheets: readonly string[];
  readonly problems: number;
}

/** The answer to a `transfer` asked for by a roster is due after so many days (membership.md §4: 30). */
const transferDays = 30;

/**
 * Loads a roster: reads, checks, seals, and stores chunk by chunk, each with the place reached in one transaction,
 * so that a crash at any moment goes on where the last whole chunk ended and no row is loaded twice. What is good
 * is loaded, what is not is told with its reason. A dry run does everything but store people.
 */
export async function loadRoster(host: RosterHost, job: RosterJob): Promise<Or<RosterResult>> {
  const book = await openSpreadsheet(job.source);
  if (isRefusal(book)) return book;
  try {
    const planned = await planSheets(book, job.mapping);
    if (isRefusal(planned)) return planned;
    const { db, clock, ring } = host;
    const opened = await openImport(host, job);
    const units = await db.systemRead((tx) => rosterUnits(tx, job.unit));
    const run = new Run(host, job, opened.row);
    const chunks = prepareChunks(book, {
      ring,
      context: { today: clock.today(), fictitious: host.fictitious },
      units,
      plans: planned.plans,
      skip: opened.row.position,
      chunkRows: job.chunkRows ?? 4000,
    });
    if (!opened.resumed) {
      await run.note(
        planned.skipped.map((sheet) => ({
          sheet,
          row: 0,
          field: null,
          column: null,
          level: "warning" as const,
          refusal: refuse("sheet-skipped", { sheet }),
        })),
      );
    }
    try {
      // The next chunk is read, checked and sealed while the database works on the last one.
      let working: Promise<void> = Promise.resolve();
      for await (const chunk of chunks) {
        await working;
        job.signal?.throwIfAborted();
        job.onProgress?.({ ...run.counts, ...book.progress() });
        working = run.store(chunk);
        working.catch(() => {}); // awaited above or below
      }
      await working;
      job.onProgress?.({ ...run.counts, ...book.progress() });
    } catch (error) {
      if (error instanceof SpreadsheetTrouble) {
        await run.idle();
        await db.system((tx) => endImport(tx, opened.row.id, "failed", error.refusal.code, clock.now()));
        return error.refusal;
      }
      if (error instanceof Overtaken) return refuse("import-running");
      throw error;
    }
    const ended = await db.system((tx) => endImport(tx, opened.row.id, "done", null, clock.now()));
    return {
      ...countsOf(ended),
      id: ended.id,
      seconds: ended.seconds,
      resumed: opened.resumed,
      skippedSheets: planned.skipped,
      problems: ended.problems,
    };
  } finally {
    await book.close();
  }
}

async function openImport(
  host: RosterHost,
  job: RosterJob,
): Promise<{ readonly row: ImportRow; readonly resumed: boolean }> {
  const { db, clock } = host;
  const dryRun = job.dryRun ?? false;
  const mapping = job.mapping ?? null;
  if (job.importId !== undefined) {
    const id = job.importId;
    return db.system(async (tx) => {
      const { rows } = await sql<{ state: string; dry: boolean; position: number }>`
        select state, dry_run as dry, position from roster_import where id = ${id} for update`.execute(tx);
      const before = rows[0]!;
      const resumed =
        (before.state === "running" || before.state === "failed") &&
        !before.dry &&
        !dryRun &&
        before.position > 0;
      return { row: await startRun(tx, id, { dryRun, mapping, fresh: !resumed }), resumed };
    });
  }
  const hash = await hashOf(job.source);
  return db.system(async (tx) => {
    const before = dryRun ? undefined : await unfinishedImport(tx, hash, job.unit.id);
    if (before)
      return { row: await startRun(tx, before.id, { dryRun, mapping, fresh: false }), resumed: true };
    const fileName = job.fileName ?? (typeof job.source === "string" ? basename(job.source) : "roster");
    const row = await createImport(tx, {
      unit: job.unit,
      fileName,
      fileHash: hash,
      bytes: typeof job.source === "string" ? 0 : job.source.length,
      state: "running",
      dryRun,
      mapping: job.mapping,
      by: job.by,
      at: clock.now(),
    });
    return { row, resumed: false };
  });
}

async function hashOf(source: string | Buffer): Promise<Buffer> {
  const hash = createHash("sha256");
  if (typeof source === "string") await pipeline(createReadStream(source), hash);
  else hash.update(source);
  return hash.digest();
}

/** Another run has moved the import on: this one must stop, and has stored nothing of its last chunk. */
class Overtaken extends Error {}

function countsOf({ read, loaded, updated, unchanged, duplicates, rejected }: ImportCounts): ImportCounts {
  return { read, loaded, updated, unchanged, duplicates, rejected };
}

/** One run of one import: what it has counted, and how a chunk is stored. */
class Run {
  readonly #host: RosterHost;
  readonly #job: RosterJob;
  readonly #import: ImportRow;
  #position: number;
  #problems: number;
  #last: Promise<void> = Promise.resolve();
  #since = performance.now();
  counts: ImportCounts;

  constructor(host: RosterHost, job: RosterJob, row: ImportRow) {
    this.#host = host;
    this.#job = job;
    this.#import = row;
    this.#position = row.position;
    this.#problems = row.problems;
    this.counts = countsOf(row);
  }

  /** Waits for the chunk in work, whatever becomes of it. */
  async idle(): Promise<void> {
    await this.#last.catch(() => {});
  }

  async note(problems: readonly RosterProblem[]): Promise<void> {
    if (problems.length === 0) return;
    this.#problems += await this.#host.db.system((tx) =>
      addProblems(tx, { ...this.#import, problems: this.#problems }, problems),
    );
  }

  store(chunk: Chunk): Promise<void> {
    this.#last = this.#store(chunk);
    return this.#last;
  }

  async #store(chunk: Chunk): Promise<void> {
    const seconds = (performance.now() - this.#since) / 1000;
    this.#since = performance.now();
    const dryRun = this.#job.dryRun ?? false;
    const { added, noted } = await this.#host.db.system(async (tx) => {
      const found = dryRun ? await this.#weigh(tx, chunk.rows) : await this.#write(tx, chunk.rows);
      const add: ImportCounts = {
        read: chunk.read,
        loaded: found.loaded,
        updated: found.updated,
        unchanged: found.unchanged,
        duplicates: chunk.duplicates + found.duplicates,
        rejected: chunk.rejected + found.rejected,
      };
      const place = { ...this.#import, problems: this.#problems };
      const count = await addProblems(tx, place, inOrder([...chunk.problems, ...found.problems]));
      const moved = await advanceImport(tx, this.#import.id, this.#position, chunk.position, add, seconds);
      if (!moved) throw new Overtaken();
      return { added: add, noted: count };
    });
    this.#position = chunk.position;
    this.#problems += noted;
    const sum = (key: keyof ImportCounts): number => this.counts[key] + added[key];
    this.counts = {
      read: sum("read"),
      loaded: sum("loaded"),
      updated: sum("updated"),
      unchanged: sum("unchanged"),
      duplicates: sum("duplicates"),
      rejected: sum("rejected"),
    };
  }

  /** What a chunk would do, with nothing done. */
  async #weigh(tx: Tx, rows: readonly PreparedRow[]): Promise<Found> {
    if (rows.length === 0) return nothing;
    const taken = await knownIdentities(tx, rows);
    const sorted = await this.#sort(tx, rows, taken);
    return { ...sorted.found, loaded: rows.length - taken.length + sorted.rejoin.length };
  }

  async #write(tx: Tx, rows: readonly PreparedRow[]): Promise<Found> {
    if (rows.length === 0) return nothing;
    const { clock } = this.#host;
    const [at, day, by] = [clock.now(), clock.today(), this.#job.by];
    await openStage(tx);
    await stage(tx, rows.map(stagedNew));
    const taken = await claimIdentities(tx, rows.length);
    if (taken.length < rows.length) await insertNewPeople(tx, this.#import.id, by, at, day);
    if (taken.length === 0) return { ...nothing, loaded: rows.length };
    const sorted = await this.#sort(tx, rows, taken);
    for (const [list, rejoined] of [
      [sorted.update, false],
      [sorted.rejoin, true],
    ] as const) {
      if (list.length === 0) continue;
      await emptyStage(tx);
      const merged = list.map(({ row, known }, n) => this.#merged(row, known, n, rejoined));
      await stage(tx, merged);
      await forgetPhones(
        tx,
        list.flatMap(({ row, known }) => {
          const old = known.facts.phone;
          return old && row.draft.phone && old !== row.draft.phone
            ? [{ hash: phoneHash(this.#host.ring, old), person: known.person.id }]
            : [];
        }),
      );
      await updatePeople(tx, rejoined);
      if (rejoined) await insertMemberships(tx, this.#import.id, by, at, day, sql`null`);
    }
    for (const { row, known } of sorted.transfer) {
      await requestTransfer(tx, {
        person: known.person,
        membership: {
          id: known.relation!.id as Id<"membership">,
          unitId: known.relation!.unitId as Id<"unit">,
          path: known.relation!.path,
        },
        to: row.home,
        initiatedBy: "to",
        by,
        reason: "IMPORTED",
        day,
        dueOn: addDays(day, transferDays),
        importId: this.#import.id,
      });
    }
    return { ...sorted.found, loaded: rows.length - taken.length + sorted.rejoin.length };
  }

  async #sort(
    tx: Tx,
    rows: readonly PreparedRow[],
    taken: readonly { readonly n: number; readonly personId: Id<"person"> }[],
  ): Promise<Sorted> {
    const people = new Map(
      (
        await knownPeople(
          tx,
          taken.map((one) => one.personId),
        )
      ).map((one) => [one.id, one]),
    );
    const sorted: Sorted = { update: [], rejoin: [], transfer: [], found: { ...nothing, problems: [] } };
    const counts = { updated: 0, unchanged: 0, duplicates: 0, rejected: 0 };
    const problems: RosterProblem[] = [];
    for (const { n, personId } of taken) {
      const row = rows[n]!;
      const person = people.get(personId);
      if (!person) throw new Error("an identity number is registered to nobody");
      const { relation, transferOpen } = person;
      const known: Known = { person, relation, transferOpen, facts: unsealPerson(this.#host.ring, person) };
      const outcome = decideKnown(row, known, this.#job.unit.path);
      const tell = (level: "error" | "duplicate", refusal: RosterProblem["refusal"]): void => {
        problems.push({ sheet: row.sheet, row: row.row, field: "idNumber", column: null, level, refusal });
      };
      switch (outcome.kind) {
        case "unchanged":
          counts.unchanged++;
          break;
        case "update":
          counts.updated++;
          sorted.update.push({ row, known });
          break;
        case "rejoin":
          if (person.district === row.home.district) sorted.rejoin.push({ row, known });
          else {
            counts.duplicates++;
            tell("duplicate", refuse("person-elsewhere"));
          }
          break;
        case "transfer":
          counts.duplicates++;
          sorted.transfer.push({ row, known });
          tell("duplicate", outcome.refusal);
          break;
        case "duplicate":
          counts.duplicates++;
          tell("duplicate", outcome.refusal);
          break;
        case "refused":
          counts.rejected++;
          tell("error", outcome.refusal);
          break;
      }
    }
    return { ...sorted, found: { ...counts, loaded: 0, problems } };
  }

  /** What a known person's row will say: the roster's facts over what stood there. */
  #merged(row: PreparedRow, known: Known, n: number, rejoined: boolean): StagedRow {
    const { person } = known;
    const told = Object.fromEntries(Object.entries(plainOf(row)).filter(([, value]) => value !== null));
    const plain = { ...pickPlain(person), ...told };
    const facts: PersonSealed = { ...known.facts, ...row.facts };
    const wanted = stillWanted(plain, facts);
    if (person.toComplete.includes("joinedOn") && row.draft.joinedOn === null) wanted.push("joinedOn");
    const home = rejoined ? row.home : { id: person.unitId!, path: person.path };
    return {
      n,
      row: { ...row, idHash: person.idHash ?? row.idHash },
      district: person.district,
      id: person.id,
      unitId: home.id,
      path: home.path,
      plain,
      sealed: sealPerson(this.#host.ring, person.district, person.id, facts),
      toComplete: wanted,
      memberNo: row.draft.memberNo,
      joinedOn: row.draft.joinedOn,
    };
  }
}

interface Found {
  readonly loaded: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly problems: readonly RosterProblem[];
}

interface Sorted {
  readonly update: { readonly row: PreparedRow; readonly known: Known }[];
  readonly rejoin: { readonly row: PreparedRow; readonly known: Known }[];
  readonly transfer: { readonly row: PreparedRow; readonly known: Known }[];
  readonly found: Found;
}

const nothing: Found = { loaded: 0, updated: 0, unchanged: 0, duplicates: 0, rejected: 0, problems: [] };

function pickPlain(person: Known["person"]): StagedRow["plain"] {
  const { sex, birthDate, ethnicity, education, politicalStatus, skillLevel } = person;
  const { employmentType, employmentStatus, employerName, jobTitle, newEmploymentGroup, migrant } = person;
  return {
    sex,
    birthDate,
    ethnicity,
    education,
    politicalStatus,
    skillLevel,
    employmentType,
    employmentStatus,
    employerName,
    jobTitle,
    newEmploymentGroup,
    migrant,
  };
}

function inOrder(problems: RosterProblem[]): RosterProblem[] {
  const sheets = [...new Set(problems.map((one) => one.sheet))];
  const rank = new Map(sheets.map((sheet, i) => [sheet, i]));
  return problems.sort((a, b) => rank.get(a.sheet)! - rank.get(b.sheet)! || a.row - b.row);
}

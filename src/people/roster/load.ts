import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import type { Clock, Db, Tx } from "../../db/index.ts";
import type { Id } from "../../kernel/ids.ts";
import { isRefusal, type Or, type Refusal, refuse } from "../../kernel/refusal.ts";
import type { District } from "../../kernel/region.ts";
import type { Keyring } from "../../kernel/seal.ts";
import { systemScope, type Unit } from "../../units/index.ts";
import { type MemberTelling, unconfirmedOf } from "../confirmation-store.ts";
import type { TransferTelling } from "../transfer-turn.ts";
import {
  createImport,
  endImport,
  type ImportCounts,
  type ImportRow,
  importOf,
  startRun,
  unfinishedImport,
} from "./import-store.ts";
import type { MappingChange, RosterProblem } from "./prepare.ts";
import { type Preparer, startPreparer } from "./prepare-thread.ts";
import { countsOf, Overtaken, Run } from "./run.ts";
import { unitsBelow } from "./units.ts";

/** What loading needs of the running program. */
export interface RosterHost {
  readonly db: Db;
  readonly ring: Keyring;
  readonly clock: Clock;
  /** Whether region 99 is taken. */
  readonly fictitious: boolean;
  /** Told in the transaction in which a roster names a dispatched worker of another union; the composition's. */
  readonly onClaimed?: ((tx: Tx, claimed: RosterClaim) => Promise<void>) | undefined;
  /** Who is told of the transfers a roster asks for; the composition's. */
  readonly transferTelling?: TransferTelling | undefined;
  /** Who is told of the telephone numbers a roster replaces; the composition's. */
  readonly memberTelling?: Pick<MemberTelling, "renumbered"> | undefined;
}

/** A claim on a member of another union that a roster made. */
export interface RosterClaim {
  readonly person: Id<"person">;
  readonly district: District;
  /** The claiming union's name. */
  readonly unitName: string;
  readonly at: Date;
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
  /** Rows a transaction. 2,000. */
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
  /** The heads of columns that were not read. */
  readonly unreadHeads: readonly string[];
  readonly problems: number;
  /** Of those loaded, how many have yet to confirm it themselves. */
  readonly toConfirm: number;
}

/**
 * Loads a roster: reads, checks, seals, and stores chunk by chunk, each with the place reached in one transaction,
 * so that a crash at any moment goes on where the last whole chunk ended and no row is loaded twice. What is good
 * is loaded, what is not is told with its reason. A dry run does everything but store people.
 */
export async function loadRoster(host: RosterHost, job: RosterJob): Promise<Or<RosterResult>> {
  const { db, clock, ring } = host;
  const fileHash = await hashOf(job.source);
  const unfinished = await unfinishedRow(host, job, fileHash);
  const units = await db.systemRead((tx) => unitsBelow(tx, job.unit, clock.today()));
  const preparer = await startPreparer({
    source: job.source,
    ring,
    context: { today: clock.today(), fictitious: host.fictitious },
    units,
    mapping: job.mapping ?? unfinished?.mapping ?? undefined,
    skip: unfinished?.position ?? 0,
    chunkRows: job.chunkRows ?? 2000,
  });
  if (isRefusal(preparer)) return preparer;
  try {
    const row = await openImport(host, job, unfinished, fileHash);
    const run = new Run(host, job, row, preparer);
    const { skippedSheets } = preparer;
    if (!unfinished) await run.note(skippedSheets.map(skippedSheet));
    const trouble = await stored(run, preparer, job);
    if (trouble) {
      if (trouble.code !== "import-running") {
        await db.system((tx) => endImport(tx, row, "failed", trouble.code, clock.now()));
      }
      return trouble;
    }
    const ended = await db.system((tx) => endImport(tx, row, "done", null, clock.now()));
    return {
      ...countsOf(ended),
      id: ended.id,
      seconds: ended.seconds,
      resumed: unfinished !== undefined,
      skippedSheets,
      unreadHeads: preparer.unreadHeads,
      problems: ended.problems,
      toConfirm: await db.systemRead((tx) => unconfirmedOf(tx, ended)),
    };
  } finally {
    await preparer.close();
  }
}

/** Stores every chunk. The next is read, checked and sealed while the database works on the last. */
async function stored(run: Run, preparer: Preparer, job: RosterJob): Promise<Refusal | undefined> {
  let working: Promise<void> = Promise.resolve();
  try {
    for (;;) {
      const next = await preparer.next();
      await working;
      job.signal?.throwIfAborted();
      if (isRefusal(next)) return next;
      if (next === null) return undefined;
      job.onProgress?.({ ...run.counts, done: next.done, all: next.all });
      working = run.store(next.number, next.chunk);
      working.catch(() => {}); // awaited in the next round
    }
  } catch (error) {
    await working.catch(() => {});
    if (error instanceof Overtaken) return refuse("import-running");
    throw error;
  }
}

function skippedSheet(sheet: string): RosterProblem {
  return {
    sheet,
    row: 0,
    field: null,
    column: null,
    level: "warning",
    refusal: refuse("sheet-skipped", { sheet }),
  };
}

/** The run this one goes on with, if an earlier one of the same file stopped half way. */
async function unfinishedRow(
  { db }: RosterHost,
  job: RosterJob,
  fileHash: Buffer,
): Promise<ImportRow | undefined> {
  if (job.dryRun) return undefined;
  const { importId } = job;
  if (importId !== undefined) {
    const row = await db.systemRead((tx) => importOf(tx, systemScope(), importId));
    const halfWay =
      row && (row.state === "running" || row.state === "failed") && !row.dryRun && row.position > 0;
    return halfWay ? row : undefined;
  }
  return db.systemRead((tx) => unfinishedImport(tx, fileHash, job.unit));
}

async function openImport(
  { db, clock }: RosterHost,
  job: RosterJob,
  unfinished: ImportRow | undefined,
  fileHash: Buffer,
): Promise<ImportRow> {
  const dryRun = job.dryRun ?? false;
  const before = unfinished?.id ?? job.importId;
  if (before !== undefined) {
    return db.system((tx) =>
      startRun(
        tx,
        { district: job.unit.district, id: before },
        { dryRun, mapping: job.mapping ?? null, fresh: !unfinished },
      ),
    );
  }
  return db.system((tx) =>
    createImport(tx, {
      unit: job.unit,
      fileName: job.fileName ?? (typeof job.source === "string" ? basename(job.source) : "roster"),
      fileHash,
      bytes: typeof job.source === "string" ? 0 : job.source.length,
      state: "running",
      dryRun,
      mapping: job.mapping,
      by: job.by,
      at: clock.now(),
    }),
  );
}

/** A file is read through one buffer: a stream's would pile up until they are collected, as large as the file. */
async function hashOf(source: string | Buffer): Promise<Buffer> {
  const hash = createHash("sha256");
  if (typeof source !== "string") return hash.update(source).digest();
  const file = await open(source);
  try {
    const buffer = Buffer.alloc(256 * 1024);
    for (;;) {
      const { bytesRead } = await file.read(buffer);
      if (bytesRead === 0) return hash.digest();
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

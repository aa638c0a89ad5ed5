import { Worker } from "node:worker_threads";
import type { Or, Refusal } from "../../kernel/refusal.ts";
import type { Keyring } from "../../kernel/seal.ts";
import type { MappingChange, PreparedRow, Preparing, RosterProblem } from "./prepare.ts";
import type { KnownUnit } from "./units.ts";

/** What the preparing thread is given. It runs in this process: keys do not leave it. */
export interface PreparerData {
  readonly source: string | Uint8Array;
  readonly ring: Keyring;
  readonly context: Preparing["context"];
  readonly units: readonly KnownUnit[];
  readonly mapping: readonly MappingChange[] | undefined;
  readonly skip: number;
  readonly chunkRows: number;
}

/** A chunk as it travels: its rows as lines of COPY, its identity hashes (32 bytes each) for a dry run. */
export interface PackedChunk {
  readonly count: number;
  readonly lines: Uint8Array;
  readonly hashes: Uint8Array;
  readonly problems: readonly RosterProblem[];
  readonly read: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly position: number;
}

export type ToPreparer =
  | { readonly kind: "next"; readonly done: number }
  | { readonly kind: "rows"; readonly chunk: number; readonly ns: readonly number[] };

export type FromPreparer =
  | { readonly kind: "planned"; readonly skipped: readonly string[]; readonly unread: readonly string[] }
  | { readonly kind: "trouble"; readonly refusal: Refusal }
  | {
      readonly kind: "chunk";
      readonly number: number;
      readonly done: number;
      readonly all: number;
      readonly chunk: PackedChunk;
    }
  | { readonly kind: "rows"; readonly rows: readonly PreparedRow[] }
  | { readonly kind: "end" };

export interface Preparer {
  readonly skippedSheets: readonly string[];
  /** The heads of columns that no field was found for. */
  readonly unreadHeads: readonly string[];
  /** The next chunk with its number, nothing at the end, or what is wrong with the file. */
  next(): Promise<
    Or<{
      readonly number: number;
      readonly done: number;
      readonly all: number;
      readonly chunk: PackedChunk;
    } | null>
  >;
  /** Some rows of the chunk handed over last or before it. */
  rows(chunk: number, ns: readonly number[]): Promise<readonly PreparedRow[]>;
  close(): Promise<void>;
}

/** Heap of the preparing thread, in MB: a few chunks, whatever the size of the file. */
const heapMb = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 };

/** Starts reading a roster in a thread of its own. Refuses what cannot be read as a roster. */
export async function startPreparer(data: PreparerData): Promise<Or<Preparer>> {
  const worker = new Worker(new URL("./prepare-worker.ts", import.meta.url), {
    workerData: data,
    resourceLimits: heapMb,
  });
  const heard: FromPreparer[] = [];
  let waiting: (() => void) | null = null;
  let failure: unknown;
  const stir = (): void => {
    waiting?.();
    waiting = null;
  };
  worker.on("message", (message: FromPreparer) => {
    heard.push(message);
    stir();
  });
  worker.on("error", (error) => {
    failure = error;
    stir();
  });
  worker.on("exit", () => {
    failure ??= new Error("the preparing thread ended early");
    stir();
  });
  const hear = async (...kinds: FromPreparer["kind"][]): Promise<FromPreparer> => {
    for (;;) {
      const at = heard.findIndex((one) => kinds.includes(one.kind));
      if (at >= 0) return heard.splice(at, 1)[0]!;
      if (failure !== undefined) throw failure;
      await new Promise<void>((resolve) => {
        const before = waiting;
        waiting = () => {
          before?.();
          resolve();
        };
      });
    }
  };
  const close = async (): Promise<void> => {
    await worker.terminate();
  };
  let first: FromPreparer;
  try {
    first = await hear("planned", "trouble");
  } catch (error) {
    await close();
    throw error;
  }
  if (first.kind === "trouble") {
    await close();
    return first.refusal;
  }
  const { skipped: skippedSheets, unread: unreadHeads } =
    first.kind === "planned" ? first : { skipped: [], unread: [] };
  let handed = 0;
  return {
    skippedSheets,
    unreadHeads,
    async next() {
      // While one chunk is stored the next is fetched: only the one before both is done with.
      worker.postMessage({ kind: "next", done: handed - 1 } satisfies ToPreparer);
      const message = await hear("chunk", "end", "trouble");
      if (message.kind === "trouble") return message.refusal;
      if (message.kind !== "chunk") return null;
      handed = message.number;
      return message;
    },
    async rows(chunk, ns) {
      worker.postMessage({ kind: "rows", chunk, ns } satisfies ToPreparer);
      const message = await hear("rows");
      return message.kind === "rows" ? message.rows.map(revived) : [];
    },
    close,
  };
}

/** Bytes come over as plain arrays of bytes. */
function revived(row: PreparedRow): PreparedRow {
  const bytes = (one: Uint8Array): Buffer => Buffer.from(one.buffer, one.byteOffset, one.byteLength);
  return {
    ...row,
    idHash: bytes(row.idHash),
    phoneHash: row.phoneHash && bytes(row.phoneHash),
    sealed: bytes(row.sealed),
  };
}

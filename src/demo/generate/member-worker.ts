/** A thread that makes the rows of members: what it is told is which, what it answers are five pieces for COPY. */
import { parentPort, workerData } from "node:worker_threads";
import type { Keyring } from "../../kernel/seal.ts";
import { MemberRows, type MemberRun, type MemberTable } from "./members.ts";

/** Buffers for the rows of each table, which go to and fro: a fifth of a thread's time went into fresh memory. */
export type MemberBuffers = Readonly<Record<MemberTable, ArrayBuffer>>;

export interface MemberTask {
  readonly runs: readonly MemberRun[];
  readonly buffers: MemberBuffers;
}

export interface MemberPieces {
  /** Each in the buffer that came with the task, or in a larger one. */
  readonly pieces: Readonly<Record<MemberTable, Uint8Array<ArrayBuffer>>>;
  /** How many members of each run count. */
  readonly held: readonly number[];
}

const { ring, seed } = workerData as { readonly ring: Keyring; readonly seed: number };
const rows = new MemberRows(ring, seed);

parentPort!.on("message", ({ runs, buffers }: MemberTask) => {
  for (const [table, buffer] of Object.entries(buffers)) rows.tables[table as MemberTable].begin(buffer);
  const held = runs.map((run) => rows.add(run));
  const pieces: Partial<Record<MemberTable, Uint8Array<ArrayBuffer>>> = {};
  for (const [table, made] of Object.entries(rows.tables)) pieces[table as MemberTable] = made.written();
  const answer = { pieces, held } as MemberPieces;
  parentPort!.postMessage(
    answer,
    Object.values(pieces).map((piece) => piece.buffer),
  );
});

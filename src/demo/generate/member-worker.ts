/** A thread that makes the rows of members: what it is told is which, what it answers are five pieces for COPY. */
import { parentPort, workerData } from "node:worker_threads";
import type { Keyring } from "../../kernel/seal.ts";
import { MemberRows, type MemberRun, type MemberTable } from "./members.ts";

export interface MemberTask {
  readonly runs: readonly MemberRun[];
}

export interface MemberPieces {
  readonly pieces: Readonly<Record<MemberTable, Uint8Array>>;
  /** How many members of each run count. */
  readonly held: readonly number[];
}

const { ring, seed } = workerData as { readonly ring: Keyring; readonly seed: number };
const rows = new MemberRows(ring, seed);

parentPort!.on("message", ({ runs }: MemberTask) => {
  const held = runs.map((run) => rows.add(run));
  const pieces: Partial<Record<MemberTable, Uint8Array<ArrayBuffer>>> = {};
  for (const [table, written] of Object.entries(rows.tables)) {
    pieces[table as MemberTable] = written.taken();
    written.clear();
  }
  const answer = { pieces, held } as MemberPieces;
  parentPort!.postMessage(
    answer,
    Object.values(pieces).map((piece) => piece.buffer),
  );
});

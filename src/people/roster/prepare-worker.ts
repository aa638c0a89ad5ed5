import { parentPort, workerData } from "node:worker_threads";
import { isRefusal, type Refusal } from "../../kernel/refusal.ts";
import { openSpreadsheet, SpreadsheetTrouble } from "../../spreadsheet/index.ts";
import { type Chunk, type PreparedRow, planSheets, prepareChunks, unreadOf } from "./prepare.ts";
import type { FromPreparer, PreparerData, ToPreparer } from "./prepare-thread.ts";
import { stagedNew, stageLines } from "./stage-lines.ts";
import { rosterUnits } from "./units.ts";

/*
 * The thread that reads, checks and seals a roster: the heavy half of loading, away from the thread that answers
 * requests, in a heap of its own whose size is bounded. It works one chunk ahead of what it is asked for.
 */

const port = parentPort!;
const data = workerData as PreparerData;
const send = (message: FromPreparer, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

/** Rows of chunks that were handed over and may still be asked about. */
const kept = new Map<number, readonly PreparedRow[]>();
let asked: () => void = () => {};
let wanted = 0;

port.on("message", (message: ToPreparer) => {
  if (message.kind === "next") {
    kept.delete(message.done);
    wanted++;
    asked();
  } else {
    const rows = kept.get(message.chunk)!;
    send({ kind: "rows", rows: message.ns.map((n) => rows[n]!) });
  }
});

try {
  await run();
} catch (error) {
  if (!(error instanceof SpreadsheetTrouble)) throw error;
  send({ kind: "trouble", refusal: error.refusal });
}

async function run(): Promise<void> {
  const source = typeof data.source === "string" ? data.source : Buffer.from(data.source);
  const book = await openSpreadsheet(source);
  if (isRefusal(book)) return refused(book);
  const planned = await planSheets(book, data.mapping);
  if (isRefusal(planned)) {
    await book.close();
    return refused(planned);
  }
  send({ kind: "planned", skipped: planned.skipped, unread: unreadOf(planned.plans) });
  const chunks = prepareChunks(book, {
    ring: data.ring,
    context: data.context,
    units: rosterUnits(data.units),
    plans: planned.plans,
    skip: data.skip,
    chunkRows: data.chunkRows,
  });
  let number = 0;
  for await (const chunk of chunks) {
    const { done, all } = book.progress();
    const message = packed(++number, chunk, done, all);
    while (wanted === 0) {
      await new Promise<void>((resolve) => {
        asked = resolve;
      });
    }
    wanted--;
    kept.set(number, chunk.rows);
    send(message, [message.chunk.lines.buffer, message.chunk.hashes.buffer as ArrayBuffer]);
  }
  await book.close();
  send({ kind: "end" });
}

function packed(number: number, chunk: Chunk, done: number, all: number) {
  const { rows, ...rest } = chunk;
  const text = [...stageLines(rows.map(stagedNew))].join("");
  // Of its own memory, which can be given away; what `Buffer.from` takes may be a shared pool's.
  const lines = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  lines.write(text);
  const hashes = new Uint8Array(rows.length * 32);
  for (const [n, row] of rows.entries()) hashes.set(row.idHash, n * 32);
  return { kind: "chunk", number, done, all, chunk: { ...rest, count: rows.length, lines, hashes } } as const;
}

function refused(refusal: Refusal): void {
  send({ kind: "trouble", refusal });
}

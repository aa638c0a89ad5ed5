import type { Writable } from "node:stream";
import type pg from "pg";
import { sessionOf, type Tx } from "./session.ts";

/** The part of pg's connection the copy protocol needs; pg calls these hooks on the query it is running. */
type Wire = {
  stream: Writable & { pause(): void; resume(): void };
  query(text: string): void;
  endCopyFrom(): void;
  sendCopyFail(message: string): void;
  on(event: "copyData", heard: (message: { chunk: Buffer }) => void): void;
  removeListener(event: "copyData", heard: (message: { chunk: Buffer }) => void): void;
};

const CHUNK_BYTES = 1 << 16;

/** The server begins with a message once it has all of it: what is larger goes in several. */
const MESSAGE_BYTES = 1 << 18;

/**
 * Streams rows into a table: `copyIn(tx, "copy person (…) from stdin", rows)`, where `rows` yields the text (or csv, or
 * binary) the statement names, cut anywhere. Returns the number of rows. An error of the source fails the statement.
 */
export async function copyIn(
  tx: Tx,
  statement: string,
  rows: AsyncIterable<Buffer | string> | Iterable<Buffer | string>,
): Promise<number> {
  const session = sessionOf(tx);
  await session.ready;
  return copyInTo(session.client, statement, rows);
}

/** `copyIn` on a bare connection. */
export function copyInTo(
  client: pg.ClientBase,
  statement: string,
  rows: AsyncIterable<Buffer | string> | Iterable<Buffer | string>,
): Promise<number> {
  const pipelineAgain = unpipelined(client);
  const copied = new Promise<number>((resolve, reject) => {
    let count = 0;
    let sourceError: unknown;
    let refused = false;
    const query = {
      callback: undefined as unknown,
      submit(wire: Wire) {
        wire.query(statement);
      },
      async handleCopyInResponse(wire: Wire) {
        try {
          let pending: Buffer[] = [];
          let size = 0;
          const flush = async (): Promise<void> => {
            if (size === 0) return;
            sendRows(wire.stream, pending.length === 1 ? pending[0]! : Buffer.concat(pending, size));
            pending = [];
            size = 0;
            if (wire.stream.writableNeedDrain) await drained(wire.stream);
          };
          for await (const piece of rows) {
            if (refused) return; // the server has said no; it ignores what follows
            const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
            if (bytes.length >= CHUNK_BYTES) await flush(); // a large one goes by itself, as it lies
            pending.push(bytes);
            size += bytes.length;
            if (size >= CHUNK_BYTES) await flush();
          }
          await flush();
          wire.endCopyFrom();
        } catch (error) {
          if (refused) return;
          sourceError = error;
          wire.sendCopyFail("the source of the rows failed");
        }
      },
      handleCommandComplete(message: { text: string }) {
        count = Number(message.text.split(" ")[1] ?? 0);
      },
      handleError(error: unknown) {
        refused = true;
        reject(sourceError ?? error);
      },
      handleReadyForQuery() {
        resolve(count);
      },
      handleRowDescription() {},
      handleDataRow() {},
    };
    client.query(query as unknown as pg.Submittable);
  });
  return copied.finally(pipelineAgain);
}

/** Streams a table or query out: `copyOut(tx, "copy (select …) to stdout")`. The connection is busy until it ends. */
export async function* copyOut(tx: Tx, statement: string): AsyncGenerator<Buffer> {
  const session = sessionOf(tx);
  await session.ready;
  yield* copyOutFrom(session.client, statement);
}

/** `copyOut` on a bare connection. The server is held back while the reader is slow. */
export async function* copyOutFrom(client: pg.ClientBase, statement: string): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  let failure: unknown;
  let done = false;
  let wire: Wire | null = null;
  let wake: (() => void) | null = null;
  const stir = (): void => {
    wake?.();
    wake = null;
  };
  const heard = (message: { chunk: Buffer }): void => {
    held.push(Buffer.from(message.chunk)); // the parser uses its buffer again
    size += message.chunk.length;
    if (size >= CHUNK_BYTES) {
      wire?.stream.pause();
      stir();
    }
  };
  const finish = (error?: unknown): void => {
    failure = error;
    done = true;
    wire?.removeListener("copyData", heard);
    wire?.stream.resume(); // its last piece may have come in the very read that held it back
    stir();
  };
  const query = {
    callback: undefined as unknown,
    submit(connection: Wire) {
      wire = connection;
      connection.on("copyData", heard);
      connection.query(statement);
    },
    handleCopyData() {},
    handleCommandComplete() {},
    handleRowDescription() {},
    handleDataRow() {},
    handleError: finish,
    handleReadyForQuery: () => finish(failure),
  };
  const pipelineAgain = unpipelined(client);
  client.query(query as unknown as pg.Submittable);
  try {
    for (;;) {
      if (size > 0 && (done || size >= CHUNK_BYTES)) {
        const chunk = Buffer.concat(held, size);
        held = [];
        size = 0;
        yield chunk;
      } else if (done) {
        if (failure !== undefined) throw failure;
        return;
      } else {
        const stirred = new Promise<void>((resolve) => {
          wake = resolve;
        });
        (wire as Wire | null)?.stream.resume();
        await stirred;
      }
    }
  } finally {
    while (!done) {
      // the reader gave up: let the rest pass so that the connection can be used again
      held = [];
      size = 0;
      const stirred = new Promise<void>((resolve) => {
        wake = resolve;
      });
      (wire as Wire | null)?.stream.resume();
      await stirred;
    }
    pipelineAgain();
  }
}

/** Copying has the connection to itself: statements are not sent ahead meanwhile. Returns how to let them again. */
function unpipelined(client: pg.ClientBase): () => void {
  const settings = client as unknown as { pipeline: boolean };
  const before = settings.pipeline;
  settings.pipeline = false;
  return () => {
    settings.pipeline = before;
  };
}

/** Sends rows as messages of the copy protocol. They go out as they lie, without being copied first. */
function sendRows(stream: Writable, rows: Buffer): void {
  stream.cork();
  for (let from = 0; from < rows.length; from += MESSAGE_BYTES) {
    const part = rows.subarray(from, from + MESSAGE_BYTES);
    const head = Buffer.allocUnsafe(5);
    head.writeUInt8(0x64, 0); // CopyData
    head.writeInt32BE(4 + part.length, 1);
    stream.write(head);
    stream.write(part);
  }
  stream.uncork();
}

function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      stream.removeListener("drain", end);
      stream.removeListener("close", end);
      resolve();
    };
    stream.once("drain", end);
    stream.once("close", end);
  });
}

/** One row in the text form of COPY: fields by tab, null as \N. */
export function copyRow(
  fields: readonly (string | number | bigint | boolean | Buffer | Date | null)[],
): string {
  let row = "";
  for (let i = 0; i < fields.length; i++) {
    if (i > 0) row += "\t";
    row += copyField(fields[i] ?? null);
  }
  return `${row}\n`;
}

const ESCAPED: Record<string, string> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function copyField(value: string | number | bigint | boolean | Buffer | Date | null): string {
  if (value === null) return "\\N";
  if (typeof value === "string")
    return /[\\\n\r\t]/.test(value) ? value.replace(/[\\\n\r\t]/g, (c) => ESCAPED[c]!) : value;
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString("hex")}`;
  if (value instanceof Date) return value.toISOString();
  return String(value);
}

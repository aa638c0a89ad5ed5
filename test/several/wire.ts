import { connect, createServer, type Socket } from "node:net";
import type pg from "pg";

/** What a program says to its database over one line, held against what a pool of transactions can bear. */
export interface Wire {
  readonly port: number;
  /** Statements that rely on a session: nothing of the kind outlives a transaction behind a pooler. */
  readonly faults: readonly string[];
  readonly statements: () => number;
  readonly close: () => void;
}

const SESSION =
  /^\s*(set\s+(?!local)|reset\b|listen\b|unlisten\b|prepare\b|discard\b|load\b)|pg_(try_)?advisory_lock|with hold|create temp|set_config\([^)]*,\s*false\s*\)/i;

/** Passes a program's connections on to the server and reads along. */
export async function readAlong(server: pg.ClientConfig): Promise<Wire> {
  const faults: string[] = [];
  const open = new Set<Socket>();
  let statements = 0;
  const door = createServer((client) => {
    const path = server.host?.startsWith("/") ? `${server.host}/.s.PGSQL.${server.port}` : undefined;
    const backend = path ? connect(path) : connect(Number(server.port), server.host);
    for (const socket of [client, backend]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        client.destroy();
        backend.destroy();
      });
    }
    backend.pipe(client);
    client.pipe(backend);
    let waiting = Buffer.alloc(0);
    let started = false;
    client.on("data", (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk]);
      for (;;) {
        const head = started ? 1 : 0;
        if (waiting.length < head + 4) return;
        const length = head + waiting.readInt32BE(head);
        if (waiting.length < length) return;
        const message = waiting.subarray(0, length);
        waiting = waiting.subarray(length);
        if (!started) {
          started = true;
          if (/\0options\0/.test(message.toString("latin1"))) faults.push("startup options");
          continue;
        }
        look(String.fromCharCode(message[0] ?? 0), message.subarray(5));
      }
    });
  });
  const look = (kind: string, body: Buffer): void => {
    const parts = body.toString("utf8").split("\0");
    if (kind !== "Q" && kind !== "P") return;
    statements++;
    const sql = (kind === "P" ? parts[1] : parts[0]) ?? "";
    if (kind === "P" && parts[0] !== "") faults.push(`named: ${sql.slice(0, 200)}`);
    for (const one of sql.split(";")) if (SESSION.test(one)) faults.push(one.slice(0, 200));
  };
  await new Promise<void>((done) => door.listen(0, "127.0.0.1", done));
  const address = door.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    faults,
    statements: () => statements,
    close() {
      door.close();
      for (const socket of open) socket.destroy();
    },
  };
}

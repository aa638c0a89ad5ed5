import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { Site } from "./program.ts";

/** A wire to a site's database that can be cut, and frozen so that it takes everything and brings nothing. */
export interface Wire {
  readonly port: number;
  /** Every connection is lost, and new ones are refused. */
  cut(): Promise<void>;
  freeze(): void;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export async function wireTo(s: Site): Promise<Wire> {
  const { host, port: own } = s.login();
  const path = join(String(host), `.s.PGSQL.${own}`);
  const pairs = new Set<readonly [Socket, Socket]>();
  let frozen = false;
  const make = () =>
    createServer((near) => {
      const far = connect(path);
      const pair = [near, far] as const;
      pairs.add(pair);
      if (frozen) for (const one of pair) one.pause();
      near.on("data", (bytes) => far.write(bytes));
      far.on("data", (bytes) => near.write(bytes));
      if (frozen) for (const one of pair) one.pause();
      for (const one of pair) {
        one.on("error", () => {});
        one.on("close", () => {
          pairs.delete(pair);
          for (const other of pair) other.destroy();
        });
      }
    });
  let server = make();
  let port = 0;
  const listen = async (): Promise<void> => {
    const mine = server;
    await new Promise<void>((done) => mine.listen(port, "127.0.0.1", done));
    const address = mine.address();
    port = typeof address === "object" && address !== null ? address.port : port;
  };
  const hangUp = async (): Promise<void> => {
    const closed = new Promise<void>((done) => server.close(() => done()));
    for (const pair of pairs) for (const one of pair) one.destroy();
    await closed;
  };
  await listen();
  return {
    get port() {
      return port;
    },
    cut: hangUp,
    freeze() {
      frozen = true;
      for (const pair of pairs) for (const one of pair) one.pause();
    },
    async mend() {
      frozen = false;
      for (const pair of pairs) for (const one of pair) one.resume();
      if (server.listening) return;
      server = make();
      await listen();
    },
    close: hangUp,
  };
}

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import pg from "pg";
import { type Embedded, startEmbedded } from "../../src/db/embedded.ts";
import { several } from "./processes.ts";

/**
 * A worker on another machine, which may vanish without a word: only a silent connection that is asked whether anybody is
 * still there tells. That both systems really ask is read from the sockets themselves, where they can be looked at.
 */

/** An address of this machine where no other server listens. */
const address = "127.77.0.1";
const folder = mkdtempSync(join(tmpdir(), "zhijia-vanished-"));
let server: Embedded | null = null;

const s = several({
  async server() {
    server = await startEmbedded({
      folder,
      durable: false,
      sharedBuffersMb: 32,
      settings: { listen_addresses: address, max_connections: 60 },
    });
    return { ...server.login("superuser", "postgres"), host: address };
  },
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Seconds until either end of a connection asks for the other, by the ports of both; Infinity where it never does. */
function asksWithin(from: number, to: number): readonly number[] {
  const sockets = readFileSync("/proc/net/tcp", "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
  const port = (end = ""): number => Number.parseInt(end.split(":")[1] ?? "", 16);
  return [
    [from, to],
    [to, from],
  ].map(([mine, other]) => {
    const found = sockets.find(([, local, remote]) => port(local) === mine && port(remote) === other);
    const [kind, ticks = ""] = found?.[5]?.split(":") ?? [];
    return kind === "02" ? Number.parseInt(ticks, 16) / 100 : Number.POSITIVE_INFINITY;
  });
}

test("a worker's life is asked for by both ends of its connection", {
  skip: process.platform === "linux" ? false : "sockets can be looked at on Linux alone",
}, async () => {
  const worker = await s.start(["--roles=worker"]);
  const looking = new pg.Client(s.database.connection);
  await looking.connect();
  const { rows } = await looking.query<{ port: number }>(
    `select distinct a.client_port as port from pg_locks l join pg_stat_activity a using (pid)
      where l.locktype = 'advisory' and l.classid = 7203118 and a.datname = current_database()`,
  );
  await looking.end();
  assert.equal(rows.length, 1);
  const within = asksWithin(rows[0]?.port ?? 0, Number(s.database.connection.port));
  assert.ok(Math.max(...within) <= 8, `asked after ${within.join(" and ")} seconds`);
  assert.equal(await worker.stop(), 0, worker.said());
});

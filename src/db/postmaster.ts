import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Binaries } from "./binaries.ts";
import { stopServer, waitUntil } from "./orphan.ts";
import { isRoomless } from "./room.ts";
import { diskFull, Trouble } from "./trouble.ts";
import { folderForChild, type Runner } from "./unprivileged.ts";

/** How a server of a cluster is to run. */
export type ServerOptions = {
  /** False only for throw-away test servers: no fsync. */
  durable?: boolean;
  maxConnections?: number;
  sharedBuffersMb?: number;
  /** Further settings of the server, for tests of what an external one may be. */
  settings?: Readonly<Record<string, string | number>>;
};

/** What a server is started from. */
export type Server = {
  /** The data folder, whose disk must have room. */
  folder: string;
  cluster: string;
  binaries: Binaries;
  runner: Runner;
  settings: string[];
  logFile: string;
};

/** A running server, started again whenever it dies. */
export type Postmaster = {
  /** Process number of the server. */
  pid(): number;
  /** Ends it with everything on disk; one that is just being started again is waited for and ended. */
  stop(): Promise<void>;
};

const FULL_WAIT_MS = 2000;
const START_TIMEOUT_MS = 60_000; // crash recovery of a busy database may take its time
/** A server that dies more often within a minute is given up. */
const DEATHS_MOST = 5;

/**
 * Starts a server and keeps it running until `stop`. Throws `Trouble` when it does not start; `onLost` is told when it died
 * and could not be brought back.
 */
export async function keepServer(server: Server, onLost: (trouble: Trouble) => void): Promise<Postmaster> {
  const { folder, cluster, binaries, logFile } = server;
  let child = await launch(server);
  let stopping = false;
  let revival: Promise<void> = Promise.resolve();
  let deaths: number[] = [];

  const revive = async (): Promise<void> => {
    const now = performance.now();
    deaths = [...deaths.filter((at) => now - at < 60_000), now];
    while (!stopping) {
      try {
        if (isRoomless(folder)) deaths = [];
        if (deaths.length > DEATHS_MOST) throw new Error(tail(logFile));
        child = await launch(server);
        watch();
        return;
      } catch (error) {
        if (stopping) return;
        // A full disk stops the server, and room makes it start again: somebody will see to it.
        if (!isRoomless(folder)) throw error;
        await pause(FULL_WAIT_MS);
      }
    }
  };
  const lost = (error: unknown): void =>
    onLost(
      new Trouble(
        "server_lost",
        `数据库意外停止，无法重新启动。日志：${logFile}`,
        `The database stopped and could not be started again. Log: ${logFile}`,
        error,
      ),
    );
  const watch = (): void => {
    child.once("exit", () => {
      if (!stopping) revival = revive().catch(lost);
    });
  };
  watch();

  return {
    pid: () => child.pid ?? 0,
    async stop() {
      stopping = true;
      await revival;
      await stopServer(child.pid ?? 0, { cluster, pgCtl: binaries.pgCtl });
    },
  };
}

/**
 * Settings travel on the command line, not in the cluster's files, so that they follow the program's version. The log
 * names no values: a failed insert must not write somebody's name into it.
 */
export function serverSettings(host: string, port: number, options: ServerOptions): string[] {
  const memory = totalmem() / 2 ** 20;
  const buffers = options.sharedBuffersMb ?? Math.round(Math.min(4096, Math.max(128, memory / 8)));
  const windows = process.platform === "win32";
  const settings: Record<string, string | number> = {
    listen_addresses: windows ? host : "",
    unix_socket_directories: windows ? "" : host,
    unix_socket_permissions: "0700",
    port,
    max_connections: options.maxConnections ?? 120,
    shared_buffers: `${buffers}MB`,
    effective_cache_size: `${Math.round(memory / 2)}MB`,
    work_mem: "16MB",
    maintenance_work_mem: "256MB",
    max_wal_size: "2GB",
    checkpoint_timeout: "15min",
    wal_level: "minimal",
    max_wal_senders: 0,
    wal_compression: "pglz",
    random_page_cost: 1.1,
    jit: "off",
    max_parallel_workers_per_gather: 1,
    timezone: "UTC",
    log_timezone: "UTC",
    log_min_messages: "warning",
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
    log_parameter_max_length_on_error: 0,
    log_checkpoints: "off",
    ...(options.durable === false
      ? { fsync: "off", synchronous_commit: "off", full_page_writes: "off", autovacuum: "off" }
      : {}),
    ...options.settings,
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** Nothing of the caller's PG* variables may reach the server. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = ["PATH", "SystemRoot", "TEMP", "TMP", "DYLD_LIBRARY_PATH", "LD_LIBRARY_PATH"];
  const env: NodeJS.ProcessEnv = { LANG: "C.UTF-8", TZ: "UTC" };
  for (const name of kept) if (process.env[name] !== undefined) env[name] = process.env[name];
  return env;
}

/** Starts the server and waits until it takes connections; a briefly held lock or memory segment is tried again. */
async function launch({ cluster, binaries, runner, settings, logFile }: Server): Promise<ChildProcess> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const size = rotate(logFile);
    const log = openSync(logFile, "a", 0o600);
    const data = folderForChild(runner, cluster);
    const child = spawn(binaries.postgres, ["-D", data.path, ...settings], {
      ...runner,
      cwd: "/",
      env: serverEnvironment(),
      // Its own session: Ctrl-C in the terminal must reach us first, so that open work can still be finished.
      detached: true,
      windowsHide: true,
      stdio: ["ignore", log, log, data.descriptor ?? "ignore"],
    });
    let ended: Error | null = null;
    child.once("error", (error) => {
      ended = error;
    });
    closeSync(log);
    data.close();
    const ready = (): boolean => {
      if (ended !== null || child.exitCode !== null || child.signalCode !== null) return true;
      return isReady(cluster, child.pid ?? -1);
    };
    await waitUntil(ready, Math.max(0, deadline - performance.now()));
    if (
      ended === null &&
      child.exitCode === null &&
      child.signalCode === null &&
      isReady(cluster, child.pid ?? -1)
    ) {
      child.unref();
      return child;
    }
    const said = readFileSync(logFile, "utf8").slice(size);
    const passing = /lock file|shared memory block|could not bind|another server|another postmaster/i.test(
      said,
    );
    if (!passing || performance.now() + 200 > Math.min(deadline, deadline - START_TIMEOUT_MS + 15_000)) {
      child.kill("SIGQUIT");
      if (/no space left|disk quota/i.test(said)) throw diskFull(cluster);
      throw new Trouble(
        "server_start_failed",
        `数据库无法启动。日志 ${logFile}:\n${said.trim().slice(-2000)}`,
        `The database could not be started. Log ${logFile}:\n${said.trim().slice(-2000)}`,
        ended,
      );
    }
    await new Promise((done) => setTimeout(done, 200));
  }
}

/** The server writes its state into the eighth line of its lock file. */
export function isReady(cluster: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n");
    return Number(lines[0]) === pid && lines[7]?.startsWith("ready") === true;
  } catch {
    return false;
  }
}

/** Keeps one old log once it passes 10 MB. Returns where the new messages will begin. */
function rotate(logFile: string): number {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size < 10 * 2 ** 20) return size;
  renameSync(logFile, `${logFile}.1`);
  return 0;
}

function tail(logFile: string): string {
  return existsSync(logFile) ? readFileSync(logFile, "utf8").slice(-2000) : "";
}

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

/** Whoever is told how it goes with a server. */
export type ServerWatch = {
  /** It died and could not be brought back. */
  onLost?: ((trouble: Trouble) => void) | undefined;
  /** It takes long to start, because it was not ended in order before and recovers. */
  onSlow?: (() => void) | undefined;
};

/** A running server, started again whenever it dies. */
export type Postmaster = {
  /** Process number of the server. */
  pid(): number;
  /** Ends it with everything on disk; one that is just being started again is waited for and ended. */
  stop(): Promise<void>;
};

const FULL_WAIT_MS = 2000;
/** How long a server may take to show that it starts. What it recovers after that takes as long as it takes. */
const START_TIMEOUT_MS = 60_000;
/** How long a lock or a memory segment of the server before may stand in the way, or an unwanted one take to end. */
const PASSING_MS = 15_000;
/** When whoever waits for a server that recovers is told why. */
const SLOW_AFTER_MS = 5000;
/** A server that dies more often within a minute is given up. */
const DEATHS_MOST = 5;

/**
 * Starts a server and keeps it running until `stop`. Throws `Trouble` when it does not start.
 */
export async function keepServer(server: Server, watcher: ServerWatch): Promise<Postmaster> {
  const { folder, cluster, binaries, logFile } = server;
  let stopping = false;
  const starting: Launch = { isWanted: () => !stopping, onSlow: watcher.onSlow };
  let child = await launch(server, starting);
  let revival: Promise<void> = Promise.resolve();
  let deaths: number[] = [];

  const revive = async (): Promise<void> => {
    const now = performance.now();
    deaths = [...deaths.filter((at) => now - at < 60_000), now];
    while (!stopping) {
      try {
        if (isRoomless(folder)) deaths = [];
        if (deaths.length > DEATHS_MOST) throw new Error(tail(logFile));
        child = await launch(server, starting);
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
    watcher.onLost?.(
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
    // After a crash everything is brought to disk first: in one call, not file by file, of which there are thousands.
    ...(process.platform === "linux" ? { recovery_init_sync_method: "syncfs" } : {}),
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

type Launch = { readonly isWanted: () => boolean; readonly onSlow: ServerWatch["onSlow"] };

/**
 * Starts the server and waits until it takes connections: however long it recovers, as long as it is wanted. A briefly held
 * lock or memory segment is tried again.
 */
async function launch(server: Server, { isWanted, onSlow }: Launch): Promise<ChildProcess> {
  const { cluster, logFile } = server;
  const began = performance.now();
  for (;;) {
    const size = rotate(logFile);
    const child = spawnServer(server);
    let failure: Error | null = null;
    child.once("error", (error) => {
      failure = error;
    });
    const lives = (): boolean => failure === null && child.exitCode === null && child.signalCode === null;
    const state = (): string => stateOf(cluster, child.pid ?? -1);
    const settled = (): boolean => !lives() || !isWanted() || state() === "ready";
    const slow = setTimeout(() => onSlow?.(), SLOW_AFTER_MS).unref();
    await waitUntil(() => settled() || state() === "starting", began + START_TIMEOUT_MS - performance.now());
    if (state() === "starting") await waitUntil(settled, Number.POSITIVE_INFINITY);
    clearTimeout(slow);
    if (lives() && state() === "ready") {
      child.unref();
      return child;
    }
    const said = readFileSync(logFile, "utf8").slice(size);
    const passing = /lock file|shared memory block|could not bind|another server|another postmaster/i.test(
      said,
    );
    if (!passing || !isWanted() || performance.now() - began > PASSING_MS) {
      child.kill("SIGQUIT");
      await waitUntil(() => !lives(), PASSING_MS);
      if (/no space left|disk quota/i.test(said)) throw diskFull(cluster);
      throw new Trouble(
        "server_start_failed",
        `数据库无法启动。日志 ${logFile}:\n${said.trim().slice(-2000)}`,
        `The database could not be started. Log ${logFile}:\n${said.trim().slice(-2000)}`,
        failure,
      );
    }
    await pause(200);
  }
}

function spawnServer({ cluster, binaries, runner, settings, logFile }: Server): ChildProcess {
  const log = openSync(logFile, "a", 0o600);
  const data = folderForChild(runner, cluster);
  try {
    return spawn(binaries.postgres, ["-D", data.path, ...settings], {
      ...runner,
      cwd: "/",
      env: serverEnvironment(),
      // Its own session: Ctrl-C in the terminal must reach us first, so that open work can still be finished.
      detached: true,
      windowsHide: true,
      stdio: ["ignore", log, log, data.descriptor ?? "ignore"],
    });
  } finally {
    closeSync(log);
    data.close();
  }
}

/** Whether a server takes connections. */
export function isReady(cluster: string, pid: number): boolean {
  return stateOf(cluster, pid) === "ready";
}

/** What a server writes of itself into the eighth line of its lock file: `starting`, `ready`; empty when it is not there. */
function stateOf(cluster: string, pid: number): string {
  try {
    const lines = readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n");
    return Number(lines[0]) === pid ? (lines[7] ?? "").trim() : "";
  } catch {
    return "";
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

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import pg from "pg";
import { type Binaries, prepareBinaries } from "./binaries.ts";
import { type FolderLock, lockFolder } from "./lock.ts";
import { serverPid, stopServer, waitUntil } from "./orphan.ts";
import { isRoomless } from "./room.ts";
import { systemCode, Trouble } from "./trouble.ts";
import { chooseRunner, folderForChild, giveTo, namedRunner, type Runner } from "./unprivileged.ts";

/** A running embedded server. `login` gives connection settings for one of its three users. */
export type Embedded = {
  folder: string;
  logFile: string;
  /** `superuser` makes databases, `owner` migrates, `app` runs. */
  login(user: "superuser" | "owner" | "app", database?: string): pg.ClientConfig;
  /** Process number of the server. */
  pid(): number;
  /** Ends the server with everything on disk and gives the folder back. */
  stop(): Promise<void>;
};

export type EmbeddedOptions = {
  folder: string;
  /** False only for throw-away test servers: no fsync. */
  durable?: boolean;
  maxConnections?: number;
  sharedBuffersMb?: number;
  /** Further settings of the server, for tests of what an external one may be. */
  settings?: Readonly<Record<string, string | number>>;
  /** Called when the server died and could not be brought back. */
  onLost?: (trouble: Trouble) => void;
};

const USERS = { superuser: "postgres", owner: "zhijia", app: "zhijia_app" } as const;
/** The database of an embedded installation. */
const DATABASE = "zhijia";
const PORT = 5432; // part of the socket's file name; nothing listens on the network
const FULL_WAIT_MS = 2000;
const START_TIMEOUT_MS = 60_000; // crash recovery of a busy database may take its time

/**
 * Starts the PostgreSQL server of a data folder, making the cluster first if there is none. Only local: a unix socket
 * in a folder closed to others (on Windows 127.0.0.1), and a random password kept in the data folder.
 *
 * Throws `Trouble` when the folder is in use, cannot be written, or belongs to another PostgreSQL version. A server
 * left behind by a killed program is stopped first; one that dies is started again.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const folder = prepareFolder(options.folder);
  const lock = await lockFolder(folder);
  try {
    return await start(folder, lock, options);
  } catch (error) {
    lock.release();
    throw explain(error, folder);
  }
}

/** Makes the data folder if need be and checks that it can be written. Returns its real path. */
export function prepareFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const real = realpathSync(folder);
    const probe = join(real, `.probe.${process.pid}`);
    writeFileSync(probe, "");
    rmSync(probe);
    return real;
  } catch (error) {
    throw explain(error, resolve(folder));
  }
}

/**
 * Login to the server another process runs on this folder, or null when none does: so that commands work beside a
 * running program.
 */
export function attachEmbedded(folder: string): Embedded["login"] | null {
  const cluster = join(folder, "pg");
  const pid = existsSync(join(cluster, "PG_VERSION")) ? serverPid(cluster) : null;
  if (pid === null || !isReady(cluster, pid)) return null;
  const lines = readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n");
  const host = lines[4] || lines[5] || "127.0.0.1"; // the socket's folder, else the address
  return loginTo(host, Number(lines[3]), readPassword(folder));
}

function loginTo(host: string, port: number, password: string): Embedded["login"] {
  return (user, database = DATABASE) => ({ host, port, user: USERS[user], password, database });
}

async function start(folder: string, lock: FolderLock, options: EmbeddedOptions): Promise<Embedded> {
  const cluster = join(folder, "pg");
  const logFile = join(folder, "postgres.log");
  const runner = chooseRunner(cluster);
  const binaries = prepareBinaries(runner, folder);
  const password = readPassword(folder);
  await stopOrphan(cluster, binaries);
  const sockets = socketFolder(folder, runner);
  if (!existsSync(join(cluster, "PG_VERSION")))
    createCluster(cluster, binaries, runner, password, sockets, options);
  refuseOtherVersion(cluster, binaries);
  const host = process.platform === "win32" ? "127.0.0.1" : sockets;
  const port = process.platform === "win32" ? await freePort() : PORT;
  const settings = serverSettings(host, port, options);

  let child = await launch(cluster, binaries, runner, settings, logFile);
  let stopping = false;
  let restarts: number[] = [];
  const supervise = (): void => {
    child.once("exit", async () => {
      if (stopping) return;
      const now = Date.now();
      restarts = [...restarts.filter((at) => now - at < 60_000), now];
      try {
        for (;;) {
          try {
            if (isRoomless(folder)) restarts = [];
            if (restarts.length > 5) throw new Error(tail(logFile));
            child = await launch(cluster, binaries, runner, settings, logFile);
            break;
          } catch (error) {
            // A full disk stops the server, and room makes it start again: somebody will see to it.
            if (stopping) return;
            if (!isRoomless(folder)) throw error;
            await new Promise((done) => setTimeout(done, FULL_WAIT_MS));
          }
        }
        if (stopping) await stopServer(child.pid ?? 0);
        else supervise();
      } catch (error) {
        options.onLost?.(
          new Trouble(
            "server_lost",
            `数据库意外停止，无法重新启动。日志：${logFile}`,
            `The database stopped and could not be started again. Log: ${logFile}`,
            error,
          ),
        );
      }
    });
  };
  supervise();

  const login = loginTo(host, port, password);
  await prepareUsers(login, password);
  return {
    folder,
    logFile,
    login,
    pid: () => child.pid ?? 0,
    async stop() {
      stopping = true;
      await stopServer(child.pid ?? 0, { cluster, pgCtl: binaries.pgCtl });
      if (process.platform !== "win32") rmSync(sockets, { recursive: true, force: true });
      lock.release();
    },
  };
}

/** One random password for the three users: whoever can read this file could read the cluster's files as well. */
function readPassword(folder: string): string {
  const path = join(folder, "database.password");
  if (existsSync(path)) return readFileSync(path, "utf8").trim();
  const password = randomBytes(24).toString("base64url");
  writeFileSync(path, `${password}\n`, { mode: 0o600 });
  return password;
}

async function stopOrphan(cluster: string, binaries: Binaries): Promise<void> {
  const pid = serverPid(cluster);
  if (pid !== null) await stopServer(pid, { cluster, pgCtl: binaries.pgCtl });
  else rmSync(join(cluster, "postmaster.pid"), { force: true }); // its number may belong to another program by now
}

/**
 * A folder for the socket whose path is short enough (the system allows 107 bytes) and which only the server's user
 * may enter. Named after the data folder, so that restarts reuse it; a stranger's folder of that name is left alone.
 */
function socketFolder(folder: string, runner: Runner): string {
  if (process.platform === "win32") return "";
  const uid = runner?.uid ?? process.getuid?.() ?? 0;
  const base = tmpdir().length > 60 ? "/tmp" : tmpdir();
  const named = join(
    base,
    `zhijia-${createHash("sha256").update(`${folder}\n${uid}`).digest("hex").slice(0, 12)}`,
  );
  try {
    mkdirSync(named, { mode: 0o700 });
    if (runner !== null) chownSync(named, runner.uid, runner.gid);
    return named;
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
  const stat = lstatSync(named);
  if (stat.isDirectory() && (stat.uid === uid || stat.uid === process.getuid?.())) {
    chmodSync(named, 0o700);
    if (runner !== null) chownSync(named, runner.uid, runner.gid);
    return named;
  }
  const random = mkdtempSync(join(base, "zhijia-"));
  if (runner !== null) chownSync(random, runner.uid, runner.gid);
  return random;
}

/** Tried in order: Chinese order by ICU everywhere; the character type library differs between systems. */
const LOCALES = [
  ["--locale-provider=icu", "--icu-locale=zh-Hans-CN", "--locale=C.UTF-8"],
  ["--locale-provider=icu", "--icu-locale=zh-Hans-CN", "--locale=en_US.UTF-8"],
  ["--locale-provider=icu", "--icu-locale=zh-Hans-CN", "--locale=C"],
  ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
];

/** Makes the cluster beside its final place and moves it there whole, so that a broken start leaves nothing half. */
function createCluster(
  cluster: string,
  binaries: Binaries,
  runner: Runner,
  password: string,
  sockets: string,
  options: EmbeddedOptions,
): void {
  const draft = `${cluster}.new`;
  const passwordFile = join(sockets === "" ? resolve(cluster, "..") : sockets, "password");
  const maker = runner === null ? null : namedRunner();
  let said = "";
  for (const locale of LOCALES) {
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { mode: 0o700 });
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (maker !== null) {
      giveTo(maker, draft);
      if (sockets !== "") giveTo(maker, sockets);
    }
    const target = folderForChild(maker, draft);
    try {
      const made = spawnSync(
        binaries.initdb,
        [
          ...["-D", target.path, "-U", USERS.superuser, `--pwfile=${passwordFile}`, "--auth=scram-sha-256"],
          ...["--encoding=UTF8", "--no-instructions", ...locale],
          ...(options.durable === false ? ["--no-sync"] : []),
        ],
        {
          ...maker,
          cwd: "/",
          env: serverEnvironment(),
          stdio: ["ignore", "ignore", "pipe", target.descriptor ?? "ignore"],
        },
      );
      if (made.status === 0) {
        giveTo(runner, draft);
        if (sockets !== "") giveTo(runner, sockets);
        renameSync(draft, cluster);
        return;
      }
      said += made.error?.message ?? made.stderr.toString();
    } finally {
      target.close();
      rmSync(passwordFile, { force: true });
    }
  }
  rmSync(draft, { recursive: true, force: true });
  if (/no space left|disk quota/i.test(said)) throw diskFull(cluster);
  if (said.includes("user does not exist")) {
    throw new Trouble(
      "user_without_name",
      `当前用户（编号 ${process.getuid?.()}）在 /etc/passwd 里没有名字，PostgreSQL 不能为它建立数据库。请用有名字的用户运行，或设置 DATABASE_URL。`,
      `The present user (id ${process.getuid?.()}) has no name in /etc/passwd, and PostgreSQL makes no database for it. Run as a named user, or set DATABASE_URL.`,
    );
  }
  throw new Trouble(
    "initdb_failed",
    `无法建立数据库文件夹 ${cluster}:\n${said.trim()}`,
    `The database folder ${cluster} could not be made:\n${said.trim()}`,
  );
}

function refuseOtherVersion(cluster: string, binaries: Binaries): void {
  const found = readFileSync(join(cluster, "PG_VERSION"), "utf8").trim();
  const ours = binaries.version.split(".")[0];
  if (found === ours) return;
  throw new Trouble(
    "server_version",
    `数据文件夹由 PostgreSQL ${found} 建立，程序自带的是 ${ours}。请用原来的程序版本执行 zhijia backup，再在新文件夹用 zhijia restore 恢复。`,
    `The data folder was made by PostgreSQL ${found}; this program brings ${ours}. Run zhijia backup with the earlier version of the program, then zhijia restore into a new folder.`,
  );
}

/**
 * Settings travel on the command line, not in the cluster's files, so that they follow the program's version. The log
 * names no values: a failed insert must not write somebody's name into it.
 */
function serverSettings(host: string, port: number, options: EmbeddedOptions): string[] {
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
function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = ["PATH", "SystemRoot", "TEMP", "TMP", "DYLD_LIBRARY_PATH", "LD_LIBRARY_PATH"];
  const env: NodeJS.ProcessEnv = { LANG: "C.UTF-8", TZ: "UTC" };
  for (const name of kept) if (process.env[name] !== undefined) env[name] = process.env[name];
  return env;
}

/** Starts the server and waits until it takes connections; a briefly held lock or memory segment is tried again. */
async function launch(
  cluster: string,
  binaries: Binaries,
  runner: Runner,
  settings: string[],
  logFile: string,
): Promise<ChildProcess> {
  const deadline = Date.now() + START_TIMEOUT_MS;
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
    await waitUntil(ready, Math.max(0, deadline - Date.now()));
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
    if (!passing || Date.now() + 200 > Math.min(deadline, deadline - START_TIMEOUT_MS + 15_000)) {
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
function isReady(cluster: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n");
    return Number(lines[0]) === pid && lines[7]?.startsWith("ready") === true;
  } catch {
    return false;
  }
}

async function prepareUsers(login: Embedded["login"], password: string): Promise<void> {
  const client = new pg.Client(login("superuser", "postgres"));
  await client.connect();
  try {
    const users = await client.query("select 1 from pg_database where datname = $1", [DATABASE]);
    if (users.rowCount === 1) return;
    const secret = pg.escapeLiteral(password);
    await client.query(`do $$ begin
      if not exists (select 1 from pg_roles where rolname = '${USERS.owner}') then
        create role ${USERS.owner} login password ${secret};
      end if;
      if not exists (select 1 from pg_roles where rolname = '${USERS.app}') then
        create role ${USERS.app} login password ${secret};
      end if;
    end $$`);
    await client.query(`create database ${DATABASE} owner ${USERS.owner}`);
  } finally {
    await client.end();
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

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}

function diskFull(folder: string): Trouble {
  return new Trouble(
    "disk_full",
    `磁盘已满，无法写入 ${folder}。`,
    `The disk is full: ${folder} cannot be written.`,
  );
}

function explain(error: unknown, folder: string): unknown {
  const code = systemCode(error);
  if (["EACCES", "EPERM", "EROFS"].includes(code)) {
    return new Trouble(
      "folder_read_only",
      `数据文件夹 ${folder} 不能写入。请检查它的权限，或用环境变量 ZHIJIA_DATA 指定另一个文件夹。`,
      `The data folder ${folder} cannot be written. Check its permissions, or choose another with the environment variable ZHIJIA_DATA.`,
      error,
    );
  }
  if (code === "ENOTDIR" || code === "EEXIST") {
    return new Trouble(
      "folder_not_a_folder",
      `${folder} 不是文件夹。请用环境变量 ZHIJIA_DATA 指定另一个位置。`,
      `${folder} is not a folder. Choose another place with the environment variable ZHIJIA_DATA.`,
      error,
    );
  }
  return code === "ENOSPC" ? diskFull(folder) : error;
}

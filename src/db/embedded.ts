import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import pg from "pg";
import { type Binaries, prepareBinaries } from "./binaries.ts";
import { withClient } from "./client.ts";
import { createCluster, readPassword, refuseOtherVersion, socketFolder } from "./cluster.ts";
import { type FolderLock, lockFolder } from "./lock.ts";
import { serverPid, stopServer } from "./orphan.ts";
import { isReady, keepServer, type ServerOptions, serverSettings } from "./postmaster.ts";
import { diskFull, systemCode, Trouble } from "./trouble.ts";
import { chooseRunner } from "./unprivileged.ts";

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

export type EmbeddedOptions = ServerOptions & {
  folder: string;
  /** Called when the server died and could not be brought back. */
  onLost?: (trouble: Trouble) => void;
  /** Called when the server takes long to start, because it was not ended in order before and recovers. */
  onSlow?: () => void;
};

const USERS = { superuser: "postgres", owner: "zhijia", app: "zhijia_app" } as const;
/** The database of an embedded installation. */
const DATABASE = "zhijia";
const PORT = 5432; // part of the socket's file name; nothing listens on the network

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
  if (!existsSync(join(cluster, "PG_VERSION"))) {
    const { superuser } = USERS;
    const durable = options.durable !== false;
    createCluster({ cluster, binaries, runner, superuser, password, sockets, durable });
  }
  refuseOtherVersion(cluster, binaries);
  const host = process.platform === "win32" ? "127.0.0.1" : sockets;
  const port = process.platform === "win32" ? await freePort() : PORT;
  const settings = serverSettings(host, port, options);
  const login = loginTo(host, port, password);
  const { onLost, onSlow } = options;
  const server = await keepServer(
    { folder, cluster, binaries, runner, settings, logFile },
    { onLost, onSlow },
  );
  try {
    await prepareUsers(login, password);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    folder,
    logFile,
    login,
    pid: server.pid,
    async stop() {
      await server.stop();
      if (process.platform !== "win32") rmSync(sockets, { recursive: true, force: true });
      lock.release();
    },
  };
}

async function stopOrphan(cluster: string, binaries: Binaries): Promise<void> {
  const pid = serverPid(cluster);
  if (pid !== null) await stopServer(pid, { cluster, pgCtl: binaries.pgCtl });
  else rmSync(join(cluster, "postmaster.pid"), { force: true }); // its number may belong to another program by now
}

async function prepareUsers(login: Embedded["login"], password: string): Promise<void> {
  await withClient(login("superuser", "postgres"), async (client) => {
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
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
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

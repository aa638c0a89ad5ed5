import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Binaries } from "./binaries.ts";
import { serverEnvironment } from "./postmaster.ts";
import { diskFull, systemCode, Trouble } from "./trouble.ts";
import { folderForChild, giveTo, namedRunner, type Runner } from "./unprivileged.ts";

/** What an embedded server stands on before it runs: its cluster's files, its password, the folder of its socket. */

/** One random password for the three users: whoever can read this file could read the cluster's files as well. */
export function readPassword(folder: string): string {
  const path = join(folder, "database.password");
  if (existsSync(path)) return readFileSync(path, "utf8").trim();
  const password = randomBytes(24).toString("base64url");
  writeFileSync(path, `${password}\n`, { mode: 0o600 });
  return password;
}

/**
 * A folder for the socket whose path is short enough (the system allows 107 bytes) and which only the server's user
 * may enter. Named after the data folder, so that restarts reuse it; a stranger's folder of that name is left alone.
 */
export function socketFolder(folder: string, runner: Runner): string {
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

export type NewCluster = {
  cluster: string;
  binaries: Binaries;
  runner: Runner;
  superuser: string;
  password: string;
  /** Folder of the socket; empty where there is none. */
  sockets: string;
  /** False leaves it to the system when the files are written out. */
  durable: boolean;
};

/**
 * Makes the cluster beside its final place and moves it there whole, so that a broken start leaves nothing half. Throws
 * `Trouble`.
 */
export function createCluster(made: NewCluster): void {
  const { cluster, binaries, runner, superuser, password, sockets, durable } = made;
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
          ...["-D", target.path, "-U", superuser, `--pwfile=${passwordFile}`, "--auth=scram-sha-256"],
          ...["--encoding=UTF8", "--no-instructions", ...locale],
          ...(durable ? [] : ["--no-sync"]),
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

/** Throws `Trouble` when the cluster was made by another version of PostgreSQL than the one at hand. */
export function refuseOtherVersion(cluster: string, binaries: Binaries): void {
  const found = readFileSync(join(cluster, "PG_VERSION"), "utf8").trim();
  const ours = binaries.version.split(".")[0];
  if (found === ours) return;
  throw new Trouble(
    "server_version",
    `数据文件夹由 PostgreSQL ${found} 建立，程序自带的是 ${ours}。请用原来的程序版本执行 zhijia backup，再在新文件夹用 zhijia restore 恢复。`,
    `The data folder was made by PostgreSQL ${found}; this program brings ${ours}. Run zhijia backup with the earlier version of the program, then zhijia restore into a new folder.`,
  );
}

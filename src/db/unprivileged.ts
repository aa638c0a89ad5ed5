import { spawnSync } from "node:child_process";
import {
  chownSync,
  closeSync,
  constants,
  lchownSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Trouble } from "./trouble.ts";

/** The user PostgreSQL runs as when the program itself is root (PostgreSQL refuses root); null: as ourselves. */
export type Runner = { uid: number; gid: number } | null;

/** The first of the ids tried: above ordinary users, below the ranges distributions and systemd give away. */
const FIRST_FREE_UID = 59432;

/**
 * Chooses whom PostgreSQL runs as. Not root: ourselves. Root: the owner of an existing cluster, else an id nobody on
 * this machine has, so that no other service can read the files or signal the server; else `nobody`.
 */
export function chooseRunner(cluster: string): Runner {
  if (process.getuid?.() !== 0) return null;
  const owner = ownerOf(cluster);
  if (owner !== null && owner.uid !== 0) return owner;
  const taken = new Set(passwdEntries().map((entry) => entry.uid));
  for (let uid = FIRST_FREE_UID; uid < FIRST_FREE_UID + 20; uid++) {
    if (!taken.has(uid)) {
      const runner = { uid, gid: uid };
      if (canBecome(runner)) return runner;
      break; // ids this high are not mapped in this container: fall back
    }
  }
  const named = namedRunner();
  if (named !== null && canBecome(named)) return named;
  throw new Trouble(
    "root_cannot_drop",
    "程序以 root 运行，但系统不允许切换到普通用户，PostgreSQL 不能以 root 启动。请改用普通用户运行，或给容器加上 SETUID、SETGID 权限。",
    "The program runs as root and may not switch to another user, and PostgreSQL refuses to run as root. Run it as an ordinary user, or give the container the SETUID and SETGID capabilities.",
  );
}

/** A user that has a name in the passwd file: `initdb` insists on one. Null for an ordinary user running as itself. */
export function namedRunner(): Runner {
  if (process.getuid?.() !== 0) return null;
  const entries = passwdEntries().filter((entry) => entry.uid !== 0);
  const nobody = entries.find((entry) => entry.name === "nobody") ?? entries[0];
  return nobody === undefined ? { uid: 65534, gid: 65534 } : { uid: nobody.uid, gid: nobody.gid };
}

/** Hands a folder and everything in it to the runner. */
export function giveTo(runner: Runner, folder: string): void {
  if (runner === null) return;
  chownSync(folder, runner.uid, runner.gid);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) giveTo(runner, path);
    else lchownSync(path, runner.uid, runner.gid);
  }
}

/** Whether the runner may pass every folder above the path and enter or read the path itself. */
export function reachableBy(runner: Runner, path: string): boolean {
  if (runner === null) return true;
  const absolute = resolve(path);
  const leaf = statSync(absolute);
  if (leaf.uid !== runner.uid && (leaf.mode & 0o005) !== 0o005) return false;
  for (let folder = dirname(absolute); ; folder = dirname(folder)) {
    const stat = statSync(folder);
    if (stat.uid !== runner.uid && (stat.mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** How a child process may name a folder: by its path, or through a descriptor it inherits as number 3. */
export type ChildFolder = { path: string; descriptor: number | null; close(): void };

/**
 * Root keeps its home at 0700, so the unprivileged server cannot walk to a cluster inside it. It does not need to:
 * we open the folder while still root and the server finds it as /proc/self/fd/3, which every process it forks
 * inherits. The cluster so stays inside the data folder wherever that is.
 */
export function folderForChild(runner: Runner, folder: string): ChildFolder {
  if (reachableBy(runner, folder)) return { path: folder, descriptor: null, close() {} };
  if (process.platform !== "linux") {
    throw new Trouble(
      "folder_unreachable",
      `PostgreSQL 以普通用户运行，进不去 ${folder}。请把数据文件夹放到其他用户也能进入的位置（环境变量 ZHIJIA_DATA）。`,
      `PostgreSQL runs as an ordinary user and cannot enter ${folder}. Put the data folder where other users may pass (environment variable ZHIJIA_DATA).`,
    );
  }
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  return { path: "/proc/self/fd/3", descriptor, close: () => closeSync(descriptor) };
}

function ownerOf(path: string): { uid: number; gid: number } | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? null : { uid: stat.uid, gid: stat.gid };
}

function canBecome(runner: { uid: number; gid: number }): boolean {
  return spawnSync("/bin/sh", ["-c", ":"], { ...runner, cwd: "/", stdio: "ignore" }).status === 0;
}

function passwdEntries(): { name: string; uid: number; gid: number }[] {
  let text: string;
  try {
    text = readFileSync("/etc/passwd", "utf8");
  } catch {
    return [];
  }
  return text
    .split("\n")
    .map((line) => line.split(":"))
    .filter((fields) => fields.length >= 4)
    .map((fields) => ({ name: fields[0] ?? "", uid: Number(fields[2]), gid: Number(fields[3]) }));
}

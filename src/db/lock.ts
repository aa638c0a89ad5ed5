import { spawnSync } from "node:child_process";
import {
  linkSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { systemCode, Trouble } from "./trouble.ts";

/** Who holds a data folder. `started` tells two processes with one number apart; `world` is machine and pid space. */
type Holder = { pid: number; started: string; world: string };

export type FolderLock = { release(): void };

const HEARTBEAT_MS = 2000;

/**
 * Takes the data folder for this process, or refuses because another instance has it. A lock left by a killed process
 * is recognised by its process number and start time and taken over. A holder in another container, whose processes
 * cannot be seen from here, is recognised by its heartbeat (the file's time is renewed every two seconds).
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, "zhijia.lock");
  const mine: Holder = { pid: process.pid, started: startOf(process.pid) ?? "", world: world() };
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    for (let attempt = 0; ; attempt++) {
      if (place(draft, path)) break;
      const holder = holderOf(path);
      if (holder !== null && (await isAlive(holder, path))) throw held(folder, holder);
      if (attempt === 5) throw held(folder, holder);
      setAside(path, holder);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  const beat = setInterval(() => {
    try {
      const now = new Date();
      utimesSync(path, now, now);
    } catch {
      // the folder is gone or full; the next write that matters will say so
    }
  }, HEARTBEAT_MS);
  beat.unref();
  return {
    release() {
      clearInterval(beat);
      if (sameHolder(holderOf(path), mine)) rmSync(path, { force: true });
    },
  };
}

/** The process that holds the folder now, or null. For `doctor`. */
export async function folderHolder(folder: string): Promise<number | null> {
  const path = join(folder, "zhijia.lock");
  const holder = holderOf(path);
  return holder !== null && (await isAlive(holder, path)) ? holder.pid : null;
}

function held(folder: string, holder: Holder | null): Trouble {
  const pid = holder?.pid ?? "?";
  return new Trouble(
    "folder_in_use",
    `另一个职家正在使用数据文件夹 ${folder}（进程号 ${pid}）。请先停止它，或用环境变量 ZHIJIA_DATA 指定另一个文件夹。`,
    `Another Zhijia is using the data folder ${folder} (process ${pid}). Stop it first, or choose another folder with the environment variable ZHIJIA_DATA.`,
  );
}

/** Puts our note in place only if there is none: link() is atomic where open(O_EXCL) plus write is not. */
function place(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    if (!["EPERM", "ENOTSUP", "ENOSYS"].includes(systemCode(error))) throw error;
  }
  try {
    writeFileSync(path, readFileSync(draft), { mode: 0o600, flag: "wx" }); // a file system without hard links
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Removes a dead holder's note, but only that one: two starters may both have found it dead. */
function setAside(path: string, dead: Holder | null): void {
  const aside = `${path}.dead.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    throw error;
  }
  if (!sameHolder(holderOf(aside), dead)) place(aside, path); // it was another starter's fresh note: put it back
  rmSync(aside, { force: true });
}

function holderOf(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch {
    return null; // absent, or torn by a power cut
  }
}

function sameHolder(a: Holder | null, b: Holder | null): boolean {
  return a?.pid === b?.pid && a?.started === b?.started && a?.world === b?.world;
}

async function isAlive(holder: Holder, path: string): Promise<boolean> {
  if (holder.world === world()) return startOf(holder.pid) === holder.started;
  const before = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (before === undefined || Date.now() - before > 15 * HEARTBEAT_MS) return false;
  for (let waited = 0; waited < 3 * HEARTBEAT_MS; waited += 250) {
    await new Promise((done) => setTimeout(done, 250));
    const after = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (after !== undefined && after !== before) return true;
  }
  return false;
}

/** When a process started, in the system's own words; null when there is no such process. */
function startOf(pid: number): string | null {
  if (process.platform === "linux") {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // the name before may hold spaces
      if (fields[0] === "Z") return null; // dead, waiting for its parent to notice
      return fields[19] ?? null;
    } catch {
      return null;
    }
  }
  if (process.platform === "win32") {
    try {
      process.kill(pid, 0);
      return "";
    } catch {
      return null;
    }
  }
  const shown = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim();
  return shown === "" || shown === undefined ? null : shown;
}

function world(): string {
  if (process.platform !== "linux") return hostname();
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

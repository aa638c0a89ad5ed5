import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { join } from "node:path";

/** The live PostgreSQL server on a cluster, or null. A reused process number is not mistaken for one. */
export function serverPid(cluster: string): number | null {
  const note = join(cluster, "postmaster.pid");
  if (!existsSync(note)) return null;
  const pid = Number(readFileSync(note, "utf8").split("\n")[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return null;
  if (process.platform === "linux") {
    try {
      return realpathSync(cluster) === readlinkSync(`/proc/${pid}/cwd`) ? pid : null;
    } catch {
      return null;
    }
  }
  if (process.platform === "win32") return pid;
  const command = spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).stdout ?? "";
  return command.includes("postgres") ? pid : null;
}

/**
 * Stops a server: at once but in order, ending its sessions and writing everything out; by force if it does not answer
 * in 20 seconds (the next start then replays its log).
 */
export async function stopServer(pid: number, windows?: { cluster: string; pgCtl: string }): Promise<void> {
  if (pid <= 1 || !isAlive(pid)) return;
  if (process.platform === "win32" && windows !== undefined) {
    spawnSync(windows.pgCtl, ["stop", "-D", windows.cluster, "-m", "fast", "-w"], { stdio: "ignore" });
    return;
  }
  signal(pid, "SIGINT");
  if (await waitUntil(() => !isAlive(pid), 20_000)) return;
  signal(pid, "SIGQUIT");
  await waitUntil(() => !isAlive(pid), 5_000);
}

/** Looks every few milliseconds until the condition holds; false when the time is up. */
export async function waitUntil(condition: () => boolean, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (!condition()) {
    if (performance.now() >= deadline) return false;
    await new Promise((done) => setTimeout(done, 10));
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it ended by itself meanwhile
  }
}

/** Whether a process runs; one that ended and waits to be noticed does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  if (process.platform !== "linux") return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2)[0] !== "Z"; // a zombie waits only for its parent
  } catch {
    return false;
  }
}

import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Bench, figure } from "./figure.ts";
import { startProgram } from "./program.ts";

const root = join(import.meta.dirname, "..");
const trial = { ZHIJIA_DEMO: "on", ZHIJIA_FACES: "on" };

/** From the command to the first answer: a fresh folder with the fictitious federation, and again; memory at rest. */
export const bench: Bench = async function* ({ seed }, say) {
  const folder = join(root, ".cache", "bench", "start");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  say("first start on an empty folder");
  const first = await startProgram(folder, trial);
  await first.stop();
  yield figure({
    bench: "start",
    metric: "ready, fresh folder",
    value: first.seconds,
    unit: "s",
    reference: "the bar",
    referenceValue: 20,
    seed,
  });
  say("second start");
  const again = await startProgram(folder, trial);
  yield figure({
    bench: "start",
    metric: "ready, again",
    value: again.seconds,
    unit: "s",
    reference: "the bar",
    referenceValue: 2,
    seed,
  });
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const memory = memoryOf(again.pid);
  yield figure({
    bench: "start",
    metric: "memory at rest, program",
    value: memory.program,
    unit: "MiB",
    seed,
  });
  yield figure({
    bench: "start",
    metric: "memory at rest, database",
    value: memory.database,
    unit: "MiB",
    seed,
  });
  await again.stop();
};

/** Private memory (PSS) of a process and of everything it started, in MiB, the database's apart. */
function memoryOf(pid: number): { program: number; database: number } {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      parents.set(
        Number(name),
        Number(/PPid:\s+(\d+)/.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1]),
      );
    } catch {
      // it has just ended
    }
  }
  const mine = (one: number): boolean => one === pid || (parents.has(one) && mine(parents.get(one)!));
  const sizes = { program: 0, database: 0 };
  for (const one of [...parents.keys()].filter(mine)) {
    const kib = Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${one}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    const isDatabase = readFileSync(`/proc/${one}/comm`, "utf8").startsWith("postgres");
    sizes[isDatabase ? "database" : "program"] += kib / 1024;
  }
  return sizes;
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { settings } from "./ground.ts";

const root = join(import.meta.dirname, "..");

export interface Program {
  readonly url: string;
  readonly pid: number;
  /** Seconds from the command to the first answer that it is ready. */
  readonly seconds: number;
  stop(): Promise<void>;
}

/** Starts the whole program on a folder, as `npm start` does, and waits until it is ready. */
export async function startProgram(folder: string, env: Readonly<Record<string, string>>): Promise<Program> {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const began = performance.now();
  const program: ChildProcess = spawn(process.execPath, [join(root, "bin", "zhijia.js"), "serve"], {
    env: { ...process.env, ...settings(folder, { ...env, PORT: String(port) }) },
    stdio: "ignore",
  });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) break;
    if (program.exitCode !== null) throw new Error(`the program ended with ${program.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return {
    url,
    pid: program.pid!,
    seconds: (performance.now() - began) / 1000,
    async stop() {
      program.kill();
      await once(program, "exit");
    },
  };
}

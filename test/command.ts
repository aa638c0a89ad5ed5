import { spawn } from "node:child_process";
import { join } from "node:path";

/** What a command came to: its exit code, and all it wrote. */
export interface Done {
  readonly code: number | null;
  readonly said: string;
}

/** Runs `zhijia` to its end as somebody does in a shell, with these settings and no others. */
export async function zhijia(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<Done> {
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, [join(import.meta.dirname, "../bin/zhijia.js"), ...args], {
    env: { PATH, HOME, TMPDIR, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const out of [child.stdout, child.stderr]) out.on("data", (piece) => (said += piece));
  const code = await new Promise<number | null>((done) => child.on("close", done));
  return { code, said };
}

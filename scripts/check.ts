/** Everything short of the tests: format and lint, types, dead code. Each prints its own findings. */
import { spawnSync } from "node:child_process";

const steps: readonly (readonly [string, ...string[]])[] = [
  ["biome", "check", "."],
  ["tsc", "--noEmit"],
  ["tsc", "--noEmit", "-p", "web"],
  ["knip", "--no-progress"],
];

let failed = 0;
for (const [command, ...args] of steps) {
  process.stdout.write(`\n> ${command} ${args.join(" ")}\n`);
  const run = spawnSync(command, args, { stdio: "inherit", shell: process.platform === "win32" });
  if (run.status !== 0) failed += 1;
}
process.stdout.write(failed === 0 ? "\nall clear\n" : `\n${failed} of ${steps.length} found something\n`);
process.exit(failed === 0 ? 0 : 1);

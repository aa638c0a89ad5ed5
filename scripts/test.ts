/**
 * Runs every *.test.ts of src, test, web, bench and scripts, two files at a time, over one throw-away PostgreSQL server.
 * `npm test -- src/db clock` runs the files whose paths contain one of the words. The last line is
 * `N passed, N failed`, with `, N skipped` when some were; the exit code is 1 when one failed.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestServer } from "../src/db/testing.ts";
import type { Outcome } from "./test-reporter.ts";

const CONCURRENCY = 2;
/** A file that takes longer hangs. */
const FILE_TIMEOUT_MS = 300_000;

const root = join(import.meta.dirname, "..");
const wanted = process.argv.slice(2);
const files = globSync("{src,test,web,bench,scripts}/**/*.test.ts", { cwd: root })
  .filter((file) => !file.includes("node_modules"))
  .filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)))
  .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));

/** The longest first, so that the end does not wait for one of them alone. */
function rank(file: string): number {
  return file.includes("browser") ? 0 : file.startsWith("test/") ? 1 : 2;
}

const totals = { passed: 0, failed: 0, skipped: 0 };
const running = new Set<ChildProcess>();
const scratch = mkdtempSync(join(tmpdir(), "zhijia-tests-"));
const server = process.env.ZHIJIA_TEST_DATABASE_URL ? null : await startTestServer();
const env = testEnvironment(server?.url ?? process.env.ZHIJIA_TEST_DATABASE_URL ?? "");

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, async () => {
    for (const child of running) child.kill("SIGKILL");
    await server?.stop();
    process.exit(1);
  });
}

const began = performance.now();
const queue = files.map((file, index) => ({ file, index }));
await Promise.all(
  Array.from({ length: CONCURRENCY }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      await runFile(next.file, next.index);
  }),
);
await server?.stop();
rmSync(scratch, { recursive: true, force: true });

if (files.length === 0) console.log("没有这样的测试文件 · no such test file");
console.log(`\n${files.length} files, ${((performance.now() - began) / 1000).toFixed(0)} s`);
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : "";
console.log(`${totals.passed} passed, ${totals.failed} failed${skipped}`);
process.exit(totals.failed > 0 || files.length === 0 ? 1 : 0);

/** Runs one file in a process of its own and prints a line for it, and all of what failed. */
async function runFile(file: string, index: number): Promise<void> {
  const start = performance.now();
  const report = join(scratch, `${index}.jsonl`);
  const child = spawn(
    process.execPath,
    [
      "--test-force-exit",
      `--test-reporter=${join(import.meta.dirname, "test-reporter.ts")}`,
      `--test-reporter-destination=${report}`,
      join(root, file),
    ],
    { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] },
  );
  running.add(child);
  const said: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  const late = setTimeout(() => child.kill("SIGKILL"), FILE_TIMEOUT_MS);
  const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>((done) => {
    child.on("close", (exitCode, exitSignal) => done({ code: exitCode, signal: exitSignal }));
  });
  clearTimeout(late);
  running.delete(child);

  const outcomes = readOutcomes(report);
  const failures = outcomes.filter((one) => one.outcome === "failed");
  if (failures.length === 0 && (code !== 0 || outcomes.length === 0)) {
    const why =
      signal === "SIGKILL" ? `did not end in ${FILE_TIMEOUT_MS / 1000} s` : `ended with ${signal ?? code}`;
    failures.push({ name: why, outcome: "failed", milliseconds: 0 });
    totals.failed += 1;
  }
  for (const { outcome } of outcomes) totals[outcome] += 1;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const passed = outcomes.filter((one) => one.outcome === "passed").length;
  console.log(`${failures.length === 0 ? "✓" : "✗"} ${file}  ${passed} in ${seconds} s`);
  for (const why of new Set(outcomes.map((one) => one.why))) if (why) console.log(`  skipped: ${why}`);
  for (const { name, error } of failures) console.log(`\n  ✗ ${name}\n${indented(error ?? "")}\n`);
  if (failures.length > 0 && said.length > 0) console.log(indented(Buffer.concat(said).toString().trimEnd()));
}

function readOutcomes(report: string): Outcome[] {
  try {
    const lines = readFileSync(report, "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Outcome);
  } catch {
    return []; // the process ended before it could report
  }
}

function indented(text: string): string {
  return text.replace(/^/gm, "    ");
}

/** The caller's settings must not reach the tests, save for where a Citus is at hand and the seed that repeats a run. */
function testEnvironment(url: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(ZHIJIA_(?!TEST_(?:CITUS_BIN|SEED)$)|DATABASE_|PG|SMTP_|SMS_|OIDC_|PORT$|HOST$|NODE_TEST_CONTEXT$)/.test(
        name,
      ),
  );
  return {
    ...Object.fromEntries(kept),
    ZHIJIA_TEST_DATABASE_URL: url,
    NODE_COMPILE_CACHE: join(scratch, "compiled"), // what one file has compiled, the next need not
    NO_COLOR: "1",
  };
}

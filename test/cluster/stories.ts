import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { urlOf } from "../several/processes.ts";
import { startCluster } from "./cluster.ts";

const root = join(import.meta.dirname, "../..");

/** Runs a test file as `npm test` does, unchanged, on a database that lies on several servers; all of it must pass. */
export async function passesOnCluster(file: string): Promise<void> {
  const cluster = await startCluster();
  try {
    const child = spawn(process.execPath, [join(root, "scripts/test.ts"), file], {
      cwd: root,
      env: { ...process.env, ZHIJIA_TEST_DATABASE_URL: urlOf(cluster.coordinator.connection) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stdout.on("data", (chunk) => (said += chunk));
    child.stderr.on("data", (chunk) => (said += chunk));
    await new Promise((done) => child.on("close", done));
    assert.match(said, /[1-9]\d* passed, 0 failed\s*$/);
  } finally {
    await cluster.stop();
  }
}

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { urlOf } from "../several/processes.ts";
import { type Cluster, noCluster, startCluster } from "./cluster.ts";

/** Stories of the program, run unchanged on a database that lies on several servers. */

let cluster: Cluster;
before(async () => {
  if (noCluster === false) cluster = await startCluster();
});
after(() => cluster?.stop());

const root = join(import.meta.dirname, "../..");

/** Runs a test file as `npm test` does, on the cluster; what it said. */
async function run(file: string): Promise<string> {
  const child = spawn(process.execPath, [join(root, "scripts/test.ts"), file], {
    cwd: root,
    env: { ...process.env, ZHIJIA_TEST_DATABASE_URL: urlOf(cluster.coordinator.connection) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (chunk) => (said += chunk));
  child.stderr.on("data", (chunk) => (said += chunk));
  await new Promise((done) => child.on("close", done));
  return said;
}

test("a household goes from its application to the payment", { skip: noCluster }, async () => {
  assert.match(await run("test/stories/household"), /[1-9]\d* passed, 0 failed\s*$/);
});

test("a worker on file moves to another district", { skip: noCluster }, async () => {
  assert.match(await run("test/stories/moving"), /[1-9]\d* passed, 0 failed\s*$/);
});

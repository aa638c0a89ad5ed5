import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { isAlive, waitUntil } from "../src/db/orphan.ts";

/** The program as somebody runs it: started, stopped, killed and started again, through bin/zhijia.js. */

const program = join(import.meta.dirname, "../bin/zhijia.js");
let folder: string;
let port: number;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "zhijia-start-"));
  port = await freePort();
});
after(() => rmSync(folder, { recursive: true, force: true }));

type Run = { child: ChildProcess; said: () => string; ended: Promise<number | null> };

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}, node: string = process.execPath): Run {
  const settings = {
    ZHIJIA_DATA: join(folder, "data"),
    ZHIJIA_DEMO: "off",
    ZHIJIA_FACES: "off",
    PORT: String(port),
  };
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(node, [program, ...args], {
    env: { PATH, HOME, TMPDIR, ...settings, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (chunk) => (said += chunk));
  child.stderr.on("data", (chunk) => (said += chunk));
  const ended = new Promise<number | null>((done) => child.on("close", done));
  return { child, said: () => said, ended };
}

async function started(env: NodeJS.ProcessEnv = {}, node?: string): Promise<Run> {
  const one = run(["serve"], env, node);
  const up = await waitUntil(
    () => one.said().includes("Zhijia is ready") || one.child.exitCode !== null,
    60_000,
  );
  assert.ok(up && one.child.exitCode === null, one.said());
  return one;
}

const answers = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/readyz`)).status;

/** The process of the embedded server. */
const serverOf = (): number =>
  Number(readFileSync(join(folder, "data", "pg", "postmaster.pid"), "utf8").split("\n")[0]);

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("an empty folder becomes a running installation, and SIGTERM ends it in order", async () => {
  const one = await started();
  assert.equal(await answers(), 200);
  assert.match(one.said(), new RegExp(`http://127.0.0.1:${port}/`));
  const server = serverOf();
  one.child.kill("SIGTERM");
  assert.equal(await one.ended, 0, one.said());
  assert.equal(isAlive(server), false);
});

test("a second instance on the folder, and a taken port, are refused with what to do", async () => {
  const first = await started();
  const second = run(["serve"], { PORT: "0" });
  assert.equal(await second.ended, 1);
  assert.match(second.said(), /另一个职家[\s\S]*Another Zhijia[\s\S]*ZHIJIA_DATA/);
  const third = run(["serve"], { ZHIJIA_DATA: join(folder, "other") });
  assert.equal(await third.ended, 1);
  assert.match(third.said(), new RegExp(`端口 ${port} [\\s\\S]*PORT=${port + 1} npm start`));
  assert.equal(existsSync(join(folder, "other", "zhijia.lock")), false);
  assert.equal(await answers(), 200);

  const joined = run(["serve", "--join"], { PORT: "0" });
  await waitUntil(() => joined.said().includes("Zhijia is ready") || joined.child.exitCode !== null, 60_000);
  const there = /http:\/\/[^/\s]+/.exec(joined.said())?.[0];
  assert.equal((await fetch(`${there}/readyz`)).status, 200, joined.said());
  joined.child.kill("SIGTERM");
  assert.equal(await joined.ended, 0, joined.said());

  const backup = run(["backup", join(folder, "beside.zhijia")]);
  assert.equal(await backup.ended, 0, backup.said());
  const doctor = run(["doctor"]);
  assert.equal(await doctor.ended, 0, doctor.said());
  assert.match(doctor.said(), /正在运行[\s\S]*is running/);
  first.child.kill("SIGTERM");
  await first.ended;
});

test("after kill -9 of the program, and of its database, it starts again", async () => {
  const first = await started();
  const orphan = serverOf();
  first.child.kill("SIGKILL");
  await first.ended;
  assert.equal(isAlive(orphan), true);
  const second = await started();
  assert.equal(isAlive(orphan), false);
  process.kill(serverOf(), "SIGKILL");
  await waitUntil(() => false, 50);
  const recovered = async (): Promise<boolean> => (await answers().catch(() => 0)) === 200;
  // As long as a start may take: a busy machine is slow to bring a killed database back.
  const patience = Date.now() + 60_000;
  while (Date.now() < patience && !(await recovered())) await waitUntil(() => false, 50);
  assert.equal(await answers().catch(() => 0), 200, second.said());
  second.child.kill("SIGTERM");
  assert.equal(await second.ended, 0, second.said());
});

test("wrong settings and unknown commands end with 2, and say so in both languages", async () => {
  const wrong = run(["serve"], { PORT: "eighty" });
  assert.equal(await wrong.ended, 2);
  assert.match(wrong.said(), /PORT: .*端口[\s\S]*The environment is wrong/);
  const unknown = run(["sevre"]);
  assert.equal(await unknown.ended, 2);
  assert.match(unknown.said(), /没有这个命令[\s\S]*No such command/);
  const usage = run(["backup"]);
  assert.equal(await usage.ended, 2);
  const help = run(["help"]);
  assert.equal(await help.ended, 0);
  for (const command of ["serve", "migrate", "doctor", "backup", "restore"])
    assert.match(help.said(), new RegExp(`  ${command} `));
});

test("a backup restored into a fresh folder runs by itself", async () => {
  const env = { ZHIJIA_DATA: join(folder, "restored") };
  const restored = run(["restore", join(folder, "beside.zhijia")], env);
  assert.equal(await restored.ended, 0, restored.said());
  assert.equal(
    readFileSync(join(folder, "restored", "keys"), "utf8"),
    readFileSync(join(folder, "data", "keys"), "utf8"),
  );
  const one = await started(env);
  assert.equal(await answers(), 200);
  one.child.kill("SIGTERM");
  assert.equal(await one.ended, 0);
});

test("a database whose keyring is lost or another one is not opened", async () => {
  const { writeKeys } = await import("../src/db/keys.ts");
  const { newKeyring } = await import("../src/kernel/seal.ts");
  const data = join(folder, "restored");
  rmSync(join(data, "keys"));
  const without = run(["serve"], { ZHIJIA_DATA: data });
  assert.equal(await without.ended, 1);
  assert.match(without.said(), /找不到密钥[\s\S]*keyring is missing/);
  writeKeys(data, newKeyring());
  const other = run(["serve"], { ZHIJIA_DATA: data });
  assert.equal(await other.ended, 1);
  assert.match(other.said(), /密钥与数据库不符[\s\S]*does not belong/);
});

test("dev opens its pages where PORT says", async () => {
  const one = run(["dev"], { ZHIJIA_DATA: join(folder, "dev") });
  try {
    const opened = () =>
      fetch(`http://localhost:${port}/o/`).then(
        (answer) => answer.ok,
        () => false,
      );
    const until = Date.now() + 60_000;
    let there = await opened();
    while (!there && Date.now() < until) {
      await new Promise((done) => setTimeout(done, 200));
      there = await opened();
    }
    assert.ok(there, one.said());
    assert.ok(one.said().includes(`http://localhost:${port}/o`));
  } finally {
    one.child.kill("SIGTERM");
  }
  await one.ended;
});

const older = olderNode();
test("under an older Node the packaged one takes over, and ends when its starter is killed", {
  skip: older === null,
}, async () => {
  const one = await started({}, older ?? "");
  const server = serverOf();
  one.child.kill("SIGKILL");
  assert.equal(await waitUntil(() => !isAlive(server), 20_000), true);
});

/** Another Node on this machine, from 20 on and before 24. */
function olderNode(): string | null {
  for (const place of (process.env.PATH ?? "").split(delimiter)) {
    const node = join(place, "node");
    if (!existsSync(node)) continue;
    const version = Number(
      execFileSync(node, ["-p", "process.versions.node.split('.')[0]"], { encoding: "utf8" }),
    );
    if (version >= 20 && version < 24) return node;
  }
  return null;
}

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { systemCode } from "../../src/db/trouble.ts";
import { newId } from "../../src/kernel/ids.ts";
import { type Answer, site, until } from "./program.ts";
import { cast, eachOnce, write } from "./writers.ts";

/** The disk under the database fills up. A small disk of our own can be had by root on Linux; elsewhere this is skipped. */

const disk = mkdtempSync(join(tmpdir(), "zhijia-disk-"));
const mounted =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  spawnSync("mount", ["-t", "tmpfs", "-o", "size=400m,mode=755", "tmpfs", disk]).status === 0;
const skip = mounted ? false : "no disk of a given size can be mounted here";
const s = await site(join(disk, "site"));
after(() => {
  if (mounted) spawnSync("umount", ["-l", disk]);
  rmSync(disk, { recursive: true, force: true });
});

const ballast = join(disk, "ballast");
const freeBytes = () => {
  const { bavail, bsize } = statfsSync(disk);
  return bavail * bsize;
};
/** Fills the disk until so many bytes are left; to the last one when others take some meanwhile. */
function fillUntil(left: number): void {
  try {
    writeFileSync(ballast, Buffer.alloc(Math.max(0, freeBytes() - left)));
  } catch (error) {
    assert.equal(systemCode(error), "ENOSPC");
  }
}

function refused(answer: Answer): void {
  assert.equal(answer.status, 507, JSON.stringify(answer.body));
  assert.equal(answer.body.code, "disk-full");
  assert.match(answer.body.detail, /磁盘已满.*以前保存的内容都在/);
  assert.ok(Number(answer.headers.get("retry-after")) > 0);
}

/** A paper of some size, as a phone sends it. */
function paper(bytes: number): FormData {
  const form = new FormData();
  const text = Array.from({ length: bytes / 40 }, () => newId()).join("\n");
  form.set("file", new Blob([`%PDF-1.4\n${text}\n%%EOF`], { type: "application/pdf" }), "证明.pdf");
  return form;
}

test("a disk that fills up refuses what is new in both languages, keeps what was saved, and recovers", {
  skip,
}, async () => {
  const program = await s.serve();
  const writers = await cast(s);
  await write(writers, 40);
  const worker = await s.signIn("13900000002", { code: "123456" });
  const draft = () => s.answered("PUT", "/api/drafts/hardship-file", { answers: { story: newId() } }, worker);

  // The reserve is touched: refused before anything breaks. Reading and signing in go on.
  fillUntil(48 * 2 ** 20);
  await until("refused", async () => (await draft()).status === 507);
  refused(await draft());
  const english = await fetch(`http://127.0.0.1:${s.port}/api/cases`, {
    method: "POST",
    headers: { "accept-language": "en", "content-type": "application/json", cookie: worker },
    body: "{}",
  });
  assert.match((await english.json()).detail, /disk is full.*before is there/);
  assert.equal((await s.answered("GET", "/api/me", undefined, worker)).status, 200);
  assert.equal((await s.answered("GET", "/readyz")).body.disk, "full");
  await s.signIn("13900000003", { code: "123456" });
  rmSync(ballast);
  await until("room", async () => (await draft()).status < 300);

  // Filled to the last byte in the midst of writing, before anybody could look.
  const writing = write(writers, 400);
  await pause(100);
  fillUntil(0);
  const papers = await Promise.all(
    Array.from({ length: 4 }, () => s.answered("POST", "/api/papers", paper(8_000_000), worker)),
  );
  for (const one of papers)
    assert.ok([503, 507].includes(one.status), `${one.status} ${JSON.stringify(one.body)}`);
  await writing;
  assert.equal(program.child.exitCode, null, program.said());
  assert.equal((await s.answered("GET", "/healthz")).status, 200);
  const backup = await s.done(["backup", join(disk, "backup.zhijia")], {}, 1);
  assert.match(backup, /磁盘已满|连接不上|database/);
  assert.deepEqual(
    readdirSync(disk).filter((name) => name.startsWith("backup")),
    [],
  );

  rmSync(ballast);
  await until("ready", async () => (await s.answered("GET", "/readyz")).status === 200);
  await until("room", async () => (await draft()).status < 300);
  await write(writers, 40);
  await eachOnce(s, writers, "after the disk was full");
  assert.match(await s.done(["verify"]), /everything agrees/);
  program.child.kill("SIGTERM");
  assert.equal(await program.ended, 0);
});

test("a log that cannot be written costs its lines, never the program", {
  skip: !existsSync("/dev/full") && "no /dev/full here",
}, async () => {
  const full = openSync("/dev/full", "w");
  const program = s.run(["serve"], { env: { ZHIJIA_LOG: "debug" }, stdout: full });
  await until("ready", async () => (await s.answered("GET", "/readyz")).status === 200);
  for (let i = 0; i < 20; i++) assert.equal((await s.answered("GET", "/api/public/notices")).status, 200);
  program.child.kill("SIGTERM");
  assert.equal(await program.ended, 0);
});

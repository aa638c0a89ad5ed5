import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { dayInShanghai } from "../../src/kernel/day.ts";
import { newId } from "../../src/kernel/ids.ts";
import { freePort, type Process, site, until } from "./program.ts";

/** Clients that are slow or gone, and processes whose clock is wrong, beside others who are served all the while. */

const s = await site();
let program: Process;
let worker = "";
before(async () => {
  program = await s.serve();
  worker = await s.signIn("13900000002", { code: "123456" });
});

/** A bare connection that says something. `closed` once the server has let it go. */
function line(said: string): { readonly socket: Socket; heard: string; closed: boolean } {
  const socket = connect(s.port, "127.0.0.1");
  const one = { socket, heard: "", closed: false };
  socket.on("data", (bytes) => (one.heard += bytes));
  socket.on("close", () => (one.closed = true));
  socket.on("error", () => {});
  socket.write(said);
  return one;
}

/** Memory a process holds, in MiB; 0 where the system does not say. */
function memoryOf(pid: number): number {
  const path = `/proc/${pid}/statm`;
  return existsSync(path) ? (Number(readFileSync(path, "utf8").split(" ")[1]) * 4096) / 2 ** 20 : 0;
}

test("clients that dawdle are let go, and others are served meanwhile", async () => {
  const headers = Array.from({ length: 300 }, () => line("GET /api/me HTTP/1.1\r\nhost: x\r\n"));
  const trickle = setInterval(() => {
    for (const [n, { socket, closed }] of headers.entries()) if (!closed) socket.write(`x-${n}: 1\r\n`);
  }, 1000);
  const bodies = Array.from({ length: 100 }, () =>
    line(
      `POST /api/cases HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncookie: ${worker}\r\ncontent-length: 900000\r\n\r\n{`,
    ),
  );
  const mute = Array.from({ length: 100 }, () => line(""));

  // Readers of live events that do not read: what they are owed stays bounded while much happens.
  const readers = Array.from({ length: 20 }, () => {
    const one = line(`GET /api/events HTTP/1.1\r\nhost: x\r\ncookie: ${worker}\r\n\r\n`);
    one.socket.once("data", () => one.socket.pause());
    return one;
  });
  await until("streams stand", async () => readers.every(({ heard }) => heard.includes("200 OK")));
  const pid = program.child.pid ?? 0;
  const heldBefore = memoryOf(pid);
  await s.looking(async (db) => {
    const data = JSON.stringify({ event: "day", to: "all", data: { today: `#${"x".repeat(7000)}` } });
    await db.query(
      "select pg_notify('zhijia_event', replace($1, '#', n::text)) from generate_series(1, 2500) as n",
      [data],
    );
  });
  let slowest = 0;
  for (let n = 0; n < 30; n++) {
    const began = performance.now();
    const answer = await s.answered(
      "PUT",
      "/api/drafts/hardship-file",
      { answers: { story: newId() } },
      worker,
    );
    assert.ok(answer.status < 300, JSON.stringify(answer.body));
    slowest = Math.max(slowest, performance.now() - began);
    await pause(50);
  }
  assert.ok(slowest < 20_000, `others waited ${slowest} ms`);
  await until("readers that do not read are let go", async () =>
    String((await s.answered("GET", "/metrics")).body).includes("zhijia_event_streams 0\n"),
  );
  assert.ok(memoryOf(pid) - heldBefore < 200, "what slow readers are owed fills the memory");

  await until("slow headers are let go", async () => headers.every(({ closed }) => closed));
  clearInterval(trickle);
  assert.match(headers[0]!.heard, /^HTTP\/1\.1 408/);
  for (const { socket } of [...bodies, ...mute, ...readers]) socket.destroy();
  assert.equal((await s.answered("GET", "/readyz")).status, 200);
});

test("uploads held at once are bounded: further ones are asked to come back, and have room when others are gone", async () => {
  const form = '--b\r\ncontent-disposition: form-data; name="file"; filename="f.pdf"\r\n\r\n';
  const most = Buffer.alloc(19 * 2 ** 20);
  const upload = async () => {
    const body = new FormData();
    body.set("file", new Blob(["%PDF-1.7\n%%EOF\n"], { type: "application/pdf" }), "f.pdf");
    return (await s.answered("POST", "/api/papers", body, worker)).status;
  };
  // Fifteen that come nearly whole and then say no more: beyond 256 MiB together.
  const held = Array.from({ length: 15 }, () => {
    const one = line(
      `POST /api/papers HTTP/1.1\r\nhost: x\r\ncookie: ${worker}\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: ${20 * 2 ** 20}\r\n\r\n${form}`,
    );
    one.socket.write(most);
    return one;
  });
  await until("no more are taken", async () => (await upload()) === 503);
  assert.equal((await s.answered("GET", "/api/me", undefined, worker)).status, 200);
  for (const { socket } of held) socket.destroy();
  await until("there is room again", async () => (await upload()) === 201);
});

test("a large file is read as slowly as anybody likes: it holds no connection to the database, and no memory", async () => {
  const bytes = Buffer.concat([
    Buffer.from("%PDF-1.7\n"),
    Buffer.alloc(15 * 2 ** 20, 0x20),
    Buffer.from("%%EOF\n"),
  ]);
  const body = new FormData();
  body.set("file", new Blob([bytes], { type: "application/pdf" }), "large.pdf");
  const kept = await s.answered("POST", "/api/papers", body, worker);
  assert.equal(kept.status, 201, JSON.stringify(kept.body));
  const { id } = kept.body as { id: string };
  const pid = program.child.pid ?? 0;
  const heldBefore = memoryOf(pid);
  // More than there are connections to the database, and all of them stop reading after the first piece.
  const readers = Array.from({ length: 40 }, () => {
    const one = line(`GET /api/papers/${id} HTTP/1.1\r\nhost: x\r\ncookie: ${worker}\r\n\r\n`);
    one.socket.once("data", () => one.socket.pause());
    return one;
  });
  await until("all have begun", async () => readers.every(({ heard }) => heard.includes("200 OK")));
  for (let n = 0; n < 20; n++) {
    const answers = { story: newId() };
    const answer = await s.answered("PUT", "/api/drafts/hardship-file", { answers }, worker);
    assert.ok(answer.status < 300, JSON.stringify(answer.body));
  }
  assert.ok(
    readers.every(({ heard }) => heard.length < bytes.length),
    "nobody has all of it",
  );
  assert.ok(memoryOf(pid) - heldBefore < 300, `${memoryOf(pid) - heldBefore} MiB for who does not read`);
  const last = readers.pop()!;
  last.socket.resume();
  await until("one who goes on has all of it", async () => last.heard.length > bytes.length);
  assert.ok(last.heard.includes("%%EOF"));
  for (const { socket } of [...readers, last]) socket.destroy();
});

test("bodies and headers beyond their bounds are refused and cost nothing", async () => {
  const big = await s.answered(
    "POST",
    "/api/cases",
    { id: newId(), service: "x", answers: { t: "x".repeat(2_000_000) } },
    worker,
  );
  assert.ok(big.status === 413 || big.status === 0, String(big.status));
  const wide = line(`GET /api/me HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(40_000)}\r\n\r\n`);
  await until("answered", async () => wide.closed);
  assert.match(wide.heard, /^HTTP\/1\.1 431/);
});

test("a process whose clock is wrong says so, takes no requests from a proxy, and moves no day back", async () => {
  const shim = join(import.meta.dirname, "shifted.js");
  const today = dayInShanghai(new Date());
  const at = async (shiftMs: number, args: readonly string[] = []) => {
    const port = await freePort();
    const env = {
      ...s.beside(),
      NODE_OPTIONS: `--import=${shim}`,
      ZHIJIA_TEST_SHIFT_MS: String(shiftMs),
      PORT: String(port),
    };
    return { env, port, one: await s.serve(args, env) };
  };
  const behind = await at(-3 * 86_400_000);
  const ready = await s.answered("GET", "/readyz", undefined, "", behind.port);
  assert.equal(ready.status, 503);
  assert.equal(ready.body.status, "clock-differs");
  assert.ok(Math.abs(ready.body.skewSeconds + 3 * 86_400) < 60);
  assert.match(behind.one.said(), /clock differs from the database's/);
  const me = await s.answered("GET", "/api/me", undefined, worker, behind.port);
  assert.equal(me.body.installation.today, today, "the day the installation has begun stays begun");
  const examined = await s.done(["doctor"], behind.env, 1);
  assert.match(examined, /本机时钟比数据库慢 2592\d\d 秒/);

  const ahead = await at(5 * 86_400_000);
  const ticked = () =>
    s.looking(async (db) => (await db.query("select day_ticked::text as day from installation")).rows[0].day);
  await pause(1500);
  assert.equal(await ticked(), today, "no day is begun by a clock that differs from the database's");
  const session = await s.answered("GET", "/api/me", undefined, worker, ahead.port);
  assert.equal(session.status, 200, "a worker's session lasts longer than the jump");
  for (const { one } of [behind, ahead]) {
    one.child.kill("SIGTERM");
    assert.equal(await one.ended, 0);
  }
  assert.equal((await s.answered("GET", "/api/me", undefined, worker)).status, 200);
  assert.match(await s.done(["verify"]), /everything agrees/);
});

import assert from "node:assert/strict";
import { Agent, createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { waitUntil } from "../../src/db/orphan.ts";
import { listen, type Process, several, signIn } from "./processes.ts";

/** Processes are restarted one after another behind a proxy, and nobody who works notices. */

const s = several();
const backends: { process: Process; ready: boolean }[] = [];
const agent = new Agent({ keepAlive: true });
let proxy: Server;
let front: string;
let checking = true;
let turn = 0;

before(async () => {
  for (const process of await Promise.all([web(), web()])) backends.push({ process, ready: true });
  proxy = createServer((asked, answer) => {
    const backend = next();
    if (backend === undefined) return void answer.writeHead(502).end();
    const { url: path = "/", method, headers } = asked;
    const passed = request(`${backend.process.url}${path}`, { method, headers, agent }, (got) => {
      const { connection: _, ...kept } = got.headers;
      answer.writeHead(got.statusCode ?? 502, kept);
      got.pipe(answer);
      got.on("error", () => answer.destroy());
    });
    passed.on("error", () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
    asked.pipe(passed);
  });
  await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
  front = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  void check();
});
after(() => {
  checking = false;
  agent.destroy();
  proxy?.closeAllConnections();
  proxy?.close();
});

function web(): Promise<Process> {
  return s.start(["--roles=web"], { ZHIJIA_DRAIN_SECONDS: "3" });
}

/** What a proxy does: asks each whether it is ready, and turns to those that are, one after another. */
async function check(): Promise<void> {
  while (checking) {
    for (const one of [...backends]) one.ready = (await statusOf(one.process, "/readyz")) === 200;
    await pause(50);
  }
}

function next(): (typeof backends)[number] | undefined {
  const ready = backends.filter((one) => one.ready);
  return ready[turn++ % ready.length];
}

async function statusOf({ url }: Process, path: string): Promise<number> {
  return fetch(url + path).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.status;
    },
    () => 0,
  );
}

test("a rolling restart fails no request and ends every stream well", async () => {
  const officer = await signIn(front, "chair.county");
  let working = true;
  let answered = 0;
  const failed: string[] = [];
  const work = async (each: (round: number) => Promise<{ status: number }>): Promise<void> => {
    for (let round = 0; working; round++) {
      const { status } = await each(round).catch((error: unknown) => ({ status: -1, error }));
      if (status === 200) answered++;
      else failed.push(`${status} in round ${round}`);
      await pause(5);
    }
  };
  const workers = [
    work(() => officer.get(`${front}/api/members`)),
    work(() => officer.get(`${front}/api/inbox`)),
    work(() => officer.get(`${front}/api/policies`)),
    work((round) => officer.send("PUT", `${front}/api/me`, { largeType: round % 2 === 0 })),
  ];
  for (const one of [...backends]) {
    const { process } = one;
    const stream = listen(process.url, officer.cookie);
    await stream.until(/event: open/);
    const began = answered;
    process.child.kill("SIGTERM");
    // Not ready at once, yet still answering whoever comes, and asking them to come elsewhere next time.
    assert.ok(await waitUntil(() => !one.ready, 5000));
    const late = await officer.get(`${process.url}/api/me`);
    assert.equal(late.status, 200);
    assert.equal(late.headers.get("connection"), "close");
    assert.equal(await process.ended, 0, process.said());
    assert.match(await stream.ended, /retry: \d+\n\n$/);
    assert.ok(answered > began);
    const fresh = await web();
    backends.splice(backends.indexOf(one), 1, { process: fresh, ready: false });
    assert.ok(await waitUntil(() => backends.every(({ ready }) => ready), 10_000));
    await waitUntil(() => answered > began + 40, 10_000);
  }
  working = false;
  await Promise.all(workers);
  assert.deepEqual(failed, []);
});

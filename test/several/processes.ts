import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import type pg from "pg";
import { waitUntil } from "../../src/db/orphan.ts";
import { type TestDatabase, withDatabase } from "../../src/db/testing.ts";
import { trialPassword } from "../../src/demo/federation.ts";
import { foundFederation, foundPeople } from "../../src/demo/found.ts";
import { newKeyring, parseKeyring } from "../../src/kernel/seal.ts";

/** One database, and as many processes of the program on it as a test starts: each as somebody runs it. */
export interface Several {
  readonly database: TestDatabase;
  /** For a file's own hooks: resolves once the federation stands. */
  readonly founded: () => Promise<void>;
  /** What every process is set to beside what a test adds. */
  readonly settings: Readonly<Record<string, string>>;
  readonly start: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Process>;
}

/** A running process. */
export interface Process {
  readonly child: ChildProcess;
  /** Where it listens; empty for a pure worker. */
  readonly url: string;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
  /** Sends SIGTERM and waits for the exit code. */
  readonly stop: () => Promise<number | null>;
}

const program = join(import.meta.dirname, "../../bin/zhijia.js");

/** A fictitious federation in a database of its own. */
export function several(
  options: { readonly lives?: boolean; readonly server?: () => Promise<pg.ClientConfig> } = {},
): Several {
  const database = withDatabase({ max: 10, ...(options.server && { server: options.server }) });
  const key = newKeyring();
  const folder = mkdtempSync(join(tmpdir(), "zhijia-several-"));
  const running = new Set<Process>();
  const standing = Promise.withResolvers<void>();
  before(async () => {
    await database.standing();
    const ring = parseKeyring(key);
    const now = new Date();
    await database.db.system(async (tx) => {
      if (options.lives) await foundFederation(tx, ring, now);
      else await foundPeople(tx, ring, now);
    });
    standing.resolve();
  });
  after(async () => {
    for (const one of running) one.child.kill("SIGKILL");
    await Promise.all([...running].map((one) => one.ended));
    rmSync(folder, { recursive: true, force: true });
  });
  const settings = {
    ZHIJIA_DATA: folder,
    ZHIJIA_KEY: key,
    ZHIJIA_FACES: "off",
    ZHIJIA_LOG: "warn",
    PORT: "0",
  };
  return {
    database,
    settings,
    founded: () => standing.promise,
    async start(args, env = {}) {
      await standing.promise;
      const one = run(args, { ...settings, DATABASE_URL: urlOf(database.connection), ...env });
      running.add(one);
      void one.ended.then(() => running.delete(one));
      const said = /Zhijia is running jobs|Zhijia is ready[^\n]*\n {2}(http:\/\/[^/\s]+)\//;
      await waitUntil(() => said.test(one.said()) || one.child.exitCode !== null, 60_000);
      const found = said.exec(one.said());
      assert.ok(found && one.child.exitCode === null, one.said());
      return Object.assign(one, { url: found[1] ?? "" });
    },
  };
}

function run(args: readonly string[], settings: Readonly<Record<string, string>>): Process {
  const { PATH, HOME, TMPDIR } = process.env;
  const child = spawn(process.execPath, [program, "serve", ...args], {
    env: { PATH, HOME, TMPDIR, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (chunk) => (said += chunk));
  child.stderr.on("data", (chunk) => (said += chunk));
  const ended = new Promise<number | null>((done) => child.on("close", done));
  const stop = (): Promise<number | null> => {
    child.kill("SIGTERM");
    return ended;
  };
  return { child, url: "", said: () => said, ended, stop };
}

/** A port nobody listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A connection as a URL. */
export function urlOf({ host, port, user, password, database }: pg.ClientConfig): string {
  const login = [user, password].map((part) => encodeURIComponent(String(part ?? ""))).join(":");
  const server = host?.startsWith("/")
    ? `localhost:${port}/${database}?host=${encodeURIComponent(host)}`
    : `${host}:${port}/${database}`;
  return `postgresql://${login}@${server}`;
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers freely.
  readonly body: any;
  readonly headers: Headers;
}

/** Somebody signed in, who may turn to any process. */
export interface Guest {
  readonly cookie: string;
  readonly get: (url: string) => Promise<Answer>;
  readonly send: (method: "POST" | "PUT" | "DELETE", url: string, body?: object) => Promise<Answer>;
}

/** Signs an officer in, or a worker by phone. */
export async function signIn(url: string, login: string): Promise<Guest> {
  const nobody = guest("");
  const phone = /^1\d{10}$/.test(login);
  if (phone) await nobody.send("POST", `${url}/api/session/code`, { phone: login });
  const answer = await nobody.send(
    "POST",
    `${url}/api/session`,
    phone ? { login, code: "123456" } : { login, password: trialPassword, code: "000000" },
  );
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return guest(
    answer.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; "),
  );
}

function guest(cookie: string): Guest {
  const send = async (method: string, url: string, body?: object): Promise<Answer> => {
    const answer = await fetch(url, {
      method,
      headers: { ...(cookie && { cookie }), ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get("content-type") ?? "");
    return {
      status: answer.status,
      body: isJson && text !== "" ? JSON.parse(text) : text,
      headers: answer.headers,
    };
  };
  return { cookie, get: (url) => send("GET", url), send };
}

/** An open stream of live events. */
export interface Events {
  /** The first event from now or before that matches; fails when the stream ends before. */
  readonly until: (wanted: RegExp) => Promise<string>;
  /** Everything heard, once the stream has ended. */
  readonly ended: Promise<string>;
}

export function listen(url: string, cookie: string): Events {
  let heard = "";
  let over = false;
  let wake = (): void => {};
  const asked = request(`${url}/api/events`, { headers: { cookie } }, (answer) => {
    answer.setEncoding("utf8");
    answer.on("data", (chunk: string) => {
      heard += chunk;
      wake();
    });
    answer.on("close", () => {
      over = true;
      wake();
      done(heard);
    });
  });
  let done: (heard: string) => void = () => {};
  const ended = new Promise<string>((resolve) => {
    done = resolve;
  });
  asked.on("error", () => done(heard));
  asked.end();
  return {
    ended,
    async until(wanted) {
      for (;;) {
        const hit = wanted.exec(heard);
        if (hit) return hit[0];
        assert.ok(!over, `the stream ended before ${wanted}: ${heard}`);
        await new Promise<void>((next) => {
          wake = next;
        });
      }
    },
  };
}

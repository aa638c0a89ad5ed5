import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { attachEmbedded } from "../../src/db/embedded.ts";
import { serverPid, stopServer, waitUntil } from "../../src/db/orphan.ts";
import { trialPassword } from "../../src/demo/federation.ts";

/** The program as somebody runs it, on a fictitious federation in a folder of its own, to be hurt from outside. */

const command = join(import.meta.dirname, "../../bin/zhijia.js");

export interface Process {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

export interface Answer {
  /** 0: none came. */
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: read as outsiders read it.
  readonly body: any;
  readonly headers: Headers;
  readonly cookie: string;
}

export interface Site {
  readonly folder: string;
  readonly port: number;
  /** A command of the program. `env` goes over the folder's own settings; `stdout` may be a file's descriptor. */
  run(args: readonly string[], options?: { env?: NodeJS.ProcessEnv; stdout?: number }): Process;
  /** The same, waited for; fails unless it ends with `code`. Returns what it said. */
  done(args: readonly string[], env?: NodeJS.ProcessEnv, code?: number): Promise<string>;
  /** Starts a server and waits until it is ready. */
  serve(args?: readonly string[], env?: NodeJS.ProcessEnv): Promise<Process>;
  /** One request to this site, or to the port of another process of it. */
  answered(
    method: string,
    url: string,
    body?: unknown,
    cookie?: string,
    port?: number,
    patienceMs?: number,
  ): Promise<Answer>;
  signIn(login: string, more: Readonly<Record<string, unknown>>): Promise<string>;
  officer(login: string): Promise<string>;
  /** Looks straight into the embedded database, past the program. */
  looking<T>(work: (db: pg.Client) => Promise<T>): Promise<T>;
  /** Settings with which a further process works on the embedded database. `at` leads through a proxy instead. */
  beside(at?: { readonly port: number }): NodeJS.ProcessEnv;
  databasePid(): number | null;
  /** The embedded database's superuser. */
  login(): pg.ClientConfig;
}

/** A site for one test file, its leftovers ended and removed after it. */
export async function site(folder = mkdtempSync(join(tmpdir(), "zhijia-fault-"))): Promise<Site> {
  const port = await freePort();
  const running = new Set<Process>();
  after(async () => {
    for (const one of running) one.child.kill("SIGKILL");
    await Promise.all([...running].map((one) => one.ended));
    const left = serverPid(join(folder, "data", "pg"));
    if (left !== null) await stopServer(left);
    rmSync(folder, { recursive: true, force: true });
  });

  const made: Site = {
    folder,
    port,
    run(args, { env, stdout } = {}) {
      const { PATH, HOME, TMPDIR } = process.env;
      const child = spawn(process.execPath, [command, ...args], {
        env: {
          ...{ PATH, HOME, TMPDIR },
          ...{
            ZHIJIA_DATA: join(folder, "data"),
            ZHIJIA_FACES: "off",
            ZHIJIA_LOG: "warn",
            PORT: String(port),
          },
          ...env,
        },
        stdio: ["ignore", stdout ?? "pipe", "pipe"],
      });
      let said = "";
      child.stdout?.on("data", (chunk) => (said += chunk));
      child.stderr?.on("data", (chunk) => (said += chunk));
      const ended = new Promise<number | null>((done) => child.on("close", done));
      const one = { child, said: () => said, ended };
      running.add(one);
      ended.then(() => running.delete(one));
      return one;
    },
    async done(args, env = {}, code = 0) {
      const one = made.run(args, { env });
      assert.equal(await one.ended, code, `${args.join(" ")}: ${one.said()}`);
      return one.said();
    },
    async serve(args = [], env = {}) {
      const one = made.run(["serve", ...args], { env });
      const ready = () => /Zhijia is (ready|running jobs)/.test(one.said());
      await waitUntil(() => ready() || one.child.exitCode !== null, 120_000);
      assert.ok(ready() && one.child.exitCode === null, one.said());
      return one;
    },
    async answered(method, url, body, cookie = "", at = port, patienceMs = 120_000) {
      try {
        const answer = await fetch(`http://127.0.0.1:${at}${url}`, {
          method,
          signal: AbortSignal.timeout(patienceMs),
          headers: {
            ...(!(body instanceof FormData) && { "content-type": "application/json" }),
            ...(cookie && { cookie }),
          },
          ...(body !== undefined && { body: body instanceof FormData ? body : JSON.stringify(body) }),
        });
        const text = await answer.text();
        const json = answer.headers.get("content-type")?.includes("json");
        return {
          status: answer.status,
          body: json && text ? JSON.parse(text) : text,
          headers: answer.headers,
          cookie: answer.headers
            .getSetCookie()
            .map((one) => one.split(";")[0])
            .join("; "),
        };
      } catch {
        return { status: 0, body: null, headers: new Headers(), cookie: "" };
      }
    },
    async signIn(login, more) {
      if (more.password === undefined) await made.answered("POST", "/api/session/code", { phone: login });
      const answer = await made.answered("POST", "/api/session", { login, ...more });
      assert.ok(answer.status < 300, `${login}: ${JSON.stringify(answer.body)}`);
      return answer.cookie;
    },
    officer: (login) => made.signIn(login, { password: trialPassword, code: "000000" }),
    login() {
      const login = attachEmbedded(join(folder, "data"));
      assert.ok(login, "no database runs");
      return login("superuser");
    },
    async looking(work) {
      const db = new pg.Client(made.login());
      db.on("error", () => {});
      await db.connect();
      try {
        return await work(db);
      } finally {
        await db.end();
      }
    },
    beside(at) {
      const login = attachEmbedded(join(folder, "data"));
      assert.ok(login, "no database runs");
      const url = (user: "app" | "owner") => {
        const { host, port: own, password, database, user: name } = login(user);
        return at === undefined
          ? `postgresql://${name}:${password}@localhost:${own}/${database}?host=${encodeURIComponent(String(host))}`
          : `postgresql://${name}:${password}@127.0.0.1:${at.port}/${database}`;
      };
      return {
        DATABASE_URL: url("app"),
        DATABASE_OWNER_URL: url("owner"),
        ZHIJIA_KEY: readFileSync(join(folder, "data", "keys"), "utf8").trim(),
      };
    },
    databasePid: () => serverPid(join(folder, "data", "pg")),
  };
  return made;
}

/** Asks until the answer is as wanted; fails when it is not within two minutes. */
export async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 120_000; !(await look()); ) {
    assert.ok(Date.now() < end, `never came: ${what}`);
    await pause(50);
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}

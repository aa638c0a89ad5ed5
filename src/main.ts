import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { ClientConfig } from "pg";
import { type Logger, pino } from "pino";
import { composeContext, found } from "./compose.ts";
import type { Config } from "./config.ts";
import { type Clock, openClock } from "./db/clock.ts";
import { attachEmbedded, type Embedded, startEmbedded } from "./db/embedded.ts";
import { openKeyring } from "./db/keys.ts";
import { folderHolder } from "./db/lock.ts";
import { migrate } from "./db/migrate.ts";
import { APP_ROLE, type Db, openDatabase, withRole } from "./db/pool.ts";
import { systemCode, Trouble } from "./db/trouble.ts";
import { buildServer } from "./http/server.ts";
import { migrateJobs } from "./jobs/index.ts";
import type { Keyring } from "./kernel/seal.ts";
import type { Text } from "./kernel/words.ts";

/** An installation, open for work: what every command and the server begin with. */
export type Installation = {
  readonly config: Config;
  readonly db: Db;
  readonly clock: Clock;
  readonly ring: Keyring;
  readonly log: Logger;
  /** Login of the schema's owner, for migration, backup and benches. */
  readonly owner: ClientConfig;
  /** Login and role of the running program, past pgbouncer: for the job worker. */
  readonly direct: ClientConfig;
  /** Whether this process started the embedded server, so that no other works on the database. */
  readonly alone: boolean;
  close(): Promise<void>;
};

export type OpenOptions = {
  /** Shown while the first start takes its time. */
  say?: (line: Text) => void;
  /** Whether a server another process runs on the data folder may be used; the program itself refuses instead. */
  attach?: boolean;
  onLost?: (trouble: Trouble) => void;
};

/** Opens the database (starting the embedded one), brings it up to date, and opens keys and clock. Throws `Trouble`. */
export async function openInstallation(config: Config, options: OpenOptions = {}): Promise<Installation> {
  const logins = await openLogins(config, options);
  const closing: (() => Promise<void>)[] = [logins.stop];
  const close = async (): Promise<void> => {
    for (const end of closing.toReversed()) await end();
  };
  try {
    let told = false;
    await migrate({
      owner: logins.owner,
      ownerRuns: logins.ownerRuns,
      after: migrateJobs,
      progress() {
        if (!told) options.say?.({ zh: "正在准备数据库", en: "preparing the database" });
        told = true;
      },
    });
    const pool = {
      connection: logins.app,
      role: logins.role,
      max: config.connections,
      pgbouncer: logins.pgbouncer,
    };
    const direct = withRole({ connection: logins.direct, role: logins.role });
    const db = openDatabase({ ...pool, direct });
    closing.push(db.close);
    const ring = await openKeyring(db, config.data, config.key, config.suite);
    const clock = await openClock(db);
    closing.push(clock.close);
    const log = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });
    return { config, db, clock, ring, log, owner: logins.owner, direct, alone: logins.alone, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Logins = {
  app: ClientConfig;
  owner: ClientConfig;
  direct: ClientConfig;
  /** Role taken on connections whose login is not the app's own. */
  role: string | null;
  ownerRuns: boolean;
  pgbouncer: boolean;
  alone: boolean;
  stop(): Promise<void>;
};

/** The three ways into the database: for running, for migrating, and past a proxy. */
export async function openLogins(config: Config, options: OpenOptions = {}): Promise<Logins> {
  if (config.database !== null) {
    const { app, owner, direct, ownerRuns, pgbouncer } = config.database;
    return { app, owner, direct, role: APP_ROLE, ownerRuns, pgbouncer, alone: false, async stop() {} };
  }
  const shared = options.attach === true ? attachEmbedded(config.data) : null;
  if (shared !== null && (await folderHolder(config.data)) !== null)
    return { ...embeddedLogins(shared), alone: false, async stop() {} };
  const server: Embedded = await startEmbedded({
    folder: config.data,
    ...(options.onLost === undefined ? {} : { onLost: options.onLost }),
  });
  return { ...embeddedLogins(server.login), alone: true, stop: server.stop };
}

function embeddedLogins(login: Embedded["login"]): Omit<Logins, "alone" | "stop"> {
  const app = login("app");
  return { app, owner: login("owner"), direct: app, role: null, ownerRuns: false, pgbouncer: false };
}

/** A running program. */
export type Running = {
  /** Where it listens, or null for a pure worker. */
  readonly url: string | null;
  /** Whether it holds the fictitious federation. */
  readonly trial: boolean;
  stop(): Promise<void>;
};

/** Starts everything the configured roles ask for, and returns once it answers. Throws `Trouble`. */
export async function serve(config: Config, options: OpenOptions = {}): Promise<Running> {
  const web = config.roles.has("web");
  const webReady = web && config.faces ? buildFaces(options.say) : null;
  webReady?.catch(() => {}); // awaited below; a refusal of the database comes first
  const installation = await openInstallation(config, options);
  const closing: (() => Promise<unknown>)[] = [installation.close];
  const stop = async (): Promise<void> => {
    for (const end of closing.splice(0).toReversed()) await end();
  };
  try {
    const port = web ? await freePort(config.host, config.port) : 0;
    const origin = config.port === 0 ? config.origin.replace(/:0$/, `:${port}`) : config.origin;
    const webRoot = (await webReady) ?? null;
    if (config.demo) await found(installation, options.say);
    const { context, jobs } = await composeContext(installation, { origin, webRoot });
    if (config.roles.has("worker")) {
      closing.push(jobs.stop);
      await jobs.start();
    }
    if (!web) return { url: null, trial: installation.clock.isTrial, stop };
    const server = await buildServer(context);
    closing.push(() => server.close());
    await server.listen({ host: config.host, port }).catch((error: unknown) => {
      throw portTrouble(error, config.host, port);
    });
    return { url: `http://${shownHost(config.host)}:${port}`, trial: installation.clock.isTrial, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Builds the web faces when their sources have changed, in a process of its own: the bundler's memory goes with it.
 * Returns their folder.
 */
async function buildFaces(say?: (line: Text) => void): Promise<string> {
  const root = join(import.meta.dirname, "..");
  const out = join(root, "dist", "web");
  if (!existsSync(join(out, "built.json"))) {
    say?.({ zh: "正在生成网页(只需一次)", en: "building the web pages (once)" });
  }
  const builder = spawn(process.execPath, [join(root, "scripts", "build-web.ts")], {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said: Buffer[] = [];
  builder.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  const [code] = (await once(builder, "close")) as [number | null];
  if (code === 0) return out;
  const why = Buffer.concat(said).toString().trim().slice(-2000);
  throw new Trouble(
    "web_build_failed",
    `网页生成失败:\n${why}`,
    "The web pages could not be built; see above.",
  );
}

/** Checks the port before the long work begins; 0 becomes a free one. */
async function freePort(host: string, port: number): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done, fail) => {
    probe.once("error", (error) => fail(portTrouble(error, host, port)));
    probe.listen({ host, port }, done);
  });
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === "object" && address !== null ? address.port : port;
}

function portTrouble(error: unknown, host: string, port: number): unknown {
  switch (systemCode(error)) {
    case "EADDRINUSE":
      return new Trouble(
        "port_taken",
        `端口 ${port} 已被别的程序占用。请先停止它,或换一个端口:PORT=${port + 1} npm start`,
        `Port ${port} is taken by another program. Stop it, or choose another port: PORT=${port + 1} npm start`,
        error,
      );
    case "EACCES":
      return new Trouble(
        "port_forbidden",
        `没有权限使用端口 ${port}。请用 1024 以上的端口,例如 PORT=8080。`,
        `Port ${port} may not be used without privileges. Use one above 1024, such as PORT=8080.`,
        error,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new Trouble(
        "host_unknown",
        `这台机器没有地址 ${host}。请检查 HOST。`,
        `This machine has no address ${host}. Check HOST.`,
        error,
      );
  }
  return error;
}

function shownHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

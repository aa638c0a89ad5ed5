import type { ClientConfig } from "pg";
import { type Logger, pino } from "pino";
import type { Config } from "./config.ts";
import { type Clock, openClock } from "./db/clock.ts";
import { attachEmbedded, type Embedded, startEmbedded } from "./db/embedded.ts";
import { openKeyring } from "./db/keys.ts";
import { folderHolder } from "./db/lock.ts";
import { migrate } from "./db/migrate.ts";
import { APP_ROLE, type Db, openDatabase, withRole } from "./db/pool.ts";
import { noReplica, openReplica, type Replica } from "./db/replica.ts";
import { watchRoom } from "./db/room.ts";
import type { Trouble } from "./db/trouble.ts";
import { newShelf, type Shelf } from "./documents/papers/index.ts";
import { type Metrics, newMetrics } from "./http/metrics.ts";
import { both, openTraces, type Traces } from "./http/traces.ts";
import { migrateJobs } from "./jobs/index.ts";
import type { Keyring } from "./kernel/seal.ts";
import type { Text } from "./kernel/words.ts";
import { ensureFigures } from "./statistics/families.ts";

/** An installation, open for work: what every command and the server begin with. */
export type Installation = {
  readonly config: Config;
  readonly db: Db;
  /** A replica for figures and audits, or the database itself. */
  readonly replica: Replica;
  readonly clock: Clock;
  readonly ring: Keyring;
  /** Other storage for papers than the database, by setting. */
  readonly shelf: Shelf | null;
  readonly log: Logger;
  /** Login of the schema's owner, for migration, backup and benches. */
  readonly owner: ClientConfig;
  /** Login and role of the running program, past pgbouncer: for the job worker. */
  readonly direct: ClientConfig;
  /** Whether the embedded database's disk has room to write on; always so for an external one. */
  readonly hasRoom: () => boolean;
  /** Whether this process started the embedded server, so that no other works on the database. */
  readonly alone: boolean;
  /** What this process counts of itself. */
  readonly metrics: Metrics;
  /** Where single requests and jobs spend their time, by setting. */
  readonly traces: Traces | null;
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
    const metrics = newMetrics();
    const traces = config.traces === null ? null : await openTraces(config.traces);
    closing.push(async () => traces?.close());
    const log = openLog(config.logLevel);
    const failed = (what: string) => (error: unknown) => log.warn({ err: error }, what);
    const db = openDatabase({
      ...pool,
      direct,
      watch: both(metrics.db("primary"), traces?.db),
      failed: failed("notices were not sent"),
    });
    metrics.showPool("primary", db.pool);
    closing.push(db.close);
    await ensureFigures(db, () => options.say?.({ zh: "正在汇总统计数字", en: "folding the figures" }));
    const ring = await openKeyring(db, config.data, config.key, config.suite);
    const clock = await openClock(db, {
      differs: (skewMs) => log.warn({ skewMs }, "this machine's clock differs from the database's"),
      failed: failed("the clock was not read again"),
    });
    closing.push(clock.close);
    const room =
      config.database === null
        ? watchRoom(config.data, (enough) =>
            enough
              ? log.info("the disk has room again")
              : log.error("the disk is full: nothing new is saved"),
          )
        : null;
    closing.push(async () => room?.close());
    const hasRoom = () => room?.enough() ?? true;
    const follows = config.database?.replica ?? null;
    const replica =
      follows === null
        ? noReplica(db)
        : openReplica(db, {
            connection: follows.login,
            role: logins.role,
            max: config.connections,
            lagMs: follows.lagMs,
            watch: both(metrics.db("replica"), traces?.db),
            away: (why) =>
              log.warn({ why }, why === null ? "the replica is asked again" : "the replica is not asked"),
            failed: failed("the primary's position was not noted"),
          });
    if (replica.pool !== null) metrics.showPool("replica", replica.pool);
    closing.push(replica.close);
    const shelved: Metrics["shelved"] = (...call) => {
      metrics.shelved(...call);
      traces?.shelved(...call);
    };
    return {
      config,
      db,
      replica,
      metrics,
      traces,
      clock,
      ring,
      shelf: config.shelf === null ? null : newShelf(config.shelf, shelved),
      log,
      hasRoom,
      owner: logins.owner,
      direct,
      alone: logins.alone,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The log, on standard output. A disk that is full or a reader that is gone costs lines, never the program. */
function openLog(level: Config["logLevel"]): Logger {
  const out = pino.destination({ fd: 1, sync: true, maxLength: 1024 * 1024 });
  out.removeAllListeners("error");
  out.on("error", () => {});
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, out);
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
    onSlow() {
      options.say?.({
        zh: "数据库上次没有正常关闭，正在恢复，请稍候",
        en: "the database was not closed in order and is being recovered; please wait",
      });
    },
    ...(options.onLost === undefined ? {} : { onLost: options.onLost }),
  });
  return { ...embeddedLogins(server.login), alone: true, stop: server.stop };
}

function embeddedLogins(login: Embedded["login"]): Omit<Logins, "alone" | "stop"> {
  const app = login("app");
  return { app, owner: login("owner"), direct: app, role: null, ownerRuns: false, pgbouncer: false };
}

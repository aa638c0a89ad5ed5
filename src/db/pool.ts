import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import pg from "pg";
import { isRefusal } from "../kernel/refusal.ts";
import { DatabaseFull, DatabaseUnavailable, isFull, isGone, isPassing, isTwice } from "./errors.ts";
import { newHerald } from "./herald.ts";
import { type Line, newLine } from "./line.ts";
import { newPulse } from "./pulse.ts";
import { Session, sessionOf, type Tx } from "./session.ts";
import { valueTypes } from "./types.ts";
import { everything, settingsOf, type Viewer } from "./viewer.ts";
import type { DbWatch } from "./watch.ts";

/** The role the running program works as: it can neither change the schema nor rewrite append-only tables. */
export const APP_ROLE = "zhijia_app";

export type WriteOptions = {
  /** `serializable` where a rule spans rows that no constraint covers. Read committed by default. */
  isolation?: "serializable" | "repeatable read";
};

export type Db = {
  /** Reads without a transaction: each statement sees its own moment, and costs one round trip. */
  read<T>(viewer: Viewer, work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * One transaction. Commits when `work` resolves, rolls back when it throws or returns a refusal. Done again after a
   * deadlock or a serialization failure (at most five times, ever later) or a row that another wrote meanwhile (twice:
   * then `work` finds it), so `work` must have no effect outside the database.
   */
  write<T>(viewer: Viewer, work: (tx: Tx) => Promise<T>, options?: WriteOptions): Promise<T>;
  /** `write` as the engine itself, which sees everything. */
  system<T>(work: (tx: Tx) => Promise<T>, options?: WriteOptions): Promise<T>;
  /** `read` as the engine itself. */
  systemRead<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Hears `pg_notify` on a channel, over the one connection of this process that listens. */
  readonly listen: Line["listen"];
  /** A pool with the same login and role, for libraries that bring their own SQL. */
  readonly pool: pg.Pool;
  /** Ends every connection once the work on it is done. */
  close(): Promise<void>;
};

export type DbOptions = {
  connection: pg.ClientConfig;
  /** Role taken on every connection; null keeps the login's own (migrations, tests of the owner). */
  role: string | null;
  /** Most connections at once. 20. */
  max?: number;
  /**
   * Behind pgbouncer in transaction mode: no named statements, no session settings, always transactions, each of which
   * brings its role and its habits. Outside of them two statements alone are said, which need neither and take the
   * server's own: whether the database is distributed, and the notices after a commit.
   */
  pgbouncer?: boolean;
  /** Login that reaches the server past pgbouncer, for `listen`. */
  direct?: pg.ClientConfig;
  /** Told where the time goes. */
  watch?: DbWatch;
  /** Told of what fails that nobody waits for: notices that could not be sent. */
  failed?: (error: unknown) => void;
  /** Statements longer than this are cut off. 120,000. */
  statementTimeoutMs?: number;
};

const RETRIES = 2;
/** Of several servers one notices a deadlock after seconds, and ends all but one of those in it. */
const DEADLOCK_RETRIES = 5;
const PAUSE_MS = 20;

type Lease = { session: Session; client: pg.PoolClient; unwatch: () => void };

/**
 * How a distributed database is to work; elsewhere these mean nothing. `set local` reaches the other servers, and with it
 * the wall. A statement over many shards takes one connection to each server and its shards in turn: the servers still
 * work at one time, their connections stay few, and a reference table may be written afterwards in the transaction.
 */
const DISTRIBUTED = [
  "citus.propagate_set_commands=local",
  "citus.multi_shard_modify_mode=sequential",
] as const;

/** Opens the pool. Nothing is connected until the first use. */
export function openDatabase(options: DbOptions): Db {
  const pgbouncer = options.pgbouncer === true;
  const pool = new pg.Pool({
    ...withRole(options),
    pipeline: !pgbouncer,
    max: options.max ?? 20,
    idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: 10_000,
  });
  pool.on("error", () => {}); // an idle connection was lost: the pool has dropped it, the next use makes another
  // From its first moment: a server that is killed may say so in the packet that says it is ready.
  pool.on("connect", (client) => client.on("error", () => {})); // told to whoever is waiting for an answer as well
  const bound = new WeakMap<pg.ClientBase, Session>();
  const herald = newHerald(pool, options.failed);
  const line = newLine(options.direct ?? withRole(options));
  const pulse = newPulse(withRole({ ...options, connection: options.direct ?? options.connection }));

  const lease = async (): Promise<Lease> => {
    let client: pg.PoolClient;
    const began = performance.now();
    try {
      client = await pool.connect();
      options.watch?.waited((performance.now() - began) / 1000);
    } catch (error) {
      throw isGone(error) ? new DatabaseUnavailable(error) : error;
    }
    let session = bound.get(client);
    if (session === undefined) {
      session = new Session(client as unknown as pg.Client, !pgbouncer, options.watch);
      session.sharded = await isSharded(client).catch((error: unknown) => {
        client.release(true);
        throw isGone(error) ? new DatabaseUnavailable(error) : error;
      });
      bound.set(client, session);
    }
    session.leased = true;
    return { session, client, unwatch: pulse.watch(() => session.cut()) };
  };

  const settle = async (session: Session, viewer: Viewer): Promise<void> => {
    session.viewerKey = null;
    await session.see(viewer, false);
    session.viewerKey = viewer.key;
  };

  const giveBack = ({ session, client, unwatch }: Lease, error: unknown): void => {
    unwatch();
    session.leased = false;
    session.working = null;
    session.ready = Promise.resolve();
    // Work that threw may have left statements behind that are still to be sent: they must not reach the next one's hands.
    client.release(error !== undefined ? true : undefined);
  };

  const transaction = async <T>(
    viewer: Viewer,
    work: (tx: Tx) => Promise<T>,
    opts: WriteOptions,
  ): Promise<T> => {
    return inTransaction(await lease(), viewer, work, opts);
  };

  const inTransaction = async <T>(
    leased: Lease,
    viewer: Viewer,
    work: (tx: Tx) => Promise<T>,
    opts: WriteOptions,
  ): Promise<T> => {
    const { session, client } = leased;
    let failure: unknown;
    session.notices = [];
    session.working = { viewer, local: true };
    try {
      let result: T;
      try {
        // Waited for: were it cancelled on the way, a statement sent ahead would be written outside any transaction.
        await session.say(beginning(viewer, opts, pgbouncer ? options : null));
        result = await work(session.tx);
      } catch (error) {
        await client.query("rollback").catch((lost: unknown) => {
          failure = lost;
        });
        throw error;
      }
      const refused = isRefusal(result);
      await client.query(refused ? "rollback" : "commit");
      if (!refused && session.notices.length > 0) herald.tell(session.notices);
      return result;
    } catch (error) {
      if (failure === undefined || isGone(error)) failure = error;
      throw error;
    } finally {
      giveBack(leased, failure);
    }
  };

  /** `repeats` says how often an attempt that failed so may be made again. */
  const again = async <T>(attempt: () => Promise<T>, repeats: (error: unknown) => number): Promise<T> => {
    for (let tries = 0; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        if (tries < repeats(error)) {
          await pause(Math.random() * PAUSE_MS * 2 ** tries);
          continue;
        }
        if (isFull(error)) throw new DatabaseFull(error);
        throw isGone(error) ? new DatabaseUnavailable(error) : error;
      }
    }
  };

  const write = <T>(viewer: Viewer, work: (tx: Tx) => Promise<T>, opts: WriteOptions = {}): Promise<T> =>
    again(
      () => transaction(viewer, work, opts),
      (error) => (isPassing(error) ? DEADLOCK_RETRIES : isTwice(error) ? RETRIES : 0),
    );

  const read = <T>(viewer: Viewer, work: (tx: Tx) => Promise<T>): Promise<T> => {
    if (pgbouncer) return write(viewer, work);
    return again(
      async () => {
        const leased = await lease();
        const { session } = leased;
        if (session.sharded) return inTransaction(leased, viewer, work, {});
        session.working = { viewer, local: false };
        session.ready = session.viewerKey === viewer.key ? Promise.resolve() : settle(session, viewer);
        // The settings travel in front of the first statement, in one round trip. Should they fail, whatever the
        // statements answered is thrown away.
        const [ready, done] = await Promise.allSettled([session.ready, work(session.tx)]);
        const failed = ready.status === "rejected" ? ready : done;
        giveBack(leased, failed.status === "rejected" ? failed.reason : undefined);
        if (ready.status === "rejected") throw ready.reason;
        if (done.status === "rejected") throw done.reason;
        return done.value;
      },
      (error) => (isGone(error) || isPassing(error) ? RETRIES : 0),
    ); // a read changes nothing: a lost connection is tried again
  };

  return {
    read,
    write,
    system: (work, opts) => write(everything, work, opts),
    systemRead: (work) => read(everything, work),
    listen: line.listen,
    pool,
    async close() {
      pulse.close();
      await herald.flushed();
      await line.close();
      await pool.end();
    },
  };
}

/** Notifies whoever listens on a channel, once this transaction has committed; not at all when it does not. */
export function notify(tx: Tx, channel: string, payload: string): void {
  sessionOf(tx).notices.push({ channel, payload });
}

/**
 * Runs `work` so that only its own changes are undone when it throws or refuses, and the transaction around it goes on.
 */
export async function savepoint<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  sessionOf(tx);
  await sql`savepoint inner_work`.execute(tx);
  try {
    const result = await work();
    if (isRefusal(result)) await sql`rollback to savepoint inner_work`.execute(tx);
    await sql`release savepoint inner_work`.execute(tx);
    return result;
  } catch (error) {
    await sql`rollback to savepoint inner_work`.execute(tx);
    await sql`release savepoint inner_work`.execute(tx);
    throw error;
  }
}

/**
 * Does a part of the work as the program itself, which sees everything: for rows that hang on one already seen through
 * its wall. The same handle must do nothing else meanwhile. Afterwards the viewer's wall stands again.
 */
export async function behindWall<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  const session = sessionOf(tx);
  const { working } = session;
  if (working === null || working.viewer.key === everything.key) return work();
  const set = (viewer: Viewer): Promise<void> => session.see(viewer, working.local);
  await session.ready;
  session.viewerKey = null;
  const lifted = set(everything);
  lifted.catch(() => {}); // travels with the first statement of the work; awaited below
  session.working = { ...working, viewer: everything };
  try {
    const result = await work();
    await lifted;
    return result;
  } finally {
    session.working = working;
    // In a transaction that failed nothing can be set any more; its end takes the setting with it.
    await set(working.viewer).catch((error: unknown) => {
      if (!working.local) throw error;
    });
  }
}

/** `Session.underOnePlan` on the session behind a handle, for a statement that is cheaper to run than to plan. */
export function underOnePlan<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  return sessionOf(tx).underOnePlan(work);
}

/** Whether the database behind a handle is distributed, for the few reads that are written differently there. */
export function onShards(tx: Tx): boolean {
  return sessionOf(tx).sharded;
}

/** A value for a jsonb column. An array handed over bare would become a PostgreSQL array; bigints become integers. */
export function json<T>(value: T) {
  return sql<T>`${JSON.stringify(value, jsonNumber)}::jsonb`;
}

function jsonNumber(_key: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError("an integer too large for JSON");
  return number;
}

/** How every connection is to work, wherever it leads. */
function habitsOf(options: DbOptions): readonly (readonly [name: string, value: string])[] {
  return [
    ["TimeZone", "UTC"],
    ["statement_timeout", String(options.statementTimeoutMs ?? 120_000)],
    ["idle_in_transaction_session_timeout", "300000"],
    // Figures built anew are one long statement: compiling it takes far longer than running it.
    ["jit", "off"],
  ];
}

/**
 * When the server asks whether the other side of a silent connection is still there, and how often: a machine that vanished
 * without a word is gone for it after some sixteen seconds, and what it held (a worker's life, locks) is free. A unix
 * socket, whose other side cannot vanish, takes no notice.
 */
const VANISHED = ["tcp_keepalives_idle=8", "tcp_keepalives_interval=4", "tcp_keepalives_count=2"] as const;
/** When this side asks, which must notice that the server gave it up: then each second, ten times. */
const ASK_AFTER_MS = 8000;

/** Connection settings with the role and the habits of this program. */
export function withRole(options: DbOptions): pg.ClientConfig {
  const startup = [
    ...(options.role === null ? [] : [`role=${options.role}`]),
    ...habitsOf(options).map(([name, value]) => `${name}=${value}`),
    ...VANISHED,
    ...DISTRIBUTED,
  ];
  return {
    ...options.connection,
    types: valueTypes,
    keepAlive: true,
    keepAliveInitialDelayMillis: ASK_AFTER_MS,
    application_name: "zhijia",
    ...(options.pgbouncer === true ? {} : { options: startup.map((setting) => `-c ${setting}`).join(" ") }),
  };
}

/** What a transaction begins with. Behind a pooler (`pooled`) its connection has no settings of its own. */
function beginning(viewer: Viewer, options: WriteOptions, pooled: DbOptions | null): readonly string[] {
  const isolation = options.isolation === undefined ? "" : ` isolation level ${options.isolation}`;
  const begin = `begin${isolation}`;
  if (pooled === null) return [begin, ...settingsOf(viewer, true)];
  // One text with `begin`: these are for this server alone, and a distributed database is told each text by itself.
  const habits = habitsOf(pooled).map(([name, value]) => `set_config('${name}', '${value}', true)`);
  return [
    `${begin}; select ${habits.join(", ")}`,
    ...(pooled.role === null ? [] : [`set local role ${pg.escapeIdentifier(pooled.role)}`]),
    ...DISTRIBUTED.map((setting) => `set local ${setting}`),
    ...settingsOf(viewer, true),
  ];
}

/** Whether the server can distribute tables (Citus), whatever this database does with it. */
async function isSharded(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ yes: boolean }>(
    "select to_regclass('pg_catalog.pg_dist_partition') is not null as yes",
  );
  return rows[0]?.yes === true;
}

import type { Writable } from "node:stream";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";
import type pg from "pg";
import type { DB } from "./schema.ts";
import { settingOf, settingsOf, type Viewer } from "./viewer.ts";
import { type DbWatch, shortName } from "./watch.ts";

/** A handle on one connection, for as long as the `read` or `write` that gave it lasts. */
export type Tx = Kysely<DB>;

/** A notification on a channel, heard by every process that listens there. */
export interface Notice {
  readonly channel: string;
  readonly payload: string;
}

/** One pooled connection with its own Kysely, made once: a query then costs no more than building its SQL. */
export class Session implements DatabaseConnection {
  readonly client: pg.Client;
  readonly tx: Tx;
  /** Key of the viewer whose place the connection's settings name; null when unknown. */
  viewerKey: string | null = null;
  /** Settled once the connection's settings are the viewer's; statements may be sent before. */
  ready: Promise<void> = Promise.resolve();
  /** Set while somebody holds the session: a handle kept beyond its work must not act as the next viewer. */
  leased = false;
  /** What this transaction asked to be notified of once it has committed. */
  notices: Notice[] = [];
  /** On whose behalf the work at hand is done, and whether inside a transaction. */
  working: { readonly viewer: Viewer; readonly local: boolean } | null = null;
  /** Whether the database is distributed: settings then reach its other servers only inside a transaction. */
  sharded = false;
  /** Whether statements may be named, and sent ahead of the answers to those before. */
  readonly #pipelined: boolean;
  readonly #watch: DbWatch | undefined;
  #held = false;

  constructor(client: pg.Client, pipelined: boolean, watch?: DbWatch) {
    this.#watch = watch;
    this.client = client;
    this.#pipelined = pipelined;
    this.tx = new Kysely<DB>({
      dialect: {
        createAdapter: () => new PostgresAdapter(),
        createDriver: () => new OneConnection(this),
        createIntrospector: (db) => new PostgresIntrospector(db),
        createQueryCompiler: () => new PostgresQueryCompiler(),
      },
    });
    sessions.set(this.tx, this);
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.run(query.sql, query.parameters);
  }

  /** Runs one statement, named from its second use on. */
  async run<R>(text: string, parameters: readonly unknown[]): Promise<QueryResult<R>> {
    if (!this.leased) throw new Error("a database handle was used after the work it was given for had ended");
    const name = this.#pipelined ? nameOf(text) : undefined;
    const values = parameters as unknown[];
    const config = name === undefined ? { text, values } : { name, text, values };
    this.sendTogether();
    const began = performance.now();
    const result = await this.client.query(config);
    this.#watch?.ran(shortName(text), (performance.now() - began) / 1000);
    const { command, rowCount } = result;
    const changed =
      command === "INSERT" || command === "UPDATE" || command === "DELETE" || command === "MERGE";
    return {
      rows: (result.rows ?? []) as R[],
      ...(changed && rowCount !== null ? { numAffectedRows: BigInt(rowCount) } : {}),
    };
  }

  /** Ends the connection without a word, so that whoever waits for an answer on it is told that it is lost. */
  cut(): void {
    const { stream } = (this.client as unknown as { readonly connection: { readonly stream: Writable } })
      .connection;
    stream.destroy();
  }

  /**
   * Runs a statement under the one plan the server makes for all its values, which it otherwise may not keep: it weighs
   * what a plan for these very values seems to save, and never that making it takes longer than running it. Travels with
   * the settings in one packet. Unnamed statements, and those of a distributed database, have no plan to keep.
   */
  async underOnePlan<T>(work: () => Promise<T>): Promise<T> {
    if (this.sharded || !this.#pipelined) return work();
    const told = this.run("select set_config('plan_cache_mode', $1, false)", ["force_generic_plan"]);
    told.catch(() => {}); // awaited below
    try {
      const result = await work();
      await told;
      return result;
    } finally {
      // A transaction that failed takes the setting with it; a connection that is lost, too.
      this.run("select set_config('plan_cache_mode', $1, false)", ["auto"]).catch(() => {});
    }
  }

  /** Names the viewer in the connection's settings, for the transaction at hand (`local`) or until another is named. */
  async see(viewer: Viewer, local: boolean): Promise<void> {
    if (this.sharded || !this.#pipelined) return this.say(settingsOf(viewer, local));
    const { text, values } = settingOf(viewer, local);
    await this.run(text, values);
  }

  /** Sends statements that answer nothing: as one text, or each for itself where the database is distributed. */
  async say(statements: readonly string[]): Promise<void> {
    const texts = this.sharded ? statements : [statements.join("; ")];
    this.sendTogether();
    if (!this.#pipelined) {
      for (const text of texts) await this.client.query(text);
      return;
    }
    const answers = await Promise.allSettled(texts.map((text) => this.client.query(text)));
    const failed = answers.find((one) => one.status === "rejected");
    if (failed) throw failed.reason;
  }

  /** Holds back what is sent until this turn of the event loop has nothing more to send: one packet, one system call. */
  sendTogether(): void {
    if (this.#held) return;
    this.#held = true;
    const { stream } = (this.client as unknown as { readonly connection: { readonly stream: Writable } })
      .connection;
    stream.cork();
    process.nextTick(() => {
      this.#held = false;
      stream.uncork();
    });
  }

  // biome-ignore lint/correctness/useYield: rows are streamed by copyOut, not by a cursor.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("use copyOut to stream rows");
  }
}

const sessions = new WeakMap<object, Session>();

/** The session behind a handle. */
export function sessionOf(tx: Tx): Session {
  const session = sessions.get(tx);
  if (session === undefined) throw new Error("this handle did not come from Db.read or Db.write");
  if (!session.leased)
    throw new Error("a database handle was used after the work it was given for had ended");
  return session;
}

/** Lets Kysely run on the one connection the session holds. Transactions belong to `Db.write` alone. */
class OneConnection implements Driver {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async init(): Promise<void> {}
  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#session;
  }
  async beginTransaction(): Promise<void> {
    throw new Error("transactions are opened by Db.write; inside one use savepoint()");
  }
  async commitTransaction(): Promise<void> {}
  async rollbackTransaction(): Promise<void> {}
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {}
}

const MOST_TEXTS = 2000;
const MOST_NAMES = 500;
const seen = new Map<string, string | null>();
let names = 0;

/**
 * The name under which a statement is prepared, from its second use on. Statements whose text keeps changing (a list
 * of values of any length) never come back and stay unnamed; the number of names is bounded, as each costs memory on
 * every connection.
 */
function nameOf(sql: string): string | undefined {
  const known = seen.get(sql);
  if (typeof known === "string") return known;
  if (known === undefined) {
    if (seen.size >= MOST_TEXTS) forgetUnnamed();
    seen.set(sql, null);
    return undefined;
  }
  if (names >= MOST_NAMES) return undefined;
  const name = `q${++names}`;
  seen.set(sql, name);
  return name;
}

function forgetUnnamed(): void {
  for (const [sql, name] of seen) if (name === null) seen.delete(sql);
}

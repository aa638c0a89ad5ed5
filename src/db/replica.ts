import { sql } from "kysely";
import type pg from "pg";
import { DatabaseUnavailable, unlessAway } from "./errors.ts";
import { type Db, openDatabase } from "./pool.ts";
import type { Tx } from "./session.ts";
import type { Viewer } from "./viewer.ts";
import type { DbWatch } from "./watch.ts";

/** What was read, and the instant of which it is true: null when it is the present. */
export interface Dated<T> {
  readonly value: T;
  readonly readAt: Date | null;
}

/** For reading what need not be of this very moment: figures and the auditor's lists. */
export interface Replica {
  /** As `Db.read`, from a replica when there is one that keeps up. `work` may run twice. */
  readonly read: <T>(viewer: Viewer, work: (tx: Tx) => Promise<T>) => Promise<Dated<T>>;
  /** Its connections, to be counted; null without a replica. */
  readonly pool: pg.Pool | null;
  readonly close: () => Promise<void>;
}

export interface ReplicaOptions {
  readonly connection: pg.ClientConfig;
  readonly role: string | null;
  readonly max: number;
  /** A replica further behind is not asked. Milliseconds. */
  readonly lagMs: number;
  /** Told where the replica's time goes. */
  readonly watch?: DbWatch;
  /** Told when the replica is no longer asked (and why), or is again (null). */
  readonly away?: (why: "lost" | "behind" | null) => void;
  /** Told why the primary's position could not be noted, save for a database that is away. */
  readonly failed?: (error: unknown) => void;
}

/** How often the primary is asked how far it is, and how long a replica is left alone that was lost or behind. */
const sampleMs = 1000;
const restMs = 5000;

/** Reads everything from the database itself. */
export function noReplica(db: Db): Replica {
  return {
    read: async (viewer, work) => ({ value: await db.read(viewer, work), readAt: null }),
    pool: null,
    close: async () => {},
  };
}

/**
 * Reads from a streaming replica, and from the database itself while the replica is away or too far behind. How far behind
 * is not asked of the replica, whose clock and last transaction say nothing when it is cut off: we note each second how far
 * the primary's log has come, and what the replica has replayed is as of the last such note.
 */
export function openReplica(primary: Db, options: ReplicaOptions): Replica {
  const { connection, role, max, watch } = options;
  const behind = openDatabase({ connection, role, max, ...(watch && { watch }) });
  /** `at` is for people; how long ago is told by a clock that cannot be set. */
  let notes: { readonly at: Date; readonly sinceMs: number; readonly position: bigint }[] = [];
  let restUntil = 0;
  let away: "lost" | "behind" | null = null;

  const note = async (): Promise<void> => {
    const [at, sinceMs] = [new Date(), performance.now()];
    const { rows } = await primary.systemRead((tx) =>
      sql<{ position: string }>`select (pg_current_wal_flush_lsn() - '0/0')::text as position`.execute(tx),
    );
    const position = BigInt(rows[0]?.position ?? 0);
    notes = [...notes.filter((one) => one.sinceMs > sinceMs - 2 * options.lagMs), { at, sinceMs, position }];
  };
  const noted = (): Promise<void> => note().catch(unlessAway(options.failed)); // away: the notes grow old
  const timer = setInterval(noted, sampleMs).unref();
  const first = noted();

  const tell = (why: typeof away): void => {
    if (why !== null) restUntil = performance.now() + restMs;
    if (why !== away) options.away?.(why);
    away = why;
  };

  /** The instant everything up to which the replica has, or undefined when that is too long ago. */
  const asOf = (replayed: string | null): Date | undefined => {
    if (replayed === null) return undefined; // not a replica, or one that does not follow any more
    const seen = notes.findLast((one) => one.position <= BigInt(replayed));
    return seen === undefined || performance.now() - seen.sinceMs > options.lagMs ? undefined : seen.at;
  };

  return {
    async read(viewer, work) {
      await first;
      if (performance.now() >= restUntil) {
        try {
          // Asked first: what is read after it is not older.
          const [{ rows }, value] = await behind.read(viewer, (tx) =>
            Promise.all([
              sql<{ replayed: string | null }>`
                select (pg_last_wal_replay_lsn() - '0/0')::text as replayed`.execute(tx),
              work(tx),
            ]),
          );
          const readAt = asOf(rows[0]?.replayed ?? null);
          tell(readAt === undefined ? "behind" : null);
          if (readAt !== undefined) return { value, readAt };
        } catch (error) {
          if (!(error instanceof DatabaseUnavailable) && !isConflict(error)) throw error;
          tell("lost");
        }
      }
      return { value: await primary.read(viewer, work), readAt: null };
    },
    pool: behind.pool,
    async close() {
      clearInterval(timer);
      await behind.close();
    },
  };
}

/** A long read that the replica gave up so as to keep up with the primary. */
function isConflict(error: unknown): boolean {
  return error instanceof Error && /conflict with recovery/.test(error.message);
}

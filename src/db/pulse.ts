import pg from "pg";

/**
 * Notices a database that takes connections and answers nothing (a frozen machine, a cut line): the system itself gives
 * such a connection up only after a quarter of an hour. While somebody has waited for long, another connection asks;
 * when that is not answered either, the waiting are told that the database is away.
 */
export interface Pulse {
  /** Somebody works on a connection from now until the returned function is called. `cut` ends that connection. */
  readonly watch: (cut: () => void) => () => void;
  readonly close: () => void;
}

/** Work shorter than this raises no question; a long report is left alone as long as the database answers others. */
const PATIENCE_MS = 8000;
const LOOK_EVERY_MS = 2000;
const ANSWER_MS = 5000;

/**
 * Looks every two seconds and asks with a connection of its own. When a question goes unanswered for five,
 * whoever had waited eight is cut. Its timer keeps no process alive.
 */
export function newPulse(connection: pg.ClientConfig): Pulse {
  const working = new Map<symbol, { readonly since: number; readonly cut: () => void }>();
  let asking = false;

  const look = async (): Promise<void> => {
    const before = performance.now() - PATIENCE_MS;
    const waiting = [...working].filter(([, { since }]) => since < before);
    if (asking || waiting.length === 0) return;
    asking = true;
    const alive = await answers(connection);
    asking = false;
    if (alive) return;
    for (const [key, { cut }] of waiting) if (working.delete(key)) cut();
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();

  return {
    watch(cut) {
      const key = Symbol();
      working.set(key, { since: performance.now(), cut });
      return () => working.delete(key);
    },
    close: () => clearInterval(timer),
  };
}

/** Whether the database answers a new connection. One that refuses it does: its other connections are alive. */
async function answers(connection: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client({
    ...connection,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } catch (error) {
    const words = error instanceof Error ? error.message : "";
    return !/timeout/i.test(words);
  } finally {
    client.end().catch(() => {});
  }
}

import pg from "pg";
import { endLife, showLife } from "./store.ts";

/** A connection by whose locks other processes see that this one's workers live. */
export type Life = {
  /** Shows a worker until `end` or the connection's. Shown again by itself once a lost connection is back. */
  show(worker: string): Promise<void>;
  end(worker: string): Promise<void>;
  close(): Promise<void>;
};

const AGAIN_MS = 500;
const ANSWER_MS = 5000;

/**
 * Connects at the first `show`, which throws when it cannot. A connection lost later, or one that does not answer when it is
 * asked something, is sought again every half second.
 */
export function newLife(connection: pg.ClientConfig): Life {
  const shown = new Set<string>();
  let standing: Promise<pg.Client> | null = null;
  let closed = false;

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      ...connection,
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
    });
    const lost = (): void => {
      standing = null;
      if (closed || shown.size === 0) return;
      setTimeout(() => {
        if (!closed) stand().catch(() => {}); // it tries again by itself
      }, AGAIN_MS).unref();
    };
    client.once("end", lost);
    client.on("error", () => {}); // it ends as well
    try {
      await client.connect();
      for (const worker of shown) await showLife(client, worker);
      return client;
    } catch (error) {
      giveUp(client);
      throw error;
    }
  };
  const stand = (): Promise<pg.Client> => {
    if (standing === null) {
      const made = connect();
      standing = made;
      made.catch(() => {
        if (standing === made) standing = null;
      });
    }
    return standing;
  };

  return {
    async show(worker) {
      if (shown.has(worker)) return;
      const client = await stand();
      await showLife(client, worker).catch((error: unknown) => {
        giveUp(client); // whether it is shown is not known
        throw error;
      });
      shown.add(worker);
    },
    async end(worker) {
      if (!shown.delete(worker)) return;
      const client = await standing?.catch(() => null);
      if (client) await endLife(client, worker).catch(() => giveUp(client)); // it ends with its connection
    },
    async close() {
      closed = true;
      const client = await standing?.catch(() => null);
      await client?.end().catch(() => {});
    },
  };
}

/** Ends a connection without a word: one that does not answer would not end by itself. */
function giveUp(client: pg.Client): void {
  client.connection.stream.destroy();
}

import pg from "pg";
import { DatabaseUnavailable, isGone } from "./errors.ts";

/** Hears `pg_notify` for the whole process, over one connection that no pool and no proxy takes away. */
export interface Line {
  /**
   * Hears a channel until the returned function is called. `missed` is told when the line was cut and stands again:
   * something may have been said meanwhile. Throws `DatabaseUnavailable` when the first connection cannot be had.
   */
  readonly listen: (
    channel: string,
    heard: (payload: string) => void,
    missed?: () => void,
  ) => Promise<() => Promise<void>>;
  readonly close: () => Promise<void>;
}

interface Ear {
  readonly channel: string;
  readonly heard: (payload: string) => void;
  readonly missed: (() => void) | undefined;
}

/** How soon a lost line is tried again, how often a silent one is asked whether it lives, and how long it may take. */
const againMs = 500;
const beatMs = 15_000;
const answerMs = 5_000;

/** A line that is connected while anybody listens. */
export function newLine(config: pg.ClientConfig): Line {
  const ears = new Set<Ear>();
  let standing: Promise<Standing> | null = null;
  let cut = false;

  const stand = (): Promise<Standing> => {
    if (standing !== null) return standing;
    const mine = connect(config, new Set([...ears].map(({ channel }) => channel)), {
      heard(channel, payload) {
        for (const ear of ears) if (ear.channel === channel) ear.heard(payload);
      },
      lost() {
        if (standing !== mine) return;
        standing = null;
        cut = true;
        retry();
      },
    });
    standing = mine;
    mine.then(
      () => {
        if (cut) for (const ear of ears) ear.missed?.();
        cut = false;
      },
      () => {
        if (standing === mine) standing = null;
      },
    );
    return mine;
  };

  const retry = (): void => {
    setTimeout(() => {
      if (ears.size > 0) stand().catch(retry);
    }, againMs).unref();
  };

  const end = async (): Promise<void> => {
    const line = standing;
    standing = null;
    cut = false;
    await (await line?.catch(() => null))?.hangUp();
  };

  return {
    async listen(channel, heard, missed) {
      const ear: Ear = { channel, heard, missed };
      ears.add(ear);
      try {
        await (await stand()).add(channel);
      } catch (error) {
        ears.delete(ear);
        throw isGone(error) ? new DatabaseUnavailable(error) : error;
      }
      return async () => {
        ears.delete(ear);
        if (ears.size === 0) await end();
      };
    },
    async close() {
      ears.clear();
      await end();
    },
  };
}

interface Standing {
  readonly add: (channel: string) => Promise<void>;
  readonly hangUp: () => Promise<void>;
}

/** One connection, until it is lost (told once) or hung up. */
async function connect(
  config: pg.ClientConfig,
  channels: Set<string>,
  told: { heard: (channel: string, payload: string) => void; lost: () => void },
): Promise<Standing> {
  const client = new pg.Client({ ...config, query_timeout: answerMs, connectionTimeoutMillis: answerMs });
  let beat: NodeJS.Timeout | undefined;
  let over = false;
  const lose = (): void => {
    if (over) return;
    over = true;
    clearInterval(beat);
    client.connection.stream.destroy(); // one that does not answer would not end by itself
    told.lost();
  };
  client.on("error", lose);
  client.on("end", lose);
  client.on("notification", ({ channel, payload }) => told.heard(channel, payload ?? ""));
  try {
    await client.connect();
    for (const channel of channels) await client.query(listenSql(channel));
  } catch (error) {
    over = true;
    client.connection.stream.destroy();
    throw error;
  }
  if (!over) beat = setInterval(() => client.query("select 1").catch(lose), beatMs).unref();
  return {
    async add(channel) {
      if (channels.has(channel)) return;
      await client.query(listenSql(channel));
      channels.add(channel);
    },
    async hangUp() {
      if (over) return;
      over = true;
      clearInterval(beat);
      await client.end();
    },
  };
}

function listenSql(channel: string): string {
  return `listen ${pg.escapeIdentifier(channel)}`;
}

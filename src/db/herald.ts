import type pg from "pg";
import { unlessAway } from "./errors.ts";
import type { Notice } from "./session.ts";

/**
 * Sends notifications after the transactions that asked for them have committed, many in one statement. Inside a
 * transaction a notification would make its commit wait for every other's (PostgreSQL writes them in commit order under one
 * lock), which is a queue of the whole database. They are hints to look again: one lost with its process is made good by
 * whoever listens asking anew when the line was cut.
 */
export interface Herald {
  readonly tell: (notices: readonly Notice[]) => void;
  /** Resolves when what was told before has been sent. */
  readonly flushed: () => Promise<void>;
}

/** `failed` is told why notices were lost, save for a database that is away: with it is whoever would have heard. */
export function newHerald(pool: pg.Pool, failed?: (error: unknown) => void): Herald {
  let waiting = new Map<string, Notice>();
  let sending: Promise<void> | null = null;

  const send = async (): Promise<void> => {
    while (waiting.size > 0) {
      const some = [...waiting.values()];
      waiting = new Map();
      await pool
        .query(
          "select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as told(channel, payload)",
          [some.map((one) => one.channel), some.map((one) => one.payload)],
        )
        .catch(unlessAway(failed));
    }
  };

  return {
    tell(notices) {
      for (const notice of notices) waiting.set(`${notice.channel}\n${notice.payload}`, notice);
      sending ??= send().finally(() => {
        sending = null;
      });
    },
    async flushed() {
      await sending;
    },
  };
}

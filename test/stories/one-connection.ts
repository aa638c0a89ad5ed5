import { AsyncLocalStorage } from "node:async_hooks";
import type { Db } from "../../src/db/index.ts";

/**
 * A database that notes whoever asks for a second connection while holding one: fifty such requests at once would wait for
 * one another until they time out. Jobs hold their queue's lock beside their work and are left out.
 */
export function oneConnectionAtATime(db: Db): { readonly db: Db; readonly broken: ReadonlySet<string> } {
  const held = new AsyncLocalStorage<true>();
  const broken = new Set<string>();
  const watched = <Args extends unknown[]>(call: (...args: Args) => Promise<unknown>, place: number) =>
    ((...args: Args) => {
      const stack = new Error().stack ?? "";
      if (held.getStore() && !/src[\\/]jobs[\\/]|calendar\.ts/.test(stack)) {
        const lines = stack.split("\n").filter((line) => /[\\/]src[\\/]/.test(line));
        broken.add(lines.slice(0, 3).join(" "));
      }
      const work = args[place] as (tx: unknown) => Promise<unknown>;
      args[place] = ((tx: unknown) => held.run(true, () => work(tx))) as Args[number];
      return call(...args);
    }) as never;
  return {
    broken,
    db: {
      read: watched(db.read, 1),
      write: watched(db.write, 1),
      system: watched(db.system, 0),
      systemRead: watched(db.systemRead, 0),
      listen: db.listen,
      pool: db.pool,
      close: db.close,
    },
  };
}

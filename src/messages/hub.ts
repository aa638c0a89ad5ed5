import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { Logger } from "pino";
import { type Db, unlessAway } from "../db/index.ts";
import { isInside, type UnitPath } from "../kernel/path.ts";
import { eventChannel, type LiveEvent } from "./events.ts";

/** Somebody with a face open. */
export interface Listener {
  readonly person: string;
  /** Where they hold posts, now. */
  readonly roots: () => readonly UnitPath[];
  /** `isTheirs` asks again, for somebody who looks up first what has become of their posts. */
  readonly heard: (
    event: LiveEvent["event"] | "sync",
    data: LiveEvent["data"],
    isTheirs: () => boolean,
  ) => void;
}

/** Passes the events of all processes to the faces open at this one. */
export interface Hub {
  readonly add: (listener: Listener) => () => void;
  /** When what is published from now on is heard. Also resolves when the line cannot be had: the echo tells. */
  readonly ready: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** How often the line is tried, and how long an echo may take. */
const tryEveryMs = 20_000;
const echoMs = 5_000;

/**
 * A hub over LISTEN/NOTIFY. It listens from the first listener on. Every twenty seconds it sends itself an echo; when
 * that does not come back (the database restarted, a proxy swallowed the line), listeners are told to `sync`, that is
 * to ask again for what they show, until it does. A line that could not be had is asked for again with each echo.
 */
export function newHub(db: Pick<Db, "listen" | "systemRead">, log: Logger, tryMs = tryEveryMs): Hub {
  const listeners = new Set<Listener>();
  const mine = randomUUID();
  let stop: Promise<() => Promise<void>> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let heardMs = Number.NEGATIVE_INFINITY;
  let deaf = false;

  const pass = (payload: string): void => {
    heardMs = performance.now();
    if (payload.startsWith("echo:")) return;
    const { event, to, data } = JSON.parse(payload) as LiveEvent;
    for (const listener of listeners) {
      const isTheirs = () => isFor(to, listener.person, listener.roots());
      if (isTheirs()) listener.heard(event, data, isTheirs);
    }
  };

  const sync = (): void => {
    for (const listener of listeners) listener.heard("sync", {}, () => true);
  };

  const told = unlessAway((error) => log.warn({ err: error }, "live events are not heard"));

  const echo = async (): Promise<void> => {
    stand();
    const sentMs = performance.now();
    try {
      await db.systemRead((tx) => sql`select pg_notify(${eventChannel}, ${`echo:${mine}`})`.execute(tx));
    } catch (error) {
      told(error);
      deaf = true; // the next echo tells whether the database is back
      return;
    }
    setTimeout(() => {
      const lost = heardMs < sentMs;
      if (lost || deaf) sync();
      if (lost !== deaf) log.warn({ deaf: lost }, "the line for live events changed");
      deaf = lost;
    }, echoMs).unref();
  };

  /** Takes the line unless it is had already. */
  const stand = (): void => {
    if (stop !== null) return;
    const standing = db.listen(eventChannel, pass, sync);
    stop = standing;
    standing.catch((error: unknown) => {
      log.warn({ err: error }, "live events are not heard");
      if (stop === standing) stop = null;
    });
  };

  return {
    add(listener) {
      listeners.add(listener);
      stand();
      timer ??= setInterval(() => void echo(), tryMs).unref();
      return () => listeners.delete(listener);
    },
    async ready() {
      await stop?.catch(() => undefined);
    },
    async close() {
      if (timer) clearInterval(timer);
      timer = null;
      listeners.clear();
      const stopping = stop;
      stop = null;
      await (await stopping?.catch(() => undefined))?.();
    },
  };
}

function isFor(to: LiveEvent["to"], person: string, roots: readonly UnitPath[]): boolean {
  if (to === "all") return true;
  if ("people" in to) return to.people.includes(person);
  return roots.some((root) => isInside(to.path as UnitPath, root));
}

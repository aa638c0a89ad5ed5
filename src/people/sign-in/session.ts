import { createHash, randomBytes } from "node:crypto";
import { type Clock, type Db, onShards, type Tx, unlessAway, type Viewer } from "../../db/index.ts";
import type { Day } from "../../kernel/day.ts";
import { derivedId, type Id } from "../../kernel/ids.ts";
import type { District } from "../../kernel/region.ts";
import type { Session } from "../../kernel/route.ts";
import { together } from "../../kernel/together.ts";
import { loadActor } from "../../units/actor.ts";
import { type Actor, viewerOf } from "../../units/scope.ts";
import { findSessions, insertSession, type SessionRow, type SignInKind, touchSessions } from "./store.ts";

declare module "../../kernel/route.ts" {
  interface Session {
    readonly account: Id<"account">;
    readonly district: District;
    readonly name: string;
    readonly kind: SignInKind;
    /** Whether a second factor was shown. Without one the person's posts give no powers. */
    readonly strong: boolean;
    readonly csrf: string;
    /** For `db.read` and `db.write`: the wall behind scope. */
    readonly viewer: Viewer;
  }

  interface RequestContext<Signed extends Session | null = Session | null> {
    /** The browser's name of itself, for the list of one's sessions; null for everything else. */
    readonly userAgent: string | undefined;
  }
}

/** The session's cookie. */
export const cookieName = "zhijia";

const hour = 3_600_000;

/** How long a session lasts unused, and at most: an officer's working day, a worker's half year. */
export const lasts = {
  strong: { idleMs: 4 * hour, absoluteMs: 14 * hour },
  weak: { idleMs: 30 * 24 * hour, absoluteMs: 180 * 24 * hour },
} as const;

/** A session's name outside: the same as nothing but itself, and no way back to its token. */
export function sessionId(tokenHash: Buffer): Id<"session"> {
  return derivedId<"session">("session", tokenHash.toString("hex"));
}

/** What the database keeps of a token. */
export function tokenHashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** The token a request carries. */
export function tokenOf(request: {
  readonly cookies: Readonly<Record<string, string | undefined>>;
}): string | undefined {
  const token = request.cookies[cookieName];
  return token !== undefined && token.length === 43 ? token : undefined;
}

/** A session just opened: what the cookie and the first answer hold. */
export interface Opened {
  readonly token: string;
  readonly csrf: string;
  readonly maxAgeSeconds: number;
}

/** Open a session. */
export async function openSession(
  tx: Tx,
  who: {
    readonly account: Id<"account">;
    readonly person: Id<"person">;
    readonly kind: SignInKind;
    readonly strong: boolean;
    readonly agent: string | undefined;
    readonly at: Date;
  },
): Promise<Opened> {
  const token = randomBytes(32).toString("base64url");
  const csrf = randomBytes(18).toString("base64url");
  const { absoluteMs } = who.strong ? lasts.strong : lasts.weak;
  await insertSession(tx, {
    tokenHash: tokenHashOf(token),
    account: who.account,
    person: who.person,
    csrf,
    kind: who.kind,
    strong: who.strong,
    agent: who.agent === undefined ? null : agentOf(who.agent),
    at: who.at,
    expiresAt: new Date(who.at.getTime() + absoluteMs),
  });
  return { token, csrf, maxAgeSeconds: absoluteMs / 1000 };
}

/** A browser in a few words, for the list of one's sessions: no version that would tell people apart. */
function agentOf(header: string): string {
  const device =
    /MicroMessenger|Android|iPhone|iPad|Windows|Macintosh|HarmonyOS|Linux/.exec(header)?.[0] ?? "";
  const browser = /Edg|Firefox|Chrome|Safari/.exec(header)?.[0] ?? "";
  return [device, browser]
    .filter((part) => part !== "")
    .join(" · ")
    .slice(0, 60);
}

/** The sessions of this process: read through to the database, believed for half a second. */
export interface Sessions {
  /** The session of a token, or null. Answers at once when it was looked up a moment ago. */
  readonly find: (token: string, nowMs: number) => Session | null | Promise<Session | null>;
  /** Look again at the next request: after sign-out, or a change of posts. */
  readonly forget: (token?: string) => void;
}

/** How stale a post or a revocation may be. */
const believedMs = 500;
/** How often use is written down. */
const touchMs = 60_000;
const keptMax = 50_000;
/** Sessions looked up, or their use written down, by one statement at most: in a rush thousands come who were not here before. */
const atOnce = 100;

/** A session was used. */
interface Use {
  readonly tokenHash: Buffer;
  readonly atMs: number;
}

interface Kept {
  session: Session | null;
  row: SessionRow | undefined;
  readMs: number;
  touchedMs: number;
  reading: Promise<Session | null> | null;
}

/**
 * A cache over the session table. `failed` is told why a session's use could not be written down, save for a database that
 * is away: whoever only reads is answered all the same, on a full disk too, and the next minute tries again.
 */
export function newSessions(db: Db, clock: Clock, failed?: (error: unknown) => void): Sessions {
  const kept = new Map<string, Kept>();
  // On shards each is asked for by itself: what lies on a server that is away keeps nobody else out.
  let most = 1; // until it is known that there are no shards
  const rowOf = together(
    async (hashes: readonly Buffer[]) => {
      const rows = await db.systemRead((tx) => {
        most = onShards(tx) ? 1 : atOnce;
        return findSessions(tx, hashes);
      });
      return hashes.map((hash) => rows.get(hash.toString("hex")));
    },
    () => most,
  );
  const touch = together(
    async (uses: readonly Use[]) => {
      const latest = new Date(Math.max(...uses.map(({ atMs }) => atMs)));
      const hashes = uses.map(({ tokenHash }) => tokenHash);
      await db.system((tx) => touchSessions(tx, hashes, latest)).catch(unlessAway(failed));
      return hashes.map(() => null);
    },
    () => most,
  );

  const read = async (token: string, entry: Kept, nowMs: number): Promise<Session | null> => {
    const tokenHash = tokenHashOf(token);
    const row = await rowOf(tokenHash);
    const found =
      !row || expired(row, nowMs)
        ? null
        : { row, session: await sessionOf(db, tokenHash, row, clock.today()) };
    entry.row = found?.row;
    entry.session = found?.session ?? null;
    entry.readMs = nowMs;
    if (found && nowMs - found.row.seenAt.getTime() > touchMs && nowMs - entry.touchedMs > touchMs) {
      entry.touchedMs = nowMs;
      await touch({ tokenHash, atMs: nowMs });
    }
    return entry.session;
  };

  return {
    find(token, nowMs) {
      let entry = kept.get(token);
      if (entry && Math.abs(nowMs - entry.readMs) < believedMs) return entry.session;
      if (!entry) {
        if (kept.size >= keptMax) kept.clear();
        entry = {
          session: null,
          row: undefined,
          readMs: Number.NEGATIVE_INFINITY,
          touchedMs: 0,
          reading: null,
        };
        kept.set(token, entry);
      }
      const mine = entry;
      mine.reading ??= read(token, mine, nowMs).finally(() => {
        mine.reading = null;
        if (mine.session === null) kept.delete(token);
      });
      return mine.reading;
    },
    forget(token) {
      if (token === undefined) kept.clear();
      else kept.delete(token);
    },
  };
}

function expired(row: SessionRow, nowMs: number): boolean {
  const { idleMs } = row.strong ? lasts.strong : lasts.weak;
  return row.expiresAt.getTime() <= nowMs || row.seenAt.getTime() + idleMs <= nowMs;
}

async function sessionOf(db: Db, tokenHash: Buffer, row: SessionRow, today: Day): Promise<Session> {
  const held = row.strong ? (await db.systemRead((tx) => loadActor(tx, row.person, today))).posts : [];
  const actor: Actor = { person: row.person, name: row.name, district: row.district, posts: held };
  return {
    id: sessionId(tokenHash),
    person: row.person,
    account: row.account,
    district: row.district,
    name: row.name,
    kind: row.kind,
    strong: row.strong,
    csrf: row.csrf,
    actor,
    viewer: viewerOf(actor, today),
  };
}

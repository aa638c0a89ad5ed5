import { timingSafeEqual } from "node:crypto";
import { type Refusal, refuse } from "../../kernel/refusal.ts";
import type { Session } from "../../kernel/route.ts";

interface Asked {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly host: string;
}

/**
 * Whether a request that changes something was made by another site in a signed-in person's browser.
 * A browser says where a request comes from (`Sec-Fetch-Site`, `Origin`); it must be our own pages, and
 * with a session it must also carry the session's token in `x-csrf`. Programs that are no browser send
 * neither header and hold the cookie themselves, so they need no token; a wrong one is refused always.
 */
export function csrfRefusal(request: Asked, session: Session | null, ownOrigin: string): Refusal | undefined {
  const { headers } = request;
  const given = headers["x-csrf"];
  if (given !== undefined && session !== null && !same(String(given), session.csrf)) return refuse("csrf");
  const site = headers["sec-fetch-site"];
  const origin = headers["origin"];
  if (site === undefined && origin === undefined) return undefined;
  if (site !== undefined && site !== "same-origin" && site !== "none") return refuse("csrf");
  if (origin !== undefined && !ours(String(origin), request.host, ownOrigin)) return refuse("csrf");
  return session !== null && given === undefined ? refuse("csrf") : undefined;
}

function ours(origin: string, host: string, ownOrigin: string): boolean {
  return origin === ownOrigin || (URL.canParse(origin) && new URL(origin).host === host);
}

function same(one: string, other: string): boolean {
  const a = Buffer.from(one);
  const b = Buffer.from(other);
  return a.length === b.length && timingSafeEqual(a, b);
}

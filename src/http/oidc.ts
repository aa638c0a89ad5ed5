import type { FastifyInstance } from "fastify";
import { isRefusal, type Refusal, refuse } from "../kernel/refusal.ts";
import type { AppContext } from "../kernel/route.ts";
import { langOf } from "../kernel/words.ts";
import { newOidc } from "../people/sign-in/oidc.ts";
import { cookieName } from "../people/sign-in/session.ts";
import { begin } from "../people/sign-in/sign-in.ts";
import { pageHeaders } from "./headers.ts";
import { refused } from "./mount.ts";

const keepCookie = "zhijia_oidc";

/** Sign-in by an identity service: the browser goes there and comes back, so these two answer with redirects. */
export function mountOidc(server: FastifyInstance, ctx: AppContext): void {
  const { oidc: settings, origin } = ctx.config;
  const oidc = settings
    ? newOidc(settings, {
        db: ctx.db,
        ring: ctx.ring,
        origin: () => origin,
        now: ctx.wall,
        failed: (why) => ctx.log.warn({ why }, "a sign-in by the identity service failed"),
      })
    : undefined;
  const flags = {
    path: "/api/session/oidc",
    httpOnly: true,
    sameSite: "lax",
    secure: origin.startsWith("https:"),
  } as const;

  server.get("/api/session/oidc/start", async (request, reply) => {
    const lang = langOf(request.headers["accept-language"]);
    if (!oidc) return refused(reply, refuse("not-found"), lang);
    try {
      const { url, keep } = await oidc.start();
      return reply
        .headers(pageHeaders)
        .setCookie(keepCookie, keep, { ...flags, maxAge: 600 })
        .redirect(url, 302);
    } catch (error) {
      ctx.log.warn({ err: error }, "the identity service does not answer");
      return back(refuse("oidc-failed"));
    }
    function back(refusal: Refusal) {
      return reply.headers(pageHeaders).redirect(`/?refused=${refusal.code}`, 302);
    }
  });

  server.get("/api/session/oidc/callback", async (request, reply) => {
    if (!oidc) return refused(reply, refuse("not-found"), langOf(request.headers["accept-language"]));
    const proven = await oidc.finish(new URL(request.url, origin), request.cookies[keepCookie]);
    reply.headers(pageHeaders).clearCookie(keepCookie, flags);
    if (isRefusal(proven)) {
      reply.refusal = proven.code;
      return reply.redirect(`/?refused=${proven.code}`, 302);
    }
    const agent = request.headers["user-agent"];
    const before = request.cookies[cookieName];
    const how = { kind: "oidc", agent, at: ctx.wall(), before } as const;
    const opened = await ctx.db.system((tx) => begin(tx, proven, how));
    if (before !== undefined) ctx.sessions.forget(before);
    return reply
      .setCookie(cookieName, opened.token, { ...flags, path: "/", maxAge: opened.maxAgeSeconds })
      .redirect(proven.strong ? "/o/" : "/w/", 302);
  });
}

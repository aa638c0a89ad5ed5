import { z } from "zod";
import { isRefusal, refuse } from "../../kernel/refusal.ts";
import { type AppContext, defineRoute, type Handled, handle } from "../../kernel/route.ts";
import { zId, zInstant, zText } from "../../kernel/schemas.ts";
import { cookieName, sessionId, tokenHashOf } from "./session.ts";
import { beginTotp, changePassword, confirmTotp, type SignInMeans, sendCode } from "./sign-in.ts";
import { deleteSession, deleteSessionsOf, findLikes, listSessions } from "./store.ts";
import { totpQr, totpUri } from "./totp.ts";

/** What signing in works with, from a handler's context. */
export function meansOf(ctx: AppContext): SignInMeans {
  return { db: ctx.db, ring: ctx.ring, sms: ctx.sms, fictitious: ctx.config.fictitious, now: ctx.wall() };
}

const nothing = z.null().optional();

const routes = {
  sendCode: defineRoute({
    method: "POST",
    url: "/session/code",
    tag: "session",
    summary: {
      zh: "向手机发送验证码（无论是否登记，回答相同）",
      en: "Send a phone its code (the same answer, known or not)",
    },
    public: true,
    perMinute: 60,
    body: z.object({ phone: z.string().max(40) }),
    response: nothing,
    status: 204,
  }),
  providers: defineRoute({
    method: "GET",
    url: "/session/providers",
    tag: "session",
    summary: { zh: "可用的登录方式", en: "Ways to sign in" },
    public: true,
    response: z.object({
      sms: z.boolean(),
      fictitious: z.boolean(),
      items: z.array(z.object({ id: z.string(), title: zText, startUrl: z.string() })),
    }),
  }),
  listSessions: defineRoute({
    method: "GET",
    url: "/me/sessions",
    tag: "me",
    summary: { zh: "我在哪些设备上登录", en: "Where I am signed in" },
    response: z.object({
      items: z.array(
        z.object({
          id: zId<"session">(),
          kind: z.enum(["password", "sms", "oidc"]),
          device: z.string(),
          startedAt: zInstant,
          usedAt: zInstant,
          current: z.boolean(),
        }),
      ),
      next: z.null(),
    }),
  }),
  endSession: defineRoute({
    method: "DELETE",
    url: "/me/sessions/:id",
    tag: "me",
    summary: { zh: "退出一台设备", en: "Sign one device out" },
    params: z.object({ id: zId<"session">() }),
    response: nothing,
    status: 204,
  }),
  endOtherSessions: defineRoute({
    method: "DELETE",
    url: "/me/sessions",
    tag: "me",
    summary: { zh: "退出其他所有设备", en: "Sign all other devices out" },
    response: nothing,
    status: 204,
  }),
  changePassword: defineRoute({
    method: "POST",
    url: "/me/password",
    tag: "me",
    summary: { zh: "修改密码，其他设备随即退出", en: "Change the password; other devices are signed out" },
    perMinute: 20,
    body: z.object({ present: z.string().max(400), next: z.string().max(400) }),
    response: nothing,
    status: 204,
  }),
  setUpTotp: defineRoute({
    method: "POST",
    url: "/me/totp",
    tag: "me",
    summary: {
      zh: "绑定验证器：先不带内容取得二维码，再带回 setup 和动态码确认",
      en: "Set up an authenticator: first without content for the QR code, then with setup and its code",
    },
    perMinute: 20,
    body: z.object({ setup: z.string().max(2000).optional(), code: z.string().max(20).optional() }),
    response: z.object({
      done: z.boolean(),
      setup: z.string().optional(),
      secret: z.string().optional(),
      uri: z.string().optional(),
      qr: z.string().optional(),
    }),
  }),
};

export const handlers: readonly Handled[] = [
  handle(routes.sendCode, async ({ ctx, body }) => {
    const sent = await sendCode(meansOf(ctx), body.phone);
    if (isRefusal(sent)) return sent;
    sent.sending.catch((error: unknown) =>
      ctx.log.warn({ err: error }, "the SMS gateway did not take a code"),
    );
    return undefined;
  }),
  handle(routes.providers, ({ ctx }) => {
    const { oidc, fictitious } = ctx.config;
    const items = oidc ? [{ id: "oidc", title: oidc.title, startUrl: "/api/session/oidc/start" }] : [];
    return { sms: ctx.sms.ready || fictitious, fictitious, items };
  }),
  handle(routes.listSessions, async ({ ctx, session }) => {
    const rows = await ctx.db.systemRead((tx) => listSessions(tx, session.person));
    const items = rows.map((row) => ({
      id: sessionId(row.tokenHash),
      kind: row.kind as "password" | "sms" | "oidc",
      device: row.agent ?? "",
      startedAt: row.createdAt.toISOString(),
      usedAt: row.seenAt.toISOString(),
      current: sessionId(row.tokenHash) === session.id,
    }));
    return { items, next: null };
  }),
  handle(routes.endSession, async ({ ctx, session, params }) => {
    const ended = await ctx.db.system(async (tx) => {
      const row = (await listSessions(tx, session.person)).find(
        (one) => sessionId(one.tokenHash) === params.id,
      );
      if (!row) return refuse("not-found");
      return deleteSession(tx, row.tokenHash);
    });
    ctx.sessions.forget();
    return isRefusal(ended) ? ended : undefined;
  }),
  handle(routes.endOtherSessions, async ({ ctx, session, cookies }) => {
    const token = cookies[cookieName];
    const mine = token === undefined ? null : tokenHashOf(token);
    await ctx.db.system((tx) => deleteSessionsOf(tx, session.person, mine));
    ctx.sessions.forget();
    return undefined;
  }),
  handle(routes.changePassword, async ({ ctx, session, body, cookies }) => {
    const token = cookies[cookieName];
    const tokenHash = token === undefined ? null : tokenHashOf(token);
    const changed = await changePassword(meansOf(ctx), { person: session.person, tokenHash }, body);
    ctx.sessions.forget();
    return changed;
  }),
  handle(routes.setUpTotp, async ({ ctx, session, body }) => {
    // Only who knows the password, and has the present authenticator if there is one, sets up another.
    const { totp } = await ctx.db.systemRead((tx) => findLikes(tx, session.account));
    if (session.kind !== "password" || (totp && !session.strong)) return refuse("not-yours");
    if (body.setup === undefined || body.code === undefined) {
      const { secret, setup } = beginTotp(ctx.ring, session.account, ctx.wall());
      const uri = totpUri(secret, session.name, "职家");
      return { done: false, setup, secret, uri, qr: await totpQr(uri) };
    }
    const confirmed = await confirmTotp(meansOf(ctx), session.account, {
      setup: body.setup,
      code: body.code,
    });
    return isRefusal(confirmed) ? confirmed : { done: true };
  }),
];

import { z } from "zod";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { parseMobile } from "../kernel/phone.ts";
import { isRefusal, refuse } from "../kernel/refusal.ts";
import { type AppContext, defineRoute, type Handled, handle, type Session } from "../kernel/route.ts";
import { zDay, zId, zText } from "../kernel/schemas.ts";
import { seal, unseal } from "../kernel/seal.ts";
import type { Lang } from "../kernel/words.ts";
import { countUnread, parseMailAddress, preferenceOf, putPreference, readingOf } from "../messages/index.ts";
import { mailTarget } from "../messages/store.ts";
import { findFace, welcome } from "../people/sign-in/face.ts";
import { meansOf } from "../people/sign-in/routes.ts";
import { cookieName, tokenHashOf } from "../people/sign-in/session.ts";
import { begin, signInByPassword, signInByPhone } from "../people/sign-in/sign-in.ts";
import { deleteSession, findLikes, setLikes } from "../people/sign-in/store.ts";
import { roleTitles } from "../units/powers.ts";
import { isHeld, powersHeld } from "../units/scope.ts";

/** Who I am and what I may do: all a face needs to draw itself. */
const Me = z.object({
  person: z.object({
    id: zId<"person">(),
    name: z.string(),
    district: z.string(),
    unit: z.object({ id: zId<"unit">(), name: z.string(), path: z.string() }).nullable(),
    memberStatus: z.string().nullable(),
    memberNo: z.string().nullable(),
  }),
  posts: z.array(
    z.object({
      id: zId<"post">(),
      unit: z.object({ id: zId<"unit">(), name: z.string(), path: z.string(), level: z.string() }),
      role: z.string(),
      roleTitle: zText,
      from: zDay,
      until: zDay.nullable(),
    }),
  ),
  powers: z.array(z.object({ power: z.string(), units: z.array(zId<"unit">()) })),
  lang: z.enum(["zh", "en"]),
  largeType: z.boolean(),
  csrf: z.string(),
  /** How this session was opened; `strong` when with a second factor, without which posts give no powers. */
  session: z.object({ kind: z.enum(["password", "sms", "oidc"]), strong: z.boolean(), totp: z.boolean() }),
  channels: z.array(z.string()),
  mail: z.string().nullable(),
  quietFrom: z.string(),
  quietUntil: z.string(),
  installation: z.object({
    fictitious: z.boolean(),
    trial: z.object({ day: zDay, offsetDays: z.int() }).nullable(),
    today: zDay,
  }),
  unread: z.int(),
});
type Me = z.input<typeof Me>;

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

const routes = {
  signIn: defineRoute({
    method: "POST",
    url: "/session",
    tag: "session",
    summary: {
      zh: "登录：干部用登录名、密码、动态码；职工用手机号和短信验证码",
      en: "Sign in: officers by login, password and code; workers by phone and the code sent to it",
    },
    public: true,
    perMinute: 240,
    body: z.object({
      login: z.string().min(1).max(200),
      password: z.string().max(400).optional(),
      code: z.string().max(20).optional(),
      /** Asked when a phone is registered for several people, and of newcomers. */
      name: z.string().max(100).optional(),
      /** The union of a newcomer's workplace. */
      unit: zId<"unit">().optional(),
    }),
    response: z.object({ csrf: z.string(), me: Me }),
  }),
  signOut: defineRoute({
    method: "DELETE",
    url: "/session",
    tag: "session",
    summary: { zh: "退出", en: "Sign out" },
    public: true,
    response: z.null().optional(),
    status: 204,
  }),
  getSession: defineRoute({
    method: "GET",
    url: "/session",
    tag: "session",
    summary: { zh: "是否已登录", en: "Whether I am signed in" },
    public: true,
    response: z.object({ csrf: z.string().nullable(), me: Me.nullable() }),
  }),
  getMe: defineRoute({
    method: "GET",
    url: "/me",
    tag: "me",
    summary: { zh: "我、我的岗位和权限", en: "Me, my posts and powers" },
    response: Me,
  }),
  putMe: defineRoute({
    method: "PUT",
    url: "/me",
    tag: "me",
    summary: { zh: "语言、大字、通知方式、免打扰时段", en: "Language, large type, channels, quiet hours" },
    body: z.object({
      lang: z.enum(["zh", "en"]).optional(),
      largeType: z.boolean().optional(),
      channels: z
        .array(z.enum(["app", "mail", "sms"]))
        .max(3)
        .optional(),
      mail: z.string().max(300).nullable().optional(),
      quietFrom: time.optional(),
      quietUntil: time.optional(),
    }),
    response: Me,
  }),
};

export const handlers: readonly Handled[] = [
  handle(routes.signIn, async ({ ctx, body, today, userAgent, cookies, setCookie }) => {
    const means = meansOf(ctx);
    const byPhone = body.password === undefined && !isRefusal(parseMobile(body.login));
    const proven = byPhone
      ? await signInByPhone(
          means,
          { phone: body.login, code: body.code ?? "", name: body.name, unit: body.unit },
          (tx, newcomer, phone) => welcome(tx, ctx.ring, newcomer, phone, today),
        )
      : await signInByPassword(means, { login: body.login, password: body.password ?? "", code: body.code });
    if (isRefusal(proven)) return proven;
    const kind = byPhone ? "sms" : "password";
    const before = cookies[cookieName];
    const opened = await ctx.db.system((tx) =>
      begin(tx, proven, { kind, agent: userAgent, at: ctx.wall(), before }),
    );
    if (before !== undefined) ctx.sessions.forget(before);
    const session = await ctx.sessions.find(opened.token, ctx.wall().getTime());
    if (!session) return refuse("not-signed-in");
    setCookie(cookieName, opened.token, opened.maxAgeSeconds);
    return {
      csrf: opened.csrf,
      me: await ctx.db.read(session.viewer, (tx) => meOf(tx, ctx, session, today)),
    };
  }),
  handle(routes.signOut, async ({ ctx, cookies, setCookie }) => {
    const token = cookies[cookieName];
    if (token !== undefined) {
      await ctx.db.system((tx) => deleteSession(tx, tokenHashOf(token)));
      ctx.sessions.forget(token);
    }
    setCookie(cookieName, null);
    return undefined;
  }),
  handle(routes.getSession, async ({ ctx, session, today }) => {
    if (!session) return { csrf: null, me: null };
    return {
      csrf: session.csrf,
      me: await ctx.db.read(session.viewer, (tx) => meOf(tx, ctx, session, today)),
    };
  }),
  handle(routes.getMe, ({ ctx, session, today }) =>
    ctx.db.read(session.viewer, (tx) => meOf(tx, ctx, session, today)),
  ),
  handle(routes.putMe, async ({ ctx, session, body, today }) => {
    const address = body.mail === undefined || body.mail === null ? body.mail : parseMailAddress(body.mail);
    if (address === null && body.mail) return refuse("bad-mail", {}, { at: "/mail" });
    const sealed = (plain: string) => Buffer.from(seal(ctx.ring, mailTarget(session.person), plain));
    const mailSealed = typeof address === "string" ? sealed(address) : address;
    return ctx.db.write(session.viewer, async (tx) => {
      await setLikes(tx, session.account, body);
      await putPreference(tx, session, { ...body, mailSealed });
      return meOf(tx, ctx, session, today);
    });
  }),
];

async function meOf(tx: Tx, ctx: AppContext, session: Session, today: Day): Promise<Me> {
  const face = await findFace(tx, session);
  const likes = await findLikes(tx, session.account);
  const wants = await preferenceOf(tx, session);
  const unread = await countUnread(tx, await readingOf(tx, session));
  const offsetDays = Math.round((ctx.clock.now().getTime() - ctx.wall().getTime()) / 86_400_000);
  return {
    person: {
      id: session.person,
      name: session.name,
      district: session.district,
      unit: face.unit,
      memberStatus: face.memberStatus,
      memberNo: face.memberNo,
    },
    posts: session.actor.posts
      .filter((post) => isHeld(post, today))
      .map((post) => ({
        id: post.id,
        unit: { id: post.unitId, name: post.unitName, path: post.unitPath, level: post.unitLevel },
        role: post.role,
        roleTitle: roleTitles[post.role],
        from: post.from,
        until: post.until,
      })),
    powers: powersHeld(session.actor, today).map(({ power, units }) => ({ power, units: [...units] })),
    lang: likes.lang satisfies Lang,
    largeType: likes.largeType,
    csrf: session.csrf,
    session: { kind: session.kind, strong: session.strong, totp: likes.totp },
    channels: [...wants.channels],
    mail:
      wants.mailSealed &&
      Buffer.from(unseal(ctx.ring, mailTarget(session.person), wants.mailSealed)).toString(),
    quietFrom: wants.quietFrom,
    quietUntil: wants.quietUntil,
    installation: {
      fictitious: ctx.config.fictitious,
      trial: ctx.clock.isTrial ? { day: today, offsetDays: Math.max(0, offsetDays) } : null,
      today,
    },
    unread,
  };
}

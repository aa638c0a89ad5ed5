import { z } from "zod";
import { momentCursor, readMoment } from "../kernel/cursor.ts";
import { isId } from "../kernel/ids.ts";
import { isRefusal, refuse } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zId, zInstant, zList, zPage } from "../kernel/schemas.ts";
import { scopeOf } from "../units/scope.ts";
import { publish } from "./events.ts";
import { wordsOf } from "./messages.ts";
import { listFailedDeliveries, listMessages, markAllRead, markRead, readingOf } from "./store.ts";

const Delivery = z.object({ channel: z.string(), state: z.string() });

/** A message as its person reads it. */
const Message = z.object({
  id: zId<"message">(),
  at: zInstant,
  template: z.string(),
  title: z.string(),
  body: z.string(),
  link: z.string().nullable(),
  caseId: zId<"case">().nullable(),
  read: z.boolean(),
  /** By mail or text message as well, and how that went. */
  deliveries: z.array(Delivery),
});

const routes = {
  listMessages: defineRoute({
    method: "GET",
    url: "/messages",
    tag: "messages",
    summary: { zh: "我的消息", en: "My messages" },
    query: zPage.extend({ unread: z.enum(["true", "false"]).optional() }),
    response: zList(Message),
  }),
  readMessage: defineRoute({
    method: "POST",
    url: "/messages/:id/read",
    tag: "messages",
    summary: { zh: "标为已读", en: "Mark as read" },
    params: z.object({ id: zId<"message">() }),
    response: z.null().optional(),
    status: 204,
  }),
  readAll: defineRoute({
    method: "POST",
    url: "/messages/read-all",
    tag: "messages",
    summary: { zh: "全部标为已读", en: "Mark all as read" },
    response: z.null().optional(),
    status: 204,
  }),
  listFailedDeliveries: defineRoute({
    method: "GET",
    url: "/deliveries/failed",
    tag: "messages",
    summary: {
      zh: "没有送达的邮件和短信（不含地址和内容）",
      en: "Mail and text messages that did not arrive (no addresses, no words)",
    },
    power: "account.write",
    response: zList(
      z.object({
        id: z.string(),
        channel: z.string(),
        template: z.string(),
        tries: z.int(),
        error: z.string().nullable(),
        at: zInstant,
      }),
    ),
  }),
};

export const handlers: readonly Handled[] = [
  handle(routes.listMessages, async ({ ctx, session, query, lang }) => {
    const after = readMoment(query.cursor, isId);
    if (isRefusal(after)) return after;
    const { limit } = query;
    const page = { limit: limit + 1, after, unread: query.unread === "true" };
    const rows = await ctx.db.read(session.viewer, async (tx) =>
      listMessages(tx, await readingOf(tx, session), page),
    );
    const items = rows.slice(0, limit).map((row) => ({
      id: row.id,
      at: row.at.toISOString(),
      template: row.template,
      ...wordsOf(row.template, row.params as Record<string, unknown>, lang),
      link: row.link,
      caseId: row.caseId,
      read: row.readAt !== null,
      deliveries: [...(row.deliveries ?? [])],
    }));
    const last = items.at(-1);
    const next = rows.length > limit && last ? momentCursor({ at: new Date(last.at), id: last.id }) : null;
    return { items, next };
  }),
  handle(routes.readMessage, async ({ ctx, session, params, now }) => {
    const done = await ctx.db.write(session.viewer, async (tx) => {
      if (!(await markRead(tx, await readingOf(tx, session), params.id, now))) return refuse("not-found");
      publish(tx, {
        event: "message",
        to: { people: [session.person] },
        data: { id: params.id, read: true },
      });
      return undefined;
    });
    return done;
  }),
  handle(routes.readAll, async ({ ctx, session, now }) => {
    await ctx.db.write(session.viewer, async (tx) => {
      await markAllRead(tx, await readingOf(tx, session), now);
      publish(tx, { event: "message", to: { people: [session.person] }, data: { read: true } });
    });
    return undefined;
  }),
  handle(routes.listFailedDeliveries, async ({ ctx, session, today }) => {
    const scope = scopeOf(session.actor, "account.write", today);
    if (isRefusal(scope)) return scope;
    const rows = await ctx.db.systemRead((tx) => listFailedDeliveries(tx, scope, 200));
    return { items: rows.map((row) => ({ ...row, at: row.at.toISOString() })), next: null };
  }),
];

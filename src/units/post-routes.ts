import { z } from "zod";
import { isRefusal } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zDay, zId, zList, zText } from "../kernel/schemas.ts";
import { createPost, endPost, findOfficers } from "./posts.ts";
import { roleTitles } from "./powers.ts";
import { PostLine, presentPost } from "./present.ts";
import { narrow, scopeOf } from "./scope.ts";
import { findUnit } from "./store.ts";

export const postRoutes = {
  createPost: defineRoute({
    method: "POST",
    url: "/posts",
    tag: "units",
    summary: { zh: "任命岗位", en: "Give a post" },
    power: "post.write",
    status: 201,
    body: z.object({
      id: zId<"post">(),
      unitId: zId<"unit">(),
      personId: zId<"person">(),
      role: z.string().max(40),
      from: zDay,
      until: zDay.nullable().optional(),
    }),
    response: PostLine,
  }),
  endPost: defineRoute({
    method: "POST",
    url: "/posts/:id/end",
    tag: "units",
    summary: { zh: "离任", en: "End a post" },
    power: "post.write",
    params: z.object({ id: zId<"post">() }),
    body: z.object({ on: zDay, reason: z.string().max(2000) }),
    response: PostLine,
  }),
  listOfficers: defineRoute({
    method: "GET",
    url: "/officers",
    tag: "units",
    summary: { zh: "在任干部", en: "Officers in post" },
    power: "unit.read",
    query: z.object({
      q: z.string().max(100).default(""),
      unit: zId<"unit">().optional(),
      limit: z.coerce.number().int().min(1).max(100).default(20),
    }),
    response: zList(
      z.object({
        id: zId<"person">(),
        name: z.string(),
        unitId: zId<"unit">(),
        unitName: z.string(),
        role: z.string(),
        roleTitle: zText,
      }),
    ),
  }),
  listRoles: defineRoute({
    method: "GET",
    url: "/roles",
    tag: "units",
    summary: { zh: "岗位种类", en: "Roles" },
    response: z.object({ items: z.array(z.object({ value: z.string(), label: zText })) }),
  }),
};

export const postHandlers: readonly Handled[] = [
  handle(postRoutes.createPost, async ({ ctx, session, body, now, today }) => {
    const scope = scopeOf(session.actor, "post.write", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.write(session.viewer, async (tx) => {
      const post = await createPost(tx, scope, body, { person: session.person, at: now, day: today });
      return isRefusal(post) ? post : presentPost(post);
    });
  }),
  handle(postRoutes.endPost, async ({ ctx, session, params, body, now, today }) => {
    const scope = scopeOf(session.actor, "post.write", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.write(session.viewer, async (tx) => {
      const post = await endPost(tx, scope, params.id, body, { person: session.person, at: now, day: today });
      return isRefusal(post) ? post : presentPost(post);
    });
  }),
  handle(postRoutes.listOfficers, async ({ ctx, session, query, today }) => {
    const scope = scopeOf(session.actor, "unit.read", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.read(session.viewer, async (tx) => {
      const unit = query.unit === undefined ? undefined : await findUnit(tx, scope, query.unit);
      if (isRefusal(unit)) return unit;
      const where = unit ? narrow(scope, unit.path) : scope;
      if (isRefusal(where)) return where;
      const officers = await findOfficers(tx, where, query.q, today, query.limit);
      return {
        items: officers.map((one) => ({
          id: one.personId,
          name: one.personName,
          unitId: one.unitId,
          unitName: one.unitName,
          role: one.role,
          roleTitle: roleTitles[one.role],
        })),
        next: null,
      };
    });
  }),
  handle(postRoutes.listRoles, async () => ({
    items: Object.entries(roleTitles).map(([value, label]) => ({ value, label })),
  })),
];

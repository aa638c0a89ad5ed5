import { z } from "zod";
import { enqueue } from "../jobs/index.ts";
import type { Id } from "../kernel/ids.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle, type RequestContext, type Session } from "../kernel/route.ts";
import { zDay, zId, zText } from "../kernel/schemas.ts";
import { findUnit, narrow, type Scope, scopeOf } from "../units/index.ts";
import { answerBy, confirmEntry, countEntries, entriesOf, type MemberTelling } from "./confirmation-store.ts";
import { relationFacts } from "./member-page.ts";
import { decideMembership, disownReasons, reasonTitles, statusTitles } from "./membership.ts";
import { getMembership, type Membership, writeMembership } from "./membership-store.ts";
import { zStatus } from "./route-schemas.ts";
import { getPerson } from "./store.ts";

declare module "../kernel/route.ts" {
  interface AppContext {
    /** Who is told what as memberships change. Put in by the composition. */
    readonly memberTelling?: MemberTelling;
  }
}

declare module "../jobs/index.ts" {
  interface Jobs {
    /** Reminds those under some roots who have not confirmed a roster's entry, each once. */
    "member.remind": { roots: readonly string[] };
  }
}

const confirmationRoutes = {
  myEntries: defineRoute({
    method: "GET",
    url: "/me/confirmations",
    tag: "me",
    summary: { zh: "工会名册列了我，等我确认", en: "A roster names me and waits for my word" },
    response: z.object({
      items: z.array(
        z.object({
          id: z.string(),
          unit: z.object({ id: z.string(), name: z.string() }),
          since: zDay,
          /** The last day to answer; null where it waits as long as it takes. */
          dueOn: zDay.nullable(),
        }),
      ),
      reasons: z.array(z.object({ value: z.string(), label: zText })),
      next: z.null(),
    }),
  }),
  answerEntry: defineRoute({
    method: "POST",
    url: "/me/confirmations/:id",
    tag: "me",
    summary: { zh: "确认入会，或说明名册与本人不符", en: "Confirm the membership, or say that it is not so" },
    params: z.object({ id: zId<"membership">() }),
    body: z.object({
      confirm: z.boolean(),
      reason: z.enum(disownReasons).optional(),
      note: z.string().max(500).optional(),
    }),
    response: z.object({ status: zStatus, statusTitle: zText, memberNo: z.string().nullable() }),
  }),
  counts: defineRoute({
    method: "GET",
    url: "/members/confirmations",
    tag: "people",
    power: "roster.read",
    summary: { zh: "还有多少人没有确认", en: "How many have yet to confirm" },
    query: z.object({ unit: zId<"unit">().optional() }),
    response: z.object({ waiting: z.int(), unreminded: z.int(), disowned: z.int() }),
  }),
  remind: defineRoute({
    method: "POST",
    url: "/members/remind",
    tag: "people",
    power: "roster.write",
    status: 202,
    perMinute: 6,
    summary: { zh: "提醒还没有确认的人，每人一次", en: "Remind those who have not confirmed, each once" },
    body: z.object({ unit: zId<"unit">().optional() }),
    response: z.object({ reminding: z.int() }),
  }),
};

type Asked = RequestContext<Session>;

async function inside(
  { ctx, session }: Asked,
  scope: Or<Scope>,
  unit: Id<"unit"> | undefined,
): Promise<Or<Scope>> {
  if (isRefusal(scope) || unit === undefined) return scope;
  const found = await ctx.db.read(session.viewer, (tx) => findUnit(tx, scope, unit));
  return isRefusal(found) ? found : narrow(scope, found.path);
}

export const confirmationHandlers: readonly Handled[] = [
  handle(confirmationRoutes.myEntries, async ({ ctx, session, today }) =>
    ctx.db.systemRead(async (tx) => {
      const person = await getPerson(tx, session.person, session.district);
      const items = [];
      for (const entry of await entriesOf(tx, person)) {
        const { id, unitId, unitName, since } = entry;
        const dueOn = await answerBy(tx, entry, today);
        items.push({ id: id as string, unit: { id: unitId as string, name: unitName }, since, dueOn });
      }
      const reasons = disownReasons.map((value) => ({ value: value as string, label: reasonTitles[value] }));
      return { items, reasons, next: null };
    }),
  ),

  handle(confirmationRoutes.answerEntry, async ({ ctx, session, params, body, now, today }) => {
    const { confirm, reason, note } = body;
    return ctx.db.system(async (tx) => {
      const person = await getPerson(tx, session.person, session.district);
      const entry = await getMembership(tx, person.district, params.id).catch(() => null);
      if (!entry || entry.personId !== person.id) return refuse("not-found");
      // The same answer again is harmless.
      if (confirm ? entry.reason === "CONFIRMED" : entry.reason === reason && entry.status === "CANCELLED")
        return answer(entry);
      const action = { name: confirm ? ("confirm" as const) : ("disown" as const), reason, note };
      const decided = decideMembership(relationFacts(person, entry, today), action, {
        as: "member",
        person: person.id,
      });
      if (isRefusal(decided)) return decided;
      const by = { by: person.id, at: now, day: today, ...(note && { document: { note } }) };
      const written = confirm
        ? await confirmEntry(tx, entry, by)
        : await writeMembership(tx, entry, decided, by);
      if (isRefusal(written)) return written;
      const told = { person: person.id, district: person.district, unitId: entry.unitId, at: now };
      if (confirm) await ctx.memberTelling?.joined(tx, { ...told, memberNo: written.memberNo ?? "" });
      else
        await ctx.memberTelling?.disowned(tx, {
          ...told,
          name: person.name,
          reason: decided.reason,
          day: today,
          stays: (await getPerson(tx, person.id, person.district)).unitId === entry.unitId,
        });
      return answer(written);
    });
  }),

  handle(confirmationRoutes.counts, async (request) => {
    const scope = scopeOf(request.session.actor, "roster.read", request.today);
    const place = await inside(request, scope, request.query.unit);
    if (isRefusal(place)) return place;
    return request.ctx.db.read(request.session.viewer, (tx) => countEntries(tx, place));
  }),

  handle(confirmationRoutes.remind, async (request) => {
    const { ctx, session, body, today } = request;
    const place = await inside(request, scopeOf(session.actor, "roster.write", today), body.unit);
    if (isRefusal(place)) return place;
    return ctx.db.system(async (tx) => {
      const { unreminded } = await countEntries(tx, place);
      if (unreminded === 0) return refuse("nobody-to-remind");
      await enqueue(tx, "member.remind", { roots: place.roots }, { queue: "reminders" });
      return { reminding: unreminded };
    });
  }),
];

function answer({ status, memberNo }: Membership) {
  return { status, statusTitle: statusTitles[status], memberNo };
}

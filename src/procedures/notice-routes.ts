import { z } from "zod";
import type { Db } from "../db/index.ts";
import { everything } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { UnitPath } from "../kernel/path.ts";
import { isRefusal, refuse } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zId, zPage, zText } from "../kernel/schemas.ts";
import { remaining } from "../kernel/working-days.ts";
import { unitById } from "../units/index.ts";
import { covers, scopeOf } from "../units/scope.ts";
import { atBoards, boardsOf, type Reader } from "./board.ts";
import { cursorAt, placeOf } from "./cursor.ts";
import type { Engine } from "./engine.ts";
import {
  type BoardRow,
  boardNotice,
  boardNotices,
  findNotice,
  type NoticeRow,
  objectionsOf,
  officerNotices,
  publicNotices,
} from "./notices-store.ts";
import { answerOf, decideObjection, objectionText, raiseObjection } from "./objections.ts";
import { presentBoardNotice, presentPublicNotice } from "./present.ts";

/** A list in an answer; handlers hand out readonly ones. */
function many<Item extends z.ZodType>(item: Item) {
  return z.array(item).readonly();
}

/** A notice as anybody may read it. */
const PublicNotice = z.object({
  id: z.string(),
  unitName: z.string(),
  kind: z.string(),
  kindTitle: zText,
  title: zText,
  startsOn: z.string(),
  endsOn: z.string().nullable(),
  remainingDays: z.int().nullable(),
  /** What the days are counted in. */
  dayType: z.enum(["working", "calendar", "month"]),
  takesObjections: z.boolean(),
  fields: many(z.object({ label: zText, value: z.union([z.string(), zText]) })),
});

/** A notice as a member reads it on the board of their union. */
const BoardNotice = PublicNotice.extend({
  scope: z.enum(["unit", "public"]),
  /** The reader's own case, where the notice is about them. */
  caseId: z.string().nullable(),
});

const objection = z.strictObject({
  id: zId<"objection">().optional(),
  text: z.string().max(4_000),
  name: z.string().max(100).optional(),
  phone: z.string().max(40).optional(),
});

const Answer = z.object({
  state: z.enum(["open", "found"]),
  finding: z.string().nullable(),
  note: z.string().nullable(),
  raisedOn: z.string(),
  foundOn: z.string().nullable(),
});

const params = z.object({ id: zId<"notice">() });

const routes = {
  publicNotices: defineRoute({
    method: "GET",
    url: "/public/notices",
    tag: "notices",
    summary: { zh: "正在公示", en: "Notices in force" },
    public: true,
    query: zPage.extend({ unit: zId<"unit">().optional(), kind: z.string().max(60).optional() }),
    response: z.object({ items: many(PublicNotice), next: z.string().nullable() }),
  }),
  publicNotice: defineRoute({
    method: "GET",
    url: "/public/notices/:id",
    tag: "notices",
    summary: { zh: "一则公示", en: "A notice" },
    public: true,
    params,
    response: PublicNotice,
  }),
  object: defineRoute({
    method: "POST",
    url: "/public/notices/:id/objections",
    tag: "notices",
    summary: { zh: "提出异议", en: "Raise an objection" },
    public: true,
    perMinute: 10,
    params,
    body: objection,
    response: z.object({ receipt: z.string() }),
    status: 201,
  }),
  boardNotices: defineRoute({
    method: "GET",
    url: "/me/notices",
    tag: "notices",
    summary: { zh: "我所在工会的公示", en: "Notices on the boards of my unions" },
    query: zPage,
    response: z.object({ items: many(BoardNotice), next: z.string().nullable() }),
  }),
  boardNotice: defineRoute({
    method: "GET",
    url: "/me/notices/:id",
    tag: "notices",
    summary: { zh: "我所在工会的一则公示", en: "A notice on the board of one of my unions" },
    params,
    response: BoardNotice,
  }),
  objectAsMember: defineRoute({
    method: "POST",
    url: "/me/notices/:id/objections",
    tag: "notices",
    summary: { zh: "会员提出异议", en: "Raise an objection as a member" },
    perMinute: 10,
    params,
    body: objection,
    response: z.object({ receipt: z.string() }),
    status: 201,
  }),
  objectionAnswer: defineRoute({
    method: "POST",
    url: "/public/objections/answer",
    tag: "notices",
    summary: { zh: "凭回执查异议结果", en: "Read a finding by its receipt" },
    public: true,
    perMinute: 20,
    body: z.strictObject({ receipt: z.string().max(60) }),
    response: Answer,
  }),
  notices: defineRoute({
    method: "GET",
    url: "/notices",
    tag: "notices",
    summary: { zh: "公示和异议", en: "Notices and objections in scope" },
    power: "notice.read",
    query: zPage.extend({
      state: z.enum(["up", "blocked", "over", "withdrawn"]).optional(),
      q: z.string().trim().min(1).max(60).optional(),
      sort: z.enum(["starts", "ends"]).default("starts"),
    }),
    response: z.object({
      items: many(z.looseObject({ id: z.string(), state: z.string() })),
      next: z.string().nullable(),
    }),
  }),
  finding: defineRoute({
    method: "POST",
    url: "/notices/:id/objections/:objection/finding",
    tag: "notices",
    summary: { zh: "处理异议", en: "Decide on an objection" },
    power: "notice.decide",
    params: params.extend({ objection: zId<"objection">() }),
    body: z.strictObject({
      id: zId<"action">(),
      finding: z.enum(["upheld", "dismissed"]),
      note: z.string().max(2_000),
    }),
    response: z.object({ caseId: z.string().nullable(), step: z.string().nullable() }),
  }),
};

export const handlers: readonly Handled[] = [
  handle(routes.publicNotices, async ({ ctx, query, today }) => {
    const after = placeOf(query.cursor);
    if (isRefusal(after)) return after;
    return ctx.db.read(everything, async (tx) => {
      const unit = query.unit ? await unitById(tx, query.unit) : null;
      if (unit === undefined) return refuse("not-found", {}, { at: "/unit" });
      const rows = await publicNotices(tx, {
        day: today,
        under: unit === null ? null : unit.path,
        kind: query.kind ?? null,
        after,
        limit: query.limit + 1,
      });
      const items = rows.slice(0, query.limit);
      const last = items.at(-1);
      return {
        items: items.map((row) => shownPublicly(ctx.engine, row, today)),
        next: rows.length > query.limit && last ? cursorAt({ key: last.starts_on, id: last.id }) : null,
      };
    });
  }),

  handle(routes.publicNotice, async ({ ctx, params, today }) => {
    const row = await ctx.db.read(everything, (tx) => findNotice(tx, params.id));
    const up = row && row.scope === "public" && ["up", "blocked"].includes(row.state);
    if (!row || !up || (row.ends_on !== null && row.ends_on < today)) return refuse("not-found");
    return shownPublicly(ctx.engine, row, today);
  }),

  handle(routes.object, ({ ctx, params, body }) => raiseObjection(ctx.engine, params.id, body, "public")),

  handle(routes.boardNotices, async ({ ctx, session, query, today }) => {
    const after = placeOf(query.cursor);
    if (isRefusal(after)) return after;
    const boards = await boardsOf(ctx.db, session);
    const rows = await ctx.db.read(atBoards(session.viewer, boards), (tx) =>
      boardNotices(tx, { boards, day: today, person: session.person }, { after, limit: query.limit + 1 }),
    );
    const items = rows.slice(0, query.limit);
    const last = items.at(-1);
    return {
      items: items.map((row) => presentBoardNotice(row, today, leftOf(ctx.engine, row, today))),
      next: rows.length > query.limit && last ? cursorAt({ key: last.starts_on, id: last.id }) : null,
    };
  }),

  handle(routes.boardNotice, async ({ ctx, session, params, today }) => {
    const row = await onBoard(ctx.db, session, params.id, today);
    return row ? presentBoardNotice(row, today, leftOf(ctx.engine, row, today)) : refuse("not-found");
  }),

  handle(routes.objectAsMember, async ({ ctx, session, params, body, today }) => {
    const row = await onBoard(ctx.db, session, params.id, today);
    return row ? raiseObjection(ctx.engine, row.id, body, "board") : refuse("not-found");
  }),

  handle(routes.objectionAnswer, ({ ctx, body }) => answerOf(ctx.engine, body.receipt)),

  handle(routes.notices, async ({ ctx, session, query, today }) => {
    const scope = scopeOf(session.actor, "notice.read", today);
    if (isRefusal(scope)) return scope;
    const after = placeOf(query.cursor);
    if (isRefusal(after)) return after;
    const deciding = scopeOf(session.actor, "notice.decide", today);
    const decides = (path: string) => !isRefusal(deciding) && covers(deciding, path as UnitPath);
    return ctx.db.read(session.viewer, async (tx) => {
      const { state = null, q = null, sort, limit } = query;
      const filter = { state, q, sort, after, limit: limit + 1 };
      const rows = await officerNotices(tx, scope, filter);
      const shown = rows.slice(0, limit);
      const raised = await Promise.all(
        [...Map.groupBy(shown, (row) => row.district)].map(([district, here]) =>
          objectionsOf(
            tx,
            district,
            here.map((row) => row.id),
          ),
        ),
      );
      const objections = Map.groupBy(raised.flat(), (one) => one.notice_id);
      const items = shown.map((row) => ({
        ...presentPublicNotice(row, today, leftOf(ctx.engine, row, today)),
        state: row.state,
        scope: row.scope,
        caseId: row.case_id,
        caseNumber: row.case_number,
        shown: row.shown,
        objections: (objections.get(row.id) ?? []).map((one) => ({
          id: one.id,
          raisedOn: one.raised_on,
          text: decides(row.path) ? objectionText(ctx.engine, one) : null,
          finding: one.finding,
          note: one.finding_note,
        })),
      }));
      const last = shown.at(-1);
      const key = sort === "ends" ? last?.comes_down : last?.starts_on;
      return {
        items,
        next: rows.length > limit && last && key ? cursorAt({ key, id: last.id }) : null,
      };
    });
  }),

  handle(routes.finding, async ({ ctx, session, params, body }) => {
    const request = { noticeId: params.id, objectionId: params.objection, ...body };
    const done = await decideObjection(ctx.engine, request, session.actor);
    if (isRefusal(done)) return done;
    return { caseId: done.case?.id ?? null, step: done.case?.step ?? null };
  }),
];

/** A notice that hangs where the reader is a member. */
async function onBoard(db: Db, reader: Reader, id: string, day: Day): Promise<BoardRow | undefined> {
  const boards = await boardsOf(db, reader);
  return db.read(atBoards(reader.viewer, boards), (tx) =>
    boardNotice(tx, { boards, day, person: reader.person }, id),
  );
}

function leftOf(engine: Engine, row: NoticeRow, today: Day): number | null {
  if (row.ends_on === null) return null;
  const unit = row.day_type === "working" ? "working" : "calendar";
  const left = remaining(today, row.ends_on, unit, engine.calendar());
  return isRefusal(left) ? null : left;
}

function shownPublicly(engine: Engine, row: NoticeRow, today: Day) {
  return presentPublicNotice(row, today, leftOf(engine, row, today));
}

import { z } from "zod";
import { everything, type Tx } from "../db/index.ts";
import { type Day, day, yearOf } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle, type RequestContext, type Session } from "../kernel/route.ts";
import { zDay, zId, zPage, zText } from "../kernel/schemas.ts";
import { changesIn } from "../people/index.ts";
import { reasonTitles } from "../people/membership.ts";
import { placeOf } from "../rollups/index.ts";
import { findUnit, resolvePolicy, type Unit } from "../units/index.ts";
import { covers, narrow, type Scope, scopeOf } from "../units/scope.ts";
import { type Asked, askedOf, type When } from "./asked.ts";
import { dated, zReadAt } from "./dated.ts";
import { exportOf } from "./export.ts";
import { type Figure, figureOf, figuresBelow, hiddenAmong, type Telling } from "./figure.ts";
import type { Measure } from "./measure.ts";
import { measureOf, measures } from "./measures.ts";
import { changeKinds, memberPeriod, toldPeriod } from "./member-change.ts";
import { tellFrom } from "./policies.ts";

const zFigureUnit = z.enum(["people", "unions", "cases", "fen", "days", "score", "bp"]);
const zTold = { value: z.number().nullable(), hidden: z.boolean() };
const zFigure = z.object({
  measure: z.string(),
  title: zText,
  help: zText,
  unit: z.object({ id: z.string(), name: z.string() }),
  unitOfMeasure: zFigureUnit,
  kind: z.enum(["stock", "flow"]),
  from: z.string(),
  to: z.string(),
  asOf: z.string(),
  ...zTold,
  by: z
    .array(z.object({ key: z.string(), label: zText, listUrl: z.string().nullable(), ...zTold }))
    .readonly(),
  series: z.array(z.object({ period: z.string(), listUrl: z.string().nullable(), ...zTold })).readonly(),
  split: z.string().nullable(),
  splits: z.array(z.string()).readonly(),
  splitTitles: z.record(z.string(), zText),
  listUrl: z.string(),
  counted: z.boolean(),
});

const zMemberChange = z.object({
  unit: z.object({ id: z.string(), name: z.string() }),
  from: z.string(),
  to: z.string(),
  opening: z.int().nullable(),
  joined: z.int().nullable(),
  transferredIn: z.int().nullable(),
  reactivated: z.int().nullable(),
  transferredOut: z.int().nullable(),
  retained: z.int().nullable(),
  withdrawn: z.int().nullable(),
  autoWithdrawn: z.int().nullable(),
  expelled: z.int().nullable(),
  deceased: z.int().nullable(),
  cancelled: z.int().nullable(),
  closing: z.int().nullable(),
});

/** `outward` leaves out numbers too small to be told to outsiders, also for those who may see them. */
const zSpan = { unit: zId<"unit">(), from: zDay.optional(), to: zDay.optional() };
const zOutward = z.enum(["true", "false"]).optional();

const routes = {
  listMeasures: defineRoute({
    method: "GET",
    url: "/figures/measures",
    tag: "figures",
    summary: { zh: "指标清单", en: "What can be measured" },
    response: z.object({
      items: z.array(
        z.object({
          id: z.string(),
          title: zText,
          help: zText,
          unitOfMeasure: zFigureUnit,
          kind: z.enum(["stock", "flow"]),
          splits: z.array(z.string()),
        }),
      ),
    }),
    power: "figures.read",
  }),
  getFigure: defineRoute({
    method: "GET",
    url: "/figures",
    tag: "figures",
    summary: { zh: "一个工会的一项数字", en: "One figure of one union" },
    query: z.object({
      ...zSpan,
      measure: z.string().max(40),
      by: z.string().max(20).optional(),
      outward: zOutward,
    }),
    response: zFigure.extend(zReadAt),
    power: "figures.read",
  }),
  listBelow: defineRoute({
    method: "GET",
    url: "/figures/below",
    tag: "figures",
    summary: { zh: "下级各工会的一项数字", en: "One figure of every union directly below" },
    query: z.object({ ...zSpan, measure: z.string().max(40), outward: zOutward }),
    response: z.object({
      items: z
        .array(
          z.object({
            unit: z.object({ id: z.string(), name: z.string(), shortName: z.string().nullable() }),
            ...zTold,
          }),
        )
        .readonly(),
      ...zReadAt,
    }),
    power: "figures.read",
  }),
  getMemberChange: defineRoute({
    method: "GET",
    url: "/figures/member-change",
    tag: "figures",
    summary: { zh: "会员增减变动表", en: "How the members of a union changed in a period" },
    query: z.object(zSpan),
    response: zMemberChange.extend(zReadAt),
    power: "figures.read",
  }),
  listMemberChange: defineRoute({
    method: "GET",
    url: "/figures/member-change/people",
    tag: "figures",
    summary: { zh: "变动表一项数字背后的人", en: "The people behind a number of the table of changes" },
    query: zPage.extend({ ...zSpan, kind: z.enum(changeKinds) }),
    response: z.object({
      items: z
        .array(
          z.object({
            id: z.string(),
            personId: z.string(),
            name: z.string(),
            onDay: z.string(),
            reason: zText.nullable(),
            unitName: z.string(),
            fromUnitName: z.string().nullable(),
          }),
        )
        .readonly(),
      next: z.string().nullable(),
      total: z.int(),
      ...zReadAt,
    }),
    power: "roster.read",
  }),
  getOverview: defineRoute({
    method: "GET",
    url: "/figures/overview",
    tag: "figures",
    summary: { zh: "一个工会的全部数字", en: "All figures of one union" },
    query: z.object({ ...zSpan, outward: zOutward }),
    response: z.object({ from: z.string(), to: z.string(), items: z.array(zFigure), ...zReadAt }),
    power: "figures.read",
  }),
  exportFigures: defineRoute({
    method: "GET",
    url: "/figures/export",
    tag: "figures",
    summary: {
      zh: "导出对外统计表（不含过小的数字）",
      en: "Figures as a table for outside, without numbers too small to be told",
    },
    query: z.object({ ...zSpan, measure: z.string().max(40).optional() }),
    response: z.never(),
    power: "figures.read",
    perMinute: 20,
  }),
};

type Request = Pick<RequestContext<Session>, "ctx" | "today" | "session">;

/** A union that the caller may see figures of, and the question about it. */
interface Here {
  readonly unit: Unit;
  readonly scope: Scope;
  readonly when: When;
}

/** Finds the union within what the caller may use a power in. */
async function here(
  { ctx, session, today }: Request,
  power: "figures.read" | "roster.read",
  query: { readonly unit: Id<"unit">; readonly from?: Day | undefined; readonly to?: Day | undefined },
): Promise<Or<Here>> {
  const held = scopeOf(session.actor, power, today);
  if (isRefusal(held)) return held;
  const unit = await ctx.db.read(session.viewer, (tx) => findUnit(tx, held, query.unit));
  if (isRefusal(unit)) return unit;
  const to = query.to ?? today;
  const from = query.from ?? day(`${yearOf(to)}-01-01`);
  if (from > to) return refuse("span-backwards", {}, { at: "/from" });
  return { unit, scope: held, when: { from, to, today } };
}

async function askedAt(tx: Tx, { unit, when }: Here): Promise<Asked> {
  return askedOf(tx, [await placeOf(tx, unit.id)], when)[0]!;
}

/** How a measure is told to the caller: whole to those who may open its list here, unless they ask for what may go out. */
async function tellingOf(
  tx: Tx,
  { session, today }: Request,
  { unit }: Here,
  measure: Measure,
  outward: boolean,
): Promise<Telling> {
  const opens = scopeOf(session.actor, measure.opens, today);
  if (!outward && !isRefusal(opens) && covers(opens, unit.path)) return { least: null };
  const { value } = await resolvePolicy(tx, tellFrom, unit.path, today);
  return { least: value };
}

/** The figure, all of it hidden where the figures around it would give it away to one who sees those too. */
async function shown(
  tx: Tx,
  request: Request,
  found: Here,
  asked: Asked,
  measure: Measure,
  of: { readonly by?: string | undefined; readonly outward: boolean },
): Promise<Figure> {
  const how = await tellingOf(tx, request, found, measure, of.outward);
  const { catalogue } = request.ctx.engine;
  const { unit, scope, when } = found;
  const told = await figureOf(measure, asked, unit, { ...how, by: of.by, catalogue });
  if (how.least === null || !measure.personal || told.hidden || unit.parentId === null) return told;
  const parent = await findUnit(tx, scope, unit.parentId);
  if (isRefusal(parent)) return told;
  const above = await askedAt(tx, { ...found, unit: parent });
  if (!(await hiddenAmong(tx, scope, measure, above, unit.id, when, how))) return told;
  return {
    ...told,
    value: null,
    hidden: true,
    by: told.by.map((part) => ({ ...part, value: null, hidden: true })),
    series: told.series.map((point) => ({ ...point, value: null, hidden: true })),
  };
}

/** A measure and a split by their names. */
function measured(id: string, by?: string): Or<Measure> {
  const measure = measureOf(id);
  if (!measure)
    return refuse("measure-unknown", { offered: measures.map((one) => one.id) }, { at: "/measure" });
  if (by !== undefined && !(by in measure.by))
    return refuse("split-unknown", { offered: Object.keys(measure.by) }, { at: "/by" });
  return measure;
}

export const handlers: readonly Handled[] = [
  handle(routes.listMeasures, () => ({
    items: measures.map(({ id, title, help, unit, kind, by }) => ({
      id,
      title,
      help,
      unitOfMeasure: unit,
      kind,
      splits: Object.keys(by),
    })),
  })),
  handle(routes.getFigure, async (request) => {
    const { query, ctx } = request;
    const measure = measured(query.measure, query.by);
    if (isRefusal(measure)) return measure;
    const found = await here(request, "figures.read", query);
    if (isRefusal(found)) return found;
    return dated(ctx, everything, async (tx) =>
      shown(tx, request, found, await askedAt(tx, found), measure, {
        by: query.by,
        outward: query.outward === "true",
      }),
    );
  }),
  handle(routes.listBelow, async (request) => {
    const { query, ctx } = request;
    const measure = measured(query.measure);
    if (isRefusal(measure)) return measure;
    const found = await here(request, "figures.read", query);
    if (isRefusal(found)) return found;
    return dated(ctx, everything, async (tx) => {
      const how = await tellingOf(tx, request, found, measure, query.outward === "true");
      const asked = await askedAt(tx, found);
      return { items: await figuresBelow(tx, found.scope, measure, asked, found.when, how) };
    });
  }),
  handle(routes.getMemberChange, async (request) => {
    const found = await here(request, "figures.read", request.query);
    if (isRefusal(found)) return found;
    const { unit, when } = found;
    return dated(request.ctx, everything, async (tx) => {
      const period = await memberPeriod(await askedAt(tx, found));
      if (isRefusal(period)) return period;
      const { least } = await tellingOf(tx, request, found, measureOf("members")!, false);
      return {
        unit: { id: unit.id, name: unit.name },
        from: when.from,
        to: when.to,
        ...toldPeriod(period, least),
      };
    });
  }),
  handle(routes.listMemberChange, async (request) => {
    const { query, ctx } = request;
    const found = await here(request, "roster.read", query);
    if (isRefusal(found)) return found;
    const { from, to } = found.when;
    return dated(ctx, everything, async (tx) => {
      const scope = narrow(found.scope, found.unit.path);
      if (isRefusal(scope)) return scope;
      const { kind, limit, cursor } = query;
      const page = await changesIn(tx, scope, { under: found.unit.path, kind, from, to, limit, cursor });
      if (isRefusal(page)) return page;
      const period = await memberPeriod(await askedAt(tx, found));
      if (isRefusal(period)) return period;
      return {
        items: page.items.map((line) => ({
          ...line,
          reason: line.reason === null ? null : reasonTitles[line.reason],
        })),
        next: page.next,
        total: period.change[kind],
      };
    });
  }),
  handle(routes.getOverview, async (request) => {
    const { query, ctx } = request;
    const found = await here(request, "figures.read", query);
    if (isRefusal(found)) return found;
    return dated(ctx, everything, async (tx) => {
      const asked = await askedAt(tx, found);
      const outward = query.outward === "true";
      const items = await Promise.all(
        measures.map((measure) => shown(tx, request, found, asked, measure, { outward })),
      );
      return { from: asked.from, to: asked.to, items };
    });
  }),
  handle(routes.exportFigures, async (request) => {
    const { query, ctx, lang } = request;
    const wanted = query.measure === undefined ? null : measured(query.measure);
    if (isRefusal(wanted)) return wanted;
    const found = await here(request, "figures.read", query);
    if (isRefusal(found)) return found;
    const { value, readAt } = await ctx.replica.read(everything, async (tx) => {
      const asked = await askedAt(tx, found);
      const figures: Figure[] = [];
      for (const measure of wanted === null ? measures : [wanted])
        for (const by of Object.keys(measure.by).length === 0 ? [undefined] : Object.keys(measure.by))
          if (by !== "month")
            figures.push(await shown(tx, request, found, asked, measure, { by, outward: true }));
      const { value: least } = await resolvePolicy(tx, tellFrom, found.unit.path, request.today);
      return { figures, least };
    });
    const { figures, least } = value;
    return exportOf(figures, { unit: found.unit.name, ...found.when, readAt, least, lang });
  }),
];

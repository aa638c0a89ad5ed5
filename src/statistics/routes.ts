import { z } from "zod";
import type { Tx } from "../db/index.ts";
import { addMonths, type Day, day, firstOfMonth, yearOf } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import { isRefusal, refuse } from "../kernel/refusal.ts";
import { type AppContext, defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zDay, zId, zText } from "../kernel/schemas.ts";
import { memberPeriod } from "../people/index.ts";
import type { Actor } from "../units/scope.ts";
import { narrow, scopeOf } from "../units/scope.ts";
import { findUnit } from "../units/store.ts";
import { type Asked, type Measure, measureOf, measures } from "./measures.ts";
import { partLabel } from "./words.ts";

const zFigureUnit = z.enum(["people", "unions", "cases", "fen", "days", "score", "bp"]);
const zPart = z.object({ key: z.string(), label: zText, value: z.number() });
const zFigure = z.object({
  measure: z.string(),
  title: zText,
  help: zText,
  unit: z.object({ id: z.string(), name: z.string() }),
  unitOfMeasure: zFigureUnit,
  kind: z.enum(["stock", "flow"]),
  from: z.string(),
  to: z.string(),
  value: z.number().nullable(),
  by: z.array(zPart),
  series: z.array(z.object({ period: z.string(), value: z.number() })),
  splits: z.array(z.string()),
  listUrl: z.string(),
  counted: z.boolean(),
});
type Figure = z.infer<typeof zFigure>;

const zMemberChange = z.object({
  unit: z.object({ id: z.string(), name: z.string() }),
  from: z.string(),
  to: z.string(),
  opening: z.int(),
  joined: z.int(),
  transferredIn: z.int(),
  reactivated: z.int(),
  transferredOut: z.int(),
  retained: z.int(),
  withdrawn: z.int(),
  autoWithdrawn: z.int(),
  expelled: z.int(),
  deceased: z.int(),
  cancelled: z.int(),
  closing: z.int(),
});

const zSpan = { unit: zId<"unit">(), from: zDay.optional(), to: zDay.optional() };

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
    query: z.object({ ...zSpan, measure: z.string().max(40), by: z.string().max(20).optional() }),
    response: zFigure,
    power: "figures.read",
  }),
  getMemberChange: defineRoute({
    method: "GET",
    url: "/figures/member-change",
    tag: "figures",
    summary: { zh: "会员增减变动表", en: "How the members of a union changed in a period" },
    query: z.object(zSpan),
    response: zMemberChange,
    power: "figures.read",
  }),
  getOverview: defineRoute({
    method: "GET",
    url: "/figures/overview",
    tag: "figures",
    summary: { zh: "一个工会的全部数字", en: "All figures of one union" },
    query: z.object(zSpan),
    response: z.object({ from: z.string(), to: z.string(), items: z.array(zFigure) }),
    power: "figures.read",
  }),
};

/** A flow split by month is also a series; months without a case are zero, not missing. */
function seriesOf(asked: Asked, parts: readonly { readonly key: string; readonly value: number }[]) {
  const values = new Map(parts.map((part) => [part.key, part.value]));
  const series: { period: string; value: number }[] = [];
  for (let month = firstOfMonth(asked.from); month <= asked.to; month = addMonths(month, 1)) {
    const period = month.slice(0, 7);
    series.push({ period, value: values.get(period) ?? 0 });
  }
  return series;
}

async function figureOf(
  tx: Tx,
  ctx: AppContext,
  measure: Measure,
  asked: Asked,
  unit: { readonly id: string; readonly name: string },
  by: string | undefined,
): Promise<Figure> {
  const splits = Object.keys(measure.by);
  const chosen = by ?? splits.find((split) => split !== "month");
  const split = chosen === undefined ? undefined : measure.by[chosen];
  const parts = split ? await split(tx, asked) : [];
  const months = measure.by.month ? await measure.by.month(tx, asked) : [];
  return {
    measure: measure.id,
    title: measure.title,
    help: measure.help,
    unit: { id: unit.id, name: unit.name },
    unitOfMeasure: measure.unit,
    kind: measure.kind,
    from: asked.from,
    to: asked.to,
    value: await measure.value(tx, asked),
    by: parts.map((part) => ({
      key: part.key,
      label: partLabel(chosen ?? "", part, ctx.engine.catalogue),
      value: part.value,
    })),
    series: measure.by.month ? seriesOf(asked, months) : [],
    splits,
    listUrl: `/api${measure.list(asked)}`,
    counted: measure.counted,
  };
}

async function place(
  tx: Tx,
  actor: Actor,
  unitId: Id<"unit">,
  span: { from?: Day | undefined; to?: Day | undefined },
  today: Day,
) {
  const held = scopeOf(actor, "figures.read", today);
  if (isRefusal(held)) return held;
  const unit = await findUnit(tx, held, unitId);
  if (isRefusal(unit)) return unit;
  const scope = narrow(held, unit.path);
  if (isRefusal(scope)) return scope;
  const to = span.to ?? today;
  const from = span.from ?? day(`${yearOf(to)}-01-01`);
  if (from > to) return refuse("span-backwards", {}, { at: "/from" });
  return { unit, asked: { scope, unitId, from, to, today } satisfies Asked };
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
  handle(routes.getFigure, async ({ ctx, session, query, today }) => {
    const measure = measureOf(query.measure);
    if (!measure)
      return refuse("measure-unknown", { offered: measures.map((one) => one.id) }, { at: "/measure" });
    if (query.by !== undefined && !(query.by in measure.by))
      return refuse("split-unknown", { offered: Object.keys(measure.by) }, { at: "/by" });
    return ctx.db.read(session.viewer, async (tx) => {
      const found = await place(tx, session.actor, query.unit, query, today);
      return isRefusal(found) ? found : figureOf(tx, ctx, measure, found.asked, found.unit, query.by);
    });
  }),
  handle(routes.getMemberChange, async ({ ctx, session, query, today }) => {
    const found = await ctx.db.read(session.viewer, (tx) =>
      place(tx, session.actor, query.unit, query, today),
    );
    if (isRefusal(found)) return found;
    const { scope, from, to } = found.asked;
    // Who has left the scope is no longer seen from it, and still counts as having left: the scope bounds the counts.
    const { change, closing } = await ctx.db.systemRead((tx) => memberPeriod(tx, scope, from, to));
    return { unit: { id: found.unit.id, name: found.unit.name }, from, to, ...change, closing };
  }),
  handle(routes.getOverview, async ({ ctx, session, query, today }) =>
    ctx.db.read(session.viewer, async (tx) => {
      const found = await place(tx, session.actor, query.unit, query, today);
      if (isRefusal(found)) return found;
      const items: Figure[] = [];
      for (const measure of measures)
        items.push(await figureOf(tx, ctx, measure, found.asked, found.unit, undefined));
      return { from: found.asked.from, to: found.asked.to, items };
    }),
  ),
];

import { z } from "zod";
import type { Tx } from "../../db/index.ts";
import { cursorOf, isPlain, readCursor } from "../../kernel/cursor.ts";
import type { Day } from "../../kernel/day.ts";
import { type Id, isId } from "../../kernel/ids.ts";
import { maskName } from "../../kernel/mask.ts";
import { expect, isRefusal, refuse, sourceText } from "../../kernel/refusal.ts";
import { defineRoute, type Handled, handle } from "../../kernel/route.ts";
import { zId, zPage, zText } from "../../kernel/schemas.ts";
import { livingMonths } from "../../ledger/index.ts";
import { findUnit, pinned, pinsFor, unitAt } from "../../units/index.ts";
import type { Power } from "../../units/powers.ts";
import { type Actor, narrow, scopeOf } from "../../units/scope.ts";
import { livingBelow, livingConditions, livingLines, livingPopulation } from "./eligible.ts";
import { livingSheet } from "./eligible-sheet.ts";
import { livingLine } from "./policies.ts";

const asked = {
  unit: zId<"unit">().optional(),
  lineFen: z.coerce.number().int().min(1).max(10_000_000).optional(),
};
const found = { households: z.int(), leftFen: z.int() };
const zWhere = z.object({ id: z.string(), name: z.string() });

const routes = {
  living: defineRoute({
    method: "GET",
    url: "/eligibility/living-aid",
    tag: "services",
    summary: {
      zh: "谁可以领生活救助、要多少钱；换一个低保标准试算",
      en: "Whom living aid fits and what it would cost; the same with another line",
    },
    power: "figures.read",
    query: z.object(asked),
    response: z.object({
      unit: zWhere,
      rule: z.array(z.object({ why: zText, source: z.string().nullable() })).readonly(),
      lineFen: z.int(),
      lineSource: z.string(),
      months: z.int(),
      capFen: z.int(),
      ...found,
      whatIf: z.object({ lineFen: z.int(), capFen: z.int(), ...found }).nullable(),
    }),
  }),
  below: defineRoute({
    method: "GET",
    url: "/eligibility/living-aid/below",
    tag: "services",
    summary: {
      zh: "下一级各工会符合生活救助条件的家庭数和金额",
      en: "Whom living aid fits in each union directly below, and what it would cost",
    },
    power: "case.read",
    query: z.object(asked),
    response: z.object({ items: z.array(z.object({ unit: zWhere, ...found })).readonly() }),
  }),
  households: defineRoute({
    method: "GET",
    url: "/eligibility/living-aid/households",
    tag: "services",
    summary: {
      zh: "符合生活救助条件的家庭，一页一页；可导出",
      en: "The households living aid fits, page by page, or as a sheet",
    },
    power: "case.read",
    query: zPage.extend({ ...asked, as: z.enum(["json", "csv", "xlsx"]).default("json") }),
    response: z.object({
      items: z
        .array(
          z.object({
            id: z.string(),
            fileNo: z.string(),
            headId: z.string(),
            headName: z.string(),
            unitName: z.string(),
            category: z.string(),
            members: z.int(),
            validTo: z.string(),
            caseId: z.string(),
            leftFen: z.int(),
          }),
        )
        .readonly(),
      next: z.string().nullable(),
    }),
  }),
};

/** Who qualifies without applying (免申即享): counted, with another line, union by union, and as a list. */
export const eligibleHandlers: readonly Handled[] = [
  handle(routes.living, async ({ ctx, session, query, today, lang }) => {
    return ctx.db.read(session.viewer, async (tx) => {
      const place = await placeAsked(tx, session.actor, "figures.read", query.unit, today);
      if (isRefusal(place)) return place;
      const { scope, months, unit, lineSource } = place;
      const fits = async (lineFen: number) => {
        const capFen = lineFen * months;
        const { households, leftFen } = await livingPopulation(tx, scope, { today, capFen });
        return { lineFen, capFen, households, leftFen: Number(leftFen) };
      };
      const whatIf = query.lineFen === undefined ? null : await fits(query.lineFen);
      const rule = livingConditions.map(({ why, source }) => ({
        why,
        source: source ? sourceText(source, lang) : null,
      }));
      return {
        unit,
        rule,
        ...(await fits(place.lineFen)),
        lineSource: sourceText(lineSource, lang),
        months,
        whatIf,
      };
    });
  }),

  handle(routes.below, async ({ ctx, session, query, today }) => {
    return ctx.db.read(session.viewer, async (tx) => {
      const place = await placeAsked(tx, session.actor, "case.read", query.unit, today);
      if (isRefusal(place)) return place;
      const params = { today, capFen: (query.lineFen ?? place.lineFen) * place.months };
      const items = await livingBelow(tx, place.scope, place.unit.id, params);
      return { items: items.map((one) => ({ ...one, leftFen: Number(one.leftFen) })) };
    });
  }),

  handle(routes.households, async ({ ctx, session, query, today, lang }) => {
    const place = await ctx.db.read(session.viewer, (tx) =>
      placeAsked(tx, session.actor, "case.read", query.unit, today),
    );
    if (isRefusal(place)) return place;
    const params = { today, capFen: (query.lineFen ?? place.lineFen) * place.months };
    const page = (after: Parameters<typeof livingLines>[3]["after"], limit: number) =>
      ctx.db.read(session.viewer, (tx) => livingLines(tx, place.scope, params, { after, limit }));
    if (query.as !== "json") return livingSheet(query.as, lang, page);
    const after = readCursor(query.cursor, isPlain, isId);
    if (isRefusal(after)) return after;
    const rows = await page(after && { path: after[0], id: after[1] }, query.limit);
    const last = rows.at(-1);
    return {
      items: rows.map(({ path: _, ...row }) => ({
        ...row,
        headName: maskName(row.headName),
        leftFen: Number(row.leftFen),
      })),
      next: last && rows.length === query.limit ? cursorOf(last.path, last.id) : null,
    };
  }),
];

/** Where the rule is asked, by one with a power there, and what is in force at that place. */
async function placeAsked(tx: Tx, actor: Actor, power: Power, unit: Id<"unit"> | undefined, today: Day) {
  const all = scopeOf(actor, power, today);
  if (isRefusal(all)) return all;
  const place = unit ? await findUnit(tx, all, unit) : await unitAt(tx, all.roots[0]!);
  if (isRefusal(place)) return refuse("not-found", {}, { at: "/unit" });
  const scope = expect(narrow(all, place.path));
  const pins = await pinsFor(tx, [livingLine, livingMonths], place.path, today);
  return {
    scope,
    unit: { id: place.id, name: place.name },
    lineFen: Number(pinned(livingLine, pins)),
    lineSource: pins[livingLine.key]!.source,
    months: pinned(livingMonths, pins),
  };
}

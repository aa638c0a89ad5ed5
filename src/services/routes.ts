import { z } from "zod";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { type Id, isId } from "../kernel/ids.ts";
import { maskName } from "../kernel/mask.ts";
import type { UnitPath } from "../kernel/path.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zId, zPage, zText } from "../kernel/schemas.ts";
import type { Text } from "../kernel/words.ts";
import { livingMonths } from "../ledger/index.ts";
import { findHouseholdOf, findPerson, getPerson, type PersonSealed, unsealPerson } from "../people/index.ts";
import type { FieldKind } from "../procedures/fields.ts";
import { type Mark, maskOf } from "../procedures/marks.ts";
import { pinned, pinsFor } from "../units/index.ts";
import type { Power } from "../units/powers.ts";
import { type Actor, narrow, type Scope, scopeOf } from "../units/scope.ts";
import { livingLines, livingPopulation } from "./care/eligible.ts";
import { livingSheet } from "./care/eligible-sheet.ts";
import { livingLine } from "./care/policies.ts";

/** Facts that fill in a form. A value may be a mark, which the server replaces when the form is handed in. */
const Known = z.object({
  items: z.array(z.object({ key: z.string(), value: z.unknown(), from: zText })).readonly(),
});

const routes = {
  livingEligibility: defineRoute({
    method: "GET",
    url: "/eligibility/living-aid",
    tag: "services",
    summary: {
      zh: "谁可以领生活救助、要多少钱；换一个低保标准试算",
      en: "Whom living aid fits and what it would cost; the same with another line",
    },
    power: "figures.read",
    query: z.object({
      unit: zId<"unit">().optional(),
      lineFen: z.coerce.number().int().min(1).max(10_000_000).optional(),
    }),
    response: z.object({
      lineFen: z.int(),
      capFen: z.int(),
      households: z.int(),
      leftFen: z.int(),
      whatIf: z
        .object({ lineFen: z.int(), capFen: z.int(), households: z.int(), leftFen: z.int() })
        .nullable(),
    }),
  }),
  livingHouseholds: defineRoute({
    method: "GET",
    url: "/eligibility/living-aid/households",
    tag: "services",
    summary: {
      zh: "符合生活救助条件的家庭，一页一页；可导出",
      en: "The households living aid fits, page by page, or as a sheet",
    },
    power: "case.read",
    query: zPage.extend({
      unit: zId<"unit">().optional(),
      lineFen: z.coerce.number().int().min(1).max(10_000_000).optional(),
      as: z.enum(["json", "csv", "xlsx"]).default("json"),
    }),
    response: z.object({
      items: z
        .array(
          z.object({
            id: z.string(),
            fileNo: z.string(),
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
  known: defineRoute({
    method: "GET",
    url: "/me/known",
    tag: "services",
    summary: { zh: "系统已知、可预填的信息", en: "What the system knows and fills in" },
    response: Known,
  }),
  knownOf: defineRoute({
    method: "GET",
    url: "/services/:id/known",
    tag: "services",
    summary: {
      zh: "代职工申请时可预填的信息；密封的只给掩码",
      en: "What is filled in when filing for a worker; what is sealed, as a mark",
    },
    params: z.object({ id: z.string().max(60) }),
    query: z.object({ person: zId<"person">() }),
    response: Known,
  }),
};

const record = { zh: "会员档案", en: "the membership record" };
const registered = { zh: "上次登记的家庭成员", en: "the household registered before" };

const file = { zh: "职工的会员档案", en: "the worker’s membership record" };

type Fact = readonly [key: string, value: unknown, from: Text];

/** The sealed facts that forms ask for, each by the kind of its question. */
const kinds = {
  idNumber: "idNumber",
  phone: "phone",
  address: "text",
  bankName: "text",
  bankBranch: "text",
  bankCard: "bankCard",
} as const satisfies Partial<Record<keyof PersonSealed, FieldKind>>;
const filling = Object.keys(kinds) as (keyof typeof kinds)[];

function marked(key: keyof typeof kinds, value: string | undefined): Mark | undefined {
  return value === undefined ? undefined : { known: key, shown: maskOf(kinds[key], value) };
}

function present(facts: readonly Fact[]) {
  return facts.flatMap(([key, value, from]) =>
    value === undefined || value === null ? [] : [{ key, value, from }],
  );
}

export const handlers: readonly Handled[] = [
  handle(routes.livingEligibility, async ({ ctx, session, query, today }) => {
    return ctx.db.read(session.viewer, async (tx) => {
      const asked = await livingAsked(tx, session.actor, "figures.read", query.unit, today);
      if (isRefusal(asked)) return asked;
      const { scope, months } = asked;
      const fits = async (lineFen: number) => {
        const capFen = lineFen * months;
        const found = await livingPopulation(tx, scope, { today, capFen });
        return { lineFen, capFen, households: found.households, leftFen: Number(found.leftFen) };
      };
      const whatIf = query.lineFen === undefined ? null : await fits(query.lineFen);
      return { ...(await fits(asked.lineFen)), whatIf };
    });
  }),

  handle(routes.livingHouseholds, async ({ ctx, session, query, today, lang }) => {
    const asked = await ctx.db.read(session.viewer, (tx) =>
      livingAsked(tx, session.actor, "case.read", query.unit, today),
    );
    if (isRefusal(asked)) return asked;
    const params = { today, capFen: (query.lineFen ?? asked.lineFen) * asked.months };
    const page = (after: Parameters<typeof livingLines>[3]["after"], limit: number) =>
      ctx.db.read(session.viewer, (tx) => livingLines(tx, asked.scope, params, { after, limit }));
    if (query.as !== "json") return livingSheet(query.as, lang, page);
    const [path, id] = Buffer.from(query.cursor ?? "", "base64url")
      .toString()
      .split("/");
    const rows = await page(path && id && isId(id) ? { path, id } : null, query.limit);
    const last = rows.at(-1);
    return {
      items: rows.map(({ path: _, ...row }) => ({
        ...row,
        headName: maskName(row.headName),
        leftFen: Number(row.leftFen),
      })),
      next:
        last && rows.length === query.limit
          ? Buffer.from(`${last.path}/${last.id}`).toString("base64url")
          : null,
    };
  }),

  // Everything here is the person's own, shown to nobody else; the card number does not travel even so.
  handle(routes.known, async ({ ctx, session }) => {
    return ctx.db.read(session.viewer, async (tx) => {
      const person = await getPerson(tx, session.person as Id<"person">, session.district);
      const sealed = unsealPerson(ctx.ring, person);
      const household = await findHouseholdOf(tx, ctx.ring, person);
      const members = household?.members.map((one) => ({
        name: one.name,
        relation: one.relation,
        ...(one.facts.idNumber && { idNumber: one.facts.idNumber }),
        ...(one.workStatus && { workStatus: one.workStatus }),
        ...(one.facts.health && { health: one.facts.health }),
        ...(one.facts.disabilityLevel && { disabilityLevel: Number(one.facts.disabilityLevel) }),
        ...(one.facts.school && { school: one.facts.school }),
      })) ?? [{ name: person.name, relation: "self", ...(sealed.idNumber && { idNumber: sealed.idNumber }) }];
      const facts: readonly Fact[] = [
        ["name", person.name, record],
        ["idNumber", sealed.idNumber, record],
        ["phone", sealed.phone, record],
        ["address", sealed.address, record],
        ["bankName", sealed.bankName, record],
        ["bankBranch", sealed.bankBranch, record],
        ["bankCard", marked("bankCard", sealed.bankCard), record],
        ["migrant", person.migrant, record],
        ["employerName", person.employerName, record],
        ["members", members, household ? registered : record],
      ];
      return { items: present(facts) };
    });
  }),

  // An officer who may file for the person reads no sealed fact: each is a mark, and its value joins the case unseen.
  handle(routes.knownOf, async ({ ctx, session, params, query, today }) => {
    const service = ctx.engine.catalogue.services.get(params.id);
    if (!service) return refuse("service-unknown");
    const power = service.mayStart.onBehalf;
    if (!power) return refuse("own-request-only", { service: service.title });
    const scope = scopeOf(session.actor, power, today);
    if (isRefusal(scope)) return scope;
    return ctx.db.read(session.viewer, async (tx) => {
      const person = await findPerson(tx, scope, query.person);
      if (isRefusal(person) || person.mergedInto !== null) return refuse("not-found");
      const sealed = unsealPerson(ctx.ring, person);
      return {
        items: present([
          ["name", person.name, file],
          ["migrant", person.migrant, file],
          ["employerName", person.employerName, file],
          ...filling.map((key): Fact => [key, marked(key, sealed[key]), file]),
        ]),
      };
    });
  }),
];

/** Where the rule is asked, by one with a power there, and what is in force at that place. */
async function livingAsked(
  tx: Tx,
  actor: Actor,
  power: Power,
  unit: Id<"unit"> | undefined,
  today: Day,
): Promise<Or<{ readonly scope: Scope; readonly lineFen: number; readonly months: number }>> {
  const all = scopeOf(actor, power, today);
  if (isRefusal(all)) return all;
  const place = unit
    ? (await tx.selectFrom("unit").where("id", "=", unit).select("path").executeTakeFirst())?.path
    : all.roots[0];
  if (place === undefined) return refuse("not-found", {}, { at: "/unit" });
  const scope = narrow(all, place as UnitPath);
  if (isRefusal(scope)) return refuse("not-found", {}, { at: "/unit" });
  const pins = await pinsFor(tx, [livingLine, livingMonths], place as UnitPath, today);
  return { scope, lineFen: Number(pinned(livingLine, pins)), months: pinned(livingMonths, pins) };
}

import { z } from "zod";
import type { Id } from "../kernel/ids.ts";
import { isRefusal, refuse } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zId, zText } from "../kernel/schemas.ts";
import type { Text } from "../kernel/words.ts";
import { findHouseholdOf, findPerson, getPerson, type PersonSealed, unsealPerson } from "../people/index.ts";
import type { FieldKind } from "../procedures/fields.ts";
import { type Mark, maskOf } from "../procedures/marks.ts";
import { scopeOf } from "../units/scope.ts";
import { eligibleHandlers } from "./care/eligible-routes.ts";

/** Facts that fill in a form. A value may be a mark, which the server replaces when the form is handed in. */
const Known = z.object({
  items: z.array(z.object({ key: z.string(), value: z.unknown(), from: zText })).readonly(),
});

const routes = {
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
  ...eligibleHandlers,

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
        ["idKind", sealed.idNumber && person.idKind, record],
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
          ["idKind", sealed.idNumber && person.idKind, file],
          ...filling.map((key): Fact => [key, marked(key, sealed[key]), file]),
        ]),
      };
    });
  }),
];

import { z } from "zod";
import type { Id } from "../kernel/ids.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zText } from "../kernel/schemas.ts";
import { findHouseholdOf, getPerson, unsealPerson } from "../people/index.ts";

export const routes = {
  known: defineRoute({
    method: "GET",
    url: "/me/known",
    tag: "services",
    summary: { zh: "系统已知、可预填的信息", en: "What the system knows and fills in" },
    response: z.object({
      items: z.array(z.object({ key: z.string(), value: z.unknown(), from: zText })).readonly(),
    }),
  }),
};

const record = { zh: "会员档案", en: "your membership record" };
const registered = { zh: "上次登记的家庭成员", en: "the household you registered before" };

export const handlers: readonly Handled[] = [
  // Everything here is the person's own, shown to nobody else.
  handle(routes.known, async ({ ctx, session }) => {
    return ctx.db.read(session.viewer, async (tx) => {
      const person = await getPerson(tx, session.person as Id<"person">);
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
      const facts: readonly (readonly [string, unknown, typeof record])[] = [
        ["name", person.name, record],
        ["idNumber", sealed.idNumber, record],
        ["phone", sealed.phone, record],
        ["address", sealed.address, record],
        ["bankName", sealed.bankName, record],
        ["bankBranch", sealed.bankBranch, record],
        ["bankCard", sealed.bankCard, record],
        ["migrant", person.migrant, record],
        ["employerName", person.employerName, record],
        ["members", members, household ? registered : record],
      ];
      const items = facts.flatMap(([key, value, from]) =>
        value === undefined || value === null ? [] : [{ key, value, from }],
      );
      return { items };
    });
  }),
];

import { z } from "zod";
import type { Day } from "../kernel/day.ts";
import { reasonOf } from "../kernel/reason.ts";
import { isRefusal, refuse } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zDay, zId } from "../kernel/schemas.ts";
import type { Lang } from "../kernel/words.ts";
import { type AnyPolicy, type Pin, type PolicyRow, type PolicySource, policies } from "./policy.ts";
import { PolicyItem, PolicyList, type zPlace, zSource } from "./policy-schemas.ts";
import { historyOf, maySetAt, pinsFor, setPolicy } from "./policy-store.ts";
import { presentSource } from "./present.ts";
import { type Scope, scopeOf } from "./scope.ts";
import { ancestorsOfUnit, findUnit } from "./store.ts";
import type { Unit } from "./unit.ts";

export const policyRoutes = {
  listPolicies: defineRoute({
    method: "GET",
    url: "/policies",
    tag: "policies",
    summary: { zh: "一个地方的政策和出处", en: "Policies at a place, and where they come from" },
    power: "unit.read",
    query: z.object({
      place: zId<"unit">().optional(),
      day: zDay.optional(),
      group: z.string().max(40).optional(),
    }),
    response: PolicyList,
  }),
  setPolicy: defineRoute({
    method: "PUT",
    url: "/policies",
    tag: "policies",
    summary: { zh: "为本级工会设定政策，从某日起生效", en: "Set a policy for one's own union from a day on" },
    power: "policy.write",
    body: z.object({
      id: zId<"policy">(),
      key: z.string().max(100),
      unitId: zId<"unit">(),
      /** The key's value; null hands the place back to the union above. */
      value: z.unknown(),
      from: zDay,
      source: zSource,
    }),
    response: PolicyItem,
  }),
};

export const policyHandlers: readonly Handled[] = [
  handle(policyRoutes.listPolicies, async ({ ctx, session, query, today, lang }) => {
    const scope = scopeOf(session.actor, "unit.read", today);
    if (isRefusal(scope)) return scope;
    const place = query.place ?? session.actor.posts[0]?.unitId;
    if (place === undefined) return refuse("not-found");
    return ctx.db.read(session.viewer, async (tx) => {
      const unit = await findUnit(tx, scope, place);
      if (isRefusal(unit)) return unit;
      const on = query.day ?? today;
      const keys = policies().filter((one) => query.group === undefined || groupOf(one) === query.group);
      const setting = scopeOf(session.actor, "policy.write", today);
      return {
        place: { id: unit.id, name: unit.name },
        day: on,
        items: await present(tx, keys, unit, on, isRefusal(setting) ? null : setting, lang),
      };
    });
  }),
  handle(policyRoutes.setPolicy, async ({ ctx, session, body, now, today, lang }) => {
    const scope = scopeOf(session.actor, "policy.write", today);
    if (isRefusal(scope)) return scope;
    return ctx.db.write(session.viewer, async (tx) => {
      const by = { person: session.person, at: now, day: today };
      const source = body.source as PolicySource; // absent parts come as undefined, which JSON leaves out
      const row = await setPolicy(tx, scope, { ...body, source, value: body.value ?? null }, by);
      if (isRefusal(row)) return row;
      const unit = await findUnit(tx, scope, body.unitId);
      if (isRefusal(unit)) return unit;
      const keys = policies().filter((one) => one.key === row.key);
      const [item] = await present(tx, keys, unit, row.from, scope, lang);
      return item!;
    });
  }),
];

const groupOf = (policy: AnyPolicy): string => policy.key.slice(0, policy.key.indexOf("."));
const nation = { zh: "全国", en: "The nation" };

async function present(
  tx: Parameters<typeof pinsFor>[0],
  keys: readonly AnyPolicy[],
  unit: Unit,
  on: Day,
  setting: Scope | null,
  lang: Lang,
): Promise<z.input<typeof PolicyItem>[]> {
  const pins = await pinsFor(tx, keys, unit.path, on);
  const history = await historyOf(
    tx,
    keys.map((one) => one.key),
    unit.path,
  );
  const above = await ancestorsOfUnit(tx, unit.path);
  const places = new Map([...above, unit].map((one) => [one.path as string, { id: one.id, name: one.name }]));
  const placeOf = (path: string): z.input<typeof zPlace> => {
    const known = places.get(path);
    return known ? { id: known.id, name: { zh: known.name, en: known.name } } : { id: null, name: nation };
  };
  return keys.map((policy) => {
    const pin = pins[policy.key] as Pin;
    const may = setting ? maySetAt(policy, setting, unit) : refuse("not-yours");
    return {
      key: policy.key,
      group: groupOf(policy),
      title: policy.title,
      help: policy.help,
      type: presentType(policy),
      value: pin.value,
      from: pin.from,
      place: placeOf(pin.place),
      source: presentSource(pin.source, lang),
      sourceDetail: pin.source,
      inherited: pin.place !== unit.path,
      history: history.filter((row) => row.key === policy.key).map((row) => presentRow(row, placeOf, lang)),
      maySet: may === true,
      ...(may !== true && { refusal: reasonOf(may, lang) }),
    };
  });
}

function presentRow(row: PolicyRow, placeOf: (path: string) => z.input<typeof zPlace>, lang: Lang) {
  return {
    id: row.id,
    value: row.value,
    from: row.from,
    place: placeOf(row.place),
    source: presentSource(row.source, lang),
    superseded: row.supersededBy !== null,
  };
}

function presentType({ type }: AnyPolicy): z.input<typeof PolicyItem>["type"] {
  return {
    kind: type.kind,
    ...(type.unit && { unit: type.unit }),
    ...(type.min !== undefined && { min: type.min }),
    ...(type.max !== undefined && { max: type.max }),
    ...(type.options && { options: type.options.map((one) => ({ ...one })) }),
  };
}

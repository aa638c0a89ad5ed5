import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { json, notify, type Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import { ancestorsOf, type UnitPath } from "../kernel/path.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import { levels, levelTitle, type UnionLevel } from "./levels.ts";
import {
  type AnyPolicy,
  checkPolicyValue,
  type Pin,
  type Pins,
  type Policy,
  type PolicyRow,
  type PolicySource,
  policyOf,
  resolve,
} from "./policy.ts";
import type { Scope } from "./scope.ts";
import { findUnit } from "./store.ts";
import type { By } from "./unit.ts";

/** A key's value at a place on a day, with what a case would keep of it. */
export interface Resolved<Value> {
  readonly value: Value;
  readonly pin: Pin;
}

/** The value of one key at a place on a day. */
export async function resolvePolicy<Value>(
  tx: Tx,
  policy: Policy<Value>,
  place: UnitPath,
  on: Day,
): Promise<Resolved<Value>> {
  const pins = await pinsFor(tx, [policy], place, on);
  const pin = pins[policy.key]!;
  return { value: policy.type.read(pin.value), pin };
}

/** The value of one key at each of many places on a day, read at once. */
export async function resolveEach<Value>(
  tx: Tx,
  policy: Policy<Value>,
  places: readonly UnitPath[],
  on: Day,
): Promise<ReadonlyMap<UnitPath, Value>> {
  const rows = (await rowsOf(tx, [policy.key])).get(policy.key) ?? [];
  const national =
    rows.length === 0 ? policy.type.read(resolve(policy, rows, "cn" as UnitPath, on).value) : null;
  return new Map(
    places.map((place) => [place, national ?? policy.type.read(resolve(policy, rows, place, on).value)]),
  );
}

/** The values of several keys at a place on a day, as a case pins them. */
export async function pinsFor(tx: Tx, keys: readonly AnyPolicy[], place: UnitPath, on: Day): Promise<Pins> {
  const rows = await rowsOf(
    tx,
    keys.map((one) => one.key),
  );
  return Object.fromEntries(keys.map((one) => [one.key, resolve(one, rows.get(one.key) ?? [], place, on)]));
}

/**
 * What this process remembers of the rows of each key, good as long as the version in the database is the same. The
 * version is a random id set in the writing transaction, so one that was rolled back never comes again.
 */
let remembered: { readonly version: string; readonly byKey: Map<string, readonly PolicyRow[]> } = {
  version: "",
  byKey: new Map(),
};

async function rowsOf(tx: Tx, keys: readonly string[]): Promise<ReadonlyMap<string, readonly PolicyRow[]>> {
  const { rows: versions } = await sql<{ version: string }>`select version from policy_version`.execute(tx);
  const version = versions[0]?.version ?? "";
  if (remembered.version !== version) remembered = { version, byKey: new Map() };
  const known = remembered.byKey;
  const missing = keys.filter((key) => !known.has(key));
  if (missing.length === 0) return known;
  // Version and rows in one statement: both of the same moment, so nothing newer is remembered under an old version.
  const { rows } = await sql<{ version: string; row: (PolicyRow & { setAt: string }) | null }>`
    select v.version, case when p.id is null then null else jsonb_build_object('id', p.id, 'key', p.key, 'place', p.place,
        'from', p.from_day, 'until', p.until_day, 'value', p.value, 'source', p.source, 'setBy', p.set_by,
        'setAt', p.set_at, 'supersededBy', p.superseded_by) end as row
    from policy_version v left join policy_value p on p.key = any(${missing})`.execute(tx);
  const read = new Map<string, PolicyRow[]>(missing.map((key) => [key, []]));
  for (const { row } of rows) if (row) read.get(row.key)!.push({ ...row, setAt: new Date(row.setAt) });
  if (rows[0]?.version !== version) return new Map([...known, ...read]);
  for (const [key, list] of read) known.set(key, list);
  return known;
}

/** Told when policies have changed, to whoever keeps something made of them. */
export const policyChannel = "zhijia_policy";

/** Makes every process read the rows again. Part of the transaction that changes them. */
export async function bumpPolicyVersion(tx: Tx): Promise<void> {
  await sql`update policy_version set version = ${randomUUID()}`.execute(tx);
  notify(tx, policyChannel, "");
}

/** A value to be set for a unit's place. */
export interface PolicySetting {
  readonly id: Id<"policy">;
  readonly key: string;
  readonly unitId: Id<"unit">;
  /** JSON of the key's type; null hands the place back to the union above. */
  readonly value: unknown;
  readonly from: Day;
  readonly source: PolicySource;
}

/**
 * Sets a key for the officer's own union from today or a later day on; units below inherit it. What held before stays
 * as it was. Refuses `policy-unknown`, `not-found`, `policy-not-own`, `policy-place`, `policy-past`, `policy-source`,
 * `policy-value`, `same-id-other-content`.
 */
export async function setPolicy(
  tx: Tx,
  scope: Scope,
  setting: PolicySetting,
  by: By,
): Promise<Or<PolicyRow>> {
  const policy = policyOf(setting.key, "/key");
  if (isRefusal(policy)) return policy;
  const unit = await findUnit(tx, scope, setting.unitId);
  if (isRefusal(unit)) return unit;
  const again = await policyRow(tx, setting.id);
  if (again)
    return again.place === unit.path &&
      again.key === setting.key &&
      JSON.stringify(again.value) === JSON.stringify(setting.value)
      ? again
      : refuse("same-id-other-content");
  const maySet = maySetAt(policy, scope, unit);
  if (maySet !== true) return maySet;
  if (setting.from < by.day) return refuse("policy-past", {}, { at: "/from" });
  const document =
    typeof setting.source.document === "string" ? setting.source.document : setting.source.document.zh;
  if (document.trim() === "") return refuse("policy-source", {}, { at: "/source/document" });
  const checked = setting.value === null ? { json: null } : checkPolicyValue(policy, setting.value, "/value");
  if (isRefusal(checked)) return checked;
  await bumpPolicyVersion(tx); // first: it also makes writers wait for one another
  await sql`update policy_value set superseded_by = ${setting.id}
    where key = ${setting.key} and place = ${unit.path} and from_day = ${setting.from} and superseded_by is null`.execute(
    tx,
  );
  await sql`insert into policy_value (id, key, place, from_day, value, source, set_by, set_at)
    values (${setting.id}, ${setting.key}, ${unit.path}, ${setting.from}, ${json(checked.json)}, ${json(setting.source)},
      ${by.person}, ${by.at})`.execute(tx);
  return (await policyRow(tx, setting.id))!;
}

/** Whether the scope may set a key for a unit: its own union, and of a level that may. */
export function maySetAt(
  policy: AnyPolicy,
  scope: Scope,
  unit: { readonly path: UnitPath; readonly level: UnionLevel },
): true | ReturnType<typeof refuse> {
  if (scope.power !== "system" && !scope.roots.includes(unit.path)) return refuse("policy-not-own");
  const setAt = policy.setAt ?? atCountyAndAbove;
  if (!setAt.includes(unit.level))
    return refuse("policy-place", {
      title: policy.title,
      levels: setAt.map((one) => levelTitle(one as UnionLevel)),
    });
  return true;
}

/** Who sets policies unless a key says otherwise: county and above (organisation.md §5.3). */
const atCountyAndAbove = (Object.keys(levels) as UnionLevel[]).filter(
  (one) => levels[one].rank <= levels.COUNTY.rank,
);

/** Everything that was ever set for some keys at a place or above it, the latest day first. */
export async function historyOf(
  tx: Tx,
  keys: readonly string[],
  place: UnitPath,
): Promise<readonly (PolicyRow & { readonly placeName: string | null })[]> {
  const { rows } = await sql<PolicyRow & { placeName: string | null }>`
    select p.id, p.key, p.place, p.from_day as "from", p.until_day as "until", p.value, p.source, p.set_by as "setBy",
      p.set_at as "setAt", p.superseded_by as "supersededBy", u.name as "placeName"
    from policy_value p left join unit u on u.path = p.place
    where p.key = any(${keys}) and p.place = any(${[place, ...ancestorsOf(place)]})
    order by p.from_day desc, p.set_at desc`.execute(tx);
  return rows;
}

async function policyRow(tx: Tx, id: Id<"policy">): Promise<PolicyRow | undefined> {
  const { rows } = await sql<PolicyRow>`
    select id, key, place, from_day as "from", until_day as "until", value, source, set_by as "setBy", set_at as "setAt",
      superseded_by as "supersededBy" from policy_value where id = ${id}`.execute(tx);
  return rows[0];
}

import { sql } from "kysely";
import { json, type Tx } from "../db/index.ts";
import type { Id } from "../kernel/ids.ts";
import { childOf, isInside, type UnitPath } from "../kernel/path.ts";
import { isRefusal, type Or, type Refusal, refuse, together } from "../kernel/refusal.ts";
import { parseText } from "../kernel/text.ts";
import { carryMove } from "../rollups/index.ts";
import { checkProfile, takenBy, type UnitProfile } from "./found.ts";
import type { UnitStatus } from "./levels.ts";
import { spell } from "./names.ts";
import { bumpPolicyVersion } from "./policy-store.ts";
import { regionOf } from "./regions.ts";
import { covers, type Scope } from "./scope.ts";
import { checkStatus, isClosed, needsSuperior } from "./status.ts";
import {
  addUnitEvent,
  countChildren,
  findUnit,
  getUnit,
  holdTree,
  isFictitiousInstallation,
  recordingUnit,
  unitById,
} from "./store.ts";
import { checkLevels, checkRegion, checkUnitName } from "./tree.ts";
import type { By, Unit } from "./unit.ts";

/** What an edit may change; what is absent stays. */
export interface UnitChanges extends UnitProfile {
  readonly name?: string | undefined;
  readonly regionCode?: string | undefined;
}

/**
 * Edits a unit of the scope as it stood at a version. A new region must lie in the superior's territory; the district,
 * where the records live, stays. Refuses `not-found`, `changed-meanwhile`, `unit-closed`, and what founding refuses.
 */
export async function editUnit(
  tx: Tx,
  scope: Scope,
  id: Id<"unit">,
  version: number,
  changes: UnitChanges,
  by: By,
  reason: string | null = null,
): Promise<Or<Unit>> {
  const unit = await findUnit(tx, scope, id);
  if (isRefusal(unit)) return unit;
  if (isClosed(unit.status)) return refuse("unit-closed");
  const fictitious = await isFictitiousInstallation(tx);
  const wanted = { ...unit, ...given(changes) };
  const name = checkUnitName(wanted.name);
  const region = regionOf(wanted.regionCode, { fictitious, at: "/regionCode" });
  const profile = await checkProfile(tx, wanted, {
    level: unit.level,
    path: unit.path,
    fictitious,
    day: by.day,
  });
  const parent = unit.parentId === null ? undefined : await unitById(tx, unit.parentId);
  const outside =
    isRefusal(region) || region.code === unit.regionCode
      ? undefined
      : checkRegion(
          unit.level,
          region.code,
          parent ? { level: parent.level, region: parent.regionCode } : null,
        );
  const wrong = together([name, region, profile, outside].filter(isRefusal));
  if (wrong || isRefusal(name) || isRefusal(region) || isRefusal(profile))
    return wrong ?? refuse("malformed");
  const { pinyin, initials } = spell(name);
  try {
    const { rows } = await recordingUnit(tx, id, () =>
      sql<{ version: number }>`
      update unit set name = ${name}, name_pinyin = ${pinyin}, name_initials = ${initials},
        short_name = ${profile.shortName}, org_type = ${profile.orgType}, org_form = ${profile.orgForm},
        region_code = ${region.code}, uscc = ${profile.uscc}, legal_person_status = ${profile.legalPersonStatus},
        funds_parent_id = ${profile.fundsParentId}, industrial_parent_id = ${profile.industrialParentId},
        founded_on = ${profile.foundedOn}, term_years = ${profile.termYears}, term_number = ${profile.termNumber},
        term_start = ${profile.termStart}, term_end = ${profile.termEnd}, employer = ${json(profile.employer)},
        details = ${json(profile.details)}, version = version + 1
      where id = ${id} and version = ${version} returning version`.execute(tx),
    );
    if (rows.length === 0) return refuse("changed-meanwhile");
  } catch (error) {
    return takenBy(error, { name, code: unit.code, uscc: profile.uscc });
  }
  const after = await getUnit(tx, id);
  const { before: was, after: is } = difference(unit, after);
  await addUnitEvent(tx, id, { kind: "edited", before: was, after: is, reason }, by);
  return after;
}

/** Drops what was not given, so that it does not overwrite. */
function given(changes: UnitChanges): Partial<UnitChanges> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function difference(
  one: Unit,
  other: Unit,
): { before: Record<string, unknown>; after: Record<string, unknown> } {
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  for (const key of Object.keys(other) as (keyof Unit)[]) {
    if (key === "version" || JSON.stringify(one[key]) === JSON.stringify(other[key])) continue;
    before[key] = one[key];
    after[key] = other[key];
  }
  return { before, after };
}

/**
 * Moves a unit with everything below it under another superior, both within the scope (organisation.md §5.2:
 * restructuring). Paths of the whole subtree and of all records in it follow in the same transaction; regions and
 * districts stay, for a union may be led from elsewhere. Refuses `not-found`, `not-yours`, `unit-cycle`, `unit-level`,
 * `unit-name-taken`, `unit-closed`, `required`.
 */
export async function moveUnit(
  tx: Tx,
  scope: Scope,
  id: Id<"unit">,
  newParentId: Id<"unit">,
  reason: string,
  by: By,
): Promise<Or<Unit>> {
  const why = parseText(reason, { min: 2, max: 500, at: "/reason" });
  await holdTree(tx, "alone");
  const unit = await findUnit(tx, scope, id);
  const parent = await unitById(tx, newParentId);
  if (isRefusal(unit)) return unit;
  if (!parent || !covers(scope, parent.path)) return refuse("not-found", {}, { at: "/newParentId" });
  if (isRefusal(why)) return why;
  if (unit.parentId === parent.id) return unit;
  // Who gives a unit away must be above it: a scope that is the unit itself does not reach its superior.
  if (!scope.everything && scope.roots.includes(unit.path)) return refuse("not-yours");
  const wrong = checkMove(unit, parent);
  if (wrong) return wrong;
  const path = childOf(parent.path, unit.path.slice(unit.path.lastIndexOf(".") + 1));
  try {
    await rewriteTree(tx, unit.path, path);
    await sql`update unit set parent_id = ${parent.id}, version = version + 1 where id = ${id}`.execute(tx);
  } catch (error) {
    return takenBy(error, { name: unit.name, code: unit.code, uscc: unit.uscc });
  }
  await followMove(tx, unit.path, path);
  await carryMove(tx, id, unit.path, path);
  await bumpPolicyVersion(tx);
  await addUnitEvent(
    tx,
    id,
    {
      kind: "moved",
      before: { parentId: unit.parentId, path: unit.path },
      after: { parentId: parent.id, path },
      reason: why,
    },
    by,
  );
  return getUnit(tx, id);
}

function checkMove(unit: Unit, parent: Unit): Refusal | undefined {
  const at = "/newParentId";
  if (isInside(parent.path, unit.path)) return refuse("unit-cycle", {}, { at });
  if (isClosed(unit.status)) return refuse("unit-closed");
  if (isClosed(parent.status)) return refuse("unit-closed", {}, { at });
  const wrong = checkLevels(parent.level, unit.level, unit.orgType);
  return wrong && { ...wrong, at };
}

async function rewriteTree(tx: Tx, from: UnitPath, to: UnitPath): Promise<void> {
  await sql`update unit set path = ${to} || substr(path, ${from.length + 1})
    where path >= ${from} and path < ${`${from}/`}`.execute(tx);
}

/** Lets every record under an old path follow its unit. Safe to repeat; the tree must show the move already. */
export async function followMove(tx: Tx, from: UnitPath, to: UnitPath): Promise<void> {
  await sql`select zhijia_follow_move(${from}, ${to})`.execute(tx);
}

/** Moves made since a day: a record written while its unit moved may still carry the old path. */
export async function movesSince(
  tx: Tx,
  day: string,
): Promise<readonly { readonly from: UnitPath; readonly to: UnitPath }[]> {
  const { rows } = await sql<{ from: UnitPath; to: UnitPath }>`
    select e.before->>'path' as "from", e.after->>'path' as "to" from unit_event e
    where e.kind = 'moved' and e.on_day >= ${day} and exists (select 1 from unit u where u.path = e.after->>'path')
      and not exists (select 1 from unit u where u.path >= e.before->>'path' and u.path < (e.before->>'path') || '/')
    order by e.at`.execute(tx);
  return rows;
}

/** What must be empty before a union comes to its end; each module adds its own. */
export type CloseGuard = (tx: Tx, unit: Unit) => Promise<Refusal | undefined>;
const closeGuards: CloseGuard[] = [];

/** Lets a module refuse that a union is dissolved or merged while it still holds something. */
export function registerCloseGuard(guard: CloseGuard): void {
  closeGuards.push(guard);
}

/**
 * Changes a union's state along organisation.md §5.2. Approving, suspending and closing are the superior's. A union is
 * closed only when nothing stands below it, it has no members, its legal person is cancelled and every guard agrees.
 * Refuses `not-found`, `unit-status`, `not-yours`, `unit-has-children`, `unit-has-members`, `unit-legal-person`,
 * `changed-meanwhile`.
 */
export async function changeUnitStatus(
  tx: Tx,
  scope: Scope,
  id: Id<"unit">,
  to: UnitStatus,
  reason: string,
  by: By,
): Promise<Or<Unit>> {
  const why = parseText(reason, { min: 2, max: 500, at: "/reason" });
  // Nothing may be founded below a union while it is closed.
  await holdTree(tx, isClosed(to) ? "alone" : "shared");
  const unit = await findUnit(tx, scope, id);
  if (isRefusal(unit)) return unit;
  if (isRefusal(why)) return why;
  if (unit.status === to) return unit;
  const wrong = checkStatus(unit.status, to);
  if (wrong) return wrong;
  if (needsSuperior(to) && unit.parentId !== null && scope.roots.includes(unit.path))
    return refuse("not-yours");
  const stays = isClosed(to) ? await checkClosing(tx, unit) : undefined;
  if (stays) return stays;
  const stillEmpty = isClosed(to) ? sql`members = 0` : sql`true`;
  const { rows } = await recordingUnit(tx, id, () =>
    sql`update unit set status = ${to}, version = version + 1
      where id = ${id} and status = ${unit.status} and ${stillEmpty} returning id`.execute(tx),
  );
  if (rows.length === 0) return refuse("changed-meanwhile");
  await addUnitEvent(
    tx,
    id,
    { kind: "status", before: { status: unit.status }, after: { status: to }, reason: why },
    by,
  );
  return getUnit(tx, id);
}

async function checkClosing(tx: Tx, unit: Unit): Promise<Refusal | undefined> {
  const source = { document: { zh: "《中华人民共和国工会法》", en: "Trade Union Law" }, article: "第十三条" };
  const children = await countChildren(tx, unit.id);
  if (children > 0) return refuse("unit-has-children", { count: children }, { source });
  if (unit.members > 0) return refuse("unit-has-members", { count: unit.members }, { source });
  if (unit.legalPersonStatus !== "NONE" && unit.legalPersonStatus !== "CANCELLED")
    return refuse("unit-legal-person", {}, { source });
  for (const guard of closeGuards) {
    const refused = await guard(tx, unit);
    if (refused) return refused;
  }
  return undefined;
}

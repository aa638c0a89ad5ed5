import { type RawBuilder, sql } from "kysely";
import type { Viewer } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Id, Made } from "../kernel/ids.ts";
import { depthOf, isInside, placeAt, rangeOf, type UnitPath, widest } from "../kernel/path.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import type { District } from "../kernel/region.ts";
import type { UnionLevel } from "./levels.ts";
import { type Power, powersOf, powerTitles, type Role, satisfies } from "./powers.ts";

/** A post as its holder carries it: where, as what, from which day, and the first day no longer held. */
export interface HeldPost {
  readonly id: Id<"post">;
  readonly unitId: Id<"unit">;
  readonly unitName: string;
  readonly unitPath: UnitPath;
  readonly unitLevel: UnionLevel;
  readonly role: Role;
  readonly from: Day;
  readonly until: Day | null;
}

/** Who acts: a person and the posts they hold. Loaded by `loadActor`. */
export interface Actor {
  readonly person: Id<"person">;
  readonly name: string;
  readonly district: District | null;
  readonly posts: readonly HeldPost[];
}

/**
 * Where one person may use one power on one day: the subtrees, none inside another. Every store function that
 * reads or writes others' records takes one; only this file makes them.
 */
export type Scope = {
  readonly person: Id<"person"> | null;
  readonly power: Power | "system";
  readonly roots: readonly UnitPath[];
  /** Whether the whole country is inside. */
  readonly everything: boolean;
} & Made<"scope">;

export const top = "cn" as UnitPath;

/** Whether a post is held on a day. */
export function isHeld(post: Pick<HeldPost, "from" | "until">, on: Day): boolean {
  return post.from <= on && (post.until === null || on < post.until);
}

/** Where the actor may use a power on a day. Refuses `not-yours` when nowhere. */
export function scopeOf(actor: Actor, power: Power, on: Day): Or<Scope> {
  return scopeOfAny(actor, [power], on);
}

/** Where the actor may use at least one of several powers on a day. Refuses `not-yours` when nowhere. */
export function scopeOfAny(actor: Actor, powers: readonly Power[], on: Day): Or<Scope> {
  const roots = actor.posts
    .filter((post) => isHeld(post, on) && powers.some((power) => satisfies(post.role, power)))
    .map((post) => post.unitPath);
  const [power] = powers;
  if (roots.length === 0 || power === undefined)
    return refuse("not-yours", power === undefined ? {} : { power: powerTitles[power] });
  return made(actor.person, power, roots);
}

/** The program's own scope: jobs, the command line, founding. Never made for a request. */
export function systemScope(): Scope {
  return made(null, "system", [top]);
}

/** The part of a scope inside one unit; refuses `not-found` when they do not meet. */
export function narrow(scope: Scope, root: UnitPath): Or<Scope> {
  if (covers(scope, root)) return made(scope.person, scope.power, [root]);
  const inside = scope.roots.filter((one) => isInside(one, root));
  return inside.length > 0 ? made(scope.person, scope.power, inside) : refuse("not-found");
}

/** Whether a place lies in the scope. */
export function covers(scope: Scope, place: UnitPath): boolean {
  return scope.roots.some((root) => isInside(place, root));
}

function made(person: Id<"person"> | null, power: Power | "system", roots: readonly UnitPath[]): Scope {
  const kept = widest(roots);
  return { person, power, roots: kept, everything: kept.includes(top) } as unknown as Scope;
}

/**
 * The scope as a filter on a path column, `insideScope(scope, "case_file.path")`: one b-tree range per root. For
 * counts, joins, exports and single rows; for an ordered list with a limit use `inPlace`, which an index can lead with.
 */
export function insideScope(scope: Scope, column: string): RawBuilder<boolean> {
  return insideRoots(scope.roots, column);
}

/** `insideScope` for roots that are not a scope, such as one unit's subtree in a statistic. */
export function insideRoots(roots: readonly UnitPath[], column: string): RawBuilder<boolean> {
  if (roots.includes(top)) return sql<boolean>`true`;
  if (roots.length === 0) return sql<boolean>`false`;
  const ref = sql.ref(column);
  const ranges = roots.map((root) => {
    const { low, high } = rangeOf(root);
    return sql<boolean>`(${ref} >= ${low} and ${ref} < ${high})`;
  });
  return ranges.length === 1 ? ranges[0]! : sql<boolean>`(${sql.join(ranges, sql` or `)})`;
}

/** The deepest place column of tables that have `place2` … `place5`. */
const placeDepth = 5;

/**
 * One root as an equality on the place columns (`place2` … `place5`) of a table or its alias: leads the list
 * indexes, so that a county's list costs what the country's does. Below depth 5 the path range is added.
 */
export function inPlace(root: UnitPath, table: string): RawBuilder<boolean> {
  const depth = depthOf(root);
  if (depth === 1) return sql<boolean>`true`;
  if (depth <= placeDepth) return sql<boolean>`${sql.ref(`${table}.place${depth}`)} = ${root}`;
  const { low, high } = rangeOf(root);
  const path = sql.ref(`${table}.path`);
  return sql<boolean>`(${sql.ref(`${table}.place${placeDepth}`)} = ${placeAt(root, placeDepth)} and ${path} >= ${low} and ${path} < ${high})`;
}

/**
 * An ordered list over every root of a scope: runs the list once for each root (there is nearly always one) and
 * merges by `compare`. Roots do not overlap, so nothing comes twice.
 */
export async function mergePlaces<Row>(
  scope: Scope,
  table: string,
  limit: number,
  compare: (one: Row, other: Row) => number,
  list: (filter: RawBuilder<boolean>) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const lists = await Promise.all(scope.roots.map((root) => list(inPlace(root, table))));
  if (lists.length === 1) return lists[0]!.slice(0, limit);
  return lists.flat().sort(compare).slice(0, limit);
}

/** What row-level security lets this person see: every place where they hold any post that day, and themselves. */
export function viewerOf(actor: Actor, on: Day): Viewer {
  const roots = widest(actor.posts.filter((post) => isHeld(post, on)).map((post) => post.unitPath));
  return { roots, person: actor.person, key: `${actor.person}|${roots.join(",")}` };
}

/** Every power the actor holds on a day and the units where: for `/api/me`. */
export function powersHeld(
  actor: Actor,
  on: Day,
): readonly { readonly power: Power; readonly units: readonly Id<"unit">[] }[] {
  const held = new Map<Power, Set<Id<"unit">>>();
  for (const post of actor.posts) {
    if (!isHeld(post, on)) continue;
    for (const power of powersOf[post.role]) {
      const units = held.get(power) ?? new Set();
      held.set(power, units.add(post.unitId));
    }
  }
  return [...held].map(([power, units]) => ({ power, units: [...units] }));
}

/** Whether the actor may use a power at one place on a day. */
export function may(actor: Actor, power: Power, place: UnitPath, on: Day): boolean {
  const scope = scopeOf(actor, power, on);
  return !isRefusal(scope) && covers(scope, place);
}

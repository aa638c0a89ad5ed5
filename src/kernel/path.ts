import type { Made } from "./ids.ts";
import { type Or, refuse } from "./refusal.ts";

/**
 * Where a unit stands: the short stable segments of its ancestors and itself, joined by dots:
 * `cn.34.3401.340104.k7`. Segments are 1–12 lower-case letters and digits; at most 16 of them. Stored
 * `COLLATE "C"`, so that a subtree is one range of a b-tree.
 */
export type UnitPath = string & Made<"unit-path">;

const pattern = /^[0-9a-z]{1,12}(?:\.[0-9a-z]{1,12}){0,15}$/;

/** A path from outside. Refuses `bad-path`. */
export function parsePath(value: unknown, at?: string): Or<UnitPath> {
  return isPath(value) ? value : refuse("bad-path", {}, { at });
}

/** Whether a value is a unit path. */
export function isPath(value: unknown): value is UnitPath {
  return typeof value === "string" && pattern.test(value);
}

/** A path written in code. A wrong one is a bug and throws. */
export function path(text: string): UnitPath {
  if (!isPath(text)) throw new RangeError(`not a unit path: ${text}`);
  return text;
}

/** The path of the unit above; null at the top. */
export function parentOf(of: UnitPath): UnitPath | null {
  const dot = of.lastIndexOf(".");
  return dot < 0 ? null : (of.slice(0, dot) as UnitPath);
}

/** The paths of all units above, the top first; without the unit itself. */
export function ancestorsOf(of: UnitPath): readonly UnitPath[] {
  const above: UnitPath[] = [];
  for (let dot = of.indexOf("."); dot >= 0; dot = of.indexOf(".", dot + 1))
    above.push(of.slice(0, dot) as UnitPath);
  return above;
}

/** The path of a unit below this one. A segment or depth that cannot be is a bug and throws. */
export function childOf(of: UnitPath, segment: string): UnitPath {
  if (segment.includes(".")) throw new RangeError(`not one segment: ${segment}`);
  return path(`${of}.${segment}`);
}

/** How many segments a path has; the top has 1. */
export function depthOf(of: UnitPath): number {
  return of.split(".").length;
}

/** Whether a path is the root or lies below it. */
export function isInside(of: UnitPath, root: UnitPath): boolean {
  return of === root || of.startsWith(`${root}.`);
}

/** The part of a path down to a depth, or null when it does not reach so far: `placeAt("cn.34.3401", 2)` is `cn.34`. */
export function placeAt(of: UnitPath, depth: number): UnitPath | null {
  const segments = of.split(".");
  return depth >= 1 && depth <= segments.length ? (segments.slice(0, depth).join(".") as UnitPath) : null;
}

/** The lowest unit above (or equal to) both; null when they share none. */
export function commonRoot(one: UnitPath, other: UnitPath): UnitPath | null {
  const [a, b] = [one.split("."), other.split(".")];
  let shared = 0;
  while (shared < a.length && a[shared] === b[shared]) shared++;
  return placeAt(one, shared);
}

/** The roots with those inside another left out: the fewest ranges that cover the same units. */
export function widest(roots: readonly UnitPath[]): readonly UnitPath[] {
  return [...new Set(roots)].sort().reduce<UnitPath[]>((kept, root) => {
    if (!kept.some((wider) => isInside(root, wider))) kept.push(root);
    return kept;
  }, []);
}

/**
 * The half-open range `[low, high)` that holds the root and everything below it in byte order, and
 * nothing else: "/" is the byte after ".".
 */
export function rangeOf(root: UnitPath): { readonly low: string; readonly high: string } {
  return { low: root, high: `${root}/` };
}

import type { Db, Tx } from "../db/index.ts";
import { addDays } from "../kernel/day.ts";
import { expect } from "../kernel/refusal.ts";
import { keptAt, type Place, readTallies, type Span } from "../rollups/index.ts";
import { narrow, type Scope } from "../units/scope.ts";
import { type CaseFilter, countCases } from "./lists.ts";

/** The tally that a list's total is read from, and the keys of it that the list holds. */
interface Tallied {
  readonly tally: string;
  readonly span?: Span;
  readonly holds: (key: string) => boolean;
}

/**
 * The tally that says how many cases a filter finds; null where none does and the rows must be counted. A filter that a
 * tally does not know by its key or day is not answered by it.
 */
function talliedBy(filter: CaseFilter): Tallied | null {
  const { state, step, service, outcome, overdueOn, escalated, rated, person, from, to, endedFrom, endedTo } =
    filter;
  const others = [escalated, rated, person, filter.q?.trim() || undefined];
  if (others.some((one) => one !== undefined)) return null;
  const inDays = from !== undefined || to !== undefined;
  const inEnds = endedFrom !== undefined || endedTo !== undefined;
  const ofService = (key: string) => service === undefined || key === service;
  if (overdueOn !== undefined)
    return step === undefined && outcome === undefined && !inDays && !inEnds && state !== "ended"
      ? { tally: "case.due", span: { to: addDays(overdueOn, -1) }, holds: ofService }
      : null;
  if (state === undefined)
    return step === undefined && outcome === undefined && !inEnds
      ? { tally: "case.opened", span: { from, to }, holds: ofService }
      : null;
  if (inDays) return null;
  if (state === "open") {
    if (outcome !== undefined || inEnds) return null;
    const steps = step?.split(",");
    return {
      tally: "case.open",
      holds: (key) => ofService(before(key)) && (steps === undefined || steps.includes(after(key))),
    };
  }
  // A case that ended with no outcome is counted under the empty word.
  if (step !== undefined || outcome === "") return null;
  return {
    tally: "case.ended",
    span: { from: endedFrom, to: endedTo },
    holds: (key) => ofService(before(key)) && (outcome === undefined || after(key) === outcome),
  };
}

/** A total half taken: what was counted from rows, and the unions whose figures hold the rest. */
interface Counting {
  readonly counted: number;
  readonly kept: readonly Place[];
  readonly tallied: Tallied | null;
}

/**
 * Counts what of a list no figure knows: all that its filter asks beyond the figures, else the rows of unions that keep
 * none, which are small.
 */
export async function countRows(tx: Tx, scope: Scope, filter: CaseFilter): Promise<Counting> {
  const tallied = talliedBy(filter);
  if (tallied === null) return { counted: await countCases(tx, scope, filter), kept: [], tallied };
  const kept = await keptAt(tx, scope.roots);
  const rest = scope.roots.filter((root) => !kept.some(({ path }) => path === root));
  const counts = await Promise.all(rest.map((root) => countCases(tx, expect(narrow(scope, root)), filter)));
  return { counted: counts.reduce((sum, n) => sum + n, 0), kept, tallied };
}

/** How many cases a list has in all, at this moment, once its rows are counted as far as they must be. */
export async function totalOf(db: Db, { counted, kept, tallied }: Counting): Promise<number> {
  if (tallied === null || kept.length === 0) return counted;
  const { tally, span, holds } = tallied;
  const counts = await db.systemRead((tx) => readTallies(tx, kept, [tally], span));
  const found = kept.flatMap(({ unitId }) => counts(tally, unitId)).filter(({ key }) => holds(key));
  return found.reduce((sum, { n }) => sum + n, counted);
}

const before = (key: string): string => key.slice(0, key.indexOf("/"));
const after = (key: string): string => key.slice(key.indexOf("/") + 1);

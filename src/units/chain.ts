import { sql } from "kysely";
import { once, type Tx } from "../db/index.ts";
import type { Id } from "../kernel/ids.ts";
import { ancestorsOf, type UnitPath } from "../kernel/path.ts";
import type { District } from "../kernel/region.ts";
import { levels, type UnionLevel } from "./levels.ts";

/** The levels at which a case's steps are decided. "own" is the worker's own union. */
export type CaseLevel = "own" | "township" | "county" | "city" | "province" | "national";

/** A unit on a chain. */
export interface ChainUnit {
  readonly id: Id<"unit">;
  readonly path: UnitPath;
  readonly name: string;
  readonly level: UnionLevel;
  readonly district: District;
  /** Whether it belongs to the industrial line and stands in for a level the territory lacks. */
  readonly standIn: boolean;
}

/** Who is who above a unit. A level that is not there is absent: a step of that level passes to the next. */
export interface Chain {
  readonly unit: ChainUnit;
  readonly levels: Readonly<Partial<Record<CaseLevel, ChainUnit>>>;
}

/** A unit as the walk needs it. */
export interface ChainRow extends ChainUnit {
  readonly industrialParentId: Id<"unit"> | null;
}

const caseLevelOf: Readonly<Partial<Record<UnionLevel, CaseLevel>>> = {
  TOWNSHIP: "township",
  PARK: "township",
  COUNTY: "county",
  PREFECTURE: "city",
  PROVINCIAL: "province",
  NATIONAL_INDUSTRIAL: "national",
  NATIONAL: "national",
};

/**
 * The chain of a line of units, the lowest first, each under the next. "own" is the nearest that is no branch or group.
 * A county-level industrial or system union under a county federation stands in for the township; an industrial line
 * given beside (`industrial`, nearest first) stands in for levels the leadership line lacks. Pure.
 */
function chainOfLine(line: readonly ChainRow[], industrial: readonly ChainRow[] = []): Chain {
  const [unit] = line;
  if (!unit) throw new Error("a chain of no units");
  const found: Partial<Record<CaseLevel, ChainUnit>> = {};
  const own = line.find((one) => levels[one.level].rank < levels.BRANCH.rank) ?? unit;
  found.own = bare(own, false);
  for (const [index, one] of line.entries()) {
    const level = caseLevelOf[one.level];
    if (level === undefined) continue;
    const federationAbove = line.slice(index + 1).some((other) => other.level === one.level);
    if (one.level === "COUNTY" && federationAbove) found.township ??= bare(one, true);
    else found[level] ??= bare(one, false);
  }
  if (industrial.length > 0) {
    const { own: _, national: __, ...beside } = chainOfLine(industrial).levels;
    for (const [level, one] of Object.entries(beside))
      found[level as CaseLevel] ??= { ...one, standIn: true };
  }
  return { unit: bare(unit, false), levels: found };
}

function bare(row: ChainRow, standIn: boolean): ChainUnit {
  const { id, path, name, level, district } = row;
  return { id, path, name, level, district, standIn };
}

/** The chain of a unit, from the tree. The industrial line is read only where the leadership line lacks a level. */
export async function chainOf(tx: Tx, unitId: Id<"unit">): Promise<Chain> {
  const line = await lineOf(tx, unitId);
  if (line.length === 0) throw new Error("unit does not exist");
  const chain = chainOfLine(line);
  const lacks = (["township", "county", "city"] as const).some((level) => !chain.levels[level]);
  const guide = line.find((one) => one.industrialParentId !== null)?.industrialParentId;
  if (!lacks || !guide) return chain;
  return chainOfLine(line, await lineOf(tx, guide));
}

/** A unit and those above it, the lowest first. */
async function lineOf(tx: Tx, unitId: Id<"unit">): Promise<readonly ChainRow[]> {
  const [self] = await pathsById(tx, unitId);
  return self === undefined ? [] : linesByPath(tx, [self.path, ...ancestorsOf(self.path)]);
}

const pathsById = once(
  (_tx, unitId: Id<"unit">) => sql<{ path: UnitPath }>`select path from unit where id = ${unitId}`,
);

const linesByPath = once(
  (_tx, paths: readonly UnitPath[]) => sql<ChainRow>`
    select id, path, name, level, district, industrial_parent_id as "industrialParentId", false as "standIn"
    from unit where path = any(${paths}) order by length(path) desc`,
);

import { sql } from "kysely";
import type { Tx } from "../../db/index.ts";
import type { Day } from "../../kernel/day.ts";
import { rangeOf } from "../../kernel/path.ts";
import { type Or, refuse } from "../../kernel/refusal.ts";
import { halfWidth } from "../../kernel/text.ts";
import type { Text } from "../../kernel/words.ts";
import { resolveEach, type Unit } from "../../units/index.ts";
import { requireConfirmation } from "../confirmation.ts";
import type { Home } from "../person.ts";

/** A union as a roster's rows may name it. */
export interface KnownUnit extends Home {
  readonly name: string;
  readonly shortName: string | null;
  readonly code: string;
  readonly status: string;
  /** Whether those a roster names there must confirm it themselves. */
  readonly confirms: boolean;
}

/** The union of a row. */
export interface RowUnit {
  readonly home: Home;
  /** Whether the row itself named it. */
  readonly named: boolean;
  readonly confirms: boolean;
}

/** The unions a roster's rows may be put into: the one it was given for and those below. */
export interface RosterUnits {
  readonly base: Home;
  /** The union a cell names; the base when it names none. */
  find(said: string | null, employer: string | null): Or<RowUnit>;
  /** What to propose for a name that was not found. */
  near(said: string): Text | undefined;
}

/** A union and all below it, each with what holds there on a day. */
export async function unitsBelow(tx: Tx, base: Unit, on: Day): Promise<readonly KnownUnit[]> {
  const { low, high } = rangeOf(base.path);
  const { rows } = await sql<Omit<KnownUnit, "confirms">>`
    select id, path, district, name, short_name as "shortName", code, status from unit
    where path >= ${low} and path < ${high} order by path`.execute(tx);
  const places = rows.map((one) => one.path);
  const confirms = await resolveEach(tx, requireConfirmation, places, on);
  return rows.map((one) => ({ ...one, confirms: confirms.get(one.path)! }));
}

/** How cells find their union among those known. The first is the one the roster is for. */
export function rosterUnits(rows: readonly KnownUnit[]): RosterUnits {
  const base = rows[0]!;
  const byName = new Map<string, KnownUnit | "several">();
  for (const unit of rows) {
    for (const name of new Set(
      [unit.name, unit.shortName, unit.code].flatMap((one) => (one ? formsOf(one) : [])),
    )) {
      const before = byName.get(name);
      byName.set(name, before === undefined || before === unit ? unit : "several");
    }
  }
  const baseHome: Home = { id: base.id, path: base.path, district: base.district };
  const closed = (status: string): boolean => status === "DISSOLVED" || status === "MERGED";
  const homeOf = ({ id, path, district }: KnownUnit): Home => ({ id, path, district });
  const look = (said: string): KnownUnit | undefined => {
    for (const form of formsOf(said)) {
      const found = byName.get(form);
      if (found !== undefined && found !== "several") return found;
    }
    return undefined;
  };
  const cache = new Map<string, ReturnType<RosterUnits["find"]>>();
  const find: RosterUnits["find"] = (said, employer) => {
    const key = `${said ?? ""}\n${employer ?? ""}`;
    const kept = cache.get(key);
    if (kept) return kept;
    let found: ReturnType<RosterUnits["find"]>;
    if (said !== null) {
      const unit = look(said);
      if (!unit) found = refuse("roster-unit-unknown", { unit: said.slice(0, 60) });
      else if (closed(unit.status)) found = refuse("roster-unit-closed", { unit: unit.name });
      else found = { home: homeOf(unit), named: true, confirms: unit.confirms };
    } else {
      // No column of unions: an employer whose own union is known below the base holds its people.
      const unit = employer === null ? undefined : look(employer);
      found =
        unit && !closed(unit.status)
          ? { home: homeOf(unit), named: true, confirms: unit.confirms }
          : { home: baseHome, named: false, confirms: base.confirms };
    }
    if (cache.size < 100_000) cache.set(key, found);
    return found;
  };
  const near = (said: string): Text | undefined => {
    const wanted = plain(said);
    let best: { name: string; score: number } | undefined;
    for (const unit of rows) {
      const score = likeness(wanted, plain(unit.name));
      if (score > (best?.score ?? 0.5)) best = { name: unit.name, score };
    }
    return best && { zh: `是不是「${best.name}」？`, en: `Is it “${best.name}”?` };
  };
  return { base: baseHome, find, near };
}

function plain(name: string): string {
  return halfWidth(name)
    .replace(/[\s()()·]/g, "")
    .toLowerCase();
}

/** A union's name with and without its tail, so that an employer's name finds its union. */
function formsOf(name: string): string[] {
  const whole = plain(name);
  const short = whole.replace(/(工会)?委员会$/, "").replace(/(联合)?工会$/, "");
  return short === whole || short === "" ? [whole] : [whole, short];
}

/** The share of character pairs two names have in common, 0–1. */
function likeness(one: string, other: string): number {
  if (one.length < 2 || other.length < 2) return 0;
  const pairs = new Set<string>();
  for (let i = 0; i + 1 < one.length; i++) pairs.add(one.slice(i, i + 2));
  let common = 0;
  for (let i = 0; i + 1 < other.length; i++) if (pairs.has(other.slice(i, i + 2))) common++;
  return (2 * common) / (one.length + other.length - 2);
}

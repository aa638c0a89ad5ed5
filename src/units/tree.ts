import { childOf, path, type UnitPath } from "../kernel/path.ts";
import { type Or, type Refusal, refuse, type Source } from "../kernel/refusal.ts";
import { isWithin, type Region, regionLevel } from "../kernel/region.ts";
import { parseText } from "../kernel/text.ts";
import { levels, levelTitle, type OrgForm, type OrgType, type UnionLevel } from "./levels.ts";

/** Law Article 10: one superior, and higher unions lead lower ones. */
const superiority: Source = {
  document: { zh: "《中华人民共和国工会法》", en: "Trade Union Law" },
  article: "第十条",
};

/** The end of a name that shows what kind of body it is (organisation.md §3). */
const namePattern = /工会|组织员|小组|分会/;

/**
 * Whether one union may stand under another: its level must be strictly lower, save for a subsidiary's union under its
 * group's (grassroots under grassroots) and an industrial, system or organ union under a county federation.
 * Refuses `unit-level`.
 */
export function checkLevels(
  parent: UnionLevel,
  child: UnionLevel,
  orgType: OrgType | null = null,
): Refusal | undefined {
  if (levels[parent].rank < levels[child].rank) return undefined;
  if (parent === "GRASSROOTS" && child === "GRASSROOTS") return undefined;
  if (parent === "COUNTY" && child === "COUNTY" && (orgType === "INDUSTRY" || orgType === "SYSTEM"))
    return undefined;
  return refuse(
    "unit-level",
    { child: levelTitle(child), parent: levelTitle(parent) },
    { at: "/level", source: superiority },
  );
}

/** A union's name: 4–100 characters, and it says that it is a union. Refuses as `parseText`, and `unit-name`. */
export function checkUnitName(value: unknown, at = "/name"): Or<string> {
  const name = parseText(value, { min: 4, max: 100, at });
  if (typeof name !== "string") return name;
  return namePattern.test(name) || /union/i.test(name) ? name : refuse("unit-name", {}, { at });
}

/**
 * Whether a union of this level may lie in this region: its territory must have the level, and it must lie inside the
 * territory of the union above when that one has a territory. Refuses `unit-region-level`, `unit-region-outside`.
 */
export function checkRegion(
  level: UnionLevel,
  region: Region,
  parent: { readonly level: UnionLevel; readonly region: Region } | null,
): Refusal | undefined {
  const at = "/regionCode";
  const wanted = territoryOf[level];
  if (
    wanted &&
    regionLevel(region) !== wanted &&
    !(level === "COUNTY" && regionLevel(region) === "prefecture")
  )
    return refuse("unit-region-level", { level: levelTitle(level) }, { at });
  if (parent && hasTerritory.has(parent.level) && !isWithin(region, parent.region))
    return refuse("unit-region-outside", {}, { at });
  return undefined;
}

/** Federations whose region is of a fixed level. A county federation of a city without counties has the city's. */
const territoryOf: Partial<Record<UnionLevel, "province" | "prefecture" | "county">> = {
  PROVINCIAL: "province",
  PREFECTURE: "prefecture",
  COUNTY: "county",
};
const hasTerritory: ReadonlySet<UnionLevel> = new Set(["PROVINCIAL", "PREFECTURE", "COUNTY", "TOWNSHIP"]);

/** Levels of the form each form of organisation may take (organisation.md §2.2). */
export function checkForm(level: UnionLevel, form: OrgForm | null): Refusal | undefined {
  if (form !== "FEDERATION" || levels[level].rank <= levels.TOWNSHIP.rank) return undefined;
  return refuse("unit-form", { level: levelTitle(level) }, { at: "/orgForm" });
}

/**
 * The path of the region's own federation, made from its region even where the ancestors are not in this
 * installation: `cn.34.3401.340104`, `cn.31.3101.310115`. Null for levels without a territory of their own.
 */
export function territorialPath(level: UnionLevel, region: Region): UnitPath | null {
  const [two, four, six] = [region.slice(0, 2), region.slice(0, 4), region.slice(0, 6)];
  switch (level) {
    case "NATIONAL":
      return path("cn");
    case "PROVINCIAL":
      return path(`cn.${two}`);
    case "PREFECTURE":
      return path(`cn.${two}.${four}`);
    case "COUNTY":
      return path(`cn.${two}.${four}.${six}`);
    default:
      return null;
  }
}

/** The last segment of a union that is not its region's federation: short, stable, never used again. */
export function segmentOf(serial: bigint): string {
  return `k${serial.toString(36)}`;
}

/**
 * Where a new union stands: the region's federation at the region's path when that lies under its parent (or it has
 * none) and is free; every other union under its parent with a segment of its own.
 */
export function pathFor(given: {
  readonly level: UnionLevel;
  readonly region: Region;
  readonly parent: UnitPath | null;
  readonly segment: string;
  /** Whether the territorial path is taken already. */
  readonly taken: boolean;
}): UnitPath {
  const own = territorialPath(given.level, given.region);
  const fits = own !== null && (given.parent === null || own.startsWith(`${given.parent}.`));
  if (own && fits && !given.taken) return own;
  if (given.parent) return childOf(given.parent, given.segment);
  // A first union that is no federation hangs below its region's place, so that the region's own may come later.
  const place = territorialPath(levelOfRegion(given.region), given.region) as UnitPath;
  return childOf(place, given.segment);
}

function levelOfRegion(region: Region): UnionLevel {
  const level = regionLevel(region);
  if (level === "nation") return "NATIONAL";
  return level === "province" ? "PROVINCIAL" : level === "prefecture" ? "PREFECTURE" : "COUNTY";
}

/**
 * 工会编码 when none is given: the region's six digits for its federation, and these with the serial for every other
 * union: 340104, 340104-00007.
 */
export function unitCode(region: Region, serial: bigint, federation: boolean): string {
  const six = region.slice(0, 6);
  return federation ? six : `${six}-${serial.toString().padStart(5, "0")}`;
}

/** A code given from outside: letters, digits and dashes, 2–32 of them. Refuses `unit-code`. */
export function checkUnitCode(value: string, at = "/code"): Or<string> {
  const code = value.trim().toUpperCase();
  return /^[0-9A-Z][0-9A-Z-]{1,31}$/.test(code) ? code : refuse("unit-code", {}, { at });
}

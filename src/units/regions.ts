import { areaList } from "@vant/area-data";
import { type Or, refuse } from "../kernel/refusal.ts";
import {
  hasNoCounties,
  isFictitious,
  isVirtualPrefecture,
  nation,
  parseRegion,
  type Region,
  type RegionLevel,
  regionLevel,
  regionParent,
} from "../kernel/region.ts";

/** A division that has a name: the country (100000), a province, a prefecture or a county. */
export interface RegionInfo {
  readonly code: Region;
  readonly name: string;
  readonly level: RegionLevel;
  readonly parent: Region | null;
}

/**
 * The fictitious province, in which trials and tests live. Any other 99 code is as good: its name is made from its
 * digits, so that a generated federation may have as many counties as it likes.
 */
const fictitiousNames: Readonly<Record<string, string>> = {
  "990000": "虚构省",
  "990100": "云溪市",
  "990101": "云溪县",
  "990102": "虚谷区",
  "990103": "望云县",
  "990104": "听雨区",
  "990200": "星河市",
  "990201": "星河区",
  "990202": "银杏县",
  "990203": "晚晴县",
  "990300": "海棠市",
  "990301": "海棠区",
  "990302": "白鹭县",
  "990303": "青禾县",
};

const named = new Map<string, string>([
  [nation, "全国"],
  ...Object.entries(areaList.province_list),
  ...Object.entries(areaList.city_list),
  // Where townships hang directly on the city (organisation.md §7.3) the package lists them in the counties' place.
  ...Object.entries(areaList.county_list).filter(
    ([code]) => !hasNoCounties(`${code.slice(0, 4)}00` as Region),
  ),
]);

const under = childrenOf(named);
const underFictitious = childrenOf(new Map(Object.entries(fictitiousNames)));

/**
 * A division by its code, 6, 9 or 12 digits (2 and 4 are padded). A township or village, which the table does not
 * name, is known by its county: its name is the county's. Refuses `bad-region`, `region-fictitious` and
 * `region-unknown`.
 */
export function regionOf(
  value: unknown,
  options: { readonly fictitious: boolean; readonly at?: string },
): Or<RegionInfo> {
  const code = parseRegion(value, options);
  if (typeof code !== "string") return code;
  const name = regionName(code);
  if (name === undefined) return refuse("region-unknown", { code }, { at: options.at });
  return { code, name, level: regionLevel(code), parent: regionParent(code) };
}

/** The name of a division, or of the county around a township or village; undefined when the table lacks it. */
function regionName(code: Region): string | undefined {
  const six = code.slice(0, 6);
  if (!isFictitious(six)) return named.get(six);
  return fictitiousNames[six] ?? madeUpName(six);
}

/** The divisions directly under one (null: the provinces), in the order of their codes. Virtual prefectures are passed over. */
export function regionsUnder(
  parent: Region | null,
  options: { readonly fictitious: boolean },
): readonly RegionInfo[] {
  const key = (parent ?? nation).slice(0, 6);
  const real = under.get(key) ?? [];
  const fictitious = options.fictitious ? (underFictitious.get(key) ?? []) : [];
  return [...real, ...fictitious];
}

/** The name with its ancestors, as an address begins: 安徽省合肥市蜀山区. */
export function fullRegionName(code: Region): string {
  const names: string[] = [];
  for (
    let one: Region | null = code.slice(0, 6) as Region;
    one !== null && one !== nation;
    one = regionParent(one)
  )
    names.unshift(regionName(one) ?? "");
  return names.join("");
}

function childrenOf(names: ReadonlyMap<string, string>): ReadonlyMap<string, readonly RegionInfo[]> {
  const children = new Map<string, RegionInfo[]>();
  for (const code of [...names.keys()].sort() as Region[]) {
    const parent = regionParent(code);
    if (parent === null || isVirtualPrefecture(code)) continue;
    const info = { code, name: names.get(code)!, level: regionLevel(code), parent };
    const list = children.get(parent);
    if (list) list.push(info);
    else children.set(parent, [info]);
  }
  return children;
}

function madeUpName(six: string): string {
  if (six.endsWith("00")) return `虚构${six.slice(2, 4)}市`;
  return `虚构${six.slice(2)}县`;
}

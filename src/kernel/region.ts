import type { Made } from "./ids.ts";
import { type Or, refuse } from "./refusal.ts";
import { halfWidth, shown } from "./text.ts";

/** An administrative division: 6 digits (GB/T 2260), 9 with the township, 12 with the village. */
export type Region = string & Made<"region">;

/** The six-digit code under which records live; the first column of every large table. */
export type District = string & Made<"district">;

/** The level of a division. `nation` is 100000 alone, the place of national bodies. */
export type RegionLevel = "nation" | "province" | "prefecture" | "county" | "township" | "village";

/** The provinces by their two digits (GB/T 2260). 66 is the Corps in statistics; 99 is fictitious. */
export const provinces: Readonly<Record<string, string>> = {
  "11": "北京市",
  "12": "天津市",
  "13": "河北省",
  "14": "山西省",
  "15": "内蒙古自治区",
  "21": "辽宁省",
  "22": "吉林省",
  "23": "黑龙江省",
  "31": "上海市",
  "32": "江苏省",
  "33": "浙江省",
  "34": "安徽省",
  "35": "福建省",
  "36": "江西省",
  "37": "山东省",
  "41": "河南省",
  "42": "湖北省",
  "43": "湖南省",
  "44": "广东省",
  "45": "广西壮族自治区",
  "46": "海南省",
  "50": "重庆市",
  "51": "四川省",
  "52": "贵州省",
  "53": "云南省",
  "54": "西藏自治区",
  "61": "陕西省",
  "62": "甘肃省",
  "63": "青海省",
  "64": "宁夏回族自治区",
  "65": "新疆维吾尔自治区",
  "66": "新疆生产建设兵团",
  "71": "台湾省",
  "81": "香港特别行政区",
  "82": "澳门特别行政区",
  "99": "虚构省",
};

/** The whole country, where national bodies have their place. */
export const nation = "100000" as Region;

const municipalities = new Set(["11", "12", "31", "50"]);

/** Prefecture-level cities without counties, whose townships hang on the city itself. */
const withoutCounties = new Set(["441900", "442000", "460400", "620200"]);

/**
 * A division's code from outside; 2 or 4 digits are padded to 6. Refuses `bad-region`, and
 * `region-fictitious` for 99 unless the installation holds the fictitious federation.
 */
export function parseRegion(
  value: unknown,
  options: { readonly fictitious?: boolean; readonly at?: string } = {},
): Or<Region> {
  const place = { at: options.at };
  const text = typeof value === "string" || typeof value === "number" ? halfWidth(String(value)) : "";
  const code = /^\d{2}$|^\d{4}$/.test(text) ? text.padEnd(6, "0") : text;
  if (code === nation) return nation;
  if (
    !/^(?:\d{6}|\d{9}|\d{12})$/.test(code) ||
    !provinces[code.slice(0, 2)] ||
    /^\d{2}00[^0]|^\d{2}000[^0]/.test(code)
  )
    return refuse("bad-region", { value: shown(text) }, place);
  if (isFictitious(code) && !options.fictitious) return refuse("region-fictitious", {}, place);
  return code as Region;
}

/** A division's code written in code. A wrong one is a bug and throws. */
export function region(code: string): Region {
  const parsed = parseRegion(code, { fictitious: true });
  if (typeof parsed !== "string" || parsed !== code) throw new RangeError(`not a region: ${code}`);
  return parsed;
}

/** Whether a code belongs to the fictitious province 99. */
export function isFictitious(code: string): boolean {
  return code.startsWith("99");
}

/** The level of a division. 441900, 442000, 460400, 620200 are prefectures without counties. */
export function regionLevel(of: Region): RegionLevel {
  if (of === nation) return "nation";
  if (of.length === 12 && !of.endsWith("000")) return "village";
  if (of.length >= 9 && of.slice(6, 9) !== "000") return "township";
  if (!of.startsWith("00", 4)) return "county";
  return of.startsWith("00", 2) ? "province" : "prefecture";
}

/**
 * Whether a prefecture code stands for none: the 01/02 of a municipality, and the 90 of counties
 * the province governs itself.
 */
export function isVirtualPrefecture(of: Region): boolean {
  const pair = of.slice(2, 4);
  return (
    regionLevel(of) === "prefecture" &&
    ((municipalities.has(of.slice(0, 2)) && (pair === "01" || pair === "02")) || pair === "90")
  );
}

/** The division above, past prefectures that stand for none; 100000 above a province; null above that. */
export function regionParent(of: Region): Region | null {
  switch (regionLevel(of)) {
    case "village":
      return of.slice(0, 9) as Region;
    case "township":
      return of.slice(0, 6) as Region;
    case "county": {
      const prefecture = `${of.slice(0, 4)}00` as Region;
      return isVirtualPrefecture(prefecture) ? regionParent(prefecture) : prefecture;
    }
    case "prefecture":
      return `${of.slice(0, 2)}0000` as Region;
    case "province":
      return nation;
    case "nation":
      return null;
  }
}

/** Whether a division is another or lies within it. */
export function isWithin(of: Region, wider: Region): boolean {
  if (wider === nation) return true;
  const significant = wider.length > 6 ? wider.replace(/(?:000)$/, "") : wider.replace(/(?:00){1,2}$/, "");
  return of.startsWith(significant);
}

/** The district in which a division's records live: its first six digits, 340000 for a province's own. */
export function districtOfRegion(of: Region): District {
  return of.slice(0, 6) as District;
}

/** Whether townships hang directly on this prefecture, so that it serves as its own district. */
export function hasNoCounties(of: Region): boolean {
  return withoutCounties.has(of.slice(0, 6));
}

/** Whether a value is a district's code. */
function isDistrict(value: unknown): value is District {
  return typeof value === "string" && /^\d{6}$/.test(value);
}

/** A district written in code or read from a row. A wrong one is a bug and throws. */
export function district(code: string): District {
  if (!isDistrict(code)) throw new RangeError(`not a district: ${code}`);
  return code;
}

import { type Day, day as dayOf } from "../../kernel/day.ts";
import type { Draw } from "./draw.ts";
import { newEmploymentGroupCodes } from "./groups.ts";
import { type Shape, sharesOf } from "./shape.ts";

/** A unit to be copied in, and how many members it holds directly. */
export interface DrawnUnit {
  readonly id: string;
  readonly path: string;
  readonly parent: string | null;
  readonly district: string;
  readonly region: string;
  readonly code: string;
  readonly name: string;
  readonly pinyin: string;
  readonly initials: string;
  readonly level:
    | "NATIONAL"
    | "PROVINCIAL"
    | "PREFECTURE"
    | "COUNTY"
    | "TOWNSHIP"
    | "PARK"
    | "GRASSROOTS"
    | "BRANCH";
  readonly members: number;
  /** The serial of its first member; the others follow. */
  readonly firstMember: number;
  readonly newEmployment: string | null;
  /** Of the firm a workplace's union stands in. */
  readonly employer: string | null;
  readonly industry: string;
}

/** The day the generated federation's unions were entered. */
export const unitsEntered = dayOf("2023-01-03");
const enteredMs = Date.parse(`${unitsEntered}T00:00:00+08:00`);
/** The end of the term every union is in. */
const termEnd: Day = dayOf("2028-01-02");

const trades: readonly (readonly [string, string, string])[] = [
  ["纺织", "fangzhi", "C17"],
  ["机械", "jixie", "C34"],
  ["食品", "shipin", "C14"],
  ["建材", "jiancai", "C30"],
  ["电子", "dianzi", "C39"],
  ["物流", "wuliu", "G59"],
  ["软件", "ruanjian", "I65"],
  ["建筑", "jianzhu", "E47"],
  ["商贸", "shangmao", "F52"],
  ["化工", "huagong", "C26"],
  ["印刷", "yinshua", "C23"],
  ["医药", "yiyao", "C27"],
];

/** One workplace in so many has a workshop with a branch of its own. */
const branchEvery = 16;
/** One town in so many is an industrial park. */
const parkEvery = 8;

type Placed = Pick<DrawnUnit, "id" | "path" | "region">;

/**
 * The unions of a federation, parents before children, exactly `shape.units` of them. Yields one at a time: a tree of
 * ten million is never held.
 */
export function* drawUnits(draw: Draw, seed: number, shape: Shape, members: number): Generator<DrawnUnit> {
  const share = sharesOf(seed, shape, members);
  const branches = shape.chain === 1 && shape.townsPerCounty > 0;
  const hosts = shape.cities * shape.countiesPerCity * Math.max(1, shape.townsPerCounty);
  let [serial, skipped, host, firstMember] = [0, 0, 0, 0];
  const nation: Placed = { id: "", path: "cn", region: "100000" };
  const top = yield* upper(null, nation, "NATIONAL", "虚构全国总工会", "xugouquanguozonggonghui");
  const provincePlace = { id: "", path: "cn.99", region: "990000" };
  const province = yield* upper(top, provincePlace, "PROVINCIAL", "虚构省总工会", "xugoushengzonggonghui");
  for (let city = 1; city <= shape.cities; city++) {
    const four = `99${pad(city, 2)}`;
    const cityPlace = { id: "", path: `cn.99.${four}`, region: `${four}00` };
    const cityUnit = yield* upper(
      province,
      cityPlace,
      "PREFECTURE",
      `虚构${city}市总工会`,
      `xugou${city}shizonggonghui`,
    );
    for (let county = 1; county <= shape.countiesPerCity; county++) {
      const district = `${four}${pad(county, 2)}`;
      const countyPlace = { id: "", path: `cn.99.${four}.${district}`, region: district };
      const countyUnit = yield* upper(
        cityUnit,
        countyPlace,
        "COUNTY",
        `虚构${city}市${county}县总工会`,
        `xugou${city}shi${county}xianzonggonghui`,
      );
      if (shape.townsPerCounty === 0) yield* workplaces(countyUnit, district, `${county}县`, `${county}xian`);
      for (let town = 1; town <= shape.townsPerCounty; town++) {
        const park = town % parkEvery === 0;
        const own = ++serial;
        const place = {
          id: "",
          path: `${countyUnit.path}.k${own.toString(36)}`,
          region: park ? district : `${district}${pad(town, 3)}`,
        };
        const townUnit = yield* upper(
          countyUnit,
          place,
          park ? "PARK" : "TOWNSHIP",
          park ? `${county}县第${town}开发区总工会` : `${county}县${town}镇工会联合会`,
          park ? `${county}xiandi${town}kaifaquzonggonghui` : `${county}xian${town}zhengonghuilianhehui`,
          codeOf(district, own),
        );
        const short = park ? [`第${town}区`, `di${town}qu`] : [`${town}镇`, `${town}zhen`];
        yield* workplaces(townUnit, district, short[0]!, short[1]!);
      }
    }
  }

  /** A union above the workplaces, unless the tree is too small to have it. */
  function* upper(
    parent: Placed | null,
    place: Placed,
    level: DrawnUnit["level"],
    name: string,
    pinyin: string,
    code?: string,
  ): Generator<DrawnUnit, Placed> {
    if (skipped < shape.without) {
      skipped++;
      return place;
    }
    const unit: DrawnUnit = {
      ...bare(place.path, parent, place.region.slice(0, 6), place.region, name, pinyin),
      code: code ?? place.region,
      level,
    };
    yield unit;
    return unit;
  }

  function* workplaces(
    above: Placed,
    district: string,
    town: string,
    townSpelt: string,
  ): Generator<DrawnUnit> {
    const many = Math.floor((shape.low * (host + 1)) / hosts) - Math.floor((shape.low * host) / hosts);
    host++;
    let last: DrawnUnit | null = null;
    for (let index = 1; index <= many; index++) {
      const [trade, spelt, industry] = draw.pick(trades);
      const group = draw.chance(0.06) ? draw.pick(newEmploymentGroupCodes) : null;
      const branch: boolean = branches && last?.employer != null && index % branchEvery === 0;
      const under: Placed =
        branch || (last !== null && index % shape.chain !== 1 % shape.chain) ? last! : above;
      const firm = `${town}例${trade}第${index}厂`;
      const [name, pinyin] = branch
        ? [`第${index}车间工会分会`, `di${index}chejiangonghuifenhui`]
        : group
          ? [`${town}第${index}新就业形态联合工会`, `${townSpelt}di${index}xinjiuyexingtailianhegonghui`]
          : [`${firm}工会委员会`, `${townSpelt}li${spelt}di${index}changgonghuiweiyuanhui`];
      const own = ++serial;
      const size = share();
      const unit: DrawnUnit = {
        ...bare(`${under.path}.k${own.toString(36)}`, under, district, above.region, name, pinyin),
        code: codeOf(district, own),
        level: branch ? "BRANCH" : "GRASSROOTS",
        members: size,
        firstMember,
        newEmployment: branch ? null : group,
        employer: branch ? last!.employer : group ? null : firm,
        industry: group ? "G60" : industry,
      };
      firstMember += size;
      if (!branch) last = unit;
      yield unit;
    }
  }

  function bare(
    path: string,
    parent: Placed | null,
    district: string,
    region: string,
    name: string,
    pinyin: string,
  ): Omit<DrawnUnit, "code" | "level"> {
    return {
      id: draw.id(enteredMs),
      path,
      parent: parent?.id || null,
      district,
      region,
      name,
      pinyin,
      initials: pinyin.slice(0, 12),
      members: 0,
      firstMember: 0,
      newEmployment: null,
      employer: null,
      industry: "S",
    };
  }
}

const pad = (value: number, digits: number): string => String(value).padStart(digits, "0");
const codeOf = (district: string, serial: number): string => `${district}-${pad(serial, 5)}`;

/** The columns of `unitLine`. */
export const unitColumns = `id, path, parent_id, district, code, name, name_pinyin, name_initials, level, region_code, status,
  founded_on, term_years, term_number, term_start, term_end, employer, members, created_on`;

/** A unit as a line of text for COPY. `held` are those of its members who count. */
export function unitLine(unit: DrawnUnit, held: number): string {
  const employer =
    unit.employer !== null && unit.level === "GRASSROOTS"
      ? JSON.stringify({
          name: unit.employer,
          industryCode: unit.industry,
          employeeCount: Math.ceil(unit.members * 1.08),
        })
      : "\\N";
  const { id, path, district, code, name, pinyin, initials, level, region } = unit;
  return `${id}\t${path}\t${unit.parent ?? "\\N"}\t${district}\t${code}\t${name}\t${pinyin}\t${initials}\t${level}\t${region}\tACTIVE\t${unitsEntered}\t5\t1\t${unitsEntered}\t${termEnd}\t${employer}\t${held}\t${unitsEntered}\n`;
}

import { type Day, day as dayOf } from "../../kernel/day.ts";
import type { Draw } from "./draw.ts";
import { newEmploymentGroupCodes } from "./groups.ts";
import { type Shape, sizesOf } from "./shape.ts";

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
  readonly level: "PROVINCIAL" | "PREFECTURE" | "COUNTY" | "TOWNSHIP" | "GRASSROOTS";
  readonly members: number;
  readonly newEmployment: string | null;
  readonly industry: string;
  readonly createdOn: Day;
}

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

/** Yields parents before children. `segment` gives each its short stable segment. */
export function* drawUnits(
  draw: Draw,
  shape: Shape,
  createdOn: Day,
  nextSerial: () => number,
): Generator<DrawnUnit> {
  const at = Date.parse(`${createdOn}T00:00:00+08:00`);
  const top: DrawnUnit = {
    id: draw.id(at),
    path: "cn.99",
    parent: null,
    district: "990000",
    region: "990000",
    code: "990000",
    name: "虚构省总工会",
    pinyin: "xugoushengzonggonghui",
    initials: "xgszgh",
    level: "PROVINCIAL",
    members: 0,
    newEmployment: null,
    industry: "S",
    createdOn,
  };
  yield top;
  const towns = shape.cities * shape.countiesPerCity * shape.townsPerCounty;
  const sizes = sizesOf(draw, towns * shape.grassrootsPerTown, shape.members);
  let workplace = 0;
  for (let city = 1; city <= shape.cities; city++) {
    const prefecture = `99${pad(city)}`;
    const cityUnit = child(
      top,
      `${prefecture}00`,
      `cn.99.${prefecture}`,
      `虚构${city}市总工会`,
      `xugou${city}shizonggonghui`,
      "PREFECTURE",
      `${prefecture}00`,
    );
    yield cityUnit;
    for (let county = 1; county <= shape.countiesPerCity; county++) {
      const district = `${prefecture}${pad(county)}`;
      const countyUnit = child(
        cityUnit,
        district,
        `${cityUnit.path}.${district}`,
        `虚构${city}市${county}县总工会`,
        `xugou${city}shi${county}xianzonggonghui`,
        "COUNTY",
        district,
      );
      yield countyUnit;
      for (let town = 1; town <= shape.townsPerCounty; town++) {
        const townUnit = child(
          countyUnit,
          district,
          null,
          `${county}县${town}镇工会联合会`,
          `${county}xian${town}zhengonghuilianhehui`,
          "TOWNSHIP",
          `${district}${String(town).padStart(3, "0")}`,
        );
        yield townUnit;
        for (let union = 1; union <= shape.grassrootsPerTown; union++) {
          const [trade, spelt, industry] = draw.pick(trades);
          const group = draw.chance(0.06) ? draw.pick(newEmploymentGroupCodes) : null;
          const name = group
            ? `${town}镇第${union}新就业形态联合工会`
            : `${town}镇例${trade}第${union}厂工会委员会`;
          const pinyin = group
            ? `${town}zhendi${union}xinjiuyexingtailianhegonghui`
            : `${town}zhenli${spelt}di${union}changgonghuiweiyuanhui`;
          yield {
            ...child(townUnit, district, null, name, pinyin, "GRASSROOTS", townUnit.region),
            members: sizes[workplace++] ?? 0,
            newEmployment: group,
            industry: group ? "G60" : industry,
          };
        }
      }
    }
  }

  function child(
    parent: DrawnUnit,
    district: string,
    own: string | null,
    name: string,
    pinyin: string,
    level: DrawnUnit["level"],
    region: string,
  ): DrawnUnit {
    const serial = nextSerial();
    return {
      id: draw.id(at),
      path: own ?? `${parent.path}.k${serial.toString(36)}`,
      parent: parent.id,
      district,
      region,
      code: own ? region : `${district}-${String(serial).padStart(5, "0")}`,
      name,
      pinyin,
      initials: pinyin.replace(/[^a-z0-9]/g, "").slice(0, 12),
      level,
      members: 0,
      newEmployment: null,
      industry: "S",
      createdOn,
    };
  }
}

const pad = (value: number): string => String(value).padStart(2, "0");

/** The day the generated federation's unions were entered. */
export const unitsEntered = dayOf("2023-01-03");

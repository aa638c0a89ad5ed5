import type { Draw } from "./draw.ts";

/** Common surnames with their share in ten thousand, roughly. */
const surnames: readonly (readonly [string, string, number])[] = [
  ["王", "wang", 725],
  ["李", "li", 719],
  ["张", "zhang", 675],
  ["刘", "liu", 538],
  ["陈", "chen", 457],
  ["杨", "yang", 308],
  ["黄", "huang", 223],
  ["赵", "zhao", 229],
  ["吴", "wu", 205],
  ["周", "zhou", 212],
  ["徐", "xu", 167],
  ["孙", "sun", 154],
  ["马", "ma", 129],
  ["朱", "zhu", 126],
  ["胡", "hu", 131],
  ["郭", "guo", 115],
  ["何", "he", 117],
  ["林", "lin", 118],
  ["高", "gao", 100],
  ["罗", "luo", 86],
  ["郑", "zheng", 93],
  ["梁", "liang", 84],
  ["谢", "xie", 72],
  ["宋", "song", 81],
  ["唐", "tang", 65],
  ["许", "xu", 66],
  ["韩", "han", 68],
  ["邓", "deng", 62],
  ["冯", "feng", 64],
  ["曹", "cao", 57],
  ["彭", "peng", 48],
  ["曾", "zeng", 47],
  ["肖", "xiao", 59],
  ["田", "tian", 50],
  ["董", "dong", 51],
  ["潘", "pan", 41],
  ["袁", "yuan", 54],
  ["蔡", "cai", 46],
  ["蒋", "jiang", 43],
  ["余", "yu", 42],
  ["于", "yu", 62],
  ["杜", "du", 47],
  ["叶", "ye", 42],
  ["程", "cheng", 57],
  ["魏", "wei", 45],
  ["苏", "su", 47],
  ["吕", "lv", 47],
  ["丁", "ding", 43],
  ["任", "ren", 42],
  ["卢", "lu", 40],
  ["姚", "yao", 40],
  ["沈", "shen", 41],
  ["钟", "zhong", 35],
  ["姜", "jiang", 41],
  ["崔", "cui", 38],
  ["谭", "tan", 37],
  ["陆", "lu", 35],
  ["范", "fan", 36],
  ["汪", "wang", 34],
  ["廖", "liao", 32],
  ["石", "shi", 33],
  ["金", "jin", 29],
  ["韦", "wei", 26],
  ["贾", "jia", 33],
  ["夏", "xia", 31],
  ["付", "fu", 29],
  ["方", "fang", 30],
  ["邹", "zou", 28],
  ["熊", "xiong", 25],
  ["白", "bai", 27],
  ["孟", "meng", 27],
  ["秦", "qin", 26],
  ["邱", "qiu", 27],
  ["侯", "hou", 25],
  ["江", "jiang", 26],
  ["尹", "yin", 24],
  ["薛", "xue", 24],
  ["闫", "yan", 23],
  ["段", "duan", 22],
  ["雷", "lei", 23],
  ["龙", "long", 21],
  ["黎", "li", 20],
  ["史", "shi", 21],
  ["陶", "tao", 19],
  ["欧阳", "ouyang", 6],
  ["上官", "shangguan", 2],
  ["司马", "sima", 2],
  ["诸葛", "zhuge", 1],
];

/** The first character of every given name says that nobody is meant. */
const marks: readonly (readonly [string, string])[] = [
  ["例", "li"],
  ["样", "yang"],
  ["拟", "ni"],
  ["试", "shi"],
];

const givens: readonly (readonly [string, string])[] = [
  ["安", "an"],
  ["宝", "bao"],
  ["波", "bo"],
  ["晨", "chen"],
  ["成", "cheng"],
  ["春", "chun"],
  ["丹", "dan"],
  ["东", "dong"],
  ["芳", "fang"],
  ["飞", "fei"],
  ["刚", "gang"],
  ["光", "guang"],
  ["桂", "gui"],
  ["海", "hai"],
  ["浩", "hao"],
  ["和", "he"],
  ["红", "hong"],
  ["华", "hua"],
  ["慧", "hui"],
  ["佳", "jia"],
  ["建", "jian"],
  ["江", "jiang"],
  ["杰", "jie"],
  ["静", "jing"],
  ["军", "jun"],
  ["凯", "kai"],
  ["兰", "lan"],
  ["磊", "lei"],
  ["丽", "li"],
  ["亮", "liang"],
  ["林", "lin"],
  ["玲", "ling"],
  ["龙", "long"],
  ["梅", "mei"],
  ["敏", "min"],
  ["明", "ming"],
  ["娜", "na"],
  ["宁", "ning"],
  ["鹏", "peng"],
  ["萍", "ping"],
  ["琴", "qin"],
  ["青", "qing"],
  ["蓉", "rong"],
  ["瑞", "rui"],
  ["珊", "shan"],
  ["诗", "shi"],
  ["涛", "tao"],
  ["婷", "ting"],
  ["伟", "wei"],
  ["文", "wen"],
  ["霞", "xia"],
  ["欣", "xin"],
  ["雪", "xue"],
  ["洋", "yang"],
  ["勇", "yong"],
  ["玉", "yu"],
  ["云", "yun"],
  ["泽", "ze"],
  ["珍", "zhen"],
  ["志", "zhi"],
  ["𠮷", "ji"],
];

export interface DrawnName {
  readonly name: string;
  readonly pinyin: string;
  readonly initials: string;
}

const initialsOfDouble: Readonly<Record<string, string>> = { 欧阳: "oy", 上官: "sg", 司马: "sm", 诸葛: "zg" };

/** A part of a name, in characters, spelt, and its initials; `utf8` has the same in bytes. */
export interface NamePart extends DrawnName {
  readonly utf8: { readonly [Form in keyof DrawnName]: Uint8Array };
}

function partOf(name: string, pinyin: string, initials = pinyin.slice(0, 1)): NamePart {
  const utf8 = { name: Buffer.from(name), pinyin: Buffer.from(pinyin), initials: Buffer.from(initials) };
  return { name, pinyin, initials, utf8 };
}

const families = surnames.map(([name, spelt]) => partOf(name, spelt, initialsOfDouble[name]));
const markParts = marks.map(([name, spelt]) => partOf(name, spelt));
const givenParts = givens.map(([name, spelt]) => partOf(name, spelt));
const nothing = partOf("", "");

/** Each surname as often as its share says, so that one draw finds it. */
const shares: Uint8Array = Uint8Array.from(
  surnames.flatMap(([, , share], index) => new Array<number>(share).fill(index)),
);

/** Draws the four parts of a name that nobody has, the last of them often empty, into an array that is used again. */
export function drawNameParts(draw: Draw, parts: NamePart[]): void {
  parts[0] = families[shares[draw.whole(0, shares.length - 1)]!]!;
  parts[1] = draw.pick(markParts);
  parts[2] = draw.pick(givenParts);
  parts[3] = draw.chance(0.25) ? draw.pick(givenParts) : nothing;
}

/** A name that nobody has, with its spelling. */
export function drawName(draw: Draw): DrawnName {
  const parts: NamePart[] = [];
  drawNameParts(draw, parts);
  return nameOf(parts);
}

/** The name whose parts these are. */
export function nameOf(parts: readonly NamePart[]): DrawnName {
  const all = (form: keyof DrawnName): string => parts.map((part) => part[form]).join("");
  return { name: all("name"), pinyin: all("pinyin"), initials: all("initials") };
}

import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { addDays, type Day, day } from "../src/kernel/day.ts";
import { fictitiousIdentity } from "../src/kernel/identity-number.ts";
import { type Cell, csvLine, writeXlsx } from "../src/spreadsheet/index.ts";

/**
 * Writes a roster of N fictitious people (region 99), the same for the same seed:
 * `node bench/make-roster.ts OUT.xlsx --rows 100000 [--seed 1]`.
 */

/** A generator of numbers from 0 up to a bound, the same for a seed (mulberry32). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const families = [
  ..."王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤",
];
const givens = [
  ..."伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰萍红玲芬燕彬凤洁梅琳素云莲真环雪荣爱妹香月莺媛瑞凡佳嘉琼勤珍贞莉昌盛林飞鑫波宁贵福生龙元全国胜学祥才发武新利清彬富顺信子杰涛昌成康星光天达安岩中茂进有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆民友裕河哲江超浩亮政谦亨奇固之轮翰朗伯宏言若鸣朋斌梁栋维启克伦翔旭鹏泽晨辰士以建家致树炎德行时泰",
];
const nations = ["汉族", "汉", "汉", "汉族", "回族", "壮族", "满族", "苗族"];
const schools = ["大学本科", "本科", "大专", "高中", "中专", "初中", "研究生"];
const parties = ["群众", "群众", "群众", "中共党员", "党员", "共青团员", "团员"];
const jobs = ["操作工", "质检员", "电工", "焊工", "保洁员", "会计", "司机", "仓库管理员", "班组长", "技术员"];

export const rosterHeads = [
  "序号",
  "姓名",
  "性别",
  "民族",
  "身份证号码",
  "手机号码",
  "学历",
  "政治面貌",
  "工作单位",
  "岗位",
  "用工形式",
  "是否农民工",
  "入会时间",
  "家庭住址",
] as const;

/** One fictitious person as a roster's row. `number` makes the identity number one of a kind within a seed. */
export function personRow(number: number, random: (below: number) => number, employers: number): Cell[] {
  // Sixteen thousand days by five hundred serials and some hundred counties: every number another person.
  const born = addDays(day("1962-01-01"), number % 16_000);
  const serial = Math.floor(number / 16_000);
  // A number that ends in 000 looks as if a spreadsheet had cut it: sequences of whole tens are left out.
  const sequence = Math.floor((serial % 899) / 9) * 10 + ((serial % 899) % 9) + 1;
  const male = sequence % 2 === 1;
  const county = 101 + (Math.floor(serial / 899) % 800);
  const identity = fictitiousIdentity(`990${county}`, born, sequence);
  const name =
    families[random(families.length)]! +
    givens[random(givens.length)]! +
    (random(5) > 0 ? givens[random(givens.length)]! : "");
  const joined: Day = addDays(day("2005-01-01"), random(7000));
  return [
    number + 1,
    name,
    male ? "男" : "女",
    nations[random(nations.length)]!,
    identity,
    `1${3 + (number % 7)}${String((number * 37 + 11) % 1_000_000_000).padStart(9, "0")}`,
    schools[random(schools.length)]!,
    parties[random(parties.length)]!,
    `云溪县虚构第${random(employers) + 1}厂`,
    jobs[random(jobs.length)]!,
    random(6) === 0 ? "劳务派遣" : "劳动合同制",
    random(3) === 0 ? "是" : "否",
    joined,
    `云溪县虚构路${random(900) + 1}号`,
  ];
}

/** The rows of a roster, heads first. */
export function* rosterRows(count: number, seed: number): Generator<Cell[]> {
  const random = randomOf(seed);
  const shift = (seed % 97) * 1_000_000;
  for (let i = 0; i < count; i++) yield personRow(shift + i, random, Math.max(3, Math.floor(count / 400)));
}

/** Writes a roster: a workbook, or separated values when the name ends in .csv. */
export async function makeRoster(
  file: string,
  { rows: count, seed }: { readonly rows: number; readonly seed: number },
): Promise<void> {
  const rows = rosterRows(count, seed);
  if (!file.endsWith(".csv")) {
    const columns = rosterHeads.map((head) => ({ head, text: /号/.test(head) }));
    await pipeline(writeXlsx("会员名册", columns, rows), createWriteStream(file));
    return;
  }
  const lines = function* (): Generator<string> {
    yield csvLine([...rosterHeads]);
    for (const row of rows) yield csvLine(row);
  };
  await pipeline(lines, createWriteStream(file));
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rows: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
  });
  const [file] = positionals;
  if (!file) throw new Error("say where to write: node bench/make-roster.ts OUT.xlsx --rows 100000");
  await makeRoster(file, { rows: Number(values.rows), seed: Number(values.seed) });
}

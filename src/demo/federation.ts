import type { Person } from "../people/index.ts";
import type { Unit } from "../units/index.ts";
import type { UnionLevel } from "../units/levels.ts";
import type { Role } from "../units/powers.ts";

/** What founding made, by the keys of the tables below. */
export interface Founded {
  readonly units: ReadonlyMap<string, Unit>;
  readonly officers: ReadonlyMap<string, Person>;
  readonly workers: ReadonlyMap<string, Person>;
}

/**
 * The fictitious federation to try things out on: places of region 99, unions and people that do not exist. Their given
 * names carry 例, 样, 拟 or 试 so that nobody takes them for real.
 */

export const trialPassword = "zhijia-trial-2026";

export interface FoundedUnit {
  readonly key: string;
  readonly parent: string | null;
  readonly name: string;
  readonly level: UnionLevel;
  readonly region: string;
  readonly employer?: { readonly name: string; readonly industry: string; readonly employees: number };
  /** How many members the roster founded with it has. */
  readonly members?: number;
  readonly newEmployment?: string;
}

export const foundedUnits: readonly FoundedUnit[] = [
  { key: "province", parent: null, name: "虚构省总工会", level: "PROVINCIAL", region: "990000" },
  { key: "city", parent: "province", name: "云溪市总工会", level: "PREFECTURE", region: "990100" },
  { key: "county", parent: "city", name: "云溪县总工会", level: "COUNTY", region: "990101" },
  { key: "xikou", parent: "county", name: "溪口镇工会联合会", level: "TOWNSHIP", region: "990101001" },
  {
    key: "textile",
    parent: "xikou",
    name: "溪口例纺织有限公司工会委员会",
    level: "GRASSROOTS",
    region: "990101001",
    employer: { name: "溪口例纺织有限公司", industry: "C1711", employees: 205 },
    members: 146,
  },
  {
    key: "weaving",
    parent: "textile",
    name: "织造车间工会分会",
    level: "BRANCH",
    region: "990101001",
    members: 38,
  },
  {
    key: "joint",
    parent: "xikou",
    name: "溪口镇小微企业联合工会委员会",
    level: "GRASSROOTS",
    region: "990101001",
    members: 42,
  },
  { key: "park", parent: "county", name: "云溪经济开发区总工会", level: "PARK", region: "990101" },
  {
    key: "machine",
    parent: "park",
    name: "云溪样机械制造有限公司工会委员会",
    level: "GRASSROOTS",
    region: "990101",
    employer: { name: "云溪样机械制造有限公司", industry: "C3411", employees: 240 },
    members: 205,
  },
  {
    key: "couriers",
    parent: "county",
    name: "云溪县快递行业工会联合会",
    level: "GRASSROOTS",
    region: "990101",
    members: 64,
    newEmployment: "COURIER",
  },
  { key: "district", parent: "city", name: "虚谷区总工会", level: "COUNTY", region: "990102" },
  { key: "valley", parent: "district", name: "谷中街道工会联合会", level: "TOWNSHIP", region: "990102001" },
  {
    key: "software",
    parent: "valley",
    name: "虚谷拟软件有限公司工会委员会",
    level: "GRASSROOTS",
    region: "990102001",
    employer: { name: "虚谷拟软件有限公司", industry: "I6513", employees: 96 },
    members: 88,
  },
  {
    key: "riders",
    parent: "valley",
    name: "谷中街道新就业形态劳动者联合工会委员会",
    level: "GRASSROOTS",
    region: "990102001",
    members: 57,
    newEmployment: "FOOD_DELIVERY_RIDER",
  },
  // A county directly under the province: its cases have no city level to climb.
  { key: "lake", parent: "province", name: "镜湖县总工会", level: "COUNTY", region: "999001" },
  {
    key: "port",
    parent: "lake",
    name: "镜湖试港务有限公司工会委员会",
    level: "GRASSROOTS",
    region: "999001",
    employer: { name: "镜湖试港务有限公司", industry: "G5532", employees: 74 },
    members: 61,
  },
];

export interface FoundedOfficer {
  readonly login: string;
  readonly name: string;
  readonly unit: string;
  readonly role: Role;
  /** Printed at start among the names to try. */
  readonly shown?: boolean;
}

export const foundedOfficers: readonly FoundedOfficer[] = [
  { login: "chair.grassroots", name: "周例安", unit: "textile", role: "chair", shown: true },
  { login: "organiser.grassroots", name: "吴样平", unit: "textile", role: "organiser", shown: true },
  { login: "chair.couriers", name: "郑拟行", unit: "couriers", role: "chair" },
  { login: "organiser.couriers", name: "冯试路", unit: "couriers", role: "organiser" },
  { login: "chair.machine", name: "陈例工", unit: "machine", role: "chair" },
  { login: "organiser.machine", name: "褚样林", unit: "machine", role: "organiser" },
  { login: "chair.software", name: "卫拟新", unit: "software", role: "chair" },
  { login: "organiser.software", name: "蒋试文", unit: "software", role: "organiser" },
  { login: "chair.riders", name: "沈例途", unit: "riders", role: "chair" },
  { login: "chair.port", name: "韩样海", unit: "port", role: "chair" },
  { login: "organiser.port", name: "杨拟舟", unit: "port", role: "organiser" },
  { login: "chair.township", name: "朱试野", unit: "xikou", role: "chair" },
  { login: "aid.township", name: "秦例田", unit: "xikou", role: "aid" },
  { login: "chair.county", name: "尤样衡", unit: "county", role: "chair", shown: true },
  { login: "vice.county", name: "许拟和", unit: "county", role: "vice_chair", shown: true },
  { login: "aid.county", name: "何试慈", unit: "county", role: "aid", shown: true },
  { login: "aid2.county", name: "吕例惠", unit: "county", role: "aid", shown: true },
  { login: "finance.county", name: "施样清", unit: "county", role: "finance", shown: true },
  { login: "finance2.county", name: "张拟明", unit: "county", role: "finance", shown: true },
  { login: "cashier.county", name: "孔试达", unit: "county", role: "cashier", shown: true },
  { login: "aid.district", name: "曹例宁", unit: "district", role: "aid" },
  { login: "chair.district", name: "严样正", unit: "district", role: "chair" },
  { login: "aid.lake", name: "华拟清", unit: "lake", role: "aid" },
  { login: "chair.lake", name: "金试恒", unit: "lake", role: "chair" },
  { login: "approver.city", name: "魏例公", unit: "city", role: "vice_chair", shown: true },
  { login: "chair.city", name: "陶样信", unit: "city", role: "chair" },
  { login: "aid.city", name: "姜拟勤", unit: "city", role: "aid" },
  { login: "finance.city", name: "戚试准", unit: "city", role: "finance", shown: true },
  { login: "finance2.city", name: "谢例平", unit: "city", role: "finance" },
  { login: "chair.province", name: "邹样远", unit: "province", role: "chair" },
  { login: "audit.province", name: "喻拟鉴", unit: "province", role: "audit", shown: true },
  { login: "admin.province", name: "柏试全", unit: "province", role: "admin", shown: true },
];

export interface FoundedWorker {
  readonly key: string;
  readonly name: string;
  readonly unit: string;
  readonly phone: string;
  readonly born: string;
  readonly sex: "male" | "female";
  readonly shown?: boolean;
}

/** Workers with a phone to sign in by; the rest of each roster is drawn by a seed. */
export const foundedWorkers: readonly FoundedWorker[] = [
  {
    key: "li",
    name: "李例春",
    unit: "textile",
    phone: "13900000001",
    born: "1984-03-12",
    sex: "female",
    shown: true,
  },
  {
    key: "zhao",
    name: "赵样山",
    unit: "couriers",
    phone: "13900000002",
    born: "1991-07-25",
    sex: "male",
    shown: true,
  },
  {
    key: "sun",
    name: "孙拟梅",
    unit: "machine",
    phone: "13900000003",
    born: "1979-11-02",
    sex: "female",
    shown: true,
  },
  { key: "qian", name: "钱试川", unit: "software", phone: "13900000004", born: "1988-01-19", sex: "male" },
  {
    key: "long",
    name: "买买提·例·阿卜杜热合曼江",
    unit: "port",
    phone: "13900000005",
    born: "1982-05-30",
    sex: "male",
  },
  { key: "wu", name: "武例河", unit: "textile", phone: "13900000006", born: "1975-09-09", sex: "male" },
  { key: "dong", name: "董样岚", unit: "machine", phone: "13900000007", born: "1986-12-21", sex: "female" },
  { key: "liang", name: "梁拟冬", unit: "joint", phone: "13900000008", born: "1993-04-04", sex: "male" },
  { key: "du", name: "杜试晴", unit: "couriers", phone: "13900000009", born: "1990-10-15", sex: "female" },
  { key: "ruan", name: "阮例松", unit: "riders", phone: "13900000010", born: "1995-06-01", sex: "male" },
  // Has asked for nothing yet: whoever tries the program asks as she does, and her union has officers to answer.
  {
    key: "jiang",
    name: "江例雨",
    unit: "textile",
    phone: "13900000011",
    born: "1987-08-18",
    sex: "female",
    shown: true,
  },
];

/** Somebody who has not joined yet: signs in by phone and applies. */
export const foundedNewcomer = {
  name: "闵样新",
  unit: "couriers",
  phone: "13900000099",
  born: "1998-02-14",
  sex: "male",
} as const;

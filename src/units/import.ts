import { parseCreditCode } from "../kernel/credit-code.ts";
import { type Day, readDay } from "../kernel/day.ts";
import { isRefusal, type Or, type Refusal, refuse } from "../kernel/refusal.ts";
import { type Region, regionLevel } from "../kernel/region.ts";
import { halfWidth, parseText } from "../kernel/text.ts";
import type { Text } from "../kernel/words.ts";
import type { UnitDetails } from "./details.ts";
import { type Employer, unitNatures } from "./employer.ts";
import {
  type LegalPersonStatus,
  legalPersonStatuses,
  levels,
  levelTitle,
  type OrgForm,
  type OrgType,
  orgForms,
  orgTypes,
  type UnionLevel,
  unionLevels,
} from "./levels.ts";
import { regionOf } from "./regions.ts";
import { checkForm, checkRegion, checkUnitCode, checkUnitName } from "./tree.ts";

/** What a sheet may tell of a union, with what federations call it at the heads of their columns. */
export const unitFields = {
  name: "工会名称 工会组织名称 工会全称 组织名称 单位工会名称 基层工会名称 名称 name union",
  code: "工会编码 工会组织编码 组织编码 工会代码 编码 code",
  level: "层级 级别 工会层级 工会级别 组织层级 level",
  parent: "上级工会 上级工会名称 上一级工会 上级组织 隶属工会 所属上级工会 主管工会 parent",
  parentCode: "上级工会编码 上级编码 上一级工会编码 隶属工会编码 上级工会代码 parentcode",
  region: "行政区划 行政区划代码 区划代码 地区代码 地区编码 所在地区代码 region regioncode",
  uscc: "统一社会信用代码 工会统一社会信用代码 社会信用代码 信用代码 uscc",
  shortName: "简称 工会简称 shortname",
  orgType: "组织类型 工会组织类型 工会类型 建会类型 orgtype",
  orgForm: "组织形式 工会组织形式 工会形式 orgform",
  foundedOn: "成立日期 建会日期 成立时间 建会时间 foundedon",
  termStart: "本届开始日期 任期开始 届期开始 换届时间 换届日期 termstart",
  termEnd: "届满日期 任期届满 任期结束 届期结束 届满时间 termend",
  termYears: "每届年限 任期年限 届期 termyears",
  termNumber: "第几届 届次 termnumber",
  legalPersonStatus: "法人资格状态 法人资格 legalperson",
  address: "地址 住所 单位地址 办公地址 address",
  officePhone: "办公电话 固定电话 联系电话 officephone",
  employerName: "单位名称 用人单位 用人单位名称 涵盖单位 企业名称 employer",
  employerUscc: "单位统一社会信用代码 用人单位统一社会信用代码 单位信用代码 企业信用代码 employeruscc",
  nature: "单位性质 单位类型 企业性质 nature",
  employeeCount: "职工人数 职工总数 职工数 员工人数 employees",
  femaleEmployeeCount: "女职工人数 女职工数 女员工人数 femaleemployees",
} as const satisfies Record<string, string>;

export type UnitField = keyof typeof unitFields;
export type Cell = string | number | boolean | null;

const heads = new Map<string, UnitField>(
  Object.entries(unitFields).flatMap(([field, words]) =>
    words.split(" ").map((word) => [word, field as UnitField] as const),
  ),
);

/** A head with what people add to it taken off: spaces, stars, remarks in brackets. */
function plainHead(cell: Cell): string {
  return halfWidth(String(cell ?? ""))
    .toLowerCase()
    .replace(/[\s*_:：-]/g, "")
    .replace(/[(（【[].*?[)）】\]]/g, "");
}

/** Which field stands in which column, from one row; undefined when the row is not the head. */
export function readHead(cells: readonly Cell[]): ReadonlyMap<UnitField, number> | undefined {
  const columns = new Map<UnitField, number>();
  for (const [index, cell] of cells.entries()) {
    const field = heads.get(plainHead(cell));
    if (field && !columns.has(field)) columns.set(field, index);
  }
  const filled = cells.filter((cell) => cell !== null && String(cell).trim() !== "").length;
  return columns.has("name") && columns.size >= Math.min(2, filled) ? columns : undefined;
}

/** A union as one row tells of it. Its place is found when the whole file is known. */
export interface UnitRow {
  readonly name: string;
  readonly code: string | null;
  readonly level: UnionLevel;
  readonly parent: { readonly code: string | null; readonly name: string | null };
  /** null: its superior's. */
  readonly region: Region | null;
  readonly uscc: string | null;
  readonly shortName: string | null;
  readonly orgType: OrgType | null;
  readonly orgForm: OrgForm | null;
  readonly legalPersonStatus: LegalPersonStatus;
  readonly foundedOn: Day | null;
  readonly termStart: Day | null;
  readonly termEnd: Day | null;
  readonly termYears: number | null;
  readonly termNumber: number | null;
  readonly employer: Employer | null;
  readonly details: UnitDetails;
}

/** What is wrong with a cell. */
export interface CellProblem {
  readonly field: UnitField;
  readonly refusal: Refusal;
}

/** Whether a row holds nothing. */
export function isBlank(cells: readonly Cell[]): boolean {
  return cells.every((cell) => cell === null || String(cell).trim() === "");
}

/** A row of sums, as sheets end with: 合计, 小计, 总计, alone or before a number; not a union's name or code. */
export function isTotalRow(cells: readonly Cell[], columns: ReadonlyMap<UnitField, number>): boolean {
  const name = columns.get("name");
  const said = name === undefined ? "" : String(cells[name] ?? "").trim();
  const first = cells.map((cell) => String(cell ?? "").replace(/[\s:：]/g, "")).filter((text) => text !== "");
  return (
    first.slice(0, 3).some((text) => /^(本页|以上|全部)?(合计|小计|总计|共计)/.test(text)) &&
    !/工会|联合会|小组|分会/.test(said)
  );
}

/** One row read; or every cell that is wrong. */
export function readUnitRow(
  cells: readonly Cell[],
  columns: ReadonlyMap<UnitField, number>,
  options: { readonly fictitious: boolean },
): UnitRow | readonly CellProblem[] {
  const problems: CellProblem[] = [];
  const raw = (field: UnitField): Cell => {
    const column = columns.get(field);
    const cell = column === undefined ? null : (cells[column] ?? null);
    return typeof cell === "string" && cell.trim() === "" ? null : cell;
  };
  const take = <Value>(field: UnitField, read: (cell: Exclude<Cell, null>) => Or<Value>): Value | null => {
    const cell = raw(field);
    if (cell === null) return null;
    const value = read(cell);
    if (!isRefusal(value)) return value;
    problems.push({ field, refusal: value });
    return null;
  };
  const word =
    <Key extends string>(table: ReadonlyMap<string, Key>, offered: readonly Text[]) =>
    (cell: Exclude<Cell, null>): Or<Key> =>
      table.get(plainWord(cell)) ??
      refuse("import-unknown-word", { value: String(cell).slice(0, 40), offered });
  const count = (cell: Exclude<Cell, null>): Or<number> => {
    const number =
      typeof cell === "number" ? cell : Number(halfWidth(String(cell)).replace(/[人名个年届第,]/g, ""));
    return Number.isInteger(number) && number >= 0 && number < 10_000_000
      ? number
      : refuse("import-unknown-word", {
          value: String(cell).slice(0, 40),
          offered: [{ zh: "整数", en: "a whole number" }],
        });
  };
  const texts = (max: number) => (cell: Exclude<Cell, null>) => parseText(String(cell), { min: 1, max });

  const name = checkUnitName(String(raw("name") ?? ""));
  if (isRefusal(name)) problems.push({ field: "name", refusal: name });
  const orgType = take("orgType", word(typeWords, Object.values(orgTypes)));
  const region = take("region", (cell) => {
    const known = regionOf(String(cell), { fictitious: options.fictitious });
    return isRefusal(known) ? known : known.code;
  });
  const given = take("level", word(levelWords, unionLevels.map(levelTitle)));
  const level = given ?? (isRefusal(name) ? "GRASSROOTS" : guessLevel(name, region));
  const territorial = level === "PROVINCIAL" || level === "PREFECTURE" || level === "COUNTY";
  const lineUnion = level === "COUNTY" && (orgType === "INDUSTRY" || orgType === "SYSTEM");
  if (territorial && !lineUnion && raw("region") === null)
    problems.push({ field: "region", refusal: refuse("required") });
  const misplaced = region && checkRegion(level, region, null);
  if (misplaced) problems.push({ field: "region", refusal: misplaced });
  const orgForm = take("orgForm", word(formWords, Object.values(orgForms)));
  const badForm = checkForm(level, orgForm);
  if (badForm) problems.push({ field: "orgForm", refusal: badForm });

  const row: UnitRow = {
    name: isRefusal(name) ? "" : name,
    code: take("code", (cell) => checkUnitCode(String(cell))),
    level,
    parent: {
      code: take("parentCode", (cell) => checkUnitCode(String(cell))),
      name: take("parent", (cell) => parseText(String(cell), { min: 1, max: 100 })),
    },
    region,
    uscc: take("uscc", (cell) => {
      const code = parseCreditCode(String(cell), { of: "union", fictitious: options.fictitious });
      return isRefusal(code) ? code : code.code;
    }),
    shortName: take("shortName", texts(40)),
    orgType,
    orgForm,
    legalPersonStatus:
      take("legalPersonStatus", word(legalWords, Object.values(legalPersonStatuses))) ?? "NONE",
    foundedOn: take("foundedOn", readDay),
    termStart: take("termStart", readDay),
    termEnd: take("termEnd", readDay),
    termYears: take("termYears", (cell) => {
      const years = count(cell);
      return isRefusal(years) || years === 3 || years === 5 ? years : refuse("unit-term-years");
    }),
    termNumber: take("termNumber", count),
    employer: readEmployer(),
    details: {
      ...optional("address", take("address", texts(200))),
      ...optional(
        "officePhone",
        take("officePhone", (cell) => {
          const phone = halfWidth(String(cell)).replace(/\s/g, "");
          return /^0\d{2,3}-?\d{7,8}$/.test(phone) ? phone : refuse("bad-phone");
        }),
      ),
    },
  };
  if (row.termStart && row.termEnd && row.termEnd <= row.termStart)
    problems.push({ field: "termEnd", refusal: refuse("unit-term-span") });
  return problems.length > 0 ? problems : row;

  function readEmployer(): Employer | null {
    const employer = take("employerName", texts(120));
    const code = take("employerUscc", (cell) => {
      const parsed = parseCreditCode(String(cell), { of: "employer", fictitious: options.fictitious });
      return isRefusal(parsed) ? parsed : parsed.code;
    });
    const nature = take("nature", word(natureWords, Object.values(unitNatures)));
    const employeeCount = take("employeeCount", count);
    const femaleEmployeeCount = take("femaleEmployeeCount", count);
    if (employer === null) return null;
    return {
      name: employer,
      ...optional("uscc", code),
      ...optional("nature", nature),
      ...optional("employeeCount", employeeCount),
      ...optional("femaleEmployeeCount", femaleEmployeeCount),
    };
  }
}

function optional<Key extends string, Value>(key: Key, value: Value | null): { [K in Key]?: Value } {
  return value === null ? {} : ({ [key]: value } as { [K in Key]?: Value });
}

function plainWord(cell: Exclude<Cell, null>): string {
  return halfWidth(String(cell))
    .toLowerCase()
    .replace(/[\s()（）]/g, "");
}

function words<Key extends string>(
  table: Readonly<Record<Key, Text>>,
  more: Readonly<Record<string, Key>> = {},
): ReadonlyMap<string, Key> {
  const found = new Map<string, Key>(Object.entries(more));
  for (const [key, text] of Object.entries(table) as [Key, Text][])
    for (const one of [key, text.zh, text.en]) found.set(plainWord(one), key);
  return found;
}

const typeWords = words(orgTypes, {
  "1": "SINGLE_UNIT",
  "2": "JOINT",
  "3": "SUBDISTRICT",
  "4": "PARK",
  "5": "INDUSTRY",
  "6": "GROUP_COMPANY",
  "7": "SYSTEM",
  "8": "BRANCH_OR_GROUP",
});
const formWords = words(orgForms, { 工会工作委员会: "WORKING_COMMITTEE" });
const legalWords = words(legalPersonStatuses, { 是: "REGISTERED", 否: "NONE", 有: "REGISTERED", 无: "NONE" });
const natureWords = words(unitNatures);

/** What sheets call the levels, beside their own titles; the two-digit codes are those of a live system. */
const levelWords = words(levels, {
  全国: "NATIONAL",
  "10": "NATIONAL",
  省: "PROVINCIAL",
  "20": "PROVINCIAL",
  市: "PREFECTURE",
  设区的市: "PREFECTURE",
  地市级: "PREFECTURE",
  "30": "PREFECTURE",
  县: "COUNTY",
  区: "COUNTY",
  区县: "COUNTY",
  县区: "COUNTY",
  区级: "COUNTY",
  区县级: "COUNTY",
  县区级: "COUNTY",
  "40": "COUNTY",
  乡镇: "TOWNSHIP",
  镇: "TOWNSHIP",
  乡: "TOWNSHIP",
  街道: "TOWNSHIP",
  乡镇街道: "TOWNSHIP",
  镇街: "TOWNSHIP",
  乡镇级: "TOWNSHIP",
  街道级: "TOWNSHIP",
  "50": "TOWNSHIP",
  园区: "PARK",
  开发区: "PARK",
  园区级: "PARK",
  社区: "COMMUNITY",
  村: "COMMUNITY",
  村社区: "COMMUNITY",
  社区级: "COMMUNITY",
  "60": "COMMUNITY",
  基层: "GRASSROOTS",
  单位工会: "GRASSROOTS",
  基层单位: "GRASSROOTS",
  分会: "BRANCH",
  小组: "GROUP",
});

/** The level a name speaks of, when no column says: a group, a branch, a federation of its region, or a unit's union. */
export function guessLevel(name: string, region: Region | null): UnionLevel {
  if (/小组$/.test(name)) return "GROUP";
  if (/分会$/.test(name)) return "BRANCH";
  if (/(社区|村)(总工会|工会联合会|联合工会|工会委员会|工会)/.test(name)) return "COMMUNITY";
  if (/(园区|开发区|工业园)(总工会|工会联合会|联合工会|工会工作委员会|工会)/.test(name)) return "PARK";
  if (/(镇|乡|街道)(总工会|工会联合会|工会工作委员会|工会)/.test(name)) return "TOWNSHIP";
  if (/总工会$/.test(name) && region !== null) {
    const level = regionLevel(region);
    if (level === "province") return "PROVINCIAL";
    if (level === "prefecture") return "PREFECTURE";
    if (level === "county") return "COUNTY";
    if (level === "township") return "TOWNSHIP";
  }
  return "GRASSROOTS";
}

import { halfWidth } from "../../kernel/text.ts";
import type { Text } from "../../kernel/words.ts";
import type { Cell, SheetRow } from "../../spreadsheet/index.ts";

/** What a roster may tell of a person, with what unions call it at the heads of their columns. */
export const rosterFields = {
  name: {
    title: { zh: "姓名", en: "Name" },
    heads: "姓名 名字 会员姓名 职工姓名 员工姓名 人员姓名 name 姓 名 fullname",
  },
  idNumber: {
    title: { zh: "证件号码", en: "Identity number" },
    heads:
      "身份证号 身份证号码 身份证 身份证件号码 证件号码 证件号 居民身份证号 居民身份证号码 公民身份号码 公民身份证号 证号 身份号 idnumber idno id证件号码 有效证件号码 会员身份证号",
  },
  idKind: {
    title: { zh: "证件类型", en: "Kind of document" },
    heads: "证件类型 证件种类 证件名称 有效证件类型 idtype",
  },
  sex: { title: { zh: "性别", en: "Sex" }, heads: "性别 男女 sex gender" },
  birthDate: {
    title: { zh: "出生日期", en: "Birth date" },
    heads: "出生日期 出生年月 出生年月日 生日 出生时间 birthdate dateofbirth birthday",
  },
  phone: {
    title: { zh: "手机号码", en: "Phone" },
    heads:
      "手机号 手机号码 手机 联系电话 联系方式 电话 电话号码 移动电话 本人电话 联系手机 联系号码 phone mobile tel 联系电话手机",
  },
  ethnicity: { title: { zh: "民族", en: "Ethnic group" }, heads: "民族 族别 ethnicity nation" },
  education: {
    title: { zh: "学历", en: "Education" },
    heads: "学历 文化程度 最高学历 教育程度 文化水平 学历层次 education",
  },
  politicalStatus: {
    title: { zh: "政治面貌", en: "Political status" },
    heads: "政治面貌 政治面目 党派 面貌 politicalstatus",
  },
  skillLevel: {
    title: { zh: "职业技能等级", en: "Skill level" },
    heads: "技能等级 职业技能等级 职业资格等级 技术等级 skilllevel",
  },
  employmentType: {
    title: { zh: "用工形式", en: "Form of employment" },
    heads: "用工形式 用工性质 用工类型 就业形式 人员类别 职工类型 合同类型 employmenttype",
  },
  employmentStatus: {
    title: { zh: "就业状况", en: "Employment status" },
    heads: "就业状况 就业状态 在岗状态 在职状态 人员状态 employmentstatus",
  },
  employer: {
    title: { zh: "工作单位", en: "Employer" },
    heads: "工作单位 单位 单位名称 所在单位 用人单位 企业名称 公司 公司名称 就业单位 employer company",
  },
  department: {
    title: { zh: "部门", en: "Department" },
    heads: "部门 所在部门 车间 班组 科室 部门班组 department",
  },
  jobTitle: {
    title: { zh: "岗位", en: "Job" },
    heads: "岗位 职务 工种 岗位工种 职位 职务岗位 工作岗位 岗位名称 职业 jobtitle position",
  },
  unit: {
    title: { zh: "所属工会", en: "Union" },
    heads:
      "所属工会 所在工会 基层工会 工会名称 工会组织 所属基层工会 所在基层工会 工会 所属工会名称 会籍所在工会 union",
  },
  joinedOn: {
    title: { zh: "入会时间", en: "Joined on" },
    heads: "入会时间 入会日期 入会年月 加入工会时间 入会 joinedon joindate",
  },
  memberNo: {
    title: { zh: "会员证号", en: "Member number" },
    heads: "会员证号 会员编号 会员号 会员证编号 工会会员证号 会员卡号 memberno",
  },
  migrant: {
    title: { zh: "是否农民工", en: "Migrant worker" },
    heads: "是否农民工 农民工 是否为农民工 进城务工 migrant",
  },
  householdType: {
    title: { zh: "户籍类型", en: "Household registration" },
    heads: "户籍类型 户口性质 户籍性质 户口类型 户籍 户口 householdtype",
  },
  group: {
    title: { zh: "新就业形态类别", en: "New employment group" },
    heads: "新就业形态类别 新就业形态 八大群体 群体类别 新就业群体 所属群体 新业态类别 employmentgroup",
  },
  address: {
    title: { zh: "住址", en: "Address" },
    heads: "住址 家庭住址 现住址 居住地址 通讯地址 联系地址 家庭地址 地址 户籍地址 address",
  },
  bankCard: {
    title: { zh: "银行卡号", en: "Bank card" },
    heads: "银行卡号 银行账号 银行帐号 卡号 工资卡号 账号 bankcard",
  },
  bankHolder: {
    title: { zh: "银行卡户名", en: "Card holder" },
    heads:
      "户名 银行卡户名 银行户名 开户名 开户人 开户姓名 账户名 账户名称 账户姓名 持卡人 持卡人姓名 收款人户名",
  },
  bankName: { title: { zh: "开户银行", en: "Bank" }, heads: "开户行 开户银行 银行名称 开户行名称 bank" },
} as const satisfies Record<string, { readonly title: Text; readonly heads: string }>;

export type RosterField = keyof typeof rosterFields;

/** Whether a text is a field's key, such as `idNumber`; a head from a sheet is none. */
export function isRosterField(value: string): value is RosterField {
  return Object.hasOwn(rosterFields, value);
}

const exact = new Map<string, RosterField>(
  Object.entries(rosterFields).flatMap(([field, { title, heads }]) =>
    [title.zh, title.en, ...heads.split(" ")].map((head) => [plainHead(head), field as RosterField] as const),
  ),
);

/** What a longer head may hold, the telling words first: 职工本人身份证号码(必填,文本格式). */
const telling: readonly (readonly [RegExp, RosterField])[] = [
  [/证件(类|种)/, "idKind"],
  [/身份证|身份号码|证件号/, "idNumber"],
  [/(会员|工会).*(证|卡|编)?号/, "memberNo"],
  [/户名|持卡人|开户(人|姓名)|账户姓名/, "bankHolder"],
  [/银行卡|银行账|银行帐|工资卡/, "bankCard"],
  [/开户/, "bankName"],
  [/手机|移动电话|联系电话|联系方式|电话/, "phone"],
  [/入会/, "joinedOn"],
  [/出生/, "birthDate"],
  [/政治面|党派/, "politicalStatus"],
  [/学历|文化程度/, "education"],
  [/民族/, "ethnicity"],
  [/农民工/, "migrant"],
  [/户籍|户口/, "householdType"],
  [/新就业|新业态|八大群体/, "group"],
  [/技能等级|技术等级/, "skillLevel"],
  [/用工/, "employmentType"],
  [/工会/, "unit"],
  [/单位|公司|企业/, "employer"],
  [/部门|车间|班组/, "department"],
  [/岗位|工种|职务/, "jobTitle"],
  [/住址|地址/, "address"],
  [/姓名|^(会员|职工|员工|人员)$/, "name"],
  [/性别/, "sex"],
];

/** People other than the worker: columns about them are left alone. */
const others = /紧急|配偶|家属|子女|父|母|监护|介绍人|经办|填表|联系人|亲属|联络/;
/** Heads that hold a telling word but tell something else. */
const misleading = /是否|数量|人数|时间|日期|页|年限|备注|盖章|代码|信用|性质|规模|序号/;

/** One column of a sheet and what it was taken for. Confidence is 0–1; below 0.7 a person should look. */
export interface MappedColumn {
  /** From 0. */
  readonly column: number;
  readonly header: string;
  readonly field: RosterField | null;
  readonly confidence: number;
  readonly samples: readonly string[];
}

/** How one sheet is laid out. */
export interface SheetLayout {
  /** The row number (as seen) after which people begin. */
  readonly headRow: number;
  readonly columns: readonly MappedColumn[];
}

/** A head made plain: brackets and what is in them, marks of duty and spaces gone. */
function plainHead(head: string): string {
  return halfWidth(head)
    .replace(/[(（【[][^)）】\]]*[)）】\]]/g, "")
    .replace(/[\s*＊:：、,，.。_\-—/\\'"“”?？!！]/g, "")
    .toLowerCase();
}

/** What a head means and how surely. */
export function fieldOf(head: string): { readonly field: RosterField; readonly confidence: number } | null {
  const plain = plainHead(head);
  if (plain === "" || plain.length > 30) return null;
  const known = exact.get(plain);
  if (known) return { field: known, confidence: 1 };
  if (others.test(plain)) return null;
  for (const [pattern, field] of telling) {
    if (!pattern.test(plain)) continue;
    const times = field === "joinedOn" || field === "birthDate";
    if (
      misleading.test(plain) &&
      !times &&
      field !== "migrant" &&
      field !== "householdType" &&
      field !== "employmentType"
    )
      return null;
    return { field, confidence: plain.length <= 8 ? 0.85 : 0.7 };
  }
  return null;
}

const HEAD_ROWS = 25;
/** A head of names, told exactly or not, and one told exactly beside it. */
const LEAST_SCORE = 1.8;

/** How many first rows of a sheet `layoutOf` wants to see. */
export const layoutRows = HEAD_ROWS + 20;

/**
 * Finds the heads among the first rows of a sheet: below any titles and notes, in one row or in two with merged
 * group heads above. `null` when the sheet is no roster (no column of names, or nothing beside it).
 */
export function layoutOf(rows: readonly SheetRow[]): SheetLayout | null {
  let best: { at: number; tall: 1 | 2; heads: readonly string[]; score: number } | undefined;
  for (let at = 0; at < Math.min(rows.length, HEAD_ROWS); at++) {
    const one = rows[at]!;
    const single = one.cells.map(textOf);
    const score = scoreOf(single);
    if (score > (best?.score ?? 0)) best = { at, tall: 1, heads: single, score };
    const below = rows[at + 1];
    if (!below || below.row !== one.row + 1) continue;
    const both = joinedHeads(one.cells, below.cells);
    const bothScore = scoreOf(both);
    // Two rows must tell clearly more than either, or the first person would be taken for a head.
    if (bothScore > Math.max(score, scoreOf(below.cells.map(textOf)), best?.score ?? 0)) {
      best = { at, tall: 2, heads: both, score: bothScore };
    }
  }
  if (!best || best.score < LEAST_SCORE) return null;
  const people = rows.slice(best.at + best.tall);
  const columns = mapColumns(best.heads, people);
  if (!columns.some((one) => one.field === "name")) return null;
  return { headRow: rows[best.at + best.tall - 1]!.row, columns };
}

/** Fields told by heads: each once. A row of data hardly ever scores. */
function scoreOf(heads: readonly string[]): number {
  const found = new Map<RosterField, number>();
  for (const head of heads) {
    const known = fieldOf(head);
    if (known) found.set(known.field, Math.max(known.confidence, found.get(known.field) ?? 0));
  }
  return found.has("name") ? [...found.values()].reduce((sum, one) => sum + one, 0) : 0;
}

/** Groups of columns stand side by side and are short. A title stands alone, a note says something: 填报单位：某厂. */
function areGroups(cells: readonly Cell[]): boolean {
  const filled = cells.map(textOf).filter((text) => text.trim() !== "");
  return filled.length > 1 && filled.every((text) => !/[:：]/.test(text) && text.length <= 20);
}

function joinedHeads(above: readonly Cell[], below: readonly Cell[]): string[] {
  if (!areGroups(above)) return below.map(textOf);
  const heads: string[] = [];
  let group = "";
  for (let i = 0; i < Math.max(above.length, below.length); i++) {
    const upper = textOf(above[i] ?? null);
    const lower = textOf(below[i] ?? null);
    if (upper !== "") group = upper;
    if (lower === "") heads.push(upper);
    else if (fieldOf(lower) || group === "") heads.push(lower);
    else heads.push(fieldOf(group + lower) ? group + lower : lower);
  }
  return heads;
}

function mapColumns(heads: readonly string[], people: readonly SheetRow[]): MappedColumn[] {
  const width = Math.max(heads.length, ...people.map((row) => row.cells.length), 0);
  const guesses = Array.from({ length: width }, (_, column) => {
    const header = heads[column] ?? "";
    const samples = people
      .map((row) => textOf(row.cells[column] ?? null))
      .filter((text) => text !== "")
      .slice(0, 20);
    return { column, header, samples, known: fieldOf(header) ?? byContent(header, samples) };
  });
  const taken = new Map<RosterField, number>();
  for (const [i, guess] of guesses.entries()) {
    if (guess.known === null) continue;
    const before = taken.get(guess.known.field);
    const better = before === undefined || guesses[before]!.known!.confidence < guess.known.confidence;
    if (better) taken.set(guess.known.field, i);
  }
  return guesses.map((guess, i) => {
    const chosen = guess.known !== null && taken.get(guess.known.field) === i;
    return {
      column: guess.column,
      header: guess.header,
      field: chosen ? guess.known!.field : null,
      confidence: chosen ? guess.known!.confidence : 0,
      samples: guess.samples.slice(0, 3),
    };
  });
}

/** A column without a telling head, by what stands in it; under a head that is not known, an identity number alone. */
function byContent(
  header: string,
  samples: readonly string[],
): { readonly field: RosterField; readonly confidence: number } | null {
  if (samples.length === 0 || others.test(header)) return null;
  const share = (pattern: RegExp): number =>
    samples.filter((text) => pattern.test(halfWidth(text).replace(/\s/g, ""))).length / samples.length;
  if (share(/^\d{17}[\dXx]$/) > 0.7) return { field: "idNumber", confidence: 0.6 };
  if (header.trim() !== "" || samples.length < 3) return null;
  if (share(/^1[3-9]\d{9}$/) > 0.7) return { field: "phone", confidence: 0.5 };
  if (share(/^[男女]$/) > 0.9) return { field: "sex", confidence: 0.6 };
  return null;
}

/** A cell as text: nothing as the empty text, yes and no as 是 and 否. */
export function textOf(cell: Cell): string {
  return cell === null ? "" : typeof cell === "boolean" ? (cell ? "是" : "否") : String(cell);
}

/** The words with which a row of sums begins: 合 计, 本页小计, 总计：120人. */
const totals = /^(本[页表车间班组]*|以上|全部|全厂|人数)?(合计|小计|总计|共计|总人数|合计人数)/;

/**
 * A row of sums: somewhere among its first cells a word for one, and no identity number. Read as a person it would be told
 * as a faulty one.
 */
export function isTotal(idNumber: Cell, cells: readonly Cell[]): boolean {
  if (/[0-9A-Za-z]{8,}/.test(halfWidth(textOf(idNumber)))) return false;
  const first = cells.map((cell) => textOf(cell).replace(/[\s:：]/g, "")).filter((text) => text !== "");
  return first.slice(0, 3).some((text) => totals.test(text));
}

/** A row that is no person: a repeated head, a signature line, a line numbered but empty. */
export function isNoPerson(name: Cell, idNumber: Cell, cells: readonly Cell[]): boolean {
  const said = textOf(name).replace(/\s/g, "");
  if (
    said !== "" &&
    fieldOf(said)?.confidence === 1 &&
    textOf(idNumber) !== "" &&
    fieldOf(textOf(idNumber)) !== null
  )
    return true;
  const filled = cells.filter((cell) => textOf(cell).trim() !== "");
  if (filled.length === 0) return true;
  if (/[0-9A-Za-z]{6,}/.test(halfWidth(textOf(idNumber)).replace(/\s/g, ""))) return false;
  if (/^(统计|备注|说明|填表|制表|审核|单位盖章|盖章|注[::])/.test(said)) return true;
  if (said !== "") return false;
  const line = filled.map(textOf).join(" ");
  if (/填表|制表|审核人|负责人|盖章|填报|说明|^\s*注|共\s*\d+\s*[人名]|第\s*\d+\s*页/.test(line)) return true;
  return (
    filled.length === 1 && textOf(idNumber).trim() === "" && /^\s*\d{1,7}\s*$/.test(textOf(filled[0] ?? null))
  );
}

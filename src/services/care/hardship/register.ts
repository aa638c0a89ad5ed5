import { type Day, readDay } from "../../../kernel/day.ts";
import { parseIdentity } from "../../../kernel/identity-number.ts";
import { fenToJson, parseYuan } from "../../../kernel/money.ts";
import { isRefusal, type Or, type Refusal, refuse } from "../../../kernel/refusal.ts";
import { halfWidth } from "../../../kernel/text.ts";

/** Kinds a register may hold, by the words its sheets use (aid.md §5, linkage). */
const kinds: readonly (readonly [kind: string, words: RegExp])[] = [
  ["dibao_edge", /低保边缘|边缘家庭/],
  ["extreme_poverty", /特困/],
  ["rigid_hardship", /刚性支出|支出型/],
  ["anti_return", /防返贫|监测对象|易返贫/],
  ["dibao", /低保|最低生活保障/],
  ["vehicle", /车/],
  ["house", /房/],
  ["business", /市场主体|工商|企业|个体/],
  ["income", /收入|工资|养老金/],
];

/** What a sheet's columns may be called. */
const heads: Readonly<Record<"idNumber" | "kind" | "asOf" | "count" | "yearFen", RegExp>> = {
  idNumber: /^(身份证|证件)(件)?(号|号码)?$|身份证号|证件号/,
  kind: /类别|类型|救助种类|项目/,
  asOf: /日期|截止|认定时间/,
  count: /数量|套数|台数/,
  yearFen: /年收入|金额|年度收入/,
};

export type RegisterColumns = Readonly<Partial<Record<keyof typeof heads, number>>>;

/** A line of a register, read. The identity leaves this file only as a keyed hash. */
export interface RegisterLine {
  readonly idNumber: string;
  readonly kind: string;
  readonly asOf: Day;
  readonly facts: Readonly<Record<string, number>>;
}

type Cell = string | number | boolean | null;

/** Where each column stands in a row of heads; undefined when the row names no identity number. */
export function registerColumns(cells: readonly Cell[]): RegisterColumns | undefined {
  const found: Partial<Record<keyof typeof heads, number>> = {};
  for (const [index, cell] of cells.entries()) {
    const head = typeof cell === "string" ? halfWidth(cell).replace(/\s/g, "") : "";
    for (const [name, words] of Object.entries(heads) as [keyof typeof heads, RegExp][])
      if (head !== "" && words.test(head)) found[name] ??= index;
  }
  return found.idNumber === undefined ? undefined : found;
}

/** The kind a word of a sheet means: 低保边缘, 机动车, 房产… */
export function registerKind(word: string): string | undefined {
  return kinds.find(([, words]) => words.test(word))?.[0];
}

/** What stands beside a line: the register's own kind and day, where its rows do not say. */
export interface RegisterContext {
  readonly today: Day;
  readonly fictitious: boolean;
  /** From the file's or sheet's name. */
  readonly kind: string | undefined;
}

/** One row of a register. Pure; refuses what is wrong with the number, the kind or the day. */
export function readRegisterLine(
  cells: readonly Cell[],
  columns: RegisterColumns,
  context: RegisterContext,
): Or<RegisterLine> {
  const cell = (name: keyof typeof heads) => {
    const index = columns[name];
    return index === undefined ? null : (cells[index] ?? null);
  };
  const identity = parseIdentity(cell("idNumber"), {
    today: context.today,
    fictitious: context.fictitious,
    from: "sheet",
  });
  if (isRefusal(identity)) return identity;
  const word = String(cell("kind") ?? "");
  const kind = word === "" ? context.kind : registerKind(word);
  if (!kind) return refuse("register-kind", { word: word.slice(0, 20) });
  const told = cell("asOf");
  const asOf = told === null || told === "" ? context.today : readDay(told);
  if (isRefusal(asOf)) return asOf;
  const facts: Record<string, number> = {};
  const count = Number(cell("count"));
  if (kind === "house" && Number.isInteger(count) && count > 0) facts.count = count;
  if (kind === "income") {
    const yearly = parseYuan(cell("yearFen"));
    if (isRefusal(yearly)) return yearly satisfies Refusal;
    facts.yearFen = fenToJson(yearly);
  }
  return { idNumber: identity.number, kind, asOf, facts };
}

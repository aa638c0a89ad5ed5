import { sql } from "kysely";
import type { Tx } from "../../db/index.ts";
import { type Day, yearOf } from "../../kernel/day.ts";
import { rangeOf, type UnitPath } from "../../kernel/path.ts";
import {
  type Condition,
  type FactDef,
  judge,
  type Known,
  type OneOf,
  type Params,
  type Rule,
} from "../../procedures/eligibility.ts";
import { asSql } from "../../procedures/eligibility-sql.ts";
import { insideScope, type Scope } from "../../units/scope.ts";

const central = {
  document: {
    zh: "《中央财政专项帮扶资金使用管理办法》（总工发〔2015〕20号）",
    en: "Measures on the Central Special Aid Fund (2015)",
  },
};

/** What the rule of living aid asks of a household. */
const livingFacts = {
  category: { title: { zh: "困难类别", en: "Category" }, kind: "text" },
  state: { title: { zh: "档案状态", en: "State of the file" }, kind: "text" },
  validTo: { title: { zh: "档案有效期", en: "File valid to" }, kind: "day" },
  usedFen: { title: { zh: "本年已用额度", en: "Used this year" }, kind: "number" },
} as const satisfies Record<string, FactDef>;

type Fact = keyof typeof livingFacts;

/** Who may have living aid now: a file in force, deep or relative hardship, something left of the year's limit. */
export const livingConditions: readonly (Condition<Fact> | OneOf<Fact>)[] = [
  {
    fact: "state",
    in: ["active", "reverifying"],
    why: { zh: "先建档、后帮扶", en: "file first, then aid" },
    source: central,
  },
  {
    fact: "validTo",
    is: "ge",
    than: { param: "today" },
    why: { zh: "档案在有效期内", en: "the file is in force" },
    source: central,
  },
  {
    fact: "category",
    in: ["deep", "relative"],
    why: { zh: "深度困难或相对困难", en: "deep or relative hardship" },
  },
  {
    fact: "usedFen",
    is: "lt",
    than: { param: "capFen" },
    why: { zh: "本年额度未用完", en: "the year’s limit is not used up" },
    source: central,
  },
];
const livingRule: Rule<Fact> = { all: livingConditions };

/** The rule for one household, with reasons. */
export function judgeLiving(known: Known<Fact>, params: Params) {
  return judge(livingRule, livingFacts, known, params);
}

/** The parameters of the rule: the day it is asked on, and what a household may have in a year. */
export interface LivingParams {
  readonly today: Day;
  readonly capFen: number;
}

/**
 * How many households of a scope the rule fits, and what paying each what is left of its year would cost: with the
 * parameters in force, or with others (“what if” the line rose).
 */
export async function livingPopulation(
  tx: Tx,
  scope: Scope,
  params: LivingParams,
): Promise<{ readonly households: number; readonly leftFen: bigint }> {
  return fitting(tx, scope, params).select(countAndLeft(params)).executeTakeFirstOrThrow();
}

/** The same of each union directly below one, those with most first, as far as the scope reaches; 200 at most. */
export async function livingBelow(
  tx: Tx,
  scope: Scope,
  unitId: string,
  params: LivingParams,
): Promise<
  readonly {
    readonly unit: { id: string; name: string };
    readonly households: number;
    readonly leftFen: bigint;
  }[]
> {
  const above = await tx.selectFrom("unit").where("id", "=", unitId).select("path").executeTakeFirstOrThrow();
  const { high } = rangeOf(above.path as UnitPath);
  // One walk of the index for all of them, told apart by the next part of their path.
  const part = sql<string>`split_part(substr(hardship_file.path, ${above.path.length + 2}::int), '.', 1)`;
  const counted = await fitting(tx, scope, params)
    .where("hardship_file.path", ">=", `${above.path}.`)
    .where("hardship_file.path", "<", high)
    .groupBy(sql`1`)
    .select(part.as("part"))
    .select(countAndLeft(params))
    .orderBy("households", "desc")
    .orderBy("part")
    .limit(200)
    .execute();
  const paths = counted.map((one) => `${above.path}.${one.part}`);
  const units = await tx
    .selectFrom("unit")
    .where("path", "in", ["", ...paths])
    .select(["id", "name", "path"])
    .execute();
  const byPath = new Map(units.map(({ path, id, name }) => [path, { id, name }]));
  return counted.map(({ part: last, ...found }) => ({
    unit: byPath.get(`${above.path}.${last}`)!,
    ...found,
  }));
}

/** A household the rule fits, with what is left of its year. */
export interface LivingLine {
  readonly id: string;
  readonly path: string;
  readonly fileNo: string;
  readonly headId: string;
  readonly headName: string;
  readonly unitName: string;
  readonly category: string;
  readonly members: number;
  readonly validTo: Day;
  readonly caseId: string;
  readonly leftFen: bigint;
}

/** The next households of a scope that the rule fits, by union; the first come at once, however many there are. */
export async function livingLines(
  tx: Tx,
  scope: Scope,
  params: LivingParams,
  page: {
    readonly after: { readonly path: string; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<readonly LivingLine[]> {
  return fitting(tx, scope, params)
    .innerJoin("unit", "unit.id", "hardship_file.unit_id")
    .$if(page.after !== null, (query) =>
      query.where(
        sql<boolean>`(hardship_file.path, hardship_file.id) > (${page.after?.path ?? ""}, ${page.after?.id ?? ""}::uuid)`,
      ),
    )
    .orderBy("hardship_file.path")
    .orderBy("hardship_file.id")
    .limit(page.limit)
    .select(["hardship_file.id", "hardship_file.path", "hardship_file.file_no as fileNo"])
    .select([
      "hardship_file.head_id as headId",
      "hardship_file.head_name as headName",
      "unit.name as unitName",
      "hardship_file.category",
    ])
    .select(["hardship_file.member_count as members", "hardship_file.valid_to as validTo"])
    .select([
      "hardship_file.case_id as caseId",
      sql<bigint>`(${params.capFen}::bigint - ${usedFen(params)})::bigint`.as("leftFen"),
    ])
    .execute();
}

const countAndLeft = (params: LivingParams) => [
  sql<number>`count(*)::int`.as("households"),
  sql<bigint>`coalesce(sum(${params.capFen}::bigint - ${usedFen(params)}), 0)::bigint`.as("leftFen"),
];

/** What is used of the year that is asked about; a file holds the latest year of which any was. */
const usedFen = ({ today }: LivingParams) =>
  sql`(case when hardship_file.used_year = ${yearOf(today)} then hardship_file.used_fen else 0 end)`;

/** Each is in the index by which the tree is walked, so that a count reads nothing else. */
const columns = (params: LivingParams) => ({
  category: sql`hardship_file.category`,
  // Hidden from the index by place and state, which would look up every file it finds.
  state: sql`coalesce(hardship_file.state, '')`,
  validTo: sql`hardship_file.valid_to`,
  usedFen: usedFen(params),
});

function fitting(tx: Tx, scope: Scope, params: LivingParams) {
  return tx
    .selectFrom("hardship_file")
    .where(insideScope(scope, "hardship_file.path"))
    .where(asSql(livingRule, livingFacts, columns(params), { ...params }));
}

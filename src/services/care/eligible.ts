import { sql } from "kysely";
import type { Tx } from "../../db/index.ts";
import type { Day } from "../../kernel/day.ts";
import { type FactDef, judge, type Known, type Params, type Rule } from "../../procedures/eligibility.ts";
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
const livingRule: Rule<Fact> = {
  all: [
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
  ],
};

/** The rule for one household, with reasons. */
export function judgeLiving(known: Known<Fact>, params: Params) {
  return judge(livingRule, livingFacts, known, params);
}

/**
 * How many households of a scope the rule fits, and what paying each what is left of its year would cost: with the
 * parameters in force, or with others (“what if” the line rose).
 */
export async function livingPopulation(
  tx: Tx,
  scope: Scope,
  params: { readonly today: Day; readonly capFen: number },
): Promise<{ readonly households: number; readonly leftFen: bigint }> {
  const used = sql`coalesce((select c.used_fen from cap_use c where c.district = hardship_file.district
    and c.rule = 'living/household' and c.beneficiary = hardship_file.household_id::text
    and c.year = extract(year from ${params.today}::date)), 0)`;
  const columns = {
    category: sql`hardship_file.category`,
    state: sql`hardship_file.state`,
    validTo: sql`hardship_file.valid_to`,
    usedFen: used,
  };
  const row = await tx
    .selectFrom("hardship_file")
    .where(insideScope(scope, "hardship_file.path"))
    .where(asSql(livingRule, livingFacts, columns, params))
    .select([
      sql<number>`count(*)::int`.as("households"),
      sql<bigint>`coalesce(sum(${params.capFen}::bigint - ${used}), 0)::bigint`.as("leftFen"),
    ])
    .executeTakeFirstOrThrow();
  return row;
}

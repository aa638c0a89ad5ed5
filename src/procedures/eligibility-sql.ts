import { type RawBuilder, sql } from "kysely";
import { boundOf, type FactDef, type Params, type Rule } from "./eligibility.ts";

/** The SQL expression of each fact over the population's rows. */
export type Columns<Name extends string> = Readonly<Record<Name, RawBuilder<unknown>>>;

// A number is what it is in `judge`: exact up to 2^53, and compared many times faster than a numeric.
const types = { number: "double precision", text: "text", day: "date", flag: "boolean" } as const;
const operators = { lt: "<", le: "<=", eq: "=", ge: ">=", gt: ">" } as const;

/**
 * The same rule as a filter over a population: three-valued as `judge` is, so that a household whose facts are not
 * known is neither in the answer nor in its opposite.
 */
export function asSql<Name extends string>(
  rule: Rule<Name>,
  defs: Readonly<Record<Name, FactDef>>,
  columns: Columns<Name>,
  params: Params,
): RawBuilder<boolean> {
  if ("all" in rule)
    return joined(
      rule.all.map((one) => asSql(one, defs, columns, params)),
      sql` and `,
      true,
    );
  if ("any" in rule)
    return joined(
      rule.any.map((one) => asSql(one, defs, columns, params)),
      sql` or `,
      false,
    );
  if ("not" in rule) return sql<boolean>`(not ${asSql(rule.not, defs, columns, params)})`;
  const type = sql.raw(types[defs[rule.fact].kind]);
  const column = columns[rule.fact];
  if ("in" in rule) return sql<boolean>`(${column}::text = any(${sql.val([...rule.in])}::text[]))`;
  const than = boundOf(rule.than, params);
  return sql<boolean>`(${column}::${type} ${sql.raw(operators[rule.is])} ${than}::${type})`;
}

function joined(
  parts: readonly RawBuilder<boolean>[],
  by: RawBuilder<unknown>,
  empty: boolean,
): RawBuilder<boolean> {
  return parts.length === 0 ? sql<boolean>`${sql.lit(empty)}` : sql<boolean>`(${sql.join([...parts], by)})`;
}

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sql } from "kysely";
import { withDatabase } from "../db/testing.ts";
import { type FactDef, judge, type Known, type Rule } from "./eligibility.ts";
import { asSql } from "./eligibility-sql.ts";

const t = withDatabase();
const why = { zh: "理由", en: "why" };
const defs = {
  income: {
    title: why,
    kind: "number",
    proof: { kind: "income", label: { zh: "收入证明", en: "Proof of income" } },
  },
  category: { title: why, kind: "text" },
  since: { title: why, kind: "day" },
  member: { title: why, kind: "flag" },
} as const satisfies Record<string, FactDef>;
type Fact = keyof typeof defs;

const rule: Rule<Fact> = {
  all: [
    { fact: "member", is: "eq", than: true, why },
    {
      any: [
        { fact: "income", is: "lt", than: { param: "line" }, why },
        { fact: "category", in: ["deep"], why },
      ],
    },
    { not: { fact: "since", is: "gt", than: "2026-03-01", why }, why },
  ],
};

test("one household is told every reason, and which paper is still wanted", () => {
  const told = judge(rule, defs, { member: true, category: "relative", since: "2026-01-01" }, { line: 100 });
  assert.equal(told.passed, null);
  assert.deepEqual(told.missing, [{ kind: "income", label: { zh: "收入证明", en: "Proof of income" } }]);
  const poor = { member: true, category: "relative", since: "2026-01-01", income: 90 };
  assert.equal(judge(rule, defs, poor, { line: 100 }).passed, true);
  assert.equal(judge(rule, defs, poor, { line: 80 }).passed, false, "what if the line were lower");
});

test("a rule read as SQL over a population agrees with the rule read for each household", async () => {
  const fact = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
  const condition: fc.Arbitrary<Rule<Fact>> = fc.oneof(
    fc.record({
      fact: fc.constant("income" as const),
      is: fc.constantFrom("lt", "le", "eq", "ge", "gt"),
      than: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant({ param: "line" })),
      why: fc.constant(why),
    }),
    fc.record({
      fact: fc.constant("category" as const),
      in: fc.subarray(["deep", "relative", "none"]),
      why: fc.constant(why),
    }),
    fc.record({
      fact: fc.constant("since" as const),
      is: fc.constantFrom("lt", "le", "eq", "ge", "gt"),
      than: fc.constantFrom("2026-01-01", "2026-02-01"),
      why: fc.constant(why),
    }),
    fc.record({
      fact: fc.constant("member" as const),
      is: fc.constant("eq"),
      than: fc.boolean(),
      why: fc.constant(why),
    }),
  ) as fc.Arbitrary<Rule<Fact>>;
  const { tree } = fc.letrec<{ tree: Rule<Fact> }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      condition,
      fc.record({ all: fc.array(tie("tree"), { maxLength: 3 }) }),
      fc.record({ any: fc.array(tie("tree"), { maxLength: 3 }) }),
      fc.record({ not: tie("tree"), why: fc.constant(why) }),
    ),
  }));
  const household: fc.Arbitrary<Known<Fact>> = fc.record({
    income: fact(fc.integer({ min: 0, max: 5 })),
    category: fact(fc.constantFrom("deep", "relative", "none")),
    since: fact(fc.constantFrom("2026-01-01", "2026-02-01", "2026-03-01")),
    member: fact(fc.boolean()),
  });
  const cases = fc.sample(
    fc.tuple(tree, fc.array(household, { minLength: 1, maxLength: 12 }), fc.integer({ min: 0, max: 5 })),
    { numRuns: 120, seed: 7 },
  );
  await t.db.systemRead(async (tx) => {
    for (const [one, people, line] of cases) {
      const columns = {
        income: sql`p.income`,
        category: sql`p.category`,
        since: sql`p.since`,
        member: sql`p.member`,
      };
      const { rows } = await sql<{ passed: boolean | null }>`
        select ${asSql(one, defs, columns, { line })} as passed
        from jsonb_to_recordset(${JSON.stringify(people.map((person, place) => ({ ...person, place })))}::jsonb)
          as p (place int, income int, category text, since date, member boolean) order by place`.execute(tx);
      assert.deepEqual(
        rows.map((row) => row.passed),
        people.map((person) => judge(one, defs, person, { line }).passed),
        JSON.stringify(one),
      );
    }
  });
});

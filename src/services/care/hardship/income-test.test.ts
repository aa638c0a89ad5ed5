import assert from "node:assert/strict";
import { test } from "node:test";
import { day } from "../../../kernel/day.ts";
import type { AccidentRule } from "../policies.ts";
import { type IncomeInput, type IncomeRules, incomeTest } from "./income-test.ts";

const yuan = (amount: number) => BigInt(Math.round(amount * 100));
const label = { zh: "某", en: "some" };
const share80: AccidentRule = { kind: "share", thresholdBp: 8_000, operator: "ge" };
const share50: AccidentRule = { kind: "share", thresholdBp: 5_000, operator: "gt" };
const kinds = ["illness", "disability", "schooling", "housing", "eldercare", "employment"] as const;

const rules: IncomeRules = {
  lineFen: yuan(1062),
  kBp: 20_000,
  deepOperator: "lt",
  relativeOperator: "lt",
  accident: share80,
  rigid: kinds.map((kind) => ({ kind, capFen: null })),
  imputedWageFen: yuan(2010),
  workingAge: { from: 16, until: 60 },
  uncounted: ["resident_pension", "holiday_gift"],
};

function household(of: {
  readonly people: number;
  readonly wages?: number;
  readonly others?: readonly (readonly [kind: string, amount: number])[];
  readonly without?: number;
  readonly expenses?: readonly (readonly [kind: (typeof kinds)[number], net: number])[];
  readonly event?: number;
  readonly cause?: string;
  readonly ownsHome?: boolean;
}): IncomeInput {
  const without = of.without ?? 0;
  return {
    day: day("2026-03-02"),
    ownsHome: of.ownsHome ?? false,
    members: Array.from({ length: of.people }, (_, index) => ({
      key: `m${index}`,
      label,
      born: day("1985-01-01"),
      workStatus: index > 0 && index <= without ? "flexible" : index === 0 ? "on_post" : "studying",
      hasProof: index === 0,
      isAble: true,
    })),
    incomes: [
      { member: "m0", kind: "wage", label, amountFen: yuan(of.wages ?? 0) },
      ...(of.others ?? []).map(([kind, amount]) => ({ member: "m3", kind, label, amountFen: yuan(amount) })),
    ],
    expenses: (of.expenses ?? []).map(([kind, net]) => ({
      kind,
      label,
      grossFen: yuan(net),
      reimbursedFen: 0n,
    })),
    event: of.event === undefined ? null : { costFen: yuan(of.event), compensatedFen: 0n },
    mainCause: of.cause ?? "low_income",
  };
}

const first = household({
  people: 4,
  wages: 50_400,
  others: [["resident_pension", 2_400]],
  without: 1,
  expenses: [
    ["illness", 14_600],
    ["schooling", 7_200],
    ["employment", 3_600],
  ],
});
const fire = (event: number) =>
  household({ people: 3, wages: 96_000, expenses: [["illness", 12_000]], event, cause: "accident" });
const perHead = (amount: number) => household({ people: 1, wages: amount * 12 });

test("the worked examples of the hardship rules come out as written", () => {
  const rows: [string, IncomeInput, Partial<IncomeRules>, string, string][] = [
    ["example 1", first, {}, "1023.33", "deep"],
    [
      "example 1, employment cost not counted",
      first,
      { rigid: rules.rigid.filter((one) => one.kind !== "employment") },
      "1098.33",
      "relative",
    ],
    ["example 2 with k = 2", perHead(1_700), {}, "1700.00", "relative"],
    ["example 2 with k = 1.5", perHead(1_700), { kBp: 15_000 }, "1700.00", "none"],
    ["example 3, loss 79,000, 80 %", fire(79_000), {}, "2333.33", "accident"],
    ["example 3, loss 79,000, 50 %", fire(79_000), { accident: share50 }, "2333.33", "accident"],
    ["example 3, loss 60,000, 80 %", fire(60_000), {}, "2333.33", "none"],
    ["example 3, loss 60,000, 50 %", fire(60_000), { accident: share50 }, "2333.33", "accident"],
  ];
  for (const [name, input, change, net, category] of rows) {
    const receipt = incomeTest(input, { ...rules, ...change });
    assert.equal((receipt.netFen / 100).toFixed(2), net, name);
    assert.equal(receipt.category, category, name);
  }
});

test("a household exactly on a line goes by the operator, and nothing is rounded before comparing", () => {
  const onLine = perHead(1_062);
  assert.equal(incomeTest(onLine, rules).category, "relative");
  assert.equal(incomeTest(onLine, { ...rules, deepOperator: "le" }).category, "deep");
  const onUpper = perHead(2_124);
  assert.equal(incomeTest(onUpper, rules).category, "none");
  assert.equal(incomeTest(onUpper, { ...rules, relativeOperator: "le" }).category, "relative");
  const hair: IncomeInput = {
    ...onLine,
    incomes: [{ member: "m0", kind: "wage", label, amountFen: yuan(1_062 * 12) - 1n }],
  };
  assert.equal(incomeTest(hair, rules).netFen, 106_200, "shown rounded");
  assert.equal(incomeTest(hair, rules).category, "deep", "compared exactly");
});

test("a negative net income is below every line", () => {
  const receipt = incomeTest(household({ people: 2, wages: 1_000, expenses: [["illness", 50_000]] }), rules);
  assert.equal(receipt.category, "deep");
  assert.ok(receipt.netFen < 0);
});

test("the event is tried only when income decides nothing", () => {
  const poor = household({ people: 3, wages: 30_000, event: 100_000, cause: "accident" });
  const receipt = incomeTest(poor, rules);
  assert.equal(receipt.category, "deep");
  assert.equal(receipt.results[2]?.passed, false);
});

test("a band rule asks for net income after the event and refuses causes that are no misfortune", () => {
  const band: AccidentRule = {
    kind: "band",
    fromBp: 15_000,
    toBp: 20_000,
    notCauses: ["schooling", "low_income"],
  };
  const after = household({ people: 1, wages: 2_500 * 12, event: 600 * 12, cause: "accident" });
  assert.equal(incomeTest(after, { ...rules, accident: band }).category, "accident");
  assert.equal(
    incomeTest({ ...after, mainCause: "schooling" }, { ...rules, accident: band }).category,
    "none",
  );
});

test("a kind's yearly limit is taken once over all its bills", () => {
  const rigid = [{ kind: "illness" as const, capFen: Number(yuan(10_000)) }];
  const receipt = incomeTest(
    household({
      people: 1,
      wages: 40_000,
      expenses: [
        ["illness", 7_000],
        ["illness", 7_000],
        ["housing", 5_000],
      ],
    }),
    { ...rules, rigid },
  );
  assert.equal(receipt.expenseFen, Number(yuan(10_000)));
  assert.deepEqual(
    receipt.expense.map((one) => one.counted),
    [true, true, false],
  );
});

test("who shows no proof is reckoned at the minimum wage, whatever little they say; the ill and the proven are not", () => {
  const spouse = (
    change: Partial<IncomeInput["members"][number]>,
    stated?: number,
    workingAge = rules.workingAge,
  ) => {
    const two = household({ people: 2, without: 1, wages: 10_000 });
    const receipt = incomeTest(
      {
        ...two,
        members: [two.members[0]!, { ...two.members[1]!, ...change }],
        incomes: [
          ...two.incomes,
          ...(stated === undefined
            ? []
            : [{ member: "m1", kind: "wage", label, amountFen: yuan(stated) } as const]),
        ],
      },
      { ...rules, workingAge },
    );
    return receipt.incomeFen / 100;
  };
  assert.equal(spouse({}), 10_000 + 24_120);
  assert.equal(spouse({}, 1), 10_000 + 24_120, "one yuan stated without proof lowers nothing");
  assert.equal(spouse({}, 30_000), 40_000);
  assert.equal(spouse({ hasProof: true }, 1), 10_001);
  assert.equal(spouse({ isAble: false }), 10_000);
  assert.equal(spouse({ workStatus: "studying" }), 10_000);
  assert.equal(spouse({ born: day("1960-01-01") }), 10_000, "past working age");
  assert.equal(spouse({ born: day("1966-03-02") }), 10_000, "sixty today");
  assert.equal(spouse({ born: day("1966-03-03") }), 34_120, "sixty tomorrow");
  assert.equal(spouse({ born: day("1966-03-02") }, undefined, { from: 16, until: 63 }), 34_120);
  assert.equal(spouse({ born: day("2008-03-02") }, undefined, { from: 18, until: 60 }), 34_120);
  assert.equal(spouse({ born: day("2008-03-03") }, undefined, { from: 18, until: 60 }), 10_000);
});

test("rent counts for a household without a home, and for no other", () => {
  const renting = (ownsHome: boolean) =>
    incomeTest(household({ people: 1, wages: 40_000, expenses: [["housing", 9_600]], ownsHome }), rules);
  assert.equal(renting(false).expenseFen, Number(yuan(9_600)));
  assert.equal(renting(true).expenseFen, 0);
  assert.equal(renting(true).expense[0]?.counted, false);
});

test("every receipt sums to its own totals and keeps all three results", () => {
  for (const input of [first, fire(79_000), perHead(3_000)]) {
    const receipt = incomeTest(input, rules);
    const sum = (lines: typeof receipt.income) =>
      lines.reduce((all, one) => all + (one.counted ? one.amountFen : 0), 0);
    assert.equal(sum(receipt.income), receipt.incomeFen);
    assert.equal(sum(receipt.expense), receipt.expenseFen);
    assert.deepEqual(
      receipt.results.map((one) => one.test),
      ["deep", "relative", "accident"],
    );
    assert.ok(receipt.formula.zh.includes("÷ 12 ÷"));
  }
});

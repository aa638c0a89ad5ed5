import assert from "node:assert/strict";
import { test } from "node:test";
import { parseYuan } from "../kernel/money.ts";
import { expect, isRefusal, sentence } from "../kernel/refusal.ts";
import {
  checkPayment,
  type FundRules,
  fundCaps,
  livingCap,
  medicalMost,
  mostNext,
  type Payment,
} from "./funds.ts";

const yuan = (text: string) => expect(parseYuan(text));
const source = { document: "总工发〔2015〕20号" };

test("living aid: L = 1,062 caps a household's year at 12,744; after 9,000 at most 3,744 is left", () => {
  const cap = livingCap({
    household: "h",
    year: 2026,
    lineFen: yuan("1062"),
    members: 4,
    months: 12,
    perPerson: false,
    source,
  });
  assert.equal(cap.capFen, yuan("12744"));
  assert.equal(mostNext(null, cap.capFen, yuan("9000")), yuan("3744"));
  const each = livingCap({
    household: "h",
    year: 2026,
    lineFen: yuan("1062"),
    members: 4,
    months: 12,
    perPerson: true,
  });
  assert.equal(each.capFen, yuan("50976"));
});

const treated = {
  billFen: yuan("60000"),
  coveredFen: [yuan("38000"), yuan("5000"), yuan("3100"), yuan("2000")],
};

test("medical aid: 60,000 less four payers is 11,900 self-paid; at 70 % it is 8,330, and never above 11,900", () => {
  assert.deepEqual(medicalMost(treated, 7_000), { selfPaidFen: yuan("11900"), mostFen: yuan("8330") });
  assert.equal(medicalMost(treated, 10_000).mostFen, yuan("11900"));
  const whole = { billFen: yuan("100"), coveredFen: [yuan("120")] };
  assert.deepEqual(medicalMost(whole, 7_000), { selfPaidFen: 0n, mostFen: 0n }, "paid by others in full");
});

test("sending warmth: 3,000 in January and 2,500 in May leave 500", () => {
  assert.equal(mostNext(yuan("3000"), yuan("6000"), yuan("5500")), yuan("500"));
  assert.equal(mostNext(yuan("3000"), yuan("6000"), 0n), yuan("3000"));
  assert.equal(mostNext(null, yuan("6000"), yuan("7000")), 0n);
});

const central: FundRules = {
  kinds: ["living", "medical", "schooling"],
  requiresFile: true,
  tiers: ["national"],
  capPaymentFen: yuan("5000"),
  capPersonYearFen: yuan("8000"),
  capHouseholdYearFen: null,
  carryOver: false,
};
const fund = {
  source: "central_fiscal",
  name: "2026 中央帮扶",
  year: 2026,
  purposes: ["living", "medical"],
  state: "open",
} as const;
const good: Payment = { kind: "living", amountFen: yuan("3744"), fileTier: "national", year: 2026 };

test("a payment is refused for the first rule of its fund that it breaks, with the rule's source", () => {
  const rows: readonly [
    string,
    Partial<Payment>,
    Partial<typeof fund | { state: "closed" }>,
    Partial<FundRules>,
  ][] = [
    ["ok", {}, {}, {}],
    ["ok", {}, { year: 2025 } as never, { carryOver: true }],
    ["ok", { fileTier: null }, {}, { requiresFile: false, tiers: null }],
    ["fund-closed", { kind: "warmth" }, { state: "closed" }, {}],
    ["fund-year", { kind: "warmth" }, { year: 2025 } as never, {}],
    ["fund-year", {}, { year: 2027 } as never, { carryOver: true }],
    ["fund-purpose", { kind: "warmth" }, {}, {}],
    ["fund-kind", { kind: "warmth", fileTier: null }, { purposes: [] as never }, {}],
    ["fund-needs-file", { fileTier: null, amountFen: yuan("9000") }, {}, {}],
    ["fund-tier", { fileTier: "city", amountFen: yuan("9000") }, {}, {}],
    ["cap-payment", { amountFen: yuan("5000.01") }, {}, {}],
    ["ok", { amountFen: yuan("5000") }, {}, {}],
  ];
  for (const [verdict, payment, ofFund, ofRules] of rows) {
    const found = checkPayment(
      { ...good, ...payment },
      { ...fund, ...ofFund } as Parameters<typeof checkPayment>[1],
      { ...central, ...ofRules },
      source,
    );
    assert.equal(isRefusal(found) ? found.code : "ok", verdict);
    if (isRefusal(found)) {
      assert.ok(!sentence(found, "zh").includes("{"), sentence(found, "zh"));
      assert.ok(!sentence(found, "en").includes("{"), sentence(found, "en"));
    }
  }
});

test("a fund's own caps are claimed for the person and, where set, the household", () => {
  const whom = { person: "p", household: "h", year: 2026 };
  assert.deepEqual(
    fundCaps(fund, central, whom, source).map(({ rule, beneficiary, capFen }) => [rule, beneficiary, capFen]),
    [["fund:central_fiscal/person", "p", yuan("8000")]],
  );
  const both = fundCaps(fund, { ...central, capHouseholdYearFen: 1n }, whom, source);
  assert.deepEqual(
    both.map((one) => one.beneficiary),
    ["p", "h"],
  );
  assert.equal(
    fundCaps(fund, { ...central, capHouseholdYearFen: 1n }, { ...whom, household: null }, source).length,
    1,
  );
});

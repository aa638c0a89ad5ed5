import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type CreditCode,
  type CreditCodeOptions,
  creditCheck,
  fictitiousCreditCode,
  organisationCheck,
  parseCreditCode,
} from "./credit-code.ts";
import { isRefusal } from "./refusal.ts";

const code = (value: unknown, options: CreditCodeOptions = {}) => {
  const answer = parseCreditCode(value, options);
  return isRefusal(answer) ? answer.code : answer.code;
};

test("the worked examples and the standard's own pass both checks", () => {
  for (const example of [
    "81110101MC0000012H",
    "81340104MC12A3B43R",
    "91310115MA1K4AB221",
    "89530100MC0Y00013X",
    "91350100M000100Y43",
  ])
    assert.deepEqual(parseCreditCode(example), { code: example, region: example.slice(2, 8), warnings: [] });
  assert.equal(organisationCheck("MC000001"), "2");
  assert.equal(organisationCheck("MC12A3B4"), "3");
  assert.equal(creditCheck("81110101MC0000012"), "H");
});

test("no single changed character of an example passes", () => {
  const example = "81110101MC0000012H";
  let tried = 0;
  for (let place = 0; place < 18; place++)
    for (const other of "0123456789ABCDEFGHJKLMNPQRTUWXY") {
      if (other === example[place]) continue;
      tried++;
      assert.ok(isRefusal(parseCreditCode(example.slice(0, place) + other + example.slice(place + 1))));
    }
  assert.equal(tried, 540);
});

test("each way to be wrong has its own code", () => {
  assert.equal(code(" ８1110101-MC000001-2h "), "81110101MC0000012H");
  const table: [unknown, string, CreditCodeOptions?][] = [
    ["", "required"],
    [undefined, "required"],
    ["81110101MC0000012", "credit-code-length"],
    ["9.1E+17", "credit-code-length"],
    ["81110101MC000001IH", "credit-code-characters"],
    ["81110101MC0000012J", "credit-code-check-digit"],
    ["91310115MA1K4AB221", "credit-code-not-union", { of: "union" }],
    ["81110101MC0000012H", "credit-code-not-employer", { of: "employer" }],
    [fictitiousCreditCode("81", "990101", "MC000001"), "credit-code-fictitious", { of: "union" }],
  ];
  for (const [value, expected, options] of table) assert.equal(code(value, options), expected, String(value));
});

test("a code whose inner check fails is taken with a warning", () => {
  const body = "91310115MA1K4AB22".replace(/2$/, "7");
  const answer = parseCreditCode(body + creditCheck(body), { of: "employer" }) as CreditCode;
  assert.deepEqual(answer.warnings, ["organisation-check"]);
});

test("fictitious bodies are made whole and live in region 99", () => {
  const body = fc.string({
    unit: fc.constantFrom(..."0123456789ABCDEFGHJKLMNPQRTUWXY"),
    minLength: 8,
    maxLength: 8,
  });
  fc.assert(
    fc.property(body, (organisation) => {
      const made = fictitiousCreditCode("91", "990101", organisation);
      assert.deepEqual(parseCreditCode(made, { fictitious: true }), {
        code: made,
        region: "990101",
        warnings: [],
      });
    }),
  );
  assert.throws(() => fictitiousCreditCode("91", "310115", "MA1K4AB2"), RangeError);
});

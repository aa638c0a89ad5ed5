import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  allocate,
  capitals,
  divide,
  fenFromJson,
  fenMax,
  fenToJson,
  formatYuan,
  parseYuan,
  plainYuan,
  share,
} from "./money.ts";
import { isRefusal } from "./refusal.ts";

const anyFen = fc.bigInt({ min: -fenMax, max: fenMax });

test("amounts are read as people write them", () => {
  const table: [unknown, bigint][] = [
    ["1,234.50", 123_450n],
    ["1234.5", 123_450n],
    ["¥3,744.00", 374_400n],
    ["¥3,744.00元", 374_400n],
    ["  1 000 元整", 100_000n],
    ["0", 0n],
    ["-0", 0n],
    ["12.3400", 1234n],
    ["7.", 700n],
    [1234.5, 123_450n],
    [0.1 + 0.2, 30n],
    [1.15, 115n],
  ];
  for (const [text, fen] of table) assert.equal(parseYuan(text), fen, String(text));
  assert.equal(parseYuan("-3.20", { negative: true }), -320n);
});

test("what is no amount is refused, with its reason", () => {
  const code = (value: unknown) => {
    const answer = parseYuan(value, { at: "/amountFen" });
    return isRefusal(answer) ? answer.code : String(answer);
  };
  for (const wrong of [
    "",
    "12,34",
    "1,2345",
    "abc",
    "1.2万",
    "1..2",
    "5e3",
    "--5",
    undefined,
    null,
    Number.NaN,
    Infinity,
  ])
    assert.equal(code(wrong), "bad-amount", String(wrong));
  assert.equal(code("1.234"), "amount-too-fine");
  assert.equal(code(1.234), "amount-too-fine");
  assert.equal(code("-5"), "amount-negative");
  assert.equal(code("90071992547409.92"), "amount-too-large");
  assert.equal(code("90071992547409.91"), String(fenMax));
});

test("what is written is read back", () => {
  fc.assert(
    fc.property(anyFen, (fen) => {
      assert.equal(parseYuan(formatYuan(fen), { negative: true }), fen);
      assert.equal(parseYuan(plainYuan(fen), { negative: true }), fen);
      assert.equal(fenFromJson(fenToJson(fen)), fen);
    }),
  );
  assert.equal(formatYuan(374_400n), "¥3,744.00");
  assert.equal(formatYuan(-5n), "-¥0.05");
  assert.equal(formatYuan(100_000_000_000n), "¥1,000,000,000.00");
});

test("JSON carries only whole fen it can hold", () => {
  for (const wrong of [1.5, "5", null, undefined, Number.NaN]) assert.ok(isRefusal(fenFromJson(wrong)));
  assert.ok(isRefusal(fenFromJson(2 ** 60)));
  assert.throws(() => fenToJson(2n ** 60n), RangeError);
});

test("capitals are those a bank accepts", () => {
  const table: [string, string][] = [
    ["3744.00", "叁仟柒佰肆拾肆元整"],
    ["0", "零元整"],
    ["0.05", "伍分"],
    ["0.50", "伍角整"],
    ["1.05", "壹元零伍分"],
    ["1409.50", "壹仟肆佰零玖元伍角整"],
    ["6007.14", "陆仟零柒元壹角肆分"],
    ["1680.32", "壹仟陆佰捌拾元叁角贰分"],
    ["107000.53", "壹拾万柒仟元伍角叁分"],
    ["16409.02", "壹万陆仟肆佰零玖元零贰分"],
    ["325.04", "叁佰贰拾伍元零肆分"],
    ["10.00", "壹拾元整"],
    ["100005", "壹拾万零伍元整"],
    ["100500", "壹拾万零伍佰元整"],
    ["10001000", "壹仟万壹仟元整"],
    ["100001000", "壹亿零壹仟元整"],
    ["100000000", "壹亿元整"],
    ["1000000010", "壹拾亿零壹拾元整"],
    ["2000000000000", "贰万亿元整"],
    ["2000300000000", "贰万零叁亿元整"],
    ["-20.30", "负贰拾元叁角整"],
  ];
  for (const [text, words] of table) {
    const fen = parseYuan(text, { negative: true });
    assert.equal(isRefusal(fen) ? fen.code : capitals(fen), words, text);
  }
  assert.throws(() => capitals(fenMax + 1n), RangeError);
});

/** Read capitals back, the slow way. */
function readCapitals(text: string): bigint {
  const value = (part: string): bigint => {
    for (const [unit, size] of [
      ["亿", 100_000_000n],
      ["万", 10_000n],
    ] as const) {
      const at = part.lastIndexOf(unit);
      if (at >= 0) return value(part.slice(0, at)) * size + value(part.slice(at + 1));
    }
    let sum = 0n;
    let digit = 0n;
    for (const sign of part) {
      const place = { 拾: 10n, 佰: 100n, 仟: 1000n }[sign];
      if (place === undefined) digit = BigInt("零壹贰叁肆伍陆柒捌玖".indexOf(sign));
      else {
        sum += digit * place;
        digit = 0n;
      }
    }
    return sum + digit;
  };
  const plain = text.replace(/^负/, "").replace(/整$/, "");
  const [whole, rest] = plain.includes("元") ? (plain.split("元") as [string, string]) : ["零", plain];
  const jiao = /(.)角/.exec(rest)?.[1] ?? "零";
  const cents = /(.)分/.exec(rest)?.[1] ?? "零";
  const fen = value(whole) * 100n + value(jiao) * 10n + value(cents);
  return text.startsWith("负") ? -fen : fen;
}

test("capitals read back to the amount and never double a zero", () => {
  const roundish = fc
    .tuple(fc.bigInt({ min: 0n, max: 9999n }), fc.integer({ min: 0, max: 11 }))
    .map(([n, e]) => n * 10n ** BigInt(e));
  fc.assert(
    fc.property(fc.oneof(anyFen, roundish), (fen) => {
      const words = capitals(fen);
      assert.equal(readCapitals(words), fen, words);
      if (fen !== 0n) assert.doesNotMatch(words, /零零|零[元万亿拾佰仟角整]|^零/);
    }),
    { examples: [[1n], [10n]], numRuns: 500 },
  );
});

test("shares round half up or down, exactly", () => {
  assert.equal(share(10_000n, 50, "halfUp"), 50n);
  assert.equal(share(101n, 5000, "halfUp"), 51n);
  assert.equal(share(101n, 5000, "floor"), 50n);
  assert.equal(divide(-5n, 2n, "halfUp"), -3n);
  assert.equal(divide(-5n, 2n, "floor"), -3n);
  assert.throws(() => divide(5n, 0n, "floor"), RangeError);
  fc.assert(
    fc.property(anyFen, fc.bigInt({ min: 1n, max: 1_000_000n }), (fen, by) => {
      const down = divide(fen, by, "floor");
      assert.ok(down * by <= fen && fen < (down + 1n) * by);
      const near = divide(fen, by, "halfUp");
      const off = near * by - fen;
      assert.ok((off < 0n ? -off : off) * 2n <= by);
    }),
  );
});

test("a split gives every fen away, each part within one of its due", () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 1000n }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(anyFen, weights, (fen, weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0n);
      if (total === 0n) return assert.throws(() => allocate(fen, weights), RangeError);
      const parts = allocate(fen, weights);
      assert.equal(
        parts.reduce((sum, part) => sum + part, 0n),
        fen,
      );
      parts.forEach((part, i) => {
        const off = part * total - fen * (weights[i] as bigint);
        assert.ok((off < 0n ? -off : off) < total);
      });
    }),
  );
  assert.deepEqual(allocate(100n, [1n, 1n, 1n]), [34n, 33n, 33n]);
});

import { type Or, refuse } from "./refusal.ts";
import { halfWidth, shown } from "./text.ts";

/** An amount in fen (分), 1/100 yuan. */
export type Fen = bigint;

/** The largest amount this program takes, what JSON carries exactly: 90,071,992,547,409.91 yuan. */
export const fenMax: Fen = BigInt(Number.MAX_SAFE_INTEGER);

/** How a share that is no whole fen is rounded. */
export type Rounding = "halfUp" | "floor";

/**
 * An amount in yuan as people write it: `1234.5`, `1,234.50`, `¥1,234.50`, `1234元`, full-width.
 * Refuses `bad-amount` (also for separators in the wrong place), `amount-too-fine`,
 * `amount-too-large`, and `amount-negative` unless `negative` is set.
 */
export function parseYuan(
  value: unknown,
  options: { readonly negative?: boolean; readonly at?: string } = {},
): Or<Fen> {
  const place = { at: options.at };
  const given = typeof value === "number" && Number.isFinite(value) ? plainNumber(value) : value;
  const text =
    typeof given === "string"
      ? halfWidth(given)
          .replace(/\s/g, "")
          .replace(/^([+-]?)[¥¥]/, "$1")
      : "";
  const found = /^([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d*))?(?:元整?)?$/.exec(text);
  if (!found) return refuse("bad-amount", { value: shown(value) }, place);
  const [, sign, whole, decimals = ""] = found as unknown as [string, string, string, string?];
  const significant = decimals.replace(/0+$/, "");
  if (significant.length > 2) return refuse("amount-too-fine", {}, place);
  const digits = whole.replaceAll(",", "");
  const fen = BigInt(digits) * 100n + BigInt(significant.padEnd(2, "0"));
  if (fen > fenMax) return refuse("amount-too-large", {}, place);
  if (sign === "-" && fen > 0n) return options.negative ? -fen : refuse("amount-negative", {}, place);
  return fen;
}

/** An amount for people: ¥3,744.00, -¥0.05. */
export function formatYuan(fen: Fen): string {
  const [whole, cents] = plainYuan(fen < 0n ? -fen : fen).split(".") as [string, string];
  return `${fen < 0n ? "-" : ""}¥${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${cents}`;
}

/** An amount for files: 3744.00. */
export function plainYuan(fen: Fen): string {
  const digits = String(fen < 0n ? -fen : fen).padStart(3, "0");
  return `${fen < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const numerals = "零壹贰叁肆伍陆柒捌玖";
const places = ["", "拾", "佰", "仟"];
const groups = ["", "万", "亿", "万亿"];

/**
 * An amount in capitals for vouchers (《支付结算办法》 annex 1): 叁仟柒佰肆拾肆元整, 壹元零伍分,
 * 伍角整. Ends in 整 unless it ends in 分. One 零 for any run of zeros inside the number, none before
 * a full thousand where the rule leaves it open (壹拾万柒仟元). Negative amounts open with 负.
 */
export function capitals(fen: Fen): string {
  const amount = fen < 0n ? -fen : fen;
  if (amount > fenMax) throw new RangeError(`amount beyond capitals: ${fen}`);
  const yuan = amount / 100n;
  const jiao = Number((amount / 10n) % 10n);
  const cents = Number(amount % 10n);
  const whole = yuan === 0n ? "" : `${wholeCapitals(yuan)}元`;
  let rest = "";
  if (jiao > 0) rest = `${numerals[jiao]}角`;
  else if (cents > 0 && whole !== "") rest = "零";
  rest += cents > 0 ? `${numerals[cents]}分` : "整";
  return `${fen < 0n ? "负" : ""}${whole === "" && jiao === 0 && cents === 0 ? "零元" : whole}${rest}`;
}

function wholeCapitals(yuan: bigint): string {
  let text = "";
  let gap = false;
  for (let group = 3; group >= 0; group--) {
    const part = Number((yuan / 10n ** BigInt(group * 4)) % 10_000n);
    if (part === 0) {
      gap = text !== "";
      continue;
    }
    if (text !== "" && (gap || part < 1000)) text += "零";
    gap = false;
    // 万亿 is 亿 counted in 万: the word 亿 is written once, after the lower part when there is one.
    const lowerYi = group === 3 && Number((yuan / 100_000_000n) % 10_000n) > 0;
    text += fourCapitals(part) + (lowerYi ? "万" : groups[group]);
  }
  return text;
}

function fourCapitals(part: number): string {
  let text = "";
  for (let place = 3; place >= 0; place--) {
    const digit = Math.floor(part / 10 ** place) % 10;
    if (digit > 0) text += (numerals[digit] as string) + places[place];
    else if (text !== "" && !text.endsWith("零") && part % 10 ** place > 0) text += "零";
  }
  return text;
}

/** A quotient in whole fen, rounded half away from zero or down. `by` > 0. */
export function divide(fen: Fen, by: bigint, rounding: Rounding): Fen {
  if (by <= 0n) throw new RangeError(`division of an amount by ${by}`);
  const negative = fen < 0n;
  if (rounding === "floor") {
    const quotient = fen / by;
    return negative && quotient * by !== fen ? quotient - 1n : quotient;
  }
  const rounded = ((negative ? -fen : fen) * 2n + by) / (by * 2n);
  return negative ? -rounded : rounded;
}

/** A share in basis points (1 % = 100 bp): `share(10_000n, 50n, "halfUp")` is 50n. */
export function share(fen: Fen, bp: bigint | number, rounding: Rounding): Fen {
  return divide(fen * BigInt(bp), 10_000n, rounding);
}

/**
 * Split an amount by weights so that the parts sum to it exactly: each gets its floor, and the fen
 * left over go one each to the largest remainders, the earlier first. Weights ≥ 0, not all zero.
 */
export function allocate(fen: Fen, weights: readonly bigint[]): readonly Fen[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total <= 0n || weights.some((weight) => weight < 0n))
    throw new RangeError("weights must be above zero");
  if (fen < 0n) return allocate(-fen, weights).map((part) => -part);
  const parts = weights.map((weight) => (fen * weight) / total);
  const left = Number(fen - parts.reduce((sum, part) => sum + part, 0n));
  const order = weights
    .map((weight, index) => ({ index, remainder: (fen * weight) % total }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of order.slice(0, left)) parts[index] = (parts[index] as bigint) + 1n;
  return parts;
}

/** An amount as the JSON integer of a field ending in `Fen`. Beyond 2^53 it is a bug and throws. */
export function fenToJson(fen: Fen): number {
  const number = Number(fen);
  if (!Number.isSafeInteger(number)) throw new RangeError(`amount beyond JSON: ${fen}`);
  return number;
}

/** An amount from a JSON integer of fen. Refuses `bad-amount` and `amount-too-large`. */
export function fenFromJson(value: unknown, at?: string): Or<Fen> {
  if (typeof value !== "number" || !Number.isInteger(value))
    return refuse("bad-amount", { value: shown(value) }, { at });
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return refuse("amount-too-large", {}, { at });
  return BigInt(value);
}

/** A spreadsheet's number as its cell would show it, its binary dust (0.1 + 0.2) swept off. */
function plainNumber(value: number): string {
  const exact = String(value);
  if (/e/i.test(exact)) return exact;
  const cents = value * 100;
  return Math.abs(cents - Math.round(cents)) < 1e-6 * Math.max(1, Math.abs(value)) &&
    Math.abs(value) < 2 ** 40
    ? (Math.round(cents) / 100).toFixed(2)
    : exact;
}

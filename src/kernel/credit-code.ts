import { type Or, refuse } from "./refusal.ts";
import { isDamaged } from "./spreadsheet-damage.ts";
import { halfWidth } from "./text.ts";

/** The 31 characters of a unified social credit code: no I, O, Z, S, V (GB 32100-2015). */
const characters = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const organisationWeights = [3, 7, 9, 10, 5, 8, 4, 2];

/** A unified social credit code (统一社会信用代码) that passed its check. */
export interface CreditCode {
  readonly code: string;
  /** The region of the registering authority, positions 3–8. */
  readonly region: string;
  /**
   * `organisation-check`: the organisation code inside fails its own check (GB 11714). Some codes in
   * use are older than the standard, so this warns and does not refuse.
   */
  readonly warnings: readonly "organisation-check"[];
}

/** Whose code is expected, and what this installation takes. */
export interface CreditCodeOptions {
  /** `union` takes 81 and 89 only, `employer` nothing that begins with 8. "any". */
  readonly of?: "union" | "employer" | "any";
  /** Whether region 99 is taken. false. */
  readonly fictitious?: boolean;
  readonly at?: string;
}

/** The check character of a credit code's first 17 characters. */
export function creditCheck(body: string): string {
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += characters.indexOf(body[i] as string) * (weights[i] as number);
  return characters[(31 - (sum % 31)) % 31] as string;
}

/** The check character of an organisation code's first 8 characters (GB 11714). */
export function organisationCheck(body: string): string {
  let sum = 0;
  for (let i = 0; i < 8; i++)
    sum += Number.parseInt(body[i] as string, 36) * (organisationWeights[i] as number);
  return "0X987654321"[sum % 11] as string;
}

/**
 * A credit code from outside. Refuses `required`, `credit-code-length`, `credit-code-characters`,
 * `credit-code-check-digit`, `credit-code-not-union`, `credit-code-not-employer`,
 * `credit-code-fictitious`.
 */
export function parseCreditCode(value: unknown, options: CreditCodeOptions = {}): Or<CreditCode> {
  const place = { at: options.at };
  const code =
    typeof value === "string" || typeof value === "number"
      ? halfWidth(String(value)).replace(/[\s-]/g, "").toUpperCase()
      : "";
  if (code === "") return refuse("required", {}, place);
  if (isDamaged(value, code) || code.length !== 18)
    return refuse("credit-code-length", { length: code.length }, place);
  if (!/^[0-9A-HJ-NPQRTUWXY]{18}$/.test(code)) return refuse("credit-code-characters", {}, place);
  if (code[17] !== creditCheck(code)) return refuse("credit-code-check-digit", {}, place);
  if (options.of === "union" && !/^8[19]/.test(code)) return refuse("credit-code-not-union", {}, place);
  if (options.of === "employer" && code.startsWith("8")) return refuse("credit-code-not-employer", {}, place);
  const region = code.slice(2, 8);
  if (region.startsWith("99") && !options.fictitious) return refuse("credit-code-fictitious", {}, place);
  const sound = organisationCheck(code.slice(8, 16)) === code[16];
  return { code, region, warnings: sound ? [] : ["organisation-check"] };
}

/** A fictitious credit code for trials and tests: a prefix such as 81 or 91, region 99, 8 characters. */
export function fictitiousCreditCode(prefix: string, region: string, organisation: string): string {
  if (!/^99\d{4}$/.test(region)) throw new RangeError(`fictitious bodies live in region 99: ${region}`);
  const body = prefix + region + organisation + organisationCheck(organisation);
  if (!/^[0-9A-HJ-NPQRTUWXY]{17}$/.test(body)) throw new RangeError(`not the body of a credit code: ${body}`);
  return body + creditCheck(body);
}

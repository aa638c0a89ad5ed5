import { type Or, refuse } from "./refusal.ts";
import { isDamaged } from "./spreadsheet-damage.ts";
import { halfWidth, parseText } from "./text.ts";

/** A bank card or account number in plain digits. */
export interface BankCard {
  readonly number: string;
  /** `luhn`: the check digit of cards fails. Passbooks and company accounts have none, so it warns. */
  readonly warnings: readonly "luhn"[];
}

/**
 * The name an account is held under: a person's, so that no digit belongs in it; a card number typed into the wrong box
 * would otherwise stand in lists as a name. Refuses as `parseText` and `holder-has-digits`.
 */
export function parseHolder(
  value: unknown,
  rule: { readonly max: number; readonly at?: string },
): Or<string> {
  const text = parseText(value, rule);
  if (typeof text === "string" && /\p{Nd}/u.test(text))
    return refuse("holder-has-digits", {}, { at: rule.at });
  return text;
}

/** Whether the last digit is the Luhn check of the others (ISO/IEC 7812-1). */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/**
 * A bank card number from outside: 12–19 digits, spaces and dashes taken off. Refuses `required`,
 * `bad-card`, `card-damaged`; with `from: "sheet"` also a number of more than 15 digits whose tail
 * is 0, since the spreadsheet may have put it there.
 */
export function parseCard(
  value: unknown,
  options: { readonly from?: "typed" | "sheet"; readonly at?: string } = {},
): Or<BankCard> {
  const place = { at: options.at };
  const text =
    typeof value === "string" || typeof value === "number"
      ? halfWidth(String(value)).replace(/[\s-]/g, "")
      : "";
  if (text === "") return refuse("required", {}, place);
  if (isDamaged(value, text)) return refuse("card-damaged", {}, place);
  if (!/^\d{12,19}$/.test(text)) return refuse("bad-card", {}, place);
  const sound = luhn(text);
  const cut = text.length > 15 && /^0+$/.test(text.slice(15));
  if (cut && (!sound || options.from === "sheet")) return refuse("card-damaged", {}, place);
  return { number: text, warnings: sound ? [] : ["luhn"] };
}

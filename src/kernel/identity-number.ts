import { type Day, dayOf, dayOfMonth, monthOf, yearOf } from "./day.ts";
import { isRefusal, type Or, refuse } from "./refusal.ts";
import { provinces } from "./region.ts";
import { isDamaged } from "./spreadsheet-damage.ts";
import { halfWidth } from "./text.ts";
import type { Text } from "./words.ts";

/** The documents by which a person is known. */
export const idKinds = {
  resident: { zh: "居民身份证", en: "Resident identity card" },
  "hk-macao-tw-residence": { zh: "港澳台居民居住证", en: "Residence permit, Hong Kong, Macao, Taiwan" },
  "hk-macao-pass": { zh: "港澳居民来往内地通行证", en: "Mainland travel permit, Hong Kong and Macao" },
  "taiwan-pass": { zh: "台湾居民来往大陆通行证", en: "Mainland travel permit, Taiwan" },
  "permanent-resident": { zh: "外国人永久居留身份证", en: "Foreign permanent resident card" },
  passport: { zh: "护照", en: "Passport" },
} as const satisfies Record<string, Text>;

/** A kind of identity document. */
export type IdKind = keyof typeof idKinds;

/** The kinds whose numbers tell no day of birth; of a permanent resident’s card only the older numbers tell none. */
export const birthlessKinds = [
  "hk-macao-pass",
  "taiwan-pass",
  "permanent-resident",
  "passport",
] as const satisfies readonly IdKind[];

/** Whether a value from outside is the code of a kind of document; its title is none. */
export function isIdKind(value: unknown): value is IdKind {
  return typeof value === "string" && Object.hasOwn(idKinds, value);
}

/** A person's sex as the number tells it. */
export type Sex = "male" | "female";

/** An identity number that passed its checks. `number` is in its plain form: half-width, upper case. */
export interface Identity {
  readonly kind: IdKind;
  readonly number: string;
  /** Six digits of the place of first registration; historical codes are lawful. Kinds of 18 only. */
  readonly region?: string;
  readonly born?: Day;
  readonly sex?: Sex;
  /** Whether a 15-digit number was given and written out to 18. */
  readonly upgraded: boolean;
}

/** What the reader of an identity number knows. */
export interface IdentityOptions {
  /** The installation's day: nobody is born after it. */
  readonly today: Day;
  /** The document's kind; of 18 characters it is told from the number when absent. */
  readonly kind?: IdKind;
  /** Whether this installation holds the fictitious federation and so takes region 99. false. */
  readonly fictitious?: boolean;
  /**
   * `sheet` when the value comes from a spreadsheet's cell: there a number that ends in 000 cannot be
   * told from one cut to 15 digits, and is refused even where its check happens to pass. "typed".
   */
  readonly from?: "typed" | "sheet";
  readonly at?: string;
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** The check character of a resident number's first 17 digits (GB 11643-1999; ISO 7064 MOD 11-2). */
export function identityCheck(body: string): string {
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += Number(body[i]) * (weights[i] as number);
  return "10X98765432"[sum % 11] as string;
}

/**
 * An identity number from outside. Each way to be wrong has its own code: `required`, `id-damaged`,
 * `id-length`, `id-characters`, `id-region`, `id-fictitious`, `id-birth-date`, `id-birth-out-of-range`,
 * `id-check-digit`, `id-kind`. A damaged number is refused, never repaired.
 */
export function parseIdentity(value: unknown, options: IdentityOptions): Or<Identity> {
  const { kind } = options;
  const place = { at: options.at };
  const text =
    typeof value === "string" || typeof value === "number" || typeof value === "bigint"
      ? halfWidth(String(value)).replace(/\s/g, "").toUpperCase()
      : "";
  if (text === "") return refuse("required", {}, place);
  if (isDamaged(value, text)) return refuse("id-damaged", {}, place);
  if (kind === undefined || kind === "resident" || kind === "hk-macao-tw-residence")
    return civil(text, options);
  if (kind === "permanent-resident" && text.length === 18) return civil(text, options);
  if (!otherForms[kind].test(text)) return refuse("id-kind", { kind: idKinds[kind] }, place);
  return { kind, number: text, upgraded: false };
}

/** The kinds that carry no check of their own; patterns after the cards in use, marked [U] in the domain reference. */
const otherForms: Record<Exclude<IdKind, "resident" | "hk-macao-tw-residence">, RegExp> = {
  "hk-macao-pass": /^[HM]\d{8}(?:\d{2})?$/,
  "taiwan-pass": /^\d{8}$/,
  "permanent-resident": /^[A-Z]{3}\d{12}$/,
  passport: /^[A-Z0-9]{5,17}$/,
};

/** The numbers of 18 (or, of old, 15) characters with a birth date and a check. */
function civil(text: string, options: IdentityOptions): Or<Identity> {
  const place = { at: options.at };
  if (!/^\d*X?$/.test(text)) return refuse("id-characters", {}, place);
  if (text.length !== 18 && text.length !== 15) return refuse("id-length", { length: text.length }, place);
  if (text.length === 15 && text.endsWith("X")) return refuse("id-characters", {}, place);
  const upgraded = text.length === 15;
  const body = upgraded ? `${text.slice(0, 6)}19${text.slice(6)}` : text.slice(0, 17);
  const number = upgraded ? body + identityCheck(body) : text;
  const checked = number[17] === identityCheck(body);
  // Fifteen digits kept, three lost: what a spreadsheet makes of a long number.
  const cut = !upgraded && number.endsWith("000");
  if (cut && (options.from === "sheet" || !checked)) return refuse("id-damaged", {}, place);

  const kind = kindOf(number);
  if (isRefusal(kind)) return { ...kind, ...(options.at !== undefined && { at: options.at }) };
  if (options.kind !== undefined && options.kind !== kind)
    return refuse("id-kind", { kind: idKinds[options.kind] }, place);
  if (number.startsWith("99") && !options.fictitious) return refuse("id-fictitious", {}, place);

  const date = number.slice(6, 14);
  const born = dayOf(Number(date.slice(0, 4)), Number(date.slice(4, 6)), Number(date.slice(6, 8)));
  if (!born) return refuse("id-birth-date", { date }, place);
  if (born < "1900-01-01" || born > options.today) return refuse("id-birth-out-of-range", { date }, place);
  if (!checked) return refuse("id-check-digit", {}, place);
  const sex = Number(number[16]) % 2 === 1 ? "male" : "female";
  return { kind, number, region: number.slice(0, 6), born, sex, upgraded };
}

/** Which card an 18-character number is on, told by its first digits. */
function kindOf(number: string): Or<IdKind> {
  const province = number.slice(0, 2);
  if (/^8[123]0000/.test(number)) return "hk-macao-tw-residence";
  if (province === "99") return "resident";
  // The foreign permanent resident's card of 2023: 9, then the province, then the nation.
  if (number.startsWith("9") && provinces[number.slice(1, 3)]) return "permanent-resident";
  if (provinces[province] || province === "83") return "resident";
  return refuse("id-region", { region: number.slice(0, 6) });
}

/**
 * A fictitious resident number for trials and tests: region 99 only. `sequence` is 0–999, odd for
 * men.
 */
export function fictitiousIdentity(region: string, born: Day, sequence: number): string {
  if (!/^99\d{4}$/.test(region)) throw new RangeError(`fictitious people live in region 99: ${region}`);
  const pad = (number: number, width: number) => String(number).padStart(width, "0");
  const date = `${pad(yearOf(born), 4)}${pad(monthOf(born), 2)}${pad(dayOfMonth(born), 2)}`;
  const body = region + date + pad(sequence, 3);
  return body + identityCheck(body);
}

import { type RefusalCode, refusalRows } from "./refusals/index.ts";
import type { Lang, Text } from "./words.ts";

export type { RefusalCode } from "./refusals/index.ts";

/** Where a rule is written: the document, and its article or page when known. */
export interface Source {
  readonly document: Text | string;
  readonly article?: string;
  readonly page?: string;
}

/** What may fill a `{name}` in a refusal's sentence. A list is joined as its language joins lists. */
export type Param = string | number | bigint | boolean | Text | readonly (string | number | Text)[];

/**
 * An expected failure: returned, never thrown. `code` is stable and has one row in `refusals/`;
 * `at` points into the request (JSON pointer); `also` holds the further refusals of the same
 * request, when several fields are wrong at once.
 */
export interface Refusal {
  readonly refused: true;
  readonly code: RefusalCode;
  readonly params: Readonly<Record<string, Param>>;
  readonly at?: string;
  readonly source?: Source;
  readonly also?: readonly Refusal[];
}

/** A value, or the reason there is none. */
export type Or<T> = T | Refusal;

/** What stands beside a refusal's code and params. */
export interface RefusalPlace {
  readonly at?: string | undefined;
  readonly source?: Source | undefined;
  readonly also?: readonly Refusal[] | undefined;
}

/** Make a refusal. Params fill the `{name}`s of its sentence. */
export function refuse(
  code: RefusalCode,
  params: Readonly<Record<string, Param>> = {},
  place: RefusalPlace = {},
): Refusal {
  return {
    refused: true,
    code,
    params,
    ...(place.at !== undefined && { at: place.at }),
    ...(place.source !== undefined && { source: place.source }),
    ...(place.also !== undefined && place.also.length > 0 && { also: place.also }),
  };
}

/** Whether a value is a refusal. */
export function isRefusal(value: unknown): value is Refusal {
  return typeof value === "object" && value !== null && (value as Refusal).refused === true;
}

/** Several refusals as one, the first leading; `undefined` when there are none. */
export function together(refusals: readonly Refusal[]): Refusal | undefined {
  const flat = refusals.flatMap((one) => [one, ...(one.also ?? [])]);
  const [first, ...rest] = flat;
  if (!first) return undefined;
  const { also: _, ...alone } = first;
  return rest.length > 0 ? { ...alone, also: rest.map(({ also: __, ...one }) => one) } : alone;
}

/** The same refusal, said of this place in the request. Keeps a place it already has, inside `at`. */
export function placed(refusal: Refusal, at: string): Refusal {
  return {
    ...refusal,
    at: at + (refusal.at ?? ""),
    ...(refusal.also && { also: refusal.also.map((one) => placed(one, at)) }),
  };
}

/** The refusal in words. A param that was not given leaves its `{name}` to be seen. */
export function sentence(refusal: Refusal, lang: Lang): string {
  return refusalRows[refusal.code][lang].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const param = refusal.params[name];
    return param === undefined ? whole : spoken(param, lang);
  });
}

/** The HTTP status a refusal answers with. */
export function statusOf(refusal: Refusal): number {
  return refusalRows[refusal.code].status;
}

/** A source in words: 《工会法》第十一条, or “Trade Union Law, Article 11”. */
export function sourceText(source: Source, lang: Lang): string {
  const document = typeof source.document === "string" ? source.document : source.document[lang];
  const rest = [source.article, source.page].filter((part) => part !== undefined);
  return lang === "zh" ? document + rest.join("") : [document, ...rest].join(", ");
}

/** The value, or a thrown bug: for values this program itself wrote and knows to be right. */
export function expect<T>(value: Or<T>): T {
  if (isRefusal(value)) throw new Error(`unexpected refusal: ${sentence(value, "en")}`);
  return value;
}

function spoken(param: Param, lang: Lang): string {
  if (Array.isArray(param)) {
    const items = param.map((item) => spoken(item as Param, lang));
    return items.join(lang === "zh" ? "、" : ", ");
  }
  if (typeof param === "object") return (param as Text)[lang];
  return String(param);
}

import type { RefusalCode } from "./refusals/index.ts";
import type { Lang, Text } from "./words.ts";

export type { RefusalCode } from "./refusals/index.ts";
// The sentences are a table of their own, so that a page that only makes refusals does not carry it.
export { expect, sentence, statusOf } from "./sentence.ts";

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

/** A source in words: 《工会法》第十一条, or “Trade Union Law, Article 11”. */
export function sourceText(source: Source, lang: Lang): string {
  const document = typeof source.document === "string" ? source.document : source.document[lang];
  const article =
    lang === "en" && source.article !== undefined ? articleInEnglish(source.article) : source.article;
  const rest = [article, source.page].filter((part) => part !== undefined);
  return lang === "zh" ? document + rest.join("") : [document, ...rest].join(", ");
}

const digits = "零一二三四五六七八九";

/** `第四十五条` as “Article 45”, up to 99; what is written otherwise stays as it is. */
function articleInEnglish(article: string): string {
  return article
    .replace(/第([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)条/g, (whole, tens, ten, ones) => {
      if (ten === "" && tens !== "" && ones !== "") return whole;
      const high = ten === "" ? 0 : Math.max(1, digits.indexOf(tens || "零")) * 10;
      const number = high + digits.indexOf((ten === "" ? tens || ones : ones) || "零");
      return number === 0 ? whole : `Article ${number}`;
    })
    .replaceAll("、", ", ");
}

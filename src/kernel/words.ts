/** The two languages every face of the product speaks. Chinese comes first. */
export type Lang = "zh" | "en";

/** A phrase a person will read, in both languages. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

/** The phrase in the language asked for. */
export function say(text: Text, lang: Lang): string {
  return text[lang];
}

/** The phrase when both languages write it alike: a number, a code, a name. */
export function sameIn(both: string): Text {
  return { zh: both, en: both };
}

/** Whether an untrusted value is a phrase in both languages. */
export function isText(value: unknown): value is Text {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as Text).zh === "string" &&
    typeof (value as Text).en === "string"
  );
}

/** The language of an `Accept-Language` header: English only when it is preferred to Chinese. */
export function langOf(header: string | undefined): Lang {
  for (const part of (header ?? "").toLowerCase().split(",")) {
    const tag = part.trim();
    if (tag.startsWith("zh")) return "zh";
    if (tag.startsWith("en")) return "en";
  }
  return "zh";
}

import type { Lang } from "../../src/kernel/words.ts";

const cjk = "[\\u3400-\\u9fff\\uf900-\\ufaff\\u3001-\\u301f\\u201d\\u2019\\uff09]";
const stops: Readonly<Record<string, string>> = {
  ",": "\uff0c",
  ":": "\uff1a",
  ";": "\uff1b",
  "?": "\uff1f",
  "!": "\uff01",
};
const stopped = new RegExp(`(${cjk})([,:;?!])(?! )|([\\w%])([,:;?!])(?=${cjk})`, "g");
const bracketed = new RegExp(`(${cjk})\\(([^()]*)\\)`, "g");

/** Chinese as it is printed: full-width stops and brackets beside Chinese characters. */
export function printed(text: string, lang: Lang): string {
  if (lang !== "zh") return text;
  return text
    .replace(bracketed, "$1\uff08$2\uff09")
    .replace(
      stopped,
      (_, han = "", first = "", other = "", second = "") => han + other + stops[first || second],
    );
}

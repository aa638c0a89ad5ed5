import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { Lang, Text } from "../../src/kernel/words.ts";
import { askIn } from "./api.ts";
import { printed } from "./printed.ts";

export { printed } from "./printed.ts";

/** The language and type size a person chose, kept on this device and said on `<html>`. */

interface Chosen {
  readonly lang: Lang;
  readonly largeType: boolean;
  /** The phrase in the chosen language, its `{name}`s filled. */
  readonly t: (text: Text, params?: Readonly<Record<string, string | number>>) => string;
  readonly setLang: (lang: Lang) => void;
  readonly setLargeType: (on: boolean) => void;
}

const Choice = createContext<Chosen | undefined>(undefined);

function kept(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing still works for as long as the page is open.
  }
}

/** `?lang=en` in the address wins, then what was chosen before, then the browser's own language. */
function firstLang(): Lang {
  const asked = new URLSearchParams(location.search).get("lang") ?? kept("zhijia.lang");
  if (asked === "zh" || asked === "en") return asked;
  return navigator.language.toLowerCase().startsWith("zh") || !navigator.language.startsWith("en")
    ? "zh"
    : "en";
}

/** A phrase with its `{name}`s filled. */
export function fill(text: string, params: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/** Holds the language for all below it. */
export function Languages({ children }: { readonly children: ReactNode }): ReactNode {
  const [lang, setLang] = useState<Lang>(firstLang);
  const [largeType, setLargeType] = useState(() => kept("zhijia.large") === "1");
  askIn(lang);
  useEffect(() => {
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    keep("zhijia.lang", lang);
  }, [lang]);
  useEffect(() => {
    document.documentElement.classList.toggle("large", largeType);
    keep("zhijia.large", largeType ? "1" : "0");
  }, [largeType]);
  const chosen = useMemo<Chosen>(
    () => ({
      lang,
      largeType,
      t: (text, params) => printed(params ? fill(text[lang], params) : text[lang], lang),
      setLang,
      setLargeType,
    }),
    [lang, largeType],
  );
  return <Choice value={chosen}>{children}</Choice>;
}

/** The chosen language, and `t` to say a phrase in it. */
export function useLang(): Chosen {
  const chosen = useContext(Choice);
  if (!chosen) throw new Error("useLang outside <Languages>");
  return chosen;
}

/** A phrase that the server may send as a plain sentence or in both languages. */
export function spoken(text: string | Text | null | undefined, lang: Lang): string {
  return printed(typeof text === "string" ? text : (text?.[lang] ?? ""), lang);
}

/** A table of phrases, checked to have both languages. */
export function words<const Table extends Record<string, Text>>(table: Table): Table {
  return table;
}

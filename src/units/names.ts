import { pinyin } from "pinyin-pro";

/** A name as people type it without Chinese characters: all its syllables joined, and their first letters. */
export interface Spelling {
  readonly pinyin: string;
  readonly initials: string;
}

/** The spelling of a union's name: 云溪县总工会 is yunxixianzonggonghui, yxxzgh. What is not Chinese stays, in lower case. */
export function spell(name: string): Spelling {
  const syllables = pinyin(name, { toneType: "none", type: "array", nonZh: "consecutive", v: true });
  let whole = "";
  let initials = "";
  for (const syllable of syllables) {
    const plain = syllable.toLowerCase().replace(/[^a-z0-9]/g, "");
    whole += plain;
    initials += /^[a-z]/.test(plain) ? plain[0] : plain;
  }
  return { pinyin: whole.slice(0, 400), initials: initials.slice(0, 120) };
}

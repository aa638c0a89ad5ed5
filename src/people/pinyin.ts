import { pinyin } from "pinyin-pro";

/** How a name is found by its sound. */
export interface NameSounds {
  /** `zhangsan` */
  readonly full: string;
  /** `zs` */
  readonly initials: string;
}

const sounds = new Map<string, string>();
const surnames = new Map<string, readonly string[]>();
/** Characters seen in names are some thousands; a hostile file may not grow the caches beyond this. */
const MOST_KEPT = 50_000;

/** A name's pinyin without tones and its initials; letters of other scripts stay, in lower case. */
export function pinyinOf(name: string): NameSounds {
  const signs = [...name];
  const family = surnameSounds(signs);
  let full = "";
  let initials = "";
  for (let i = 0; i < signs.length; i++) {
    const sound = family[i] ?? soundOf(signs[i]!);
    full += sound;
    initials += isHan(signs[i]!) ? sound.slice(0, 1) : sound;
  }
  return { full, initials };
}

/** The sounds of the surname, of which some are read otherwise than the character alone: 单 shan, 尉迟 yuchi. */
function surnameSounds(signs: readonly string[]): readonly string[] {
  if (signs.length < 2 || !isHan(signs[0]!)) return [];
  const two = signs[0]! + signs[1]!;
  const family = compounds.has(two) ? two : signs[0]!;
  const kept = surnames.get(family);
  if (kept) return kept;
  const read = pinyin(family, { toneType: "none", type: "array", surname: "head", v: true }).map(plain);
  if (surnames.size > MOST_KEPT) surnames.clear();
  surnames.set(family, read);
  return read;
}

const compounds = new Set(
  "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门".split(
    " ",
  ),
);

function soundOf(sign: string): string {
  const kept = sounds.get(sign);
  if (kept !== undefined) return kept;
  const sound = isHan(sign)
    ? plain(pinyin(sign, { toneType: "none", v: true, nonZh: "removed" }))
    : sign.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  if (sounds.size > MOST_KEPT) sounds.clear();
  sounds.set(sign, sound);
  return sound;
}

function plain(sound: string): string {
  return sound
    .toLowerCase()
    .replace(/ü/g, "v")
    .replace(/[^a-z]/g, "");
}

function isHan(sign: string): boolean {
  return /\p{Script=Han}/u.test(sign);
}

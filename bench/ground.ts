import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ClientConfig } from "pg";
import { composeContext } from "../src/compose.ts";
import { parseConfig } from "../src/config.ts";
import { migrationsHash } from "../src/db/migrate.ts";
import { type Db, openDatabase } from "../src/db/pool.ts";
import { generateFederation } from "../src/demo/generate/generate.ts";
import type { GenerateProgress } from "../src/demo/generate/request.ts";
import { type Installation, openInstallation } from "../src/main.ts";

const cache = join(import.meta.dirname, "..", ".cache", "bench");

export interface Ground {
  readonly folder: string;
  readonly installation: Installation;
  readonly owner: Db;
  close(): Promise<void>;
  /** Closes it, and takes its folder away. */
  drop(): Promise<void>;
}

/** What is generated for a bench. */
export interface GroundSize {
  readonly members: number;
  readonly cases: number;
  readonly seed: number;
}

/** The settings of a bench's installation: quiet, no founded federation, without the faces. */
export function settings(folder: string, more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return {
    ZHIJIA_DATA: folder,
    ZHIJIA_DEMO: "off",
    ZHIJIA_LOG: "silent",
    ZHIJIA_FACES: "off",
    PORT: "0",
    HOST: "127.0.0.1",
    ...more,
  };
}

/**
 * An installation that holds a generated federation of a size, made once for a size, a seed and a schema, and kept
 * between runs under .cache/bench.
 */
export async function groundOf(size: GroundSize, say: (line: string) => void): Promise<Ground> {
  return open(await folderOf(size, say));
}

/** A copy of such an installation, for a bench whose work would leave it changed for the next. */
export async function copyOfGround(size: GroundSize, say: (line: string) => void): Promise<Ground> {
  const folder = await folderOf(size, say);
  const copy = `${folder}.copy`;
  rmSync(copy, { recursive: true, force: true });
  execFileSync("cp", ["-a", folder, copy]); // the server's files stay those of whoever runs it
  return open(copy);
}

async function folderOf({ members, cases, seed }: GroundSize, say: (line: string) => void): Promise<string> {
  const units = Math.ceil(members / 118);
  const folder = join(cache, `${members}-${units}-${cases}-${seed}-${migrationsHash().slice(0, 8)}`);
  if (!existsSync(folder)) {
    const making = `${folder}.making`;
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { recursive: true });
    say(`generating ${members} members and ${cases} cases, once`);
    const ground = await open(making);
    const made = await generateFederation(ground.owner, ground.installation.ring, {
      members,
      units,
      cases,
      seed,
      progress: nowAndThen(say),
    });
    say(
      `${made.members} members and ${made.cases} cases in ${made.seconds.toFixed(0)} s; members copied in ${made.copySeconds.toFixed(0)} s, cases in ${made.caseCopySeconds.toFixed(0)} s`,
    );
    // As it stands of a morning: what is due by today has been done, and waits for whom it waits for.
    const began = performance.now();
    const { jobs, close } = await composeContext(ground.installation, {
      origin: "http://127.0.0.1",
      webRoot: null,
    });
    await jobs.drain();
    await close();
    say(`the day's work in ${((performance.now() - began) / 1000).toFixed(0)} s`);
    await ground.close();
    renameSync(making, folder);
  }
  return folder;
}

/** Says how far generation is, at most once in five seconds. */
function nowAndThen(say: (line: string) => void): (what: GenerateProgress) => void {
  let last = 0;
  return ({ of, done, all }) => {
    if (performance.now() - last < 5000) return;
    last = performance.now();
    say(`${of} ${done} of ${all}`);
  };
}

/** An empty installation in a folder of its own. */
export async function emptyGround(name: string): Promise<Ground> {
  const folder = join(cache, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return open(folder);
}

async function open(folder: string): Promise<Ground> {
  const config = parseConfig(settings(folder));
  const installation = await openInstallation(config);
  const owner = openDatabase({ connection: installation.owner, role: null, max: 6 });
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      await owner.close();
      await installation.close();
    })());
  return {
    folder,
    installation,
    owner,
    close,
    async drop() {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** How a bare client reaches a ground's database, in plain values that a helper program can be told. */
export function connectionOf({ installation }: Ground): ClientConfig {
  const { user, password, host, port, database } = installation.direct;
  return { user, password, host, port, database };
}

/** A connection's settings as a URL, for a process that is told where the database is. */
export function databaseUrl(connection: ClientConfig): string {
  const { user = "", password = "", host = "", port = 5432, database = "" } = connection;
  return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(String(password))}@${encodeURIComponent(host)}:${port}/${database}`;
}

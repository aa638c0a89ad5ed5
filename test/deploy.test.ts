import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { parseConfig } from "../src/config.ts";
import { waitUntil } from "../src/db/orphan.ts";
import { giveTo, namedRunner, reachableBy } from "../src/db/unprivileged.ts";
import { freePort } from "./several/processes.ts";

/** What lies in deploy/ is held to what it says, without a container engine or systemd: the same steps in a scratch copy. */

const root = join(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "zhijia-deploy-"));
/** Asked as well where there is one. */
const analyzer = "systemd-analyze";
const running = new Set<ChildProcess>();
after(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(scratch, { recursive: true, force: true });
});

interface Step {
  readonly name: string;
  readonly rest: string;
}

const steps: readonly Step[] = readFileSync(join(root, "deploy/Containerfile"), "utf8")
  .replace(/\\\n\s*/g, "")
  .split("\n")
  .filter((line) => line.trim() !== "" && !line.startsWith("#"))
  .map((line) => {
    const [name = "", ...rest] = line.split(" ");
    return { name, rest: rest.join(" ") };
  });
const all = (name: string): readonly string[] =>
  steps.filter((step) => step.name === name).map(({ rest }) => rest);
const one = (name: string): string => {
  const [found, ...more] = all(name);
  assert.ok(found !== undefined && more.length === 0, `${name} once`);
  return found;
};
const env: Readonly<Record<string, string>> = Object.fromEntries(
  all("ENV")
    .flatMap((rest) => rest.split(" "))
    .map((pair) => pair.split("=") as [string, string]),
);

const lines = readFileSync(join(root, "deploy/zhijia.service"), "utf8")
  .split("\n")
  .filter((line) => line.trim() !== "" && !line.startsWith("#"));
const values = (key: string): readonly string[] =>
  lines.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1));

test("the image is made of what there is, runs as nobody special, and knows only settings that exist", () => {
  for (const rest of all("COPY")) {
    for (const source of rest.split(" ").slice(0, -1)) assert.ok(existsSync(join(root, source)), source);
  }
  const ignored = readFileSync(join(root, ".dockerignore"), "utf8").split("\n");
  for (const never of ["data", ".cache", "node_modules"]) assert.ok(ignored.includes(never), never);
  const copied = all("COPY").flatMap((rest) => rest.split(" ").slice(0, -1));
  assert.deepEqual(
    copied.filter((source) => ignored.includes(source.replace(/^\.\//, ""))),
    [],
  );
  const names = steps.map(({ name }) => name);
  assert.notEqual(one("USER"), "root");
  assert.ok(names.indexOf("USER") < names.indexOf("CMD"));
  assert.match(one("FROM"), /\/node:24-/);
  assert.equal(parseConfig(env).drainMs, 5000);
});

/** Whom the program runs as here: nobody special where this is root. */
const runner = namedRunner();
const asWho = runner !== null && reachableBy(runner, join(root, "node_modules")) ? runner : null;

/** The program's folder as the image's steps make it, with no package that only development needs. */
const laidOut = once((): string => {
  const app = join(scratch, "app");
  mkdirSync(app);
  chmodSync(scratch, 0o755);
  for (const rest of all("COPY")) {
    const paths = rest.split(" ");
    const to = paths.at(-1) ?? "";
    for (const source of paths.slice(0, -1))
      cpSync(join(root, source), to === "./" ? join(app, source) : join(app, to), { recursive: true });
  }
  for (const name of installed(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")))) {
    const [from, to] = [join(root, "node_modules", name), join(app, "node_modules", name)];
    if (!existsSync(from)) continue; // an optional one, of another system
    mkdirSync(dirname(to), { recursive: true });
    symlinkSync(from, to);
  }
  for (const step of all("RUN").filter((rest) => rest.startsWith("node "))) {
    const done = spawnSync(process.execPath, step.split(" ").slice(1), { cwd: app, encoding: "utf8" });
    assert.equal(done.status, 0, done.stderr);
  }
  return app;
});

function once<Made>(make: () => Made): () => Made {
  let made: { readonly value: Made } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const onTop = /^node_modules\/(@[^/]+\/)?[^/]+$/;

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>;
}

/**
 * The packages that `npm ci --omit=dev` puts in place; those within another come with it. One that a package of ours may do
 * without, and only development brings, is not counted on.
 */
function installed({ packages }: Lock): readonly string[] {
  return Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => onTop.test(path) && dev !== true && devOptional !== true)
    .map(([path]) => path.slice("node_modules/".length));
}

/** Starts the program in its folder and waits until it is ready. */
async function started(app: string, args: readonly string[], settings: Readonly<Record<string, string>>) {
  const data = settings.ZHIJIA_DATA ?? "";
  mkdirSync(data, { mode: 0o700 });
  giveTo(asWho, data);
  const child = spawn(process.execPath, args, {
    ...asWho,
    cwd: app,
    env: { PATH: process.env.PATH, HOME: data, ...settings },
    stdio: "pipe",
  });
  running.add(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
  const ended = new Promise<number | null>((done) => child.on("close", done));
  await waitUntil(() => said.includes("Zhijia is ready") || child.exitCode !== null, 60_000);
  assert.ok(said.includes("Zhijia is ready"), said);
  return { child, ended, said: () => said };
}

test("what only development needs is not in the image", () => {
  const names = installed(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")));
  assert.ok(names.includes("fastify") && names.includes("@fastify/cookie"), "what the program needs is");
  // Types are no code: some come with packages of the program.
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  assert.deepEqual(
    Object.keys(devDependencies).filter((name) => names.includes(name) && !name.startsWith("@types/")),
    [],
  );
  const packages = {
    "": {},
    "node_modules/a": {},
    "node_modules/b": { dev: true },
    "node_modules/d": { devOptional: true },
    "node_modules/a/node_modules/c": {},
  };
  assert.deepEqual(installed({ packages }), ["a"]);
});

test("the image's steps, done in a scratch copy, end in a program that is healthy and stops in order", async () => {
  const settings = {
    ...env,
    HOST: "127.0.0.1",
    PORT: String(await freePort()),
    ZHIJIA_DATA: join(scratch, "data"),
    ZHIJIA_DEMO: "off",
    ZHIJIA_DRAIN_SECONDS: "0",
  };
  const command = (rest: string): string[] => {
    const [node, ...args] = JSON.parse(rest) as string[];
    assert.equal(node, "node");
    return args;
  };
  const { child, ended, said } = await started(laidOut(), command(one("CMD")), settings);
  const check = command(one("HEALTHCHECK").replace(/^.*? CMD /, ""));
  const health = (): number | null => spawnSync(process.execPath, check, { env: settings }).status;
  assert.equal(health(), 0);
  // The pages were built by a step of the image, so that the program need write nowhere but in its data.
  assert.equal((await fetch(`http://127.0.0.1:${settings.PORT}/o`)).status, 200);
  child.kill(one("STOPSIGNAL") as NodeJS.Signals);
  assert.equal(await ended, 0, said());
  assert.equal(health(), 1);
});

test("the unit starts the program there is, with settings that exist, and leaves it time to stop", () => {
  const [node, program = "", ...args] = values("ExecStart")[0]?.split(" ") ?? [];
  const [folder = ""] = values("WorkingDirectory");
  assert.equal(node, "/usr/bin/node");
  assert.ok(program.startsWith(`${folder}/`) && existsSync(join(root, program.slice(folder.length))));
  assert.deepEqual(args, ["serve"]);
  const given = settingsOfUnit();
  const { data, drainMs } = parseConfig(given);
  assert.equal(data, `/var/lib/${values("StateDirectory")[0]}`);
  assert.ok(Number(values("TimeoutStopSec")[0]) * 1000 > drainMs + 25_000);
  assert.deepEqual(values("KillMode"), ["mixed"]);
  assert.ok(!["root", undefined].includes(values("User")[0]));
  let section = "";
  for (const line of lines) {
    const head = /^\[(\w+)\]$/.exec(line)?.[1];
    if (head !== undefined) section = head;
    else assert.ok(directives[section]?.includes(line.slice(0, line.indexOf("="))), `${section}: ${line}`);
  }
  const analyze = spawnSync(analyzer, ["--version"]);
  if (analyze.status === 0) {
    const verified = spawnSync(analyzer, ["verify", "--man=no", join(root, "deploy/zhijia.service")], {
      encoding: "utf8",
    });
    assert.doesNotMatch(verified.stderr, /Unknown (key|section|lvalue)|Failed to parse/i);
  }
});

function settingsOfUnit(): Record<string, string> {
  return Object.fromEntries(values("Environment").map((pair) => pair.split("=") as [string, string]));
}

test("started as the unit says, with its own settings, it is ready, keeps its data there, and stops in time", async () => {
  const app = laidOut();
  const [folder = ""] = values("WorkingDirectory");
  const [state = ""] = values("StateDirectory");
  const moved = (path: string): string =>
    path.replace(folder, app).replace(`/var/lib/${state}`, join(scratch, "state"));
  const [, ...args] = (values("ExecStart")[0] ?? "").split(" ").map(moved);
  const given = Object.fromEntries(
    Object.entries(settingsOfUnit()).map(([key, value]) => [key, moved(value)]),
  );
  assert.equal(given.ZHIJIA_DATA, join(scratch, "state"));
  // What the environment file of a first trial says.
  const { child, ended, said } = await started(app, args, {
    PORT: String(await freePort()),
    ZHIJIA_DEMO: "off",
    ...given,
  });
  const began = performance.now();
  child.kill("SIGTERM");
  assert.equal(await ended, 0, said());
  assert.ok(performance.now() - began < Number(values("TimeoutStopSec")[0]) * 1000);
  assert.ok(readdirSync(join(scratch, "state")).length > 0);
});

/** What systemd.unit(5), systemd.service(5), systemd.exec(5) and systemd.kill(5) know, as far as we use it. */
const directives: Readonly<Record<string, readonly string[]>> = {
  Unit: ["Description", "Documentation", "Wants", "After"],
  Service: [
    ...[
      "Type",
      "User",
      "Group",
      "WorkingDirectory",
      "Environment",
      "EnvironmentFile",
      "ExecStart",
      "Restart",
    ],
    ...[
      "RestartSec",
      "KillMode",
      "TimeoutStopSec",
      "LimitNOFILE",
      "StateDirectory",
      "StateDirectoryMode",
      "UMask",
    ],
    ...["NoNewPrivileges", "CapabilityBoundingSet", "AmbientCapabilities", "PrivateTmp", "PrivateDevices"],
    ...[
      "ProtectSystem",
      "ProtectHome",
      "ProtectClock",
      "ProtectControlGroups",
      "ProtectHostname",
      "ProtectProc",
    ],
    ...["ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables", "RestrictAddressFamilies"],
    ...["RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "LockPersonality"],
    ...["SystemCallArchitectures", "SystemCallFilter"],
  ],
  Install: ["WantedBy"],
};

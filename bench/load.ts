import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import autocannon from "autocannon";
import pg from "pg";
import { median } from "./figure.ts";
import { databaseUrl, type Ground } from "./ground.ts";

/** What is asked for, over and over. */
export interface Target {
  readonly url: string;
  readonly headers?: Record<string, string>;
}

export interface Load {
  /** The middle round's requests a second. */
  readonly perSecond: number;
  /** The middle round's 99th percentile, in milliseconds. */
  readonly p99: number;
}

/** Answers each connection gets in a turn, at least: what is under way when a turn ends is counted nowhere. */
const answersLeast = 5;
const roundsLeast = 3;

/**
 * Loads each target in turn, round after round, for `seconds` each in all, after a warm-up that says how long a turn must
 * be for the slowest. Taking turns keeps what else the machine does from falling on one of them alone. Fails when any
 * answer is not 2xx.
 */
export async function loadInTurns(
  targets: readonly Target[],
  options: { readonly connections: number; readonly seconds: number; readonly turn: number },
): Promise<readonly Load[]> {
  const run = async (target: Target, duration: number) => {
    const result = await autocannon({ ...target, connections: options.connections, duration });
    if (result.non2xx > 0 || result.errors > 0)
      throw new Error(`${result.non2xx} answers were not 2xx, ${result.errors} failed: ${target.url}`);
    if (result["2xx"] === 0) throw new Error(`no answer within ${duration} s: ${target.url}`);
    return { perSecond: result["2xx"] / result.duration, p99: result.latency.p99 };
  };
  let turn = options.turn;
  for (const target of targets) {
    const { perSecond } = await run(target, 2 * options.turn);
    turn = Math.max(turn, Math.ceil((answersLeast * options.connections) / perSecond));
  }
  const rounds: Load[][] = [];
  for (let round = 0; round < Math.max(roundsLeast, Math.ceil(options.seconds / turn)); round++) {
    const loads: Load[] = [];
    for (const target of targets) loads.push(await run(target, turn));
    rounds.push(loads);
  }
  return targets.map((_, index) => ({
    perSecond: median(rounds.map((loads) => loads[index]!.perSecond)),
    p99: median(rounds.map((loads) => loads[index]!.p99)),
  }));
}

/** Every statement the process sends while `work` runs, as text and values. */
export async function statementsOf(
  work: () => Promise<unknown>,
): Promise<{ text: string; values: unknown[] }[]> {
  const seen: { text: string; values: unknown[] }[] = [];
  const prototype = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const original = prototype.query;
  prototype.query = function spied(this: unknown, ...args: unknown[]) {
    const [first, second] = args;
    const config =
      typeof first === "string"
        ? { text: first, values: second }
        : (first as { text?: string; values?: unknown });
    if (typeof config?.text === "string")
      seen.push({ text: config.text, values: Array.isArray(config.values) ? config.values : [] });
    return original.apply(this, args);
  };
  try {
    await work();
  } finally {
    prototype.query = original;
  }
  return seen;
}

export interface Child {
  readonly port: number;
  stop(): Promise<void>;
}

/** A bench's helper program in a process of its own; it reads its task as JSON and prints its port. */
export async function child(script: string, task: unknown, env: NodeJS.ProcessEnv = {}): Promise<Child> {
  const program: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, script)], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const kill = () => void program.kill();
  process.once("exit", kill);
  program.once("exit", () => process.off("exit", kill));
  program.stdin?.end(JSON.stringify(task));
  const [line] = (await Promise.race([
    once(createInterface({ input: program.stdout! }), "line"),
    once(program, "exit").then(([code]) => Promise.reject(new Error(`${script} ended with ${code}`))),
  ])) as [string];
  return {
    port: Number(line),
    async stop() {
      program.kill();
      await once(program, "exit");
    },
  };
}

/** The program's web role on a ground, in a process of its own. */
export function serve({ folder, installation }: Ground): Promise<Child> {
  return child("serving.ts", {
    folder,
    database: databaseUrl(installation.direct),
    owner: databaseUrl(installation.owner),
  });
}

import { type ParseArgsConfig, parseArgs } from "node:util";
import { type Config, parseConfig } from "../config.ts";
import type { Text } from "../kernel/words.ts";

/** One command: `src/cli/<name>.ts` exports it as `command`. */
export type Command = {
  readonly summary: Text;
  /** What follows `zhijia`: `backup FILE`. One line for each form. */
  readonly usage: readonly string[];
  /** More to know, in both languages. */
  readonly help?: Text;
  /** Exit code: 0 done, 1 refused. Throws `WrongUsage` for 2. */
  readonly run: (args: readonly string[]) => Promise<number>;
};

/** The command line does not make sense: shown with the command's usage, exit code 2. */
export class WrongUsage extends Error {
  readonly zh: string;
  readonly en: string;
  constructor(zh: string, en: string) {
    super(`${zh} · ${en}`);
    this.zh = zh;
    this.en = en;
  }
}

/** Reads a command's arguments strictly; what it does not know is wrong usage. */
export function readArgs<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: Options,
  positionals: readonly string[] = [],
) {
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    if (parsed.positionals.length !== positionals.length) {
      const wanted = positionals.length === 0 ? "no argument" : positionals.join(" ");
      throw new WrongUsage(`参数应为：${positionals.join(" ") || "无"}`, `expected ${wanted}`);
    }
    return parsed;
  } catch (error) {
    if (error instanceof WrongUsage) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw new WrongUsage("参数有误", said);
  }
}

/** The configuration of this command's process. */
export function config(env: NodeJS.ProcessEnv = process.env): Config {
  return parseConfig(env);
}

/** Says something on the terminal: Chinese, then English on the next line. */
export function say(line: Text): void {
  process.stdout.write(line.en === "" ? `${line.zh}\n` : `${line.zh}\n${line.en}\n`);
}

/** A progress line that rewrites itself on a terminal and stays silent elsewhere. */
export function progress(): { show(line: string): void; end(): void } {
  const terminal = process.stderr.isTTY;
  return {
    show(line) {
      if (terminal) process.stderr.write(`\r\u001b[2K${line}`);
    },
    end() {
      if (terminal) process.stderr.write("\r\u001b[2K");
    },
  };
}

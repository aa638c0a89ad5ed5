import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseUnavailable } from "../db/errors.ts";
import { Trouble, unreachable } from "../db/trouble.ts";
import { type Command, WrongUsage } from "./command.ts";

/** Commands in the order in which the help shows them; each is a file of its own, loaded when asked for. */
const order = [
  "serve",
  "setup",
  "migrate",
  "doctor",
  "import",
  "export",
  "verify",
  "figures",
  "papers",
  "backup",
  "restore",
  "generate",
  "shard",
  "jobs",
  "dev",
];
const names = order.filter((name) => existsSync(join(import.meta.dirname, `${name}.ts`)));

const [name = "help", ...args] = process.argv.slice(2);
process.exitCode = await main(name, args);

async function main(name: string, args: readonly string[]): Promise<number> {
  if (["help", "--help", "-h"].includes(name)) return help(args[0]);
  if (["version", "--version", "-v"].includes(name)) {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
    console.log(`zhijia ${version} (Node ${process.versions.node})`);
    return 0;
  }
  if (!names.includes(name)) {
    console.error(
      `没有这个命令：${name}。zhijia help 列出所有命令。\nNo such command: ${name}. zhijia help lists them all.`,
    );
    return 2;
  }
  if (args.includes("--help") || args.includes("-h")) return help(name);
  const command = await load(name);
  try {
    return await command.run(args);
  } catch (thrown) {
    const error = thrown instanceof DatabaseUnavailable ? unreachable(thrown) : thrown;
    if (error instanceof WrongUsage) {
      console.error(`${error.zh}\n${error.en}\n\n${usageOf(command)}`);
      return 2;
    }
    if (error instanceof Trouble) {
      console.error(`${error.zh}\n${error.en}`);
      return error.code === "bad_environment" ? 2 : 1;
    }
    console.error(error);
    return 1;
  }
}

async function help(about: string | undefined): Promise<number> {
  if (about !== undefined && names.includes(about)) {
    const command = await load(about);
    console.log(`${command.summary.zh}\n${command.summary.en}\n\n${usageOf(command)}`);
    if (command.help !== undefined) console.log(`\n${command.help.zh}\n\n${command.help.en}`);
    return 0;
  }
  console.log("职家 · Zhijia\n\n用法 usage: zhijia COMMAND [options]\n");
  for (const name of names) {
    const { summary } = await load(name);
    console.log(`  ${name.padEnd(10)}${summary.zh}\n  ${"".padEnd(10)}${summary.en}`);
  }
  console.log("\nzhijia help COMMAND  查看一个命令的用法 · how one command is used");
  console.log("退出码 exit code: 0 完成 done, 1 被拒绝 refused, 2 用法有误 wrong usage");
  return about === undefined ? 0 : 2;
}

async function load(name: string): Promise<Command> {
  return ((await import(`./${name}.ts`)) as { command: Command }).command;
}

function usageOf(command: Command): string {
  return command.usage.map((line) => `用法 usage: zhijia ${line}`).join("\n");
}

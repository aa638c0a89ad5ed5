import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { type Command, readArgs, say } from "./command.ts";

const root = join(import.meta.dirname, "../..");

/**
 * Where the pages are opened and where the server behind them listens: `PORT` is the one people open, as it is of
 * `serve`, and the server takes the next. Without it, 5173 and 8080.
 */
export function portsOf(given: string | undefined): { readonly pages: number; readonly server: number } {
  if (given === undefined || given === "") return { pages: 5173, server: 8080 };
  const pages = Number(given);
  return { pages, server: pages === 65_535 ? pages - 1 : pages + 1 };
}

export const command: Command = {
  summary: {
    zh: "开发：改源码即重启，网页即时更新",
    en: "develop: restarts on a change of source, pages update as you edit",
  },
  usage: ["dev"],
  async run(args) {
    readArgs(args, {});
    const { pages, server: behind } = portsOf(process.env.PORT);
    const env = { ...process.env, ZHIJIA_FACES: "off", PORT: String(behind) };
    const server = [
      `--watch-path=${join(root, "src")}`,
      "--watch-preserve-output",
      join(root, "bin/zhijia.js"),
      "serve",
    ];
    const vite = [
      join(root, "node_modules/vite/bin/vite.js"),
      "--clearScreen=false",
      "--strictPort",
      `--port=${pages}`,
    ];
    const children: ChildProcess[] = [server, vite].map((line) =>
      spawn(process.execPath, line, { cwd: root, env, stdio: "inherit" }),
    );
    const address = `http://localhost:${pages}/o`;
    say({ zh: `网页：${address}`, en: `Pages: ${address}` });
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        for (const child of children) child.kill(signal);
      });
    }
    await Promise.all(children.map((child) => new Promise((done) => child.on("exit", done))));
    return 0;
  },
};

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { type Command, readArgs, say } from "./command.ts";

const root = join(import.meta.dirname, "../..");

export const command: Command = {
  summary: {
    zh: "开发：改源码即重启，网页即时更新",
    en: "develop: restarts on a change of source, pages update as you edit",
  },
  usage: ["dev"],
  async run(args) {
    readArgs(args, {});
    const env = { ...process.env, ZHIJIA_FACES: "off", PORT: "8080" };
    const server = [
      `--watch-path=${join(root, "src")}`,
      "--watch-preserve-output",
      join(root, "bin/zhijia.js"),
      "serve",
    ];
    const vite = [join(root, "node_modules/vite/bin/vite.js"), "--clearScreen=false"];
    const children: ChildProcess[] = [server, vite].map((line) =>
      spawn(process.execPath, line, { cwd: root, env, stdio: "inherit" }),
    );
    say({ zh: "网页：http://localhost:5173/o", en: "Pages: http://localhost:5173/o" });
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        for (const child of children) child.kill(signal);
      });
    }
    await Promise.all(children.map((child) => new Promise((done) => child.on("exit", done))));
    return 0;
  },
};

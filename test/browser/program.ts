import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import type { Browser } from "playwright-core";
import { parseConfig } from "../../src/config.ts";
import { type Running, serve } from "../../src/main.ts";
import { launch } from "./browser.ts";

/** The whole program on a fictitious federation of its own, as `npm start` runs it, and how to stop it. */
export async function startProgram(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const data = mkdtempSync(join(tmpdir(), "zhijia-faces-"));
  const config = parseConfig({ ZHIJIA_DATA: data, PORT: "0", HOST: "127.0.0.1", ZHIJIA_LOG: "silent" });
  const running: Running = await serve(config);
  if (running.url === null) throw new Error("the program does not listen");
  return {
    url: running.url,
    async stop() {
      await running.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** For a test file: the program and a browser, up before its tests and gone after them. */
export function withProgram(): { readonly url: string; readonly browser: Browser } {
  let program: Awaited<ReturnType<typeof startProgram>> | undefined;
  let browser: Browser | undefined;
  before(async () => {
    // One after the other: whichever fails leaves the other to be stopped.
    browser = await launch();
    program = await startProgram();
  });
  after(async () => {
    await browser?.close();
    await program?.stop();
  });
  const up = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error("the program stands only while tests run");
    return value;
  };
  return {
    get url() {
      return up(program).url;
    },
    get browser() {
      return up(browser);
    },
  };
}

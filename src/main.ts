import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { composeContext, found, founded, holdsCast } from "./compose.ts";
import type { Config } from "./config.ts";
import { systemCode, Trouble } from "./db/trouble.ts";
import { buildHealthServer } from "./http/health.ts";
import { buildServer } from "./http/server.ts";
import { type OpenOptions, openInstallation } from "./installation.ts";
import type { Text } from "./kernel/words.ts";

export { type Installation, openInstallation } from "./installation.ts";

/** A running program. */
export type Running = {
  /** Where it listens, or null for a pure worker. */
  readonly url: string | null;
  /** Whether it holds the fictitious federation. */
  readonly trial: boolean;
  /** Whether the fictitious federation is the one a first start founds, whose names are known; else it was generated. */
  readonly cast: boolean;
  /**
   * Ends it in order: it is no longer ready, takes no more jobs, answers for as long as the settings say so that others
   * are asked instead, ends what is under way, and closes. `haste` cuts the waiting short.
   */
  stop(haste?: AbortSignal): Promise<void>;
};

export type ServeOptions = OpenOptions;

/** Starts everything the configured roles ask for, and returns once it answers. Throws `Trouble`. */
export async function serve(config: Config, options: ServeOptions = {}): Promise<Running> {
  const web = config.roles.has("web");
  const webReady = web && config.faces ? buildFaces(options.say) : null;
  webReady?.catch(() => {}); // awaited below; a refusal of the database comes first
  const installation = await openInstallation(config, options);
  const closing: (() => Promise<unknown>)[] = [installation.close];
  let leaving = false;
  let stopJobs: () => Promise<void> = async () => {};
  const stop = async (haste?: AbortSignal): Promise<void> => {
    leaving = true;
    const jobsStopped = stopJobs();
    jobsStopped.catch(() => {}); // awaited below
    if (web && config.drainMs > 0) await pause(config.drainMs, undefined, { signal: haste }).catch(() => {});
    closing.push(() => jobsStopped);
    const [servers, rest] = [listening.splice(0), closing.splice(0)];
    await Promise.all(servers.map((server) => server.close()));
    for (const end of rest.toReversed()) await end();
  };
  const listening: FastifyInstance[] = [];
  const listen = async (server: FastifyInstance, port: number): Promise<void> => {
    listening.push(server);
    await server.listen({ host: config.host, port }).catch((error: unknown) => {
      throw portTrouble(error, config.host, port);
    });
  };
  try {
    const port = web ? await freePort(config.host, config.port) : 0;
    const origin = config.port === 0 ? config.origin.replace(/:0$/, `:${port}`) : config.origin;
    const webRoot = (await webReady) ?? null;
    if (config.demo) await (installation.alone ? found(installation, options.say) : founded(installation));
    const { context, jobs, close } = await composeContext(installation, { origin, webRoot });
    closing.push(close);
    const { clock } = installation;
    const health = { ctx: context, metrics: installation.metrics, leaving: () => leaving };
    if (config.healthPort !== null) await listen(buildHealthServer(health), config.healthPort);
    if (config.roles.has("worker")) {
      stopJobs = jobs.stop;
      await jobs.start();
    }
    const standing = { trial: clock.isTrial, cast: clock.isTrial && (await holdsCast(installation)), stop };
    if (!web) return { url: null, ...standing };
    const healthApart = config.healthPort !== null;
    const { traces } = installation;
    await listen(await buildServer(context, undefined, { ...health, healthApart, traces }), port);
    return { url: `http://${shownHost(config.host)}:${port}`, ...standing };
  } catch (error) {
    await stop(AbortSignal.abort());
    throw error;
  }
}

/**
 * Builds the web faces when their sources have changed, in a process of its own: the bundler's memory goes with it.
 * Returns their folder.
 */
async function buildFaces(say?: (line: Text) => void): Promise<string> {
  const root = join(import.meta.dirname, "..");
  const out = join(root, "dist", "web");
  if (!existsSync(join(out, "built.json"))) {
    say?.({ zh: "正在生成网页（只需一次）", en: "building the web pages (once)" });
  }
  const builder = spawn(process.execPath, [join(root, "scripts", "build-web.ts")], {
    cwd: root,
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said: Buffer[] = [];
  builder.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  const [code] = (await once(builder, "close")) as [number | null];
  if (code === 0) return out;
  const why = Buffer.concat(said).toString().trim().slice(-2000);
  if (/\b(EACCES|EROFS|EPERM)\b/.test(why)) {
    throw new Trouble(
      "web_not_writable",
      `网页要生成到 ${out}，但那里不能写入。请先用有写入权限的用户运行一次 npm start。`,
      `The web pages are to be built in ${out}, which cannot be written. Run npm start once as a user who may write there.`,
    );
  }
  throw new Trouble(
    "web_build_failed",
    `网页生成失败：\n${why}`,
    "The web pages could not be built; see above.",
  );
}

/** Checks the port before the long work begins; 0 becomes a free one. */
async function freePort(host: string, port: number): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done, fail) => {
    probe.once("error", (error) => fail(portTrouble(error, host, port)));
    probe.listen({ host, port }, done);
  });
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === "object" && address !== null ? address.port : port;
}

function portTrouble(error: unknown, host: string, port: number): unknown {
  switch (systemCode(error)) {
    case "EADDRINUSE":
      return new Trouble(
        "port_taken",
        `端口 ${port} 已被别的程序占用。请先停止它，或换一个端口：PORT=${port + 1} npm start`,
        `Port ${port} is taken by another program. Stop it, or choose another port: PORT=${port + 1} npm start`,
        error,
      );
    case "EACCES":
      return new Trouble(
        "port_forbidden",
        `没有权限使用端口 ${port}。请用 1024 以上的端口，例如 PORT=8080。`,
        `Port ${port} may not be used without privileges. Use one above 1024, such as PORT=8080.`,
        error,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new Trouble(
        "host_unknown",
        `这台机器没有地址 ${host}。请检查 HOST。`,
        `This machine has no address ${host}. Check HOST.`,
        error,
      );
  }
  return error;
}

function shownHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

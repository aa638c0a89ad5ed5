import { randomBytes } from "node:crypto";
import cookie from "@fastify/cookie";
import multipart from "@fastify/multipart";
import {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
} from "fastify";
import { DatabaseFull, DatabaseUnavailable } from "../db/index.ts";
import { ShelfAway } from "../documents/papers/index.ts";
import { isRefusal, type Refusal, refuse } from "../kernel/refusal.ts";
import type { AppContext, Handled } from "../kernel/route.ts";
import { langOf } from "../kernel/words.ts";
import { docsPage } from "./docs.ts";
import { eventsPath, mountEvents } from "./events.ts";
import { apiHeaders, pageHeaders, strictTransport } from "./headers.ts";
import { mountHealth } from "./health.ts";
import { parseJson, toJson } from "./json.ts";
import { newLimiter } from "./limits.ts";
import { type Metrics, newMetrics } from "./metrics.ts";
import { mount, refused } from "./mount.ts";
import { mountOidc } from "./oidc.ts";
import { openApi } from "./openapi.ts";
import { brokenProblem } from "./problem.ts";
import { allHandlers } from "./routes.ts";
import { bodyPatienceMs, refuseSlowBodies } from "./slow.ts";
import type { Traces } from "./traces.ts";
import { tooLarge } from "./uploads.ts";
import { mountWeb } from "./web.ts";

/** Largest JSON body. */
const jsonBytesMax = 1024 * 1024;

/** How the server stands in its process. */
export interface Standing {
  /** Whether the process is about to end. Answers then ask their connections to close, so that the next request goes elsewhere. */
  readonly leaving?: () => boolean;
  readonly metrics?: Metrics;
  /** Follows every request, where a collector is set. */
  readonly traces?: Traces | null;
  /** Whether health and metrics are told on a port of their own. false. */
  readonly healthApart?: boolean;
  /** Milliseconds a JSON body may take to come in. A minute. */
  readonly bodyPatienceMs?: number;
}

/**
 * The HTTP side of the program, ready to listen. `modules` are all there are unless a test brings its
 * own. Closing it ends open event streams first and answers what has been asked.
 */
export async function buildServer(
  ctx: AppContext,
  modules: readonly Handled[] = allHandlers,
  standing: Standing = {},
): Promise<FastifyInstance> {
  // What is for trying out does not exist on a real installation.
  const handlers = ctx.config.fictitious ? modules : modules.filter(({ route }) => route.tag !== "trial");
  const { leaving = () => false, metrics = newMetrics() } = standing;
  const prefix = randomBytes(4).toString("hex");
  let count = 0;
  const server = fastify({
    logger: false,
    genReqId: () => `${prefix}-${(++count).toString(36)}`,
    bodyLimit: jsonBytesMax,
    trustProxy: trusted(ctx.config.trustProxy ?? false),
    // Long enough for a 20 MB upload over a slow phone.
    requestTimeout: 600_000,
    // A line on which nothing moves either way is let go. Longer than the longest statement, which moves nothing.
    connectionTimeout: 150_000,
    http: { headersTimeout: 20_000, connectionsCheckingInterval: 5000 },
    keepAliveTimeout: 72_000,
    forceCloseConnections: "idle",
    // A request that still came in over a connection kept alive is answered like the others.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: true, querystringParser: parseQuery },
  });
  refuseSlowBodies(server, standing.bodyPatienceMs ?? bodyPatienceMs);
  readJson(server);
  standing.traces?.follow(server);
  logAndCount(server, ctx, metrics);
  server.addHook("onRequest", (_request, reply, next) => {
    if (leaving()) reply.header("connection", "close");
    next();
  });
  server.setErrorHandler((error: FastifyError, request, reply) => answerError(ctx, error, request, reply));
  server.setNotFoundHandler((request, reply) => {
    if (request.url.startsWith("/api"))
      return refused(reply, refuse("not-found"), langOf(request.headers["accept-language"]));
    return reply
      .code(404)
      .headers(pageHeaders)
      .type("text/plain; charset=utf-8")
      .send("404 没有这个页面 · No such page\n");
  });
  await server.register(cookie);
  await server.register(multipart, { throwFileSizeLimit: false });

  mount(server, { ctx, sessions: ctx.sessions, limiter: newLimiter(), metrics }, handlers);
  mountEvents(server, ctx, metrics);
  mountOidc(server, ctx);
  if (standing.healthApart !== true) mountHealth(server, { ctx, metrics, leaving });
  let description: string | null = null;
  server.get("/api/openapi.json", (_request, reply) => {
    description ??= toJson(openApi(handlers, ctx.config.origin));
    return reply.headers(apiHeaders).type("application/json; charset=utf-8").send(description);
  });
  const docs = (request: FastifyRequest, reply: FastifyReply) =>
    reply
      .headers(pageHeaders)
      .type("text/html; charset=utf-8")
      .send(docsPage(handlers, langOf(request.headers["accept-language"])));
  server.get("/api/docs", docs);
  if (ctx.config.webRoot !== null) await mountWeb(server, ctx.config.webRoot);
  return server;
}

/** Whose `X-Forwarded-For` is believed. With so many proxies in a row, the address that the outermost of them wrote. */
function trusted(
  proxies: false | number | string,
): false | string | ((address: string, hop: number) => boolean) {
  return typeof proxies === "number" ? (_address, hop) => hop < proxies : proxies;
}

/** JSON bodies: depth and NULs checked before anything is built; an empty body is none. */
function readJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<string>("application/json", { parseAs: "string" }, (_request, body, done) => {
    if (body === "") return done(null, undefined);
    const value = parseJson(body);
    if (isRefusal(value)) done(new RefusedEarly(value));
    else done(null, value);
  });
}

/** A refusal met before the handler: in the body's parser or the query's. */
class RefusedEarly extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

/** Query strings: one value a name, the last; none may hold what the database cannot. */
function parseQuery(text: string): Record<string, string> {
  const found: Record<string, string> = Object.create(null) as Record<string, string>;
  if (text === "") return found;
  for (const [name, value] of new URLSearchParams(text))
    found[name] = value.replaceAll("\u0000", "").toWellFormed();
  return found;
}

/** One line a request: the route's pattern, never its URL (searches are in there), never a body. */
function logAndCount(server: FastifyInstance, ctx: AppContext, metrics: Metrics): void {
  const secure = ctx.config.origin.startsWith("https:");
  server.addHook("onRequest", (request, reply, next) => {
    reply.header("x-request-id", request.id);
    if (secure) reply.header("strict-transport-security", strictTransport);
    next();
  });
  server.addHook("onResponse", (request, reply, next) => {
    const route = request.routeOptions.url ?? "none";
    const { statusCode: status, elapsedTime: ms } = reply;
    // How long a face was open says nothing of how soon it was answered: streams have a figure of their own.
    if (route !== eventsPath || status !== 200) metrics.answered(request.method, route, status, ms / 1000);
    if (reply.refusal !== undefined) metrics.refused(reply.refusal);
    const level =
      status >= 500 ? "error" : request.method === "GET" || request.method === "HEAD" ? "debug" : "info";
    if (ctx.log.isLevelEnabled(level)) {
      const line = {
        request: request.id,
        method: request.method,
        route,
        status,
        ms: Math.round(ms),
        refusal: reply.refusal,
      };
      ctx.log[level](line, "request");
    }
    next();
  });
}

/** What was thrown, as an answer: the database away, a request Fastify could not read, or a bug. */
function answerError(
  ctx: AppContext,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const lang = langOf(request.headers["accept-language"]);
  const refusal = refusalOf(error, request);
  if (refusal) return refused(reply, refusal, lang);
  ctx.log.error(
    { err: error, request: request.id, method: request.method, route: request.routeOptions.url },
    "broken",
  );
  return reply
    .code(500)
    .headers(apiHeaders)
    .header("content-type", "application/problem+json; charset=utf-8")
    .send(toJson(brokenProblem(lang, request.id)));
}

function refusalOf(
  error: FastifyError & { readonly type?: string },
  request: FastifyRequest,
): Refusal | undefined {
  if (error instanceof RefusedEarly) return error.refusal;
  if (error instanceof DatabaseUnavailable) return refuse("unavailable");
  if (error instanceof ShelfAway) return refuse("paper-away");
  if (error instanceof DatabaseFull) return refuse("disk-full");
  switch (error.code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return tooLarge(jsonBytesMax);
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return refuse("wrong-media-type", { type: request.headers["content-type"]?.slice(0, 100) ?? "–" });
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return refuse("malformed", { why: { zh: "无法读取", en: "it cannot be read" } });
  }
  return undefined;
}

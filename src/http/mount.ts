import { Readable } from "node:stream";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isRefusal, type Refusal, refuse, statusOf } from "../kernel/refusal.ts";
import {
  type AppContext,
  type FileAnswer,
  type Handled,
  isFileAnswer,
  type Session,
} from "../kernel/route.ts";
import { type Lang, langOf } from "../kernel/words.ts";
import { csrfRefusal } from "../people/sign-in/csrf.ts";
import { type Sessions, tokenOf } from "../people/sign-in/session.ts";
import { isPower } from "../units/powers.ts";
import { scopeOf } from "../units/scope.ts";
import { apiHeaders, contentDisposition, fileHeaders } from "./headers.ts";
import { toJson } from "./json.ts";
import type { Limiter } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import { issueWords, problemOf, refusalOfIssues } from "./problem.ts";
import { inTurn, type Parts, readParts } from "./uploads.ts";

/** What mounting needs beside the context. */
export interface Mounting {
  readonly ctx: AppContext;
  readonly sessions: Sessions;
  readonly limiter: Limiter;
  readonly metrics: Metrics;
}

const uploadBytesDefault = 20 * 1024 * 1024;
const requestsPerMinuteDefault = 60_000;
const json = "application/json; charset=utf-8";
const squeeze = promisify(gzip);

/** Answers smaller than this travel as they are. */
const squeezeBytesMin = 4096;

/** Mount handlers below /api. Everything that does not depend on the request is decided here, once. */
export function mount(server: FastifyInstance, mounting: Mounting, handlers: readonly Handled[]): void {
  for (const handled of handlers) {
    server.route({
      method: handled.route.method,
      url: `/api${handled.route.url}`,
      handler: answering(mounting, handled),
    });
  }
}

function uploadLimit(ctx: AppContext): number {
  return ctx.config.uploadBytes ?? uploadBytesDefault;
}

interface Given {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** One route's whole way from request to answer. */
function answering({ ctx, sessions, limiter }: Mounting, { route, handler }: Handled) {
  const reads = route.method === "GET";
  const status = route.status ?? 200;
  const common = ctx.config.requestsPerMinute ?? requestsPerMinuteDefault;
  const call = handler as (request: object) => unknown;
  const power = route.power;
  if (power !== undefined && !isPower(power))
    throw new Error(`${route.url} names an unknown power: ${power}`);
  const routeKey = `${route.method} ${route.url}`;

  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const lang = langOf(request.headers["accept-language"]);
    const nowMs = performance.now(); // a clock set back must not make anybody wait for it
    const token = tokenOf(request);
    const found = token === undefined ? null : sessions.find(token, ctx.wall().getTime());
    const session: Session | null = found instanceof Promise ? await found : found;
    // A made-up cookie names nobody: it is counted with its address, or anybody could have a limit of their own.
    // Who is signed in is counted as a person, or each further session would have limits of its own.
    const caller = session === null ? request.ip : session.person;
    if (common > 0) {
      const wait = limiter.take(caller, common, nowMs);
      if (wait > 0) return refused(reply, refuse("too-many", { seconds: wait }), lang);
    }
    if (route.perMinute !== undefined) {
      const wait = limiter.take(`${routeKey} ${route.public ? request.ip : caller}`, route.perMinute, nowMs);
      if (wait > 0) return refused(reply, refuse("too-many", { seconds: wait }), lang);
    }
    if (session === null && !route.public) return refused(reply, refuse("not-signed-in"), lang);
    // Signing in and out stays possible, so that people can look at what is there.
    if (!reads && route.tag !== "session" && !ctx.hasRoom()) return refused(reply, refuse("disk-full"), lang);
    if (!reads) {
      const forged = csrfRefusal(request, session, ctx.config.origin);
      if (forged) return refused(reply, forged, lang);
    }
    const today = ctx.clock.today();
    if (power !== undefined && session !== null) {
      const scope = scopeOf(session.actor, power, today);
      if (isRefusal(scope)) return refused(reply, scope, lang);
    }
    let uploaded: { readonly parts: Parts | Refusal; readonly release: () => void } | undefined;
    try {
      if (route.multipart) {
        uploaded = await readParts(request, uploadLimit(ctx));
        if (isRefusal(uploaded.parts)) return refused(reply, uploaded.parts, lang);
      }
      const parts = uploaded?.parts as Parts | undefined;
      const given = parse(route, request, parts?.fields, lang);
      if (isRefusal(given)) return refused(reply, given, lang);
      const answer = await call({
        ctx,
        session,
        lang,
        now: ctx.clock.now(),
        today,
        id: request.id,
        ip: request.ip,
        userAgent: request.headers["user-agent"],
        params: given.params,
        query: given.query,
        body: given.body,
        uploads: inTurn(parts?.uploads ?? []),
        cookies: request.cookies,
        setCookie: (name: string, value: string | null, maxAgeSeconds?: number) =>
          setCookie(reply, ctx, name, value, maxAgeSeconds),
      });
      if (isRefusal(answer)) return refused(reply, answer, lang);
      if (isFileAnswer(answer)) return sendFile(reply, answer);
      if (ctx.config.checkResponses && status !== 204) check(routeKey, route.response, answer);
      return await sendJson(request, reply, status, answer);
    } finally {
      uploaded?.release();
    }
  };
}

/** Params, query and body as their declarations want them, or what is wrong with them. */
function parse(
  route: Handled["route"],
  request: FastifyRequest,
  fields: unknown,
  lang: Lang,
): Given | Refusal {
  let params: unknown = request.params;
  // The database can hold no NUL, so nothing is called by one.
  if (Object.values(request.params as object).some((one) => String(one).includes("\u0000")))
    return refuse("not-found");
  let query: unknown = request.query;
  let body: unknown = route.multipart ? fields : request.body;
  if (route.params) {
    const parsed = route.params.safeParse(params);
    // A path that names no possible thing names nothing.
    if (!parsed.success) return refuse("not-found");
    params = parsed.data;
  }
  if (route.query) {
    const parsed = route.query.safeParse(query, { error: issueWords(lang) });
    if (!parsed.success) return refusalOfIssues(parsed.error.issues);
    query = parsed.data;
  }
  if (route.body) {
    const parsed = route.body.safeParse(body ?? {}, { error: issueWords(lang) });
    if (!parsed.success) return refusalOfIssues(parsed.error.issues);
    body = parsed.data;
  }
  return { params, query, body };
}

/** A refusal as the answer. */
export function refused(reply: FastifyReply, refusal: Refusal, lang: Lang): FastifyReply {
  const status = statusOf(refusal);
  if (status === 429) reply.header("retry-after", String(refusal.params["seconds"] ?? 60));
  if (status === 503) reply.header("retry-after", "5");
  if (status === 507) reply.header("retry-after", "60");
  reply.refusal = refusal.code;
  return reply
    .code(status)
    .headers(apiHeaders)
    .header("content-type", "application/problem+json; charset=utf-8")
    .send(toJson(problemOf(refusal, lang, reply.request.id)));
}

async function sendJson(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  answer: unknown,
): Promise<FastifyReply> {
  reply.code(status).headers(apiHeaders);
  if (status === 204) return reply.send();
  const text = toJson(answer);
  reply.header("content-type", json);
  if (text.length < squeezeBytesMin || !accepts(request, "gzip")) return reply.send(text);
  reply.header("content-encoding", "gzip").header("vary", "accept-encoding");
  return reply.send(await squeeze(text, { level: 4 }));
}

function accepts(request: FastifyRequest, coding: string): boolean {
  return request.headers["accept-encoding"]?.toString().includes(coding) ?? false;
}

function sendFile(reply: FastifyReply, answer: FileAnswer): FastifyReply {
  reply
    .code(200)
    .headers(fileHeaders(answer.mediaType))
    .header("content-type", answer.mediaType)
    .header("content-disposition", contentDisposition(answer.mediaType, answer.fileName, answer.inline));
  const { file } = answer;
  return reply.send(
    file instanceof Uint8Array
      ? Buffer.from(file.buffer, file.byteOffset, file.byteLength)
      : Readable.from(file),
  );
}

function setCookie(
  reply: FastifyReply,
  ctx: AppContext,
  name: string,
  value: string | null,
  maxAge?: number,
): void {
  const flags = {
    path: "/",
    httpOnly: true,
    sameSite: "lax",
    secure: ctx.config.origin.startsWith("https:"),
  } as const;
  if (value === null) reply.clearCookie(name, flags);
  else reply.setCookie(name, value, maxAge === undefined ? flags : { ...flags, maxAge });
}

/** An answer that breaks its own declaration is a bug; tests look. */
function check(routeKey: string, schema: Handled["route"]["response"], answer: unknown): void {
  const parsed = schema.safeParse(JSON.parse(toJson(answer) ?? "null"));
  if (!parsed.success) {
    const where = parsed.error.issues.slice(0, 5).map((one) => `/${one.path.join("/")}: ${one.message}`);
    throw new Error(`${routeKey} answers what it does not declare: ${where.join("; ")}`);
  }
}

declare module "fastify" {
  interface FastifyReply {
    /** The code this request was refused with, for logs and metrics. */
    refusal?: string;
  }
}

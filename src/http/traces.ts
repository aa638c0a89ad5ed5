import { type Context, context, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { DbWatch } from "../db/watch.ts";
import { eventsPath } from "./events.ts";

/**
 * Where the time of single requests and jobs goes, sent to an OpenTelemetry collector. A span is named by a route's pattern,
 * a job, or a statement's verb and first table; it carries no address, id of a person, parameter or text.
 */
export interface Traces {
  /** Gives every request of a server a span; what the database does for it hangs below. */
  readonly follow: (server: FastifyInstance) => void;
  /** Runs a job under a span of its own. */
  readonly work: <T>(job: string, work: () => Promise<T>) => Promise<T>;
  readonly db: DbWatch;
  /** One call of the storage of papers that has ended now, with its duration in seconds. */
  readonly shelved: (operation: string, outcome: "done" | "failed", seconds: number) => void;
  /** Sends what is left, or gives it up after some seconds. */
  readonly close: () => Promise<void>;
}

/** Where the collector is, and how much it is sent. */
export interface TraceSettings {
  /** Base address of OTLP over HTTP, without a trailing slash: `http://collector:4318`. */
  readonly endpoint: string;
  /** Which part of all requests and jobs is traced, 0 to 1. */
  readonly ratio: number;
}

/** Asked again and again, or open for hours: they would hide what is looked for. */
const untraced = new Set(["/healthz", "/readyz", "/metrics", eventsPath]);

/** Traces by setting. The SDK is loaded only here, so that an installation without a collector does not carry it. */
export async function openTraces(settings: TraceSettings): Promise<Traces> {
  const [sdk, { OTLPTraceExporter }, { AsyncLocalStorageContextManager }, { resourceFromAttributes }] =
    await Promise.all([
      import("@opentelemetry/sdk-trace"),
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("@opentelemetry/context-async-hooks"),
      import("@opentelemetry/resources"),
    ]);
  const exporter = new OTLPTraceExporter({ url: `${settings.endpoint}/v1/traces`, timeoutMillis: 5000 });
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ "service.name": "zhijia", "service.instance.id": `${process.pid}` }),
    sampler: new sdk.TraceIdRatioBasedSampler(settings.ratio),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, exportTimeoutMillis: 5000 })],
  });
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  const tracer = provider.getTracer("zhijia");

  const root = (name: string, kind: SpanKind): { span: Span; within: Context } => {
    const span = tracer.startSpan(name, { kind, root: true });
    return { span, within: trace.setSpan(context.active(), span) };
  };
  /** What has just ended, below whatever asked for it; nothing when nobody that is traced did. */
  const ended = (name: string, seconds: number, attributes: Record<string, string>): void => {
    const above = trace.getActiveSpan();
    if (above === undefined || !above.isRecording()) return;
    const now = Date.now();
    tracer.startSpan(name, { kind: SpanKind.CLIENT, startTime: now - seconds * 1000, attributes }).end(now);
  };

  return {
    follow(server) {
      const spans = new WeakMap<FastifyRequest, ReturnType<typeof root>>();
      server.addHook("onRequest", (request, _reply, next) => {
        const route = request.routeOptions.url ?? "none";
        if (untraced.has(route)) return next();
        const one = root(`${request.method} ${route}`, SpanKind.SERVER);
        one.span.setAttributes({
          "http.request.method": request.method,
          "http.route": route,
          "zhijia.request": request.id,
        });
        spans.set(request, one);
        context.with(one.within, next);
      });
      // A body is read in the socket's own turns, which know nothing of the request.
      server.addHook("preValidation", (request, _reply, next) => {
        context.with(spans.get(request)?.within ?? context.active(), next);
      });
      server.addHook("onResponse", (request, reply, next) => {
        const span = spans.get(request)?.span;
        span?.setAttribute("http.response.status_code", reply.statusCode);
        if (reply.refusal !== undefined) span?.setAttribute("zhijia.refusal", reply.refusal);
        if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
        span?.end();
        next();
      });
    },
    async work(job, work) {
      const { span, within } = root(job, SpanKind.CONSUMER);
      try {
        return await context.with(within, work);
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
    db: {
      waited: (seconds) => {
        if (seconds > 0.001) ended("wait for a connection", seconds, {});
      },
      ran: (statement, seconds) =>
        ended(statement, seconds, { "db.system.name": "postgresql", "db.query.summary": statement }),
    },
    shelved: (operation, outcome, seconds) => ended(`papers ${operation}`, seconds, { outcome }),
    async close() {
      await provider.shutdown().catch(() => {}); // the collector is away: nobody is left to read them
      context.disable();
    },
  };
}

/** Tells both. */
export function both(one: DbWatch, other: DbWatch | undefined): DbWatch {
  if (other === undefined) return one;
  return {
    waited(seconds) {
      one.waited(seconds);
      other.waited(seconds);
    },
    ran(statement, seconds) {
      one.ran(statement, seconds);
      other.ran(statement, seconds);
    },
  };
}

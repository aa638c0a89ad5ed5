import { setTimeout as pause } from "node:timers/promises";
import { type FastifyInstance, fastify } from "fastify";
import { sql } from "kysely";
import { SKEW_MOST_MS } from "../db/clock.ts";
import type { AppContext } from "../kernel/route.ts";
import { apiHeaders } from "./headers.ts";
import type { Metrics } from "./metrics.ts";

/** What a process says of itself to those who watch over it. */
export interface Health {
  readonly ctx: AppContext;
  readonly metrics: Metrics;
  /** Whether it is about to end: still working, but nobody should be sent here any more. */
  readonly leaving: () => boolean;
}

/** How long the database may take to say that it is there. */
const answerMs = 3000;

/** Whether it lives, whether it can work, and what it counts. */
export function mountHealth(server: FastifyInstance, { ctx, metrics, leaving }: Health): void {
  server.get("/healthz", (_request, reply) => reply.headers(apiHeaders).send({ status: "ok" }));
  server.get("/readyz", async (_request, reply) => {
    const status = leaving() ? "leaving" : await readiness(ctx);
    const skewSeconds = Math.round(ctx.clock.skewMs / 1000);
    const room = ctx.hasRoom() ? {} : { disk: "full" };
    if (status !== "ready") reply.code(503).header("retry-after", "5");
    return reply.headers(apiHeaders).send({ status, skewSeconds, ...room });
  });
  server.get("/metrics", async (_request, reply) =>
    reply
      .headers(apiHeaders)
      .type(metrics.registry.contentType)
      .send(await metrics.registry.metrics()),
  );
}

/** The same on a port of its own: for a process that answers nobody else, or to keep the counts from the public. */
export function buildHealthServer(health: Health): FastifyInstance {
  const server = fastify({ logger: false, forceCloseConnections: true, return503OnClosing: false });
  mountHealth(server, health);
  return server;
}

async function readiness(ctx: AppContext): Promise<"ready" | "unavailable" | "clock-differs"> {
  const late = new AbortController();
  const asked = ctx.db
    .systemRead((tx) => sql`select 1`.execute(tx))
    .then(
      () => true,
      () => false,
    );
  const answered = await Promise.race([
    asked,
    pause(answerMs, false, { signal: late.signal }).catch(() => false),
  ]);
  late.abort();
  if (!answered) return "unavailable";
  return Math.abs(ctx.clock.skewMs) > SKEW_MOST_MS ? "clock-differs" : "ready";
}

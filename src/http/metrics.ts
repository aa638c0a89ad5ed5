import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Db } from "../db/index.ts";

/** What the server counts of itself. Labels are routes and statuses, never ids, names or addresses. */
export interface Metrics {
  readonly registry: Registry;
  /** One answered request, with its duration in seconds. */
  readonly answered: (method: string, route: string, status: number, seconds: number) => void;
  /** One refusal, by code. */
  readonly refused: (code: string) => void;
  /** Open event streams. */
  readonly streams: Gauge;
}

/** Metrics with a registry of their own, so that several servers in one process (tests) do not mix. */
export function newMetrics(db: Db): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: "zhijia_http_request_duration_seconds",
    help: "Duration of HTTP requests",
    labelNames: ["method", "route", "status"],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  const refusals = new Counter({
    name: "zhijia_refusals_total",
    help: "Requests refused, by code",
    labelNames: ["code"],
    registers: [registry],
  });
  const streams = new Gauge({
    name: "zhijia_event_streams",
    help: "Open streams of server-sent events",
    registers: [registry],
  });
  new Gauge({
    name: "zhijia_db_connections",
    help: "Database connections of this process, by state",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      this.set({ state: "open" }, db.pool.totalCount);
      this.set({ state: "idle" }, db.pool.idleCount);
      this.set({ state: "waiting" }, db.pool.waitingCount);
    },
  });
  const children = new Map<string, { observe: (seconds: number) => void }>();
  return {
    registry,
    answered(method, route, status, seconds) {
      const key = `${method} ${route} ${status}`;
      let child = children.get(key);
      if (!child) {
        child = durations.labels({ method, route, status: String(status) });
        children.set(key, child);
      }
      child.observe(seconds);
    },
    refused: (code) => refusals.inc({ code }),
    streams,
  };
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { DbWatch } from "../db/watch.ts";
import type { QueueState } from "../jobs/index.ts";

/** What the process counts of itself. Labels are routes, statuses, kinds of work and tables: never ids, names or addresses. */
export interface Metrics {
  readonly registry: Registry;
  /** One answered request, with its duration in seconds. */
  readonly answered: (method: string, route: string, status: number, seconds: number) => void;
  /** One refusal, by code. */
  readonly refused: (code: string) => void;
  /** One job that has run, by name, with its duration in seconds. */
  readonly worked: (job: string, seconds: number, outcome: "done" | "failed") => void;
  /** One call of the storage of papers, with its duration in seconds. */
  readonly shelved: (operation: string, outcome: "done" | "failed", seconds: number) => void;
  /** Open event streams. */
  readonly streams: Gauge;
  /** Where the time of one of the databases goes. */
  readonly db: (pool: PoolName) => DbWatch;
  /** Shows the state of a pool whenever it is asked. */
  readonly showPool: (name: PoolName, pool: pg.Pool) => void;
  /** Shows how the queue of the whole installation stands, asked of the database at most every ten seconds. */
  readonly showQueue: (ask: () => Promise<QueueState>) => void;
  /** Shows how many open cases of the whole installation are past their day, asked likewise. */
  readonly showOverdue: (ask: () => Promise<number>) => void;
}

/** Which database a pool leads to: the one that is written, or the replica that is read. */
export type PoolName = "primary" | "replica";

const askedEveryMs = 10_000;

/** Metrics with a registry of their own, so that several servers in one process (tests) do not mix. */
export function newMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "zhijia_build_info",
    help: "Version of the program and of Node; always 1",
    labelNames: ["version", "node"],
    registers,
  }).set({ version: versionOf(), node: process.versions.node }, 1);
  const durations = new Histogram({
    name: "zhijia_http_request_duration_seconds",
    help: "Duration of HTTP requests",
    labelNames: ["method", "route", "status"],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const refusals = new Counter({
    name: "zhijia_refusals_total",
    help: "Requests refused, by code",
    labelNames: ["code"],
    registers,
  });
  const streams = new Gauge({
    name: "zhijia_event_streams",
    help: "Open streams of server-sent events",
    registers,
  });
  const waits = new Histogram({
    name: "zhijia_db_wait_seconds",
    help: "How long work waited for a database connection",
    labelNames: ["pool"],
    buckets: [0.001, 0.01, 0.1, 0.5, 1, 5, 10],
    registers,
  });
  const statements = new Counter({
    name: "zhijia_db_statements_total",
    help: "Statements answered by the database, by verb and first table",
    labelNames: ["statement", "pool"],
    registers,
  });
  const statementSeconds = new Counter({
    name: "zhijia_db_statement_seconds_total",
    help: "Time until the database had answered them",
    labelNames: ["statement", "pool"],
    registers,
  });
  const pools = new Map<PoolName, pg.Pool>();
  new Gauge({
    name: "zhijia_db_connections",
    help: "Database connections of this process, by state",
    labelNames: ["pool", "state"],
    registers,
    collect() {
      for (const [pool, of] of pools) {
        this.set({ pool, state: "open" }, of.totalCount);
        this.set({ pool, state: "idle" }, of.idleCount);
        this.set({ pool, state: "waiting" }, of.waitingCount);
      }
    },
  });
  const jobs = new Histogram({
    name: "zhijia_job_duration_seconds",
    help: "Duration of jobs, by name and outcome",
    labelNames: ["job", "outcome"],
    buckets: [0.01, 0.1, 0.5, 1, 5, 30, 120, 600],
    registers,
  });
  const shelf = new Histogram({
    name: "zhijia_paper_storage_seconds",
    help: "Duration of calls of the S3-compatible storage of papers, by operation and outcome",
    labelNames: ["operation", "outcome"],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10],
    registers,
  });
  for (const operation of ["put", "get", "drop"])
    for (const outcome of ["done", "failed"]) shelf.zero({ operation, outcome });
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
    worked: (job, seconds, outcome) => jobs.observe({ job, outcome }, seconds),
    shelved: (operation, outcome, seconds) => shelf.observe({ operation, outcome }, seconds),
    streams,
    db(pool) {
      const waited = waits.labels({ pool });
      return {
        waited: (seconds) => waited.observe(seconds),
        ran(statement, seconds) {
          statements.inc({ statement, pool });
          statementSeconds.inc({ statement, pool }, seconds);
        },
      };
    },
    showPool: (name, pool) => void pools.set(name, pool),
    showQueue(ask) {
      const show = asking(registry, ask);
      show("zhijia_jobs_waiting", "Jobs due and not yet taken", (one) => one.waiting);
      show("zhijia_jobs_running", "Jobs being run", (one) => one.running);
      show(
        "zhijia_jobs_failed",
        "Jobs that failed for good and wait for somebody to look",
        (one) => one.failed,
      );
      show("zhijia_job_oldest_seconds", "How long the oldest due job has waited", (one) => one.oldestSeconds);
    },
    showOverdue: (ask) =>
      asking(registry, ask)("zhijia_cases_overdue", "Open cases past their day", (overdue) => overdue),
  };
}

/** Gauges of the whole installation: every process that shows one shows the same, so a chart takes the largest and not the sum. */
function asking<State>(
  registry: Registry,
  ask: () => Promise<State>,
): (name: string, help: string, of: (state: State) => number) => void {
  let askedMs = Number.NEGATIVE_INFINITY;
  let state: Promise<State | null> = Promise.resolve(null);
  const now = (): Promise<State | null> => {
    if (performance.now() - askedMs > askedEveryMs) {
      askedMs = performance.now();
      state = ask().catch(() => null); // the database is away: nothing is shown, and other figures say why
    }
    return state;
  };
  return (name, help, of) => {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const found = await now();
        if (found === null) this.remove();
        else this.set(of(found));
      },
    });
  };
}

function versionOf(): string {
  const text = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

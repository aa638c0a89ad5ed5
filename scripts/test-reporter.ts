import { inspect } from "node:util";

/** What a test file tells scripts/test.ts: one JSON line for each test that ended. */
export type Outcome = {
  name: string;
  outcome: "passed" | "failed" | "skipped";
  milliseconds: number;
  /** The whole error, with its stack and what was expected. */
  error?: string;
  /** Why it was skipped, where the test says so. */
  why?: string;
};

type TestEvent = {
  type: string;
  data: {
    name: string;
    skip?: string | boolean;
    todo?: string | boolean;
    details?: { type?: string; duration_ms?: number; error?: Error & { failureType?: string } };
  };
};

/** A node:test reporter. Suites are not counted; a suite that failed only because a test in it did is not told again. */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { details } = data;
    const failed = type === "test:fail";
    if (details?.type === "suite" && !failed) continue;
    if (failed && details?.error?.failureType === "subtestsFailed") continue;
    const outcome: Outcome = {
      name: data.name,
      outcome: failed ? "failed" : data.skip || data.todo ? "skipped" : "passed",
      milliseconds: Math.round(details?.duration_ms ?? 0),
      ...(failed ? { error: inspect(details?.error?.cause ?? details?.error, { depth: 8 }) } : {}),
      ...(typeof data.skip === "string" ? { why: data.skip } : {}),
    };
    yield `${JSON.stringify(outcome)}\n`;
  }
}

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { waitUntil } from "../../src/db/orphan.ts";
import { foundedOfficers, foundedWorkers } from "../../src/demo/federation.ts";
import { several, signIn } from "./processes.ts";

/** Traces as a collector receives them: what a request and a job did, and nobody in it. */

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

const s = several({ lives: true });
const spans: Span[] = [];
let texts = "";
let away = false;
const collector = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  if (away) return response.writeHead(503).end();
  assert.equal(request.url, "/v1/traces");
  texts += body;
  for (const { scopeSpans } of JSON.parse(body).resourceSpans)
    for (const scope of scopeSpans) spans.push(...scope.spans);
  response.writeHead(200, { "content-type": "application/json" }).end("{}");
});
await new Promise<void>((done) => collector.listen(0, "127.0.0.1", done));
after(() => {
  collector.closeAllConnections();
  collector.close();
});
const env = {
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
  ZHIJIA_TRACE_RATIO: "1",
};

const below = (parent: Span) => spans.filter((one) => one.parentSpanId === parent.spanId);
const told = (span: Span, key: string) => span.attributes.find((one) => one.key === key)?.value;

test("a request's statements and a job's hang below it, by name alone", async () => {
  const one = await s.start(["--roles=web,worker"], env);
  const officer = await signIn(one.url, "chair.county");
  await officer.send("POST", `${one.url}/api/members/search`, { q: foundedWorkers[0]!.name });
  await officer.get(`${one.url}/api/cases/00000000-0000-0000-0000-000000000000`);
  await officer.send("POST", `${one.url}/api/trial/clock`, { advance: "P1D" });
  await officer.get(`${one.url}/healthz`);
  assert.equal(await one.stop(), 0);

  const search = spans.find(({ name }) => name === "POST /api/members/search");
  assert.ok(
    search !== undefined && search.parentSpanId === undefined,
    [...new Set(spans.map((x) => x.name))].join(),
  );
  // Its body came in over the socket, and still its statements are its own.
  assert.ok(below(search).some(({ name }) => /^(select|with) \w+/.test(name)));
  assert.ok(below(search).every(({ traceId }) => traceId === search.traceId));
  const refused = spans.find(({ name }) => name === "GET /api/cases/:id")!;
  assert.deepEqual(told(refused, "http.response.status_code"), { intValue: 404 });
  assert.deepEqual(told(refused, "zhijia.refusal"), { stringValue: "not-found" });
  const job = spans.find(({ name }) => name === "day.work")!;
  assert.ok(below(job).length > 0);
  assert.ok(!spans.some(({ name }) => name.includes("/healthz")));

  for (const { name, phone } of foundedWorkers)
    assert.ok(!texts.includes(name) && !texts.includes(phone), name);
  for (const { name, login } of foundedOfficers)
    assert.ok(!texts.includes(name) && !texts.includes(login), name);
  assert.doesNotMatch(texts, /[0-9a-f]{8}-[0-9a-f]{4}-|[\u4e00-\u9fff]/);
});

test("a collector that is away costs nobody anything", async () => {
  away = true;
  const one = await s.start(["--roles=web"], env);
  const officer = await signIn(one.url, "chair.county");
  assert.equal((await officer.get(`${one.url}/api/inbox`)).status, 200);
  const began = performance.now();
  assert.equal(await one.stop(), 0);
  assert.ok(await waitUntil(() => one.child.exitCode === 0, 1000));
  assert.ok(performance.now() - began < 20_000);
  assert.doesNotMatch(one.said(), /OTLP|opentelemetry/i);
});

test("nothing is traced where no collector is set, and nothing of what was not chosen", async () => {
  away = false;
  spans.length = 0;
  const one = await s.start(["--roles=web"], { ...env, ZHIJIA_TRACE_RATIO: "0" });
  await signIn(one.url, "chair.county");
  await one.stop();
  assert.deepEqual(spans, []);
});

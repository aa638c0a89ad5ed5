import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import test from "node:test";
import { z } from "zod";
import { DatabaseUnavailable, openDatabase } from "../db/index.ts";
import { refuse } from "../kernel/refusal.ts";
import { defineRoute, handle } from "../kernel/route.ts";
import { zDay, zFen, zId } from "../kernel/schemas.ts";
import { createContext } from "./context.ts";
import { buildServer } from "./server.ts";
import { withServer } from "./testing.ts";

const text = { zh: "试", en: "Try" };
const echo = z.object({
  name: z.string(),
  amountFen: zFen.optional(),
  on: zDay.optional(),
  rows: z.array(z.object({ id: zId() })).optional(),
});

/** A module as they all are, to see what the server makes of it. */
const handlers = [
  handle(
    defineRoute({
      method: "POST",
      url: "/try/echo",
      tag: "try",
      summary: text,
      public: true,
      body: echo,
      response: z.unknown(),
    }),
    ({ body }) => body,
  ),
  handle(
    defineRoute({
      method: "POST",
      url: "/try/any",
      tag: "try",
      summary: text,
      public: true,
      body: z.unknown(),
      response: z.unknown(),
    }),
    () => ({ ok: true }),
  ),
  handle(
    defineRoute({
      method: "GET",
      url: "/try/list",
      tag: "try",
      summary: text,
      public: true,
      query: z.object({
        limit: z.coerce.number().int().min(1).max(200).default(50),
        q: z.string().optional(),
      }),
      response: z.unknown(),
    }),
    ({ query }) => query,
  ),
  handle(
    defineRoute({
      method: "GET",
      url: "/try/things/:id",
      tag: "try",
      summary: text,
      params: z.object({ id: zId() }),
      response: z.unknown(),
    }),
    ({ params, session }) => ({ id: params.id, person: session.person }),
  ),
  handle(
    defineRoute({
      method: "GET",
      url: "/try/power",
      tag: "try",
      summary: text,
      power: "batch.bank",
      response: z.unknown(),
    }),
    () => ({}),
  ),
  handle(
    defineRoute({
      method: "POST",
      url: "/try/refused/:code",
      tag: "try",
      summary: text,
      public: true,
      params: z.object({ code: z.string() }),
      response: z.unknown(),
    }),
    ({ params }) =>
      params.code === "409"
        ? refuse("not-offered", { offered: [{ zh: "受理", en: "Accept" }] })
        : refuse(
            "amount-negative",
            {},
            {
              at: "/answers/amountFen",
              source: {
                document: { zh: "《工会经费收支管理办法》", en: "Rules on Union Funds" },
                article: "第十条",
              },
            },
          ),
  ),
  handle(
    defineRoute({
      method: "GET",
      url: "/try/away",
      tag: "try",
      summary: text,
      public: true,
      response: z.unknown(),
    }),
    () => {
      throw new DatabaseUnavailable(new Error("gone"));
    },
  ),
  handle(
    defineRoute({
      method: "GET",
      url: "/try/broken",
      tag: "try",
      summary: text,
      public: true,
      response: z.unknown(),
    }),
    () => {
      throw new Error("the secret of 张三 340101199001011234");
    },
  ),
  handle(
    defineRoute({
      method: "GET",
      url: "/try/few",
      tag: "try",
      summary: text,
      public: true,
      perMinute: 2,
      response: z.unknown(),
    }),
    () => ({}),
  ),
  handle(
    defineRoute({
      method: "GET",
      url: "/try/few-mine",
      tag: "try",
      summary: text,
      perMinute: 2,
      response: z.unknown(),
    }),
    () => ({}),
  ),
  handle(
    defineRoute({
      method: "GET",
      url: "/try/lies",
      tag: "try",
      summary: text,
      public: true,
      response: z.object({ n: z.int() }),
    }),
    () => ({ n: "no" }) as never,
  ),
  handle(
    defineRoute({
      method: "GET",
      url: "/try/file",
      tag: "try",
      summary: text,
      public: true,
      response: z.string(),
    }),
    () => ({
      file: Buffer.from("a,b\n"),
      mediaType: "text/csv",
      fileName: '名册"\r\nset-cookie: x=1\u202Egnp.csv',
    }),
  ),
  handle(
    defineRoute({
      method: "GET",
      url: "/try/amounts",
      tag: "try",
      summary: text,
      public: true,
      response: z.unknown(),
    }),
    () => ({ totalFen: 374400n, at: new Date(0) }),
  ),
  handle(
    defineRoute({
      method: "GET",
      url: "/try/long",
      tag: "try",
      summary: text,
      public: true,
      response: z.unknown(),
    }),
    () => ({ text: "工".repeat(9000) }),
  ),
  handle(
    defineRoute({
      method: "POST",
      url: "/try/files",
      tag: "try",
      summary: text,
      public: true,
      multipart: true,
      response: z.unknown(),
    }),
    () => ({ ok: true }),
  ),
];
const app = withServer({ handlers });

test("an answer carries the security headers, a request id, and is not kept by caches", async () => {
  const answer = await app.stranger.get("/api/try/list");
  assert.equal(answer.status, 200);
  assert.equal(answer.headers["x-content-type-options"], "nosniff");
  assert.equal(answer.headers["cache-control"], "no-store");
  assert.equal(answer.headers["x-frame-options"], "DENY");
  assert.match(String(answer.headers["content-security-policy"]), /default-src 'none'/);
  assert.match(String(answer.headers["x-request-id"]), /^[0-9a-f]{8}-\w+$/);
});

test("what is malformed is answered 400 with a pointer to each place, in the reader's language", async () => {
  const body = { name: 3, on: "2026-13-01", rows: [{ id: "x" }] };
  const zh = await app.stranger.post("/api/try/echo", body);
  assert.equal(zh.status, 400);
  assert.equal(zh.headers["content-type"], "application/problem+json; charset=utf-8");
  assert.equal(zh.json.code, "malformed");
  assert.deepEqual(zh.json.errors.map((one: { pointer: string }) => one.pointer).sort(), [
    "/name",
    "/on",
    "/rows/0/id",
  ]);
  assert.match(zh.json.detail, /\p{Script=Han}/u);
  const en = await app.stranger.post("/api/try/echo", body, { "accept-language": "en-GB" });
  assert.doesNotMatch(en.json.detail + en.json.title, /\p{Script=Han}/u);
});

test("amounts come in as integers and go out as integers", async () => {
  const answer = await app.stranger.post("/api/try/echo", { name: "𠮷野家", amountFen: 374400 });
  assert.deepEqual(answer.json, { name: "𠮷野家", amountFen: 374400 });
  const out = await app.stranger.get("/api/try/amounts");
  assert.deepEqual(out.json, { totalFen: 374400, at: "1970-01-01T00:00:00.000Z" });
});

test("JSON is refused when it nests 65 deep, and taken at 64", async () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  const send = (payload: string) =>
    app.server.inject({
      method: "POST",
      url: "/api/try/any",
      payload,
      headers: { "content-type": "application/json" },
    });
  assert.equal((await send(nested(64))).statusCode, 200);
  const deep = await send(nested(65));
  assert.equal(deep.statusCode, 400);
  assert.equal(deep.json().code, "too-deep");
  assert.equal((await send(nested(100_000))).json().code, "too-deep");
  assert.equal((await send('{"a":"[[[[\\"[["}')).statusCode, 200);
});

test("JSON with a NUL, a prototype key or a wrong form is refused", async () => {
  for (const payload of ['{"a":"\\u0000"}', '{"__proto__":{"x":1}}', '{"\\u005f_proto__":1}', "{", "nul"]) {
    const answer = await app.server.inject({
      method: "POST",
      url: "/api/try/any",
      payload,
      headers: { "content-type": "application/json" },
    });
    assert.equal(answer.statusCode, 400, payload);
    assert.equal(answer.json().code, "malformed");
  }
});

test("a JSON body over a megabyte is refused as too large, another type as not accepted", async () => {
  const large = await app.stranger.post("/api/try/any", { text: "x".repeat(1024 * 1024) });
  assert.equal(large.status, 413);
  assert.equal(large.json.code, "too-large");
  const xml = await app.server.inject({
    method: "POST",
    url: "/api/try/any",
    payload: "<a/>",
    headers: { "content-type": "text/xml" },
  });
  assert.equal(xml.statusCode, 415);
  assert.equal(xml.json().code, "wrong-media-type");
});

test("where files are taken, JSON is bounded as elsewhere, and files are counted", async () => {
  const json = await app.stranger.post("/api/try/files", { text: "x".repeat(1024 * 1024) });
  assert.deepEqual([json.status, json.json.code], [413, "too-large"]);
  const file = { name: "a.txt", content: "a" };
  const five = Array.from({ length: 5 }, () => file);
  assert.equal((await app.stranger.upload("/api/try/files", {}, ...five)).status, 200);
  const six = await app.stranger.upload("/api/try/files", {}, ...five, file);
  assert.deepEqual([six.status, six.json.code], [413, "too-large"]);
});

test("a JSON body that dawdles is refused and its line let go; a slow upload is waited for", async () => {
  const server = await buildServer(app.ctx, handlers, { bodyPatienceMs: 400 });
  await server.listen({ host: "127.0.0.1", port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const says = (url: string, type: string, length: number, body: string) => {
    const socket = connect(port, "127.0.0.1");
    const line = { socket, heard: "", ended: once(socket, "close") };
    socket.on("data", (bytes) => (line.heard += bytes));
    socket.write(
      `POST ${url} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n${body}`,
    );
    return line;
  };
  const form = '--b\r\ncontent-disposition: form-data; name="f"; filename="f"\r\n\r\n';
  const upload = says("/api/try/files", "multipart/form-data; boundary=b", form.length + 10, form);
  const json = says("/api/try/any", "application/json", 1000, '{"text":"');
  const trickle = setInterval(() => json.socket.write("x"), 50);
  await json.ended;
  clearInterval(trickle);
  assert.match(json.heard, /^HTTP\/1\.1 408 .*too-slow/s);
  upload.socket.write("a\r\n--b--\r\n");
  await once(upload.socket, "data");
  assert.match(upload.heard, /^HTTP\/1\.1 200/);
  await server.close();
});

test("a query is parsed, with its defaults, and refused by name", async () => {
  assert.deepEqual((await app.stranger.get("/api/try/list?q=%E5%BC%A0%00")).json, { limit: 50, q: "张" });
  const wrong = await app.stranger.get("/api/try/list?limit=9000");
  assert.equal(wrong.status, 400);
  assert.equal(wrong.json.errors[0].pointer, "/limit");
});

test("who is not signed in gets 401, who lacks the power 403, what names nothing 404", async () => {
  assert.equal(
    (await app.stranger.get("/api/try/things/0199d5a0-0000-7000-8000-000000000001")).json.code,
    "not-signed-in",
  );
  const worker = await app.as("0199d5a0-0000-7000-8000-000000000001" as never, "990101");
  assert.equal((await worker.get("/api/try/things/0199d5a0-0000-7000-8000-000000000002")).status, 200);
  assert.equal((await worker.get("/api/try/things/not-an-id")).status, 404);
  const power = await worker.get("/api/try/power");
  assert.deepEqual([power.status, power.json.code], [403, "not-yours"]);
  assert.deepEqual((await worker.get("/api/nothing/here")).json.code, "not-found");
});

test("a refusal answers with its rule, its place and what is offered instead", async () => {
  const rule = await app.stranger.post("/api/try/refused/422");
  assert.equal(rule.status, 422);
  assert.equal(rule.json.source, "《工会经费收支管理办法》第十条");
  assert.equal(rule.json.errors[0].pointer, "/answers/amountFen");
  const offered = await app.stranger.post("/api/try/refused/409", undefined, { "accept-language": "en" });
  assert.equal(offered.status, 409);
  assert.deepEqual(offered.json.offered, ["Accept"]);
});

test("with the database away the answer is 503 and says when to come back", async () => {
  const answer = await app.stranger.get("/api/try/away");
  assert.equal(answer.status, 503);
  assert.equal(answer.headers["retry-after"], "5");
  assert.equal(answer.json.code, "unavailable");
});

test("a bug answers 500 and nothing of it leaves the server", async () => {
  const answer = await app.stranger.get("/api/try/broken");
  assert.equal(answer.status, 500);
  assert.equal(answer.json.code, "broken");
  assert.doesNotMatch(answer.text, /张三|3401/);
  assert.equal(answer.json.request, answer.headers["x-request-id"]);
});

test("an answer that breaks its own declaration is caught while testing", async () => {
  assert.equal((await app.stranger.get("/api/try/lies")).status, 500);
});

test("too many requests are refused with the seconds to wait", async () => {
  await app.stranger.get("/api/try/few");
  await app.stranger.get("/api/try/few");
  const third = await app.stranger.get("/api/try/few");
  assert.equal(third.status, 429);
  assert.ok(Number(third.headers["retry-after"]) >= 1);
});

test("a limit by address holds against whoever writes addresses of their own before the proxy's", async () => {
  const config = { ...app.ctx.config, trustProxy: 1 };
  const server = await buildServer({ ...app.ctx, config }, handlers);
  const from = (forwarded: string) =>
    server.inject({ url: "/api/try/few", headers: { "x-forwarded-for": forwarded } });
  const asked = [];
  for (const own of ["198.51.100.1", "198.51.100.2", "198.51.100.3"])
    asked.push((await from(`${own}, 203.0.113.9`)).statusCode);
  assert.deepEqual(asked, [200, 200, 429]);
  assert.equal((await from("203.0.113.10")).statusCode, 200);
  await server.close();
});

test("a person has one limit, however many sessions", async () => {
  const person = "0199d5a0-0000-7000-8000-000000000002" as never;
  const asked = [];
  for (let at = 0; at < 3; at++) {
    const one = await app.as(person, "990101");
    asked.push((await one.get("/api/try/few-mine")).status);
  }
  assert.deepEqual(asked, [200, 200, 429]);
});

test("a hostile file name cannot break out of its header, and what is no picture is a download", async () => {
  const answer = await app.stranger.get("/api/try/file");
  assert.equal(answer.headers["set-cookie"], undefined);
  assert.match(
    String(answer.headers["content-disposition"]),
    /^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''[\w%.-]+$/,
  );
  assert.match(String(answer.headers["content-security-policy"]), /sandbox/);
});

test("long answers are compressed for those who take it", async () => {
  const answer = await app.stranger.get("/api/try/long", { "accept-encoding": "gzip, br" });
  assert.equal(answer.headers["content-encoding"], "gzip");
  assert.ok(answer.bytes.length < 1000);
  assert.equal((await app.stranger.get("/api/try/long")).json.text.length, 9000);
});

test("the log names routes, never addresses with their queries, nor bodies", async () => {
  await app.stranger.get("/api/try/list?q=340101199001011234");
  await app.stranger.post("/api/try/echo", { name: "秘密的名字" });
  const lines = app.logged.join("");
  assert.match(lines, /\/api\/try\/list/);
  assert.doesNotMatch(lines, /340101199001011234\?|q=3401|秘密的名字/);
});

test("health, readiness and metrics answer without a session; metrics name routes only", async () => {
  assert.equal((await app.stranger.get("/healthz")).status, 200);
  assert.equal((await app.stranger.get("/readyz")).status, 200);
  const metrics = await app.stranger.get("/metrics");
  assert.match(
    metrics.text,
    /zhijia_http_request_duration_seconds_count\{method="GET",route="\/api\/try\/list",status="200"\}/,
  );
  assert.doesNotMatch(metrics.text, /q=/);
});

test("a database that is really away gives 503 to whoever comes, and readiness says so", async () => {
  const gone = openDatabase({
    connection: { host: "127.0.0.1", port: 1, user: "nobody", database: "none" },
    role: null,
  });
  const ctx = createContext({ ...app.ctx, db: gone, sessions: undefined, hub: undefined });
  const server = await buildServer(ctx, handlers);
  const cookie = `zhijia=${"a".repeat(43)}`;
  const answer = await server.inject({ method: "GET", url: "/api/try/power", headers: { cookie } });
  assert.deepEqual([answer.statusCode, answer.json().code], [503, "unavailable"]);
  assert.equal((await server.inject({ method: "GET", url: "/readyz" })).statusCode, 503);
  assert.equal((await server.inject({ method: "GET", url: "/healthz" })).statusCode, 200);
  await server.close();
  await gone.close();
});

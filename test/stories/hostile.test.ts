import assert from "node:assert/strict";
import test from "node:test";
import { sql } from "kysely";
import { z } from "zod";
import { allHandlers } from "../../src/http/routes.ts";
import { newId } from "../../src/kernel/ids.ts";
import type { RouteDef } from "../../src/kernel/route.ts";
import { type Answer, story, type Visitor } from "./story.ts";

/** What ill will sends, through the doors: refused in words or harmless, and never a break. */

const s = story({ lives: true });

const deep = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const hostile: readonly unknown[] = [
  "' or '1'='1'; drop table person; --",
  "%_\\%%''\"`;",
  "\u0000",
  "\u0001\u0008\u001b[31m\r\nset-cookie: a=b",
  "\ud83d",
  "𠮷".repeat(60),
  "买买提".repeat(400),
  "../../../../etc/passwd",
  "<script>alert(1)</script>",
  "=cmd|'/c calc'!A1",
  "2026-02-30",
  "9999-12-31",
  "0000-00-00",
  "NaN",
  "-1",
  "1e309",
  "99999999999999999999",
  -1,
  0.5,
  Number.MAX_SAFE_INTEGER + 1,
  1e308,
  null,
  true,
  [],
  {},
  { constructor: { prototype: { polluted: true } } },
  Array.from({ length: 5_000 }, () => "x"),
  "00000000-0000-0000-0000-000000000000",
];

/** A value a schema would take, so that one wrong value stands among right ones. */
function sample(schema: Record<string, unknown>): unknown {
  const one = (schema.anyOf ?? schema.oneOf) as Record<string, unknown>[] | undefined;
  if (one?.[0]) return sample(one[0]);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        Object.entries((schema.properties ?? {}) as Record<string, Record<string, unknown>>)
          .filter(([key]) => ((schema.required ?? []) as string[]).includes(key))
          .map(([key, of]) => [key, sample(of)]),
      );
    case "array":
      return [sample((schema.items ?? {}) as Record<string, unknown>)];
    case "integer":
    case "number":
      return Math.max(1, Number(schema.minimum ?? 1));
    case "boolean":
      return true;
  }
  if (schema.format === "date" || /Day|date/i.test(String(schema.description))) return "2026-03-02";
  return newId();
}

const schemaOf = (schema: z.ZodType): Record<string, unknown> =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Record<string, unknown>;

const propertiesOf = (schema: z.ZodType | undefined): readonly string[] =>
  schema === undefined ? [] : Object.keys((schemaOf(schema).properties ?? {}) as object);

function unbroken(answer: Answer, where: string): void {
  const said = JSON.stringify(answer.body);
  assert.ok(
    answer.status < 500 || answer.status === 503,
    `${where}: ${answer.status} ${said?.slice(0, 400)}`,
  );
  if (answer.status >= 400) {
    assert.equal(typeof answer.body.code, "string", `${where}: no code`);
    assert.doesNotMatch(said, /node_modules|at \w+ \(|syntax error|select |relation "/, where);
  }
}

async function send(who: Visitor, route: RouteDef, url: string, body?: unknown): Promise<Answer> {
  switch (route.method) {
    case "GET":
      return who.get(url);
    case "PUT":
      return who.put(url, body);
    case "DELETE":
      return who.remove(url);
    default:
      return who.post(url, body as object);
  }
}

test("every query, path and body of every route takes hostile values without breaking", async () => {
  const county = await s.as("chair.county");
  const finance = await s.as("finance.county");
  const li = await s.as("li");
  const wrong: string[] = [];
  const skipped = new Set([
    "POST /trial/clock",
    "POST /session",
    "POST /session/code",
    "DELETE /me/sessions",
    "DELETE /session",
  ]);
  const attempt = async (who: Visitor, route: RouteDef, url: string, body: unknown, where: string) => {
    try {
      unbroken(await send(who, route, url, body), where);
    } catch (error) {
      wrong.push((error as Error).message);
    }
  };
  for (const { route } of allHandlers) {
    const key = `${route.method} ${route.url}`;
    if (skipped.has(key) || route.multipart) continue;
    const who = /fund|batch|voucher|statement|book/.test(route.url)
      ? finance
      : /me|draft/.test(route.url)
        ? li
        : county;
    const at = (id: string) => `/api${route.url.replaceAll(/:\w+/g, id)}`;
    if (route.url.includes(":"))
      for (const value of hostile.filter((one) => typeof one === "string"))
        await attempt(
          who,
          route,
          at(encodeURIComponent(value.toWellFormed())),
          {},
          `${key} path ${value.slice(0, 20)}`,
        );
    const id = newId();
    for (const name of propertiesOf(route.query))
      for (const value of hostile.filter((one) => typeof one === "string"))
        await attempt(
          who,
          route,
          `${at(id)}?${name}=${encodeURIComponent(value.toWellFormed())}`,
          undefined,
          `${key} ?${name}=${value.slice(0, 20)}`,
        );
    if (!route.body) continue;
    const base = sample(schemaOf(route.body)) as Record<string, unknown>;
    for (const name of propertiesOf(route.body))
      for (const value of hostile)
        await attempt(
          who,
          route,
          at(id),
          { ...base, [name]: value },
          `${key} ${name}=${JSON.stringify(value)?.slice(0, 40)}`,
        );
  }
  assert.equal(wrong.length, 0, `${wrong.length} wrong:\n${wrong.slice(0, 25).join("\n")}`);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test("a case's answers and actions take hostile values in every field without breaking", async () => {
  const li = await s.as("wu");
  const chair = await s.as("chair.grassroots");
  const services = (await li.get("/api/services")).body.items as { id: string; fields: { key: string }[] }[];
  for (const service of services)
    for (const field of service.fields)
      for (const value of hostile)
        unbroken(
          await li.post("/api/cases", { id: newId(), service: service.id, answers: { [field.key]: value } }),
          `${service.id} ${field.key}`,
        );
  const open = (await chair.get("/api/cases?limit=50&state=open")).body.items as { id: string }[];
  for (const { id } of open) {
    const page = (await chair.get(`/api/cases/${id}`)).body;
    for (const offer of page.may as { name: string; fields: { key: string }[] }[])
      for (const field of offer.fields.slice(0, 6))
        for (const value of hostile.filter((one) => typeof one !== "boolean"))
          unbroken(await chair.act(id, offer.name, { [field.key]: value }), `${offer.name} ${field.key}`);
  }
  const { rows } = await s.database.owner.systemRead((tx) =>
    sql<{ n: number }>`select count(*)::int n from person where name like '%drop table%'`.execute(tx),
  );
  assert.equal(rows[0]?.n, 0);
});

test("bodies too large, too deep, of another type or torn are refused by their own codes", async () => {
  const li = await s.as("li");
  const raw = (payload: string | Buffer, type = "application/json", more: Record<string, string> = {}) =>
    li.post("/api/cases", payload, { "content-type": type, ...more });
  const large = await raw(`{"id":"${"x".repeat(20 * 1024 * 1024)}"}`);
  assert.deepEqual([large.status, large.body.code], [413, "too-large"]);
  const nested = await raw(`{"id":1,"answers":${deep(100)}}`);
  assert.deepEqual([nested.status, nested.body.code], [400, "too-deep"]);
  for (const type of [
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "application/json5",
    "multipart/form-data; boundary=x",
  ]) {
    const answer = await raw("{}", type);
    assert.ok([400, 415].includes(answer.status), `${type}: ${answer.status}`);
  }
  for (const torn of [
    "{",
    '{"id":',
    "\u0000",
    "[1,2",
    "nul",
    '{"a":1}}',
    '{"__proto__":{"x":1}}',
    "\ufeff{}",
    '{"id":"\\ud800"}',
  ])
    unbroken(await raw(torn), torn);
  const packed = await raw("\x1f\x8b\x08", "application/json", { "content-encoding": "gzip" });
  unbroken(packed, "gzip");
});

test("multipart tricks are refused in words", async () => {
  const li = await s.as("li");
  const raw = (body: string, type = "multipart/form-data; boundary=x") =>
    li.post("/api/papers", Buffer.from(body, "latin1"), { "content-type": type });
  const file = (disposition: string, content: string) =>
    `--x\r\ncontent-disposition: ${disposition}\r\n\r\n${content}\r\n`;
  const tricks = [
    "",
    "--x--\r\n",
    "--x\r\n",
    file('form-data; name="file"; filename="a.pdf"', "%PDF-1.4"),
    `${file('form-data; name="__proto__"', "polluted")}--x--\r\n`,
    `${file('form-data; name="constructor"', "polluted")}${file('form-data; name="file"; filename="a.pdf"', "x")}--x--\r\n`,
    `${file('form-data; name="kind"', "k".repeat(100_000))}--x--\r\n`,
    `${Array.from({ length: 60 }, (_, at) => file(`form-data; name="f${at}"`, "v")).join("")}--x--\r\n`,
    `${Array.from({ length: 9 }, () => file('form-data; name="file"; filename="a.pdf"', "v")).join("")}--x--\r\n`,
    `${file('form-data; name="kind"', "a")}${file('form-data; name="kind"', "b")}${file('form-data; name="file"; filename="a.pdf"', "x")}--x--\r\n`,
  ];
  for (const [at, body] of tricks.entries()) {
    const answer = await raw(body);
    unbroken(answer, `trick ${at}`);
    assert.ok(answer.status >= 400, `trick ${at} was taken: ${answer.status}`);
  }
  unbroken(await raw("x", "multipart/form-data"), "no boundary");
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test("a picture that is a page, a script or a program is refused, and a name cannot leave its header", async () => {
  const li = await s.as("li");
  for (const [name, content, type] of [
    ["a.svg", '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "image/svg+xml"],
    ["a.png", "<html><script>alert(1)</script></html>", "image/png"],
    ["a.html", "<!doctype html><p>x", "text/html"],
    ["a.pdf", "MZ\u0090\u0000", "application/pdf"],
    ["a.jpg", "GIF89a<script>", "image/jpeg"],
  ] as const) {
    const answer = await li.upload("/api/papers", { name, content, type }, { kind: "identity" });
    assert.ok(answer.status >= 400 && answer.status < 500, `${name}: ${answer.status}`);
  }
  const pdf = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF";
  for (const name of [
    "../../etc/passwd.pdf",
    "a\\..\\b.pdf",
    `${"很长".repeat(200)}.pdf`,
    "a%0d%0aset-cookie: x=1.pdf",
    "𠮷.pdf",
    "\u202egpj.pdf",
  ]) {
    const made = await li.upload(
      "/api/papers",
      { name, content: pdf, type: "application/pdf" },
      { kind: "identity" },
    );
    assert.equal(made.status, 201, `${name}: ${JSON.stringify(made.body)}`);
    const got = await li.get(`/api/papers/${made.body.id}`);
    const shown = String(got.headers["content-disposition"]);
    assert.doesNotMatch(shown, /[\r\n]|\.\.[/\\]|\u202e/);
    assert.equal(got.headers["x-content-type-options"], "nosniff");
    assert.equal(got.headers["set-cookie"], undefined);
    assert.match(String(got.headers["cache-control"]), /no-store/);
    // Another's unused paper is nobody else's, whatever post they hold.
    for (const other of ["wu", "chair.grassroots", "admin.province"])
      assert.equal((await (await s.as(other)).get(`/api/papers/${made.body.id}`)).status, 404);
  }
});

test("cursors that were tampered with are refused or harmless, in every list", async () => {
  const chair = await s.as("chair.county");
  const encode = (text: string) => Buffer.from(text).toString("base64url");
  const cursors = [
    "x",
    "cn.99",
    "cn",
    encode("null"),
    encode(`2026-02-30 ${newId()}`),
    encode("2026-02-03 ------------------------------------"),
    encode('["2026-02-03","------------------------------------"]'),
    "------------------------------------",
    encode("[]"),
    encode('{"key":"x","id":"y"}'),
    encode('["2026-02-30","x"]'),
    encode('["9999-12-31T00:00:00Z","00000000-0000-0000-0000-000000000000"]'),
    encode(`{"key":"' or 1=1","id":"${newId()}"}`),
    encode('{"__proto__":1}'),
    "%00",
    "A".repeat(5_000),
    newId(),
  ];
  for (const { route } of allHandlers.filter((one) => propertiesOf(one.route.query).includes("cursor"))) {
    for (const cursor of cursors) {
      const answer = await chair.get(
        `/api${route.url.replace(/:\w+/, newId())}?cursor=${encodeURIComponent(cursor)}`,
      );
      unbroken(answer, `${route.url} ${cursor.slice(0, 30)}`);
    }
  }
});

test("a page of another site cannot act, nor can a form without the token, whatever method it claims", async () => {
  const li = await s.as("li");
  const me = { largeType: true };
  const cookie = await cookieOf("13900000002");
  const put = (headers: Record<string, string>) =>
    s.server.inject({
      method: "PUT",
      url: "/api/me",
      headers: { cookie: cookie.cookie, ...headers },
      payload: me,
    });
  const own = { origin: "http://127.0.0.1", host: "127.0.0.1", "sec-fetch-site": "same-origin" };
  for (const headers of [
    { origin: "http://evil.example", "x-csrf": cookie.csrf },
    { origin: "null", "x-csrf": cookie.csrf },
    { "sec-fetch-site": "cross-site", "x-csrf": cookie.csrf },
    { "sec-fetch-site": "same-site", "x-csrf": cookie.csrf },
    { ...own },
    { ...own, "x-csrf": "wrong" },
    { ...own, "x-csrf": li.csrf },
    { "x-csrf": "" },
  ]) {
    const answer = await put(headers as unknown as Record<string, string>);
    assert.equal(answer.statusCode, 403, JSON.stringify(headers));
  }
  assert.equal((await put({ ...own, "x-csrf": cookie.csrf })).statusCode, 200);
  for (const header of ["x-http-method-override", "x-method-override", "x-http-method"]) {
    const answer = await s.server.inject({
      method: "GET",
      url: "/api/me?_method=DELETE",
      headers: { cookie: cookie.cookie, [header]: "DELETE" },
    });
    assert.equal(answer.statusCode, 200);
  }
  for (const method of ["TRACE", "CONNECT", "OPTIONS", "PATCH"] as const) {
    const answer = await s.server
      .inject({
        method: method as "OPTIONS",
        url: "/api/me",
        headers: { cookie: cookie.cookie, origin: "http://evil.example" },
      })
      .catch(() => null);
    assert.ok(answer === null || answer.statusCode >= 400, `${method}: ${answer?.statusCode}`);
    assert.equal(answer?.headers["access-control-allow-origin"], undefined);
  }
});

async function cookieOf(phone: string): Promise<{ cookie: string; csrf: string; set: string }> {
  await s.nobody.post("/api/session/code", { phone });
  const answer = await s.server.inject({
    method: "POST",
    url: "/api/session",
    payload: { login: phone, code: "123456" },
    headers: { cookie: `zhijia=${"A".repeat(43)}` },
  });
  const set = String(answer.headers["set-cookie"]);
  return { cookie: set.split(";")[0] as string, csrf: (answer.json() as { csrf: string }).csrf, set };
}

test("a session given by another is not taken over, and its cookie is out of reach of scripts", async () => {
  const { cookie, set } = await cookieOf("13900000003");
  assert.doesNotMatch(cookie, /A{43}/);
  assert.match(set, /HttpOnly/i);
  assert.match(set, /SameSite=Lax/i);
  assert.match(set, /Path=\//);
  const fixed = await s.server.inject({
    method: "GET",
    url: "/api/me",
    headers: { cookie: `zhijia=${"A".repeat(43)}` },
  });
  assert.equal(fixed.statusCode, 401);
  // Signing in as another ends what the browser was before.
  const next = await s.server.inject({
    method: "POST",
    url: "/api/session",
    headers: { cookie },
    payload: { login: "13900000004", code: "123456" },
  });
  assert.equal(next.statusCode, 200);
  const old = await s.server.inject({ method: "GET", url: "/api/me", headers: { cookie } });
  assert.equal(old.statusCode, 401);
});

test("another's host name changes no link, and no answer is cached or framed", async () => {
  const answer = await s.server.inject({
    method: "GET",
    url: "/api/openapi.json",
    headers: { host: "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" },
  });
  assert.ok(!answer.body.includes("evil.example"));
  for (const url of ["/api/session", "/api/public/notices", "/api/nothing", "/api/me", "/healthz"]) {
    const { headers } = await s.server.inject({ method: "GET", url });
    assert.equal(headers["x-content-type-options"], "nosniff", url);
    assert.equal(headers["x-frame-options"], "DENY", url);
    assert.match(String(headers["content-security-policy"]), /default-src 'none'/, url);
    assert.match(String(headers["cache-control"]), /no-store/, url);
    assert.equal(headers["referrer-policy"], "no-referrer", url);
    assert.equal(headers["x-powered-by"], undefined);
    assert.equal(headers.server, undefined);
  }
});

test("no path leaves its folder", async () => {
  for (const url of [
    "/../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/assets/..%2f..%2fpackage.json",
    "/..%5c..%5cpackage.json",
    "/api/papers/..%2f..%2fetc%2fpasswd",
    "/api/drafts/..%2f..%2fx",
    "/api/public/verify/..%2f..%2fetc",
    "//etc/passwd",
    "/%00",
    "/api/%ff",
    "/w/..%2f..%2fpackage.json",
  ]) {
    const answer = await s.server.inject({ method: "GET", url });
    assert.ok(answer.statusCode >= 400 && answer.statusCode < 500, `${url}: ${answer.statusCode}`);
    assert.doesNotMatch(answer.body, /root:|"dependencies"/);
  }
});

test("logins and phones are not told apart by what is answered", async () => {
  const wrong = async (login: string) => {
    const answer = await s.nobody.post("/api/session", {
      login,
      password: "wrong-password-1",
      code: "000000",
    });
    return [answer.status, answer.body.code, answer.body.detail];
  };
  assert.deepEqual(await wrong("organiser.port"), await wrong("nobody.at.all"));
  const code = async (phone: string) => {
    const answer = await s.nobody.post("/api/session/code", { phone });
    return [answer.status, answer.body];
  };
  assert.deepEqual(await code("13900000005"), await code("13912345678"));
  const guess = async (phone: string) => {
    const answer = await s.nobody.post("/api/session", { login: phone, code: "654321" });
    return [answer.status, answer.body.code];
  };
  assert.deepEqual(await guess("13900000005"), await guess("13912345678"));
});

test("a login guessed at is locked, and guesses made at once count too", async () => {
  const guesses = await Promise.all(
    Array.from({ length: 12 }, (_, at) =>
      s.nobody.post("/api/session", { login: "organiser.machine", password: `guess-number-${at}` }),
    ),
  );
  assert.ok(guesses.every((one) => one.status === 401 || one.status === 429));
  const right = await s.nobody.post("/api/session", {
    login: "organiser.machine",
    password: "zhijia-trial-2026",
    code: "000000",
  });
  assert.deepEqual([right.status, right.body.code], [429, "too-many"]);
  assert.ok(Number(right.headers["retry-after"]) > 0);
});

test("objections in a flood from one address are slowed down, and none breaks another's", async () => {
  const [notice] = (await s.nobody.get("/api/public/notices")).body.items;
  const id = newId();
  // From an address of its own: the limits are by address.
  const post = async (url: string, payload: object) => {
    const answer = await s.server.inject({ method: "POST", url, payload, remoteAddress: "192.0.2.7" });
    return {
      status: answer.statusCode,
      body: answer.json(),
      bytes: answer.rawPayload,
      headers: answer.headers,
    };
  };
  const object = (body: object) => post(`/api/public/notices/${notice.id}/objections`, body);
  const first = await object({ id, text: "听说情况不属实。", name: "某举报人", phone: "13711112222" });
  assert.equal(first.status, 201);
  const taken = await object({ id, text: "换一份内容试试看。" });
  unbroken(taken, "an objection's id taken");
  assert.notEqual(taken.body.receipt, first.body.receipt);
  const flood = [];
  for (let at = 0; at < 15; at++) flood.push((await object({ text: `第${at}次说情况不属实。` })).status);
  assert.ok(flood.includes(429), flood.join());
  const guesses = [];
  for (let at = 0; at < 25; at++)
    guesses.push(
      (await post("/api/public/objections/answer", { receipt: `AAAA-BBBB-CCCC-${1000 + at}` })).status,
    );
  assert.ok(guesses.includes(429) && !guesses.includes(200), guesses.join());
});

test("who objected is read by nobody, through any route, and lies sealed by itself", async () => {
  const secrets = ["某举报人", "13711112222"];
  const ids = await s.database.owner.systemRead(async (tx) => {
    const notices = await sql<{
      id: string;
      case_id: string;
      unit_id: string;
    }>`select id, case_id, unit_id from notice`.execute(tx);
    return notices.rows;
  });
  const officers = [
    "chair.grassroots",
    "organiser.grassroots",
    "chair.township",
    "aid.county",
    "chair.county",
    "approver.city",
    "chair.city",
    "audit.province",
    "admin.province",
    "chair.province",
    "wu",
  ];
  for (const login of officers) {
    const who = await s.as(login);
    for (const { id, case_id, unit_id } of ids)
      for (const url of [
        `/notices`,
        `/notices?state=blocked`,
        `/cases/${case_id}`,
        `/cases/${case_id}/print`,
        `/public/notices/${id}`,
        `/inbox`,
        `/messages`,
        `/me/looked-at`,
        `/figures/overview?unit=${unit_id}`,
      ]) {
        const answer = await who.get(`/api${url}`);
        const said = answer.bytes.toString("utf8");
        for (const secret of secrets) assert.ok(!said.includes(secret), `${login} reads ${secret} at ${url}`);
      }
  }
  const { rows } = await s.database.owner.systemRead((tx) =>
    sql<{ name: string }>`select tablename name from pg_tables where schemaname = 'public'`.execute(tx),
  );
  for (const { name } of rows) {
    const found = await s.database.owner.systemRead((tx) =>
      sql<{
        n: number;
      }>`select count(*)::int n from ${sql.table(name)} t where t::text like '%某举报人%' or t::text like '%13711112222%' or t::text like ${`%${Buffer.from("某举报人").toString("hex")}%`}`.execute(
        tx,
      ),
    );
    assert.equal(found.rows[0]?.n, 0, `${name} holds the objector in clear`);
  }
});

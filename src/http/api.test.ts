import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { gzipSync } from "node:zlib";
import { issueCode, revokeCode } from "../documents/verify.ts";
import { addDays } from "../kernel/day.ts";
import { type Id, newId } from "../kernel/ids.ts";
import { expect } from "../kernel/refusal.ts";
import { createPerson } from "../people/store.ts";
import { makePost, makeTree } from "../units/testing.ts";
import { allHandlers } from "./routes.ts";
import { type Caller, withServer } from "./testing.ts";

const webRoot = mkdtempSync(join(tmpdir(), "zhijia-web-"));
for (const face of ["", "w", "o", "p", "assets"]) mkdirSync(join(webRoot, face), { recursive: true });
for (const face of ["", "w", "o", "p"])
  writeFileSync(join(webRoot, face, "index.html"), `<title>face ${face}</title>`);
writeFileSync(join(webRoot, "assets", "app-1a2b.js"), "console.log(1)");
writeFileSync(join(webRoot, "assets", "app-1a2b.js.gz"), gzipSync("console.log(1)"));
writeFileSync(join(webRoot, "icon.svg"), "<svg/>");
writeFileSync(join(webRoot, "built.json"), "{}");
after(() => rmSync(webRoot, { recursive: true }));

let drains = 0;
const app = withServer({ config: { webRoot }, parts: () => ({ drainJobs: async () => void drains++ }) });
let keeper: Caller;
let tree: Awaited<ReturnType<typeof makeTree>>;
before(async () => {
  await app.serving();
  const person = await app.db.system(async (tx) => {
    tree = await makeTree(tx);
    const made = expect(
      await createPerson(
        tx,
        app.ctx.ring,
        { unit: tree.county, name: "管虚构", identity: null } as never,
        app.clock.today(),
      ),
    );
    await makePost(tx, tree.county, "admin", { person: made.id });
    return made.id;
  });
  keeper = await app.as(person, tree.county.district);
});

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: object;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly $ref?: string;
        readonly description?: string;
        readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
      }
    >
  >;
  readonly security?: readonly object[];
}

test("the API's description is OpenAPI 3.1, and every schema in it is JSON Schema 2020-12", async () => {
  const { json } = await app.stranger.get("/api/openapi.json");
  assert.equal(json.openapi, "3.1.0");
  const Ajv = createRequire(import.meta.url)("ajv/dist/2020.js").default as new (
    options: object,
  ) => { compile: (schema: object) => unknown };
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const ids = new Set<string>();
  for (const [path, methods] of Object.entries(json.paths as Record<string, Record<string, Operation>>)) {
    for (const [method, operation] of Object.entries(methods)) {
      const where = `${method} ${path}`;
      assert.ok(!ids.has(operation.operationId), `${where}: ${operation.operationId} is not unique`);
      ids.add(operation.operationId);
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((one) => one.in === "path").map((one) => one.name);
      assert.deepEqual(declared, named, where);
      for (const parameter of operation.parameters ?? []) ajv.compile(parameter.schema);
      for (const { schema } of Object.values(operation.requestBody?.content ?? {})) ajv.compile(schema);
      assert.ok(Object.keys(operation.responses).length > 0, where);
      for (const response of Object.values(operation.responses)) {
        if (response.$ref) assert.equal(response.$ref, "#/components/responses/Problem");
        else assert.ok(response.description, where);
        for (const { schema } of Object.values(response.content ?? {})) if (schema) ajv.compile(schema);
      }
    }
  }
  assert.equal(json.components.securitySchemes.session.in, "cookie");
});

test("every mounted route is described, on the pages too", async () => {
  const { json } = await app.stranger.get("/api/openapi.json");
  const docs = await app.stranger.get("/api/docs");
  assert.match(String(docs.headers["content-type"]), /text\/html/);
  for (const { route } of allHandlers) {
    const path = `/api${route.url.replace(/:(\w+)/g, "{$1}")}`;
    assert.ok(json.paths[path]?.[route.method.toLowerCase()], `${route.method} ${path}`);
    assert.ok(docs.text.includes(`/api${route.url}`), route.url);
    assert.ok(route.summary.zh && route.summary.en);
  }
  assert.doesNotMatch(docs.text, /<script|https?:\/\/(?!zhijia)/);
});

test("no two routes answer the same request, and every route wants a session unless it says it is public", async () => {
  const seen = new Set<string>();
  for (const { route } of allHandlers) {
    const shape = `${route.method} ${route.url.replace(/:\w+/g, ":")}`;
    assert.ok(!seen.has(shape), shape);
    seen.add(shape);
    if (route.public) continue;
    const url = `/api${route.url.replace(/:(\w+)/g, () => newId())}`;
    const answer = await app.server.inject({ method: route.method, url });
    assert.equal(answer.statusCode, 401, shape);
  }
});

test("an address inside a face answers with that face; hashed files are compressed and kept for a year", async () => {
  for (const [url, face] of [
    ["/", ""],
    ["/w", "w"],
    ["/w/cases/1", "w"],
    ["/o/inbox?sort=due", "o"],
    ["/p/verify/ZJ", "p"],
  ] as const) {
    const page = await app.stranger.get(url);
    assert.equal(page.text, `<title>face ${face}</title>`, url);
    assert.match(String(page.headers["content-security-policy"]), /script-src 'self'/);
    assert.equal(page.headers["cache-control"], "no-cache");
  }
  const script = await app.stranger.get("/assets/app-1a2b.js", { "accept-encoding": "gzip" });
  assert.equal(script.headers["content-encoding"], "gzip");
  assert.match(String(script.headers["cache-control"]), /immutable/);
  assert.equal((await app.stranger.get("/icon.svg")).status, 200);
  for (const url of [
    "/built.json",
    "/assets/none.js",
    "/assets/../built.json",
    "/assets/%2e%2e/built.json",
    "/.env",
    "/x",
  ]) {
    assert.equal((await app.stranger.get(url)).status, 404, url);
  }
});

test("the trial clock moves day by day, and the work of each day is done when it answers", async () => {
  const before = app.clock.today();
  const moved = await keeper.post("/api/trial/clock", { advance: "P5D" });
  assert.deepEqual(moved.json, { today: addDays(before, 5), advancedDays: 5 });
  assert.equal(drains, 5);
  assert.equal((await keeper.post("/api/trial/clock", { advance: "P9Y" })).json.code, "bad-duration");
  assert.equal((await keeper.post("/api/trial/clock", { advance: "five days" })).status, 422);
  assert.equal((await app.stranger.post("/api/trial/clock", { advance: "P1D" })).status, 401);
});

test("a stranger checks a letter's code; one revoked or run out says so; one made up is not found", async () => {
  const today = app.clock.today();
  const issue = (validUntil?: typeof today) =>
    app.db.system((tx) =>
      issueCode(tx, {
        kind: "letter",
        district: "990101",
        subject: newId<string>() as Id<string>,
        facts: [{ label: { zh: "文书", en: "Letter" }, value: "困难职工建档通知书" }],
        today,
        ...(validUntil && { validUntil }),
      }),
    );
  const code = await issue();
  const check = (typed: string) => app.stranger.get(`/api/public/verify/${encodeURIComponent(typed)}`);
  const good = await check(code.toLowerCase().replaceAll("-", " "));
  assert.deepEqual(
    [good.json.kind, good.json.valid, good.json.facts[0].value],
    ["letter", true, "困难职工建档通知书"],
  );
  assert.equal((await check(await issue(addDays(today, -1)))).json.valid, false);
  await app.db.system((tx) => revokeCode(tx, code, today));
  const revoked = await check(code);
  assert.equal(revoked.json.valid, false);
  assert.match(revoked.json.sentence.zh, /撤销/);
  for (const wrong of ["ZJ-2222-2222-2222", "nonsense", "x".repeat(300)])
    assert.equal((await check(wrong)).status, 404);
});

test("the roots of a day come with the key to check them", async () => {
  const roots = (await app.stranger.get("/api/public/roots")).json;
  assert.equal(roots.key.algorithm, "ed25519");
  assert.match(roots.key.publicKey, /^[0-9a-f]{64}$/);
});

import { z } from "zod";
import type { Handled, RouteDef } from "../kernel/route.ts";
import { problemSchema } from "./problem.ts";

type Json = Readonly<Record<string, unknown>>;

/** The API's description, OpenAPI 3.1, from the same declarations that are mounted. */
export function openApi(handlers: readonly Handled[], origin: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  const tags = new Set<string>();
  for (const { route } of handlers) {
    tags.add(route.tag);
    const path = `/api${route.url.replace(/:(\w+)/g, "{$1}")}`;
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = operation(route);
  }
  for (const [path, method, entry] of unDeclared) {
    tags.add((entry["tags"] as string[])[0] as string);
    paths[path] ??= {};
    paths[path][method] = entry;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "职家 Zhijia",
      version: "1",
      description:
        "工会联合会的工作系统。金额为整数分（字段以 Fen 结尾），日期为 YYYY-MM-DD，时刻为 RFC 3339，列表为 {items, next}。" +
        "Amounts are integer fen (fields ending in Fen), days YYYY-MM-DD, instants RFC 3339, lists {items, next}.",
    },
    servers: [{ url: origin }],
    tags: [...tags].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: schemaOf(problemSchema) },
      responses: {
        Problem: {
          description: "拒绝或出错 · Refused or broken",
          content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
        },
      },
      securitySchemes: { session: { type: "apiKey", in: "cookie", name: "zhijia" } },
    },
  };
}

function operation(route: RouteDef): Json {
  const status = String(route.status ?? 200);
  const answers: Record<string, Json> = {
    [status]:
      status === "204"
        ? { description: "办好了，没有内容 · Done, nothing to say" }
        : { description: "好 · Good", content: { "application/json": { schema: schemaOf(route.response) } } },
  };
  const refusals = [
    ...(route.query || route.body ? ["400"] : []),
    ...(route.public ? [] : ["401", "403"]),
    ...(route.params ? ["404"] : []),
    ...(route.method === "GET" ? [] : ["409", "422"]),
    ...(route.multipart ? ["413", "415"] : []),
    "429",
    "503",
  ];
  for (const code of refusals) answers[code] = { $ref: "#/components/responses/Problem" };
  return {
    operationId: operationId(route),
    summary: `${route.summary.zh} · ${route.summary.en}`,
    tags: [route.tag],
    parameters: [
      ...parameters(route.url, route.params),
      ...(route.query ? queryParameters(route.query) : []),
      {
        name: "Accept-Language",
        in: "header",
        required: false,
        schema: { type: "string", enum: ["zh", "en"], default: "zh" },
      },
    ],
    ...(route.body || route.multipart ? { requestBody: requestBody(route) } : {}),
    responses: answers,
    security: route.public ? [{}, { session: [] }] : [{ session: [] }],
    ...(route.power !== undefined && { "x-power": route.power }),
  };
}

/** `getCasesById`, unique because method and path are. */
export function operationId(route: Pick<RouteDef, "method" | "url">): string {
  const words = route.url
    .split("/")
    .filter((part) => part !== "")
    .map((part) => (part.startsWith(":") ? `By-${part.slice(1)}` : part))
    .flatMap((part) => part.split(/[^A-Za-z0-9]+/))
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return route.method.toLowerCase() + words.join("");
}

function parameters(url: string, schema: z.ZodType | undefined): Json[] {
  const properties = (schema ? schemaOf(schema)["properties"] : undefined) as
    | Readonly<Record<string, Json>>
    | undefined;
  return [...url.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: properties?.[name as string] ?? { type: "string" },
  }));
}

function queryParameters(schema: z.ZodType): Json[] {
  const whole = schemaOf(schema);
  const required = new Set((whole["required"] as string[] | undefined) ?? []);
  return Object.entries((whole["properties"] as Record<string, Json> | undefined) ?? {}).map(
    ([name, property]) => ({
      name,
      in: "query",
      required: required.has(name),
      schema: property,
    }),
  );
}

function requestBody(route: RouteDef): Json {
  const schema = route.body ? schemaOf(route.body) : { type: "object" };
  if (!route.multipart) return { required: true, content: { "application/json": { schema } } };
  const properties = {
    ...(schema["properties"] as Json | undefined),
    file: { type: "string", format: "binary" },
  };
  return {
    required: true,
    content: { "multipart/form-data": { schema: { ...schema, type: "object", properties } } },
  };
}

/** A zod schema as JSON Schema 2020-12, as the value travels. */
export function schemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: "draft-2020-12",
    io: "input",
    unrepresentable: "any",
    reused: "inline",
    cycles: "ref",
  }) as Record<string, unknown>;
  return localRefs(rest) as Json;
}

/** A schema inside a larger document cannot point at its own root; a cycle becomes "anything". */
function localRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(localRefs);
  if (typeof value !== "object" || value === null) return value;
  if (typeof (value as Json)["$ref"] === "string") return { description: "the same again, one level down" };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "$defs")
      .map(([key, part]) => [key, localRefs(part)]),
  );
}

const text = (zh: string, en: string, type: string): Json => ({
  description: `${zh} · ${en}`,
  content: { [type]: {} },
});

/** What is mounted without a declaration: streams and redirects. */
const unDeclared: readonly (readonly [string, string, Json])[] = [
  [
    "/api/events",
    "get",
    {
      operationId: "getEvents",
      summary: "实时事件（SSE） · Live events (server-sent)",
      tags: ["messages"],
      description: "events: open, message, case, import, batch, day, sync (ask again for what you show)",
      responses: {
        "200": text("事件流", "A stream of events", "text/event-stream"),
        "401": { $ref: "#/components/responses/Problem" },
      },
      security: [{ session: [] }],
    },
  ],
  [
    "/api/session/oidc/start",
    "get",
    {
      operationId: "getSessionOidcStart",
      summary: "去统一身份认证登录 · Go to the identity service",
      tags: ["session"],
      responses: {
        "302": { description: "去认证 · To the service" },
        "404": { $ref: "#/components/responses/Problem" },
      },
      security: [{}],
    },
  ],
  [
    "/api/session/oidc/callback",
    "get",
    {
      operationId: "getSessionOidcCallback",
      summary: "从统一身份认证返回 · Back from the identity service",
      tags: ["session"],
      responses: {
        "302": { description: "回到页面 · Back to the pages" },
        "404": { $ref: "#/components/responses/Problem" },
      },
      security: [{}],
    },
  ],
  [
    "/api/openapi.json",
    "get",
    {
      operationId: "getOpenapi",
      summary: "本文件 · This document",
      tags: ["server"],
      responses: { "200": text("OpenAPI 3.1", "OpenAPI 3.1", "application/json") },
      security: [{}],
    },
  ],
  [
    "/healthz",
    "get",
    {
      operationId: "getHealthz",
      summary: "活着 · Alive",
      tags: ["server"],
      responses: { "200": text("活着", "Alive", "application/json") },
      security: [{}],
    },
  ],
  [
    "/readyz",
    "get",
    {
      operationId: "getReadyz",
      summary: "能工作 · Ready for work",
      tags: ["server"],
      responses: {
        "200": text("就绪", "Ready", "application/json"),
        "503": { description: "数据库不可用 · The database is away" },
      },
      security: [{}],
    },
  ],
  [
    "/metrics",
    "get",
    {
      operationId: "getMetrics",
      summary: "度量 · Metrics",
      tags: ["server"],
      responses: { "200": text("Prometheus 格式", "Prometheus text", "text/plain") },
      security: [{}],
    },
  ],
];

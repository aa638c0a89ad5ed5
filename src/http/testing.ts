import { after, before } from "node:test";
import { gunzipSync } from "node:zlib";
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import { pino } from "pino";
import { type TestDatabase, type TestOptions, withDatabase } from "../db/testing.ts";
import type { Id } from "../kernel/ids.ts";
import type { District } from "../kernel/region.ts";
import type { AppContext, Handled } from "../kernel/route.ts";
import { newKeyring, parseKeyring } from "../kernel/seal.ts";
import { type Opened, openSession } from "../people/sign-in/session.ts";
import { createAccount } from "../people/sign-in/sign-in.ts";
import { createContext, type HttpConfig } from "./context.ts";
import { buildServer } from "./server.ts";

/** A caller with a session (or none): JSON in, status and JSON out. */
export interface Caller {
  readonly get: (url: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
  readonly post: (url: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>;
  readonly put: (url: string, body?: unknown) => Promise<Answer>;
  readonly delete: (url: string) => Promise<Answer>;
  /** A multipart request: fields first, then files. */
  readonly upload: (
    url: string,
    fields: Readonly<Record<string, string>>,
    ...files: readonly TestFile[]
  ) => Promise<Answer>;
  readonly cookie: string;
}

export interface TestFile {
  readonly name: string;
  readonly content: Uint8Array | string;
  readonly mediaType?: string;
  readonly field?: string;
}

/** What came back. `json` is null when it was none. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers freely; checkResponses holds them to their declarations.
  readonly json: any;
  readonly text: string;
  readonly bytes: Buffer;
  readonly headers: LightMyRequestResponse["headers"];
  readonly cookies: readonly {
    readonly name: string;
    readonly value: string;
    readonly [flag: string]: unknown;
  }[];
}

/** A running server over a test database. */
export type TestServer = TestDatabase & {
  readonly ctx: AppContext;
  readonly server: FastifyInstance;
  /** When database and server stand: what a file's own `before` hooks wait for. */
  readonly serving: () => Promise<void>;
  /** The log's lines, to see what is not in them. */
  readonly logged: readonly string[];
  /** Nobody signed in. */
  readonly stranger: Caller;
  /** A person with a session opened for them; `strong` (default) gives their posts' powers. */
  readonly as: (person: Id<"person">, district: District | string, strong?: boolean) => Promise<Caller>;
};

export interface TestServerOptions extends TestOptions {
  readonly config?: Partial<HttpConfig>;
  readonly handlers?: readonly Handled[];
  /** Further parts of the context, made when the database is up. */
  readonly parts?: (database: TestDatabase) => Partial<AppContext>;
}

/** A server for one test file: real database, answers checked against their declarations. */
export function withServer(options: TestServerOptions = {}): TestServer {
  const database = withDatabase(options);
  const logged: string[] = [];
  let ctx: AppContext | null = null;
  let server: FastifyInstance | null = null;
  const serving = Promise.withResolvers<void>();
  serving.promise.catch(() => {}); // the hook itself reports it
  const begin = async (): Promise<void> => {
    await database.standing();
    ctx = createContext({
      db: database.db,
      clock: database.clock,
      ring: parseKeyring(newKeyring()),
      log: pino({ level: "debug" }, { write: (line: string) => void logged.push(line) }),
      config: {
        origin: "http://zhijia.test",
        fictitious: true,
        webRoot: null,
        checkResponses: true,
        ...options.config,
      },
      drainJobs: async () => undefined,
      ...options.parts?.(database),
    } as Parameters<typeof createContext>[0]);
    server = await buildServer(ctx, options.handlers);
    await server.ready();
  };
  before(() => {
    begin().then(serving.resolve, serving.reject);
    return serving.promise;
  });
  after(async () => {
    await server?.close();
    ctx?.mail?.close();
  });
  const up = <T>(value: T | null): T => {
    if (value === null) throw new Error("the test server exists only while tests run");
    return value;
  };
  const made: Omit<TestServer, keyof TestDatabase> = {
    get ctx() {
      return up(ctx);
    },
    get server() {
      return up(server);
    },
    serving: () => serving.promise,
    logged,
    get stranger() {
      return callerOf(up(server), "");
    },
    async as(person, district, strong = true) {
      const opened: Opened = await database.db.system(async (tx) => {
        const at = up(ctx).wall();
        const account = await createAccount(tx, { person, district: district as District, now: at });
        return openSession(tx, {
          account,
          person,
          kind: strong ? "password" : "sms",
          strong,
          agent: undefined,
          at,
        });
      });
      return callerOf(up(server), `zhijia=${opened.token}`);
    },
  };
  return Object.defineProperties(made, Object.getOwnPropertyDescriptors(database)) as TestServer;
}

/** A caller that sends this cookie. */
export function callerOf(server: FastifyInstance, cookie: string): Caller {
  const send = async (request: InjectOptions): Promise<Answer> => {
    const headers = { ...(cookie !== "" && { cookie }), ...request.headers };
    const answer = await server.inject({ ...request, headers });
    const text =
      answer.headers["content-encoding"] === "gzip" ? gunzipSync(answer.rawPayload).toString() : answer.body;
    return {
      status: answer.statusCode,
      json: /json/.test(String(answer.headers["content-type"])) ? JSON.parse(text) : null,
      text,
      bytes: answer.rawPayload,
      headers: answer.headers,
      cookies: answer.cookies as Answer["cookies"],
    };
  };
  const withBody =
    (method: "POST" | "PUT" | "DELETE") =>
    (url: string, body?: unknown, headers?: Readonly<Record<string, string>>) =>
      send({
        method,
        url,
        ...(body !== undefined && { payload: body as object }),
        ...(headers && { headers }),
      });
  return {
    cookie,
    get: (url, headers) => send({ method: "GET", url, ...(headers && { headers }) }),
    post: withBody("POST"),
    put: withBody("PUT"),
    delete: withBody("DELETE"),
    upload: (url, fields, ...files) => {
      const { payload, headers } = multipartOf(fields, files);
      return send({ method: "POST", url, payload, headers });
    },
  };
}

/** A multipart body as browsers write it. */
function multipartOf(fields: Readonly<Record<string, string>>, files: readonly TestFile[]) {
  const boundary = "----zhijia-test-boundary";
  const parts: Uint8Array[] = [];
  const add = (text: string) => parts.push(Buffer.from(text));
  for (const [name, value] of Object.entries(fields)) {
    add(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  }
  for (const file of files) {
    add(
      `--${boundary}\r\nContent-Disposition: form-data; name="${file.field ?? "file"}"; filename="${file.name}"\r\n`,
    );
    add(`Content-Type: ${file.mediaType ?? "application/octet-stream"}\r\n\r\n`);
    parts.push(typeof file.content === "string" ? Buffer.from(file.content) : file.content);
    add("\r\n");
  }
  add(`--${boundary}--\r\n`);
  return {
    payload: Buffer.concat(parts),
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  };
}

import assert from "node:assert/strict";
import { after, before } from "node:test";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { composeContext } from "../../src/compose.ts";
import { parseConfig } from "../../src/config.ts";
import { type Clock, openClock } from "../../src/db/clock.ts";
import { noReplica } from "../../src/db/replica.ts";
import { type TestDatabase, withDatabase } from "../../src/db/testing.ts";
import { foundedNewcomer, foundedWorkers, trialPassword } from "../../src/demo/federation.ts";
import { foundFederation, foundPeople } from "../../src/demo/found.ts";
import { newMetrics } from "../../src/http/metrics.ts";
import { buildServer } from "../../src/http/server.ts";
import { newId } from "../../src/kernel/ids.ts";
import { type Keyring, newKeyring, parseKeyring } from "../../src/kernel/seal.ts";
import type { Installation } from "../../src/main.ts";
import { oneConnectionAtATime } from "./one-connection.ts";

/** What a request was answered: the status and the parsed body. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: stories read whatever the API answers, as outsiders do.
  readonly body: any;
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
}

/** Somebody signed in (or nobody), speaking to the API as a plain HTTP client with a cookie. */
export interface Visitor {
  readonly csrf: string;
  get(url: string): Promise<Answer>;
  post(url: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  put(url: string, body: unknown): Promise<Answer>;
  remove(url: string): Promise<Answer>;
  /** Uploads one file with fields before it. */
  upload(
    url: string,
    file: { name: string; content: Buffer | string; type?: string },
    fields?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  /** An action with an id of its own. */
  act(caseId: string, name: string, answers?: unknown): Promise<Answer>;
}

export interface Story {
  readonly database: TestDatabase;
  readonly server: FastifyInstance;
  readonly clock: Clock;
  readonly ring: Keyring;
  /** An officer by login, a worker by the key of `federation.ts`, or anybody by their telephone. */
  as(who: string): Promise<Visitor>;
  readonly nobody: Visitor;
  /** Moves the trial clock by days, through the door, as an officer would. */
  pass(days: number): Promise<string>;
}

/**
 * The whole program over a database of its own, with the fictitious federation's unions and people; `lives` adds the
 * half year of work, `heard` takes every line of the log, `env` are settings. Registers hooks; use inside tests only.
 */
export function story(
  options: {
    readonly lives?: boolean;
    readonly heard?: string[];
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Story {
  const database = withDatabase({ max: 20 });
  const ring = parseKeyring(newKeyring());
  let made: { server: FastifyInstance; clock: Clock; close(): Promise<void> } | null = null;
  const standing = Promise.withResolvers<void>();
  standing.promise.catch(() => {}); // the hook itself reports it
  before(() =>
    found().then(standing.resolve, (error: unknown) => {
      standing.reject(error);
      throw error;
    }),
  );
  async function found(): Promise<void> {
    await database.standing();
    const now = new Date();
    await database.db.system(async (tx) => {
      if (options.lives) await foundFederation(tx, ring, now);
      else await foundPeople(tx, ring, now);
    });
    const watched = oneConnectionAtATime(database.db);
    const clock = await openClock(watched.db);
    const installation: Installation = {
      config: parseConfig({ ZHIJIA_LOG: "silent", ZHIJIA_FACES: "off", ...options.env }),
      db: watched.db,
      replica: noReplica(watched.db),
      metrics: newMetrics(),
      traces: null,
      clock,
      ring,
      shelf: null,
      log: options.heard
        ? pino({ level: "trace" }, { write: (line: string) => void options.heard?.push(line) })
        : pino({ level: "silent" }),
      owner: database.connection,
      direct: { ...database.connection, options: "-c role=zhijia_app" },
      alone: true,
      hasRoom: () => true,
      close: async () => {},
    };
    const { context, jobs, close } = await composeContext(installation, {
      origin: "http://127.0.0.1",
      webRoot: null,
    });
    await jobs.drain();
    const checked = { ...context, config: { ...context.config, checkResponses: true } };
    const server = await buildServer(checked, undefined, { metrics: installation.metrics });
    await server.ready();
    made = {
      server,
      clock,
      async close() {
        await server.close();
        await jobs.stop();
        await close();
        await clock.close();
        assert.deepEqual([...watched.broken], [], "a request held two connections at once");
      },
    };
  }
  after(async () => {
    await made?.close();
  });
  const get = () => {
    if (!made) throw new Error("the story begins only inside a test");
    return made;
  };
  const signedIn = new Map<string, Visitor>();
  const told: Story = {
    database,
    get server() {
      return get().server;
    },
    get clock() {
      return get().clock;
    },
    ring,
    get nobody() {
      return visitor(get().server, "", "");
    },
    async as(who) {
      const known = signedIn.get(who);
      if (known) return known;
      const phone = /^1\d{10}$/.test(who)
        ? who
        : who === "newcomer"
          ? foundedNewcomer.phone
          : foundedWorkers.find((worker) => worker.key === who)?.phone;
      if (phone) await told.nobody.post("/api/session/code", { phone });
      const payload = phone
        ? { login: phone, code: "123456" }
        : { login: who, password: trialPassword, code: "000000" };
      const answer = await get().server.inject({ method: "POST", url: "/api/session", payload });
      if (answer.statusCode >= 300) throw new Error(`${who} could not sign in: ${answer.body}`);
      const cookie = answer.cookies.map((one) => `${one.name}=${one.value}`).join("; ");
      const fresh = visitor(get().server, cookie, (answer.json() as { csrf: string }).csrf);
      signedIn.set(who, fresh);
      return fresh;
    },
    async pass(days) {
      const admin = await told.as("chair.county");
      const answer = await admin.post("/api/trial/clock", { advance: `P${days}D` });
      if (answer.status !== 200) throw new Error(`the clock did not move: ${JSON.stringify(answer.body)}`);
      return answer.body.today;
    },
  };
  return told;
}

function visitor(server: FastifyInstance, cookie: string, csrf: string): Visitor {
  const send = async (
    method: "GET" | "POST" | "PUT" | "DELETE",
    url: string,
    payload?: unknown,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const answer = await server.inject({
      method,
      url,
      headers: { ...(cookie && { cookie }), ...(csrf && { "x-csrf": csrf }), ...more },
      ...(payload !== undefined && { payload: payload as string }),
    });
    const isJson = /json/.test(String(answer.headers["content-type"]));
    return {
      status: answer.statusCode,
      body: isJson && answer.body !== "" ? JSON.parse(answer.body) : answer.body,
      bytes: answer.rawPayload,
      headers: answer.headers,
    };
  };
  const self: Visitor = {
    csrf,
    get: (url) => send("GET", url),
    post: (url, body = {}, headers) => send("POST", url, body, headers),
    put: (url, body) => send("PUT", url, body),
    remove: (url) => send("DELETE", url),
    upload: (url, file, fields = {}) => {
      const { body, type } = multipart(file, fields);
      return send("POST", url, body, { "content-type": type });
    },
    act: (caseId, name, answers = {}) =>
      self.post(`/api/cases/${caseId}/actions`, { id: newId(), name, answers }),
  };
  return self;
}

function multipart(
  file: { name: string; content: Buffer | string; type?: string },
  fields: Readonly<Record<string, string>>,
) {
  const boundary = "----zhijia-story";
  const parts: (string | Buffer)[] = [];
  for (const [name, value] of Object.entries(fields))
    parts.push(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  parts.push(
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${file.name}"\r\ncontent-type: ${file.type ?? "application/octet-stream"}\r\n\r\n`,
    file.content,
    `\r\n--${boundary}--\r\n`,
  );
  return {
    body: Buffer.concat(parts.map((part) => Buffer.from(part as string))),
    type: `multipart/form-data; boundary=${boundary}`,
  };
}

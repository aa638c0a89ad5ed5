import type { ClientConfig } from "pg";
import { buildServer } from "../src/http/server.ts";
import type { Role } from "../src/units/powers.ts";
import { type BenchOptions, type Figure, figure } from "./figure.ts";
import { type Ground, groundOf } from "./ground.ts";
import { child, loadInTurns, statementsOf } from "./load.ts";
import { type BenchLevel, type BenchOfficer, contextOf, officerAt, signIn } from "./officer.ts";

export interface Listing {
  readonly bench: string;
  /** Who asks: the restricted first, then whoever sees most. */
  readonly as: readonly { readonly who: string; readonly level: BenchLevel; readonly role: Role }[];
  /** What is asked for, once the ground stands. */
  readonly path: (ground: Ground, officer: BenchOfficer) => string | Promise<string>;
}

/**
 * A list over HTTP beside a bare Fastify and pg handler that runs the very statements the program sent for it, and the
 * same list for a restricted officer beside whoever sees most. Statements are taken from a warmed-up request of the
 * program itself, so the reference does the same work in the database. All take turns, so that what else the machine does
 * meets each alike.
 */
export async function* listing(
  of: Listing,
  options: BenchOptions,
  say: (line: string) => void,
): AsyncGenerator<Figure> {
  const { bench } = of;
  const ground = await groundOf(
    {
      members: options.members,
      units: Math.ceil(options.members / 118),
      cases: options.cases,
      seed: options.seed,
    },
    say,
  );
  const closing: (() => Promise<unknown>)[] = [ground.close];
  try {
    const direct = ground.installation.direct;
    const { user, password, host, port, database } = direct as Record<string, unknown>;
    const web = await child("serving.ts", {
      folder: ground.folder,
      database: databaseUrl(direct),
      owner: databaseUrl(ground.installation.owner),
    });
    closing.push(web.stop);
    const base = `http://127.0.0.1:${web.port}`;
    const targets: { url: string; headers?: Record<string, string> }[] = [];
    for (const { who, level, role } of of.as) {
      const officer = await officerAt(ground, level, role);
      const path = await of.path(ground, officer);
      const statements = await statementsFor(ground, officer, path);
      say(`${who}: ${statements.reads.length} statements a request`);
      const bare = await child("reference.ts", {
        connection: { user, password, host, port, database },
        statements: statements.reads,
        setup: statements.setup,
      });
      closing.push(bare.stop);
      targets.push({ url: `http://127.0.0.1:${bare.port}/` });
      targets.push({ url: `${base}${path}`, headers: { cookie: await signIn(base, officer) } });
    }
    const loads = await loadInTurns(targets, options);
    const common = { bench, seed: options.seed, rows: options.members };
    for (const [index, { who }] of of.as.entries()) {
      const [reference, ours] = [loads[2 * index]!, loads[2 * index + 1]!];
      const bare = "bare Fastify + pg, same SQL";
      yield figure({
        ...common,
        metric: `requests/s as ${who}`,
        value: ours.perSecond,
        unit: "1/s",
        reference: bare,
        referenceValue: reference.perSecond,
      });
      yield figure({
        ...common,
        metric: `p99 as ${who}`,
        value: ours.p99,
        unit: "ms",
        reference: bare,
        referenceValue: reference.p99,
      });
    }
    const [restricted, widest] = [of.as[0]!, of.as.at(-1)!];
    if (restricted === widest) return;
    yield figure({
      ...common,
      metric: `time as ${restricted.who}`,
      unit: "ms",
      value: 1000 / loads[1]!.perSecond,
      reference: `time as ${widest.who}`,
      referenceValue: 1000 / loads.at(-1)!.perSecond,
    });
  } finally {
    for (const end of closing.toReversed()) await end();
  }
}

/** What one warmed-up request sends: settings of the connection apart from the statements that read. */
async function statementsFor(ground: Ground, officer: BenchOfficer, path: string) {
  const server = await buildServer(await contextOf(ground));
  const signedIn = await server.inject({
    method: "POST",
    url: "/api/session",
    payload: { login: officer.login, password: officer.password, code: "000000" },
  });
  const cookie = signedIn.cookies.map((one) => `${one.name}=${one.value}`).join("; ");
  const ask = () => server.inject({ method: "GET", url: path, headers: { cookie } });
  const first = await ask();
  if (first.statusCode !== 200) throw new Error(`${path} was answered ${first.statusCode}: ${first.body}`);
  const seen = await statementsOf(ask);
  await server.close();
  const isSetting = (text: string) => /^select set_config/.test(text);
  const setup = seen.filter((one) => isSetting(one.text)).map((one) => one.text);
  return {
    setup: [
      "set role zhijia_app",
      ...(setup.length > 0 ? setup : [`select set_config('zhijia.roots', '{${officer.unitPath}}', false)`]),
    ],
    reads: seen.filter((one) => !isSetting(one.text)),
  };
}

/** A connection's settings as a URL, for a process that is told where the database is. */
export function databaseUrl(connection: ClientConfig): string {
  const { user = "", password = "", host = "", port = 5432, database = "" } = connection;
  return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(String(password))}@${encodeURIComponent(host)}:${port}/${database}`;
}

import type { ClientConfig } from "pg";
import { buildServer } from "../src/http/server.ts";
import type { Role } from "../src/units/powers.ts";
import { type BenchOptions, type Figure, figure } from "./figure.ts";
import { groundOf } from "./ground.ts";
import { child, load, statementsOf } from "./load.ts";
import { type BenchOfficer, contextOf, officerAt, signIn } from "./officer.ts";

/**
 * A list over HTTP beside a bare Fastify and pg handler that runs the very statements the program sent for it, and the
 * same list as a restricted officer beside the whole province's. Statements are taken from a warmed-up request of the
 * program itself, so the reference does the same work in the database.
 */
export async function* listing(
  bench: string,
  role: Role,
  path: (officer: BenchOfficer) => string,
  options: BenchOptions,
  say: (line: string) => void,
): AsyncGenerator<Figure> {
  const ground = await groundOf(
    {
      members: options.members,
      units: Math.ceil(options.members / 118),
      cases: options.cases,
      seed: options.seed,
    },
    say,
  );
  const root = await officerAt(ground, "PROVINCIAL", role);
  const county = await officerAt(ground, "COUNTY", role);
  const rates: Record<string, number> = {};
  const web = await child("serving.ts", {
    folder: ground.folder,
    database: databaseUrl(ground.installation.direct),
    owner: databaseUrl(ground.installation.owner),
  });
  try {
    for (const [who, officer] of [
      ["county", county],
      ["province", root],
    ] as const) {
      const base = `http://127.0.0.1:${web.port}`;
      const cookie = await signIn(base, officer);
      const statements = await statementsFor(officer);
      const { user, password, host, port, database } = ground.installation.direct as Record<string, unknown>;
      const bare = await child("reference.ts", {
        connection: { user, password, host, port, database },
        statements: statements.reads,
        setup: statements.setup,
      });
      say(`${who}: ${statements.reads.length} statements a request`);
      const reference = await load(`http://127.0.0.1:${bare.port}/`, options);
      const ours = await load(`${base}${path(officer)}`, { ...options, headers: { cookie } });
      await bare.stop();
      rates[who] = ours.perSecond;
      const common = { bench, seed: options.seed, rows: options.members };
      yield figure({
        ...common,
        metric: `requests/s as ${who}`,
        value: ours.perSecond,
        unit: "1/s",
        reference: "bare Fastify + pg, same SQL",
        referenceValue: reference.perSecond,
      });
      yield figure({
        ...common,
        metric: `p99 as ${who}`,
        value: ours.p99,
        unit: "ms",
        reference: "bare Fastify + pg, same SQL",
        referenceValue: reference.p99,
      });
    }
    yield figure({
      bench,
      seed: options.seed,
      rows: options.members,
      metric: "time of a county officer",
      unit: "ms",
      value: 1000 / rates.county!,
      reference: "time of the province's",
      referenceValue: 1000 / rates.province!,
    });
  } finally {
    await web.stop();
    await ground.close();
  }

  /** What one warmed-up request sends: settings of the connection apart from the statements that read. */
  async function statementsFor(officer: BenchOfficer) {
    const server = await buildServer(await contextOf(ground));
    const signedIn = await server.inject({
      method: "POST",
      url: "/api/session",
      payload: { login: officer.login, password: officer.password, code: "000000" },
    });
    const cookie = signedIn.cookies.map((one) => `${one.name}=${one.value}`).join("; ");
    const ask = () => server.inject({ method: "GET", url: path(officer), headers: { cookie } });
    await ask();
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
}

/** A connection's settings as a URL, for a process that is told where the database is. */
export function databaseUrl(connection: ClientConfig): string {
  const { user = "", password = "", host = "", port = 5432, database = "" } = connection;
  return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(String(password))}@${encodeURIComponent(host)}:${port}/${database}`;
}

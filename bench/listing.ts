import { buildServer } from "../src/http/server.ts";
import type { Role } from "../src/units/powers.ts";
import { type BenchOptions, type Figure, figure } from "./figure.ts";
import { connectionOf, type Ground, groundOf } from "./ground.ts";
import { child, type Load, loadInTurns, serve, statementsOf, type Target } from "./load.ts";
import { type BenchLevel, type BenchOfficer, contextOf, officerAt, signIn } from "./officer.ts";

interface Asker {
  readonly who: string;
  readonly level: BenchLevel;
  readonly role: Role;
}

export interface Listing {
  readonly bench: string;
  /** Who asks: the restricted first, then whoever sees most. */
  readonly as: readonly [Asker, ...Asker[]];
  /** Whether what they are answered differs in kind and length, so that their times say nothing of each other. false. */
  readonly differs?: boolean;
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
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const { serving, ground } = await standing(options, closing, say);
    const targets: Target[] = [];
    for (const { who, level, role } of of.as) {
      const officer = await officerAt(ground, level, role);
      const path = await of.path(ground, officer);
      const statements = await statementsFor(ground, officer, path);
      say(`${who}: ${statements.reads.length} statements a request`);
      const bare = await child("reference.ts", {
        connection: connectionOf(ground),
        statements: statements.reads,
        setup: statements.setup,
      });
      closing.push(bare.stop);
      targets.push({ url: `http://127.0.0.1:${bare.port}/` });
      targets.push({ url: `${serving}${path}`, headers: { cookie: await signIn(serving, officer) } });
    }
    // The same list of the same restricted officer where the whole installation is a county.
    const alike = countyAs(options);
    const small = options.members > alike.members;
    if (small) {
      const [{ level, role }] = of.as;
      const county = await standing({ ...options, ...alike }, closing, say);
      const officer = await officerAt(county.ground, level, role);
      const url = `${county.serving}${await of.path(county.ground, officer)}`;
      targets.push({ url, headers: { cookie: await signIn(county.serving, officer) } });
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
    const time = (load: Load) => 1000 / load.perSecond;
    const restricted = of.as[0];
    const widest = of.as.at(-1)!;
    if (!of.differs)
      yield figure({
        ...common,
        metric: `time as ${restricted.who}`,
        unit: "ms",
        value: time(loads[1]!),
        reference: `time as ${widest.who}`,
        referenceValue: time(loads[2 * of.as.length - 1]!),
      });
    if (small)
      yield figure({
        ...common,
        metric: `time as ${restricted.who} among ${options.members} members`,
        unit: "ms",
        value: time(loads[1]!),
        reference: `the same among ${alike.members}`,
        referenceValue: time(loads.at(-1)!),
      });
  } finally {
    for (const end of closing.toReversed()) await end();
  }
}

/** An installation of the size of one county, with as many cases a member as the large one has. */
function countyAs({ members, cases }: BenchOptions) {
  const alone = 100_000;
  return { members: alone, cases: Math.round((cases * alone) / members) };
}

/** A ground of a size with the program's web role running on it. */
async function standing(
  { members, cases, seed }: BenchOptions,
  closing: (() => Promise<unknown>)[],
  say: (line: string) => void,
): Promise<{ readonly ground: Ground; readonly serving: string }> {
  const ground = await groundOf({ members, cases, seed }, say);
  closing.push(ground.close);
  const web = await serve(ground);
  closing.push(web.stop);
  return { ground, serving: `http://127.0.0.1:${web.port}` };
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
  if (first.json<{ items?: readonly unknown[] }>().items?.length === 0) throw new Error(`${path} is empty`);
  const seen = await statementsOf(ask);
  await server.close();
  const isSetting = ({ text }: { readonly text: string }) => text.startsWith("select set_config('zhijia.");
  const setup = seen.filter(isSetting);
  return {
    setup: [
      { text: "set role zhijia_app", values: [] },
      ...(setup.length > 0 ? setup : [{ text: `set zhijia.roots to '{${officer.unitPath}.}'`, values: [] }]),
    ],
    reads: seen.filter((one) => !isSetting(one)),
  };
}

import { Agent } from "node:http";
import { sql } from "kysely";
import pg from "pg";
import { buildServer } from "../src/http/server.ts";
import { identityCheck } from "../src/kernel/identity-number.ts";
import { newId } from "../src/kernel/ids.ts";
import { expect } from "../src/kernel/refusal.ts";
import { welcome } from "../src/people/sign-in/face.ts";
import { cookieName } from "../src/people/sign-in/session.ts";
import { begin, createAccount } from "../src/people/sign-in/sign-in.ts";
import { connectionOf, type Ground } from "./ground.ts";
import { statementsOf } from "./load.ts";
import { contextOf } from "./officer.ts";
import { pgbench, playOnce } from "./pgbench.ts";
import { post } from "./post.ts";
import { renumbered, type Step } from "./sent.ts";
import { secondsOf, type Work, type WorkShare } from "./work.ts";

interface Applicant {
  readonly cookie: string;
  readonly application: object;
}

/**
 * Workers apply to join, each once. The drivers run the statements of such applications' transactions, not what the
 * program reads afterwards to answer.
 */
export async function applicationsOn(
  ground: Ground,
  { connections, each, turns }: WorkShare,
  say: (line: string) => void,
): Promise<Work> {
  const rounds = connections * each;
  const wanted = rounds * turns;
  const compared = pgbench === undefined ? 2 : 3;
  say(`welcoming ${wanted * compared} newcomers`);
  const applicants = await newcomers(ground, wanted * compared);
  say("taking the statements of applications");
  const scripts = await statementsOfApplications(ground, applicants.slice(wanted));
  const connection = connectionOf(ground);
  // Each turn takes those that no turn before it has taken.
  const [ours, bare, theirs] = [applicants.slice(0, wanted), scripts.slice(0, wanted), scripts.slice(wanted)];
  let serial = (Date.now() % 1_000_000_000) + wanted;
  return {
    rounds,
    ours: (base) => apply(base, ours.splice(0, rounds), connections),
    bare: () => secondsOf("bare-once.ts", { connection, scripts: bare.splice(0, rounds), connections }),
    async theirs(program) {
      const some = theirs.splice(0, rounds).map((script) => {
        serial++;
        return script.map(({ text, values }) => ({
          text,
          values: values.map((value) => renumbered(value, serial)),
        }));
      });
      const before = await joining(ground);
      const played = await playOnce(program, connection, some, connections);
      const made = (await joining(ground)) - before;
      if (made !== played.rounds) throw new Error(`pgbench made ${made} of ${played.rounds} applications`);
      return played.seconds;
    },
  };
}

/** How many applications to join there are. */
async function joining(ground: Ground): Promise<number> {
  const found = await ground.owner.systemRead((tx) =>
    sql<{ cases: number }>`select count(*)::int as cases from case_file where service = 'join'`.execute(tx),
  );
  return found.rows[0]!.cases;
}

/** People who have signed in and belong to no union yet, spread over the unions of the federation. */
async function newcomers(ground: Ground, count: number): Promise<readonly Applicant[]> {
  const { ring, clock } = ground.installation;
  const { rows: units } = await ground.owner.systemRead((tx) =>
    sql<{
      id: string;
      district: string;
    }>`select id, district from unit where level = 'GRASSROOTS' and status = 'ACTIVE'
      order by md5(id::text) limit 500`.execute(tx),
  );
  const found: Applicant[] = [];
  const run = Math.floor(Math.random() * 90_000_000);
  while (found.length < count) {
    await ground.owner.system(async (tx) => {
      for (let some = 0; some < 200 && found.length < count; some++) {
        const serial = run + found.length;
        const unit = units[found.length % units.length]!;
        const name = `例新${"东南西北中"[found.length % 5]}`;
        const phone = `19${String(900_000_000 + (serial % 90_000_000)).padStart(9, "0")}`;
        const person = expect(
          await welcome(tx, ring, { name, unit: unit.id as never }, phone, clock.today()),
        );
        const at = new Date();
        const account = await createAccount(tx, { ...person, now: at });
        const proven = { account, person: person.person, strong: false };
        const { token } = await begin(tx, proven, { kind: "sms", agent: "bench", at, before: undefined });
        const born =
          19_600_101 + (Math.floor(serial / 900) % 27) + 10_000 * (Math.floor(serial / 24_300) % 40);
        const body = `${unit.district}${born}${String(100 + (serial % 900))}`;
        found.push({
          cookie: `${cookieName}=${token}`,
          application: {
            id: newId(),
            service: "join",
            answers: {
              situation: "unit_has_union",
              unit: unit.id,
              idNumber: body + identityCheck(body),
              phone,
              constitution: true,
              dataConsent: true,
              signature: name,
            },
          },
        });
      }
    });
  }
  return found;
}

/** The statements of each application's transaction, taken from the program itself and undone at once. */
async function statementsOfApplications(ground: Ground, applicants: readonly Applicant[]) {
  const server = await buildServer(await contextOf(ground));
  const prototype = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const scripts: (readonly Step[])[] = [];
  for (const { cookie, application } of applicants) {
    const original = prototype.query;
    let refused: string | null = null;
    const seen = await statementsOf(async () => {
      const spied = prototype.query;
      prototype.query = function undone(this: unknown, ...args: unknown[]) {
        return spied.apply(this, args[0] === "commit" ? ["rollback"] : args);
      };
      const answer = await server.inject({
        method: "POST",
        url: "/api/cases",
        headers: { cookie },
        payload: application,
      });
      // What was undone is not found afterwards; anything else is a fault of the bench.
      if (answer.statusCode !== 404 && answer.statusCode !== 201) refused = answer.body;
      prototype.query = spied;
    });
    prototype.query = original;
    if (refused !== null) throw new Error(`an application was refused: ${refused}`);
    scripts.push(transactionThatFiles(seen));
  }
  await server.close();
  return scripts;
}

/** Of the statements sent, the transaction that files the case: one that notes when a session was used may come before. */
function transactionThatFiles(seen: readonly Step[]): readonly Step[] {
  const filing = seen.findIndex((one) => one.text.startsWith('insert into "case_file"'));
  const from = seen.findLastIndex((one, index) => index < filing && one.text.startsWith("begin"));
  const to = seen.findIndex((one, index) => index > filing && one.text === "rollback");
  if (filing < 0 || from < 0 || to < 0) throw new Error("an application filed no case");
  return [...seen.slice(from, to), { text: "commit", values: [] }];
}

/** Everybody applies; how many seconds it took. */
async function apply(base: string, applicants: readonly Applicant[], connections: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const queue = [...applicants];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let one = queue.pop(); one; one = queue.pop()) {
        const status = await post(agent, `${base}/api/cases`, one.cookie, one.application);
        if (status >= 300) throw new Error(`an application was answered ${status}`);
      }
    }),
  );
  agent.destroy();
  return (performance.now() - began) / 1000;
}

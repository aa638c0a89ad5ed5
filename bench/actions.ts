import { Agent } from "node:http";
import { sql } from "kysely";
import { buildServer } from "../src/http/server.ts";
import { newId } from "../src/kernel/ids.ts";
import { connectionOf, type Ground } from "./ground.ts";
import { statementsOf } from "./load.ts";
import { contextOf, officerAt, signIn } from "./officer.ts";
import { playOver } from "./pgbench.ts";
import { post } from "./post.ts";
import type { Repeated, Step } from "./sent.ts";
import { secondsOf, type Work, type WorkShare } from "./work.ts";

/**
 * Actions on open cases, each connection on a case of its own. What differs between two actions of a case (ids, the
 * sequence, hashes, instants) differs in the drivers' too.
 */
export async function actionsOn(
  ground: Ground,
  { connections, each }: WorkShare,
  say: (line: string) => void,
): Promise<Work> {
  const county = await officerAt(ground, "COUNTY", "vice_chair");
  const { rows } = await ground.owner.systemRead((tx) =>
    sql<{
      id: string;
    }>`select id from case_file where service = 'hardship-file' and step = 'active' and state = 'open'
      and path >= ${`${county.unitPath}.`} and path < ${`${county.unitPath}/`} order by id limit ${2 * connections}`.execute(
      tx,
    ),
  );
  const cases = rows.map((row) => row.id);
  const [mine, others] = [cases.slice(0, connections), cases.slice(connections)];
  if (others.length < connections)
    throw new Error(`only ${cases.length} cases on file in ${county.unitPath}`);
  say("taking the statements of an action");
  const server = await buildServer(await contextOf(ground));
  const cookie = (
    await server.inject({
      method: "POST",
      url: "/api/session",
      payload: { login: county.login, password: county.password, code: "000000" },
    })
  ).cookies
    .map((one) => `${one.name}=${one.value}`)
    .join("; ");
  const act = (id: string) =>
    server.inject({
      method: "POST",
      url: `/api/cases/${id}/actions`,
      headers: { cookie },
      payload: visit(),
    });
  const scripts: Repeated[] = [];
  for (const id of others) {
    const answer = await act(id);
    if (answer.statusCode !== 200) throw new Error(answer.body);
    scripts.push(await twoAlike(() => statementsOf(() => act(id))));
  }
  await server.close();
  say(`${scripts[0]!.first.length} statements an action`);
  const kept = await keep(ground, others);
  const connection = connectionOf(ground);
  let session: string | null = null;
  return {
    rounds: connections * each,
    async ours(base) {
      session ??= await signIn(base, county);
      return actions(base, session, mine, each);
    },
    bare: () => secondsOf("bare-steps.ts", { connection, scripts, each }),
    async theirs(program) {
      const before = await stepsOf(ground, others);
      const played = await playOver(program, connection, scripts, each);
      if ((await stepsOf(ground, others)) - before !== played.rounds)
        throw new Error("pgbench's actions were not all done");
      return played.seconds;
    },
    rest: () => restore(ground, kept),
  };
}

interface Kept {
  readonly id: string;
  readonly seq: number;
  readonly head: string;
  readonly facts: unknown;
}

/** The drivers' actions are no real ones: how their cases stand before them, to be brought back after them. */
async function keep(ground: Ground, cases: readonly string[]): Promise<readonly Kept[]> {
  const found = await ground.owner.systemRead((tx) =>
    sql<Kept>`select id, seq, encode(head_hash, 'hex') as head, facts from case_file where id = any(${cases})`.execute(
      tx,
    ),
  );
  return found.rows;
}

async function restore(ground: Ground, kept: readonly Kept[]): Promise<void> {
  await ground.owner.system(async (tx) => {
    for (const { id, seq, head, facts } of kept) {
      await sql`delete from case_action where case_id = ${id} and seq > ${seq}`.execute(tx);
      await sql`update case_file set seq = ${seq}, head_hash = decode(${head}, 'hex'), facts = ${JSON.stringify(facts)}::jsonb
        where id = ${id}`.execute(tx);
    }
  });
}

/** How many actions these cases have had. */
async function stepsOf(ground: Ground, cases: readonly string[]): Promise<number> {
  const found = await ground.owner.systemRead((tx) =>
    sql<{ steps: number }>`select sum(seq)::int as steps from case_file where id = any(${cases})`.execute(tx),
  );
  return found.rows[0]!.steps;
}

/** Two rounds in a row that sent the same statements: a session looked up anew in between is tried again. */
async function twoAlike(round: () => Promise<readonly Step[]>): Promise<Repeated> {
  let first = await round();
  for (let tries = 0; tries < 10; tries++) {
    const second = await round();
    if (first.length === second.length && first.every((one, index) => one.text === second[index]?.text))
      return { first, second };
    first = second;
  }
  throw new Error("no two actions sent the same statements");
}

const visit = () => ({
  id: newId(),
  name: "visit",
  answers: { visitedOn: "2026-01-05", result: "家庭情况平稳，老人按时服药。" },
});

/** Every case its own connection, one action after the other; how many seconds it took. */
async function actions(
  base: string,
  cookie: string,
  cases: readonly string[],
  each: number,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: cases.length });
  const began = performance.now();
  await Promise.all(
    cases.map(async (id) => {
      for (let round = 0; round < each; round++) {
        const status = await post(agent, `${base}/api/cases/${id}/actions`, cookie, visit());
        if (status !== 200) throw new Error(`an action was answered ${status}`);
      }
    }),
  );
  agent.destroy();
  return (performance.now() - began) / 1000;
}

import { Agent, request } from "node:http";
import { sql } from "kysely";
import { buildServer } from "../src/http/server.ts";
import { newId } from "../src/kernel/ids.ts";
import { type Bench, figure } from "./figure.ts";
import { groundOf } from "./ground.ts";
import { databaseUrl } from "./listing.ts";
import { child, statementsOf } from "./load.ts";
import { contextOf, officerAt, signIn } from "./officer.ts";

type Statements = readonly { readonly text: string; readonly values: readonly unknown[] }[];

/**
 * Actions a second on open cases over HTTP, each connection on a case of its own; beside a bare driver that runs the very
 * statements the program sends for such an action, with as many connections. What differs between two actions of a case
 * (ids, the sequence, hashes, instants) differs in the driver's too.
 */
export const bench: Bench = async function* (options, say) {
  const ground = await groundOf(
    {
      members: options.members,
      units: Math.ceil(options.members / 118),
      cases: options.cases,
      seed: options.seed,
    },
    say,
  );
  const officer = await officerAt(ground, "PREFECTURE", "vice_chair");
  const county = await officerAt(ground, "COUNTY", "vice_chair");
  const { rows } = await ground.owner.systemRead((tx) =>
    sql<{
      id: string;
    }>`select id from case_file where service = 'hardship-file' and step = 'active' and state = 'open'
      and path >= ${`${county.unitPath}.`} and path < ${`${county.unitPath}/`} order by id limit ${options.connections}`.execute(
      tx,
    ),
  );
  const cases = rows.map((row) => row.id);
  if (cases.length < options.connections)
    throw new Error(`only ${cases.length} cases on file in ${officer.unitPath}`);
  const direct = ground.installation.direct;
  try {
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
    const scripts: { first: Statements; second: Statements }[] = [];
    for (const id of cases) {
      const answer = await act(id);
      if (answer.statusCode !== 200) throw new Error(answer.body);
      scripts.push({ first: await statementsOf(() => act(id)), second: await statementsOf(() => act(id)) });
    }
    await server.close();
    say(`${scripts[0]!.first.length} statements an action`);
    const { user, password, host, port, database } = direct as Record<string, unknown>;
    const bare = await child("bare-steps.ts", {
      connection: { user, password, host, port, database },
      scripts,
      seconds: options.seconds,
    });
    await bare.stop();
    const reference = bare.port; // the driver prints its rate where a server prints its port
    const web = await child("serving.ts", { folder: ground.folder, database: databaseUrl(direct) });
    const ours = await actions(
      `http://127.0.0.1:${web.port}`,
      await signIn(`http://127.0.0.1:${web.port}`, county),
      cases,
      options.seconds,
    );
    await web.stop();
    yield figure({
      bench: "case-step",
      metric: "actions/s",
      value: ours,
      unit: "1/s",
      reference: "bare driver, same statements",
      referenceValue: reference,
      rows: options.cases,
      seed: options.seed,
    });
  } finally {
    await ground.close();
  }
};

const visit = () => ({
  id: newId(),
  name: "visit",
  answers: { visitedOn: "2026-01-05", result: "家庭情况平稳，老人按时服药。" },
});

/** Every case its own connection, one action after the other. */
async function actions(
  base: string,
  cookie: string,
  cases: readonly string[],
  seconds: number,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: cases.length });
  const post = (id: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify(visit());
      const call = request(
        `${base}/api/cases/${id}/actions`,
        {
          method: "POST",
          agent,
          headers: { cookie, "content-type": "application/json", "content-length": Buffer.byteLength(body) },
        },
        (answer) => answer.resume().on("end", () => resolve(answer.statusCode ?? 0)),
      );
      call.on("error", reject);
      call.end(body);
    });
  const run = async (until: number): Promise<number> => {
    let done = 0;
    await Promise.all(
      cases.map(async (id) => {
        while (performance.now() < until) {
          const status = await post(id);
          if (status !== 200) throw new Error(`an action was answered ${status}`);
          done++;
        }
      }),
    );
    return done;
  };
  await run(performance.now() + 2000);
  const began = performance.now();
  const done = await run(began + seconds * 1000);
  agent.destroy();
  return done / ((performance.now() - began) / 1000);
}

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { newId } from "../../src/kernel/ids.ts";
import { until } from "../faults/program.ts";
import { type Answer, type Guest, type Process, several, signIn } from "../several/processes.ts";
import { asked, type Cluster, type Node, noCluster, startCluster } from "./cluster.ts";

/** One of the servers that hold the rows dies under load. */

let cluster: Cluster;
const ready = Promise.withResolvers<void>();
before(async () => {
  if (noCluster === false) cluster = await startCluster();
  ready.resolve();
});
const s =
  noCluster === false
    ? several({
        async server() {
          await ready.promise;
          return cluster.coordinator.connection;
        },
      })
    : null;

after(() => cluster?.stop());

/** The server on which a value's shard of a table lies. */
async function nodeOf(table: string, value: unknown): Promise<Node> {
  const rows = await asked<{ port: number }>(
    s!.database.connection,
    `select nodeport as port from pg_dist_shard_placement
     where shardid = get_shard_id_for_distribution_column($1, $2::${table === "session" ? "bytea" : "text"})`,
    [table, value],
  );
  const found = cluster.workers.find((one) => one.connection.port === rows[0]?.port);
  assert.ok(found, `no server holds ${table} of ${value}`);
  return found;
}

/** Signs an officer in until the session lies on a server that lives on. */
async function signedIn(program: Process, login: string, living: Node): Promise<Guest> {
  for (let tries = 0; tries < 12; tries++) {
    const guest = await signIn(program.url, login);
    const token = decodeURIComponent(/zhijia=([^;]+)/.exec(guest.cookie)?.[1] ?? "");
    if ((await nodeOf("session", createHash("sha256").update(token).digest())) === living) return guest;
  }
  throw new Error(`no session of ${login} came to lie on the server that lives on`);
}

/** Somebody who saves a draft again and again, and claims one place until told that they have it. */
interface Keeper {
  readonly guest: Guest;
  readonly claim: string;
  sent: number;
  acknowledged: number;
  claimed: boolean;
  readonly refused: Answer[];
}

const load = { over: false, round: "" };

async function keep(url: string, one: Keeper): Promise<void> {
  while (!load.over) {
    one.sent++;
    const put = await one.guest.send("PUT", `${url}/api/drafts/hardship-file`, {
      answers: { story: String(one.sent) },
    });
    if (put.status < 300) one.acknowledged = one.sent;
    else one.refused.push(put);
    if (load.round !== "" && !one.claimed) {
      const at = `${url}/api/rounds/${load.round}/claims`;
      const claimed = await one.guest.send("POST", at, { id: one.claim });
      if (claimed.status < 300) one.claimed = true;
      else one.refused.push(claimed);
    }
    await pause(20);
  }
}

test("a server that dies takes its own districts with it and no others, loses nothing and comes back by itself", {
  skip: noCluster,
}, async () => {
  const program = await s!.start([]);
  const { url } = program;
  const homes = { "990101": "chair.grassroots", "990102": "chair.software" } as const;
  const dying = await nodeOf("person", "990101");
  const living = await nodeOf("person", "990102");
  assert.notEqual(dying, living, "the two districts lie on different servers");
  const keepers = new Map<string, Keeper>();
  for (const [district, login] of Object.entries(homes))
    keepers.set(district, {
      guest: await signedIn(program, login, living),
      claim: newId(),
      sent: 0,
      acknowledged: 0,
      claimed: false,
      refused: [],
    });
  const [hurt, well] = [keepers.get("990101")!, keepers.get("990102")!];
  const aid = await signIn(url, "aid.city");
  const round = newId();
  const opened = await aid.send("POST", `${url}/api/rounds`, {
    id: round,
    service: "cool-gift",
    unitId: (await aid.get(`${url}/api/me`)).body.posts[0].unit.id,
    title: "夏送清凉",
    opensAt: new Date(Date.now() - 60_000).toISOString(),
    closesAt: new Date(Date.now() + 86_400_000).toISOString(),
    quota: 40,
  });
  assert.equal(opened.status, 201, JSON.stringify(opened.body));

  const working = [hurt, well].map((one) => keep(url, one));
  await until("drafts of both districts", async () => hurt.acknowledged > 5 && well.acknowledged > 5);
  assert.deepEqual([hurt.refused, well.refused], [[], []]);

  await dying.kill();
  const [hurtAt, wellAt] = [hurt.sent + 1, well.acknowledged];
  load.round = round;
  await until(
    "refusals here and work there",
    async () => hurt.refused.length > 5 && well.acknowledged > wellAt + 20 && well.claimed,
  );
  assert.ok(hurt.acknowledged <= hurtAt && !hurt.claimed, "nothing is acknowledged that cannot be kept");
  for (const { status, headers, body } of hurt.refused) {
    assert.equal(status, 503, JSON.stringify(body));
    assert.ok(Number(headers.get("retry-after")) > 0);
    assert.equal(body.code, "unavailable");
  }
  assert.deepEqual(well.refused, [], "the other districts notice nothing");
  assert.equal(program.child.exitCode, null, program.said());

  await dying.start();
  const lost = hurt.acknowledged;
  await until("the districts that were away", async () => hurt.acknowledged > lost + 5 && hurt.claimed);
  load.over = true;
  await Promise.all(working);
  for (const one of [hurt, well]) {
    const kept = await one.guest.get(`${url}/api/drafts/hardship-file`);
    assert.equal(kept.body.answers.story, String(one.acknowledged));
  }
  const places = await asked<{ id: string }>(
    s!.database.connection,
    "select id::text from round_claim where round_id = $1",
    [round],
  );
  assert.deepEqual(places.map((one) => one.id).sort(), [hurt.claim, well.claim].sort());
  const shares = await asked(
    s!.database.connection,
    "select sum(held)::int as held from round_share where round_id = $1",
    [round],
  );
  assert.deepEqual(shares, [{ held: 2 }]);
  await until("the cases of both claims", async () => {
    const rows = await asked(s!.database.connection, "select 1 from case_file where id = any($1::uuid[])", [
      [hurt.claim, well.claim],
    ]);
    return rows.length === 2;
  });
});

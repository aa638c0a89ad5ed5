import { randomBytes } from "node:crypto";
import { Agent, request } from "node:http";
import { sql } from "kysely";
import { newId } from "../src/kernel/ids.ts";
import { cookieName, tokenHashOf } from "../src/people/sign-in/session.ts";
import { splitPlaces } from "../src/procedures/rounds.ts";
import { insertRound, membersByDistrict } from "../src/procedures/rounds-store.ts";
import { type Bench, figure, round } from "./figure.ts";
import { connectionOf, copyOfGround, type Ground } from "./ground.ts";
import { child, serve } from "./load.ts";

interface Claimant {
  readonly cookie: string;
  readonly district: string;
}

/** One claim as its sender saw it: milliseconds, the HTTP status, the number given. */
interface Seen {
  readonly district: string;
  readonly sent: number;
  readonly answered: number;
  readonly status: number;
  /** Why it got none, as the problem's code; null for whoever got a place. */
  readonly code: string | null;
  readonly number: number | null;
}

/** Of a federation's members some have retired and claim nothing: less than this share. */
const retired = 0.04;
/** Connections of the rush for each of an ordinary bench. */
const crowd = 10;

/**
 * A rush: everybody asks for one of a tenth as many places at once, over HTTP, signed in, as fast as the connections
 * carry it, in a county; beside Fastify and pg alone that run one statement for each claim, on one counter. Whoever was
 * answered before another asked must stand before them, with a place or without.
 */
export const bench: Bench = async function* (options, say) {
  const ground = await copyOfGround(
    {
      members: Math.ceil(options.claimants * (1 + retired)),
      cases: Math.ceil(options.claimants / 5),
      seed: options.seed,
    },
    say,
  );
  try {
    say(`signing ${options.claimants} people in`);
    const people = await signedIn(ground, options.claimants);
    if (people.length < options.claimants) throw new Error(`only ${people.length} can claim`);
    const id = await openRound(ground, options.places);
    const web = await serve(ground);
    say(`${people.length} claims of ${options.places} places`);
    const ours = await rush(
      `http://127.0.0.1:${web.port}/api/rounds/${id}/claims`,
      people,
      crowd * options.connections,
    );
    await web.stop();
    const { held, quota, over } = await standing(ground, id);
    say("the same without the program");
    await bareTables(ground, options.places);
    const bare = await child("rush-bare.ts", {
      connection: connectionOf(ground),
    });
    const reference = await rush(`http://127.0.0.1:${bare.port}/`, people, crowd * options.connections);
    if (reference.lost > 0) throw new Error(`${reference.lost} claims without the program were lost`);
    await bare.stop();
    await ground.owner.system((tx) => sql`drop table if exists bare_claim, bare_share`.execute(tx));
    const common = { bench: "rush", rows: people.length, seed: options.seed };
    yield figure({
      ...common,
      metric: "claims answered/s",
      value: ours.perSecond,
      unit: "1/s",
      reference: "Fastify and pg alone, one statement a claim",
      referenceValue: reference.perSecond,
    });
    yield figure({
      ...common,
      metric: "p99",
      value: ours.p99,
      unit: "ms",
      reference: "Fastify and pg alone, one statement a claim",
      referenceValue: reference.p99,
    });
    yield figure({
      ...common,
      metric: "places given",
      value: held,
      unit: "places",
      reference: "all there are",
      referenceValue: quota,
    });
    yield figure({ ...common, metric: "oversold", value: over, unit: "places" });
    yield figure({
      ...common,
      metric: "passed by somebody who asked later",
      value: inversions(ours.seen),
      unit: "claims",
    });
    yield figure({ ...common, metric: "answers lost", value: ours.lost, unit: "claims" });
  } finally {
    await ground.drop();
  }
};

/** Members with a session each, who signed in yesterday and have not been here since. */
async function signedIn(ground: Ground, count: number): Promise<readonly Claimant[]> {
  const { rows } = await ground.owner.systemRead((tx) =>
    sql<{
      id: string;
      district: string;
    }>`select id, district from person where member_status = 'ACTIVE' and merged_into is null
      order by md5(id::text) limit ${count}`.execute(tx),
  );
  const tokens = rows.map(() => randomBytes(32).toString("base64url"));
  await ground.owner.system(async (tx) => {
    const people = rows.map((row) => row.id);
    await sql`insert into account (id, person_id, district, created_at)
      select gen_random_uuid(), p.id, p.district, now() from unnest(${people}::uuid[], ${rows.map((row) => row.district)}::text[]) as p(id, district)
      on conflict (person_id) do nothing`.execute(tx);
    await sql`insert into session (token_hash, account_id, person_id, csrf, created_at, seen_at, expires_at, kind, strong)
      select s.hash, a.id, s.person, 'x', now() - interval '1 day', now() - interval '1 day', now() + interval '1 day', 'sms', false
      from unnest(${people}::uuid[], ${tokens.map(tokenHashOf)}::bytea[]) as s(person, hash) join account a on a.person_id = s.person`.execute(
      tx,
    );
  });
  return rows.map(({ district }, index) => ({ cookie: `${cookieName}=${tokens[index]}`, district }));
}

/** A round of the union at the top, open now, split over its districts by members. */
async function openRound(ground: Ground, places: number): Promise<string> {
  const id = newId();
  await ground.owner.system(async (tx) => {
    const { rows } = await sql<{
      id: string;
      path: string;
    }>`select id, path from unit order by length(path), path limit 1`.execute(tx);
    const top = rows[0]!;
    const at = new Date();
    const parts = splitPlaces(places, await membersByDistrict(tx, top.path as never));
    await insertRound(
      tx,
      {
        id,
        service: "cool-gift",
        unitId: top.id,
        path: top.path,
        title: "bench",
        opensAt: new Date(at.getTime() - 60_000),
        closesAt: new Date(at.getTime() + 86_400_000),
        late: false,
        quota: places,
        eachFen: 0n,
        budgetFen: null,
        groups: [],
        endedAt: null,
      },
      [...parts].map(([district, quota]) => ({ district, quota, waiting: 0 })),
      { person: newId(), at, content: Buffer.alloc(1) },
    );
  });
  return id;
}

/** What the database holds afterwards, counted from the claims. */
async function standing(ground: Ground, id: string) {
  const { rows } = await ground.owner.systemRead((tx) =>
    sql<{ held: number; quota: number; over: number }>`
      select sum(n)::int as held, sum(quota)::int as quota, sum(greatest(0, n - quota))::int as over from (
        select s.quota, (select count(*) from round_claim c where c.district = s.district and c.round_id = s.round_id and c.state = 'held') as n
        from round_share s where s.round_id = ${id}) x`.execute(tx),
  );
  return rows[0]!;
}

async function bareTables(ground: Ground, places: number): Promise<void> {
  await ground.owner.system(async (tx) => {
    await sql`drop table if exists bare_claim, bare_share`.execute(tx);
    await sql`create table bare_share (id int primary key, held int not null, quota int not null check (held <= quota))`.execute(
      tx,
    );
    await sql`create table bare_claim (id uuid primary key, number int not null)`.execute(tx);
    await sql`insert into bare_share values (1, 0, ${places})`.execute(tx);
    await sql`grant select, insert, update on bare_share, bare_claim to public`.execute(tx);
  });
}

/** Everybody asks once; as many requests are under way as there are connections. */
async function rush(url: string, people: readonly Claimant[], connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const seen: Seen[] = [];
  const began = performance.now();
  const queue = people[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (const { cookie, district } of queue) {
        const sent = performance.now();
        const answer = await ask(agent, url, cookie);
        seen.push({ district, sent, answered: performance.now(), ...answer });
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  const lost = seen.filter(({ status, code }) => status !== 201 && code !== "round-full").length;
  const times = seen.map((one) => one.answered - one.sent).sort((one, other) => one - other);
  return {
    seen,
    lost,
    perSecond: seen.length / seconds,
    p99: round(times[Math.floor(times.length * 0.99)] ?? 0, 1),
  };
}

function ask(agent: Agent, url: string, cookie: string): Promise<Pick<Seen, "status" | "code" | "number">> {
  return new Promise((resolve) => {
    const body = `{"id":"${newId()}"}`;
    const headers = { cookie, "content-type": "application/json", "content-length": body.length };
    const call = request(url, { method: "POST", agent, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      answer.on("end", () => {
        const status = answer.statusCode ?? 0;
        const said: { number?: number; code?: string } = /^application\/(problem\+)?json/.test(
          answer.headers["content-type"] ?? "",
        )
          ? JSON.parse(text)
          : {};
        resolve({ status, code: said.code ?? null, number: status === 201 ? (said.number ?? null) : null });
      });
    });
    call.on("error", () => resolve({ status: 0, code: null, number: null }));
    call.end(body);
  });
}

/**
 * Claims that stand before one of the same district which had been answered before they were sent: with a smaller number,
 * or with a place where that one was told that all are taken.
 */
function inversions(seen: readonly Seen[]): number {
  const judged = seen.filter(({ number, code }) => number !== null || code === "round-full");
  const bySent = judged
    .filter(({ number }) => number !== null)
    .toSorted((one, other) => one.sent - other.sent);
  const byAnswer = judged.toSorted((one, other) => one.answered - other.answered);
  const most = new Map<string, number>();
  let next = 0;
  let passed = 0;
  for (const one of bySent) {
    for (; next < byAnswer.length && byAnswer[next]!.answered < one.sent; next++) {
      const { district, number } = byAnswer[next]!;
      most.set(district, Math.max(most.get(district) ?? 0, number ?? Number.POSITIVE_INFINITY));
    }
    if (one.number! < (most.get(one.district) ?? 0)) passed++;
  }
  return passed;
}

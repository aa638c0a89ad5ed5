import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import { newId } from "../src/kernel/ids.ts";
import { unsealPerson } from "../src/people/sealed.ts";
import { type Bench, figure, median } from "./figure.ts";
import { copyOfGround, type Ground } from "./ground.ts";
import { type BenchOfficer, officerAt, signIn } from "./officer.ts";
import { startProgram } from "./program.ts";

/** The trial's code for a worker's phone. */
const phoneCode = "123456";
/** Counties whose officers are at work; a ground has one for each hundred thousand members. */
const countiesMost = 8;
/** What one worker or officer does before the next thing, in milliseconds. */
const thinkMs = 40;

/**
 * Mixed traffic with jobs over a long time (half an hour unless `--soak-seconds` is given): officers read inboxes, lists, pages
 * and figures and act on cases, workers look at their affairs and messages, faces stay open on live events, and what is
 * done brings messages and jobs with it. Memory and the 99th percentile of the last quarter stand beside those of the
 * first after warming up; an error ends the bench.
 */
export const bench: Bench = async function* (options, say) {
  const seconds = options.soakSeconds;
  const ground = await copyOfGround(options, say);
  const counties = Math.min(countiesMost, Math.ceil(options.members / 150_000));
  const officers: BenchOfficer[] = [];
  const casesOf: (readonly string[])[] = [];
  for (let nth = 0; nth < counties; nth++) {
    const officer = await officerAt(ground, "COUNTY", "vice_chair", nth);
    officers.push(officer);
    casesOf.push(await openCases(ground, officer));
  }
  const workers = await workersOf(ground, 20);
  const { folder } = ground;
  await ground.close();

  const program = await startProgram(folder, {});
  try {
    const offices: Office[] = [];
    for (const [nth, officer] of officers.entries())
      offices.push({
        cookie: await signIn(program.url, officer),
        unit: officer.unitId,
        cases: new Set(casesOf[nth]),
      });
    const phones = await Promise.all(workers.map((phone) => signInByPhone(program.url, phone)));
    const agent = new Agent({ keepAlive: true, maxSockets: options.connections + 10 });
    const streams = phones.slice(0, 5).map((cookie) => stayOpen(program.url, cookie));
    const minutes: Minute[] = [];
    let current = emptyMinute();
    const end = performance.now() + seconds * 1000;

    const once = async (one: Call): Promise<void> => {
      const began = performance.now();
      const { status, text } = await send(agent, program.url, one);
      current.times.push(performance.now() - began);
      if (one.case !== undefined && status < 300) acts += 1;
      // The days that pass meanwhile take cases on: whoever comes too late to act on one leaves it.
      if (one.case !== undefined && status === 409 && text.includes('"not-offered"'))
        for (const { cases } of offices) cases.delete(one.case);
      else if (status >= 300) throw new Error(`${one.method} ${one.path} was answered ${status}: ${text}`);
    };
    let acts = 0;
    let turn = 0;
    const play = async (): Promise<void> => {
      while (performance.now() < end) {
        const step = turn++;
        await once(callOf(step, offices[Math.floor(step / 12) % offices.length]!, phones));
        await pause(thinkMs);
      }
    };
    const watch = setInterval(() => {
      current.memoryMiB = memoryMiB(program.pid);
      minutes.push(current);
      say(
        `${minutes.length}: ${current.times.length} requests, p99 ${percentile(current.times, 0.99).toFixed(0)} ms, ${current.memoryMiB.toFixed(0)} MiB`,
      );
      current = emptyMinute();
    }, spanMs(seconds));
    await Promise.all(Array.from({ length: options.connections }, play));
    clearInterval(watch);
    for (const stream of streams) stream.destroy();
    agent.destroy();

    const quarter = Math.max(1, Math.floor(minutes.length / 4));
    // The first quarter warms up: caches fill, code is compiled.
    const early = minutes.slice(quarter, 2 * quarter);
    const late = minutes.slice(-quarter);
    const common = { bench: "soak", rows: options.members, seed: options.seed };
    const p99 = (some: readonly Minute[]) => median(some.map((one) => percentile(one.times, 0.99)));
    const memory = (some: readonly Minute[]) => median(some.map((one) => one.memoryMiB));
    const requests = minutes.reduce((sum, one) => sum + one.times.length, 0);
    yield figure({ ...common, metric: `requests in ${seconds} s, none failed`, value: requests, unit: "" });
    yield figure({ ...common, metric: "actions among them", value: acts, unit: "" });
    yield figure({
      ...common,
      metric: "memory at the end",
      value: memory(late),
      unit: "MiB",
      reference: "memory after warming up",
      referenceValue: memory(early),
    });
    yield figure({
      ...common,
      metric: "p99 at the end",
      value: p99(late),
      unit: "ms",
      reference: "p99 after warming up",
      referenceValue: p99(early),
    });
  } finally {
    await program.stop();
    await ground.drop();
  }
};

interface Minute {
  readonly times: number[];
  memoryMiB: number;
}

const emptyMinute = (): Minute => ({ times: [], memoryMiB: 0 });

/** A minute, or a twelfth of a shorter run. */
const spanMs = (seconds: number): number => Math.min(60_000, (seconds * 1000) / 12.5);

interface Call {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly cookie: string;
  readonly body?: unknown;
  /** The case it acts on. */
  readonly case?: string;
}

/** A county's officer who is signed in, and the cases they may act on. */
interface Office {
  readonly cookie: string;
  readonly unit: string;
  readonly cases: Set<string>;
}

/** The mixture: of twelve requests two act on a case, the others read what officers and workers read all day. */
function callOf(step: number, { cookie: office, unit, cases }: Office, phones: readonly string[]): Call {
  const worker = phones[step % phones.length]!;
  const aCase = [...cases][step % cases.size]!;
  const read = (path: string, cookie = office): Call => ({ method: "GET", path, cookie });
  switch (step % 12) {
    case 0:
    case 6:
      return {
        method: "POST",
        path: `/api/cases/${aCase}/actions`,
        case: aCase,
        cookie: office,
        body: {
          id: newId(),
          name: "visit",
          answers: { visitedOn: "2026-01-05", result: "家庭情况平稳，老人按时服药。" },
        },
      };
    case 1:
    case 7:
      return read("/api/inbox");
    case 2:
      return read(`/api/cases/${aCase}`);
    case 3:
      return read("/api/cases?state=open");
    case 4:
      return read("/api/members?q=wanglian");
    case 5:
      return read("/api/me/cases", worker);
    case 8:
      return read("/api/messages", worker);
    case 9:
      return read(`/api/figures/overview?unit=${unit}`);
    case 10:
      return read("/api/me/looked-at", worker);
    default:
      return read("/api/public/notices", worker);
  }
}

async function openCases(ground: Ground, { unitPath }: BenchOfficer): Promise<readonly string[]> {
  const { rows } = await ground.owner.systemRead((tx) =>
    sql<{
      id: string;
    }>`select id from case_file where service = 'hardship-file' and step = 'active' and state = 'open'
      and path >= ${`${unitPath}.`} and path < ${`${unitPath}/`} order by id limit 5000`.execute(tx),
  );
  if (rows.length === 0) throw new Error("the ground has no case on file");
  return rows.map((row) => row.id);
}

/** Telephone numbers of some members. */
async function workersOf(ground: Ground, most: number): Promise<readonly string[]> {
  const people = await ground.owner.systemRead((tx) =>
    tx
      .selectFrom("person")
      .select(["id", "district", "sealed"])
      .where("member_status", "=", "ACTIVE")
      .orderBy("id")
      .limit(most)
      .execute(),
  );
  return people.flatMap((person) => unsealPerson(ground.installation.ring, person).phone ?? []);
}

async function signInByPhone(base: string, phone: string): Promise<string> {
  const post = (path: string, body: unknown) =>
    fetch(`${base}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  await post("/api/session/code", { phone });
  const answer = await post("/api/session", { login: phone, code: phoneCode });
  if (!answer.ok) throw new Error(`a worker's sign-in failed: ${answer.status} ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

/** A face that stays open on live events. */
function stayOpen(base: string, cookie: string) {
  const open = request(`${base}/api/events`, { headers: { cookie } }, (answer) => answer.resume());
  open.on("error", () => {}); // it is cut off at the end
  open.end();
  return open;
}

/** One request's status, and its text where it was refused. */
function send(
  agent: Agent,
  base: string,
  { method, path, cookie, body }: Call,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      cookie,
      ...(text !== undefined && {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
      }),
    };
    const call = request(`${base}${path}`, { method, agent, headers }, (answer) => {
      const status = answer.statusCode ?? 0;
      let said = "";
      if (status >= 300) answer.on("data", (piece) => (said += piece));
      answer.resume().on("end", () => resolve({ status, text: said }));
    });
    call.on("error", reject);
    call.end(text);
  });
}

function memoryMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}

function percentile(times: readonly number[], part: number): number {
  const sorted = times.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

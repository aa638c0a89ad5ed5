/** Runs scripts of statements, each on a connection of its own, over and over; prints how many seconds it took. */
import { randomBytes, randomUUID } from "node:crypto";
import pg from "pg";
import { asSent, nextOf, type Repeated } from "./sent.ts";

interface Task {
  readonly connection: pg.ClientConfig;
  readonly scripts: readonly Repeated[];
  /** How often each is run. */
  readonly each: number;
}

let input = "";
for await (const piece of process.stdin) input += piece;
const task = JSON.parse(input) as Task;

/** A value of the next round: what two rounds had alike stays, the rest is new of its kind. */
function nextValue(first: unknown, second: unknown, round: number, fresh: Map<string, string>): unknown {
  const next = nextOf(first, second);
  if (next.kind === "number") return next.from + next.by * round;
  if (next.kind === "bytes") return randomBytes(next.length);
  if (next.kind === "same") return asSent(next.value);
  const made = fresh.get(next.id) ?? randomUUID();
  fresh.set(next.id, made);
  return made;
}

/** A connection with its script, which plays one round more each time. */
async function player(script: Repeated): Promise<() => Promise<void>> {
  const client = new pg.Client(task.connection);
  await client.connect();
  await client.query("set role zhijia_app");
  let rounds = 0;
  return async () => {
    rounds++;
    const fresh = new Map<string, string>();
    for (const [index, { text, values }] of script.second.entries()) {
      const before = script.first[index]?.values ?? [];
      const sent = values.map((value, place) => nextValue(before[place], value, rounds, fresh));
      const { rowCount } = await (sent.length === 0
        ? client.query(text)
        : client.query({ name: `s${index}`, text, values: sent }));
      if (rowCount === 0 && /^update "case_file"/.test(text)) throw new Error(`nothing was met by ${text}`);
    }
  };
}

// Connected, and every statement prepared, before the time begins: as the program stands when it is measured.
const players = await Promise.all(task.scripts.map(player));
await Promise.all(players.map((play) => play()));
const began = performance.now();
await Promise.all(
  players.map(async (play) => {
    for (let round = 0; round < task.each; round++) await play();
  }),
);
process.stdout.write(`${(performance.now() - began) / 1000}\n`);
setInterval(() => {}, 1000); // waits to be stopped

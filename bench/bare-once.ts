/** Runs scripts of statements once each, over some connections; prints how many seconds it took. */
import pg from "pg";
import { renumbered, type Step } from "./sent.ts";

interface Task {
  readonly connection: pg.ClientConfig;
  readonly scripts: readonly (readonly Step[])[];
  readonly connections: number;
}

let input = "";
for await (const piece of process.stdin) input += piece;
const task = JSON.parse(input) as Task;

const names = new Map<string, string>();
function nameOf(text: string): string {
  const name = names.get(text) ?? `s${names.size}`;
  names.set(text, name);
  return name;
}

const clients = await Promise.all(
  Array.from({ length: task.connections }, async () => {
    const client = new pg.Client(task.connection);
    await client.connect();
    await client.query("set role zhijia_app");
    return client;
  }),
);
let numbers = Date.now() % 1_000_000_000;
const queue = [...task.scripts];
const began = performance.now();
await Promise.all(
  clients.map(async (client) => {
    for (let script = queue.pop(); script; script = queue.pop()) {
      const serial = ++numbers;
      for (const { text, values } of script) {
        const sent = values.map((value) => renumbered(value, serial));
        await (sent.length === 0
          ? client.query(text)
          : client.query({ name: nameOf(text), text, values: sent }));
      }
    }
  }),
);
process.stdout.write(`${(performance.now() - began) / 1000}\n`);
setInterval(() => {}, 1000); // waits to be stopped

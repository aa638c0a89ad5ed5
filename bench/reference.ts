/**
 * The bare counterpart of a route: Fastify and pg, nothing else, running the statements given to it as JSON on standard
 * input, in order, for each request. Prints the port it listens on.
 */
import fastify from "fastify";
import pg from "pg";
import { asSent, type Step } from "./sent.ts";

interface Task {
  readonly connection: pg.PoolConfig;
  readonly statements: readonly Step[];
  /** Statements run once on each new connection: role and settings. */
  readonly setup: readonly Step[];
}

let input = "";
for await (const piece of process.stdin) input += piece;
const task = JSON.parse(input) as Task;

const pool = new pg.Pool({
  ...task.connection,
  max: 20,
  onConnect: async (client) => {
    for (const { text, values } of task.setup) await client.query(text, [...values]);
  },
});

const server = fastify();
server.get("/", async () => {
  const client = await pool.connect();
  try {
    const answers: unknown[] = [];
    for (const [index, { text, values }] of task.statements.entries()) {
      // What opens and closes a transaction may be several statements in one, which have no name.
      const result = await client.query(
        values.length === 0 ? text : { name: `s${index}`, text, values: values.map(asSent) },
      );
      answers.push(result.rows);
    }
    return { answers };
  } finally {
    client.release();
  }
});
await server.listen({ host: "127.0.0.1", port: 0 });
const address = server.server.address();
process.stdout.write(`${typeof address === "object" && address !== null ? address.port : ""}\n`);

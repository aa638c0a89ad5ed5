/** A claim with nothing around it: Fastify and pg, one statement on one counter. Prints the port it listens on. */
import { randomUUID } from "node:crypto";
import fastify from "fastify";
import pg from "pg";

let input = "";
for await (const piece of process.stdin) input += piece;
const { connection } = JSON.parse(input) as { connection: pg.PoolConfig };
const pool = new pg.Pool({ ...connection, max: 20 });
const server = fastify();
server.post("/", async (_request, reply) => {
  const { rows } = await pool.query({
    name: "claim",
    text: `with taken as (update bare_share set held = held + 1 where id = 1 and held < quota returning held)
      insert into bare_claim select $1, held from taken returning number`,
    values: [randomUUID()],
  });
  return rows[0] ? reply.code(201).send(rows[0]) : reply.code(409).send({ code: "round-full" });
});
await server.listen({ host: "127.0.0.1", port: 0 });
const address = server.server.address();
process.stdout.write(`${typeof address === "object" && address !== null ? address.port : ""}\n`);

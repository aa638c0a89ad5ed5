import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type pg from "pg";
import { asSent, type Next, nextOf, type Repeated, type Step } from "./sent.ts";

/** What pgbench did: how many rounds, and in how many seconds, its connecting aside. */
export interface Played {
  readonly rounds: number;
  readonly seconds: number;
}

/** Where pgbench is, by setting: it does not come with the server that the program brings. */
export const pgbench = process.env["PGBENCH"];

/** As the driver writes a value; it has no types. */
const { prepareValue } = createRequire(import.meta.url)("pg/lib/utils") as {
  prepareValue: (value: unknown) => string | Buffer | null;
};

/**
 * Each script a client of its own that plays it so many times. Statements are prepared once for each client; what never
 * changes is written out in them, and one statement more a round makes what does.
 */
export async function playOver(
  program: string,
  connection: pg.ClientConfig,
  scripts: readonly Repeated[],
  each: number,
): Promise<Played> {
  const carried = JSON.parse(JSON.stringify(scripts)) as readonly Repeated[];
  const clients = carried.map(({ first, second }) => {
    const names = new Map<string, string>();
    const made: string[] = [];
    const numbers: string[] = [];
    const variable = (next: Exclude<Next, { kind: "same" }>): string => {
      const key = JSON.stringify(next);
      const known = next.kind === "bytes" ? undefined : names.get(key);
      if (known !== undefined) return known;
      const name = `v${numbers.length + made.length}`;
      if (next.kind === "number") numbers.push(`\\set ${name} ${next.from} + ${next.by} * :round`);
      else if (next.kind === "id") made.push(`gen_random_uuid() as ${name}`);
      else made.push(`substring(sha256(random()::text::bytea) for ${next.length}) as ${name}`);
      names.set(key, `:${name}`);
      return `:${name}`;
    };
    const lines = second.map((step, index) =>
      written(step.text, (place) => {
        const next = nextOf(first[index]?.values[place], step.values[place]);
        return next.kind === "same" ? literal(next.value) : variable(next);
      }),
    );
    const fresh = made.length === 0 ? [] : [`select ${made.join(", ")} \\gset`];
    return ["\\set round :round + 1", ...numbers, ...fresh, ...lines];
  });
  return play(program, connection, clients, ["-M", "prepared", "-D", "round=0", "-t", String(each)]);
}

/** Scripts played once each, dealt out to so many clients; what does not go round is left. Values are written out, as nothing comes twice. */
export async function playOnce(
  program: string,
  connection: pg.ClientConfig,
  scripts: readonly (readonly Step[])[],
  clients: number,
): Promise<Played> {
  const rounds = Math.floor(scripts.length / clients);
  const lines = Array.from({ length: clients }, (_, client) =>
    scripts
      .slice(client * rounds, (client + 1) * rounds)
      .flatMap((script) => script.map((step) => written(step.text, (place) => literal(step.values[place])))),
  );
  // A client plays all of its own as one of pgbench's transactions: it would look for the next among all of everybody's.
  const { seconds } = await play(program, connection, lines, ["-M", "simple", "-t", "1"]);
  return { rounds: rounds * clients, seconds };
}

/** The branch of each client. */
function byClient(branches: readonly (readonly string[])[]): readonly string[] {
  const lines = branches.flatMap((branch, client) => [
    `\\${client === 0 ? "if" : "elif"} :client_id = ${client}`,
    ...branch,
  ]);
  return [...lines, "\\endif"];
}

/** Runs pgbench with the lines of each client. Throws unless every round went through. */
async function play(
  program: string,
  { user, password, host, port, database }: pg.ClientConfig,
  clients: readonly (readonly string[])[],
  args: readonly string[],
): Promise<Played> {
  const folder = mkdtempSync(join(tmpdir(), "zhijia-pgbench-"));
  const script = join(folder, "script.sql");
  writeFileSync(script, `${byClient(clients).join("\n")}\n`);
  const count = String(clients.length);
  const run = spawn(program, ["-n", "-f", script, "-c", count, "-j", "2", ...args], {
    env: {
      ...process.env,
      PGUSER: user,
      PGPASSWORD: String(password ?? ""),
      PGHOST: host,
      PGPORT: String(port),
      PGDATABASE: database,
      PGOPTIONS: "-c role=zhijia_app",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [told, failed, [code]] = await Promise.all([text(run.stdout), text(run.stderr), once(run, "close")]);
  rmSync(folder, { recursive: true });
  const perSecond = Number(/^tps = ([\d.]+)/m.exec(told)?.[1]);
  const rounds = Number(/^number of transactions actually processed: (\d+)/m.exec(told)?.[1]);
  if (code !== 0 || !(perSecond > 0)) throw new Error(`pgbench ended with ${code}: ${told}${failed}`);
  return { rounds, seconds: rounds / perSecond };
}

/** A statement with its values written in, as a line of a script; several sent as one are lines of their own. */
function written(statement: string, value: (place: number) => string): string {
  const line = statement.replace(/\$(\d+)/g, (_, number: string) => value(Number(number) - 1));
  return `${line.replace(/\s+/g, " ").replace(/;\s*(?=\S)/g, ";\n")};`;
}

/** A value as a constant of no type yet, as a parameter is; colons are escaped, as pgbench takes them for its variables. */
function literal(value: unknown): string {
  const sent = prepareValue(asSent(value));
  if (sent === null) return "null";
  const plain = Buffer.isBuffer(sent) ? `\\x${sent.toString("hex")}` : String(sent);
  return `E'${plain.replace(/[\\':\n\r;$]/g, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, "0")}`)}'`;
}

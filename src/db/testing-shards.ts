import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PostgresQueryCompiler } from "kysely";
import pg from "pg";
import { placements } from "./shard-tables.ts";
import { placeColumn, placesSet } from "./testing-moves.ts";

/**
 * Holds the statements a test file sends to the list in `docs/scale.md`: each reaches one shard, or its function stands
 * there. PostgreSQL's own planner is asked, as Citus asks it: a scan of a distributed table is on one shard when the plan
 * for any values compares the column it is distributed by with one value.
 */

const root = join(import.meta.dirname, "../..");

/** Where a statement is written: a file of `src` and the function or constant of it. */
export interface Written {
  readonly file: string;
  readonly name: string;
}

/** A statement that reaches several shards, and of which tables: `all` of one's shards, or those of the values `named`. */
interface Scattered extends Written {
  readonly text: string;
  readonly reach: readonly string[];
}

const seen = new Map<string, Written | null>();
let watching = false;

/** Notes every statement compiled in this process from now on, and where it is written. */
export function watchStatements(): void {
  if (watching) return;
  watching = true;
  const compile = PostgresQueryCompiler.prototype.compileQuery;
  PostgresQueryCompiler.prototype.compileQuery = function (...args) {
    const query = compile.apply(this, args);
    if (!seen.has(query.sql)) seen.set(query.sql, writtenAt());
    return query;
  };
}

/** The innermost place of the program on the stack, below the tools every statement passes; null for tests and samples. */
function writtenAt(): Written | null {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  for (const line of stack.split("\n")) {
    const [, file, row] =
      /[\\/](?:src[\\/](?!db[\\/](?:once|pool|session|testing))|(?=test[\\/]))([^:]+\.ts):(\d+):\d+\)?$/.exec(
        line,
      ) ?? [];
    if (file === undefined || row === undefined || line.includes("node_modules")) continue;
    const plain = file.replaceAll("\\", "/");
    if (/^(test|demo)\/|\.test\.ts$|\btesting[\w-]*\.ts$/.test(plain)) return null;
    return { file: plain, name: declaredAround(plain, Number(row)) };
  }
  return null;
}

const declaration = /^(?:export )?(?:default )?(?:async )?(?:function\*?|const|let|class) (\w+)/;

function declaredAround(file: string, row: number): string {
  const lines = readFileSync(join(root, "src", file), "utf8").split("\n");
  for (let at = row - 1; at >= 0; at--) {
    const [, name] = declaration.exec(lines[at] ?? "") ?? [];
    if (name !== undefined) return name;
  }
  return "";
}

/** The functions that may reach several shards, as the table in `docs/scale.md` names them: `file.ts` `name` `name`. */
export function listed(): readonly Written[] {
  const text = readFileSync(join(root, "docs/scale.md"), "utf8");
  const [, section = ""] = text.split("\n## Statements that reach several shards\n");
  const found: Written[] = [];
  for (const row of section.split("\n## ")[0]!.matchAll(/^\|[^|]*\|([^|]*)\|/gm)) {
    let file = "";
    for (const [, word = ""] of row[1]!.matchAll(/`([^`]+)`/g)) {
      if (word.endsWith(".ts")) file = word;
      else found.push({ file, name: word });
    }
  }
  return found;
}

/**
 * Throws when a statement seen so far reaches several shards and its function does not stand in `docs/scale.md`, or sets
 * where a row lies.
 */
export async function holdToList(owner: pg.ClientConfig): Promise<void> {
  const moves = movesIn(seen);
  if (moves.length > 0) throw new Error(`a statement moves a row to another shard\n${moves.join("\n")}`);
  const known = new Set(listed().map(({ file, name }) => `${file} ${name}`));
  const wrong = (await scatteredIn(owner)).filter(({ file, name }) => !known.has(`${file} ${name}`));
  if (wrong.length === 0) return;
  const told = wrong.map(
    ({ file, name, reach, text }) =>
      `src/${file} ${name} reaches ${reach.join(", ")}: ${text.replace(/\s+/g, " ").trim()}`,
  );
  throw new Error(
    `a statement names no district and stands in no row of docs/scale.md\n${[...new Set(told)].join("\n")}`,
  );
}

/** The statements among those sent that would move a row from one shard to another; those of tests and samples may. */
export function movesIn(sent: Iterable<readonly [string, Written | null]>): readonly string[] {
  return [...sent].flatMap(([text, written]) =>
    written === null
      ? []
      : placesSet(text, placements).map(
          (what) => `src/${written.file} ${written.name} sets ${what}: ${text}`,
        ),
  );
}

/** What the statements seen so far reach, of those that reach several shards. Asks the planner of an undistributed database. */
async function scatteredIn(owner: pg.ClientConfig): Promise<readonly Scattered[]> {
  const client = new pg.Client(owner);
  await client.connect();
  try {
    const { rows } = await client.query<{ version: number }>(
      "select current_setting('server_version_num')::int as version",
    );
    if (rows[0]!.version < 160_000) return []; // no plan for any values before
    await client.query("begin");
    for (const [text, written] of seen)
      if (written !== null && /^\s*create temp/i.test(text))
        await client.query(text.replace(/\btable\b/i, "table if not exists"));
    const found: Scattered[] = [];
    for (const [text, written] of seen) {
      if (written === null || !/^\s*(select|insert|update|delete|merge|with)\b/i.test(text)) continue;
      const reach = await reachOf(client, text);
      if (reach.length > 0) found.push({ ...written, text, reach });
    }
    return found;
  } finally {
    await client.end();
  }
}

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly Alias?: string;
  readonly Plans?: readonly Plan[];
  readonly [said: string]: unknown;
}

/** What a scan asks of its own rows. */
const ofScan = ["Index Cond", "Recheck Cond", "Filter"] as const;
const ofJoin = ["Hash Cond", "Merge Cond", "Join Filter"] as const;
/** Which side of a join an equality of both narrows: where rows without a partner stay, the other alone. */
const narrowed: Readonly<Record<string, readonly number[]>> = {
  Inner: [0, 1],
  Semi: [0, 1],
  Left: [1],
  Anti: [1],
  Right: [0],
  "Right Semi": [0, 1],
  "Right Anti": [0],
};

/** The distributed tables a statement reads on several shards, and how far: `person all`, `message named`. */
export async function reachOf(client: pg.ClientBase, text: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(
    `explain (generic_plan, verbose, costs off, format json) ${text}`,
  );
  return reachOfPlan(rows[0]!["QUERY PLAN"][0].Plan);
}

type Reach = "one" | "named" | "all";

function reachOfPlan(plan: Plan): readonly string[] {
  const scans = new Map<string, { readonly table: string; reach: Reach }>();
  /** A column that must equal a value, by a condition of the plan. */
  const equal: { readonly column: string; readonly value: string }[] = [];
  const walk = (node: Plan): ReadonlySet<string> => {
    const own = new Set<string>();
    const column = columnOf(node["Relation Name"] ?? "");
    const scan = node.Alias !== undefined && node["Node Type"].endsWith("Scan");
    if (scan) own.add(`${node.Alias}.`);
    if (scan && column !== null)
      scans.set(`${node.Alias}.${column}`, { table: node["Relation Name"]!, reach: "all" });
    const below = (node.Plans ?? []).map(walk);
    // What a bitmap is made of may be one of several: the scan itself says what holds of all rows.
    if (scan) for (const [one, other] of equalities(node, ofScan)) equal.push({ column: one, value: other });
    for (const side of narrowed[String(node["Join Type"])] ?? [])
      for (const [one, other] of equalities(node, ofJoin))
        if (below[side]?.has(one.slice(0, one.indexOf(".") + 1))) equal.push({ column: one, value: other });
    return new Set([...own, ...below.flatMap((names) => [...names])]);
  };
  walk(plan);
  for (let more = true; more; ) {
    more = false;
    for (const { column, value } of equal) {
      const scan = scans.get(column);
      const reach = scans.get(value)?.reach ?? reachOfValue(value);
      if (scan === undefined || scan.reach === "one" || reach === "all" || reach === scan.reach) continue;
      scan.reach = reach;
      more = true;
    }
  }
  return [
    ...new Set(
      [...scans.values()]
        .filter(({ reach }) => reach !== "one")
        .map(({ table, reach }) => `${table} ${reach}`),
    ),
  ];
}

/** Both sides of each equality among some conditions of a node, either way round. */
function equalities(node: Plan, kinds: readonly string[]): (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  for (const kind of kinds) {
    const said = node[kind];
    for (const part of typeof said === "string" ? partsOf(said) : []) {
      const [, one, other] = /^(\S+) = (.+)$/.exec(part.replace(/\((\w+\.\w+)\)::text/g, "$1")) ?? [];
      if (one !== undefined && other !== undefined) found.push([one, other], [other, one]);
    }
  }
  return found;
}

/** One value known before the statement runs, a list of such, or what only its run tells. */
function reachOfValue(value: string): Reach {
  const constant = /^\(?(\$\d+|'[^']*')\)?(::[\w ]+)?$/;
  if (constant.test(value)) return "one";
  return value.startsWith("ANY (") && !/[a-z]\./.test(value) ? "named" : "all";
}

const columnOf = (table: string): string | null => placeColumn(table, placements);

/** The parts of a condition of a plan that must all hold, without their brackets. */
function partsOf(said: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 1;
  let quoted = false;
  for (let at = 0; at < said.length; at++) {
    const sign = said[at];
    if (sign === "'") quoted = !quoted;
    if (quoted) continue;
    if (sign === "(") depth++;
    if (sign === ")") depth--;
    if (depth === 1 && said.startsWith(" AND ", at)) {
      parts.push(said.slice(from, at));
      from = at + 5;
    }
  }
  return [...parts, said.slice(from, -1)].map((part) => part.replace(/^\((.*)\)$/, "$1"));
}

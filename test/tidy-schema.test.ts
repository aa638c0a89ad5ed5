import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { withoutSubqueries } from "../src/db/shard-policies.ts";
import { type Placement, placements } from "../src/db/shard-tables.ts";

/** The schema, tested as data: that every table can be spread over several servers, before anybody has to. */

const root = join(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

interface Key {
  readonly table: string;
  readonly name: string;
  readonly columns: readonly string[];
}

interface ForeignKey extends Key {
  readonly to: string;
  readonly toColumns: readonly string[];
}

interface Schema {
  readonly tables: ReadonlyMap<string, readonly string[]>;
  readonly keys: readonly Key[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly walls: readonly { readonly table: string; readonly name: string; readonly text: string }[];
}

/** What the dump says of tables, their keys and walls. */
export function readSchema(text: string): Schema {
  const tables = new Map<string, readonly string[]>();
  const keys: Key[] = [];
  const foreignKeys: ForeignKey[] = [];
  for (const [, table = "", body = ""] of text.matchAll(/^create table (\w+) \(\n([\s\S]*?)\n\)[^\n]*;$/gm)) {
    tables.set(
      table,
      [...body.matchAll(/^ {2}(?!constraint )(\w+) (.+?),?$/gm)].map(([, name, rest]) => `${name} ${rest}`),
    );
    for (const [, name = "", kind = "", rest = ""] of body.matchAll(
      /^ {2}constraint (\w+) (PRIMARY KEY|UNIQUE|EXCLUDE|FOREIGN KEY)(.+?),?$/gm,
    )) {
      const columns = listed(rest);
      if (kind !== "FOREIGN KEY") {
        keys.push({ table, name, columns });
        continue;
      }
      const [, to = "", toColumns = ""] = /REFERENCES (\w+)(\([^)]*\))/.exec(rest) ?? [];
      foreignKeys.push({ table, name, columns, to, toColumns: listed(toColumns) });
    }
  }
  for (const [, name = "", table = "", rest = ""] of text.matchAll(
    /^CREATE UNIQUE INDEX (\w+) ON public\.(\w+) USING \w+ (\(.+)$/gm,
  ))
    keys.push({ table, name, columns: listed(rest) });
  const walls = [...text.matchAll(/^create policy (\w+) on (\w+) (?:for \w+ )?([\s\S]+?);$/gm)].map(
    ([, name = "", table = "", said = ""]) => ({ table, name, text: said }),
  );
  return { tables, keys, foreignKeys, walls };
}

/** The columns of the first list in brackets, the outer commas parting them. */
function listed(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const sign of text.slice(text.indexOf("(") + 1)) {
    if (sign === "(") depth++;
    if (sign === ")" && depth-- === 0) break;
    if (sign === "," && depth === 0) {
      parts.push(part);
      part = "";
    } else part += sign;
  }
  return [...parts, part].map((one) => one.trim().split(" ")[0] ?? "");
}

/** What keeps a schema from being distributed as `placed` says. */
export function undistributable(
  schema: Schema,
  placed: Readonly<Record<string, Placement>>,
): readonly string[] {
  const wrong: string[] = [];
  const place = (table: string): Placement | undefined => placed[table];
  /** The column a table is distributed by; null for one that is copied. */
  const columnOf = (table: string): string | null => {
    const found = place(table);
    return found?.by === "district" ? "district" : found?.by === "key" ? found.column : null;
  };
  for (const [table, columns] of schema.tables) {
    if (place(table) === undefined) {
      wrong.push(`${table}: say in src/db/shard-tables.ts how it lies`);
      continue;
    }
    const column = columnOf(table);
    if (column === null) continue;
    if (!columns.some((one) => one.startsWith(`${column} `) && one.includes("not null")))
      wrong.push(`${table}: has no ${column} that is never null`);
    if (column === "district" && !columns.some((one) => one.startsWith('district text collate "C"')))
      wrong.push(`${table}: its district must be text collate "C", as all others`);
    if (!schema.keys.some((key) => key.table === table)) wrong.push(`${table}: has no primary key`);
  }
  for (const table of Object.keys(placed))
    if (!schema.tables.has(table) && place(table)?.by !== "local")
      wrong.push(`${table}: placed, but there is none`);
  for (const { table, name, columns } of schema.keys) {
    const column = columnOf(table);
    if (column !== null && columns[0] !== column) wrong.push(`${table}: ${name} must begin with ${column}`);
  }
  for (const { table, name, columns, to, toColumns } of schema.foreignKeys) {
    if (place(to)?.by === "reference") continue;
    const together = place(table)?.by === "district" && place(to)?.by === "district";
    if (!together) wrong.push(`${table}: ${name} points from a table that is ${place(table)?.by} to ${to}`);
    else if (columns[0] !== "district" || toColumns[0] !== "district")
      wrong.push(`${table}: ${name} may cross districts`);
  }
  for (const { table, name, text } of schema.walls)
    if (/\bselect\b/i.test(withoutSubqueries(text))) wrong.push(`${table}: ${name} asks another table`);
  return wrong;
}

/** Statements that would move a row from one shard to another. */
export function movesRows(
  file: string,
  text: string,
  placed: Readonly<Record<string, Placement>>,
): readonly string[] {
  const wrong: string[] = [];
  const check = (table: string, set: string): void => {
    const found = placed[table];
    const column = found?.by === "district" ? "district" : found?.by === "key" ? found.column : null;
    if (column !== null && new RegExp(`(^|[\\s,{(])${column}\\s*[=:](?!=)`).test(set))
      wrong.push(`${file}: sets ${column} of ${table}`);
  };
  for (const [, table = "", set = ""] of text.matchAll(
    /\bupdate (?:only )?(\w+)(?: (?:as )?\w+)?\s+set\b([\s\S]*?)(?=\bwhere\b|\bfrom\b|\breturning\b|`)/gi,
  ))
    check(table, set);
  for (const [, table = "", set = ""] of text.matchAll(
    /\binsert into (\w+)(?:(?!insert into)[^`])*?\bdo update\s+set\b([^`]*?)(?=\bwhere\b|\breturning\b|`)/gi,
  ))
    check(table, set);
  for (const [, table = "", set = ""] of text.matchAll(
    /\.updateTable\("(\w+)"\)\s*\.set\(([\s\S]*?)\)\s*(?=\.where|\.execute|\.from|\.returning)/g,
  ))
    check(table, set);
  for (const [, table = "", set = ""] of text.matchAll(
    /\.insertInto\("(\w+)"\)(?:(?!\.insertInto)[\s\S])*?\.doUpdateSet\(([\s\S]*?)\)/g,
  ))
    check(table, set);
  return wrong;
}

/**
 * Statements that fill a walled table from a list. Between servers such rows travel by COPY, which no wall lets pass,
 * unless the statement returns something or may conflict.
 */
export function copiesIntoWalls(
  file: string,
  text: string,
  placed: Readonly<Record<string, Placement>>,
  walled: ReadonlySet<string>,
): readonly string[] {
  const lists = /\binsert into (\w+)(?: as \w+)?\s*\([^`()]*\)\s*(?:select|with)\b([^`]*)`/gi;
  const outer = text.replace(/sql`[^`]*`(?=\)+\})/g, ""); // a text within a text ends none
  return [...outer.matchAll(lists)]
    .filter(([, table = "", rest = ""]) => {
      const by = placed[table]?.by;
      const spread = by === "district" || by === "key";
      return spread && walled.has(table) && !/\bon conflict\b|\breturning\b|\$\{throughWalls\}/i.test(rest);
    })
    .map(([, table]) => `${file}: copies into ${table}`);
}

/** What a distributed table cannot have. */
const forbidden = /\bcreate\s+(or\s+replace\s+)?(constraint\s+)?(trigger|rule)\b/i;

test("every table can be distributed: keys begin with its place, foreign keys stay in a district", () => {
  const schema = readSchema(read("src/db/schema.sql"));
  assert.ok(schema.tables.size > 40 && schema.keys.length > 60 && schema.foreignKeys.length > 30);
  assert.ok(schema.walls.length > 30);
  assert.deepEqual(undistributable(schema, placements), []);
});

test("no trigger and no rule", () => {
  const having = globSync("src/db/migrations/*.sql", { cwd: root }).filter((file) =>
    forbidden.test(read(file)),
  );
  assert.deepEqual(having, []);
  assert.match("create or replace trigger t before update on person", forbidden);
});

/** Of migrations that may meet a distributed database: constraints that come with a new column have no name of their own. */
const unnamed = /\badd\s+column\s+[^,;]*\b(check|references|unique|primary\s+key)\b/i;

test("a migration adds a column first and names its constraint after", () => {
  const later = globSync("src/db/migrations/*.sql", { cwd: root }).filter(
    (file) => (file.split("/").at(-1) ?? "") > "0024-rollups.sql",
  );
  assert.deepEqual(
    later.filter((file) => unnamed.test(read(file))),
    [],
  );
  assert.match("alter table a add column b int check (b > 0)", unnamed);
  assert.doesNotMatch(
    "alter table a add column b int; alter table a add constraint c check (b > 0)",
    unnamed,
  );
});

test("nothing moves a row to another district or under another key", () => {
  const files = globSync(["src/**/*.ts", "src/db/migrations/*.sql"], { cwd: root });
  assert.deepEqual(
    files.flatMap((file) => movesRows(file, read(file), placements)),
    [],
  );
});

test("no list is written into a walled table by COPY", () => {
  const walled = new Set(readSchema(read("src/db/schema.sql")).walls.map(({ table }) => table));
  const files = globSync("src/**/*.ts", { cwd: root, exclude: ["src/**/*.test.ts"] });
  assert.deepEqual(
    files.flatMap((file) => copiesIntoWalls(file, read(file), placements, walled)),
    [],
  );
  const found = (rest: string) =>
    copiesIntoWalls("x.ts", `sql\`insert into thing (district, id) ${rest}\``, lies, new Set(["thing"]))
      .length;
  assert.equal(found("select d, i from unnest($1::text[], $2::uuid[]) as x(d, i)"), 1);
  assert.equal(found("select d, i from unnest($1::text[], $2::uuid[]) as x(d, i) returning id"), 0);
  assert.equal(found("select d, i from x on conflict do nothing"), 0);
  assert.equal(found("values ($1, $2)"), 0);
});

const example = (body: string, more = ""): Schema =>
  readSchema(
    `create table thing (\n  district text collate "C" not null,\n  id uuid not null,\n${body}\n);\n${more}`,
  );
const lies = {
  unit: { by: "reference", why: "" },
  thing: { by: "district", why: "" },
  mark: { by: "key", column: "hash", why: "" },
} as const satisfies Record<string, Placement>;
const good = "  constraint thing_pkey PRIMARY KEY (district, id)";
const others =
  "create table unit (\n  id uuid not null,\n  constraint unit_pkey PRIMARY KEY (id)\n);\ncreate table mark (\n  hash bytea not null,\n  constraint mark_pkey PRIMARY KEY (hash)\n);\n";
const complaints = (body: string, more = ""): string =>
  undistributable(example(body, others + more), lies).join("; ");

test("the guard on the schema names each thing that cannot be distributed", () => {
  assert.equal(complaints(good), "");
  assert.equal(
    complaints(`${good},\n  constraint thing_unit_fkey FOREIGN KEY (unit_id) REFERENCES unit(id)`),
    "",
  );
  assert.match(complaints("  constraint thing_pkey PRIMARY KEY (id)"), /thing_pkey must begin with district/);
  assert.match(
    complaints(`${good},\n  constraint thing_number_key UNIQUE (number, district)`),
    /thing_number_key must begin/,
  );
  assert.match(
    complaints(
      good,
      "CREATE UNIQUE INDEX thing_once ON public.thing USING btree (COALESCE(a, b), district);\n",
    ),
    /thing_once must begin/,
  );
  assert.match(
    complaints(`${good},\n  constraint thing_span_excl EXCLUDE USING gist (id WITH =, span WITH &&)`),
    /thing_span_excl must begin/,
  );
  assert.match(
    complaints(
      `${good},\n  constraint thing_of_fkey FOREIGN KEY (of_district, of) REFERENCES thing(district, id)`,
    ),
    /may cross districts/,
  );
  assert.match(
    complaints(`${good},\n  constraint thing_mark_fkey FOREIGN KEY (hash) REFERENCES mark(hash)`),
    /points from a table that is district to mark/,
  );
  assert.match(complaints(good, "create table new_one (\n  id uuid not null\n);\n"), /new_one: say in/);
  assert.match(
    complaints(good, "create policy w on thing using (EXISTS ( SELECT 1 FROM unit u));\n"),
    /w asks another table/,
  );
  assert.equal(
    complaints(
      good,
      "create policy w on thing using (( SELECT zhijia_all() AS zhijia_all) OR (path = 'x'));\n",
    ),
    "",
  );
  const fromReference = readSchema(
    `create table unit (\n  id uuid not null,\n  constraint unit_pkey PRIMARY KEY (id),\n  constraint unit_thing_fkey FOREIGN KEY (d, t) REFERENCES thing(district, id)\n);\n`,
  );
  assert.match(undistributable(fromReference, lies).join(), /points from a table that is reference to thing/);
});

test("the guard on statements finds a district that is set, however it is written", () => {
  const found = (text: string) => movesRows("x.ts", text, lies).length;
  assert.equal(found("sql`update thing t set name = 1, district = $1 where t.id = 1`"), 1);
  assert.equal(found("sql`update thing set name = 1 where district = $1`"), 0);
  assert.equal(found('tx.updateTable("thing").set({ name, district: to }).where("id", "=", id)'), 1);
  assert.equal(found('tx.updateTable("thing").set({ name }).where("district", "=", at)'), 0);
  assert.equal(
    found("sql`insert into thing (district) values (1) on conflict (id) do update set district = 'x'`"),
    1,
  );
  assert.equal(
    found('tx.insertInto("thing").values(row).onConflict((on) => on.doUpdateSet({ district: to }))'),
    1,
  );
  assert.equal(found("sql`update mark set district = 'x' where hash = 'y'`"), 0);
  assert.equal(found("sql`update mark set hash = 'x' where hash = 'y'`"), 1);
});

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";
import { withoutSubqueries } from "../src/db/shard-policies.ts";
import { type Placement, placements } from "../src/db/shard-tables.ts";
import { partsFrom, placeColumn, placesBuilt, placesSet } from "../src/db/testing-moves.ts";

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
  const columnOf = (table: string): string | null => placeColumn(table, placed);
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

/** Statements written in a file that would move a row from one shard to another. Those compiled are held by the tests that send them. */
function movesRows(
  file: string,
  text: string,
  placed: Readonly<Record<string, Placement>>,
): readonly string[] {
  const said = file.endsWith(".sql") ? withoutRemarks(text) : text;
  return [...placesSet(said, placed), ...placesBuilt(said, placed)].map((what) => `${file}: sets ${what}`);
}

const withoutRemarks = (text: string): string => text.replace(/--[^\n]*/g, "");

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

/** Of migrations that may meet a distributed database: what adds a constraint without a name of its own, or beside a new column. */
function unnamed(text: string): readonly string[] {
  const said = withoutRemarks(text).replace(/'[^']*'/g, "''");
  return [...said.matchAll(/\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?[\w."]+\s/gi)]
    .flatMap((one) => partsFrom(said, one.index + one[0].length, /^;/))
    .filter((part) => {
      const outer = withoutBrackets(part);
      return (
        /^\s*add\b(?!\s+constraint\b)/i.test(outer) &&
        /\b(check|references|unique|primary\s+key|foreign\s+key|exclude)\b/i.test(outer)
      );
    });
}

function withoutBrackets(text: string): string {
  const inner = text.replace(/\([^()]*\)/g, " ");
  return inner === text ? text : withoutBrackets(inner);
}

test("a migration adds a column first and names its constraint after", () => {
  const later = globSync("src/db/migrations/*.sql", { cwd: root }).filter(
    (file) => (file.split("/").at(-1) ?? "") > "0024-rollups.sql",
  );
  assert.deepEqual(
    later.flatMap((file) => unnamed(read(file)).map((part) => `${file}: ${part}`)),
    [],
  );
  for (const [text, count] of [
    ["add column b int check (b > 0)", 1],
    ["add b int check (b > 0)", 1],
    ["add column b numeric(12,2) check (b > 0)", 1],
    ["add column if not exists b numeric(12, 2) not null default 0 references c", 1],
    ['add column a int, add column b text collate "C" unique', 1],
    ["add check (b > 0)", 1],
    ["add foreign key (b) references c (d)", 1],
    ["add constraint c check (b in (1, 2)), add column d int primary key", 1],
    ["add column b int -- check (b > 0)\n", 0],
    ["add column b text default 'check'", 0],
    ["add column b int; alter table a add constraint c check (b > 0)", 0],
    ["add column b int, add constraint c foreign key (b) references d (e)", 0],
    ["alter column b set default 0, drop constraint c", 0],
  ] as const)
    assert.equal(unnamed(`alter table a ${text}`).length, count, text);
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

/** Statements and how often each sets where a row lies. */
const settings: readonly (readonly [string, number])[] = [
  ["update thing t set name = 1, district = $1 where t.id = 1", 1],
  ["update thing set name = 1 where district = $1", 0],
  ['update "thing" set "name" = $1, "district" = $2 where "id" = $3', 1],
  ['update "thing" as "x" set "district" = $1', 1],
  ["update public.thing set district = $1", 1],
  ['UPDATE ONLY "public"."thing" AS x SET "district" = $1', 1],
  ["update thing set (district, path) = ($1, $2)", 1],
  ["update thing set (path, district) = (select p, d from unit where id = $1)", 1],
  ["update thing set name = (select name from unit where id = $1), district = $2", 1],
  ["update thing set name = 'a, district = b' where id = $1", 0],
  ["update thing set name = (select name from unit where district = $1)", 0],
  ["update thing set name = u.name from unit u where u.district = thing.district", 0],
  ["update thing set new_district = $1, district_name = $2", 0],
  ["with m as (update thing set district = $1 returning id) select id from m", 1],
  ["insert into thing (district) values (1) on conflict (id) do update set district = 'x'", 1],
  ['insert into "thing" ("district") values ($1) on conflict ("id") do update set "district" = $2', 1],
  ["insert into thing (district) values (1) on conflict (id) do update set name = excluded.district", 0],
  ["merge into thing t using x on x.id = t.id when matched then update set name = 1, district = x.d", 1],
  [
    "merge into public.thing using x on true when matched then update set name = 1 when not matched then insert (district) values (1)",
    0,
  ],
  ["update mark set district = 'x' where hash = 'y'", 0],
  ["update mark set hash = 'x' where hash = 'y'", 1],
  ["update unit set district = $1", 0],
];

test("the guard on statements finds a district that is set, however SQL says it", () => {
  for (const [text, count] of settings) {
    assert.equal(placesSet(text, lies).length, count, text);
    assert.equal(movesRows("x.ts", `await sql\`${text}\`.execute(tx);`, lies).length, count, text);
    assert.equal(movesRows("x.sql", `-- it's so\n${text};`, lies).length, count, text);
  }
});

/** The same by the query builder: whether the source text shows it; compiled it always does. */
const built: readonly (readonly [string, number])[] = [
  ['tx.updateTable("thing").set({ name, district: to }).where("id", "=", id)', 1],
  ['tx.updateTable("thing").set({ name }).where("district", "=", at)', 0],
  ['tx.updateTable("thing").set({ name, district }).where("id", "=", id)', 1],
  ['tx.updateTable("thing").set("district", to)', 1],
  ['tx.updateTable("thing as x").set({ district: to })', 1],
  ['tx.updateTable("thing").where("id", "=", id).set({ district: to }).execute()', 1],
  ['tx.updateTable("thing").set((eb) => ({ district: eb.ref("to") }))', 1],
  ['tx.updateTable("thing").set({ path: pathOf(district, id), name: { district } })', 0],
  ['tx.insertInto("thing").values(row).onConflict((on) => on.doUpdateSet({ district: to }))', 1],
  ['tx.insertInto("thing").values(row).onConflict((on) => on.doUpdateSet({ district }))', 1],
  ['tx.insertInto("thing").values({ district }).onConflict((on) => on.doUpdateSet({ name }))', 0],
  ['tx.mergeInto("thing").using("x", "x.id", "thing.id").whenMatched().thenUpdateSet({ district })', 1],
];

test("the guard on statements finds a district that the query builder sets", () => {
  for (const [text, count] of built)
    assert.equal(movesRows("x.ts", `await ${text};\nconst { district } = x;`, lies).length, count, text);
});

test("what a source text does not show, the compiled statement does", () => {
  // biome-ignore lint/suspicious/noExplicitAny: the example's tables are none of ours.
  const tx = new Kysely<any>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  const moved = { name: "a", district: "b" };
  const compiled: readonly { readonly compile: () => { readonly sql: string } }[] = [
    tx.updateTable("thing").set({ ...moved }),
    tx.updateTable("thing").set(moved).where("id", "=", 1),
    tx.updateTable("thing as x").set({ district: "b" }),
    tx.updateTable("thing").where("id", "=", 1).set({ district: "b" }),
    tx.updateTable("thing").set("district", "b"),
    tx
      .insertInto("thing")
      .values(moved)
      .onConflict((on) => on.column("id").doUpdateSet(moved)),
    tx.mergeInto("thing as t").using("other", "other.id", "t.id").whenMatched().thenUpdateSet(moved),
  ];
  for (const one of compiled)
    assert.deepEqual(placesSet(one.compile().sql, lies), ["district of thing"], one.compile().sql);
  const stays = tx.updateTable("thing").set({ name: "a" }).where("district", "=", "b");
  assert.deepEqual(placesSet(stays.compile().sql, lies), []);
});

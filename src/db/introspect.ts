import type pg from "pg";

/** Writes a migrated schema down twice: as Kysely types, and as SQL a reviewer can read in a diff. */

type Column = {
  table: string;
  name: string;
  type: string;
  udt: string;
  element: string | null;
  notNull: boolean;
  default: string | null;
  generated: string;
  identity: string;
  collation: string | null;
};

const TYPES: Record<string, string> = {
  bool: "boolean",
  bytea: "Buffer",
  date: "Day",
  daterange: "string",
  float4: "number",
  float8: "number",
  inet: "string",
  int2: "number",
  int4: "number",
  int8: "bigint",
  interval: "string",
  json: "unknown",
  jsonb: "unknown",
  name: "string",
  numeric: "string",
  oid: "number",
  text: "string",
  time: "string",
  timestamp: "string",
  timestamptz: "Date",
  uuid: "string",
  varchar: "string",
};

/** src/db/schema.ts */
export async function schemaTypes(client: pg.ClientBase): Promise<string> {
  const tables = Map.groupBy(await columns(client), (column) => column.table);
  const out: string[] = [
    "// Made by scripts/schema.ts from the migrated schema; not edited by hand.",
    'import type { ColumnType, Generated, GeneratedAlways } from "kysely";',
    'import type { Day } from "../kernel/day.ts";',
    "",
  ];
  const names: string[] = [];
  for (const [table, list] of tables) {
    const name = table.replace(/(^|_)([a-z0-9])/g, (_, _mark, letter: string) => letter.toUpperCase());
    names.push(`  ${table}: ${name}Table;`);
    out.push(`export interface ${name}Table {`);
    for (const column of list) out.push(`  ${column.name}: ${columnType(column)};`);
    out.push("}", "");
  }
  out.push("/** Every table and view, by name. */", "export interface DB {", ...names, "}", "");
  const text = out.join("\n");
  const used = ["ColumnType", "Generated", "GeneratedAlways"].filter((word) => text.includes(`${word}<`));
  const line = used.length === 0 ? "" : `import type { ${used.join(", ")} } from "kysely";`;
  return text.replace(/import type \{ ColumnType.*\n/, line === "" ? "" : `${line}\n`);
}

function columnType(column: Column): string {
  const base = column.element === null ? plain(column.udt) : `${plain(column.element)}[]`;
  const selected = column.notNull || base === "unknown" ? base : `${base} | null`;
  if (column.generated === "s" || column.identity === "a") return `GeneratedAlways<${selected}>`;
  const byDefault = column.default !== null || column.identity === "d";
  if (base === "string" && column.udt === "numeric") {
    const given = `string | number${column.notNull ? "" : " | null"}`;
    return `ColumnType<${selected}, ${given}${byDefault ? " | undefined" : ""}, ${given}>`;
  }
  return byDefault ? `Generated<${selected}>` : selected;
}

function plain(udt: string): string {
  const type = TYPES[udt];
  if (type === undefined) throw new Error(`no TypeScript type is known for the column type ${udt}`);
  return type;
}

/** src/db/schema.sql */
export async function schemaSql(client: pg.ClientBase): Promise<string> {
  const out: string[] = ["-- Made by scripts/schema.ts from the migrated schema; not edited by hand.", ""];
  const rows = async (text: string): Promise<Record<string, string>[]> => (await client.query(text)).rows;

  for (const row of await rows(
    "select extname as name from pg_extension where extname <> 'plpgsql' order by extname",
  )) {
    out.push(`create extension ${row.name};`);
  }
  for (const row of await rows(`
    select pg_get_functiondef(p.oid) as text from pg_proc p
    where p.pronamespace = 'public'::regnamespace and ${notFromExtension("p", "pg_proc")} and p.prokind in ('f', 'p')
    order by p.proname, pg_get_function_identity_arguments(p.oid)`)) {
    out.push("", `${row.text?.trim()};`);
  }
  for (const row of await rows(`
    select c.relname as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' and ${notFromExtension("c", "pg_class")}
      and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i'))
    order by 1`)) {
    out.push("", `create sequence ${row.name};`);
  }

  const facts = await rows(tableFactsSql);
  const byTable = Map.groupBy(facts, (row) => row.table ?? "");
  for (const [table, list] of Map.groupBy(await columns(client), (column) => column.table)) {
    const about = byTable.get(table) ?? [];
    const of = (kind: string): string[] =>
      about.filter((row) => row.kind === kind).map((row) => row.text ?? "");
    const lines = [...list.map(columnSql), ...of("constraint")];
    out.push("", ...of("comment").map((text) => `-- ${text.replaceAll("\n", "\n-- ")}`));
    const view = of("view")[0];
    if (view !== undefined) out.push(`create view ${table} as\n${view}`);
    else
      out.push(
        `create table ${table} (`,
        lines.map((line) => `  ${line}`).join(",\n"),
        `)${of("partition")[0] ?? ""};`,
      );
    out.push(...of("index").map((text) => `${text};`));
    out.push(...of("wall").map((text) => `${text};`), ...of("grant").map((text) => `${text};`));
  }
  return `${out.join("\n")}\n`;
}

function columnSql(column: Column): string {
  const collation = column.collation === null ? "" : ` collate "${column.collation}"`;
  const value =
    column.generated === "s"
      ? ` generated always as (${column.default}) stored`
      : column.identity !== ""
        ? ` generated ${column.identity === "a" ? "always" : "by default"} as identity`
        : column.default !== null
          ? ` default ${column.default}`
          : "";
  return `${column.name} ${column.type}${collation}${column.notNull ? " not null" : ""}${value}`;
}

async function columns(client: pg.ClientBase): Promise<Column[]> {
  const found = await client.query<Column>(`
    select c.relname as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type, t.typname as udt,
      e.typname as element, a.attnotnull as "notNull", pg_get_expr(d.adbin, d.adrelid) as default,
      a.attgenerated as generated, a.attidentity as identity,
      case when a.attcollation <> t.typcollation then co.collname end as collation
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    left join pg_collation co on co.oid = a.attcollation
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
      and not c.relispartition and c.relname <> 'schema_migration' and ${notFromExtension("c", "pg_class")}
    order by c.relname collate "C", a.attnum`);
  return found.rows;
}

function notFromExtension(alias: string, catalogue: string): string {
  return `not exists (select 1 from pg_depend x where x.classid = '${catalogue}'::regclass and x.objid = ${alias}.oid and x.deptype = 'e')`;
}

const tableFactsSql = `
  with t as (
    select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relkind from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
  )
  select * from (
    select t.relname as "table", 'comment' as kind, obj_description(t.oid) as text, '' as sort
      from t where obj_description(t.oid) is not null
    union all
    select t.relname, 'constraint', 'constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid),
      case k.contype when 'p' then '0' when 'u' then '1' when 'x' then '2' when 'f' then '3' else '4' end || k.conname
      from t join pg_constraint k on k.conrelid = t.oid where k.contype in ('p', 'u', 'x', 'f', 'c')
    union all
    select t.relname, 'index', pg_get_indexdef(i.indexrelid), i.indexrelid::regclass::text
      from t join pg_index i on i.indrelid = t.oid
      where not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
    union all
    select t.relname, 'partition', ' partition by ' || pg_get_partkeydef(t.oid), '' from t where t.relkind = 'p'
    union all
    select t.relname, 'view', pg_get_viewdef(t.oid, true), '' from t where t.relkind in ('v', 'm')
    union all
    select t.relname, 'wall', 'alter table ' || t.relname || ' enable row level security', '0' from t where t.relrowsecurity
    union all
    select p.tablename, 'wall', 'create policy ' || p.policyname || ' on ' || p.tablename ||
      case when p.permissive = 'PERMISSIVE' then '' else ' as restrictive' end ||
      case when p.cmd = 'ALL' then '' else ' for ' || lower(p.cmd) end ||
      coalesce(' using ' || p.qual, '') || coalesce(' with check ' || p.with_check, ''), '1' || p.policyname
      from pg_policies p where p.schemaname = 'public'
    union all
    select t.relname, 'grant', 'grant ' || string_agg(lower(g.privilege_type), ', ' order by g.privilege_type) ||
      ' on ' || t.relname || ' to zhijia_app', '2'
      from t join information_schema.role_table_grants g on g.table_schema = 'public' and g.table_name = t.relname
      where g.grantee = 'zhijia_app' group by t.relname
  ) facts order by "table" collate "C", kind, sort collate "C"`;

import { statSync } from "node:fs";
import pg from "pg";
import { type Frame, jsonFrame, readBackupFile, writeBackupFile } from "./backup-file.ts";
import { withClient } from "./client.ts";
import { copyInTo, copyOutFrom } from "./copy.ts";
import { type MigrateOptions, migrate, migrations } from "./migrate.ts";
import { Trouble } from "./trouble.ts";

/** What a backup says of itself. */
export type BackupHeader = {
  madeAt: string;
  program: string;
  server: string;
  /** Migrations the database had, in order: the restored schema is rebuilt from the same. */
  migrations: { name: string; checksum: string }[];
};

type Table = { schema: string; name: string; columns: string[] };
type Sequence = { schema: string; name: string; last: string; called: boolean };

export type BackupProgress = (done: { table: string; rows: number; bytes: number; of: number }) => void;

/** Schemas whose rows are the installation's: its own and the job queue's. */
const SCHEMAS = ["public", "graphile_worker"];
/** Bookkeeping of the schemas themselves, which a restore makes anew. */
const LEFT_OUT = new Set(["public.schema_migration", "graphile_worker.migrations"]);

/**
 * Writes everything into one file: every table as it stood at one moment, sequences, and the keyring. The database keeps
 * working meanwhile. The file is readable by its owner alone and is as secret as the keyring inside it.
 */
export async function backup(
  owner: pg.ClientConfig,
  path: string,
  about: { keys: string | null; program: string; now: Date },
  progress?: BackupProgress,
): Promise<{ tables: number; rows: number; bytes: number }> {
  const total = { tables: 0, rows: 0 };
  return withClient(owner, async (client) => {
    await client.query("begin isolation level repeatable read read only");
    await client.query("set local row_security = off"); // fails, rather than leaves rows out, for a login with walls
    const tables = await listTables(client);
    const sizes = await client.query<{ bytes: number }>(
      `select coalesce(sum(pg_table_size(c.oid)), 0)::float8 as bytes from pg_class c
       where c.relkind = 'r' and c.relnamespace = any($1::regnamespace[])`,
      [SCHEMAS],
    );
    const of = sizes.rows[0]?.bytes ?? 0;
    async function* frames(): AsyncGenerator<Frame> {
      yield jsonFrame("h", await headerOf(client, about));
      let bytes = 0;
      for (const table of tables) {
        yield jsonFrame("t", table);
        for await (const chunk of copyOutFrom(
          client,
          `copy (select ${columnList(table)} from ${full(table)}) to stdout`,
        )) {
          bytes += chunk.length;
          total.rows += linesIn(chunk);
          yield { kind: "d", body: chunk };
          progress?.({ table: table.name, rows: total.rows, bytes, of: Math.max(of, bytes) });
        }
        yield { kind: "e", body: Buffer.alloc(0) };
        total.tables += 1;
      }
      yield jsonFrame("s", await listSequences(client));
      if (about.keys !== null) yield { kind: "k", body: Buffer.from(about.keys) };
    }
    const { bytes } = await writeBackupFile(path, frames());
    await client.query("commit");
    return { ...total, bytes };
  });
}

/** A line is a row: newlines in values are escaped. */
function linesIn(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
  return lines;
}

/** Reads a backup through to its checksum and returns what it says of itself. Throws `Trouble` when it is not whole. */
export async function checkBackup(path: string, progress?: (bytes: number, of: number) => void) {
  const of = statSync(path).size;
  let seen = 0;
  let header: BackupHeader | null = null;
  let keys: string | null = null;
  const count = (bytes: number): void => {
    seen += bytes;
    progress?.(seen, of);
  };
  for await (const { kind, body } of readBackupFile(path, count)) {
    if (kind === "h") header = JSON.parse(body.toString()) as BackupHeader;
    if (kind === "k") keys = body.toString();
  }
  if (header === null) throw new Trouble("not_a_backup", `${path} 没有备份头。`, `${path} has no header.`);
  return { header, keys };
}

/**
 * Loads a backup into an empty database: rebuilds the schema it was made from, loads all rows in one transaction, and
 * then brings the schema up to this program's. `keysReady` is called before the rows become visible, to put the keyring
 * in its place. Throws `Trouble` when the database is not empty or the backup is newer than the program; the database
 * is then as it was.
 */
export async function restore(
  target: Omit<MigrateOptions, "until" | "progress">,
  path: string,
  keysReady: (keys: string | null) => void,
  progress?: BackupProgress,
): Promise<{ tables: number; rows: number }> {
  const { header, keys } = await checkBackup(path, (bytes, of) =>
    progress?.({ table: "", rows: 0, bytes, of }),
  );
  const until = refuseNewer(header);
  await migrate({ ...target, until });
  return withClient(target.owner, async (client) => {
    await client.query("begin"); // what is not committed is undone
    await refuseFilled(client);
    const references = await dropReferences(client);
    await clearFounding(client);
    const total = await load(client, path, progress);
    for (const { table, name, definition } of references) {
      await client.query(`alter table ${table} add constraint ${name} ${definition}`);
    }
    await client.query(
      "update graphile_worker._private_jobs set locked_at = null, locked_by = null where locked_at is not null",
    );
    await client.query(
      "update graphile_worker._private_job_queues set locked_at = null, locked_by = null where locked_at is not null",
    );
    keysReady(keys);
    await client.query("commit");
    await client.query("analyze");
    await migrate(target);
    return total;
  });
}

async function load(
  client: pg.Client,
  path: string,
  progress?: BackupProgress,
): Promise<{ tables: number; rows: number }> {
  const of = statSync(path).size;
  const total = { tables: 0, rows: 0 };
  let bytes = 0;
  let current = "";
  const frames = readBackupFile(path, (count) => {
    bytes += count;
    progress?.({ table: current, rows: total.rows, bytes, of });
  });
  async function* rows(): AsyncGenerator<Buffer> {
    for (let next = await frames.next(); !next.done; next = await frames.next()) {
      if (next.value.kind === "e") return;
      yield next.value.body;
    }
  }
  for (let next = await frames.next(); !next.done; next = await frames.next()) {
    const { kind, body } = next.value;
    if (kind === "t") {
      const table = JSON.parse(body.toString()) as Table;
      current = table.name;
      total.rows += await copyInTo(client, `copy ${full(table)} (${columnList(table)}) from stdin`, rows());
      total.tables += 1;
    } else if (kind === "s") {
      for (const { schema, name, last, called } of JSON.parse(body.toString()) as Sequence[]) {
        await client.query("select setval(format('%I.%I', $1::text, $2::text)::regclass, $3::bigint, $4)", [
          schema,
          name,
          last,
          called,
        ]);
      }
    }
  }
  return total;
}

/** The last migration of the backup, which must be one of ours, unchanged. */
function refuseNewer(header: BackupHeader): string {
  const ours = new Map(migrations().map((one) => [one.name, one.checksum]));
  for (const { name, checksum } of header.migrations) {
    if (ours.get(name) === checksum) continue;
    throw new Trouble(
      "backup_newer",
      `备份由职家 ${header.program} 制作，其数据结构（${name}）与本程序不符。请用制作它的版本或更新的版本恢复。`,
      `The backup was made by Zhijia ${header.program}, whose schema (${name}) this program does not have. Restore it with that version or a newer one.`,
    );
  }
  return header.migrations.at(-1)?.name ?? "";
}

/** Tables of which at least one has rows once an installation has begun to be used. */
const TELLING = ["installation", "unit", "person", "account"];

async function refuseFilled(client: pg.Client): Promise<void> {
  for (const table of TELLING) {
    const found = await client.query(`select 1 from ${table} limit 1`);
    if (found.rowCount === 0) continue;
    throw new Trouble(
      "database_not_empty",
      `数据库不是空的（${table} 里有记录）。恢复只能在空数据库上进行：请换一个数据文件夹（ZHIJIA_DATA）或新建数据库。`,
      `The database is not empty (${table} has rows). A restore needs an empty one: choose another data folder (ZHIJIA_DATA) or make a new database.`,
    );
  }
}

/** Takes out the rows that came with the schema itself; the backup brings its own of each. */
async function clearFounding(client: pg.Client): Promise<void> {
  const tables = await listTables(client);
  await client.query(`truncate ${tables.map(full).join(", ")}`);
}

/** Takes the foreign keys away for the load, so that tables can come in any order; adding them again checks every row. */
async function dropReferences(
  client: pg.Client,
): Promise<{ table: string; name: string; definition: string }[]> {
  const found = await client.query<{ table: string; name: string; definition: string }>(
    `select k.conrelid::regclass::text as "table", quote_ident(k.conname) as name, pg_get_constraintdef(k.oid) as definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid
     where k.contype = 'f' and c.relnamespace = any($1::regnamespace[]) and k.conparentid = 0 order by 1, 2`,
    [SCHEMAS],
  );
  for (const { table, name } of found.rows)
    await client.query(`alter table ${table} drop constraint ${name}`);
  return found.rows;
}

async function headerOf(client: pg.Client, about: { program: string; now: Date }): Promise<BackupHeader> {
  const applied = await client.query<{ name: string; checksum: string }>(
    "select name, checksum from schema_migration order by name",
  );
  const server = await client.query<{ server_version: string }>("show server_version");
  return {
    madeAt: about.now.toISOString(),
    program: about.program,
    server: server.rows[0]?.server_version ?? "",
    migrations: applied.rows,
  };
}

/** Tables with their stored columns; generated ones make themselves again. */
async function listTables(client: pg.Client): Promise<Table[]> {
  const found = await client.query<Table>(
    `select n.nspname as schema, c.relname as name,
       array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where n.nspname = any($1) and c.relkind in ('r', 'p') and not c.relispartition
       and not exists (select 1 from pg_depend x where x.objid = c.oid and x.deptype = 'e')
     group by n.nspname, c.relname order by n.nspname desc, c.relname`,
    [SCHEMAS],
  );
  return found.rows.filter(({ schema, name }) => !LEFT_OUT.has(`${schema}.${name}`));
}

async function listSequences(client: pg.Client): Promise<Sequence[]> {
  const found = await client.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1) and c.relkind = 'S' order by 1, 2`,
    [SCHEMAS],
  );
  const sequences: Sequence[] = [];
  for (const { schema, name } of found.rows) {
    const state = await client.query<{ last: string; called: boolean }>(
      `select last_value::text as last, is_called as called from ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`,
    );
    sequences.push({
      schema,
      name,
      last: state.rows[0]?.last ?? "1",
      called: state.rows[0]?.called ?? false,
    });
  }
  return sequences;
}

function full({ schema, name }: { schema: string; name: string }): string {
  return `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
}

function columnList({ columns }: Table): string {
  return columns.map((column) => pg.escapeIdentifier(column)).join(", ");
}

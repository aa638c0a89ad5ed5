import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { backup, restore } from "../src/db/backup.ts";
import { copyInTo, copyOutFrom } from "../src/db/copy.ts";
import { migrateJobs } from "../src/jobs/index.ts";
import { type Bench, figure } from "./figure.ts";
import { emptyGround, type Ground, groundOf, settings } from "./ground.ts";

const cache = join(import.meta.dirname, "..", ".cache", "bench");

/** Rows of a page of the bare reader. */
const pageRows = 5000;

/**
 * `verify`, `backup` and `restore` of a whole installation, beside bare readers and writers of the same bytes on the same
 * server: the rows that verifying counts again, read where it reads them; every table by COPY to nowhere; every table by COPY
 * from memory into the same empty schema.
 */
export const bench: Bench = async function* (options, say) {
  const ground = await groundOf(options, say);
  const owner = ground.installation.owner;
  const folder = join(cache, "safekeeping");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const common = { bench: "safekeeping", unit: "s", rows: options.members, seed: options.seed };
  try {
    say("verifying");
    await readVerified(owner); // what both read is in memory before either is timed
    const before = await seconds(() => readVerified(owner));
    const verified = await seconds(() => command(ground.folder, "verify"));
    yield figure({
      ...common,
      metric: "time to verify",
      value: verified,
      reference: "cases and actions read by a plain client, all else by COPY to nowhere",
      referenceValue: (before + (await seconds(() => readVerified(owner)))) / 2,
    });

    say("backing up");
    const file = join(folder, "whole.zhijia");
    await copyEverythingOut(owner, () => {});
    const saved = await seconds(() => backup(owner, file, { keys: null, program: "bench", now: new Date() }));
    let bytes = 0;
    const read = await seconds(() =>
      copyEverythingOut(owner, (_table, chunk) => {
        bytes += chunk.length;
      }),
    );
    yield figure({
      ...common,
      metric: "time to back up",
      value: saved,
      reference: "COPY of every table to nowhere",
      referenceValue: read,
    });
    yield figure({
      ...common,
      metric: "size of the backup",
      unit: "MiB",
      value: statSync(file).size / 2 ** 20,
      reference: "the rows as text",
      referenceValue: bytes / 2 ** 20,
    });

    say("restoring");
    const restored = await onEmptyGround(async (empty) => {
      const target = { owner: empty.installation.owner, ownerRuns: false, after: migrateJobs };
      return seconds(() => restore(target, file, () => {}));
    });
    say("copying the same rows");
    const written = await onEmptyGround(async (empty) => {
      const rows = new Map<string, Buffer[]>();
      await copyEverythingOut(owner, (table, chunk) => {
        const held = rows.get(table);
        if (held) held.push(chunk);
        else rows.set(table, [chunk]);
      });
      await dropReferences(empty.installation.owner);
      return seconds(() => copyEverythingIn(empty.installation.owner, rows));
    });
    yield figure({
      ...common,
      metric: "time to restore",
      value: restored,
      reference: "COPY of every table into the same schema and indexes",
      referenceValue: written,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await ground.close();
  }
};

/** A command of the program, as a person gives it. */
async function command(folder: string, ...args: readonly string[]): Promise<void> {
  const program = spawn(process.execPath, [join(import.meta.dirname, "..", "bin", "zhijia.js"), ...args], {
    env: { ...process.env, ...settings(folder) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  program.stdout.on("data", (piece: Buffer) => {
    said += piece;
  });
  const [code] = await once(program, "close");
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${said.slice(0, 2000)}`);
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** What `verify` recomputes in the program's process, row by row. */
const chained: readonly string[] = ["case_file", "case_action"];

/** What it has the database count again, beside every table that keeps the place of a union's record. */
const counted: readonly string[] = [
  ...["case_lookup", "case_serial", "notice", "day_root", "root_entry"],
  ...["person", "membership", "unit", "hardship_file", "hardship_claim", "cap_use", "rollup"],
  ...["account_book", "transfer", "voucher", "book_month", "subsidy", "fund", "aid_grant"],
  ...["batch", "batch_item", "batch_action"],
];

/** Every row that verifying counts again: by a plain client, a page at a time, or within the server, sealed blobs apart. */
async function readVerified(owner: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(owner);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; columns: string; placed: boolean }>(
      `select table_name as name, string_agg(quote_ident(column_name), ', ') filter (where data_type <> 'bytea') as columns,
         count(*) filter (where column_name in ('unit_id', 'path')) = 2 as placed
       from information_schema.columns join pg_tables t on t.tablename = table_name
       where table_schema = 'public' and t.schemaname = 'public' group by table_name order by table_name`,
    );
    await client.query("begin read only");
    for (const { name, columns, placed } of rows) {
      if (chained.includes(name)) {
        await client.query(`declare everything no scroll cursor for select * from ${name}`);
        while ((await client.query(`fetch ${pageRows} from everything`)).rows.length > 0);
        await client.query("close everything");
      } else if (placed || counted.includes(name))
        for await (const _chunk of copyOutFrom(client, `copy (select ${columns} from ${name}) to stdout`));
    }
    await client.query("commit");
  } finally {
    await client.end();
  }
}

/** Tables of the program's own schema with their stored columns, as a select list. */
async function tablesOf(client: pg.Client): Promise<readonly { name: string; columns: string }[]> {
  const { rows } = await client.query<{ name: string; columns: string }>(
    `select c.relname as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'schema_migration'
     group by c.relname order by c.relname`,
  );
  return rows;
}

async function copyEverythingOut(
  owner: pg.ClientConfig,
  take: (table: string, chunk: Buffer) => void,
): Promise<void> {
  const client = new pg.Client(owner);
  await client.connect();
  try {
    for (const { name, columns } of await tablesOf(client)) {
      const rows = copyOutFrom(client, `copy (select ${columns} from ${name}) to stdout`);
      for await (const chunk of rows) take(name, chunk);
    }
  } finally {
    await client.end();
  }
}

async function copyEverythingIn(
  empty: pg.ClientConfig,
  rows: ReadonlyMap<string, readonly Buffer[]>,
): Promise<void> {
  const client = new pg.Client(empty);
  await client.connect();
  try {
    await client.query("begin");
    const tables = await tablesOf(client);
    await client.query(`truncate ${tables.map((one) => one.name).join(", ")}`);
    for (const { name, columns } of tables)
      await copyInTo(client, `copy ${name} (${columns}) from stdin`, rows.get(name) ?? []);
    await client.query("commit");
  } finally {
    await client.end();
  }
}

/** Foreign keys ask for an order of the tables; the restore takes them away as well, and adds them again in its time. */
async function dropReferences(owner: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(owner);
  await client.connect();
  try {
    const { rows } = await client.query<{ drop: string }>(
      `select format('alter table %s drop constraint %I', k.conrelid::regclass, k.conname) as drop
       from pg_constraint k join pg_class c on c.oid = k.conrelid
       where k.contype = 'f' and c.relnamespace = 'public'::regnamespace`,
    );
    for (const { drop } of rows) await client.query(drop);
  } finally {
    await client.end();
  }
}

async function onEmptyGround<T>(work: (ground: Ground) => Promise<T>): Promise<T> {
  const ground = await emptyGround("safekeeping-into");
  try {
    return await work(ground);
  } finally {
    await ground.drop();
  }
}

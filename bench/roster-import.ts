import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { copyIn, copyOut } from "../src/db/index.ts";
import { day, startOf } from "../src/kernel/day.ts";
import { newId } from "../src/kernel/ids.ts";
import { expect } from "../src/kernel/refusal.ts";
import { createUnit, systemScope } from "../src/units/index.ts";
import { type Bench, type Figure, figure } from "./figure.ts";
import { emptyGround, type Ground, settings } from "./ground.ts";

const cache = join(import.meta.dirname, "..", ".cache", "bench");
const tables = ["person", "identity_lookup", "phone_lookup", "membership", "membership_event"] as const;

/**
 * `zhijia import roster` of a workbook, whole: read, validated, sealed, deduplicated, indexed; beside raw COPY of the
 * finished rows into the same tables with the same indexes on the same server. Memory is the command's own peak.
 */
export const bench: Bench = async function* (options, say) {
  const sizes = options.members > 100_000 ? [100_000, options.members] : [options.members];
  for (const rows of sizes) yield* importOf(rows, options.seed, say);
};

async function* importOf(rows: number, seed: number, say: (line: string) => void): AsyncGenerator<Figure> {
  mkdirSync(cache, { recursive: true });
  const file = join(cache, `roster-${rows}-${seed}.xlsx`);
  if (!existsSync(file)) {
    say(`writing a workbook of ${rows} rows`);
    execFileSync(process.execPath, [
      join(import.meta.dirname, "make-roster.ts"),
      file,
      "--rows",
      String(rows),
      "--seed",
      String(seed),
    ]);
  }
  const ground = await emptyGround("roster-import");
  try {
    const code = await foundUnion(ground);
    say(`importing ${rows} rows, ${(statSync(file).size / 2 ** 20).toFixed(0)} MiB`);
    const ours = await importFile(ground.folder, file, code);
    if (ours.loaded < rows * 0.99) throw new Error(`only ${ours.loaded} of ${rows} rows were loaded`);
    say("copying the finished rows");
    const copied = await rawCopy(ground);
    yield figure({
      bench: "roster-import",
      metric: "rows/s",
      value: rows / ours.seconds,
      unit: "1/s",
      reference: "raw COPY of the finished rows, same tables and indexes",
      referenceValue: rows / copied,
      rows,
      seed,
    });
    yield figure({
      bench: "roster-import",
      metric: "peak memory",
      value: ours.peakMiB,
      unit: "MiB",
      reference: "the bar",
      referenceValue: 300,
      rows,
      seed,
    });
  } finally {
    await ground.close();
  }
}

async function foundUnion(ground: Ground): Promise<string> {
  const founded = day("2024-01-02");
  return ground.owner.system(async (tx) => {
    await sql`insert into installation (fictitious) values (true) on conflict (id) do update set fictitious = true`.execute(
      tx,
    );
    const by = { person: null, at: startOf(founded), day: founded };
    const county = expect(
      await createUnit(
        tx,
        systemScope(),
        { id: newId<"unit">(), parentId: null, name: "云溪县总工会", level: "COUNTY", regionCode: "990101" },
        by,
      ),
    );
    const union = await createUnit(
      tx,
      systemScope(),
      {
        id: newId<"unit">(),
        parentId: county.id,
        name: "虚构大厂工会委员会",
        level: "GRASSROOTS",
        regionCode: "990101",
      },
      by,
    );
    return expect(union).code;
  });
}

async function importFile(folder: string, file: string, code: string) {
  const program = spawn(
    process.execPath,
    [join(import.meta.dirname, "..", "bin", "zhijia.js"), "import", "roster", file, "--unit", code, "--json"],
    { env: { ...process.env, ...settings(folder) }, stdio: ["ignore", "pipe", "inherit"] },
  );
  let peakKiB = 0;
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${program.pid}/status`, "utf8");
      peakKiB = Math.max(peakKiB, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // it has just ended
    }
  }, 100);
  const started = performance.now();
  let output = "";
  program.stdout.on("data", (piece: Buffer) => {
    output += piece;
  });
  const [exit] = await once(program, "close");
  clearInterval(watch);
  if (exit !== 0) throw new Error(`the import ended with ${exit}: ${output.slice(0, 2000)}`);
  const answer = JSON.parse(output.slice(output.indexOf("{"))) as { loaded: number };
  return { loaded: answer.loaded, seconds: (performance.now() - started) / 1000, peakMiB: peakKiB / 1024 };
}

/** Seconds to COPY the rows just loaded into the same tables, emptied. The rows wait in memory. */
async function rawCopy(ground: Ground): Promise<number> {
  const kept = new Map<string, Buffer[]>();
  await ground.owner.systemRead(async (tx) => {
    for (const table of tables) {
      const pieces: Buffer[] = [];
      for await (const piece of copyOut(tx, `copy ${table} to stdout (format binary)`)) pieces.push(piece);
      kept.set(table, pieces);
    }
  });
  await ground.owner.system((tx) => sql.raw(`truncate ${tables.join(", ")} cascade`).execute(tx));
  const started = performance.now();
  await ground.owner.system(async (tx) => {
    for (const table of tables)
      await copyIn(tx, `copy ${table} from stdin (format binary)`, kept.get(table)!);
  });
  return (performance.now() - started) / 1000;
}

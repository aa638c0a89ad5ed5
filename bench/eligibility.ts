import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { sql } from "kysely";
import pg from "pg";
import { loadEmpty } from "../src/db/index.ts";
import { settingsOf } from "../src/db/viewer.ts";
import { generateFederation } from "../src/demo/generate/generate.ts";
import { day } from "../src/kernel/day.ts";
import { path } from "../src/kernel/path.ts";
import { expect } from "../src/kernel/refusal.ts";
import { livingLines, livingPopulation } from "../src/services/care/eligible.ts";
import { narrow, systemScope } from "../src/units/index.ts";
import { type Bench, figure, median } from "./figure.ts";
import { databaseUrl, emptyGround, type Ground } from "./ground.ts";
import { statementsOf } from "./load.ts";

const rounds = 5;
const today = day("2026-06-01");
const capFen = 1_274_400;
/** An officer of the province that everybody is in: nothing is left out, and the wall is asked about every row. */
const province = { roots: [path("cn.99")], person: null, key: "bench" } as const;

/**
 * Whom living aid fits among a hundredth, a tenth and all of the households asked for (`--households`), all on file in one
 * federation: the count, and the same with another line, beside the same statement by a plain client; the first rows of the
 * list; and the whole sheets of the smaller two, whose memory must not grow. The ground is thrown away.
 */
export const bench: Bench = async function* (options, say) {
  const ground = await emptyGround("eligibility");
  try {
    const size = { members: 20_000, units: 2000, cases: 0, seed: options.seed };
    await generateFederation(ground.owner, ground.installation.ring, { ...size, progress: () => {} });
    const memory = new Map<"csv" | "xlsx", number>();
    for (const households of [options.households / 100, options.households / 10, options.households]) {
      say(`${households} households on file`);
      await fill(ground, Math.round(households), options.seed);
      const common = { bench: "eligibility", rows: Math.round(households), seed: options.seed };
      yield* counting(ground, common);
      if (households < options.households)
        for (const as of ["csv", "xlsx"] as const) {
          const sheet = await written(ground, as);
          yield figure({ ...common, metric: `${as} of all`, value: sheet.ms, unit: "ms" });
          const before = memory.get(as);
          memory.set(as, sheet.mebibytes);
          yield figure({
            ...common,
            metric: `memory with the ${as} of all`,
            value: sheet.mebibytes,
            unit: "MiB",
            ...(before !== undefined && { reference: "with a tenth of the rows", referenceValue: before }),
          });
        }
    }
  } finally {
    await ground.drop();
  }
};

/** Megabytes that a process may keep alive while it writes a sheet: one that gathered its rows would end. */
const heapMost = 96;

/** Writes a whole sheet to nowhere, in a process of its own: how long it took, and the most memory that held. */
async function written(ground: Ground, as: "csv" | "xlsx"): Promise<{ ms: number; mebibytes: number }> {
  const program = spawn(
    process.execPath,
    [
      `--max-old-space-size=${heapMost}`,
      join(import.meta.dirname, "eligibility-sheet.ts"),
      as,
      today,
      String(capFen),
    ],
    {
      env: { ...process.env, DATABASE_URL: databaseUrl(ground.installation.direct) },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let said = "";
  program.stdout.on("data", (piece: Buffer) => (said += piece));
  const [code] = await once(program, "close");
  if (code !== 0) throw new Error(`writing the ${as} ended with ${code}`);
  return JSON.parse(said);
}

async function* counting(ground: Ground, common: { bench: string; rows: number; seed: number }) {
  const { db } = ground.installation;
  const scope = expect(narrow(systemScope(), province.roots[0]));
  const count = (cap: number) =>
    db.read(province, (tx) => livingPopulation(tx, scope, { today, capFen: cap }));
  const client = new pg.Client(ground.installation.direct);
  await client.connect();
  try {
    await client.query(`set role zhijia_app; ${settingsOf(province, false).join("; ")}`);
    for (const [metric, cap] of [
      ["preview count", capFen],
      ["preview count, what if", capFen - 300_000],
    ] as const) {
      const statements = await statementsOf(() => count(cap));
      // Not what else the process asks meanwhile, as whether the database still answers.
      const reads = statements.filter(({ text }) => /^select.*"hardship_file"/s.test(text));
      const bare = async () => {
        let last: unknown;
        for (const { text, values } of reads) [last] = (await client.query(text, values)).rows;
        return last as { readonly households: unknown };
      };
      const [{ households }, found] = [await count(cap), await bare()];
      if (Number(households) === 0 || Number(found.households) !== Number(households))
        throw new Error(`living aid fits ${households}, and ${found.households} by the bare client`);
      yield figure({
        ...common,
        metric: `${metric} over ${common.rows}`,
        value: await timed(() => count(cap)),
        unit: "ms",
        reference: "the same statement by a bare client",
        referenceValue: await timed(bare),
      });
    }
  } finally {
    await client.end();
  }
  const first = await timed(() =>
    db.read(province, (tx) => livingLines(tx, scope, { today, capFen }, { after: null, limit: 50 })),
  );
  yield figure({ ...common, metric: "first rows of the list", value: first, unit: "ms" });
}

/** Households spread over the grassroots unions, a third of them with something used this year. */
async function fill(ground: Ground, households: number, seed: number): Promise<void> {
  await ground.owner.system(async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx);
    await sql`select setseed(${1 / (seed + 1)})`.execute(tx);
    await loadEmpty(tx, ["hardship_file"], () =>
      sql`with places as (select array_agg(id order by id) as ids, array_agg(district order by id) as districts,
          array_agg(path order by id) as paths, count(*)::int as n from unit where level = 'GRASSROOTS')
        insert into hardship_file (district, id, file_no, case_id, household_id, head_id, head_name, unit_id, path, category, tier,
          main_cause, member_count, filed_on, valid_to, state, used_year, used_fen)
        select districts[1 + g % n], id, 'bench-' || g, id, id, id, '例某', ids[1 + g % n], paths[1 + g % n],
          (array['deep','relative','relative','accident'])[1 + floor(random() * 4)::int], 'national', 'self_illness', 2, '2026-01-01',
          date '2026-01-01' + floor(random() * 500)::int,
          (array['active','active','active','reverifying','monitoring','exited'])[1 + floor(random() * 6)::int],
          case when used < 0.33 then 2026 else 0 end, case when used < 0.33 then floor(used * 4500000)::bigint else 0 end
        from places, lateral (select g, lpad(to_hex(g), 32, '0')::uuid as id, random() as used from generate_series(1, ${households}::int) g) f`.execute(
        tx,
      ),
    );
  });
  await ground.owner.systemRead(async (tx) => {
    await sql`set statement_timeout = 0`.execute(tx);
    await sql`vacuum analyze hardship_file`.execute(tx);
  });
}

/** The middle of several times, in milliseconds, after one that does not count. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  await work();
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return median(times);
}

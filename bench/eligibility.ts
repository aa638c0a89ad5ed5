import { sql } from "kysely";
import pg from "pg";
import { day } from "../src/kernel/day.ts";
import { livingLines, livingPopulation } from "../src/services/care/eligible.ts";
import { livingSheet } from "../src/services/care/eligible-sheet.ts";
import { systemScope } from "../src/units/index.ts";
import { type Bench, figure, median } from "./figure.ts";
import { type Ground, groundOf } from "./ground.ts";

const rounds = 7;
const today = day("2026-06-01");
const capFen = 1_274_400;

/**
 * Whom living aid fits among as many households on file as asked for (`--households`): the count, the same with another
 * line, the first page of the list and the whole sheet; beside the bare SQL of the count by a plain client.
 */
export const bench: Bench = async function* (options, say) {
  const ground = await groundOf(
    {
      members: options.members,
      units: Math.ceil(options.members / 118),
      cases: options.cases,
      seed: options.seed,
    },
    say,
  );
  try {
    say(`${options.households} households on file`);
    await fill(ground, options.households, options.seed);
    const scope = systemScope();
    const db = ground.installation.db;
    const count = (cap: number) => db.systemRead((tx) => livingPopulation(tx, scope, { today, capFen: cap }));
    const ours = await timed(() => count(capFen));
    const whatIf = await timed(() => count(capFen - 300_000));
    const first = await timed(() =>
      db.systemRead((tx) => livingLines(tx, scope, { today, capFen }, { after: null, limit: 50 })),
    );
    const client = new pg.Client(ground.installation.direct);
    await client.connect();
    const bare = await timed(() =>
      client.query(
        `select count(*), sum($1::bigint - coalesce(c.used_fen, 0)) from hardship_file h
         left join cap_use c on c.district = h.district and c.rule = 'living/household' and c.beneficiary = h.household_id::text and c.year = 2026
         where h.state in ('active', 'reverifying') and h.valid_to >= $2 and h.category in ('deep', 'relative') and coalesce(c.used_fen, 0) < $1`,
        [capFen, today],
      ),
    );
    await client.end();
    const common = { bench: "eligibility", unit: "ms", rows: options.households, seed: options.seed };
    const reference = "bare SQL count by pg";
    yield figure({ ...common, metric: "count", value: ours, reference, referenceValue: bare });
    yield figure({ ...common, metric: "count, what if", value: whatIf, reference, referenceValue: bare });
    yield figure({ ...common, metric: "first rows of the list", value: first });
    say("the whole sheet");
    const before = process.memoryUsage().rss;
    let most = before;
    let bytes = 0;
    const began = performance.now();
    const sheet = livingSheet("csv", "zh", (after, limit) =>
      db.systemRead((tx) => livingLines(tx, scope, { today, capFen }, { after, limit })),
    );
    for await (const piece of sheet.file as AsyncIterable<Uint8Array>) {
      bytes += piece.length;
      most = Math.max(most, process.memoryUsage().rss);
    }
    yield figure({ ...common, metric: "sheet of all", value: performance.now() - began });
    yield figure({
      ...common,
      metric: "memory the sheet took",
      value: (most - before) / 2 ** 20,
      unit: "MiB",
    });
    say(`${Math.round(bytes / 2 ** 20)} MiB written`);
  } finally {
    await ground.owner.system((tx) =>
      sql`delete from hardship_file where file_no like 'bench-%'`.execute(tx),
    );
    await ground.owner.system((tx) => sql`delete from cap_use where cap_fen = 7777777`.execute(tx));
    await ground.close();
  }
};

/** Households spread over the grassroots unions, a third of them with something used this year. */
async function fill(ground: Ground, households: number, seed: number): Promise<void> {
  await ground.owner.system(async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx);
    await sql`select setseed(${1 / (seed + 1)})`.execute(tx);
    await sql`with places as (select array_agg(id order by id) as ids, array_agg(district order by id) as districts, array_agg(path order by id) as paths,
        count(*)::int as n from unit where level = 'GRASSROOTS')
      insert into hardship_file (district, id, file_no, case_id, household_id, head_id, head_name, unit_id, path, category, tier, main_cause, member_count, filed_on, valid_to, state)
      select districts[1 + g % n], gen_random_uuid(), 'bench-' || g, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '例某', ids[1 + g % n], paths[1 + g % n],
        (array['deep','relative','relative','accident'])[1 + floor(random() * 4)::int], 'national', 'self_illness', 2, '2026-01-01',
        date '2026-01-01' + floor(random() * 500)::int, (array['active','active','active','reverifying','monitoring','exited'])[1 + floor(random() * 6)::int]
      from generate_series(1, ${households}::int) g, places`.execute(tx);
    await sql`insert into cap_use (district, rule, beneficiary, year, used_fen, cap_fen)
      select district, 'living/household', household_id::text, 2026, floor(random() * 1500000)::int, 7777777 from hardship_file
      where file_no like 'bench-%' and random() < 0.33`.execute(tx);
  });
  await ground.owner.systemRead((tx) => sql`vacuum analyze hardship_file, cap_use`.execute(tx));
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

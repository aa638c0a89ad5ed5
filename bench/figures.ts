import { sql } from "kysely";
import type { Tx } from "../src/db/index.ts";
import { addDays, day } from "../src/kernel/day.ts";
import { newId } from "../src/kernel/ids.ts";
import { expect } from "../src/kernel/refusal.ts";
import { foldAll, placeOf } from "../src/rollups/index.ts";
import { catalogue } from "../src/services/index.ts";
import { type Asked, askedOf } from "../src/statistics/asked.ts";
import { figureOf } from "../src/statistics/figure.ts";
import { measures } from "../src/statistics/measures.ts";
import { memberPeriod } from "../src/statistics/member-change.ts";
import { createUnit, systemScope } from "../src/units/index.ts";
import { type Bench, type Figure, figure, median } from "./figure.ts";
import { type Ground, groundOf } from "./ground.ts";

/** Unions that figures are asked of, the lowest first. */
const levels = {
  group: "GRASSROOTS",
  county: "COUNTY",
  province: "PROVINCIAL",
  country: "NATIONAL",
} as const;

/** Deltas that wait to be folded while one is measured: some seconds' work of a busy province. */
const waiting = 5000;
/** Of a level with as many unions as are asked; where there are fewer, they are asked as often in all. */
const rounds = 80;
/** The first rounds let connection, plans and compiled code come to rest: whichever figure is asked first pays for them. */
const restless = 20;
const today = { from: day("2026-01-01"), to: day("2026-01-01"), today: day("2026-01-01") };

/**
 * Every figure, with its first split and its months, of a workplace's union, a county, a province and the country: its
 * time on a federation of the size asked for, its time at a tenth of the members as the reference; and the slowest beside
 * the bar. Beside them the plainest figure counted over the list it opens, and the same with deltas waiting to be folded.
 */
export const bench: Bench = async function* (options, say) {
  const size = (members: number, cases: number) => ({
    members,
    cases,
    seed: options.seed,
  });
  const small = await groundOf(size(Math.ceil(options.members / 10), Math.ceil(options.cases / 10)), say);
  const large = await groundOf(size(options.members, options.cases), say);
  try {
    for (const { installation } of [small, large]) await foldAll(installation.db); // what no worker has folded yet
    const common = { bench: "figures", unit: "ms", seed: options.seed, rows: options.members };
    const slowest = new Map<string, { readonly name: string; readonly value: number }>();
    for (const { name, level, before, after } of await timesOf(small, large, say)) {
      if (after > (slowest.get(level)?.value ?? 0)) slowest.set(level, { name, value: after });
      yield figure({
        ...common,
        metric: `${name} of the ${level}`,
        value: after,
        reference: "the same at a tenth of the members",
        referenceValue: before,
      });
    }
    for (const [level, slow] of await largestOf(large)) slowest.set(level, slow);
    for (const [level, { name, value }] of slowest)
      yield figure({
        ...common,
        metric: `slowest of the ${level}: ${name}`,
        value,
        reference: "the bar",
        referenceValue: 20,
      });
    yield* beside(large, common);
  } finally {
    await small.close();
    await large.close();
  }
};

interface Timed {
  readonly name: string;
  readonly level: string;
  readonly before: number;
  readonly after: number;
}

/**
 * Milliseconds of each figure of each level on both grounds, which take turns: the median over the unions asked of the
 * median of some rounds.
 */
async function timesOf(small: Ground, large: Ground, say: (line: string) => void): Promise<readonly Timed[]> {
  const units = { small: await unitsOf(small), large: await unitsOf(large) };
  const timed: Timed[] = [];
  for (const level of Object.keys(levels)) {
    const unitsHere = Math.max(units.small.get(level)!.length, units.large.get(level)!.length);
    const times = Math.ceil((rounds * asked) / unitsHere);
    for (const [name, work] of figuresOf(level)) {
      const taken = { small: new Map<string, number[]>(), large: new Map<string, number[]>() };
      for (let round = 0; round < times; round++)
        for (const [which, ground] of [
          ["small", small],
          ["large", large],
        ] as const) {
          const ids = units[which].get(level)!;
          for (const id of round < restless ? [ids[0]!] : ids) {
            const began = performance.now();
            await work(ground, id);
            const ms = performance.now() - began;
            if (round < restless) continue;
            taken[which].set(id, [...(taken[which].get(id) ?? []), ms]);
          }
        }
      const middle = (of: ReadonlyMap<string, readonly number[]>) =>
        median([...of.values()].map((times) => median(times)));
      timed.push({ name, level, before: middle(taken.small), after: middle(taken.large) });
    }
    say(`${level}: ${measures.length + 1} figures`);
  }
  return timed;
}

type Work = (ground: Ground, unit: string) => Promise<unknown>;

/** Every figure as a page asks for it, and the table of changes. */
function figuresOf(level: string): readonly (readonly [string, Work])[] {
  const askedAs = async (
    { installation: { db, clock } }: Ground,
    id: string,
    work: (of: Asked) => Promise<unknown>,
  ) => {
    const today = clock.today();
    const when = { from: addDays(today, -364), to: today, today };
    return db.systemRead(async (tx) => work(askedOf(tx, [await placeOf(tx, id)], when)[0]!));
  };
  return [
    ...measures.map((measure): readonly [string, Work] => [
      measure.id,
      (ground, id) =>
        askedAs(ground, id, (of) => figureOf(measure, of, { id, name: level }, { least: null, catalogue })),
    ]),
    ["member change", (ground, id) => askedAs(ground, id, memberPeriod)],
  ];
}

/** Unions of each level that figures are asked of: one alone may hold much more or less than its like. */
const asked = 9;

/**
 * Unions of each level: workplaces of about a hundred members and as many cases as such ones have in the middle, and of
 * the other levels those around the middle of their paths; the country is founded above the province when it is not there.
 */
async function unitsOf(ground: Ground): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const [name, level] of Object.entries(levels)) {
    const { rows } = await ground.owner.systemRead((tx) =>
      // Workplaces alike on both grounds: their figures are counted from their own records.
      name === "group"
        ? sql<{ id: string }>`
            with alike as (
              select u.id, u.path, (select count(*) from case_file c where c.path >= u.path and c.path < u.path || '/') as cases
              from (select id, path from unit where level = ${level} order by abs(members - 100), path limit 41) u
            )
            select id from alike order by cases, path offset (select greatest((count(*) - ${asked}) / 2, 0) from alike) limit ${asked}`.execute(
            tx,
          )
        : sql<{ id: string }>`select id from unit where level = ${level} order by path
            offset (select greatest((count(*) - ${asked}) / 2, 0) from unit where level = ${level}) limit ${asked}`.execute(
            tx,
          ),
    );
    found.set(name, rows.length > 0 ? rows.map(({ id }) => id) : [await foundCountry(ground)]);
  }
  return found;
}

/**
 * The slowest figure of the largest workplace without roll-ups, all of whose figures are counted from its records, and of
 * the largest of all.
 */
async function largestOf(ground: Ground): Promise<ReadonlyMap<string, { name: string; value: number }>> {
  const found = new Map<string, { name: string; value: number }>();
  for (const [which, kept] of [
    ["largest group without roll-ups", false],
    ["largest group", true],
  ] as const) {
    const { rows } = await ground.owner.systemRead((tx) =>
      sql<{ id: string; members: number }>`select id, members from unit
        where level = ${levels.group} and (figures_kept = ${kept}) order by members desc limit 1`.execute(tx),
    );
    const [unit] = rows;
    if (unit === undefined) continue;
    for (const [name, work] of figuresOf("group")) {
      const times: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const began = performance.now();
        await work(ground, unit.id);
        times.push(performance.now() - began);
      }
      const value = median(times.slice(restless));
      const level = `${which}, ${unit.members} members`;
      if (value > (found.get(level)?.value ?? 0)) found.set(level, { name, value });
    }
  }
  return found;
}

async function foundCountry({ owner, installation }: Ground): Promise<string> {
  const { clock } = installation;
  const unit = await owner.system(async (tx) =>
    expect(
      await createUnit(
        tx,
        systemScope(),
        {
          id: newId<"unit">(),
          parentId: null,
          name: "虚构全国总工会",
          level: "NATIONAL",
          regionCode: "990000",
        },
        { person: null, at: clock.now(), day: clock.today() },
      ),
    ),
  );
  return unit.id;
}

/** Ends a transaction of which nothing is to stay. */
class Undone extends Error {}

/** What the plainest figure costs counted over the list it opens, and with deltas waiting to be folded. */
async function* beside(
  { owner, installation: { db } }: Ground,
  common: Pick<Figure, "bench" | "unit" | "seed"> & { readonly rows: number },
): AsyncGenerator<Figure> {
  const [counted, folded]: [number[], number[]] = [[], []];
  const { rows } = await db.systemRead((tx) =>
    sql<{ id: string }>`select id from unit where level = 'NATIONAL'`.execute(tx),
  );
  const country = rows[0]!.id;
  const members = (tx: Tx) =>
    placeOf(tx, country).then((place) => measures[0]!.value(askedOf(tx, [place], today)[0]!));
  for (let round = 0; round < 9; round++) {
    const began = performance.now();
    await db.systemRead((tx) =>
      sql`select count(*) from person
        where member_status in ('ACTIVE', 'TRANSFER_OUT') and merged_into is null`.execute(tx),
    );
    const halfway = performance.now();
    await db.systemRead(members);
    counted.push(halfway - began);
    folded.push(performance.now() - halfway);
  }
  yield figure({
    ...common,
    metric: "members of the country, without parts",
    value: median(folded),
    reference: "counted over the list",
    referenceValue: median(counted),
  });
  const read: number[] = [];
  const undone = owner.system(async (tx) => {
    await sql`insert into rollup_delta (district, unit_id, tally, grain, key, n)
      select u.district, u.id, 'member.sex', 'all', '1', case when n % 2 = 0 then 1 else -1 end
      from (select district, id, row_number() over (order by id) as place from unit) u
      join generate_series(1, ${waiting}) n on u.place = n % (select count(*) from unit) + 1`.execute(tx);
    for (let round = 0; round < rounds; round++) {
      const began = performance.now();
      await members(tx);
      read.push(performance.now() - began);
    }
    throw new Undone();
  });
  await undone.catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
  yield figure({
    ...common,
    metric: `members of the country, ${waiting} deltas waiting`,
    value: median(read),
    reference: "the bar",
    referenceValue: 20,
  });
}

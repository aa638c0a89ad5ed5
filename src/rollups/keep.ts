import { type RawBuilder, sql } from "kysely";
import type { Db, Tx } from "../db/index.ts";
import { ancestorsOf, type UnitPath } from "../kernel/path.ts";
import { addTo, climbed, climbedFrom, inGrains, withFollowed } from "./climb.ts";
import { type Place, placeOf, within } from "./place.ts";
import { throughWalls } from "./record.ts";
import { allFamilies, allFollowed, sharesOf } from "./tallies.ts";

/** Unions of these levels always have roll-ups; others when they are large. */
export const keptLevels: readonly string[] = [
  "NATIONAL",
  "NATIONAL_INDUSTRIAL",
  "PROVINCIAL",
  "PREFECTURE",
  "COUNTY",
];

/** A union with so many members or unions below it has roll-ups, whatever its level: fewer are counted within a figure's time. */
const largeFrom = 500;

/** Whether a union of a level has roll-ups from the day it is founded. */
export const isKeptLevel = (level: string): boolean => keptLevels.includes(level);

/** Roll-ups are changed by one transaction at a time; what the work itself writes are deltas and waits for nobody. */
const lock = sql`7430, 2`;

/**
 * Waits until no other transaction changes roll-ups, and keeps them to this one until it ends; a fold
 * meanwhile takes nothing.
 */
export async function holdRollups(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${lock})`.execute(tx);
}

/**
 * Folds deltas into the roll-ups: takes at most `most` of them and adds what they come to. Gives how many were taken;
 * none while another process is at it.
 */
export async function foldDeltas(db: Db, most = 20_000): Promise<number> {
  return db.system(async (tx) => {
    const { rows: got } = await sql<{
      got: boolean;
    }>`select pg_try_advisory_xact_lock(${lock}) as got`.execute(tx);
    if (!got[0]?.got) return 0;
    const { rows } = await sql<Delta>`
      delete from rollup_delta where (district, seq) in (select district, seq from rollup_delta limit ${most})
      returning unit_id as "unitId", tally, grain, day, key, n`.execute(tx);
    const sums = new Map<string, Delta>();
    for (const row of rows) {
      const id = `${row.unitId} ${row.tally} ${row.grain} ${row.day} ${row.key}`;
      const sum = sums.get(id);
      sums.set(id, sum ? { ...sum, n: sum.n + row.n } : row);
    }
    const of = [...sums.values()].filter(({ n }) => n !== 0n);
    if (of.length > 0)
      await addTo(
        climbed(sql`select * from unnest(${of.map((one) => one.unitId)}::uuid[], ${of.map((one) => one.tally)}::text[],
          ${of.map((one) => one.grain)}::text[], ${of.map((one) => one.day)}::date[], ${of.map((one) => one.key)}::text[],
          ${of.map((one) => String(one.n))}::bigint[]) as d(unit_id, tally, grain, day, key, n)`),
      ).execute(tx);
    return rows.length;
  });
}

interface Delta {
  readonly unitId: string;
  readonly tally: string;
  readonly grain: string;
  readonly day: string;
  readonly key: string;
  readonly n: bigint;
}

/** Folds everything there is. */
export async function foldAll(db: Db): Promise<void> {
  while ((await foldDeltas(db)) > 0);
}

/**
 * What the records of a place have added to the roll-ups so far, as (tally, grain, day, key, n). The records are found by
 * their union, as the deltas are.
 */
function foldedOf(place: Place): RawBuilder<unknown> {
  if (place.kept)
    return sql`select tally, grain, day, key, n from rollup where district = ${place.district} and unit_id = ${place.unitId}`;
  const units = sql`select district, id from unit where ${within(place, "path")}`;
  const shares = allFamilies().map((family) => {
    const which = family.inUnits?.(units) ?? sql`r.unit_id in (select id from (${units}) w)`;
    const rows = sql`(select * from ${sql.table(family.table)} r where ${which})`;
    return sql`select s.unit_id, s.tally, s.grain, s.day, s.key, s.n from (${sharesOf(family, rows)}) s`;
  });
  const rows = sql`select s.unit_id, s.tally, s.grain, s.day, s.key, sum(s.n)::bigint as n from (${sql.join(
    [...shares, sql`select d.unit_id, d.tally, d.grain, d.day, d.key, -d.n from rollup_delta d`],
    sql` union all `,
  )}) s join unit u on u.id = s.unit_id where ${within(place, "u.path")} group by 1, 2, 3, 4, 5 having sum(s.n) <> 0`;
  return sql`select i.tally, i.grain, i.day, i.key, i.n from (${inGrains(sql`(${withFollowed(rows)})`)}) i join unit w on w.id = i.unit_id
    where ${within(place, "w.path")}`;
}

/**
 * Lets the figures above a union follow its move: what it has in them leaves those that lost it and comes to those that
 * gained it. In the transaction of the move, once the tree and the records show it.
 */
export async function carryMove(tx: Tx, unitId: string, from: UnitPath, to: UnitPath): Promise<void> {
  await holdRollups(tx);
  const [before, after] = [ancestorsOf(from), ancestorsOf(to)];
  const keptAt = async (paths: readonly string[], not: readonly string[]) => {
    const { rows } = await sql<{ id: string }>`select id from unit where figures_kept
      and path = any(${paths.filter((path) => !not.includes(path))}::text[])`.execute(tx);
    return rows.map(({ id }) => id);
  };
  const [lost, gained] = [await keptAt(before, after), await keptAt(after, before)];
  const place = await placeOf(tx, unitId);
  if (lost.length > 0 || gained.length > 0) {
    await addTo(sql`select a.district, a.id as unit_id, f.tally, f.grain, f.day, f.key,
      case when a.id = any(${lost}::uuid[]) then -f.n else f.n end as n
      from (${foldedOf(place)}) f cross join unit a where a.id = any(${[...lost, ...gained]}::uuid[])`).execute(
      tx,
    );
    for (const { onMove } of allFamilies())
      if (onMove) await addTo(onMove({ place, lost, gained })).execute(tx);
  }
  // A union above that a tally follows has lost or gained what it follows.
  for (const { tally, of, at } of allFollowed())
    await addTo(
      climbed(sql`select g.id as unit_id, ${tally}::text as tally, f.grain, f.day, f.key,
        case when g.path = any(${[...after]}::text[]) then f.n else -f.n end as n
      from (${foldedOf(place)}) f join unit g on f.tally = ${of} and ${at}
        and (g.path = any(${[...before]}::text[])) <> (g.path = any(${[...after]}::text[]))`),
    ).execute(tx);
}

/**
 * Does work that changes a union, and with it whether tallies follow others there: what they follow then joins or leaves
 * the figures above.
 */
export async function following<T>(tx: Tx, unitId: string, work: () => Promise<T>): Promise<T> {
  const holds = async (): Promise<ReadonlySet<string>> => {
    const found = new Set<string>();
    for (const { tally, at } of allFollowed()) {
      const { rows } = await sql`select 1 from unit g where g.id = ${unitId} and ${at}`.execute(tx);
      if (rows.length > 0) found.add(tally);
    }
    return found;
  };
  const before = await holds();
  const done = await work();
  const after = await holds();
  for (const { tally, of } of allFollowed()) {
    if (before.has(tally) === after.has(tally)) continue;
    await holdRollups(tx);
    const place = await placeOf(tx, unitId);
    const n = after.has(tally) ? sql`f.n` : sql`-f.n`;
    await addTo(
      climbed(sql`select ${unitId}::uuid as unit_id, ${tally}::text as tally, f.grain, f.day, f.key, ${n} as n
        from (${foldedOf(place)}) f where f.tally = ${of}`),
    ).execute(tx);
  }
  return done;
}

/** Gives unions that begin to have roll-ups what their records come to. */
async function fill(tx: Tx, units: readonly string[]): Promise<void> {
  for (const id of units) {
    const place = { ...(await placeOf(tx, id)), kept: false };
    await addTo(sql`select ${place.district}::text as district, ${id}::uuid as unit_id, f.tally, f.grain, f.day, f.key, f.n
      from (${foldedOf(place)}) f`).execute(tx);
  }
}

/** Unions of the kept levels founded above others that were there before take over what those have. */
export async function unitsFounded(tx: Tx, units: readonly string[]): Promise<void> {
  const { rows } = await sql<{
    id: string;
  }>`select u.id from unit u where u.id = any(${units}::uuid[]) and u.figures_kept
    and exists (select 1 from unit b where b.path > u.path and b.path < u.path || '/' and b.id <> all(${units}::uuid[]))`.execute(
    tx,
  );
  if (rows.length === 0) return;
  await holdRollups(tx);
  await fill(
    tx,
    rows.map(({ id }) => id),
  );
}

/** Unions that have grown large begin to have roll-ups, so many in a transaction: nothing is folded meanwhile. Gives how many. */
export async function keepLarge(db: Db, from = largeFrom, atOnce = 50): Promise<number> {
  const large = await db.systemRead((tx) => largeUnits(tx, from));
  let begun = 0;
  for (let done = 0; done < large.length; done += atOnce)
    begun += await db.system((tx) => keepAll(tx, large.slice(done, done + atOnce)));
  return begun;
}

/** Begins roll-ups of those that have none yet. Gives how many. */
async function keepAll(tx: Tx, units: readonly string[]): Promise<number> {
  await holdRollups(tx);
  const { rows } = await sql<{ id: string }>`
    select id from unit where id = any(${units}::uuid[]) and not figures_kept`.execute(tx);
  const ids = rows.map(({ id }) => id);
  await fill(tx, ids);
  await sql`update unit set figures_kept = true where id = any(${ids}::uuid[])`.execute(tx);
  return ids.length;
}

/** Unions without roll-ups that have so many members or unions, those below included. Unions climb from their superior. */
async function largeUnits(tx: Tx, from: number): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select a.id from (
      select p.path from (
        select path, members, 1 as unions from unit where members > 0
        union all select p.path, 0, c.n from (select parent_id, count(*) as n from unit where members = 0 group by 1) c
          join unit p on p.id = c.parent_id
      ) u cross join lateral unnest(zhijia_above(u.path)) p(path)
      group by 1 having sum(u.members) >= ${from} or sum(u.unions) >= ${from}
    ) l join unit a on a.path = l.path and not a.figures_kept`.execute(tx);
  return rows.map(({ id }) => id);
}

/** What all records of a family come to, by their own union. */
function everyShare(table: string): RawBuilder<unknown> {
  const family = allFamilies().find((one) => one.table === table)!;
  return sql`select unit_id, tally, grain, day, key, sum(n)::bigint as n
    from (${sharesOf(family, sql.table(table))}) s group by 1, 2, 3, 4, 5`;
}

/**
 * Builds every roll-up from the records: after bulk work that wrote records without deltas (a generated federation), and
 * once on an installation that upgrades. The program may be at work meanwhile.
 */
export async function rebuildRollups(db: Db): Promise<void> {
  await alone(db, () => rebuildAll(db));
}

async function rebuildAll(db: Db): Promise<void> {
  await db.system(
    async (tx) => {
      await sql`set local statement_timeout = 0`.execute(tx);
      // Whole tables are read once through, not a union at a time.
      await sql`set local work_mem = '128MB'`.execute(tx);
      await sql`set local enable_nestloop = off`.execute(tx);
      await sql`set local enable_mergejoin = off`.execute(tx);
      // The tree is written only where it must be: who moves a union holds it and waits for the roll-ups held here.
      const { rows: late } = await sql`
        select 1 from unit where not figures_kept and level = any(${[...keptLevels]}) limit 1`.execute(tx);
      if (late.length > 0)
        await sql`update unit set figures_kept = true where not figures_kept and level = any(${[...keptLevels]})`.execute(
          tx,
        );
      const large = await largeUnits(tx, largeFrom);
      if (large.length > 0)
        await sql`update unit set figures_kept = true where id = any(${[...large]}::uuid[])`.execute(tx);
      // The deltas seen here belong to the very records seen here; those of work not yet done come after.
      await sql`delete from rollup_delta`.execute(tx);
      await sql`delete from rollup`.execute(tx);
      for (const family of allFamilies())
        await sql`insert into rollup (district, unit_id, tally, grain, day, key, n)
            select district, unit_id, tally, grain, day, key, n from (${climbedFrom(family)}) c where n <> 0 ${throughWalls}`.execute(
          tx,
        );
      await sql`insert into rollup_state (built) values (true) on conflict (id) do update set built = true`.execute(
        tx,
      );
    },
    { isolation: "repeatable read" },
  );
}

/** Builds the roll-ups of an installation that has none yet: it was upgraded, or restored from an older backup. */
export async function ensureRollups(db: Db, say?: () => void): Promise<void> {
  if (await areBuilt(db)) return;
  say?.();
  await alone(db, async () => {
    if (!(await areBuilt(db))) await rebuildAll(db); // another process may have, meanwhile
  });
}

async function areBuilt(db: Db): Promise<boolean> {
  const { rows } = await db.systemRead((tx) =>
    sql<{ built: boolean }>`select built from rollup_state`.execute(tx),
  );
  return rows[0]?.built ?? false;
}

/** Holds the roll-ups from a connection of its own, so that a snapshot is taken only once they are held. */
async function alone<T>(db: Db, work: () => Promise<T>): Promise<T> {
  return db.systemRead(async (tx) => {
    // Where this is a transaction (behind pgbouncer) it may wait as long as the work takes.
    await sql`select set_config('idle_in_transaction_session_timeout', '0', true)`.execute(tx);
    await sql`select pg_advisory_lock(${lock})`.execute(tx);
    try {
      return await work();
    } finally {
      await sql`select pg_advisory_unlock(${lock})`.execute(tx);
    }
  });
}

/** A roll-up that does not say what the records do. */
export interface WrongRollup {
  readonly check: string;
  readonly where: string;
  readonly expected: string;
  readonly found: string;
}

/** Counts every roll-up again from the records; names those that differ, at most 100 a table. */
export async function verifyRollups(db: Db): Promise<readonly WrongRollup[]> {
  const wrong: WrongRollup[] = [];
  for (const family of allFamilies()) {
    const tallies = Object.keys(family.tallies);
    const all = [
      ...tallies,
      ...allFollowed()
        .filter(({ of }) => tallies.includes(of))
        .map(({ tally }) => tally),
    ];
    const { rows } = await db.system(async (tx) => {
      await sql`set local statement_timeout = 0`.execute(tx);
      // Each side by itself, then side by side: on shards the two are counted where their rows are.
      await sql`create temp table expected_figure on commit drop as ${climbed(everyShare(family.table))}`.execute(
        tx,
      );
      await sql`create temp table found_figure on commit drop as
        select unit_id, tally, grain, day, key, n from rollup where tally = any(${sql.lit(`{${all.join(",")}}`)}::text[])`.execute(
        tx,
      );
      await sql`insert into found_figure
        select unit_id, tally, grain, day, key, n from (${climbed(sql`select unit_id, tally, grain, day, key, n from rollup_delta where tally = any(${sql.lit(`{${all.join(",")}}`)}::text[])`)}) c`.execute(
        tx,
      );
      return sql<{ code: string | null; what: string; expected: bigint; found: bigint }>`
        with expected as (select unit_id, tally, grain, day, key, n from expected_figure),
        found as (select unit_id, tally, grain, day, key, sum(n)::bigint as n from found_figure group by 1, 2, 3, 4, 5)
        select (select code from unit where id = unit_id) as code, tally || ' ' || day || ' ' || key as what,
          coalesce(e.n, 0) as expected, coalesce(f.n, 0) as found
        from expected e full join found f using (unit_id, tally, grain, day, key)
        where coalesce(e.n, 0) <> coalesce(f.n, 0) order by 1, 2 limit 100`.execute(tx);
    });
    for (const one of rows)
      wrong.push({
        check: "figures",
        where: `${one.code ?? "no union"} ${one.what.replace(" -infinity", "").trim()}`,
        expected: String(one.expected),
        found: String(one.found),
      });
  }
  return wrong;
}

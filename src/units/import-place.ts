import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { keptLevels, recordAtOnce, recordFrom, unitsFounded } from "../rollups/index.ts";
import { type OrgType, orgTypes, unionLevels } from "./levels.ts";
import { insideScope, type Scope } from "./scope.ts";
import { unitTallies } from "./tallies.ts";
import { checkLevels } from "./tree.ts";
import type { By, Unit } from "./unit.ts";

/** The staged rows find their superiors and are founded, all that can be at once in one statement. */

/** Founds every staged row that may be, below a parent of the scope; the others are marked with what is wrong. */
export async function placeStaged(tx: Tx, scope: Scope, parent: Unit, by: By): Promise<void> {
  await refuseTwins(tx);
  await meetExisting(tx, scope);
  await findParents(tx, scope, parent);
  await placeInWaves(tx, by);
  await explainTheRest(tx);
}

/** A code or credit code that stands in the file twice: the first row keeps it. */
async function refuseTwins(tx: Tx): Promise<void> {
  await sql`update import_unit s set state = 'error', error = 'import-code-twice', wrong_field = 'code', other_row = d.first_row
    from (select n, row_number() over w as nth, first_value(row_no) over w as first_row from import_unit where code is not null
      window w as (partition by code order by n)) d
    where d.n = s.n and d.nth > 1`.execute(tx);
  await sql`update import_unit s set state = 'error', error = 'unit-uscc-taken', wrong_field = 'uscc'
    from (select n, row_number() over (partition by uscc order by n) as nth from import_unit where uscc is not null and state = 'new') d
    where d.n = s.n and d.nth > 1`.execute(tx);
}

/** Rows whose code or credit code is here already: a duplicate within the scope, taken outside it. */
async function meetExisting(tx: Tx, scope: Scope): Promise<void> {
  await sql`update import_unit s set id = u.id,
      state = case when ${insideScope(scope, "u.path")} then 'duplicate' else 'error' end,
      error = case when ${insideScope(scope, "u.path")} then null else 'unit-code-taken' end, wrong_field = 'code'
    from unit u where s.state = 'new' and u.code = s.code`.execute(tx);
  await sql`update import_unit s set id = u.id,
      state = case when ${insideScope(scope, "u.path")} and u.name = s.name then 'duplicate' else 'error' end,
      error = case when ${insideScope(scope, "u.path")} and u.name = s.name then null else 'unit-uscc-taken' end, wrong_field = 'uscc'
    from unit u where s.state = 'new' and u.uscc = s.uscc`.execute(tx);
}

/**
 * Whom each row names as its superior: by code in the file, by code here, by name in the file, by name here; nobody named
 * is the parent of the import.
 */
async function findParents(tx: Tx, scope: Scope, root: Unit): Promise<void> {
  const open = sql`s.state = 'new' and s.parent_id is null and s.parent_n is null`;
  await sql`update import_unit s set parent_id = ${root.id}
    where ${open} and s.parent_code is null and (s.parent_name is null or s.parent_name in (${root.name}, ${root.code}))`.execute(
    tx,
  );
  // One who writes a code in the column for names means the code.
  const code = sql`coalesce(s.parent_code, upper(s.parent_name))`;
  await sql`update import_unit s set parent_n = p.n from import_unit p
    where ${open} and p.code = ${code} and p.error is distinct from 'import-code-twice'`.execute(tx);
  // A federation without a code of its own is known by its region's.
  await sql`update import_unit s set parent_n = p.n from import_unit p
    where ${open} and p.code is null and p.own_path is not null and p.state = 'new' and left(p.region, 6) = ${code}
      and p.n <> s.n`.execute(tx);
  await sql`update import_unit s set parent_id = u.id from unit u
    where ${open} and u.code = ${code} and ${insideScope(scope, "u.path")}`.execute(tx);
  const named = sql`s.parent_code is null`;
  await sql`update import_unit s set parent_n = p.n from (select name, min(n) as n, count(*) as times from import_unit group by name) p
    where ${open} and ${named} and p.name = s.parent_name and p.times = 1`.execute(tx);
  await sql`update import_unit s set state = 'error', error = 'unit-parent-ambiguous', wrong_field = 'parent'
    from (select name from import_unit group by name having count(*) > 1) p
    where ${open} and ${named} and p.name = s.parent_name`.execute(tx);
  const here = sql`select s2.parent_name as name, min(u.id::text)::uuid as id, count(*) as times
    from (select distinct s.parent_name from import_unit s where ${open} and ${named}) s2
    join unit u on u.name = s2.parent_name and u.path >= ${root.path} and u.path < ${`${root.path}/`}
    group by s2.parent_name`;
  await sql`with h as materialized (${here})
    update import_unit s set parent_id = case when h.times = 1 then h.id end,
      state = case when h.times = 1 then s.state else 'error' end,
      error = case when h.times = 1 then null else 'unit-parent-ambiguous' end, wrong_field = 'parent'
    from h where ${open} and ${named} and h.name = s.parent_name`.execute(tx);
  await sql`update import_unit s set state = 'error', error = 'unit-parent-unknown',
      wrong_field = case when s.parent_code is null then 'parent' else 'parentCode' end where ${open}`.execute(
    tx,
  );
}

/** Founds the rows whose superior stands, then those below them, until none is left that could. */
async function placeInWaves(tx: Tx, by: By): Promise<void> {
  // The server knows nothing yet of a tree that is just being loaded and takes it for small: it must not read all of it
  // for each row.
  await sql`set local enable_seqscan = off`.execute(tx);
  for (;;) {
    await sql`update import_unit s set parent_id = p.id, parent_new = p.state = 'placed' from import_unit p
      where s.state = 'new' and s.parent_id is null and p.n = s.parent_n and p.state in ('placed','duplicate')`.execute(
      tx,
    );
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from import_unit where state = 'new' and parent_id is not null`.execute(tx);
    if (rows[0]!.n === 0) break;
    await checkWave(tx);
    await placeWave(tx, by);
  }
  await countPlaced(tx);
  await sql`set local enable_seqscan = on`.execute(tx);
}

/**
 * What was founded joins the figures of the unions above. Where the program itself imports, straight into the roll-ups, each
 * union from its superior on where it has none of its own; an officer may not write those and leaves deltas, and so does
 * a new federation above unions that stood alone, whose figures it takes over.
 */
async function countPlaced(tx: Tx): Promise<void> {
  const placed = sql`unit u join import_unit s on s.id = u.id and s.state = 'placed'`;
  const { rows: above } = await sql<{
    id: string;
  }>`select distinct u.id from ${placed} join unit b on b.parent_id is null
    and b.path > u.path and b.path < (u.path || '/') collate "C" where u.figures_kept`.execute(tx);
  const facts = sql`u.level, u.status, u.employer from ${placed}`;
  const { rows: viewer } = await sql<{ all: boolean }>`select zhijia_all() as "all"`.execute(tx);
  if (above.length === 0 && viewer[0]!.all) {
    const lowest = sql`case when u.figures_kept then u.id else u.parent_id end as id`;
    await recordAtOnce(tx, unitTallies, sql`(select 1 as sign, u.district, ${lowest}, ${facts})`);
    return;
  }
  await recordFrom(tx, unitTallies, sql`(select 1 as sign, u.district, u.id, ${facts})`);
  if (above.length === 0) return;
  await unitsFounded(
    tx,
    above.map(({ id }) => id),
  );
}

/** The rules of the tree, for all rows of a wave at once; `checkLevels` itself says which levels go together. */
async function checkWave(tx: Tx): Promise<void> {
  await sql`update import_unit s set region = coalesce(s.region, u.region_code), parent_path = u.path, parent_level = u.level,
      parent_region = u.region_code, parent_status = u.status
    from unit u where s.state = 'new' and s.parent_id is not null and u.id = s.parent_id`.execute(tx);
  const pair = sql`s.parent_level || ' ' || s.level`;
  const wrongLevel = sql`not (${pair} = any(${allowed.pairs}) or coalesce(${pair} || ' ' || s.org_type, '') = any(${allowed.withType}))`;
  const outside = sql`(s.parent_level in ('PROVINCIAL','PREFECTURE','COUNTY','TOWNSHIP')
    and not starts_with(s.region, case when length(s.parent_region) > 6 then regexp_replace(s.parent_region, '(000)$', '')
      else regexp_replace(s.parent_region, '(00){1,2}$', '') end))`;
  const closed = sql`s.parent_status in ('DISSOLVED','MERGED')`;
  await sql`update import_unit s set state = 'error',
      error = case when ${wrongLevel} then 'unit-level' when ${outside} then 'unit-region-outside' else 'unit-closed' end,
      wrong_field = case when ${wrongLevel} then 'level' when ${outside} then 'region' else 'parent' end
    where s.state = 'new' and s.parent_id is not null and (${wrongLevel} or ${outside} or ${closed})`.execute(
    tx,
  );
  // Under a superior of this very file nobody stood before.
  await sql`update import_unit s set state = 'duplicate', id = e.id from unit e
    where s.state = 'new' and s.parent_id is not null and not s.parent_new and e.parent_id = s.parent_id and e.name = s.name
      and e.status not in ('DISSOLVED','MERGED')`.execute(tx);
  await sql`update import_unit s set state = 'error', error = 'unit-name-taken', wrong_field = 'name'
    from (select n, row_number() over (partition by parent_id, name order by n) as nth from import_unit
      where state = 'new' and parent_id is not null) d
    where d.n = s.n and d.nth > 1`.execute(tx);
}

/** Which levels go together, as `checkLevels` says: pairs that always do, and those that do for one type of union. */
const allowed = allowedLevels();

function allowedLevels(): { readonly pairs: readonly string[]; readonly withType: readonly string[] } {
  const pairs: string[] = [];
  const withType: string[] = [];
  for (const parent of unionLevels)
    for (const child of unionLevels)
      if (!checkLevels(parent, child)) pairs.push(`${parent} ${child}`);
      else
        for (const type of Object.keys(orgTypes) as OrgType[])
          if (!checkLevels(parent, child, type)) withType.push(`${parent} ${child} ${type}`);
  return { pairs, withType };
}

async function placeWave(tx: Tx, by: By): Promise<void> {
  // The region's own federation takes the region's path where it lies under its parent and is free.
  await sql`insert into unit (id, path, parent_id, district, code, name, short_name, name_pinyin, name_initials, level, org_type,
      org_form, region_code, uscc, legal_person_status, founded_on, term_years, term_number, term_start, term_end, employer,
      details, created_on, figures_kept)
    select w.id, case when w.own then w.own_path else w.parent_path || '.' || w.segment end, w.parent_id, left(w.region, 6),
      coalesce(w.code, case when w.own and not exists (select 1 from unit c where c.code = left(w.region, 6))
          and not exists (select 1 from import_unit c where c.code = left(w.region, 6))
        then left(w.region, 6) else left(w.region, 6) || '-' || lpad(w.serial::text, greatest(5, length(w.serial::text)), '0') end),
      w.name, w.short_name, w.pinyin, w.initials, w.level, w.org_type, w.org_form, w.region, w.uscc, w.legal, w.founded_on,
      w.term_years, w.term_number, w.term_start, w.term_end, w.employer, w.details, ${by.day}, w.level = any(${[...keptLevels]})
    from (select s.*, s.own_path is not null and starts_with(s.own_path, s.parent_path || '.')
          and not exists (select 1 from unit t where t.path = s.own_path)
          and row_number() over (partition by s.own_path order by s.n) = 1 as own
      from import_unit s where s.state = 'new' and s.parent_id is not null) w`.execute(tx);
  await sql`update import_unit set state = 'placed' where state = 'new' and parent_id is not null`.execute(
    tx,
  );
}

/** What could not be placed: its superior's row did not pass, or the superiors lead in a circle. */
async function explainTheRest(tx: Tx): Promise<void> {
  for (;;) {
    const done =
      await sql`update import_unit s set state = 'error', error = 'import-parent-refused', wrong_field = 'parent'
      from import_unit p where s.state = 'new' and p.n = s.parent_n and p.state = 'error'`.execute(tx);
    if ((done.numAffectedRows ?? 0n) === 0n) break;
  }
  await sql`update import_unit set state = 'error', error = 'unit-parent-cycle', wrong_field = 'parent' where state = 'new'`.execute(
    tx,
  );
}

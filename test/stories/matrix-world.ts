import { sql } from "kysely";
import type { Db, Tx } from "../../src/db/index.ts";
import { newId } from "../../src/kernel/ids.ts";
import type { Actor } from "./matrix-cast.ts";

/** Kinds of things an address or a body can name. */
export type Kind =
  | "unit"
  | "person"
  | "case"
  | "notice"
  | "objection"
  | "fund"
  | "subsidy"
  | "batch"
  | "grant"
  | "household"
  | "voucher"
  | "paper"
  | "import"
  | "transfer"
  | "post"
  | "merge"
  | "message"
  | "session"
  | "round";

/** A thing of the installation: where it lies, whose it is, what else names it. */
export interface Thing {
  readonly kind: Kind;
  readonly id: string;
  readonly paths: readonly string[];
  readonly owner: string | null;
  readonly number: string | null;
  /** The thing it is reached through: an objection's notice. */
  readonly parent: string | null;
  readonly open: boolean;
  /** The union on whose board it hangs, for its members to read. */
  readonly board: string | null;
  /** Places whose own records name it, though it is not theirs to open: the batch a grant was paid in. */
  readonly named: readonly string[];
}

/** Everything there is, read as the database's owner: what hangs on what is put together here, as no server holds it all. */
export async function thingsOf(owner: Db): Promise<readonly Thing[]> {
  return owner.system(async (tx) => {
    const { rows } = await sql<Omit<Thing, "board" | "named">>`
      select 'unit' kind, id::text, array[path] paths, null::text owner, code number, null::text parent, false open from unit
      union all select 'person', id::text, array[path], id::text, null, null, false from person
      union all select 'round', id::text, array[path], null, null, null, false from round
      union all select 'case', id::text, array_remove(array[path, turn_path], null), applicant_id::text, number, null, false from case_file
      union all select 'notice', n.id::text, array[n.path], c.applicant_id::text, null, null,
        n.scope = 'public' and n.state in ('up', 'blocked') from notice n left join case_file c on c.district = n.district and c.id = n.case_id
      union all select 'objection', id::text, array[path], null, null, notice_id::text, false from objection
      union all select 'fund', id::text, array[path], null, null, null, false from fund
      union all select 'subsidy', id::text, array[path], null, null, fund_id::text, false from subsidy
      union all select 'batch', id::text, array[path], null, number, null, false from batch
      union all select 'grant', id::text, array[path], beneficiary_id::text, null, null, false from aid_grant
      union all select 'household', g.household_id::text, array[g.path], g.beneficiary_id::text, null, null, false from aid_grant g where g.household_id is not null
      union all select 'voucher', id::text, array[path], null, null, null, false from voucher
      union all select 'paper', id::text, array[path], owner_id::text, null, null, false from paper
      union all select 'import', id::text, array[path], by_person::text, null, null, false from roster_import
      union all select 'transfer', id::text, array[from_path, to_path], person_id::text, null, null, false from membership_transfer
      union all select 'post', p.id::text, array[u.path], p.person_id::text, null, null, false from post p join unit u on u.id = p.unit_id
      union all select 'merge', m.id::text, array[p.path], null, null, null, false from merge_log m join person p on p.district = m.district and p.id = m.kept_id
      union all select 'message', id::text, array[]::text[], person_id::text, null, null, false from message`.execute(
      tx,
    );
    const transfers = await sql<{ person: string; from: string; to: string; paths: readonly string[] }>`
      select person_id::text person, from_unit_id::text "from", to_unit_id::text "to", array[from_path, to_path] paths
      from membership_transfer`.execute(tx);
    const paid = await sql<{ batch: string; path: string }>`
      select batch_id::text batch, path from aid_grant where batch_id is not null`.execute(tx);
    const up = await sql<{ id: string; path: string }>`
      select id::text, path from notice where state in ('up', 'blocked')`.execute(tx);
    const boards = new Map(up.rows.map((one) => [one.id, one.path]));
    return rows.map((thing) => {
      const { id, kind, paths } = thing;
      const moving = kind === "person" ? transfers.rows.filter((one) => one.person === id) : [];
      const named =
        kind === "batch"
          ? paid.rows.filter((one) => one.batch === id).map((one) => one.path)
          : kind === "unit"
            ? transfers.rows.filter((one) => one.from === id || one.to === id).flatMap((one) => one.paths)
            : [];
      return {
        ...thing,
        paths: [...paths, ...moving.map((one) => one.paths[1]!)],
        board: kind === "notice" ? (boards.get(id) ?? null) : null,
        named,
      };
    });
  });
}

/** Whether a place lies in somebody's places. */
export const covers = (roots: readonly string[], path: string): boolean =>
  roots.some((root) => path === root || path.startsWith(`${root}.`));

/** Whether a thing may be named to somebody at all. */
export function mayKnow(actor: Actor, thing: Thing): boolean {
  return (
    thing.open ||
    (thing.owner !== null && thing.owner === actor.person) ||
    thing.paths.some((path) => covers(actor.roots, path)) ||
    (thing.board !== null && actor.member && covers([thing.board], actor.home)) ||
    // The unions above one's own are no secret.
    (thing.kind === "unit" &&
      [actor.home, ...actor.roots].some(
        (root) => root === thing.paths[0] || root.startsWith(`${thing.paths[0]}.`),
      ))
  );
}

/** Whether a thing's id or number may stand in what somebody reads. */
export const mayRead = (actor: Actor, thing: Thing): boolean =>
  mayKnow(actor, thing) || thing.named.some((path) => covers(actor.roots, path));

async function placeOf(tx: Tx, unit: string) {
  const { rows } = await sql<{ district: string; unit_id: string; path: string }>`
    select district, id::text unit_id, path from unit where id = ${unit}`.execute(tx);
  return rows[0]!;
}

/**
 * A second county's money and papers, patterned on the first's rows, so that a county officer also has something of every
 * kind outside: a batch with its item, a voucher, an import, a transfer, a merge, an objection.
 */
export async function furnish(owner: Db, units: ReadonlyMap<string, string>): Promise<void> {
  await owner.system(async (tx) => {
    const { rows } = await sql<{ id: string; path: string; district: string }>`
      select id::text, path, district from unit where id = ${units.get("lake")}`.execute(tx);
    const lake = rows[0]!;
    const copies = new Map<string, string>();
    const copy = async (table: string, change: Record<string, unknown>, where: string): Promise<void> => {
      const columns = await sql<{ names: string }>`
        select string_agg(quote_ident(attname), ', ' order by attnum) names from pg_attribute
        where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attgenerated = ''`.execute(
        tx,
      );
      const names = columns.rows[0]!.names;
      await sql`insert into ${sql.table(table)} (${sql.raw(names)})
        select ${sql.raw(names)} from jsonb_populate_record(null::${sql.table(table)},
          (select to_jsonb(t) || ${JSON.stringify(change)}::jsonb from ${sql.table(table)} t where ${sql.raw(where)} limit 1))`.execute(
        tx,
      );
    };
    const id = (key: string): string => {
      const known = copies.get(key) ?? newId();
      copies.set(key, known);
      return known;
    };
    const place = { district: lake.district, unit_id: lake.id, path: lake.path };
    const payer = "path = (select path from batch limit 1)";
    await copy("fund", { ...place, id: id("fund") }, payer);
    await copy("voucher", { ...place, id: id("voucher") }, payer);
    await copy(
      "batch",
      { ...place, id: id("batch"), fund_id: id("fund"), number: "2099-999001-F-0001" },
      "true",
    );
    await copy(
      "aid_grant",
      {
        ...place,
        id: id("grant"),
        household_id: id("household"),
        case_id: newId(),
        fund_id: id("fund"),
        batch_id: id("batch"),
        batch_number: "2099-999001-F-0001",
        beneficiary_id: newId(),
        case_number: "2099-999001-X-00001",
      },
      "batch_id is not null",
    );
    for (const at of ["county", "lake"]) {
      const { district, path } = await placeOf(tx, units.get(at) as string);
      const round = newId();
      await sql`insert into round (id, service, unit_id, path, title, opens_at, closes_at, quota, districts, only_district, made_by, made_at, content_hash)
        values (${round}, 'cool-gift', ${units.get(at)}, ${path}, '第一场', now() - interval '1 day', now() + interval '1 day', 3, 1, ${district}, ${newId()}, now(), '\\x00')`.execute(
        tx,
      );
      await sql`insert into round_share (district, round_id, quota) values (${district}, ${round}, 3)`.execute(
        tx,
      );
    }
    for (const at of ["county", "lake", "port", "textile", "software"]) {
      await copy(
        "notice",
        {
          ...(await placeOf(tx, units.get(at) as string)),
          id: id(`notice ${at}`),
          case_id: null,
          scope: "unit",
          state: "up",
          ends_on: null,
        },
        "true",
      );
      await sql`insert into notice_lookup (notice_id, district) select id, district from notice where id = ${id(`notice ${at}`)}`.execute(
        tx,
      );
      await sql`insert into roster_import (id, district, unit_id, path, kind, file_name, file_hash, state, started_at)
        select ${newId()}, district, id, path, 'roster', '名册.xlsx', '\\x00', 'done', now() from unit where id = ${units.get(at)}`.execute(
        tx,
      );
      await sql`insert into merge_log (district, id, path, kept_id, merged_id, before, at)
        select district, ${newId()}, path, id, ${newId()}, '{}', now() from person where unit_id = ${units.get(at)} limit 1`.execute(
        tx,
      );
    }
    for (const [from, to] of [
      ["machine", "textile"],
      ["port", "lake"],
      ["software", "riders"],
    ] as const)
      await sql`insert into membership_transfer (district, id, person_id, person_name, membership_id, from_unit_id, from_path, to_unit_id, to_path, to_district, status, initiated_by, requested_on)
        select p.district, ${newId()}, p.id, p.name, m.id, f.id, f.path, t.id, t.path, t.district, 'requested', 'from', current_date
        from unit f, unit t, person p join membership m on m.district = p.district and m.person_id = p.id left join post o on o.person_id = p.id
        where o.id is null and f.id = ${units.get(from)} and t.id = ${units.get(to)} and p.unit_id = f.id limit 1`.execute(
        tx,
      );
  });
}

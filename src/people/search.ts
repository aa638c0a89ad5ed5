import { type RawBuilder, sql } from "kysely";
import { onShards, type Tx } from "../db/index.ts";
import { cursorOf, isPlain, readCursor } from "../kernel/cursor.ts";
import type { Day } from "../kernel/day.ts";
import { birthlessKinds, type IdKind, parseIdentity } from "../kernel/identity-number.ts";
import { type Id, isId } from "../kernel/ids.ts";
import { depthOf, type UnitPath } from "../kernel/path.ts";
import { parsePhone } from "../kernel/phone.ts";
import { isRefusal, type Or, refuse } from "../kernel/refusal.ts";
import type { Keyring } from "../kernel/seal.ts";
import { halfWidth, tidy } from "../kernel/text.ts";
import { districtsUnder, insideRoots, type Scope } from "../units/index.ts";
import { disowned } from "./confirmation-store.ts";
import type { MembershipStatus } from "./membership.ts";
import { identityHash, phoneHash } from "./sealed.ts";

/** What somebody typed into the search box, understood. */
export type MemberQuery =
  | { readonly by: "all" }
  | { readonly by: "name" | "pinyin" | "initials"; readonly text: string }
  | { readonly by: "identity" | "phone"; readonly number: string }
  | { readonly by: "memberNo"; readonly number: string };

/**
 * Reads a search. A name finds by its beginning; letters find by pinyin, or by initials when they hold no vowel;
 * a whole identity or telephone number finds exactly. Refuses `number-in-url` where numbers may not stand.
 */
export function readQuery(
  q: string | undefined,
  numbers: "allowed" | "refused",
  today: Day,
): Or<MemberQuery> {
  const text = halfWidth(tidy(q ?? "")).replace(/\s+/g, " ");
  const packed = text.replace(/[\s-]/g, "").toUpperCase();
  if (packed === "") return { by: "all" };
  const personal = /^\d{11}$|^\d{15}$|^\d{17}[\dX]$|^[A-Z]{1,3}\d{7,12}$|^(86|\+86)1\d{10}$/.test(packed);
  if (personal && numbers === "refused") return refuse("number-in-url", {}, { at: "/q" });
  if (/^\d{15}$|^\d{17}[\dX]$/.test(packed)) {
    const identity = parseIdentity(packed, { today, fictitious: true });
    return isRefusal(identity)
      ? { by: "identity", number: packed }
      : { by: "identity", number: identity.number };
  }
  const phone = /^\+?\d{11,13}$/.test(packed) ? parsePhone(packed) : null;
  if (phone !== null && !isRefusal(phone)) return { by: "phone", number: phone.number };
  if (/^\d{6,}$/.test(packed)) return { by: "memberNo", number: packed };
  if (/^[A-Z]{1,3}\d{7,12}$/.test(packed)) return { by: "identity", number: packed };
  if (/^[A-Z']+$/.test(packed)) {
    const letters = packed.toLowerCase().replaceAll("'", "");
    return { by: /[aeiouv]/.test(letters) ? "pinyin" : "initials", text: letters };
  }
  return { by: "name", text };
}

export interface MemberFilter {
  readonly query: MemberQuery;
  /** This union and all below; the whole scope when absent. */
  readonly under?: UnitPath | undefined;
  /**
   * `roster` unless said: `members` (active and transferring) and those a roster names who have yet to confirm it.
   * `disowned`: who said that it is not so. `all` is everybody with a record.
   */
  readonly status?: MembershipStatus | "roster" | "members" | "disowned" | "all" | undefined;
  readonly group?: string | undefined;
  readonly migrant?: boolean | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface MemberLine {
  readonly id: Id<"person">;
  readonly name: string;
  readonly sex: 1 | 2 | null;
  readonly birthYear: number | null;
  readonly unitId: Id<"unit"> | null;
  readonly unitName: string | null;
  readonly status: MembershipStatus | null;
  readonly memberNo: string | null;
  readonly joinedOn: Day | null;
  readonly employmentGroup: string | null;
  readonly toComplete: readonly string[];
  readonly hardship: boolean;
}

/** Where a list is read: by whole districts, or by single unions when the place is small. */
type Lanes =
  | { readonly districts: readonly string[] }
  | { readonly units: readonly { readonly id: string; readonly district: string }[] };

const MOST_UNIT_LANES = 300;
/** Down to the county a union's subtree is whole districts. */
const COUNTY_DEPTH = 4;

/**
 * One page of the people of a scope, in the order of what was searched. Each lane (a district, or a union) is read
 * from an index that gives its rows in order, and only as many as the page needs; so a county's list costs what
 * the country's does. Gives `undefined` as cursor of the last page. Refuses `bad-cursor`.
 */
export async function searchMembers(
  tx: Tx,
  ring: Keyring,
  scope: Scope,
  filter: MemberFilter,
): Promise<Or<{ readonly items: readonly MemberLine[]; readonly next: string | null }>> {
  const roots = filter.under === undefined ? scope.roots : [filter.under];
  const { query } = filter;
  if (query.by === "identity" || query.by === "phone") {
    const { rows } = await sql<PageRow>`
      select p.district, p.id, p.name_pinyin as key from person p where ${await exactPlace(tx, ring, query)}
      and p.merged_into is null and ${insideRoots(roots, "p.path")} order by p.name_pinyin, p.id limit ${filter.limit}`.execute(
      tx,
    );
    return { items: await linesOf(tx, rows), next: null };
  }
  const after = readCursor(filter.cursor, isPlain, isId);
  if (isRefusal(after)) return after;
  const key = keyOf(query);
  const conditions = sql.join(
    [
      ...rowConditions(filter),
      insideRoots(roots, "p.path"),
      ...(after === null ? [] : [sql`(${key}, p.id) > (${after[0]}, ${after[1]}::uuid)`]),
    ],
    sql` and `,
  );
  const lanes = await lanesOf(tx, roots);
  const most = filter.limit + 1;
  const inLane = (place: RawBuilder<unknown>) => sql<PageRow>`
    select p.district, p.id, ${key} as key from person p where ${place} and ${conditions} order by ${key}, p.id limit ${most}`;
  const { rows: found } = await pageOf(lanes, onShards(tx), inLane, most).execute(tx);
  const page = found.slice(0, filter.limit);
  const last = found.length > filter.limit ? page.at(-1) : undefined;
  return { items: await linesOf(tx, page), next: last ? cursorOf(last.key, last.id) : null };
}

/** Who stands on a page, in its order. */
interface PageRow {
  readonly district: string;
  readonly id: Id<"person">;
  readonly key: string;
}

/**
 * The page over all lanes. One server walks each lane's index for as many rows as the page needs. On shards that walk
 * cannot be sent along; there each shard finds its own first rows and they are merged.
 */
function pageOf(
  lanes: Lanes,
  sharded: boolean,
  inLane: (place: RawBuilder<unknown>) => RawBuilder<PageRow>,
  most: number,
): RawBuilder<PageRow> {
  if ("units" in lanes) {
    const [districts, ids] = [lanes.units.map((one) => one.district), lanes.units.map((one) => one.id)];
    const [only, ...others] = new Set(districts);
    if (sharded && only !== undefined && others.length === 0)
      return inLane(sql`p.district = ${only} and p.unit_id = any(${ids}::uuid[])`);
    if (sharded)
      return inLane(sql`p.district = any(${districts}::text[]) and p.unit_id = any(${ids}::uuid[])`);
    return sql`select p.* from unnest(${districts}::text[], ${ids}::uuid[]) as u(district, id)
      cross join lateral (${inLane(sql`p.district = u.district and p.unit_id = u.id`)}) p order by p.key, p.id limit ${most}`;
  }
  const { districts } = lanes;
  if (districts.length === 1) return inLane(sql`p.district = ${districts[0]}`);
  if (sharded) return inLane(sql`p.district = any(${districts}::text[])`);
  return sql`select p.* from unnest(${districts}::text[]) as d(district)
    cross join lateral (${inLane(sql`p.district = d.district`)}) p order by p.key, p.id limit ${most}`;
}

/** How many people a search finds, all pages together: what the list would hold. */
export async function countMembers(
  tx: Tx,
  ring: Keyring,
  scope: Scope,
  filter: MemberFilter,
): Promise<number> {
  const roots = filter.under === undefined ? scope.roots : [filter.under];
  const { query } = filter;
  const { status = "roster" } = filter;
  const members = status === "roster" || status === "members";
  if (query.by === "all" && members && filter.group === undefined && filter.migrant === undefined) {
    // The unions' own counters: the same people, without counting them again. Those yet to confirm are in no counter.
    const { rows } = await sql<{ n: number }>`
      select coalesce(sum(members), 0)::int as n from unit where ${insideRoots(roots, "unit.path")}`.execute(
      tx,
    );
    if (status === "members") return rows[0]!.n;
    return rows[0]!.n + (await countMembers(tx, ring, scope, { ...filter, status: "APPLIED_BY_UNION" }));
  }
  const exact = query.by === "identity" || query.by === "phone";
  const lanes = exact ? null : await lanesOf(tx, roots);
  const place =
    lanes === null
      ? sql`${await exactPlace(tx, ring, query as ExactQuery)} and p.merged_into is null`
      : "units" in lanes
        ? sql`(p.district, p.unit_id) in (select * from unnest(${lanes.units.map((one) => one.district)}::text[], ${lanes.units.map((one) => one.id)}::uuid[]))`
        : sql`p.district = any(${lanes.districts}::text[])`;
  const conditions = sql.join(
    [place, insideRoots(roots, "p.path"), ...(exact ? [] : rowConditions(filter))],
    sql` and `,
  );
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from person p where ${conditions}`.execute(tx);
  return rows[0]!.n;
}

type ExactQuery = Extract<MemberQuery, { by: "identity" | "phone" }>;

/** The condition that picks whoever a number belongs to, out of `person p`. */
async function exactPlace(tx: Tx, ring: Keyring, query: ExactQuery): Promise<RawBuilder<unknown>> {
  const found =
    query.by === "identity"
      ? sql`identity_lookup where hash = any(${identityHashes(ring, query.number)}::bytea[])`
      : sql`phone_lookup where hash = ${phoneHash(ring, query.number)}`;
  const { rows } = await sql<{
    district: string;
    id: string;
  }>`select district, person_id as id from ${found}`.execute(tx);
  return sql`p.district = any(${rows.map((one) => one.district)}::text[]) and p.id = any(${rows.map((one) => one.id)}::uuid[])`;
}

/** What a number may be found by: one that begins with letters is on a document of another kind. */
function identityHashes(ring: Keyring, number: string): Buffer[] {
  const kinds: readonly IdKind[] = /^[A-Z]/.test(number) ? birthlessKinds : ["resident"];
  return kinds.map((kind) => identityHash(ring, { kind, number }));
}

function keyOf(query: MemberQuery): RawBuilder<unknown> {
  if (query.by === "name") return sql`p.name collate "C"`;
  return query.by === "initials" ? sql`p.name_initials` : sql`p.name_pinyin`;
}

/** Only comparisons that may pass the wall of row-level security drive an index: ranges, not `like`. */
function rowConditions(filter: MemberFilter): RawBuilder<unknown>[] {
  const { query, status = "roster", group, migrant } = filter;
  const parts: RawBuilder<unknown>[] = [sql`p.merged_into is null`];
  if (query.by === "name" || query.by === "pinyin" || query.by === "initials") {
    const key = keyOf(query);
    parts.push(sql`${key} >= ${query.text}`, sql`${key} < ${`${query.text}\u{10FFFF}`}`);
  }
  if (query.by === "memberNo") {
    parts.push(
      sql`exists (select 1 from membership m where m.district = p.district and m.person_id = p.id and m.member_no = ${query.number})`,
    );
  }
  if (status === "roster") parts.push(sql`p.member_status in ('ACTIVE','TRANSFER_OUT','APPLIED_BY_UNION')`);
  else if (status === "disowned")
    parts.push(
      sql`p.member_status = 'CANCELLED'`,
      sql`p.member_status <> 'ACTIVE'`,
      sql`exists (select 1 from membership m
      where m.district = p.district and m.person_id = p.id and ${disowned("m")})`,
    );
  else if (status === "members") parts.push(sql`p.member_status in ('ACTIVE','TRANSFER_OUT')`);
  else if (status === "ACTIVE") parts.push(sql`p.member_status = 'ACTIVE'`);
  else if (status !== "all") parts.push(sql`p.member_status = ${status}`, sql`p.member_status <> 'ACTIVE'`);
  if (group !== undefined) parts.push(sql`p.new_employment_group = ${group}`);
  if (migrant !== undefined) parts.push(sql`p.migrant = ${migrant}`);
  return parts;
}

async function lanesOf(tx: Tx, roots: readonly UnitPath[]): Promise<Lanes> {
  if (roots.every((root) => depthOf(root) > COUNTY_DEPTH)) {
    const { rows } = await sql<{
      id: string;
      district: string;
    }>`select id, district from unit where ${insideRoots(roots, "unit.path")} limit ${MOST_UNIT_LANES + 1}`.execute(
      tx,
    );
    if (rows.length <= MOST_UNIT_LANES) return { units: rows };
  }
  return { districts: await districtsUnder(tx, roots) };
}

/** The people of a page with what a list shows of them, in the page's order. */
async function linesOf(tx: Tx, page: readonly PageRow[]): Promise<readonly MemberLine[]> {
  if (page.length === 0) return [];
  const [district, ...others] = new Set(page.map((one) => one.district));
  const place =
    others.length === 0
      ? sql`p.district = ${district}`
      : sql`p.district = any(${[district, ...others]}::text[])`;
  const { rows } = await sql<MemberLine>`
    select p.id, p.name, p.sex, extract(year from p.birth_date)::int as "birthYear", p.unit_id as "unitId", u.name as "unitName",
      coalesce(m.status, p.member_status) as status, m.member_no as "memberNo", m.joined_on as "joinedOn",
      p.new_employment_group as "employmentGroup", p.to_complete as "toComplete",
      exists (select 1 from hardship_file h where h.district = p.district and h.head_id = p.id and h.exited_on is null) as hardship
    from person p left join unit u on u.id = p.unit_id
    left join membership m on m.district = p.district and m.person_id = p.id and m.kind = 'member' and m.status in ('ACTIVE','TRANSFER_OUT','RETAINED')
    where ${place} and p.id = any(${page.map((one) => one.id)}::uuid[]) and p.merged_into is null`.execute(
    tx,
  );
  const lines = new Map(rows.map((one) => [one.id, one]));
  return page.flatMap((one) => lines.get(one.id) ?? []);
}

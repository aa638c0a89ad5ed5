import { type RawBuilder, sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { issueCode } from "../documents/verify.ts";
import { addDays, type Day, formatDay } from "../kernel/day.ts";
import { canonical, type Hash, rootOf } from "../kernel/hash.ts";
import { derivedId } from "../kernel/ids.ts";
import { digestOf, type Keyring, type Signer, signerOf } from "../kernel/seal.ts";
import { districtsUnder, systemScope } from "../units/index.ts";

/** What a day's root signs: the district's new hashes when the day was closed, over the root before it. */
export interface RootContent {
  readonly district: string;
  readonly day: Day;
  readonly actions: number;
  readonly root: string;
  readonly previous: string | null;
}

/** The text that is signed, the same for whoever verifies it. */
export function rootText(content: RootContent): string {
  return canonical(content);
}

/**
 * The hashes a day's root covers, in their one order: payment batches, then cases, each by id and number. Of each it is
 * what was done after the entry of the root before, up to its own.
 */
export async function hashesOf(tx: Tx, district: string, day: Day): Promise<readonly Hash[]> {
  const { rows } = await sql<{ hash: string }>`
    with reach as (
      select e.kind, e.owner_id, e.seq as until, coalesce((
        select max(b.seq) from root_entry b
          where b.district = e.district and b.owner_id = e.owner_id and b.seq < e.seq), 0) as past
      from root_entry e where e.district = ${district} and e.day = ${day}
    )
    select encode(hash, 'hex') as hash from (
      select r.kind, r.owner_id, a.seq, a.hash from reach r join case_action a on a.district = ${district}
        and a.case_id = r.owner_id and a.seq > r.past and a.seq <= r.until where r.kind = 'case'
      union all
      select r.kind, r.owner_id, a.seq, a.hash from reach r join batch_action a on a.district = ${district}
        and a.batch_id = r.owner_id and a.seq > r.past and a.seq <= r.until where r.kind = 'batch'
    ) as covered order by kind, owner_id, seq`.execute(tx);
  return rows.map((row) => row.hash as Hash);
}

/** How many days back a root looks for what was committed after its day was closed; no transaction lives so long. */
export const lateDays = 30;

/**
 * Districts with something done up to a day that no root covers yet. A district's first root reaches back to its
 * beginning.
 */
async function openDistricts(tx: Tx, day: Day): Promise<readonly string[]> {
  const all = await districtsUnder(tx, systemScope().roots);
  const closed = await tx
    .selectFrom("day_root")
    .where("day", ">=", day)
    .distinct()
    .select("district")
    .execute();
  const done = new Set(closed.map((one) => one.district));
  const open: string[] = [];
  for (const district of all) {
    if (done.has(district)) continue;
    const { rows } = await sql`select 1 from (${uncovered(district, day)}) as open limit 1`.execute(tx);
    if (rows.length > 0) open.push(district);
  }
  return open;
}

/** Each case and batch of a district with its last action up to a day, where no root reaches that far. */
function uncovered(district: string, day: Day): RawBuilder<unknown> {
  const since = sql`case when exists (select 1 from day_root r where r.district = ${district})
    then ${addDays(day, -lateDays)}::date else '-infinity' end`;
  return sql`
    select kind, owner_id, seq from (select kind, owner_id, max(seq) as seq from (
      select 'case' as kind, a.case_id as owner_id, a.seq from case_action a
        where a.district = ${district} and a.on_day <= ${day} and a.on_day >= ${since}
      union all
      select 'batch', a.batch_id, a.seq from batch_action a
        where a.district = ${district} and a.on_day <= ${day} and a.on_day >= ${since}
    ) as done group by kind, owner_id) as last where seq > coalesce((
      select max(e.seq) from root_entry e where e.district = ${district} and e.owner_id = last.owner_id), 0)`;
}

/**
 * Closes a day that is over: each district's new hashes under a root that names the root before it, signed with the
 * installation's key and given a code strangers can check. Closing again changes nothing. An action that was decided on
 * the day but committed after it was closed is not lost: the district's next root covers it.
 */
export async function closeDay(tx: Tx, ring: Keyring, day: Day, now: Date): Promise<number> {
  const signer: Signer = signerOf(ring);
  await sql`select pg_advisory_xact_lock(hashtext('day-root'))`.execute(tx); // two closers would disagree on what is late
  const districts = await openDistricts(tx, day);
  for (const district of districts) {
    const { rows: reached } = await sql<{
      kind: string;
      owner_id: string;
      seq: number;
    }>`${uncovered(district, day)}`.execute(tx);
    for (let from = 0; from < reached.length; from += 1000)
      await tx
        .insertInto("root_entry")
        .values(reached.slice(from, from + 1000).map((one) => ({ ...one, district, day })))
        .execute();
    const hashes = await hashesOf(tx, district, day);
    const before = await tx
      .selectFrom("day_root")
      .where("district", "=", district)
      .where("day", "<", day)
      .orderBy("day", "desc")
      .limit(1)
      .select("root")
      .executeTakeFirst();
    const root = rootOf(hashes, digestOf(ring.suite));
    const previous = before ? before.root.toString("hex") : null;
    const content: RootContent = { district, day, actions: hashes.length, root, previous };
    await tx
      .insertInto("day_root")
      .values({
        district,
        day,
        actions: hashes.length,
        root: Buffer.from(root, "hex"),
        previous: before?.root ?? null,
        signature: Buffer.from(signer.sign(rootText(content)), "hex"),
        key_id: signer.keyId,
        closed_at: now,
      })
      .execute();
    await issueCode(tx, {
      kind: "root",
      district,
      subject: derivedId<string>("root", district, day),
      facts: [
        { label: { zh: "地区", en: "District" }, value: district },
        { label: { zh: "日期", en: "Day" }, value: formatDay(day, "zh", "table") },
        { label: { zh: "当日办理条数", en: "Actions of the day" }, value: String(hashes.length) },
        { label: { zh: "日根", en: "Root" }, value: root },
      ],
      today: day,
    });
  }
  return districts.length;
}

/** Roots of a day, for the public page. */
export async function rootsOf(tx: Tx, day: Day) {
  const rows = await tx
    .selectFrom("day_root")
    .where("day", "=", day)
    .orderBy("district")
    .selectAll()
    .execute();
  return rows.map((row) => ({
    district: row.district,
    day: row.day,
    actions: row.actions,
    root: row.root.toString("hex"),
    previous: row.previous?.toString("hex") ?? null,
    signature: row.signature.toString("hex"),
    keyId: row.key_id,
  }));
}

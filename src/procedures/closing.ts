import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { issueCode } from "../documents/verify.ts";
import { type Day, formatDay } from "../kernel/day.ts";
import { canonical, type Hash, rootOf } from "../kernel/hash.ts";
import { derivedId } from "../kernel/ids.ts";
import { digestOf, type Keyring, type Signer, signerOf } from "../kernel/seal.ts";

/** What a day's root signs: the district's new hashes of that day, over the root before it. */
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

/** A day's new hashes of a district, in their one order: cases by id and number, then payment batches. */
export async function hashesOf(tx: Tx, district: string, day: Day): Promise<readonly Hash[]> {
  const { rows } = await sql<{ hash: string }>`
    select encode(hash, 'hex') as hash from (
      select 1 as kind, case_id as owner, seq, hash from case_action where district = ${district} and on_day = ${day}
      union all
      select 2, batch_id, seq, hash from batch_action where district = ${district} and on_day = ${day}
    ) as new order by kind, owner, seq`.execute(tx);
  return rows.map((row) => row.hash as Hash);
}

/** Districts where something was done on a day and whose root is not closed. */
async function openDistricts(tx: Tx, day: Day): Promise<readonly string[]> {
  const { rows } = await sql<{ district: string }>`
    select distinct district from (
      select district from case_action where on_day = ${day}
      union select district from batch_action where on_day = ${day}
    ) as busy where not exists (select 1 from day_root r where r.district = busy.district and r.day = ${day})
    order by district`.execute(tx);
  return rows.map((row) => row.district);
}

/**
 * Closes a day that is over: each district's new hashes under a root that names the root before it, signed with the
 * installation's key and given a code strangers can check. Closing again changes nothing.
 */
export async function closeDay(tx: Tx, ring: Keyring, day: Day, now: Date): Promise<number> {
  const signer: Signer = signerOf(ring);
  const districts = await openDistricts(tx, day);
  for (const district of districts) {
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
      .onConflict((on) => on.doNothing())
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

import { sql } from "kysely";
import type { Db } from "../db/index.ts";
import { type Hash, rootOf } from "../kernel/hash.ts";
import { digestOf, type Keyring, signerOf } from "../kernel/seal.ts";
import { verifySignature } from "../kernel/signature.ts";
import type { Pins } from "../units/policy.ts";
import { hashesOf, lateDays, rootText } from "./closing.ts";
import type { Engine } from "./engine.ts";
import { fold } from "./fold.ts";
import { headOf, recordOf } from "./load.ts";
import { actionHash } from "./record.ts";
import { roundFaults } from "./rounds-faults.ts";
import {
  type ActionRow,
  actionsOf,
  actionsOfCases,
  type CasePlace,
  type CaseRow,
  casesAfter,
  findCase,
} from "./store.ts";

/** Something that does not hold: which check, where, what should stand there and what does. */
export interface Broken {
  readonly check: string;
  readonly where: string;
  readonly expected: string;
  readonly found: string;
}

/** What was recomputed. */
export interface Verified {
  readonly cases: number;
  readonly actions: number;
  readonly roots: number;
  readonly broken: readonly Broken[];
}

const brokenMax = 200;
/** Pages read and not yet recomputed. */
const pagesAhead = 3;

/**
 * Recomputes every case's chain and fold, and every day's root and signature: side by side, as the one mostly computes here and
 * the other mostly reads. Reads in pages of so many cases, so that it runs on a large database; stops naming after 200 findings.
 */
export async function verifyCases(
  engine: Pick<Engine, "db" | "ring">,
  { atOnce = 500 } = {},
): Promise<Verified> {
  const [chains, roots] = await Promise.all([
    verifyChains(engine, atOnce),
    verifyRoots(engine.db, engine.ring),
  ]);
  return {
    ...chains,
    roots: roots.checked,
    broken: [...chains.broken, ...roots.broken].slice(0, brokenMax),
  };
}

async function verifyChains(
  engine: Pick<Engine, "db" | "ring">,
  atOnce: number,
): Promise<Omit<Verified, "roots">> {
  const broken: Broken[] = [];
  let cases = 0;
  let actions = 0;
  const ahead = [readPage(engine.db, { district: "", id: "00000000-0000-0000-0000-000000000000" }, atOnce)];
  for (;;) {
    // The next pages are read while this one is recomputed.
    while (ahead.length < pagesAhead) {
      const last = await ahead.at(-1)!.last;
      if (last === undefined) break;
      ahead.push(readPage(engine.db, last, atOnce));
    }
    const page = await ahead.shift()?.whole;
    if (page === undefined || page.rows.length === 0) break;
    const { rows, byCase } = page;
    for (const row of rows) {
      const done = byCase.get(row.id) ?? [];
      cases++;
      actions += done.length;
      if (broken.length >= brokenMax) continue;
      if (row.looked_up !== row.district) broken.push(lookupFault(row.id, row.district, row.looked_up));
      broken.push(...faultsOf(engine, row, done));
    }
  }
  return { cases, actions, broken };
}

/** Some cases with their actions, as both stood at one moment; which is the last of them is known before the rest. */
function readPage(db: Db, after: CasePlace, atOnce: number) {
  const { promise: last, resolve, reject } = Promise.withResolvers<CasePlace | undefined>();
  const whole = db.system(
    async (tx) => {
      const rows = await casesAfter(tx, after, atOnce);
      resolve(rows.at(-1));
      const actions = rows.length > 0 ? await actionsOfCases(tx, rows) : [];
      return { rows, byCase: Map.groupBy(actions, (one) => one.case_id) };
    },
    { isolation: "repeatable read" },
  );
  whole.catch(reject); // whoever waits for it is told
  last.catch(() => {});
  return { last, whole };
}

const lookupFault = (id: string, expected: string, found: string | null): Broken => ({
  check: "case-lookup",
  where: id,
  expected: `a lookup row for ${expected}`,
  found: found ?? "none",
});

/** One case recomputed: its chain, its head and its fold. */
export async function verifyCase(engine: Pick<Engine, "db" | "ring">, id: string) {
  return engine.db.systemRead(async (tx) => {
    const row = await findCase(tx, id);
    if (!row) return { actions: 0, broken: [lookupFault(id, "its case", null)] };
    const rows = await actionsOf(tx, row.district, row.id);
    return { actions: rows.length, broken: faultsOf(engine, row, rows) };
  });
}

function faultsOf(engine: Pick<Engine, "ring">, row: CaseRow, rows: readonly ActionRow[]): readonly Broken[] {
  const broken: Broken[] = [];
  let previous: Buffer | null = null;
  for (const [index, one] of rows.entries()) {
    const where = `${row.number}#${one.seq}`;
    if (one.seq !== index + 1)
      broken.push({ check: "case-sequence", where, expected: String(index + 1), found: String(one.seq) });
    const expected = actionHash(engine, previous, one);
    const found = one.hash.toString("hex");
    if (expected !== found) broken.push({ check: "case-chain", where, expected, found });
    previous = one.hash;
  }
  const head = row.head_hash.toString("hex");
  const last = previous?.toString("hex") ?? "none";
  if (head !== last) broken.push({ check: "case-head", where: row.number, expected: last, found: head });
  if (rows.length > 0 && broken.length === 0) broken.push(...foldFaults(engine, row, rows));
  return broken;
}

function foldFaults(engine: Pick<Engine, "ring">, row: CaseRow, rows: readonly ActionRow[]): Broken[] {
  let records: ReturnType<typeof recordOf>[];
  try {
    records = rows.map((one) => recordOf(engine as Engine, one));
  } catch {
    return [
      { check: "case-seal", where: row.number, expected: "a seal that opens", found: "one that does not" },
    ];
  }
  const state = fold({ ...headOf(row), pins: row.pins as Pins }, records);
  const told = {
    step: state.step,
    state: state.state,
    outcome: state.outcome,
    turn: state.turn.who,
    turnUnit: state.turn.unitId,
    due: state.due.on,
    escalated: state.escalated,
    seq: state.seq,
    rating: state.rating,
    amount: state.amountFen === null ? null : String(state.amountFen),
    endedOn: state.endedOn,
  };
  const kept = {
    step: row.step,
    state: row.state,
    outcome: row.outcome,
    turn: row.turn,
    turnUnit: row.turn_unit_id,
    due: row.due_on,
    escalated: row.escalated,
    seq: row.seq,
    rating: row.rating,
    amount: row.amount_fen === null ? null : String(row.amount_fen),
    endedOn: row.ended_on,
  };
  return Object.keys(told).flatMap((key) => {
    const name = key as keyof typeof told;
    return told[name] === kept[name]
      ? []
      : [
          {
            check: "case-fold",
            where: `${row.number}.${key}`,
            expected: String(told[name]),
            found: String(kept[name]),
          },
        ];
  });
}

/** Every day root recomputed, with its signature and its tie to the day before. */
export async function verifyRoots(
  db: Db,
  ring: Keyring,
): Promise<{ readonly checked: number; readonly broken: readonly Broken[] }> {
  const broken: Broken[] = [];
  const roots = await db.systemRead((tx) =>
    tx.selectFrom("day_root").orderBy("district").orderBy("day").selectAll().execute(),
  );
  const before = new Map<string, Buffer>();
  for (const one of roots) {
    const where = `${one.district} ${one.day}`;
    const hashes = await db.systemRead((tx) => hashesOf(tx, one.district, one.day));
    const root = rootOf(hashes as readonly Hash[], digestOf(ring.suite));
    const found = one.root.toString("hex");
    if (root !== found) broken.push({ check: "day-root", where, expected: root, found });
    const previous = before.get(one.district) ?? null;
    const named = one.previous?.toString("hex") ?? null;
    const expected = previous?.toString("hex") ?? null;
    if (named !== expected)
      broken.push({ check: "day-chain", where, expected: String(expected), found: String(named) });
    const signed = rootText({
      district: one.district,
      day: one.day,
      actions: one.actions,
      root: found,
      previous: named,
    });
    const { publicKey } = signerOf(ring, one.key_id);
    if (!(await verifySignature(publicKey, signed, one.signature.toString("hex"))))
      broken.push({
        check: "day-signature",
        where,
        expected: "a signature of this installation",
        found: "none",
      });
    before.set(one.district, one.root);
  }
  broken.push(...(await outsideRoots(db)));
  return { checked: roots.length, broken };
}

/** Actions that no root covers and none will: older than what the next root looks back to. */
async function outsideRoots(db: Db): Promise<readonly Broken[]> {
  const { rows } = await db.systemRead((tx) =>
    sql<Broken>`
      with last as (select district, max(day) as day from day_root group by district),
      done as (
        select a.district, a.case_id as owner_id, max(a.seq) as seq from case_action a join last on
          last.district = a.district where a.on_day < last.day - ${lateDays}::int group by a.district, a.case_id
        union all
        select a.district, a.batch_id, max(a.seq) from batch_action a join last on
          last.district = a.district where a.on_day < last.day - ${lateDays}::int group by a.district, a.batch_id
      )
      select 'day-covered' as check, d.district || ' ' || d.owner_id || '#' || d.seq as where,
        'a root that covers it' as expected, coalesce('up to #' || max(e.seq), 'none') as found
      from done d left join root_entry e on e.district = d.district and e.owner_id = d.owner_id
      group by d.district, d.owner_id, d.seq having d.seq > coalesce(max(e.seq), 0) limit ${brokenMax}`.execute(
      tx,
    ),
  );
  return rows;
}

/** Counters that no longer equal what they count: human numbers, open claims of cases that ended, places of rounds. */
export async function verifyCounters(db: Db): Promise<readonly Broken[]> {
  const { rows } = await db.systemRead((tx) =>
    sql<{ check: string; where: string; expected: string; found: string }>`
      select 'case-serial' as check, s.district || ' ' || s.year || ' ' || s.service as where,
        count(c.id)::text as expected, s.last::text as found
      from case_serial s left join case_file c on c.district = s.district and c.service = s.service
        and extract(year from c.opened_on) = s.year
      where s.service <> 'hardship-file-no' group by s.district, s.year, s.service, s.last having count(c.id) <> s.last
      union all
      select 'notice-up', n.id::text, 'a case on notice', coalesce(c.state, 'none')
      from notice n left join case_file c on c.district = n.district and c.id = n.case_id
      where n.state in ('up','blocked') and n.case_id is not null and c.state is distinct from 'open'
      limit 200`.execute(tx),
  );
  const rounds = await db.systemRead((tx) => roundFaults(tx, brokenMax));
  return [...rows, ...(await staleClaims(db)), ...rounds].slice(0, brokenMax);
}

/** Identities claimed for a case that is not open. A claim lies by its hash, its case in a district: looked up apart. */
async function staleClaims(db: Db): Promise<readonly Broken[]> {
  const broken: Broken[] = [];
  const claims = await db.systemRead((tx) =>
    tx.selectFrom("hardship_claim").distinct().select(["district", "case_id"]).execute(),
  );
  for (const [district, here] of Map.groupBy(claims, (one) => one.district)) {
    const ids = here.map((one) => one.case_id);
    const found = await db.systemRead((tx) =>
      sql<{ id: string; state: string }>`select id, state from case_file
        where district = ${district} and id = any(${ids}::uuid[])`.execute(tx),
    );
    const states = new Map(found.rows.map((one) => [one.id, one.state]));
    for (const id of ids) {
      const state = states.get(id) ?? "none";
      if (state !== "open")
        broken.push({ check: "hardship-claim", where: id, expected: "an open case", found: state });
    }
  }
  return broken;
}

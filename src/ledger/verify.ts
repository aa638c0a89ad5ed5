import { type RawBuilder, sql } from "kysely";
import type { Tx } from "../db/index.ts";
import { type Hash, hex, link } from "../kernel/hash.ts";
import { type ActionRow, actionContent } from "./batch-history.ts";
import { type AccountRole, accountRoles } from "./chart.ts";

/** Something in the books that does not tie: which rule, where, what should stand there and what does. */
export interface Finding {
  readonly check: string;
  readonly where: string;
  readonly expected: string;
  readonly found: string;
}

const findingsMax = 100;

/**
 * Recompute the books from their transfers and the batches from their items; empty when everything ties. Each rule
 * reports at most 100 places. Needs to see everything (`db.systemRead`).
 */
export async function verifyLedger(tx: Tx): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [check, query] of Object.entries(checks)) {
    const { rows } = await sql<{ place: string; expected: unknown; found: unknown }>`
      select place, expected, found from (${query}) as asked (place, expected, found)
      where expected is distinct from found order by place limit ${findingsMax}`.execute(tx);
    for (const row of rows)
      findings.push({ check, where: row.place, expected: String(row.expected), found: String(row.found) });
  }
  return [...findings, ...(await apartFindings(tx)), ...(await brokenChains(tx))];
}

/** Payments and grants that name each other across districts, where no join reaches: compared one by one. */
async function apartFindings(tx: Tx): Promise<readonly Finding[]> {
  const { rows: items } = await sql<{ key: string; place: string; said: string }>`
    select i.grant_district || ' ' || i.grant_id || ' ' || i.district || ' ' || i.batch_id as key,
      'batch ' || b.number || ' item ' || i.position as place, i.amount_fen || ' ' || ${stateOfGrant} as said
    from batch b join batch_item i on i.district = b.district and i.batch_id = b.id
    where i.grant_district <> i.district and i.state not in ('removed', 'refunded') order by 1`.execute(tx);
  const { rows: grants } = await sql<{ key: string; place: string; said: string }>`
    select district || ' ' || id || ' ' || fund_district || ' ' || batch_id as key, 'grant ' || id as place,
      amount_fen || ' ' || state as said
    from aid_grant where fund_district <> district and state in ('batched', 'failed', 'paid', 'recovered') order by 1`.execute(
    tx,
  );
  const granted = new Map(grants.map((one) => [one.key, one]));
  const findings: Finding[] = [];
  for (const { key, place, said } of items) {
    const found = granted.get(key)?.said ?? "none";
    if (found !== said) findings.push({ check: "item-grants", where: place, expected: said, found });
  }
  const counts = Map.groupBy(items, (one) => one.key);
  for (const { key, place } of grants) {
    const count = counts.get(key)?.length ?? 0;
    if (count !== 1)
      findings.push({ check: "grant-items", where: place, expected: "1", found: String(count) });
  }
  return findings.slice(0, findingsMax);
}

/** What a payment's state makes of its grant's. */
const stateOfGrant = sql`case i.state when 'pending' then 'batched' when 'corrected' then 'failed' else i.state end`;

const roles = (of: (typeof accountRoles)[AccountRole]) =>
  (Object.keys(accountRoles) as AccountRole[]).filter((role) => accountRoles[role] === of);

/** Items whose money is still reserved, in batches whose fund is. */
const reserved = sql`
  select i.district, b.fund_id, sum(i.amount_fen) as fen
  from batch b join batch_item i on i.district = b.district and i.batch_id = b.id
  where b.state in ('funded','approved','submitted_to_bank','partly_failed','settled','closed')
    and i.state in ('pending','failed','corrected')
  group by 1, 2
  union all
  select district, fund_id, sum(amount_fen) from subsidy where state = 'owed' group by 1, 2`;

/** A fund's accounts, each netted on the debit side. */
const fundAccounts = sql`
  select district, fund_id,
    coalesce(sum(credit_fen - debit_fen) filter (where role = any(${roles("income")})), 0)
      - coalesce(sum(debit_fen - credit_fen) filter (where role = 'DUE_FROM_SUPERIOR'), 0) as received,
    coalesce(sum(debit_fen - credit_fen) filter (where role = any(${roles("expenditure")})), 0)
      - coalesce(sum(credit_fen - debit_fen) filter (where role = 'DUE_TO_LOWER'), 0) as spent,
    coalesce(sum(debit_fen - credit_fen) filter (where role = 'BANK'), 0) as bank
  from account_book where fund_id is not null group by 1, 2`;

const funds = (name: "received" | "spent", column: "in_fen" | "spent_fen") => sql`
  select 'fund ' || f.id, coalesce(a.${sql.ref(name)}, 0)::bigint, f.${sql.ref(column)}
  from fund f left join (${fundAccounts}) a on a.district = f.district and a.fund_id = f.id`;

/** Each rule as a query of (place, expected, found); a row where the two differ is a finding. */
const checks: Readonly<Record<string, RawBuilder<unknown>>> = {
  "account-debits": sql`
    select 'account ' || a.id || ' ' || a.role, coalesce(t.fen, 0)::bigint, a.debit_fen
    from account_book a left join (select district, debit_id, sum(amount_fen) as fen from transfer group by 1, 2) t
      on t.district = a.district and t.debit_id = a.id`,
  "account-credits": sql`
    select 'account ' || a.id || ' ' || a.role, coalesce(t.fen, 0)::bigint, a.credit_fen
    from account_book a left join (select district, credit_id, sum(amount_fen) as fen from transfer group by 1, 2) t
      on t.district = a.district and t.credit_id = a.id`,
  "voucher-numbers": sql`
    select 'books of ' || coalesce(m.unit_id, v.unit_id) || ' ' || coalesce(m.month, v.month),
      coalesce(m.vouchers, 0) || ' from 1', coalesce(v.count, 0) || ' from ' || coalesce(v.first, 1)
        || case when v.last <> v.count then ' to ' || v.last else '' end
    from book_month m full join (
      select district, unit_id, month, count(*) as count, min(number) as first, max(number) as last
      from voucher group by 1, 2, 3) v
      on v.district = m.district and v.unit_id = m.unit_id and v.month = m.month`,
  "voucher-transfers": sql`
    select 'voucher ' || v.id, true,
      exists (select 1 from transfer t where t.district = v.district and t.voucher_id = v.id
        and t.unit_id = v.unit_id and t.on_day = v.on_day)
    from voucher v`,
  "transfer-accounts": sql`
    select 'transfer ' || t.id, t.unit_id || ' ' || t.unit_id, d.unit_id || ' ' || c.unit_id
    from transfer t
      join account_book d on d.district = t.district and d.id = t.debit_id
      join account_book c on c.district = t.district and c.id = t.credit_id`,
  "reversal-amount": sql`
    select 'voucher ' || v.id,
      (select sum(amount_fen) from transfer t where t.district = v.district and t.voucher_id = v.reverses),
      (select sum(amount_fen) from transfer t where t.district = v.district and t.voucher_id = v.id)
    from voucher v where v.reverses is not null`,
  "fund-in": funds("received", "in_fen"),
  "fund-spent": funds("spent", "spent_fen"),
  "fund-bank": sql`
    select 'fund ' || f.id, f.in_fen - f.spent_fen, coalesce(a.bank, 0)::bigint
    from fund f left join (${fundAccounts}) a on a.district = f.district and a.fund_id = f.id`,
  "fund-committed": sql`
    select 'fund ' || f.id, coalesce(r.fen, 0)::bigint, f.committed_fen
    from fund f left join (select district, fund_id, sum(fen) as fen from (${reserved}) each group by 1, 2) r
      on r.district = f.district and r.fund_id = f.id`,
  "batch-totals": sql`
    select 'batch ' || b.number,
      coalesce(i.total, 0) || ' ' || coalesce(i.items, 0) || ' ' || coalesce(i.paid, 0) || ' ' || coalesce(i.failed, 0),
      b.total_fen || ' ' || b.items || ' ' || b.paid_fen || ' ' || b.failed
    from batch b left join (
      select district, batch_id, sum(amount_fen) as total, count(*) as items,
        coalesce(sum(amount_fen) filter (where state = 'paid'), 0) as paid,
        count(*) filter (where state = 'failed') as failed
      from batch_item where state <> 'removed' group by 1, 2) i on i.district = b.district and i.batch_id = b.id`,
  "batch-vouchers": sql`
    select 'batch ' || b.number || ' voucher ' || i.voucher_id, sum(i.amount_fen)::bigint,
      (select sum(t.amount_fen)::bigint from transfer t where t.district = b.district and t.voucher_id = i.voucher_id)
    from batch b join batch_item i on i.district = b.district and i.batch_id = b.id
    where i.voucher_id is not null group by b.district, b.number, i.voucher_id`,
  "item-vouchers": sql`
    select 'batch ' || b.number || ' item ' || i.position, true, i.voucher_id is not null
    from batch b join batch_item i on i.district = b.district and i.batch_id = b.id
    where i.state in ('paid', 'refunded', 'recovered')`,
  "item-grants": sql`
    select 'batch ' || b.number || ' item ' || i.position,
      i.amount_fen || ' ' || ${stateOfGrant},
      g.amount_fen || ' ' || g.state
    from batch b join batch_item i on i.district = b.district and i.batch_id = b.id
      join aid_grant g on g.district = i.district and g.id = i.grant_id
    where i.grant_district = i.district and i.state not in ('removed', 'refunded')`,
  "grant-items": sql`
    select 'grant ' || g.id, 1::bigint,
      (select count(*) from batch_item i where i.district = g.district and i.grant_district = g.district
        and i.grant_id = g.id and i.batch_id = g.batch_id and i.state not in ('removed', 'refunded'))
    from aid_grant g where g.fund_district = g.district and g.state in ('batched', 'failed', 'paid', 'recovered')`,
  "cap-use": sql`
    select 'cap ' || coalesce(c.rule, g.rule) || ' ' || coalesce(c.beneficiary, g.beneficiary) || ' '
        || coalesce(c.year, g.year),
      coalesce(g.fen, 0)::bigint + coalesce(c.carried_fen, 0), coalesce(c.used_fen, 0)
    from cap_use c full join (
      select g.district, cap->>'rule' as rule, cap->>'beneficiary' as beneficiary, (cap->>'year')::int as year,
        sum(g.amount_fen) as fen
      from aid_grant g, jsonb_array_elements(g.cap_check) cap
      where g.state not in ('cancelled', 'recovered') group by 1, 2, 3, 4) g
      on g.district = c.district and g.rule = c.rule and g.beneficiary = c.beneficiary and g.year = c.year`,
};

/** Batches whose history does not hash to its head, or has a gap. */
async function brokenChains(tx: Tx): Promise<readonly Finding[]> {
  const { rows } = await sql<
    ActionRow & { number: string; batchId: string; hash: Buffer; last: number; head: Buffer | null }
  >`
    select b.number, b.id as "batchId", b.seq as last, b.head_hash as head, a.seq, a.id, a.name,
      a.by_person as "byPerson", a.by_name as "byName", a.by_role as "byRole", a.at, a.on_day as "onDay",
      a.from_state as "fromState", a.to_state as "toState", a.answers, a.hash
    from batch b left join batch_action a on a.district = b.district and a.batch_id = b.id
    order by b.district, b.id, a.seq`.execute(tx);
  const findings: Finding[] = [];
  let previous: Hash | null = null;
  let expectedSeq = 1;
  for (const [index, row] of rows.entries()) {
    const { number, batchId, hash: stored, last, head, ...action } = row;
    const place = `batch ${number} action ${action.seq}`;
    const computed: Hash = link(previous, actionContent(batchId, action));
    if (action.seq !== expectedSeq)
      findings.push({
        check: "batch-history",
        where: place,
        expected: String(expectedSeq),
        found: String(action.seq),
      });
    else if (computed !== hex(stored))
      findings.push({ check: "batch-chain", where: place, expected: computed, found: hex(stored) });
    previous = hex(stored) as Hash;
    expectedSeq = action.seq + 1;
    if (rows[index + 1]?.batchId === batchId) continue;
    if (last !== action.seq || head === null || hex(head) !== previous)
      findings.push({
        check: "batch-head",
        where: `batch ${number}`,
        expected: `${action.seq}`,
        found: `${last}`,
      });
    previous = null;
    expectedSeq = 1;
  }
  return findings.slice(0, findingsMax);
}

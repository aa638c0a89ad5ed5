import { sql } from "kysely";
import { defineFamily, within } from "../rollups/index.ts";

const paid = sql`r.state = 'paid' and r.paid_on is not null`;

/** What a grant counts for once it is paid: its fen, and itself, by purpose and by kind of money. */
export const grantTallies = defineFamily({
  table: "aid_grant",
  columns: {
    unit_id: "uuid",
    kind: "text",
    fund_source: "text",
    amount_fen: "bigint",
    state: "text",
    paid_on: "date",
  },
  tallies: {
    "aid.fen": { key: sql`r.kind`, day: sql`r.paid_on`, n: sql`r.amount_fen`, when: paid },
    "aid.fen.source": {
      key: sql`coalesce(r.fund_source, '')`,
      day: sql`r.paid_on`,
      n: sql`r.amount_fen`,
      when: paid,
    },
    "aid.grants": { key: sql`r.kind`, day: sql`r.paid_on`, when: paid },
    "aid.grants.source": { key: sql`coalesce(r.fund_source, '')`, day: sql`r.paid_on`, when: paid },
  },
  rowsOf: (place) =>
    sql`(select * from aid_grant where district = any(${place.districts}::text[]) and ${within(place, "path")})`,
});

/** What a payment batch counts for: while its step has a due day, by that day. */
export const batchTallies = defineFamily({
  table: "batch",
  columns: { unit_id: "uuid", due_on: "date" },
  tallies: { "batch.due": { day: sql`r.due_on`, when: sql`r.due_on is not null` } },
  rowsOf: (place) => sql`(select * from batch where ${within(place, "path")})`,
});

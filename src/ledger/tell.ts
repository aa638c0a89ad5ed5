import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import { formatYuan } from "../kernel/money.ts";
import { publish } from "../messages/events.ts";
import { tell } from "../messages/tell.ts";
import { type Holder, holdersOf } from "../units/index.ts";
import { lineFor, nearestAble, signedBefore } from "./able.ts";
import { batchStates, nextIn, signedBy, turnOf } from "./batch.ts";
import { signersOf } from "./batch-history.ts";
import type { BatchRow } from "./batch-store.ts";
import type { ItemRow } from "./item-store.ts";
import type { Loaded, Paying } from "./paying.ts";

/** Who is told what as a batch moves: the officers whose turn it is, the maker when it comes back, the workers it pays. */

/**
 * Tell those who may do the next step at the batch's own union, but none of those who already signed; when nobody is
 * left there, those of the nearest union above who may.
 */
export async function tellTurn(
  tx: Tx,
  paying: Paying,
  batch: Pick<
    BatchRow,
    "district" | "id" | "unitId" | "path" | "number" | "title" | "state" | "items" | "totalFen"
  > & {
    readonly dueOn: Day | null;
  },
  not: readonly string[],
): Promise<void> {
  publish(tx, { event: "batch", to: { path: batch.path }, data: { id: batch.id, state: batch.state } });
  const power = turnOf(batch.state);
  if (power === null || batch.dueOn === null) return;
  const own = await holdersOf(tx, batch.unitId as Id<"unit">, power, paying.today);
  const fresh = own.filter((one) => !not.includes(one.personId));
  const holders = fresh.length > 0 ? fresh : await leftFor(tx, batch, paying.today);
  await tell(tx, {
    to: holders.map((one) => ({ person: one.personId, district: one.personDistrict })),
    template: "batch.turn",
    params: {
      title: batch.title,
      number: batch.number,
      items: batch.items,
      totalFen: batch.totalFen,
      step: batchStates[batch.state],
      dueOn: batch.dueOn,
    },
    now: paying.now,
    link: `/o/batches/${batch.id}`,
  });
}

/** Those who may do the next step after all that was signed, at the nearest union where there are any. */
async function leftFor(
  tx: Tx,
  batch: Pick<BatchRow, "district" | "id" | "unitId" | "state">,
  today: Day,
): Promise<readonly Holder[]> {
  const [name] = nextIn(batch.state);
  if (name === undefined) return [];
  const signed = signedBy(await signersOf(tx, [batch]));
  return nearestAble(await lineFor(tx, batch, name, today), (person) => signedBefore(name, signed, person));
}

/** Tell those whose turn it is, and the union above, that a batch is late; each person once. */
export async function tellLate(
  tx: Tx,
  batch: BatchRow & { readonly above: { readonly id: string; readonly name: string } },
  on: { readonly day: Day; readonly now: Date },
): Promise<void> {
  const power = turnOf(batch.state);
  if (power === null || batch.dueOn === null) return;
  const own = await holdersOf(tx, batch.unitId as Id<"unit">, power, on.day);
  const above = await holdersOf(tx, batch.above.id as Id<"unit">, power, on.day);
  const whom = (holders: typeof own) =>
    holders.map((one) => ({ person: one.personId, district: one.personDistrict }));
  const said = {
    title: batch.title,
    number: batch.number,
    step: batchStates[batch.state],
    dueOn: batch.dueOn,
  };
  const common = { now: on.now, link: `/o/batches/${batch.id}` };
  await tell(tx, {
    ...common,
    to: whom(own),
    template: "batch.overdue",
    params: { ...said, above: batch.above.name },
  });
  await tell(tx, {
    ...common,
    to: whom(above.filter((one) => own.every((other) => other.personId !== one.personId))),
    template: "batch.escalated",
    params: { ...said, unit: batch.unitName, items: batch.items, totalFen: batch.totalFen },
  });
}

/** Tell whoever made a batch that it came back. */
export async function tellReturned(tx: Tx, paying: Paying, { row }: Loaded, reason: string): Promise<void> {
  await tell(tx, {
    to: [{ person: row.madeBy as Id<"person">, district: row.district }],
    template: "batch.returned",
    params: { title: row.title, number: row.number, reason },
    now: paying.now,
    link: `/o/batches/${row.id}`,
  });
}

/** Tell whoever made a batch what the bank said. */
export async function tellResult(
  tx: Tx,
  paying: Paying,
  { row }: Loaded,
  counts: { readonly paid: number; readonly failed: number },
): Promise<void> {
  await tell(tx, {
    to: [{ person: row.madeBy as Id<"person">, district: row.district }],
    template: "batch.result",
    params: { title: row.title, number: row.number, ...counts },
    now: paying.now,
    link: `/o/batches/${row.id}`,
  });
}

/** Tell a worker that their money is there, and on which card. */
export async function tellPaid(tx: Tx, paying: Paying, item: ItemRow, on: Day, card: string): Promise<void> {
  await tell(tx, {
    ...toWorker(item, paying),
    template: "case.paid",
    params: {
      amountFen: item.amountFen,
      on,
      cardTail: card.slice(-4),
      number: item.caseNumber ?? formatYuan(item.amountFen),
    },
  });
}

const unsaid = { zh: "银行没有说明原因", en: "the bank gave no reason" };

/** Tell a worker that the bank did not pay, and why. */
export async function tellFailed(tx: Tx, paying: Paying, item: ItemRow, reason: string): Promise<void> {
  await tell(tx, {
    ...toWorker(item, paying),
    template: "case.payment-failed",
    params: { number: item.caseNumber ?? formatYuan(item.amountFen), reason: reason || unsaid },
  });
}

function toWorker(item: ItemRow, paying: Paying) {
  return {
    to: [{ person: item.beneficiaryId as Id<"person">, district: item.beneficiaryDistrict }],
    now: paying.now,
    case: item.caseId as Id<"case">,
    link: `/w/cases/${item.caseId}`,
  };
}

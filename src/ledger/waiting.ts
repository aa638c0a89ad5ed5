import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { isRefusal } from "../kernel/refusal.ts";
import { type Actor, isHeld, satisfies, scopeOfAny } from "../units/index.ts";
import {
  type BatchActionName,
  batchActions,
  nextIn,
  powerFor,
  type SignedAct,
  signedBy,
  turnOf,
  waitingStates,
} from "./batch.ts";
import { signersOf } from "./batch-history.ts";
import { type BatchRow, listEscalated, listWaiting } from "./batch-store.ts";
import { batchPowers } from "./paying.ts";
import { presentLine } from "./present.ts";

/**
 * The batches that wait for an officer at the unions where they hold their posts, soonest due first: those whose next
 * action their power and their earlier signatures leave to them, and before them those overdue below. For the inbox.
 */
export async function batchesWaiting(tx: Tx, actor: Actor, today: Day) {
  const units = [...new Set(actor.posts.filter((post) => isHeld(post, today)).map((post) => post.unitId))];
  const scope = scopeOfAny(actor, batchPowers, today);
  if (units.length === 0 || isRefusal(scope)) return [];
  const [rows, escalated] = await Promise.all([
    listWaiting(tx, scope, units, waitingStates),
    listEscalated(tx, scope, units),
  ]);
  const history = await signersOf(
    tx,
    rows.map((row) => row.id),
  );
  const own = rows.filter((row) => {
    const signed = signedBy(history.filter((one) => one.batchId === row.id));
    return nextIn(row.state).some((name) => isFor(actor, today, row, name, signed));
  });
  const below = escalated.filter(
    (row) => own.every((one) => one.id !== row.id) && watches(actor, today, row),
  );
  return [...below, ...own].map((row) => presentLine(row, today));
}

/** Whether somebody at the union above could do the overdue step if it were theirs: they see that it gets done. */
function watches(actor: Actor, today: Day, row: BatchRow): boolean {
  const power = turnOf(row.state);
  if (power === null) return false;
  return actor.posts.some(
    (post) => row.path.startsWith(`${post.unitPath}.`) && isHeld(post, today) && satisfies(post.role, power),
  );
}

function isFor(
  actor: Actor,
  today: Day,
  row: BatchRow,
  name: BatchActionName,
  signed: ReturnType<typeof signedBy>,
): boolean {
  const power = powerFor(name, row.state);
  const holds = actor.posts.some(
    (post) => post.unitId === row.unitId && isHeld(post, today) && satisfies(post.role, power),
  );
  const apart: readonly SignedAct[] = batchActions[name].apartFrom;
  return holds && !apart.some((act) => signed[act]?.includes(actor.person));
}

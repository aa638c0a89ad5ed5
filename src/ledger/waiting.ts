import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import { isRefusal } from "../kernel/refusal.ts";
import { type Actor, isHeld, type Scope, satisfies, scopeOfAny } from "../units/index.ts";
import { apartNames, lineFor, nearestAble, signedBefore } from "./able.ts";
import { type BatchActionName, nextIn, powerFor, signedBy, turnOf, waitingStates } from "./batch.ts";
import { signersOf } from "./batch-history.ts";
import { type BatchRow, listEscalated, listUnattended, listWaiting } from "./batch-store.ts";
import { batchPowers } from "./paying.ts";
import { presentLine } from "./present.ts";

/**
 * The batches that wait for an officer at the unions where they hold their posts, soonest due first: those whose next
 * action their power and their earlier signatures leave to them, those of unions below where nobody is left to take
 * it, and before them those overdue below. For the inbox.
 */
export async function batchesWaiting(tx: Tx, actor: Actor, today: Day) {
  const units = [...new Set(actor.posts.filter((post) => isHeld(post, today)).map((post) => post.unitId))];
  const scope = scopeOfAny(actor, batchPowers, today);
  if (units.length === 0 || isRefusal(scope)) return [];
  const [rows, escalated, left] = await Promise.all([
    listWaiting(tx, scope, units, waitingStates),
    listEscalated(tx, scope, units),
    leftToAbove(tx, actor, scope, units, today),
  ]);
  const history = await signersOf(tx, rows);
  const own = rows.filter((row) => {
    const signed = signedBy(history.filter((one) => one.batchId === row.id));
    return nextIn(row.state).some((name) => isFor(actor, today, row, name, signed));
  });
  const below = escalated.filter(
    (row) => own.every((one) => one.id !== row.id) && watches(actor, today, row),
  );
  const listed = new Set([...below, ...own].map((row) => row.id));
  return [...below, ...own, ...left.filter((row) => !listed.has(row.id))].map((row) =>
    presentLine(row, today),
  );
}

/** Batches of unions below whose next step is left to nobody there, and the nearest who may take it are at these units. */
async function leftToAbove(
  tx: Tx,
  actor: Actor,
  scope: Scope,
  units: readonly Id<"unit">[],
  today: Day,
): Promise<readonly BatchRow[]> {
  const steps = waitingStates.flatMap((state) => {
    const [name] = nextIn(state);
    if (name === undefined) return [];
    const power = powerFor(name, state);
    const holds = actor.posts.some((post) => isHeld(post, today) && satisfies(post.role, power));
    return holds ? [{ state, name, power, apart: apartNames(name) }] : [];
  });
  const rows = await listUnattended(tx, scope, units, steps, today);
  const history = await signersOf(tx, rows);
  // A union's line is asked once for each step, however many of its batches wait.
  const lines = new Map<string, ReturnType<typeof lineFor>>();
  const mine = await Promise.all(
    rows.map(async (row) => {
      const name = steps.find(({ state }) => state === row.state)?.name;
      if (name === undefined) return false;
      const key = `${row.unitId} ${row.state}`;
      const line = lines.get(key) ?? lineFor(tx, row, name, today);
      lines.set(key, line);
      const signed = signedBy(history.filter((one) => one.batchId === row.id));
      const able = nearestAble(await line, (person) => signedBefore(name, signed, person));
      return able.some(({ personId }) => personId === actor.person);
    }),
  );
  return rows.filter((_, index) => mine[index]);
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
  return holds && !signedBefore(name, signed, actor.person);
}

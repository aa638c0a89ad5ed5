import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import { type Holder, holdersOf } from "../units/index.ts";
import {
  actOf,
  type Batch,
  type BatchActionName,
  type BatchState,
  batchActions,
  powerFor,
  type SignedAct,
} from "./batch.ts";

/** Those who hold the power for a step of a batch, at its own union and at those above, the nearest first. */
export async function lineFor(
  tx: Tx,
  batch: { readonly unitId: string; readonly state: BatchState },
  name: BatchActionName,
  today: Day,
): Promise<readonly Holder[]> {
  return holdersOf(tx, batch.unitId as Id<"unit">, powerFor(name, batch.state), today, "line");
}

/**
 * Whom of a line a step is left to: those of the batch's own union who may still take it, or, when all of them signed before
 * or nobody holds the power there, those of the nearest union above where somebody may. Empty only when nobody may.
 */
export function nearestAble(line: readonly Holder[], barred: (person: string) => boolean): readonly Holder[] {
  const able = line.filter(({ personId }) => !barred(personId));
  return able.filter(({ unitId }) => unitId === able[0]?.unitId);
}

/** Whether somebody signed what must lie in other hands than an action does. */
export function signedBefore(name: BatchActionName, signed: Batch["signed"], person: string): boolean {
  const apart: readonly SignedAct[] = batchActions[name].apartFrom;
  return apart.some((act) => signed[act]?.includes(person));
}

/** The actions whose doers an action must not share. */
export function apartNames(name: BatchActionName): readonly string[] {
  const apart: readonly SignedAct[] = batchActions[name].apartFrom;
  return Object.keys(actOf).filter((one) => apart.includes(actOf[one] as SignedAct));
}

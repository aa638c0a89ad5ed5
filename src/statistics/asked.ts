import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { type Count, type Place, readTally, type Span } from "../rollups/index.ts";

/** What a figure is asked about: a union with all below it, a span; `today` decides what is late and who is how old. */
export interface Asked {
  readonly unitId: string;
  readonly from: Day;
  readonly to: Day;
  readonly today: Day;
  /** A tally of the place, within a span or outside of time; asked twice, read once. */
  readonly read: (tally: string, span?: Span) => Promise<readonly Count[]>;
}

/** The span and the day of a question, without its place. */
export type When = Pick<Asked, "from" | "to" | "today">;

/** The same question of several places, each tally read for all of them at once; in their order. */
export function askedOf(tx: Tx, places: readonly Place[], when: When): readonly Asked[] {
  const known = new Map<string, Promise<ReadonlyMap<string, readonly Count[]>>>();
  const readAll = (tally: string, span?: Span) => {
    const id = JSON.stringify([tally, span ?? null]);
    let reading = known.get(id);
    if (!reading) {
      reading = readTally(tx, places, tally, span);
      known.set(id, reading);
    }
    return reading;
  };
  return places.map(({ unitId }) => ({
    ...when,
    unitId,
    read: async (tally, span) => (await readAll(tally, span)).get(unitId) ?? [],
  }));
}

/** All of it. */
export const total = (counts: readonly Count[]): number => counts.reduce((sum, { n }) => sum + n, 0);

/** Sums by what `of` gives; what it gives undefined for is left out. */
export function sums(
  counts: readonly Count[],
  of: (count: Count) => string | undefined,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const count of counts) {
    const key = of(count);
    if (key !== undefined) found.set(key, (found.get(key) ?? 0) + count.n);
  }
  return found;
}

import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { type Count, type Counts, type Place, readTallies, type Span } from "../rollups/index.ts";

/** What a figure is asked about: a union with all below it, a span; `today` decides what is late and who is how old. */
export interface Asked {
  readonly unitId: string;
  readonly from: Day;
  readonly to: Day;
  readonly today: Day;
  /** A tally of the place, within a span or outside of time. Asked twice, it is read once; asked together, in one statement. */
  readonly read: (tally: string, span?: Span) => Promise<readonly Count[]>;
}

/** The span and the day of a question, without its place. */
export type When = Pick<Asked, "from" | "to" | "today">;

/** The same question of several places, in their order. */
export function askedOf(tx: Tx, places: readonly Place[], when: When): readonly Asked[] {
  const known = new Map<string, Promise<Counts>>();
  const gathering = new Map<string, { readonly tallies: string[]; readonly reading: Promise<Counts> }>();
  /** What is asked in one turn of a span is read in one statement. */
  const gather = (tally: string, span: Span | undefined): Promise<Counts> => {
    const id = JSON.stringify(span ?? null);
    const open = gathering.get(id);
    if (open) {
      open.tallies.push(tally);
      return open.reading;
    }
    const tallies = [tally];
    const reading = Promise.resolve().then(() => {
      gathering.delete(id);
      return readTallies(tx, places, tallies, span);
    });
    gathering.set(id, { tallies, reading });
    return reading;
  };
  const readAll = (tally: string, span: Span | undefined): Promise<Counts> => {
    const id = JSON.stringify([tally, span ?? null]);
    const reading = known.get(id) ?? gather(tally, span);
    known.set(id, reading);
    return reading;
  };
  return places.map(({ unitId }) => ({
    ...when,
    unitId,
    read: async (tally, span) => (await readAll(tally, span))(tally, unitId),
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

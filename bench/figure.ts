/**
 * One figure of a bench: a value, and a reference measured in the same run on the same server. `ratio` is value over
 * reference when more is better, and says so by its metric's name (`…/s`); for times and sizes it is the same quotient,
 * where less is better.
 */
export interface Figure {
  readonly bench: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly reference: string | null;
  readonly referenceValue: number | null;
  readonly ratio: number | null;
  readonly rows: number | null;
  readonly seed: number;
  /** Of a line printed by a run: its day, the commit and the options given. */
  readonly date?: string;
  readonly commit?: string;
  readonly options?: string;
}

export interface BenchOptions {
  readonly members: number;
  readonly cases: number;
  /** Unions of the tree benches; they count at ten times as many too. */
  readonly units: number;
  readonly seed: number;
  readonly seconds: number;
  /** Seconds of one turn under load: long enough that all connections are answered, also on a busy machine. */
  readonly turn: number;
  readonly connections: number;
  /** Households on file that a rule is read over, at the largest of three sizes. */
  readonly households: number;
  /** How many ask in a rush, and for how many places. */
  readonly claimants: number;
  readonly places: number;
  /** How long the soak runs. */
  readonly soakSeconds: number;
}

export type Bench = (options: BenchOptions, say: (line: string) => void) => AsyncIterable<Figure>;

export function figure(
  of: Omit<Figure, "ratio" | "reference" | "referenceValue" | "rows"> & {
    readonly reference?: string;
    readonly referenceValue?: number;
    readonly rows?: number;
  },
): Figure {
  const { reference = null, referenceValue = null, rows = null } = of;
  const ratio = referenceValue === null || referenceValue === 0 ? null : round(of.value / referenceValue, 3);
  return {
    bench: of.bench,
    metric: of.metric,
    value: round(of.value, 3),
    unit: of.unit,
    reference,
    referenceValue: referenceValue === null ? null : round(referenceValue, 3),
    ratio,
    rows,
    seed: of.seed,
  };
}

/** One value, the middle of some, beside each reference that was measured: its metric's name, what it is, its values. */
export function* beside(
  of: Pick<Figure, "bench" | "unit" | "seed"> & { readonly rows: number; readonly values: readonly number[] },
  references: readonly (readonly [metric: string, reference: string, values: readonly number[]])[],
): Generator<Figure> {
  const { values, ...common } = of;
  for (const [metric, reference, its] of references)
    if (its.length > 0)
      yield figure({ ...common, metric, value: median(values), reference, referenceValue: median(its) });
}

export const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** The middle one; the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

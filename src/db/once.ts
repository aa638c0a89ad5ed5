import type { CompiledQuery } from "kysely";
import { sessionOf, type Tx } from "./session.ts";

/** Stands for a value while a statement is built. */
class Slot {
  readonly index: number;
  constructor(index: number) {
    this.index = index;
  }
}

/** A query or a piece of SQL, not yet sent. */
interface Buildable<R> {
  compile(by: Tx): CompiledQuery<R>;
}

interface Built {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/**
 * A statement whose text never changes, built at its first use: after that it costs its values alone, where building one
 * costs about what sending it does. `build` is called once, with stand-ins: it may bind a value, not look into it or leave a
 * part out for it.
 */
export function once<V extends readonly unknown[], R>(
  build: (tx: Tx, ...values: V) => Buildable<R>,
): (tx: Tx, ...values: V) => Promise<readonly R[]> {
  let built: Built | undefined;
  return async (tx, ...values) => {
    built ??= builtFor(tx, build, values.length);
    const parameters = built.parameters.map((one) => (one instanceof Slot ? values[one.index] : one));
    const { rows } = await sessionOf(tx).run<R>(built.sql, parameters);
    return rows;
  };
}

function builtFor<V extends readonly unknown[]>(
  tx: Tx,
  build: (tx: Tx, ...values: V) => Buildable<unknown>,
  count: number,
): Built {
  const slots = Array.from({ length: count }, (_, index) => new Slot(index));
  const { sql, parameters } = build(tx, ...(slots as unknown as V)).compile(tx);
  const bound = new Set(parameters.filter((one) => one instanceof Slot).map((one) => one.index));
  if (bound.size < count) throw new Error(`a statement built once leaves a value out: ${sql}`);
  return { sql, parameters };
}

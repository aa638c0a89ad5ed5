/** Works something out once for each object it is asked about: for declarations, which never change. */
export function onceFor<K extends WeakKey, V>(work: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    const found = known.get(key);
    if (found) return found.value;
    const value = work(key);
    known.set(key, { value });
    return value;
  };
}

/** What was kept lately, by its key, within a weight. */
export interface Within<Value> {
  readonly get: (key: string) => Value | undefined;
  /** Keeps a value in place of what stood there; the longest kept go for it. One of more than `each` is not kept. */
  readonly set: (key: string, value: Value, weight: number) => void;
}

/** Keeps values of a weight of `most` together at most, each of `each` at most. */
export function keepWithin<Value>({ most, each }: { most: number; each: number }): Within<Value> {
  const kept = new Map<string, { readonly value: Value; readonly weight: number }>();
  let whole = 0;
  const forget = (key: string): void => {
    whole -= kept.get(key)?.weight ?? 0;
    kept.delete(key);
  };
  return {
    get: (key) => kept.get(key)?.value,
    set(key, value, weight) {
      forget(key);
      if (weight > each) return;
      kept.set(key, { value, weight });
      whole += weight;
      for (const longest of kept.keys()) {
        if (whole <= most) break;
        forget(longest);
      }
    },
  };
}

/**
 * A source of repeatable chance: the same seed gives the same federation on every machine. Not for secrets.
 * (xoshiro128**, seeded by splitmix32.)
 */
export interface Draw {
  /** A number in [0, 1). */
  unit(): number;
  /** A whole number in [low, high]. */
  whole(low: number, high: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** True with the given chance. */
  chance(probability: number): boolean;
  /** The index of a weight, drawn in proportion to it. */
  weighted(weights: readonly number[]): number;
  /** Around 1, heavy to the right: sizes of firms. `spread` is the deviation of its logarithm. */
  lognormal(spread: number): number;
  /** Sixteen bytes as a version-7 id at an instant, so that ids are repeatable too and sort by time. */
  id(atMs: number): string;
}

export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  const next32 = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  let [a, b, c, d] = [next32(), next32(), next32(), next32()];
  const random = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
  const unit = (): number => random() / 0x1_0000_0000;
  const whole = (low: number, high: number): number => low + Math.floor(unit() * (high - low + 1));
  return {
    unit,
    whole,
    pick: (items) => items[whole(0, items.length - 1)] as (typeof items)[number],
    chance: (probability) => unit() < probability,
    weighted: (weights) => {
      let left = unit() * weights.reduce((sum, weight) => sum + weight, 0);
      const found = weights.findIndex((weight) => {
        left -= weight;
        return left < 0;
      });
      return found < 0 ? weights.length - 1 : found;
    },
    lognormal: (spread) => {
      const radius = Math.sqrt(-2 * Math.log(1 - unit()));
      return Math.exp(spread * radius * Math.cos(2 * Math.PI * unit()));
    },
    id: (atMs) => {
      const time = Math.floor(atMs).toString(16).padStart(12, "0");
      const [one, two, three] = [random(), random(), random()];
      const variant = ((two >>> 16) & 0x3fff) | 0x8000;
      return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(one & 0xfff, 3)}-${hex(variant, 4)}-${hex(two & 0xffff, 4)}${hex(three >>> 0, 8)}`;
    },
  };
}

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
const hex = (value: number, digits: number): string => (value >>> 0).toString(16).padStart(digits, "0");

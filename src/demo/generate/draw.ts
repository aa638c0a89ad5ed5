/**
 * A source of repeatable chance: the same seed gives the same federation on every machine. Not for secrets.
 * (xoshiro128**, seeded by splitmix32.)
 */
export interface Draw {
  /** A whole number below 2³². */
  word(): number;
  /** A number in [0, 1). */
  unit(): number;
  /** A whole number in [low, high]. */
  whole(low: number, high: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** True with the given chance. */
  chance(probability: number): boolean;
  /** Around 1, heavy to the right: sizes of firms. `spread` is the deviation of its logarithm. */
  lognormal(spread: number): number;
  /** Sixteen bytes as a version-7 id at an instant, so that ids are repeatable too and sort by time. */
  id(atMs: number): string;
  /** `id` as its bytes, at `at`. */
  idInto(bytes: Uint8Array, at: number, atMs: number): void;
  /** Begins anew at one place of a seed: any member is drawn without those before. */
  startAt(seed: number, place: number): void;
}

/** Chance from one place of a seed on, the first unless said. */
export function drawFrom(seed: number, place = 0): Draw {
  let [a, b, c, d] = [0, 0, 0, 0];
  const startAt = (from: number, at: number): void => {
    let state = (from ^ Math.imul(at + 1, 0x85ebca6b) ^ Math.floor(at / 0x1_0000_0000)) >>> 0;
    if (at === 0) state = from >>> 0;
    const next32 = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let mixed = state ^ (state >>> 16);
      mixed = Math.imul(mixed, 0x21f0aaad);
      mixed ^= mixed >>> 15;
      mixed = Math.imul(mixed, 0x735a2d97);
      return mixed ^ (mixed >>> 15);
    };
    a = next32();
    b = next32();
    c = next32();
    d = next32();
  };
  startAt(seed, place);
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
    word: random,
    unit,
    whole,
    pick: (items) => items[whole(0, items.length - 1)] as (typeof items)[number],
    chance: (probability) => unit() < probability,
    lognormal: (spread) => {
      const radius = Math.sqrt(-2 * Math.log(1 - unit()));
      return Math.exp(spread * radius * Math.cos(2 * Math.PI * unit()));
    },
    id: (atMs) => {
      const time = Math.floor(atMs).toString(16).padStart(12, "0");
      const [one, two, three] = [random(), random(), random()];
      const variant = ((two >>> 16) & 0x3fff) | 0x8000;
      return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(one & 0xfff, 3)}-${hex(variant, 4)}-${hex(two & 0xffff, 4)}${hex(three, 8)}`;
    },
    idInto: (bytes, at, atMs) => {
      const [one, two, three] = [random(), random(), random()];
      const high = Math.floor(atMs / 0x1_0000);
      bytes[at] = high >>> 24;
      bytes[at + 1] = high >>> 16;
      bytes[at + 2] = high >>> 8;
      bytes[at + 3] = high;
      bytes[at + 4] = (atMs % 0x1_0000) >>> 8;
      bytes[at + 5] = atMs % 0x100;
      bytes[at + 6] = 0x70 | ((one >>> 8) & 0xf);
      bytes[at + 7] = one;
      bytes[at + 8] = 0x80 | ((two >>> 24) & 0x3f);
      bytes[at + 9] = two >>> 16;
      bytes[at + 10] = two >>> 8;
      bytes[at + 11] = two;
      bytes[at + 12] = three >>> 24;
      bytes[at + 13] = three >>> 16;
      bytes[at + 14] = three >>> 8;
      bytes[at + 15] = three;
    },
    startAt,
  };
}

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
const hex = (value: number, digits: number): string => (value >>> 0).toString(16).padStart(digits, "0");

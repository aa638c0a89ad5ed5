/** Small tables that grow one after the other: what a table leaves behind while it grows is a part of the whole. */
const PARTS = 64;

/**
 * Which identity numbers a file has shown, and where: 64 bits of each keyed hash and the place of its row, in typed
 * arrays, so that a million rows take 24 MB and not a hundred.
 */
export class Seen {
  readonly #parts = Array.from({ length: PARTS }, () => new Part());

  /** Remembers a hash under a place; gives the place that showed it before, or nothing. Places count from 1. */
  add(hash: Buffer, place: number): number | undefined {
    return this.#parts[hash.readUInt8(8) % PARTS]!.add(hash.readUInt32LE(0), hash.readUInt32LE(4), place);
  }
}

class Part {
  #high = new Uint32Array(1 << 6);
  #low = new Uint32Array(1 << 6);
  #places = new Uint32Array(1 << 6);
  #count = 0;

  add(high: number, low: number, place: number): number | undefined {
    if (this.#count * 3 > this.#places.length * 2) this.#grow();
    const mask = this.#places.length - 1;
    let at = high & mask;
    while (this.#places[at] !== 0) {
      if (this.#high[at] === high && this.#low[at] === low) return this.#places[at];
      at = (at + 1) & mask;
    }
    this.#high[at] = high;
    this.#low[at] = low;
    this.#places[at] = place;
    this.#count++;
    return undefined;
  }

  #grow(): void {
    const [high, low, places] = [this.#high, this.#low, this.#places];
    const size = places.length * 2;
    this.#high = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    this.#places = new Uint32Array(size);
    for (let i = 0; i < places.length; i++) {
      if (places[i] === 0) continue;
      let at = high[i]! & (size - 1);
      while (this.#places[at] !== 0) at = (at + 1) & (size - 1);
      this.#high[at] = high[i]!;
      this.#low[at] = low[i]!;
      this.#places[at] = places[i]!;
    }
  }
}

/**
 * Which identity numbers a file has shown, and where: 64 bits of each keyed hash and the ordinal of its row, in
 * typed arrays, so that a million rows take 24 MB and not a hundred.
 */
export class Seen {
  #high = new Uint32Array(1 << 12);
  #low = new Uint32Array(1 << 12);
  #rows = new Uint32Array(1 << 12);
  #count = 0;

  /** Remembers a hash under a row; gives the row that showed it before, or nothing. Rows count from 1. */
  add(hash: Buffer, row: number): number | undefined {
    if (this.#count * 3 > this.#rows.length * 2) this.#grow();
    const high = hash.readUInt32LE(0);
    const low = hash.readUInt32LE(4);
    const mask = this.#rows.length - 1;
    let at = high & mask;
    while (this.#rows[at] !== 0) {
      if (this.#high[at] === high && this.#low[at] === low) return this.#rows[at];
      at = (at + 1) & mask;
    }
    this.#high[at] = high;
    this.#low[at] = low;
    this.#rows[at] = row;
    this.#count++;
    return undefined;
  }

  #grow(): void {
    const [high, low, rows] = [this.#high, this.#low, this.#rows];
    const size = rows.length * 2;
    this.#high = new Uint32Array(size);
    this.#low = new Uint32Array(size);
    this.#rows = new Uint32Array(size);
    for (let i = 0; i < rows.length; i++) {
      if (rows[i] === 0) continue;
      let at = high[i]! & (size - 1);
      while (this.#rows[at] !== 0) at = (at + 1) & (size - 1);
      this.#high[at] = high[i]!;
      this.#low[at] = low[i]!;
      this.#rows[at] = rows[i]!;
    }
  }
}

/**
 * GHASH (NIST SP 800-38D §6.4), the authenticating half of GCM, for one key and many messages. The machine's own code
 * makes a cipher object for each message, which costs more than a short message itself; with the block cipher run over
 * many messages at once and this beside it, a short message costs a fraction. Takes whole blocks of 16 bytes, `blocks` of
 * them from `at`, and puts the 16 bytes of the answer at the start of `out`.
 */
export type Ghash = (bytes: Uint8Array, at: number, blocks: number, out: Uint8Array) => void;

/** `key` is the cipher of the zero block. Multiplication by it is tabulated by byte and place: 64 KiB. */
export function ghashOf(key: Uint8Array): Ghash {
  const table = new Int32Array(16 * 256 * 4);
  let [h0, h1, h2, h3] = [word(key, 0), word(key, 4), word(key, 8), word(key, 12)];
  for (let bit = 0; bit < 128; bit++) {
    const place = bit >> 3;
    const mask = 0x80 >> (bit & 7);
    for (let value = 0; value < 256; value++) {
      if ((value & mask) === 0) continue;
      const to = (place * 256 + value) * 4;
      table[to] = (table[to] as number) ^ h0;
      table[to + 1] = (table[to + 1] as number) ^ h1;
      table[to + 2] = (table[to + 2] as number) ^ h2;
      table[to + 3] = (table[to + 3] as number) ^ h3;
    }
    // The key times x: one place to the right, reduced by 1 + x + x² + x⁷ + x¹²⁸.
    const carry = h3 & 1;
    h3 = (h3 >>> 1) | (h2 << 31);
    h2 = (h2 >>> 1) | (h1 << 31);
    h1 = (h1 >>> 1) | (h0 << 31);
    h0 = carry ? (h0 >>> 1) ^ 0xe1000000 : h0 >>> 1;
  }
  return (bytes, at, blocks, out) => {
    let [y0, y1, y2, y3] = [0, 0, 0, 0];
    for (let block = 0; block < blocks; block++) {
      const from = at + block * 16;
      y0 ^= word(bytes, from);
      y1 ^= word(bytes, from + 4);
      y2 ^= word(bytes, from + 8);
      y3 ^= word(bytes, from + 12);
      let [z0, z1, z2, z3] = [0, 0, 0, 0];
      for (let place = 0; place < 16; place++) {
        const part = place < 8 ? (place < 4 ? y0 : y1) : place < 12 ? y2 : y3;
        const at4 = (place * 256 + ((part >>> (24 - 8 * (place & 3))) & 255)) * 4;
        z0 ^= table[at4] as number;
        z1 ^= table[at4 + 1] as number;
        z2 ^= table[at4 + 2] as number;
        z3 ^= table[at4 + 3] as number;
      }
      [y0, y1, y2, y3] = [z0, z1, z2, z3];
    }
    put(out, 0, y0);
    put(out, 4, y1);
    put(out, 8, y2);
    put(out, 12, y3);
  };
}

function word(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

function put(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

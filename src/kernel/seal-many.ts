import { createCipheriv, randomFillSync } from "node:crypto";
import { ghashOf } from "./ghash.ts";
import { compartmentKey, headerOf, type Keyring, lookupKey, seal } from "./seal.ts";
import { compress, startState } from "./sha256.ts";

/**
 * Keyed hashes and sealed blobs by the hundred thousand, byte for byte what `lookupKey` and `seal` make: for founding
 * at size. The keys are prepared once, buffers are used again, and no object is made for a value.
 */

/** Puts the keyed hash of the ASCII text at `bytes[from … to)` at `out[at … at + 32)`. */
export type LookupMany = (bytes: Uint8Array, from: number, to: number, out: Uint8Array, at: number) => void;

/** `lookupKey` of one purpose, for texts of at most 30 characters that JSON writes as they are. */
export function lookupMany(ring: Keyring, purpose: string): LookupMany {
  const latin1 = new TextDecoder("latin1");
  if (ring.suite === "national")
    return (bytes, from, to, out, at) =>
      out.set(Buffer.from(lookupKey(ring, purpose, latin1.decode(bytes.subarray(from, to))), "hex"), at);
  const before = new TextEncoder().encode(`[${JSON.stringify(purpose)},"`);
  const [inner, outer] = [keyed(ring.lookup, 0x36), keyed(ring.lookup, 0x5c)];
  const block = new Uint8Array(64);
  const view = new DataView(block.buffer);
  const [state, w] = [new Int32Array(8), new Int32Array(64)];
  return (bytes, from, to, out, at) => {
    block.fill(0);
    block.set(before);
    let length = before.length;
    for (let i = from; i < to; i++) block[length++] = bytes[i] as number;
    block[length++] = 0x22;
    block[length++] = 0x5d;
    if (length > 55) throw new RangeError("a text too long for one block");
    block[length] = 0x80;
    view.setUint32(60, (64 + length) * 8);
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(i * 4);
    state.set(inner);
    compress(state, w);
    w.set(state);
    w[8] = 0x80000000;
    w.fill(0, 9, 15);
    w[15] = (64 + 32) * 8;
    state.set(outer);
    compress(state, w);
    for (let i = 0; i < 8; i++) {
      const value = state[i] as number;
      out[at + i * 4] = value >>> 24;
      out[at + i * 4 + 1] = value >>> 16;
      out[at + i * 4 + 2] = value >>> 8;
      out[at + i * 4 + 3] = value;
    }
  };
}

/** The state after the key's own block of an HMAC. */
function keyed(key: Uint8Array, pad: number): Int32Array {
  const [state, w] = [startState(), new Int32Array(64)];
  for (let i = 0; i < 64; i++) w[i >> 2] = ((w[i >> 2] as number) << 8) | ((key[i] ?? 0) ^ pad);
  compress(state, w);
  return state;
}

/** Seals many contents of one length, each about something written in one length. */
export interface SealMany {
  /** Bytes of one sealed blob. */
  readonly blobBytes: number;
  /**
   * `count` contents, one after another in `contents`, each about the text at the same place in `abouts` (ASCII that
   * JSON writes as it is). The blobs lie one after another in the answer, which is used again by the next call.
   */
  seal(count: number, abouts: Uint8Array, contents: Uint8Array): Uint8Array;
}

/**
 * Seals for one compartment under the ring's current key: every about and every content has exactly the bytes
 * given here. What it seals, `unseal` opens. The national suite is sealed one by one and gains no speed.
 */
export function sealMany(
  ring: Keyring,
  compartment: string,
  aboutBytes: number,
  contentBytes: number,
): SealMany {
  const header = headerOf(ring);
  return ring.suite === "national"
    ? oneByOne(ring, compartment, aboutBytes, contentBytes)
    : together(
        header,
        compartmentKey(ring, ring.current, ring.suite, compartment),
        compartment,
        aboutBytes,
        contentBytes,
      );
}

function oneByOne(ring: Keyring, compartment: string, aboutBytes: number, contentBytes: number): SealMany {
  const latin1 = new TextDecoder("latin1");
  const blobBytes = headerOf(ring).length + 16 + contentBytes + 32;
  return {
    blobBytes,
    seal(count, abouts, contents) {
      const blobs = new Uint8Array(count * blobBytes);
      for (let i = 0; i < count; i++) {
        const about = latin1.decode(abouts.subarray(i * aboutBytes, (i + 1) * aboutBytes));
        const content = contents.subarray(i * contentBytes, (i + 1) * contentBytes);
        blobs.set(seal(ring, { compartment, about }, content), i * blobBytes);
      }
      return blobs;
    },
  };
}

const blockBytes = 16;
const nonceBytes = 12;

/** AES-256-GCM with the counter blocks of all contents ciphered in one call. */
function together(
  header: Uint8Array,
  key: Uint8Array,
  compartment: string,
  aboutBytes: number,
  contentBytes: number,
): SealMany {
  const cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  const ghash = ghashOf(cipher.update(new Uint8Array(blockBytes)));
  const before = new TextEncoder().encode(`[${JSON.stringify(compartment)},"`);
  const boundBytes = header.length + before.length + aboutBytes + 2;
  const boundBlocks = Math.ceil(boundBytes / blockBytes);
  const contentBlocks = Math.ceil(contentBytes / blockBytes);
  const blobBytes = header.length + nonceBytes + contentBytes + blockBytes;
  // What GHASH reads: what is bound, the ciphertext, both padded to blocks, and their lengths in bits.
  const read = new Uint8Array((boundBlocks + contentBlocks + 1) * blockBytes);
  const aboutAt = header.length + before.length;
  const bodyAt = boundBlocks * blockBytes;
  read.set(header);
  read.set(before, header.length);
  read.set([0x22, 0x5d], aboutAt + aboutBytes);
  const lengths = new DataView(read.buffer, read.length - blockBytes);
  lengths.setUint32(4, boundBytes * 8);
  lengths.setUint32(12, contentBytes * 8);
  const perContent = (contentBlocks + 1) * blockBytes;
  const tag = new Uint8Array(blockBytes);
  let counters = new Uint8Array(0);
  let blobs = new Uint8Array(0);
  return {
    blobBytes,
    seal(count, abouts, contents) {
      if (counters.length < count * perContent) {
        counters = new Uint8Array(count * perContent);
        blobs = new Uint8Array(count * blobBytes);
      }
      const nonces = randomFillSync(new Uint8Array(count * nonceBytes));
      for (let i = 0; i < count; i++)
        for (let block = 0; block <= contentBlocks; block++) {
          const at = i * perContent + block * blockBytes;
          for (let byte = 0; byte < nonceBytes; byte++)
            counters[at + byte] = nonces[i * nonceBytes + byte] as number;
          counters[at + 12] = 0;
          counters[at + 13] = 0;
          counters[at + 14] = (block + 1) >> 8;
          counters[at + 15] = block + 1;
        }
      const stream = cipher.update(counters.subarray(0, count * perContent));
      for (let i = 0; i < count; i++) {
        let to = i * blobBytes;
        for (let byte = 0; byte < header.length; byte++) blobs[to++] = header[byte] as number;
        for (let byte = 0; byte < nonceBytes; byte++) blobs[to++] = nonces[i * nonceBytes + byte] as number;
        for (let byte = 0; byte < aboutBytes; byte++)
          read[aboutAt + byte] = abouts[i * aboutBytes + byte] as number;
        const streamAt = i * perContent;
        for (let byte = 0; byte < contentBytes; byte++) {
          const ciphered =
            (contents[i * contentBytes + byte] as number) ^ (stream[streamAt + blockBytes + byte] as number);
          read[bodyAt + byte] = ciphered;
          blobs[to++] = ciphered;
        }
        ghash(read, 0, boundBlocks + contentBlocks + 1, tag);
        for (let byte = 0; byte < blockBytes; byte++)
          blobs[to++] = (tag[byte] as number) ^ (stream[streamAt + byte] as number);
      }
      return blobs;
    },
  };
}

import type { Made } from "./ids.ts";
import { bytesOf, sha256 } from "./sha256.ts";

/** A digest of 32 bytes as 64 lower-case hexadecimal digits. */
export type Hash = string & Made<"hash">;

/** A function from content to a digest of 32 bytes: SHA-256 here, SM3 by setting (see `seal.ts`). */
export type Digest = (data: string | Uint8Array) => Uint8Array;

/**
 * A value as its one canonical JSON text: keys sorted by code unit, no spaces, `undefined` fields
 * left out, bigint as a decimal string, Date as RFC 3339 in UTC. What is no data (a function, NaN, a
 * cycle) is a bug and throws. A bigint and the string of its digits are written alike.
 */
export function canonical(value: unknown): string {
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value);
    case "bigint":
      return `"${value}"`;
    case "number":
      if (!Number.isFinite(value)) throw new TypeError(`not data: ${value}`);
      return JSON.stringify(value);
    case "object":
      if (value === null) return "null";
      if (value instanceof Date) return JSON.stringify(value.toISOString());
      if (value instanceof Uint8Array) return `"${hex(value)}"`;
      if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(",")}]`;
      return fieldsOf(value as Readonly<Record<string, unknown>>);
    default:
      throw new TypeError(`not data: ${typeof value}`);
  }
}

/** An object's fields; a string that grows, because millions of actions are written this way when a chain is checked. */
function fieldsOf(value: Readonly<Record<string, unknown>>): string {
  let text = "";
  for (const key of Object.keys(value).sort()) {
    const item = value[key];
    if (item === undefined) continue;
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonical(item)}`;
  }
  return `{${text}}`;
}

const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Bytes as lower-case hexadecimal. */
export function hex(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at++) text += pairs[bytes[at]!];
  return text;
}

/** Bytes of a hexadecimal text. What is not hexadecimal is a bug and throws. */
export function unhex(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) throw new TypeError("not hexadecimal");
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(i * 2, i * 2 + 2), 16),
  );
}

/** The hash of a text or of bytes. */
export function hash(data: string | Uint8Array, digest: Digest = sha256): Hash {
  return hex(digest(data)) as Hash;
}

/** Whether a value is written as a hash. */
export function isHash(value: unknown): value is Hash {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

/** The chain's beginning, before its first link. */
export const chainStart = "0".repeat(64) as Hash;

/**
 * One link of a chain: the hash of the link before it (null for the first) and of the content in
 * canonical JSON, so that a changed byte breaks every later link.
 */
export function link(previous: Hash | null, content: unknown, digest: Digest = sha256): Hash {
  return hash(`${previous ?? chainStart}\n${canonical(content)}`, digest);
}

/**
 * One hash over many in order: the root of a binary Merkle tree whose leaves and nodes are marked
 * apart (RFC 6962 §2.1). Of none it is the hash of nothing.
 */
export function rootOf(hashes: readonly Hash[], digest: Digest = sha256): Hash {
  let level = hashes.map((one) => marked(0, [unhex(one)], digest));
  if (level.length === 0) return hash("", digest);
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i] as Uint8Array, level[i + 1]];
      above.push(right ? marked(1, [left, right], digest) : left);
    }
    level = above;
  }
  return hex(level[0] as Uint8Array) as Hash;
}

/** The way from one leaf to the root: each step's neighbour and the side it stands on. */
export interface ProofStep {
  readonly side: "left" | "right";
  readonly hash: string;
}

/** The proof that the leaf at `index` is under `rootOf(hashes)`. */
export function proofOf(
  hashes: readonly Hash[],
  index: number,
  digest: Digest = sha256,
): readonly ProofStep[] {
  if (!hashes[index]) throw new RangeError(`no leaf ${index}`);
  const steps: ProofStep[] = [];
  let level = hashes.map((one) => marked(0, [unhex(one)], digest));
  for (let at = index; level.length > 1; at >>= 1) {
    const neighbour = level[at ^ 1];
    if (neighbour) steps.push({ side: at % 2 === 1 ? "left" : "right", hash: hex(neighbour) });
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i] as Uint8Array, level[i + 1]];
      above.push(right ? marked(1, [left, right], digest) : left);
    }
    level = above;
  }
  return steps;
}

/** Whether a leaf is under a root by this proof. */
export function provesLeaf(
  leaf: Hash,
  proof: readonly ProofStep[],
  root: Hash,
  digest: Digest = sha256,
): boolean {
  let node = marked(0, [unhex(leaf)], digest);
  for (const step of proof) {
    const neighbour = unhex(step.hash);
    node = marked(1, step.side === "left" ? [neighbour, node] : [node, neighbour], digest);
  }
  return hex(node) === root;
}

/** HMAC with SHA-256 (RFC 2104), 32 bytes; in the server prefer `lookupKey` of `seal.ts`. */
export function hmac(key: string | Uint8Array, data: string | Uint8Array): Uint8Array {
  const given = bytesOf(key);
  const block = new Uint8Array(64);
  block.set(given.length > 64 ? sha256(given) : given);
  const inner = sha256(joined([block.map((byte) => byte ^ 0x36), bytesOf(data)]));
  return sha256(joined([block.map((byte) => byte ^ 0x5c), inner]));
}

/** Whether two byte strings are equal, in a time that does not tell where they differ. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let i = 0; i < one.length; i++) difference |= (one[i] as number) ^ (other[i] as number);
  return difference === 0;
}

function marked(mark: number, parts: readonly Uint8Array[], digest: Digest): Uint8Array {
  return digest(joined([Uint8Array.of(mark), ...parts]));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  hash as nodeHash,
  sign as nodeSign,
  randomBytes,
  randomFillSync,
  timingSafeEqual,
} from "node:crypto";
import { sm2 } from "sm-crypto-v2";
import type { Digest } from "./hash.ts";
import { bytesOf } from "./sha256.ts";
import type { PublicKey, SignatureAlgorithm } from "./signature.ts";

/** The two suites: AES-256-GCM with SHA-256 and Ed25519, or SM4-CTR with HMAC-SM3, SM3 and SM2. */
export type Suite = "international" | "national";

/**
 * The installation's keys. `masters` by their id; the first of a written ring is `current` and seals,
 * all of them unseal. `lookup` makes keyed hashes and is never rotated, or nothing would be found again.
 */
export interface Keyring {
  readonly suite: Suite;
  readonly current: string;
  readonly masters: ReadonlyMap<string, Uint8Array>;
  readonly lookup: Uint8Array;
}

/** What a sealed blob belongs to. Both parts are bound to it: moved elsewhere, it does not open. */
export interface SealedFor {
  /** Whose key: a district (`340104`), or a compartment of one (`340104/counselling`). */
  readonly compartment: string;
  /** What it is about: `person/<id>`. */
  readonly about: string;
}

/** A blob that does not open: changed, moved, or of a key this ring does not have. A bug or an attack. */
export class SealBroken extends Error {}

const suiteCodes: Record<Suite, number> = { international: 1, national: 2 };
const formatVersion = 1;

/**
 * A keyring from its written form, `k1:<base64>,k2:<base64>,lookup:<base64>`, 32 bytes each, the
 * current first. A wrong one throws without repeating it.
 */
export function parseKeyring(text: string, suite: Suite = "international"): Keyring {
  const masters = new Map<string, Uint8Array>();
  let lookup: Uint8Array | undefined;
  for (const part of text.trim().split(/[\s,]+/)) {
    const [, id, base64] = /^([a-z0-9-]{1,20}):([A-Za-z0-9+/_-]{43,44}=?)$/.exec(part) ?? [];
    const key = Buffer.from(base64 ?? "", "base64");
    if (!id || key.length !== 32) throw new Error("a key of the ring is not `name:` and 32 bytes in base64");
    if (id === "lookup") lookup = key;
    else if (masters.has(id)) throw new Error(`the ring has two keys named ${id}`);
    else masters.set(id, key);
  }
  const current = masters.keys().next().value;
  if (current === undefined || !lookup) throw new Error("the ring needs a master key and a `lookup` key");
  return { suite, current, masters, lookup };
}

/** The written form of a new ring. With an older one, its keys are kept and a new current key leads. */
export function newKeyring(older?: string): string {
  const fresh = () => randomBytes(32).toString("base64");
  if (older === undefined) return `k1:${fresh()},lookup:${fresh()}`;
  const { masters } = parseKeyring(older);
  let number = masters.size + 1;
  while (masters.has(`k${number}`)) number++;
  return `k${number}:${fresh()},${older.trim()}`;
}

/**
 * Seal content under the compartment's key. The blob is `version, suite, length of key id, key id,
 * nonce, ciphertext, tag`; header, compartment and `about` are authenticated.
 */
export function seal(ring: Keyring, target: SealedFor, content: string | Uint8Array): Uint8Array {
  const header = headerOf(ring);
  const key = compartmentKey(ring, ring.current, ring.suite, target.compartment);
  const bound = boundTo(header, target);
  if (ring.suite === "international") {
    const nonce = freshNonce();
    const cipher = createCipheriv("aes-256-gcm", prepared(key), nonce).setAAD(bound);
    const body = Buffer.concat([cipher.update(bytesOf(content)), cipher.final()]);
    return Buffer.concat([header, nonce, body, cipher.getAuthTag()]);
  }
  const nonce = randomBytes(16);
  const cipher = createCipheriv("sm4-ctr", key.subarray(0, 16), nonce);
  const body = Buffer.concat([cipher.update(bytesOf(content)), cipher.final()]);
  return Buffer.concat([header, nonce, body, sm3Tag(key, bound, nonce, body)]);
}

/** Open what `seal` made for the same target. Throws `SealBroken`. */
export function unseal(ring: Keyring, target: SealedFor, blob: Uint8Array): Uint8Array {
  const { suite, keyId, header, rest } = opened(blob);
  const key = compartmentKey(ring, keyId, suite, target.compartment);
  const bound = boundTo(header, target);
  if (suite === "international") {
    if (rest.length < 28) throw new SealBroken("a sealed blob is cut short");
    const decipher = createDecipheriv("aes-256-gcm", prepared(key), rest.subarray(0, 12), {
      authTagLength: 16,
    })
      .setAAD(bound)
      .setAuthTag(rest.subarray(-16));
    try {
      return Buffer.concat([decipher.update(rest.subarray(12, -16)), decipher.final()]);
    } catch {
      throw new SealBroken("a sealed blob does not open");
    }
  }
  if (rest.length < 48) throw new SealBroken("a sealed blob is cut short");
  const [nonce, body, tag] = [rest.subarray(0, 16), rest.subarray(16, -32), rest.subarray(-32)];
  if (!timingSafeEqual(sm3Tag(key, bound, nonce, body), tag))
    throw new SealBroken("a sealed blob does not open");
  const decipher = createDecipheriv("sm4-ctr", key.subarray(0, 16), nonce);
  return Buffer.concat([decipher.update(body), decipher.final()]);
}

/** Seal a value as JSON. Amounts inside must already be JSON (see `fenToJson`). */
export function sealJson(ring: Keyring, target: SealedFor, value: unknown): Uint8Array {
  return seal(ring, target, JSON.stringify(value));
}

/** Open a value sealed by `sealJson`. Its shape is the caller's knowledge. */
export function unsealJson<Value>(ring: Keyring, target: SealedFor, blob: Uint8Array): Value {
  return JSON.parse(Buffer.from(unseal(ring, target, blob)).toString("utf8")) as Value;
}

/** The id of the key a blob was sealed with, so that rotation finds what is still under an old one. */
export function keyIdOf(blob: Uint8Array): string {
  return opened(blob).keyId;
}

/**
 * The keyed hash by which a value is found without being readable, 64 hexadecimal digits. `purpose`
 * keeps hashes of different things apart (`id-number`, `phone`), so that equal values do not show.
 */
export function lookupKey(ring: Keyring, purpose: string, value: string): string {
  const name = ring.suite === "international" ? "sha256" : "sm3";
  return createHmac(name, prepared(ring.lookup))
    .update(JSON.stringify([purpose, value]))
    .digest("hex");
}

/** A fresh secret for a link, a session or a code: so many bytes in base64url. */
export function newSecret(bytes = 32): string {
  return randomBytes(bytes).toString("base64url");
}

/** The suite's digest for chains and roots, by the machine's own code. */
export function digestOf(suite: Suite): Digest {
  const name = suite === "international" ? "sha256" : "sm3";
  return (data) => nodeHash(name, data, "buffer");
}

/** What signs for the installation, with the public key that strangers verify by. */
export interface Signer {
  readonly algorithm: SignatureAlgorithm;
  /** The master key it was derived from; a new current key brings a new signer. */
  readonly keyId: string;
  readonly publicKey: PublicKey;
  /** The signature of a content, 64 bytes in hexadecimal; `verifySignature` checks it. */
  readonly sign: (content: string | Uint8Array) => string;
}

const ed25519Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

/** The installation's signer, derived from a master key of the ring: the current one unless named. */
export function signerOf(ring: Keyring, keyId: string = ring.current): Signer {
  const seed = derive(ring, keyId, "international", "signing", 48);
  if (ring.suite === "international") {
    const privateKey = createPrivateKey({
      key: Buffer.concat([ed25519Prefix, seed.subarray(0, 32)]),
      format: "der",
      type: "pkcs8",
    });
    const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
    return {
      algorithm: "ed25519",
      keyId,
      publicKey: { algorithm: "ed25519", key: spki.subarray(-32).toString("hex") },
      sign: (content) => nodeSign(null, bytesOf(content), privateKey).toString("hex"),
    };
  }
  // 48 bytes reduced to the order of the curve leave no bias worth the name (FIPS 186-5 A.2.1).
  const secret = (BigInt(`0x${seed.toString("hex")}`) % (sm2Order - 2n)) + 1n;
  const privateKey = secret.toString(16).padStart(64, "0");
  const key = sm2.getPublicKeyFromPrivateKey(privateKey);
  return {
    algorithm: "sm2",
    keyId,
    publicKey: { algorithm: "sm2", key },
    sign: (content) => sm2.doSignature(bytesOf(content), privateKey, { hash: true, publicKey: key }),
  };
}

/** The order of the SM2 curve (GB/T 32918.5). */
const sm2Order = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;

const derivedKeys = new WeakMap<Keyring, Map<string, Buffer>>();

/** What every blob of the current key begins with. */
export function headerOf(ring: Keyring): Buffer {
  const id = Buffer.from(ring.current);
  return Buffer.concat([Buffer.from([formatVersion, suiteCodes[ring.suite], id.length]), id]);
}

/** The key of a compartment. For sealing in this folder alone. */
export function compartmentKey(ring: Keyring, keyId: string, suite: Suite, compartment: string): Buffer {
  return derive(ring, keyId, suite, `compartment/${compartment}`, suite === "international" ? 32 : 48);
}

/** HKDF from a master key (RFC 5869), kept by ring: a roster of ten thousand derives once. */
function derive(ring: Keyring, keyId: string, suite: Suite, purpose: string, length: number): Buffer {
  const kept = derivedKeys.get(ring) ?? new Map<string, Buffer>();
  derivedKeys.set(ring, kept);
  const name = `${keyId} ${suite} ${purpose} ${length}`;
  const known = kept.get(name);
  if (known) return known;
  const master = ring.masters.get(keyId);
  if (!master) throw new SealBroken(`the ring has no key named ${keyId}`);
  const digest = suite === "international" ? "sha256" : "sm3";
  const key = Buffer.from(hkdfSync(digest, master, "zhijia", purpose, length));
  kept.set(name, key);
  return key;
}

/** Nonces are drawn many at once: a call for each costs as much as the sealing. */
const nonces = Buffer.alloc(12 * 256);
let noncesTo = nonces.length;

function freshNonce(): Buffer {
  if (noncesTo === nonces.length) {
    randomFillSync(nonces);
    noncesTo = 0;
  }
  noncesTo += 12;
  return Buffer.from(nonces.subarray(noncesTo - 12, noncesTo));
}

const preparedKeys = new WeakMap<Uint8Array, KeyObject>();

/** A key as the machine's own code wants it: given bytes, it would prepare them at every call, for longer than it works. */
function prepared(key: Uint8Array): KeyObject {
  const known = preparedKeys.get(key);
  if (known) return known;
  const made = createSecretKey(key);
  preparedKeys.set(key, made);
  return made;
}

function opened(blob: Uint8Array): { suite: Suite; keyId: string; header: Buffer; rest: Buffer } {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  const suite = bytes[1] === 1 ? "international" : bytes[1] === 2 ? "national" : undefined;
  const end = 3 + (bytes[2] ?? 0);
  if (bytes[0] !== formatVersion || !suite || bytes.length < end)
    throw new SealBroken("not a sealed blob of a known format");
  return {
    suite,
    keyId: bytes.toString("latin1", 3, end),
    header: bytes.subarray(0, end),
    rest: bytes.subarray(end),
  };
}

function boundTo(header: Buffer, target: SealedFor): Buffer {
  return Buffer.concat([header, Buffer.from(JSON.stringify([target.compartment, target.about]))]);
}

function sm3Tag(key: Buffer, bound: Buffer, nonce: Buffer, body: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(bound.length));
  return createHmac("sm3", key.subarray(16)).update(length).update(bound).update(nonce).update(body).digest();
}

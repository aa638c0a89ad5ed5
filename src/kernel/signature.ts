import { unhex } from "./hash.ts";
import { bytesOf } from "./sha256.ts";

/** How daily roots, cards and letters are signed: Ed25519 (RFC 8032), or SM2 with SM3 by setting. */
export type SignatureAlgorithm = "ed25519" | "sm2";

/** A public key with what is needed to use it; hexadecimal (32 bytes, or 65 for SM2). */
export interface PublicKey {
  readonly algorithm: SignatureAlgorithm;
  readonly key: string;
}

/**
 * Whether a signature (hexadecimal, 64 bytes) is of this content by this key; false also for what is
 * no signature at all. Runs in the server and in a stranger's browser alike. The one answer that is
 * neither: a browser too old for Ed25519 throws.
 */
export async function verifySignature(
  publicKey: PublicKey,
  content: string | Uint8Array,
  signature: string,
): Promise<boolean> {
  if (!/^[0-9a-f]{128}$/i.test(signature) || !/^(?:[0-9a-f]{2})+$/i.test(publicKey.key)) return false;
  const bytes = bytesOf(content);
  if (publicKey.algorithm === "sm2") {
    if (publicKey.key.length !== 130) return false;
    const { sm2 } = await import("sm-crypto-v2");
    try {
      return sm2.doVerifySignature(bytes, signature, publicKey.key, {
        hash: true,
        publicKey: publicKey.key,
      } as object);
    } catch {
      return false;
    }
  }
  if (publicKey.key.length !== 64) return false;
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey("raw", new Uint8Array(unhex(publicKey.key)), "Ed25519", false, [
    "verify",
  ]);
  return subtle.verify("Ed25519", key, new Uint8Array(unhex(signature)), new Uint8Array(bytes));
}

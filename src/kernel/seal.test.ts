import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hex } from "./hash.ts";
import {
  digestOf,
  keyIdOf,
  lookupKey,
  newKeyring,
  newSecret,
  parseKeyring,
  SealBroken,
  seal,
  sealJson,
  signerOf,
  unseal,
  unsealJson,
} from "./seal.ts";
import { sha256 } from "./sha256.ts";
import { verifySignature } from "./signature.ts";

const written = newKeyring();
const suites = ["international", "national"] as const;
const target = { compartment: "990101", about: "person/1" };

for (const suite of suites) {
  const ring = parseKeyring(written, suite);

  test(`what was sealed opens for its own place only (${suite})`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (content) => {
        const blob = seal(ring, target, content);
        assert.deepEqual(new Uint8Array(unseal(ring, target, blob)), content);
        for (const other of [
          { ...target, compartment: "990102" },
          { ...target, about: "person/2" },
          { compartment: "990101/counselling", about: "person/1" },
        ])
          assert.throws(() => unseal(ring, other, blob), SealBroken);
      }),
      { numRuns: 50 },
    );
    assert.deepEqual(unsealJson(ring, target, sealJson(ring, target, { phone: "13800000000" })), {
      phone: "13800000000",
    });
  });

  test(`no byte of a sealed blob can change, and none can be cut off (${suite})`, () => {
    const blob = seal(ring, target, "银行卡 6222");
    for (let at = 0; at < blob.length; at++) {
      const changed = Uint8Array.from(blob);
      changed[at] = (changed[at] as number) ^ 1;
      assert.throws(() => unseal(ring, target, changed), SealBroken, `byte ${at}`);
      assert.throws(() => unseal(ring, target, blob.subarray(0, at)), SealBroken, `cut at ${at}`);
    }
  });

  test(`a new key seals, the old ones still open, and what is found stays found (${suite})`, () => {
    const blob = seal(ring, target, "旧");
    const rotated = parseKeyring(newKeyring(written), suite);
    assert.equal(Buffer.from(unseal(rotated, target, blob)).toString(), "旧");
    assert.deepEqual([keyIdOf(blob), keyIdOf(seal(rotated, target, "新"))], ["k1", "k2"]);
    assert.throws(() => unseal(ring, target, seal(rotated, target, "新")), SealBroken);
    assert.equal(lookupKey(ring, "phone", "1"), lookupKey(rotated, "phone", "1"));
    assert.notEqual(lookupKey(ring, "phone", "1"), lookupKey(ring, "id-number", "1"));
  });

  test(`signatures verify for their content and key alone (${suite})`, async () => {
    const signer = signerOf(ring);
    const other = signerOf(parseKeyring(newKeyring(), suite));
    const signature = signer.sign("2026-09-28 根");
    assert.equal(await verifySignature(signer.publicKey, "2026-09-28 根", signature), true);
    assert.equal(await verifySignature(signer.publicKey, "2026-09-29 根", signature), false);
    assert.equal(await verifySignature(other.publicKey, "2026-09-28 根", signature), false);
    assert.equal(await verifySignature(signer.publicKey, "2026-09-28 根", "0".repeat(128)), false);
    assert.equal(await verifySignature(signer.publicKey, "2026-09-28 根", "no signature"), false);
    assert.deepEqual(signerOf(parseKeyring(newKeyring(written), suite), "k1").publicKey, signer.publicKey);
  });
}

test("a blob of one suite opens in a ring set to the other", () => {
  const blob = seal(parseKeyring(written, "international"), target, "a");
  assert.equal(Buffer.from(unseal(parseKeyring(written, "national"), target, blob)).toString(), "a");
});

test("the suites digest by SHA-256 and by SM3", () => {
  assert.deepEqual(hex(digestOf("international")("abc")), hex(sha256("abc")));
  // The example of GB/T 32905-2016, annex A.1.
  assert.equal(
    hex(digestOf("national")("abc")),
    "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
  );
});

test("a ring that is not whole is refused without being repeated", () => {
  const [master, lookup] = written.split(",") as [string, string];
  for (const wrong of [
    "",
    master,
    lookup,
    `${master},${master},${lookup}`,
    "k1:short,lookup:short",
    `${master};${lookup}`,
  ])
    assert.throws(
      () => parseKeyring(wrong),
      (error: Error) => wrong === "" || !error.message.includes(wrong),
    );
  assert.equal(newSecret(32).length, 43);
});

import assert from "node:assert/strict";
import test from "node:test";
import { lookupKey, newKeyring, parseKeyring, type Suite, unseal } from "./seal.ts";
import { lookupMany, sealMany } from "./seal-many.ts";

const text = new TextEncoder();

for (const suite of ["international", "national"] as const satisfies readonly Suite[]) {
  const ring = parseKeyring(newKeyring(), suite);

  test(`keyed hashes made many are those made one by one (${suite})`, () => {
    for (const purpose of ["id-number", "phone"]) {
      const many = lookupMany(ring, purpose);
      for (const value of ["", "1", "13900000001", "990101198001011234", "0".repeat(30)]) {
        const out = new Uint8Array(40);
        many(text.encode(`__${value}_`), 2, 2 + value.length, out, 4);
        assert.equal(Buffer.from(out.subarray(4, 36)).toString("hex"), lookupKey(ring, purpose, value));
        assert.deepEqual([...out.subarray(0, 4), ...out.subarray(36)], [0, 0, 0, 0, 0, 0, 0, 0]);
      }
    }
  });

  test(`blobs sealed many open one by one, each for its own target only (${suite})`, () => {
    for (const [aboutBytes, contentBytes, count] of [
      [43, 53, 200],
      [1, 1, 3],
      [43, 16, 2],
      [10, 0, 2],
      [30, 4000, 2],
    ] as const) {
      const sealer = sealMany(ring, "990101", aboutBytes, contentBytes);
      const aboutOf = (i: number) => String(i).padStart(aboutBytes, "p");
      const contentOf = (i: number) => `${i}-资料`.padEnd(contentBytes, "x").slice(0, contentBytes);
      for (let round = 0; round < 2; round++) {
        const contents = new Uint8Array(count * contentBytes);
        for (let i = 0; i < count; i++)
          text.encodeInto(contentOf(i), contents.subarray(i * contentBytes, (i + 1) * contentBytes));
        const abouts = text.encode(Array.from({ length: count }, (_, i) => aboutOf(i)).join(""));
        const blobs = sealer.seal(count, abouts, contents);
        for (let i = 0; i < count; i++) {
          const blob = blobs.subarray(i * sealer.blobBytes, (i + 1) * sealer.blobBytes);
          const target = { compartment: "990101", about: aboutOf(i) };
          assert.deepEqual(
            [...unseal(ring, target, blob)],
            [...contents.subarray(i * contentBytes, (i + 1) * contentBytes)],
          );
          assert.throws(() => unseal(ring, { ...target, compartment: "990102" }, blob));
        }
      }
    }
  });
}

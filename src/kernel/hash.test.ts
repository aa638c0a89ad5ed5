import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import {
  canonical,
  chainStart,
  type Hash,
  hash,
  hex,
  hmac,
  isHash,
  link,
  proofOf,
  provesLeaf,
  rootOf,
  sameBytes,
  unhex,
} from "./hash.ts";
import { sha256 } from "./sha256.ts";

test("SHA-256 and its HMAC are those of the machine", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 100 }), (data, key) => {
      assert.equal(hex(sha256(data)), createHash("sha256").update(data).digest("hex"));
      assert.equal(hex(hmac(key, data)), createHmac("sha256", key).update(data).digest("hex"));
    }),
  );
  assert.equal(hash("工会"), createHash("sha256").update("工会").digest("hex"));
});

test("canonical JSON does not depend on the order of keys", () => {
  const shuffled = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(shuffled)
      : value !== null && typeof value === "object"
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, item]) => [key, shuffled(item)]),
          )
        : value;
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(canonical(value), canonical(shuffled(value)));
      assert.deepEqual(JSON.parse(canonical(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
  assert.equal(
    canonical({ b: 5n, a: [undefined, null], c: undefined, at: new Date(0), "10": 1, "9": 2 }),
    '{"10":1,"9":2,"a":[null,null],"at":"1970-01-01T00:00:00.000Z","b":"5"}',
  );
  for (const wrong of [Number.NaN, () => 1, Symbol("x"), undefined])
    assert.throws(() => canonical(wrong), TypeError);
});

test("a changed link breaks every later one", () => {
  const chain = (contents: readonly unknown[]) => {
    const links: Hash[] = [];
    for (const content of contents) links.push(link(links.at(-1) ?? null, content));
    return links;
  };
  const contents = [{ name: "submit" }, { name: "endorse" }, { name: "pay", fen: 100n }];
  const right = chain(contents);
  const wrong = chain([contents[0], { name: "endorsE" }, contents[2]]);
  assert.deepEqual(
    right.map((one, i) => one === wrong[i]),
    [true, false, false],
  );
  assert.equal(link(null, 1), link(chainStart, 1));
  assert.ok(right.every(isHash));
});

test("every leaf is proven under its root, and nothing else is", () => {
  const leaves = (count: number) => Array.from({ length: count }, (_, i) => hash(String(i)));
  for (let count = 1; count <= 17; count++) {
    const all = leaves(count);
    const root = rootOf(all);
    for (let i = 0; i < count; i++) {
      const proof = proofOf(all, i);
      assert.ok(provesLeaf(all[i] as Hash, proof, root));
      assert.ok(!provesLeaf(hash("other"), proof, root));
    }
    assert.notEqual(root, rootOf(leaves(count + 1)));
  }
  assert.ok(isHash(rootOf([])));
  assert.throws(() => proofOf([], 0), RangeError);
});

test("bytes and hexadecimal are two writings of one thing", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.ok(sameBytes(unhex(hex(bytes)), bytes))));
  assert.ok(
    !sameBytes(Uint8Array.of(1), Uint8Array.of(2)) && !sameBytes(Uint8Array.of(1), new Uint8Array(2)),
  );
  assert.throws(() => unhex("0g"), TypeError);
});

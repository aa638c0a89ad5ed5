import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  ancestorsOf,
  childOf,
  commonRoot,
  depthOf,
  isInside,
  isPath,
  parentOf,
  parsePath,
  path,
  placeAt,
  rangeOf,
  type UnitPath,
  widest,
} from "./path.ts";
import { isRefusal } from "./refusal.ts";

/** Paths of few segments, so that one often lies inside another or shares a prefix with it. */
const anyPath = fc
  .array(fc.constantFrom("a", "ab", "a0", "b", "34", "3401"), { minLength: 1, maxLength: 6 })
  .map((segments) => segments.join(".") as UnitPath);

test("paths are short lower-case segments joined by dots", () => {
  for (const right of ["cn", "cn.34.3401.340104.k7"]) assert.equal(parsePath(right), right);
  for (const wrong of [
    "",
    ".",
    "cn.",
    ".cn",
    "cn..34",
    "CN",
    "cn.工会",
    "cn.a-b",
    "cn/34",
    "a".repeat(13),
    `${"a.".repeat(16)}a`,
    7,
    null,
  ])
    assert.ok(isRefusal(parsePath(wrong)), String(wrong));
  assert.throws(() => path("CN"), RangeError);
  assert.throws(() => childOf(path("cn"), "a.b"), RangeError);
});

test("a path knows what is above it", () => {
  const one = path("cn.34.3401");
  assert.deepEqual(ancestorsOf(one), ["cn", "cn.34"]);
  assert.equal(parentOf(one), "cn.34");
  assert.equal(parentOf(path("cn")), null);
  assert.equal(placeAt(one, 2), "cn.34");
  assert.equal(placeAt(one, 4), null);
  assert.equal(placeAt(one, 0), null);
  assert.equal(depthOf(one), 3);
  assert.equal(commonRoot(one, path("cn.34.3402.k1")), "cn.34");
  assert.equal(commonRoot(one, path("x")), null);
});

test("the range of a root holds exactly what is inside it, in byte order", () => {
  fc.assert(
    fc.property(anyPath, anyPath, (one, root) => {
      const { low, high } = rangeOf(root);
      assert.equal(low <= one && one < high, isInside(one, root));
      assert.equal(isInside(one, root), one === root || ancestorsOf(one).includes(root));
    }),
    { numRuns: 1000 },
  );
});

test("child and parent, depth and place undo each other", () => {
  fc.assert(
    fc.property(anyPath, (one) => {
      assert.ok(isPath(one));
      assert.equal(parentOf(childOf(one, "x")), one);
      assert.equal(placeAt(one, depthOf(one)), one);
      assert.equal(ancestorsOf(one).at(-1) ?? null, parentOf(one));
    }),
  );
});

test("the widest roots cover the same paths with none inside another", () => {
  fc.assert(
    fc.property(fc.array(anyPath, { maxLength: 6 }), anyPath, (roots, one) => {
      const kept = widest(roots);
      assert.equal(
        kept.some((root) => isInside(one, root)),
        roots.some((root) => isInside(one, root)),
      );
      for (const root of kept) assert.ok(!kept.some((other) => other !== root && isInside(root, other)));
    }),
  );
});

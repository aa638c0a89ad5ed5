import assert from "node:assert/strict";
import { test } from "node:test";
import { isRefusal } from "./refusal.ts";
import {
  district,
  districtOfRegion,
  hasNoCounties,
  isVirtualPrefecture,
  isWithin,
  parseRegion,
  type Region,
  region,
  regionLevel,
  regionParent,
} from "./region.ts";

test("codes have levels and parents, past prefectures that stand for none", () => {
  const table: [string, string, string | null][] = [
    ["100000", "nation", null],
    ["340000", "province", "100000"],
    ["340100", "prefecture", "340000"],
    ["340104", "county", "340100"],
    ["340104001", "township", "340104"],
    ["340104001005", "village", "340104001"],
    ["110101", "county", "110000"],
    ["500241", "county", "500000"],
    ["469001", "county", "460000"],
    ["659001", "county", "650000"],
    ["441900", "prefecture", "440000"],
    ["441900003", "township", "441900"],
  ];
  for (const [code, level, parent] of table) {
    assert.equal(regionLevel(region(code)), level, code);
    assert.equal(regionParent(region(code)), parent, code);
  }
  assert.ok(isVirtualPrefecture(region("110100")) && !isVirtualPrefecture(region("340100")));
  assert.ok(hasNoCounties(region("441900003")) && !hasNoCounties(region("340104")));
});

test("short codes are padded and wrong ones refused", () => {
  assert.equal(parseRegion("34"), "340000");
  assert.equal(parseRegion(3401), "340100");
  assert.equal(parseRegion(" ３４0104 "), "340104");
  for (const wrong of [
    "",
    "3",
    "34010",
    "3401041",
    "000000",
    "770000",
    "340001",
    "340012",
    "34010A",
    null,
    {},
  ])
    assert.equal((parseRegion(wrong) as { code?: string }).code, "bad-region", String(wrong));
  assert.throws(() => region("34"), RangeError);
});

test("the fictitious province is taken only where it belongs", () => {
  const refused = parseRegion("990101");
  assert.ok(isRefusal(refused));
  assert.equal(refused.code, "region-fictitious");
  assert.equal(parseRegion("990101", { fictitious: true }), "990101");
});

test("a record's district is the first six digits of its place", () => {
  assert.equal(districtOfRegion(region("340104001005")), "340104");
  assert.equal(districtOfRegion(region("340000")), district("340000"));
  assert.throws(() => district("34"), RangeError);
});

test("a place lies within those above it and no others", () => {
  const chain: Region[] = ["100000", "340000", "340100", "340104", "340104001", "340104001005"].map(region);
  for (const [i, one] of chain.entries())
    for (const [j, wider] of chain.entries()) assert.equal(isWithin(one, wider), j <= i, `${one} ${wider}`);
  assert.ok(!isWithin(region("340200"), region("340100")));
});

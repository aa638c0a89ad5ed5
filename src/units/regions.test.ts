import assert from "node:assert/strict";
import { test } from "node:test";
import { isRefusal } from "../kernel/refusal.ts";
import { region } from "../kernel/region.ts";
import { fullRegionName, regionOf, regionsUnder } from "./regions.ts";

const names = (parent: string | null, fictitious = false) =>
  regionsUnder(parent === null ? null : region(parent), { fictitious }).map((one) => one.name);

test("the provinces are 34, and the fictitious one is there only for trials", () => {
  assert.equal(names(null).length, 34);
  assert.ok(!names(null).includes("虚构省"));
  assert.equal(names(null, true).at(-1), "虚构省");
  assert.deepEqual(names("990000"), []);
  assert.deepEqual(names("990000", true), ["云溪市", "星河市", "海棠市"]);
  assert.ok(names("990100", true).includes("云溪县"));
});

test("levels that do not exist are passed over", () => {
  assert.ok(names("310000").includes("浦东新区"), "a municipality has no city level");
  assert.ok(!names("310000").includes("上海市"));
  assert.ok(
    names("460000").includes("五指山市") && names("460000").includes("海口市"),
    "counties the province governs",
  );
  for (const city of ["441900", "442000", "460400", "620200"]) assert.deepEqual(names(city), [], city);
  assert.ok(names("340100").includes("蜀山区"));
});

test("a code is known, padded, and told apart from those that do not exist", () => {
  const found = regionOf("340104", { fictitious: false });
  assert.ok(!isRefusal(found));
  assert.deepEqual(found, { code: "340104", name: "蜀山区", level: "county", parent: "340100" });
  const refused = (code: string, fictitious = false) => {
    const one = regionOf(code, { fictitious });
    return isRefusal(one) ? one.code : one.name;
  };
  assert.equal(refused("34"), "安徽省");
  assert.equal(refused("340104003"), "蜀山区", "a township is known by its county");
  assert.equal(refused("340199"), "region-unknown");
  assert.equal(refused("34010"), "bad-region");
  assert.equal(refused("990101"), "region-fictitious");
  assert.equal(refused("990101", true), "云溪县");
  assert.equal(refused("994217", true), "虚构4217县");
  assert.equal(fullRegionName(region("340104")), "安徽省合肥市蜀山区");
  assert.equal(fullRegionName(region("310115")), "上海市浦东新区");
});

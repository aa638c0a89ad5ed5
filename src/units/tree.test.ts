import assert from "node:assert/strict";
import { test } from "node:test";
import { path } from "../kernel/path.ts";
import { isRefusal } from "../kernel/refusal.ts";
import { region } from "../kernel/region.ts";
import { type OrgType, type UnionLevel, unionLevels } from "./levels.ts";
import { spell } from "./names.ts";
import { checkForm, checkLevels, checkRegion, checkUnitName, pathFor, segmentOf, unitCode } from "./tree.ts";

test("a superior's level is strictly higher, save for the two named exceptions", () => {
  const rows: [UnionLevel, UnionLevel, OrgType | null, boolean][] = [
    ["NATIONAL", "PROVINCIAL", null, true],
    ["NATIONAL", "NATIONAL_INDUSTRIAL", null, true],
    ["PROVINCIAL", "PREFECTURE", null, true],
    ["PROVINCIAL", "COUNTY", null, true],
    ["PROVINCIAL", "GRASSROOTS", null, true],
    ["PREFECTURE", "COUNTY", null, true],
    ["COUNTY", "TOWNSHIP", null, true],
    ["COUNTY", "PARK", null, true],
    ["TOWNSHIP", "PARK", null, false],
    ["TOWNSHIP", "COMMUNITY", null, true],
    ["COMMUNITY", "GRASSROOTS", null, true],
    ["GRASSROOTS", "BRANCH", null, true],
    ["BRANCH", "GROUP", null, true],
    ["GRASSROOTS", "GRASSROOTS", null, true],
    ["COUNTY", "COUNTY", "INDUSTRY", true],
    ["COUNTY", "COUNTY", "SYSTEM", true],
    ["COUNTY", "COUNTY", null, false],
    ["PREFECTURE", "PREFECTURE", "INDUSTRY", false],
    ["COUNTY", "PREFECTURE", null, false],
    ["BRANCH", "GRASSROOTS", null, false],
    ["GROUP", "GROUP", null, false],
  ];
  for (const [parent, child, type, ok] of rows)
    assert.equal(
      checkLevels(parent, child, type)?.code,
      ok ? undefined : "unit-level",
      `${child} under ${parent}`,
    );
});

test("no level may stand under a lower one", () => {
  for (const [high, parent] of unionLevels.entries())
    for (const child of unionLevels.slice(0, high)) {
      const sameRank = parent === "PARK" && child === "TOWNSHIP";
      assert.ok(checkLevels(parent, child) || sameRank, `${child} under ${parent}`);
    }
});

test("a union's name has 4 to 100 characters and says what it is", () => {
  assert.equal(checkUnitName("云溪县总工会"), "云溪县总工会");
  assert.equal(checkUnitName(" 第三 工会小组 "), "第三 工会小组");
  for (const [name, code] of [
    ["", "required"],
    ["工会", "too-short"],
    ["云溪纺织有限公司", "unit-name"],
    [`${"长".repeat(99)}工会`, "too-long"],
    ["云溪\u0007县总工会", "control-character"],
  ] as const) {
    const refused = checkUnitName(name);
    assert.ok(isRefusal(refused) && refused.code === code, name);
  }
});

test("the region's federation stands at the region's path, also when it is the first of the installation", () => {
  const at = (level: UnionLevel, code: string, parent: string | null, taken = false) =>
    pathFor({
      level,
      region: region(code),
      parent: parent === null ? null : path(parent),
      segment: "k7",
      taken,
    });
  assert.equal(at("NATIONAL", "340000", null), "cn");
  assert.equal(at("COUNTY", "340104", null), "cn.34.3401.340104");
  assert.equal(at("COUNTY", "340104", "cn.34.3401"), "cn.34.3401.340104");
  assert.equal(at("COUNTY", "310115", "cn.31"), "cn.31.3101.310115", "a municipality has no city level");
  assert.equal(
    at("COUNTY", "340104", "cn.34.3401.340104", true),
    "cn.34.3401.340104.k7",
    "the county's education union",
  );
  assert.equal(at("TOWNSHIP", "340104001", "cn.34.3401.340104"), "cn.34.3401.340104.k7");
  assert.equal(
    at("GRASSROOTS", "340104", null),
    "cn.34.3401.340104.k7",
    "a first union that is no federation",
  );
  assert.equal(at("GRASSROOTS", "340104", "cn.34"), "cn.34.k7", "a union the province leads itself");
  assert.equal(segmentOf(46_655n), "kzzz");
  assert.equal(unitCode(region("340104"), 7n, true), "340104");
  assert.equal(unitCode(region("340104001"), 7n, false), "340104-00007");
});

test("a unit lies inside its superior's territory, and a federation's territory has its level", () => {
  const code = (level: UnionLevel, own: string, parent: [UnionLevel, string] | null) =>
    checkRegion(level, region(own), parent && { level: parent[0], region: region(parent[1]) })?.code;
  assert.equal(code("COUNTY", "340104", ["PREFECTURE", "340100"]), undefined);
  assert.equal(code("COUNTY", "340104", ["PREFECTURE", "340200"]), "unit-region-outside");
  assert.equal(code("COUNTY", "340100", null), undefined);
  assert.equal(code("COUNTY", "340000", null), "unit-region-level");
  assert.equal(code("PREFECTURE", "340104", null), "unit-region-level");
  assert.equal(code("COUNTY", "441900", ["PROVINCIAL", "440000"]), undefined, "a city without counties");
  assert.equal(code("GRASSROOTS", "110101", ["GRASSROOTS", "340104"]), undefined, "a subsidiary elsewhere");
  assert.equal(code("GRASSROOTS", "340104", ["TOWNSHIP", "340104001"]), "unit-region-outside");
  assert.equal(code("GRASSROOTS", "340104001", ["TOWNSHIP", "340104001"]), undefined);
});

test("only county and above, and townships that qualify, are federations", () => {
  assert.equal(checkForm("COUNTY", "FEDERATION"), undefined);
  assert.equal(checkForm("GRASSROOTS", "FEDERATION")?.code, "unit-form");
  assert.equal(checkForm("GRASSROOTS", "UNION_COMMITTEE"), undefined);
});

test("a union is found by the pinyin of its name", () => {
  assert.deepEqual(spell("云溪县总工会"), { pinyin: "yunxixianzonggonghui", initials: "yxxzgh" });
  assert.deepEqual(spell("A1纺织工会"), { pinyin: "a1fangzhigonghui", initials: "afzgh" });
});

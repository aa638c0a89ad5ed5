import assert from "node:assert/strict";
import { test } from "node:test";
import { day } from "../../../kernel/day.ts";
import { fictitiousIdentity } from "../../../kernel/identity-number.ts";
import { isRefusal } from "../../../kernel/refusal.ts";
import { readRegisterLine, registerColumns, registerKind } from "./register.ts";

const today = day("2026-03-02");
const number = fictitiousIdentity("990101", day("1985-06-15"), 1);
const context = { today, fictitious: true, kind: undefined };

test("a register's columns are found by the names offices give them", () => {
  assert.deepEqual(registerColumns(["序号", "姓名", "身份证号码", "救助类别", "认定日期"]), {
    idNumber: 2,
    kind: 3,
    asOf: 4,
  });
  assert.deepEqual(registerColumns(["证件号", "房产套数"]), { idNumber: 0, count: 1 });
  assert.equal(registerColumns(["某县低收入人口名册", null]), undefined);
});

test("the words of a sheet become kinds, the narrower before the wider", () => {
  const words = [
    "城市低保",
    "低保边缘家庭",
    "特困人员",
    "支出型困难",
    "防返贫监测对象",
    "小型汽车",
    "商品房",
    "个体工商户",
    "养老金收入",
  ];
  assert.deepEqual(words.map(registerKind), [
    "dibao",
    "dibao_edge",
    "extreme_poverty",
    "rigid_hardship",
    "anti_return",
    "vehicle",
    "house",
    "business",
    "income",
  ]);
  assert.equal(registerKind("甲"), undefined);
});

test("a line is read, and refused for what is wrong with it", () => {
  const columns = { idNumber: 0, kind: 1, asOf: 2, count: 3, yearFen: 4 };
  const read = (...cells: (string | number | null)[]) => {
    const line = readRegisterLine(cells, columns, context);
    return isRefusal(line) ? line.code : [line.kind, line.asOf, line.facts];
  };
  assert.deepEqual(read(number, "低保", "2026年1月5日"), ["dibao", "2026-01-05", {}]);
  assert.deepEqual(read(number, "房产", null, 2), ["house", "2026-03-02", { count: 2 }]);
  assert.deepEqual(read(number, "收入", null, null, "36000.50"), [
    "income",
    "2026-03-02",
    { yearFen: 3_600_050 },
  ]);
  assert.equal(read(number, "甲"), "register-kind");
  assert.equal(read("990101198506150000", "低保"), "id-damaged");
  assert.equal(read(number, "低保", "二月"), "bad-day");
  assert.equal(read(number, "收入", null, null, "很多"), "bad-amount");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addDays, type Day, day, dayNumber, dayOfMonth, monthOf, yearOf } from "../../kernel/day.ts";
import { fictitiousIdentity } from "../../kernel/identity-number.ts";
import type { Cell } from "../../spreadsheet/index.ts";
import { fieldOf, isNoPerson, isTotal, layoutOf, type RosterField } from "./columns.ts";
import { type CellProblem, monthIn, readRow } from "./row.ts";

const today = day("2026-03-02");
const context = { today, fictitious: true };
const good = fictitiousIdentity("990101", day("1990-05-06"), 11);
const read = (cells: Partial<Record<RosterField, Cell>>, more = {}) =>
  readRow({ name: "张三", idNumber: good, ...cells }, { ...context, ...more });
const told = (problems: readonly CellProblem[]): string[] =>
  problems.map((one) => `${one.level} ${one.field} ${one.refusal.code}`);

test("what a cell says becomes a fact, whatever form it has", () => {
  const { draft, problems } = read({
    name: " 张 三 ",
    sex: "男",
    birthDate: "1990年5月6日",
    phone: "139 0000 0001",
    ethnicity: "汉",
    education: "大专",
    politicalStatus: "群众",
    employmentType: "派遣工",
    migrant: "√",
    group: "外卖骑手",
    joinedOn: "2015/6/1",
    employer: "虚构机械厂",
    skillLevel: "高级工",
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(
    [
      draft!.name,
      draft!.sex,
      draft!.birthDate,
      draft!.phone,
      draft!.ethnicity,
      draft!.education,
      draft!.politicalStatus,
      draft!.employmentType,
      draft!.migrant,
      draft!.group,
      draft!.joinedOn,
      draft!.skillLevel,
    ],
    [
      "张三",
      1,
      "1990-05-06",
      "13900000001",
      "01",
      "30",
      "13",
      "DISPATCHED",
      true,
      "FOOD_DELIVERY_RIDER",
      "2015-06-01",
      "L3",
    ],
  );
  assert.deepEqual(draft!.toComplete, []);
});

test("fields statistics want and the roster lacks never keep a row out", () => {
  const { draft, problems } = read({ education: "神学院", ethnicity: "火星族", politicalStatus: "-" });
  assert.deepEqual(draft!.toComplete, ["phone", "ethnicity", "education", "politicalStatus", "joinedOn"]);
  assert.deepEqual(told(problems), ["warning ethnicity code-unknown", "warning education code-unknown"]);
});

test("who bears a number that ends in 000 is not turned away from the sheet without a way on", () => {
  const born = Array.from({ length: 300 }, (_, n) => addDays(day("1984-01-01"), n));
  const zeros = born.map((on) => fictitiousIdentity("990101", on, 200)).find((one) => one.endsWith("000"));
  const [problem] = read({ idNumber: zeros! }).problems;
  assert.equal(problem!.refusal.code, "id-damaged");
  assert.match(problem!.proposal!.zh, /请本人在手机上申请入会/);
  assert.doesNotMatch(read({ idNumber: 990101199005060000 }).problems[0]!.proposal!.zh, /申请入会/);
});

const rows: readonly (readonly [string, Partial<Record<RosterField, Cell>>, readonly string[]])[] = [
  [
    "an identity number rounded to fifteen digits",
    { idNumber: 990101199005060000 },
    ["error idNumber id-damaged"],
  ],
  [
    "an identity number written as a power of ten",
    { idNumber: "9.90101E+17" },
    ["error idNumber id-damaged"],
  ],
  [
    "a wrong check character",
    { idNumber: good.slice(0, 17) + (good[17] === "1" ? "2" : "1") },
    ["error idNumber id-check-digit"],
  ],
  [
    "a row of a masked export, told once",
    { idNumber: "990101********0012", phone: "139****0001", birthDate: 1990 },
    ["error idNumber id-masked"],
  ],
  ["a number one digit short", { idNumber: good.slice(0, 17) }, ["error idNumber id-length"]],
  [
    "a birth date in the future",
    { idNumber: fictitiousIdentity("990101", day("2030-01-01"), 1) },
    ["error idNumber id-birth-out-of-range"],
  ],
  [
    "a child",
    { idNumber: fictitiousIdentity("990101", day("2012-01-01"), 1) },
    ["error idNumber under-sixteen"],
  ],
  ["no number at all", { idNumber: null }, ["error idNumber required"]],
  ["a formula's error", { idNumber: "#N/A" }, ["error idNumber cell-error"]],
  ["another sex than the number's", { sex: "女" }, ["warning sex sex-differs-from-id"]],
  [
    "another birth date than the number's",
    { birthDate: "1990-06-05" },
    ["warning birthDate birth-differs-from-id"],
  ],
  ["the month of the number's birth date", { birthDate: "1990.5" }, []],
  ["another month than the number's", { birthDate: "1990-07" }, ["warning birthDate birth-differs-from-id"]],
  ["a telephone that is none", { phone: "1234567" }, ["error phone bad-phone"]],
  ["two telephones in a cell", { phone: "0551-1234567/13900000001" }, []],
  ["a joining day that is only a month", { joinedOn: "2015年6月" }, ["warning joinedOn day-taken-as-first"]],
  ["a joining day in the future", { joinedOn: "2027-01-01" }, ["error joinedOn joined-in-future"]],
  ["a joining day that is no day", { joinedOn: "2015-02-30" }, ["error joinedOn bad-day"]],
  ["a name with a control character", { name: "张\u0007三" }, ["error name control-character"]],
  ["a name of sixty characters", { name: "张".repeat(60) }, ["error name too-long"]],
  ["a rare character", { name: "𠮷田" }, []],
  ["a name with its dot written otherwise", { name: "买买提.艾力" }, []],
  [
    "a passport, said to be one",
    { idNumber: "E12345678", idKind: "护照", birthDate: "1985-01-01", sex: "男" },
    [],
  ],
  ["a passport, not said to be one", { idNumber: "E12345678" }, ["error idNumber id-characters"]],
  ["a holder with a card number in it", { bankHolder: "张三 6222" }, ["error bankHolder holder-has-digits"]],
  ["a holder's card in wide digits", { bankHolder: "６２２２０２" }, ["error bankHolder holder-has-digits"]],
  ["a holder's name", { bankHolder: "阿依古丽·买买提" }, []],
  ["a bank card damaged by the sheet", { bankCard: 6222021234567890000 }, ["error bankCard card-damaged"]],
];
// Acceptance: a wrong check character and a birth date to come are errors, another sex or birth date than the number's are
// warnings that name both, the number governing; a number damaged by a spreadsheet is refused, never guessed.
for (const [what, cells, wanted] of rows) {
  test(`${what}: ${wanted.join(", ") || "loads"}`, () => {
    const { draft, problems } = read(cells);
    assert.deepEqual(told(problems), wanted);
    assert.equal(
      draft === null,
      wanted.some((one) => one.startsWith("error")),
    );
  });
}

test("a damaged identity number is never guessed: the proposal is to look the person up", () => {
  const { problems } = read({ idNumber: 990101199005060000 });
  assert.match(problems[0]!.proposal!.zh, /按姓名和手机号/);
});

test("the identity number's birth date and sex govern, and both are named", () => {
  const { draft, problems } = read({ birthDate: "1991-01-01", sex: "女" });
  assert.deepEqual([draft!.birthDate, draft!.sex], ["1990-05-06", 1]);
  assert.deepEqual(problems[0]!.refusal.params, { sheet: "1991-01-01", id: "1990-05-06" });
});

const anyDay = fc
  .integer({ min: dayNumber(day("1950-01-01")), max: dayNumber(day("2009-12-31")) })
  .map((n) => addDays(day("1970-01-01"), n));
const wide = (text: string): string =>
  text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
const forms: readonly ((one: Day) => Cell)[] = [
  (one) => one,
  (one) => one.replaceAll("-", "/"),
  (one) => `${yearOf(one)}.${monthOf(one)}.${dayOfMonth(one)}`,
  (one) => `${yearOf(one)}年${monthOf(one)}月${dayOfMonth(one)}日`,
  (one) => one.replaceAll("-", ""),
  (one) => Number(one.replaceAll("-", "")),
  (one) => dayNumber(one) + 25_569,
  (one) => String(dayNumber(one) + 25_569),
  (one) => wide(`${yearOf(one)}-${monthOf(one)}-${dayOfMonth(one)}`),
  (one) => `${one} 00:00:00`,
];

test("a day is read the same in every form it is written in", () => {
  fc.assert(
    fc.property(anyDay, fc.integer({ min: 0, max: forms.length - 1 }), (one, form) => {
      const { draft } = read({
        idNumber: "E12345678",
        idKind: "护照",
        sex: "女",
        birthDate: forms[form]!(one),
      });
      assert.equal(draft?.birthDate, one);
    }),
  );
});

test("a workbook that counts from 1904 means the same days", () => {
  fc.assert(
    fc.property(anyDay, (one) => {
      const serial = dayNumber(one) - dayNumber(day("1904-01-01"));
      fc.pre(serial > 59);
      const { draft } = read(
        { idNumber: "E12345678", idKind: "护照", sex: "女", birthDate: serial },
        { dates1904: true },
      );
      assert.equal(draft?.birthDate, one);
    }),
  );
});

/** GB 11643 written out again, slowly, from the standard's own formula: a power of two for each place. */
function oracle(number: string): boolean {
  if (!/^99\d{15}[\dX]$/.test(number)) return false;
  const date = new Date(
    Date.UTC(Number(number.slice(6, 10)), Number(number.slice(10, 12)) - 1, Number(number.slice(12, 14))),
  );
  if (date.toISOString().slice(0, 10).replaceAll("-", "") !== number.slice(6, 14)) return false;
  if (date < new Date("1900-01-01") || date > new Date("2026-03-02")) return false;
  let sum = 0;
  for (let place = 18; place >= 1; place--) {
    const sign = number[18 - place]!;
    sum += (sign === "X" ? 10 : Number(sign)) * Number(2n ** BigInt(place - 1) % 11n);
  }
  return sum % 11 === 1;
}

test("identity numbers are taken exactly when the standard takes them, typed in any width", () => {
  const digits = fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 })
    .map((list) => list.join(""));
  fc.assert(
    fc.property(
      anyDay,
      digits,
      fc.integer({ min: 0, max: 17 }),
      fc.constantFrom(..."0123456789X"),
      fc.boolean(),
      (born, serial, place, sign, broaden) => {
        const number = fictitiousIdentity("990101", born, Number(serial));
        const changed = number.slice(0, place) + sign + number.slice(place + 1);
        fc.pre(changed.startsWith("99") && !changed.endsWith("000"));
        const { draft, problems } = read({ idNumber: broaden ? wide(changed.toLowerCase()) : changed });
        const young = problems.some((one) => one.refusal.code === "under-sixteen");
        assert.equal(draft !== null || young, oracle(changed), changed);
      },
    ),
    { numRuns: 400 },
  );
});

test("months are read with or without their sign, and October is not guessed from 2015.1 as a number", () => {
  assert.deepEqual(
    ["2015.6", "2015-06", "2015年6月", "201506", "2015/6"].map(monthIn),
    Array(5).fill("2015-06"),
  );
  assert.deepEqual([2015.1, "2015", "6月", null].map(monthIn), [null, null, null, null]);
});

test("heads are known by many names, and those of others are left alone", () => {
  const known: Record<string, RosterField | null> = {
    "姓  名*": "name",
    "身份证号码(必填,文本格式)": "idNumber",
    职工本人身份证号码: "idNumber",
    "联系电话(手机)": "phone",
    是否农民工: "migrant",
    所在基层工会名称: "unit",
    工作单位全称: "employer",
    紧急联系人电话: null,
    配偶姓名: null,
    单位性质: null,
    备注: null,
    入会年月: "joinedOn",
    会员证编号: "memberNo",
    开户行: "bankName",
    银行卡户名: "bankHolder",
    "户名(持卡人)": "bankHolder",
    开户人: "bankHolder",
  };
  for (const [head, field] of Object.entries(known)) assert.equal(fieldOf(head)?.field ?? null, field, head);
});

test("a head in two rows under merged groups is found below its title", () => {
  const layout = layoutOf([
    { row: 1, cells: ["某某花名册"] },
    { row: 3, cells: ["序号", "会员", null, "联系", null] },
    { row: 4, cells: [null, "姓名", "证件号码", "手机", "住址"] },
    { row: 5, cells: [1, "张三", good, "13900000001", "云溪县"] },
  ]);
  assert.equal(layout!.headRow, 4);
  assert.deepEqual(
    layout!.columns.map((one) => one.field),
    [null, "name", "idNumber", "phone", "address"],
  );
});

test("a title or a note right above the heads is no group of theirs", () => {
  const heads: Cell[] = ["序号", "姓 名", "证件号码", "衣服尺码"];
  for (const above of [
    ["溪口例纺织有限公司工会会员花名册"],
    ["填报单位：溪口例纺织", null, "填报日期：2024.6.30"],
    ["填报单位：", "溪口例纺织有限公司", "填报日期：", "2024.6.30"],
  ] as Cell[][]) {
    const layout = layoutOf([
      { row: 2, cells: above },
      { row: 3, cells: heads },
      { row: 4, cells: [1, "张三", good, "XL"] },
    ]);
    assert.deepEqual(
      layout!.columns.map(({ header, field }) => [header, field]),
      heads.map((head, n) => [head, [null, "name", "idNumber", null][n]]),
      String(above[0]),
    );
  }
});

test("a column without a head is told by what stands in it, with less confidence", () => {
  const people = Array.from({ length: 5 }, (_, i) => ({
    row: i + 2,
    cells: ["张三", fictitiousIdentity("990101", day("1990-01-01"), i), `1390000000${i}`, "男"] as Cell[],
  }));
  const layout = layoutOf([{ row: 1, cells: ["姓名", null, "手机"] }, ...people]);
  assert.deepEqual([layout!.columns[1]!.field, layout!.columns[1]!.confidence], ["idNumber", 0.6]);
  const odd = layoutOf([{ row: 1, cells: ["员工", "号码", "电话", "工号"] }, ...people]);
  assert.deepEqual(
    odd!.columns.map((one) => one.field),
    ["name", "idNumber", "phone", null],
  );
  const both = layoutOf([{ row: 1, cells: ["会员", "姓名", "身份证"] }]);
  assert.deepEqual(
    both!.columns.map((one) => one.field),
    [null, "name", "idNumber"],
  );
  assert.equal(
    layoutOf([{ row: 1, cells: ["员工", "配偶号码", "电话"] }, ...people])!.columns[1]!.field,
    null,
  );
});

test("a total at the foot is known by its word, however it is written, and nobody is taken for one", () => {
  const lines: readonly (readonly [Cell, readonly Cell[], boolean])[] = [
    [null, ["合计", "2人"], true],
    [null, ["合 计：", null, 120], true],
    ["共120人", [null, "小计", "共120人"], true],
    [null, ["本页小计", 30], true],
    [null, ["总计：120人"], true],
    ["—", ["人数合计", "—", 120], true],
    [good, [1, "合计", good], false],
    [null, [1, "张三", null], false],
    [null, [1, "张三", "统计员"], false],
  ];
  for (const [id, cells, wanted] of lines) assert.equal(isTotal(id, cells), wanted, cells.join());
});

test("signatures and numbered blanks are no persons; a person without a number is one", () => {
  assert.equal(isNoPerson(null, null, [7]), true);
  assert.equal(isNoPerson(null, null, ["填表人:张某", null, "审核人:李某"]), true);
  assert.equal(isNoPerson(null, "审核：李某", ["制表人：张某", null, null, "审核：李某"]), true);
  assert.equal(isNoPerson("姓名", "身份证号", ["姓名", "身份证号"]), true);
  assert.equal(isNoPerson("张三", "待补", [1, "张三", "待补", "负责人"]), false);
  assert.equal(isNoPerson(null, "123", [null, null, "123"]), false);
  assert.equal(isNoPerson("张三", null, [1, "张三"]), false);
  assert.equal(isNoPerson(null, good, [1, null, good]), false);
});

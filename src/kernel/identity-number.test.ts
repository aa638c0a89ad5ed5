import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addDays, day } from "./day.ts";
import {
  fictitiousIdentity,
  type Identity,
  type IdentityOptions,
  identityCheck,
  idKinds,
  parseIdentity,
} from "./identity-number.ts";
import { isRefusal, type refuse } from "./refusal.ts";

const today = day("2026-09-28");
const read = (value: unknown, options: Partial<IdentityOptions> = {}) =>
  parseIdentity(value, { today, ...options });
const code = (value: unknown, options: Partial<IdentityOptions> = {}) => {
  const answer = read(value, options);
  return isRefusal(answer) ? answer.code : `${answer.kind} ${answer.number}`;
};

test("the worked examples pass, with what the number tells", () => {
  assert.deepEqual(read("110101199003077715"), {
    kind: "resident",
    number: "110101199003077715",
    region: "110101",
    born: "1990-03-07",
    sex: "male",
    upgraded: false,
  } satisfies Identity | Record<string, unknown>);
  assert.equal((read("340102200012310026") as Identity).sex, "female");
  assert.equal((read("34010220001231000X") as Identity).number, "34010220001231000X");
});

test("no single changed digit of an example passes", () => {
  let passed = 0;
  let tried = 0;
  const example = "110101199003077715";
  for (let place = 0; place < 18; place++)
    for (const other of place === 17 ? "0123456789X" : "0123456789") {
      if (other === example[place]) continue;
      tried++;
      if (!isRefusal(read(example.slice(0, place) + other + example.slice(place + 1), { fictitious: true })))
        passed++;
    }
  assert.deepEqual({ tried, passed }, { tried: 163, passed: 0 });
});

test("numbers are read as people type and paste them", () => {
  for (const typed of [
    " 34010220001231000x ",
    "３４０１０２２０００１２３１０００Ｘ",
    "340102 20001231 000x",
    "\u200E34010220001231000X",
  ])
    assert.equal(code(typed), "resident 34010220001231000X", typed);
});

test("a number of fifteen digits is written out to eighteen", () => {
  const old = read("110101900307771") as Identity;
  assert.deepEqual([old.number, old.upgraded, old.born], ["110101199003077715", true, "1990-03-07"]);
});

test("each way to be wrong has its own code", () => {
  const table: [unknown, string][] = [
    ["", "required"],
    [null, "required"],
    [{}, "required"],
    ["11010119900307771", "id-length"],
    ["1101011990030777150", "id-length"],
    ["1101011990030777A5", "id-characters"],
    ["11010119900307X715", "id-characters"],
    ["11010190030777X", "id-characters"],
    ["010101199003077715", "id-region"],
    ["770101199003077715", "id-region"],
    ["110101199002307715", "id-birth-date"],
    ["110101189903077715", "id-birth-out-of-range"],
    ["110101202609297715", "id-birth-out-of-range"],
    ["110101199003077716", "id-check-digit"],
    [fictitiousIdentity("990101", day("1990-03-07"), 771), "id-fictitious"],
  ];
  for (const [value, expected] of table) assert.equal(code(value), expected, String(value));
  assert.equal((read("1", { at: "/idNumber" }) as ReturnType<typeof refuse>).at, "/idNumber");
});

test("a number a spreadsheet has damaged is refused, never repaired", () => {
  for (const damaged of [
    "3.40102E+17",
    "3.4010220001231e+17",
    "340102200012310000",
    Number("340102200012310026"),
    "340102200012310026.0",
  ])
    assert.equal(code(damaged), "id-damaged", String(damaged));
  // This one ends in 000 by right: typed it passes, from a cell nobody can know.
  const bodies = Array.from({ length: 10 }, (_, sequence) => `34010220001231${sequence}00`);
  const whole = bodies.find((body) => identityCheck(body) === "0") as string;
  assert.equal(code(`${whole}0`), `resident ${whole}0`);
  assert.equal(code(`${whole}0`, { from: "sheet" }), "id-damaged");
});

test("other documents have their own forms", () => {
  const withCheck = (body: string) => body + identityCheck(body);
  const residence = withCheck("81000019900307771");
  assert.equal(code(residence), `hk-macao-tw-residence ${residence}`);
  assert.equal(code(residence, { kind: "resident" }), "id-kind");
  const permanent = withCheck("93115619900307771");
  assert.equal(code(permanent), `permanent-resident ${permanent}`);
  assert.equal(code(permanent, { kind: "permanent-resident" }), `permanent-resident ${permanent}`);
  assert.equal(code("USA310190030712", { kind: "permanent-resident" }), "permanent-resident USA310190030712");
  assert.equal(code("h12345678", { kind: "hk-macao-pass" }), "hk-macao-pass H12345678");
  assert.equal(code("M1234567801", { kind: "hk-macao-pass" }), "hk-macao-pass M1234567801");
  assert.equal(code("12345678", { kind: "taiwan-pass" }), "taiwan-pass 12345678");
  assert.equal(code("E12345678", { kind: "passport" }), "passport E12345678");
  assert.equal(code("1234", { kind: "taiwan-pass" }), "id-kind");
  assert.equal(code("110101199003077715", { kind: "hk-macao-tw-residence" }), "id-kind");
  assert.equal(Object.keys(idKinds).length, 6);
});

test("fictitious people live in region 99 and are taken only where they belong", () => {
  const born = fc.integer({ min: 0, max: 36_000 }).map((days) => addDays(today, -days));
  fc.assert(
    fc.property(born, fc.integer({ min: 0, max: 999 }), (born, sequence) => {
      const number = fictitiousIdentity("990101", born, sequence);
      assert.ok(isRefusal(read(number)));
      const person = read(number, { fictitious: true }) as Identity;
      assert.deepEqual([person.born, person.sex], [born, sequence % 2 ? "male" : "female"]);
    }),
  );
  assert.throws(() => fictitiousIdentity("110101", today, 1), RangeError);
});

test("no input at all makes the reader throw", () => {
  fc.assert(fc.property(fc.anything(), (value) => void read(value)));
  fc.assert(fc.property(fc.string({ unit: "binary" }), (value) => void read(value)));
});

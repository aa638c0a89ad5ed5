import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Day, day } from "../kernel/day.ts";
import { newId } from "../kernel/ids.ts";
import { ancestorsOf, path, type UnitPath } from "../kernel/path.ts";
import { isRefusal } from "../kernel/refusal.ts";
import {
  checkPolicyValue,
  defaultPins,
  definePolicy,
  type PolicyRow,
  type PolicySource,
  pinned,
  policyType,
  resolve,
} from "./policy.ts";

const source: PolicySource = { document: "文件", tag: "D" };
const text = { zh: "测试", en: "Test" };
const line = definePolicy({
  key: "test.line",
  title: text,
  help: text,
  type: policyType.money({ min: 1, max: 1_000_000 }),
  defaults: [
    { value: 90_000n, until: day("2026-01-01"), source },
    { value: 95_000n, from: day("2026-01-01"), source },
  ],
});

const row = (place: string, from: string, value: unknown, more: Partial<PolicyRow> = {}): PolicyRow => ({
  id: newId<"policy">(),
  key: line.key,
  place: path(place),
  from: day(from),
  until: null,
  value,
  source,
  setBy: null,
  setAt: new Date(0),
  supersededBy: null,
  ...more,
});

const county = path("cn.34.3401.340104");

test("the nearest place upwards whose span holds the day decides", () => {
  const rows = [
    row("cn.34", "2026-02-01", 100_000),
    row("cn.34.3401", "2026-03-01", 106_200),
    row("cn.34.3401", "2026-05-01", null),
    row("cn.34.3402", "2026-01-01", 1),
    row("cn.34.3401.340104.k1", "2026-01-01", 2),
  ];
  const at = (on: string, place: UnitPath = county) => resolve(line, rows, place, day(on)).value;
  assert.equal(at("2025-12-31"), 90_000, "the default of that year");
  assert.equal(at("2026-01-01"), 95_000);
  assert.equal(at("2026-02-01"), 100_000, "the province");
  assert.equal(at("2026-03-01"), 106_200, "the city");
  assert.equal(at("2026-05-01"), 100_000, "the city handed it back");
  assert.equal(at("2026-03-01", path("cn")), 95_000);
});

test("a value that was superseded on its own day never holds", () => {
  const later = row("cn.34", "2026-02-01", 120_000, { setAt: new Date(5) });
  const rows = [row("cn.34", "2026-02-01", 100_000, { supersededBy: later.id }), later];
  assert.equal(resolve(line, rows, county, day("2026-02-02")).value, 120_000);
});

test("pins are read as the key's type", () => {
  const pins = defaultPins([line], day("2026-03-02"));
  assert.equal(pinned(line, pins), 95_000n);
  assert.deepEqual(pins, JSON.parse(JSON.stringify(pins)), "a pin is JSON");
  assert.equal(
    defaultPins([line], day("2026-03-02"))[line.key]!.id,
    pins[line.key]!.id,
    "and the same every time",
  );
  assert.throws(() => pinned(line, {}), /not pinned/);
  const once = { ...line, before: 80_000n };
  assert.equal(pinned(once, {}), 80_000n, "what the constant was, of a case older than its key");
  assert.equal(pinned(once, defaultPins([line], day("2026-03-02"))), 95_000n);
});

test("a value outside its type is refused and the key is named", () => {
  for (const value of [0, 1_000_001, 1.5, "95000", null]) {
    const refused = checkPolicyValue(line, value, "/value");
    assert.ok(
      isRefusal(refused) && refused.code === "policy-value" && refused.at === "/value",
      String(value),
    );
  }
  const days = policyType.days();
  assert.ok(days.schema.safeParse({ days: 5, unit: "working" }).success);
  assert.ok(days.schema.safeParse({ months: 3, unit: "month" }).success);
  for (const wrong of [{ days: 5 }, { days: -1, unit: "working" }, { months: 3, unit: "working" }, 5])
    assert.ok(!days.schema.safeParse(wrong).success, JSON.stringify(wrong));
  assert.throws(() => definePolicy({ ...line }), /declared twice/);
});

test("inheritance agrees with a slow oracle on random trees of values", () => {
  const places = ["cn", "cn.1", "cn.2", "cn.1.1", "cn.1.2", "cn.2.1", "cn.1.1.1", "cn.1.1.2", "cn.1.2.1"];
  const days = Array.from({ length: 9 }, (_, i) => day(`2026-0${i + 1}-01`));
  const rowArbitrary = fc.record({
    place: fc.constantFrom(...places),
    from: fc.constantFrom(...days),
    until: fc.option(fc.constantFrom(...days), { nil: null }),
    value: fc.option(fc.integer({ min: 1, max: 1000 }), { nil: null }),
  });
  fc.assert(
    fc.property(
      fc.array(rowArbitrary, { maxLength: 25 }),
      fc.constantFrom(...places),
      fc.constantFrom(...days),
      (given, place, on) => {
        const rows = given
          .filter((one) => one.until === null || one.until > one.from)
          .map((one, i) => row(one.place, one.from, one.value, { until: one.until, setAt: new Date(i) }));
        assert.equal(resolve(line, rows, path(place), on).value, slowly(rows, path(place), on));
      },
    ),
  );
});

/** Day by day and place by place, as one would do it on paper. */
function slowly(rows: readonly PolicyRow[], place: UnitPath, on: Day): unknown {
  for (const at of [...ancestorsOf(place), place].reverse()) {
    const here = rows
      .filter((one) => one.place === at && one.from <= on && (one.until === null || on < one.until))
      .sort((a, b) => (a.from === b.from ? a.setAt.getTime() - b.setAt.getTime() : a.from < b.from ? -1 : 1));
    const last = here[here.length - 1];
    if (last && last.value !== null) return last.value;
  }
  return 95_000;
}

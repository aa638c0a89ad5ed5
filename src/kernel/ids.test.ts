import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { derivedId, type Id, isId, newId, parseId } from "./ids.ts";
import { isRefusal } from "./refusal.ts";

test("new ids are UUIDs of version 7 that sort in the order they were made", () => {
  const made = Array.from({ length: 10_000 }, () => newId<"case">());
  assert.deepEqual(made, [...made].sort());
  assert.equal(new Set(made).size, made.length);
  for (const id of made.slice(0, 100))
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
});

test("an id dated elsewhere carries that millisecond and leaves the order of the others alone", () => {
  const before = newId();
  const dated = newId(Date.UTC(2031, 0, 1));
  const after = newId();
  assert.equal(Number.parseInt(dated.replaceAll("-", "").slice(0, 12), 16), Date.UTC(2031, 0, 1));
  assert.ok(before < after && after < dated);
});

test("derived ids are the same for the same parts only", () => {
  const parts = fc.array(fc.string(), { maxLength: 3 });
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      assert.equal(derivedId(...one), derivedId(...one));
      assert.ok(isId(derivedId(...one)));
      assert.equal(derivedId(...one) === derivedId(...other), JSON.stringify(one) === JSON.stringify(other));
    }),
  );
});

test("parseId takes any UUID in either case and refuses the rest at its place", () => {
  fc.assert(fc.property(fc.uuid(), (uuid) => assert.equal(parseId(uuid.toUpperCase()), uuid)));
  for (const wrong of ["", "x", 7, null, undefined, "01a1fd24-9651-71a8-be54-909f677a451"]) {
    const refused = parseId(wrong, "/id");
    assert.ok(isRefusal(refused));
    assert.deepEqual([refused.code, refused.at], ["bad-id", "/id"]);
  }
});

test("an id of one kind is not taken for another", () => {
  const person = newId<"person">();
  const asPerson = (id: Id<"person">) => id;
  // @ts-expect-error a unit's id is no person's
  asPerson(newId<"unit">());
  assert.equal(asPerson(person), person);
});

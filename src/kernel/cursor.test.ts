import assert from "node:assert/strict";
import test from "node:test";
import { cursorOf, isPlain, momentCursor, readCursor, readMoment } from "./cursor.ts";
import { isDay } from "./day.ts";
import { isId, newId } from "./ids.ts";
import { isRefusal } from "./refusal.ts";

const id = newId<"case">();

test("a cursor gives back what it was made of, and nothing at the start", () => {
  assert.deepEqual(readCursor(cursorOf("王，\n小", "2026-03-02", id), isPlain, isDay, isId), [
    "王，\n小",
    "2026-03-02",
    id,
  ]);
  assert.equal(readCursor(undefined, isDay, isId), null);
  assert.equal(readCursor("", isDay, isId), null);
  const moment = { at: new Date("2026-03-02T02:00:00.123Z"), id };
  assert.deepEqual(readMoment(momentCursor(moment), isId<"case">), moment);
});

test("a cursor that was made up is refused before any statement sees it", () => {
  const raw = (text: string) => Buffer.from(text).toString("base64url");
  for (const made of [
    "x",
    "%",
    raw("{"),
    raw("null"),
    raw("[]"),
    raw('{"0":"2026-03-02"}'),
    raw(`[["2026-03-02"],"${id}"]`),
  ])
    assert.ok(isRefusal(readCursor(made, isDay, isId)), made);
  for (const texts of [["2026-03-02"], ["2026-13-40", id], ["2026-03-02", "x"], ["2026-03-02", id, id]])
    assert.ok(isRefusal(readCursor(cursorOf(...texts), isDay, isId)), String(texts));
  for (const text of ["a\u0000b", "\ud800"]) assert.ok(isRefusal(readCursor(cursorOf(text), isPlain)), text);
  assert.ok(isRefusal(readMoment(cursorOf("yesterday", id), isId)));
});

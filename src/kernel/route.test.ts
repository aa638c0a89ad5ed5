import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { day } from "./day.ts";
import { type Id, newId } from "./ids.ts";
import { refuse } from "./refusal.ts";
import { defineRoute, handle, isFileAnswer, type RouteTypes } from "./route.ts";
import { zDay, zFen, zId, zInstant, zList, zMonth, zPage, zText } from "./schemas.ts";

const routes = {
  getCase: defineRoute({
    method: "GET",
    url: "/cases/:id",
    summary: { zh: "查看一件事项", en: "See a case" },
    tag: "cases",
    params: z.object({ id: zId<"case">() }),
    response: z.object({ id: zId<"case">(), amountFen: zFen, due: zDay, at: zInstant }),
  }),
  listNotices: defineRoute({
    method: "GET",
    url: "/public/notices",
    summary: { zh: "公示", en: "Notices in force" },
    tag: "public",
    query: zPage,
    response: zList(zText),
    public: true,
  }),
};

type Api = RouteTypes<typeof routes>;

test("a handler holds the code's values, a client those of JSON", () => {
  const handled = handle(routes.getCase, ({ params, session, now }) => {
    const id: Id<"case"> = params.id;
    const person: Id<"person"> = session.person;
    if (person === (id as string)) return refuse("not-found");
    return { id, amountFen: 374_400n, due: day("2026-09-28"), at: now };
  });
  assert.equal(handled.route, routes.getCase);
  handle(routes.listNotices, ({ session, query }) => {
    // @ts-expect-error a public route may be called by nobody signed in
    session.person;
    return { items: [], next: query.cursor ?? null };
  });
  handle(routes.getCase, ({ params, now }) => ({
    id: params.id,
    // @ts-expect-error an amount inside the program is a bigint
    amountFen: 5,
    due: day("2026-09-28"),
    at: now,
  }));

  const id = newId<"case">();
  const seen: Api["getCase"]["response"] = {
    id,
    amountFen: 374_400,
    due: "2026-09-28",
    at: "2026-09-28T00:00:00Z",
  };
  const asked: Api["getCase"]["params"] = { id: "any text" };
  const nothing: Api["getCase"]["body"] = undefined;
  assert.ok(seen && asked && nothing === undefined);
});

test("answers travel as integers and strings, and requests come back from them", () => {
  const answer = {
    id: newId<"case">(),
    amountFen: 374_400n,
    due: day("2026-09-28"),
    at: new Date("2026-09-28T01:30:00Z"),
  };
  const sent = z.encode(routes.getCase.response, answer);
  assert.deepEqual(JSON.parse(JSON.stringify(sent)), {
    id: answer.id,
    amountFen: 374_400,
    due: "2026-09-28",
    at: "2026-09-28T01:30:00.000Z",
  });
  assert.deepEqual(z.decode(routes.getCase.response, sent), answer);
});

test("schemas refuse what the kernel refuses", () => {
  const schema = z.object({ id: zId<"case">(), on: zDay, month: zMonth, amountFen: zFen });
  const good = { id: newId().toUpperCase(), on: "2026-09-28", month: "2026-09", amountFen: 5 };
  assert.equal(schema.parse(good).id, good.id.toLowerCase());
  for (const wrong of [
    { id: "x" },
    { on: "2026-02-29" },
    { month: "2026-13" },
    { amountFen: 1.5 },
    { amountFen: 2 ** 60 },
  ])
    assert.ok(!schema.safeParse({ ...good, ...wrong }).success, JSON.stringify(wrong));
  assert.throws(() => z.encode(zFen, 2n ** 60n));
});

test("every schema has a place in the API's description", () => {
  for (const { response } of Object.values(routes))
    assert.equal(z.toJSONSchema(response, { io: "input" }).type, "object");
});

test("files are told from answers and refusals", () => {
  assert.ok(isFileAnswer({ file: new Uint8Array(), mediaType: "application/pdf" }));
  for (const other of [null, "file", { file: 1 }, refuse("not-found")]) assert.ok(!isFileAnswer(other));
});

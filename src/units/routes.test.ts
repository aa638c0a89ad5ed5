import assert from "node:assert/strict";
import { test } from "node:test";
import { withDatabase } from "../db/testing.ts";
import { addDays, type Day, day } from "../kernel/day.ts";
import { type Id, newId } from "../kernel/ids.ts";
import { isRefusal, type Refusal } from "../kernel/refusal.ts";
import { loadActor } from "./actor.ts";
import { womenCommitteeFrom } from "./policies.ts";
import type { Role } from "./powers.ts";
import { handlers, routes } from "./routes.ts";
import { viewerOf } from "./scope.ts";
import { makePost, makeTree } from "./testing.ts";
import type { Unit } from "./unit.ts";

const t = withDatabase();
let tree: Awaited<ReturnType<typeof makeTree>>;
const today = day("2026-03-02");
const people = new Map<string, Id<"person">>();

test("a federation with officers is founded", async () => {
  await t.db.system(async (tx) => {
    tree = await makeTree(tx);
    const posts: [string, Unit, Role][] = [
      ["county chair", tree.county, "chair"],
      ["county aid", tree.county, "aid"],
      ["other chair", tree.other, "chair"],
      ["city admin", tree.city, "admin"],
      ["company chair", tree.company, "chair"],
    ];
    for (const [name, unit, role] of posts) {
      const person = newId<"person">();
      people.set(name, person);
      await makePost(tx, unit, role, { person, name });
    }
  });
});

interface Asked {
  readonly params?: object;
  readonly query?: object;
  readonly body?: object;
}

/** Asks a route as an officer would over HTTP: parsed by its declaration, answered as it declares. */
async function ask(
  name: keyof typeof routes,
  who: string | null,
  asked: Asked = {},
  on: Day = today,
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape are read here.
): Promise<any> {
  const handled = handlers.find((one) => one.route === routes[name])!;
  const { route } = handled;
  const actor = who === null ? null : await t.db.systemRead((tx) => loadActor(tx, people.get(who)!, on));
  const session = actor && { actor, person: actor.person, viewer: viewerOf(actor, on) };
  const answer = await (handled.handler as (request: object) => unknown)({
    ctx: { db: t.db, clock: t.clock, config: { fictitious: true } },
    session,
    lang: "zh",
    now: t.clock.now(),
    today: on,
    params: route.params?.parse(asked.params),
    query: route.query?.parse(asked.query ?? {}),
    body: route.body?.parse(asked.body ?? {}),
  });
  if (isRefusal(answer)) return answer;
  route.response.parse(JSON.parse(JSON.stringify(answer)));
  return answer;
}

const refused = (answer: Refusal): string => {
  assert.ok(isRefusal(answer), JSON.stringify(answer)?.slice(0, 200));
  return answer.code;
};

test("the list pages through the tree, and its total equals what is in it", async () => {
  const all = await ask("listUnits", "county chair");
  assert.equal(all.total, 5);
  assert.equal(all.next, null);
  const first = await ask("listUnits", "county chair", { query: { limit: "2" } });
  assert.equal(first.items.length, 2);
  assert.equal(first.total, 5);
  const second = await ask("listUnits", "county chair", { query: { limit: "3", cursor: first.next } });
  assert.deepEqual([...first.items, ...second.items], all.items);
  assert.equal(second.next, null);
  assert.equal(refused(await ask("listUnits", "county chair", { query: { cursor: "%" } })), "bad-cursor");
  const below = await ask("listChildren", "county chair", { params: { id: tree.county.id } });
  assert.equal(below.total, 2);
});

test("a unit outside the scope is not found, whatever is asked of it", async () => {
  const params = { id: tree.other.id };
  assert.equal(refused(await ask("getUnit", "county chair", { params })), "not-found");
  assert.equal(refused(await ask("listChildren", "county chair", { params })), "not-found");
  assert.equal(
    refused(await ask("listUnits", "county chair", { query: { under: tree.other.id } })),
    "not-found",
  );
  assert.deepEqual((await ask("listUnits", "county chair", { query: { parent: tree.other.id } })).items, []);
  assert.equal(
    refused(await ask("editUnit", "county chair", { params, body: { version: 1, name: "别人的工会" } })),
    "not-found",
  );
  const move = { newParentId: tree.county.id, reason: "拿过来" };
  assert.equal(refused(await ask("moveUnit", "county chair", { params, body: move })), "not-found");
  assert.equal(
    refused(
      await ask("changeUnitStatus", "county chair", { params, body: { to: "SUSPENDED", reason: "停用" } }),
    ),
    "not-found",
  );
  assert.equal(
    refused(await ask("listPolicies", "county chair", { query: { place: tree.other.id } })),
    "not-found",
  );
  assert.equal(
    refused(await ask("listOfficers", "county chair", { query: { unit: tree.other.id } })),
    "not-found",
  );
});

test("the page of a unit says what it has, what is missing, and what the reader may do", async () => {
  const page = await ask("getUnit", "county chair", { params: { id: tree.company.id } });
  assert.deepEqual(
    page.ancestors.map((one: { name: string; mine: boolean }) => `${one.name}${one.mine ? "" : " –"}`),
    ["虚构省总工会 –", "云溪市总工会 –", "云溪县总工会", "云溪县松风镇工会联合会"],
  );
  assert.equal(page.sixHaves.length, 6);
  assert.equal(page.sixHaves[0].why.zh, "缺：在届期内。");
  assert.equal(page.regionName, "虚构省云溪市云溪县");
  assert.equal(page.posts[0].roleTitle.zh, "主席");
  const may = (answer: { may: { name: string; allowed: boolean }[] }) =>
    answer.may.filter((one) => one.allowed).map((one) => one.name);
  assert.ok(may(page).includes("move") && may(page).includes("status:SUSPENDED"));
  const own = await ask("getUnit", "company chair", { params: { id: tree.company.id } });
  assert.ok(
    may(own).includes("edit") && !may(own).includes("move") && !may(own).includes("status:SUSPENDED"),
  );
  const read = await ask("getUnit", "county aid", { params: { id: tree.company.id } });
  assert.deepEqual(may(read), []);
  assert.equal(read.may[0].refusal.code, "not-yours");
});

test("a unit is founded, edited and moved over its routes", async () => {
  const id = newId<"unit">();
  const body = {
    id,
    parentId: tree.county.id,
    name: "云溪县机械厂工会委员会",
    level: "GRASSROOTS",
    regionCode: "990101",
  };
  assert.equal(refused(await ask("createUnit", "county aid", { body })), "not-yours");
  assert.equal(refused(await ask("createUnit", "other chair", { body })), "not-found");
  const made = await ask("createUnit", "county chair", { body });
  assert.equal(made.version, 1);
  assert.equal((await ask("createUnit", "county chair", { body })).id, id);
  const details = { committees: [{ kind: "UNION_COMMITTEE" }, { kind: "FUND_AUDIT" }], hasBankAccount: true };
  const edited = await ask("editUnit", "county chair", {
    params: { id },
    body: { version: 1, termEnd: "2029-01-01", details },
  });
  assert.equal(edited.version, 2);
  assert.equal(edited.name, body.name);
  const moved = await ask("moveUnit", "county chair", {
    params: { id },
    body: { newParentId: tree.township.id, reason: "属地管理" },
  });
  assert.equal(moved.parentId, tree.township.id);
  assert.deepEqual(
    moved.events.map((one: { kind: string; byName: string }) => `${one.kind} ${one.byName}`),
    ["moved county chair", "edited county chair", "created county chair"],
  );
});

test("a union being founded shows what it waits for, by the rule of its place", async () => {
  const id = newId<"unit">();
  const name = "云溪县筹建厂工会委员会";
  const body = {
    id,
    parentId: tree.county.id,
    name,
    level: "GRASSROOTS",
    regionCode: "990101",
    status: "DRAFT",
  };
  assert.deepEqual((await ask("createUnit", "county chair", { body })).awaited, []);
  const to = (status: string) =>
    ask("changeUnitStatus", "county chair", { params: { id }, body: { to: status, reason: "筹备组成立" } });
  const [waits] = (await to("PREPARING")).awaited;
  assert.equal(waits.key, "FOUNDING_APPROVAL");
  assert.equal(waits.dueOn, addDays(waits.since, 15));
  assert.match(waits.source, /第二十九条/);
  const [election] = (await to("FOUNDING_APPROVED")).awaited;
  assert.equal(election.key, "ELECTION");
});

test("policies show where a value comes from, and the entitled officer sets it for their own place", async () => {
  const find = (answer: { items: { key: string }[] }) =>
    answer.items.find((one) => one.key === womenCommitteeFrom.key) as never as {
      value: number;
      inherited: boolean;
      maySet: boolean;
      refusal?: { code: string };
      place: { id: string | null; name: { zh: string } };
      history: unknown[];
      source: string;
    };
  const before = find(await ask("listPolicies", "county chair"));
  assert.deepEqual(
    [before.value, before.inherited, before.place.name.zh, before.maySet],
    [10, true, "全国", true],
  );
  assert.equal(find(await ask("listPolicies", "county aid")).refusal!.code, "not-yours");
  assert.equal(find(await ask("listPolicies", "company chair")).refusal!.code, "policy-place");
  const source = { document: "云工发〔2026〕1号", article: "第三条" };
  const body = {
    id: newId(),
    key: womenCommitteeFrom.key,
    unitId: tree.county.id,
    value: 12,
    from: today,
    source,
  };
  assert.equal(refused(await ask("setPolicy", "county aid", { body })), "not-yours");
  assert.equal(refused(await ask("setPolicy", "city admin", { body })), "policy-not-own");
  assert.equal(
    refused(await ask("setPolicy", "county chair", { body: { ...body, value: "x" } })),
    "policy-value",
  );
  assert.equal((await ask("setPolicy", "county chair", { body })).value, 12);
  const below = find(await ask("listPolicies", "company chair"));
  assert.deepEqual(
    [below.value, below.inherited, below.place.id, below.source],
    [12, true, tree.county.id, "云工发〔2026〕1号第三条"],
  );
  assert.equal(below.history.length, 1);
  assert.equal(find(await ask("listPolicies", "county chair", { query: { day: "2026-03-01" } })).value, 10);
});

test("officers are found by name within the scope, each once", async () => {
  const names = async (who: string, q = "") =>
    (await ask("listOfficers", who, { query: { q } })).items.map((one: { name: string }) => one.name);
  assert.deepEqual((await names("county chair")).sort(), ["company chair", "county aid", "county chair"]);
  assert.deepEqual(await names("county chair", "aid"), ["county aid"]);
  assert.equal((await names("city admin")).length, 5);
});

test("without signing in one finds unions, sees what is public of them, and the regions", async () => {
  const found = await ask("listPublicUnits", null, { query: { q: "纺织" } });
  assert.deepEqual(
    found.items.map((one: { parentName: string }) => one.parentName),
    ["云溪县松风镇工会联合会"],
  );
  assert.deepEqual(
    (await ask("listPublicUnits", null, { query: { q: "总工会" } })).items,
    [],
    "federations take no members",
  );
  const page = await ask("getPublicUnit", null, { params: { id: tree.company.id } });
  assert.deepEqual(page.posts, [{ personName: "company chair", roleTitle: { zh: "主席", en: "Chair" } }]);
  assert.equal(refused(await ask("getPublicUnit", null, { params: { id: newId() } })), "not-found");
  const regions = await ask("listRegions", null, { query: { parent: "990100" } });
  assert.deepEqual(regions.items[0], { code: "990101", name: "云溪县", level: "county", children: false });
  assert.ok((await ask("listRoles", "county chair")).items.length > 10);
});

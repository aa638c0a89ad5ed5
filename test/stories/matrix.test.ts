import assert from "node:assert/strict";
import test from "node:test";
import { sql } from "kysely";
import { foundedUnits } from "../../src/demo/federation.ts";
import { allHandlers } from "../../src/http/routes.ts";
import { derivedId, newId } from "../../src/kernel/ids.ts";
import { type Actor, castOf } from "./matrix-cast.ts";
import { classified, type Naming } from "./matrix-routes.ts";
import { covers, furnish, type Kind, mayKnow, mayRead, type Thing, thingsOf } from "./matrix-world.ts";
import { story } from "./story.ts";

/**
 * Nothing outside one's scope, for every route, every role and every level: no row, count, option, export, file or figure;
 * what lies outside answers as what does not exist, and nothing outside is changed.
 */

const s = story({ lives: true });
const units = new Map(foundedUnits.map((one) => [one.key, derivedId<"unit">("demo", one.key) as string]));
let cast: readonly Actor[] = [];
let things: readonly Thing[] = [];
let byId = new Map<string, Thing>();
let numbered: readonly Thing[] = [];

const keyOf = ({ route }: (typeof allHandlers)[number]): string => `${route.method} ${route.url}`;

interface Said {
  readonly status: number;
  readonly text: string;
  readonly type: string;
}

async function ask(actor: Actor, method: string, url: string, body?: unknown, file = false): Promise<Said> {
  const sent = file ? form(body as Record<string, string>) : null;
  const answer = await s.server.inject({
    method: method as "GET",
    url: encodeURI(decodeURI(`/api${url}`)),
    headers: { ...actor.headers, ...(sent && { "content-type": sent.type }) },
    ...(sent ? { payload: sent.body } : body !== undefined && { payload: body as object }),
  });
  return { status: answer.statusCode, text: answer.body, type: String(answer.headers["content-type"]) };
}

function form(fields: Record<string, string>): { readonly body: string; readonly type: string } {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--xx\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file = `--xx\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\ncontent-type: text/csv\r\n\r\n姓名,身份证号\r\n某例,1\r\n--xx--\r\n`;
  return { body: parts.join("") + file, type: "multipart/form-data; boundary=xx" };
}

/** What an answer says, without what differs from request to request. */
function plain(said: Said, id: string): string {
  if (!/json/.test(said.type)) return `${said.status} ${said.type}`;
  return `${said.status} ${said.text
    .replaceAll(id, "…")
    .replace(/"request":"[^"]*"/, "")
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "…")}`;
}

const uuids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Nothing of what the actor may not know is named in a text. */
function assertNothingOutside(actor: Actor, text: string, where: string): void {
  for (const [id] of text.matchAll(uuids)) {
    const thing = byId.get(id);
    if (thing && !mayRead(actor, thing)) assert.fail(`${actor.name}: ${where} names ${thing.kind} ${id}`);
  }
  for (const thing of numbered)
    if (text.includes(thing.number!) && !mayRead(actor, thing))
      assert.fail(`${actor.name}: ${where} names ${thing.kind} ${thing.number}`);
}

const outsideOf = (actor: Actor, kind: Kind): readonly Thing[] => {
  const all = things.filter((one) => one.kind === kind && !mayKnow(actor, one));
  return all.length > 2 ? [all[0]!, all[all.length - 1]!] : all;
};

test("the federation has something of every kind outside every county", async () => {
  await s.as("chair.county");
  await furnish(s.database.owner, units);
  const notices = (await s.nobody.get("/api/public/notices")).body.items;
  assert.ok(notices.length > 0);
  for (const notice of notices)
    await s.nobody.post(`/api/public/notices/${notice.id}/objections`, {
      text: "听说情况不属实。",
      name: "某举报人",
    });
  cast = await castOf(s, units);
  things = await thingsOf(s.database.owner);
  byId = new Map(things.map((one) => [one.id, one]));
  numbered = things.filter((one) => one.number !== null && one.kind !== "unit");
  const kinds: readonly Kind[] = [
    "unit",
    "person",
    "case",
    "notice",
    "objection",
    "fund",
    "batch",
    "grant",
    "household",
    "voucher",
    "paper",
    "import",
    "transfer",
    "post",
    "merge",
    "message",
  ];
  for (const kind of kinds)
    assert.ok(
      things.some((one) => one.kind === kind),
      `there is no ${kind}`,
    );
});

test("every route is classified, and nothing is that is no route", () => {
  const routes = allHandlers.map(keyOf);
  assert.deepEqual([...routes].sort(), Object.keys(classified).sort());
});

test("nobody who has not signed in gets past any route that is not public", async () => {
  const nobody = cast.at(-1) as Actor;
  for (const { route } of allHandlers) {
    if (route.public) continue;
    const url = route.url.replaceAll(/:\w+/g, newId());
    const said = await ask(nobody, route.method, url, route.method === "GET" ? undefined : {});
    assert.equal(said.status, 401, `${route.method} ${url}: ${said.text.slice(0, 200)}`);
  }
});

/** Tries something for everybody and says at once what went wrong, alike things once. */
async function all(work: readonly (() => Promise<unknown>)[]): Promise<void> {
  const wrong = new Map<string, string>();
  const waiting = [...work].reverse();
  const hand = async (): Promise<void> => {
    for (let one = waiting.pop(); one; one = waiting.pop()) {
      try {
        await one();
      } catch (error) {
        const said = error instanceof Error ? error.message : String(error);
        const alike = said.replace(/^[^:]*: /, "").replace(uuids, "…");
        if (!wrong.has(alike)) wrong.set(alike, said);
      }
    }
  };
  await Promise.all([hand(), hand(), hand(), hand()]);
  const told = [...wrong.values()].map((one) => one.slice(0, 600)).slice(0, 25);
  assert.equal(wrong.size, 0, `${wrong.size} wrong:\n${told.join("\n")}`);
}

test("every list, option and figure holds only what lies inside, and its total counts no more", async () => {
  await all(
    allHandlers.flatMap((handled) =>
      (classified[keyOf(handled)]?.lists ?? []).flatMap((url) =>
        cast.map((actor) => () => readThrough(actor, url, handled.route.power)),
      ),
    ),
  );
});

async function readThrough(actor: Actor, url: string, power: string | undefined): Promise<void> {
  let next: string | null = url;
  let read = 0;
  let total: number | undefined;
  for (let page = 0; next !== null && page < 40; page++) {
    const said = await ask(actor, "GET", next);
    if (actor.headers.cookie === undefined) return assert.equal(said.status, 401);
    if (power !== undefined && !actor.powers.includes(power))
      return assert.equal(said.status, 403, `${actor.name} ${url}`);
    assert.ok(said.status < 500, `${actor.name} ${url}: ${said.text}`);
    assertNothingOutside(actor, said.text, url);
    if (said.status !== 200) return;
    const body = JSON.parse(said.text) as { items?: unknown[]; next?: string | null; total?: number };
    read += body.items?.length ?? 0;
    total ??= body.total;
    next = body.next ? `${url}${url.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(body.next)}` : null;
  }
  if (total !== undefined && next === null)
    assert.equal(total, read, `${actor.name}: ${url} counts what it does not show`);
}

test("what lies outside answers as what does not exist, to everybody, and is not changed", async () => {
  const before = await fingerprint();
  let asked = 0;
  await all(
    allHandlers.flatMap((handled) =>
      (classified[keyOf(handled)]?.names ?? []).flatMap((naming) =>
        cast.map((actor) => async () => {
          const { method, power } = handled.route;
          asked += await probe(actor, method, naming, power === undefined || actor.powers.includes(power));
        }),
      ),
    ),
  );
  assert.ok(asked > 1000, `only ${asked} were asked`);
  assert.deepEqual(await fingerprint(), before);
});

async function probe(actor: Actor, method: string, naming: Naming, powerful: boolean): Promise<number> {
  // Without the power the answer is the same whatever is named: once is enough.
  const outside = outsideOf(actor, naming.kind).slice(0, powerful ? 2 : 1);
  for (const thing of outside) {
    const parent = thing.parent ?? newId();
    const absent = newId();
    const send = (id: string, under: string) =>
      ask(actor, method, naming.url(id, under), naming.body?.(id), naming.file);
    const there = await send(thing.id, parent);
    if (!powerful) {
      assert.ok(
        [401, 403].includes(there.status),
        `${actor.name}: ${method} ${naming.url("…", "…")}: ${there.status}`,
      );
      continue;
    }
    const nowhere = await send(absent, thing.parent === null ? parent : newId());
    const where = `${actor.name}: ${method} ${naming.url(thing.id, parent)}`;
    assertNothingOutside(actor, there.text.replaceAll(thing.id, ""), where);
    // A list filtered by what one may not know is empty; everything else says that it is not there.
    if (there.status === 200) assert.match(there.text, /^\{"items":\[\]/, where);
    else
      assert.ok([401, 403, 404, 422, 409].includes(there.status), `${where}: ${there.status} ${there.text}`);
    assert.equal(plain(there, thing.id), plain(nowhere, absent), where);
  }
  return outside.length;
}

test("what lies inside may be opened, and names nothing outside", async () => {
  const reads = allHandlers.filter(({ route }) => route.method === "GET");
  await all(
    reads.flatMap((handled) =>
      (classified[keyOf(handled)]?.names ?? []).flatMap((naming) =>
        cast.map((actor) => () => look(actor, naming)),
      ),
    ),
  );
});

async function look(actor: Actor, naming: Naming): Promise<void> {
  // Sheets and prints are made of what the same route says as JSON: two roles' are enough.
  if (/format=|print|export|-file/.test(naming.url("", "")) && !/^(chair|cashier) of/.test(actor.name))
    return;
  const inside = things.filter(
    (one) => one.kind === naming.kind && one.paths.some((path) => covers(actor.roots, path)),
  );
  for (const thing of inside.slice(0, 1)) {
    const said = await ask(actor, "GET", naming.url(thing.id, thing.parent ?? ""));
    assert.ok(said.status < 500, `${actor.name} ${naming.url(thing.id, "")}: ${said.text}`);
    if (/json/.test(said.type)) assertNothingOutside(actor, said.text, naming.url(thing.id, ""));
  }
}

test("a figure of a union is the same whoever asks for it, and ends at the scope", async () => {
  const auditor = cast.find((one) => one.name === "audit of province") as Actor;
  for (const actor of cast.filter(
    (one) => one.powers.includes("figures.read") && /^(chair|aid) of/.test(one.name),
  )) {
    const own = things.find((one) => one.kind === "unit" && one.paths[0] === actor.roots[0])!;
    const mine = await ask(actor, "GET", `/figures/overview?unit=${own.id}`);
    const theirs = await ask(auditor, "GET", `/figures/overview?unit=${own.id}`);
    assert.equal(mine.status, 200, mine.text);
    assert.deepEqual(JSON.parse(mine.text), JSON.parse(theirs.text), actor.name);
  }
});

test("an officer whose post reads no cases opens none, though they lie below their union", async () => {
  const theCase = things.find((one) => one.kind === "case" && one.paths[0]!.includes(".k4.k5"))!;
  for (const actor of cast.filter((one) => one.roots.length > 0 && !one.powers.includes("case.read"))) {
    const said = await ask(actor, "GET", `/cases/${theCase.id}`);
    assert.equal(said.status, 404, `${actor.name} reads a case`);
    assert.equal((await ask(actor, "GET", `/cases/${theCase.id}/print`)).status, 404);
  }
});

/** Every table's rows, but those that a look or a sign-in touches. */
async function fingerprint(): Promise<Record<string, string>> {
  const passing = new Set(["session", "sign_in_failure", "sign_in_code", "look", "account"]);
  return s.database.owner.system(async (tx) => {
    const { rows: tables } = await sql<{ name: string }>`
      select tablename name from pg_tables where schemaname = 'public' order by 1`.execute(tx);
    const found: Record<string, string> = {};
    for (const { name } of tables) {
      if (passing.has(name)) continue;
      const { rows } = await sql<{ print: string }>`
        select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') print from ${sql.table(name)} t`.execute(
        tx,
      );
      found[name] = rows[0]!.print;
    }
    return found;
  });
}

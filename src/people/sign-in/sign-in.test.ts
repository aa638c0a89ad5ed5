import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test, { after, before } from "node:test";
import { sql } from "kysely";
import { hasCitus } from "../../db/testing.ts";
import { callerOf, withServer } from "../../http/testing.ts";
import type { Id } from "../../kernel/ids.ts";
import { expect } from "../../kernel/refusal.ts";
import { makePost, makeTree } from "../../units/testing.ts";
import type { Unit } from "../../units/unit.ts";
import { createPerson } from "../store.ts";
import { cookieName, lasts, newSessions } from "./session.ts";
import { createOfficer } from "./sign-in.ts";
import { newSmsGateway } from "./sms.ts";
import { newTotpSecret, totpCode } from "./totp.ts";

/** A real installation: no fixed codes. Its wall clock is the test's own. */
let wallMs = Date.parse("2026-03-02T02:00:10Z");
const sent: { phone: string; code: string }[] = [];
const app = withServer({
  config: { fictitious: false },
  parts: () => ({
    wall: () => new Date(wallMs),
    sms: {
      ready: true,
      send: async ({ phone, params }) => void sent.push({ phone, code: params["code"] ?? "" }),
    },
  }),
});
const password = "correct horse battery";
const totpSecret = newTotpSecret();
let tree: Awaited<ReturnType<typeof makeTree>>;
let officer: Id<"person">;

before(async () => {
  await app.serving();
  await app.db.system(async (tx) => {
    tree = await makeTree(tx);
    officer = await person("李虚构", tree.county);
    await makePost(tx, tree.county, "aid", { person: officer, name: "李虚构" });
    await officerOf(officer, "aid.county");
    async function person(name: string, unit: Unit, phone?: string): Promise<Id<"person">> {
      const made = await createPerson(
        tx,
        app.ctx.ring,
        { unit, name, identity: null, ...(phone && { sealed: { phone } }) } as never,
        app.clock.today(),
      );
      return expect(made).id;
    }
    async function officerOf(who: Id<"person">, login: string) {
      expect(
        await createOfficer(tx, app.ctx.ring, {
          person: who,
          district: tree.county.district as never,
          login,
          password,
          totpSecret,
          now: new Date(wallMs),
        }),
      );
    }
    await person("王虚构", tree.company, "13900000001");
    await person("赵虚构", tree.company, "13900000002");
    await person("钱虚构", tree.company, "13900000002");
    for (const login of ["lock.me", "replay.me", "change.me", "session.me"]) {
      const one = await person("周虚构", tree.county);
      await makePost(tx, tree.county, "aid", { person: one });
      await officerOf(one, login);
    }
  });
});

const later = (seconds: number) => {
  wallMs += seconds * 1000;
};
const code = () => totpCode(totpSecret, wallMs);
const signIn = (body: object) => app.stranger.post("/api/session", body);
const cookieIn = (answer: { cookies: readonly { name: string; value: string }[] }) =>
  `${cookieName}=${answer.cookies.find((one) => one.name === cookieName)?.value}`;

test("an officer signs in with login, password and code, and holds the powers of their posts", async () => {
  const answer = await signIn({ login: "aid.county", password, code: code() });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.me.person.name, "李虚构");
  assert.equal(answer.json.me.posts[0].role, "aid");
  assert.ok(answer.json.me.powers.some((one: { power: string }) => one.power === "aid.review"));
  const cookie = answer.cookies.find((one) => one.name === cookieName);
  assert.equal(cookie?.["httpOnly"], true);
  assert.equal(cookie?.["sameSite"], "Lax");
  const me = await callerOf(app.server, cookieIn(answer)).get("/api/me");
  assert.equal(me.json.csrf, answer.json.csrf);
});

test("the code is asked for only once the password is right; what was wrong is not said", async () => {
  assert.equal((await signIn({ login: "session.me", password })).json.code, "code-needed");
  const wrong = await signIn({ login: "session.me", password: "not the password" });
  const unknown = await signIn({ login: "nobody.here", password: "not the password" });
  const wrongCode = await signIn({ login: "session.me", password, code: "123123" });
  for (const answer of [wrong, unknown, wrongCode])
    assert.deepEqual([answer.status, answer.json.code], [401, "bad-sign-in"]);
  assert.equal(wrong.json.detail, unknown.json.detail);
});

test("a code works once, and not a second time within its half minute", async () => {
  later(60);
  assert.equal((await signIn({ login: "replay.me", password, code: code() })).status, 200);
  assert.equal((await signIn({ login: "replay.me", password, code: code() })).json.code, "code-used");
  later(30);
  assert.equal((await signIn({ login: "replay.me", password, code: code() })).status, 200);
});

test("a real installation has no trial clock at all", async () => {
  assert.equal((await app.stranger.post("/api/trial/clock", { advance: "P1D" })).status, 404);
});

test("the fixed codes of the fictitious federation open nothing on a real one", async () => {
  assert.equal((await signIn({ login: "session.me", password, code: "000000" })).status, 401);
  assert.equal((await signIn({ login: "13900000001", code: "123456" })).status, 401);
});

test("five failures lock a login name, longer each time, known or not alike", async () => {
  for (const login of ["lock.me", "nobody.at.all"]) {
    for (let tries = 0; tries < 5; tries++) await signIn({ login, password: "wrong password" });
    const locked = await signIn({ login, password, code: code() });
    assert.equal(locked.status, 429, login);
    assert.equal(locked.headers["retry-after"], "30");
  }
  later(31);
  await signIn({ login: "lock.me", password: "wrong again!" });
  assert.equal((await signIn({ login: "lock.me", password, code: code() })).headers["retry-after"], "60");
  later(61);
  assert.equal((await signIn({ login: "lock.me", password, code: code() })).status, 200);
});

test("a password changed ends the other sessions at once, and the old one opens nothing", async () => {
  later(60);
  const one = callerOf(app.server, cookieIn(await signIn({ login: "change.me", password, code: code() })));
  later(30);
  const other = callerOf(app.server, cookieIn(await signIn({ login: "change.me", password, code: code() })));
  assert.equal(
    (await other.post("/api/me/password", { present: "no", next: "another long one" })).json.code,
    "password-wrong",
  );
  assert.equal(
    (await other.post("/api/me/password", { present: password, next: "1234567890" })).json.code,
    "password-weak",
  );
  assert.equal(
    (await other.post("/api/me/password", { present: password, next: "another long one" })).status,
    204,
  );
  assert.equal((await other.get("/api/me")).status, 200);
  assert.equal((await one.get("/api/me")).status, 401);
  assert.equal((await signIn({ login: "change.me", password, code: code() })).json.code, "bad-sign-in");
});

test("sessions are listed and ended one by one; one that is not used runs out", async () => {
  later(60);
  const one = callerOf(app.server, cookieIn(await signIn({ login: "session.me", password, code: code() })));
  later(60);
  const other = callerOf(app.server, cookieIn(await signIn({ login: "session.me", password, code: code() })));
  const { items } = (await one.get("/api/me/sessions")).json;
  assert.equal(items.length, 2);
  const theirs = items.find((item: { current: boolean }) => !item.current);
  assert.equal((await one.delete(`/api/me/sessions/${theirs.id}`)).status, 204);
  assert.equal((await other.get("/api/me")).status, 401);
  later(lasts.strong.idleMs / 1000 - 120);
  assert.equal((await one.get("/api/me")).status, 200);
  later(lasts.strong.idleMs / 1000 - 120);
  assert.equal((await one.get("/api/me")).status, 200, "use keeps it open");
  later(lasts.strong.idleMs / 1000 + 1);
  assert.equal((await one.get("/api/me")).status, 401);
});

test("signing out ends the session and clears the cookie", async () => {
  const answer = await signIn({ login: "aid.county", password, code: code() });
  const caller = callerOf(app.server, cookieIn(answer));
  const out = await caller.delete("/api/session");
  assert.equal(out.status, 204);
  assert.equal(out.cookies[0]?.value, "");
  assert.equal((await caller.get("/api/me")).status, 401);
});

test("many who were not here before come at once: each is found by one statement for all, and so is their use written down", async () => {
  const { rows: people } = await app.owner.systemRead((tx) =>
    sql<{ id: Id<"person">; district: string }>`select id, district from person
      where name in ('王虚构', '赵虚构', '钱虚构') order by name collate "C"`.execute(tx),
  );
  const callers = await Promise.all(people.map(({ id, district }) => app.as(id, district, false)));
  const tokens = callers.map(({ cookie }) => cookie.split("=")[1]!);
  let [reads, writes] = [0, 0];
  const counted: typeof app.db = {
    ...app.db,
    systemRead(...of) {
      reads += 1;
      return app.db.systemRead(...of);
    },
    system(...of) {
      writes += 1;
      return app.db.system(...of);
    },
  };
  const sessions = newSessions(counted, app.clock);
  assert.equal(await sessions.find("nobody's", wallMs), null);
  later(120);
  [reads, writes] = [0, 0];
  const found = await Promise.all([...tokens, "nobody's"].map((token) => sessions.find(token, wallMs)));
  assert.deepEqual(
    found.map((one) => one?.name),
    ["王虚构", "赵虚构", "钱虚构", undefined],
  );
  const { rows } = await app.owner.systemRead((tx) =>
    sql<{ n: number }>`select count(*)::int as n from session where seen_at = ${new Date(wallMs)}`.execute(
      tx,
    ),
  );
  assert.equal(rows[0]?.n, 3);
  // On shards each is asked for by itself.
  if (!(await hasCitus(app.connection))) assert.deepEqual([reads, writes], [1, 1]);
});

test("whoever reads is answered though the use of their session cannot be written down, and the log says so", async () => {
  later(60);
  const caller = callerOf(
    app.server,
    cookieIn(await signIn({ login: "aid.county", password, code: code() })),
  );
  await app.owner.system((tx) => sql`revoke update on session from zhijia_app`.execute(tx));
  try {
    later(120);
    assert.equal((await caller.get("/api/me")).status, 200);
  } finally {
    await app.owner.system((tx) => sql`grant update on session to zhijia_app`.execute(tx));
  }
  assert.match(app.logged.join(""), /permission denied.*a session's use was not written down/);
});

test("an officer whose post ended is out within a second", async () => {
  later(60);
  const caller = callerOf(
    app.server,
    cookieIn(await signIn({ login: "aid.county", password, code: code() })),
  );
  assert.equal((await caller.get("/api/me")).json.posts.length, 1);
  await app.db.system((tx) =>
    tx
      .updateTable("post")
      .set({ until_day: app.clock.today() as never })
      .where("person_id", "=", officer)
      .execute(),
  );
  later(1);
  assert.deepEqual((await caller.get("/api/me")).json.powers, []);
});

test("a worker signs in with the code sent to their phone, which works once", async () => {
  assert.equal((await app.stranger.post("/api/session/code", { phone: "139 0000 0001" })).status, 204);
  const message = sent.at(-1);
  assert.equal(message?.phone, "13900000001");
  assert.equal(
    (await signIn({ login: "13900000001", code: message?.code === "111111" ? "222222" : "111111" })).json
      .code,
    "bad-code",
  );
  const answer = await signIn({ login: "+86 13900000001", code: message?.code });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.me.person.name, "王虚构");
  assert.equal(answer.json.me.person.unit.name, tree.company.name);
  assert.equal((await signIn({ login: "13900000001", code: message?.code })).status, 401);
});

test("asking for a code answers alike for any phone, once a minute and ten times a day", async () => {
  const known = await app.stranger.post("/api/session/code", { phone: "13900000001" });
  const unknown = await app.stranger.post("/api/session/code", { phone: "13911112222" });
  assert.deepEqual([known.status, unknown.status], [429, 204]);
  assert.equal((await app.stranger.post("/api/session/code", { phone: "13911112222" })).status, 429);
  for (let times = 1; times < 10; times++) {
    later(61);
    assert.equal((await app.stranger.post("/api/session/code", { phone: "13911112222" })).status, 204);
  }
  later(61);
  assert.equal((await app.stranger.post("/api/session/code", { phone: "13911112222" })).status, 429);
  assert.equal((await app.stranger.post("/api/session/code", { phone: "12345" })).json.code, "bad-mobile");
});

test("a phone of several people asks for the name", async () => {
  later(61);
  await app.stranger.post("/api/session/code", { phone: "13900000002" });
  const body = { login: "13900000002", code: sent.at(-1)?.code };
  assert.equal((await signIn(body)).json.code, "name-needed");
  assert.equal((await signIn({ ...body, name: "孙虚构" })).json.code, "name-needed");
  assert.equal((await signIn({ ...body, name: "钱虚构" })).json.me.person.name, "钱虚构");
});

test("a phone nobody is registered with becomes a newcomer's, who names their union", async () => {
  later(61);
  await app.stranger.post("/api/session/code", { phone: "13900000009" });
  const body = { login: "13900000009", code: sent.at(-1)?.code };
  assert.equal((await signIn(body)).json.code, "phone-unknown");
  const answer = await signIn({ ...body, name: "吴虚构", unit: tree.company.id });
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual([answer.json.me.person.name, answer.json.me.person.memberStatus], ["吴虚构", null]);
  assert.equal(answer.json.me.person.unit.id, tree.company.id);
});

test("six wrong tries use a code up", async () => {
  later(86_400);
  await app.stranger.post("/api/session/code", { phone: "13900000001" });
  const right = sent.at(-1)?.code ?? "";
  const wrong = right === "333333" ? "444444" : "333333";
  for (let tries = 0; tries < 5; tries++) await signIn({ login: "13900000001", code: wrong });
  assert.equal((await signIn({ login: "13900000001", code: right })).status, 401);
});

test("who signed in by phone holds no powers, also when they hold posts", async () => {
  const weak = await app.as(officer, tree.county.district, false);
  assert.deepEqual((await weak.get("/api/me")).json.powers, []);
  assert.equal((await weak.post("/api/me/totp")).status, 403, "nor sets up an authenticator");
});

test("an authenticator is set up with a QR code and confirmed by its first code", async () => {
  later(60);
  const caller = callerOf(app.server, cookieIn(await signIn({ login: "replay.me", password, code: code() })));
  const begun = (await caller.post("/api/me/totp")).json;
  assert.match(begun.uri, /^otpauth:\/\/totp\//);
  assert.match(begun.qr, /<svg/);
  assert.equal((await caller.post("/api/me/totp", { setup: begun.setup, code: "000000" })).status, 401);
  assert.equal(
    (await caller.post("/api/me/totp", { setup: "AAAA", code: "000000" })).json.code,
    "setup-expired",
  );
  const done = await caller.post("/api/me/totp", {
    setup: begun.setup,
    code: totpCode(begun.secret, wallMs),
  });
  assert.deepEqual(done.json, { done: true });
  later(30);
  assert.equal(
    (await signIn({ login: "replay.me", password, code: code() })).status,
    401,
    "the old one is void",
  );
  assert.equal(
    (await signIn({ login: "replay.me", password, code: totpCode(begun.secret, wallMs) })).status,
    200,
  );
});

test("another site's page cannot act for who is signed in", async () => {
  later(60);
  const answer = await signIn({ login: "session.me", password, code: code() });
  const caller = callerOf(app.server, cookieIn(answer));
  const put = (headers: Record<string, string>) => caller.post("/api/messages/read-all", undefined, headers);
  const same = { "sec-fetch-site": "same-origin", origin: "http://zhijia.test" };
  assert.equal((await put(same)).json.code, "csrf", "our own page must show the token");
  assert.equal((await put({ ...same, "x-csrf": "wrong" })).status, 403);
  assert.equal((await put({ ...same, "x-csrf": answer.json.csrf })).status, 204);
  assert.equal((await put({ "sec-fetch-site": "cross-site", "x-csrf": answer.json.csrf })).status, 403);
  assert.equal((await put({ origin: "https://evil.example", "x-csrf": answer.json.csrf })).status, 403);
  assert.equal((await put({ origin: "null" })).status, 403);
  assert.equal((await put({})).status, 204, "a program that is no browser holds its cookie itself");
  const signInFromElsewhere = await app.stranger.post(
    "/api/session",
    { login: "x", password: "y" },
    { "sec-fetch-site": "cross-site" },
  );
  assert.equal(signInFromElsewhere.json.code, "csrf");
});

test("nothing of a sign-in is in the log", () => {
  const lines = app.logged.join("");
  assert.doesNotMatch(lines, /139\d{8}|battery|aid\.county|虚构/);
});

test("the SMS gateway is asked over HTTP, and its failure is thrown without the number", async () => {
  const got: unknown[] = [];
  let status = 200;
  const gateway = createServer((request, answer) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      got.push({ authorization: request.headers.authorization, ...JSON.parse(body) });
      answer.writeHead(status).end("13900000001");
    });
  });
  await new Promise<void>((done) => gateway.listen(0, "127.0.0.1", done));
  after(() => gateway.close());
  const url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/send`;
  const sms = newSmsGateway({ url, token: "t" }, app.ctx.log);
  const message = {
    phone: "13900000001",
    template: "sign-in-code" as const,
    params: { code: "1" },
    text: "1",
  };
  await sms.send(message);
  assert.deepEqual(got, [{ authorization: "Bearer t", ...message }]);
  status = 500;
  await assert.rejects(
    sms.send(message),
    (error: Error) => /500/.test(error.message) && !error.message.includes("139"),
  );
});

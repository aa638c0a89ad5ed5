import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import test, { after, before } from "node:test";
import { expect } from "../kernel/refusal.ts";
import { createPerson } from "../people/store.ts";
import { makeTree } from "../units/testing.ts";
import { callerOf, withServer } from "./testing.ts";

/** The package brings no types: this is what is used of it. */
interface IdentityProvider {
  readonly Provider: new (
    issuer: string,
    options: object,
  ) => { callback(): (request: IncomingMessage, answer: ServerResponse) => void };
}
const { Provider } = (await import("oidc-provider" as string)) as IdentityProvider;

/** An identity service of this file's own, which believes whoever says who they are. */
const service: Server = createServer();
const issuer = new Promise<string>((done) => {
  service.listen(0, "127.0.0.1", () => done(`http://127.0.0.1:${(service.address() as AddressInfo).port}`));
});
after(() => service.close());
const origin = "http://zhijia.test";
const phones: Record<string, string> = {
  "worker-1": "13900000001",
  "stranger-1": "13999999999",
  "shared-1": "13900000002",
};
const settings = {
  issuer: "",
  clientId: "zhijia",
  clientSecret: "a secret of thirty-two characters",
  title: { zh: "省统一身份认证", en: "Provincial sign-in" },
  insecure: true,
};
const app = withServer({ config: { fictitious: false, origin, oidc: settings } });

before(async () => {
  settings.issuer = await issuer;
  const provider = new Provider(settings.issuer, {
    clients: [
      {
        client_id: settings.clientId,
        client_secret: settings.clientSecret,
        redirect_uris: [`${origin}/api/session/oidc/callback`],
        grant_types: ["authorization_code"],
        response_types: ["code"],
      },
    ],
    claims: { openid: ["sub"], phone: ["phone_number", "phone_number_verified"] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: true } },
    cookies: { keys: ["k"] },
    findAccount: (_ctx: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, phone_number: phones[id], phone_number_verified: true }),
    }),
  });
  service.on("request", provider.callback());
  await app.serving();
  await app.db.system(async (tx) => {
    const tree = await makeTree(tx);
    for (const [name, phone] of [
      ["王虚构", "13900000001"],
      ["赵虚构", "13900000002"],
      ["钱虚构", "13900000002"],
    ] as const)
      expect(
        await createPerson(
          tx,
          app.ctx.ring,
          { unit: tree.company, name, identity: null, sealed: { phone } } as never,
          app.clock.today(),
        ),
      );
  });
});

/** A browser that goes to the service, says who it is, and comes back: the callback's address and the cookie kept. */
async function goAndComeBack(who: string): Promise<{ callback: string; cookie: string }> {
  const start = await app.stranger.get("/api/session/oidc/start");
  assert.equal(start.status, 302);
  const kept = start.cookies.find((one) => one.name === "zhijia_oidc");
  assert.equal(kept?.["httpOnly"], true);
  const jar = new Map<string, string>();
  let url = new URL(String(start.headers["location"]));
  let body: URLSearchParams | undefined;
  for (let hops = 0; hops < 15; hops++) {
    const answer: Response = await fetch(url, {
      redirect: "manual",
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(body && { method: "POST", body }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    body = undefined;
    const location = answer.headers.get("location");
    if (location) {
      url = new URL(location, url);
      if (url.origin === origin)
        return { callback: url.pathname + url.search, cookie: `zhijia_oidc=${kept?.value}` };
      continue;
    }
    const page = await answer.text();
    const action = /action="([^"]+)"/.exec(page)?.[1];
    assert.ok(action, page.slice(0, 500));
    url = new URL(action, url);
    body = new URLSearchParams(
      page.includes('value="login"') ? { prompt: "login", login: who, password: "x" } : { prompt: "consent" },
    );
  }
  throw new Error("the service went round in circles");
}

test("the way in is listed, and leads to the service", async () => {
  const { items } = (await app.stranger.get("/api/session/providers")).json;
  assert.deepEqual(items, [{ id: "oidc", title: settings.title, startUrl: "/api/session/oidc/start" }]);
});

test("a person whose phone the service has verified comes back signed in, and the next time by their subject", async () => {
  for (const time of ["first", "second"]) {
    const { callback, cookie } = await goAndComeBack("worker-1");
    const back = await callerOf(app.server, cookie).get(callback);
    assert.deepEqual([back.status, back.headers["location"]], [302, "/w/"], time);
    const session = back.cookies.find((one) => one.name === "zhijia");
    const me = (await callerOf(app.server, `zhijia=${session?.value}`).get("/api/me")).json;
    assert.deepEqual([me.person.name, me.session.kind, me.session.strong], ["王虚构", "oidc", false]);
    phones["worker-1"] = "13800000000";
  }
});

test("what the browser was signed in as before ends", async () => {
  const before = await app.as("0199d5a0-0000-7000-8000-000000000003" as never, "990101");
  assert.equal((await before.get("/api/me/sessions")).status, 200);
  const { callback, cookie } = await goAndComeBack("worker-1");
  await callerOf(app.server, `${before.cookie}; ${cookie}`).get(callback);
  assert.equal((await before.get("/api/me/sessions")).status, 401);
});

test("a stranger, and a phone of several people, are not guessed at", async () => {
  for (const who of ["stranger-1", "shared-1"]) {
    const { callback, cookie } = await goAndComeBack(who);
    const back = await callerOf(app.server, cookie).get(callback);
    assert.equal(back.headers["location"], "/?refused=oidc-unknown");
    assert.ok(!back.cookies.some((one) => one.name === "zhijia"));
  }
});

test("an answer without its own cookie, twice used, or made up is refused", async () => {
  const { callback, cookie } = await goAndComeBack("worker-1");
  const caller = callerOf(app.server, cookie);
  assert.equal((await app.stranger.get(callback)).headers["location"], "/?refused=oidc-failed");
  assert.equal(
    (await caller.get(callback.replace(/state=[^&]+/, "state=made-up"))).headers["location"],
    "/?refused=oidc-failed",
  );
  assert.equal((await caller.get(callback)).headers["location"], "/w/");
  assert.equal((await caller.get(callback)).headers["location"], "/?refused=oidc-failed");
  const told = app.logged.filter((line) => line.includes("a sign-in by the identity service failed"));
  assert.equal(told.length, 2, "the made-up state and the code used twice are told, by name alone");
  const code = new URL(callback, "http://zhijia.test").searchParams.get("code");
  assert.ok(code && told.every((line) => !line.includes(code) && /"why":"\w+: /.test(line)));
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseConfig } from "./config.ts";
import { Trouble } from "./db/trouble.ts";
import { newKeyring } from "./kernel/seal.ts";

function refusal(env: NodeJS.ProcessEnv): string {
  try {
    parseConfig(env);
  } catch (error) {
    assert.ok(error instanceof Trouble);
    assert.equal(error.code, "bad_environment");
    return error.message;
  }
  assert.fail("the environment was taken");
}

test("an empty environment is a county PC: own database, own folder, this machine only", () => {
  const config = parseConfig({ PORT: "", HOME: "/root" });
  assert.deepEqual(
    [config.host, config.port, config.origin, config.database, config.demo, [...config.roles], config.suite],
    ["127.0.0.1", 8080, "http://127.0.0.1:8080", null, true, ["web", "worker"], "international"],
  );
});

test("every wrong variable is named at once, in both languages, without its value", () => {
  const said = refusal({
    PORT: "99999",
    ZHIJIA_CRYPTO: "des",
    ZHIJIA_DTA: "x",
    DATABASE_URL: "mysql://me:secret@h/d",
  });
  for (const name of ["PORT", "ZHIJIA_CRYPTO", "ZHIJIA_DTA", "DATABASE_URL"])
    assert.match(said, new RegExp(`${name}:`));
  assert.match(said, /[一-龥]/);
  assert.doesNotMatch(said, /secret|mysql|99999/);
});

test("a keyring that is none is refused without being repeated", () => {
  assert.doesNotMatch(refusal({ ZHIJIA_KEY: "k1:hunter2" }), /hunter2/);
  const key = newKeyring();
  assert.equal(parseConfig({ ZHIJIA_KEY: key }).key, key);
});

test("what needs something else says so", () => {
  assert.match(refusal({ SMTP_HOST: "mail.example.cn" }), /SMTP_FROM/);
  assert.match(refusal({ OIDC_ISSUER: "https://id.example.cn" }), /OIDC_CLIENT_ID[\s\S]*OIDC_CLIENT_SECRET/);
  assert.match(refusal({ DATABASE_URL: "postgresql://h/d", ZHIJIA_PGBOUNCER: "on" }), /DATABASE_DIRECT_URL/);
  assert.match(refusal({ DATABASE_URL: "postgresql://h/d", ZHIJIA_DEMO: "on" }), /ZHIJIA_DEMO/);
});

test("proxies are trusted by number or address, and none unless said", () => {
  const trusted = ["on", "2", "10.0.0.1,10.0.0.2", "off", ""].map(
    (text) => parseConfig({ ZHIJIA_TRUST_PROXY: text }).trustProxy,
  );
  assert.deepEqual(trusted, [1, 2, "10.0.0.1,10.0.0.2", false, false]);
});

test("an external database is never given the fictitious federation", () => {
  const config = parseConfig({ DATABASE_URL: "postgresql://h/d", ZHIJIA_ROLES: "worker" });
  assert.equal(config.demo, false);
  assert.deepEqual([...config.roles], ["worker"]);
});

test("the guide names every variable the program reads, and no other", () => {
  const source = readFileSync(join(import.meta.dirname, "config.ts"), "utf8");
  const guide = readFileSync(join(import.meta.dirname, "../docs/guides/configuration.md"), "utf8");
  const read = new Set([...source.matchAll(/^ {4}([A-Z][A-Z0-9_]+): /gm)].map((match) => match[1]));
  const told = new Set(
    [...guide.matchAll(/`((?:ZHIJIA|DATABASE|S3|OTEL|SMTP|SMS|OIDC)_[A-Z_]+|PORT|HOST)`/g)].map(
      (match) => match[1],
    ),
  );
  assert.deepEqual([...told].toSorted(), [...read].toSorted());
});

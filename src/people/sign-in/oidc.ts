import * as client from "openid-client";
import type { Db } from "../../db/index.ts";
import { parseMobile } from "../../kernel/phone.ts";
import { isRefusal, type Or, refuse } from "../../kernel/refusal.ts";
import { type Keyring, lookupKey, sealJson, unsealJson } from "../../kernel/seal.ts";
import type { Text } from "../../kernel/words.ts";
import { createAccount, type Proven } from "./sign-in.ts";
import { findAccountBySubject, listPeopleByPhone, setSubject } from "./store.ts";

/** One identity service (a province's, an enterprise's) that people may sign in with. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the button says. */
  readonly title: Text;
  /** Beyond `openid`: what the service calls its phone scope. `phone`. */
  readonly scope?: string | undefined;
  /** The service itself asks for two factors, so posts give their powers. false: only when `amr` says so. */
  readonly strong?: boolean | undefined;
  /** Allow http, for tests. false. */
  readonly insecure?: boolean | undefined;
}

/** One identity service, found out about at first use. */
export interface Oidc {
  /** Where to send the browser, and what it must bring back (kept in a sealed cookie). */
  readonly start: () => Promise<{ readonly url: string; readonly keep: string }>;
  /** Who came back. Refuses `oidc-failed`, `oidc-unknown`. */
  readonly finish: (callback: URL, keep: string | undefined) => Promise<Or<Proven>>;
}

interface Kept {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  readonly until: number;
}

/** How long a browser may stay at the identity service. */
const awayMs = 10 * 60_000;
const target = { compartment: "sign-in", about: "oidc" };

/** The path the service sends the browser back to, below the installation's origin. */
const callbackPath = "/api/session/oidc/callback";

/** What sign-in by an identity service needs beside its settings. */
interface Means {
  readonly db: Db;
  readonly ring: Keyring;
  readonly origin: () => string;
  readonly now: () => Date;
  /** Told, in words that name nobody, why the service's answer was not taken. */
  readonly failed?: (why: string) => void;
}

/** Sign-in by an identity service. */
export function newOidc(settings: OidcSettings, means: Means): Oidc {
  let found: Promise<client.Configuration> | null = null;
  const configuration = () => {
    found ??= client
      .discovery(
        new URL(settings.issuer),
        settings.clientId,
        settings.clientSecret,
        undefined,
        settings.insecure ? { execute: [client.allowInsecureRequests] } : undefined,
      )
      .catch((error: unknown) => {
        found = null;
        throw error;
      });
    return found;
  };
  return {
    async start() {
      const config = await configuration();
      const verifier = client.randomPKCECodeVerifier();
      const state = client.randomState();
      const nonce = client.randomNonce();
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: means.origin() + callbackPath,
        scope: `openid ${settings.scope ?? "phone"}`,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        state,
        nonce,
      });
      const kept: Kept = { verifier, state, nonce, until: means.now().getTime() + awayMs };
      return { url: url.href, keep: Buffer.from(sealJson(means.ring, target, kept)).toString("base64url") };
    },
    async finish(callback, keep) {
      const kept = opened(means.ring, keep);
      if (!kept || kept.until < means.now().getTime()) return refuse("oidc-failed");
      let claims: client.IDToken | undefined;
      try {
        const tokens = await client.authorizationCodeGrant(await configuration(), callback, {
          pkceCodeVerifier: kept.verifier,
          expectedState: kept.state,
          expectedNonce: kept.nonce,
        });
        claims = tokens.claims();
      } catch (error) {
        // A code used twice, a state of another browser, a service that said no or does not answer.
        means.failed?.(error instanceof Error ? `${error.name}: ${error.message}` : "unknown");
        return refuse("oidc-failed");
      }
      if (!claims) return refuse("oidc-failed");
      return match(settings, means, claims);
    },
  };
}

/** The account of a subject; at first, of the one person with the phone number the service verified. */
async function match(
  settings: OidcSettings,
  means: { readonly db: Db; readonly ring: Keyring; readonly now: () => Date },
  claims: client.IDToken,
): Promise<Or<Proven>> {
  const subject = `${claims.iss}|${claims.sub}`;
  const amr = Array.isArray(claims["amr"]) ? (claims["amr"] as unknown[]) : [];
  const strong =
    settings.strong === true || ["mfa", "otp", "hwk", "sc"].some((method) => amr.includes(method));
  return means.db.system(async (tx): Promise<Or<Proven>> => {
    const known = await findAccountBySubject(tx, subject);
    if (known)
      return known.disabled ? refuse("oidc-unknown") : { account: known.id, person: known.person, strong };
    const mobile =
      claims["phone_number_verified"] === true ? parseMobile(claims["phone_number"]) : refuse("oidc-unknown");
    if (isRefusal(mobile)) return refuse("oidc-unknown");
    const people = await listPeopleByPhone(tx, Buffer.from(lookupKey(means.ring, "phone", mobile), "hex"));
    const [person] = people;
    if (!person || people.length > 1) return refuse("oidc-unknown");
    const account = await createAccount(tx, { ...person, now: means.now() });
    await setSubject(tx, account, subject);
    return { account, person: person.person, strong };
  });
}

function opened(ring: Keyring, keep: string | undefined): Kept | undefined {
  try {
    return keep === undefined ? undefined : unsealJson<Kept>(ring, target, Buffer.from(keep, "base64url"));
  } catch {
    return undefined; // not ours, or of an older key
  }
}

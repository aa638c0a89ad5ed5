import { randomInt } from "node:crypto";
import type { Db, Tx } from "../../db/index.ts";
import { type Id, newId } from "../../kernel/ids.ts";
import { parseMobile } from "../../kernel/phone.ts";
import { isRefusal, type Or, type Refusal, refuse } from "../../kernel/refusal.ts";
import type { District } from "../../kernel/region.ts";
import { type Keyring, lookupKey, seal, unseal } from "../../kernel/seal.ts";
import { hashPassword, parsePassword, verifyPassword } from "./password.ts";
import { type Opened, openSession, tokenHashOf } from "./session.ts";
import type { SmsGateway } from "./sms.ts";
import {
  type Account,
  addFailure,
  addTry,
  clearFailures,
  deleteSession,
  deleteSessionsOf,
  findAccountByLogin,
  findAccountOfPerson,
  findCode,
  findLock,
  insertAccount,
  listPeopleByPhone,
  putCode,
  setCredentials,
  setPasswordHash,
  setTotp,
  spendCode,
  takeTotpStep,
} from "./store.ts";
import { newTotpSecret, totpStep } from "./totp.ts";

/** What signing in works with. `now` is the real instant: codes and sessions do not follow a trial clock. */
export interface SignInMeans {
  readonly db: Db;
  readonly ring: Keyring;
  readonly sms: SmsGateway;
  /** On the fictitious federation the fixed codes are accepted. */
  readonly fictitious: boolean;
  readonly now: Date;
}

/** Codes that open the fictitious federation, and nothing else. */
export const trialTotp = "000000";
export const trialSmsCode = "123456";

/** Wrong passwords or codes before a login name is locked, and for how long at first. */
const failuresFree = 5;
const lockSeconds = 30;
/** A text message's code: how long it stands, tries at it, and how many are sent. */
const codeMs = 5 * 60_000;
const codeTries = 5;
const codeGapSeconds = 60;
const codesPerDay = 10;
const dayMs = 86_400_000;

/** A person who proved who they are, with or without a second factor. */
export interface Proven {
  readonly account: Id<"account">;
  readonly person: Id<"person">;
  readonly strong: boolean;
}

/**
 * Officer: login name, password, and the code of their authenticator. Refuses `bad-sign-in` (whatever
 * was wrong, in the same time), `code-needed` once the password is right, `code-used`, and `too-many`
 * while the name is locked. An account without an authenticator is signed in without its powers, so
 * that it can set one up.
 */
export async function signInByPassword(
  means: SignInMeans,
  given: { readonly login: string; readonly password: string; readonly code?: string | undefined },
): Promise<Or<Proven>> {
  const { db, ring, now } = means;
  const login = given.login.trim().toLowerCase();
  const loginHash = keyed(ring, "login", login);
  const [account, lockedUntil] = await db.systemRead(async (tx) => [
    await findAccountByLogin(tx, login),
    await findLock(tx, loginHash),
  ]);
  if (lockedUntil && lockedUntil > now) return locked(lockedUntil, now);
  const right = await verifyPassword(account?.passwordHash ?? null, given.password);
  if (!account || !right || account.disabled) return failed(means, loginHash, refuse("bad-sign-in"));
  if (account.totpSealed === null) {
    await db.system((tx) => clearFailures(tx, loginHash));
    return { account: account.id, person: account.person, strong: false };
  }
  if (given.code === undefined || given.code.trim() === "") return refuse("code-needed", {}, { at: "/code" });
  const proof = await proveCode(means, account, given.code.trim());
  if (isRefusal(proof)) return failed(means, loginHash, proof);
  await db.system((tx) => clearFailures(tx, loginHash));
  return { account: account.id, person: account.person, strong: true };
}

async function proveCode(means: SignInMeans, account: Account, code: string): Promise<Or<"proven">> {
  if (means.fictitious && (code === trialTotp || code === trialSmsCode)) return "proven";
  const step = totpStep(openTotp(means.ring, account), code, means.now.getTime());
  if (step === null) return refuse("bad-sign-in");
  const taken = await means.db.system((tx) => takeTotpStep(tx, account.id, step));
  return taken ? "proven" : refuse("code-used", {}, { at: "/code" });
}

async function failed(means: SignInMeans, loginHash: Buffer, refusal: Refusal): Promise<Refusal> {
  await means.db.system((tx) => addFailure(tx, loginHash, means.now, failuresFree, lockSeconds));
  return refusal;
}

function locked(until: Date, now: Date): Refusal {
  return refuse("too-many", { seconds: Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000)) });
}

/**
 * Send a phone its code. The answer is the same whether the phone is known or not; only asking again
 * too soon, or too often in a day, is refused (`too-many`), of any phone alike.
 */
export async function sendCode(
  means: SignInMeans,
  phone: string,
): Promise<Or<{ readonly sending: Promise<void> }>> {
  const mobile = parseMobile(phone, "/phone");
  if (isRefusal(mobile)) return mobile;
  const { db, ring, now } = means;
  const phoneHash = keyed(ring, "phone", mobile);
  const code = String(randomInt(0, 1_000_000)).padStart(6, "0");
  const refusal = await db.system(async (tx) => {
    const before = await findCode(tx, phoneHash);
    let sends = 1;
    let since = now;
    if (before) {
      const nextAt = before.sent_at.getTime() + codeGapSeconds * 1000;
      if (nextAt > now.getTime() && !means.fictitious) return locked(new Date(nextAt), now);
      if (now.getTime() - before.sends_since.getTime() < dayMs) {
        since = before.sends_since;
        sends = before.sends + 1;
        if (sends > codesPerDay && !means.fictitious) return locked(new Date(since.getTime() + dayMs), now);
      }
    }
    await putCode(tx, { phoneHash, codeHash: codeHashOf(ring, mobile, code), at: now, sends, since });
    return undefined;
  });
  if (refusal) return refusal;
  const text = `【职家】验证码 ${code}，5 分钟内有效。请勿告诉任何人。`;
  // Not waited for: how long the gateway takes must not tell a known phone from an unknown one.
  return { sending: means.sms.send({ phone: mobile, template: "sign-in-code", params: { code }, text }) };
}

/** A worker whom the roster does not know yet, and the union of their workplace. */
export interface Newcomer {
  readonly name: string;
  readonly unit: Id<"unit">;
}

/** Makes a person of a newcomer; refuses a unit that does not exist. Handed in by the people's store. */
export type Welcome = (
  tx: Tx,
  newcomer: Newcomer,
  phone: string,
) => Promise<Or<{ person: Id<"person">; district: District }>>;

/**
 * Worker: phone and the code sent to it. Refuses `bad-code`; `name-needed` when the phone is registered
 * for several people; `phone-unknown` when for none, unless they say who they are and where they work.
 */
export async function signInByPhone(
  means: SignInMeans,
  given: {
    readonly phone: string;
    readonly code: string;
    readonly name?: string | undefined;
    readonly unit?: Id<"unit"> | undefined;
  },
  welcome: Welcome,
): Promise<Or<Proven>> {
  const mobile = parseMobile(given.phone, "/login");
  if (isRefusal(mobile)) return mobile;
  const { db, ring, now } = means;
  const phoneHash = keyed(ring, "phone", mobile);
  const right = await db.system((tx) => tryCode(tx, means, mobile, given.code.trim()));
  if (!right) return refuse("bad-code", {}, { at: "/code" });
  return db.system(async (tx): Promise<Or<Proven>> => {
    const people = await listPeopleByPhone(tx, phoneHash);
    const name = given.name?.normalize("NFC").trim() ?? "";
    let who: { person: Id<"person">; district: District } | undefined = people[0];
    if (people.length > 1 || (people.length === 1 && given.unit === undefined && name !== "")) {
      if (name === "") return refuse("name-needed", {}, { at: "/name" });
      who = people.find((one) => one.name === name);
      if (!who) return refuse(people.length > 1 ? "name-needed" : "bad-code", {}, { at: "/name" });
    }
    if (!who) {
      if (name === "" || given.unit === undefined)
        return refuse("phone-unknown", {}, { at: name === "" ? "/name" : "/unit" });
      const made = await welcome(tx, { name, unit: given.unit }, mobile);
      if (isRefusal(made)) return made;
      who = made;
    }
    const account = (await findAccountOfPerson(tx, who.person)) ?? (await openAccount(tx, who, now));
    if (account.disabled) return refuse("bad-code", {}, { at: "/code" });
    await spendCode(tx, phoneHash);
    return { account: account.id, person: who.person, strong: false };
  });
}

/** Whether the code is the phone's. A wrong one counts; the right one stands until it is used. */
async function tryCode(tx: Tx, means: SignInMeans, mobile: string, code: string): Promise<boolean> {
  if (means.fictitious && code === trialSmsCode) return true;
  const phoneHash = keyed(means.ring, "phone", mobile);
  const sent = await findCode(tx, phoneHash);
  const given = codeHashOf(means.ring, mobile, code);
  if (!sent || sent.tries >= codeTries || means.now.getTime() - sent.sent_at.getTime() > codeMs) return false;
  if (sent.code_hash.equals(given)) return true;
  await addTry(tx, phoneHash);
  return false;
}

/**
 * Open the session of somebody proven. A session never goes on under another sign-in: the browser's former one (`before`,
 * its token) ends, and the new one has a new token.
 */
export async function begin(
  tx: Tx,
  proven: Proven,
  how: {
    readonly kind: "password" | "sms" | "oidc";
    readonly agent: string | undefined;
    readonly at: Date;
    readonly before: string | undefined;
  },
): Promise<Opened> {
  const { before, ...opened } = how;
  if (before !== undefined) await deleteSession(tx, tokenHashOf(before));
  return openSession(tx, { ...proven, ...opened });
}

async function openAccount(
  tx: Tx,
  who: { person: Id<"person">; district: District },
  now: Date,
): Promise<Account> {
  const id = newId<"account">();
  await insertAccount(tx, { id, ...who, login: null, passwordHash: null, totpSealed: null, now });
  return { id, ...who, login: null, passwordHash: null, totpSealed: null, disabled: false };
}

/** The account of a person who signs in by phone or by identity provider. The same person again gives the same. */
export async function createAccount(
  tx: Tx,
  who: { readonly person: Id<"person">; readonly district: District; readonly now: Date },
): Promise<Id<"account">> {
  const found = await findAccountOfPerson(tx, who.person);
  return found?.id ?? (await openAccount(tx, { person: who.person, district: who.district }, who.now)).id;
}

/**
 * An officer's account: login name, password, and an authenticator whose secret (base32) is given or made
 * and answered once. A person who already signs in by phone keeps that. Refuses `bad-login`,
 * `password-weak`, `login-taken`.
 */
export async function createOfficer(
  tx: Tx,
  ring: Keyring,
  officer: {
    readonly person: Id<"person">;
    readonly district: District;
    readonly login: string;
    readonly password: string;
    readonly totpSecret?: string | undefined;
    /** A hash made before, where many accounts share one password (the fictitious federation). */
    readonly passwordHash?: string | undefined;
    readonly now: Date;
  },
): Promise<Or<{ readonly account: Id<"account">; readonly totpSecret: string }>> {
  const login = parseLogin(officer.login, "/login");
  if (isRefusal(login)) return login;
  const password = parsePassword(officer.password, login, "/password");
  if (isRefusal(password)) return password;
  const taken = await findAccountByLogin(tx, login);
  if (taken && taken.person !== officer.person) return refuse("login-taken", { login }, { at: "/login" });
  const account = await createAccount(tx, officer);
  const totpSecret = officer.totpSecret ?? newTotpSecret();
  const passwordHash = officer.passwordHash ?? (await hashPassword(password));
  await setCredentials(tx, account, { login, passwordHash, totpSealed: sealTotp(ring, account, totpSecret) });
  return { account, totpSecret };
}

/** A login name as it is kept: lower case, no phone number. Refuses `bad-login`. */
function parseLogin(value: string, at?: string): Or<string> {
  const login = value.trim().toLowerCase();
  return /^[a-z0-9][a-z0-9.@_-]{2,59}$/.test(login) && !/^1[3-9]\d{9}$/.test(login)
    ? login
    : refuse("bad-login", {}, { at });
}

/** Change one's password: the present one must be given. Every other session of the person ends. */
export async function changePassword(
  means: SignInMeans,
  who: { readonly person: Id<"person">; readonly tokenHash: Buffer | null },
  given: { readonly present: string; readonly next: string },
): Promise<Or<undefined>> {
  const account = await means.db.systemRead((tx) => findAccountOfPerson(tx, who.person));
  const loginHash = keyed(means.ring, "login", account?.login ?? who.person);
  const lockedUntil = await means.db.systemRead((tx) => findLock(tx, loginHash));
  if (lockedUntil && lockedUntil > means.now) return locked(lockedUntil, means.now);
  if (!account || !(await verifyPassword(account.passwordHash, given.present))) {
    return failed(means, loginHash, refuse("password-wrong", {}, { at: "/present" }));
  }
  const next = parsePassword(given.next, account.login, "/next");
  if (isRefusal(next)) return next;
  const hash = await hashPassword(next);
  await means.db.system(async (tx) => {
    await setPasswordHash(tx, account.id, hash);
    await deleteSessionsOf(tx, who.person, who.tokenHash);
  });
  return undefined;
}

/** Minutes in which a new authenticator must be confirmed. */
const setupMs = 15 * 60_000;

/** Begin to set up an authenticator: the secret, and a sealed note of it that comes back with the first code. */
export function beginTotp(
  ring: Keyring,
  account: Id<"account">,
  now: Date,
): { secret: string; setup: string } {
  const secret = newTotpSecret();
  const note = JSON.stringify({ secret, until: now.getTime() + setupMs });
  return { secret, setup: Buffer.from(seal(ring, setupTarget(account), note)).toString("base64url") };
}

/** Confirm it with its first code. Refuses `setup-expired`, `bad-sign-in`. */
export async function confirmTotp(
  means: SignInMeans,
  account: Id<"account">,
  given: { readonly setup: string; readonly code: string },
): Promise<Or<undefined>> {
  let note: { secret: string; until: number };
  try {
    const opened = unseal(means.ring, setupTarget(account), Buffer.from(given.setup, "base64url"));
    note = JSON.parse(Buffer.from(opened).toString()) as { secret: string; until: number };
  } catch {
    return refuse("setup-expired", {}, { at: "/setup" });
  }
  if (note.until < means.now.getTime()) return refuse("setup-expired", {}, { at: "/setup" });
  const step = totpStep(note.secret, given.code.trim(), means.now.getTime());
  if (step === null) return refuse("bad-sign-in", {}, { at: "/code" });
  await means.db.system((tx) => setTotp(tx, account, sealTotp(means.ring, account, note.secret), step));
  return undefined;
}

function setupTarget(account: Id<"account">) {
  return { compartment: "sign-in", about: `totp-setup/${account}` };
}

function sealTotp(ring: Keyring, account: Id<"account">, secret: string): Uint8Array {
  return seal(ring, { compartment: "sign-in", about: `totp/${account}` }, secret);
}

function openTotp(ring: Keyring, account: Account): string {
  const opened = unseal(
    ring,
    { compartment: "sign-in", about: `totp/${account.id}` },
    account.totpSealed as Buffer,
  );
  return Buffer.from(opened).toString();
}

function keyed(ring: Keyring, purpose: string, value: string): Buffer {
  return Buffer.from(lookupKey(ring, purpose, value), "hex");
}

function codeHashOf(ring: Keyring, mobile: string, code: string): Buffer {
  return keyed(ring, "sign-in-code", `${mobile}:${code}`);
}

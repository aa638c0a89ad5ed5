import { sql } from "kysely";
import { once, type Tx } from "../../db/index.ts";
import type { Id } from "../../kernel/ids.ts";
import type { District } from "../../kernel/region.ts";
import type { Lang } from "../../kernel/words.ts";

/** How somebody signed in. */
export type SignInKind = "password" | "sms" | "oidc";

/** An account as sign-in reads it. */
export interface Account {
  readonly id: Id<"account">;
  readonly person: Id<"person">;
  readonly district: District;
  readonly login: string | null;
  readonly passwordHash: string | null;
  readonly totpSealed: Buffer | null;
  readonly disabled: boolean;
}

/** A session's row with what every request needs of its account and person. */
export interface SessionRow {
  readonly account: Id<"account">;
  readonly person: Id<"person">;
  readonly district: District;
  readonly name: string;
  readonly csrf: string;
  readonly kind: SignInKind;
  readonly strong: boolean;
  readonly createdAt: Date;
  readonly seenAt: Date;
  readonly expiresAt: Date;
}

const accountColumns = [
  "account.id as id",
  "account.person_id as person",
  "account.district as district",
  "account.login as login",
  "account.password_hash as passwordHash",
  "account.totp_sealed as totpSealed",
  "account.disabled as disabled",
] as const;

/** The account with a login name. */
export async function findAccountByLogin(tx: Tx, login: string): Promise<Account | undefined> {
  const row = await tx
    .selectFrom("account")
    .select(accountColumns)
    .where("login", "=", login)
    .executeTakeFirst();
  return row as Account | undefined;
}

/** A person's account. */
export async function findAccountOfPerson(tx: Tx, person: Id<"person">): Promise<Account | undefined> {
  const row = await tx
    .selectFrom("account")
    .select(accountColumns)
    .where("person_id", "=", person)
    .executeTakeFirst();
  return row as Account | undefined;
}

/** The account an identity provider's subject was matched to. */
export async function findAccountBySubject(tx: Tx, subject: string): Promise<Account | undefined> {
  const row = await tx
    .selectFrom("account")
    .select(accountColumns)
    .where("oidc_subject", "=", subject)
    .executeTakeFirst();
  return row as Account | undefined;
}

/** A new account. Its person must have none. */
export async function insertAccount(
  tx: Tx,
  account: {
    readonly id: Id<"account">;
    readonly person: Id<"person">;
    readonly district: District;
    readonly login: string | null;
    readonly passwordHash: string | null;
    readonly totpSealed: Uint8Array | null;
    readonly now: Date;
  },
): Promise<void> {
  await tx
    .insertInto("account")
    .values({
      id: account.id,
      person_id: account.person,
      district: account.district,
      login: account.login,
      password_hash: account.passwordHash,
      totp_sealed: account.totpSealed && Buffer.from(account.totpSealed),
      created_at: account.now,
    })
    .execute();
}

/** Give an account that has none its login, password and authenticator. */
export async function setCredentials(
  tx: Tx,
  id: Id<"account">,
  set: { readonly login: string; readonly passwordHash: string; readonly totpSealed: Uint8Array },
): Promise<void> {
  await tx
    .updateTable("account")
    .set({
      login: set.login,
      password_hash: set.passwordHash,
      totp_sealed: Buffer.from(set.totpSealed),
      totp_last_step: null,
    })
    .where("id", "=", id)
    .execute();
}

/** Set the password's hash. */
export async function setPasswordHash(tx: Tx, id: Id<"account">, hash: string): Promise<void> {
  await tx.updateTable("account").set({ password_hash: hash }).where("id", "=", id).execute();
}

/** Set the authenticator's sealed secret. */
export async function setTotp(tx: Tx, id: Id<"account">, sealed: Uint8Array, step: bigint): Promise<void> {
  await tx
    .updateTable("account")
    .set({ totp_sealed: Buffer.from(sealed), totp_last_step: step })
    .where("id", "=", id)
    .execute();
}

/** Use up a step of the authenticator. False when it, or a later one, was used before. */
export async function takeTotpStep(tx: Tx, id: Id<"account">, step: bigint): Promise<boolean> {
  const row = await tx
    .updateTable("account")
    .set({ totp_last_step: step })
    .where("id", "=", id)
    .where((is) => is.or([is("totp_last_step", "is", null), is("totp_last_step", "<", step)]))
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Match an account to an identity provider's subject. */
export async function setSubject(tx: Tx, id: Id<"account">, subject: string): Promise<void> {
  await tx.updateTable("account").set({ oidc_subject: subject }).where("id", "=", id).execute();
}

/** What a person likes: language and large type. */
export async function setLikes(
  tx: Tx,
  id: Id<"account">,
  likes: { readonly lang?: Lang | undefined; readonly largeType?: boolean | undefined },
): Promise<void> {
  const set = {
    ...(likes.lang !== undefined && { lang: likes.lang }),
    ...(likes.largeType !== undefined && { large_type: likes.largeType }),
  };
  if (Object.keys(set).length === 0) return;
  await tx.updateTable("account").set(set).where("id", "=", id).execute();
}

/** An account's likes. */
export async function findLikes(
  tx: Tx,
  id: Id<"account">,
): Promise<{ lang: Lang; largeType: boolean; totp: boolean }> {
  const row = await tx
    .selectFrom("account")
    .select(["lang", "large_type as largeType", sql<boolean>`totp_sealed is not null`.as("totp")])
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  return { ...row, lang: row.lang === "en" ? "en" : "zh" };
}

/** The people registered with a phone number's keyed hash. */
export async function listPeopleByPhone(
  tx: Tx,
  hash: Buffer,
): Promise<readonly { person: Id<"person">; district: District; name: string }[]> {
  const places = await tx
    .selectFrom("phone_lookup")
    .select(["district", "person_id as person"])
    .where("hash", "=", hash)
    .orderBy("person_id")
    .limit(50)
    .execute();
  const rows = [];
  for (const place of places) {
    const row = await tx
      .selectFrom("person")
      .select(["id as person", "district", "name"])
      .where("district", "=", place.district)
      .where("id", "=", place.person)
      .where("merged_into", "is", null)
      .executeTakeFirst();
    if (row) rows.push(row);
  }
  return rows as { person: Id<"person">; district: District; name: string }[];
}

/** A new session. */
export async function insertSession(
  tx: Tx,
  session: {
    readonly tokenHash: Buffer;
    readonly account: Id<"account">;
    readonly person: Id<"person">;
    readonly csrf: string;
    readonly kind: SignInKind;
    readonly strong: boolean;
    readonly agent: string | null;
    readonly at: Date;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await tx
    .insertInto("session")
    .values({
      token_hash: session.tokenHash,
      account_id: session.account,
      person_id: session.person,
      csrf: session.csrf,
      kind: session.kind,
      strong: session.strong,
      agent: session.agent,
      created_at: session.at,
      seen_at: session.at,
      expires_at: session.expiresAt,
    })
    .execute();
}

const sessionsByHash = once((tx, hashes: readonly Buffer[]) =>
  tx
    .selectFrom("session")
    .innerJoin("account", "account.id", "session.account_id")
    .select([
      "session.token_hash as tokenHash",
      "session.account_id as account",
      "session.person_id as person",
      "account.district as district",
      "account.login as login",
      "session.csrf as csrf",
      "session.kind as kind",
      "session.strong as strong",
      "session.created_at as createdAt",
      "session.seen_at as seenAt",
      "session.expires_at as expiresAt",
    ])
    .where(sql<boolean>`session.token_hash = any(${hashes})`)
    .where("account.disabled", "=", false),
);

const namesInDistricts = once((tx, districts: readonly string[], ids: readonly string[]) =>
  tx
    .selectFrom("person")
    .select(["id", "name"])
    .where(sql<boolean>`district = any(${districts})`)
    .where(sql<boolean>`id = any(${ids}::uuid[])`),
);

/**
 * The sessions of some tokens, by the token's hash in hexadecimal; none whose account is closed. Whether one is still fresh
 * the caller decides.
 */
export async function findSessions(
  tx: Tx,
  tokenHashes: readonly Buffer[],
): Promise<ReadonlyMap<string, SessionRow>> {
  const rows = await sessionsByHash(tx, tokenHashes);
  if (rows.length === 0) return new Map();
  const named = await namesInDistricts(
    tx,
    [...new Set(rows.map(({ district }) => district))],
    rows.map(({ person }) => person),
  );
  const names = new Map(named.map(({ id, name }) => [id, name]));
  return new Map(
    rows.map(({ tokenHash, login, ...session }) => [
      tokenHash.toString("hex"),
      { ...session, name: names.get(session.person) ?? login ?? "" } as SessionRow,
    ]),
  );
}

/** These sessions were used. */
export async function touchSessions(tx: Tx, tokenHashes: readonly Buffer[], at: Date): Promise<void> {
  await tx
    .updateTable("session")
    .set({ seen_at: at })
    .where(sql<boolean>`token_hash = any(${tokenHashes})`)
    .execute();
}

/** End one session. */
export async function deleteSession(tx: Tx, tokenHash: Buffer): Promise<void> {
  await tx.deleteFrom("session").where("token_hash", "=", tokenHash).execute();
}

/** A person's sessions, the one used last first. */
export async function listSessions(tx: Tx, person: Id<"person">) {
  return tx
    .selectFrom("session")
    .select(["token_hash as tokenHash", "kind", "agent", "created_at as createdAt", "seen_at as seenAt"])
    .where("person_id", "=", person)
    .orderBy("seen_at", "desc")
    .limit(100)
    .execute();
}

/** End a person's sessions, but for one. */
export async function deleteSessionsOf(tx: Tx, person: Id<"person">, except: Buffer | null): Promise<void> {
  await tx
    .deleteFrom("session")
    .where("person_id", "=", person)
    .$if(except !== null, (query) => query.where("token_hash", "!=", except as Buffer))
    .execute();
}

/** Sweep sessions and counters that no longer mean anything. */
export async function deleteExpired(tx: Tx, at: Date): Promise<void> {
  await tx.deleteFrom("session").where("expires_at", "<", at).execute();
  const dayBefore = new Date(at.getTime() - 86_400_000);
  await tx
    .deleteFrom("sign_in_code")
    .where("sent_at", "<", dayBefore)
    .where("sends_since", "<", dayBefore)
    .execute();
  await tx.deleteFrom("sign_in_failure").where("last_at", "<", dayBefore).execute();
}

/** Until when a login name is locked, if it is. */
export async function findLock(tx: Tx, loginHash: Buffer): Promise<Date | null> {
  const row = await tx
    .selectFrom("sign_in_failure")
    .select("locked_until")
    .where("login_hash", "=", loginHash)
    .executeTakeFirst();
  return row?.locked_until ?? null;
}

/**
 * One more failure. From the `free`-th on the name is locked for `baseSeconds`, doubling with each
 * further one up to an hour. A day without failures forgets them.
 */
export async function addFailure(
  tx: Tx,
  loginHash: Buffer,
  at: Date,
  free: number,
  baseSeconds: number,
): Promise<void> {
  const dayBefore = new Date(at.getTime() - 86_400_000);
  // The ends of the lock after each further failure: named here, for a shard lets no clock into its statement.
  const ends = Array.from({ length: 21 }, (_, further) => {
    const seconds = Math.min(3600, baseSeconds * 2 ** further);
    return new Date(at.getTime() + seconds * 1000).toISOString();
  });
  await sql`
    insert into sign_in_failure (login_hash, failed, last_at) values (${loginHash}, 1, ${at})
    on conflict (login_hash) do update set
      failed = case when sign_in_failure.last_at < ${dayBefore}::timestamptz then 1 else sign_in_failure.failed + 1 end,
      last_at = ${at},
      locked_until = case
        when sign_in_failure.last_at < ${dayBefore}::timestamptz or sign_in_failure.failed + 1 < ${free} then null
        else (${ends}::timestamptz[])[least(21, sign_in_failure.failed + 2 - ${free})]
      end`.execute(tx);
}

/** Forget a login name's failures. */
export async function clearFailures(tx: Tx, loginHash: Buffer): Promise<void> {
  await tx.deleteFrom("sign_in_failure").where("login_hash", "=", loginHash).execute();
}

/** A phone's code as it stands. */
export async function findCode(tx: Tx, phoneHash: Buffer) {
  return tx
    .selectFrom("sign_in_code")
    .selectAll()
    .where("phone_hash", "=", phoneHash)
    .forUpdate()
    .executeTakeFirst();
}

/** Put a new code in place of the old one. */
export async function putCode(
  tx: Tx,
  code: {
    readonly phoneHash: Buffer;
    readonly codeHash: Buffer;
    readonly at: Date;
    readonly sends: number;
    readonly since: Date;
  },
): Promise<void> {
  const row = {
    code_hash: code.codeHash,
    sent_at: code.at,
    tries: 0,
    sends: code.sends,
    sends_since: code.since,
  };
  await tx
    .insertInto("sign_in_code")
    .values({ phone_hash: code.phoneHash, ...row })
    .onConflict((found) => found.column("phone_hash").doUpdateSet(row))
    .execute();
}

/** One more wrong try at a phone's code. */
export async function addTry(tx: Tx, phoneHash: Buffer): Promise<void> {
  await tx
    .updateTable("sign_in_code")
    .set({ tries: sql<number>`tries + 1` })
    .where("phone_hash", "=", phoneHash)
    .execute();
}

/** Use up a phone's code. What was sent today still counts. */
export async function spendCode(tx: Tx, phoneHash: Buffer): Promise<void> {
  await tx.updateTable("sign_in_code").set({ tries: 99 }).where("phone_hash", "=", phoneHash).execute();
}

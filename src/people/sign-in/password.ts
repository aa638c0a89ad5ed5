import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { type Or, type Refusal, refuse } from "../../kernel/refusal.ts";

const derive = promisify(argon2);

/** OWASP's figures for argon2id (2024): 19 MiB, two passes, one lane. Written into each hash. */
const memoryKib = 19_456;
const passes = 2;
const tagBytes = 32;

/** Shortest password (NIST SP 800-63B-4: length, not composition). */
const passwordLengthMin = 10;
const passwordLengthMax = 200;

/** The passwords that are tried first everywhere. */
const common = new Set([
  "1234567890",
  "0123456789",
  "1111111111",
  "0000000000",
  "12345678910",
  "password12",
  "password123",
  "qwertyuiop",
  "1q2w3e4r5t",
  "qwerty12345",
  "abc1234567",
  "a123456789",
  "woaini1314",
  "iloveyou123",
  "admin12345",
  "administrator",
  "5201314520",
  "1qaz2wsx3edc",
  "aa12345678",
  "asdfghjkl1",
]);

/** A password as it may be set. Refuses `password-weak`. */
export function parsePassword(value: string, login: string | null, at?: string): Or<string> {
  const password = value.normalize("NFC");
  const weak =
    password.length < passwordLengthMin ||
    password.length > passwordLengthMax ||
    common.has(password.toLowerCase()) ||
    /^(.)\1*$/u.test(password) ||
    (login !== null && password.toLowerCase() === login.toLowerCase());
  return weak ? (refuse("password-weak", { min: passwordLengthMin }, { at }) as Refusal) : password;
}

/** The hash of a password, in the PHC string form. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await argon(password, salt, memoryKib, passes, 1, tagBytes);
  const parts = `m=${memoryKib},t=${passes},p=1`;
  return `$argon2id$v=19$${parts}$${bare(salt)}$${bare(tag)}`;
}

/**
 * Whether the password is the one hashed. Without a hash (no such login) the same work is done and the
 * answer is no, so that the time taken does not tell which logins exist.
 */
export async function verifyPassword(hash: string | null, password: string): Promise<boolean> {
  const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(
    hash ?? "",
  );
  const [, m, t, p, salt, tag] = found ?? nobodys;
  const expected = Buffer.from(tag ?? "", "base64");
  const cut = password.normalize("NFC").slice(0, passwordLengthMax);
  const given = await argon(
    cut,
    Buffer.from(salt ?? "", "base64"),
    Number(m),
    Number(t),
    Number(p),
    expected.length,
  );
  return timingSafeEqual(given, expected) && found !== null;
}

/** The parts of a hash that no password has. */
const nobodys = [
  "",
  String(memoryKib),
  String(passes),
  "1",
  bare(randomBytes(16)),
  bare(randomBytes(tagBytes)),
];

function argon(
  message: string,
  nonce: Buffer,
  memory: number,
  time: number,
  parallelism: number,
  tagLength: number,
) {
  return derive("argon2id", { message, nonce, memory, passes: time, parallelism, tagLength });
}

function bare(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}

import { Secret, TOTP } from "otpauth";
import QRCode from "qrcode";

/** Seconds a code stands (RFC 6238), and how many steps either side a phone's clock may be off. */
const period = 30;
const stepsOff = 1;

/** A new secret, in base32 as authenticator apps take it. */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** What an authenticator app scans. */
export function totpUri(secret: string, login: string, issuer: string): string {
  return totp(secret, login, issuer).toString();
}

/** The same as a picture (SVG). */
export function totpQr(uri: string): Promise<string> {
  return QRCode.toString(uri, { type: "svg", margin: 1, errorCorrectionLevel: "M" });
}

/** The step a code belongs to, or null when it is of none near now. Each step may be used once. */
export function totpStep(secret: string, code: string, nowMs: number): bigint | null {
  if (!/^\d{6}$/.test(code)) return null;
  const delta = totp(secret, "", "").validate({ token: code, timestamp: nowMs, window: stepsOff });
  return delta === null ? null : BigInt(Math.floor(nowMs / 1000 / period) + delta);
}

/** The code of a moment, for tests and for printing at setup. */
export function totpCode(secret: string, nowMs: number): string {
  return totp(secret, "", "").generate({ timestamp: nowMs });
}

function totp(secret: string, label: string, issuer: string): TOTP {
  return new TOTP({ secret: Secret.fromBase32(secret), label, issuer, algorithm: "SHA1", digits: 6, period });
}

import { sql } from "kysely";
import { toString as qrSvg } from "qrcode";
import type { Tx } from "../db/index.ts";
import { type Id, newId } from "../kernel/ids.ts";
import { type Or, refuse } from "../kernel/refusal.ts";
import { type Keyring, signerOf } from "../kernel/seal.ts";
import { verifySignature } from "../kernel/signature.ts";
import type { Text } from "../kernel/words.ts";
import { isCountedMember, type MembershipStatus, statusTitles } from "./membership.ts";

/** What the code of a member card says, to anyone who scans it. No number that finds the person elsewhere. */
export interface CardFacts {
  readonly serial: string;
  readonly name: string;
  readonly memberNo: string;
  readonly unitName: string;
  readonly status: MembershipStatus;
  /** Until when the code holds; a photograph of a card is worth nothing after it. */
  readonly validUntil: Date;
}

/** How long one code holds. Minutes; the card on the phone makes a new one before. */
const cardMinutes = 5;
/** Cards begin so, apart from the codes of letters and notices. */
export const cardPrefix = "M1.";

/** The card's code: `M1.<key>.<content>.<signature>`, checked without asking anyone by the installation's public key. */
export function cardCode(ring: Keyring, facts: CardFacts): string {
  const signer = signerOf(ring);
  const content = Buffer.from(
    JSON.stringify([
      facts.serial,
      facts.name,
      facts.memberNo,
      facts.unitName,
      facts.status,
      Math.floor(facts.validUntil.getTime() / 1000),
    ]),
  ).toString("base64url");
  const body = `${cardPrefix}${signer.keyId}.${content}`;
  return `${body}.${Buffer.from(signer.sign(body), "hex").toString("base64url")}`;
}

/** Checks a card's code by signature and time alone. Refuses `card-invalid`, `card-expired`. */
export async function verifyCard(ring: Keyring, code: string, now: Date): Promise<Or<CardFacts>> {
  const [, keyId = "", content = "", signature = ""] =
    /^M1\.([a-z0-9-]{1,20})\.([\w-]{20,1000})\.([\w-]{80,100})$/.exec(code) ?? [];
  if (!ring.masters.has(keyId)) return refuse("card-invalid");
  const { publicKey } = signerOf(ring, keyId);
  const signed = await verifySignature(
    publicKey,
    `${cardPrefix}${keyId}.${content}`,
    Buffer.from(signature, "base64url").toString("hex"),
  );
  if (!signed) return refuse("card-invalid");
  const [serial, name, memberNo, unitName, status, until] = JSON.parse(
    Buffer.from(content, "base64url").toString("utf8"),
  ) as [string, string, string, string, MembershipStatus, number];
  const validUntil = new Date(until * 1000);
  if (validUntil < now) return refuse("card-expired");
  return { serial, name, memberNo, unitName, status, validUntil };
}

/** Checks a card's code, and that its membership still stands: the public page's way. */
export async function verifyCardNow(
  tx: Tx,
  ring: Keyring,
  code: string,
  now: Date,
): Promise<
  Or<{ readonly valid: boolean; readonly facts: readonly { readonly label: Text; readonly value: string }[] }>
> {
  const card = await verifyCard(ring, code, now);
  if ("refused" in card) return card;
  const { rows } = await sql<{ status: MembershipStatus; unitName: string }>`
    select m.status, u.name as "unitName" from membership m join unit u on u.id = m.unit_id where m.card_serial = ${card.serial}`.execute(
    tx,
  );
  const standing = rows[0];
  const valid = standing !== undefined && isCountedMember(standing.status);
  return {
    valid,
    facts: [
      { label: { zh: "姓名", en: "Name" }, value: card.name },
      { label: { zh: "会员证号", en: "Member number" }, value: card.memberNo },
      { label: { zh: "所在工会", en: "Union" }, value: standing?.unitName ?? card.unitName },
      {
        label: { zh: "会籍", en: "Membership" },
        value: `${statusTitles[standing?.status ?? card.status].zh} · ${statusTitles[standing?.status ?? card.status].en}`,
      },
    ],
  };
}

/** A person's card with a fresh code, drawn as a QR. Refuses `no-card` unless the membership is active. */
export async function cardOf(
  tx: Tx,
  ring: Keyring,
  person: { readonly id: Id<"person">; readonly district: string; readonly name: string },
  origin: string,
  now: Date,
): Promise<Or<CardFacts & { readonly code: string; readonly qr: string }>> {
  const { rows } = await sql<{
    memberNo: string | null;
    status: MembershipStatus;
    unitName: string;
    serial: string;
  }>`
    update membership m set card_serial = coalesce(m.card_serial, ${newId<"card">()}::text),
      card_issued_on = coalesce(m.card_issued_on, (${now}::timestamptz at time zone 'Asia/Shanghai')::date)
    from unit u where u.id = m.unit_id and m.district = ${person.district} and m.person_id = ${person.id} and m.kind = 'member'
      and m.status in ('ACTIVE','TRANSFER_OUT')
    returning m.member_no as "memberNo", m.status, u.name as "unitName", m.card_serial as serial`.execute(tx);
  const held = rows[0];
  if (!held) return refuse("no-card");
  const facts: CardFacts = {
    serial: held.serial,
    name: person.name,
    memberNo: held.memberNo ?? "",
    unitName: held.unitName,
    status: held.status,
    validUntil: new Date(now.getTime() + cardMinutes * 60_000),
  };
  const code = cardCode(ring, facts);
  const qr = await qrSvg(`${origin}/p/verify/${code}`, { type: "svg", margin: 1, errorCorrectionLevel: "M" });
  return { ...facts, code, qr };
}

import type { IdKind } from "../kernel/identity-number.ts";
import { type Keyring, lookupKey, seal, sealJson, unseal, unsealJson } from "../kernel/seal.ts";

/** What only the person, and whoever states a purpose, may read: one blob under the district's key. */
export interface PersonSealed {
  readonly idNumber?: string;
  readonly phone?: string;
  readonly bankCard?: string;
  readonly bankHolder?: string;
  readonly bankName?: string;
  readonly bankBranch?: string;
  readonly address?: string;
  readonly department?: string;
  readonly householdType?: string;
  readonly health?: string;
  readonly email?: string;
}

export const sealedFields = [
  "idNumber",
  "phone",
  "bankCard",
  "bankHolder",
  "bankName",
  "bankBranch",
  "address",
  "department",
  "householdType",
  "health",
  "email",
] as const satisfies readonly (keyof PersonSealed)[];

/** The keyed hash by which an identity number is found; kinds beside the resident's are kept apart. */
export function identityHash(
  ring: Keyring,
  identity: { readonly kind?: IdKind; readonly number: string },
): Buffer {
  const { kind = "resident", number } = identity;
  const value = kind === "resident" || kind === "hk-macao-tw-residence" ? number : `${kind}:${number}`;
  return Buffer.from(lookupKey(ring, "id-number", value), "hex");
}

/** The keyed hash by which a telephone number is found. */
export function phoneHash(ring: Keyring, phone: string): Buffer {
  return Buffer.from(lookupKey(ring, "phone", phone), "hex");
}

/** A number somebody had until now, sealed for the one job that tells them of it there. */
export function sealFormerPhone(ring: Keyring, district: string, id: string, phone: string): string {
  return asBuffer(seal(ring, formerPhone(district, id), phone)).toString("base64");
}

/** Opens it for the same district and person alone. Throws `SealBroken`. */
export function unsealFormerPhone(ring: Keyring, district: string, id: string, sealed: string): string {
  return asBuffer(unseal(ring, formerPhone(district, id), Buffer.from(sealed, "base64"))).toString();
}

const formerPhone = (district: string, id: string) => ({
  compartment: district,
  about: `person/${id}/former-phone`,
});

/** Seals all facts of a person as one blob, bound to district and id: in another row it does not open. */
export function sealPerson(ring: Keyring, district: string, id: string, facts: PersonSealed): Buffer {
  return asBuffer(sealJson(ring, { compartment: district, about: `person/${id}` }, facts));
}

/** Opens a person's facts; none where nothing is sealed. Throws `SealBroken` for a blob from elsewhere. */
export function unsealPerson(
  ring: Keyring,
  person: { readonly district: string; readonly id: string; readonly sealed: Buffer | null },
): PersonSealed {
  if (person.sealed === null) return {};
  return unsealJson(ring, { compartment: person.district, about: `person/${person.id}` }, person.sealed);
}

/** What is sealed of a member of a household. */
export interface MemberSealed {
  readonly idNumber?: string;
  readonly idKind?: IdKind;
  readonly health?: string;
  readonly disabilityLevel?: string;
  readonly school?: string;
  readonly [more: string]: unknown;
}

/** Seals a household member's facts as one blob, bound to their district and id in the household. */
export function sealMember(ring: Keyring, district: string, id: string, facts: MemberSealed): Buffer {
  return asBuffer(sealJson(ring, { compartment: district, about: `household-member/${id}` }, facts));
}

/** Opens a household member's facts. Throws `SealBroken` for a blob from elsewhere. */
export function unsealMember(
  ring: Keyring,
  member: { readonly district: string; readonly id: string; readonly sealed: Buffer },
): MemberSealed {
  return unsealJson(
    ring,
    { compartment: member.district, about: `household-member/${member.id}` },
    member.sealed,
  );
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

import type { Tx } from "../db/index.ts";
import { type Keyring, sealJson, unsealJson } from "../kernel/seal.ts";
import type { Answers } from "./fields.ts";
import { findDraft, putDraft } from "./store.ts";

/** Drafts: what somebody has filled in so far of a service, sealed as a whole. */

/** Whose draft of which service. */
export interface DraftPlace {
  readonly district: string;
  readonly person: string;
  readonly service: string;
}

function sealOf({ district, person, service }: DraftPlace) {
  return { compartment: district, about: `draft/${person}/${service}` };
}

/** A draft, opened; null when there is none. */
export async function openDraft(
  tx: Tx,
  ring: Keyring,
  at: DraftPlace,
): Promise<{ readonly answers: Answers; readonly savedAt: Date } | null> {
  const row = await findDraft(tx, at.district, at.person, at.service);
  return row ? { answers: unsealJson<Answers>(ring, sealOf(at), row.sealed), savedAt: row.saved_at } : null;
}

/** Keeps a draft in place of an earlier one. */
export async function keepDraft(
  tx: Tx,
  ring: Keyring,
  at: DraftPlace,
  answers: Answers,
  now: Date,
): Promise<void> {
  const sealed = Buffer.from(sealJson(ring, sealOf(at), answers));
  const { district, person, service } = at;
  await putDraft(tx, { district, person_id: person, service, sealed, saved_at: now });
}

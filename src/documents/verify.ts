import { randomInt } from "node:crypto";
import { json, type Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import type { Text } from "../kernel/words.ts";

/** What a stranger can check by a code. */
export type VerifyKind = "card" | "letter" | "notice" | "root";

/** One line of what the code stands for, as any stranger may read it: no personal numbers, names masked. */
export interface VerifyFact {
  readonly label: Text;
  readonly value: string;
}

/** What stands behind a code. */
export interface Verified {
  readonly kind: VerifyKind;
  readonly issuedOn: Day;
  readonly validUntil: Day | null;
  readonly revokedOn: Day | null;
  readonly facts: readonly VerifyFact[];
}

/** Letters and digits that are not mistaken for one another, read aloud or typed from paper. */
const alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/** A new code for something issued: `ZJ-` and three groups of four, about 59 bits, not to be guessed. */
export async function issueCode(
  tx: Tx,
  issued: {
    readonly kind: VerifyKind;
    readonly district: string;
    readonly subject: Id<string>;
    readonly facts: readonly VerifyFact[];
    readonly today: Day;
    readonly validUntil?: Day | undefined;
  },
): Promise<string> {
  const group = () => Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join("");
  const code = `ZJ-${group()}-${group()}-${group()}`;
  await tx
    .insertInto("verify_code")
    .values({
      code,
      kind: issued.kind,
      district: issued.district,
      subject_id: issued.subject,
      issued_on: issued.today,
      valid_until: issued.validUntil ?? null,
      facts: json({ lines: issued.facts }),
    })
    .execute();
  return code;
}

/** The code of something issued before, or a new one: printing a letter again gives the same. */
export async function standingCode(tx: Tx, issued: Parameters<typeof issueCode>[1]): Promise<string> {
  const row = await tx
    .selectFrom("verify_code")
    .select("code")
    .where("kind", "=", issued.kind)
    .where("subject_id", "=", issued.subject)
    .where("revoked_on", "is", null)
    .executeTakeFirst();
  return row?.code ?? issueCode(tx, issued);
}

/** A code as it is kept: capitals, whatever dashes and spaces were typed; null when it is none of ours. */
export function parseCode(typed: string): string | null {
  const plain = typed.toUpperCase().replace(/[\s-–—]/g, "");
  const found = /^ZJ([2-9A-HJKMNP-Z]{4})([2-9A-HJKMNP-Z]{4})([2-9A-HJKMNP-Z]{4})$/.exec(plain);
  return found ? `ZJ-${found[1]}-${found[2]}-${found[3]}` : null;
}

/** What stands behind a code, if anything. */
export async function findCode(tx: Tx, code: string): Promise<Verified | undefined> {
  const row = await tx.selectFrom("verify_code").selectAll().where("code", "=", code).executeTakeFirst();
  if (!row) return undefined;
  return {
    kind: row.kind as VerifyKind,
    issuedOn: row.issued_on,
    validUntil: row.valid_until,
    revokedOn: row.revoked_on,
    facts: (row.facts as { lines?: readonly VerifyFact[] }).lines ?? [],
  };
}

/** The code no longer stands: its letter was withdrawn, its card returned. */
export async function revokeCode(tx: Tx, code: string, today: Day): Promise<void> {
  await tx
    .updateTable("verify_code")
    .set({ revoked_on: today })
    .where("code", "=", code)
    .where("revoked_on", "is", null)
    .execute();
}

import { sql } from "kysely";
import { json, once, type Tx } from "../../../db/index.ts";
import type { Day } from "../../../kernel/day.ts";
import { record, recording } from "../../../rollups/index.ts";
import { fileTallies } from "./tallies.ts";
import { usedSoFar } from "./used.ts";

/** The file a case opened, if it has one. */
export async function fileOfCase(tx: Tx, district: string, caseId: string) {
  return tx
    .selectFrom("hardship_file")
    .where("district", "=", district)
    .where("case_id", "=", caseId)
    .selectAll()
    .executeTakeFirst();
}

/** The file in force of which a person is head. */
export async function openFileOfHead(tx: Tx, district: string, headId: string) {
  return tx
    .selectFrom("hardship_file")
    .where("district", "=", district)
    .where("head_id", "=", headId)
    .where("state", "in", ["active", "reverifying", "exiting"])
    .orderBy("filed_on", "desc")
    .selectAll()
    .executeTakeFirst();
}

/**
 * Writes a file in force and counts it in the figures. It begins with what its household has used of the
 * year's living aid.
 */
export async function insertFile(
  tx: Tx,
  file: {
    readonly district: string;
    readonly id: string;
    readonly file_no: string;
    readonly case_id: string;
    readonly household_id: string;
    readonly head_id: string;
    readonly head_name: string;
    readonly unit_id: string;
    readonly path: string;
    readonly category: string;
    readonly tier: string;
    readonly main_cause: string;
    readonly member_count: number;
    readonly filed_on: Day;
    readonly valid_to: Day;
    readonly next_visit_on: Day | null;
    readonly liaison_id: string | null;
    readonly liaison_name: string | null;
    readonly previous_file_id: string | null;
  },
): Promise<void> {
  await tx
    .insertInto("hardship_file")
    .values({ ...file, ...(await usedSoFar(tx, file)), state: "active" })
    .execute();
  await record(tx, fileTallies, [], [{ ...file, state: "active", exited_on: null, exit_reason: null }]);
}

/** Does work on the file of a case, and records what it changes in the figures. */
function recordingFile<T>(
  tx: Tx,
  at: { readonly district: string; readonly caseId: string },
  work: () => Promise<T>,
): Promise<T> {
  return recording(
    tx,
    fileTallies,
    sql<boolean>`(district = ${at.district} and case_id = ${at.caseId})`,
    work,
  );
}

/** Changes the file a case opened, if any, and the figures with it; what is not named stays. */
export async function updateFile(
  tx: Tx,
  at: { readonly district: string; readonly caseId: string },
  change: {
    readonly state: string;
    readonly category?: string | undefined;
    readonly valid_to?: Day | undefined;
    readonly main_cause?: string | undefined;
    readonly member_count?: number | undefined;
    readonly exit_reason?: string | undefined;
    readonly exited_on?: Day | undefined;
  },
): Promise<void> {
  await recordingFile(tx, at, () =>
    tx
      .updateTable("hardship_file")
      .set({
        state: change.state,
        ...(change.category !== undefined && { category: change.category }),
        ...(change.valid_to !== undefined && { valid_to: change.valid_to }),
        ...(change.main_cause !== undefined && { main_cause: change.main_cause }),
        ...(change.member_count !== undefined && { member_count: change.member_count }),
        ...(change.exit_reason !== undefined && { exit_reason: change.exit_reason }),
        ...(change.exited_on !== undefined && { exited_on: change.exited_on }),
      })
      .where("district", "=", at.district)
      .where("case_id", "=", at.caseId)
      .execute(),
  );
}

/** By when the household is visited next; a reminder that went out does not answer for it. */
export async function setNextVisit(
  tx: Tx,
  at: { readonly district: string; readonly caseId: string },
  on: Day,
): Promise<void> {
  await tx
    .updateTable("hardship_file")
    .set({ next_visit_on: on, visit_told_on: null })
    .where("district", "=", at.district)
    .where("case_id", "=", at.caseId)
    .execute();
}

/** Files whose visit fell due before a day and whose liaison was not told yet. */
export async function visitsDue(tx: Tx, today: Day, limit: number) {
  return tx
    .selectFrom("hardship_file")
    .where("next_visit_on", "<", today)
    .where("visit_told_on", "is", null)
    .orderBy("next_visit_on")
    .limit(limit)
    .select(["district", "id", "case_id", "file_no", "state", "liaison_id", "next_visit_on"])
    .execute();
}

/** Marks a file's due visit as told. */
export async function visitTold(
  tx: Tx,
  file: { readonly district: string; readonly id: string },
  on: Day,
): Promise<void> {
  await tx
    .updateTable("hardship_file")
    .set({ visit_told_on: on })
    .where("district", "=", file.district)
    .where("id", "=", file.id)
    .execute();
}

/** The file stands at another union of its district, with a liaison of that union. */
export async function moveFile(
  tx: Tx,
  at: { readonly district: string; readonly caseId: string },
  to: { readonly id: string; readonly path: string },
  liaison: { readonly id: string | null; readonly name: string | null },
): Promise<void> {
  await recordingFile(tx, at, () =>
    tx
      .updateTable("hardship_file")
      .set({ unit_id: to.id, path: to.path, liaison_id: liaison.id, liaison_name: liaison.name })
      .where("district", "=", at.district)
      .where("case_id", "=", at.caseId)
      .execute(),
  );
}

/**
 * Takes the identities of a household for one case: an identity stands in one open case only. Those the case held
 * and no longer names are let go. False when another case holds one.
 */
export async function claimIdentities(
  tx: Tx,
  of: { readonly district: string; readonly caseId: string },
  hashes: readonly Buffer[],
): Promise<boolean> {
  await tx
    .deleteFrom("hardship_claim")
    .where("case_id", "=", of.caseId)
    .where("id_hash", "not in", [...hashes])
    .execute();
  for (const hash of [...hashes].sort(Buffer.compare)) {
    const taken = await tx
      .insertInto("hardship_claim")
      .values({ id_hash: hash, district: of.district, case_id: of.caseId })
      .onConflict((on) =>
        on
          .column("id_hash")
          .doUpdateSet({ district: of.district })
          .where("hardship_claim.case_id", "=", of.caseId),
      )
      .returning("case_id")
      .executeTakeFirst();
    if (!taken) return false;
  }
  return true;
}

/** Lets go of every identity a case holds. */
export async function releaseIdentities(tx: Tx, caseId: string): Promise<void> {
  await tx.deleteFrom("hardship_claim").where("case_id", "=", caseId).execute();
}

/** What imported registers say of some identities. */
export async function registerFacts(tx: Tx, hashes: readonly Buffer[]) {
  if (hashes.length === 0) return [];
  return entriesOf(tx, hashes);
}

const entriesOf = once((tx, hashes: readonly Buffer[]) =>
  tx.selectFrom("register_entry").where("id_hash", "=", sql<Buffer>`any(${hashes})`).selectAll(),
);

/** Writes what a register says; the latest reading of one register and kind replaces the one before. */
export async function putRegisterEntry(
  tx: Tx,
  entry: {
    readonly id_hash: Buffer;
    readonly kind: string;
    readonly register: string;
    readonly as_of: Day;
    readonly import_id: string;
    readonly facts: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  await tx
    .insertInto("register_entry")
    .values({ ...entry, facts: json(entry.facts) })
    .onConflict((on) =>
      on
        .columns(["id_hash", "register", "kind"])
        .doUpdateSet({ as_of: entry.as_of, import_id: entry.import_id, facts: json(entry.facts) })
        .where(sql<boolean>`excluded.as_of >= register_entry.as_of`),
    )
    .execute();
}

/** The serial of the next file of a district and year, beside the cases' own. */
export async function nextFileSerial(tx: Tx, district: string, year: number): Promise<number> {
  const row = await tx
    .insertInto("case_serial")
    .values({ district, year, service: "hardship-file-no", last: 1 })
    .onConflict((on) =>
      on.columns(["district", "year", "service"]).doUpdateSet({ last: sql<number>`case_serial.last + 1` }),
    )
    .returning("last")
    .executeTakeFirstOrThrow();
  return row.last;
}

import { copyRow } from "../../db/index.ts";
import type { Person } from "../person.ts";
import { pinyinOf } from "../pinyin.ts";
import { plainOf } from "./existing.ts";
import type { PreparedRow } from "./prepare.ts";

/** What `stage` writes of one person; a new person's as prepared, a known one's as merged. */
export interface StagedRow {
  readonly n: number;
  readonly row: PreparedRow;
  readonly district: string;
  readonly id: string;
  readonly unitId: string;
  readonly path: string;
  readonly plain: Pick<
    Person,
    | "sex"
    | "birthDate"
    | "ethnicity"
    | "education"
    | "politicalStatus"
    | "skillLevel"
    | "employmentType"
    | "employmentStatus"
    | "employerName"
    | "jobTitle"
    | "newEmploymentGroup"
    | "migrant"
  >;
  readonly sealed: Buffer;
  readonly toComplete: readonly string[];
  readonly memberNo: string | null;
  readonly joinedOn: string | null;
  /** What a relation made of the row is. */
  readonly status: "ACTIVE" | "APPLIED_BY_UNION";
  /** Where the record of somebody known stood, to which it goes back if an entry comes to nothing. */
  readonly from: { readonly unitId: string; readonly path: string } | null;
}

/** A new person as staged. */
export function stagedNew(row: PreparedRow, n: number): StagedRow {
  const { draft, home } = row;
  return {
    n,
    row,
    district: home.district,
    id: row.id,
    unitId: home.id,
    path: home.path,
    plain: plainOf(row),
    sealed: row.sealed,
    toComplete: draft.toComplete,
    memberNo: draft.memberNo,
    joinedOn: draft.joinedOn,
    status: statusOf(row),
    from: null,
  };
}

/** A member, or somebody who has yet to confirm it. */
export function statusOf({ confirms }: PreparedRow): StagedRow["status"] {
  return confirms ? "APPLIED_BY_UNION" : "ACTIVE";
}

/** The lines of COPY for some staged people. */
export function* stageLines(rows: readonly StagedRow[]): Generator<string> {
  for (const { n, row, plain, ...one } of rows) {
    const { draft } = row;
    const sounds = pinyinOf(draft.name);
    yield copyRow([
      n,
      one.district,
      one.id,
      row.membershipId,
      row.eventId,
      one.unitId,
      one.path,
      draft.name,
      sounds.full,
      sounds.initials,
      plain.sex,
      plain.birthDate,
      plain.ethnicity,
      plain.education,
      plain.politicalStatus,
      plain.skillLevel,
      plain.employmentType,
      plain.employmentStatus,
      plain.employerName,
      plain.jobTitle,
      plain.newEmploymentGroup,
      plain.migrant,
      draft.identity.kind,
      row.idHash,
      row.phoneHash,
      one.sealed,
      `{${one.toComplete.join(",")}}`,
      one.memberNo,
      one.joinedOn,
      one.status,
      one.from?.unitId ?? null,
      one.from?.path ?? null,
    ]);
  }
}

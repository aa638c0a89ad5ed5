import { sql } from "kysely";
import { json, type Tx, violatedConstraint } from "../db/index.ts";
import { parseCreditCode } from "../kernel/credit-code.ts";
import type { Day } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import type { UnitPath } from "../kernel/path.ts";
import { isRefusal, type Or, type Refusal, refuse, together } from "../kernel/refusal.ts";
import { districtOfRegion, type Region } from "../kernel/region.ts";
import { parseText } from "../kernel/text.ts";
import { isKeptLevel, record, unitsFounded } from "../rollups/index.ts";
import type { UnitDetails } from "./details.ts";
import type { Employer } from "./employer.ts";
import {
  type LegalPersonStatus,
  levels,
  type OrgForm,
  type OrgType,
  type UnionLevel,
  type UnitStatus,
} from "./levels.ts";
import { spell } from "./names.ts";
import { townshipFederation } from "./policies.ts";
import { resolvePolicy } from "./policy-store.ts";
import { regionOf } from "./regions.ts";
import { covers, type Scope } from "./scope.ts";
import { isClosed } from "./status.ts";
import { addUnitEvent, getUnit, holdTree, isFictitiousInstallation, unitById } from "./store.ts";
import { unitTallies } from "./tallies.ts";
import {
  checkForm,
  checkLevels,
  checkRegion,
  checkUnitCode,
  checkUnitName,
  pathFor,
  segmentOf,
  territorialPath,
  unitCode,
} from "./tree.ts";
import type { By, Unit } from "./unit.ts";

/** What may be said of a unit beside its place. */
export interface UnitProfile {
  readonly shortName?: string | null | undefined;
  readonly orgType?: OrgType | null | undefined;
  readonly orgForm?: OrgForm | null | undefined;
  readonly uscc?: string | null | undefined;
  readonly legalPersonStatus?: LegalPersonStatus | undefined;
  readonly fundsParentId?: Id<"unit"> | null | undefined;
  readonly industrialParentId?: Id<"unit"> | null | undefined;
  readonly foundedOn?: Day | null | undefined;
  readonly termYears?: number | null | undefined;
  readonly termNumber?: number | null | undefined;
  readonly termStart?: Day | null | undefined;
  readonly termEnd?: Day | null | undefined;
  readonly employer?: Employer | null | undefined;
  readonly details?: UnitDetails | undefined;
}

/** A new unit as it is asked for. */
export interface UnitDraft extends UnitProfile {
  readonly id: Id<"unit">;
  /** null only for the installation's topmost union. */
  readonly parentId: Id<"unit"> | null;
  readonly name: string;
  readonly level: UnionLevel;
  readonly regionCode: string;
  readonly code?: string | null | undefined;
  readonly status?: UnitStatus | undefined;
}

/**
 * Founds a unit under one of the scope. With no parent only the program itself may (setup, founding): then the path is
 * made from the region though its ancestors are not here. The same id with the same content again changes nothing.
 * Refuses `not-found` (parent outside the scope), `same-id-other-content`, `unit-*`, and what the parsers refuse.
 */
export async function createUnit(tx: Tx, scope: Scope, draft: UnitDraft, by: By): Promise<Or<Unit>> {
  const again = await unitById(tx, draft.id);
  if (again)
    return isSame(again, draft) && covers(scope, again.path) ? again : refuse("same-id-other-content");
  if (draft.parentId === null && scope.power !== "system")
    return refuse("unit-parent-required", {}, { at: "/parentId" });
  await holdTree(tx, "shared");
  const parent = draft.parentId === null ? null : await unitById(tx, draft.parentId);
  if (parent === undefined || (parent && !covers(scope, parent.path)))
    return refuse("not-found", {}, { at: "/parentId" });
  if (parent && isClosed(parent.status)) return refuse("unit-closed", {}, { at: "/parentId" });

  const fictitious = await isFictitiousInstallation(tx);
  const region = regionOf(draft.regionCode, { fictitious, at: "/regionCode" });
  const name = checkUnitName(draft.name);
  const profile = await checkProfile(tx, draft, {
    level: draft.level,
    path: parent?.path ?? null,
    fictitious,
    day: by.day,
  });
  const givenCode = draft.code ? checkUnitCode(draft.code) : null;
  const wrong = together(
    [
      name,
      region,
      profile,
      givenCode,
      parent ? checkLevels(parent.level, draft.level, draft.orgType ?? null) : undefined,
      isRefusal(region)
        ? undefined
        : checkRegion(draft.level, region.code, parent && { level: parent.level, region: parent.regionCode }),
    ].filter(isRefusal),
  );
  if (wrong || isRefusal(region) || isRefusal(name) || isRefusal(profile) || isRefusal(givenCode))
    return wrong ?? refuse("malformed");

  const serial = await nextSerial(tx);
  const own = territorialPath(draft.level, region.code);
  const taken = own !== null && (await pathTaken(tx, own));
  const path = pathFor({
    level: draft.level,
    region: region.code,
    parent: parent?.path ?? null,
    segment: segmentOf(serial),
    taken,
  });
  const code = givenCode ?? (await freeCode(tx, region.code, serial, path === own));
  const { pinyin, initials } = spell(name);
  try {
    await sql`insert into unit (id, path, parent_id, funds_parent_id, industrial_parent_id, district, code, name, short_name,
        name_pinyin, name_initials, level, org_type, org_form, region_code, uscc, legal_person_status, status, founded_on,
        term_years, term_number, term_start, term_end, employer, details, created_on, figures_kept)
      values (${draft.id}, ${path}, ${draft.parentId}, ${profile.fundsParentId}, ${profile.industrialParentId},
        ${districtOfRegion(region.code)}, ${code}, ${name}, ${profile.shortName}, ${pinyin}, ${initials}, ${draft.level},
        ${profile.orgType}, ${profile.orgForm}, ${region.code}, ${profile.uscc}, ${profile.legalPersonStatus},
        ${draft.status ?? "ACTIVE"}, ${profile.foundedOn}, ${profile.termYears}, ${profile.termNumber},
        ${profile.termStart}, ${profile.termEnd}, ${json(profile.employer)}, ${json(profile.details)}, ${by.day}, ${isKeptLevel(draft.level)})`.execute(
      tx,
    );
  } catch (error) {
    return takenBy(error, { name, code, uscc: profile.uscc });
  }
  await adoptOrphans(tx, draft.id, path);
  const unit = await getUnit(tx, draft.id);
  await record(tx, unitTallies, [], [unit]);
  await unitsFounded(tx, [unit.id]);
  await addUnitEvent(tx, draft.id, { kind: "created", after: { name, code, path, level: draft.level } }, by);
  return unit;
}

/** A profile as its columns hold it, checked. */
export interface CheckedProfile {
  readonly shortName: string | null;
  readonly orgType: OrgType | null;
  readonly orgForm: OrgForm | null;
  readonly uscc: string | null;
  readonly legalPersonStatus: LegalPersonStatus;
  readonly fundsParentId: Id<"unit"> | null;
  readonly industrialParentId: Id<"unit"> | null;
  readonly foundedOn: Day | null;
  readonly termYears: number | null;
  readonly termNumber: number | null;
  readonly termStart: Day | null;
  readonly termEnd: Day | null;
  readonly employer: Employer | null;
  readonly details: UnitDetails;
}

/** What a profile must be wherever it is written. Every wrong field is named at once. */
export async function checkProfile(
  tx: Tx,
  given: UnitProfile,
  about: {
    readonly level: UnionLevel;
    readonly path: UnitPath | null;
    readonly fictitious: boolean;
    readonly day: Day;
  },
): Promise<Or<CheckedProfile>> {
  const { fictitious } = about;
  const shortName = given.shortName
    ? parseText(given.shortName, { min: 2, max: 40, at: "/shortName" })
    : null;
  const uscc = given.uscc ? parseCreditCode(given.uscc, { of: "union", fictitious, at: "/uscc" }) : null;
  const employer = given.employer ?? null;
  const employerCode = employer?.uscc
    ? parseCreditCode(employer.uscc, { of: "employer", fictitious, at: "/employer/uscc" })
    : null;
  const details = given.details ?? {};
  const refused: (Refusal | undefined)[] = [
    isRefusal(shortName) ? shortName : undefined,
    isRefusal(uscc) ? uscc : undefined,
    isRefusal(employerCode) ? employerCode : undefined,
    checkTerm(about.level, given),
    checkForm(about.level, given.orgForm ?? null),
    (details.sealDiameterMm ?? 0) > 45
      ? refuse("unit-seal", {}, { at: "/details/sealDiameterMm" })
      : undefined,
    await checkTownshipFederation(tx, given, about),
    await checkLine(tx, given.fundsParentId, "/fundsParentId"),
    await checkLine(tx, given.industrialParentId, "/industrialParentId"),
  ];
  const wrong = together(refused.filter(isRefusal));
  if (wrong || isRefusal(shortName) || isRefusal(uscc) || isRefusal(employerCode))
    return wrong ?? refuse("malformed");
  return {
    shortName,
    uscc: uscc?.code ?? null,
    orgType: given.orgType ?? null,
    orgForm: given.orgForm ?? null,
    legalPersonStatus: given.legalPersonStatus ?? "NONE",
    fundsParentId: given.fundsParentId ?? null,
    industrialParentId: given.industrialParentId ?? null,
    foundedOn: given.foundedOn ?? null,
    termYears: given.termYears ?? null,
    termNumber: given.termNumber ?? null,
    termStart: given.termStart ?? null,
    termEnd: given.termEnd ?? null,
    employer: employer && (employerCode ? { ...employer, uscc: employerCode.code } : employer),
    details,
  };
}

/** Law Article 16: terms from the township down are three or five years, those of the federations above five. */
function checkTerm(level: UnionLevel, given: UnitProfile): Refusal | undefined {
  const allowed = levels[level].rank >= levels.TOWNSHIP.rank ? [3, 5] : [5];
  if (given.termYears != null && !allowed.includes(given.termYears))
    return refuse(
      "unit-term-years",
      {},
      {
        at: "/termYears",
        source: { document: { zh: "《中华人民共和国工会法》", en: "Trade Union Law" }, article: "第十六条" },
      },
    );
  if (given.termStart != null && given.termEnd != null && given.termEnd <= given.termStart)
    return refuse("unit-term-span", {}, { at: "/termEnd" });
  return undefined;
}

async function checkTownshipFederation(
  tx: Tx,
  given: UnitProfile,
  about: { readonly level: UnionLevel; readonly path: UnitPath | null; readonly day: Day },
): Promise<Refusal | undefined> {
  if (about.level !== "TOWNSHIP" || given.orgForm !== "FEDERATION" || about.path === null) return undefined;
  const { value, pin } = await resolvePolicy(tx, townshipFederation, about.path, about.day);
  const has = given.details ?? {};
  if ((has.enterprises ?? 0) >= value.enterprises && (has.workers ?? 0) >= value.workers) return undefined;
  return refuse("unit-township-federation", value, { at: "/orgForm", source: pin.source });
}

/** The funds and industrial lines may leave the scope, but not lead nowhere. */
async function checkLine(
  tx: Tx,
  id: Id<"unit"> | null | undefined,
  at: string,
): Promise<Refusal | undefined> {
  if (id == null) return undefined;
  return (await unitById(tx, id)) ? undefined : refuse("not-found", {}, { at });
}

/** Turns a broken unique constraint into its refusal; anything else is thrown on. */
export function takenBy(
  error: unknown,
  said: { readonly name: string; readonly code: string; readonly uscc: string | null },
): Refusal {
  switch (violatedConstraint(error)) {
    case "unit_name_in_parent":
      return refuse("unit-name-taken", { name: said.name }, { at: "/name" });
    case "unit_code_key":
      return refuse("unit-code-taken", { code: said.code }, { at: "/code" });
    case "unit_uscc_key":
      return refuse("unit-uscc-taken", { code: said.uscc ?? "" }, { at: "/uscc" });
    default:
      throw error;
  }
}

function isSame(unit: Unit, draft: UnitDraft): boolean {
  return unit.name === draft.name.trim() && unit.level === draft.level && unit.parentId === draft.parentId;
}

async function nextSerial(tx: Tx): Promise<bigint> {
  const { rows } = await sql<{ serial: bigint }>`select nextval('unit_segment') as serial`.execute(tx);
  return rows[0]!.serial;
}

async function pathTaken(tx: Tx, path: UnitPath): Promise<boolean> {
  const { rows } = await sql`select 1 from unit where path = ${path}`.execute(tx);
  return rows.length > 0;
}

async function freeCode(tx: Tx, region: Region, serial: bigint, federation: boolean): Promise<string> {
  const code = unitCode(region, serial, federation);
  const { rows } = await sql`select 1 from unit where code = ${code}`.execute(tx);
  return rows.length === 0 ? code : unitCode(region, serial, false);
}

/** Unions that stood alone below a place get their superior when it is founded. */
async function adoptOrphans(tx: Tx, id: Id<"unit">, path: UnitPath): Promise<void> {
  await sql`update unit set parent_id = ${id}, version = version + 1
    where parent_id is null and path > ${path} and path < ${`${path}/`}`.execute(tx);
}

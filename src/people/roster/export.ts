import type { Readable } from "node:stream";
import { sql } from "kysely";
import type { Db } from "../../db/index.ts";
import type { Day } from "../../kernel/day.ts";
import { type Id, newId } from "../../kernel/ids.ts";
import { maskAddress, maskCard, maskId, maskPhone } from "../../kernel/mask.ts";
import { rangeOf, type UnitPath } from "../../kernel/path.ts";
import type { Keyring } from "../../kernel/seal.ts";
import type { Lang } from "../../kernel/words.ts";
import { type Cell, writeXlsx } from "../../spreadsheet/index.ts";
import { districtsUnder } from "../../units/index.ts";
import { wordsOf } from "../codes.ts";
import type { Looker } from "../looks.ts";
import { type MembershipStatus, statusTitles } from "../membership.ts";
import type { Person } from "../person.ts";
import { unsealPerson } from "../sealed.ts";
import { personColumns } from "../store.ts";
import { rosterFields } from "./columns.ts";
import { sexWords } from "./row.ts";

/** A roster to be written: of one union and all below it. */
export interface RosterExport {
  readonly under: UnitPath;
  readonly lang: Lang;
  /** Numbers in clear, for this purpose; every look is logged. Masked when absent. */
  readonly clear?: { readonly purpose: string; readonly by: Looker; readonly at: Date; readonly day: Day };
}

const PAGE = 1000;

type ExportRow = Person & {
  readonly unitName: string;
  readonly status: MembershipStatus | null;
  readonly memberNo: string | null;
  readonly joinedOn: Day | null;
};

const fields = [
  "name",
  "sex",
  "ethnicity",
  "idNumber",
  "birthDate",
  "phone",
  "education",
  "politicalStatus",
  "unit",
  "employer",
  "jobTitle",
  "employmentType",
  "migrant",
  "group",
  "joinedOn",
  "memberNo",
  "address",
  "bankCard",
] as const;

/** The roster of a union as .xlsx, in the columns of the template, so that it can be corrected and loaded again when clear. */
export function exportRoster(db: Db, ring: Keyring, wanted: RosterExport): Readable {
  const { lang } = wanted;
  const columns = [
    ...fields.map((field) => ({
      head: rosterFields[field].title[lang],
      text: ["idNumber", "phone", "bankCard", "memberNo"].includes(field),
      width:
        field === "idNumber" ? 22 : field === "unit" || field === "employer" || field === "address" ? 28 : 14,
    })),
    { head: lang === "zh" ? "会籍状态" : "Membership", width: 12 },
  ];
  return writeXlsx(lang === "zh" ? "会员名册" : "Roster", columns, rowsOf(db, ring, wanted));
}

async function* rowsOf(db: Db, ring: Keyring, wanted: RosterExport): AsyncGenerator<Cell[], void, void> {
  const districts = await db.systemRead((tx) => districtsUnder(tx, [wanted.under]));
  for (const district of districts) {
    let after: { path: string; pinyin: string; id: string } | null = null;
    for (;;) {
      const page: readonly ExportRow[] = await exportPage(db, wanted, district, after);
      if (wanted.clear) await logPage(db, wanted.clear, page);
      for (const row of page) yield cellsOf(ring, row, wanted);
      const last = page.at(-1);
      if (!last || page.length < PAGE) break;
      after = { path: last.path, pinyin: last.namePinyin, id: last.id };
    }
  }
}

async function exportPage(
  db: Db,
  wanted: RosterExport,
  district: string,
  after: { readonly path: string; readonly pinyin: string; readonly id: string } | null,
): Promise<readonly ExportRow[]> {
  const { low, high } = rangeOf(wanted.under);
  return db.systemRead(async (tx) => {
    const { rows } = await sql<ExportRow>`
      select ${personColumns}, u.name as "unitName", coalesce(m.status, p.member_status) as status, m.member_no as "memberNo", m.joined_on as "joinedOn"
      from person p join unit u on u.id = p.unit_id
      left join membership m on m.district = p.district and m.person_id = p.id and m.kind = 'member'
        and m.status in ('ACTIVE','TRANSFER_OUT','RETAINED')
      where p.district = ${district} and p.path >= ${low} and p.path < ${high} and p.merged_into is null
        and ${after === null ? sql`true` : sql`(p.path, p.name_pinyin, p.id) > (${after.path}, ${after.pinyin}, ${after.id}::uuid)`}
      order by p.path, p.name_pinyin, p.id limit ${PAGE}`.execute(tx);
    return rows;
  });
}

async function logPage(
  db: Db,
  clear: NonNullable<RosterExport["clear"]>,
  page: readonly ExportRow[],
): Promise<void> {
  if (page.length === 0) return;
  await db.system(async (tx) => {
    await sql`insert into look (district, id, person_id, by_person, by_name, by_unit, by_role, what, fields, purpose, at, on_day)
      select d, i, p, ${clear.by.person}, ${clear.by.name}, ${clear.by.unit}, ${clear.by.role}, 'roster',
        '{idNumber,phone,address,bankCard}', ${clear.purpose}, ${clear.at}::timestamptz, ${clear.day}::date
      from unnest(${page.map((row) => row.district)}::text[], ${page.map(() => newId<"look">())}::uuid[], ${page.map((row): Id<"person"> => row.id)}::uuid[]) as x(d, i, p) returning id`.execute(
      tx,
    );
  });
}

function cellsOf(ring: Keyring, row: ExportRow, { lang, clear }: RosterExport): Cell[] {
  const sealed = unsealPerson(ring, row);
  const shown = (value: string | undefined, mask: (text: string) => string): Cell =>
    value === undefined ? null : clear ? value : mask(value);
  const yesNo =
    row.migrant === null ? null : lang === "zh" ? (row.migrant ? "是" : "否") : row.migrant ? "yes" : "no";
  return [
    row.name,
    row.sex === null ? null : sexWords[row.sex][lang],
    wordsOf("ethnicity", row.ethnicity)?.[lang] ?? null,
    shown(sealed.idNumber, maskId),
    row.birthDate === null ? null : clear ? row.birthDate : row.birthDate.slice(0, 4),
    shown(sealed.phone, maskPhone),
    wordsOf("education", row.education)?.[lang] ?? null,
    wordsOf("politicalStatus", row.politicalStatus)?.[lang] ?? null,
    row.unitName,
    row.employerName,
    row.jobTitle,
    wordsOf("employmentType", row.employmentType)?.[lang] ?? null,
    yesNo,
    wordsOf("group", row.newEmploymentGroup)?.[lang] ?? null,
    row.joinedOn,
    row.memberNo,
    shown(sealed.address, maskAddress),
    shown(sealed.bankCard, maskCard),
    row.status === null ? null : statusTitles[row.status][lang],
  ];
}

/** An empty roster to fill in. */
export function rosterTemplate(lang: Lang): Readable {
  const columns = fields.map((field) => ({
    head: rosterFields[field].title[lang] + (field === "name" || field === "idNumber" ? "*" : ""),
    text: true,
    width: field === "idNumber" ? 24 : 16,
  }));
  return writeXlsx(lang === "zh" ? "会员名册" : "Roster", columns, []);
}

import { sql } from "kysely";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { type Id, newId } from "../kernel/ids.ts";
import { type Or, refuse } from "../kernel/refusal.ts";
import type { Keyring } from "../kernel/seal.ts";
import { lengthOf, tidy } from "../kernel/text.ts";
import type { Text } from "../kernel/words.ts";
import { roleTitles } from "../units/index.ts";
import type { Person } from "./person.ts";
import { type PersonSealed, type sealedFields, unsealPerson } from "./sealed.ts";

/** Who looks, as the person looked at will read it. */
export interface Looker {
  readonly person: Id<"person">;
  readonly name: string;
  readonly unit: string | null;
  readonly role: string | null;
}

/** One look at a file. `what` is a word for a group of facts: `person`, `roster`, `paper`, `bank-file`. */
export interface Look {
  readonly district: string;
  readonly person: Id<"person">;
  readonly by: Looker;
  readonly what: string;
  readonly fields: readonly string[];
  readonly purpose: string;
  readonly caseId?: Id<"case"> | null;
  readonly at: Date;
  readonly onDay: Day;
}

/** Writes down that a file was looked at. Never changed and never deleted. */
export async function logLook(tx: Tx, look: Look): Promise<void> {
  await sql`insert into look (district, id, person_id, by_person, by_name, by_unit, by_role, what, fields, purpose, case_id, at, on_day)
    values (${look.district}, ${newId<"look">()}, ${look.person}, ${look.by.person}, ${look.by.name}, ${look.by.unit},
      ${look.by.role}, ${look.what}, ${[...look.fields]}, ${look.purpose}, ${look.caseId ?? null}, ${look.at}, ${look.onDay})`.execute(
    tx,
  );
}

/** What of a person may be seen in clear, and its name in the log. */
export const revealable = {
  idNumber: { zh: "证件号码", en: "identity number" },
  phone: { zh: "手机号码", en: "phone" },
  bankCard: { zh: "银行卡号", en: "bank card" },
  bankHolder: { zh: "银行卡户名", en: "card holder" },
  bankName: { zh: "开户银行", en: "bank" },
  bankBranch: { zh: "开户网点", en: "bank branch" },
  address: { zh: "住址", en: "address" },
  department: { zh: "部门", en: "department" },
  householdType: { zh: "户籍类型", en: "household registration" },
  health: { zh: "健康状况", en: "health" },
  email: { zh: "电子邮箱", en: "e-mail" },
} as const satisfies Record<(typeof sealedFields)[number], Text>;

export type Revealable = keyof typeof revealable;

const PURPOSE_MIN = 4;
const PURPOSE_MAX = 200;

/** A purpose as the person will read it. Refuses `purpose-needed`. */
export function parsePurpose(value: unknown, at = "/purpose"): Or<string> {
  const text = typeof value === "string" ? tidy(value) : "";
  const length = lengthOf(text);
  return length >= PURPOSE_MIN && length <= PURPOSE_MAX ? text : refuse("purpose-needed", {}, { at });
}

/** The person's facts in clear, and the look that says so in the same transaction. */
export async function reveal(
  tx: Tx,
  ring: Keyring,
  person: Person,
  fields: readonly Revealable[],
  purpose: string,
  by: Looker,
  at: Date,
  onDay: Day,
): Promise<PersonSealed> {
  const all = unsealPerson(ring, person);
  await logLook(tx, {
    district: person.district,
    person: person.id,
    by,
    what: "person",
    fields,
    purpose,
    at,
    onDay,
  });
  return Object.fromEntries(fields.map((field) => [field, all[field] ?? null])) as PersonSealed;
}

/** A look as its subject reads it. */
export interface LookLine {
  readonly id: Id<"look">;
  readonly at: Date;
  readonly byName: string;
  readonly byUnit: string | null;
  readonly byRole: string | null;
  readonly what: string;
  readonly fields: readonly string[];
  readonly purpose: string;
  readonly caseNumber: string | null;
}

/** The looks at one person's file in the districts they live or lived in, the latest first. */
export async function looksAt(
  tx: Tx,
  districts: readonly string[],
  person: Id<"person">,
  before: { readonly at: Date; readonly id: string } | null,
  limit: number,
): Promise<readonly LookLine[]> {
  const { rows } = await sql<LookLine>`
    select l.id, l.at, l.by_name as "byName", l.by_unit as "byUnit", l.by_role as "byRole", l.what, l.fields, l.purpose,
      c.number as "caseNumber"
    from look l left join case_file c on c.district = l.district and c.id = l.case_id
    where l.district = any(${[...districts]}::text[]) and l.person_id = ${person}
      and ${before === null ? sql`true` : sql`(l.at, l.id) < (${before.at}, ${before.id}::uuid)`}
    order by l.at desc, l.id desc limit ${limit}`.execute(tx);
  return rows;
}

/** What was done in a look, as the person it was done to reads it and as anybody else does. */
const whats: Readonly<Record<string, { readonly own: Text; readonly other: Text }>> = {
  person: {
    own: { zh: "查看了您的资料", en: "looked at your record" },
    other: { zh: "查看资料", en: "Looked at the record" },
  },
  page: {
    own: { zh: "打开了您的会员页面", en: "opened your page" },
    other: { zh: "打开会员页面", en: "Opened the member’s page" },
  },
  roster: {
    own: { zh: "导出了包含您的名册", en: "exported a roster you are in" },
    other: { zh: "导出名册", en: "Exported a roster" },
  },
  case: {
    own: { zh: "查看了您的办件", en: "opened your case" },
    other: { zh: "查看办件", en: "Opened the case" },
  },
  paper: {
    own: { zh: "打开了您的材料", en: "opened a paper of yours" },
    other: { zh: "打开材料", en: "Opened a paper" },
  },
  household: {
    own: { zh: "查看了您的家庭资料", en: "looked at your household" },
    other: { zh: "查看家庭资料", en: "Looked at the household" },
  },
  "bank-file": {
    own: { zh: "制作了含您账户的银行文件", en: "made a bank file with your account" },
    other: { zh: "制作银行文件", en: "Made a bank file" },
  },
};

/** The facts seen in clear, in brackets. What has no word of its own here (the kind of a paper) is told by whoever shows the look. */
function seenFields(look: Pick<LookLine, "fields">): Text {
  const fields = look.fields.flatMap((field) => revealable[field as Revealable] ?? []);
  if (fields.length === 0) return { zh: "", en: "" };
  return {
    zh: `（${fields.map((one) => one.zh).join("、")}）`,
    en: ` (${fields.map((one) => one.en).join(", ")})`,
  };
}

/** What a look was for. Whoever opens a case does so to handle it; its number says which. */
export function lookPurpose(look: Pick<LookLine, "what" | "purpose" | "caseNumber">): Text {
  if (look.what !== "case") return { zh: look.purpose, en: look.purpose };
  return { zh: `办理 ${look.caseNumber ?? "办件"}`, en: `handling ${look.caseNumber ?? "the case"}` };
}

/** What was seen, for an auditor: 制作银行文件（银行卡号）. */
export function lookSeen(look: Pick<LookLine, "what" | "fields">): Text {
  const { other } = whats[look.what] ?? whats.person!;
  const fields = seenFields(look);
  return { zh: `${other.zh}${fields.zh}`, en: `${other.en}${fields.en}` };
}

/** A look in plain words: 云溪县总工会 帮扶干事 张三 查看了您的资料（证件号码），用途：核对申请。 */
export function lookSentence(look: Omit<LookLine, "id" | "at">): Text {
  const { own } = whats[look.what] ?? whats.person!;
  const fields = seenFields(look);
  const role = roleTitles[look.byRole as keyof typeof roleTitles] as Text | undefined;
  const zhWho = [look.byUnit, role?.zh, look.byName].filter(Boolean).join(" ");
  const enWho = [look.byName, role?.en, look.byUnit].filter(Boolean).join(", ");
  const purpose = lookPurpose(look);
  return {
    zh: `${zhWho} ${own.zh}${fields.zh}，用途：${purpose.zh}。`,
    en: `${enWho} ${own.en}${fields.en}. Purpose: ${purpose.en}.`,
  };
}

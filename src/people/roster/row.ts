import { parseCard, parseHolder } from "../../kernel/bank-card.ts";
import { type Day, dayOf, readDay, yearsBetween } from "../../kernel/day.ts";
import { type Identity, type IdKind, idKinds, parseIdentity } from "../../kernel/identity-number.ts";
import { maskPhone } from "../../kernel/mask.ts";
import { parsePhone } from "../../kernel/phone.ts";
import { isRefusal, type Or, type Refusal, refuse } from "../../kernel/refusal.ts";
import { halfWidth, parseName, parseText } from "../../kernel/text.ts";
import type { Text } from "../../kernel/words.ts";
import type { Cell } from "../../spreadsheet/index.ts";
import { type CodeList, codeOf } from "../codes.ts";
import { memberAge, tooYoung } from "../membership.ts";
import { type RosterField, textOf } from "./columns.ts";

/** One bad or doubtful cell: an error keeps its row out, a warning does not. */
export interface CellProblem {
  readonly field: RosterField;
  readonly level: "error" | "warning";
  readonly refusal: Refusal;
  readonly proposal?: Text;
}

/** A person as a roster tells them, checked. Codes are those of `codes.ts`; sex is 1 男, 2 女. */
export interface RosterDraft {
  readonly name: string;
  readonly identity: Identity;
  readonly sex: 1 | 2 | null;
  readonly birthDate: Day | null;
  readonly phone: string | null;
  readonly ethnicity: string | null;
  readonly education: string | null;
  readonly politicalStatus: string | null;
  readonly skillLevel: string | null;
  readonly employmentType: string | null;
  readonly employmentStatus: string | null;
  readonly employer: string | null;
  readonly department: string | null;
  readonly jobTitle: string | null;
  readonly unit: string | null;
  readonly joinedOn: Day | null;
  readonly memberNo: string | null;
  readonly migrant: boolean | null;
  readonly householdType: string | null;
  readonly group: string | null;
  readonly address: string | null;
  readonly bankCard: string | null;
  readonly bankHolder: string | null;
  readonly bankName: string | null;
  /** Fields that statistics want and this row lacks. */
  readonly toComplete: readonly RosterField[];
}

/** What reading a row depends on beside its cells. */
export interface RowContext {
  readonly today: Day;
  readonly fictitious: boolean;
  /** The workbook counts its dates from 1904. */
  readonly dates1904?: boolean;
}

/** A row read: the person, or why not; with what is doubtful either way. */
export interface RowReading {
  readonly draft: RosterDraft | null;
  readonly problems: readonly CellProblem[];
}

/** Fields that are asked for later and never keep a row out. */
const wanted = [
  "phone",
  "sex",
  "birthDate",
  "ethnicity",
  "education",
  "politicalStatus",
  "joinedOn",
] as const;

/** Reads one row, its cells already put under their fields. Every problem of the row is found, not only the first. */
export function readRow(cells: Partial<Record<RosterField, Cell>>, context: RowContext): RowReading {
  // A masked export: what else it hides, telephone and day of birth, needs no telling of its own.
  if (/[*＊]{2}/.test(textOf(cells.idNumber ?? null)))
    return { draft: null, problems: [{ field: "idNumber", level: "error", refusal: refuse("id-masked") }] };
  const problems: CellProblem[] = [];
  const error = (field: RosterField, refusal: Refusal, proposal?: Text): null => {
    problems.push({ field, level: "error", refusal, ...(proposal && { proposal }) });
    return null;
  };
  const warn = (field: RosterField, refusal: Refusal, proposal?: Text): null => {
    problems.push({ field, level: "warning", refusal, ...(proposal && { proposal }) });
    return null;
  };
  const cell = (field: RosterField): Cell => {
    const value = cells[field] ?? null;
    if (typeof value !== "string") return value;
    if (/^#(N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NULL!|NUM!|SPILL!|CALC!)$/.test(value)) {
      error(field, refuse("cell-error", { value }));
      return null;
    }
    return /^\s*[-—/\\无]?\s*$/.test(value) ? null : value;
  };
  const bad = (field: RosterField): boolean =>
    problems.some((one) => one.field === field && one.level === "error");

  const name = readName(cells.name ?? null, error);
  const identity = readIdentity(cell("idNumber"), cell("idKind"), context, bad("idNumber"), error);
  const born = readBirth(cell("birthDate"), identity, context, warn);
  const sex = readSex(cell("sex"), identity, warn);
  if (identity && born && yearsBetween(born, context.today) < memberAge) {
    error(identity.born ? "idNumber" : "birthDate", tooYoung());
  }
  const phone = readPhone(cell("phone"), error);
  const joinedOn = readJoined(cell("joinedOn"), context, error, warn);
  const code = (field: CodeList & RosterField): string | null => {
    const value = cell(field);
    if (value === null) return null;
    return (
      codeOf(field, value) ??
      warn(field, refuse("code-unknown", { value: textOf(value).slice(0, 40) }), asksLater)
    );
  };
  const text = (field: RosterField, max: number): string | null => {
    const value = cell(field);
    if (value === null) return null;
    const read = parseText(typeof value === "number" ? String(value) : textOf(value), { max });
    return isRefusal(read) ? error(field, read) : read;
  };
  const draft = {
    name: name ?? "",
    identity: identity as Identity,
    sex,
    birthDate: born,
    phone,
    ethnicity: code("ethnicity"),
    education: code("education"),
    politicalStatus: code("politicalStatus"),
    skillLevel: code("skillLevel"),
    employmentType: code("employmentType"),
    employmentStatus: code("employmentStatus"),
    employer: text("employer", 100),
    department: text("department", 60),
    jobTitle: text("jobTitle", 60),
    unit: text("unit", 100),
    joinedOn,
    memberNo: readMemberNo(cell("memberNo"), error),
    migrant: readMigrant(cell("migrant"), warn),
    householdType: text("householdType", 30),
    group: code("group"),
    address: text("address", 200),
    bankCard: readCard(cell("bankCard"), error),
    bankHolder: readHolder(cell("bankHolder"), error),
    bankName: text("bankName", 100),
  };
  if (problems.some((one) => one.level === "error")) return { draft: null, problems };
  return { draft: { ...draft, toComplete: wanted.filter((field) => draft[field] === null) }, problems };
}

type Say = (field: RosterField, refusal: Refusal, proposal?: Text) => null;

const asksLater: Text = {
  zh: "此项先空着，列为「待补全」。",
  en: "This field is left empty and listed as “to complete”.",
};

function readName(value: Cell, error: Say): string | null {
  const read = parseName(typeof value === "string" ? value : textOf(value));
  if (!isRefusal(read)) return read;
  // 张三(组长): the note is the trouble, and the name stands before it.
  const bare = /^\s*([^(（[【\d]+)[(（[【\d]/.exec(textOf(value))?.[1];
  const proposed = bare === undefined ? undefined : parseName(bare);
  return error(
    "name",
    read,
    proposed !== undefined && !isRefusal(proposed)
      ? { zh: `改为「${proposed}」。`, en: `Write “${proposed}”.` }
      : undefined,
  );
}

const lookUp: Text = {
  zh: "按姓名和手机号在库中查找本人，核对后照证件重新填写。",
  en: "Look the person up by name and phone, then copy the number again from the card.",
};

/** A whole number that only looks damaged: no cell can tell the two apart, its bearer can. */
const endsSo: Text = {
  zh: "按姓名和手机号在库中查找本人：已在册的不必再导入；证件确以 000 结尾而未在册的，请本人在手机上申请入会。",
  en: "Look the person up by name and phone: who is here already need not be loaded again; whose card does end in 000 and who is not here applies to join on the phone.",
};

function readIdentity(
  value: Cell,
  kindCell: Cell,
  context: RowContext,
  broken: boolean,
  error: Say,
): Identity | null {
  if (broken) return null;
  const kind = kindOf(kindCell);
  const plain = typeof value === "string" ? value.replace(/^[\s'’‘`]+/, "") : value;
  const read = parseIdentity(plain, {
    today: context.today,
    fictitious: context.fictitious,
    from: "sheet",
    ...(kind !== undefined && { kind }),
  });
  if (!isRefusal(read)) return read;
  if (read.code === "id-damaged") {
    const typed = parseIdentity(plain, { today: context.today, fictitious: context.fictitious });
    return error("idNumber", read, isRefusal(typed) || typeof plain !== "string" ? lookUp : endsSo);
  }
  if (kind === undefined && read.code !== "required") {
    const other = otherKind(halfWidth(textOf(plain)).toUpperCase());
    if (other) {
      return error("idNumber", read, {
        zh: `像是「${idKinds[other].zh}」，请在「证件类型」列注明。`,
        en: `It looks like: ${idKinds[other].en}. Say so in a column “Kind of document”.`,
      });
    }
  }
  return error("idNumber", read, read.code === "required" ? lookUp : undefined);
}

function kindOf(cell: Cell): IdKind | undefined {
  const said = textOf(cell).replace(/\s/g, "");
  if (said === "" || /居民身份证|^身份证$|二代/.test(said)) return undefined;
  if (/居住证/.test(said)) return "hk-macao-tw-residence";
  if (/港澳/.test(said)) return "hk-macao-pass";
  if (/台湾|台胞/.test(said)) return "taiwan-pass";
  if (/永久居留/.test(said)) return "permanent-resident";
  if (/护照|passport/i.test(said)) return "passport";
  return undefined;
}

function otherKind(text: string): IdKind | undefined {
  if (/^[HM]\d{8}(\d{2})?$/.test(text)) return "hk-macao-pass";
  if (/^[A-Z]{1,2}\d{7,8}$/.test(text)) return "passport";
  if (/^[A-Z]{3}\d{12}$/.test(text)) return "permanent-resident";
  return undefined;
}

/** A day as a cell holds it, in this workbook's way of counting. */
export function dayIn(value: Cell, context: RowContext): Or<Day> {
  if (typeof value === "number" && context.dates1904 && value > 0 && value < 100_000)
    return readDay(value + 1462);
  return readDay(typeof value === "boolean" || value === null ? "" : value);
}

function readBirth(value: Cell, identity: Identity | null, context: RowContext, warn: Say): Day | null {
  const told = identity?.born ?? null;
  if (value === null) return told;
  const read = dayIn(value, context);
  if (isRefusal(read)) {
    const month = monthIn(value);
    if (told !== null && month !== null && told.startsWith(month)) return told;
    if (told === null || month === null) {
      warn("birthDate", read, told === null ? asksLater : governs(told));
      return told;
    }
    warn("birthDate", refuse("birth-differs-from-id", { sheet: month, id: told }), governs(told));
    return told;
  }
  if (told !== null && read !== told) {
    warn("birthDate", refuse("birth-differs-from-id", { sheet: read, id: told }), governs(told));
    return told;
  }
  if (told === null && (read < "1900-01-01" || read > context.today)) {
    return warn("birthDate", refuse("bad-day", { value: read }), asksLater);
  }
  return read;
}

const governs = (told: Day): Text => ({
  zh: `已按证件号取 ${told}。`,
  en: `${told}, from the identity number, was taken.`,
});

/** A month without its day, as rosters often have: 2015.6, 2015-06, 2015年6月, 201506. `YYYY-MM` or null. */
export function monthIn(value: Cell): string | null {
  if (typeof value === "number" && !Number.isInteger(value)) return null; // 2015.1 may be October
  const found =
    /^(\d{4})(?:[-/.]|年)(\d{1,2})(?:月(?:份)?)?$/.exec(halfWidth(textOf(value)).replace(/\s/g, "")) ??
    /^(\d{4})(\d{2})$/.exec(halfWidth(textOf(value)));
  if (!found) return null;
  const first = dayOf(Number(found[1]), Number(found[2]), 1);
  return first && first > "1900" && first < "2200" ? first.slice(0, 7) : null;
}

function readSex(value: Cell, identity: Identity | null, warn: Say): 1 | 2 | null {
  const told = identity?.sex === undefined ? null : identity.sex === "male" ? 1 : 2;
  if (value === null) return told;
  const said = halfWidth(textOf(value)).toLowerCase();
  const sex = /^(男|男性|1|m|male)$/.test(said) ? 1 : /^(女|女性|2|f|female)$/.test(said) ? 2 : null;
  if (sex === null) return warn("sex", refuse("code-unknown", { value: said.slice(0, 40) })) ?? told;
  if (told !== null && sex !== told) {
    warn("sex", refuse("sex-differs-from-id", { sheet: sexWords[sex], id: sexWords[told] }), {
      zh: `已按证件号取「${sexWords[told].zh}」，如证件有误请本人更正。`,
      en: `“${sexWords[told].en}”, from the identity number, was taken; the person may correct it.`,
    });
    return told;
  }
  return sex;
}

export const sexWords = {
  1: { zh: "男", en: "Male" },
  2: { zh: "女", en: "Female" },
} as const satisfies Record<1 | 2, Text>;

const orClear: Text = {
  zh: "改正，或清空这一格先导入，以后补全。",
  en: "Correct it, or clear the cell to load the row now and complete it later.",
};

function readPhone(value: Cell, error: Say): string | null {
  if (value === null) return null;
  const parts = textOf(value)
    .split(/[/、,,;;|\n]|\s{2,}/)
    .map((part) => part.replace(/^[\s'’‘`]+/, "").trim())
    .filter((part) => part !== "");
  for (const part of parts) {
    const read = parsePhone(part);
    if (!isRefusal(read) && (read.kind === "mobile" || part === parts.at(-1))) return read.number;
  }
  const first = parsePhone(parts[0] ?? "");
  if (!isRefusal(first)) return first.number;
  const digits = halfWidth(textOf(value)).replace(/\D/g, "");
  const inside = /1[3-9]\d{9}/.exec(digits.length === 11 || digits.length === 13 ? digits : "")?.[0];
  return error(
    "phone",
    first,
    inside
      ? { zh: `是不是 ${maskPhone(inside)}？请核对。`, en: `Is it ${maskPhone(inside)}? Please check.` }
      : orClear,
  );
}

function readJoined(value: Cell, context: RowContext, error: Say, warn: Say): Day | null {
  if (value === null) return null;
  let read = dayIn(value, context);
  if (isRefusal(read)) {
    const month = monthIn(value);
    if (month === null) return error("joinedOn", read, orClear);
    read = `${month}-01` as Day;
    warn("joinedOn", refuse("day-taken-as-first", { month, day: read }));
  }
  if (read > context.today) return error("joinedOn", refuse("joined-in-future", { day: read }), orClear);
  if (read < "1921-01-01") return error("joinedOn", refuse("bad-day", { value: read }), orClear);
  return read;
}

function readMemberNo(value: Cell, error: Say): string | null {
  if (value === null) return null;
  const plain = halfWidth(textOf(value)).replace(/\s/g, "").toUpperCase();
  return /^[A-Z0-9-]{4,30}$/.test(plain) ? plain : error("memberNo", refuse("bad-member-number"), orClear);
}

function readMigrant(value: Cell, warn: Say): boolean | null {
  if (value === null) return null;
  const said = halfWidth(textOf(value)).toLowerCase();
  if (/^(是|√|✓|✔|1|y|yes|有|农民工|true)$/.test(said)) return true;
  if (/^(否|×|x|✗|0|n|no|不是|非|false)$/.test(said)) return false;
  return warn("migrant", refuse("code-unknown", { value: said.slice(0, 40) }));
}

function readCard(value: Cell, error: Say): string | null {
  if (value === null) return null;
  const read = parseCard(value, { from: "sheet" });
  return isRefusal(read) ? error("bankCard", read, orClear) : read.number;
}

function readHolder(value: Cell, error: Say): string | null {
  if (value === null) return null;
  const read = parseHolder(textOf(value), { max: 50 });
  return isRefusal(read) ? error("bankHolder", read, orClear) : read;
}

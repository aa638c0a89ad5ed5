import type { Text } from "../../../src/kernel/words.ts";
import { employmentGroups } from "../../../src/people/codes.ts";
import { reasonTitles, statusTitles } from "../../../src/people/membership.ts";

/** Codes of people and memberships in words. */

const statuses: Readonly<Record<string, Text>> = statusTitles;
const reasons: Readonly<Record<string, Text>> = reasonTitles;

/** A membership's status; whoever has none, or one not known here, is no member. */
export function statusText(code: string | null | undefined): Text {
  return (code && statuses[code]) || { zh: "非会员", en: "Not a member" };
}

/** Why a membership changed; a code not known here stands as it is. */
export function reasonText(code: string): Text {
  return reasons[code] ?? { zh: code, en: code };
}

/** The group of new employment; undefined for whoever is in none. */
export function groupText(code: string | null | undefined): Text | undefined {
  return code ? (employmentGroups[code] ?? { zh: code, en: code }) : undefined;
}

/** A person's sex by its code; undefined where it is not known. */
export function sexText(code: 1 | 2 | null | undefined): Text | undefined {
  if (code === 1) return { zh: "男", en: "Man" };
  return code === 2 ? { zh: "女", en: "Woman" } : undefined;
}

const work: Readonly<Record<string, Text>> = {
  on_post: { zh: "在岗", en: "at work" },
  waiting: { zh: "待岗", en: "waiting for a post" },
  unemployed: { zh: "失业", en: "unemployed" },
  retired: { zh: "退休", en: "retired" },
  sick_leave: { zh: "病休", en: "on sick leave" },
  internal_retirement: { zh: "内退", en: "internally retired" },
  flexible: { zh: "灵活就业", en: "flexible work" },
  studying: { zh: "在读", en: "studying" },
  preschool: { zh: "学龄前", en: "below school age" },
  unable: { zh: "无劳动能力", en: "unable to work" },
};

/** How a member of the household works. */
export function workText(code: string): Text {
  return work[code] ?? { zh: code, en: code };
}

/** The mark beside a status. */
export function statusMark(code: string | null | undefined): "good" | "warn" | "idle" {
  if (code === "ACTIVE") return "good";
  return code && ["APPLIED", "APPLIED_BY_UNION", "RETURNED", "TRANSFER_OUT", "RETAINED"].includes(code)
    ? "warn"
    : "idle";
}

const looks: Readonly<Record<string, Text>> = {
  person: { zh: "打开完整信息", en: "opened full numbers" },
  page: { zh: "打开会员页面", en: "opened the page" },
  roster: { zh: "导出名册", en: "exported the roster" },
  case: { zh: "打开办件", en: "opened the case" },
  paper: { zh: "打开材料", en: "opened a paper" },
  household: { zh: "查看家庭资料", en: "looked at the household" },
  "bank-file": { zh: "制作银行文件", en: "made a bank file" },
};

/** What somebody looked at, as officers read it. */
export function lookText(what: string): Text {
  return looks[what] ?? { zh: what, en: what };
}

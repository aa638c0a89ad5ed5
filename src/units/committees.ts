import type { Source } from "../kernel/refusal.ts";
import type { Text } from "../kernel/words.ts";
import type { CommitteeKind } from "./levels.ts";
import { committeeFrom, committeeSeats, fullTimeChairFrom, womenCommitteeFrom } from "./policies.ts";
import { type Pins, pinned } from "./policy.ts";

/** The keys that `committeesDue` and `seatsFor` read. */
export const committeePolicies = [committeeFrom, committeeSeats, womenCommitteeFrom, fullTimeChairFrom];

/** How many people a union counts, as far as it is known. */
export interface Heads {
  readonly members: number;
  readonly womenMembers: number;
  /** Workers of the unit; null when not reported. */
  readonly workers: number | null;
}

/** The seats a committee of so many members may have (rules on grassroots elections, Article 8). */
export function seatsFor(members: number, pins: Pins): { readonly min: number; readonly max: number } {
  const rows = pinned(committeeSeats, pins);
  const row = rows.find(({ upTo }) => upTo === null || members <= upTo) ?? rows[rows.length - 1];
  return row ? { min: row.min, max: row.max } : { min: 3, max: 7 };
}

/** What may stand in a unit of so many members (Trade Union Law, Article 11). */
export function committeeForms(
  members: number,
  pins: Pins,
): readonly ("committee" | "joint" | "organiser")[] {
  return members >= pinned(committeeFrom, pins) ? ["committee"] : ["committee", "joint", "organiser"];
}

/** Something a union must have or should have, and whether it has it. */
export interface Due {
  readonly key: CommitteeKind | "WOMEN_DELEGATE" | "FULL_TIME_CHAIR";
  readonly title: Text;
  readonly must: boolean;
  readonly ok: boolean;
  readonly why: Text;
  readonly source: Source;
}

const law = { zh: "《中华人民共和国工会法》", en: "Trade Union Law" };

/** The committees a grassroots union owes by its numbers, beside those it has. */
export function committeesDue(
  heads: Heads,
  has: {
    readonly committees: readonly CommitteeKind[];
    readonly womenDelegate: boolean;
    readonly fullTimeChair: boolean;
  },
  pins: Pins,
): readonly Due[] {
  const due: Due[] = [];
  const from = pinned(committeeFrom, pins);
  if (heads.members >= from)
    due.push({
      key: "UNION_COMMITTEE",
      title: { zh: "工会委员会", en: "Union committee" },
      must: true,
      ok: has.committees.includes("UNION_COMMITTEE"),
      why: {
        zh: `会员 ${heads.members} 人，达到 ${from} 人，应当建立。`,
        en: `${heads.members} members; due from ${from}.`,
      },
      source: { document: law, article: "第十一条" },
    });
  due.push({
    key: "FUND_AUDIT",
    title: { zh: "经费审查委员会", en: "Fund audit committee" },
    must: heads.members >= from,
    ok: has.committees.includes("FUND_AUDIT"),
    why: {
      zh: "各级工会建立经费审查委员会，与工会委员会同时选举。",
      en: "Every level sets one up, elected with the committee.",
    },
    source: { document: law, article: "第四十五条" },
  });
  const women = pinned(womenCommitteeFrom, pins);
  const rules = { zh: "《工会女职工委员会工作条例》", en: "Rules on women workers’ committees" };
  if (heads.womenMembers >= women)
    due.push({
      key: "WOMEN_WORKERS",
      title: { zh: "女职工委员会", en: "Women workers’ committee" },
      must: true,
      ok: has.committees.includes("WOMEN_WORKERS"),
      why: {
        zh: `女会员 ${heads.womenMembers} 人，达到 ${women} 人，应当建立。`,
        en: `${heads.womenMembers} women members; due from ${women}.`,
      },
      source: { document: rules, article: "第十一条" },
    });
  else if (heads.womenMembers > 0)
    due.push({
      key: "WOMEN_DELEGATE",
      title: { zh: "女职工委员", en: "Women’s delegate" },
      must: true,
      ok: has.womenDelegate || has.committees.includes("WOMEN_WORKERS"),
      why: {
        zh: `女会员 ${heads.womenMembers} 人，不足 ${women} 人，设女职工委员一名。`,
        en: `${heads.womenMembers} women members, fewer than ${women}: one delegate.`,
      },
      source: { document: rules, article: "第十一条" },
    });
  const fullTime = pinned(fullTimeChairFrom, pins);
  if (heads.workers !== null && heads.workers >= fullTime)
    due.push({
      key: "FULL_TIME_CHAIR",
      title: { zh: "专职工会主席", en: "Full-time chair" },
      must: false,
      ok: has.fullTimeChair,
      why: {
        zh: `职工 ${heads.workers} 人，达到 ${fullTime} 人，可以设专职主席。`,
        en: `${heads.workers} workers; a full-time chair is possible from ${fullTime}.`,
      },
      source: { document: law, article: "第十四条" },
    });
  return due;
}

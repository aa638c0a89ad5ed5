import { z } from "zod";
import type { Day } from "../kernel/day.ts";
import { reasonOf, zReason } from "../kernel/reason.ts";
import { isRefusal, type Refusal, refuse, type Source, sourceText } from "../kernel/refusal.ts";
import { zDay, zId, zText } from "../kernel/schemas.ts";
import type { Lang } from "../kernel/words.ts";
import type { UnitDetails } from "./details.ts";
import { legalPersonStatuses, levelTitle, orgForms, orgTypes, unitStatuses } from "./levels.ts";
import type { Post } from "./posts.ts";
import type { Power } from "./powers.ts";
import { powerTitles, roleTitles } from "./powers.ts";
import type { RegionInfo } from "./regions.ts";
import { type Actor, covers, scopeOf } from "./scope.ts";
import { isClosed, needsSuperior, statusesAfter } from "./status.ts";
import type { UnitLine as Line } from "./store.ts";
import type { Unit, UnitEvent } from "./unit.ts";

/** A unit in a list. `members` are those of its whole subtree, `ownMembers` those it holds itself. */
export const UnitLine = z.object({
  id: zId<"unit">(),
  name: z.string(),
  shortName: z.string().nullable(),
  code: z.string(),
  level: z.string(),
  levelTitle: zText,
  path: z.string(),
  parentId: zId<"unit">().nullable(),
  status: z.string(),
  statusTitle: zText,
  members: z.int(),
  ownMembers: z.int(),
  children: z.int(),
  regionCode: z.string(),
  district: z.string(),
  uscc: z.string().nullable(),
});

/** A unit's row with the titles of its codes. The row's own members become `ownMembers`. */
export function presentLine(line: Line): z.input<typeof UnitLine> {
  return {
    id: line.id,
    name: line.name,
    shortName: line.shortName,
    code: line.code,
    level: line.level,
    levelTitle: levelTitle(line.level),
    path: line.path,
    parentId: line.parentId,
    status: line.status,
    statusTitle: unitStatuses[line.status],
    members: line.membersBelow,
    ownMembers: line.members,
    children: line.children,
    regionCode: line.regionCode,
    district: line.district,
    uscc: line.uscc,
  };
}

/** Something that may be done to a unit, or why not. */
export const UnitOffer = z.object({
  name: z.string(),
  title: zText,
  kind: z.enum(["primary", "normal", "danger"]),
  allowed: z.boolean(),
  refusal: zReason.optional(),
});

/** What an actor may do to a unit, each with the reason when they may not. */
export function unitOffers(unit: Unit, actor: Actor, today: Day, lang: Lang): z.input<typeof UnitOffer>[] {
  const why = (power: Power, strictlyAbove = false): Refusal | undefined => {
    if (isClosed(unit.status)) return refuse("unit-closed");
    const scope = scopeOf(actor, power, today);
    if (isRefusal(scope)) return scope;
    const inside = covers(scope, unit.path) && !(strictlyAbove && scope.roots.includes(unit.path));
    return inside ? undefined : refuse("not-yours", { power: powerTitles[power] });
  };
  const offer = (
    name: string,
    title: { zh: string; en: string },
    kind: "primary" | "normal" | "danger",
    refusal: Refusal | undefined,
  ): z.input<typeof UnitOffer> => ({
    name,
    title,
    kind,
    allowed: refusal === undefined,
    ...(refusal && { refusal: reasonOf(refusal, lang) }),
  });
  return [
    offer("edit", { zh: "修改", en: "Edit" }, "normal", why("unit.write")),
    offer("addChild", { zh: "新建下级工会", en: "Add a union below" }, "primary", why("unit.write")),
    offer("import", { zh: "导入下级工会", en: "Import unions below" }, "normal", why("unit.write")),
    offer("givePost", { zh: "任命岗位", en: "Give a post" }, "normal", why("post.write")),
    offer("move", { zh: "调整隶属关系", en: "Move" }, "normal", why("unit.move", true)),
    ...statusesAfter(unit.status).map((to) =>
      offer(
        `status:${to}`,
        { zh: `改为「${unitStatuses[to].zh}」`, en: `Change to “${unitStatuses[to].en}”` },
        to === "DISSOLVING" || to === "DISSOLVED" || to === "MERGED" ? "danger" : "normal",
        why("unit.write", needsSuperior(to) && unit.parentId !== null),
      ),
    ),
  ];
}

export const PostLine = z.object({
  id: zId<"post">(),
  personId: zId<"person">(),
  personName: z.string(),
  unitId: zId<"unit">(),
  role: z.string(),
  roleTitle: zText,
  from: zDay,
  until: zDay.nullable(),
  endedReason: z.string().nullable(),
});

/** A post, held or ended, with its role's title. */
export function presentPost(post: Post): z.input<typeof PostLine> {
  return {
    id: post.id,
    personId: post.personId,
    personName: post.personName,
    unitId: post.unitId,
    role: post.role,
    roleTitle: roleTitles[post.role],
    from: post.from,
    until: post.until,
    endedReason: post.endedReason,
  };
}

export const EventLine = z.object({
  id: zId<"unit-event">(),
  kind: z.string(),
  kindTitle: zText,
  before: z.unknown(),
  after: z.unknown(),
  reason: z.string().nullable(),
  byName: z.string().nullable(),
  on: zDay,
});

const eventTitles = {
  created: { zh: "建立", en: "Founded" },
  edited: { zh: "修改", en: "Edited" },
  moved: { zh: "调整隶属关系", en: "Moved" },
  status: { zh: "状态变更", en: "Status changed" },
  imported: { zh: "导入下级工会", en: "Unions below imported" },
} as const satisfies Record<UnitEvent["kind"], { zh: string; en: string }>;

/**
 * A change of a unit with what stood before and after. `byName` is null where the program or somebody without
 * a post made it.
 */
export function presentEvent(
  event: UnitEvent & { readonly byName: string | null },
): z.input<typeof EventLine> {
  return {
    id: event.id,
    kind: event.kind,
    kindTitle: eventTitles[event.kind],
    before: event.before,
    after: event.after,
    reason: event.reason,
    byName: event.byName,
    on: event.onDay,
  };
}

const Check = z.object({
  key: z.string(),
  title: zText,
  ok: z.boolean(),
  why: zText,
});

/** A unit's whole page. */
export const UnitPage = UnitLine.extend({
  version: z.int(),
  formerCodes: z.array(z.string()),
  orgType: z.string().nullable(),
  orgTypeTitle: zText.nullable(),
  orgForm: z.string().nullable(),
  orgFormTitle: zText.nullable(),
  regionName: z.string(),
  legalPersonStatus: z.string(),
  legalPersonStatusTitle: zText,
  foundedOn: zDay.nullable(),
  termYears: z.int().nullable(),
  termNumber: z.int().nullable(),
  termStart: zDay.nullable(),
  termEnd: zDay.nullable(),
  employer: z.unknown(),
  details: z.unknown(),
  fundsParent: z.object({ id: zId<"unit">(), name: z.string() }).nullable(),
  industrialParent: z.object({ id: zId<"unit">(), name: z.string() }).nullable(),
  /** The unions above, the highest first; `mine` when the reader may open them. */
  ancestors: z.array(z.object({ id: zId<"unit">(), name: z.string(), level: z.string(), mine: z.boolean() })),
  womenMembers: z.int(),
  sixHaves: z.array(Check),
  committees: z.array(Check.extend({ must: z.boolean(), source: z.string().optional() })),
  seats: z.object({ min: z.int(), max: z.int() }).nullable(),
  /** What may stand in a unit of so many members (Trade Union Law, Article 11). */
  forms: z.array(z.enum(["committee", "joint", "organiser"])),
  /** What its life waits for: an answer from above, an election, a new chair. */
  awaited: z.array(
    z.object({
      key: z.string(),
      title: zText,
      since: zDay,
      dueOn: zDay.nullable(),
      overdue: z.boolean(),
      why: zText,
      source: z.string(),
    }),
  ),
  posts: z.array(PostLine),
  events: z.array(EventLine),
  may: z.array(UnitOffer),
});

/** The titles that go with a unit's codes. */
export function unitTitles(unit: Unit) {
  return {
    orgTypeTitle: unit.orgType && orgTypes[unit.orgType],
    orgFormTitle: unit.orgForm && orgForms[unit.orgForm],
    legalPersonStatusTitle: legalPersonStatuses[unit.legalPersonStatus],
  };
}

/** Committees as a union's record has them. */
export function committeesOf(details: UnitDetails) {
  return (details.committees ?? []).map((one) => one.kind);
}

export const RegionLine = z.object({
  code: z.string(),
  name: z.string(),
  level: z.string(),
  children: z.boolean(),
});

/** A division with its code and Chinese name; `children` says whether there are any below it to ask for. */
export function presentRegion(region: RegionInfo, children: boolean): z.input<typeof RegionLine> {
  return { code: region.code, name: region.name, level: region.level, children };
}

/** A source in the reader's language. */
export function presentSource(source: Source, lang: Lang): string {
  return sourceText(source, lang);
}

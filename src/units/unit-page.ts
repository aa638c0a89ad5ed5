import type { z } from "zod";
import type { Tx } from "../db/index.ts";
import type { Day } from "../kernel/day.ts";
import { isRefusal, type Or } from "../kernel/refusal.ts";
import type { Lang } from "../kernel/words.ts";
import { chinaCalendar } from "../kernel/working-days.ts";
import { awaitedOf, awaitedPolicies, chairLeftOn } from "./awaited.ts";
import { committeeForms, committeePolicies, committeesDue, seatsFor } from "./committees.ts";
import { levelTitle } from "./levels.ts";
import { pinsFor } from "./policy-store.ts";
import { postsOfUnit } from "./posts.ts";
import { roleTitles } from "./powers.ts";
import {
  committeesOf,
  presentEvent,
  presentLine,
  presentPost,
  presentSource,
  type UnitPage,
  unitOffers,
  unitTitles,
} from "./present.ts";
import { fullRegionName } from "./regions.ts";
import { type Actor, covers, isHeld, type Scope } from "./scope.ts";
import { sixHaves, sixHavesPolicies } from "./six-haves.ts";
import { isClosed } from "./status.ts";
import { ancestorsOfUnit, findUnitLine, unitById, unitEvents, womenOf } from "./store.ts";
import type { Unit } from "./unit.ts";

/** Everything about a union of the scope, as its page shows it to the actor; else `not-found`. */
export async function unitPage(
  tx: Tx,
  scope: Scope,
  actor: Actor,
  id: Unit["id"],
  today: Day,
  lang: Lang,
): Promise<Or<z.input<typeof UnitPage>>> {
  const line = await findUnitLine(tx, scope, id);
  if (isRefusal(line)) return line;
  const pins = await pinsFor(
    tx,
    [...committeePolicies, ...sixHavesPolicies, ...awaitedPolicies],
    line.path,
    today,
  );
  const ancestors = await ancestorsOfUnit(tx, line.path);
  const posts = await postsOfUnit(tx, id, today, { past: true });
  const events = await unitEvents(tx, id, 50);
  const womenMembers = (await womenOf(tx, line)) || (line.details.womenMembers ?? 0);
  const chair = posts.find((post) => post.role === "chair" && isHeld(post, today));
  const { details } = line;
  const committees = committeesOf(details);
  const local = line.level === "GRASSROOTS" || line.level === "COMMUNITY";
  const due = committeesDue(
    { members: line.membersBelow, womenMembers, workers: line.employer?.employeeCount ?? null },
    {
      committees,
      womenDelegate: details.womenDelegate ?? false,
      fullTimeChair: details.fullTimeChair ?? false,
    },
    pins,
  );
  const haves = sixHaves(
    {
      today,
      chairSince: chair?.from ?? null,
      chairTrainedOn: (details.chairTrainedOn as Day | undefined) ?? null,
      termEnd: line.termEnd,
      committees,
      womenMembers,
      lastActivityOn: (details.lastActivityOn as Day | undefined) ?? null,
      rules: details.rules ?? [],
      hasBankAccount: details.hasBankAccount ?? false,
      hasApprovedBudget: details.hasApprovedBudget ?? false,
      satisfiedBp: details.satisfiedBp ?? null,
    },
    pins,
  );
  const began = events.find((one) => one.kind === "created" || one.kind === "status");
  const awaited = awaitedOf(
    {
      status: line.status,
      statusSince: began?.onDay ?? null,
      owesChair: !isClosed(line.status) && line.level !== "GROUP",
      chairLeftOn: chairLeftOn(posts, today),
      today,
    },
    pins,
    chinaCalendar,
  );
  return {
    ...presentLine(line),
    ...unitTitles(line),
    version: line.version,
    formerCodes: [...line.formerCodes],
    orgType: line.orgType,
    orgForm: line.orgForm,
    regionName: fullRegionName(line.regionCode),
    legalPersonStatus: line.legalPersonStatus,
    foundedOn: line.foundedOn,
    termYears: line.termYears,
    termNumber: line.termNumber,
    termStart: line.termStart,
    termEnd: line.termEnd,
    employer: line.employer,
    details,
    fundsParent: await named(tx, line.fundsParentId),
    industrialParent: await named(tx, line.industrialParentId),
    ancestors: ancestors.map((one) => ({
      id: one.id,
      name: one.name,
      level: one.level,
      mine: covers(scope, one.path),
    })),
    womenMembers,
    sixHaves: local ? haves.map((one) => ({ ...one })) : [],
    committees: due.map(({ source, ...one }) => ({ ...one, source: presentSource(source, lang) })),
    seats: local ? { ...seatsFor(line.membersBelow, pins) } : null,
    forms: local ? [...committeeForms(line.membersBelow, pins)] : [],
    awaited: awaited.map(({ source, ...one }) => ({ ...one, source: presentSource(source, lang) })),
    posts: posts.map(presentPost),
    events: events.map(presentEvent),
    may: unitOffers(line, actor, today, lang),
  };
}

async function named(tx: Tx, id: Unit["id"] | null): Promise<{ id: Unit["id"]; name: string } | null> {
  const unit = id === null ? undefined : await unitById(tx, id);
  return unit ? { id: unit.id, name: unit.name } : null;
}

/** Open affairs of a union: what it is, who leads it, when the term ends. Officers' names are public, nothing else of theirs is. */
export async function publicPage(tx: Tx, unit: Unit, today: Day) {
  const ancestors = await ancestorsOfUnit(tx, unit.path);
  const posts = await postsOfUnit(tx, unit.id, today);
  return {
    id: unit.id,
    name: unit.name,
    level: unit.level,
    levelTitle: levelTitle(unit.level),
    parentName: ancestors.at(-1)?.name ?? null,
    status: unit.status,
    members: unit.members,
    termFrom: unit.termStart,
    termUntil: unit.termEnd,
    phone: unit.details.officePhone ?? null,
    address: unit.details.address ?? null,
    ancestors: ancestors.map(({ id, name }) => ({ id, name })),
    posts: posts
      .filter((post) => post.from <= today && publicRoles.has(post.role))
      .map((post) => ({ personName: post.personName, roleTitle: roleTitles[post.role] })),
    facts: [
      { label: { zh: "工会编码", en: "Code" }, value: unit.code },
      { label: { zh: "所在地区", en: "Region" }, value: fullRegionName(unit.regionCode) },
      ...(unit.uscc ? [{ label: { zh: "统一社会信用代码", en: "Credit code" }, value: unit.uscc }] : []),
    ],
  };
}

const publicRoles: ReadonlySet<string> = new Set(["chair", "vice_chair", "organiser", "women", "audit"]);

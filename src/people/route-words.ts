import { z } from "zod";
import type { Day } from "../kernel/day.ts";
import { instantText } from "../kernel/day.ts";
import { isInside, type UnitPath } from "../kernel/path.ts";
import { reasonOf, zReason } from "../kernel/reason.ts";
import { isRefusal, type Refusal, refuse } from "../kernel/refusal.ts";
import type { Session } from "../kernel/route.ts";
import { zText } from "../kernel/schemas.ts";
import { type Lang, say, type Text } from "../kernel/words.ts";
import { isHeld, may, satisfies } from "../units/index.ts";
import { type Looker, type LookLine, lookSentence } from "./looks.ts";
import {
  counts,
  decideMembership,
  type MembershipAction,
  type MembershipActionName,
  type MembershipActor,
  type MembershipChange,
  type RelationFacts,
  reasonTitles,
  type StatusReason,
  transitions,
} from "./membership.ts";
import type { Membership } from "./membership-store.ts";
import { rosterFields } from "./roster/columns.ts";

/** A field of a small form, as the faces draw it. */
const zField = z.object({
  key: z.string(),
  kind: z.enum(["text", "longText", "oneOf", "yesNo", "day", "unit"]),
  label: zText,
  help: zText.optional(),
  required: z.boolean(),
  options: z.array(z.object({ value: z.string(), label: zText })).optional(),
  maxLength: z.int().optional(),
  sensitive: z.boolean(),
});

/** An action as a page offers it, or says why not. */
export const zOffer = z.object({
  name: z.string(),
  title: zText,
  kind: z.enum(["primary", "normal", "danger"]),
  confirm: zText.optional(),
  fields: z.array(zField),
  allowed: z.boolean(),
  refusal: zReason.optional(),
});

export const zLook = z.object({
  id: z.string(),
  at: z.string(),
  byName: z.string(),
  byUnit: z.string().nullable(),
  byRole: z.string().nullable(),
  what: z.string(),
  fields: z.array(z.string()),
  purpose: z.string(),
  caseNumber: z.string().nullable(),
  sentence: z.string(),
});

/**
 * A look with its sentence in the reader's language. It keeps the case's number: `withoutCase` comes first
 * for whoever may not see that case.
 */
export function lookAnswer(look: LookLine, lang: Lang): z.input<typeof zLook> {
  return {
    ...look,
    at: instantText(look.at),
    fields: [...look.fields],
    sentence: say(lookSentence(look), lang),
  };
}

/** Who looks, with the post that carries the power there. */
export function lookerOf(session: Session, place: UnitPath, today: Day): Looker {
  const posts = session.actor.posts.filter((post) => isHeld(post, today) && isInside(place, post.unitPath));
  const post = posts.find((one) => satisfies(one.role, "roster.reveal")) ?? posts[0];
  return {
    person: session.person,
    name: session.name,
    unit: post?.unitName ?? null,
    role: post?.role ?? null,
  };
}

/** A look without the number of a case that is not among those the reader sees. */
export function withoutCase(look: LookLine, seen: readonly object[]): LookLine {
  const known = seen.some((one) => "number" in one && one.number === look.caseNumber);
  return known ? look : { ...look, caseNumber: null };
}

/** Whether an officer reads who looked at somebody of a place: those who may reveal there, and those who audit. */
export function maySeeLooks(session: Session, place: UnitPath, today: Day): boolean {
  return (["roster.reveal", "audit.read"] as const).some((power) => may(session.actor, power, place, today));
}

/** The parts in which an actor may decide on a membership, the nearest first. */
export function decidersOf(
  session: Session,
  membership: Pick<Membership, "unitId" | "path">,
  today: Day,
): readonly MembershipActor[] {
  const parts = new Set<MembershipActor>();
  for (const post of session.actor.posts) {
    if (
      !isHeld(post, today) ||
      !satisfies(post.role, "member.decide") ||
      !isInside(membership.path, post.unitPath)
    )
      continue;
    if (post.unitId === membership.unitId) parts.add("grassroots");
    else
      parts.add(
        ["PREFECTURE", "PROVINCIAL", "NATIONAL", "NATIONAL_INDUSTRIAL"].includes(post.unitLevel)
          ? "city"
          : "upper",
      );
  }
  return (["grassroots", "upper", "city"] as const).filter((one) => parts.has(one));
}

/** Decides in whichever of the actor's parts may; else says why the first may not. Who has no part in it decides nothing. */
export function decideAsAny(
  relation: RelationFacts,
  action: MembershipAction,
  parts: readonly MembershipActor[],
  person: string,
): MembershipChange | Refusal {
  let first: Refusal | undefined;
  if (parts.length === 0) return refuse("not-yours");
  for (const as of parts) {
    const decided = decideMembership(relation, action, { as, person });
    if (!isRefusal(decided)) return decided;
    if (first === undefined || first.code === "membership-not-yours") first = decided;
  }
  return first!;
}

/** Actions a person's page offers; those of an application to join belong to its case. */
export const pageActions = [
  "retain",
  "reactivate",
  "withdraw",
  "autoWithdraw",
  "expel",
  "deceased",
  "restore",
  "cancel",
  "confirm",
  "takeBack",
] as const satisfies readonly MembershipActionName[];

const labels = {
  reason: { zh: "原因", en: "Reason" },
  note: { zh: "说明", en: "Note" },
  decision: { zh: "委员会决定（文号或日期）", en: "The committee’s decision (number or date)" },
  opinion: { zh: "工会小组意见", en: "The group’s opinion" },
  filing: { zh: "上级工会备案号", en: "Filing number of the superior union" },
  rehired: { zh: "是否退休后返聘", en: "A retiree hired again?" },
  proof: {
    zh: "本人怎样确认的（纸质确认书、当面签字的日期等）",
    en: "How the worker confirmed it (a signed form, the day they signed)",
  },
} as const satisfies Record<string, Text>;

const asks: Readonly<Record<(typeof pageActions)[number], readonly Exclude<keyof typeof labels, "proof">[]>> =
  {
    retain: ["reason", "note"],
    reactivate: ["reason", "rehired", "note"],
    withdraw: ["note"],
    autoWithdraw: ["decision", "note"],
    expel: ["decision", "opinion", "filing", "note"],
    deceased: ["note"],
    restore: ["note"],
    cancel: ["reason", "note"],
    confirm: ["note"],
    takeBack: ["reason", "note"],
  };
const needsNote = new Set<string>(["withdraw", "restore", "cancel", "confirm", "takeBack"]);

/** Every action on a membership with what it asks, allowed or refused with its reason. */
export function offersOf(
  relation: RelationFacts,
  parts: readonly MembershipActor[],
  person: string,
  lang: Lang,
): z.input<typeof zOffer>[] {
  return pageActions
    .filter((name) => (transitions[name].from as readonly string[]).includes(relation.status))
    .map((name) => {
      const rule = transitions[name];
      const filled = {
        name,
        note: "-",
        decision: "-",
        opinion: "-",
        filing: "-",
        reason: rule.reasons[0],
      } as MembershipAction;
      const decided = decideAsAny(relation, filled, parts, person);
      const danger = name === "expel" || name === "cancel" || name === "autoWithdraw";
      return {
        name,
        title: rule.title,
        kind: danger ? ("danger" as const) : name === "confirm" ? ("primary" as const) : ("normal" as const),
        fields: asks[name].map((key) => ({
          key,
          kind:
            key === "reason"
              ? ("oneOf" as const)
              : key === "rehired"
                ? ("yesNo" as const)
                : key === "note" || key === "opinion"
                  ? ("longText" as const)
                  : ("text" as const),
          label: name === "confirm" ? labels.proof : labels[key],
          required: key === "note" ? needsNote.has(name) : key !== "rehired",
          sensitive: false,
          ...(key === "reason" && {
            options: rule.reasons.map((value: StatusReason) => ({ value, label: reasonTitles[value] })),
          }),
          ...(key === "note" || key === "opinion" ? { maxLength: 500 } : {}),
        })),
        allowed: !isRefusal(decided),
        ...(isRefusal(decided) && {
          refusal: reasonOf(decided, lang),
        }),
      };
    });
}

/** Reasons for which a union asks for a transfer (membership.md §2.1, §4.1). The first is the usual one. */
const transferReasons = ["JOB_CHANGE", "SECONDMENT", "UNIT_UNION_FOUNDED", "UNIT_CLOSED"] as const;

/**
 * Asking for a transfer on a member's behalf and with their consent (membership.md §9.4), by whoever decides on members
 * there; null where there is no membership to move.
 */
export function transferOffer(
  relation: Pick<Membership, "status" | "kind"> | null,
  at: { readonly decides: boolean; readonly open: boolean },
  lang: Lang,
): z.input<typeof zOffer> | null {
  if (relation?.kind !== "member" || !counts(relation.status)) return null;
  const refused = !at.decides ? refuse("not-yours") : at.open ? refuse("transfer-open") : null;
  return {
    name: "transfer",
    title: { zh: "申请接转", en: "Ask for a transfer" },
    kind: "normal",
    confirm: {
      zh: "本人会收到消息。原工会转出、新工会接收以后，会员关系才变。",
      en: "The member is told. Nothing changes until the old union has released and the new one accepted.",
    },
    fields: [
      {
        key: "unit",
        kind: "unit",
        label: { zh: "转到哪个工会", en: "To which union" },
        required: true,
        sensitive: false,
      },
      {
        key: "reason",
        kind: "oneOf",
        label: labels.reason,
        required: true,
        sensitive: false,
        options: transferReasons.map((value) => ({ value, label: reasonTitles[value] })),
      },
      {
        key: "note",
        kind: "longText",
        label: {
          zh: "本人怎样同意的（何时、当面或书面）",
          en: "How the member agreed (when, in person or in writing)",
        },
        required: true,
        maxLength: 500,
        sensitive: false,
      },
    ],
    allowed: refused === null,
    ...(refused && { refusal: reasonOf(refused, lang) }),
  };
}

/** The titles of fields a person lacks. */
export function wantedTitles(fields: readonly string[]): Text[] {
  return fields.map((field) =>
    field in rosterFields ? rosterFields[field as keyof typeof rosterFields].title : { zh: field, en: field },
  );
}

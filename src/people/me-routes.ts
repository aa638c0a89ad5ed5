import { z } from "zod";
import { parseCard } from "../kernel/bank-card.ts";
import { momentCursor, readMoment } from "../kernel/cursor.ts";
import { instantText } from "../kernel/day.ts";
import { isId } from "../kernel/ids.ts";
import { isRefusal, type Or, placed } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zDay, zList, zPage, zText } from "../kernel/schemas.ts";
import { parseText } from "../kernel/text.ts";
import type { Text } from "../kernel/words.ts";
import { cardOf } from "./card.ts";
import { educations, employmentTypes, ethnicities, politicalStatuses } from "./codes.ts";
import { fileHeadedBy, findHouseholdOf } from "./household.ts";
import { looksAt } from "./looks.ts";
import { type MembershipStatus, membershipStatuses } from "./membership.ts";
import type { PersonFacts } from "./person.ts";
import { householdAnswer, zHousehold } from "./route-schemas.ts";
import { lookAnswer, wantedTitles, zLook } from "./route-words.ts";
import type { PersonSealed } from "./sealed.ts";
import { districtsLived, editPerson, editSealed, getPerson } from "./store.ts";

const zCode = (list: Readonly<Record<string, Text>>) => z.enum(Object.keys(list) as [string, ...string[]]);

const meRoutes = {
  lookedAt: defineRoute({
    method: "GET",
    url: "/me/looked-at",
    tag: "me",
    summary: { zh: "谁看过我的资料", en: "Who looked at my file" },
    query: zPage,
    response: zList(zLook),
  }),
  household: defineRoute({
    method: "GET",
    url: "/me/household",
    tag: "me",
    summary: { zh: "我的家庭和困难档案", en: "My household and hardship file" },
    response: z.object({
      household: zHousehold.nullable(),
      file: z
        .object({
          number: z.string(),
          state: z.string(),
          stateTitle: zText,
          category: z.string(),
          categoryTitle: zText,
          validUntil: zDay,
          caseId: z.string(),
        })
        .nullable(),
      toComplete: z.array(z.object({ field: z.string(), label: zText })),
    }),
  }),
  card: defineRoute({
    method: "GET",
    url: "/me/card",
    tag: "me",
    summary: { zh: "我的电子会员卡", en: "My member card" },
    response: z.object({
      memberNo: z.string(),
      name: z.string(),
      unitName: z.string(),
      status: z.enum(membershipStatuses as [MembershipStatus, ...MembershipStatus[]]),
      code: z.string(),
      qr: z.string(),
      validUntil: z.string(),
    }),
  }),
  correct: defineRoute({
    method: "PUT",
    url: "/me/facts",
    tag: "me",
    summary: { zh: "补全或更正我的资料", en: "Complete or correct my own facts" },
    body: z.object({
      ethnicity: zCode(ethnicities).optional(),
      education: zCode(educations).optional(),
      politicalStatus: zCode(politicalStatuses).optional(),
      employmentType: zCode(employmentTypes).optional(),
      employerName: z.string().max(200).optional(),
      jobTitle: z.string().max(120).optional(),
      migrant: z.boolean().optional(),
      birthDate: zDay.optional(),
      sex: z.union([z.literal(1), z.literal(2)]).optional(),
      address: z.string().max(400).optional(),
      bankCard: z.string().max(40).optional(),
      bankName: z.string().max(200).optional(),
      bankBranch: z.string().max(200).optional(),
    }),
    response: z.object({ toComplete: z.array(z.object({ field: z.string(), label: zText })) }),
  }),
};

const fileStates: Readonly<Record<string, Text>> = {
  active: { zh: "有效，可以申请帮扶", en: "In force: you can ask for aid" },
  reverifying: { zh: "正在年度复核", en: "In its yearly check" },
  exiting: { zh: "正在办理退出", en: "On its way out" },
};
const categories: Readonly<Record<string, Text>> = {
  deep: { zh: "深度困难", en: "Deep hardship" },
  relative: { zh: "相对困难", en: "Relative hardship" },
  accident: { zh: "意外致困", en: "Hardship by accident" },
};

export const meHandlers: readonly Handled[] = [
  handle(meRoutes.lookedAt, async ({ ctx, session, query, lang }) => {
    const after = readMoment(query.cursor, isId<"look">);
    if (isRefusal(after)) return after;
    const looks = await ctx.db.read(session.viewer, async (tx) =>
      looksAt(tx, await districtsLived(tx, session), session.person, after, query.limit + 1),
    );
    const items = looks.slice(0, query.limit);
    const last = looks.length > query.limit ? items.at(-1) : undefined;
    const next = last ? momentCursor(last) : null;
    return { items: items.map((look) => lookAnswer(look, lang)), next };
  }),

  handle(meRoutes.household, async ({ ctx, session }) =>
    ctx.db.systemRead(async (tx) => {
      const person = await getPerson(tx, session.person, session.district);
      const household = await findHouseholdOf(tx, ctx.ring, person);
      const head = { district: person.district, id: household?.headId ?? person.id };
      const file = await fileHeadedBy(tx, head);
      return {
        household: householdAnswer(household),
        file: file
          ? {
              ...file,
              stateTitle: fileStates[file.state] ?? { zh: file.state, en: file.state },
              categoryTitle: categories[file.category] ?? { zh: file.category, en: file.category },
            }
          : null,
        toComplete: wanted(person.toComplete),
      };
    }),
  ),

  handle(meRoutes.card, async ({ ctx, session, now }) => {
    const card = await ctx.db.system(async (tx) =>
      cardOf(tx, ctx.ring, await getPerson(tx, session.person, session.district), ctx.config.origin, now),
    );
    if (isRefusal(card)) return card;
    const { memberNo, name, unitName, status, code, qr, validUntil } = card;
    return { memberNo, name, unitName, status, code, qr, validUntil: instantText(validUntil) };
  }),

  handle(meRoutes.correct, async ({ ctx, session, body }) => {
    const changes = corrections(body);
    if (isRefusal(changes)) return changes;
    return ctx.db.system(async (tx) => {
      let person = await getPerson(tx, session.person, session.district);
      const { plain, sealed } = changes;
      // What the identity number says is not corrected here: it governs.
      const told = person.idHash !== null && person.idKind === "resident";
      const { birthDate, sex, ...free } = plain;
      person = await editPerson(
        tx,
        ctx.ring,
        person,
        told ? free : { ...free, ...(birthDate && { birthDate }), ...(sex && { sex }) },
      );
      if (Object.keys(sealed).length > 0) person = await editSealed(tx, ctx.ring, person, sealed);
      return { toComplete: wanted(person.toComplete) };
    });
  }),
];

type Corrections = z.output<typeof meRoutes.correct.body>;

/** The person's own words, parsed. */
function corrections(
  body: Corrections,
): Or<{ readonly plain: Partial<PersonFacts>; readonly sealed: Omit<PersonSealed, "idNumber"> }> {
  const { employerName, jobTitle, address, bankCard, bankName, bankBranch, ...codes } = body;
  const plain: Record<string, unknown> = Object.fromEntries(
    Object.entries(codes).filter(([, value]) => value !== undefined),
  );
  const sealed: Record<string, string> = {};
  for (const [key, value, max] of [
    ["employerName", employerName, 100],
    ["jobTitle", jobTitle, 60],
    ["address", address, 200],
    ["bankName", bankName, 100],
    ["bankBranch", bankBranch, 100],
  ] as const) {
    if (value === undefined) continue;
    const text = parseText(value, { min: 0, max });
    if (isRefusal(text)) return placed(text, `/${key}`);
    if (key === "employerName" || key === "jobTitle") plain[key] = text === "" ? null : text;
    else sealed[key] = text;
  }
  if (bankCard !== undefined && bankCard !== "") {
    const card = parseCard(bankCard, { at: "/bankCard" });
    if (isRefusal(card)) return card;
    sealed.bankCard = card.number;
  }
  return { plain: plain as Partial<PersonFacts>, sealed };
}

function wanted(fields: readonly string[]): { field: string; label: Text }[] {
  const labels = wantedTitles(fields);
  return fields.map((field, i) => ({ field, label: labels[i]! }));
}

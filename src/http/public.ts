import { z } from "zod";
import { findCode, parseCode, type Verified } from "../documents/verify.ts";
import { addDays, type Day, formatDay } from "../kernel/day.ts";
import { isRefusal, refuse } from "../kernel/refusal.ts";
import { defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zDay, zText } from "../kernel/schemas.ts";
import type { Text } from "../kernel/words.ts";
import { cardPrefix, verifyCardNow } from "../people/card.ts";
import { rootsOf } from "../procedures/closing.ts";

const Fact = z.object({ label: zText, value: z.string() });

const Verification = z.object({
  kind: z.enum(["card", "letter", "notice", "root"]),
  valid: z.boolean(),
  /** Why not, or from when to when. */
  sentence: zText,
  facts: z.array(Fact),
});

const routes = {
  verify: defineRoute({
    method: "GET",
    url: "/public/verify/:code",
    tag: "public",
    summary: {
      zh: "核对会员证、文书、公示或日根的验证码",
      en: "Check the code of a card, letter, notice or daily root",
    },
    public: true,
    perMinute: 120,
    params: z.object({ code: z.string().min(1).max(600) }),
    response: Verification,
  }),
  roots: defineRoute({
    method: "GET",
    url: "/public/roots",
    tag: "public",
    summary: {
      zh: "某日各区县的签名日根和公钥",
      en: "The signed roots of a day by district, and the public key",
    },
    public: true,
    query: z.object({ day: zDay.optional() }),
    response: z.object({
      day: zDay,
      key: z.object({ id: z.string(), algorithm: z.string(), publicKey: z.string() }),
      items: z.array(
        z.object({
          district: z.string(),
          day: zDay,
          actions: z.int(),
          root: z.string(),
          previous: z.string().nullable(),
          signature: z.string(),
          keyId: z.string(),
        }),
      ),
      next: z.null(),
    }),
  }),
};

export const handlers: readonly Handled[] = [
  handle(routes.verify, async ({ ctx, params, today }) => {
    if (params.code.startsWith(cardPrefix)) {
      const card = await ctx.db.systemRead((tx) => verifyCardNow(tx, ctx.ring, params.code, ctx.clock.now()));
      if (isRefusal(card)) return card;
      const sentence = card.valid ? cardStands : cardGone;
      return {
        kind: "card" as const,
        valid: card.valid,
        sentence,
        facts: card.facts.map((fact) => ({ ...fact })),
      };
    }
    const code = parseCode(params.code);
    if (code === null) return refuse("not-found");
    const found = await ctx.db.systemRead((tx) => findCode(tx, code));
    return found ? verificationOf(found, today) : refuse("not-found");
  }),
  handle(routes.roots, async ({ ctx, query, today }) => {
    const day = query.day ?? addDays(today, -1);
    const items = await ctx.db.systemRead((tx) => rootsOf(tx, day));
    const { algorithm, keyId, publicKey } = ctx.signer;
    return { day, key: { id: keyId, algorithm, publicKey: publicKey.key }, items, next: null };
  }),
];

const cardStands: Text = { zh: "会员证真实有效。", en: "The card is genuine and in force." };
const cardGone: Text = {
  zh: "会员证真实，但会籍已变动。",
  en: "The card is genuine, but the membership has changed.",
};

/** What a code stands for today, in words a stranger understands. */
function verificationOf(found: Verified, today: Day): z.input<typeof Verification> {
  const { kind, facts, issuedOn, validUntil, revokedOn } = found;
  const expired = validUntil !== null && validUntil < today;
  const valid = revokedOn === null && !expired;
  const sentence: Text =
    revokedOn !== null
      ? worded("已于{day}撤销，不再有效。", "Revoked on {day}; it no longer stands.", revokedOn)
      : expired
        ? worded("有效期已于{day}届满。", "It was valid to {day} and has run out.", validUntil)
        : worded("真实有效，{day}出具。", "Genuine and in force; issued on {day}.", issuedOn);
  return { kind, valid, sentence, facts: facts.map((fact) => ({ ...fact })) };
}

function worded(zh: string, en: string, day: Day): Text {
  return { zh: zh.replace("{day}", formatDay(day, "zh")), en: en.replace("{day}", formatDay(day, "en")) };
}

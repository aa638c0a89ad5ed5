import { type DailyHandler, enqueue, type JobContext, type JobHandlers } from "../jobs/index.ts";
import { addDays, startOf } from "../kernel/day.ts";
import type { Id } from "../kernel/ids.ts";
import { unseal } from "../kernel/seal.ts";
import { unsealFormerPhone } from "../people/sealed.ts";
import { findPhone } from "../people/sign-in/face.ts";
import { wordsOf } from "./messages.ts";
import { type Delivery, findDelivery, listUnsent, mailTarget, markDelivery, preferenceOf } from "./store.ts";

/**
 * Sends one delivery. What fails is tried again by the queue; the last failure stays to be seen, and is sent after all when
 * somebody lets the job try again.
 */
async function deliver(
  payload: { readonly district: string; readonly delivery: string; readonly former?: string | undefined },
  context: JobContext,
): Promise<void> {
  const { db } = context;
  const id = payload.delivery as Id<"delivery">;
  const delivery = await db.systemRead((tx) => findDelivery(tx, payload.district, id));
  if (!delivery || delivery.state === "sent") return;
  const mark = (state: "queued" | "sent" | "failed", error: string | null) =>
    db.system((tx) => markDelivery(tx, payload.district, id, state, error));
  const person = delivery.person as Id<"person">;
  const lang = delivery.lang === "en" ? "en" : "zh";
  const params = delivery.params as Record<string, unknown>;
  const { title, body } = wordsOf(delivery.template, params, lang);
  const text = [title, closing[lang], context.config.origin + (delivery.link ?? "/")].join("\n\n");
  try {
    if (delivery.channel === "mail") {
      const { mailSealed } = await db.systemRead((tx) =>
        preferenceOf(tx, { person, district: payload.district }),
      );
      if (mailSealed === null) return await mark("failed", "no-address");
      if (context.mail === null) return await mark("failed", "no-mail-server");
      const to = Buffer.from(unseal(context.ring, mailTarget(person), mailSealed)).toString();
      await context.mail.send({ to, subject: `【职家】${title}`, text, id });
    } else if (payload.former !== undefined) {
      if (!context.sms.ready) return await mark("failed", "no-gateway");
      // In full: who has another number now may not be able to sign in and read it.
      await context.sms.send({
        phone: unsealFormerPhone(context.ring, payload.district, person, payload.former),
        template: "number-changed",
        params: { unit: String(params.unit) },
        text: `【职家】${title}。${body}`,
      });
    } else if (delivery.template === "member.renumbered") {
      return await mark("failed", "number-forgotten"); // whoever has the present number is not whom it is for
    } else {
      const phone = await db.systemRead((tx) => findPhone(tx, context.ring, person, payload.district));
      if (phone === null) return await mark("failed", "no-address");
      if (!context.sms.ready) return await mark("failed", "no-gateway");
      await context.sms.send({
        phone,
        template: "message",
        params: { title },
        text: `【职家】${title}。${shortClosing[lang]}`,
      });
    }
  } catch (error) {
    await mark(context.job.last ? "failed" : "queued", kindOf(error));
    throw new Error(`a delivery by ${delivery.channel} failed: ${kindOf(error)}`);
  }
  await mark("sent", null);
}

const closing = {
  zh: "请登录职家查看详情。这是系统邮件，不必回复；不想收到，可在「我的 · 通知」中关闭。",
  en: "Sign in to Zhijia to read it. This mail was sent by the system; you can switch such mail off under Me, Notifications.",
} as const;
const shortClosing = { zh: "请登录职家查看。", en: "Sign in to Zhijia to read it." } as const;

/** What kind of failure, in a word: a server's own words may repeat an address. */
function kindOf(error: unknown): string {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  if (typeof responseCode === "number") return `smtp-${responseCode}`;
  return typeof code === "string" ? code.toLowerCase() : "refused";
}

/** Deliveries queued again in one transaction. */
const requeuedAtOnce = 500;

/** A delivery whose job was lost is queued again: where a job of it is there still, in whatever state, nothing is added. */
export const daily: readonly DailyHandler[] = [
  {
    name: "messages.unsent",
    order: 90,
    async run(day, { db }) {
      const before = startOf(addDays(day, -1));
      let after: Pick<Delivery, "district" | "id"> | null = null;
      do {
        after = await db.system(async (tx) => {
          const unsent: readonly Pick<Delivery, "district" | "id">[] = await listUnsent(
            tx,
            before,
            after,
            requeuedAtOnce,
          );
          for (const { district, id } of unsent)
            await enqueue(tx, "message.deliver", { district, delivery: id }, { key: id, unlessThere: true });
          return unsent.length < requeuedAtOnce ? null : unsent.at(-1)!;
        });
      } while (after !== null);
    },
  },
];

export const jobs: JobHandlers = { "message.deliver": deliver };

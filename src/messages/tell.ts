import type { Tx } from "../db/index.ts";
import { enqueue } from "../jobs/index.ts";
import { type Id, newId } from "../kernel/ids.ts";
import { publish } from "./events.ts";
import { quietFor } from "./messages.ts";
import {
  type Delivery,
  insertDeliveries,
  insertMessages,
  listPreferences,
  quietDefault,
  type Recipient,
} from "./store.ts";
import { type TemplateName, type TemplateParams, templates } from "./templates/index.ts";

declare module "../jobs/index.ts" {
  interface Jobs {
    "message.deliver": {
      readonly district: string;
      readonly delivery: string;
      /** A former telephone number, sealed, to which it goes instead of the present one. */
      readonly former?: string | undefined;
    };
  }
}

/** What is told, to whom, and where it leads. */
export interface Telling<Name extends TemplateName> {
  readonly to: readonly Recipient[];
  readonly template: Name;
  readonly params: TemplateParams<Name>;
  /** The installation's instant. */
  readonly now: Date;
  readonly case?: Id<"case"> | undefined;
  /** A path of the web faces: `/w/cases/…`. No personal data. */
  readonly link?: string | undefined;
}

/**
 * Tell people something, inside the caller's transaction: it is told exactly when the thing has
 * happened. Everybody gets it in the app, live if they have it open; mail and text messages follow by
 * job to those who have them on, after their quiet hours.
 */
export async function tell<Name extends TemplateName>(tx: Tx, telling: Telling<Name>): Promise<void> {
  const to = [...new Map(telling.to.map((one) => [one.person, one])).values()];
  if (to.length === 0) return;
  const { now } = telling;
  const formers = new Map(to.flatMap(({ person, former }) => (former ? [[person, former]] : [])));
  const rows = to.map(({ person, district }) => ({
    district,
    id: newId<"message">(),
    person,
    template: telling.template,
    params: telling.params as Readonly<Record<string, unknown>>,
    link: telling.link ?? null,
    caseId: telling.case ?? null,
    at: now,
  }));
  await insertMessages(tx, rows);
  const also = templates[telling.template].also ?? [];
  if (also.length > 0) {
    const preferences = new Map((await listPreferences(tx, to)).map((one) => [one.person, one]));
    const deliveries: Delivery[] = [];
    for (const row of rows) {
      const wanted = preferences.get(row.person);
      const quiet = {
        from: wanted?.quietFrom ?? quietDefault.from,
        until: wanted?.quietUntil ?? quietDefault.until,
      };
      // Whoever is told at a former number may have to act at once.
      const waitMs = formers.has(row.person) ? 0 : quietFor(now, quiet);
      for (const channel of also) {
        // Text messages cost the union money and mail needs an address: both only when asked for.
        const asked =
          wanted?.channels.includes(channel) && (channel !== "mail" || wanted.mailSealed !== null);
        if (!asked && !(channel === "sms" && formers.has(row.person))) continue;
        deliveries.push({
          district: row.district,
          id: newId<"delivery">(),
          message: row.id,
          person: row.person,
          channel,
          state: waitMs > 0 ? "held" : "queued",
          heldUntil: waitMs > 0 ? new Date(now.getTime() + waitMs) : null,
          at: now,
        });
      }
    }
    await insertDeliveries(tx, deliveries);
    for (const { district, id, person, channel, heldUntil } of deliveries) {
      const former = channel === "sms" ? formers.get(person) : undefined;
      const payload = { district, delivery: id, ...(former !== undefined && { former }) };
      await enqueue(tx, "message.deliver", payload, {
        key: id,
        unlessThere: true,
        ...(heldUntil !== null && { runAt: heldUntil }),
      });
    }
  }
  publish(tx, {
    event: "message",
    to: { people: to.map((one) => one.person) },
    data: { template: telling.template, case: telling.case ?? null },
  });
}

import { z } from "zod";
import { addDuration, daysBetween, parseDuration } from "../kernel/day.ts";
import { isRefusal, refuse } from "../kernel/refusal.ts";
import { type AppContext, defineRoute, type Handled, handle } from "../kernel/route.ts";
import { zDay } from "../kernel/schemas.ts";
import { publish } from "../messages/events.ts";

/** Days one request may move the clock: a year and a month. */
const daysMax = 400;

const routes = {
  advanceClock: defineRoute({
    method: "POST",
    url: "/trial/clock",
    tag: "trial",
    summary: {
      zh: "把试用组织的日期向前拨（真实组织没有此接口），到期的事随即办完",
      en: "Move the fictitious federation's day forward (absent from a real one); what falls due is done when it answers",
    },
    body: z.object({ advance: z.union([z.string().max(20), z.int().min(0).max(daysMax)]) }),
    response: z.object({ today: zDay, advancedDays: z.int() }),
  }),
};

export const handlers: readonly Handled[] = [
  handle(routes.advanceClock, async ({ ctx, body, today }) => {
    // Everybody's to try: whoever is signed in to the fictitious federation may have a day pass.
    if (!ctx.clock.isTrial) return refuse("not-found");
    const duration =
      typeof body.advance === "number"
        ? { months: 0, days: body.advance }
        : parseDuration(body.advance, "/advance");
    if (isRefusal(duration)) return duration;
    const days = daysBetween(today, addDuration(today, duration));
    if (days < 0 || days > daysMax)
      return refuse("bad-duration", { value: String(body.advance) }, { at: "/advance" });
    await running;
    const mine = advance(ctx, days);
    running = mine.catch(() => undefined);
    await mine;
    return { today: ctx.clock.today(), advancedDays: days };
  }),
];

/** Two requests at once move the clock one after the other. */
let running: Promise<unknown> = Promise.resolve();

/** Day by day, so that each day's work sees its own date. */
async function advance(ctx: AppContext, days: number): Promise<void> {
  for (let day = 0; day < days; day++) {
    await ctx.clock.advance(1);
    await drain(ctx);
    await ctx.db.system(async (tx) =>
      publish(tx, { event: "day", to: "all", data: { today: ctx.clock.today() } }),
    );
  }
  if (days === 0) await drain(ctx);
}

/** Jobs that fail are put back for later; the rest of the day's work goes on. */
async function drain(ctx: AppContext): Promise<void> {
  for (let failures = 0; failures < 50; failures++) {
    try {
      return await ctx.drainJobs();
    } catch (error) {
      ctx.log.warn({ err: error }, "a job failed while the trial clock moved");
    }
  }
}

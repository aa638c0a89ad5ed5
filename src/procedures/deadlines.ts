import type { Day } from "../kernel/day.ts";
import { tick } from "./act.ts";
import type { Engine } from "./engine.ts";
import { takeDownEnded } from "./notices-store.ts";
import { lateCases } from "./store.ts";

const atOnce = 200;

/**
 * What the clocks say on a day: late steps go up, lapse or pass; notices that have run come down and their cases go
 * on unless an objection is open; clocks that waited for a year's holidays get their day. Each case in a
 * transaction of its own, so that a crash loses nothing and a second run changes nothing.
 */
export async function runDeadlines(engine: Engine, day: Day): Promise<{ readonly moved: number }> {
  let moved = 0;
  for (let after: string | null = null; ; ) {
    const late: readonly { readonly id: string }[] = await lateAfter(engine, day, after);
    for (const one of late) if (await tick(engine, one.id, day)) moved++;
    after = late.at(-1)?.id ?? null;
    if (after === null || late.length < atOnce) break;
  }
  await engine.db.system((tx) => takeDownEnded(tx, day, engine.clock.now()));
  return { moved };
}

function lateAfter(engine: Engine, day: Day, after: string | null) {
  return engine.db.systemRead((tx) => lateCases(tx, day, after, atOnce));
}

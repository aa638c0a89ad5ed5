import { actionsOn } from "./actions.ts";
import type { Bench } from "./figure.ts";
import { copyOfGround } from "./ground.ts";
import { inTurns } from "./work.ts";

const seconds = 6;

/** Actions a second on open cases, and nothing else. */
export const bench: Bench = async function* (options, say) {
  const ground = await copyOfGround(options, say);
  const share = { ...options, seconds, turns: Math.max(3, Math.ceil(options.seconds / seconds)) };
  try {
    const work = await actionsOn(ground, share, say);
    say("acting by the program and by the drivers, in turns");
    yield* inTurns(ground, [work], share, { bench: "case-step", rows: options.cases, seed: options.seed });
  } finally {
    await ground.drop();
  }
};

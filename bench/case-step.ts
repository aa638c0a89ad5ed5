import { actionsOn } from "./actions.ts";
import type { Bench } from "./figure.ts";
import { copyOfGround } from "./ground.ts";
import { inTurns } from "./work.ts";

/** Actions a second on open cases, and nothing else. */
export const bench: Bench = async function* (options, say) {
  const { connections, cases: rows, seed } = options;
  const ground = await copyOfGround(options, say);
  const share = { connections, each: 12, turns: 3 };
  try {
    const work = await actionsOn(ground, share, say);
    say("acting by the program and by the drivers, in turns");
    yield* inTurns(ground, [work], share.turns, { bench: "case-step", metric: "actions/s", rows, seed });
  } finally {
    await ground.drop();
  }
};

import { applicationsOn } from "./applications.ts";
import type { Bench } from "./figure.ts";
import { copyOfGround } from "./ground.ts";
import { inTurns } from "./work.ts";

/** Applications to join a second, with as many under way as there are connections, and nothing else. */
export const bench: Bench = async function* (options, say) {
  const { connections, members: rows, seed } = options;
  const ground = await copyOfGround(options, say);
  const share = { connections, each: 8, turns: 3 };
  try {
    const work = await applicationsOn(ground, share, say);
    say("applying by the program and by the drivers, in turns");
    yield* inTurns(ground, [work], share.turns, { bench: "apply", metric: "applications/s", rows, seed });
  } finally {
    await ground.drop();
  }
};

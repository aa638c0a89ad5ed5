import { applicationsOn } from "./applications.ts";
import type { Bench } from "./figure.ts";
import { copyOfGround } from "./ground.ts";
import { inTurns } from "./work.ts";

/** Applications a second are made ready for: more than anybody makes. */
const most = 120;

/** Applications to join a second, with as many under way as there are connections, and nothing else. */
export const bench: Bench = async function* (options, say) {
  const ground = await copyOfGround(options, say);
  const share = { connections: options.connections, seconds: 6, turns: 3, most };
  try {
    const work = await applicationsOn(ground, share, say);
    say("applying by the program and by the drivers, in turns");
    yield* inTurns(ground, [work], share, { bench: "apply", rows: options.members, seed: options.seed });
  } finally {
    await ground.drop();
  }
};

import { actionsOn } from "./actions.ts";
import { applicationsOn } from "./applications.ts";
import type { Bench } from "./figure.ts";
import { copyOfGround } from "./ground.ts";
import { inTurns } from "./work.ts";

/** Of the connections, those of workers who apply; officers who act on cases have the others. */
const applying = 0.2;
/** Applications a second are made ready for: more than anybody makes beside the actions. */
const most = 40;

/** Officers act and workers apply at once, for a minute each of the program, the bare driver and pgbench. */
export const bench: Bench = async function* (options, say) {
  const ground = await copyOfGround(options, say);
  const workers = Math.ceil(options.connections * applying);
  const turns = { seconds: 20, turns: 3 };
  try {
    const works = [
      await actionsOn(ground, { ...turns, connections: options.connections - workers }, say),
      await applicationsOn(ground, { ...turns, connections: workers, most }, say),
    ];
    say("acting and applying by the program and by the drivers, in turns");
    yield* inTurns(ground, works, turns, { bench: "mixed", rows: options.members, seed: options.seed });
  } finally {
    await ground.drop();
  }
};

import { actionsOn } from "./actions.ts";
import { applicationsOn } from "./applications.ts";
import type { Bench } from "./figure.ts";
import { copyOfGround } from "./ground.ts";
import { inTurns } from "./work.ts";

/** Of the connections, those of workers who apply; officers who act on cases have the others. */
const applying = 0.2;

/** Officers act and workers apply at once, four actions to an application, until the last of both is done. */
export const bench: Bench = async function* (options, say) {
  const { connections, members: rows, seed } = options;
  const ground = await copyOfGround(options, say);
  const workers = Math.ceil(connections * applying);
  const share = { each: 24, turns: 3 };
  try {
    const works = [
      await actionsOn(ground, { ...share, connections: connections - workers }, say),
      await applicationsOn(ground, { ...share, connections: workers }, say),
    ];
    say("acting and applying by the program and by the drivers, in turns");
    const metric = "actions and applications/s";
    yield* inTurns(ground, works, share.turns, { bench: "mixed", metric, rows, seed });
  } finally {
    await ground.drop();
  }
};

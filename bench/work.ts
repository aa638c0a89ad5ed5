import { beside, type Figure } from "./figure.ts";
import type { Ground } from "./ground.ts";
import { child, serve } from "./load.ts";
import { pgbench } from "./pgbench.ts";

/** A kind of work, done so many times in a turn: by whom, and how many seconds it took them. */
export interface Work {
  /** How many times a turn does it. */
  readonly rounds: number;
  /** The program, over HTTP. */
  ours(base: string): Promise<number>;
  /** A bare driver that runs the very statements. */
  bare(): Promise<number>;
  /** pgbench with the same statements. Throws unless each of its rounds did the work. */
  theirs(program: string): Promise<number>;
  /** Undoes what the drivers left that is no real work, where they did. */
  rest?(): Promise<void>;
}

/** What a kind of work is given to prepare itself. */
export interface WorkShare {
  readonly connections: number;
  /** How many times in a turn each connection does it. */
  readonly each: number;
  readonly turns: number;
}

/**
 * Some kinds of work at once, by the program, by the bare driver and, where a setting names it, by pgbench, in turns. Of all
 * kinds together, how much a second until the last of them is done, so that nobody gains by letting one kind wait: the middle
 * turn's speed beside the middle turns of the others.
 */
export async function* inTurns(
  ground: Ground,
  works: readonly Work[],
  turns: number,
  named: Pick<Figure, "bench" | "metric" | "seed"> & { readonly rows: number },
): AsyncGenerator<Figure> {
  const web = await serve(ground);
  const base = `http://127.0.0.1:${web.port}`;
  const rounds = works.reduce((sum, work) => sum + work.rounds, 0);
  const all = async (by: (work: Work) => Promise<number>): Promise<number> => {
    const spans = await Promise.all(
      works.map(async (work) => {
        const seconds = await by(work);
        const ended = performance.now() / 1000;
        return { began: ended - seconds, ended };
      }),
    );
    await Promise.all(works.map((work) => work.rest?.()));
    const [began, ended] = [spans.map((span) => span.began), spans.map((span) => span.ended)];
    return rounds / (Math.max(...ended) - Math.min(...began));
  };
  const program = pgbench;
  const [ours, bare, theirs]: [number[], number[], number[]] = [[], [], []];
  for (let turn = 0; turn < turns; turn++) {
    ours.push(await all((work) => work.ours(base)));
    bare.push(await all((work) => work.bare()));
    if (program !== undefined) theirs.push(await all((work) => work.theirs(program)));
  }
  await web.stop();
  const { metric, ...common } = named;
  yield* beside({ ...common, unit: "1/s", values: ours }, [
    [metric, "bare driver, the same statements", bare],
    [`${metric} beside pgbench`, "pgbench, the same statements", theirs],
  ]);
}

/** The seconds a bare driver took: it prints them where a server prints its port, and waits to be stopped. */
export async function secondsOf(script: string, task: unknown): Promise<number> {
  const driver = await child(script, task);
  await driver.stop();
  return driver.port;
}

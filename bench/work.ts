import { beside, type Figure } from "./figure.ts";
import type { Ground } from "./ground.ts";
import { child, serve } from "./load.ts";
import { pgbench } from "./pgbench.ts";

/** A kind of work, done over and over for some seconds: by whom, and how much of it a second. */
export interface Work {
  /** What is counted, as in `actions/s`. */
  readonly name: string;
  /** The program, over HTTP. */
  ours(base: string, seconds: number): Promise<number>;
  /** A bare driver that runs the very statements. */
  bare(seconds: number): Promise<number>;
  /** pgbench with the same statements. Throws unless each of its rounds did the work. */
  theirs(program: string, seconds: number): Promise<number>;
  /** Undoes what the drivers left that is no real work, where they did. */
  rest?(): Promise<void>;
}

/** What a kind of work is given to prepare itself. */
export interface WorkShare {
  readonly connections: number;
  readonly turns: number;
  /** Seconds of one turn, of the program's and of each driver's. */
  readonly seconds: number;
}

/** Of each turn, how much of each kind was done a second. */
type Rates = (readonly number[])[];

type Named = Pick<Figure, "bench" | "seed"> & { readonly rows: number };

/**
 * Some kinds of work at once, by the program, by the bare driver and, where a setting names it, by pgbench, in turns: of
 * each kind the middle turn's speed beside the middle turns of the others.
 */
export async function* inTurns(
  ground: Ground,
  works: readonly Work[],
  { turns, seconds }: Pick<WorkShare, "turns" | "seconds">,
  named: Named,
): AsyncGenerator<Figure> {
  const web = await serve(ground);
  const base = `http://127.0.0.1:${web.port}`;
  const all = async (by: (work: Work) => Promise<number>): Promise<readonly number[]> => {
    const perSecond = await Promise.all(works.map(by));
    await Promise.all(works.map((work) => work.rest?.()));
    return perSecond;
  };
  const program = pgbench;
  const [ours, bare, theirs]: [Rates, Rates, Rates] = [[], [], []];
  for (let turn = 0; turn < turns; turn++) {
    ours.push(await all((work) => work.ours(base, seconds)));
    bare.push(await all((work) => work.bare(seconds)));
    if (program !== undefined) theirs.push(await all((work) => work.theirs(program, seconds)));
  }
  await web.stop();
  for (const [index, { name }] of works.entries()) {
    const of = (turns: Rates) => turns.map((rates) => rates[index]!);
    yield* beside({ ...named, unit: "1/s", values: of(ours) }, [
      [`${name}/s`, "bare driver, the same statements", of(bare)],
      [`${name}/s beside pgbench`, "pgbench, the same statements", of(theirs)],
    ]);
  }
}

/** The rate of a bare driver: it prints it where a server prints its port, and waits to be stopped. */
export async function rateOf(script: string, task: unknown): Promise<number> {
  const driver = await child(script, task);
  await driver.stop();
  return driver.port;
}

import { drawFrom } from "./draw.ts";

/** How a tree of a number of unions is laid out. */
export const shapeNames = ["realistic", "wide", "deep"] as const;
export type ShapeName = (typeof shapeNames)[number];

/**
 * How many of each level a federation has. The unions of workplaces and their branches (`low`) are shared out evenly
 * over the towns and parks, or over the counties where there are none; the number of all is exact.
 */
export interface Shape {
  readonly units: number;
  /** How many of the levels from the national one down to the town are left out, for trees of less than six. */
  readonly without: number;
  readonly cities: number;
  readonly countiesPerCity: number;
  readonly townsPerCounty: number;
  readonly low: number;
  /** How many unions of workplaces stand under one another, each under the one before. */
  readonly chain: number;
}

/** From the national union to a workplace's: a whole line. */
const line = 6;

/**
 * The tree of exactly a number of units. Realistic: cities of eight or so counties, counties of about fifteen towns and
 * parks, the rest workplaces. Wide: all workplaces under one county. Deep: workplaces under one another, ten to a chain.
 */
export function shapeOf(units: number, name: ShapeName = "realistic"): Shape {
  if (!Number.isSafeInteger(units) || units < 1) throw new RangeError("a federation has at least one union");
  const without = Math.max(0, line - units);
  if (without > 0)
    return { units, without, cities: 1, countiesPerCity: 1, townsPerCounty: 1, low: 1, chain: 1 };
  if (name === "wide")
    return { units, without, cities: 1, countiesPerCity: 1, townsPerCounty: 0, low: units - 4, chain: 1 };
  const towns = Math.max(1, Math.round((units * 0.985) / 70));
  const counties = Math.max(1, Math.min(99 * 99, Math.round(towns / 15)));
  const cities = Math.max(1, Math.min(99, Math.round(counties / 8)));
  const countiesPerCity = Math.max(1, Math.min(99, Math.round(counties / cities)));
  const townsPerCounty = Math.max(1, Math.min(999, Math.round(towns / (cities * countiesPerCity))));
  const above = 2 + cities * (1 + countiesPerCity * (1 + townsPerCounty));
  return {
    units,
    without,
    cities,
    countiesPerCity,
    townsPerCounty,
    low: units - above,
    chain: name === "deep" ? 10 : 1,
  };
}

/**
 * How many members each low union has when `members` are shared out: many small unions, a few large, the sum exact.
 * Asked for one union after the other in the order of the tree; nothing is kept.
 */
export function sharesOf(seed: number, shape: Shape, members: number): () => number {
  if (members === 0) return () => 0;
  const draw = drawFrom(seed);
  const raw = (low: number): number => {
    draw.startAt(seed, low + 1);
    return draw.lognormal(1.3) * (draw.chance(0.004) ? 25 : 1);
  };
  let sum = 0;
  for (let low = 0; low < shape.low; low++) sum += raw(low);
  let [low, before, given] = [0, 0, 0];
  return () => {
    before += raw(low++);
    const upTo = low === shape.low ? members : Math.round((before / sum) * members);
    const share = upTo - given;
    given = upTo;
    return share;
  };
}

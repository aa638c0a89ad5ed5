import type { Draw } from "./draw.ts";

/** How many of each the federation has, and how its members are spread over the lowest unions. */
export interface Shape {
  readonly cities: number;
  readonly countiesPerCity: number;
  readonly townsPerCounty: number;
  readonly grassrootsPerTown: number;
  readonly members: number;
}

/**
 * The realistic tree that comes nearest to a number of units: one province, cities of eight to ten counties, counties of
 * about fifteen towns and parks, the rest unions of workplaces.
 */
export function shapeOf(units: number, members: number): Shape {
  const grassroots = Math.max(1, Math.round(units * 0.985));
  const towns = Math.max(1, Math.round(grassroots / 70));
  const counties = Math.max(1, Math.min(900, Math.round(towns / 15)));
  const cities = Math.max(1, Math.min(99, Math.round(counties / 8)));
  const countiesPerCity = Math.max(1, Math.min(99, Math.round(counties / cities)));
  const townsPerCounty = Math.max(1, Math.round(towns / (cities * countiesPerCity)));
  const places = cities * countiesPerCity * townsPerCounty;
  const above = 1 + cities + cities * countiesPerCity + places;
  return {
    cities,
    countiesPerCity,
    townsPerCounty,
    grassrootsPerTown: Math.max(1, Math.round((units - above) / places)),
    members,
  };
}

/** Sizes of the workplaces' unions: many small, a few large, summing exactly to the members. */
export function sizesOf(draw: Draw, unions: number, members: number): Int32Array {
  const raw = new Float64Array(unions);
  let sum = 0;
  for (let index = 0; index < unions; index++) {
    raw[index] = draw.lognormal(1.2);
    sum += raw[index]!;
  }
  const sizes = new Int32Array(unions);
  let given = 0;
  for (let index = 0; index < unions; index++) {
    sizes[index] = Math.floor((raw[index]! / sum) * members);
    given += sizes[index]!;
  }
  for (let index = 0; given < members; index = (index + 1) % unions, given++) sizes[index]!++;
  return sizes;
}

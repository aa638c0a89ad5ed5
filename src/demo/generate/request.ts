import { drawFrom } from "./draw.ts";
import { type ShapeName, shapeOf } from "./shape.ts";
import { drawUnits } from "./units.ts";

/** What is to be generated. */
export interface GenerateRequest {
  readonly members: number;
  readonly units: number;
  readonly seed: number;
  /** Cases of the past three years, with the money paid on them. */
  readonly cases?: number;
  readonly shape?: ShapeName;
  readonly progress?: (what: GenerateProgress) => void;
}

/** How far it is: members, units or cases in, or indexes built. */
export interface GenerateProgress {
  readonly of: "members" | "units" | "cases" | "indexes";
  readonly done: number;
  readonly all: number;
}

/** The unions of a request, in the order of the tree; the same whenever asked. */
export const unitsOf = (request: GenerateRequest, shape = shapeOf(request.units, request.shape)) =>
  drawUnits(drawFrom(request.seed), request.seed, shape, request.members);

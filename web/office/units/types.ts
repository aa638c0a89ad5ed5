import type { z } from "zod";
import type { EventLine, PostLine, UnitLine, UnitPage } from "../../../src/units/present.ts";

/** What the server says of unions: its own schemas, as JSON. */
export type Line = z.input<typeof UnitLine>;
export type Page = z.input<typeof UnitPage>;
export type Post = z.input<typeof PostLine>;
export type Event = z.input<typeof EventLine>;

/** The employer of a workplace's union, as far as the desk shows it. */
export interface Employer {
  readonly name?: string;
  readonly employeeCount?: number;
  readonly femaleEmployeeCount?: number;
}

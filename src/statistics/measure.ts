import { day, earliest, lastOfMonth, latest } from "../kernel/day.ts";
import type { Text } from "../kernel/words.ts";
import type { Power } from "../units/powers.ts";
import type { Asked } from "./asked.ts";
import { type Amount, before, type Part, type Point } from "./folds.ts";

/** What a figure counts in. `bp` are basis points, `score` hundredths of a star, `days` calendar days. */
export type FigureUnit = "people" | "unions" | "cases" | "fen" | "days" | "score" | "bp";

/** One named question: its value, the ways it splits, and the list whose total is the value (or lies behind it). */
export interface Measure {
  readonly id: string;
  readonly title: Text;
  readonly help: Text;
  readonly unit: FigureUnit;
  /** A stock stands at a day; a flow happens between two. */
  readonly kind: "stock" | "flow";
  /** Whether it counts people, so that small numbers of them are not told to outsiders. */
  readonly personal: boolean;
  /** The power that opens the list behind it. */
  readonly opens: Power;
  readonly value: (asked: Asked) => Promise<Amount>;
  readonly by: Readonly<Record<string, (asked: Asked) => Promise<readonly Part[]>>>;
  /** Month by month: a flow within each, a stock at its end. */
  readonly trend?: (asked: Asked) => Promise<readonly Point[]>;
  /** The address of the list behind the figure, below /api. */
  readonly list: (asked: Pick<Asked, "unitId" | "from" | "to">) => string;
  /** Whether the list shows the records of the span alone. */
  readonly dated?: boolean;
  /** Whether the list's total is the value itself, not only what it was computed from. */
  readonly counted: boolean;
}

export type Place = Parameters<Measure["list"]>[0];

/** The address of a list, below /api. */
export const address = (path: string, query: Readonly<Record<string, string>>): string =>
  `${path}?${new URLSearchParams(query)}`;

/** What a part adds to the address of the list; a split that is not here opens no list of its own. */
const narrowed: Readonly<Record<string, (key: string) => Readonly<Record<string, string>> | undefined>> = {
  group: (key) => (key === "none" ? undefined : { group: key }),
  migrant: (key) => (key === "unknown" ? undefined : { migrant: key }),
  level: (key) => ({ level: key }),
  service: (key) => ({ service: key }),
  step: (key) => ({ service: before(key), step: key.slice(key.indexOf("/") + 1) }),
  outcome: (key) => ({ service: before(key), outcome: key.slice(key.indexOf("/") + 1) }),
  kind: (key) => ({ kind: key }),
};

/** The address of the list behind one part of a figure; null when there is none. */
export function listOfPart(measure: Measure, asked: Place, by: string, key: string): string | null {
  const more = narrowed[by]?.(key);
  if (more === undefined) return null;
  const [path = "", query = ""] = measure.list(asked).split("?");
  return address(path, { ...Object.fromEntries(new URLSearchParams(query)), ...more });
}

/** The address of the list behind one month of a flow; null for a stock, of which no list stands in the past. */
export function listOfMonth(measure: Measure, asked: Place, month: string): string | null {
  if (measure.kind === "stock" || !measure.dated) return null;
  const first = day(`${month}-01`);
  return measure.list({
    ...asked,
    from: latest(first, asked.from),
    to: earliest(lastOfMonth(first), asked.to),
  });
}

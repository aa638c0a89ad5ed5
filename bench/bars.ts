import type { Figure } from "./figure.ts";

/** What a figure must keep: its ratio to the reference, or its value, at least or at most so much. */
export interface Bar {
  readonly of: "ratio" | "value";
  readonly is: "least" | "most";
  readonly at: number;
}

const least = (at: number): Bar => ({ of: "ratio", is: "least", at });
const most = (at: number): Bar => ({ of: "ratio", is: "most", at });
const valueLeast = (at: number): Bar => ({ of: "value", is: "least", at });
const valueMost = (at: number): Bar => ({ of: "value", is: "most", at });

/** The bars by bench and the beginning of a metric's name; the first that fits counts. */
const bars: readonly (readonly [bench: string, metric: string, bar: Bar | null])[] = [
  ["roster-import", "rows/s", least(0.25)],
  ["roster-import", "peak memory", most(1)],
  ...["inbox", "case-list", "case-page", "member-search"].flatMap(
    (bench) =>
      [
        [bench, "requests/s", least(0.75)],
        [bench, "p99", most(3)],
        [bench, "time as county among", most(1.3)],
        [bench, "time as county", most(1.2)],
      ] as const,
  ),
  ["case-step", "actions/s", least(0.5)],
  ["apply", "applications/s", least(0.5)],
  ["mixed", "", least(0.5)],
  ...(
    [
      [10_000_000, 5000],
      [1_000_000, 2000],
      [100_000, 500],
    ] as const
  ).flatMap(
    ([people, ms]) =>
      [
        ["eligibility", `preview count over ${people}`, valueMost(ms)],
        ["eligibility", `preview count, what if over ${people}`, valueMost(ms)],
      ] as const,
  ),
  ["eligibility", "memory with", most(1.3)],
  ["generate", "members/s", valueLeast(100_000)],
  ["rush", "claims answered/s", least(0.5)],
  ["rush", "places given", least(1)],
  ...["oversold", "passed by", "answers lost"].map((count) => ["rush", count, valueMost(0)] as const),
  ["safekeeping", "time to", most(3)],
  ["start", "ready", most(1)],
  ["units", "subtree count", valueMost(5)],
  ["units", "move of a subtree", most(2)],
  ["figures", "slowest of", most(1)],
  ["figures", "members of the country, without", null],
  ["figures", "members of the country,", most(1)],
  ["figures", "", most(1.3)],
  ["web", "", most(1)],
  ["soak", "memory", most(1.1)],
  ["soak", "p99", most(1.5)],
];

export function barOf({ bench, metric }: Figure): Bar | null {
  return bars.find(([name, start]) => name === bench && metric.startsWith(start))?.[2] ?? null;
}

/** Whether a figure keeps its bar; null where it has none. */
export function keeps(figure: Figure): boolean | null {
  const bar = barOf(figure);
  const found = bar?.of === "value" ? figure.value : figure.ratio;
  if (bar === null || found === null) return null;
  return bar.is === "least" ? found >= bar.at : found <= bar.at;
}

/**
 * `npm run bench -- NAME [--members=N] …` (the sizes are below), and `-- all`, which also writes bench/results.md: of what was
 * measured, should one of them fail. One JSON line per figure; what is going on goes to standard error. `-- report FILE…`
 * writes bench/results.md of lines printed by earlier runs.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Bench, BenchOptions, Figure } from "./figure.ts";
import { writeResults } from "./report.ts";

const benches: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  generate: () => import("./generate.ts"),
  "roster-import": () => import("./roster-import.ts"),
  inbox: () => import("./inbox.ts"),
  "case-list": () => import("./case-list.ts"),
  "case-page": () => import("./case-page.ts"),
  "member-search": () => import("./member-search.ts"),
  "case-step": () => import("./case-step.ts"),
  apply: () => import("./apply.ts"),
  mixed: () => import("./mixed.ts"),
  figures: () => import("./figures.ts"),
  eligibility: () => import("./eligibility.ts"),
  rush: () => import("./rush.ts"),
  safekeeping: () => import("./safekeeping.ts"),
  soak: () => import("./soak.ts"),
  units: () => import("./units.ts"),
  start: () => import("./start.ts"),
  web: () => import("./web.ts"),
};

/** Sizes by their names on the command line, each with what it is unless given. */
const sizes = {
  members: "1000000",
  cases: "200000",
  units: "1000000",
  seconds: "8",
  turn: "2",
  connections: "50",
  seed: "1",
  households: "10000000",
  claimants: "100000",
  places: "10000",
  "soak-seconds": "1800",
} as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: Object.fromEntries(
    Object.entries(sizes).map(([name, size]) => [name, { type: "string", default: size }] as const),
  ),
});

const { "soak-seconds": soakSeconds, ...given } = Object.fromEntries(
  Object.entries(values).map(([name, value]) => [name, Number(value)]),
) as Record<keyof typeof sizes, number>;
const options: BenchOptions = { ...given, soakSeconds };
const [wanted = "", ...lines] = positionals;
if (wanted === "report") {
  // Figures of runs taken one by one: files of the lines that benches print.
  const printed = lines.flatMap((file) => readFileSync(file, "utf8").split("\n"));
  writeResults(
    printed.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Figure),
    "Benches run one by one",
  );
  process.exit(0);
}
/** The soak takes half an hour and is asked for by name. */
const names = wanted === "all" ? Object.keys(benches).filter((name) => name !== "soak") : [wanted];
if (
  names.some((name) => !(name in benches)) ||
  Object.values(options).some((value) => !Number.isInteger(value) || value < 1)
) {
  process.stderr.write(
    `usage: npm run bench -- ${["all", ...Object.keys(benches)].join("|")} ${Object.keys(sizes)
      .map((name) => `[--${name}=N]`)
      .join(" ")}\n`,
  );
  process.exit(2);
}

/** When, of which state and how a figure was measured; printed on its line after what the contract asks. */
const taken = {
  date: new Date().toISOString().slice(0, 10),
  commit: execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" }).trim(),
  options: process.argv
    .slice(2)
    .filter((word) => word.startsWith("--"))
    .join(" "),
};
const figures: Figure[] = [];
try {
  for (const name of names) {
    const { bench } = await benches[name]!();
    for await (const figure of bench(options, (line) => process.stderr.write(`${name}: ${line}\n`))) {
      figures.push({ ...figure, ...taken });
      process.stdout.write(`${JSON.stringify({ ...figure, ...taken })}\n`);
    }
  }
} finally {
  if (wanted === "all") writeResults(figures, "The last full run of `npm run bench -- all`");
}
process.exit(0);

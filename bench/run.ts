/**
 * `npm run bench -- NAME [--members=N] [--cases=N] [--units=N] [--seconds=N] [--turn=N] [--connections=N] [--seed=N]`, and `-- all`, which also
 * writes bench/results.md. One JSON line per figure; what is going on goes to standard error. `-- report FILE…` writes
 * bench/results.md of lines printed by earlier runs.
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
  figures: () => import("./figures.ts"),
  eligibility: () => import("./eligibility.ts"),
  rush: () => import("./rush.ts"),
  safekeeping: () => import("./safekeeping.ts"),
  soak: () => import("./soak.ts"),
  units: () => import("./units.ts"),
  start: () => import("./start.ts"),
  web: () => import("./web.ts"),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    members: { type: "string", default: "1000000" },
    cases: { type: "string", default: "200000" },
    units: { type: "string", default: "1000000" },
    seconds: { type: "string", default: "8" },
    turn: { type: "string", default: "2" },
    connections: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    households: { type: "string", default: "10000000" },
    claimants: { type: "string", default: "100000" },
    places: { type: "string", default: "10000" },
    "soak-seconds": { type: "string", default: "1800" },
  },
});

const options: BenchOptions = {
  members: Number(values.members),
  cases: Number(values.cases),
  units: Number(values.units),
  seconds: Number(values.seconds),
  turn: Number(values.turn),
  connections: Number(values.connections),
  seed: Number(values.seed),
  households: Number(values.households),
  claimants: Number(values.claimants),
  places: Number(values.places),
  soakSeconds: Number(values["soak-seconds"]),
};
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
    `usage: npm run bench -- ${["all", ...Object.keys(benches)].join("|")} [--members=N] [--cases=N] [--units=N] [--seconds=N] [--turn=N] [--connections=N] [--seed=N]\n`,
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
for (const name of names) {
  const { bench } = await benches[name]!();
  for await (const figure of bench(options, (line) => process.stderr.write(`${name}: ${line}\n`))) {
    figures.push({ ...figure, ...taken });
    process.stdout.write(`${JSON.stringify({ ...figure, ...taken })}\n`);
  }
}
if (wanted === "all") writeResults(figures, "The last full run of `npm run bench -- all`");
process.exit(0);

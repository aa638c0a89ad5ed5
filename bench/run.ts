/**
 * `npm run bench -- NAME [--members=N] [--cases=N] [--units=N] [--seconds=N] [--connections=N] [--seed=N]`, and `-- all`, which also
 * writes bench/results.md. One JSON line per figure; what is going on goes to standard error.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { barOf, keeps } from "./bars.ts";
import type { Bench, BenchOptions, Figure } from "./figure.ts";

const benches: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
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
    connections: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    households: { type: "string", default: "1000000" },
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
  connections: Number(values.connections),
  seed: Number(values.seed),
  households: Number(values.households),
  claimants: Number(values.claimants),
  places: Number(values.places),
  soakSeconds: Number(values["soak-seconds"]),
};
const [wanted = ""] = positionals;
/** The soak takes half an hour and is asked for by name. */
const names = wanted === "all" ? Object.keys(benches).filter((name) => name !== "soak") : [wanted];
if (
  names.some((name) => !(name in benches)) ||
  Object.values(options).some((value) => !Number.isInteger(value) || value < 1)
) {
  process.stderr.write(
    `usage: npm run bench -- ${["all", ...Object.keys(benches)].join("|")} [--members=N] [--cases=N] [--units=N] [--seconds=N] [--connections=N] [--seed=N]\n`,
  );
  process.exit(2);
}

const figures: Figure[] = [];
for (const name of names) {
  const { bench } = await benches[name]!();
  for await (const figure of bench(options, (line) => process.stderr.write(`${name}: ${line}\n`))) {
    figures.push(figure);
    process.stdout.write(`${JSON.stringify(figure)}\n`);
  }
}
if (wanted === "all") {
  writeFileSync(join(import.meta.dirname, "results.md"), report(figures));
  // What docs/performance.md draws its pictures from: `node bench/charts.ts`.
  writeFileSync(
    join(import.meta.dirname, "results.json"),
    `${JSON.stringify({ options, figures }, null, 2)}\n`,
  );
}
process.exit(0);

function report(found: readonly Figure[]): string {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`;
  const rows = found.map((one) => {
    const bar = barOf(one);
    const kept = keeps(one);
    const asked =
      bar === null ? "" : `${bar.of === "value" ? "" : "ratio "}${bar.is === "least" ? "≥" : "≤"} ${bar.at}`;
    const verdict = kept === null ? "" : kept ? "kept" : "missed";
    return `| ${one.bench} | ${one.metric} | ${one.value.toLocaleString("en")} ${one.unit} | ${one.reference ?? ""} | ${one.referenceValue?.toLocaleString("en") ?? ""} | ${one.ratio ?? ""} | ${asked} | ${verdict} | ${one.rows?.toLocaleString("en") ?? ""} |`;
  });
  return `# Bench results

The last full run of \`npm run bench -- all\`. Absolute times depend on the machine and vary between runs; the ratio to the
reference, measured in the same run on the same server, is what counts.

- date ${new Date().toISOString().slice(0, 10)}, commit ${commit}, Node ${process.version}
- machine: ${machine}
- ${options.members.toLocaleString("en")} members, ${options.cases.toLocaleString("en")} cases, ${options.connections} connections, seed ${options.seed}

| bench | metric | value | reference | its value | ratio | bar | | rows |
|---|---|---|---|---|---|---|---|---|
${rows.join("\n")}
`;
}

